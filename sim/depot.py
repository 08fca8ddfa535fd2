"""The distribution centres: rationing, shipping, and their own orders to suppliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import simpy

from sim.axes import frozen
from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.kernels.allocation import FAIR_SHARE, FIRST_COME, PRIORITY, allocate, ship
from sim.kernels.centres import post_centre_levels, post_lines_of_centres, take_in
from sim.kernels.memory import remember, remembered_units
from sim.kernels.ordering import review
from sim.levels import build_emergency_rules, empty_lines
from sim.recorder import Recorder
from sim.stores import Delivery, Lines, Stores
from sim.streams import Purpose, stream_key
from sim.suppliers import Suppliers
from sim.world import World

IntArray = npt.NDArray[np.int64]
_LAST_SECOND = SECONDS_PER_DAY - 1
_RULES = {"fair_share": FAIR_SHARE, "priority": PRIORITY, "first_come": FIRST_COME}
_KINDS = 3


@dataclass(frozen=True, eq=False)
class _Receipt:
    """Lines of one purchase order that arrive together."""

    sku: IntArray
    units: IntArray


class Depot:
    """All distribution centres of a run."""

    def __init__(self, environment: simpy.Environment, world: World, recorder: Recorder) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._suppliers = Suppliers(world)
        self._stores: Stores | None = None
        shape = (len(world.axes.centre_ids), world.axes.skus)
        self.on_hand = world.opening.centre_units.astype(np.int32)
        self.value = world.opening.centre_units * world.axes.purchase_cost_minor
        self._on_order = np.zeros(shape, np.int32)
        self._backlog = np.zeros(shape, np.int32)
        self._asked_today = np.zeros(shape, np.int64)
        self._forecast = _opening_forecast(world)
        self._listed = frozen(np.ones(shape, np.bool_))
        self._inbox: list[Lines] = []
        self._waiting: list[Lines | None] = [None] * shape[0]
        self._is_scheduled = False
        centres = world.scenario.network.distribution_centres
        self._is_unlimited = [centre.stock == "unlimited" for centre in centres]
        allocation = world.scenario.policy.allocation
        self._rule = _RULES[allocation.rule]
        self._keeps_backlog = allocation.unfilled == "backorder"
        self._priority = world.scenario.network.stores["priority"].astype(np.int64)
        self._own_lead_time_days = world.scenario.network.stores["lead_time_days"].astype(np.int64)
        self._ties = np.array(stream_key(world.seed, world.replication, Purpose.ALLOCATION_TIES), np.uint32)
        self._lines = empty_lines(shape[0] * shape[1])
        self._start_weekday = world.scenario.horizon.start_date.weekday()
        self._no_emergency = build_emergency_rules((), world.axes)
        self._always_open = frozen(np.ones(shape[0], np.bool_))
        self._is_watched = bool(world.plan.centres.is_dynamic.any())

    def connect(self, stores: Stores) -> None:
        """Say who receives what is shipped."""
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
        new = arrived[0] if len(arrived) == 1 else _joined(arrived) if arrived else None
        for centre in range(len(self._is_unlimited)):
            mine = new
            if new is not None and len(self._is_unlimited) > 1:
                mine = _picked(new, self._world.axes.centre_of_store[new.store] == centre)
            waiting = self._waiting[centre]
            parts = [part for part in (waiting, mine) if part is not None and part.store.size]
            if parts:
                lines = parts[0] if len(parts) == 1 else _joined(parts)
                is_new = np.ones(lines.store.size, np.bool_)
                is_new[: 0 if waiting is None else waiting.store.size] = False
                self._fill(centre, lines, is_new)

    def _fill(self, centre: int, lines: Lines, is_new: npt.NDArray[np.bool_]) -> None:
        """Ship what can be shipped of some lines and keep or cancel the rest."""
        world = self._world
        now = int(self._environment.now)
        day = day_of(now)
        shipped, value = np.zeros(lines.store.size, np.int64), np.zeros(lines.store.size, np.int64)
        if self._is_unlimited[centre]:
            shipped[:] = lines.units
        else:
            allocate(
                lines.store, lines.sku, lines.units, lines.placed_second, self.on_hand[centre], self._rule,
                self._priority, world.market.store_key, world.market.sku_key, world.first_ordinal + day,
                self._ties, shipped,
            )  # fmt: skip
        orders = np.zeros((world.axes.stores, _KINDS, 5), np.int64)
        ship(
            lines.store, lines.sku, lines.units, lines.kind, is_new, shipped, self._is_unlimited[centre],
            self._keeps_backlog, world.axes.class_of_sku, world.axes.purchase_cost_minor, self.on_hand[centre],
            self.value[centre], self._on_order[centre], world.shelf.on_order, world.shelf.centre_short,
            world.centre_panel[day, centre], day, world.books.day, value, orders, self._asked_today[centre],
        )  # fmt: skip
        self._record_orders(centre, now, orders)
        self._send(centre, now, lines, shipped, value)
        missing = lines.units - shipped
        if self._keeps_backlog:
            left = missing > 0
            self._waiting[centre] = _picked(lines, left, units=missing[left]) if left.any() else None
            self._backlog[centre] = np.bincount(lines.sku, weights=missing, minlength=world.axes.skus).astype(
                np.int32
            )

    def _record_orders(self, centre: int, now: int, orders: IntArray) -> None:
        store, kind = np.nonzero(orders[:, :, 4])
        if store.size:
            self._recorder.add(
                "store_orders",
                order=self._recorder.number_orders(store.size),
                store=store,
                centre=centre,
                placed_second=now,
                kind=kind,
                lines=orders[store, kind, 4],
                units=orders[store, kind, 3],
                lines_in_full=orders[store, kind, 0],
                units_shipped=orders[store, kind, 1],
                units_cancelled=orders[store, kind, 2],
            )

    def _send(self, centre: int, now: int, lines: Lines, shipped: IntArray, value: IntArray) -> None:
        """Put shipped units on their way and write a row per store, kind and arrival."""
        assert self._stores is not None
        sent = np.flatnonzero(shipped)
        if not sent.size:
            return
        store, sku, kind = lines.store[sent], lines.sku[sent], lines.kind[sent]
        stated = lines.lead_time_days[sent]
        lead_time_days = np.where(stated < 0, self._own_lead_time_days[store], stated)
        arrival = self._stores.arrival_seconds(store, day_of(now), lead_time_days)
        units, worth = shipped[sent], value[sent]
        seconds = [arrival[0]] if arrival.min() == arrival.max() else np.unique(arrival)
        for second in seconds:
            due = slice(None) if len(seconds) == 1 else arrival == second
            delivery = Delivery(store[due], sku[due], units[due], worth[due], kind[due], now)
            self._stores.expect(int(second), delivery)
            label = delivery.store * _KINDS + delivery.kind
            counts = np.bincount(label)
            present = np.flatnonzero(counts)
            of_store = present // _KINDS
            arrived = np.where(
                self._stores.is_received_in_run(of_store, np.full(of_store.size, second, np.int64)),
                second,
                -1,
            )
            self._recorder.add(
                "deliveries",
                store=of_store,
                centre=centre,
                kind=present % _KINDS,
                shipped_second=now,
                arrived_second=arrived,
                lines=counts[present],
                units=np.bincount(label, weights=delivery.units)[present].astype(np.int64),
                value_minor=np.bincount(label, weights=delivery.value)[present].astype(np.int64),
            )

    def _end_day(self, day: int) -> None:
        """Learn from the day's orders and order from suppliers."""
        world = self._world
        rows = np.flatnonzero(~np.array(self._is_unlimited))
        if self._is_watched:
            for centre in rows.tolist():
                remember(
                    centre, day, self._asked_today[centre], world.market.on_sale[day], world.centre_forecasters,
                    self._forecast,
                )  # fmt: skip
        number = review(
            rows, (self._start_weekday + day) % 7, self._always_open, world.market.orderable[day], self._listed,
            self.on_hand, self._on_order, self._backlog, self._forecast, world.goods.case_pack,
            world.goods.purchase_cost, world.centre_rules, self._no_emergency, self._lines,
        )  # fmt: skip
        if number:
            self._order(day, number)
        self._asked_today[:] = 0
        if day + 1 < world.days:
            self._schedule_review(day + 1)

    def _count(self, day: int) -> None:
        """Post the levels at the end of the day."""
        world = self._world
        for centre in range(len(self._is_unlimited)):
            post_centre_levels(
                world.axes.class_of_sku, self.on_hand[centre], self.value[centre], self._on_order[centre],
                self._backlog[centre], world.centre_panel[day, centre],
            )  # fmt: skip

    def _order(self, day: int, number: int) -> None:
        """Send purchase orders and schedule what they bring."""
        world, lines = self._world, self._lines
        centre, sku, units = lines.row[:number].copy(), lines.sku[:number].copy(), lines.units[:number].copy()
        now = int(self._environment.now)
        supplier = world.axes.supplier_of_sku[sku]
        class_of = world.axes.class_of_sku[sku]
        post_lines_of_centres(centre, class_of, units, world.centre_panel[day])
        due_day = day + self._suppliers.lead_time_days(centre, sku, world.first_ordinal + day)
        worth = units * world.axes.purchase_cost_minor[sku]
        label = centre * len(world.axes.supplier_ids) + supplier
        for order in np.flatnonzero(np.bincount(label)):
            mine = label == order
            of_centre, of_supplier = divmod(int(order), len(world.axes.supplier_ids))
            self._recorder.add(
                "purchase_orders",
                centre=of_centre,
                supplier=of_supplier,
                placed_second=now,
                lines=int(mine.sum()),
                units=int(units[mine].sum()),
                value_minor=int(worth[mine].sum()),
            )
            first_day = int(due_day[mine].min())
            for arrival_day in first_day + np.flatnonzero(np.bincount(due_day[mine] - first_day)):
                together = mine & (due_day == arrival_day)
                # Suppliers deliver in the first second of a day, before any store wants anything.
                second = max(int(arrival_day) * SECONDS_PER_DAY, now)
                is_received = second < world.days * SECONDS_PER_DAY
                self._recorder.add(
                    "receipts",
                    centre=of_centre,
                    supplier=of_supplier,
                    placed_second=now,
                    received_second=second if is_received else -1,
                    lines=int(together.sum()),
                    units=int(units[together].sum()),
                    value_minor=int(worth[together].sum()),
                )
                if is_received:
                    self._schedule_receipt(second, of_centre, _Receipt(sku[together], units[together]))

    def _schedule_receipt(self, second: int, centre: int, receipt: _Receipt) -> None:
        at(self._environment, second, Turn.SUPPLIER_DELIVERY, lambda: self._receive(centre, receipt))

    def _receive(self, centre: int, receipt: _Receipt) -> None:
        """Put a supplier's delivery into stock; waiting store orders are looked at again."""
        world = self._world
        day = day_of(int(self._environment.now))
        sku, units = receipt.sku, receipt.units
        worth = units * world.axes.purchase_cost_minor[sku]
        take_in(
            sku, units, worth, world.axes.class_of_sku, self.on_hand[centre], self.value[centre],
            self._on_order[centre], world.centre_panel[day, centre],
        )  # fmt: skip
        if self._waiting[centre] is not None:
            self._schedule_allocation()


def _opening_forecast(world: World) -> npt.NDArray[np.float32]:
    """(centres, SKUs) units per day that the stores of each centre sold in the remembered days."""
    shape = (len(world.axes.centre_ids), world.axes.skus)
    past = world.facts.remembered_days
    units = np.zeros(shape, np.int64)
    if past and world.plan.centres.is_dynamic.any() and not world.market.known.size:
        for centre in range(shape[0]):
            rows = np.flatnonzero(world.axes.centre_of_store == centre)
            remembered_units(
                rows, world.first_ordinal, world.market, world.process, world.shelf, units[centre]
            )
    return (units / max(1, past)).astype(np.float32)


def _picked(lines: Lines, mask: npt.NDArray[np.bool_], units: IntArray | None = None) -> Lines:
    return Lines(
        lines.store[mask],
        lines.sku[mask],
        lines.units[mask] if units is None else units,
        lines.kind[mask],
        lines.lead_time_days[mask],
        lines.placed_second[mask],
    )


def _joined(parts: list[Lines]) -> Lines:
    return Lines(
        *(np.concatenate([getattr(part, field) for part in parts]) for field in Lines.__dataclass_fields__)
    )
