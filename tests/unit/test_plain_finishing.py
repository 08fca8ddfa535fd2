"""Finishing of plain routes: by hand, never worse, and what it says about the best plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.finishing import PlainFinish, finish, skipping_is_free
from optimize.routing.plain.problem import PlainProblem, PlainRoute, PlainSolution, plain_problem
from optimize.routing.plain.search import search_plain
from scenarios import SolveStatus
from tests.route_optima import optimum_by_trying_all
from tests.vrp_files import solomon


def on_a_line(**limits: Any) -> PlainProblem:
    """Stops 0, 1, 2 one, two and three miles to the east of the depot."""
    places = np.arange(4)
    return plain_problem(
        np.abs(places[:, None] - places[None]), [1, 1, 1], limits.pop("capacity", 3), **limits
    )


def routes(problem: PlainProblem, *orders: tuple[int, ...]) -> tuple[PlainRoute, ...]:
    found = []
    for order in orders:
        nodes = [0, *(stop + 1 for stop in order), 0]
        found.append(PlainRoute(0, order, int(problem.cost[nodes[:-1], nodes[1:]].sum())))
    return tuple(found)


def solution(problem: PlainProblem, chosen: tuple[PlainRoute, ...], *pool: PlainRoute) -> PlainSolution:
    return PlainSolution(chosen, sum(r.cost for r in chosen), (), SolveStatus.FEASIBLE, 0, (*chosen, *pool))


def finished(problem: PlainProblem, start: PlainSolution, **limits: Any) -> PlainFinish:
    found = finish(problem, start, **limits)
    assert check_plain(problem, found.solution) == ()
    assert found.solution.cost == start.cost - found.gain <= start.cost
    assert found.bound <= found.solution.cost
    return found


def test_the_better_routes_of_the_pool_are_taken() -> None:
    problem = on_a_line()
    start = solution(problem, routes(problem, (0,), (1,), (2,)), *routes(problem, (0, 1, 2)))
    found = finished(problem, start, work_limit=0)
    assert (found.solution.cost, found.gain, found.status) == (6, 6, SolveStatus.FEASIBLE)
    assert (found.bound, found.gap, found.is_best_of_pool) == (0.0, 1.0, True)


def test_routes_may_overlap_where_skipping_is_free() -> None:
    """Farthest two stops together, nearest two together: one of them leaves out the middle stop."""
    problem = on_a_line(capacity=2)
    start = solution(problem, routes(problem, (0,), (1,), (2,)), *routes(problem, (0, 1), (1, 2)))
    assert skipping_is_free(problem)
    found = finished(problem, start, work_limit=0)
    assert [route.stops for route in found.solution.routes] == [(0,), (1, 2)]
    assert found.solution.cost == 8


def test_routes_do_not_overlap_where_skipping_may_cost() -> None:
    legs = on_a_line().cost.copy()
    legs[1, 3] = legs[3, 1] = 9
    problem = plain_problem(legs, [1, 1, 1], 3)
    assert not skipping_is_free(problem)
    start = solution(problem, routes(problem, (0,), (1,), (2,)), *routes(problem, (0, 1), (1, 2)))
    assert finished(problem, start, work_limit=0).solution.cost == 8


def test_routes_of_the_bound_join_the_choice() -> None:
    problem = on_a_line()
    found = finished(problem, solution(problem, routes(problem, (0,), (1,), (2,))))
    assert (found.solution.cost, found.bound, found.status) == (6, 6.0, SolveStatus.OPTIMAL)
    assert found.gap == 0.0 and found.stop_duals.sum() == pytest.approx(6.0)


def test_what_leaves_out_stops_stays_as_it_is() -> None:
    problem = on_a_line(capacity=1, vehicles=2)
    start = search_plain(problem, 100)
    found = finished(problem, start)
    assert (found.solution, found.status, found.gap) == (start, SolveStatus.INFEASIBLE, 1.0)


def test_nothing_to_do() -> None:
    problem = plain_problem(np.zeros((1, 1)), np.zeros(0), 1)
    found = finish(problem, PlainSolution((), 0, (), SolveStatus.FEASIBLE, 0))
    assert (found.status, found.gap) == (SolveStatus.OPTIMAL, 0.0)


@st.composite
def little_problems(draw: st.DrawFn) -> PlainProblem:
    depots, stops = draw(st.integers(1, 2)), draw(st.integers(1, 5))
    size = depots + stops
    points = np.array(draw(st.lists(st.tuples(*[st.integers(0, 30)] * 2), min_size=size, max_size=size)))
    legs = np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))
    opens = np.array(draw(st.lists(st.integers(0, 60), min_size=stops, max_size=stops)))
    windows = {"opens": opens, "closes": opens + draw(st.integers(20, 90)), "depot_closes": 220}
    return plain_problem(
        legs, draw(st.lists(st.integers(1, 4), min_size=stops, max_size=stops)), draw(st.integers(4, 9)),
        service=draw(st.integers(0, 5)), vehicles=draw(st.sampled_from([-1, stops])),
        **(windows if draw(st.booleans()) else {"longest_route": draw(st.sampled_from([None, 150]))}),
    )  # fmt: skip


@given(problem=little_problems())
@settings(max_examples=30, deadline=None)
def test_no_bound_is_above_the_optimum_and_no_answer_worse(problem: PlainProblem) -> None:
    start = search_plain(problem, 20)
    found = finished(problem, start)
    if not start.unserved:
        depots = problem.depot_count
        optimum = optimum_by_trying_all({
            "cost": problem.cost.astype(float), "travel": problem.travel, "depots": list(range(depots)),
            "demand": [*[0] * depots, *problem.demand], "capacity": problem.capacity[0],
            "opens": [*problem.depot_opens, *problem.opens], "closes": [*problem.depot_closes, *problem.closes],
            "service": [*[0] * depots, *problem.service],
            "vehicles": [problem.stop_count if count < 0 else int(count) for count in problem.vehicles],
            "longest_route": np.inf if problem.longest_route is None else problem.longest_route,
        })  # fmt: skip
        assert found.bound <= optimum <= found.solution.cost
        assert found.status is not SolveStatus.OPTIMAL or found.solution.cost == optimum


def tenths(name: str, stops: int) -> tuple[PlainProblem, float]:
    """One of Solomon's instances in tenths, and its published optimum in them."""
    instance = solomon(name, stops)
    asked = {name: np.rint(np.asarray(value) * 10) for name, value in instance.arguments.items()}
    problem = plain_problem(
        asked["cost"], instance.arguments["demand"][1:], instance.arguments["capacity"],
        service=asked["service"][1:], opens=asked["opens"][1:], closes=asked["closes"][1:],
        depot_closes=asked["closes"][:1], vehicles=instance.arguments["vehicles"],
    )  # fmt: skip
    return problem, instance.optimum * 10


@pytest.mark.parametrize(
    ("name", "stops", "steps", "most_gap"),
    [
        ("C101", 100, 2000, 1e-9),
        ("R102", 100, 2000, 1e-9),
        ("R106", 50, 2000, 0.02),
        ("RC105", 50, 2000, 0.001),
    ],
)
def test_published_optima_lie_between_bound_and_cost(
    name: str, stops: int, steps: int, most_gap: float
) -> None:
    problem, optimum = tenths(name, stops)
    found = finished(problem, search_plain(problem, steps))
    assert found.bound <= optimum <= found.solution.cost
    assert found.gap < most_gap
    again = finish(problem, search_plain(problem, steps))
    assert (again.solution, again.bound, again.gap) == (found.solution, found.bound, found.gap)


def test_a_poor_pool_becomes_the_optimum_where_the_bound_has_no_gap() -> None:
    problem, optimum = tenths("R102", 50)
    start = search_plain(problem, 0)
    found = finished(problem, start)
    assert start.cost > optimum == found.solution.cost
    assert found.status is SolveStatus.OPTIMAL


def test_ctrl_c_keeps_the_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, _ = tenths("R102", 25)
    start = search_plain(problem, 100)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("optimize.routing.master.RouteMaster.solve", interrupted)
    found = finished(problem, start)
    assert (found.solution, found.bound) == (start, 0.0)
    assert replace(found, status=SolveStatus.FEASIBLE).status is found.status
