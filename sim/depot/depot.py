"""The distribution centres of a run: who does what with their stock."""

from __future__ import annotations

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.depot.allocation import Allocation
from sim.depot.consignment import Consignment
from sim.depot.counting import Counting
from sim.depot.gifts import Gifts
from sim.depot.outbound import Outbound
from sim.depot.purchasing import Purchasing
from sim.depot.returns import Returns
from sim.depot.stock import CentreStock, IntArray, by_arrival
from sim.kernels.shipping import KINDS
from sim.kernels.writing import write_deliveries
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
        self._counting = Counting(environment, world, recorder, self.stock)
        self._gifts = Gifts(world, recorder, self.stock)
        self._consignment = Consignment(world, recorder, self.stock)
        self.returns = Returns(environment, world, recorder, self.stock, self._restocked)
        """What stores send back."""
        is_worked = world.scenario.depot is not None or world.scenario.policy.transport.mode == "fleet"
        self._outbound = Outbound(environment, world, recorder, self.returns) if is_worked else None
        self._allocation = Allocation(
            environment, world, recorder, self.stock, self._ship, is_deferred=self._outbound is not None
        )
        self._purchasing = Purchasing(
            environment,
            world,
            recorder,
            self.stock,
            self._consignment,
            self._stocked,
            self._outbound.goods_in if self._outbound is not None else None,
            self._catch_up_stores,
        )

    def connect(self, stores: Stores | None) -> None:
        """Say who receives what is shipped; None when the run is over, so that its memory is given back at once."""
        self._stores = stores
        if stores is not None and self._purchasing.complaints is not None:
            stores.watch_defects(self._purchasing.complaints.note_brought_back)
        self._allocation.connect(stores)
        self.returns.connect(stores)
        if self._outbound is not None:
            self._outbound.connect(stores, self._allocation)

    def open(self) -> None:
        """Start the first day."""
        assert self._stores is not None
        self._purchasing.open(self._stores.expected)
        if self._outbound is not None:
            self._outbound.open()
        self._counting.open()
        if self.stock.lots.size:
            self._schedule_expiry(0)

    def close(self) -> None:
        """Write down what is still going on when the run ends."""
        self._purchasing.close()
        self.returns.close()
        if self._outbound is not None:
            self._outbound.close()

    def under_way(self) -> tuple[IntArray, IntArray]:
        """Units and value (stores, SKUs) of what has left stock and is not yet at a store's door."""
        if self._outbound is not None:
            return self._outbound.under_way()
        zeros = np.zeros((self._world.axes.stores, self._world.axes.skus), np.int64)
        return zeros, zeros

    def call_at(self, stores: IntArray, second: int, day: int) -> None:
        """Whoever brings goods to some stores takes along what they send back; trucks see to it themselves."""
        if self._world.scenario.policy.transport.mode == "none":
            self.returns.collect_and_bring_tonight(stores, second, day)

    def _schedule_expiry(self, day: int) -> None:
        second = (day + 1) * SECONDS_PER_DAY - 1
        at(self._environment, second, Turn.CENTRE_EXPIRY, lambda: self._discard_expired(day))

    def _discard_expired(self, day: int) -> None:
        self.stock.discard_expired(day, self._world)
        if day + 1 < self._world.days:
            self._schedule_expiry(day + 1)

    def _restocked(self, lines: IntArray) -> None:
        """Returned goods are back in stock, (3, k) lines; none of them ages."""
        if self._outbound is None:
            self._allocation.look_again(lines[0])

    def _catch_up_stores(self) -> None:
        assert self._stores is not None
        self._stores.catch_up(int(self._environment.now))

    def take_orders(self, lines: Lines) -> None:
        """Take store orders; without a desk all that come within one second are looked at together."""
        if self._outbound is None:
            self._allocation.take_orders(lines)
        else:
            self._allocation.note_orders(lines)
            self._outbound.take_orders(lines)

    def _stocked(self, lines: IntArray, seconds: IntArray) -> None:
        """Look again at orders that wait for goods, (6, k) lines, unless the next wave does so anyway."""
        self.stock.date(lines, seconds, self._world)
        if self._outbound is None:
            self._allocation.look_again(lines[0])

    def _ship(self, centre: int, sent: IntArray, number: int) -> None:
        """Take lines out of stock, (rows, number or more) as from `fill_orders`: to the floor, or on their way.

        What suppliers owned until now is bought at that moment.
        """
        self._consignment.pass_title(centre, sent[:, :number], int(self._environment.now))
        now = int(self._environment.now)
        self._gifts.add(centre, sent, number, now, day_of(now))
        if self._outbound is None:
            self._send(centre, sent, number, now)
        else:
            self._outbound.send(sent, number)

    def _send(self, centre: int, sent: IntArray, number: int, now: int) -> None:
        """Put lines on their way at once; a record per store, kind and arrival."""
        assert self._stores is not None
        for second, block in by_arrival(sent, number):
            self._stores.expect(second, Delivery(block))
            written = write_deliveries(
                block, second, now, centre, self._stores.closes_second, self._world.days, self._delivery_rows
            )
            self._recorder.add("deliveries", self._delivery_rows[:written])
