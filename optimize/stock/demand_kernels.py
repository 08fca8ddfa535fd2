"""Compiled probabilities of demand, and the sums over them that every policy at one place needs.

Symbols: D(t) demand of t days, L lead time, R days between reviews, y inventory position after a review. At the end of
day L + j after a review, j = 1 ... R, net stock is y - D(L + j): whatever is ordered later is not there yet.

Lost sales: with L = 0 the stock is what is left of the position, so the same sums hold; exact. With L > 0 what is under
way is taken to be demand of L days, thinned by a share t and known to fit into the position: P(X = k) in proportion to
P(D(tL) = k), k <= y, with t such that its mean is what is sold in L days (Little). That is Erlang's loss form (Karush
1957, Operations Research 5(5)), which with t = 1 is exact for base stock under continuous review, fitted to whole days.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from optimize.compilation import compiled, compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray

NEGLIGIBLE = 1e-17
"""Probability below which demand is left out."""
_SMALLEST_LOGARITHM = -600.0
_AS_GOOD_AS_POISSON = 1.0 + 1e-9


class Batch(NamedTuple):
    """SKUs at places with the sums over their demand; those of one stand between two offsets."""

    whole: IntArray
    """(n, 4) lead time, days between reviews, units of a case, least order."""
    amounts: FloatArray
    """(n, 5) mean per day, variance to mean, holding, order and shortage cost."""
    is_lost: bool
    sizes: FloatArray
    """(n, m) probabilities of customers who want 1, 2, ..., m units; (n, 0): demand is not compound."""
    offsets: IntArray
    """(n + 1,)"""
    on_hand: FloatArray
    """Mean stock at the end of a day, by position 0, 1, 2, ..."""
    served: FloatArray
    """Units served from the shelf between two reviews, by position."""
    ready: FloatArray
    """Share of days that end with stock, by position."""
    lead_below: FloatArray
    """P(D(L) <= k)."""
    cost: FloatArray
    """Holding and shortage cost per day, by position; beyond the ends straight."""
    demand: FloatArray
    """P(D(R) = k)."""
    demand_size: IntArray
    """(n,) number of values of it that count."""
    moving: FloatArray
    """(n,) P(D(R) > 0)."""


@compiled
def fill_plain(out: FloatArray, mean: float, variance_to_mean: float) -> None:
    """Write the probabilities of 0, 1, 2, ... units into `out`: negative binomial, or Poisson up to a ratio of 1.

    They sum to 1: where there is no room for more units, demand is known to be no more. Recursion from 0 on
    or, where P(0) is too small a number, from the mode in both directions.
    """
    out[:] = 0.0
    if mean <= 0.0:
        out[0] = 1.0
        return
    is_poisson = variance_to_mean <= _AS_GOOD_AS_POISSON
    size, later = 0.0, 0.0
    if is_poisson:
        log_first, start = -mean, int(mean)
    else:
        size, later = mean / (variance_to_mean - 1.0), 1.0 - 1.0 / variance_to_mean
        log_first, start = -size * math.log(variance_to_mean), int(max(0.0, mean - variance_to_mean + 1.0))
    start = min(start, out.size - 1)
    if log_first > _SMALLEST_LOGARITHM:
        start, out[0] = 0, math.exp(log_first)
    elif is_poisson:
        out[start] = math.exp(start * math.log(mean) - mean - math.lgamma(start + 1.0))
    else:
        ways = math.lgamma(size + start) - math.lgamma(size) - math.lgamma(start + 1.0)
        out[start] = math.exp(ways + log_first + start * math.log(later))
    if out[start] == 0.0:
        out[start] = 1.0
    total, least = out[start], NEGLIGIBLE * min(1.0, mean)
    for k in range(start + 1, out.size):
        out[k] = out[k - 1] * (mean / k if is_poisson else (size + k - 1.0) / k * later)
        total += out[k]
        if out[k] < least and k > mean:
            break
    for k in range(start - 1, -1, -1):
        out[k] = out[k + 1] * (k + 1.0) / (mean if is_poisson else (size + k) * later)
        total += out[k]
        if out[k] < least:
            break
    for k in range(out.size):
        out[k] /= total


@compiled
def fill_compound(out: FloatArray, customers: float, sizes: FloatArray) -> None:
    """Write the probabilities of 0, 1, 2, ... units into `out`: compound Poisson, by the recursion of Adelson.

    P(0) = exp(-c), P(k) = c / k * sum over j of j P(size = j) P(k - j): Adelson (1966), Operational Research Quarterly
    17(1); Panjer (1981), ASTIN Bulletin 12(1).

    Args:
        out: (k,) probabilities.
        customers: c, mean number of them, at most 600.
        sizes: (m,) probabilities of customers who want 1, 2, ..., m units.
    """
    out[0] = math.exp(-customers)
    for k in range(1, out.size):
        total = 0.0
        for j in range(1, min(k, sizes.size) + 1):
            total += j * sizes[j - 1] * out[k - j]
        out[k] = customers / k * total


@compiled
def mean_size(sizes: FloatArray) -> float:
    """Mean units of a customer."""
    total = 0.0
    for j in range(sizes.size):
        total += (j + 1) * sizes[j]
    return total


@compiled
def fill_demand(out: FloatArray, mean: float, variance_to_mean: float, sizes: FloatArray) -> None:
    """Write the probabilities of 0, 1, 2, ... units of either kind of demand into `out`."""
    if sizes.size > 0:
        fill_compound(out, mean / mean_size(sizes), sizes)
    else:
        fill_plain(out, mean, variance_to_mean)


@compiled
def reach_of(mean: float, variance_to_mean: float) -> int:
    """Units of demand beyond which nothing is left to speak of."""
    ratio = max(1.0, variance_to_mean)
    return int(mean + 9.0 * math.sqrt(mean * ratio) + 40.0 * ratio) + 2


@compiled
def fill_offsets(whole: IntArray, amounts: FloatArray, sizes: FloatArray, offsets: IntArray) -> None:
    """Write where the sums of each SKU at a place begin, and where the last ones end."""
    offsets[0] = 0
    for i in range(whole.shape[0]):
        ratio = max(amounts[i, 1], float(sizes.shape[1]))
        offsets[i + 1] = offsets[i] + reach_of(amounts[i, 0] * (whole[i, 0] + whole[i, 1]), ratio) + 1


@compiled
def fill_under_way(out: FloatArray, mean: float, variance_to_mean: float, sizes: FloatArray) -> float:
    """Write probabilities of what is under way, given that it fits into `out`; return its mean."""
    fill_demand(out, mean, variance_to_mean, sizes)
    total, units = 0.0, 0.0
    for k in range(out.size):
        total += out[k]
        units += k * out[k]
    for k in range(out.size):
        out[k] /= total
    return units / total


@compiled
def mixed(probability: FloatArray, values: FloatArray, y: int) -> float:
    """Mean of a table by what is left of a position of y."""
    total = 0.0
    for k in range(y + 1):
        total += probability[k] * values[y - k]
    return total


@compiled_with_arrays
def thin_out(served: FloatArray, mean: float, ratio: float, sizes: FloatArray, reviews: float) -> FloatArray:
    """Shares t by position such that the mean under way is what is sold in a lead time of so many reviews.

    By regula falsi at up to 128 positions, straight between them; 1 from where hardly anything is lost.
    """
    shares, room = np.ones(served.size), np.empty(served.size)
    stride, before = max(1, served.size // 128), 0
    shares[0] = 0.0
    for y in range(1, served.size, stride):
        probability = room[: y + 1]
        low, high, low_excess = 0.0, 1.0, -reviews * served[y]
        high_excess = fill_under_way(probability, mean, ratio, sizes) - reviews * mixed(
            probability, served, y
        )
        if mean - reviews * mixed(probability, served, y) < 1e-9 * mean:
            break
        share = 1.0
        for _ in range(40):
            if high_excess <= 0.0 or high - low < 1e-7:
                break
            share = high - high_excess * (high - low) / (high_excess - low_excess)
            excess = fill_under_way(probability, share * mean, ratio, sizes)
            excess -= reviews * mixed(probability, served, y)
            if abs(excess) < 1e-9 * mean:
                break
            if excess > 0.0:
                high, high_excess, low_excess = share, excess, 0.5 * low_excess
            else:
                low, low_excess, high_excess = share, excess, 0.5 * high_excess
        shares[y] = share
        for k in range(before + 1, y):
            shares[k] = shares[before] + (share - shares[before]) * (k - before) / (y - before)
        before = y
    return shares


@compiled_with_arrays
def mix_lost(
    on_hand: FloatArray,
    served: FloatArray,
    ready: FloatArray,
    mean: float,
    ratio: float,
    sizes: FloatArray,
    reviews: float,
) -> None:
    """Turn sums without a lead time into those with lost sales and goods under way, in place."""
    shares, room = thin_out(served, mean, ratio, sizes, reviews), np.empty(served.size)
    for y in range(served.size - 1, 0, -1):
        probability = room[: y + 1]
        fill_under_way(probability, shares[y] * mean, ratio, sizes)
        on_hand[y], served[y] = mixed(probability, on_hand, y), mixed(probability, served, y)
        ready[y] = mixed(probability, ready, y)


@compiled_with_arrays
def tabulate(batch: Batch) -> None:
    """Work out the sums over demand of a batch."""
    for i in range(batch.whole.shape[0]):
        first, last = batch.offsets[i], batch.offsets[i + 1]
        lead, review = batch.whole[i, 0], batch.whole[i, 1]
        mean, ratio, sizes = batch.amounts[i, 0], batch.amounts[i, 1], batch.sizes[i]
        on_hand, served = batch.on_hand[first:last], batch.served[first:last]
        below, lead_below = batch.ready[first:last], batch.lead_below[first:last]
        probability = batch.demand[first:last]
        all_below = np.empty(last - first)
        is_mixed = batch.is_lost and lead > 0
        for day in range(review + 1):
            fill_demand(probability, mean * (day if is_mixed else lead + day), ratio, sizes)
            total = 0.0
            for k in range(last - first):
                total = min(1.0, total + probability[k])
                if day == 0:
                    lead_below[k] = total
                    below[k] = 0.0
                else:
                    below[k] += total / review
                all_below[k] = total
        on_hand[0], served[0] = 0.0, 0.0
        for k in range(last - first - 1):
            on_hand[k + 1] = on_hand[k] + below[k]
            served[k + 1] = served[k] + (lead_below[k] - all_below[k])
        for k in range(last - first - 1, 0, -1):
            below[k] = below[k - 1]
        below[0] = 0.0
        if is_mixed:
            mix_lost(on_hand, served, below, mean * lead, ratio, sizes, lead / review)
            fill_demand(probability, mean * lead, ratio, sizes)
            for k in range(last - first):
                lead_below[k] = probability[k] + (lead_below[k - 1] if k > 0 else 0.0)
        for y in range(last - first):
            short = mean - served[y] / review
            if not batch.is_lost:
                short = on_hand[y] - y + mean * (lead + 0.5 * (review + 1))
            batch.cost[first + y] = batch.amounts[i, 2] * on_hand[y] + batch.amounts[i, 4] * short
        fill_demand(probability, mean * review, ratio, sizes)
        count = last - first
        while count > 2 and probability[count - 1] < NEGLIGIBLE:
            count -= 1
        batch.demand_size[i] = count
        if sizes.size > 0:
            log_none = -mean * review / mean_size(sizes)
        elif ratio <= _AS_GOOD_AS_POISSON:
            log_none = -mean * review
        else:
            log_none = -mean * review / (ratio - 1.0) * math.log(ratio)
        batch.moving[i] = -math.expm1(log_none)


@compiled
def tabulate_continuous(batch: Batch) -> None:
    """Work out the cost by position under continuous review and backorders.

    A position of y now is net stock y - D(L) a lead time later. `amounts` holds the mean demand of the lead time in
    place of that of a day; between two looks at the position there is one customer.
    """
    for i in range(batch.whole.shape[0]):
        first, last, mean, sizes = batch.offsets[i], batch.offsets[i + 1], batch.amounts[i, 0], batch.sizes[i]
        probability = batch.demand[first:last]
        fill_demand(probability, mean, 1.0, sizes)
        below, left = 0.0, 0.0
        for y in range(last - first):
            batch.cost[first + y] = batch.amounts[i, 2] * left + batch.amounts[i, 4] * (left - y + mean)
            below = min(1.0, below + probability[y])
            left += below
        probability[:] = 0.0
        probability[1] = 1.0
        for j in range(sizes.size):
            probability[j + 1] = sizes[j]
        batch.demand_size[i] = max(1, sizes.size) + 1
        batch.moving[i] = 1.0
