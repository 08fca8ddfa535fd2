"""Training mix: brute force, limits, people that are missing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from optimize.staffing.training import TrainingProblem, check_training, missing_people, plan_training
from scenarios import SolveStatus


def problem(**fields: Any) -> TrainingProblem:
    given: dict[str, Any] = {
        "level": [[1, 0], [0, 2], [2, 0], [0, 0]],
        "required": [[3, 2], [3, 1]],
        "cost": [[5.0, 8.0], [3.0, 12.5]],
        **fields,
    }
    return TrainingProblem(**given)


def by_hand(case: TrainingProblem, level: tuple[tuple[int, ...], ...]) -> tuple[int, float]:
    """People missing, and cost, of levels after training, in plain loops; cost without end where it may not be."""
    missing, total = 0, 0.0
    levels = case.required.shape[1]
    for skill in range(len(case.required)):
        for step in range(levels):
            have = sum(row[skill] > step for row in level)
            missing += max(0, int(case.required[skill, step]) - have)
    for person, row in enumerate(level):
        own = sum(
            case.cost[skill, step]
            for skill, after in enumerate(row)
            for step in range(int(case.level[person, skill]), after)
        )
        if any(after < case.level[person, skill] for skill, after in enumerate(row)):
            return missing, np.inf
        if case.largest_cost_per_person is not None and own > case.largest_cost_per_person:
            return missing, np.inf
        total += own
    return missing, total


def best_by_trying(case: TrainingProblem) -> tuple[int, float]:
    people, skills = case.level.shape
    each = list(product(range(case.required.shape[1] + 1), repeat=skills))
    tried = (by_hand(case, level) for level in product(each, repeat=people))
    return min(found for found in tried if found[1] < np.inf)


@pytest.mark.parametrize(
    "case",
    [
        problem(),
        problem(largest_cost_per_person=8.0),
        problem(largest_cost_per_person=5.0),
        problem(required=[[4, 4], [2, 2]]),
        problem(required=[[5, 0], [0, 3]], largest_cost_per_person=16.0),
        problem(cost=[[5.0, 0.0], [0.0, 1.25]]),
        problem(required=[[0, 0], [0, 0]]),
    ],
)
def test_no_other_training_is_better(case: TrainingProblem) -> None:
    found = plan_training(case)
    missing, cost = best_by_trying(case)
    assert found.report.status is SolveStatus.OPTIMAL and found.report.gap == pytest.approx(0.0, abs=1e-9)
    assert found.cost == pytest.approx(cost)
    assert missing_people(case, found.level).sum() == missing
    assert by_hand(case, tuple(map(tuple, found.level.tolist()))) == (missing, pytest.approx(cost))


def test_what_cannot_be_trained_is_named() -> None:
    many = plan_training(problem(required=[[5, 0], [0, 0]])).report.unserved
    assert [(miss.item, miss.reason, miss.relaxation) for miss in many] == [
        ("skill 0, level 1", "5 people needed, 4 there", "1 person more with it")
    ]
    short = plan_training(problem(required=[[4, 4], [0, 0]], largest_cost_per_person=8.0)).report.unserved
    assert [miss.item for miss in short] == ["skill 0, level 2"]
    assert "no time left for training" in short[0].reason


def test_a_plan_without_search_keeps_the_rules_too() -> None:
    case = problem(largest_cost_per_person=15.5)
    found = plan_training(case, deterministic_time=1e-12)
    assert found.report.status is SolveStatus.FALLBACK and found.report.fallbacks == 1
    assert not check_training(case, found.level) and not missing_people(case, found.level).any()
    assert found.cost >= plan_training(case).cost


def test_names_and_currency_do_not_matter() -> None:
    case, plain = problem(largest_cost_per_person=15.5), plan_training(problem(largest_cost_per_person=15.5))
    turned = problem(
        level=case.level[::-1, ::-1],
        required=case.required[::-1],
        cost=case.cost[::-1] * 100,
        largest_cost_per_person=1_550.0,
    )
    assert plan_training(turned).cost == pytest.approx(100 * plain.cost)


def test_more_need_never_costs_less_and_more_room_never_more() -> None:
    needs = [plan_training(problem(required=[[number, 2], [2, 1]])).cost for number in range(5)]
    assert needs == sorted(needs)
    limits = [plan_training(problem(largest_cost_per_person=limit)) for limit in (4.0, 8.0, 16.0, None)]
    missing = [missing_people(problem(), found.level).sum() for found in limits]
    assert missing == sorted(missing, reverse=True)


def test_the_same_again() -> None:
    case = problem(required=[[4, 2], [4, 2]])
    assert len({plan_training(case).level.tobytes() for _ in range(5)}) == 1


def test_the_checker_sees_what_is_wrong() -> None:
    case = problem(largest_cost_per_person=5.0)
    good = case.level.copy()
    assert check_training(case, good) == ()
    less, more, long = good.copy(), good.copy(), good.copy()
    less[2, 0], more[0, 0], long[3, 0] = 1, 3, 2
    assert check_training(case, less) == ("somebody has forgotten something",)
    assert check_training(case, more) == ("somebody is above the highest level",)
    assert check_training(case, long) == ("somebody is trained for longer than the limit",)
    assert "shape" in check_training(case, good[:2])[0]


def test_nobody_to_train() -> None:
    found = plan_training(problem(level=np.zeros((0, 2))))
    assert found.cost == 0.0 and len(found.report.unserved) == 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: problem(level=[[1, 0, 0]]), "level has shape"),
        (lambda: problem(level=[[3, 0]]), "level holds 3, above"),
        (lambda: problem(level=[[-1, 0]]), "level holds .*-1.0"),
        (lambda: problem(required=[[1.5, 0], [0, 0]]), "required holds .*1.5"),
        (lambda: problem(required=[1, 2]), "required has shape"),
        (lambda: problem(cost=[[1.0, np.nan], [1.0, 1.0]]), "cost holds .*nan"),
        (lambda: problem(cost=[[1e18, 1.0], [1.0, 1.0]]), "cost holds .*1e\\+18.*: too large"),
        (lambda: problem(largest_cost_per_person=0.0), "largest_cost_per_person .*0.0"),
        (lambda: plan_training(problem(), deterministic_time=0.0), "deterministic_time .*0.0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
