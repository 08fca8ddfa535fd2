"""Finished tours and their bounds against trying everything."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from optimize.routing.tours.bounding import bound_tours
from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.finishing import finish_tours
from optimize.routing.tours.plan import ToursStatus
from optimize.routing.tours.problem import Tours, Vehicles, Visits
from optimize.routing.tours.searching import first_tours, search_tours
from scenarios import SolveStatus
from tests.tours_by_hand import best_by_trying, best_crew_by_trying, money_of, random_tours, roads_between
from tests.unit.test_tours_search import FEATURES

Pool = dict[tuple[int, tuple[int, ...]], float]


def every_tour(problem: Tours) -> Pool:
    """All tours without reloads."""
    pool = {}
    for vehicle in range(problem.vehicle_count):
        for size in range(1, problem.visit_count + 1):
            for order in itertools.permutations(range(problem.visit_count), size):
                money = money_of(problem, vehicle, order)
                if money < math.inf:
                    pool[vehicle, order] = money
    return pool


@pytest.mark.parametrize("features", FEATURES, ids="+".join)
def test_no_plan_costs_less_than_the_bound(features: tuple[str, ...]) -> None:
    for seed in range(2):
        problem = random_tours(seed, 4, 2, **dict.fromkeys(features, True))
        must, money = best_by_trying(problem)
        found = bound_tours(problem)
        if must:
            continue
        assert found.bound <= money * (1 + 1e-6) + 1e-6
        assert found.bound > 0


def test_the_bound_of_what_it_knows_all_about_is_the_optimum() -> None:
    for seed in range(6):
        problem = random_tours(seed, 4, 2, homes=True, skills=True)
        _, money = best_by_trying(problem)
        # Set partitioning of so few visits has hardly ever a gap; where it has one, it is small.
        assert bound_tours(problem).bound == pytest.approx(money, rel=0.02)


def test_crews_are_bounded_too() -> None:
    problem = random_tours(1, 4, 2, crew=True)
    must, money = best_crew_by_trying(problem)
    assert must == 0
    assert bound_tours(problem).bound <= money


@pytest.mark.parametrize("features", [f for f in FEATURES if "reload" not in f], ids="+".join)
def test_of_all_tours_the_best_set_is_the_best_plan(features: tuple[str, ...]) -> None:
    problem = random_tours(3, 4, 2, **dict.fromkeys(features, True))
    must, money = best_by_trying(problem)
    found = finish_tours(problem, first_tours(problem), every_tour(problem))
    assert not check_tours(problem, found.plan)
    assert (found.plan.must_unserved, found.plan.cost) == (must, pytest.approx(money, rel=1e-9))
    if must == 0:
        assert found.is_best_of_pool
        assert found.plan.bound is not None
        assert found.plan.bound <= money * (1 + 1e-6)


def test_the_search_fills_the_pool_and_the_choice_is_never_worse() -> None:
    problem, pool = random_tours(7, 12, 3, windows=True, skills=True), Pool()
    plan = search_tours(problem, iterations=400, pool=pool)
    found = finish_tours(problem, plan, pool, work_limit=0)
    assert found.plan.rank <= plan.rank
    assert found.gain == pytest.approx(plan.cost - found.plan.cost)
    assert found.plan.bound is None
    again = Pool()
    search_tours(problem, iterations=400, pool=again)
    assert again == pool


def test_a_dearer_plan_is_mended_by_the_tours_of_a_better_one() -> None:
    problem, pool = random_tours(2, 9, 3, homes=True), Pool()
    best = search_tours(problem, iterations=3000, pool=pool)
    first = first_tours(problem)
    assert first.cost > best.cost
    found = finish_tours(problem, first, pool, work_limit=0)
    assert found.plan.cost <= best.cost * (1 + 1e-9)
    assert found.gain > 0


def test_tours_of_crews_and_frozen_ones_stay() -> None:
    problem, pool = random_tours(5, 8, 3, crew=True), Pool()
    plan = search_tours(problem, iterations=300, pool=pool)
    crew = {tour.vehicle: tour for tour in plan.tours if {0, 1} & set(tour.visits)}
    found = finish_tours(problem, plan, pool)
    assert len(crew) == 2
    for tour in found.plan.tours:
        if tour.vehicle in crew:
            assert tour == crew[tour.vehicle]
    first = first_tours(random_tours(2, 9, 3, homes=True))
    kept = first.tours[0]
    problem = random_tours(2, 9, 3, homes=True)
    pool = Pool()
    search_tours(problem, iterations=1000, pool=pool)
    found = finish_tours(problem, first, pool, frozen=[kept.vehicle])
    assert kept in found.plan.tours


def test_nobody_who_can_makes_the_bound_infinite_where_the_visit_must_be_made() -> None:
    roads = roads_between([[0, 0], [100, 0], [0, 100]])
    allowed = np.array([[True, False]])
    visits = Visits.of([1, 2])
    fleet = Vehicles.of([0], cost_per_km=[1.0])
    found = bound_tours(Tours.of(visits, fleet, roads, allowed=allowed))
    assert (found.bound, found.status) == (math.inf, SolveStatus.INFEASIBLE)
    may_be_left = Visits.of([1, 2], unserved_cost=[np.inf, 50.0])
    found = bound_tours(Tours.of(may_be_left, fleet, roads, allowed=allowed))
    assert found.bound == pytest.approx(50.2, rel=1e-6)
    plan = finish_tours(
        Tours.of(may_be_left, fleet, roads, allowed=allowed),
        first_tours(Tours.of(may_be_left, fleet, roads, allowed=allowed)),
        {},
    ).plan
    assert plan.status is ToursStatus.OPTIMAL


def test_nothing_to_do_and_nobody_there() -> None:
    roads = roads_between([[0, 0], [100, 0]])
    nothing = Tours.of(Visits.of(np.zeros(0, int)), Vehicles.of([0]), roads)
    assert finish_tours(nothing, first_tours(nothing), {}).plan.cost == 0
    nobody = Tours.of(Visits.of([1], unserved_cost=[7.0]), Vehicles.of(np.zeros(0, int)), roads)
    assert finish_tours(nobody, first_tours(nobody), {}).plan.cost == 7
    assert bound_tours(nobody).bound == 7


def test_more_work_never_lowers_the_bound_below_none_and_zero_work_is_a_bound() -> None:
    problem = random_tours(4, 10, 3, windows=True, homes=True)
    little, much = bound_tours(problem, work_limit=1).bound, bound_tours(problem).bound
    assert 0 <= little <= much * (1 + 1e-9)
    with pytest.raises(ValueError, match="work_limit"):
        bound_tours(problem, work_limit=-1)
