"""Small plain routing problems, and their optimum by trying everything."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, permutations

import numpy as np

from optimize.arguments import IntArray
from optimize.routing.plain.problem import PlainProblem, plain_problem

LAST_DEPARTURE = 400
"""No window of these problems is open later."""


def shortest_paths(legs: IntArray) -> IntArray:
    """The least sum of legs from each node to each other one (Floyd 1962)."""
    least = legs.copy()
    np.fill_diagonal(least, 0)
    for via in range(len(least)):
        least = np.minimum(least, least[:, via : via + 1] + least[via])
    return least


def random_problem(
    seed: int,
    stops: int = 5,
    depots: int = 1,
    *,
    windows: bool = False,
    longest: bool = False,
    symmetric: bool = True,
    vehicles: int = -1,
) -> PlainProblem:
    """A problem of random places, or of shortest paths that differ by direction and between cost and time."""
    random = np.random.default_rng(seed)
    nodes = stops + depots
    if symmetric:
        places = random.integers(0, 100, (nodes, 2))
        cost = np.rint(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)))
        travel = cost
    else:
        cost, travel = (shortest_paths(random.integers(1, 100, (nodes, nodes))) for _ in range(2))
    opens = random.integers(0, 200, stops) if windows else 0
    closes = opens + random.integers(20, 150, stops) if windows else 2**48
    return plain_problem(
        cost, random.integers(1, 10, stops), random.integers(12, 25, depots), travel=travel,
        service=random.integers(0, 20, stops), opens=opens, closes=closes, vehicles=vehicles,
        depot_closes=400 if windows else 2**48, longest_route=int(random.integers(220, 320)) if longest else None,
    )  # fmt: skip


def route_cost(problem: PlainProblem, depot: int, stops: tuple[int, ...]) -> int | None:
    """Cost of a route, None if it breaks a rule."""
    if sum(problem.demand[list(stops)]) > problem.capacity[depot]:
        return None
    nodes = [depot, *(stop + problem.depot_count for stop in stops), depot]
    departs = int(problem.depot_opens[depot])
    if not _is_on_time(problem, nodes, departs):
        return None
    limit = problem.longest_route
    if limit is not None:
        while _starts(problem, nodes, departs)[1] - departs > limit and _is_on_time(problem, nodes, departs):
            departs += 1
            if departs > LAST_DEPARTURE:
                return None
        if not _is_on_time(problem, nodes, departs):
            return None
    return int(sum(problem.cost[here, there] for here, there in pairwise(nodes)))


def _starts(problem: PlainProblem, nodes: list[int], departs: int) -> tuple[list[int], int]:
    clock, starts = departs, []
    for here, there in pairwise(nodes[:-1]):
        stop = there - problem.depot_count
        clock = max(clock + int(problem.travel[here, there]), int(problem.opens[stop]))
        starts.append(clock)
        clock += int(problem.service[stop])
    return starts, clock + int(problem.travel[nodes[-2], nodes[-1]])


def _is_on_time(problem: PlainProblem, nodes: list[int], departs: int) -> bool:
    starts, back = _starts(problem, nodes, departs)
    closes = [int(problem.closes[node - problem.depot_count]) for node in nodes[1:-1]]
    return back <= problem.depot_closes[nodes[0]] and all(
        start <= close for start, close in zip(starts, closes, strict=True)
    )


def optimum(problem: PlainProblem) -> tuple[int, int]:
    """Fewest stops left out, and the least cost with as few."""
    best: dict[tuple[int, int], int] = {}
    for mask in range(1, 2**problem.stop_count):
        members = [stop for stop in range(problem.stop_count) if mask >> stop & 1]
        for depot in range(problem.depot_count):
            costs = [route_cost(problem, depot, order) for order in permutations(members)]
            feasible = [cost for cost in costs if cost is not None]
            if feasible:
                best[mask, depot] = min(feasible)

    @cache
    def rest(mask: int, used: tuple[int, ...]) -> tuple[int, int]:
        if mask == 0:
            return 0, 0
        lowest = mask & -mask
        missing, cost = rest(mask ^ lowest, used)
        found = (missing + 1, cost)
        for (members, depot), price in best.items():
            limit = int(problem.vehicles[depot])
            if members & lowest and members & mask == members and (limit < 0 or used[depot] < limit):
                then = tuple(count + (place == depot) for place, count in enumerate(used))
                missing, cost = rest(mask ^ members, then)
                found = min(found, (missing, cost + price))
        return found

    return rest(2**problem.stop_count - 1, (0,) * problem.depot_count)
