"""How long things take: keyed draws of durations, rounded to whole seconds once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from scenarios import Distribution, Exponential, Gamma

FloatArray = npt.NDArray[np.float64]
_WORDS = 2.0**-32
_TABLE_BITS = 12
_TABLE_SIZE, _TABLE_SHIFT = 1 << _TABLE_BITS, 32 - _TABLE_BITS
_POINTS = 4
_EXPONENTIAL = Exponential.model_validate({"kind": "exponential", "mean": 1.0})


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


def exponential(draws: npt.NDArray[np.uint32]) -> FloatArray:
    """Exponential values with mean 1, any shape."""
    return drawn(_EXPONENTIAL, draws)


def whole_seconds(seconds: FloatArray) -> npt.NDArray[np.int64]:
    """Durations in whole seconds, rounded to nearest, never below 0."""
    return np.maximum(np.rint(seconds), 0.0).astype(np.int64)


@lru_cache(maxsize=64)
def _factors(coefficient_of_variation: float) -> FloatArray:
    """The mean of each of the table's equally likely parts of a gamma distribution.

    The mean of a part is taken as the mean of a few of its quantiles, and all are scaled so that their mean is 1.
    """
    gamma = Gamma.model_validate({"kind": "gamma", "mean": 1.0, "cv": coefficient_of_variation})
    points = (np.arange(_TABLE_SIZE * _POINTS) + 0.5) / (_TABLE_SIZE * _POINTS)
    values = np.asarray(gamma.quantile(points)).reshape(_TABLE_SIZE, _POINTS).sum(axis=1)
    values *= _TABLE_SIZE / values.sum()
    return np.asarray(values, np.float64)
