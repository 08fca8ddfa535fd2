"""When failures are reported: hours of the day and days of the week."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import Reporting
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR

_HOURS: Final = 24
_WEEKDAYS: Final = 7

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class ReportTimes:
    """Seconds of the day by the hourly profile, and days until the report by the factors of weekdays."""

    def __init__(self, reporting: Reporting, start_weekday: int) -> None:
        share = _shares(reporting.hourly_profile)
        self._share = share
        self._reached = np.concatenate([[0.0], np.cumsum(share)])[:-1]
        self._start_weekday = start_weekday
        self._reported = _delays(_shares(reporting.weekday_factors) * _WEEKDAYS)
        self.has_delays = bool((self._reported[:, 0] < 1.0).any())
        """Whether some failures are reported on a later day."""

    def seconds(self, fractions: FloatArray) -> IntArray:
        """(n,) seconds of the day, for draws between 0 and 1."""
        hour = np.searchsorted(self._reached, fractions, side="right") - 1
        within = (fractions - self._reached[hour]) / np.maximum(self._share[hour], 1e-12)
        seconds = ((hour + np.minimum(within, 1.0)) * SECONDS_PER_HOUR).astype(np.int64)
        return np.asarray(np.minimum(seconds, SECONDS_PER_DAY - 1))

    def delay_days(self, day: int, fractions: FloatArray) -> IntArray:
        """(n,) days until the report of failures of a day, for draws between 0 and 1."""
        reported = self._reported[(self._start_weekday + day) % _WEEKDAYS]
        return np.searchsorted(reported, fractions, side="right").astype(np.int64)


def _shares(weights: tuple[float, ...]) -> FloatArray:
    given = np.array(weights)
    return given / given.sum() if given.sum() > 0 else np.full(given.size, 1.0 / given.size)


def _delays(factors: FloatArray) -> FloatArray:
    """(7, 7) share of the failures of a weekday that are reported within 0 ... 6 days.

    Failures come at an even rate and wait; on each weekday the same share of all that wait is reported, whenever they
    came. The least number that can wait so that reports follow the factors leaves nobody waiting on one weekday.
    """
    waiting = np.zeros(2 * _WEEKDAYS)
    reports = np.tile(factors, 2)
    left = -min(np.cumsum(1.0 - factors).min(), 0.0)
    for day in range(2 * _WEEKDAYS):
        waiting[day] = left + 1.0
        left = max(waiting[day] - reports[day], 0.0)
        if left < 1e-12:
            left = 0.0
    chance = np.minimum(reports[_WEEKDAYS:] / waiting[_WEEKDAYS:], 1.0)
    within = np.zeros((_WEEKDAYS, _WEEKDAYS))
    for weekday in range(_WEEKDAYS):
        still = 1.0
        for delay in range(_WEEKDAYS):
            share = chance[(weekday + delay) % _WEEKDAYS]
            still = 0.0 if share > 1.0 - 1e-9 else still * (1.0 - share)
            within[weekday, delay] = 1.0 - still
    return within
