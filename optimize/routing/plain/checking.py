"""An independent check of plain solutions: it shares no code with what makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from optimize.broken import Broken
from optimize.routing.plain.problem import PlainProblem, PlainReason, PlainRoute, PlainSolution, PlainUnserved
from scenarios import SolveStatus


class PlainRule(Enum):
    """What a solution must keep."""

    EVERY_STOP_ONCE = "each stop is in one route or unserved, once"
    KNOWN_DEPOT = "the depot exists"
    NOT_EMPTY = "a route has stops"
    CAPACITY = "the load fits the vehicle"
    VEHICLES = "a depot has that many vehicles"
    WINDOW = "service starts in its window"
    RETURN = "the vehicle is back before its depot closes"
    LONGEST_ROUTE = "the route is not too long"
    ROUTE_COST = "the cost of a route is that of its legs"
    COST = "the cost is that of the routes"
    REASON = "the reason for leaving out a stop is true, and its relaxation the smallest"
    STATUS = "the status says whether all are served"
    POOL = "a route of the pool could be driven and costs what it says"


BrokenPlainRule = Broken[PlainRule]


def check_plain(problem: PlainProblem, solution: PlainSolution) -> tuple[BrokenPlainRule, ...]:
    """Find every rule that a solution breaks.

    Args:
        problem: What was to be solved.
        solution: The solution.

    Returns:
        Broken rules; empty for a good solution. Loads, times and totals are looked at only where the routes name
        existing stops and depots.
    """
    facts = _facts(problem)
    broken = list(_each_stop_once(facts, solution))
    for number, route in enumerate(solution.routes):
        broken += [BrokenPlainRule(rule, f"route {number}") for rule in _unknowns(facts, route)]
    if broken:
        return tuple(broken)
    for number, route in enumerate(solution.routes):
        broken += [BrokenPlainRule(rule, f"route {number}") for rule in _route_rules(facts, route)]
    for number, route in enumerate(solution.pool):
        if any(_unknowns(facts, route)) or _repeats(route) or any(_route_rules(facts, route)):
            broken.append(BrokenPlainRule(PlainRule.POOL, f"pool route {number}"))
    return (*broken, *_vehicles(facts, solution), *_totals(solution), *_reasons(facts, solution))


@dataclass(frozen=True)
class _Facts:
    """A problem in lists, of which single numbers are read several times faster than of arrays."""

    cost: list[list[int]]
    travel: list[list[int]]
    demand: list[int]
    service: list[int]
    opens: list[int]
    closes: list[int]
    capacity: list[int]
    vehicles: list[int]
    depot_opens: list[int]
    depot_closes: list[int]
    longest_route: int | None


def _facts(problem: PlainProblem) -> _Facts:
    return _Facts(
        problem.cost.tolist(), problem.travel.tolist(), problem.demand.tolist(), problem.service.tolist(),
        problem.opens.tolist(), problem.closes.tolist(), problem.capacity.tolist(), problem.vehicles.tolist(),
        problem.depot_opens.tolist(), problem.depot_closes.tolist(), problem.longest_route,
    )  # fmt: skip


def _each_stop_once(facts: _Facts, solution: PlainSolution) -> Iterator[BrokenPlainRule]:
    seen = Counter(stop for route in solution.routes for stop in route.stops)
    seen.update(left_out.stop for left_out in solution.unserved)
    for stop in sorted({*range(len(facts.demand)), *seen}):
        if seen[stop] != 1 or not 0 <= stop < len(facts.demand):
            yield BrokenPlainRule(PlainRule.EVERY_STOP_ONCE, f"stop {stop}")


def _unknowns(facts: _Facts, route: PlainRoute) -> Iterator[PlainRule]:
    if not 0 <= route.depot < len(facts.capacity):
        yield PlainRule.KNOWN_DEPOT
    if not route.stops:
        yield PlainRule.NOT_EMPTY
    if not all(0 <= stop < len(facts.demand) for stop in route.stops):
        yield PlainRule.EVERY_STOP_ONCE


def _repeats(route: PlainRoute) -> bool:
    return len(set(route.stops)) < len(route.stops)


def _route_rules(facts: _Facts, route: PlainRoute) -> Iterator[PlainRule]:
    depots = len(facts.capacity)
    nodes = [route.depot, *(stop + depots for stop in route.stops), route.depot]
    if sum(facts.demand[stop] for stop in route.stops) > facts.capacity[route.depot]:
        yield PlainRule.CAPACITY
    if sum(facts.cost[here][there] for here, there in pairwise(nodes)) != route.cost:
        yield PlainRule.ROUTE_COST
    back, is_late = _drive(facts, route, facts.depot_opens[route.depot])
    if is_late:
        yield PlainRule.WINDOW
    if back > facts.depot_closes[route.depot]:
        yield PlainRule.RETURN
    if facts.longest_route is not None and _shortest_time(facts, route) > facts.longest_route:
        yield PlainRule.LONGEST_ROUTE


def _drive(facts: _Facts, route: PlainRoute, departs: int) -> tuple[int, bool]:
    """Return to the depot of a vehicle that departs then, and whether it is late anywhere on the way."""
    clock, node, is_late = departs, route.depot, False
    for stop in route.stops:
        following = stop + len(facts.capacity)
        clock = max(clock + facts.travel[node][following], facts.opens[stop])
        is_late = is_late or clock > facts.closes[stop]
        clock += facts.service[stop]
        node = following
    return clock + facts.travel[node][route.depot], is_late


def _shortest_time(facts: _Facts, route: PlainRoute) -> int:
    """From departure to return, departing as late as brings it back as early as can be, but late nowhere.

    Departing later by one second brings the vehicle back later by none until all waiting is used up and by one from
    then on: both that second and the last without lateness are found by halving.
    """
    earliest = facts.depot_opens[route.depot]
    first_back, is_late = _drive(facts, route, earliest)
    if is_late:
        return first_back - earliest
    low, high = earliest, first_back
    while low < high:
        middle = (low + high + 1) // 2
        back, is_late = _drive(facts, route, middle)
        if back == first_back and not is_late:
            low = middle
        else:
            high = middle - 1
    return first_back - low


def _vehicles(facts: _Facts, solution: PlainSolution) -> Iterator[BrokenPlainRule]:
    used = Counter(route.depot for route in solution.routes)
    for depot, count in enumerate(facts.vehicles):
        if 0 <= count < used[depot]:
            yield BrokenPlainRule(PlainRule.VEHICLES, f"depot {depot}")


def _totals(solution: PlainSolution) -> Iterator[BrokenPlainRule]:
    if solution.cost != sum(route.cost for route in solution.routes):
        yield BrokenPlainRule(PlainRule.COST, "solution")
    expected = SolveStatus.INFEASIBLE if solution.unserved else SolveStatus.FEASIBLE
    if solution.status is not expected:
        yield BrokenPlainRule(PlainRule.STATUS, "solution")


def _reasons(facts: _Facts, solution: PlainSolution) -> Iterator[BrokenPlainRule]:
    for left_out in solution.unserved:
        if not any(_is_reason(facts, depot, left_out) for depot in range(len(facts.capacity))):
            yield BrokenPlainRule(PlainRule.REASON, f"stop {left_out.stop}")


def _is_reason(facts: _Facts, depot: int, left_out: PlainUnserved) -> bool:
    """Whether the stop alone breaks just the rules up to the reason from this depot, by the amount it says."""
    stop, alone = left_out.stop, PlainRoute(depot, (left_out.stop,), 0)
    back, _ = _drive(facts, alone, facts.depot_opens[depot])
    begun = back - facts.travel[stop + len(facts.capacity)][depot] - facts.service[stop]
    late = max(begun - facts.closes[stop], back - facts.depot_closes[depot])
    too_long = -1 if facts.longest_route is None else _shortest_time(facts, alone) - facts.longest_route
    expected = {
        PlainReason.CAPACITY: facts.demand[stop] - facts.capacity[depot],
        PlainReason.TIME_WINDOW: late,
        PlainReason.LONGEST_ROUTE: too_long,
    }
    for reason, short_by in expected.items():
        if short_by > 0:
            return left_out.reason is reason and left_out.short_by == short_by
    return left_out.reason is PlainReason.FLEET and left_out.short_by == 1


__all__ = ["BrokenPlainRule", "PlainRule", "check_plain"]
