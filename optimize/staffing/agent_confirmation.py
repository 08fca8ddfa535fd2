"""Agents confirmed another way than they were planned: raised shift by shift, with promises for the new people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from optimize.asking import asked
from optimize.counting import counted
from optimize.outlook import ContactOutlook, Outlook
from optimize.planner import with_part
from optimize.solving import Progress, no_progress
from optimize.staffing.agent_forecast import PATH, agent_work, forecast_of, promises_of
from optimize.staffing.agent_targets import missed_targets, without_targets
from optimize.staffing.confirmation import Confirmation, confirm
from optimize.staffing.covering import ShiftCover
from optimize.staffing.shift_patterns import EVERY_DAY, ShiftPattern, presence_seconds
from scenarios import (
    WEEKDAYS,
    Plan,
    PlanPart,
    Scenario,
    Shift,
    SolveReport,
    SolveStatus,
    Unserved,
)

IntArray = npt.NDArray[np.int64]
EvaluateAgents = Callable[[tuple[Shift, ...]], float]
"""Probability with which agents keep a month's target, in so many months that were looked at."""

_SLOTS = 48
_DIGITS = 9


def confirm_agents(
    scenario: Scenario,
    made: Plan,
    outlook: Outlook,
    evaluate: EvaluateAgents,
    months: int,
    *,
    most_steps: int = 20,
    progress: Progress = no_progress,
) -> tuple[Plan, Confirmation]:
    """Evaluate the agents of a plan, and add people one by one until they keep the month's target often enough.

    A person goes to the shift where the planner's forecast of the share answered in time gains most per paid hour.

    Args:
        scenario: facts and policy; `policy.optimised.month_probability` is to be reached.
        made: a plan whose agents were optimised.
        outlook: what the forecast is made from.
        evaluate: measures agents, by simulation for example.
        months: from how many months it does so; told in the plan.
        most_steps: people who may be added.
        progress: told of each evaluation.

    Returns:
        The plan, with the part of agents saying how it was confirmed or that it was not, and the steps: levels are
        people by shift.

    Raises:
        ValueError: no agents were optimised, or a number is out of range.
    """
    shifts = made.decisions.agents
    part = next((part for part in made.parts if part.path == PATH), None)
    if not shifts or outlook.contact is None or part is None or part.report is None:
        raise ValueError("made: a plan whose agents were optimised is needed")
    scenario = scenario if scenario.policy.optimised.agents else asked(scenario, frozenset({"staff"}))
    contact = outlook.contact
    probability = scenario.policy.optimised.month_probability
    found = confirm(
        [shift.people for shift in shifts],
        lambda level: evaluate(with_people(shifts, level)),
        lambda level: best_shift(scenario, contact, with_people(shifts, level)),
        probability,
        most_steps=most_steps,
        progress=progress,
    )
    people = with_people(shifts, found.level)
    report = _report(scenario, contact, part.report, people, found)
    if people != shifts:
        part = part.model_copy(update=_raised(scenario, contact, people))
        report = report.model_copy(update=_paid(report, shifts, people))
    confirmed = part.model_copy(update=_provenance(part, report, found, months, probability))
    return with_part(scenario, made, {"agents": people}, confirmed, outlook), found


def with_people(shifts: Sequence[Shift], people: IntArray) -> tuple[Shift, ...]:
    """Shifts with so many people each."""
    return tuple(
        shift.model_copy(update={"people": number})
        for shift, number in zip(shifts, people.tolist(), strict=True)
    )


def best_shift(scenario: Scenario, contact: ContactOutlook, shifts: Sequence[Shift]) -> int:
    """The shift in which one more person raises the forecast share of calls answered in time most per paid hour.

    Among equals, the one that stands where most calls come for each person: in a week whose work cannot be done at
    all, no single person changes the forecast.

    Args:
        scenario: facts and policy.
        contact: what is to be expected of its calls.
        shifts: agents as they are.
    """
    work = agent_work(scenario, contact)
    here = cover_of(shifts)
    load = np.repeat(work.calls, _SLOTS // 24, axis=1) / np.maximum(here.on_duty, 0.5)
    answered = forecast_of(work, here).answered_share
    scores = []
    for index in range(len(shifts)):
        more = [
            other.model_copy(update={"people": other.people + (index == place)})
            for place, other in enumerate(shifts)
        ]
        there = cover_of(more)
        gain = forecast_of(work, there).answered_share - answered
        paid = there.paid_hours - here.paid_hours
        relief = float(((there.on_duty - here.on_duty) * load).sum())
        scores.append((round(gain / paid, _DIGITS), round(relief / paid, _DIGITS), -index))
    return -max(scores)[2]


def cover_of(shifts: Sequence[Shift]) -> ShiftCover:
    """Shifts as a cover of a week by half-hours."""
    patterns = tuple(
        ShiftPattern(
            shift.start_hour,
            shift.hours,
            shift.break_minutes,
            tuple(day for day in EVERY_DAY if WEEKDAYS[day] in shift.weekdays),
        )
        for shift in shifts
    )
    people = np.array([shift.people for shift in shifts], dtype=np.int64)
    seconds = people @ presence_seconds(patterns, 7, _SLOTS)
    paid = float(people @ np.array([pattern.paid_hours_per_week for pattern in patterns]))
    report = SolveReport(solver="as given", status=SolveStatus.FEASIBLE, objective=paid)
    on_duty = (seconds / (24 * 3600 // _SLOTS)).reshape(7, _SLOTS)
    return ShiftCover(patterns, people, on_duty, paid, report)


def _raised(scenario: Scenario, contact: ContactOutlook, now: Sequence[Shift]) -> dict[str, object]:
    """Promises with the people added."""
    work, cover = agent_work(scenario, contact), cover_of(now)
    return {
        "cells": sum(shift.people for shift in now),
        "promises": tuple(promises_of(scenario, contact, work, cover, forecast_of(work, cover))),
    }


def _paid(report: SolveReport, before: Sequence[Shift], now: Sequence[Shift]) -> dict[str, object]:
    """Paid hours with the people added; the bound is one of the hours first asked for, and stays."""
    # The report may count hours of a day that stands for all: both kinds grow alike.
    growth = cover_of(now).paid_hours / cover_of(before).paid_hours
    status = SolveStatus.FEASIBLE if report.status is SolveStatus.OPTIMAL else report.status
    return {
        "status": status,
        "objective": None if report.objective is None else report.objective * growth,
    }


def _report(
    scenario: Scenario,
    contact: ContactOutlook,
    report: SolveReport,
    now: Sequence[Shift],
    found: Confirmation,
) -> SolveReport:
    """The planner's report with what these people are not expected to keep; months that keep it refute a forecast."""
    wanted = scenario.policy.optimised.agents
    assert wanted is not None
    unserved = without_targets(report.unserved, wanted)
    if not found.is_confirmed:
        work = agent_work(scenario, contact)
        unserved += missed_targets(forecast_of(work, cover_of(now)), wanted, work)
    status = report.status
    if unserved:
        status = SolveStatus.INFEASIBLE
    elif status is SolveStatus.INFEASIBLE:
        status = SolveStatus.FEASIBLE
    return report.model_copy(update={"status": status, "unserved": unserved})


def _provenance(
    part: PlanPart, report: SolveReport, found: Confirmation, months: int, probability: float
) -> dict[str, object]:
    kept = f"target kept in {round(found.probability * months)} of {counted(months, 'simulated month')}"
    word = "confirmed" if found.is_confirmed else "not confirmed"
    unserved = report.unserved
    if not found.is_confirmed:
        added = len(found.steps) - 1
        unserved += (
            Unserved(
                item=f"month's target with a probability of {probability:g}",
                reason=f"{kept}, with {counted(added, 'person')} more",
            ),
        )
    return {
        "kind": f"{part.kind}, {word} by {counted(months, 'simulated month')}",
        "report": report.model_copy(
            update={"solver": f"{report.solver}; {word}: {kept}", "unserved": unserved}
        ),
    }


__all__ = ["EvaluateAgents", "best_shift", "confirm_agents", "cover_of", "with_people"]
