"""The stores: their days, their deliveries, their orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import simpy

from scenarios import KnownOrders
from sim.axes import positions
from sim.clock import SECONDS_PER_DAY, Turn, at, second_of_day
from sim.kernels.closing import close_day
from sim.kernels.memory import introduce, recall
from sim.kernels.ordering import REGULAR, post_lines, review
from sim.kernels.receiving import receive
from sim.kernels.serving import advance
from sim.levels import empty_lines
from sim.market.expectation import ExpectedDemand
from sim.records import Closing
from sim.world import World

IntArray = npt.NDArray[np.int64]
_LAST_SECOND = SECONDS_PER_DAY - 1
_LEAST_OUTLOOK_DAYS = 7


@dataclass(frozen=True, eq=False)
class Lines:
    """Order or delivery lines: equally long columns."""

    store: IntArray
    sku: IntArray
    units: IntArray
    kind: IntArray
    lead_time_days: IntArray
    """-1 = the store's own."""
    placed_second: IntArray


@dataclass(frozen=True, eq=False)
class Delivery:
    """Goods under way to stores, due together."""

    store: IntArray
    sku: IntArray
    units: IntArray
    value: IntArray
    kind: IntArray
    shipped_second: int


class Stores:
    """All stores of a run: serves demand, takes deliveries, hands orders to `place_orders`."""

    def __init__(
        self, environment: simpy.Environment, world: World, place_orders: Callable[[Lines], None]
    ) -> None:
        self._environment = environment
        self._world = world
        self._place_orders = place_orders
        self._start_weekday = world.scenario.horizon.start_date.weekday()
        self._is_watched = world.shelf.forecast.size > 0
        closes = np.minimum(world.market.closes_second, _LAST_SECOND)
        self._first_close, self._first_open = int(closes.min()), int(world.market.opens_second.min())
        self._groups = [(int(second), np.flatnonzero(closes == second)) for second in np.unique(closes)]
        self._lines = empty_lines(2 * world.axes.stores * world.axes.skus)
        self._expected = _expected_demand(world)
        self._known_orders = _known_orders(world)
        self._days_until_open = _days_until_open(world.market.open_day)
        self._due: dict[int, list[Delivery]] = {}

    def open(self, opening: Closing) -> None:
        """Start the first day with what is already under way, ordered on the eve."""
        world = self._world
        store, sku = np.nonzero(opening.transit_units)
        if store.size:
            units, value = opening.transit_units[store, sku], opening.transit_value[store, sku]
            lead_time_days = world.scenario.network.stores["lead_time_days"].astype(np.int64)[store]
            arrival = self.arrival_seconds(store, 0, np.maximum(lead_time_days - 1, 0))
            for second in np.unique(arrival):
                due = arrival == second
                kind = np.full(int(due.sum()), REGULAR, np.int64)
                self.expect(int(second), Delivery(store[due], sku[due], units[due], value[due], kind, 0))
        if self._is_watched:
            everyone = np.arange(world.axes.stores)
            recall(
                everyone,
                world.first_ordinal,
                world.market,
                world.process,
                world.store_forecasters,
                world.shelf,
            )
        for second, rows in self._groups:
            self._schedule_close(0, second, rows)

    def expect(self, arrival_second: int, delivery: Delivery) -> None:
        """Take note of a delivery; it is received at that second, or stays under way if the run ends before."""
        if arrival_second not in self._due:
            self._due[arrival_second] = []
            at(self._environment, arrival_second, Turn.STORE_DELIVERY, lambda: self._receive(arrival_second))
        self._due[arrival_second].append(delivery)

    def arrival_seconds(self, store: IntArray, day: int, lead_time_days: IntArray) -> IntArray:
        """When goods shipped today arrive: so many days later, at the delivery hour, on a day the store is open.

        Args:
            store: (k,) stores.
            day: today.
            lead_time_days: (k,).
        """
        world = self._world
        due = day + lead_time_days
        inside = np.minimum(due, world.days - 1)
        wait = self._days_until_open[inside, store]
        hour = second_of_day(world.scenario.policy.transport.delivery_hour)
        arrival: IntArray = np.maximum((due + wait) * SECONDS_PER_DAY + hour, int(self._environment.now))
        return arrival

    def is_received_in_run(self, store: IntArray, arrival_second: IntArray) -> npt.NDArray[np.bool_]:
        """Whether goods that arrive then are on the shelf before the run ends; (k,) each."""
        return self._day_on_shelf(store, arrival_second) < self._world.days

    def _day_on_shelf(self, store: IntArray, arrival_second: IntArray) -> IntArray:
        """Day to which an arrival belongs: what comes after closing time belongs to the next day."""
        closes = np.minimum(self._world.market.closes_second, _LAST_SECOND)[store]
        day: IntArray = arrival_second // SECONDS_PER_DAY + (arrival_second % SECONDS_PER_DAY >= closes)
        return day

    def under_way(self) -> tuple[IntArray, IntArray]:
        """Units and value (stores, SKUs) of what has been shipped and not received."""
        shape = (self._world.axes.stores, self._world.axes.skus)
        units, value = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for deliveries in self._due.values():
            for delivery in deliveries:
                np.add.at(units, (delivery.store, delivery.sku), delivery.units)
                np.add.at(value, (delivery.store, delivery.sku), delivery.value)
        return units, value

    def _schedule_close(self, day: int, second: int, rows: IntArray) -> None:
        at(
            self._environment,
            day * SECONDS_PER_DAY + second,
            Turn.STORE_CLOSE,
            lambda: self._close(day, second, rows),
        )

    def _receive(self, second: int) -> None:
        """Bring the stores to this moment and put the goods on the shelf."""
        world = self._world
        day, second_today = divmod(second, SECONDS_PER_DAY)
        deliveries = self._due.pop(second)
        store, sku, units, value = (
            joined([getattr(delivery, column) for delivery in deliveries])
            for column in ("store", "sku", "units", "value")
        )
        if second_today < self._first_close:
            self._put_on_shelf(store, sku, units, value, day, second_today)
            return
        on_shelf = self._day_on_shelf(store, np.full(store.size, second, np.int64))
        for posting_day in (day, day + 1):
            mine = on_shelf == posting_day
            if not mine.any():
                continue
            if posting_day == world.days:
                kind = np.zeros(int(mine.sum()), np.int64)
                left = Delivery(store[mine], sku[mine], units[mine], value[mine], kind, second)
                self._due.setdefault(world.days * SECONDS_PER_DAY, []).append(left)
                continue
            self._put_on_shelf(
                store[mine],
                sku[mine],
                units[mine],
                value[mine],
                posting_day,
                second_today if posting_day == day else 0,
            )

    def _put_on_shelf(
        self, store: IntArray, sku: IntArray, units: IntArray, value: IntArray, day: int, second_today: int
    ) -> None:
        world = self._world
        if second_today > self._first_open:
            self._advance(np.flatnonzero(np.bincount(store)), second_today, day)
        receive(
            store, sku, units, value, world.axes.class_of_sku, day, day, world.first_ordinal, world.period_of(day),
            world.market, world.handling, world.shelf, world.books, world.keys,
        )  # fmt: skip

    def _advance(self, rows: IntArray, until_second: int, day: int) -> None:
        world = self._world
        advance(
            rows, until_second, day, world.first_ordinal, world.period_of(day), world.market, world.process,
            world.goods, world.handling, world.store_rules.reorder_point, world.shelf, world.books, world.keys,
        )  # fmt: skip

    def _close(self, day: int, second: int, rows: IntArray) -> None:
        """End the day of some stores and let them order."""
        world = self._world
        if day > 0 and self._is_watched:
            introduce(rows, day, world.market, world.goods, world.store_forecasters, world.shelf)
        self._advance(rows, SECONDS_PER_DAY, day)
        close_day(
            rows, day, world.first_ordinal, world.period_of(day), world.market, world.process, world.goods,
            world.handling, world.store_forecasters, world.shelf, world.books, world.keys,
        )  # fmt: skip
        if self._expected is not None:
            self._look_ahead(self._expected, day)
        number = review(
            rows, (self._start_weekday + day) % 7, world.market.open_day[day], world.market.orderable[day],
            world.market.listed, world.shelf.on_hand, world.shelf.on_order, world.shelf.backorder,
            world.shelf.forecast, world.goods.case_pack, world.goods.purchase_cost, world.store_rules,
            world.emergency, self._lines,
        )  # fmt: skip
        number = self._replay_orders(rows, day, number)
        if number:
            self._order(day, second, number)
        if day + 1 < world.days:
            self._schedule_close(day + 1, second, rows)

    def _order(self, day: int, second: int, number: int) -> None:
        world, lines = self._world, self._lines
        counts = np.zeros((world.axes.stores, 3, 2), np.int64)
        post_lines(number, lines, world.axes.class_of_sku, day, world.books.day, counts)
        self._place_orders(
            Lines(
                store=lines.row[:number].copy(),
                sku=lines.sku[:number].copy(),
                units=lines.units[:number].copy(),
                kind=lines.kind[:number].copy(),
                lead_time_days=lines.lead_time_days[:number].copy(),
                placed_second=np.full(number, day * SECONDS_PER_DAY + second, np.int64),
            )
        )

    def _look_ahead(self, expected: ExpectedDemand, day: int) -> None:
        """Fill in the true mean demand over the days that each rule covers."""
        rules = self._world.store_rules
        for rule in np.flatnonzero(rules.is_dynamic):
            covered = max(
                rules.order_up_to_days[rule].max(), rules.reorder_point_days[rule].max(), _LEAST_OUTLOOK_DAYS
            )
            days = int(np.ceil(covered))
            rules.expected_rate[rule] = expected.units(day + 1, day + 1 + days) / days

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
        return number + count


def joined(parts: list[IntArray]) -> IntArray:
    """One column of several parts; a single part is not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


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
        columns = (table["store_id"], table["sku_id"], table["date"], table["units"])
        for store_id, sku_id, date, units in zip(*columns, strict=True):
            store, sku, day = store_at[store_id], sku_at[sku_id], (date - start).days
            if 0 <= day < world.days and world.store_rules.rule[store, sku] == index:
                by_day.setdefault(day, []).append((store, sku, int(units)))
    return {
        day: tuple(np.array(column, np.int64) for column in zip(*rows, strict=True))  # type: ignore[misc]
        for day, rows in by_day.items()
    }
