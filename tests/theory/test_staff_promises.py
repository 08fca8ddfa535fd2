"""Plans of people promise what replications then deliver, exactly where what the promise takes for granted is true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optimize
import sim
from optimize.solving import no_progress
from optimize.staffing.planning import plan_agents, plan_technicians
from scenarios import Decisions, PlanPart, Scenario
from study.statistics import mean_interval
from tests.contact_worlds import call_centre, calls
from tests.service_worlds import job_stream, service_world

CONFIDENCE = 0.99
ROUND_THE_CLOCK = {"shift_hours": [8.0], "break_minutes": 0.0}


def delivered(
    scenario: Scenario, decided: dict[str, Any], replications: int, measures: tuple[str, ...]
) -> np.ndarray:
    """(replications, measures) KPIs of the planned world."""
    plan = optimize.plan(scenario, decisions=Decisions(format=1, **decided))
    runs = (sim.simulate(scenario, plan, seed=23, replication=number) for number in range(replications))
    return np.array([[run.kpis[measure] for measure in measures] for run in runs])


def promised(part: PlanPart) -> dict[str, float]:
    return {promise.measure: promise.forecast for promise in part.promises}


def assert_kept(part: PlanPart, seen: np.ndarray, measures: tuple[str, ...]) -> None:
    for column, measure in enumerate(measures):
        interval = mean_interval(seen[:, column], CONFIDENCE)
        said = promised(part)[measure]
        assert interval.low <= said <= interval.high, (
            f"{measure} {said} not in {interval.low} .. {interval.high}"
        )


def textbook(rate: float, minutes: float, patience: float, days: int, **optimised: Any) -> Scenario:
    """Calls at one rate day and night, to agents of whom there are as many as are planned."""
    return call_centre(
        [calls("all", rate, minutes, patience)],
        1,
        days,
        policy={"optimised": {"agents": {**ROUND_THE_CLOCK, **optimised}}},
    )


CALLS = ("answer_level", "answer_seconds", "agent_utilisation")


@pytest.mark.parametrize("patience", [0.0, 3.0])
def test_promises_of_agents_hold_where_their_premises_do(patience: float) -> None:
    scenario = textbook(1.5, 4.0, patience, 20)
    decided, (part,) = plan_agents(scenario, sim.outlook(scenario), no_progress)
    assert all(promise.premises == () for promise in part.promises)
    measures = (*CALLS, "abandonment_share") if patience else CALLS
    assert_kept(part, delivered(scenario, decided, 16, measures), measures)
    assert promised(part)["answer_level"] >= 0.8


def test_a_promise_is_not_kept_by_slower_agents() -> None:
    """What the intervals above forgive is less than what work a tenth longer does."""
    scenario = textbook(1.5, 4.0, 0.0, 20)
    decided, (part,) = plan_agents(scenario, sim.outlook(scenario), no_progress)
    slower = textbook(1.5, 4.4, 0.0, 20)
    seen = delivered(slower, decided, 8, ("answer_level",))
    assert mean_interval(seen[:, 0], CONFIDENCE).high < promised(part)["answer_level"]


def jobs_world(completed: float, days: int = 60) -> Scenario:
    """Jobs at the door of a station that is manned day and night, an hour each, to be done within two."""
    return service_world(
        days=days,
        streams=[job_stream("jobs", 20.0, 60.0)],
        technicians=1,
        policy={
            "optimised": {"technicians": {"completed_share": completed, "largest_utilisation": 0.95}},
            "service": {
                "sla": [{"id": "two", "response_hours": [2.0] * 3, "completion_hours": [2.0] * 3}],
            },
        },
    )


def test_promises_of_technicians_hold_where_their_premises_do() -> None:
    scenario = jobs_world(0.8)
    decided, (part,) = plan_technicians(scenario, sim.outlook(scenario), no_progress)
    assert all(promise.premises == () for promise in part.promises)
    measures = ("technician_utilisation", "completion_attainment")
    assert_kept(part, delivered(scenario, decided, 16, measures), measures)
    assert promised(part)["completion_attainment"] >= 0.8
    assert len(decided["technicians"]) == part.cells


def test_a_tougher_promise_takes_no_fewer_technicians() -> None:
    people = []
    for share in (0.5, 0.7, 0.8):
        scenario = jobs_world(share)
        people.append(plan_technicians(scenario, sim.outlook(scenario), no_progress)[1][0].cells)
    assert people == sorted(people)
