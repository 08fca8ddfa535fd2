"""Goods reach stores: what is on its way, the table of deliveries, and the stages of orders."""

from __future__ import annotations

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY
from sim.depot.crews import Done
from sim.depot.desk import OrderDesk
from sim.depot.orders import Drop, Order
from sim.depot.stock import IntArray
from sim.kernels.shipping import KINDS, write_deliveries
from sim.recorder import TABLES, Recorder
from sim.stores import Delivery, Stores
from sim.world import World


class Arrivals:
    """Keeps account of goods that have left stock and are not in a store, and hands them over."""

    def __init__(self, environment: simpy.Environment, world: World, recorder: Recorder) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stores: Stores | None = None
        self._desk: OrderDesk | None = None
        self._rows = np.empty((world.axes.stores * KINDS, len(TABLES["deliveries"])), np.int64)
        self._under_way: dict[Drop, None] = {}

    def connect(self, stores: Stores | None, desk: OrderDesk) -> None:
        """Say who the stores are, and who follows up."""
        self._stores, self._desk = stores, desk

    def on_the_way(self, *drops: Drop, instead_of: tuple[Drop, ...] = ()) -> None:
        """Take note of drops that have left stock; they may take the place of others that they have been made of."""
        for part in instead_of:
            del self._under_way[part]
        for drop in drops:
            self._under_way[drop] = None

    def arrive(self, drop: Drop) -> None:
        """Put a drop on the shelf now: its orders have arrived."""
        assert self._stores is not None and self._desk is not None
        now = int(self._environment.now)
        del self._under_way[drop]
        left = max((order.departed_second for order in drop.orders), default=now)
        self._stores.expect(now, Delivery(drop.block), left)
        self._write(drop, now)
        for order in drop.orders:
            if order.arrived_second < 0:
                order.arrived_second = now
            order.unloaded_second = now
            self._desk.follow_up(order, has_arrived=True, done=self._feeds_back(order))

    def _feeds_back(self, order: Order) -> Done:
        def done() -> None:
            order.fed_back_second = int(self._environment.now)

        return done

    def _write(self, drop: Drop, arrived: int) -> None:
        assert self._stores is not None
        written = write_deliveries(
            drop.block,
            arrived,
            drop.released_second,
            drop.centre,
            self._stores.closes_second,
            self._world.days,
            self._rows,
        )  # fmt: skip
        for row in self._rows[:written].tolist():
            self._recorder.add_row("deliveries", row)

    def under_way(self) -> tuple[IntArray, IntArray]:
        """Units and value (stores, SKUs) of what has left stock and reached no store."""
        shape = (self._world.axes.stores, self._world.axes.skus)
        units, value = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for drop in self._under_way:
            np.add.at(units, (drop.block[0], drop.block[1]), drop.block[2])
            np.add.at(value, (drop.block[0], drop.block[1]), drop.block[3])
        return units, value

    def close(self) -> None:
        """Write down what is still under way when the run ends."""
        end = self._world.days * SECONDS_PER_DAY
        for drop in self._under_way:
            self._write(drop, end)
