"""Compiled steps of `optimize.stock.first_time_fix`: parts missing on vans, and the best stock of one part."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled, compiled_with_arrays
from optimize.stock.outstanding_kernels import two_moments

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

CORNERS = 96
"""Room for the corners of the curve of one station."""
TURNED_OVER = 0.9
"""Largest share of a station's stock that is used in the time in which it comes again."""

_TAIL, _NEARLY, _STEADY, _TURNS = 1e-12, 1e-6, 1e-9, 5_000
_ENOUGH = 1e-4
"""Share of parts missing below which more stock is not tried."""
_SELDOM = 1e-3
"""Share of its pipeline that a centre owes below which more stock of it is not tried."""
_FINEST = 6.0
"""Mean outstanding up to which every level is tried; above, levels half a deviation apart."""
_DEVIATIONS = 3.0
"""Levels so many deviations below the mean outstanding do as little as none, and are not tried."""


@compiled
def owed_by_centre(mean: float, level: int, room: FloatArray) -> tuple[float, float]:
    """Mean and variance of what a centre owes that has a Poisson number of units outstanding."""
    size = two_moments(mean, mean, room, _TAIL)
    owed = square = 0.0
    for units in range(level + 1, size):
        owed += (units - level) * room[units]
        square += (units - level) * (units - level) * room[units]
    return owed, max(square - owed * owed, 0.0)


@compiled
def missing_after_filling(mean: float, variance: float, level: int) -> tuple[float, float]:
    """Mean and variance of what all vans of a station still miss when they have been filled up in the evening.

    The stationary solution of C = max(C + X - level, 0), X being the demand of the time in which stock comes again: by
    Spitzer (1956) its cumulants are sums over k of those of the k-fold sum of X above k levels, divided by k. Sums of
    negative binomial numbers of one kind are negative binomial again.

    Args:
        mean: of X, below the level.
        variance: of X.
        level: stock of the station.
    """
    is_poisson = variance <= mean * (1.0 + _NEARLY)
    shape = 0.0 if is_poisson else mean * mean / (variance - mean)
    ratio = mean if is_poisson else (variance - mean) / variance
    total = spread = 0.0
    for turn in range(1, _TURNS):
        units, above = turn * level + 1, 1
        if is_poisson:
            exponent = units * math.log(turn * mean) - turn * mean - math.lgamma(units + 1.0)
        else:
            exponent = (
                math.lgamma(units + turn * shape) - math.lgamma(turn * shape) - math.lgamma(units + 1.0)
            )
            exponent += turn * shape * math.log(mean / variance) + units * math.log(ratio)
        chance, first, square = math.exp(exponent), 0.0, 0.0
        while above * above * chance > _STEADY * 1e-3:
            first += above * chance
            square += above * above * chance
            chance *= (turn * mean if is_poisson else (turn * shape + units) * ratio) / (units + 1)
            units, above = units + 1, above + 1
        total += first / turn
        spread += square / turn
        if square < _STEADY * turn:
            break
    return total, spread


@compiled
def met_on_day(rate: float, most: int, met: FloatArray, room: FloatArray) -> None:
    """Mean demand of a day that 0, 1, ... `most` units meet, from a Poisson rate; fills `met`."""
    wanted = two_moments(rate, rate, room, _TAIL)
    met[0], left = 0.0, 1.0
    for units in range(1, most + 1):
        if units <= wanted:
            left -= room[units - 1]
        met[units] = met[units - 1] + max(left, 0.0)


@compiled
def found_on_van(met: FloatArray, missing: FloatArray, size: int, level: int) -> float:
    """Units that visits find on a van on a day of work.

    Args:
        met: mean demand that 0, 1, ... units meet.
        missing: probabilities of the units that it misses in the morning, of which `size` matter.
        size: see above.
        level: of the van.
    """
    found = 0.0
    for units in range(1, level + 1):
        if level - units < size:
            found += missing[level - units] * met[units]
    return found


@compiled
def apart(mean: float) -> int:
    """Distance of levels that are tried."""
    return 1 if mean <= _FINEST else math.ceil(math.sqrt(mean) / 2.0)


@compiled
def upper_hull(values: FloatArray, count: int, corners: IntArray) -> int:
    """Corners of the upper convex hull of values over 0, 1, 2, ..., to the highest; negative values are not there."""
    size, highest = 0, 0
    for point in range(count):
        if values[point] > values[highest] + _TAIL:
            highest = point
    for point in range(highest + 1):
        if values[point] < 0.0:
            continue
        while size >= 2:
            first, last = corners[size - 2], corners[size - 1]
            rise = (values[last] - values[first]) * (point - last)
            if rise > (values[point] - values[last]) * (last - first):
                break
            size -= 1
        if size == len(corners):
            break
        corners[size] = point
        size += 1
    return size


@compiled
def most_on_van(duty_rate: float, late: float, met: FloatArray, short: FloatArray, room: FloatArray) -> int:
    """Units on a van beyond which none find anything, its station being ample; fills `met` up to there."""
    size = two_moments(late, late, short, _TAIL)
    guess = 8
    while True:
        met_on_day(duty_rate, guess, met, room)
        for level in range(1, guess + 1):
            if found_on_van(met, short, size, level) >= (1.0 - _ENOUGH) * duty_rate:
                return level
        guess *= 2


@compiled
def corners_of_station(
    rate: float, counter: float, vans: int, duty_rate: float, evening: float, days: float, owed: float, spread: float,
    room: FloatArray, marks: IntArray, corners: FloatArray,
) -> int:  # fmt: skip
    """Corners of the curve of one part at one station: parts found on vans over units in station and vans.

    Args:
        rate: demand of visits per day.
        counter: further demand of the station per day.
        vans: technicians.
        duty_rate: demand of a van on a day of work.
        evening: share of it that comes after vans have been filled.
        days: in which stock of the station comes again.
        owed: mean of what the centre owes to it.
        spread: variance of that.
        room: (5, any) for work; the last row holds -1 everywhere before and after.
        marks: (2, any) for work.
        corners: (5, any) filled: units, level of the station, level of a van, found per day, missing on all vans.

    Returns:
        How many corners there are, nothing in stock included.
    """
    corners[0, 0] = corners[1, 0] = corners[2, 0] = corners[3, 0] = corners[4, 0] = 0.0
    if rate <= 0.0 or vans == 0:
        return 1
    met, short, waits, best = room[1], room[2], room[3], room[4]
    chosen, hull = marks[0], marks[1]
    best[0], chosen[0] = 0.0, 0
    mean, variance = (rate + counter) * days + owed, (rate + counter) * days + spread
    late = duty_rate * evening
    most = most_on_van(duty_rate, late, met, short, room[0])
    reach, level = 1, max(1, math.ceil(mean / TURNED_OVER))
    while True:
        missing, uneven = missing_after_filling(mean, variance, level)
        each = missing / vans
        varies = each * (1.0 - 1.0 / vans) + uneven / (vans * vans)
        size = two_moments(each + late, varies + late, short, _TAIL)
        for van_level in range(1, most + 1):
            units = level + vans * van_level
            if units >= len(best):
                break
            found = rate * found_on_van(met, short, size, van_level) / duty_rate
            if found > best[units]:
                best[units], chosen[units], waits[units] = found, level, missing
            reach = max(reach, units + 1)
        if missing <= _ENOUGH * rate:
            break
        level += apart(mean)
    count = upper_hull(best, reach, hull)
    for corner in range(min(count, corners.shape[1])):
        units = hull[corner]
        corners[0, corner], corners[1, corner], corners[3, corner] = units, chosen[units], best[units]
        corners[2, corner] = (units - chosen[units]) // vans
        corners[4, corner] = waits[units] if units else 0.0
    for units in range(reach):
        best[units] = -1.0
    return int(min(count, corners.shape[1]))


@compiled
def next_station(corners: FloatArray, counts: IntArray, at: IntArray) -> int:
    """The station whose next step finds most parts per unit; -1 where all are at their end."""
    best, worth = -1, 0.0
    for station in range(len(counts)):
        here, there = at[station], at[station] + 1
        if there == counts[station]:
            continue
        gain = corners[station, 3, there] - corners[station, 3, here]
        gain /= corners[station, 0, there] - corners[station, 0, here]
        if gain > worth:
            best, worth = station, gain
    return best


@compiled
def corners_of_stations(
    level: int, centre_days: float, use: FloatArray, counter: FloatArray, stations: FloatArray, room: FloatArray,
    marks: IntArray, corners: FloatArray, counts: IntArray,
) -> float:  # fmt: skip
    """Corners of one part at all stations of a centre that keeps so many units of it.

    Args:
        level: of the centre.
        centre_days: in which it gets a unit.
        use: (stations,) demand of visits per day.
        counter: (stations,) further demand per day.
        stations: (4, stations): vans, share of them at work on a day, share of demand after vans are filled, days in
            which stock comes again.
        room: for work, see `corners_of_station`.
        marks: for work.
        corners: (stations, 5, CORNERS) filled.
        counts: (stations,) filled.

    Returns:
        Mean units that the centre owes.
    """
    total = use.sum() + counter.sum()
    owed, spread = owed_by_centre(total * centre_days, level, room[0])
    for station in range(len(use)):
        share = (use[station] + counter[station]) / total
        vans = stations[0, station]
        duty_rate = use[station] / (vans * stations[1, station]) if vans > 0 else 0.0
        counts[station] = corners_of_station(
            use[station], counter[station], int(vans), duty_rate, stations[2, station], stations[3, station],
            share * owed, share * (1.0 - share) * owed + share * share * spread, room, marks, corners[station],
        )  # fmt: skip
    return owed


@compiled_with_arrays
def curve_of_part(
    centre_days: float, use: FloatArray, counter: FloatArray, stations: FloatArray, longest: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Corners of the concave curve of one part of a centre: parts found on vans per day over units.

    Args:
        centre_days: in which the centre gets a unit.
        use: (stations,) demand of visits per day.
        counter: (stations,) further demand per day.
        stations: (4, stations), see `corners_of_stations`.
        longest: units that it may have.

    Returns:
        By corner: units in all, units of the centre, found per day.
    """
    places = len(use)
    room, marks = np.full((5, longest), -1.0), np.zeros((2, longest), np.int64)
    corners, counts = np.zeros((places, 5, CORNERS)), np.zeros(places, np.int64)
    at, found, centre = np.zeros(places, np.int64), np.full(longest, -1.0), np.zeros(longest, np.int64)
    mean = (use.sum() + counter.sum()) * centre_days
    found[0], reach, level = 0.0, 1, 0
    lowest = int(mean - _DEVIATIONS * math.sqrt(mean)) if mean > _FINEST else 0
    while level < longest and use.sum() > 0.0:
        owed = corners_of_stations(level, centre_days, use, counter, stations, room, marks, corners, counts)
        at[:] = 0
        units, value = level, 0.0
        while True:
            station = next_station(corners, counts, at)
            if station < 0:
                break
            at[station] += 1
            units += int(corners[station, 0, at[station]] - corners[station, 0, at[station] - 1])
            value += corners[station, 3, at[station]] - corners[station, 3, at[station] - 1]
            if units >= longest:
                break
            reach = max(reach, units + 1)
            if value > found[units]:
                found[units], centre[units] = value, level
        if owed <= _SELDOM * max(mean, 1.0):
            break
        level = max(level + apart(mean), lowest)
    kept = marks[1, : upper_hull(found, reach, marks[1])]
    return kept.copy(), centre[kept], found[kept]


@compiled_with_arrays
def levels_of_part(
    centre_days: float, use: FloatArray, counter: FloatArray, stations: FloatArray, centre: int, units: int,
    longest: int,
) -> FloatArray:  # fmt: skip
    """Levels of one part where so many of its units lie in the centre.

    Returns:
        (4, stations): level of the station, of each of its vans, parts found on vans per day, and parts that all its
        vans miss once they have been filled.
    """
    places = len(use)
    room, marks = np.full((5, longest), -1.0), np.zeros((2, longest), np.int64)
    corners, counts = np.zeros((places, 5, CORNERS)), np.zeros(places, np.int64)
    at = np.zeros(places, np.int64)
    corners_of_stations(centre, centre_days, use, counter, stations, room, marks, corners, counts)
    left = units - centre
    while left > 0:
        station = next_station(corners, counts, at)
        if station < 0:
            break
        at[station] += 1
        left -= int(corners[station, 0, at[station]] - corners[station, 0, at[station] - 1])
    levels = np.zeros((4, places))
    for station in range(places):
        levels[:, station] = corners[station, 1:, at[station]]
    return levels


@compiled_with_arrays
def evaluate_part(
    centre_days: float, use: FloatArray, counter: FloatArray, stations: FloatArray, centre: int, at_station: IntArray,
    on_van: IntArray, longest: int,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """What given levels of one part lead to: (stations,) found on vans per day, missing on all vans after filling.

    A station that turns over more than it has passes on what it gets: vans use every unit the day it comes.
    """
    room = np.zeros((3, longest))
    found, missing = np.zeros(len(use)), np.zeros(len(use))
    total = use.sum() + counter.sum()
    owed, spread = owed_by_centre(total * centre_days, centre, room[0])
    for station in range(len(use)):
        rate, level, vans = use[station], at_station[station], stations[0, station]
        if rate <= 0.0 or level == 0 or vans == 0.0 or on_van[station] == 0:
            continue
        demand, days = rate + counter[station], stations[3, station]
        share = demand / total
        mean = demand * days + share * owed
        variance = demand * days + share * (1.0 - share) * owed + share * share * spread
        if mean >= level:
            found[station], missing[station] = rate * level / mean, vans * on_van[station]
            continue
        waits, uneven = missing_after_filling(mean, variance, level)
        missing[station] = waits
        duty_rate = rate / (vans * stations[1, station])
        late, each = duty_rate * stations[2, station], waits / vans
        varies = each * (1.0 - 1.0 / vans) + uneven / (vans * vans)
        on_each = min(on_van[station], longest - 1)
        met_on_day(duty_rate, on_each, room[1], room[0])
        size = two_moments(each + late, varies + late, room[2], _TAIL)
        found[station] = rate * found_on_van(room[1], room[2], size, on_each) / duty_rate
    return found, missing


__all__ = ["CORNERS", "TURNED_OVER", "curve_of_part", "evaluate_part", "levels_of_part"]
