"""A distribution centre buys: it learns from the day's orders, orders from suppliers and takes in what they deliver."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import simpy

from sim.axes import frozen
from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.depot.stock import CentreStock, IntArray, by_arrival
from sim.kernels.centres import post_centre_levels, review_centres, take_in
from sim.kernels.compilation import bound
from sim.kernels.memory import learn_past
from sim.kernels.shipping import write_purchases
from sim.levels import build_emergency_rules, empty_lines, look_ahead
from sim.market.expectation import ExpectedDemand
from sim.past import remembered_days
from sim.recorder import TABLES, Recorder
from sim.suppliers import Suppliers
from sim.world import World

_LAST_SECOND = SECONDS_PER_DAY - 1


class Purchasing:
    """The buying side of all centres; `stocked` is called with (6, k) lines once they can be shipped."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        stock: CentreStock,
        stocked: Callable[[IntArray], None],
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stock = stock
        self._stocked = stocked
        self._suppliers = Suppliers(world.lead_times, world.seed, world.replication)
        self._forecast = _opening_forecast(world)
        self._due: dict[int, list[IntArray]] = {}
        centres, skus = stock.on_hand.shape
        self._purchase_rows = {
            table: np.empty((centres * len(world.axes.supplier_ids), len(TABLES[table])), np.int64)
            for table in ("purchase_orders", "receipts")
        }
        self._start_weekday = world.scenario.horizon.start_date.weekday()
        _, self._lines = empty_lines(centres * skus)
        limited = [c.stock != "unlimited" for c in world.scenario.network.distribution_centres]
        self._review_arrays = (
            np.flatnonzero(np.array(limited)), _follows_forecasts(world),
            stock.asked_today, frozen(np.ones(skus, np.bool_)), stock.on_hand, stock.on_order, stock.backlog,
            self._forecast, world.goods.case_pack, world.axes.purchase_cost_minor, world.axes.class_of_sku,
            world.centre_forecasters, world.centre_rules, build_emergency_rules((), world.axes), self._lines,
            world.scratch,
        )  # fmt: skip
        self._review_centres = bound(
            review_centres, 0, 0, world.market.on_sale[0], world.market.orderable[0], world.centre_panel[0],
            *self._review_arrays,
        )  # fmt: skip

    def open(self, expected: ExpectedDemand | None) -> None:
        """Start the first day; `expected` is the true mean demand where planners know it."""
        self._expected = expected
        self._schedule_review(0)

    def _schedule_review(self, day: int) -> None:
        second = day * SECONDS_PER_DAY + _LAST_SECOND
        at(self._environment, second, Turn.CENTRE_REVIEW, lambda: self._end_day(day))
        at(self._environment, second, Turn.CENTRE_COUNT, lambda: self._count(day))

    def _end_day(self, day: int) -> None:
        """Learn from the day's orders and order from suppliers."""
        world = self._world
        if world.centre_rules.expected_rate.size:
            assert self._expected is not None
            look_ahead(world.centre_rules, self._expected, day, world.axes.centre_of_store)
        number = self._review_centres(
            day, (self._start_weekday + day) % 7, world.market.on_sale[day], world.market.orderable[day],
            world.centre_panel[day], *self._review_arrays,
        )  # fmt: skip
        if number:
            self._order(day, number)
        if day + 1 < world.days:
            self._schedule_review(day + 1)

    def _count(self, day: int) -> None:
        """Post the levels at the end of the day."""
        world = self._world
        post_centre_levels(
            world.goods.class_start,
            self._stock.on_hand,
            self._stock.value,
            self._stock.on_order,
            self._stock.backlog,
            world.centre_panel[day],
        )

    def _order(self, day: int, number: int) -> None:
        """Send purchase orders, one per centre and supplier; each line arrives after its own lead time."""
        world, now, end = self._world, int(self._environment.now), self._world.days * SECONDS_PER_DAY
        centre, sku, units = (column[:number] for column in self._lines[:3])
        due_day = day + self._suppliers.lead_time_days(centre, sku, world.process.first_ordinal + day)
        lines = np.empty((6, number), np.int64)
        lines[0], lines[1], lines[2], lines[3] = (
            centre,
            sku,
            units,
            units * world.axes.purchase_cost_minor[sku],
        )
        lines[4] = world.axes.supplier_of_sku[sku]
        # Suppliers deliver in the first second of a day, before any store wants anything.
        np.maximum(due_day * SECONDS_PER_DAY, now, out=lines[5])
        self._record_purchases("purchase_orders", lines, now, -2)
        for second, together in by_arrival(lines, number):
            self._record_purchases("receipts", together, now, second if second < end else -1)
            if second < end:
                self._expect(second, together)

    def _record_purchases(self, table: str, lines: IntArray, now: int, received: int) -> None:
        axes, rows = self._world.axes, self._purchase_rows[table]
        written = write_purchases(lines, len(axes.centre_ids), len(axes.supplier_ids), now, received, rows)
        self._recorder.add(table, rows[:written].copy())

    def _expect(self, second: int, lines: IntArray) -> None:
        """Take note of (6, k) lines that suppliers deliver at a second."""
        if second not in self._due:
            self._due[second] = []
            at(self._environment, second, Turn.SUPPLIER_DELIVERY, lambda: self._receive(second))
        self._due[second].append(lines)

    def _receive(self, second: int) -> None:
        """Put what suppliers deliver into stock."""
        world, due = self._world, self._due.pop(second)
        lines = due[0] if len(due) == 1 else np.concatenate(due, axis=1)
        take_in(
            lines, world.axes.class_of_sku, self._stock.on_hand, self._stock.value, self._stock.on_order,
            world.centre_panel[day_of(second)],
        )  # fmt: skip
        self._stocked(lines)


def _follows_forecasts(world: World) -> bool:
    """Whether some level of a centre is worked out from what stores asked for; not where demand is known perfectly."""
    return bool(world.plan.centres.is_dynamic.any()) and not world.centre_rules.expected_rate.size


def _opening_forecast(world: World) -> npt.NDArray[np.float32]:
    """(centres, SKUs) units per day that the stores of each centre sold in the remembered days.

    Moving averages are told of these days, too: else they would forget them on the first evening.
    """
    shape = (len(world.axes.centre_ids), world.axes.skus)
    past, forecasters = world.facts.remembered_days, world.centre_forecasters
    units, forecast = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    if past and _follows_forecasts(world):
        centres, asked = np.arange(shape[0]), np.zeros((shape[0], 1, shape[1]), np.int32)
        for day, lane in remembered_days(world, np.arange(world.axes.stores)):
            asked[:] = 0
            np.add.at(asked[:, 0], world.axes.centre_of_store, world.process.demand[:, lane])
            learn_past(centres, day, past, asked, 0, forecasters, forecast)
            units += asked[:, 0]
        is_smoothed = forecasters.window_days[forecasters.rule] == 0
        forecast = np.where(is_smoothed, units / past, forecast).astype(np.float32)
    return forecast
