"""Compiled steps of the p-median search: the Lagrangean dual, reduced-cost fixing, and shortening of lists.

Sites j have a state (free, open, closed); p of them are open in the end, at least l_r in region r. With multipliers u
of the rows "each customer i is served once" the relaxation is (Cornuejols, Fisher and Nemhauser, 1977)

    L(u) = sum_i u_i + min { sum_{j in S} rho_j : S allowed },   rho_j = sum_i min(0, c_ij - u_i).

Allowed sets are the bases of a matroid, so that S is found greedily, and forcing one site in or out costs the best
exchange with one other: that is what fixing by reduced costs needs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray
from optimize.compilation import compiled
from optimize.network.site_rules import CLOSED, FREE, OPEN

ByteArray = npt.NDArray[np.int8]
RowArray = npt.NDArray[np.int32]

OUT_OF_REACH, SHARP, STALLED, WORKING = 0, 1, 2, 3
"""How an ascent ended: no plan is below the cutoff; the chosen sites are optimal; nothing more to gain; not at all."""

ROUND = 20
"""Iterations of ascent between two times of fixing."""

_FAR = 5.0
_MEMORY = 0.1
_LEAST_STEP = 1e-4


class Near(NamedTuple):
    """Sites of each customer, nearest first, as far as they matter."""

    site: RowArray
    """(customers, width)"""
    cost: FloatArray
    """(customers, width)"""
    reach: IntArray
    """(customers,) how many are listed."""
    last: FloatArray
    """(customers,) cost of the nearest open site, or of the farthest of all; only nearer ones are listed."""


class Allowed(NamedTuple):
    """Which sets of sites are allowed."""

    sites: int
    """How many are open."""
    region: IntArray
    """(sites,)"""
    least: IntArray
    """(regions,)"""


class Dual(NamedTuple):
    """Multipliers, the best of them, and what the relaxation chooses there."""

    now: FloatArray
    """(customers,) present multipliers."""
    best: FloatArray
    """(customers,) those of the best bound."""
    reduced_cost: FloatArray
    """(sites,) rho at the best."""
    chosen: ByteArray
    """(sites,) S at the best."""
    often: FloatArray
    """(sites,) how often each was chosen of late, from 0 to 1."""
    figures: FloatArray
    """Best bound, length of steps, iterations without a better one."""


class Room(NamedTuple):
    """Space to work in."""

    reduced_cost: FloatArray
    chosen: ByteArray
    rows: IntArray
    in_region: IntArray
    slack: FloatArray


@compiled
def smallest(values: FloatArray, rows: IntArray, start: int, stop: int, wanted: int) -> None:
    """Bring the `wanted` rows of least value to the front of rows[start:stop] (Hoare's selection)."""
    low, high, last = start, stop - 1, start + wanted - 1
    while low < high:
        pivot = values[rows[(low + high) // 2]]
        left, right = low, high
        while left <= right:
            while values[rows[left]] < pivot:
                left += 1
            while values[rows[right]] > pivot:
                right -= 1
            if left <= right:
                rows[left], rows[right] = rows[right], rows[left]
                left += 1
                right -= 1
        if last <= right:
            high = right
        elif last >= left:
            low = left
        else:
            return


@compiled
def choose(reduced_cost: FloatArray, kind: ByteArray, allowed: Allowed, room: Room) -> float:
    """Find the allowed set of least reduced cost: what regions need first, then the best of all others.

    Args:
        reduced_cost: (sites,)
        kind: (sites,) state of each.
        allowed: the allowed sets; one within the states has to exist.
        room: its `chosen` is written.

    Returns:
        Sum over the set.
    """
    sites = kind.shape[0]
    total, missing = 0.0, allowed.sites
    for region in range(allowed.least.shape[0]):
        room.in_region[region] = 0
    for site in range(sites):
        room.chosen[site] = kind[site] == OPEN
        if kind[site] == OPEN:
            total += reduced_cost[site]
            missing -= 1
            room.in_region[allowed.region[site]] += 1
    for region in range(allowed.least.shape[0]):
        needed = allowed.least[region] - room.in_region[region]
        if needed > 0:
            found = 0
            for site in range(sites):
                if kind[site] == FREE and allowed.region[site] == region:
                    room.rows[found] = site
                    found += 1
            smallest(reduced_cost, room.rows, 0, found, needed)
            for place in range(needed):
                room.chosen[room.rows[place]] = 1
                total += reduced_cost[room.rows[place]]
            missing -= needed
    found = 0
    for site in range(sites):
        if kind[site] == FREE and not room.chosen[site]:
            room.rows[found] = site
            found += 1
    smallest(reduced_cost, room.rows, 0, found, missing)
    for place in range(missing):
        room.chosen[room.rows[place]] = 1
        total += reduced_cost[room.rows[place]]
    return total


@compiled
def keep(dual: Dual, room: Room, value: float) -> None:
    """The present multipliers are the best so far."""
    dual.figures[0] = value
    for customer in range(dual.now.shape[0]):
        dual.best[customer] = dual.now[customer]
    for site in range(dual.chosen.shape[0]):
        dual.reduced_cost[site] = room.reduced_cost[site]
        dual.chosen[site] = room.chosen[site]


@compiled
def ascend(
    near: Near, kind: ByteArray, allowed: Allowed, dual: Dual, room: Room, upper: float, cutoff: float,
    iterations: int, patience: int,
) -> tuple[int, int]:  # fmt: skip
    """Raise the bound by subgradient steps (Held, Wolfe and Crowder, 1974).

    Args:
        near: sites of each customer.
        kind: (sites,) state of each.
        allowed: the allowed sets.
        dual: multipliers; written.
        room: space to work in.
        upper: cost of the best plan known, towards which steps aim.
        cutoff: a bound above it ends the ascent.
        iterations: at most so many.
        patience: iterations without a better bound after which steps are halved.

    Returns:
        How it ended, and how many iterations it took.
    """
    customers, sites = dual.now.shape[0], kind.shape[0]
    u = dual.now
    for iteration in range(iterations):
        for site in range(sites):
            room.reduced_cost[site] = 0.0
        value = 0.0
        for customer in range(customers):
            # No multiplier above this cost helps: a site that serves at it is always open, or all others do.
            u[customer] = min(u[customer], near.last[customer])
            value += u[customer]
            for place in range(near.reach[customer]):
                saved = near.cost[customer, place] - u[customer]
                if saved >= 0.0:
                    break
                room.reduced_cost[near.site[customer, place]] += saved
        value += choose(room.reduced_cost, kind, allowed, room)
        for site in range(sites):
            dual.often[site] += _MEMORY * (room.chosen[site] - dual.often[site])
        dual.figures[2] += 1.0
        if value > dual.figures[0]:
            if value > dual.figures[0] + 1e-7 * abs(value):
                dual.figures[2] = 0.0
            keep(dual, room, value)
            if value > cutoff:
                return OUT_OF_REACH, iteration + 1
        elif dual.figures[2] >= patience:
            dual.figures[1] *= 0.5
            dual.figures[2] = 0.0
            for customer in range(customers):
                u[customer] = dual.best[customer]
            if dual.figures[1] < _LEAST_STEP:
                return STALLED, iteration + 1
        norm = 0.0
        for customer in range(customers):
            slack = 1.0
            for place in range(near.reach[customer]):
                if near.cost[customer, place] >= u[customer]:
                    break
                slack -= room.chosen[near.site[customer, place]]
            if slack > 0.0 and u[customer] >= near.last[customer]:
                slack = 0.0
            room.slack[customer] = slack
            norm += slack * slack
        if norm == 0.0:
            keep(dual, room, value)
            return SHARP, iteration + 1
        step = dual.figures[1] * max(upper - value, 0.0) / norm
        for customer in range(customers):
            least = near.cost[customer, 0] if near.reach[customer] > 0 else near.last[customer]
            u[customer] = max(u[customer] + step * room.slack[customer], least)
    return WORKING, iterations


@compiled
def fix(kind: ByteArray, allowed: Allowed, dual: Dual, room: Room, cutoff: float) -> int:
    """Close sites, and open them, where the other choice lifts the bound above the cutoff.

    Args:
        kind: (sites,) state of each; written.
        allowed: the allowed sets.
        dual: the best bound and what it chooses.
        room: space to work in.
        cutoff: see above.

    Returns:
        How many were fixed.
    """
    sites, regions = kind.shape[0], allowed.least.shape[0]
    rho, bound = dual.reduced_cost, dual.figures[0]
    worst, best = room.slack[:regions], room.slack[regions : 2 * regions]
    for region in range(regions):
        worst[region], best[region] = -np.inf, np.inf
        room.in_region[region] = -allowed.least[region]
    for site in range(sites):
        region = allowed.region[site]
        room.in_region[region] += dual.chosen[site]
        if kind[site] == FREE and dual.chosen[site]:
            worst[region] = max(worst[region], rho[site])
        elif kind[site] == FREE:
            best[region] = min(best[region], rho[site])
    # A region with more than it needs may give one up to any other.
    worst_spare, best_of_all = -np.inf, np.inf
    for region in range(regions):
        best_of_all = min(best_of_all, best[region])
        if room.in_region[region] > 0:
            worst_spare = max(worst_spare, worst[region])
    fixed = 0
    for site in range(sites):
        if kind[site] != FREE:
            continue
        region = allowed.region[site]
        if dual.chosen[site]:
            enters = best_of_all if room.in_region[region] > 0 else best[region]
            if bound - rho[site] + enters > cutoff:
                kind[site] = OPEN
                fixed += 1
        elif bound + rho[site] - max(worst[region], worst_spare) > cutoff:
            kind[site] = CLOSED
            fixed += 1
    return fixed


@compiled
def shorten(near: Near, kind: ByteArray, shorter: Near) -> None:
    """Leave out closed sites, and all from the first open one on.

    Args:
        near: lists.
        kind: (sites,) state of each.
        shorter: written; may be the same lists.
    """
    for customer in range(near.reach.shape[0]):
        kept, last = 0, near.last[customer]
        for place in range(near.reach[customer]):
            site = near.site[customer, place]
            if kind[site] == CLOSED:
                continue
            if kind[site] == OPEN:
                last = near.cost[customer, place]
                break
            shorter.site[customer, kept] = site
            shorter.cost[customer, kept] = near.cost[customer, place]
            kept += 1
        # Others as near as the open one are no better than it.
        while kept > 0 and shorter.cost[customer, kept - 1] >= last:
            kept -= 1
        shorter.reach[customer], shorter.last[customer] = kept, last


@compiled
def bound_node(
    near: Near, kind: ByteArray, allowed: Allowed, dual: Dual, room: Room, upper: float, cutoff: float, rounds: int,
    most_rounds: int, patience: int,
) -> tuple[int, int]:  # fmt: skip
    """Ascend and fix in turn: for so many rounds, and on while the last gained a fifth of what is missing.

    Args:
        near: sites of each customer; shortened.
        kind: (sites,) state of each; written.
        allowed: the allowed sets.
        dual: multipliers to begin with; written.
        room: space to work in.
        upper: cost of the best plan known.
        cutoff: a bound above it ends the work.
        rounds: of ascent at least, unless it ends.
        most_rounds: of ascent at most.
        patience: see `ascend`.

    Returns:
        How the last ascent ended, and how many iterations all took.
    """
    outcome, spent, done = WORKING, 0, 0
    last = dual.figures[0]
    while outcome == WORKING and done < most_rounds:
        outcome, iterations = ascend(near, kind, allowed, dual, room, upper, cutoff, ROUND, patience)
        spent += iterations
        done += 1
        if outcome == OUT_OF_REACH:
            break
        if fix(kind, allowed, dual, room, cutoff) > 0:
            shorten(near, kind, near)
        if done >= rounds and _FAR * (dual.figures[0] - last) < cutoff - dual.figures[0]:
            break
        last = dual.figures[0]
    return outcome, spent


@compiled
def branching_site(kind: ByteArray, dual: Dual) -> int:
    """The free site that was chosen most often of late, of these the one of least reduced cost; -1 for none."""
    found = -1
    for site in range(kind.shape[0]):
        if kind[site] != FREE:
            continue
        if found >= 0:
            more = dual.often[site] - dual.often[found]
            if more < 0.0 or (more == 0.0 and dual.reduced_cost[site] >= dual.reduced_cost[found]):
                continue
        found = site
    return found


__all__ = [
    "OUT_OF_REACH", "ROUND", "SHARP", "STALLED", "WORKING", "Allowed", "ByteArray", "Dual", "Near", "Room", "ascend",
    "bound_node", "branching_site", "choose", "fix", "shorten",
]  # fmt: skip
