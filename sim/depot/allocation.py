"""A distribution centre shares out: what of the stores' orders is shipped, what waits, what is struck off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import simpy

from sim.clock import Turn, at, day_of
from sim.depot.counting import chances_of
from sim.depot.stock import CentreStock, IntArray, dealt
from sim.kernels.allocation import FAIR_SHARE, FIRST_COME, PRIORITY
from sim.kernels.compilation import bound
from sim.kernels.shipping import KINDS, fill_orders, note_orders
from sim.recorder import TABLES, Recorder
from sim.stores import Lines, Stores
from sim.streams import Purpose
from sim.world import World, stream

_RULES: Final = {"fair_share": FAIR_SHARE, "priority": PRIORITY, "first_come": FIRST_COME}

Ship = Callable[[int, IntArray, int], None]
"""Takes the centre, lines as from `fill_orders`, (rows, number or more), and their number."""


class Allocation:
    """The sharing out at all centres; what is shipped goes to `ship`."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        stock: CentreStock,
        ship: Ship,
        *,
        is_deferred: bool,
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stock = stock
        self._ship = ship
        self._is_deferred = is_deferred
        self._stores: Stores | None = None
        centres = world.scenario.network.distribution_centres
        self._inbox: list[Lines] = []
        self._waiting: list[Lines | None] = [None] * len(centres)
        self._is_scheduled = False
        self._order_rows = np.empty((world.axes.stores * KINDS, len(TABLES["store_orders"])), np.int64)
        self._is_unlimited = [centre.stock == "unlimited" for centre in centres]
        allocation = world.scenario.policy.allocation
        self._rule = _RULES[allocation.rule]
        self._keeps_backlog = allocation.unfilled == "backorder"
        self._priority = world.scenario.network.stores["priority"].astype(np.int64)
        self._own_lead_time_days = world.scenario.network.stores["lead_time_days"].astype(np.int64)
        self._ties = stream(world.seed, world.replication, Purpose.ALLOCATION_TIES)
        self._chances = chances_of(world)
        self._fill_orders = self._compiled_fill()

    def _compiled_fill(self) -> Callable[..., tuple[int, int]]:
        world, stock, line = self._world, self._stock, np.zeros((6, 1), np.int64)
        posted = world.centre_panel[0, 0]
        return bound(
            fill_orders, line, np.ones(1, np.bool_), 0, 0, 0, False, self._keeps_backlog, self._rule, self._priority,
            world.market.store_key, world.market.sku_key, 0, self._ties, world.axes.class_of_sku,
            world.axes.purchase_cost_minor, stock.on_hand[0], stock.value[0], stock.defective[0], stock.deviation[0],
            self._chances, world.ageing, stock.lots[0], stock.on_order[0], stock.asked_today[0],
            self._is_deferred, posted, posted, world.shelf.on_order, world.shelf.centre_short, world.books.day[0],
            self._own_lead_time_days, self._own_lead_time_days, line, 0, 0, line[0], line, self._order_rows,
        )  # fmt: skip

    def connect(self, stores: Stores | None) -> None:
        """Say who receives what is shipped; None when the run is over."""
        self._stores = stores

    def take_orders(self, lines: Lines) -> None:
        """Take orders that are looked at in this second, all of them together."""
        self._inbox.append(lines)
        self._schedule()

    def note_orders(self, lines: Lines) -> None:
        """Take note of orders that are looked at later, by `share_out`: until then they are owed."""
        axes, stock = self._world.axes, self._stock
        day = day_of(int(self._environment.now))
        note_orders(
            lines.block, axes.centre_of_store, axes.class_of_sku, stock.asked_today, stock.backlog,
            self._world.centre_panel[day],
        )  # fmt: skip

    def look_again(self, centres: IntArray) -> None:
        """Look again at orders that wait at some centres, now that goods have come in."""
        if any(
            waiting is not None and (centres == centre).any() for centre, waiting in enumerate(self._waiting)
        ):
            self._schedule()

    def _schedule(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            at(self._environment, int(self._environment.now), Turn.CENTRE_ALLOCATION, self._allocate)

    def _allocate(self) -> None:
        self._is_scheduled = False
        arrived, self._inbox = self._inbox, []
        for centre, mine in enumerate(self._by_centre(arrived)):
            self.share_out(centre, mine)

    def _by_centre(self, arrived: list[Lines]) -> list[Lines | None]:
        """The lines that have come in, for each centre, in the order they stand in."""
        centres = len(self._is_unlimited)
        if not arrived:
            return [None] * centres
        lines = Lines.joined(arrived)
        if centres == 1:
            return [lines]
        centre = self._world.axes.centre_of_store[lines.store]
        return [Lines(part) for part in dealt(lines.block, centre, len(lines), centres)]

    def share_out(self, centre: int, new: Lines | None, *, with_waiting: bool = True) -> IntArray:
        """Ship what can be shipped of what waits and of some new orders, and keep or strike off the rest.

        Args:
            centre: the centre.
            new: lines of new orders: all were placed on one day, and no store has two orders of one kind.
            with_waiting: look at what waits, too.

        Returns:
            (orders, 10) rows of the table of store orders, one per new order.
        """
        waiting = self._waiting[centre] if with_waiting else None
        parts = [part for part in (waiting, new) if part is not None and len(part)]
        if not parts:
            return self._order_rows[:0]
        if with_waiting:
            self._waiting[centre] = None
        lines = Lines.joined(parts)
        is_new = np.ones(len(lines), np.bool_)
        is_new[: 0 if waiting is None else len(waiting)] = False
        return self._fill(centre, lines, is_new)

    def _fill(self, centre: int, lines: Lines, is_new: npt.NDArray[np.bool_]) -> IntArray:
        assert self._stores is not None
        world, stock, stores = self._world, self._stock, self._stores
        now = int(self._environment.now)
        day = day_of(now)
        stores.catch_up(now)
        placed_day = day_of(int(lines.block[5, -1])) if is_new[-1] else day
        shipped, sent = np.empty(len(lines), np.int64), stock.room_for(centre, len(lines))
        lines_sent, orders = self._fill_orders(
            lines.block, is_new, day, now, centre, self._is_unlimited[centre], self._keeps_backlog, self._rule,
            self._priority, world.market.store_key, world.market.sku_key, world.process.first_ordinal + day,
            self._ties, world.axes.class_of_sku, world.axes.purchase_cost_minor, stock.on_hand[centre],
            stock.value[centre], stock.defective[centre], stock.deviation[centre], self._chances,
            world.ageing, stock.lots[centre], stock.on_order[centre], stock.asked_today[centre], self._is_deferred,
            world.centre_panel[placed_day, centre], world.centre_panel[day, centre],
            world.shelf.on_order, world.shelf.centre_short, world.books.day[day], stores.closes_second,
            self._own_lead_time_days, stores.days_until_open, stores.delivery_second, self._recorder.next_order,
            shipped, sent, self._order_rows,
        )  # fmt: skip
        order_rows = self._order_rows[:orders].copy()
        self._recorder.add_orders(order_rows)
        if lines_sent:
            self._ship(centre, sent, lines_sent)
        self._keep(centre, lines, shipped)
        return order_rows

    def _keep(self, centre: int, lines: Lines, shipped: IntArray) -> None:
        """Keep what is missing, if it is kept, and bring what is owed up to date."""
        skus = self._world.axes.skus
        if self._is_deferred:
            settled = shipped if self._keeps_backlog else lines.units
            self._stock.backlog[centre] -= np.bincount(lines.sku, weights=settled, minlength=skus).astype(
                np.int32
            )
        if self._keeps_backlog:
            missing = lines.units - shipped
            left = missing > 0
            kept = self._waiting[centre]
            if left.any():
                late = lines.picked(left, units=missing[left])
                kept = late if kept is None else Lines.joined([kept, late])
            self._waiting[centre] = kept
            if not self._is_deferred:
                backlog = np.bincount(lines.sku, weights=missing, minlength=skus)
                self._stock.backlog[centre] = backlog.astype(np.int32)

    def close(self, unseen: list[Lines]) -> None:
        """Write down orders that nobody has looked at when the run ends: each of one store and kind."""
        rows = np.zeros((len(unseen), len(TABLES["store_orders"])), np.int64)
        for number, lines in enumerate(unseen):
            store = int(lines.store[0])
            rows[number, :7] = (
                self._recorder.next_order + number, store, self._world.axes.centre_of_store[store],
                lines.block[5, 0], lines.block[3, 0], len(lines), int(lines.units.sum()),
            )  # fmt: skip
        self._recorder.add_orders(rows)
