"""Prediction intervals from replications, and how much of the past they cover."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from study.backtesting.records import FloatArray

Counts = npt.NDArray[np.floating]

_NAN = float("nan")
_ROUNDING = 1e-9


@dataclass(frozen=True)
class PredictionInterval:
    """Where one more replication would fall, and so the past, were the model right."""

    count: int
    """Replications in which the value is defined."""
    mean: float
    low: float
    high: float
    level: float
    """Probability with which one more replication lies inside, as far as their number allows."""


def prediction_interval(values: FloatArray, level: float) -> PredictionInterval:
    """The central interval between two order statistics, which assumes nothing about the distribution.

    One more draw of a continuous distribution is equally likely to fall into each of the n + 1 gaps that n
    replications leave, so the k-th smallest and the k-th largest cover it with probability 1 - 2k / (n + 1)
    (Wilks 1941), a discrete one with at least that. The largest k that covers the wanted level is taken; 39
    replications are the fewest for 95%, and with fewer the whole range covers less.

    Args:
        values: (replications,), NaN where undefined.
        level: wanted probability.
    """
    known = values[~np.isnan(values)]
    count = len(known)
    if count < 2:
        return PredictionInterval(count, float(known.mean()) if count else _NAN, _NAN, _NAN, _NAN)
    rank, ordered = _rank(count, level), np.sort(known)
    reached = 1 - 2 * rank / (count + 1)
    return PredictionInterval(
        count, float(known.mean()), float(ordered[rank - 1]), float(ordered[-rank]), reached
    )


def _rank(count: int, level: float) -> int:
    """How many values from each end the interval's ends are; the smallest and largest are number 1."""
    return max(1, math.floor((1 - level) / 2 * (count + 1) + _ROUNDING))


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
    # The ends are among the values judged and lie inside, so what is beyond them is the share left out.
    beyond, ordered = math.floor((1 - level) / 2 * len(together) + _ROUNDING), np.sort(together, axis=0)
    low, high = ordered[beyond], ordered[-1 - beyond]
    return np.asarray(((together >= low) & (together <= high)).mean(axis=1), dtype=np.float64)
