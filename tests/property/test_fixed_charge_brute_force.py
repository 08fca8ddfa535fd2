"""Fixed-charge plans against trying everything, and what may not change an answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from optimize.network.charge_checking import check_flow_plan
from optimize.network.fixed_charge import CoverPromise, FixedCharge
from optimize.network.fixed_charge_search import relaxation
from optimize.network.fixed_charge_solving import best_site_sets, cost_by_number, least_cost_sites
from optimize.network.knapsack_kernels import linear_knapsack, whole_knapsack
from optimize.network.lagrangean_kernels import bound
from scenarios import SolveStatus
from tests.located import all_plans, made_up

KINDS = [(True, False), (True, True), (False, True)]
"""With capacities, points whole."""


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize(("is_limited", "is_whole"), KINDS)
def test_the_three_best_plans(seed: int, is_limited: bool, is_whole: bool) -> None:
    problem = made_up(seed, is_limited=is_limited)
    expected = all_plans(problem, is_whole=is_whole)[:3]
    plans = best_site_sets(problem, 3, single_source=is_whole)
    for plan in plans:
        assert check_flow_plan(problem, plan, single_source=is_whole) == ()
    if expected:
        assert [plan.objective for plan in plans] == pytest.approx([cost for cost, _ in expected], rel=1e-9)
        assert all(plan.status is SolveStatus.OPTIMAL for plan in plans)
        assert len({plan.open_sites for plan in plans}) == len(plans)
    else:
        assert [plan.status for plan in plans] == [SolveStatus.INFEASIBLE]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("is_whole", [False, True])
def test_no_multipliers_give_a_bound_above_the_optimum(seed: int, is_whole: bool) -> None:
    problem = replace(made_up(seed), promises=())
    best = min((cost for cost, _ in all_plans(problem, is_whole=is_whole)), default=np.inf)
    chance = np.random.default_rng(seed)
    for _ in range(30):
        multiplier = chance.uniform(-5, 60, problem.points)
        assert bound(relaxation(problem, is_whole), multiplier) + problem.constant <= best + 1e-6


def test_knapsacks() -> None:
    chance = np.random.default_rng(1)
    for _ in range(50):
        profit, size = chance.integers(1, 30, 8) * 1.0, chance.integers(1, 20, 8) * 1.0
        order = np.argsort(-profit / size)
        profit, size, room = profit[order], size[order], float(chance.integers(0, 80))
        choices = np.array(list(product((0, 1), repeat=8)))
        best = (choices @ profit)[choices @ size <= room].max()
        chosen, kept = np.zeros(8, np.int64), np.zeros(8, np.int64)
        assert whole_knapsack(8, profit, size, room, chosen, kept) == best
        assert kept @ profit == best
        assert kept @ size <= room
        assert linear_knapsack(8, profit, size, room) >= best


def _middling(seed: int) -> FixedCharge:
    chance = np.random.default_rng(seed)
    points, sites = chance.uniform(0, 100, (30, 2)), chance.uniform(0, 100, (8, 2))
    demand = chance.integers(1, 20, 30) * 1.0
    away = np.hypot(*(points[:, None] - sites[None]).transpose(2, 0, 1))
    return FixedCharge(
        demand[:, None] * away, chance.uniform(500, 1500, 8), demand, chance.uniform(60, 160, 8) * 1.0
    )


@pytest.mark.parametrize("factor", [1e-6, 7.0, 1e6])
@pytest.mark.parametrize("single", [False, True])
def test_money_in_another_unit_changes_no_choice(factor: float, single: bool) -> None:
    problem = _middling(1)
    scaled = replace(problem, cost=problem.cost * factor, fixed_cost=problem.fixed_cost * factor)
    first = least_cost_sites(problem, single_source=single)
    second = least_cost_sites(scaled, single_source=single)
    assert second.open_sites == first.open_sites
    assert second.objective == pytest.approx(first.objective * factor, rel=1e-9)


@pytest.mark.parametrize("single", [False, True])
def test_demand_in_another_unit_changes_nothing(single: bool) -> None:
    problem = _middling(2)
    assert problem.capacity is not None
    scaled = replace(problem, demand=problem.demand * 1e-4, capacity=problem.capacity * 1e-4)
    expected = least_cost_sites(problem, single_source=single).objective
    assert least_cost_sites(scaled, single_source=single).objective == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("single", [False, True])
def test_another_order_of_points_and_sites_changes_nothing(single: bool) -> None:
    problem = _middling(3)
    assert problem.capacity is not None
    chance = np.random.default_rng(0)
    points, sites = chance.permutation(problem.points), chance.permutation(problem.sites)
    shuffled = FixedCharge(
        problem.cost[points][:, sites],
        problem.fixed_cost[sites],
        problem.demand[points],
        problem.capacity[sites],
    )
    first = least_cost_sites(problem, single_source=single)
    second = least_cost_sites(shuffled, single_source=single)
    assert second.objective == pytest.approx(first.objective, rel=1e-9)
    assert sorted(sites[list(second.open_sites)].tolist()) == list(first.open_sites)


def test_the_same_problem_has_the_same_answer() -> None:
    first, second = (least_cost_sites(_middling(4), single_source=True) for _ in range(2))
    assert first.open_sites == second.open_sites
    assert first.work == second.work
    assert (first.share == second.share).all()


def test_one_more_site_never_raises_travel() -> None:
    problem = replace(_middling(5), capacity=None, fixed_cost=np.zeros(8))
    curve = cost_by_number(problem, range(1, 9))
    travel = [plan.travel_cost for plan in curve]
    assert travel == sorted(travel, reverse=True)
    assert [len(plan.open_sites) for plan in curve] == list(range(1, 9))


def test_the_curve_holds_the_optimum() -> None:
    problem = _middling(6)
    best = least_cost_sites(problem)
    curve = cost_by_number(problem, range(1, 9))
    assert min(plan.objective for plan in curve) == pytest.approx(best.objective, rel=1e-9)
    assert all(plan.status is not SolveStatus.FEASIBLE for plan in curve)


def test_a_tighter_promise_costs_no_less() -> None:
    problem = _middling(7)
    near = problem.cost / problem.demand[:, None] <= 25.0
    costs = []
    for least in (0.0, 0.5, 0.8, 0.9):
        promise = CoverPromise(problem.demand, near, least)
        plan = least_cost_sites(replace(problem, promises=(promise,)))
        assert check_flow_plan(replace(problem, promises=(promise,)), plan, single_source=False) == ()
        costs.append(plan.objective)
    assert costs == sorted(costs)
    assert costs[0] == pytest.approx(least_cost_sites(problem).objective, rel=1e-9)
    assert costs[-1] > costs[0]
