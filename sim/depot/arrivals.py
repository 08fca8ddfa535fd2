"""Goods reach stores: what is on its way, the table of deliveries, and the stages of orders."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY
from sim.depot.desk import OrderDesk
from sim.depot.orders import NOT_YET, Drop, OrderBook, OrderColumn
from sim.depot.stock import IntArray
from sim.recorder import Recorder
from sim.stores import Delivery, Stores
from sim.world import World


class Arrivals:
    """Keeps account of goods that have left stock and are not in a store, and hands them over."""

    def __init__(
        self, environment: simpy.Environment, world: World, recorder: Recorder, book: OrderBook
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._book = book
        self._end_second = world.days * SECONDS_PER_DAY
        self._stores: Stores | None = None
        self._desk: OrderDesk | None = None
        self._under_way: dict[Drop, None] = {}
        self._write_delivery = recorder.writer("deliveries")
        self._stages = array("q")
        """Orders, and when they departed, arrived and were unloaded: nobody asks before the end of the run."""

    def connect(self, stores: Stores | None, desk: OrderDesk) -> None:
        """Say who the stores are, and who follows up."""
        self._stores, self._desk = stores, desk

    def on_the_way(self, *drops: Drop, instead_of: tuple[Drop, ...] = ()) -> None:
        """Take note of drops that have left stock; they may take the place of others that they have been made of."""
        for part in instead_of:
            del self._under_way[part]
        for drop in drops:
            self._under_way[drop] = None

    def travel(
        self,
        drops: Sequence[Drop],
        arrived: Sequence[int],
        unloaded: Sequence[int],
        collects: Callable[[Drop, int], Callable[[], None] | None] | None = None,
    ) -> None:
        """Some drops leave the centre now.

        Args:
            drops: of one centre.
            arrived: second at which each will be at its store.
            unloaded: second at which each will be on the shelf, if the run does not end before.
            collects: gives for a drop and its second what is to be done in the store at that moment, if anything.
        """
        assert self._stores is not None and self._desk is not None
        now = int(self._environment.now)
        orders: list[int] = []
        seconds: list[int] = []
        for drop, comes, second in zip(drops, arrived, unloaded, strict=True):
            for order in drop.orders:
                orders.append(order)
                seconds.append(second)
                self._stages.extend((order, now, comes, second))
            if second >= self._end_second:
                continue
            del self._under_way[drop]
            then = collects(drop, second) if collects is not None else None
            self._stores.expect(second, Delivery(drop.block), then)
            self._write_down(drop, second)
        if orders:
            self._desk.feed_back(drops[0].centre, orders, seconds)

    def _write_down(self, drop: Drop, arrived: int) -> None:
        """Write rows of the table of deliveries, one per kind of order."""
        assert self._stores is not None
        comes = arrived
        if arrived >= self._end_second - SECONDS_PER_DAY:
            day, second = divmod(arrived, SECONDS_PER_DAY)
            if day + (second >= self._stores.closes_second[drop.store]) >= self._world.days:
                comes = NOT_YET
        for kind, lines, units, cost in drop.kinds:
            self._write_delivery(
                [drop.store, drop.centre, kind, drop.released_second, comes, lines, units, cost]
            )

    def catch_up(self) -> None:
        """Let the stores take in what has come by now."""
        assert self._stores is not None
        self._stores.catch_up(int(self._environment.now))

    def under_way(self) -> tuple[IntArray, IntArray]:
        """Units and value (stores, SKUs) of what has left stock and reached no store."""
        shape = (self._world.axes.stores, self._world.axes.skus)
        units, value = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for drop in self._under_way:
            np.add.at(units, (drop.block[0], drop.block[1]), drop.block[2])
            np.add.at(value, (drop.block[0], drop.block[1]), drop.block[3])
        return units, value

    def close(self) -> None:
        """Write down the stages of orders, and what is still under way when the run ends."""
        stages = np.array(self._stages, np.int64).reshape(-1, 4)
        self._book.rows[stages[:, 0], OrderColumn.DEPARTED : OrderColumn.UNLOADED + 1] = stages[:, 1:]
        for drop in self._under_way:
            self._write_down(drop, self._end_second)
