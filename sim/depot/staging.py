"""The staging area of a centre: picked goods wait there for their truck; while it is full, picking waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import simpy

from scenarios import Staging as StagingFacts
from sim.depot.orders import NOT_YET, Drop
from sim.recorder import Recorder

NO_LIMIT: Final = -1
"""In the column `capacity` of the table of staging."""

_MILLILITRES_PER_LITRE: Final = 1_000


@dataclass(eq=False, slots=True)
class _Load:
    """What one trip takes along."""

    trip: int
    centre: int
    drops: list[Drop]
    room: int
    wanted_second: int
    taken_second: int = NOT_YET
    left_second: int = NOT_YET


class Staging:
    """The staging areas of all centres.

    Trips are served in the order in which they are wanted. Room for all of a trip's goods is taken when the first of
    them may be picked, so that no two trips wait for each other's room, and given back when the truck is loaded. A
    trip that needs more room than there is waits until the area is empty. What no own truck takes leaves at once.
    """

    def __init__(
        self,
        environment: simpy.Environment,
        recorder: Recorder,
        facts: StagingFacts,
        centres: int,
        prepare: Callable[[list[Drop]], None],
    ) -> None:
        """Make them; `prepare` takes drops of one centre that may be picked."""
        self._environment = environment
        self._recorder = recorder
        self._unit = facts.unit
        self._prepare = prepare
        scale = _MILLILITRES_PER_LITRE if facts.unit == "litres" else 1
        self._capacity = NO_LIMIT if facts.capacity is None else round(facts.capacity * scale)
        self._taken = [0] * centres
        self._queues: list[deque[_Load]] = [deque() for _ in range(centres)]
        self._in_the_area: dict[int, _Load] = {}

    def take(self, centre: int, drops: list[Drop], trip_of: Callable[[Drop], int | None]) -> None:
        """Take what a wave wants picked, the drops of a trip next to each other; None is no trip."""
        now = int(self._environment.now)
        at_once: list[Drop] = []
        for trip, mine in groupby(drops, key=trip_of):
            if trip is None:
                at_once += mine
            else:
                load = list(mine)
                self._queues[centre].append(_Load(trip, centre, load, self._room_of(load), now))
        self._prepare([*at_once, *self._admitted(centre)])

    def leave(self, trip: int) -> None:
        """The goods of a trip are on the truck."""
        load = self._in_the_area.pop(trip)
        load.left_second = int(self._environment.now)
        self._taken[load.centre] -= load.room
        self._write(load)
        self._prepare(self._admitted(load.centre))

    def close(self) -> None:
        """Write down what is in the areas, or waits for room, when the run ends."""
        for load in self._in_the_area.values():
            self._write(load)
        for queue in self._queues:
            for load in queue:
                self._write(load)

    def _admitted(self, centre: int) -> list[Drop]:
        """Drops of the trips for which there is room, in their order."""
        queue, admitted = self._queues[centre], []
        while queue and self._fits(queue[0]):
            load = queue.popleft()
            load.taken_second = int(self._environment.now)
            self._taken[centre] += load.room
            self._in_the_area[load.trip] = load
            admitted += load.drops
        return admitted

    def _fits(self, load: _Load) -> bool:
        taken = self._taken[load.centre]
        return self._capacity == NO_LIMIT or taken == 0 or taken + load.room <= self._capacity

    def _room_of(self, drops: list[Drop]) -> int:
        if self._unit == "drops":
            return len(drops)
        if self._unit == "cases":
            return sum(drop.cases for drop in drops)
        return sum(drop.volume_millilitres for drop in drops)

    def _write(self, load: _Load) -> None:
        row = (
            load.trip, load.centre, load.wanted_second, load.taken_second, load.left_second, len(load.drops),
            sum(drop.cases for drop in load.drops), sum(drop.volume_millilitres for drop in load.drops), load.room,
            self._capacity,
        )  # fmt: skip
        self._recorder.add_row("staging", row)
