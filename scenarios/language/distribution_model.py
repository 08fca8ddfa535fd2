"""What every distribution knows, and the arithmetic that gives the same bits on every processor.

Draws are made by inversion, so `quantile` is the sampling function: it must be the same to the last bit in
every run. `scipy.special` evaluates number by number and does not change with the vector units of the
processor, where numpy's exp, log and power may.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from scenarios.language.base import Model

FloatArray = npt.NDArray[np.float64]

QUANTITY = "unit of the quantity"
"""Unit of parameters that are measured like the quantity itself."""

_LOG2_E = 1.4426950408889634


def special() -> Any:
    """`scipy.special`, imported only when a distribution is evaluated."""
    import scipy.special

    return scipy.special


def exp(x: FloatArray) -> FloatArray:
    """E to the power of every entry."""
    return cast(FloatArray, np.asarray(special().exp2(x * _LOG2_E), dtype=np.float64))


def log(x: FloatArray) -> FloatArray:
    """Natural logarithm of every entry; minus infinity at zero."""
    return cast(FloatArray, np.asarray(special().xlogy(1.0, x), dtype=np.float64))


def as_floats(values: npt.ArrayLike) -> FloatArray:
    """Scalars or arrays as an array of floats."""
    return np.asarray(values, dtype=np.float64)


def as_probabilities(p: npt.ArrayLike) -> FloatArray:
    """Scalars or arrays as an array of probabilities.

    Raises:
        ValueError: a value outside [0, 1].
    """
    probabilities = as_floats(p)
    if not bool(np.all((probabilities >= 0.0) & (probabilities <= 1.0))):
        raise ValueError("probabilities must lie between 0 and 1")
    return probabilities


def integer_quantile(cdf: Callable[[FloatArray], FloatArray], p: FloatArray, start: float) -> FloatArray:
    """Smallest whole number k >= 0 with cdf(k) >= p, by doubling and bisection; infinity where p is 1."""
    target = np.where(p >= 1.0, 0.0, p)
    high = np.full(p.shape, max(1.0, np.ceil(start)))
    while bool(np.any(short := cdf(high) < target)):
        high = np.where(short, high * 2.0, high)
    low = np.full(p.shape, -1.0)
    while bool(np.any(high - low > 1.0)):
        middle = np.floor((low + high) / 2.0)
        enough = cdf(middle) >= target
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return np.where(p >= 1.0, np.inf, high)


class DistributionModel(Model):
    """What every distribution knows. Arguments are scalars or arrays; results have the argument's shape."""

    @abstractmethod
    def mean(self) -> float:
        """The expected value, in the unit of the quantity."""

    @abstractmethod
    def variance(self) -> float:
        """The variance, in the squared unit of the quantity."""

    @abstractmethod
    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """The probability of a value of at most `x`."""

    @abstractmethod
    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """The smallest value whose cumulative probability reaches `p`.

        Args:
            p: probabilities between 0 and 1.

        Raises:
            ValueError: a probability outside [0, 1].
        """

    def summary(self) -> str:
        """One line for people: kind, mean and coefficient of variation."""
        mean, deviation = self.mean(), self.variance() ** 0.5
        spread = f", cv {deviation / mean:.3g}" if mean > 0 else ""
        return f"{getattr(self, 'kind', 'distribution')}: mean {mean:.6g}{spread}"
