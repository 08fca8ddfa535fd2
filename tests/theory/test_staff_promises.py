"""Plans of people promise what replications then deliver, exactly where what the promise takes for granted is true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from optimize.solving import no_progress
from optimize.staffing.planning import plan_agents
from scenarios import Decisions, PlanPart, Premise, Scenario, SolveStatus
from study.statistics import mean_interval
from tests.contact_worlds import call_centre, calls

CONFIDENCE = 0.99
ROUND_THE_CLOCK = {"shift_hours": [8.0], "break_minutes": 0.0}


def delivered(
    scenario: Scenario, decided: dict[str, Any], replications: int, measures: tuple[str, ...]
) -> np.ndarray:
    """(replications, measures) KPIs of the planned world."""
    plan = replace(optimize.plan(scenario), decisions=Decisions(format=1, **decided))
    runs = (sim.simulate(scenario, plan, seed=23, replication=number) for number in range(replications))
    return np.array([[run.kpis[measure] for measure in measures] for run in runs])


def promised(part: PlanPart) -> dict[str, float]:
    return {promise.measure: promise.forecast for promise in part.promises}


def assert_kept(part: PlanPart, seen: np.ndarray, measures: tuple[str, ...]) -> None:
    for column, measure in enumerate(measures):
        interval = mean_interval(seen[:, column], CONFIDENCE)
        said = promised(part)[measure]
        assert interval.low <= said <= interval.high, f"{measure} {said} not in {interval.low} .. {interval.high}"


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
