"""The stores: their days, their deliveries, their orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt
import simpy

from scenarios import KnownOrders
from sim.axes import positions
from sim.clock import SECONDS_PER_DAY, Turn, at, second_of_day
from sim.kernels.compilation import bound
from sim.kernels.day import run_stores
from sim.kernels.deliveries import take_deliveries
from sim.kernels.demand import draw_stores
from sim.kernels.memory import introduce, learn_past
from sim.kernels.ordering import REGULAR, post_lines
from sim.kernels.shipping import TRACED_ROWS
from sim.kernels.tracing import arrival_second
from sim.levels import empty_lines, look_ahead
from sim.market.expectation import ExpectedDemand
from sim.past import remembered_days
from sim.records import Centre, Closing
from sim.world import World

IntArray = npt.NDArray[np.int64]
_LAST_SECOND = SECONDS_PER_DAY - 1
_TRACES = slice(6, TRACED_ROWS)
_UNTRACED = np.zeros((3, 0), np.int64)


@dataclass(frozen=True, eq=False)
class Lines:
    """Order lines: the columns store, SKU, units, kind, lead time in days (-1 = the store's own), second placed."""

    block: IntArray
    """(6, lines)."""

    def __len__(self) -> int:
        return int(self.block.shape[1])

    @property
    def store(self) -> IntArray:
        """(lines,) index of the store."""
        column: IntArray = self.block[0]
        return column

    @property
    def sku(self) -> IntArray:
        """(lines,) index of the SKU."""
        column: IntArray = self.block[1]
        return column

    @property
    def units(self) -> IntArray:
        """(lines,) units asked."""
        column: IntArray = self.block[2]
        return column

    def picked(self, which: npt.NDArray[np.bool_], units: IntArray | None = None) -> Lines:
        """Some of the lines, with other units if given."""
        block = np.ascontiguousarray(self.block[:, which])
        if units is not None:
            block[2] = units
        return Lines(block)

    @staticmethod
    def joined(parts: list[Lines]) -> Lines:
        """Several lots of lines in one, contiguous as kernels want them; a single one that is so is not copied."""
        if len(parts) == 1:
            return Lines(np.ascontiguousarray(parts[0].block))
        return Lines(np.concatenate([part.block for part in parts], axis=1))


@dataclass(frozen=True, eq=False)
class Delivery:
    """Goods under way to stores, due together: the rows of `sim.kernels.shipping`, of which four suffice."""

    block: IntArray
    """(4, SENT_ROWS or TRACED_ROWS; lines)."""

    def as_traced(self) -> IntArray:
        """The lines with rows for lots and defects: where nothing is known they are fresh and sound."""
        if self.is_traced:
            return self.block
        traced = np.zeros((TRACED_ROWS, self.block.shape[1]), np.int64)
        traced[: len(self.block)] = self.block
        traced[_TRACES.start], traced[_TRACES.stop - 1] = -1, 1
        return traced

    @property
    def is_traced(self) -> bool:
        """Whether lots and defects are known."""
        return len(self.block) >= TRACED_ROWS


_Due = tuple[int, int, Delivery, Callable[[], None] | None]
"""Second of arrival, number in the order in which it was noted, goods, and who is told."""


class Stores:
    """All stores of a run: serves demand, takes deliveries, hands orders to `place_orders`."""

    def __init__(self, environment: simpy.Environment, world: World) -> None:
        self._environment = environment
        self._world = world
        self._place_orders: Callable[[Lines], None] | None = None
        self._called_at: Callable[[IntArray, int, int], None] | None = None
        self._goods_left: Callable[[IntArray, int, int], None] | None = None
        self._note_defects: Callable[[IntArray, int], None] | None = None
        self._ages = bool((world.ageing.life_days > 0).any())
        self._start_weekday = world.scenario.horizon.start_date.weekday()
        self._is_watched = world.shelf.forecast.size > 0
        self.closes_second = np.minimum(world.market.closes_second, _LAST_SECOND)
        """(stores,) second of the day; what comes later belongs to the next day."""
        self.days_until_open = _days_until_open(world.market.open_day)
        """(days, stores), 0 when the store is open."""
        self.delivery_second = second_of_day(world.scenario.policy.transport.delivery_hour)
        """Second of the day at which goods arrive."""
        self._first_close, self._first_open = (
            int(self.closes_second.min()),
            int(world.market.opens_second.min()),
        )
        seconds = np.unique(self.closes_second)
        self._groups = [(int(second), np.flatnonzero(self.closes_second == second)) for second in seconds]
        self._line_block, self._lines = empty_lines(2 * world.axes.stores * world.axes.skus)
        self._run_arrays = (
            world.market, world.process, world.goods, world.handling, world.store_rules, world.emergency,
            world.store_forecasters, world.shelf, world.books, world.keys, self._lines, world.scratch,
        )  # fmt: skip
        self._draw_arrays = (world.shelf.drawn_day, world.market, world.process)
        self._run_stores = bound(run_stores, np.arange(1), 0, 0, 0, 0, *self._run_arrays)
        self._delivery_arrays = (
            world.axes.class_of_sku, self.closes_second, self._first_open, world.scenario.horizon.panel_period_days,
            *self._run_arrays,
        )  # fmt: skip
        some = np.zeros(1, np.int64)
        self._take_deliveries = bound(
            take_deliveries, some, some, np.zeros((4, 1), np.int64), _UNTRACED, *self._delivery_arrays
        )
        # Last: where kernels are compiled by two processes, the other one begins with this one.
        self._draw_stores = bound(draw_stores, np.arange(1), 0, world.market.open_day[0], *self._draw_arrays)
        self.expected = _expected_demand(world)
        """True mean demand; None where planners do not know it."""
        self._known_orders = _known_orders(world)
        self._due: list[_Due] = []
        self._noted = 0
        self._after_the_end: list[Delivery] = []

    def connect(
        self,
        place_orders: Callable[[Lines], None],
        called_at: Callable[[IntArray, int, int], None] | None = None,
    ) -> None:
        """Say who takes the orders, and who is told at which (k,) stores goods have come, and when."""
        self._place_orders, self._called_at = place_orders, called_at

    def listen(self, goods_left: Callable[[IntArray, int, int], None]) -> None:
        """Have somebody told for which (k,) stores goods left their centre at a second, and when they arrive."""
        self._goods_left = goods_left

    def open(self, opening: Closing) -> None:
        """Start the first day with what is already under way, ordered on the eve."""
        world = self._world
        self._expect_what_is_under_way(opening)
        if self._is_watched:
            everyone = np.arange(world.axes.stores)
            world.shelf.forecast[:] = 0.0
            for day, lane in remembered_days(world, everyone):
                learn_past(
                    everyone, day, world.process.remembered_days, world.process.demand, lane,
                    world.store_forecasters, world.shelf.forecast,
                )  # fmt: skip
        for second, rows in self._groups:
            self._schedule_close(0, second, rows)

    def _expect_what_is_under_way(self, opening: Closing) -> None:
        lead_time_days = np.maximum(
            self._world.scenario.network.stores["lead_time_days"].astype(np.int64) - 1, 0
        )
        for row in np.flatnonzero(opening.transit_units.any(axis=1)):
            sku = np.flatnonzero(opening.transit_units[row])
            second = arrival_second(
                int(row), 0, int(lead_time_days[row]), 0, self.days_until_open, self.delivery_second
            )
            units, value = opening.transit_units[row, sku], opening.transit_value[row, sku]
            self.expect(int(second), Delivery(np.stack([np.full(sku.size, row), sku, units, value])))

    def expect(
        self, arrival_second: int, delivery: Delivery, arrived: Callable[[], None] | None = None
    ) -> None:
        """Take note of a delivery; it stays under way if the run ends before it comes.

        It is worked off when somebody looks at the stores, as if it had been in its second.

        Args:
            arrival_second: when it comes.
            delivery: what comes.
            arrived: called when it has been worked off.
        """
        if self._goods_left is not None:
            self._goods_left(delivery.block[0], int(self._environment.now), arrival_second)
        heappush(self._due, (arrival_second, self._noted, delivery, arrived))
        self._noted += 1

    def under_way(self) -> tuple[IntArray, IntArray]:
        """Units and value (stores, SKUs) of what has been shipped and not received."""
        shape = (self._world.axes.stores, self._world.axes.skus)
        units, value = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for delivery in (*(due[2] for due in self._due), *self._after_the_end):
            np.add.at(units, (delivery.block[0], delivery.block[1]), delivery.block[2])
            np.add.at(value, (delivery.block[0], delivery.block[1]), delivery.block[3])
        return units, value

    def _schedule_close(self, day: int, second: int, rows: IntArray) -> None:
        at(
            self._environment,
            day * SECONDS_PER_DAY + second,
            Turn.STORE_CLOSE,
            lambda: self._close(day, second, rows),
        )

    def catch_up(self, second: int) -> None:
        """Work off the deliveries that have come up to a second, inclusive: stores are advanced to each of them."""
        if not self._due or self._due[0][0] > second:
            return
        come = []
        while self._due and self._due[0][0] <= second:
            come.append(heappop(self._due))
        seconds = np.array([due[0] for due in come], np.int64)
        deliveries = [due[2] for due in come]
        last_close = (self._world.days - 1) * SECONDS_PER_DAY + self._first_close
        if seconds[-1] >= last_close:
            deliveries = [
                self._before_the_end(*due) for due in zip(seconds.tolist(), deliveries, strict=True)
            ]
        self._put_on_shelf(seconds, deliveries)
        for *_, arrived in come:
            if arrived is not None:
                arrived()

    def _before_the_end(self, second: int, delivery: Delivery) -> Delivery:
        """What comes before a store closes for the last time; the rest stays under way."""
        day, second_today = divmod(second, SECONDS_PER_DAY)
        is_late = day + (second_today >= self.closes_second[delivery.block[0]]) == self._world.days
        if is_late.any():
            self._after_the_end.append(Delivery(np.ascontiguousarray(delivery.block[:, is_late])))
            delivery = Delivery(np.ascontiguousarray(delivery.block[:, ~is_late]))
        return delivery

    def _put_on_shelf(self, seconds: IntArray, deliveries: Sequence[Delivery]) -> None:
        """Receive deliveries, ascending by second."""
        is_traced = any(delivery.is_traced for delivery in deliveries)
        blocks = [delivery.as_traced() if is_traced else delivery.block[:4] for delivery in deliveries]
        lines = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1)
        numbers = np.array([block.shape[1] for block in blocks], np.int64)
        self._take_deliveries(
            seconds, np.cumsum(numbers), lines[:4], np.ascontiguousarray(lines[_TRACES]) if is_traced else _UNTRACED,
            *self._delivery_arrays,
        )  # fmt: skip
        if self._ages:
            self._post_life(lines, np.repeat(seconds, numbers))
        if self._called_at is not None and self._sends_back:
            for second, block in zip(seconds.tolist(), blocks, strict=True):
                for day, stores in self._by_day(block[0], second):
                    self._called_at(stores, second, day)

    def _by_day(self, store: IntArray, second: int) -> list[tuple[int, IntArray]]:
        """Stores at which goods have come, by the day to which their arrival belongs."""
        day, second_today = divmod(second, SECONDS_PER_DAY)
        stores = np.unique(store)
        is_late = second_today >= self.closes_second[stores]
        return [(day + late, stores[is_late == late]) for late in (False, True) if (is_late == late).any()]

    @property
    def _sends_back(self) -> bool:
        """Whether stores keep customer returns for the centre."""
        return bool(self._world.shelf.waiting.shape[1])

    def watch_defects(self, note: Callable[[IntArray, int], None]) -> None:
        """Tell somebody of stores whose day ends, before customers have brought back what is due."""
        self._note_defects = note

    def hand_over_returns(self, store: int) -> tuple[IntArray, IntArray, IntArray]:
        """SKU, units and cost of what waits at a store for a truck; nothing waits there afterwards."""
        shelf = self._world.shelf
        sku = np.flatnonzero(shelf.waiting[store])
        units, value = shelf.waiting[store, sku].astype(np.int64), shelf.waiting_value[store, sku]
        shelf.waiting[store], shelf.waiting_value[store] = 0, 0
        return sku, units, value

    def day_on_shelf(self, store: int, second: int) -> int:
        """Day to which what happens at a store belongs: after closing time it is the next."""
        day, second_today = divmod(second, SECONDS_PER_DAY)
        return day + int(second_today >= self.closes_second[store])

    def _post_life(self, lines: IntArray, seconds: IntArray) -> None:
        """Post how long goods that age in the centre can still be sold; what comes without a last day is fresh."""
        world = self._world
        ages = world.ageing.lot_index[lines[1]] >= 0
        lines, seconds = lines[:, ages], seconds[ages]
        store, sku, units = lines[:3]
        day = seconds // SECONDS_PER_DAY + (seconds % SECONDS_PER_DAY >= self.closes_second[store])
        life_days = world.handling.shelf_life_days[sku]
        days_left = life_days
        if len(lines) > 4:
            last_day = lines[_TRACES.start]
            days_left = np.where(last_day >= 0, np.clip(last_day - day + 1, 0, life_days), life_days)
        place = day, world.axes.centre_of_store[store], world.axes.class_of_sku[sku]
        np.add.at(world.centre_panel, (*place, Centre.DATED_DELIVERED), units)
        np.add.at(world.centre_panel, (*place, Centre.LIFE_DELIVERED_DAYS), units * days_left)

    def _run(self, rows: IntArray, until_second: int, day: int) -> int:
        """Let the day of some stores go on; at its end they write order lines, whose number is returned."""
        world = self._world
        weekday = (self._start_weekday + day) % 7
        self._draw_stores(rows, day, world.market.open_day[day], *self._draw_arrays)
        number: int = self._run_stores(
            rows, until_second, day, world.period_of(day), weekday, *self._run_arrays
        )
        return number

    def _close(self, day: int, second: int, rows: IntArray) -> None:
        """End the day of some stores and let them order; what comes in this second belongs to the next day."""
        world = self._world
        self.catch_up(day * SECONDS_PER_DAY + second - 1)
        if day > 0 and self._is_watched:
            introduce(
                rows, world.market.orderable[day], world.market.orderable[day - 1], world.market.on_sale[day],
                world.market.listed, world.goods.category_start, world.goods.category_stop, world.store_forecasters,
                world.shelf.forecast,
            )  # fmt: skip
        if self.expected is not None:
            look_ahead(self._world.store_rules, self.expected, day)
        if self._note_defects is not None:
            self._note_defects(rows, day)
        number = self._replay_orders(rows, day, self._run(rows, SECONDS_PER_DAY, day))
        if number:
            assert self._place_orders is not None
            self._lines.placed_second[:number] = day * SECONDS_PER_DAY + second
            self._place_orders(Lines(self._line_block[:, :number].copy()))
        if day + 1 < world.days:
            self._schedule_close(day + 1, second, rows)

    def _replay_orders(self, rows: IntArray, day: int, number: int) -> int:
        """Add the known orders of a past period that were placed today."""
        known = self._known_orders.get(day)
        if known is None:
            return number
        store, sku, units = known
        mine = np.isin(store, rows)
        count = int(mine.sum())
        block = slice(number, number + count)
        lines = self._lines
        lines.row[block], lines.sku[block], lines.units[block] = store[mine], sku[mine], units[mine]
        lines.kind[block], lines.lead_time_days[block] = REGULAR, -1
        np.add.at(self._world.shelf.on_order, (store[mine], sku[mine]), units[mine].astype(np.int32))
        post_lines(number, number + count, lines, self._world.axes.class_of_sku, self._world.books.day[day])
        return number + count


def _days_until_open(open_day: npt.NDArray[np.bool_]) -> IntArray:
    """(days, stores) days until the store is open, 0 when it is; as far as the run goes."""
    wait = np.zeros(open_day.shape, np.int64)
    for day in range(len(open_day) - 1, -1, -1):
        later = wait[day + 1] if day + 1 < len(open_day) else 0
        wait[day] = np.where(open_day[day], 0, later + 1)
    return wait


def _expected_demand(world: World) -> ExpectedDemand | None:
    return ExpectedDemand.of(world.facts) if world.store_rules.expected_rate.size else None


def _known_orders(world: World) -> dict[int, tuple[IntArray, IntArray, IntArray]]:
    """Known orders by day: store, SKU, units."""
    store_at, sku_at = positions(world.axes.store_ids), positions(world.axes.sku_ids)
    start = world.scenario.horizon.start_date
    by_day: dict[int, list[tuple[int, int, int]]] = {}
    for index, rule in enumerate(world.scenario.policy.replenishment):
        if not isinstance(rule.mode, KnownOrders):
            continue
        table = rule.mode.orders
        for store_id, sku_id, date, units in zip(
            table["store_id"], table["sku_id"], table["date"], table["units"], strict=True
        ):
            store, sku, day = store_at[store_id], sku_at[sku_id], (date - start).days
            if 0 <= day < world.days and world.store_rules.rule[store, sku] == index:
                by_day.setdefault(day, []).append((store, sku, int(units)))
    return {
        day: tuple(np.array(column, np.int64) for column in zip(*rows, strict=True))  # type: ignore[misc]
        for day, rows in by_day.items()
    }
