"""Forecasts of intermittent use, for all places and parts at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import ForecastMethod
from sim.kernels.elementary import exp

FloatArray = npt.NDArray[np.float64]


class UseForecast:
    """Mean use per period and the spread of its errors, learned period by period from what was taken.

    `croston` smooths the size of a use and the periods between two (Croston 1972); `syntetos_boylan` takes off the bias
    of their ratio (Syntetos and Boylan 2005); `teunter_syntetos_babai` smooths the probability of a use instead, and so
    forgets what is no longer used (Teunter, Syntetos and Babai 2011); `exponential_smoothing` smooths use itself.
    """

    def __init__(self, method: ForecastMethod, weight: float, expected: FloatArray) -> None:
        """Begin with what is expected.

        Args:
            method: see above.
            weight: of the newest observation.
            expected: (places, parts) mean use per period known beforehand, taken as Poisson; 0 where nothing is known.
        """
        self._method, self._weight = method, weight
        self._mean = expected.copy()
        chance = 1.0 - np.array([exp(-rate) for rate in expected.ravel().tolist()]).reshape(expected.shape)
        is_known = chance > 0.0
        self._chance = chance
        self._size = np.divide(expected, chance, out=np.ones_like(expected), where=is_known)
        never = np.full_like(expected, np.inf)
        self._interval = np.divide(1.0, chance, out=never, where=is_known)
        self._since = np.ones_like(expected)
        self._squared_error = expected.copy()

    @property
    def per_period(self) -> FloatArray:
        """(places, parts) mean use per period as forecast now."""
        if self._method == "exponential_smoothing":
            return self._mean
        if self._method == "teunter_syntetos_babai":
            return self._chance * self._size
        bias = 1.0 - self._weight / 2.0 if self._method == "syntetos_boylan" else 1.0
        return bias * self._size / self._interval

    @property
    def deviation(self) -> FloatArray:
        """(places, parts) root of the smoothed squared error of the forecast of a period."""
        return np.sqrt(self._squared_error)

    def learn(self, used: npt.NDArray[np.int64]) -> None:
        """Take in what was used in the period that ends, (places, parts) units."""
        weight = self._weight
        error = used - self.per_period
        self._squared_error += weight * (error * error - self._squared_error)
        occurs = used > 0
        self._mean += weight * (used - self._mean)
        self._chance += weight * (occurs - self._chance)
        self._size[occurs] += weight * (used[occurs] - self._size[occurs])
        # The first use of what was never expected sets the interval to the time it took.
        first = occurs & np.isinf(self._interval)
        later = occurs & ~first
        self._interval[first] = self._since[first]
        self._interval[later] += weight * (self._since[later] - self._interval[later])
        self._since[occurs] = 1.0
        self._since[~occurs] += 1.0

    def cover(self, periods: FloatArray | float, safety_factor: float) -> FloatArray:
        """Units that cover so many periods, (places, parts).

        Args:
            periods: time to be covered; broadcast over places and parts.
            safety_factor: standard deviations of the error over that time, added on top.
        """
        return np.asarray(self.per_period * periods + safety_factor * self.deviation * np.sqrt(periods))
