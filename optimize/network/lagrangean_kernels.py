"""Compiled Lagrangean bound of fixed-charge location: every demand point may be served by several sites at a price.

The constraint that the sites serve each point j in full is relaxed with multipliers l_j. What is left falls apart into
one knapsack per site and a choice of sites:

    L(l) = sum_j l_j + min { sum_i v_i y_i : sum_i s_i y_i >= D, fewest <= sum_i y_i <= most, y binary }
    v_i  = f_i - max { sum_j (l_j - c_ij) x_j : sum_j d_j x_j <= s_i, 0 <= x_j <= 1 (whole where single source) }

with f_i fixed cost, s_i capacity, c_ij cost of serving all of j from i, d_j demand, D all demand. With shares the bound
is that of the linear relaxation with x_ij <= y_i and the total capacity; with whole points it is tighter (Geoffrion and
McBride 1978, AIIE Transactions 10; Beasley 1993, European Journal of Operational Research 65). The choice of sites is
relaxed to the better of its capacity part, a knapsack of what stays closed, and its count part, unless one choice keeps
both. Multipliers climb by deflected subgradients (Camerini, Fratta and Maffioli 1975) whose length aims a little above
the best bound and less so whenever the climb stalls.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled
from optimize.network.knapsack_kernels import linear_knapsack, sort_down, whole_knapsack

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FREE, CLOSED, OPEN = 0, 1, 2


class Relaxation(NamedTuple):
    """Arrays of one problem and the room its kernels work in; sites are rows."""

    cost: FloatArray
    """(sites, points): of serving all of a point; infinite where it may not."""
    fixed: FloatArray
    capacity: FloatArray
    """(sites,): infinite without a limit."""
    demand: FloatArray
    state: IntArray
    """(sites,): `FREE`, `CLOSED` or `OPEN`."""
    limits: IntArray
    """Fewest and most sites, and 1 where points are served whole."""
    order: IntArray
    """(sites, points): points by falling profit per demand at the last multipliers."""
    share: FloatArray
    """(sites, points): what each knapsack takes."""
    value: FloatArray
    """(sites,): v_i."""
    weight: FloatArray
    """(sites,): y_i."""
    profit: FloatArray
    size: FloatArray
    chosen: IntArray
    kept: IntArray
    """(points,) each: of the knapsack at work."""
    key: FloatArray
    """(points,): profit per demand at the site at hand."""
    ranked: IntArray
    """(sites,): sites by falling value per capacity."""
    site_profit: FloatArray
    site_size: FloatArray
    item_site: IntArray
    site_chosen: IntArray
    site_kept: IntArray
    """(sites,) each: of the choice of sites at work."""


@compiled
def _copy(source: FloatArray, target: FloatArray) -> None:
    for place in range(len(source)):
        target[place] = source[place]


@compiled
def _ratio(profit: float, size: float) -> float:
    if profit <= 0.0:
        return -1.0
    if size <= 0.0:
        return np.inf
    return profit / size


@compiled
def _fill(work: Relaxation, site: int, multiplier: FloatArray) -> int:
    """Points worth taking at a site, by falling profit per demand, into `profit` and `size`; how many they are.

    The order of the last call is nearly right, so that insertion sorts it in a few moves.
    """
    order, cost, demand, keys = work.order[site], work.cost[site], work.demand, work.key
    points = len(order)
    for point in range(points):
        keys[point] = _ratio(multiplier[point] - cost[point], demand[point])
    sort_down(order, keys)
    count = 0
    for place in range(points):
        point = order[place]
        gain = multiplier[point] - cost[point]
        if gain <= 0.0:
            break
        work.profit[count] = gain
        work.size[count] = demand[point]
        count += 1
    return count


@compiled
def _site_values(work: Relaxation, multiplier: FloatArray) -> None:
    """Knapsack of every site: `value` and `share`."""
    single = work.limits[2] == 1
    for site in range(len(work.fixed)):
        if work.state[site] == CLOSED:
            continue
        share = work.share[site]
        share[:] = 0.0
        count = _fill(work, site, multiplier)
        room = work.capacity[site]
        if single:
            gained = whole_knapsack(count, work.profit, work.size, room, work.chosen, work.kept)
            for place in range(count):
                share[work.order[site, place]] = work.kept[place]
        else:
            gained = linear_knapsack(count, work.profit, work.size, room)
            for place in range(count):
                if work.size[place] > room:
                    share[work.order[site, place]] = room / work.size[place]
                    break
                share[work.order[site, place]] = 1.0
                room -= work.size[place]
        work.value[site] = work.fixed[site] - gained


@compiled
def _enough(work: Relaxation, forced: int, is_open: bool, wanted: float) -> float:
    """Least value of whole sites with capacity for all demand; weights noted.

    Site `forced` is open or closed whatever its state (-1: none is).
    """
    total, room, item = 0.0, -wanted, 0
    for place in range(len(work.ranked)):
        site = work.ranked[place]
        opened = work.state[site] == OPEN if site != forced else is_open
        closed = work.state[site] == CLOSED if site != forced else not is_open
        work.weight[site] = 0.0
        if closed:
            continue
        room += work.capacity[site]
        total += work.value[site]
        work.weight[site] = 1.0
        if not opened and work.value[site] > 0.0:
            work.site_profit[item] = work.value[site]
            work.site_size[item] = work.capacity[site]
            work.item_site[item] = site
            item += 1
    if room < 0.0:
        return np.inf
    # What is not opened saves its value and fits into the capacity that is not needed: a knapsack.
    saved = whole_knapsack(item, work.site_profit, work.site_size, room, work.site_chosen, work.site_kept)
    for place in range(item):
        if work.site_kept[place] == 1:
            work.weight[work.item_site[place]] = 0.0
    return total - saved


@compiled
def _counted(work: Relaxation, forced: int, is_open: bool) -> float:
    """Least value of sites within the limits of their number; weights noted."""
    fewest, most = work.limits[0], work.limits[1]
    total, number = 0.0, 0
    for site in range(len(work.fixed)):
        opened = work.state[site] == OPEN if site != forced else is_open
        work.weight[site] = 0.0
        if opened:
            total += work.value[site]
            work.weight[site] = 1.0
            number += 1
    if number > most:
        return np.inf
    while number < most:
        best, least = -1, np.inf
        for site in range(len(work.fixed)):
            closed = work.state[site] == CLOSED if site != forced else not is_open
            if not closed and work.weight[site] == 0.0 and work.value[site] < least:
                best, least = site, work.value[site]
        if best < 0 or (least >= 0.0 and number >= fewest):
            break
        total += least
        work.weight[best] = 1.0
        number += 1
    return total if number >= fewest else np.inf


@compiled
def _choice(work: Relaxation, forced: int, is_open: bool, wanted: float) -> float:
    """The tighter of both relaxations of the choice of sites; its weights are noted."""
    counted = _counted(work, forced, is_open)
    room = -wanted
    for site in range(len(work.fixed)):
        room += work.weight[site] * work.capacity[site]
    if counted == np.inf or room >= 0.0:
        return counted  # it keeps both
    covered = _enough(work, forced, is_open, wanted)
    if counted > covered:
        return _counted(work, forced, is_open)
    return covered


@compiled
def _rank(work: Relaxation) -> None:
    ranked = work.ranked
    for place in range(1, len(ranked)):
        site = ranked[place]
        key = work.value[site] / max(work.capacity[site], 1e-300)
        before = place - 1
        while before >= 0:
            other = ranked[before]
            if work.value[other] / max(work.capacity[other], 1e-300) >= key:
                break
            ranked[before + 1] = other
            before -= 1
        ranked[before + 1] = site


@compiled
def bound(work: Relaxation, multiplier: FloatArray) -> float:
    """Lagrangean bound at these multipliers; leaves `value`, `share` and `weight` behind."""
    total, wanted = 0.0, 0.0
    for point in range(len(multiplier)):
        total += multiplier[point]
        wanted += work.demand[point]
    _site_values(work, multiplier)
    _rank(work)
    return total + _choice(work, -1, False, wanted)


@compiled
def climb(
    work: Relaxation,
    multiplier: FloatArray,
    best_multiplier: FloatArray,
    direction: FloatArray,
    memory: FloatArray,
    cutoff: float,
    iterations: int,
) -> None:
    """Subgradient steps.

    Args:
        work: problem and room.
        multiplier: moved.
        best_multiplier: replaced where the bound rises.
        direction: of the last step, kept between calls.
        memory: best bound, how far above it the steps aim (as a share of it), steps without much of a rise; kept
            between calls.
        cutoff: a bound as high ends the climb.
        iterations: steps of this call.
    """
    points = len(multiplier)
    for _ in range(iterations):
        found = bound(work, multiplier)
        if found > memory[0]:
            risen = (found - memory[0]) / abs(found)
            memory[2] = max(0.0, memory[2] - 1.0) if risen < 0.01 * memory[1] else 0.0
            memory[0] = found
            _copy(multiplier, best_multiplier)
        else:
            memory[2] += 1.0
        if memory[0] >= cutoff or memory[1] < 1e-6:
            return
        if memory[2] >= 15.0:
            memory[1] *= 0.5
            memory[2] = 0.0
            _copy(best_multiplier, multiplier)
            direction[:] = 0.0
            found = bound(work, multiplier)
        length = 0.0
        for point in range(points):
            served = 0.0
            for site in range(len(work.fixed)):
                served += work.weight[site] * work.share[site, point]
            direction[point] = 1.0 - served + 0.55 * direction[point]
            length += direction[point] * direction[point]
        if length <= 1e-14:
            return
        step = (memory[0] + memory[1] * abs(memory[0]) - found) / length
        for point in range(points):
            multiplier[point] += step * direction[point]


@compiled
def fix(
    work: Relaxation,
    multiplier: FloatArray,
    cutoff: float,
    is_possible: npt.NDArray[np.bool_],
    either: FloatArray,
) -> float:
    """Settle sites, and pairs of site and point where points are served whole, by what the bound says of the other way.

    Args:
        work: `state` changes.
        multiplier: at which the bound is taken.
        cutoff: plans that cost more are not looked for.
        either: (2, sites): bound where a free site is closed, and where it is opened.
        is_possible: (sites, points): set False where no plan within the cutoff serves the point from the site.

    Returns:
        The bound at these multipliers.
    """
    total, wanted = 0.0, 0.0
    for point in range(len(multiplier)):
        total += multiplier[point]
        wanted += work.demand[point]
    found = bound(work, multiplier)
    single = work.limits[2] == 1
    for site in range(len(work.fixed)):
        if work.state[site] == CLOSED:
            is_possible[site, :] = False
            continue
        opened = total + _choice(work, site, True, wanted)
        if work.state[site] == FREE:
            closed = total + _choice(work, site, False, wanted)
            either[0, site], either[1, site] = closed, opened
            if opened > cutoff:
                work.state[site] = CLOSED
                is_possible[site, :] = False
                continue
            if closed > cutoff:
                work.state[site] = OPEN
        if not single:
            continue
        gained = work.fixed[site] - work.value[site]
        for point in range(len(multiplier)):
            if not is_possible[site, point] or work.share[site, point] == 1.0:
                continue
            room = work.capacity[site] - work.demand[point]
            if room < 0.0 or work.cost[site, point] == np.inf:
                is_possible[site, point] = False
                continue
            # The order of the bound's own knapsack still stands; the point at hand is left out of it.
            count = 0
            for place in range(len(multiplier)):
                other = work.order[site, place]
                gain = multiplier[other] - work.cost[site, other]
                if gain <= 0.0:
                    break
                if other != point:
                    work.profit[count] = gain
                    work.size[count] = work.demand[other]
                    count += 1
            with_it = multiplier[point] - work.cost[site, point]
            if opened + gained - with_it - linear_knapsack(count, work.profit, work.size, room) > cutoff:
                is_possible[site, point] = False
                continue
            whole = whole_knapsack(count, work.profit, work.size, room, work.chosen, work.kept)
            if opened + gained - with_it - whole > cutoff:
                is_possible[site, point] = False
    return found


__all__ = ["CLOSED", "FREE", "OPEN", "FloatArray", "IntArray", "Relaxation", "bound", "climb", "fix"]
