"""Arrivals from outside: renewal processes bent by the profile of the day, drawn by the number of the arrival."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import Distribution
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.durations import drawn, whole_seconds
from sim.streams import StreamKey, cell_keys, entity_key, uniform_array

_AT_ONCE: Final = 4_096
_SECONDS_PER_MINUTE: Final = 60.0
_HOURS: Final = 24

FloatArray = npt.NDArray[np.float64]


class Arrivals:
    """One stream of arrivals.

    The profile of the day bends time: the n-th arrival comes when the profile, added up, reaches the n-th arrival of
    an even stream. Times are added up before they are rounded, so that rounding errors do not.
    """

    def __init__(
        self, key: StreamKey, name: str, between_minutes: Distribution, hourly_profile: tuple[float, ...]
    ) -> None:
        """Make a stream.

        Args:
            key: of the gaps, drawn at index 0.
            name: id of the stream.
            between_minutes: gaps.
            hourly_profile: relative rate of each clock hour.
        """
        self._key = key
        self._entity = entity_key(name)
        self._between_minutes = between_minutes
        self._bent = _Bent(hourly_profile)
        self._drawn = 0
        self._clock = 0.0

    def draw(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        """The next arrivals, many at once: their keys and the seconds at which they come, both (n,)."""
        numbers = np.arange(self._drawn, self._drawn + _AT_ONCE, dtype=np.uint64)
        keys = cell_keys(self._entity, numbers)
        gaps = drawn(self._between_minutes, uniform_array(self._key, keys, 0))
        at = self._clock + np.cumsum(gaps * _SECONDS_PER_MINUTE)
        self._clock = float(at[-1])
        self._drawn += _AT_ONCE
        return keys, whole_seconds(self._bent.of(at))


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
