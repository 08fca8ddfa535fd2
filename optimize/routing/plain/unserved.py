"""Why stops are in no route, and what would bring them into one."""

from __future__ import annotations

from collections.abc import Sequence

from optimize.routing.plain.problem import PlainProblem, PlainReason, PlainRoute, PlainUnserved


def unserved_stops(problem: PlainProblem, routes: Sequence[PlainRoute]) -> tuple[PlainUnserved, ...]:
    """Explain every stop that no route visits.

    Args:
        problem: The problem.
        routes: All routes.

    Returns:
        One entry a stop, sorted. A stop that would fit a route of its own lacks a vehicle for it.
    """
    served = {stop for route in routes for stop in route.stops}
    missing = sorted(set(range(problem.stop_count)) - served)
    return tuple(_explained(problem, stop) for stop in missing)


def _explained(problem: PlainProblem, stop: int) -> PlainUnserved:
    """By the depot that comes furthest, and among those by the one that needs the smallest relaxation."""
    needs = [_shortage(problem, depot, stop) for depot in range(problem.depot_count)]
    reasons = list(PlainReason)
    reason, short_by = max(needs, key=lambda need: (reasons.index(need[0]), -need[1]))
    return PlainUnserved(stop, reason, short_by)


def _shortage(problem: PlainProblem, depot: int, stop: int) -> tuple[PlainReason, int]:
    node = problem.depot_count + stop
    overload = int(problem.demand[stop] - problem.capacity[depot])
    if overload > 0:
        return PlainReason.CAPACITY, overload
    there, back = int(problem.travel[depot, node]), int(problem.travel[node, depot])
    service = int(problem.service[stop])
    start = max(int(problem.opens[stop]), int(problem.depot_opens[depot]) + there)
    late = max(start - int(problem.closes[stop]), start + service + back - int(problem.depot_closes[depot]))
    if late > 0:
        return PlainReason.TIME_WINDOW, late
    limit = problem.longest_route
    if limit is not None and there + service + back > limit:
        return PlainReason.LONGEST_ROUTE, there + service + back - limit
    return PlainReason.FLEET, 1


__all__ = ["unserved_stops"]
