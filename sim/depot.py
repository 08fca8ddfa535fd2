"""The distribution centres: rationing, shipping, and their own orders to suppliers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import simpy

from sim.axes import frozen
from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.kernels.allocation import FAIR_SHARE, FIRST_COME, PRIORITY
from sim.kernels.centres import post_centre_levels, review_centres, take_in
from sim.kernels.compilation import bound
from sim.kernels.memory import learn_past
from sim.kernels.shipping import KINDS, deal, fill_orders, number_arrivals, write_deliveries, write_purchases
from sim.levels import build_emergency_rules, empty_lines, look_ahead
from sim.past import remembered_days
from sim.recorder import TABLES, Recorder
from sim.stores import Delivery, Lines, Stores
from sim.streams import Purpose
from sim.suppliers import Suppliers
from sim.world import World, stream

IntArray = npt.NDArray[np.int64]
_LAST_SECOND = SECONDS_PER_DAY - 1
_RULES = {"fair_share": FAIR_SHARE, "priority": PRIORITY, "first_come": FIRST_COME}


class Depot:
    """All distribution centres of a run."""

    def __init__(self, environment: simpy.Environment, world: World, recorder: Recorder) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._suppliers = Suppliers(world.lead_times, world.seed, world.replication)
        self._stores: Stores | None = None
        shape = (len(world.axes.centre_ids), world.axes.skus)
        self.on_hand = world.opening.centre_units.astype(np.int32)
        self.value = world.opening.centre_units * world.axes.purchase_cost_minor
        self._on_order = np.zeros(shape, np.int32)
        self._backlog = np.zeros(shape, np.int32)
        self._asked_today = np.zeros(shape, np.int32)
        self._forecast = _opening_forecast(world)
        self._inbox: list[Lines] = []
        self._waiting: list[Lines | None] = [None] * shape[0]
        self._is_scheduled = False
        self._due: dict[int, list[IntArray]] = {}
        self._order_rows, self._delivery_rows = (
            np.empty((world.axes.stores * KINDS, len(TABLES[table])), np.int64)
            for table in ("store_orders", "deliveries")
        )
        self._purchase_rows = {
            table: np.empty((shape[0] * len(world.axes.supplier_ids), len(TABLES[table])), np.int64)
            for table in ("purchase_orders", "receipts")
        }
        centres = world.scenario.network.distribution_centres
        self._is_unlimited = [centre.stock == "unlimited" for centre in centres]
        allocation = world.scenario.policy.allocation
        self._rule = _RULES[allocation.rule]
        self._keeps_backlog = allocation.unfilled == "backorder"
        self._priority = world.scenario.network.stores["priority"].astype(np.int64)
        self._own_lead_time_days = world.scenario.network.stores["lead_time_days"].astype(np.int64)
        self._ties = stream(world.seed, world.replication, Purpose.ALLOCATION_TIES)
        _, self._lines = empty_lines(shape[0] * shape[1])
        self._start_weekday = world.scenario.horizon.start_date.weekday()
        self._review_arrays = (
            np.flatnonzero(~np.array(self._is_unlimited)), _follows_forecasts(world),
            self._asked_today, frozen(np.ones(shape[1], np.bool_)), self.on_hand, self._on_order, self._backlog,
            self._forecast, world.goods.case_pack, world.axes.purchase_cost_minor, world.axes.class_of_sku,
            world.centre_forecasters, world.centre_rules, build_emergency_rules((), world.axes), self._lines,
            world.scratch,
        )  # fmt: skip
        self._review_centres = bound(
            review_centres, 0, 0, world.market.on_sale[0], world.market.orderable[0], world.centre_panel[0],
            *self._review_arrays,
        )  # fmt: skip
        self._fill_orders = self._compiled_fill()

    def _compiled_fill(self) -> Callable[..., tuple[int, int]]:
        world, line = self._world, np.zeros((6, 1), np.int64)
        return bound(
            fill_orders, line, np.ones(1, np.bool_), 0, 0, 0, False, self._keeps_backlog, self._rule, self._priority,
            world.market.store_key, world.market.sku_key, 0, self._ties, world.axes.class_of_sku,
            world.axes.purchase_cost_minor, self.on_hand[0], self.value[0], self._on_order[0], self._asked_today[0],
            world.centre_panel[0, 0], world.shelf.on_order, world.shelf.centre_short, world.books.day[0],
            self._own_lead_time_days, line, 0, 0, line[0], line, self._order_rows,
        )  # fmt: skip

    def connect(self, stores: Stores | None) -> None:
        """Say who receives what is shipped; None when the run is over, so that its memory is given back at once."""
        self._stores = stores

    def open(self) -> None:
        """Start the first day."""
        self._schedule_review(0)

    def take_orders(self, lines: Lines) -> None:
        """Take store orders; all that come within one second are looked at together."""
        self._inbox.append(lines)
        self._schedule_allocation()

    def _schedule_allocation(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            at(self._environment, int(self._environment.now), Turn.CENTRE_ALLOCATION, self._allocate)

    def _schedule_review(self, day: int) -> None:
        second = day * SECONDS_PER_DAY + _LAST_SECOND
        at(self._environment, second, Turn.CENTRE_REVIEW, lambda: self._end_day(day))
        at(self._environment, second, Turn.CENTRE_COUNT, lambda: self._count(day))

    def _allocate(self) -> None:
        self._is_scheduled = False
        arrived, self._inbox = self._inbox, []
        for centre, mine in enumerate(self._by_centre(arrived)):
            waiting = self._waiting[centre]
            parts = [part for part in (waiting, mine) if part is not None and len(part)]
            if parts:
                lines = Lines.joined(parts)
                is_new = np.ones(len(lines), np.bool_)
                is_new[: 0 if waiting is None else len(waiting)] = False
                self._fill(centre, lines, is_new)

    def _by_centre(self, arrived: list[Lines]) -> list[Lines | None]:
        """The lines that have come in, for each centre, in the order they stand in."""
        centres = len(self._is_unlimited)
        if not arrived:
            return [None] * centres
        lines = Lines.joined(arrived)
        if centres == 1:
            return [lines]
        centre = self._world.axes.centre_of_store[lines.store]
        return [Lines(part) for part in _dealt(lines.block, centre, len(lines), centres)]

    def _fill(self, centre: int, lines: Lines, is_new: npt.NDArray[np.bool_]) -> None:
        """Ship what can be shipped of some lines and keep or cancel the rest."""
        assert self._stores is not None
        world, stores = self._world, self._stores
        now = int(self._environment.now)
        day = day_of(now)
        shipped, sent = np.empty(len(lines), np.int64), np.empty((6, len(lines)), np.int64)
        lines_sent, orders = self._fill_orders(
            lines.block, is_new, day, now, centre, self._is_unlimited[centre], self._keeps_backlog, self._rule,
            self._priority, world.market.store_key, world.market.sku_key, world.process.first_ordinal + day,
            self._ties, world.axes.class_of_sku, world.axes.purchase_cost_minor, self.on_hand[centre],
            self.value[centre], self._on_order[centre], self._asked_today[centre], world.centre_panel[day, centre],
            world.shelf.on_order, world.shelf.centre_short, world.books.day[day], self._own_lead_time_days,
            stores.days_until_open, stores.delivery_second, self._recorder.next_order, shipped, sent, self._order_rows,
        )  # fmt: skip
        self._recorder.add_orders(self._order_rows[:orders].copy())
        if lines_sent:
            self._send(centre, now, sent, lines_sent)
        if self._keeps_backlog:
            missing = lines.units - shipped
            left = missing > 0
            self._waiting[centre] = lines.picked(left, units=missing[left]) if left.any() else None
            backlog = np.bincount(lines.sku, weights=missing, minlength=world.axes.skus)
            self._backlog[centre] = backlog.astype(np.int32)

    def _send(self, centre: int, now: int, sent: IntArray, number: int) -> None:
        """Put lines, (6, number or more) as from `fill_orders`, on their way; a row per store, kind and arrival."""
        assert self._stores is not None
        for second, block in _by_arrival(sent, number):
            self._stores.expect(second, Delivery(block))
            written = write_deliveries(
                block, second, now, centre, self._stores.closes_second, self._world.days, self._delivery_rows
            )
            self._recorder.add("deliveries", self._delivery_rows[:written].copy())

    def _end_day(self, day: int) -> None:
        """Learn from the day's orders and order from suppliers."""
        world = self._world
        if world.centre_rules.expected_rate.size:
            assert self._stores is not None and self._stores.expected is not None
            look_ahead(world.centre_rules, self._stores.expected, day, world.axes.centre_of_store)
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
            self.on_hand,
            self.value,
            self._on_order,
            self._backlog,
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
        for second, together in _by_arrival(lines, number):
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
        """Put what suppliers deliver into stock; waiting store orders are looked at again."""
        world, due = self._world, self._due.pop(second)
        lines = due[0] if len(due) == 1 else np.concatenate(due, axis=1)
        take_in(
            lines, world.axes.class_of_sku, self.on_hand, self.value, self._on_order,
            world.centre_panel[day_of(second)],
        )  # fmt: skip
        if any(
            waiting is not None and (lines[0] == centre).any() for centre, waiting in enumerate(self._waiting)
        ):
            self._schedule_allocation()


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


def _by_arrival(lines: IntArray, number: int) -> Iterator[tuple[int, IntArray]]:
    """Some of (6, number or more) lines for each second of arrival, which stands in the last row, ascending."""
    found, label = np.empty((2, number), np.int64)
    count = number_arrivals(lines[5], number, found, label)
    return zip(found[:count].tolist(), _dealt(lines, label, number, count), strict=True)


def _dealt(lines: IntArray, label: IntArray, number: int, groups: int) -> list[IntArray]:
    """The first (columns, number) lines by group, each of them contiguous; label (number,) says which."""
    stops, dealt = np.zeros((2, groups + 1), np.int64), np.empty(lines.shape[0] * number, np.int64)
    deal(lines, label, number, stops, dealt)
    columns = lines.shape[0]
    return [
        dealt[columns * start : columns * stop].reshape(columns, stop - start)
        for start, stop in pairwise(stops[0].tolist())
    ]
