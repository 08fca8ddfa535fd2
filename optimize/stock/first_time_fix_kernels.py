"""Compiled steps of `optimize.stock.first_time_fix`: parts missing on vans, and the best stock of one part."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled, compiled_with_arrays

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

CORNERS = 96
"""Room for the corners of the curve of one station."""
TURNED_OVER = 0.9
"""Largest share of a station's stock that is used in the time in which it comes again."""

_TAIL = 1e-12
_LEAST_EXPONENT = -600.0
"""Exponents below it are nothing at all to a computer."""
_SAME = 1e-9
_NEARLY = 1e-6
_STEADY = 1e-9
_TURNS = 5_000
_ENOUGH = 1e-4
"""Share of parts missing below which more stock is not tried."""
_FINEST = 6.0
"""Mean outstanding up to which every level is tried; above, levels half a deviation apart."""
_DEVIATIONS = 3.0
"""Levels so many deviations below the mean outstanding do as little as none, and are not tried."""


@compiled
def two_moments(mean: float, variance: float, pmf: FloatArray) -> int:
    """Probabilities of 0, 1, ... of a negative binomial number, Poisson if the variance is not above the mean.

    Compiled functions are only found stale with their own file, so this one stands here as well as with METRIC.
    """
    is_poisson = variance <= mean * (1.0 + _SAME)
    shape = 0.0 if is_poisson else mean * mean / (variance - mean)
    ratio = mean if is_poisson else (variance - mean) / variance
    exponent = -mean if is_poisson else shape * math.log(mean / variance)
    start = 0
    while exponent < _LEAST_EXPONENT and start < len(pmf):
        pmf[start] = 0.0
        exponent += math.log((shape + start) * ratio / (start + 1) if not is_poisson else ratio / (start + 1))
        start += 1
    chance, left = math.exp(exponent), 1.0
    for units in range(start, len(pmf)):
        pmf[units] = chance
        left -= chance
        if left < _TAIL and units >= mean:
            return units + 1
        chance *= ratio / (units + 1) if is_poisson else (shape + units) / (units + 1) * ratio
    return len(pmf)


@compiled
def owed_by_centre(mean: float, level: int, room: FloatArray) -> tuple[float, float]:
    """Mean and variance of what a centre owes that has a Poisson number of units outstanding."""
    size = two_moments(mean, mean, room)
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
    wanted = two_moments(rate, rate, room)
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
        missing: probabilities of the units that it misses in the morning.
        size: how many of them matter.
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
    return 1 if mean <= _FINEST else max(1, int(math.sqrt(mean) / 2.0))


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
    size = two_moments(late, late, short)
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
    best: FloatArray, chosen: IntArray, room: FloatArray, hull: IntArray, corners: FloatArray,
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
        best: (any,) for work.
        chosen: (any,) for work.
        room: (5, any) for work.
        hull: (any,) for work.
        corners: (5, any) filled: units, level of the station, level of a van, found per day, missing on all vans.

    `best` holds -1 everywhere before and after.

    Returns:
        How many corners there are, nothing in stock included.
    """
    corners[0, 0] = corners[1, 0] = corners[2, 0] = corners[3, 0] = corners[4, 0] = 0.0
    if rate <= 0.0 or vans == 0:
        return 1
    best[0], chosen[0] = 0.0, 0
    mean, variance = (rate + counter) * days + owed, (rate + counter) * days + spread
    late = duty_rate * evening
    met, short = room[3], room[4]
    most = most_on_van(duty_rate, late, met, short, room[0])
    reach, level = 1, max(1, math.ceil(mean / TURNED_OVER))
    while True:
        missing, uneven = missing_after_filling(mean, variance, level)
        each = missing / vans
        varies = each * (1.0 - 1.0 / vans) + uneven / (vans * vans)
        size = two_moments(each + late, varies + late, short)
        for van_level in range(1, most + 1):
            units = level + vans * van_level
            if units >= len(best):
                break
            found = rate * found_on_van(met, short, size, van_level) / duty_rate
            if found > best[units]:
                best[units], chosen[units] = found, level
            reach = max(reach, units + 1)
        if missing <= _ENOUGH * rate:
            break
        level += apart(mean)
    count = upper_hull(best, reach, hull)
    for corner in range(min(count, corners.shape[1])):
        units = hull[corner]
        corners[0, corner], corners[1, corner], corners[3, corner] = units, chosen[units], best[units]
        corners[2, corner] = (units - chosen[units]) // vans
        if units:
            corners[4, corner], _ = missing_after_filling(mean, variance, chosen[units])
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
    level: int, centre_days: float, use: FloatArray, counter: FloatArray, stations: FloatArray, best: FloatArray,
    chosen: IntArray, room: FloatArray, hull: IntArray, corners: FloatArray, counts: IntArray,
) -> float:  # fmt: skip
    """Corners of one part at all stations of a centre that keeps so many units of it.

    Args:
        level: of the centre.
        centre_days: in which it gets a unit.
        use: (stations,) demand of visits per day.
        counter: (stations,) further demand per day.
        stations: (4, stations): vans, share of them at work on a day, share of demand after vans are filled, days in
            which stock comes again.
        best: for work, as below.
        chosen: for work.
        room: for work.
        hull: for work.
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
            share * owed, share * (1.0 - share) * owed + share * share * spread, best, chosen, room, hull,
            corners[station],
        )  # fmt: skip
    return owed


@compiled
def best_of_part(
    centre_days: float, use: FloatArray, counter: FloatArray, stations: FloatArray, best: FloatArray,
    chosen: IntArray, room: FloatArray, hull: IntArray, corners: FloatArray, counts: IntArray, at: IntArray,
    found: FloatArray, centre: IntArray,
) -> int:  # fmt: skip
    """Most of one part found on vans with 0, 1, 2, ... units in all, over levels of the centre.

    Args: see `corners_of_stations`; `at` is (stations,) for work, `found` and `centre` are filled by units in all.

    Returns:
        How many numbers of units were tried.
    """
    mean = (use.sum() + counter.sum()) * centre_days
    for units in range(len(found)):
        found[units] = -1.0
    found[0], centre[0], reach, level = 0.0, 0, 1, 0
    lowest = int(mean - _DEVIATIONS * math.sqrt(mean)) if mean > _FINEST else 0
    while level < len(found):
        owed = corners_of_stations(
            level, centre_days, use, counter, stations, best, chosen, room, hull, corners, counts
        )
        at[:] = 0
        units, value = level, 0.0
        while True:
            station = next_station(corners, counts, at)
            if station < 0:
                break
            at[station] += 1
            units += int(corners[station, 0, at[station]] - corners[station, 0, at[station] - 1])
            value += corners[station, 3, at[station]] - corners[station, 3, at[station] - 1]
            if units >= len(found):
                break
            reach = max(reach, units + 1)
            if value > found[units]:
                found[units], centre[units] = value, level
        if owed <= _ENOUGH * max(mean, 1.0):
            break
        level = max(level + apart(mean), lowest)
    return reach


@compiled_with_arrays
def curves_of_parts(
    centre_days: FloatArray, use: FloatArray, counter: FloatArray, stations: FloatArray, longest: int
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Corners of the concave curve of every part of a centre: parts found per day over units.

    Args:
        centre_days: (parts,) in which the centre gets a unit.
        use: (parts, stations) demand of visits per day.
        counter: (parts, stations) further demand per day.
        stations: (4, stations), see `corners_of_stations`.
        longest: units that any part may have.

    Returns:
        (parts + 1,) first corner of each part, and by corner: units, units of the centre, found per day.
    """
    parts, places = use.shape
    best, chosen = np.full(longest, -1.0), np.zeros(longest, np.int64)
    room, hull = np.zeros((5, longest)), np.zeros(longest, np.int64)
    corners, counts = np.zeros((places, 5, CORNERS)), np.zeros(places, np.int64)
    at, found, centre = np.zeros(places, np.int64), np.zeros(longest), np.zeros(longest, np.int64)
    starts = np.zeros(parts + 1, np.int64)
    capacity = longest * 4 + parts
    units_of, centre_of, value_of = (
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.int64),
        np.zeros(capacity),
    )
    size = 0
    for part in range(parts):
        count = 1
        found[0], centre[0], hull[0] = 0.0, 0, 0
        if use[part].sum() > 0.0:
            reach = best_of_part(
                centre_days[part], use[part], counter[part], stations, best, chosen, room, hull, corners, counts,
                at, found, centre,
            )  # fmt: skip
            count = upper_hull(found, reach, hull)
        if size + count > capacity:
            room_for = 2 * (capacity + count)
            units_of, centre_of = _longer(units_of, room_for), _longer(centre_of, room_for)
            value_of = np.concatenate((value_of, np.zeros(room_for - capacity)))
            capacity = room_for
        for corner in hull[:count]:
            units_of[size], centre_of[size], value_of[size] = corner, centre[corner], found[corner]
            size += 1
        starts[part + 1] = size
    return starts, units_of[:size], centre_of[:size], value_of[:size]


@compiled_with_arrays
def _longer(values: IntArray, capacity: int) -> IntArray:
    longer = np.zeros(capacity, np.int64)
    longer[: len(values)] = values
    return longer


@compiled_with_arrays
def levels_of_parts(
    centre_days: FloatArray, use: FloatArray, counter: FloatArray, stations: FloatArray, centre: IntArray,
    units: IntArray, longest: int,
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:  # fmt: skip
    """Levels of every part where so many of its units lie in the centre.

    Returns:
        (parts, stations) each: level of the station, of each of its vans, parts found on vans per day, and parts
        that are missing on all its vans once they have been filled.
    """
    parts, places = use.shape
    best, chosen = np.full(longest, -1.0), np.zeros(longest, np.int64)
    room, hull = np.zeros((5, longest)), np.zeros(longest, np.int64)
    corners, counts = np.zeros((places, 5, CORNERS)), np.zeros(places, np.int64)
    at = np.zeros(places, np.int64)
    at_station, on_van = np.zeros((parts, places), np.int64), np.zeros((parts, places), np.int64)
    found, missing = np.zeros((parts, places)), np.zeros((parts, places))
    for part in range(parts):
        if units[part] == 0:
            continue
        corners_of_stations(
            centre[part], centre_days[part], use[part], counter[part], stations, best, chosen, room, hull, corners,
            counts,
        )  # fmt: skip
        at[:] = 0
        left = units[part] - centre[part]
        while left > 0:
            station = next_station(corners, counts, at)
            if station < 0:
                break
            at[station] += 1
            left -= int(corners[station, 0, at[station]] - corners[station, 0, at[station] - 1])
        for station in range(places):
            at_station[part, station] = int(corners[station, 1, at[station]])
            on_van[part, station] = int(corners[station, 2, at[station]])
            found[part, station] = corners[station, 3, at[station]]
            missing[part, station] = corners[station, 4, at[station]]
    return at_station, on_van, found, missing


@compiled_with_arrays
def evaluate_parts(
    centre_days: FloatArray, use: FloatArray, counter: FloatArray, stations: FloatArray, centre: IntArray,
    at_station: IntArray, on_van: IntArray, longest: int,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """What given levels lead to: (parts, stations) found on vans per day, and missing on all vans after filling.

    A station that turns over more than it has passes on what it gets: vans use every unit the day it comes.
    """
    parts, places = use.shape
    room = np.zeros((5, longest))
    found, missing = np.zeros((parts, places)), np.zeros((parts, places))
    for part in range(parts):
        total = use[part].sum() + counter[part].sum()
        owed, spread = owed_by_centre(total * centre_days[part], centre[part], room[0])
        for station in range(places):
            rate, level, vans = use[part, station], at_station[part, station], stations[0, station]
            if rate <= 0.0 or level == 0 or vans == 0.0 or on_van[part, station] == 0:
                continue
            demand, days = rate + counter[part, station], stations[3, station]
            share = demand / total
            mean = demand * days + share * owed
            variance = demand * days + share * (1.0 - share) * owed + share * share * spread
            if mean >= level:
                found[part, station] = rate * level / mean
                missing[part, station] = vans * on_van[part, station]
                continue
            waits, uneven = missing_after_filling(mean, variance, level)
            missing[part, station] = waits
            duty_rate = rate / (vans * stations[1, station])
            late, each = duty_rate * stations[2, station], waits / vans
            varies = each * (1.0 - 1.0 / vans) + uneven / (vans * vans)
            on_each = min(on_van[part, station], longest - 1)
            met_on_day(duty_rate, on_each, room[3], room[0])
            size = two_moments(each + late, varies + late, room[4])
            found[part, station] = rate * found_on_van(room[3], room[4], size, on_each) / duty_rate
    return found, missing


__all__ = ["CORNERS", "TURNED_OVER", "curves_of_parts", "evaluate_parts", "levels_of_parts"]
