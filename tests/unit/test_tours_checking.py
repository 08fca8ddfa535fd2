"""The checker of tours: a sound plan passes, and one broken in one way is caught by the rule that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimize.routing.tours.checking import TourRule, check_tours
from optimize.routing.tours.plan import (
    BREAK,
    BREAK_ON_ARRIVAL,
    RELOAD,
    Tour,
    ToursPlan,
    ToursStatus,
    Unserved,
    UnservedReason,
)
from optimize.routing.tours.problem import Lateness, Tours, Vehicles, Visits
from tests.tours_by_hand import roads_between

Broken = Callable[[Tours, ToursPlan], tuple[Tours, ToursPlan]]

_TOO_DEAR = Unserved(4, UnservedReason.COST, "", True)
_TOO_EARLY = Unserved(5, UnservedReason.TIME_WINDOW)


@pytest.fixture
def sound() -> tuple[Tours, ToursPlan]:
    """Two vehicles on a line of places 100 s apart, a crew at place 2, a reload and both kinds of break, by hand."""
    visits = Visits.of(
        [1, 2, 2, 3, 4, 4],
        load=[[4], [2], [2], [4], [0], [0]],
        collected=[[1], [0], [0], [1], [0], [0]],
        window_opens=[[0], [1000], [1000], [0], [0], [0]],
        window_closes=[[5000], [1400], [1400], [5000], [5000], [100]],
        due_second=[5000, 900, 5000, 5000, 5000, 5000],
        lateness_class=[-1, 0, -1, -1, -1, -1],
        unserved_cost=[np.inf, np.inf, np.inf, np.inf, 50.0, 70.0],
        is_outsourced=[False, False, False, False, True, False],
        twin=[-1, 2, 1, -1, -1, -1],
        parts=[[1, 1], [0, 0], [0, 0], [1, 0], [0, 0], [0, 0]],
        is_tool=[False, True],
    )
    vehicles = Vehicles.of(
        [0, 0],
        capacity=[[6], [6]],
        shift_end_second=[3000, 3000],
        regular_end_second=[2000, 2000],
        overtime_cost_per_hour=[36.0, 36.0],
        longest_seconds=[2500, 2500],
        break_seconds=[200, 200],
        break_earliest_second=[500, 500],
        break_latest_second=[1500, 1500],
        longest_driving_seconds=[800, 800],
        cost_fixed=[5.0, 5.0],
        cost_per_km=[10.0, 10.0],
        cost_per_hour=[36.0, 36.0],
        balance_cost=[3.6, 3.6],
        reload_place=[0, 0],
        reload_seconds=[50, 50],
        cost_per_reload=[2.0, 2.0],
        most_reloads=[1, 1],
        on_board=[[1, 1], [1, 1]],
    )
    problem = Tours.of(
        visits,
        vehicles,
        roads_between([(0, 0), (100, 0), (200, 0), (300, 0), (400, 0)]),
        lateness=Lateness.per_hour(36.0),
        service_seconds=np.full((2, 6), 60),
        extra_cost=np.full((2, 6), 0.5),
    )
    first = Tour(
        vehicle=0,
        depart_second=540,
        stops=(0, BREAK_ON_ARRIVAL, 1, RELOAD, 3),
        arrival_seconds=(640, 800, 800, 1260, 1610),
        start_seconds=(640, 800, 1000, 1260, 1610),
        end_second=1970,
        distance_metres=1000,
    )
    second = Tour(
        vehicle=1,
        depart_second=100,
        stops=(BREAK, 2),
        arrival_seconds=(100, 900),
        start_seconds=(500, 1000),
        end_second=1260,
        distance_metres=400,
    )
    plan = ToursPlan(
        tours=(first, second),
        unserved=(_TOO_DEAR, _TOO_EARLY),
        must_unserved=0,
        money=_money(),
        status=ToursStatus.SERVED,
        bound=50.0,
    )
    return problem, plan


def _money() -> Any:
    from optimize.routing.tours.plan import TourMoney

    one, other = 1430 / 3600, 1160 / 3600
    return TourMoney(
        fixed=5 + 5 + 2,
        distance=10.0 * 1.4,
        hours=36 * (one + other),
        lateness=36 * 100 / 3600,
        extra=4 * 0.5,
        balance=3.6 * (one**2 + other**2),
        unserved=120.0,
    )


def test_a_sound_plan_passes(sound: tuple[Tours, ToursPlan]) -> None:
    assert check_tours(*sound) == ()


def _in_vehicles(**columns: Any) -> Broken:
    def broken(problem: Tours, plan: ToursPlan) -> tuple[Tours, ToursPlan]:
        new = {name: np.full_like(getattr(problem.vehicles, name), value) for name, value in columns.items()}
        return replace(problem, vehicles=replace(problem.vehicles, **new)), plan

    return broken


def _in_visits(**columns: Any) -> Broken:
    def broken(problem: Tours, plan: ToursPlan) -> tuple[Tours, ToursPlan]:
        new = {name: np.asarray(value) for name, value in columns.items()}
        return replace(problem, visits=replace(problem.visits, **new)), plan

    return broken


def _in_plan(**changed: Any) -> Broken:
    return lambda problem, plan: (problem, replace(plan, **changed))


def _in_tour(number: int, **changed: Any) -> Broken:
    def broken(problem: Tours, plan: ToursPlan) -> tuple[Tours, ToursPlan]:
        tours = list(plan.tours)
        tours[number] = replace(tours[number], **changed)
        return problem, replace(plan, tours=tuple(tours))

    return broken


BROKEN: list[tuple[TourRule, Broken]] = [
    (TourRule.EVERY_VISIT_ONCE, _in_plan(unserved=())),
    (TourRule.EVERY_VISIT_ONCE, _in_tour(1, stops=(BREAK, 1))),
    (TourRule.KNOWN_VEHICLE, _in_tour(1, vehicle=2)),
    (TourRule.KNOWN_VEHICLE, _in_tour(1, vehicle=0)),
    (TourRule.NOT_EMPTY, lambda p, plan: (p, replace(plan, tours=(*plan.tours, Tour(1, 0, (), (), (), 0, 0))))),
    (TourRule.KNOWN_STOPS, _in_tour(1, stops=(-4, 2))),
    (TourRule.KNOWN_STOPS, _in_tour(1, start_seconds=(500,))),
    (TourRule.KNOWN_STOPS, _in_tour(1, stops=(2, BREAK_ON_ARRIVAL))),
    (TourRule.ALLOWED, lambda p, plan: (replace(p, allowed=np.zeros((2, 6), bool)), plan)),
    (TourRule.CAPACITY, _in_vehicles(capacity=5)),
    (TourRule.CAPACITY, _in_visits(collected=np.array([[5], [0], [0], [1], [0], [0]]))),
    (TourRule.PARTS, _in_visits(parts=np.array([[2, 1], [0, 0], [0, 0], [1, 0], [0, 0], [0, 0]]))),
    (TourRule.PARTS, _in_visits(parts=np.array([[1, 2], [0, 0], [0, 0], [1, 0], [0, 0], [0, 0]]))),
    (TourRule.RELOADS, _in_vehicles(most_reloads=0)),
    (TourRule.ARRIVAL, _in_tour(0, arrival_seconds=(640, 800, 800, 1260, 1609))),
    (TourRule.ARRIVAL, _in_tour(1, arrival_seconds=(101, 900))),
    (TourRule.START, _in_tour(0, start_seconds=(639, 800, 1000, 1260, 1610))),
    (TourRule.START, _in_tour(0, start_seconds=(640, 801, 1000, 1260, 1610))),
    (TourRule.START, _in_visits(release_second=np.full(6, 700))),
    (TourRule.WINDOW, _in_visits(window_closes=np.full((6, 1), 900), window_opens=np.zeros((6, 1), int))),
    (TourRule.WINDOW, _in_visits(window_opens=[[641], [1000], [1000], [0], [0], [0]])),
    (TourRule.TWINS, _in_tour(1, start_seconds=(500, 1001), end_second=1261)),
    (TourRule.TWINS, _in_visits(twin=np.array([-1, 3, -1, 1, -1, -1]))),
    (TourRule.TWINS, _in_visits(twin=np.array([-1, 4, -1, -1, 1, -1]))),
    (TourRule.SHIFT, _in_vehicles(shift_end_second=1969)),
    (TourRule.SHIFT, _in_vehicles(shift_start_second=101)),
    (TourRule.LONGEST, _in_vehicles(longest_seconds=1429)),
    (TourRule.BREAK, _in_vehicles(break_earliest_second=801)),
    (TourRule.BREAK, _in_vehicles(break_latest_second=499, break_earliest_second=0)),
    (TourRule.DRIVING, _in_vehicles(longest_driving_seconds=399)),
    (TourRule.END, _in_tour(0, end_second=1971)),
    (TourRule.DISTANCE, _in_tour(0, distance_metres=999)),
    (TourRule.MUST, _in_plan(must_unserved=1)),
    (TourRule.REASON, _in_plan(unserved=(Unserved(4, UnservedReason.NOBODY, "", True), _TOO_EARLY))),
    (TourRule.REASON, _in_plan(unserved=(_TOO_DEAR, Unserved(5, UnservedReason.COST)))),
    (TourRule.REASON, _in_plan(unserved=(Unserved(4, UnservedReason.COST), _TOO_EARLY))),
    (TourRule.STATUS, _in_plan(status=ToursStatus.PARTIAL)),
    (TourRule.STATUS, _in_visits(unserved_cost=np.full(6, np.inf))),
    (TourRule.BOUND, _in_plan(bound=1000.0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "broken"), BROKEN, ids=[f"{n}-{rule.name}" for n, (rule, _) in enumerate(BROKEN)]
)
def test_a_broken_plan_is_caught(sound: tuple[Tours, ToursPlan], rule: TourRule, broken: Broken) -> None:
    assert rule in {one.rule for one in check_tours(*broken(*sound))}


@pytest.mark.parametrize(
    "head", ["fixed", "distance", "hours", "overtime", "lateness", "extra", "balance", "unserved"]
)
def test_every_head_of_money_is_checked(sound: tuple[Tours, ToursPlan], head: str) -> None:
    problem, plan = sound
    money = replace(plan.money, **{head: plan.money.by_head()[head] + 0.01})
    broken = check_tours(problem, replace(plan, money=money))
    assert [(one.rule, one.where) for one in broken] == [(TourRule.MONEY, head)]


def test_every_rule_has_a_broken_plan() -> None:
    assert {rule for rule, _ in BROKEN} | {TourRule.MONEY} == set(TourRule)
