"""Agents for the months: the search against all combinations, busy months, and months that are missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest

import sim
from optimize import ContactMonth, Outlook
from optimize.solving import no_progress
from optimize.staffing.agent_confirmation import cover_of
from optimize.staffing.agent_cover import SLOTS_PER_HOUR, covered, patterns_of, slots_open
from optimize.staffing.agent_forecast import AgentWork, agent_work, all_calls, forecast_of
from optimize.staffing.agent_months import MonthCalls, MonthSearch
from optimize.staffing.agent_planning import plan_agents
from optimize.staffing.covering import ShiftCover
from optimize.staffing.shift_patterns import presence_seconds
from optimize.staffing.varying import performance_by_hour
from scenarios import PlanPart, Scenario, SolveReport, SolveStatus
from study.cli.shipped import load as load_shipped
from tests.contact_worlds import call_centre, calls

PROFILE = [0.0] * 8 + [1.0, 2.0, 3.0, 1.0, 1.0, 0.5] + [0.0] * 10
TARGET = 0.7


def morning(**optimised: Any) -> Scenario:
    """A rush at ten, from eight to two."""
    agents = {
        "opens_hour": 8.0,
        "closes_hour": 14.0,
        "shift_hours": [2.0, 4.0],
        "break_minutes": 0.0,
        "answered_share": TARGET,
        **optimised,
    }
    return call_centre(
        [calls("all", 0.4, 4.0, 5.0, hourly_profile=PROFILE)], 1, 28, policy={"optimised": {"agents": agents}}
    )


def paid_hours(scenario: Scenario, outlook: Outlook | None = None) -> tuple[float, PlanPart]:
    decided, (part,) = plan_agents(scenario, outlook or sim.outlook(scenario), no_progress)
    return sum(shift.people * shift.hours * len(shift.weekdays) for shift in decided["agents"]), part


def with_months(scenario: Scenario, **factors: float) -> Outlook:
    outlook = sim.outlook(scenario)
    assert outlook.contact is not None
    months = tuple(ContactMonth(name, np.full((7, 24), factor), 1.0) for name, factor in factors.items())
    return replace(outlook, contact=replace(outlook.contact, months=months))


def test_the_search_finds_what_all_combinations_of_shifts_hold() -> None:
    scenario = morning()
    wanted, contact = scenario.policy.optimised.agents, sim.outlook(scenario).contact
    assert wanted is not None and contact is not None
    work = agent_work(scenario, contact)
    found = MonthSearch(wanted, work, [MonthCalls(work.calls, 0.0)], 0.95, 1)
    chosen = found.fewest_hours([TARGET], None, covered(wanted, np.full((7, 24), 9), 1, no_progress))
    assert chosen is not None and chosen.is_proven
    patterns = patterns_of(wanted, is_daily=True)
    presence = presence_seconds(patterns, 1, 24 * SLOTS_PER_HOUR)[:, slots_open(wanted)]
    (samples,), levels = found._samples, found._people[8:14]
    best = np.inf
    for people in product(range(7), repeat=len(patterns)):
        hours = 7 * sum(number * each.hours for number, each in zip(people, patterns, strict=True))
        if hours >= best:
            continue
        on_duty = (np.array(people) @ presence // (3600 // SLOTS_PER_HOUR)).reshape(6, -1).min(axis=1)
        if (on_duty < levels[:, 0]).any():
            continue
        level = np.zeros(25, np.int64)
        level[8:14] = (levels[:, 1:] <= on_duty[:, np.newaxis]).sum(axis=1)
        if samples.kept(level, TARGET).mean() >= 0.95:
            best = hours
    assert covered(wanted, chosen.people, 1, no_progress).paid_hours_per_week == chosen.bound_hours == best


def test_a_month_as_a_whole_takes_fewer_hours_than_each_of_its_hours() -> None:
    whole, part = paid_hours(morning())
    each, _ = paid_hours(morning(every_hour_share=TARGET))
    assert whole < each
    assert part.report is not None and not part.report.unserved
    promised = next(told.forecast for told in part.promises if told.measure == "answer_level")
    assert promised >= TARGET


def test_every_hour_may_have_a_target_of_its_own() -> None:
    scenario = morning(every_hour_share=0.6)
    decided, _ = plan_agents(scenario, sim.outlook(scenario), no_progress)
    contact = sim.outlook(scenario).contact
    assert contact is not None
    work = agent_work(scenario, contact)
    people = np.zeros((7, 24), np.int64)
    for shift in decided["agents"]:
        people[:, int(shift.start_hour) : int(shift.start_hour + shift.hours)] += shift.people
    reached = performance_by_hour(
        work.calls.ravel(), people.ravel(), work.minutes, work.patience_minutes, work.within_minutes
    ).answered_share.reshape(7, 24)
    # Waits that flow into the next hour are not in the requirements.
    assert reached[:, 8:14].min() >= 0.6 - 0.05


def test_the_busiest_month_decides() -> None:
    scenario = morning()
    calm, _ = paid_hours(scenario, with_months(scenario, **{"2026-01": 1.0}))
    both, _ = paid_hours(scenario, with_months(scenario, **{"2026-01": 1.0, "2026-02": 2.0}))
    busy, _ = paid_hours(scenario, with_months(scenario, **{"2026-02": 2.0}))
    assert calm < both == busy


def test_months_that_are_missed_are_named_with_what_they_reach() -> None:
    """Half of the calls come while it is closed: no month keeps the target."""
    scenario = morning(opens_hour=10.0)
    _, part = paid_hours(scenario, with_months(scenario, **{"2026-01": 1.0, "2026-02": 1.5}))
    assert part.report is not None
    items = [entry.item for entry in part.report.unserved]
    assert items[1:] == [f"answered in time: 70.0%, in 2026-0{month}" for month in (1, 2)]
    for entry in part.report.unserved[1:]:
        share = float(entry.relaxation.split(",")[0].split()[-1])
        assert share == pytest.approx(float(entry.reason.split("at least ")[1].rstrip("%")) / 100, abs=1e-3)
        assert share < TARGET


def test_the_forecast_of_what_is_found_keeps_the_busiest_month() -> None:
    scenario = morning()
    outlook = with_months(scenario, **{"2026-01": 1.0, "2026-02": 1.7})
    decided, _ = plan_agents(scenario, outlook, no_progress)
    assert outlook.contact is not None
    busy = outlook.contact.in_month(outlook.contact.months[1])
    assert forecast_of(agent_work(scenario, busy), cover_of(decided["agents"])).answered_share >= TARGET


def shifts_cover(on_duty: list[int]) -> ShiftCover:
    """So many people by slot of every day."""
    report = SolveReport(solver="given", status=SolveStatus.FEASIBLE, objective=0.0)
    return ShiftCover((), np.zeros(0, np.int64), np.array([on_duty], float), sum(on_duty) / 2.0, report)


def test_people_who_come_and_go_within_hours_count_for_the_part_in_which_they_are_there() -> None:
    """Half-hours are hours twice as fast: all times twice as long, and half the calls, lead to the same shares."""
    quick = AgentWork(np.full((7, 24), 30.0), 4.0, 3.0, 0.5, 20.0, 0.5)
    slow = AgentWork(np.full((7, 24), 15.0), 8.0, 6.0, 0.5, 40.0, 1.0)
    halves = forecast_of(quick, shifts_cover([2, 5] * 24))
    hours = forecast_of(slow, shifts_cover([2, 2, 5, 5] * 12))
    assert halves.answered_share == pytest.approx(hours.answered_share, rel=1e-9)
    assert halves.abandoned_share == pytest.approx(hours.abandoned_share, rel=1e-9)
    assert all_calls(quick, shifts_cover([2, 5] * 24)).sum() > 30.0 * 168
    few, many = (forecast_of(quick, shifts_cover([people] * 48)).answered_share for people in (2, 5))
    assert few < halves.answered_share < many


def test_months_of_the_outlook_add_up_to_its_mean() -> None:
    """Quickstart's base grows: every month has more failures than the one before, and days weigh them to the mean."""
    _, scenario = load_shipped("quickstart", (), ())
    contact = sim.outlook(scenario).contact
    assert contact is not None
    counted = [
        scenario.horizon.start_date + timedelta(days=day)
        for day in range(scenario.horizon.warm_up_days, scenario.horizon.days)
    ]
    days = [sum(f"{date:%Y-%m}" == month.name for date in counted) for month in contact.months]
    assert sum(days) == len(counted) and len(days) == 4
    calls = np.array([contact.in_month(month).calls_per_hour for month in contact.months])
    assert np.average(calls, axis=0, weights=days) == pytest.approx(contact.calls_per_hour, rel=1e-9)
    back = [contact.in_month(month).back_office_minutes_per_day for month in contact.months]
    assert np.average(back, weights=days) == pytest.approx(contact.back_office_minutes_per_day, rel=1e-9)
    assert (np.diff(calls.sum(axis=(1, 2))) > 0.0).all()
