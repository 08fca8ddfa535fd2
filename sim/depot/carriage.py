"""How what is ready leaves the centre: the interface, and the simplest way, without trucks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import simpy

from sim.clock import SECONDS_PER_DAY
from sim.depot.arrivals import Arrivals
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

    def ready(self, drops: Sequence[Drop]) -> None:
        """Take drops that leave together, all of which have been picked."""

    def trip_of(self, drop: Drop) -> int | None:
        """Number of the trip for which a planned drop has to wait; None where it leaves once it is picked."""
        ...


class OnTheDay(Carriage):
    """Without trucks: goods arrive when the lead time says, or at the first delivery hour after they are ready."""

    def __init__(self, environment: simpy.Environment, world: World, arrivals: Arrivals) -> None:
        self._environment = environment
        self._world = world
        self._arrivals = arrivals
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

    def ready(self, drops: Sequence[Drop]) -> None:
        """Send them off."""
        now = int(self._environment.now)
        due = [max(int(drop.block[5].max()), self._next_delivery(drop.store, now), now) for drop in drops]
        self._arrivals.travel(drops, due, due)

    def _next_delivery(self, store: int, second: int) -> int:
        """The first delivery hour at a store that is open, from a second on."""
        assert self._stores is not None
        day, rest = divmod(second, SECONDS_PER_DAY)
        day += rest > self._stores.delivery_second
        until_open = self._stores.days_until_open
        wait = int(until_open[min(day, len(until_open) - 1), store])
        return (day + wait) * SECONDS_PER_DAY + self._stores.delivery_second
