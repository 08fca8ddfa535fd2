"""Compiled steps of `optimize.stock.metric`: outstanding units, and the best way to place so many units of an item."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled, compiled_with_arrays
from optimize.stock.outstanding_kernels import two_moments

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

METRIC, VARI_METRIC, EXACT = 0, 1, 2

_TAIL = 1e-13
_NO_DELAY = 1e-4
"""Share of the depot's pipeline that it owes when more stock there is not worth trying."""


@compiled
def thinned(owed: FloatArray, count: int, share: float, throws: FloatArray, pmf: FloatArray) -> None:
    """Distribution of one base's share of what the depot owes: so many throws that hit with a probability.

    Args:
        owed: probabilities of 0, 1, ... units owed.
        count: how many of them matter.
        share: probability.
        throws: room of as many numbers.
        pmf: filled with as many probabilities.
    """
    for units in range(count):
        throws[units] = pmf[units] = 0.0
    throws[0] = 1.0
    for thrown in range(count):
        for units in range(thrown + 1):
            pmf[units] += owed[thrown] * throws[units]
        for units in range(min(thrown + 1, count - 1), 0, -1):
            throws[units] = throws[units] * (1.0 - share) + throws[units - 1] * share
        throws[0] *= 1.0 - share


@compiled
def depot_owes(pipeline: FloatArray, count: int, level: int, owed: FloatArray) -> int:
    """Probabilities of what a depot owes, from those of its pipeline; returns how many matter."""
    owed[0] = 0.0
    for units in range(min(level + 1, count)):
        owed[0] += pipeline[units]
    for units in range(level + 1, count):
        owed[units - level] = pipeline[units]
    return max(count - level, 1)


@compiled
def moments(pmf: FloatArray, count: int) -> tuple[float, float]:
    """Mean and variance."""
    mean = square = 0.0
    for units in range(count):
        mean += units * pmf[units]
        square += units * units * pmf[units]
    return mean, max(square - mean * mean, 0.0)


@compiled
def outstanding(
    method: int, under_way: float, share: float, owed: FloatArray, count: int, mean: float, variance: float,
    room: FloatArray, pmf: FloatArray,
) -> int:  # fmt: skip
    """Distribution of the units that a base has outstanding.

    Args:
        method: METRIC, VARI_METRIC or EXACT.
        under_way: mean demand of the transport time.
        share: of the depot's demand that is this base's.
        owed: distribution of what the depot owes, of which `count` numbers matter; its mean and variance.
        count: see above.
        mean: see above.
        variance: see above.
        room: (3, any) for work.
        pmf: filled.

    Returns:
        How many probabilities matter.
    """
    if method == METRIC:
        total = under_way + share * mean
        return two_moments(total, total, pmf, _TAIL)
    if method == VARI_METRIC:
        spread = under_way + share * (1.0 - share) * mean + share * share * variance
        return two_moments(under_way + share * mean, spread, pmf, _TAIL)
    thinned(owed, count, share, room[0], room[1])
    moving = two_moments(under_way, under_way, room[2], _TAIL)
    size = min(count + moving - 1, len(pmf))
    for units in range(size):
        chance = 0.0
        for other in range(max(0, units - moving + 1), min(units + 1, count)):
            chance += room[1][other] * room[2][units - other]
        pmf[units] = chance
    return size


@compiled
def tails_of_bases(
    method: int, rate: FloatArray, transport: FloatArray, pipeline: FloatArray, known: int, level: int,
    room: FloatArray, tails: FloatArray,
) -> float:  # fmt: skip
    """Probabilities that more than 0, 1, ... units are outstanding at each base of an item.

    Args:
        method: METRIC, VARI_METRIC or EXACT.
        rate: (bases,) demand.
        transport: (bases,) time from the depot.
        pipeline: distribution of the depot's own outstanding units, of which `known` numbers matter.
        known: see above.
        level: stock of the depot.
        room: (5, any) for work.
        tails: (bases, any) filled; 0 behind what matters.

    Returns:
        Mean units outstanding at all bases: their backorders without stock.
    """
    count = depot_owes(pipeline, known, level, room[3])
    mean, variance = moments(room[3], count)
    total_rate = rate.sum()
    total = mean
    for base in range(len(rate)):
        under_way = rate[base] * transport[base]
        total += under_way
        size = outstanding(
            method, under_way, rate[base] / total_rate, room[3], count, mean, variance, room, room[4]
        )
        left = 1.0
        for units in range(tails.shape[1]):
            if units < size:
                left -= room[4][units]
            tails[base, units] = left if units < size and left > _TAIL else 0.0
    return total


@compiled
def place_units(rate: FloatArray, tails: FloatArray, units: int, at: IntArray) -> tuple[float, float]:
    """Give units to bases one by one, each where it takes away most backorders.

    Args:
        rate: (bases,) demand.
        tails: (bases, any) probabilities of more than 0, 1, ... units outstanding.
        units: how many; fewer are placed where no more help.
        at: (bases,) filled with the units of each.

    Returns:
        Backorders taken away, and demand met at once per unit of time.
    """
    gone = met = 0.0
    for base in range(len(rate)):
        at[base] = 0
    for _ in range(units):
        best, gain = -1, 0.0
        for base in range(len(rate)):
            if at[base] < tails.shape[1] and tails[base, at[base]] > gain:
                best, gain = base, tails[base, at[base]]
        if best < 0:
            break
        at[best] += 1
        gone += gain
    for base in range(len(rate)):
        if at[base] > 0:
            met += rate[base] * (1.0 - tails[base, at[base] - 1])
    return gone, met


@compiled
def best_of_item(
    method: int, rate: FloatArray, transport: FloatArray, depot_time: float, least_gain: float, room: FloatArray,
    tails: FloatArray, at: IntArray, backorders: FloatArray, met: FloatArray, depot: IntArray,
) -> int:  # fmt: skip
    """Fewest backorders of an item with 0, 1, 2, ... units in all, over every stock of the depot.

    Args:
        method: METRIC, VARI_METRIC or EXACT.
        rate: (bases,) demand.
        transport: (bases,) time from the depot.
        depot_time: time in which the depot gets a unit back.
        least_gain: backorders that a unit has to take away to be tried.
        room: (6, any) for work.
        tails: (bases, any) for work.
        at: (bases,) for work.
        backorders: filled, by units in all.
        met: filled with the demand met at once.
        depot: filled with the units that lie at the depot.

    Returns:
        How many numbers of units were tried.
    """
    known = two_moments(rate.sum() * depot_time, rate.sum() * depot_time, room[5], _TAIL)
    pipeline_mean = rate.sum() * depot_time
    tried = 0
    for level in range(known + 1):
        outstanding_mean = tails_of_bases(method, rate, transport, room[5], known, level, room, tails)
        for base in range(len(rate)):
            at[base] = 0
        left, filled = outstanding_mean, 0.0
        for units in range(level, len(backorders)):
            if units >= tried:
                tried = units + 1
                backorders[units] = np.inf
            if left < backorders[units]:
                backorders[units], met[units], depot[units] = left, filled, level
            best, gain = -1, least_gain
            for base in range(len(rate)):
                if at[base] < tails.shape[1] and tails[base, at[base]] > gain:
                    best, gain = base, tails[base, at[base]]
            if best < 0:
                break
            if at[best] > 0:
                filled += rate[best] * (tails[best, at[best] - 1] - gain)
            else:
                filled += rate[best] * (1.0 - gain)
            at[best] += 1
            left -= gain
        owed_mean, _ = moments(room[3], max(known - level, 1))
        if owed_mean <= _NO_DELAY * pipeline_mean:
            break
    return tried


@compiled
def lower_hull(values: FloatArray, count: int, corners: IntArray) -> int:
    """Corners of the lower convex hull of values over 0, 1, 2, ..., to the lowest value; returns how many."""
    size, lowest = 0, 0
    for point in range(count):
        if values[point] < values[lowest]:
            lowest = point
    for point in range(lowest + 1):
        while size >= 2:
            first, last = corners[size - 2], corners[size - 1]
            rise = (values[last] - values[first]) * (point - last)
            if rise < (values[point] - values[last]) * (last - first):
                break
            size -= 1
        corners[size] = point
        size += 1
    return size


@compiled_with_arrays
def curves_of_items(
    method: int,
    rate: FloatArray,
    transport: FloatArray,
    depot_time: FloatArray,
    least_gain: FloatArray,
    longest: int,
) -> tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray]:
    """Corners of the convex curve of every item: backorders over units.

    Args:
        method: METRIC, VARI_METRIC or EXACT.
        rate: (items, bases) demand.
        transport: (items, bases) time from the depot.
        depot_time: (items,) time in which the depot gets a unit back.
        least_gain: (items,) backorders that a unit has to take away for a curve to go on.
        longest: units that any item may have.

    Returns:
        (items + 1,) first corner of each item; by corner: units, units at the depot, backorders, demand met at once.
    """
    items, bases = rate.shape
    room, tails = np.zeros((6, longest)), np.zeros((bases, longest))
    at = np.zeros(bases, np.int64)
    backorders, met = np.zeros(longest), np.zeros(longest)
    depot, corners = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    starts = np.zeros(items + 1, np.int64)
    capacity = 64 * items + longest
    units_of, depot_of = np.zeros(capacity, np.int64), np.zeros(capacity, np.int64)
    left_of, met_of = np.zeros(capacity), np.zeros(capacity)
    size = 0
    for item in range(items):
        tried = best_of_item(
            method,
            rate[item],
            transport[item],
            depot_time[item],
            least_gain[item],
            room,
            tails,
            at,
            backorders,
            met,
            depot,
        )
        found = lower_hull(backorders, tried, corners)
        if size + found > capacity:
            capacity = 2 * capacity + found
            units_of, depot_of = _longer(units_of, capacity), _longer(depot_of, capacity)
            left_of, met_of = _longer_floats(left_of, capacity), _longer_floats(met_of, capacity)
        for corner in corners[:found]:
            units_of[size], depot_of[size] = corner, depot[corner]
            left_of[size], met_of[size] = backorders[corner], met[corner]
            size += 1
        starts[item + 1] = size
    return starts, units_of[:size], depot_of[:size], left_of[:size], met_of[:size]


@compiled_with_arrays
def _longer(values: IntArray, capacity: int) -> IntArray:
    longer = np.zeros(capacity, np.int64)
    longer[: len(values)] = values
    return longer


@compiled_with_arrays
def _longer_floats(values: FloatArray, capacity: int) -> FloatArray:
    longer = np.zeros(capacity)
    longer[: len(values)] = values
    return longer


@compiled_with_arrays
def levels_of_items(
    method: int, rate: FloatArray, transport: FloatArray, depot_time: FloatArray, depot: IntArray, units: IntArray,
    longest: int,
) -> IntArray:  # fmt: skip
    """Best units of every base, (items, bases), where so many of the units of an item lie at the depot."""
    items, bases = rate.shape
    room, tails = np.zeros((6, longest)), np.zeros((bases, longest))
    levels = np.zeros((items, bases), np.int64)
    for item in range(items):
        mean = rate[item].sum() * depot_time[item]
        known = two_moments(mean, mean, room[5], _TAIL)
        tails_of_bases(method, rate[item], transport[item], room[5], known, depot[item], room, tails)
        place_units(rate[item], tails, units[item] - depot[item], levels[item])
    return levels


@compiled_with_arrays
def evaluate_items(
    method: int, rate: FloatArray, transport: FloatArray, depot_time: FloatArray, depot: IntArray, levels: IntArray,
    longest: int,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Backorders and ready rate (items, bases), and of depots (items,): mean and variance of what they owe."""
    items, bases = rate.shape
    room, tails = np.zeros((6, longest)), np.zeros((bases, longest))
    backorders, ready = np.zeros((items, bases)), np.zeros((items, bases))
    owed, spread = np.zeros(items), np.zeros(items)
    for item in range(items):
        mean = rate[item].sum() * depot_time[item]
        known = two_moments(mean, mean, room[5], _TAIL)
        tails_of_bases(method, rate[item], transport[item], room[5], known, depot[item], room, tails)
        owed[item], spread[item] = moments(room[3], max(known - depot[item], 1))
        for base in range(bases):
            for units in range(levels[item, base], longest):
                backorders[item, base] += tails[base, units]
            if levels[item, base] > 0:
                ready[item, base] = 1.0 - tails[base, min(levels[item, base], longest) - 1]
    return backorders, ready, owed, spread


__all__ = [
    "EXACT", "METRIC", "VARI_METRIC", "curves_of_items", "evaluate_items", "levels_of_items", "lower_hull",
    "moments", "thinned", "two_moments",
]  # fmt: skip
