"""Agents who keep a month's target often enough: as planned, confirmed by the engine, and raised where they do not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import optimize
import scenarios
import sim
from optimize.solvers import clopper_pearson
from optimize.staffing.agent_confirmation import best_shift
from scenarios import OptimisedAgents, Plan, PlanPart, Scenario, Shift, SolveStatus, is_edited
from study.confirming import MONTH_DAYS, Confirmed, confirm_agents, is_kept, month_of
from study.errors import RequestError
from study.plan_files import write_plan
from tests.contact_worlds import call_centre, calls

MONTHS = 24


def world() -> Scenario:
    """A call every three minutes, day and night."""
    return call_centre(
        [calls("all", 1 / 3, 4.0, 3.0)],
        1,
        90,
        policy={"optimised": {"agents": {"shift_hours": [8.0], "break_minutes": 0.0}}},
    )


@cache
def planned() -> Plan:
    return optimize.plan(world(), outlook=sim.outlook(world()))


def with_fewer(plan: Plan, shift: int, fewer: int = 1) -> Plan:
    """The plan, still said to be optimised, with fewer people in one shift."""
    assert plan.decisions.agents is not None
    agents = list(plan.decisions.agents)
    agents[shift] = agents[shift].model_copy(update={"people": agents[shift].people - fewer})
    return replace(plan, decisions=plan.decisions.model_copy(update={"agents": tuple(agents)}))


@cache
def confirmed() -> Confirmed:
    return confirm_agents(world(), planned(), replications=MONTHS, jobs=1)


@cache
def raised() -> Confirmed:
    return confirm_agents(world(), with_fewer(planned(), 1, 2), replications=MONTHS, jobs=1)


def agents_part(plan: Plan) -> PlanPart:
    (part,) = (part for part in plan.parts if part.path == "policy.optimised.agents")
    return part


def test_the_plan_keeps_the_target_in_enough_months() -> None:
    found = confirmed()
    assert found.is_confirmed and found.low >= 0.8
    assert [step.people for step in found.steps] == [(3, 3, 3)]
    # Nobody was added, so numbers and promises are the planner's.
    assert found.plan.decisions.agents == planned().decisions.agents
    assert found.plan.promises == planned().promises
    assert agents_part(found.plan).kind == f"shift_cover, confirmed by {MONTHS} simulated months"


def test_simulated_months_with_a_rush_keep_the_target_as_often_as_asked() -> None:
    """Hours of the rush do worse than the month, so that the target is kept by what the other hours do better."""
    profile = [0.0] * 8 + [1.0, 2.0, 3.0, 2.0, 1.0, 1.0, 1.0, 0.5] + [0.0] * 8
    rush = call_centre(
        [calls("all", 0.5, 4.0, 5.0, hourly_profile=profile)],
        1,
        90,
        policy={
            "optimised": {
                "agents": {
                    "opens_hour": 8,
                    "closes_hour": 16,
                    "shift_hours": [4.0, 6.0],
                    "break_minutes": 0.0,
                }
            }
        },
    )
    found = confirm_agents(rush, optimize.plan(rush, outlook=sim.outlook(rush)), replications=MONTHS, jobs=1)
    assert found.people_added == 0 and found.high >= 0.95
    fewer = with_fewer(found.plan, 0)
    assert confirm_agents(rush, fewer, replications=MONTHS, jobs=1, most_steps=0).high < 0.95


def test_one_person_fewer_than_months_ask_for_keeps_hardly_any() -> None:
    """The planner keeps the target in every hour, with nine. A month is kept by eight of them, but not by seven."""
    found = raised()
    before, last = found.steps[-2:]
    assert found.is_confirmed and found.low >= 0.75
    assert sum(last.people) == sum(before.people) + 1
    assert clopper_pearson(before.kept, MONTHS)[1] < 0.95


def test_too_few_are_raised_where_calls_wait_longest() -> None:
    assert [step.people for step in raised().steps] == [(3, 1, 3), (3, 2, 3)]
    assert "with 8 agents, as 7 kept it in 0" in raised().summary()


def test_promises_are_made_anew_for_the_new_people() -> None:
    part, before = agents_part(raised().plan), agents_part(planned())
    assert part.report is not None and before.report is not None
    hours, of_nine = part.report.objective, before.report.objective
    assert of_nine is not None and hours == pytest.approx(of_nine * 8 / 7)  # the report was one of seven
    assert part.report.status is SolveStatus.FEASIBLE and part.cells == 8
    promise, full = (
        {p.measure: p.forecast for p in item.promises}["answer_level"] for item in (part, before)
    )
    runs = [
        sim.simulate(month_of(world()), raised().plan, seed=5, replication=number).kpis["answer_level"]
        for number in range(4)
    ]
    assert 0.8 < promise < full
    assert abs(promise - sum(runs) / 4) < 0.02


def test_the_plan_file_keeps_how_agents_were_confirmed(tmp_path: Path) -> None:
    plan = raised().plan
    write_plan(plan.decisions, tmp_path / "plan.yaml")
    read = optimize.plan(world(), decisions=scenarios.load_plan(tmp_path / "plan.yaml", world()))
    assert read.digest == plan.digest
    assert agents_part(read) == agents_part(plan)
    assert not is_edited(read.decisions, agents_part(read))


def test_steps_and_plan_are_the_same_on_two_jobs() -> None:
    start = with_fewer(planned(), 1, 2)
    one, two = (confirm_agents(world(), start, replications=5, jobs=jobs) for jobs in (1, 2))
    assert one.steps == two.steps and len(one.steps) > 1
    assert one.plan.digest == two.plan.digest


def test_people_who_are_not_enough_after_all_steps_are_called_so() -> None:
    found = confirm_agents(world(), with_fewer(planned(), 0, 2), replications=3, jobs=1, most_steps=0)
    assert not found.is_confirmed and found.kept == 0 and found.people_added == 0
    part = agents_part(found.plan)
    assert part.kind == "shift_cover, not confirmed by 3 simulated months"
    assert part.report is not None and "0 of 3" in part.report.unserved[-1].reason


def test_a_month_is_four_weeks_after_a_week_or_the_warm_up() -> None:
    assert month_of(world()).horizon.days == 7 + MONTH_DAYS
    longer = call_centre([calls("all", 1.0, 4.0)], 1, 90, horizon={"warm_up_days": 14})
    assert (month_of(longer).horizon.warm_up_days, month_of(longer).horizon.days) == (14, 14 + MONTH_DAYS)


@pytest.mark.parametrize(
    ("level", "abandoned", "limit", "kept"),
    [
        (0.8, 0.3, None, True),
        (0.799, 0.0, None, False),
        (0.9, 0.05, 0.05, True),
        (0.9, 0.051, 0.05, False),
        (float("nan"), float("nan"), 0.05, True),
    ],
)
def test_a_month_keeps_what_is_asked(level: float, abandoned: float, limit: float | None, kept: bool) -> None:
    wanted = OptimisedAgents(answered_share=0.8, abandoned_share=limit)
    assert is_kept({"answer_level": level, "abandonment_share": abandoned}, wanted) is kept


def test_people_nobody_optimised_are_not_confirmed() -> None:
    with pytest.raises(RequestError, match="nothing to confirm"):
        confirm_agents(world(), optimize.plan(call_centre([calls("all", 1.0, 4.0)], 3, 7)))


def test_one_more_goes_to_the_shift_with_most_calls_for_each() -> None:
    """Calls in the afternoon: who stands there helps, who comes at night does not."""
    scenario = call_centre([calls("all", 1.0, 4.0, 3.0, hourly_profile=[0.0] * 12 + [1.0] * 12)], 1, 7)
    contact = sim.outlook(scenario).contact
    assert contact is not None
    shifts = [Shift(people=2, start_hour=hour, hours=12.0) for hour in (0.0, 12.0)]
    assert best_shift(scenario, contact, shifts) == 1
    assert best_shift(scenario, contact, shifts[::-1]) == 0
