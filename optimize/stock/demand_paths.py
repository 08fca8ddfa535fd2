"""Demand of a day as probabilities and as paths of days, many cells at once; compiled."""

from __future__ import annotations

import numpy as np

from optimize.compilation import compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray

_TAIL = 1e-13
_EXACT_SHARES = 60


@compiled_with_arrays
def write_demand(mean: float, variance: float, pmf: FloatArray) -> int:
    """Write probabilities of a day's demand: Poisson, or negative binomial where the variance is above the mean.

    Starts from 1 at the mode and works outwards by the ratio of neighbours, so that nothing underflows.

    Args:
        mean: Units a day.
        variance: Of a day's demand.
        pmf: Receives them.

    Returns:
        How many values; 0 where `pmf` is too short.
    """
    if mean <= 0.0:
        pmf[0] = 1.0
        return 1
    excess = max(variance / mean - 1.0, 0.0)
    is_poisson = excess < 1e-9
    odds = excess / (1.0 + excess)
    size = 0.0 if is_poisson else mean / excess
    mode = int(mean) if is_poisson else max(0, int((size - 1.0) * excess))
    if mode + 1 >= pmf.size:
        return 0
    pmf[mode] = total = 1.0
    for value in range(mode, 0, -1):
        ratio = value / mean if is_poisson else value / ((value - 1.0 + size) * odds)
        pmf[value - 1] = pmf[value] * ratio
        total += pmf[value - 1]
    last = mode
    while pmf[last] > _TAIL * total:
        if last + 1 == pmf.size:
            return 0
        ratio = mean / (last + 1.0) if is_poisson else (last + size) * odds / (last + 1.0)
        pmf[last + 1] = pmf[last] * ratio
        last += 1
        total += pmf[last]
    for value in range(last + 1):
        pmf[value] /= total
    return last + 1


@compiled_with_arrays
def write_demands(mean: FloatArray, variance: FloatArray, pmf: FloatArray, support: IntArray) -> None:
    """`write_demand` for all cells: rows of `pmf` (n, values) and how much of them is used (n,)."""
    for cell in range(mean.size):
        support[cell] = write_demand(mean[cell], variance[cell], pmf[cell])


@compiled_with_arrays
def draw_paths(
    mean: FloatArray,
    variance: FloatArray,
    fifo_share: FloatArray,
    pmf: FloatArray,
    support: IntArray,
    rank: IntArray,
    split: FloatArray,
    normal: FloatArray,
    demand: IntArray,
    oldest: IntArray,
) -> None:
    """Write a path of demand per cell by inversion: that of day t is the quantile at (rank[t] + 1/2) / days.

    Every quantile comes once, so a path has the mean and the shape of the distribution to within rounding; only the
    order of its days is chance, the same for all cells. Shoppers who take the oldest unit are a binomial number of
    each day's. Where probabilities were not written, and above 60 shoppers, the normal distribution stands in.

    Args:
        mean: (n,) units a day.
        variance: (n,)
        fifo_share: (n,) share of shoppers who take the oldest unit.
        pmf: (n, values)
        support: (n,) values used; 0 = none.
        rank: (days,) a permutation of 0 .. days - 1.
        split: (days,) levels within 0 .. 1 for the share of shoppers.
        normal: (days,) standard normal quantiles at (i + 1/2) / days.
        demand: (n, days); written.
        oldest: (n, days): of these, shoppers who take the oldest unit; written.
    """
    days = rank.size
    quantile = np.empty(days, np.int64)
    for cell in range(mean.size):
        if support[cell] == 0:
            deviation = np.sqrt(max(variance[cell], mean[cell]))
            for stratum in range(days):
                quantile[stratum] = max(0, int(np.floor(mean[cell] + deviation * normal[stratum] + 0.5)))
        else:
            value, below = 0, pmf[cell, 0]
            for stratum in range(days):
                while below < (stratum + 0.5) / days and value + 1 < support[cell]:
                    value += 1
                    below += pmf[cell, value]
                quantile[stratum] = value
        share = fifo_share[cell]
        for day in range(days):
            units = quantile[rank[day]]
            demand[cell, day] = units
            if share >= 1.0:
                oldest[cell, day] = units
            elif share <= 0.0 or units == 0:
                oldest[cell, day] = 0
            elif units > _EXACT_SHARES:
                spread = np.sqrt(units * share * (1.0 - share)) * normal[int(split[day] * days)]
                oldest[cell, day] = min(units, max(0, int(np.floor(units * share + spread + 0.5))))
            else:
                weight = (1.0 - share) ** units
                below, number = weight, 0
                while below < split[day] and number < units:
                    weight *= (units - number) / (number + 1.0) * share / (1.0 - share)
                    number += 1
                    below += weight
                oldest[cell, day] = number


__all__ = ["draw_paths", "write_demand", "write_demands"]
