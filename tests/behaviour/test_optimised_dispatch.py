"""Dispatch by search in a busy world: it is worth its name against the simple rules, on the same days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import optimize
from scenarios import Scenario
from sim import RunResult
from sim.replans import NOT_KNOWN, Planned
from study import replicate
from tests.factory import merged
from tests.field_worlds import busy_world, crew, dispatching, promised_once, requests_of
from tests.service_worlds import run

HOUR = 3_600
DAY = 86_400
MONEY: dict[str, Any] = {"costs": {"service": {"technician_per_hour": 30.0, "van_per_km": 0.6}}}
REPLICATIONS = 24


def world(**terms: Any) -> Scenario:
    return busy_world(policy=dispatching(**terms), **MONEY)


def optimised(**terms: Any) -> Scenario:
    return world(plan="optimised", iterations=60, replan_minutes=60.0, **terms)


def cost_per_visit(result: RunResult) -> float:
    """Driving at wage and kilometres, and lateness at 60 an hour, per visit."""
    requests, visits = requests_of(result), result.tables["visits"]
    once = promised_once(requests)
    late = (requests["first_arrived_second"] - requests["promised_until_second"])[once].clip(0)
    driving = visits["driving_seconds"].sum() / HOUR * 30.0 + visits["metres"].sum() / 1_000 * 0.6
    return float((driving + late.sum() / HOUR * 60.0) / len(visits))


@pytest.fixture(scope="module")
def searched() -> RunResult:
    return run(optimised())


class TestWorth:
    def test_less_driving_and_lateness_than_first_come(self) -> None:
        """Paired over replications; the interval of the saving, 4 a visit or so, lies clear of zero.

        Plans weigh what is measured: broken promises have no price besides lateness.
        """
        weighing = optimised(broken_promise_cost=0.0)
        saving = [
            cost_per_visit(run(world(), replication=number))
            - cost_per_visit(run(weighing, replication=number))
            for number in range(REPLICATIONS)
        ]
        mean, error = float(np.mean(saving)), float(stats.sem(saving))
        assert mean - stats.t.ppf(0.975, REPLICATIONS - 1) * error > 0.0

    def test_appointments_are_kept_as_with_a_plan_of_the_day(self) -> None:
        """Over the same replications: no fewer than by it, and more than where promises have no price."""
        kept = [
            [
                run(scenario, replication=number).kpis["appointment_kept_share"]
                for number in range(REPLICATIONS // 2)
            ]
            for scenario in (optimised(), world(plan="day_plan"), optimised(broken_promise_cost=0.0))
        ]
        means = [float(np.mean(one)) for one in kept]
        assert means[0] >= means[1]
        assert means[0] > means[2]

    def test_as_many_requests_are_completed(self, searched: RunResult) -> None:
        first_come = run(world())
        done = [(requests_of(result)["outcome"] > 0).sum() for result in (first_come, searched)]
        assert done[1] > 0.97 * done[0]


class TestPlans:
    def test_each_is_written_down(self, searched: RunResult) -> None:
        table = searched.tables["replans"]
        assert len(table) > 28
        assert (table["kind"] == Planned.TECHNICIANS).all()
        assert set(table["place"].tolist()) == {0, 1}
        known = table["repaired_minor"] != NOT_KNOWN
        assert known.any()
        assert (table["planned_minor"] <= table["rule_minor"]).all()
        assert (table["planned_minor"] <= table["repaired_minor"])[known].all()
        assert (table["left_out"] <= table["items"]).all()

    def test_they_are_no_more_often_than_allowed(self) -> None:
        table = run(world(plan="optimised", iterations=5, replan_minutes=180.0)).tables["replans"]
        for district in (0, 1):
            seconds = table["second"][table["place"] == district]
            same_day = np.diff(seconds // DAY) == 0
            assert (np.diff(seconds)[same_day] >= 3 * HOUR).all()

    def test_they_are_worth_something(self, searched: RunResult) -> None:
        assert searched.kpis["technician_replan_saving_on_rule"] > 0.0
        assert searched.kpis["technician_replan_saving"] > 0.0
        assert searched.kpis["technician_replan_fallback_share"] < 0.2

    def test_without_a_search_the_rule_is_followed(self) -> None:
        table = run(world(plan="optimised", iterations=0)).tables["replans"]
        assert (table["planned_minor"] == table["rule_minor"]).all()

    def test_other_plans_write_none(self) -> None:
        assert not len(run(world(plan="day_plan")).tables["replans"])

    def test_a_technician_alone_and_nobody_with_the_skill(self) -> None:
        """What nobody can do waits, and the others are visited."""
        groups = {"groups": [crew("T", 1, level=0)]}
        terms = merged(dispatching(plan="optimised"), {"service": {"workforce": groups}})
        result = run(busy_world(policy=terms))
        assert len(result.tables["visits"]) > 20
        assert (requests_of(result)["outcome"] == 0).any()


class TestRepeatable:
    def test_twice_the_same(self, searched: RunResult) -> None:
        assert run(optimised()).digest() == searched.digest()

    def test_pooled_technicians(self) -> None:
        result = run(optimised(area="pooled"))
        assert set(result.tables["replans"]["place"].tolist()) == {0}
        assert result.digest() == run(optimised(area="pooled")).digest()

    def test_one_or_two_workers(self) -> None:
        scenario = optimised()
        studies = [
            replicate(scenario, optimize.plan(scenario), seed=3, replications=2, jobs=jobs) for jobs in (1, 2)
        ]
        digests = [[run.digest for run in study.condensed] for study in studies]
        assert digests[0] == digests[1]
        assert digests[0][0] != digests[0][1]
