"""The search for tours against trying everything, feature by feature."""

from __future__ import annotations

import pytest

from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.searching import first_tours, search_tours
from tests.tours_by_hand import best_by_trying, best_crew_by_trying, random_tours

FEATURES = [
    (),
    ("windows",),
    ("windows", "hours", "homes"),
    ("goods", "returns"),
    ("goods", "returns", "reload", "hours"),
    ("skills", "windows", "homes"),
    ("parts", "reload", "windows"),
    ("parts", "reload", "hours", "longest"),
    ("two_windows", "hours"),
    ("late", "optional"),
    ("late", "hours", "open"),
    ("break", "hours"),
    ("break", "windows", "open"),
    ("driving", "hours"),
    ("rush", "windows"),
    ("optional", "longest"),
]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("features", FEATURES, ids="+".join)
def test_search_finds_what_trying_everything_finds(features: tuple[str, ...], seed: int) -> None:
    visits = 4 if {"break", "reload", "rush"} & set(features) else 5
    problem = random_tours(seed, visits, 2, **dict.fromkeys(features, True))
    plan = search_tours(problem, iterations=3000, seed=1)
    assert not check_tours(problem, plan)
    must, money = best_by_trying(problem)
    assert plan.must_unserved == must
    assert plan.cost == pytest.approx(money, rel=1e-9, abs=1e-6)
    assert plan.rank <= first_tours(problem).rank


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("features", [("crew",), ("crew", "windows"), ("crew", "skills")], ids="+".join)
def test_crews_of_two_find_the_cheapest_common_start(features: tuple[str, ...], seed: int) -> None:
    problem = random_tours(seed, 4, 2, **dict.fromkeys(features, True))
    plan = search_tours(problem, iterations=3000)
    assert not check_tours(problem, plan)
    must, money = best_crew_by_trying(problem)
    assert (plan.must_unserved, plan.cost) == (must, pytest.approx(money, rel=1e-9))
