"""Stations and crews decided together, against trying everything; each promise bites and does not."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from optimize.network.crew_capacity import carried_loads, crew_needed
from optimize.network.siting_checking import check_siting_plan
from optimize.network.station_problem import ReachPromise, SitingPlan, SitingProblem
from optimize.network.station_siting import site_stations
from optimize.staffing.queues import mgc
from scenarios import SolveStatus


def _problem(seed: int, points: int = 5, stations: int = 3, **changes: object) -> SitingProblem:
    chance = np.random.default_rng(seed)
    places, sites = chance.uniform(0, 60, (points, 2)), chance.uniform(0, 60, (stations, 2))
    km = np.hypot(*(places[:, None] - sites[None]).transpose(2, 0, 1))
    problem = SitingProblem(
        jobs_per_day=chance.uniform(0.5, 8, points),
        work_minutes=chance.uniform(30, 90, points),
        travel_minutes=km * 1.5,
        travel_km=km,
        station_cost_per_day=chance.uniform(20, 300, stations),
        technician_cost_per_day=150.0,
        on_duty_minutes=480.0,
        cost_per_km=0.5,
        closing_cost_per_day=chance.uniform(0, 100, stations),
    )
    return replace(problem, **changes)


def _crew(problem: SitingProblem, jobs: float, busy: float) -> int:
    for crew in range(1, problem.most_technicians + 1):
        if busy / problem.on_duty_minutes > problem.largest_utilisation * crew:
            continue
        if problem.promised_wait_minutes is None or jobs == 0:
            return crew
        queue = mgc(jobs / problem.on_duty_minutes, busy / jobs, problem.job_scv, crew)
        if queue.answered_within(problem.promised_wait_minutes) >= problem.waited_share:
            return crew
    return 10**6


def _least_cost(problem: SitingProblem) -> float:
    best, sized = np.inf, {}
    minutes = problem.work_minutes[:, None] + problem.trips_per_job * problem.travel_minutes
    kilometres = problem.trips_per_job * problem.cost_per_km * problem.travel_km
    for number in range(problem.fewest_stations, problem.stations + 1):
        for chosen in combinations(range(problem.stations), number):
            fixed = problem.station_cost_per_day[list(chosen)].sum()
            fixed += sum(problem.closing_cost_per_day[i] for i in problem.existing if i not in chosen)
            for served in product(chosen, repeat=problem.points):
                at = (np.arange(problem.points), list(served))
                cost = fixed + (problem.jobs_per_day * kilometres[at]).sum()
                near = [
                    problem.jobs_per_day[problem.travel_km[at] <= promise.radius_km].sum()
                    >= promise.least_share * problem.jobs_per_day.sum()
                    for promise in problem.reach
                ]
                if cost >= best or not all(near):
                    continue
                for station in chosen:
                    mine = np.array(served) == station
                    jobs = float(problem.jobs_per_day[mine].sum())
                    busy = float((problem.jobs_per_day * minutes[at])[mine].sum())
                    if (station, mine.tobytes()) not in sized:
                        sized[station, mine.tobytes()] = _crew(problem, jobs, busy)
                    cost += problem.technician_cost_per_day * sized[station, mine.tobytes()]
                best = min(best, cost)
    return float(best)


def _plan(problem: SitingProblem, *, with_curve: bool = False) -> SitingPlan:
    plan = site_stations(problem, with_curve=with_curve)
    assert check_siting_plan(problem, plan) == ()
    return plan


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("wait", [None, 45.0])
def test_nothing_is_cheaper(seed: int, wait: float | None) -> None:
    reach = (ReachPromise(0.6, radius_km=30.0),) if seed % 2 else ()
    problem = _problem(seed, 4 + seed % 2, promised_wait_minutes=wait, reach=reach, existing=(0,))
    expected = _least_cost(problem)
    plan = _plan(problem)
    if np.isfinite(expected):
        assert plan.cost_per_day == pytest.approx(expected, rel=1e-9)
    else:
        assert plan.status is SolveStatus.INFEASIBLE


def test_larger_crews_carry_more_per_head() -> None:
    problem = _problem(1, promised_wait_minutes=20.0, largest_utilisation=0.99)
    loads = carried_loads(problem, 90.0, 12)
    per_head = loads[1:] / np.arange(1, 13)
    assert (np.diff(per_head) > 0).all()
    assert [crew_needed(problem, 90.0, load, 12) for load in loads[1:]] == list(range(1, 13))


def test_crews_without_a_promised_wait_follow_the_ceiling() -> None:
    assert carried_loads(_problem(1), 90.0, 3) == pytest.approx([0.0, 0.85, 1.7, 2.55])


def test_cheap_stations_are_all_opened_and_dear_ones_pooled() -> None:
    cheap = _problem(3, 20, 5, station_cost_per_day=np.zeros(5), cost_per_km=50.0)
    assert len(_plan(cheap).open_stations) == 5
    dear = _problem(3, 20, 5, station_cost_per_day=np.full(5, 1e5))
    assert len(_plan(dear).open_stations) == 1


def test_a_reach_promise_bites() -> None:
    problem = _problem(3, 20, 5, station_cost_per_day=np.full(5, 1000.0))
    loose = _plan(replace(problem, reach=(ReachPromise(0.01, radius_km=40.0),)))
    assert loose.cost_per_day == pytest.approx(_plan(problem).cost_per_day)
    near = problem.travel_minutes <= 30.0
    possible = problem.jobs_per_day @ near.any(axis=1) / problem.jobs_per_day.sum()
    tight = _plan(replace(problem, reach=(ReachPromise(possible, travel_minutes=30.0),)))
    assert tight.cost_per_day > loose.cost_per_day
    assert tight.coverage[0] == pytest.approx(possible)
    assert tight.status is SolveStatus.OPTIMAL


def test_a_promise_for_one_region() -> None:
    problem = _problem(3, 20, 5, station_cost_per_day=np.full(5, 1000.0))
    nearest_open = problem.travel_km[:, list(_plan(problem).open_stations)].min(axis=1)
    far = int((nearest_open - problem.travel_km.min(axis=1)).argmax())
    radius = float(problem.travel_km[far].min()) + 0.1
    plan = _plan(replace(problem, reach=(ReachPromise(1.0, radius_km=radius, points=(far,), name="far"),)))
    assert plan.travel_minutes != _plan(problem).travel_minutes
    assert plan.coverage == (1.0,)


def test_required_stations_and_numbers() -> None:
    problem = _problem(3, 20, 5)
    best = _plan(problem)
    shut = next(i for i in range(5) if i not in best.open_stations)
    assert shut in _plan(replace(problem, required=(shut,))).open_stations
    assert len(_plan(replace(problem, fewest_stations=4)).open_stations) == 4
    assert len(_plan(replace(problem, most_stations=1)).open_stations) == 1


def test_a_dear_closing_keeps_a_station() -> None:
    problem = _problem(3, 20, 5)
    best = _plan(problem)
    shut = next(i for i in range(5) if i not in best.open_stations)
    closing = np.zeros(5)
    assert shut not in _plan(replace(problem, existing=(shut,), closing_cost_per_day=closing)).open_stations
    closing[shut] = 1e5
    assert shut in _plan(replace(problem, existing=(shut,), closing_cost_per_day=closing)).open_stations


def test_sharing_a_point_costs_no_more() -> None:
    problem = _problem(6, 12, 4)
    assert _plan(replace(problem, may_split=True)).cost_per_day <= _plan(problem).cost_per_day * (1 + 1e-9)


def test_the_curve_holds_the_best_plan_and_travel_falls() -> None:
    free = _problem(4, 15, 4, station_cost_per_day=np.zeros(4), technician_cost_per_day=1e-6, cost_per_km=1.0)
    plan = _plan(free, with_curve=True)
    travel = [point.travel_minutes for point in plan.curve]
    assert travel == sorted(travel, reverse=True)
    assert min(point.cost_per_day for point in plan.curve) == pytest.approx(plan.cost_per_day)
    assert [point.stations for point in plan.curve] == [1, 2, 3, 4]


def test_what_cannot_be_reached_is_told() -> None:
    problem = _problem(3, 20, 5, reach=(ReachPromise(1.0, radius_km=0.5),))
    plan = _plan(problem)
    assert plan.status is SolveStatus.INFEASIBLE
    assert "no candidate is near" in plan.unserved[0].reason
    crowded = _plan(_problem(3, 4, 2, jobs_per_day=np.array([500.0, 1.0, 1.0, 1.0]), most_technicians=20))
    assert crowded.unserved[0].customer == 0


def test_no_jobs_at_all() -> None:
    plan = _plan(_problem(1, jobs_per_day=np.zeros(5)))
    assert plan.technicians.sum() == 1
    assert plan.travel_cost == 0.0


def test_money_in_another_unit_changes_no_choice() -> None:
    problem = _problem(7, 12, 4)
    scaled = replace(
        problem,
        station_cost_per_day=problem.station_cost_per_day * 1e4,
        technician_cost_per_day=problem.technician_cost_per_day * 1e4,
        cost_per_km=problem.cost_per_km * 1e4,
    )
    first, second = _plan(problem), _plan(scaled)
    assert second.open_stations == first.open_stations
    assert second.cost_per_day == pytest.approx(first.cost_per_day * 1e4)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"open_stations": ()}, "nothing is open"),
        ({"technicians": np.array([0, 0, 0])}, "listed otherwise"),
        ({"technicians": np.array([99, 99, 99])}, "more than 60"),
        ({"technicians": np.array([1, 1, 1]), "open_stations": (0, 1, 2)}, "busy"),
        ({"share": np.full((5, 3), 1 / 3)}, "is split"),
        ({"share": np.full((5, 3), 0.1)}, "times"),
        ({"load": np.zeros(3)}, "load of station"),
        ({"coverage": (0.1,)}, "is near, not 0.1"),
        ({"coverage": ()}, "0 coverages"),
        ({"station_cost": 1.0}, "station cost"),
        ({"technician_cost": 1.0}, "technician cost"),
        ({"travel_cost": 1.0}, "travel cost"),
        ({"travel_minutes": 1.0}, "mean travel"),
        ({"bound": 1e9}, "above the cost"),
        ({"bound": 0.0}, "optimal with a gap"),
    ],
)
def test_broken_plans_are_caught(change: dict[str, object], told: str) -> None:
    problem = _problem(2, reach=(ReachPromise(0.2, radius_km=40.0),), jobs_per_day=np.full(5, 8.0))
    broken = replace(_plan(problem), **change)
    assert any(told in line for line in check_siting_plan(problem, broken))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"promised_wait_minutes": 0.1, "waited_share": 0.999}, "begun in time"),
        ({"reach": (ReachPromise(0.9, radius_km=1.0),)}, "less than 0.9"),
        ({"required": (0, 1, 2)}, "is closed"),
        ({"fewest_stations": 3}, "fewer than 3"),
    ],
)
def test_plans_of_another_problem_are_caught(change: dict[str, object], told: str) -> None:
    problem = _problem(2, station_cost_per_day=np.full(3, 1e4), reach=(ReachPromise(0.2, radius_km=40.0),))
    plan = _plan(problem)
    assert any(told in line for line in check_siting_plan(replace(problem, **change), plan))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"jobs_per_day": np.array([1.0, np.nan, 1.0, 1.0, 1.0])}, "jobs_per_day holds"),
        ({"travel_km": np.zeros((5, 2))}, "travel_km has shape"),
        ({"on_duty_minutes": 0.0}, "on_duty_minutes must be above 0"),
        ({"largest_utilisation": 1.0}, "largest_utilisation must lie"),
        ({"required": (3,)}, "required is 3"),
        ({"fewest_stations": 0}, "fewest_stations is 0"),
        ({"most_stations": 0}, "most_stations is 0"),
    ],
)
def test_bad_numbers_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        _problem(1, **change)
    with pytest.raises(ValueError, match="radius_km and travel_minutes are both None"):
        ReachPromise(0.5)
