"""Checks of rosters: who is named exists, shifts are worked on their weekdays, limits are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from scenarios.language.columns import Columns
from scenarios.language.errors import Problem
from scenarios.language.network import WEEKDAYS
from scenarios.language.places import Places
from scenarios.language.rosters import WorkingTimeLimits
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach
from scenarios.language.service_policy import ServiceShift, WorkforcePolicy

_ROSTER = "policy.service.workforce.roster"
_COVER = "policy.service.workforce.cover"
_DAYS_OFF = "policy.optimised.rosters.days_off"
_DAYS_PER_WEEK = 7
_MINUTES_PER_HOUR, _MINUTES_PER_DAY = 60, 1_440

Worked = list[tuple[date, int, ServiceShift]]
"""Of one person, by date: when, row of the table, which shift."""


def technician_ids(workforce: WorkforcePolicy) -> set[str]:
    """All technicians, of the table and of groups."""
    table = workforce.technicians
    named = set() if table is None else set(table["technician_id"])
    return named | {f"{group.id}-{member + 1}" for group in workforce.groups for member in range(group.count)}


def rosters(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Technicians, shifts and stations that are named exist; days can be worked; limits are kept."""
    del reach
    workforce, service = scenario.policy.service.workforce, scenario.service
    people, table, wanted = technician_ids(workforce), workforce.roster, scenario.policy.optimised.rosters
    if wanted is not None and wanted.days_off is not None:
        yield from places.unknown_in_column(_DAYS_OFF, wanted.days_off, "technician_id", people, "technician")
        yield from places.days_of_rows(_DAYS_OFF, wanted.days_off, "date", scenario.horizon)
    if workforce.cover is not None:
        stations = () if service is None or service.stations is None else service.stations["station_id"]
        yield from places.unknown_in_column(_COVER, workforce.cover, "station_id", stations, "station")
    if table is None:
        return
    shifts = {shift.id: shift for shift in workforce.shifts}
    yield from places.unknown_in_column(_ROSTER, table, "technician_id", people, "technician")
    yield from places.unknown_in_column(_ROSTER, table, "shift_id", shifts, "shift")
    yield from places.days_of_rows(_ROSTER, table, "date", scenario.horizon)
    idle = np.array(
        [
            name in shifts and WEEKDAYS[on.weekday()] not in shifts[name].weekdays
            for on, name in zip(table["date"], table["shift_id"], strict=True)
        ],
        np.bool_,
    )
    yield from places.rows("E504", _ROSTER, table, idle, "date", "this shift is not worked on that weekday")
    by_person: dict[str, Worked] = {}
    for row, (name, on, shift) in enumerate(
        zip(table["technician_id"], table["date"], table["shift_id"], strict=True)
    ):
        if shift in shifts:
            by_person.setdefault(str(name), []).append((on, row, shifts[shift]))
    for worked in by_person.values():
        worked.sort(key=lambda entry: entry[:2])
        yield from _limits(table, worked, workforce.limits, places)


def _limits(
    table: Columns[Any], worked: Worked, limits: WorkingTimeLimits, places: Places
) -> Iterator[Problem]:
    """Where somebody works more than he may, told at the first day that is too much."""
    run, week, days, hours = 0, -1, 0, 0.0
    before: tuple[date, ServiceShift] | None = None
    for on, row, shift in worked:
        follows = before is not None and on - before[0] == timedelta(days=1)
        run = run + 1 if follows else 1
        monday = (on.toordinal() - 1) // _DAYS_PER_WEEK
        if monday != week:
            week, days, hours = monday, 0, 0.0
        days, hours = days + 1, hours + working_minutes(shift) / _MINUTES_PER_HOUR
        rest = _rest_hours(before[1], shift) if before is not None and follows else None
        before = (on, shift)
        for name, value, is_broken, told in (
            ("max_consecutive_days", limits.max_consecutive_days, run > limits.max_consecutive_days,
             f"is working day {run} in a row"),
            ("min_days_off_per_week", limits.min_days_off_per_week,
             days > _DAYS_PER_WEEK - limits.min_days_off_per_week, f"is working day {days} of the week"),
            ("weekly_hours_limit", limits.weekly_hours_limit, hours > limits.weekly_hours_limit + 1e-9,
             f"brings the week to {hours:g} working hours"),
            ("rest_hours", limits.rest_hours, rest is not None and rest < limits.rest_hours - 1e-9,
             f"begins {rest} hours after the shift of the day before"),
        ):  # fmt: skip
            if is_broken:
                rule = f"{told}; `limits.{name}` is {value:g}"
                yield from places.rows("E504", _ROSTER, table, np.array([row]), "date", rule)


def working_minutes(shift: ServiceShift) -> int:
    """Of a shift, the break left out."""
    return round(_MINUTES_PER_HOUR * shift.hours - shift.break_minutes)


def _rest_hours(earlier: ServiceShift, later: ServiceShift) -> float:
    """From the end of a shift to the beginning of that of the next day."""
    ends = earlier.start_hour + earlier.hours
    return round(later.start_hour + _MINUTES_PER_DAY / _MINUTES_PER_HOUR - ends, 9)


CHECKS = (rosters,)
