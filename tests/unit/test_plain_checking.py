"""The checker catches every kind of broken solution."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimize.routing.plain.checking import PlainRule, check_plain
from optimize.routing.plain.problem import (
    PlainProblem,
    PlainReason,
    PlainRoute,
    PlainSolution,
    PlainUnserved,
    plain_problem,
)
from scenarios import SolveStatus

# Depots at 0 and 10 on a line, stops at 1, 2, 8 and 9; stop 4 is too heavy.
PLACES = [0, 10, 1, 2, 8, 9, 5]
PROBLEM = plain_problem(
    [[abs(here - there) for there in PLACES] for here in PLACES], [1, 1, 1, 1, 9], [2, 2], service=3,
    opens=[0, 0, 0, 50, 0], closes=[20, 20, 20, 60, 20], vehicles=[1, 1], depot_closes=[60, 58], longest_route=60,
)  # fmt: skip
GOOD = PlainSolution(
    routes=(PlainRoute(0, (0, 1), 4), PlainRoute(1, (2, 3), 4)),
    cost=8,
    unserved=(PlainUnserved(4, PlainReason.CAPACITY, 7),),
    status=SolveStatus.INFEASIBLE,
    iterations=1,
    pool=(PlainRoute(0, (1,), 4),),
)


def rules(solution: PlainSolution, problem: PlainProblem = PROBLEM) -> set[PlainRule]:
    return {broken.rule for broken in check_plain(problem, solution)}


def with_route(number: int, route: PlainRoute) -> PlainSolution:
    routes = (*GOOD.routes[:number], route, *GOOD.routes[number + 1 :])
    return replace(GOOD, routes=routes, cost=sum(route.cost for route in routes))


def test_a_good_solution_passes() -> None:
    assert check_plain(PROBLEM, GOOD) == ()


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (with_route(0, PlainRoute(0, (0,), 2)), PlainRule.EVERY_STOP_ONCE),
        (with_route(0, PlainRoute(0, (0, 1, 0), 6)), PlainRule.EVERY_STOP_ONCE),
        (with_route(0, PlainRoute(0, (0, 1, 5), 4)), PlainRule.EVERY_STOP_ONCE),
        (replace(GOOD, unserved=()), PlainRule.EVERY_STOP_ONCE),
        (with_route(0, PlainRoute(2, (0, 1), 4)), PlainRule.KNOWN_DEPOT),
        (with_route(0, PlainRoute(-1, (0, 1), 4)), PlainRule.KNOWN_DEPOT),
        (replace(GOOD, routes=(*GOOD.routes, PlainRoute(0, (), 0))), PlainRule.NOT_EMPTY),
        (with_route(0, PlainRoute(0, (0, 1), 3)), PlainRule.ROUTE_COST),
        (replace(GOOD, cost=7), PlainRule.COST),
        (replace(GOOD, status=SolveStatus.FEASIBLE), PlainRule.STATUS),
        (with_route(1, PlainRoute(1, (3, 2), 4)), PlainRule.WINDOW),
        (replace(GOOD, unserved=(PlainUnserved(4, PlainReason.CAPACITY, 6),)), PlainRule.REASON),
        (replace(GOOD, unserved=(PlainUnserved(4, PlainReason.FLEET, 1),)), PlainRule.REASON),
        (replace(GOOD, pool=(PlainRoute(0, (1,), 3),)), PlainRule.POOL),
        (replace(GOOD, pool=(PlainRoute(0, (1, 1), 4),)), PlainRule.POOL),
        (replace(GOOD, pool=(PlainRoute(0, (4,), 10),)), PlainRule.POOL),
        (replace(GOOD, pool=(PlainRoute(0, (9,), 10),)), PlainRule.POOL),
    ],
)
def test_a_broken_solution_is_caught(broken: PlainSolution, rule: PlainRule) -> None:
    assert rule in rules(broken)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"capacity": PROBLEM.capacity - [1, 0]}, PlainRule.CAPACITY),
        ({"vehicles": PROBLEM.vehicles - [1, 0]}, PlainRule.VEHICLES),
        ({"depot_closes": PROBLEM.depot_closes - [0, 5]}, PlainRule.RETURN),
        # Service at 17 to 20, waiting at 9 until 50: at least 36 from departure to return.
        ({"longest_route": 36}, None),
        ({"longest_route": 35}, PlainRule.LONGEST_ROUTE),
    ],
)
def test_a_tighter_problem_is_noticed(change: dict[str, object], rule: PlainRule | None) -> None:
    assert rules(GOOD, replace(PROBLEM, **change)) == (set() if rule is None else {rule})


@pytest.mark.parametrize(
    ("change", "reason", "short_by"),
    [
        ({"closes": [20, 20, 20, 60, 4]}, PlainReason.TIME_WINDOW, 1),
        ({"longest_route": 12, "opens": [0, 0, 0, 20, 0]}, PlainReason.LONGEST_ROUTE, 1),
    ],
)
def test_reasons_that_are_true_pass(change: dict[str, object], reason: PlainReason, short_by: int) -> None:
    light = plain_problem(
        PROBLEM.cost, [1, 1, 1, 1, 1], PROBLEM.capacity, service=3, vehicles=[1, 1],
        **{"closes": [20, 20, 20, 60, 20], "depot_closes": PROBLEM.depot_closes} | change,
    )  # fmt: skip
    for amount, expected in ((short_by, False), (short_by + 1, True)):
        solution = replace(GOOD, unserved=(PlainUnserved(4, reason, amount),), pool=())
        assert (PlainRule.REASON in rules(solution, light)) is expected
