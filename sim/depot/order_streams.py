"""Wholesale and web orders: work that comes to the pickers of a centre beside the orders of stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy
from simpy.events import EventPriority

from scenarios import OrderStream
from sim.arrivals import Arrivals
from sim.clock import SECONDS_PER_DAY, Turn
from sim.durations import drawn, whole_seconds
from sim.stations import Station, Work
from sim.streams import Purpose, stream_key, uniform_array
from sim.world import World

_SECONDS_PER_MINUTE = 60.0
_TURN = EventPriority(Turn.WORK)


class StreamOfOrders:
    """One stream: a renewal process of arrivals, each with its own work, drawn by their number."""

    def __init__(
        self, environment: simpy.Environment, world: World, stream: OrderStream, number: int, pickers: Station
    ) -> None:
        # As in stations, the clock is read straight from its attribute.
        self._environment: Any = environment
        self._stream = stream
        self._number = number
        self._pickers = pickers
        self._end = world.days * SECONDS_PER_DAY
        gap, self._work_key = (
            stream_key(world.seed, world.replication, purpose)
            for purpose in (Purpose.STREAM_GAP, Purpose.STREAM_WORK)
        )
        self._source = Arrivals(gap, stream.id, stream.between_minutes, stream.hourly_profile)
        self._at = 0
        self._arrivals: list[int] = []
        self._work: list[int] = []
        # One event object serves all arrivals, as with the servers of a station.
        self._event = simpy.Event(environment)
        self._event._ok = True
        self._event._value = None
        self._callbacks: list[Callable[[simpy.Event], None]] = [self._arrive]

    def open(self) -> None:
        """Wait for the first order."""
        self._draw()
        self._wait()

    def _draw(self) -> None:
        """Draw the next orders, many at once."""
        keys, seconds = self._source.draw()
        work = drawn(self._stream.work_minutes, uniform_array(self._work_key, keys, 0))
        self._arrivals = seconds.tolist()
        self._work = whole_seconds(work * _SECONDS_PER_MINUTE).tolist()
        self._at = 0

    def _wait(self) -> None:
        if self._at == len(self._arrivals):
            self._draw()
        second = self._arrivals[self._at]
        if second < self._end:
            self._event.callbacks = self._callbacks
            self._environment.schedule(self._event, _TURN, second - self._environment._now)

    def _arrive(self, _: simpy.Event) -> None:
        seconds = self._work[self._at]
        self._at += 1
        self._pickers.submit(seconds, Work.STREAM, self._number, lines=1, priority=self._stream.priority)
        self._wait()
