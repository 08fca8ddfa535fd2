from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.routing.plain.problem import LARGEST_AMOUNT, LARGEST_LEG, PlainProblem, plain_problem

LEGS = [[0, 3, 4], [3, 0, 5], [4, 5, 0]]


def problem(**changes: object) -> PlainProblem:
    return plain_problem(**{"cost": LEGS, "demand": [1, 2], "capacity": 3, **changes})


def test_what_is_left_out_sets_no_limit() -> None:
    made = problem()
    assert made.stop_count == 2
    assert made.depot_count == 1
    assert not made.has_windows
    assert made.vehicles.tolist() == [-1]
    assert made.longest_route is None
    assert made.travel.tolist() == LEGS


def test_single_numbers_hold_for_all() -> None:
    made = plain_problem(np.zeros((4, 4)), [1, 1], [5, 6], service=7, closes=9, vehicles=2, depot_closes=99)
    assert made.service.tolist() == [7, 7]
    assert made.closes.tolist() == [9, 9]
    assert made.vehicles.tolist() == [2, 2]
    assert made.capacity.tolist() == [5, 6]
    assert made.has_windows


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cost": [[0, np.nan, 4], [3, 0, 5], [4, 5, 0]]}, "cost holds .*nan"),
        ({"cost": [[0, np.inf, 4], [3, 0, 5], [4, 5, 0]]}, "cost holds .*inf"),
        ({"cost": [[0, 0.5, 4], [3, 0, 5], [4, 5, 0]]}, "cost holds .*0.5"),
        ({"cost": [[0, -1, 4], [3, 0, 5], [4, 5, 0]]}, "cost holds -1, not a number from 0"),
        ({"cost": [[0, LARGEST_LEG + 1, 4], [3, 0, 5], [4, 5, 0]]}, f"not a number from 0 to {LARGEST_LEG}"),
        ({"cost": [[0, 3], [3, 0]]}, "cost has shape"),
        ({"cost": [0, 3]}, "cost has shape"),
        ({"cost": "far"}, "cost must be whole numbers"),
        ({"travel": [[0]]}, "travel has shape"),
        ({"demand": [1, -2]}, "demand holds -2"),
        ({"demand": [1, 2.5]}, "demand holds .*2.5"),
        ({"capacity": [1, 2]}, r"cost has shape \(3, 3\), not \(4, 4\)"),
        ({"capacity": LARGEST_AMOUNT * 2}, "capacity holds"),
        ({"vehicles": -2}, "vehicles holds -2, not a number from -1"),
        ({"service": [1]}, "service has shape"),
        ({"opens": [5, 5], "closes": [9, 4]}, "stop 1 closes at 4, before it opens at 5"),
        ({"depot_opens": 5, "depot_closes": 4}, "a depot closes before it opens"),
        ({"longest_route": -1}, "longest_route is -1"),
    ],
)
def test_bad_numbers_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        problem(**changes)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError, match=r"demand holds -1.*vehicles holds -3"):
        replace(problem(), demand=np.array([1, -1]), vehicles=np.array([-3]))


def test_other_kinds_of_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="demand holds float64, not int64"):
        replace(problem(), demand=np.array([1.0, 2.0]))
