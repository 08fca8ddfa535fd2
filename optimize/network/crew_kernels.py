"""Compiled Lagrangean bound of siting with crews: every station has a level, its technicians; level 0 is closed.

    min  sum_i F_i(c_i) + sum_ij k_ij x_ij
    s.t. sum_i x_ij = 1;  sum_j a_ij x_ij <= L_i(c_i);  x_ij <= [c_i >= 1];  fewest <= number of c_i >= 1 <= most
         sum_i c_i >= N;  sum_ij g_rij x_ij >= b_r for every promise r

with F_i(c) cost of c technicians at i, a_ij load that point j brings to i (technicians busy with it), L_i(c) the load
that c technicians carry. Relaxed are the points (multipliers l_j), the promises (m_r >= 0) and the least number of all
technicians (n >= 0). What is left is a knapsack per station and level:

    v_i(c) = F_i(c) - n c - max { sum_j (l_j + sum_r m_r g_rij - k_ij) x_j : sum_j a_ij x_j <= L_i(c) }

and the choice of stations, of which each takes its best level.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled
from optimize.network.knapsack_kernels import linear_knapsack, sort_down, whole_knapsack

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class CrewRelaxation(NamedTuple):
    """Arrays of one problem and the room its kernels work in; stations are rows."""

    cost: FloatArray
    """(stations, points)."""
    size: FloatArray
    """(stations, points): a_ij."""
    level_cost: FloatArray
    """(stations, levels): F_i(c)."""
    level_capacity: FloatArray
    """(stations, levels): L_i(c)."""
    allowed: BoolArray
    """(stations, levels): levels that are not ruled out."""
    reached: FloatArray
    """(promises, stations, points): g_rij."""
    wanted: FloatArray
    """(promises + 1,): b_r, and N."""
    limits: IntArray
    """Fewest and most stations, and 1 where points are served whole."""
    order: IntArray
    """(stations, points): by falling profit per load."""
    share: FloatArray
    """(stations, points): taken at the best level."""
    level_value: FloatArray
    """(stations, levels): v_i(c); of levels that are not the best ones, a lower bound of it."""
    level: IntArray
    """(stations,): best level above 0."""
    gain: FloatArray
    """(stations,): v_i at that level less the cost of a closed station; infinite without one."""
    weight: FloatArray
    """(stations,): 1 for chosen stations."""
    worth: FloatArray
    key: FloatArray
    profit: FloatArray
    load: FloatArray
    chosen: IntArray
    kept: IntArray
    """(points,) each: of the station at work."""


@compiled
def _fill(work: CrewRelaxation, station: int, multiplier: FloatArray) -> int:
    """Points worth taking at a station by falling profit per load, into `profit` and `load`; how many they are."""
    order, keys, worth = work.order[station], work.key, work.worth
    points = len(order)
    for point in range(points):
        value = multiplier[point] - work.cost[station, point]
        for promise in range(len(work.reached)):
            value += multiplier[points + promise] * work.reached[promise, station, point]
        worth[point] = value
        size = work.size[station, point]
        if value <= 0.0:
            keys[point] = -1.0
        else:
            keys[point] = np.inf if size <= 0.0 else value / size
    sort_down(order, keys)
    count = 0
    for place in range(points):
        point = order[place]
        if keys[point] < 0.0:
            break
        work.profit[count] = worth[point]
        work.load[count] = work.size[station, point]
        count += 1
    return count


@compiled
def _levels(work: CrewRelaxation, station: int, count: int, crew_price: float) -> None:
    """Value of every level, `level`, `gain` and `share` of a station whose points are filled in."""
    values, allowed = work.level_value[station], work.allowed[station]
    is_whole = work.limits[2] == 1
    for level in range(1, len(values)):
        values[level] = np.inf
        if allowed[level]:
            taken = linear_knapsack(count, work.profit, work.load, work.level_capacity[station, level])
            values[level] = work.level_cost[station, level] - crew_price * level - taken
    share = work.share[station]
    share[:] = 0.0
    best, least = 0, np.inf
    while True:
        next_best, lowest = 0, least
        for level in range(1, len(values)):
            if level != best and values[level] < lowest:
                next_best, lowest = level, values[level]
        if next_best == 0:
            break
        if not is_whole:
            best, least = next_best, lowest
            break
        room = work.level_capacity[station, next_best]
        taken = whole_knapsack(count, work.profit, work.load, room, work.chosen, work.kept)
        exact = work.level_cost[station, next_best] - crew_price * next_best - taken
        values[next_best] = max(exact, lowest)
        if values[next_best] < least:
            best, least = next_best, values[next_best]
            for place in range(count):
                share[work.order[station, place]] = work.kept[place]
    if not is_whole and best > 0:
        room = work.level_capacity[station, best]
        for place in range(count):
            if work.load[place] > room:
                share[work.order[station, place]] = room / work.load[place]
                break
            share[work.order[station, place]] = 1.0
            room -= work.load[place]
    work.level[station] = best
    closed = work.level_cost[station, 0]
    values[0] = closed if allowed[0] else np.inf
    work.gain[station] = least - closed


@compiled
def _choose(work: CrewRelaxation, forced: int, forced_gain: float) -> float:
    """Least sum of gains within the limits of the number of stations; weights noted.

    Station `forced` (-1: none) is open at that gain, or closed where the gain is infinite.
    """
    fewest, most = work.limits[0], work.limits[1]
    total, number = 0.0, 0
    for station in range(len(work.gain)):
        must = station == forced or not work.allowed[station, 0]
        work.weight[station] = 0.0
        if must and (station != forced or forced_gain < np.inf):
            total += forced_gain if station == forced else work.gain[station]
            work.weight[station] = 1.0
            number += 1
    if number > most:
        return np.inf
    while number < most:
        best, least = -1, np.inf
        for station in range(len(work.gain)):
            if station != forced and work.weight[station] == 0.0 and work.gain[station] < least:
                best, least = station, work.gain[station]
        if best < 0 or (least >= 0.0 and number >= fewest):
            break
        total += least
        work.weight[best] = 1.0
        number += 1
    return total if number >= fewest else np.inf


@compiled
def _fixed_part(work: CrewRelaxation, multiplier: FloatArray) -> float:
    points = work.cost.shape[1]
    total = 0.0
    for point in range(points):
        total += multiplier[point]
    for row in range(len(work.wanted)):
        total += multiplier[points + row] * work.wanted[row]
    for station in range(len(work.gain)):
        total += work.level_cost[station, 0]
    return total


@compiled
def crew_bound(work: CrewRelaxation, multiplier: FloatArray) -> float:
    """Lagrangean bound at multipliers of points, promises and all technicians; leaves values and shares behind."""
    crew_price = multiplier[len(multiplier) - 1]
    for station in range(len(work.gain)):
        _levels(work, station, _fill(work, station, multiplier), crew_price)
    return _fixed_part(work, multiplier) + _choose(work, -1, 0.0)


@compiled
def crew_climb(
    work: CrewRelaxation,
    multiplier: FloatArray,
    best_multiplier: FloatArray,
    direction: FloatArray,
    memory: FloatArray,
    cutoff: float,
    steps: int,
) -> None:
    """Deflected subgradient steps; `memory` as in `lagrangean_kernels.climb`."""
    points = work.cost.shape[1]
    last = len(multiplier) - 1
    for _ in range(steps):
        found = crew_bound(work, multiplier)
        if found > memory[0]:
            risen = (found - memory[0]) / max(abs(found), 1e-300)
            memory[2] = max(0.0, memory[2] - 1.0) if risen < 0.01 * memory[1] else 0.0
            memory[0] = found
            for place in range(last + 1):
                best_multiplier[place] = multiplier[place]
        else:
            memory[2] += 1.0
        if memory[0] >= cutoff or memory[1] < 1e-6:
            return
        if memory[2] >= 15.0:
            memory[1] *= 0.5
            memory[2] = 0.0
            for place in range(last + 1):
                multiplier[place] = best_multiplier[place]
            direction[:] = 0.0
            found = crew_bound(work, multiplier)
        for point in range(points):
            served = 0.0
            for station in range(len(work.gain)):
                served += work.weight[station] * work.share[station, point]
            direction[point] = 1.0 - served + 0.55 * direction[point]
        for promise in range(len(work.reached)):
            kept = 0.0
            for station in range(len(work.gain)):
                if work.weight[station] > 0.0:
                    for point in range(points):
                        kept += work.share[station, point] * work.reached[promise, station, point]
            direction[points + promise] = work.wanted[promise] - kept + 0.55 * direction[points + promise]
        crew = 0.0
        for station in range(len(work.gain)):
            crew += work.weight[station] * work.level[station]
        direction[last] = work.wanted[len(work.wanted) - 1] - crew + 0.55 * direction[last]
        length = 0.0
        for place in range(last + 1):
            if place < points or multiplier[place] > 0.0 or direction[place] > 0.0:
                length += direction[place] * direction[place]
        if length <= 1e-14:
            return
        step = (memory[0] + memory[1] * max(abs(memory[0]), 1e-300) - found) / length
        for place in range(last + 1):
            multiplier[place] += step * direction[place]
            if place >= points and multiplier[place] < 0.0:
                multiplier[place] = 0.0


@compiled
def crew_fix(work: CrewRelaxation, multiplier: FloatArray, cutoff: float, is_possible: BoolArray) -> float:
    """Rule out levels, and pairs where points are served whole, that no plan within the cutoff has.

    Args:
        work: `allowed` changes.
        multiplier: at which the bound is taken.
        cutoff: plans that cost more are not looked for.
        is_possible: (stations, points): set False.

    Returns:
        The bound at these multipliers.
    """
    points = work.cost.shape[1]
    found = crew_bound(work, multiplier)
    rest = _fixed_part(work, multiplier)
    crew_price = multiplier[len(multiplier) - 1]
    is_whole = work.limits[2] == 1
    for station in range(len(work.gain)):
        closed_cost = work.level_cost[station, 0]
        any_open = False
        for level in range(len(work.level_value[station])):
            if not work.allowed[station, level]:
                continue
            gain = np.inf if level == 0 else work.level_value[station, level] - closed_cost
            if rest + _choose(work, station, gain) > cutoff:
                work.allowed[station, level] = False
            elif level > 0:
                any_open = True
        if not any_open:
            is_possible[station, :] = False
            continue
        if not is_whole:
            continue
        _fill(work, station, multiplier)
        others = rest + _choose(work, station, 0.0)
        for point in range(points):
            if not is_possible[station, point]:
                continue
            load, worth = work.size[station, point], work.worth[point]
            count = 0
            for place in range(points):
                other = work.order[station, place]
                if work.key[other] < 0.0:
                    break
                if other != point:
                    work.profit[count] = work.worth[other]
                    work.load[count] = work.size[station, other]
                    count += 1
            least = np.inf
            for level in range(1, len(work.level_value[station])):
                room = work.level_capacity[station, level] - load
                if work.allowed[station, level] and room >= 0.0:
                    taken = linear_knapsack(count, work.profit, work.load, room)
                    value = work.level_cost[station, level] - crew_price * level - taken
                    least = min(least, value)
            if others + least - worth - closed_cost > cutoff:
                is_possible[station, point] = False
    return found


__all__ = ["BoolArray", "CrewRelaxation", "FloatArray", "IntArray", "crew_bound", "crew_climb", "crew_fix"]
