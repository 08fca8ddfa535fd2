"""From a plain problem to the arrays of the compiled search, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimize.arguments import IntArray
from optimize.routing.plain.arrays import (
    BEST_COST,
    BEST_MISSING,
    COST,
    COUNTDOWN,
    FREE_ROWS,
    LENGTH,
    MISSING,
    NEVER,
    TALLIES,
    USED_SLOTS,
    VERSION,
    WINDOWS,
    Best,
    BitArray,
    Ground,
    LegArray,
    Memory,
    NodeArray,
    Pool,
    Rows,
    Solution,
    State,
)  # fmt: skip
from optimize.routing.plain.problem import PlainProblem, PlainRoute
from optimize.routing.plain.routes import measure

_NEIGHBOURS = 100
_POOL_CELLS = 2**22
_POOL_ROUTES = 2**13
_FIRST_BLINK = 100
_RANDOM, _DEMAND, _FAR, _CLOSE = 4, 4, 2, 1
_WIDTH, _START, _END = 2, 2, 2
"""Weights of the orders of insertion (paper, section 4.2 and 5.5)."""


def build_ground(problem: PlainProblem) -> Ground:
    """Lay a problem out for the search.

    Args:
        problem: The problem.

    Returns:
        Its arrays. Legs take 32 bits, which loses nothing (see `LARGEST_LEG`).
    """
    depots = problem.depot_count
    cost = problem.cost.astype(np.int32)
    cost_to = cost if (cost == cost.T).all() else np.ascontiguousarray(cost.T)
    if np.array_equal(problem.travel, problem.cost):
        travel, travel_to = cost, cost_to
    else:
        travel = problem.travel.astype(np.int32)
        travel_to = travel if (travel == travel.T).all() else np.ascontiguousarray(travel.T)
    none = np.zeros(depots, np.int64)
    windows = WINDOWS if problem.has_windows else 0
    limits_length = problem.longest_route is not None
    ranks, weights = _orders(problem)
    return Ground(
        cost=cost,
        cost_to=cost_to,
        travel=travel,
        travel_to=travel_to,
        demand=np.concatenate((none, problem.demand)),
        service=np.concatenate((none, problem.service)),
        opens=np.concatenate((problem.depot_opens, problem.opens)),
        closes=np.concatenate((problem.depot_closes, problem.closes)),
        capacity=problem.capacity,
        fleet=np.where(problem.vehicles < 0, problem.stop_count, problem.vehicles),
        alone=costs_alone(problem),
        near=_nearest(problem),
        ranks=ranks,
        order_weights=weights,
        bits=_random_bits(np.arange(depots + problem.stop_count)),
        longest_route=problem.longest_route or 0,
        timing=windows + (LENGTH if limits_length else 0),
    )


def costs_alone(problem: PlainProblem) -> IntArray:
    """Cost of a route with one stop, by depot and node; NEVER where it breaks a limit, and for depots."""
    depots = problem.depot_count
    out, back = problem.cost[:depots, depots:], problem.cost[depots:, :depots].T
    there, home = problem.travel[:depots, depots:], problem.travel[depots:, :depots].T
    start = np.maximum(problem.opens, problem.depot_opens[:, None] + there)
    fits = problem.demand <= problem.capacity[:, None]
    fits &= (start <= problem.closes) & (start + problem.service + home <= problem.depot_closes[:, None])
    if problem.longest_route is not None:
        fits &= there + problem.service + home <= problem.longest_route
    alone = np.full((depots, depots + problem.stop_count), NEVER)
    alone[:, depots:] = np.where(fits, out + back, NEVER)
    return alone


def _nearest(problem: PlainProblem) -> NodeArray:
    depots = problem.depot_count
    between = problem.cost[depots:, depots:]
    both_ways = between + between.T
    np.fill_diagonal(both_ways, -1)
    near = np.argsort(both_ways, axis=1, kind="stable")[:, :_NEIGHBOURS] + depots
    return np.concatenate((np.zeros((depots, near.shape[1]), np.int64), near)).astype(np.uint32)


def _orders(problem: PlainProblem) -> tuple[NodeArray, IntArray]:
    depots = problem.depot_count
    from_depot = problem.cost[:depots, depots:].min(axis=0)
    keys = [(-problem.demand, _DEMAND), (-from_depot, _FAR), (from_depot, _CLOSE)]
    if problem.has_windows:
        width = problem.closes - problem.opens
        keys += [(width, _WIDTH), (problem.opens, _START), (-problem.closes, _END)]
    ranks = np.zeros((len(keys), depots + problem.stop_count), np.uint32)
    for order, (key, _) in enumerate(keys):
        ranks[order, depots + np.argsort(key, kind="stable")] = np.arange(problem.stop_count)
    return ranks, np.cumsum([_RANDOM, *(weight for _, weight in keys)])


def _random_bits(numbers: IntArray) -> BitArray:
    """Bits that a number names: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators"."""
    with np.errstate(over="ignore"):
        z = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def build_state(problem: PlainProblem, ground: Ground, seed: int, start: Sequence[PlainRoute]) -> State:
    """A search that has not begun.

    Args:
        problem: The problem.
        ground: Its arrays.
        seed: Of the random generator.
        start: Routes to begin with, feasible; stops in none of them are missing at first.

    Returns:
        The state. The first step inserts what is missing.
    """
    nodes, depots, stops = len(ground.demand), problem.depot_count, problem.stop_count
    slots = int(min(stops, ground.fleet.sum()))
    rows, width = 2 * slots + 1, _width(problem)
    timed = width if ground.timing >= WINDOWS else 1
    measured = width if ground.timing == WINDOWS + LENGTH else 1
    pool = min(_POOL_ROUTES, 2 ** int(np.log2(_POOL_CELLS / width)))
    state = State(
        rows=Rows(
            stops=_nodes(rows, width), leg=_legs(rows, width),
            ready=_zeros(rows, timed), latest=_zeros(rows, timed), head=_zeros(rows, measured, 3),
            tail=_zeros(rows, measured, 3), length=_zeros(rows), room=_zeros(rows) - 1, cost=_zeros(rows),
            busy=_zeros(rows), depot=_zeros(rows), version=_zeros(rows),
        ),
        now=Solution(
            row_of=np.arange(slots, dtype=np.uint32), old_row=_nodes(slots),
            touched_at=_zeros(slots), touched=_nodes(slots),
            free_rows=np.arange(slots, slots + rows, dtype=np.uint32), slot_of=_zeros(nodes) - 1,
            position=_zeros(nodes), removed=_nodes(nodes), missing=_nodes(nodes),
            still_missing=_nodes(nodes), absences=_zeros(nodes), vehicles=_zeros(depots),
            old_vehicles=_zeros(depots),
        ),
        memory=Memory(_zeros(nodes, rows), _zeros(nodes, rows), _legs(nodes, rows)),
        best=Best(_nodes(slots, width), _zeros(slots), _zeros(slots), _zeros(slots)),
        pool=Pool(
            np.zeros(pool, np.uint64), _zeros(pool), _zeros(pool), _zeros(pool),
            _nodes(pool, width),
        ),
        tally=_zeros(TALLIES),
        random=np.maximum(_random_bits(np.array([seed])), np.uint64(1)),
    )  # fmt: skip
    state.tally[FREE_ROWS] = rows - slots
    state.tally[COUNTDOWN] = _FIRST_BLINK
    _fill(problem, ground, state, start)
    return state


def _zeros(*shape: int) -> IntArray:
    return np.zeros(shape, np.int64)


def _nodes(*shape: int) -> NodeArray:
    return np.zeros(shape, np.uint32)


def _legs(*shape: int) -> LegArray:
    return np.zeros(shape, np.int32)


def _width(problem: PlainProblem) -> int:
    """Positions of the longest row: as many of the smallest loads as a vehicle takes, and the depot twice."""
    loads = np.cumsum(np.sort(problem.demand))
    most = int(np.searchsorted(loads, problem.capacity.max(), side="right"))
    lines = (most + 3 + 15) // 16
    return 16 * (lines + 1 - lines % 2)  # an odd number of cache lines spreads rows over the cache


def _fill(problem: PlainProblem, ground: Ground, state: State, start: Sequence[PlainRoute]) -> None:
    depots, rows, now, tally = problem.depot_count, state.rows, state.now, state.tally
    for slot, route in enumerate(start):
        nodes = np.array(route.stops) + depots
        rows.length[slot] = len(nodes)
        rows.depot[slot] = route.depot
        rows.stops[slot, 0] = route.depot
        rows.stops[slot, 1 : len(nodes) + 1] = nodes
        rows.stops[slot, len(nodes) + 1] = route.depot
        now.slot_of[nodes] = slot
        now.position[nodes] = np.arange(1, len(nodes) + 1)
        now.vehicles[route.depot] += 1
        measure(ground, rows, slot)
        tally[VERSION] += 1
        rows.version[slot] = tally[VERSION]
        tally[COST] += rows.cost[slot]
    given = len(start)
    missing = np.flatnonzero(now.slot_of[depots:] < 0) + depots
    now.missing[: len(missing)] = missing
    tally[USED_SLOTS], tally[MISSING], tally[BEST_MISSING] = given, len(missing), len(missing)
    tally[BEST_COST] = tally[COST]
    state.best.stops[:given] = rows.stops[:given]
    state.best.length[:given] = rows.length[:given]
    state.best.depot[:given] = rows.depot[:given]
    state.best.version[:given] = rows.version[:given]


def best_routes(problem: PlainProblem, state: State) -> tuple[PlainRoute, ...]:
    """The routes of the best solution, sorted by depot and first stop."""
    best, depots = state.best, problem.depot_count
    routes = []
    for slot in np.flatnonzero(best.length).tolist():
        depot = int(best.depot[slot])
        nodes = best.stops[slot, 1 : best.length[slot] + 1].tolist()
        tour = [depot, *nodes, depot]
        cost = int(problem.cost[tour[:-1], tour[1:]].sum())
        routes.append(PlainRoute(depot, tuple(node - depots for node in nodes), cost))
    return tuple(sorted(routes, key=_order))


def pooled_routes(problem: PlainProblem, state: State, first: Sequence[PlainRoute]) -> tuple[PlainRoute, ...]:
    """Those routes and, after them, all others of the pool with other stops or another depot."""
    pool, depots = state.pool, problem.depot_count
    taken = np.flatnonzero(pool.key)
    rows = zip(
        pool.depot[taken].tolist(), pool.stops[taken], pool.length[taken].tolist(), pool.cost[taken].tolist(),
        strict=True,
    )  # fmt: skip
    known = {(route.depot, frozenset(route.stops)) for route in first}
    others = [
        PlainRoute(depot, tuple(node - depots for node in nodes[:length].tolist()), cost)
        for depot, nodes, length, cost in rows
    ]
    kept = [route for route in others if (route.depot, frozenset(route.stops)) not in known]
    return (*first, *sorted(kept, key=_order))


def _order(route: PlainRoute) -> tuple[int, tuple[int, ...]]:
    return route.depot, route.stops


__all__ = ["best_routes", "build_ground", "build_state", "costs_alone", "pooled_routes"]
