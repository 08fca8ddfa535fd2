"""Waves: at the cut-off the orders assigned so far are shared out and released to the floor as drops."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY, Turn, at, day_of, second_of_day
from sim.depot.allocation import Allocation
from sim.depot.orders import Drop, Order, Packing, drops_of
from sim.depot.stock import IntArray
from sim.kernels.ordering import EMERGENCY
from sim.kernels.shipping import KINDS
from sim.stores import Lines
from sim.working_days import Calendar
from sim.world import World

_STORE, _KIND, _LINES, _IN_FULL, _SHIPPED = 1, 4, 5, 7, 8


class Waves:
    """Holds assigned orders of all centres until the next cut-off; `release` takes a centre and its drops."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        packing: Packing,
        release: Callable[[int, list[Drop]], None],
    ) -> None:
        self._environment = environment
        self._world = world
        self._packing = packing
        self._release = release
        self._allocation: Allocation | None = None
        self.assigned: list[list[Order]] = [[] for _ in world.axes.centre_ids]
        """Orders of each centre that wait for the cut-off."""
        self._urgent: list[Order] = []
        self._sent: list[IntArray] = []
        self.looked_at: list[Order] = []
        """Every order that has been shared out, in that order."""

    def connect(self, allocation: Allocation) -> None:
        """Say who shares out."""
        self._allocation = allocation

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

    def take(self, order: Order) -> None:
        """Take an order that has been assigned; emergency orders are looked at in this second."""
        if not order.is_emergency:
            self.assigned[order.centre].append(order)
            return
        if not self._urgent:
            at(self._environment, int(self._environment.now), Turn.WAVE, self._hurry)
        self._urgent.append(order)

    def send(self, sent: IntArray, number: int) -> None:
        """Take lines that have left stock, (rows, number or more), as `Allocation` hands them over."""
        self._sent.append(sent[:, :number])

    def _cut_off(self) -> None:
        for centre, orders in enumerate(self.assigned):
            self.assigned[centre] = []
            self._share_out(centre, orders, with_waiting=True)

    def _hurry(self) -> None:
        urgent, self._urgent = self._urgent, []
        for centre in range(len(self.assigned)):
            mine = [order for order in urgent if order.centre == centre]
            if mine:
                self._share_out(centre, mine, with_waiting=False)

    def _share_out(self, centre: int, orders: list[Order], *, with_waiting: bool) -> None:
        """Share out, orders of earlier days first: of one day no store has two orders of one kind."""
        assert self._allocation is not None
        now = int(self._environment.now)
        self._sent = []
        orders = sorted(orders, key=lambda order: (order.placed_second, order.store, order.kind))
        batches = [list(batch) for _, batch in groupby(orders, key=lambda order: day_of(order.placed_second))]
        for number, batch in enumerate(batches or [[]]):
            lines = Lines.joined([order.lines for order in batch if order.lines]) if batch else None
            sent_before = len(self._sent)
            rows = self._allocation.share_out(centre, lines, with_waiting=with_waiting and number == 0)
            found = {(int(row[_STORE]), int(row[_KIND])): row for row in rows}
            value = self._value_sent(sent_before)
            for order in batch:
                row = found[order.store, order.kind]
                order.number, order.released_second = int(row[0]), now
                order.units_shipped = int(row[_SHIPPED])
                order.value_minor = int(value[order.store, order.kind])
                order.is_complete = bool(row[_IN_FULL] == row[_LINES])
                order.lines = None
                self.looked_at.append(order)
        if self._sent:
            self._release(centre, self._drops(centre, orders))

    def _value_sent(self, first: int) -> IntArray:
        """(stores, kinds) cost of the goods in the blocks that have been sent from the first one on."""
        value = np.zeros((self._world.axes.stores, KINDS), np.int64)
        for block in self._sent[first:]:
            np.add.at(value, (block[0], block[4]), block[3])
        return value

    def _drops(self, centre: int, orders: list[Order]) -> list[Drop]:
        drops = drops_of(self._sent, centre, self._world.axes.stores, self._packing)
        self._sent = []
        for drop in drops:
            drop.released_second = int(self._environment.now)
        by_place = {(drop.store, drop.is_emergency): drop for drop in drops}
        for order in orders:
            place = (order.store, order.kind == EMERGENCY)
            if order.units_shipped and place in by_place:
                by_place[place].orders.append(order)
        return drops

    def unseen(self) -> list[Order]:
        """Orders that have been assigned, but not looked at."""
        return [order for orders in (*self.assigned, self._urgent) for order in orders]
