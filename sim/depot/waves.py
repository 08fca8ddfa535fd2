"""Waves: at the cut-off the orders assigned so far are shared out and released to the floor as drops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY, Turn, at, second_of_day
from sim.depot.allocation import Allocation
from sim.depot.desk import OrderDesk
from sim.depot.goods_in import GoodsIn
from sim.depot.orders import Drop, OrderBook, OrderColumn, Packing, drops_of
from sim.depot.stock import IntArray
from sim.kernels.shipping import KINDS
from sim.stores import Lines
from sim.working_days import Calendar
from sim.world import World

_LINES: Final = 5
_IN_FULL: Final = 7
_SHIPPED: Final = 8


class Waves:
    """Holds assigned orders of all centres until the next cut-off; `release` takes a centre and its drops."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        packing: Packing,
        book: OrderBook,
        release: Callable[[int, list[Drop]], None],
    ) -> None:
        self._environment = environment
        self._world = world
        self._packing = packing
        self._release = release
        self._book = book
        self._allocation: Allocation | None = None
        self._desk: OrderDesk | None = None
        self._goods_in: GoodsIn | None = None
        self._assigned: list[int] = []
        """Orders that have been assigned without a desk and wait for the cut-off."""
        self._urgent: list[int] = []
        self._sent: list[IntArray] = []

    def connect(self, allocation: Allocation, desk: OrderDesk, goods_in: GoodsIn | None) -> None:
        """Say who shares out, who assigns, and who puts away what can be shared out."""
        self._allocation, self._desk, self._goods_in = allocation, desk, goods_in

    def open(self) -> None:
        """Schedule the first cut-offs."""
        for wave in self._world.scenario.policy.depot.waves:
            self._schedule(second_of_day(wave.cut_off_hour), Calendar(self._world.scenario, wave), 0)

    def _schedule(self, second_of_the_day: int, calendar: Calendar, first_day: int) -> None:
        for day in range(first_day, self._world.days):
            if calendar.works(day):
                second = day * SECONDS_PER_DAY + second_of_the_day

                def cut_off(day: int = day) -> None:
                    self._cut_off()
                    self._schedule(second_of_the_day, calendar, day + 1)

                at(self._environment, second, Turn.WAVE, cut_off)
                return

    def take(self, orders: IntArray) -> None:
        """Take orders that have been assigned; emergency orders are looked at in this second."""
        is_emergency = self._book.is_emergency(orders)
        self._assigned += orders[~is_emergency].tolist()
        if is_emergency.any():
            if not self._urgent:
                at(self._environment, int(self._environment.now), Turn.WAVE, self._hurry)
            self._urgent += orders[is_emergency].tolist()

    def send(self, sent: IntArray, number: int) -> None:
        """Take lines that have left stock, (rows, number or more), as `Allocation` hands them over."""
        self._sent.append(sent[:, :number])

    def _cut_off(self) -> None:
        taken = self._taken()
        self._put_away()
        for centre, orders in enumerate(taken):
            self._share_out(centre, orders, with_waiting=True)

    def _put_away(self) -> None:
        """What receivers have put away by now can be shared out."""
        if self._goods_in is not None:
            self._goods_in.catch_up()

    def _taken(self) -> list[IntArray]:
        """Orders of each centre that wait for the cut-off; they do so no longer."""
        assert self._desk is not None
        assigned, self._assigned = np.array(self._assigned, np.int64), []
        centre_of = self._book.rows[assigned, OrderColumn.CENTRE]
        return [
            np.concatenate((assigned[centre_of == centre], self._desk.newly_assigned(centre)))
            for centre in range(len(self._world.axes.centre_ids))
        ]

    def _hurry(self) -> None:
        urgent, self._urgent = np.array(self._urgent), []
        self._put_away()
        centre_of = self._book.rows[urgent, OrderColumn.CENTRE]
        for centre in np.unique(centre_of).tolist():
            self._share_out(centre, urgent[centre_of == centre], with_waiting=False)

    def _share_out(self, centre: int, orders: IntArray, *, with_waiting: bool) -> None:
        """Share out, orders of earlier days first: of one day no store has two orders of one kind."""
        assert self._allocation is not None
        now, rows = int(self._environment.now), self._book.rows
        self._sent = []
        columns = (OrderColumn.KIND, OrderColumn.STORE, OrderColumn.PLACED)
        orders = orders[np.lexsort([rows[orders, column] for column in columns])]
        day = rows[orders, OrderColumn.PLACED] // SECONDS_PER_DAY
        batches = np.split(orders, np.flatnonzero(np.diff(day)) + 1)
        for number, batch in enumerate(batches):
            lines = Lines.joined(self._book.lines_of(batch)) if batch.size else None
            sent_before = len(self._sent)
            shared = self._allocation.share_out(centre, lines, with_waiting=with_waiting and number == 0)
            value = self._value_sent(sent_before)
            store, kind = rows[batch, OrderColumn.STORE], rows[batch, OrderColumn.KIND]
            # Of one day no store has two orders of one kind, and both are in the order of store and kind.
            by_store = np.lexsort((kind, store))
            rows[batch[by_store], OrderColumn.NUMBER] = shared[:, 0]
            rows[batch[by_store], OrderColumn.UNITS_SHIPPED] = shared[:, _SHIPPED]
            rows[batch[by_store], OrderColumn.IS_COMPLETE] = shared[:, _IN_FULL] == shared[:, _LINES]
            rows[batch, OrderColumn.RELEASED] = now
            rows[batch, OrderColumn.VALUE_MINOR] = value[store, kind]
        if self._sent:
            self._release(centre, self._drops(centre, orders))

    def _value_sent(self, first: int) -> IntArray:
        """(stores, kinds) cost of the goods in the blocks that have been sent from the first one on."""
        stores = self._world.axes.stores
        value = np.zeros(stores * KINDS, np.int64)
        for block in self._sent[first:]:
            value += np.bincount(block[0] * KINDS + block[4], block[3], stores * KINDS).astype(np.int64)
        return value.reshape(stores, KINDS)

    def _drops(self, centre: int, orders: IntArray) -> list[Drop]:
        drops = drops_of(self._sent, centre, range(self._world.axes.stores), self._packing)
        self._sent = []
        for drop in drops:
            drop.released_second = int(self._environment.now)
        by_place = {(drop.store, drop.is_emergency): drop for drop in drops}
        orders = orders[self._book.rows[orders, OrderColumn.UNITS_SHIPPED] > 0]
        store, is_emergency = self._book.rows[orders, OrderColumn.STORE], self._book.is_emergency(orders)
        for order, place in zip(
            orders.tolist(), zip(store.tolist(), is_emergency.tolist(), strict=True), strict=True
        ):
            if place in by_place:
                by_place[place].orders.append(order)
        return drops

    def unseen(self) -> IntArray:
        """Orders that have been assigned, but not looked at."""
        return np.concatenate((*self._taken(), np.array(self._urgent, np.int64)))
