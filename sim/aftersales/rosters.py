"""Who works which shift on which day of a run, where the policy has a roster."""

from __future__ import annotations

from datetime import timedelta

from scenarios import WEEKDAYS, Scenario, ServiceShift

Rostered = tuple[ServiceShift | None, ...]
"""By day of the run; None = off. Empty = by the weekdays of the own shift, as on days after the last of it."""


def rosters_of(scenario: Scenario, own_shifts: dict[str, ServiceShift]) -> dict[str, Rostered]:
    """Shifts by day of all technicians who are in the roster.

    Args:
        scenario: with its horizon.
        own_shifts: shift of each technician, worked on its weekdays before the first date of the roster and after its
            last one.
    """
    workforce, horizon = scenario.policy.service.workforce, scenario.horizon
    table = workforce.roster
    if table is None or not len(table):
        return {}
    shifts = {shift.id: shift for shift in workforce.shifts}
    named: dict[str, dict[int, ServiceShift]] = {}
    for name, on, shift in zip(table["technician_id"], table["date"], table["shift_id"], strict=True):
        named.setdefault(str(name), {})[(on - horizon.start_date).days] = shifts[str(shift)]
    first = (min(table["date"]) - horizon.start_date).days
    last = (max(table["date"]) - horizon.start_date).days
    weekdays = [WEEKDAYS[(horizon.start_date + timedelta(days=day)).weekday()] for day in range(7)]

    def shift_on(name: str, day: int) -> ServiceShift | None:
        if first <= day <= last:
            return named[name].get(day)
        own = own_shifts[name]
        return own if weekdays[day % 7] in own.weekdays else None

    return {
        name: tuple(shift_on(name, day) for day in range(horizon.days))
        for name in named
        if name in own_shifts
    }


__all__ = ["Rostered", "rosters_of"]
