"""Other engines on the same rich problems: what they find keeps our rules, and is the best on tiny ones."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.peers import NotSupportedError, tours_by_ortools, tours_by_pyvrp
from optimize.routing.tours.problem import Lateness, Tours, Vehicles, Visits
from tests.tours_by_hand import best_by_trying, random_tours, roads_between

ORTOOLS = [
    (),
    ("windows", "hours", "homes"),
    ("goods",),
    ("skills", "windows", "homes"),
    ("parts", "windows"),
    ("two_windows",),
    ("optional", "longest"),
]
PYVRP = [
    (),
    ("windows", "homes"),
    ("goods", "returns"),
    ("skills", "windows", "homes"),
    ("optional", "longest"),
    ("open",),
]


def without_hours(problem: Tours) -> Tours:
    """Hours are money, but neither balance nor overtime."""
    fleet = problem.vehicles
    nothing = np.zeros(problem.vehicle_count)
    return Tours(
        problem.visits,
        Vehicles(**{**vars(fleet), "balance_cost": nothing, "overtime_cost_per_hour": nothing}),
        problem.roads,
        problem.lateness,
        problem.allowed,
        problem.service_seconds,
        problem.extra_cost,
    )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("features", ORTOOLS, ids="+".join)
def test_ortools_finds_what_trying_everything_finds(features: tuple[str, ...], seed: int) -> None:
    problem = without_hours(random_tours(seed, 5, 2, **dict.fromkeys(features, True)))
    plan = tours_by_ortools(problem, 400)
    must, money = best_by_trying(problem)
    assert not check_tours(problem, plan)
    assert plan.must_unserved == must
    assert plan.cost == pytest.approx(money, rel=1e-6)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("features", PYVRP, ids="+".join)
def test_pyvrp_comes_near_what_trying_everything_finds(features: tuple[str, ...], seed: int) -> None:
    pytest.importorskip("pyvrp")
    problem = without_hours(random_tours(seed, 5, 2, **dict.fromkeys(features, True)))
    plan = tours_by_pyvrp(problem, 3000)
    must, money = best_by_trying(problem)
    assert not check_tours(problem, plan)
    assert plan.must_unserved == must
    # It has no move that swaps the tours of two vehicles which differ.
    assert money * (1 - 1e-6) <= plan.cost <= 1.05 * money


@pytest.mark.parametrize(
    ("feature", "named"),
    [
        ("crew", "crews"),
        ("reload", "reloads"),
        ("break", "breaks"),
        ("rush", "hour of the day"),
        ("hours", "balance"),
    ],
)
def test_what_an_engine_does_not_know_is_named(feature: str, named: str) -> None:
    problem = random_tours(0, 4, 2, **{feature: True})
    for search in (tours_by_ortools, tours_by_pyvrp):
        with pytest.raises(NotSupportedError, match=named):
            search(problem, 10)


@pytest.mark.parametrize(
    ("feature", "named"), [("late", "lateness"), ("parts", "parts"), ("two_windows", "windows")]
)
def test_pyvrp_knows_fewer_rules(feature: str, named: str) -> None:
    with pytest.raises(NotSupportedError, match=named):
        tours_by_pyvrp(random_tours(1, 4, 2, **{feature: True}), 10)


def test_overtime_and_lateness_at_one_rate_are_priced_by_ortools() -> None:
    roads = roads_between([[0, 0], [1000, 0], [1000, 10]])
    visits = Visits.of([1, 2], due_second=[1100, 1100], lateness_class=[0, -1])
    fleet = Vehicles.of(
        [0],
        cost_per_km=[1.0],
        regular_end_second=[1500],
        shift_end_second=[4000],
        overtime_cost_per_hour=[60.0],
    )
    problem = Tours.of(
        visits, fleet, roads, lateness=Lateness.per_hour(90.0), service_seconds=np.array([[300, 300]])
    )
    plan = tours_by_ortools(problem, 50)
    assert plan.cost == pytest.approx(best_by_trying(problem)[1])
    assert plan.money.overtime > 0


def test_nothing_to_do_and_nobody_there() -> None:
    roads = roads_between([[0, 0], [100, 0]])
    nothing = Tours.of(Visits.of(np.zeros(0, int)), Vehicles.of([0]), roads)
    nobody = Tours.of(Visits.of([1], unserved_cost=[7.0]), Vehicles.of(np.zeros(0, int)), roads)
    assert tours_by_ortools(nothing, 10).cost == 0
    assert tours_by_ortools(nobody, 10).cost == 7
    pytest.importorskip("pyvrp")
    assert tours_by_pyvrp(nothing, 10).cost == 0
    assert tours_by_pyvrp(nobody, 10).cost == 7
