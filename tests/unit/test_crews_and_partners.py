"""People and work given outside: closed forms, brute force, and a checker that notices what is wrong."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import ceil, inf
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from optimize.staffing.crews_and_partners import (
    CrewsPlan,
    FieldCrews,
    crews_and_partners,
    crews_cost,
    room_per_day,
)
from optimize.staffing.crews_checking import CrewsRule, check_crews
from optimize.staffing.travel import carried_minutes, technicians_needed
from scenarios import SolveStatus

MINUTES, CEILING, PROMISED, SHARE = 480.0, 0.9, 300.0, 0.9


def carried(on_site: float = 60.0, travel: float = 20.0, most: int = 40) -> Any:
    return carried_minutes(
        on_site,
        0.5,
        travel,
        most,
        on_duty_minutes_per_day=MINUTES,
        promised_minutes=PROMISED,
        completed_share=SHARE,
        largest_utilisation=CEILING,
    )


def crews(visits: Any, able: Any = ((True,),), **fields: Any) -> FieldCrews:
    """Stations with visits of 80 minutes; all groups stand at each station."""
    visits, able = np.array(visits, float), np.array(able, bool)
    stations, kinds = visits.shape
    given: dict[str, Any] = {
        "load": 80.0 * visits,
        "own_cost": np.zeros(visits.shape),
        "outside_cost": np.full(visits.shape, inf),
        "requests": visits,
        "carried": np.array([carried()] * stations),
        "minutes": np.full(stations, CEILING * MINUTES),
        "team": np.repeat(np.arange(stations), len(able)),
        "able": np.tile(able, (stations, 1)),
        "cost": np.full(stations * len(able), 300.0),
        "most": np.full(stations * len(able), 40),
        "pools": np.ones((1, kinds), bool),
        **fields,
    }
    return FieldCrews(**given)


@pytest.mark.parametrize("visits", [0.3, 2.0, 4.0, 9.0, 23.0, 61.0])
def test_one_skill_without_partners_takes_as_many_as_a_queue_needs(visits: float) -> None:
    alone = technicians_needed(
        np.array([[visits]]), np.array([60.0]), np.array([0.5]), np.array([20.0]),
        on_duty_minutes_per_day=MINUTES, promised_minutes=PROMISED, completed_share=SHARE,
        largest_utilisation=CEILING,
    )  # fmt: skip
    plan = crews_and_partners(crews([[visits]]))
    assert plan.report.status is SolveStatus.OPTIMAL
    assert plan.people.tolist() == alone.on_duty.tolist()


def test_two_skills_that_all_have_are_one_queue() -> None:
    pools = np.array([[True, True], [True, False], [False, True]])
    together = crews_and_partners(crews([[6.0, 5.0]], [[True, True]], pools=pools))
    apart = crews_and_partners(crews([[6.0, 5.0]], [[True, False], [False, True]], pools=pools))
    assert together.people.sum() == crews_and_partners(crews([[11.0]])).people.sum()
    separately = [crews_and_partners(crews([[visits]])).people.sum() for visits in (6.0, 5.0)]
    assert apart.people.tolist() == separately
    assert apart.people.sum() > together.people.sum()


def test_a_partner_that_asks_for_nothing_does_everything() -> None:
    plan = crews_and_partners(crews([[6.0], [2.0]], outside_cost=np.zeros((2, 1))))
    assert not plan.people.any() and not plan.is_own.any() and plan.cost == 0.0


def test_a_partner_that_is_dear_does_nothing() -> None:
    problem = crews([[6.0], [2.0]])
    plan = crews_and_partners(replace(problem, outside_cost=np.full((2, 1), 1e9)))
    assert plan.is_own.all()
    assert plan.people.tolist() == crews_and_partners(problem).people.tolist()


def test_partners_take_what_costs_most_at_home_up_to_their_room() -> None:
    """Station 1 is far away: its visits take long. There is room for one of the two."""
    problem = crews([[6.0], [6.0]], outside_cost=np.full((2, 1), 300.0), room=7.0)
    problem = replace(problem, load=problem.load * np.array([[1.0], [3.0]]))
    plan = crews_and_partners(problem)
    assert plan.is_own[:, 0].tolist() == [True, False]
    assert crews_and_partners(replace(problem, room=5.0)).is_own.all()
    bought = replace(problem, room=inf)
    assert crews_and_partners(replace(bought, outside_cost=np.full((2, 1), 1.0))).people.sum() == 0


def test_a_volume_that_is_paid_anyway_is_used() -> None:
    problem = crews(
        [[2.0]], outside_cost=np.full((1, 1), 400.0), minimum=np.zeros(1), minimum_price=np.zeros(1)
    )
    assert crews_and_partners(problem).is_own.all()
    paid = replace(problem, minimum=np.array([2.0]), minimum_price=np.array([200.0]))
    assert not crews_and_partners(paid).is_own.any()


def test_what_customers_pay_is_weighed() -> None:
    problem = crews([[2.0]], outside_cost=np.full((1, 1), 200.0))
    assert not crews_and_partners(problem).is_own.any()
    assert crews_and_partners(replace(problem, own_cost=np.full((1, 1), -500.0))).is_own.all()


def test_two_are_there_where_work_takes_two() -> None:
    assert crews_and_partners(crews([[0.2]])).people.sum() == 1
    assert crews_and_partners(crews([[0.2]], least=np.array([2]))).people.sum() == 2


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_cheaper_than_what_is_found(seed: int) -> None:
    """All numbers of people and all work given outside, one after the other."""
    random = np.random.default_rng(seed)
    able = np.array([[True, False], [False, True], [True, True]])
    problem = crews(
        random.uniform(0.5, 7.0, (1, 2)),
        able,
        cost=random.uniform(150.0, 400.0, 3),
        most=np.array([3, 3, 3]),
        outside_cost=random.uniform(100.0, 1500.0, (1, 2)),
        own_cost=random.uniform(-400.0, 200.0, (1, 2)),
        room=float(random.uniform(2.0, 12.0)),
        pools=np.array([[True, True], [True, False], [False, True]]),
        minimum=np.array([2.0]),
        minimum_price=np.array([60.0]),
    )
    best = inf
    for people in product(range(4), repeat=3):
        for own in product((False, True), repeat=2):
            if _is_possible(problem, np.array(people), np.array([own])):
                best = min(best, crews_cost(problem, np.array(people), np.array([own])))
    plan = crews_and_partners(problem)
    if best == inf:
        assert plan.report.status is SolveStatus.INFEASIBLE and plan.report.unserved
        return
    assert plan.report.status is SolveStatus.OPTIMAL
    assert plan.cost == pytest.approx(best, rel=1e-9)
    assert check_crews(problem, plan) == ()


def _is_possible(problem: FieldCrews, people: Any, own: Any) -> bool:
    able = problem.able[people > 0]
    if (able.any(axis=0) != own[0]).any() if len(able) else own.any():
        return False
    if problem.requests[~own].sum() > problem.room:
        return False
    load = np.where(own, problem.load, 0.0)[0]
    for pool in problem.pools:
        count = people[(problem.able & pool).any(axis=1)].sum()
        if load[pool].sum() > problem.carried[0, count] + 1e-9:
            return False
    # x[kind, group], as shares of the load, must fit into the time of each group.
    rows = np.kron(load[None, :], np.eye(3))
    whole = np.kron(np.eye(2), np.ones((1, 3)))
    bounds = [(0.0, float(problem.able[g, k])) for k in range(2) for g in range(3)]
    found = linprog(
        np.zeros(6), A_ub=rows, b_ub=problem.minutes[0] * people, A_eq=whole, b_eq=own[0].astype(float),
        bounds=bounds,
    )  # fmt: skip
    return bool(found.status == 0)


def test_more_stations_and_another_order_change_nothing() -> None:
    visits = np.array([[6.0, 1.0], [2.0, 3.0], [4.0, 0.0]])
    able = [[True, False], [True, True]]
    terms: dict[str, Any] = {"outside_cost": np.full((3, 2), 900.0), "room": 6.0}
    plan = crews_and_partners(crews(visits, able, **terms))
    again = crews_and_partners(crews(visits[::-1], able, **terms))
    assert again.cost == pytest.approx(plan.cost, rel=1e-9)
    assert crews_and_partners(crews(visits, able, **terms)).people.tolist() == plan.people.tolist()


def test_work_that_nobody_can_do_is_told_before_solving() -> None:
    plan = crews_and_partners(crews([[3.0, 1.0]], [[True, False]]))
    assert plan.report.status is SolveStatus.INFEASIBLE and not plan.is_solved
    assert "kind 1 at station 0" in plan.report.unserved[0].item
    assert crews_and_partners(crews([[30.0]], most=np.array([2]))).report.unserved


def good() -> tuple[FieldCrews, CrewsPlan]:
    problem = crews(
        [[6.0, 3.0], [1.0, 1.0]],
        [[True, False], [True, True]],
        outside_cost=np.array([[900.0, 900.0], [50.0, 50.0]]),
        room=4.0,
        least=np.array([2, 2]),
        pools=np.array([[True, True], [False, True]]),
    )
    plan = crews_and_partners(problem)
    assert check_crews(problem, plan) == ()
    return problem, plan


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        (CrewsRule.PEOPLE, lambda p: {"people": p.people - 50}),
        (CrewsRule.DONE, lambda p: {"is_own": np.ones_like(p.is_own)}),
        (CrewsRule.GONE, lambda p: {"is_own": np.zeros_like(p.is_own)}),
        (CrewsRule.ROOM, lambda p: {"is_own": np.zeros_like(p.is_own)}),
        (CrewsRule.FITS, lambda p: {"people": np.minimum(p.people, 1)}),
        (CrewsRule.POOLS, lambda p: {"people": np.minimum(p.people, 1)}),
        (CrewsRule.LEAST, lambda p: {"people": np.array([0, 1, 0, 0])}),
        (CrewsRule.COST, lambda p: {"cost": p.cost + 1.0}),
        (CrewsRule.BOUND, lambda p: {"report": p.report.model_copy(update={"bound": p.cost * 2.0})}),
        (CrewsRule.BOUND, lambda p: {"report": p.report.model_copy(update={"bound": None})}),
    ],
)
def test_the_checker_notices(rule: CrewsRule, broken: Any) -> None:
    problem, plan = good()
    assert rule in {found.rule for found in check_crews(problem, replace(plan, **broken(plan)))}


def test_room_is_what_seldom_is_exceeded_on_a_day() -> None:
    room = room_per_day(65, 0.001)
    days = np.random.default_rng(2).poisson(room, 400_000)
    assert np.maximum(days - 65, 0).sum() / days.sum() == pytest.approx(0.001, rel=0.15)
    assert ceil(room_per_day(65, 1.0)) == 65 and room_per_day(0, 0.5) == 0.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"load": np.array([[-1.0]])}, "load"),
        ({"own_cost": np.array([[np.nan]])}, "own_cost"),
        ({"outside_cost": np.array([[np.nan]])}, "outside_cost"),
        ({"room": -1.0}, "room"),
        ({"team": np.array([4])}, "team"),
        ({"carried": np.array([[0.0, 5.0, 2.0]])}, "carried"),
        ({"pools": np.ones((1, 3), bool)}, "pools"),
        ({"most": np.array([1, 2])}, "most"),
    ],
)
def test_numbers_that_cannot_be_are_refused(fields: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        crews([[3.0]], **fields)
