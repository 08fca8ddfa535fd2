"""How long things take: keyed draws of durations, rounded to whole seconds once."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import Distribution, Exponential, Gamma

FloatArray = npt.NDArray[np.float64]
_WORDS: Final = 2.0**-32
_TABLE_BITS: Final = 12
_TABLE_SIZE: Final = 1 << _TABLE_BITS
_TABLE_SHIFT: Final = 32 - _TABLE_BITS
_POINTS: Final = 4
_EXPONENTIAL: Final = Exponential.model_validate({"kind": "exponential", "mean": 1.0})


def fractions(draws: npt.NDArray[np.uint32]) -> FloatArray:
    """32-bit draws as probabilities strictly between 0 and 1, any shape."""
    return (draws.astype(np.float64) + 0.5) * _WORDS


def drawn(distribution: Distribution, draws: npt.NDArray[np.uint32]) -> FloatArray:
    """Values of a distribution by inversion, any shape, in its own unit."""
    return np.asarray(distribution.quantile(fractions(draws)), np.float64)


def spread(coefficient_of_variation: float, draws: npt.NDArray[np.uint32]) -> FloatArray:
    """Gamma factors with mean 1 and the given coefficient of variation, any shape; ones when it is 0.

    They are read from a table of so many equally likely values: a quantile takes longer than all else in a task.
    """
    if coefficient_of_variation == 0.0:
        return np.ones(draws.shape)
    return np.take(_factors(coefficient_of_variation), draws >> _TABLE_SHIFT)


def spread_table(coefficient_of_variation: float) -> FloatArray:
    """The equally likely factors that `spread` reads, (4,096,); none, (0,), when the coefficient is 0."""
    if coefficient_of_variation == 0.0:
        return np.zeros(0)
    return _factors(coefficient_of_variation)


def spread_of(coefficient_of_variation: float, draw: int) -> float:
    """One of the factors of `spread`, for one draw."""
    if coefficient_of_variation == 0.0:
        return 1.0
    return _factor_list(coefficient_of_variation)[draw >> _TABLE_SHIFT]


def exponential(draws: npt.NDArray[np.uint32]) -> FloatArray:
    """Exponential values with mean 1, any shape."""
    return drawn(_EXPONENTIAL, draws)


def whole_seconds(seconds: FloatArray) -> npt.NDArray[np.int64]:
    """Durations in whole seconds, rounded to nearest, never below 0."""
    return np.maximum(np.rint(seconds), 0.0).astype(np.int64)


class Durations:
    """Draws of one distribution of durations, read from a table of equally likely values.

    A quantile takes longer than all else in a task. Each value of the table is the mean of a few quantiles of its part
    of the distribution, and all are scaled so that their mean is the distribution's.
    """

    def __init__(self, distribution: Distribution, unit_seconds: float) -> None:
        """Make the table.

        Args:
            distribution: of durations in some unit.
            unit_seconds: seconds in that unit.
        """
        values = np.maximum(_parts_of(distribution), 0.0)
        mean = values.mean()
        if mean > 0.0:
            values = values * (max(distribution.mean(), 0.0) / mean)
        self._seconds = np.rint(values * unit_seconds).astype(np.int64)
        self._list: list[int] = self._seconds.tolist()
        self.mean_seconds = float(values.mean() * unit_seconds)

    def seconds(self, draw: int) -> int:
        """One duration in whole seconds, for a draw of 32 bits."""
        return self._list[draw >> _TABLE_SHIFT]

    def array(self, draws: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """Durations in whole seconds, any shape."""
        return np.take(self._seconds, draws >> _TABLE_SHIFT)


@lru_cache(maxsize=256)
def _parts_of(distribution: Distribution) -> FloatArray:
    """Means of the equally likely parts of a distribution, from a few quantiles of each; every replication asks."""
    points = (np.arange(_TABLE_SIZE * _POINTS) + 0.5) / (_TABLE_SIZE * _POINTS)
    values: FloatArray = np.asarray(distribution.quantile(points)).reshape(_TABLE_SIZE, _POINTS).mean(axis=1)
    values.setflags(write=False)
    return values


@lru_cache(maxsize=64)
def _factors(coefficient_of_variation: float) -> FloatArray:
    """The mean of each of the table's equally likely parts of a gamma distribution.

    The mean of a part is taken as the mean of a few of its quantiles, and all are scaled so that their mean is 1.
    """
    gamma = Gamma.model_validate({"kind": "gamma", "mean": 1.0, "cv": coefficient_of_variation})
    values = _parts_of(gamma)
    return np.asarray(values / values.mean(), np.float64)


@lru_cache(maxsize=64)
def _factor_list(coefficient_of_variation: float) -> list[float]:
    """The same as a list, whose entries are read faster one by one."""
    factors: list[float] = _factors(coefficient_of_variation).tolist()
    return factors
