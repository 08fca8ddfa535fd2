"""Student-t intervals of a mean over independent replications, with the degenerate cases said in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_NAN = float("nan")


@dataclass(frozen=True)
class Interval:
    """A mean and its two-sided confidence interval."""

    count: int
    """Defined values."""
    mean: float
    standard_deviation: float
    """With divisor count - 1; NaN with fewer than two values."""
    low: float
    high: float
    confidence_level: float
    note: str
    """Empty, or in words why the interval is not what it seems."""

    @property
    def half_width(self) -> float:
        """Half the width; NaN with fewer than two values."""
        return (self.high - self.low) / 2

    def at_level(self, confidence_level: float) -> Interval:
        """The interval of the same values at another confidence level."""
        if self.count < 2:
            return replace(self, confidence_level=confidence_level)
        quantile = t_quantile((1 + confidence_level) / 2, self.count - 1)
        half_width = quantile * self.standard_deviation / math.sqrt(self.count)
        low, high = self.mean - half_width, self.mean + half_width
        return replace(self, low=low, high=high, confidence_level=confidence_level)


def mean_interval(values: FloatArray, confidence_level: float) -> Interval:
    """The t interval of a mean.

    Args:
        values: (replications,), independent; NaN where undefined. Undefined ones are left out, and counted in
            the note.
        confidence_level: Two-sided, between 0 and 1.

    Returns:
        mean +- t(1 - alpha/2, n - 1) * s / sqrt(n) (Law, Simulation Modeling and Analysis, eq. 4.12).
    """
    defined = values[~np.isnan(values)]
    count = len(defined)
    note = "" if count == len(values) else f"undefined in {len(values) - count} of {len(values)} replications"
    if count == 0:
        return Interval(0, _NAN, _NAN, _NAN, _NAN, confidence_level, "undefined")
    mean = math.fsum(defined) / count
    if count == 1:
        return Interval(
            1, mean, _NAN, _NAN, _NAN, confidence_level, _join("one replication: no interval", note)
        )
    # Equal values would leave a rounding residue in the sum of squares, and an interval narrower than it.
    constant = bool(np.all(defined == defined[0]))
    mean = float(defined[0]) if constant else mean
    deviation = 0.0 if constant else math.sqrt(math.fsum((defined - mean) ** 2) / (count - 1))
    note = _join("the same in every replication", note) if constant else note
    return Interval(count, mean, deviation, mean, mean, confidence_level, note).at_level(confidence_level)


def relative_half_width(interval: Interval) -> float:
    """Half width over the size of the mean: 0 for a constant, infinite at zero, NaN without an interval."""
    if interval.half_width == 0:
        return 0.0
    return interval.half_width / abs(interval.mean) if interval.mean else math.inf


def t_quantile(probability: float, degrees_of_freedom: int) -> float:
    """Quantile of Student's t distribution."""
    from scipy.special import stdtrit  # five times lighter to import than scipy.stats

    return float(stdtrit(degrees_of_freedom, probability))


def t_two_sided_p(statistic: float, degrees_of_freedom: int) -> float:
    """Probability that Student's t is at least as far from zero as `statistic`."""
    from scipy.special import stdtr

    return float(2 * stdtr(degrees_of_freedom, -abs(statistic)))


def _join(*notes: str) -> str:
    return "; ".join(note for note in notes if note)
