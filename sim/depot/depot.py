"""The distribution centres of a run: who does what with their stock."""

from __future__ import annotations

import numpy as np
import simpy

from sim.depot.allocation import Allocation
from sim.depot.outbound import Outbound
from sim.depot.purchasing import Purchasing
from sim.depot.stock import CentreStock, IntArray, by_arrival
from sim.kernels.shipping import KINDS, write_deliveries
from sim.recorder import TABLES, Recorder
from sim.stores import Delivery, Lines, Stores
from sim.world import World


class Depot:
    """All distribution centres of a run.

    Where neither work in centres nor trucks are modelled, what is allocated is sent off in the same second.
    """

    def __init__(self, environment: simpy.Environment, world: World, recorder: Recorder) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stores: Stores | None = None
        self.stock = CentreStock.of(world)
        self._delivery_rows = np.empty((world.axes.stores * KINDS, len(TABLES["deliveries"])), np.int64)
        is_worked = world.scenario.depot is not None or world.scenario.policy.transport.mode == "fleet"
        self._outbound = Outbound(environment, world, recorder) if is_worked else None
        ship = self._send if self._outbound is None else self._outbound.send
        self._allocation = Allocation(
            environment, world, recorder, self.stock, ship, is_deferred=self._outbound is not None
        )
        self._purchasing = Purchasing(environment, world, recorder, self.stock, self._stocked)

    def connect(self, stores: Stores | None) -> None:
        """Say who receives what is shipped; None when the run is over, so that its memory is given back at once."""
        self._stores = stores
        self._allocation.connect(stores)
        if self._outbound is not None:
            self._outbound.connect(stores, self._allocation)

    def open(self) -> None:
        """Start the first day."""
        assert self._stores is not None
        self._purchasing.open(self._stores.expected)
        if self._outbound is not None:
            self._outbound.open()

    def close(self) -> None:
        """Write down what is still going on when the run ends."""
        if self._outbound is not None:
            self._outbound.close()

    def under_way(self) -> tuple[IntArray, IntArray]:
        """Units and value (stores, SKUs) of what has left stock and is not yet at a store's door."""
        if self._outbound is not None:
            return self._outbound.under_way()
        zeros = np.zeros((self._world.axes.stores, self._world.axes.skus), np.int64)
        return zeros, zeros

    def take_orders(self, lines: Lines) -> None:
        """Take store orders; without a desk all that come within one second are looked at together."""
        if self._outbound is None:
            self._allocation.take_orders(lines)
        else:
            self._allocation.note_orders(lines)
            self._outbound.take_orders(lines)

    def _stocked(self, lines: IntArray) -> None:
        """Look again at orders that wait for goods, unless the next wave does so anyway."""
        if self._outbound is None:
            self._allocation.look_again(lines[0])

    def _send(self, centre: int, sent: IntArray, number: int) -> None:
        """Put lines, (6, number or more) as from `fill_orders`, on their way; a row per store, kind and arrival."""
        assert self._stores is not None
        now = int(self._environment.now)
        for second, block in by_arrival(sent, number):
            self._stores.expect(second, Delivery(block))
            written = write_deliveries(
                block, second, now, centre, self._stores.closes_second, self._world.days, self._delivery_rows
            )
            self._recorder.add("deliveries", self._delivery_rows[:written].copy())
