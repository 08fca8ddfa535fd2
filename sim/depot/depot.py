"""The distribution centres of a run: who does what with their stock."""

from __future__ import annotations

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.depot.allocation import Allocation
from sim.depot.counting import Counting
from sim.depot.gifts import Gifts
from sim.depot.purchasing import Purchasing
from sim.depot.returns import Returns
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
        self._allocation = Allocation(environment, world, recorder, self.stock, self._send, is_deferred=False)
        self._purchasing = Purchasing(environment, world, recorder, self.stock, self._stocked)
        self._counting = Counting(environment, world, recorder, self.stock)
        self._gifts = Gifts(world, recorder, self.stock)
        self.returns = Returns(environment, world, recorder, self.stock, self._restocked)
        """What stores send back."""

    def connect(self, stores: Stores | None) -> None:
        """Say who receives what is shipped; None when the run is over, so that its memory is given back at once."""
        self._stores = stores
        self._allocation.connect(stores)
        self.returns.connect(stores)

    def open(self) -> None:
        """Start the first day."""
        assert self._stores is not None
        self._purchasing.open(self._stores.expected)
        self._counting.open()
        if self.stock.lots.size:
            self._schedule_expiry(0)

    def _schedule_expiry(self, day: int) -> None:
        second = (day + 1) * SECONDS_PER_DAY - 1
        at(self._environment, second, Turn.CENTRE_EXPIRY, lambda: self._discard_expired(day))

    def _discard_expired(self, day: int) -> None:
        self.stock.discard_expired(day, self._world)
        if day + 1 < self._world.days:
            self._schedule_expiry(day + 1)

    def _stocked(self, lines: IntArray) -> None:
        """Goods have come in, (6, k) lines: they can be shipped to whoever waits for them."""
        self.stock.date(lines, day_of(int(self._environment.now)), self._world)
        self._allocation.look_again(lines[0])

    def _restocked(self, lines: IntArray) -> None:
        """Returned goods are back in stock, (3, k) lines; none of them ages."""
        self._allocation.look_again(lines[0])

    def take_orders(self, lines: Lines) -> None:
        """Take store orders; all that come within one second are looked at together."""
        self._allocation.take_orders(lines)

    def _send(self, centre: int, sent: IntArray, number: int) -> None:
        """Put lines, (rows, number or more) as from `fill_orders`, on their way; a record per store, kind, arrival."""
        assert self._stores is not None
        now = int(self._environment.now)
        self._gifts.add(centre, sent, number, now, day_of(now))
        for second, block in by_arrival(sent, number):
            self._stores.expect(second, Delivery(block))
            written = write_deliveries(
                block, second, now, centre, self._stores.closes_second, self._world.days, self._delivery_rows
            )
            self._recorder.add("deliveries", self._delivery_rows[:written].copy())
