"""Wholesale and web orders: work that comes to the pickers of a centre beside the orders of stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy
from simpy.events import EventPriority

from scenarios import OrderStream
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, Turn
from sim.durations import drawn, whole_seconds
from sim.stations import Station, Work
from sim.streams import Purpose, cell_keys, entity_key, stream_key, uniform_array
from sim.world import World

_AT_ONCE = 4_096
_SECONDS_PER_MINUTE = 60.0
_HOURS = 24
_TURN = EventPriority(Turn.WORK)

FloatArray = npt.NDArray[np.float64]


class StreamOfOrders:
    """One stream: a renewal process of arrivals, each with its own work, drawn by their number.

    The profile of the day bends time: the n-th order comes when the profile, added up, reaches the n-th arrival of an
    even stream. Times are added up before they are rounded, so that rounding errors do not.
    """

    def __init__(
        self, environment: simpy.Environment, world: World, stream: OrderStream, number: int, pickers: Station
    ) -> None:
        # As in stations, the clock is read straight from its attribute.
        self._environment: Any = environment
        self._stream = stream
        self._number = number
        self._pickers = pickers
        self._end = world.days * SECONDS_PER_DAY
        self._keys = tuple(
            stream_key(world.seed, world.replication, purpose)
            for purpose in (Purpose.STREAM_GAP, Purpose.STREAM_WORK)
        )
        self._entity = entity_key(stream.id)
        self._bent = _Bent(stream.hourly_profile)
        self._drawn = 0
        self._clock = 0.0
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
        numbers = np.arange(self._drawn, self._drawn + _AT_ONCE, dtype=np.uint64)
        keys = cell_keys(self._entity, numbers)
        gaps, work = (
            drawn(distribution, uniform_array(key, keys, 0))
            for distribution, key in zip(
                (self._stream.between_minutes, self._stream.work_minutes), self._keys, strict=True
            )
        )
        at = self._clock + np.cumsum(gaps * _SECONDS_PER_MINUTE)
        self._clock = float(at[-1])
        self._drawn += _AT_ONCE
        self._arrivals = whole_seconds(self._bent.of(at)).tolist()
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


class _Bent:
    """Time bent by the profile of a day: a second counts more in a busy hour."""

    def __init__(self, profile: tuple[float, ...]) -> None:
        total = sum(profile)
        share = np.array(profile) / total if total > 0 else np.full(_HOURS, 1.0 / _HOURS)
        self._is_even = bool(np.allclose(share, share[0]))
        self._reached = np.concatenate([[0.0], np.cumsum(share)]) * SECONDS_PER_DAY
        self._reached[-1] = SECONDS_PER_DAY

    def of(self, even_seconds: FloatArray) -> FloatArray:
        """Seconds of the clock at which so many seconds of an even stream have passed, (n,)."""
        if self._is_even:
            return even_seconds
        day, rest = np.divmod(even_seconds, SECONDS_PER_DAY)
        hours = np.interp(rest, self._reached, np.arange(_HOURS + 1) * float(SECONDS_PER_HOUR))
        return np.asarray(day * SECONDS_PER_DAY + hours, np.float64)
