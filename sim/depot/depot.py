"""The distribution centres of a run: who does what with their stock."""

from __future__ import annotations

import numpy as np
import simpy

from sim.depot.allocation import Allocation
from sim.depot.consignment import Consignment
from sim.depot.purchasing import Purchasing
from sim.depot.stock import CentreStock, IntArray, by_arrival
from sim.kernels.shipping import KINDS, write_deliveries
from sim.recorder import TABLES, Recorder
from sim.stores import Delivery, Lines, Stores
from sim.world import World


class Depot:
    """All distribution centres of a run."""

    def __init__(self, environment: simpy.Environment, world: World, recorder: Recorder) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stores: Stores | None = None
        self.stock = CentreStock.of(world)
        self._delivery_rows = np.empty((world.axes.stores * KINDS, len(TABLES["deliveries"])), np.int64)
        self._consignment = Consignment(world, recorder, self.stock)
        self._allocation = Allocation(environment, world, recorder, self.stock, self._ship, is_deferred=False)
        self._purchasing = Purchasing(
            environment,
            world,
            recorder,
            self.stock,
            self._consignment,
            lambda lines: self._allocation.look_again(lines[0]),
        )

    def connect(self, stores: Stores | None) -> None:
        """Say who receives what is shipped; None when the run is over, so that its memory is given back at once."""
        self._stores = stores
        self._allocation.connect(stores)

    def close(self) -> None:
        """End the run: write down what is still to come."""
        self._purchasing.close()

    def open(self) -> None:
        """Start the first day."""
        assert self._stores is not None
        self._purchasing.open(self._stores.expected)

    def take_orders(self, lines: Lines) -> None:
        """Take store orders; all that come within one second are looked at together."""
        self._allocation.take_orders(lines)

    def _ship(self, centre: int, sent: IntArray, number: int) -> None:
        """Buy what suppliers owned until now of (6, number or more) lines that leave stock, and send them off."""
        self._consignment.pass_title(centre, sent[:, :number], int(self._environment.now))
        self._send(centre, sent, number)

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
