"""Prediction intervals from replications, and how much of the past they cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from study.backtesting.records import FloatArray

Counts = npt.NDArray[np.floating]

_NAN = float("nan")


@dataclass(frozen=True)
class PredictionInterval:
    """Where one more replication would fall, and so the past, were the model right."""

    count: int
    """Replications in which the value is defined."""
    mean: float
    low: float
    high: float
    level: float
    """Probability with which one more replication lies inside; less than asked for with few replications."""


def prediction_interval(values: FloatArray, level: float) -> PredictionInterval:
    """The central interval between order statistics, which needs no assumption about the distribution.

    With n replications the i-th smallest is the quantile i / (n + 1) of one more draw (Weibull's plotting
    position; Hyndman and Fan 1996, type 6), so [smallest, largest] covers it with probability
    (n - 1) / (n + 1): 39 replications are the fewest for 95%.

    Args:
        values: (replications,), NaN where undefined.
        level: wanted probability.
    """
    known = values[~np.isnan(values)]
    count = len(known)
    if count < 2:
        return PredictionInterval(count, float(known.mean()) if count else _NAN, _NAN, _NAN, _NAN)
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail], method="weibull")
    reached = min(level, (count - 1) / (count + 1))
    return PredictionInterval(count, float(known.mean()), float(low), float(high), reached)


def two_sided_p(actual: float, values: FloatArray) -> float:
    """Probability, were the model right, of a value at least as far out as the actual one.

    The rank among the replications, counted as one of them so that it is never 0 (Phipson and Smyth 2010).
    """
    known = values[~np.isnan(values)]
    if np.isnan(actual) or not len(known):
        return _NAN
    below, above = int((known <= actual).sum()), int((known >= actual).sum())
    return min(1.0, 2 * (1 + min(below, above)) / (len(known) + 1))


def covered_shares(actual: Counts, replications: Counts, level: float) -> FloatArray:
    """Share of cells inside their prediction interval, for the past and for each replication in its place.

    Each cell's interval comes from all of them together, past included: were the model right, all the shares
    would be draws of one distribution, whatever the dependence between cells and however coarse the counts.

    Args:
        actual: (cells,).
        replications: (replications, cells).
        level: of each cell's interval.

    Returns:
        (1 + replications,), the past first.
    """
    together = np.vstack([actual[np.newaxis], replications])
    tail = (1 - level) / 2
    low, high = np.quantile(together, [tail, 1 - tail], axis=0, method="weibull")
    return np.asarray(((together >= low) & (together <= high)).mean(axis=1), dtype=np.float64)
