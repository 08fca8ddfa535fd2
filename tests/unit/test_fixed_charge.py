"""Fixed-charge location: each constraint bites and does not, broken plans are caught, bad input is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.network import fixed_charge_search
from optimize.network.charge_checking import check_flow_plan
from optimize.network.fixed_charge import CoverPromise, FixedCharge, FlowPlan, with_existing
from optimize.network.fixed_charge_solving import best_site_sets, least_cost_sites
from scenarios import SolveStatus

COST = np.array([[1.0, 9.0, 5.0], [2.0, 8.0, 5.0], [9.0, 1.0, 5.0], [8.0, 2.0, 5.0]])
PLAIN = FixedCharge(COST, np.array([10.0, 10.0, 5.0]))
"""Served from site 2 alone it costs 25, from 0 and 1 together 26."""
LIMITED = replace(PLAIN, capacity=np.array([4.0, 4.0, 4.0]))


def _plan(problem: FixedCharge, *, single: bool = False) -> FlowPlan:
    plan = least_cost_sites(problem, single_source=single)
    assert check_flow_plan(problem, plan, single_source=single) == ()
    return plan


def test_without_limits() -> None:
    plan = _plan(PLAIN)
    assert plan.open_sites == (2,)
    assert (plan.objective, plan.site_cost, plan.travel_cost) == (25.0, 5.0, 20.0)
    assert plan.assigned.tolist() == [2, 2, 2, 2]
    assert "optimal: 25" in plan.summary()


def test_capacity_bites() -> None:
    assert _plan(LIMITED).open_sites == (2,)
    small = replace(PLAIN, capacity=np.array([2.0, 2.0, 3.0]))
    assert _plan(small).open_sites == (0, 1)


def test_splitting_is_worth_something() -> None:
    uneven = FixedCharge(COST[:2, :2], np.zeros(2), np.array([3.0, 3.0]), np.array([4.0, 4.0]))
    assert _plan(uneven, single=True).objective == pytest.approx(9.0)
    split = _plan(uneven)
    assert split.objective == pytest.approx(1.0 + 2.0 / 3 + 8.0 * 2 / 3)
    assert split.share[1] == pytest.approx([1 / 3, 2 / 3])


def test_required_sites_stay_open() -> None:
    assert _plan(replace(PLAIN, required=(2,))).objective == 25.0
    assert 0 in _plan(replace(PLAIN, required=(0,))).open_sites


def test_closed_sites_are_not_used() -> None:
    assert _plan(replace(PLAIN, closed=(0,))).objective == 25.0
    assert _plan(replace(PLAIN, closed=(2,))).open_sites == (0, 1)


def test_limits_of_the_number() -> None:
    assert _plan(replace(PLAIN, fewest_sites=1, most_sites=2)).open_sites == (2,)
    assert len(_plan(replace(PLAIN, fewest_sites=2)).open_sites) == 2
    assert len(_plan(replace(PLAIN, closed=(2,), most_sites=1)).open_sites) == 1


def test_a_radius_forbids_pairs() -> None:
    within = np.where(COST <= 5.0, COST, np.inf)
    assert _plan(replace(PLAIN, cost=within)).open_sites == (2,)
    assert _plan(replace(PLAIN, cost=np.where(COST <= 4.0, COST, np.inf))).open_sites == (0, 1)


def test_a_promise_of_coverage() -> None:
    promise = CoverPromise(np.array([1.0, 1.0, 0.0, 0.0]), COST <= 5.0, 0.5, "west")
    assert _plan(replace(PLAIN, promises=(promise,))).open_sites == (2,)
    close = replace(promise, is_near=COST <= 2.0)
    plan = _plan(replace(PLAIN, promises=(close,)))
    assert 0 in plan.open_sites


def test_existing_sites_are_kept_or_closed_at_a_cost() -> None:
    is_existing = np.array([True, False, False])
    opening = np.array([0.0, 8.0, 4.0])
    for closing, expected in ((0.0, (2,)), (12.0, (0, 1))):
        costs, constant = with_existing(np.array([10.0, 2.0, 1.0]), np.full(3, closing), is_existing, opening)
        plan = _plan(replace(PLAIN, fixed_cost=costs, constant=constant))
        assert plan.open_sites == expected
    assert plan.objective == pytest.approx(10.0 + (8.0 + 2.0) + 1.0 + 2.0 + 1.0 + 2.0)


def test_what_cannot_be_served_is_told() -> None:
    alone = COST.copy()
    alone[3] = np.inf
    plan = _plan(replace(PLAIN, cost=alone))
    assert plan.status is SolveStatus.INFEASIBLE
    assert [(entry.customer, entry.reason) for entry in plan.unserved] == [(3, "no site may serve it")]
    large = replace(LIMITED, demand=np.array([9.0, 1.0, 1.0, 1.0]))
    told = _plan(large, single=True).unserved[0]
    assert told.customer == 0
    assert told.relaxation == "a capacity of 9 instead of 4"
    short = _plan(replace(LIMITED, demand=np.full(4, 3.5)))
    assert short.status is SolveStatus.INFEASIBLE
    assert short.unserved[0].relaxation == "2 more capacity"


def test_all_points_in_one_place() -> None:
    plan = _plan(FixedCharge(np.zeros((5, 3)), np.array([3.0, 2.0, 2.5])))
    assert plan.objective == 2.0
    assert plan.open_sites == (1,)


def test_one_point_and_one_site() -> None:
    assert (
        _plan(FixedCharge(np.array([[3.0]]), np.array([4.0]), np.array([0.0]), np.array([0.0]))).objective
        == 7.0
    )


def test_a_work_limit_leaves_a_bound() -> None:
    chance = np.random.default_rng(1)
    cost = chance.uniform(0, 1, (40, 25))
    problem = FixedCharge(cost, np.full(25, 1.0), np.ones(40), np.full(25, 5.0))
    best = _plan(problem)
    stopped = least_cost_sites(problem, node_limit=3)
    assert stopped.status is not SolveStatus.OPTIMAL
    assert stopped.bound <= best.objective


def test_an_interruption_keeps_the_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    cost = chance.uniform(0, 1, (40, 25))
    problem = FixedCharge(cost, np.full(25, 1.0), np.ones(40), np.full(25, 5.0))
    visit = fixed_charge_search._Tree._visit

    def interrupted(tree: fixed_charge_search._Tree, node: fixed_charge_search._Node) -> None:
        if tree.leaves:
            raise KeyboardInterrupt
        visit(tree, node)

    monkeypatch.setattr(fixed_charge_search._Tree, "_visit", interrupted)
    plan = least_cost_sites(problem)
    assert plan.open_sites
    assert plan.bound <= plan.objective
    assert check_flow_plan(problem, plan, single_source=False) == ()


def _share(*sites: int) -> np.ndarray:
    return np.eye(3)[list(sites)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"open_sites": (0,)}, "which is closed"),
        ({"share": _share(2, 2, 2, 2) * 0.5}, "is served 0.5 times"),
        ({"share": _share(2, 2, 2, 2) * 0.5 + _share(0, 0, 0, 0) * 0.5, "open_sites": (0, 2)}, "is split"),
        ({"share": _share(2, 2, 2, 2) * 2 - _share(0, 2, 2, 2)}, "gets -1"),
        ({"objective": 24.0}, "objective is 25"),
        ({"site_cost": 4.0}, "site cost is 5"),
        ({"travel_cost": 1.0}, "travel cost is 20"),
        ({"bound": 26.0}, "is above the objective"),
        ({"bound": 20.0}, "status is optimal with a gap"),
        ({"open_sites": (2, 0)}, "rising order"),
        ({"open_sites": ()}, "nothing is open"),
        ({"open_sites": (), "objective": np.inf}, "the status is optimal"),
    ],
)
def test_broken_plans_are_caught(change: dict[str, object], told: str) -> None:
    broken = replace(_plan(PLAIN), **change)
    assert any(told in line for line in check_flow_plan(PLAIN, broken, single_source=True))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"required": (0,)}, "required site 0 is closed"),
        ({"closed": (2,)}, "not to be had"),
        ({"fewest_sites": 2}, "fewer than 2"),
        ({"capacity": np.full(3, 3.0)}, "serves 4, more than 3"),
        ({"cost": np.where(COST == 5.0, np.inf, COST)}, "may not serve it"),
        ({"promises": (CoverPromise(np.ones(4), COST < 5.0, 0.1),)}, "less than 0.1"),
    ],
)
def test_plans_of_another_problem_are_caught(change: dict[str, object], told: str) -> None:
    plan = _plan(PLAIN)
    problem = replace(PLAIN, **change)
    assert any(told in line for line in check_flow_plan(problem, plan, single_source=True))
    two = best_site_sets(PLAIN, 2)[1]
    assert any("more than 1" in line for line in check_flow_plan(
        replace(PLAIN, most_sites=1), two, single_source=True
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cost": np.array([[np.nan, 1, 1]] * 4)}, "cost holds nan"),
        ({"cost": -COST}, "cost holds -1"),
        ({"cost": np.zeros((0, 3))}, "cost has shape"),
        ({"fixed_cost": np.array([1.0, np.inf, 1.0])}, "fixed_cost holds inf"),
        ({"fixed_cost": np.ones(2)}, "fixed_cost has shape"),
        ({"demand": np.array([1.0, 1.0, 1.0, -1.0])}, "demand holds"),
        ({"capacity": np.array([1.0, 1.0, np.nan])}, "capacity holds"),
        ({"required": (3,)}, "required is 3"),
        ({"required": (1,), "closed": (1,)}, "closed holds site 1"),
        ({"fewest_sites": 3, "most_sites": 2}, "most_sites is 2"),
        ({"constant": np.nan}, "constant is nan"),
    ],
)
def test_bad_numbers_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(PLAIN, **change)


def test_bad_promises_are_refused() -> None:
    with pytest.raises(ValueError, match=r"least_share is 1\.5"):
        CoverPromise(np.ones(4), COST < 5.0, 1.5)
    with pytest.raises(ValueError, match="wanted is 0"):
        best_site_sets(PLAIN, 0)
