from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.problem import (
    LARGEST_AMOUNT,
    LARGEST_LEG,
    PlainProblem,
    PlainReason,
    PlainRoute,
    PlainUnserved,
    plain_problem,
)
from optimize.routing.plain.search import search_plain
from scenarios import SolveStatus
from tests.plain_worlds import random_problem


def test_the_same_arguments_give_the_same_answer() -> None:
    problem = random_problem(1, stops=40, windows=True)
    assert search_plain(problem, 3000, seed=7) == search_plain(problem, 3000, seed=7)


def test_another_seed_searches_another_way() -> None:
    problem = random_problem(1, stops=40)
    assert len({search_plain(problem, 300, seed=seed).pool for seed in range(5)}) > 1


def test_first_plan_takes_no_steps() -> None:
    problem = random_problem(1, stops=40)
    found = search_plain(problem, 0)
    assert found.iterations == 0
    assert found.status is SolveStatus.FEASIBLE
    assert check_plain(problem, found) == ()


def test_more_steps_help() -> None:
    problem = random_problem(1, stops=60)
    assert search_plain(problem, 20_000).cost < search_plain(problem, 0).cost


def test_an_answer_is_never_worse_than_its_start() -> None:
    problem = random_problem(3, stops=30, windows=True)
    start = search_plain(problem, 20_000)
    for steps in (0, 10):
        assert search_plain(problem, steps, seed=2, start=start.routes).cost <= start.cost


def test_a_start_is_completed() -> None:
    problem = random_problem(3, stops=30)
    part = search_plain(problem, 0).routes[:2]
    found = search_plain(problem, 0, start=part)
    assert check_plain(problem, found) == ()
    assert not found.unserved


def test_a_start_that_breaks_a_rule_is_refused() -> None:
    problem = random_problem(3, stops=30)
    first, *_ = search_plain(problem, 0).routes
    with pytest.raises(ValueError, match="start breaks rules: route 0: the cost of a route"):
        search_plain(problem, 0, start=[replace(first, cost=first.cost + 1)])


def test_a_budget_ends_the_search() -> None:
    problem = random_problem(1, stops=40)
    asked: list[int] = []

    def budget(done: int) -> float:
        asked.append(done)
        return len(asked) / 4

    assert search_plain(problem, 10**9, budget=budget).iterations == asked[-1]
    assert len(asked) == 4


def test_ctrl_c_keeps_the_best_routes() -> None:
    problem = random_problem(1, stops=40)

    def progress(step: str, finished: int, wanted: int) -> None:
        if finished >= 5000:
            raise KeyboardInterrupt

    found = search_plain(problem, 10**9, progress=progress)
    assert found.was_interrupted
    assert not found.unserved
    assert check_plain(problem, found) == ()


def test_the_pool_has_no_copies_and_begins_with_the_answer() -> None:
    problem = random_problem(1, stops=40, depots=2)
    found = search_plain(problem, 3000)
    assert found.pool[: len(found.routes)] == found.routes
    assert len({(route.depot, frozenset(route.stops)) for route in found.pool}) == len(found.pool)
    assert len(found.pool) > len(found.routes)


def test_no_stops_need_no_routes() -> None:
    found = search_plain(plain_problem([[0]], [], 1), 100)
    assert (found.routes, found.cost, found.status) == ((), 0, SolveStatus.FEASIBLE)


def test_one_stop() -> None:
    found = search_plain(plain_problem([[0, 3], [4, 0]], [1], 1), 100)
    assert found.routes == (PlainRoute(0, (0,), 7),)


def test_all_in_one_place() -> None:
    problem = plain_problem(np.zeros((21, 21)), [1] * 20, 5)
    found = search_plain(problem, 500)
    assert found.cost == 0
    assert check_plain(problem, found) == ()


def test_the_longest_legs_do_not_overflow() -> None:
    legs = np.full((31, 31), LARGEST_LEG)
    np.fill_diagonal(legs, 0)
    problem = plain_problem(legs, [1] * 30, 3, closes=LARGEST_AMOUNT - 1, service=LARGEST_LEG)
    found = search_plain(problem, 2000)
    assert check_plain(problem, found) == ()
    assert found.cost == 40 * LARGEST_LEG


LINE = [[0, 5, 6], [5, 0, 1], [6, 1, 0]]


@pytest.mark.parametrize(
    ("problem", "unserved"),
    [
        (plain_problem(LINE, [1, 9], 7), PlainUnserved(1, PlainReason.CAPACITY, 2)),
        (plain_problem(LINE, [1, 1], 7, closes=[9, 4]), PlainUnserved(1, PlainReason.TIME_WINDOW, 2)),
        (plain_problem(LINE, [1, 1], 7, depot_closes=11), PlainUnserved(1, PlainReason.TIME_WINDOW, 1)),
        (plain_problem(LINE, [1, 1], 7, longest_route=11), PlainUnserved(1, PlainReason.LONGEST_ROUTE, 1)),
        (plain_problem(LINE, [7, 6], 7, vehicles=1), PlainUnserved(1, PlainReason.FLEET, 1)),
    ],
)
def test_a_stop_left_out_has_a_reason(problem: PlainProblem, unserved: PlainUnserved) -> None:
    found = search_plain(problem, 500)
    assert found.status is SolveStatus.INFEASIBLE
    assert len(found.unserved) == 1
    if unserved.reason is not PlainReason.FLEET:
        assert found.unserved == (unserved,)
    else:
        assert found.unserved[0].reason is PlainReason.FLEET
    assert check_plain(problem, found) == ()


def test_no_vehicles_serve_nobody() -> None:
    found = search_plain(plain_problem(LINE, [1, 1], 7, vehicles=0), 500)
    assert [one.reason for one in found.unserved] == [PlainReason.FLEET] * 2


def test_detours_that_are_quicker_than_the_direct_leg_are_handled() -> None:
    random = np.random.default_rng(1)
    for seed in range(3):
        travel = random.integers(1, 100, (16, 16))
        opens = random.integers(0, 200, 15)
        problem = plain_problem(
            random.integers(1, 100, (16, 16)), [1] * 15, 6, travel=travel, opens=opens, closes=opens + 60,
            longest_route=400,
        )  # fmt: skip
        found = search_plain(problem, 3000, seed=seed)
        assert check_plain(problem, found) == ()


@pytest.mark.parametrize(("name", "value"), [("iterations", -1), ("iterations", 0.5), ("seed", -1)])
def test_bad_arguments_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        search_plain(**{"problem": random_problem(1), "iterations": 1, name: value})
