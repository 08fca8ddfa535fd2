"""Plain routes finished: the best set of all routes that a search met, and how far from the best plan there is.

The routes that the bound was made of join the choice: where the linear program has little gap, they are those of the
best plans.

Routes that may drive past a stop for nothing - no leg is cheaper or quicker over a stop than directly - may overlap in
the choice: each stop that two of them visit leaves the one that it is dearer to visit on. Then the choice is among more
plans than the pool spells out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.arguments import FloatArray, IntArray
from optimize.routing.bounds.column_generation import RouteBound, lower_bound
from optimize.routing.partitioning import PoolChoice, best_of_pool
from optimize.routing.plain.problem import LARGEST_AMOUNT, PlainProblem, PlainRoute, PlainSolution
from optimize.solving import Progress, no_progress
from scenarios import SolveStatus

_GAP = 1e-9


@dataclass(frozen=True, eq=False)
class PlainFinish:
    """A solution, and what is known about the best one."""

    solution: PlainSolution
    """Never dearer than the one that was to be finished; its pool is the same."""
    status: SolveStatus
    """`OPTIMAL` where no plan costs less than this one, `INFEASIBLE` where stops are left out, else `FEASIBLE`."""
    bound: float
    """No plan that serves all stops costs less; 0 where nothing is known."""
    gap: float
    """(cost - bound) / cost; 1 where stops are left out, for then costs say nothing."""
    gain: int
    """By how much the choice is cheaper than the solution that was to be finished."""
    is_best_of_pool: bool
    """Whether no choice among the pool's routes and those of the bound is cheaper."""
    stop_duals: FloatArray
    """(n,) what a stop adds to the bound."""


def finish(
    problem: PlainProblem,
    solution: PlainSolution,
    work_limit: int = 400_000_000,
    *,
    nodes: int = 200,
    seed: int = 1,
    progress: Progress = no_progress,
) -> PlainFinish:
    """Choose the best set of the routes in a solution's pool, and bound the cost of any plan.

    Args:
        problem: What was to be solved.
        solution: A solution without broken rules, with its pool.
        work_limit: Most steps for the bound: about 200 to 400 million a second; 0 = no bound.
        nodes: Most nodes of branch and bound for the choice.
        seed: Of the choice.
        progress: Told about both.

    Returns:
        The finished solution. Where stops are left out, it is as it was: a choice among the same routes would only
        leave out others.
    """
    if solution.unserved or not solution.routes:
        is_done = not solution.routes and not solution.unserved
        status = SolveStatus.OPTIMAL if is_done else SolveStatus.INFEASIBLE
        return PlainFinish(
            solution, status, 0.0, 0.0 if is_done else 1.0, 0, False, np.zeros(problem.stop_count)
        )
    routes = _distinct([*solution.routes, *solution.pool])
    found = _bound(problem, routes, work_limit, progress) if work_limit > 0 else None
    if found is not None:
        routes = _distinct([*routes, *_drivable(problem, found)])
    choice = _choose(problem, routes, len(solution.routes), nodes, seed, progress)
    better = _without_overlaps(problem, [routes[index] for index in choice.chosen])
    cost = sum(route.cost for route in better)
    finished = solution
    if cost < solution.cost:
        finished = replace(solution, routes=better, cost=cost)
    bound = 0.0 if found is None else min(found.bound, float(finished.cost))
    gap = (finished.cost - bound) / finished.cost if finished.cost > 0 else 0.0
    return PlainFinish(
        solution=finished,
        status=SolveStatus.OPTIMAL if gap <= _GAP else SolveStatus.FEASIBLE,
        bound=bound,
        gap=gap,
        gain=solution.cost - finished.cost,
        is_best_of_pool=choice.status is SolveStatus.OPTIMAL,
        stop_duals=choice.stop_duals if found is None else found.stop_duals[problem.depot_count :],
    )


def skipping_is_free(problem: PlainProblem) -> bool:
    """Whether leaving out a stop never makes a route dearer or later: both matrices keep the triangle inequality."""
    for legs in (problem.cost, problem.travel):
        for stop in range(problem.depot_count, len(legs)):
            if (legs > legs[:, stop, None] + legs[None, stop, :]).any():
                return False
    return True


def _distinct(routes: Sequence[PlainRoute]) -> list[PlainRoute]:
    """Routes without copies, the first ones first."""
    return list({(route.depot, route.stops): route for route in routes}.values())


def _drivable(problem: PlainProblem, found: RouteBound) -> list[PlainRoute]:
    """Routes of the bound that a vehicle can drive: it may have visited a stop twice, and waited too long."""
    routes = []
    for places, depot in found.routes:
        stops = [int(place) - problem.depot_count for place in places]
        if len(set(stops)) == len(stops) and _is_on_time(problem, depot, stops):
            routes.append(PlainRoute(depot, tuple(stops), _route_cost(problem, depot, stops)))
    return routes


def _is_on_time(problem: PlainProblem, depot: int, stops: list[int]) -> bool:
    """Whether a route keeps its limits if it departs at once: later departures, which shorten it, are not tried."""
    if problem.demand[stops].sum() > problem.capacity[depot]:
        return False
    clock, here = int(problem.depot_opens[depot]), depot
    for stop in stops:
        there = stop + problem.depot_count
        clock = max(clock + int(problem.travel[here, there]), int(problem.opens[stop]))
        if clock > problem.closes[stop]:
            return False
        clock, here = clock + int(problem.service[stop]), there
    clock += int(problem.travel[here, depot])
    is_short = problem.longest_route is None or clock - problem.depot_opens[depot] <= problem.longest_route
    return bool(clock <= problem.depot_closes[depot] and is_short)


def _choose(
    problem: PlainProblem, routes: list[PlainRoute], incumbent: int, nodes: int, seed: int, progress: Progress
) -> PoolChoice:
    """The best set of routes, which begins with those of the incumbent."""
    is_limited = bool((problem.vehicles >= 0).any())
    limits = np.where(problem.vehicles < 0, problem.stop_count, problem.vehicles)
    return best_of_pool(
        [float(route.cost) for route in routes],
        [np.array(route.stops, dtype=np.int64) for route in routes],
        problem.stop_count,
        group=np.array([route.depot for route in routes]) if is_limited else None,
        group_limits=limits if is_limited else None,
        start=tuple(range(incumbent)),
        is_covering=skipping_is_free(problem),
        work_limit=nodes,
        seed=seed,
        progress=progress,
    )


def _without_overlaps(problem: PlainProblem, routes: list[PlainRoute]) -> tuple[PlainRoute, ...]:
    """Take each stop that several routes visit out of all but one, the greatest saving first."""
    visited = [list(route.stops) for route in routes]
    times = Counter(stop for stops in visited for stop in stops)
    while True:
        savings = [
            (_saving(problem, routes[number].depot, stops, place), -number, -place)
            for number, stops in enumerate(visited)
            for place, stop in enumerate(stops)
            if times[stop] > 1
        ]
        if not savings:
            break
        _, number, place = max(savings)
        times[visited[-number].pop(-place)] -= 1
    kept = [
        PlainRoute(route.depot, tuple(stops), _route_cost(problem, route.depot, stops))
        for route, stops in zip(routes, visited, strict=True)
        if stops
    ]
    return tuple(sorted(kept, key=lambda route: (route.depot, route.stops[0])))


def _saving(problem: PlainProblem, depot: int, stops: list[int], place: int) -> int:
    less = stops[:place] + stops[place + 1 :]
    return _route_cost(problem, depot, stops) - _route_cost(problem, depot, less)


def _route_cost(problem: PlainProblem, depot: int, stops: Sequence[int]) -> int:
    nodes = np.array([depot, *(stop + problem.depot_count for stop in stops), depot])
    return int(problem.cost[nodes[:-1], nodes[1:]].sum()) if len(stops) else 0


def _bound(
    problem: PlainProblem, routes: list[PlainRoute], work_limit: int, progress: Progress
) -> RouteBound:
    """The bound by column generation, which begins with the routes of the pool."""
    depots = problem.depot_count

    def with_depots(at_depots: IntArray, at_stops: IntArray) -> FloatArray:
        return np.concatenate([at_depots, at_stops]).astype(np.float64)

    nothing = np.zeros(depots, dtype=np.int64)
    closes = with_depots(problem.depot_closes, problem.closes)
    return lower_bound(
        problem.cost,
        problem.travel,
        with_depots(nothing, problem.demand),
        problem.capacity,
        with_depots(problem.depot_opens, problem.opens),
        np.where(closes >= LARGEST_AMOUNT, np.inf, closes),
        with_depots(nothing, problem.service),
        range(depots),
        np.where(problem.vehicles < 0, problem.stop_count, problem.vehicles).tolist(),
        math.inf if problem.longest_route is None else problem.longest_route,
        [(tuple(stop + depots for stop in route.stops), route.depot) for route in routes],
        work_limit=work_limit,
        progress=progress,
    )


__all__ = ["PlainFinish", "finish", "skipping_is_free"]
