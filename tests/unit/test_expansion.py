"""Sites over several years, against trying every path; growth, steps, discounting and closing each bite."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from optimize.network.expansion import ExpansionPlan, expand
from optimize.network.expansion_checking import check_expansion_plan
from optimize.network.expansion_problem import Expansion, grown_demand
from scenarios import SolveStatus


def _problem(seed: int) -> Expansion:
    chance = np.random.default_rng(seed)
    points, sites, years = 3, 2, 1 + seed % 3
    cost = chance.uniform(0, 20, (points, sites))
    return Expansion(
        demand=grown_demand(chance.uniform(1, 10, points), chance.uniform(-0.1, 0.6, points), years),
        unit_cost=cost,
        capacity=chance.uniform(5, 30, sites),
        yearly_cost=chance.uniform(0, 80, sites),
        opening_cost=chance.uniform(0, 200, sites),
        closing_cost=chance.uniform(0, 40, sites),
        is_existing=chance.random(sites) < 0.5,
        step_capacity=chance.uniform(0, 20, sites),
        step_cost=chance.uniform(0, 60, sites),
        step_yearly_cost=chance.uniform(0, 10, sites),
        most_steps=1,
        interest=0.1 * (seed % 2),
        single_source=True,
        most_sites=1 if seed % 5 == 0 else None,
    )


def _least_cost(problem: Expansion) -> float:
    sites, points, years = len(problem.capacity), problem.demand.shape[1], len(problem.demand)
    most = sites if problem.most_sites is None else problem.most_sites

    @cache
    def travel(year: int, levels: tuple[int, ...]) -> float:
        best = np.inf
        room = problem.capacity + np.maximum(np.array(levels) - 1, 0) * problem.step_capacity
        for served in product([i for i in range(sites) if levels[i]], repeat=points):
            load = np.bincount(served, problem.demand[year], sites)
            if (load <= room + 1e-9).all():
                best = min(best, sum(problem.demand[year] * problem.unit_cost[range(points), served]))
        return best

    states = [
        levels
        for levels in product(range(problem.most_steps + 2), repeat=sites)
        if problem.fewest_sites <= sum(level > 0 for level in levels) <= most
    ]
    best = np.inf
    for path in product(states, repeat=years):
        total, before, openings = 0.0, problem.is_existing.astype(int), np.zeros(sites)
        for year, levels in enumerate(path):
            now = np.array(levels)
            opened, closed = (now > 0) & (before == 0), (now == 0) & (before > 0)
            steps, steps_before = np.maximum(now - 1, 0), np.maximum(before - 1, 0)
            openings += opened
            spent = travel(year, levels) + problem.yearly_cost @ (now > 0) + problem.opening_cost @ opened
            spent += problem.closing_cost @ closed + problem.step_yearly_cost @ steps
            spent += problem.step_cost @ np.maximum(steps - steps_before, 0)
            total += spent / (1 + problem.interest) ** year
            before = now
        if (openings <= np.where(problem.is_existing, 0, 1)).all():
            best = min(best, float(total))
    return best


def _plan(problem: Expansion) -> ExpansionPlan:
    plan = expand(problem)
    assert check_expansion_plan(problem, plan) == ()
    return plan


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_cheaper(seed: int) -> None:
    problem = _problem(seed)
    expected = _least_cost(problem)
    plan = _plan(problem)
    assert plan.objective == pytest.approx(expected, rel=1e-9)
    assert plan.status is (SolveStatus.OPTIMAL if np.isfinite(expected) else SolveStatus.INFEASIBLE)


TWO = Expansion(
    demand=grown_demand(np.array([4.0, 4.0]), np.array([0.0, 0.5]), 3),
    unit_cost=np.array([[1.0, 9.0], [9.0, 1.0]]),
    capacity=np.array([10.0, 10.0]),
    yearly_cost=np.array([5.0, 5.0]),
    opening_cost=np.array([60.0, 60.0]),
    closing_cost=np.array([1.0, 1.0]),
    is_existing=np.array([True, False]),
)


def test_growth_opens_a_site() -> None:
    still = replace(TWO, demand=np.tile(TWO.demand[0], (3, 1)), capacity=np.array([20.0, 20.0]))
    assert not _plan(replace(still, opening_cost=np.full(2, 100.0))).is_open[:, 1].any()
    grown = _plan(replace(TWO, unit_cost=np.ones((2, 2))))
    assert grown.is_open[:, 1].tolist() == [False, False, True]


def test_capacity_steps_take_the_place_of_a_site() -> None:
    steps = replace(
        TWO,
        opening_cost=np.full(2, 200.0),
        step_capacity=np.full(2, 5.0),
        step_cost=np.full(2, 3.0),
        most_steps=2,
    )
    plan = _plan(steps)
    assert not plan.is_open[:, 1].any()
    assert plan.steps[:, 0].tolist() == [0, 0, 1]
    assert _plan(replace(steps, most_steps=0)).is_open[2, 1]


def test_dear_money_puts_off_an_opening() -> None:
    early = _plan(replace(TWO, capacity=np.full(2, 30.0), opening_cost=np.full(2, 90.0)))
    late = _plan(replace(TWO, capacity=np.full(2, 30.0), opening_cost=np.full(2, 90.0), interest=5.0))
    assert early.is_open[:, 1].sum() > late.is_open[:, 1].sum()
    assert late.objective < early.objective


def test_a_site_closes_when_that_pays() -> None:
    wide = replace(TWO, capacity=np.full(2, 30.0), yearly_cost=np.array([500.0, 5.0]))
    assert not _plan(wide).is_open[:, 0].any()
    dear = replace(wide, closing_cost=np.full(2, 5000.0))
    assert _plan(dear).is_open[:, 0].all()


def test_splitting_costs_no_more() -> None:
    tight = replace(TWO, capacity=np.array([7.0, 7.0]))
    split, whole = _plan(tight), expand(replace(tight, single_source=True))
    assert whole.status is SolveStatus.INFEASIBLE
    assert split.status is SolveStatus.OPTIMAL


def test_demand_beyond_all_sites_is_told() -> None:
    plan = _plan(replace(TWO, capacity=np.array([5.0, 5.0])))
    assert plan.status is SolveStatus.INFEASIBLE
    assert plan.unserved[0].reason == "year 2: sites hold 10 of a demand of 13"
    assert plan.unserved[0].relaxation == "3 more capacity"


def test_money_in_another_unit_changes_no_choice() -> None:
    names = ("unit_cost", "yearly_cost", "opening_cost", "closing_cost")
    scaled = replace(TWO, **{name: getattr(TWO, name) * 1e5 for name in names})
    first, second = _plan(TWO), _plan(scaled)
    assert (first.is_open == second.is_open).all()
    assert second.objective == pytest.approx(first.objective * 1e5)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"objective": 1.0}, "present value"),
        ({"bound": 1e9}, "above the objective"),
        ({"bound": 0.0}, "optimal with a gap"),
        ({"is_open": np.zeros((3, 2), bool)}, "which is closed"),
        ({"is_open": np.array([[True, True], [True, False], [True, True]])}, "opened 2 times"),
        ({"share": np.zeros((3, 2, 2))}, "served 0 times"),
        ({"steps": np.ones((3, 2), int)}, "has 1 steps"),
        ({"share": np.tile(np.array([[1.0, 0.0], [1.0, 0.0]]), (3, 1, 1))}, "more than 10"),
        ({"objective": np.inf}, "there is no plan"),
    ],
)
def test_broken_plans_are_caught(change: dict[str, object], told: str) -> None:
    broken = replace(_plan(TWO), **change)
    assert any(told in line for line in check_expansion_plan(TWO, broken))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fewest_sites": 3}, "fewer than 3"),
        ({"most_sites": 1}, "more than 1"),
        ({"unit_cost": np.array([[np.inf, 9.0], [9.0, np.inf]])}, "may not serve it"),
        ({"single_source": True}, "is split"),
    ],
)
def test_plans_of_another_problem_are_caught(change: dict[str, object], told: str) -> None:
    plan = _plan(replace(TWO, capacity=np.array([7.0, 7.0]), opening_cost=np.full(2, 100.0)))
    assert any(told in line for line in check_expansion_plan(replace(TWO, **change), plan))


def test_growth() -> None:
    assert grown_demand(np.array([2.0]), np.array([0.5]), 3)[:, 0].tolist() == [2.0, 3.0, 4.5]
    with pytest.raises(ValueError, match="growth is"):
        grown_demand(np.array([2.0]), np.array([-1.0]), 3)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"demand": np.array([[1.0, np.nan]])}, "demand holds"),
        ({"unit_cost": np.zeros((3, 2))}, "unit_cost has shape"),
        ({"capacity": np.ones(3)}, "capacity has shape"),
        ({"is_existing": np.array([True])}, "is_existing has shape"),
        ({"interest": -0.1}, "interest must be at least 0"),
        ({"most_sites": 0}, "most_sites is 0"),
    ],
)
def test_bad_numbers_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(TWO, **change)
