"""Paired differences of two policies that met the same random worlds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from study.statistics.intervals import FloatArray, Interval, mean_interval, t_two_sided_p

_NAN = float("nan")


@dataclass(frozen=True)
class PairedTest:
    """Alternative less baseline, pair by pair."""

    interval: Interval
    """Of the mean difference, at the level asked for."""
    baseline_mean: float
    """Over the pairs in which both are defined; NaN without any."""
    alternative_mean: float
    p_value: float
    """Two-sided t test of no difference; NaN with fewer than two pairs or where all differences are zero."""
    variance_reduction: float
    """Independent replications that would tell as much as one paired replication; NaN where undefined."""

    @property
    def identical(self) -> bool:
        """Whether both are equal in every pair."""
        return (
            self.interval.count > 0
            and self.interval.mean == 0
            and self.interval.standard_deviation in (0, _NAN)
        )


def paired_test(baseline: FloatArray, alternative: FloatArray, confidence_level: float) -> PairedTest:
    """Compare two KPIs replication by replication (paired t, Law, section 10.2.1).

    Args:
        baseline: (replications,), NaN where undefined.
        alternative: (replications,), of the same replications in the same order.
        confidence_level: Of the interval of the mean difference.

    Returns:
        The test. The variance reduction by common random numbers is
        (var baseline + var alternative) / var difference: 1 for independent runs.
    """
    both = ~(np.isnan(baseline) | np.isnan(alternative))
    a, b = baseline[both], alternative[both]
    interval = mean_interval(_differences(a, b), confidence_level)
    return PairedTest(
        interval,
        mean_interval(a, confidence_level).mean,
        mean_interval(b, confidence_level).mean,
        _p_value(interval),
        _variance_reduction(a, b, interval),
    )


def _differences(a: FloatArray, b: FloatArray) -> FloatArray:
    differences = b - a
    rounding = 16 * np.finfo(np.float64).eps * np.abs([a, b]).max(initial=0)
    if len(differences) and np.ptp(differences) <= rounding:
        # Equal but for rounding: a spread of 1e-16 would pass for overwhelming evidence.
        differences[:] = 0.0 if abs(differences[0]) <= rounding else differences[0]
    return differences


def _p_value(interval: Interval) -> float:
    if interval.count < 2:
        return _NAN
    if interval.standard_deviation == 0:
        return _NAN if interval.mean == 0 else 0.0
    statistic = interval.mean / (interval.standard_deviation / math.sqrt(interval.count))
    return t_two_sided_p(statistic, interval.count - 1)


def _variance_reduction(a: FloatArray, b: FloatArray, interval: Interval) -> float:
    if interval.count < 2:
        return _NAN
    variances = float(np.var(a, ddof=1) + np.var(b, ddof=1))
    if interval.standard_deviation == 0:
        return math.inf if variances > 0 else _NAN
    return variances / interval.standard_deviation**2
