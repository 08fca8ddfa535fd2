"""How what is ready leaves the centre: the interface, and the simplest way, without trucks."""

from __future__ import annotations

from typing import Protocol

import simpy

from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.depot.arrivals import Arrivals
from sim.depot.desk import OrderDesk
from sim.depot.orders import Drop
from sim.stores import Stores
from sim.world import World


class Carriage(Protocol):
    """Brings drops from a centre to its stores."""

    def connect(self, stores: Stores | None) -> None:
        """Say who the stores are; None when the run is over."""

    def open(self) -> None:
        """Start the first day."""

    def plan(self, centre: int, drops: list[Drop]) -> list[Drop]:
        """Take the drops of a wave; return those to be picked, in the order in which they are wanted."""
        ...

    def ready(self, drop: Drop) -> None:
        """Take a drop that has been picked."""

    def trip_of(self, drop: Drop) -> int | None:
        """Number of the trip for which a planned drop has to wait; None where it leaves once it is picked."""
        ...


class OnTheDay(Carriage):
    """Without trucks: goods arrive when the lead time says, or at the first delivery hour after they are ready."""

    def __init__(
        self, environment: simpy.Environment, world: World, arrivals: Arrivals, desk: OrderDesk
    ) -> None:
        self._environment = environment
        self._world = world
        self._arrivals = arrivals
        self._desk = desk
        self._stores: Stores | None = None

    def connect(self, stores: Stores | None) -> None:
        """See `Carriage`."""
        self._stores = stores

    def open(self) -> None:
        """See `Carriage`."""

    def plan(self, centre: int, drops: list[Drop]) -> list[Drop]:
        """Urgent drops first, then by store."""
        del centre
        return sorted(drops, key=lambda drop: (not drop.is_emergency, drop.store))

    def trip_of(self, drop: Drop) -> int | None:
        """See `Carriage`: nothing waits for a truck."""
        del drop
        return None

    def ready(self, drop: Drop) -> None:
        """Send it off."""
        now = int(self._environment.now)
        for order in drop.orders:
            order.departed_second = now
            self._desk.monitor(order)
        due = max(int(drop.block[5].max()), self._next_delivery(drop.store, now))
        if due < self._world.days * SECONDS_PER_DAY:
            at(self._environment, due, Turn.ROAD, lambda: self._arrivals.arrive(drop))

    def _next_delivery(self, store: int, second: int) -> int:
        """The first delivery hour at a store that is open, from a second on."""
        assert self._stores is not None
        day, rest = divmod(second, SECONDS_PER_DAY)
        day += rest > self._stores.delivery_second
        until_open = self._stores.days_until_open
        wait = int(until_open[min(day, len(until_open) - 1), store])
        return (day + wait) * SECONDS_PER_DAY + self._stores.delivery_second
