"""How many days a week technicians work: those of their shifts, or those that rosters leave them."""

from __future__ import annotations

from scenarios import Policy, ServiceShift

DAYS_PER_WEEK = 7
_MINUTES_PER_HOUR = 60.0


def most_days_per_week(shift: ServiceShift, policy: Policy) -> int:
    """Days of a week on which somebody may work a shift at most, by the limits of working time."""
    limits = policy.service.workforce.limits
    by_hours = int(limits.weekly_hours_limit * _MINUTES_PER_HOUR / working_minutes(shift) + 1e-9)
    return min(len(shift.weekdays), DAYS_PER_WEEK - limits.min_days_off_per_week, by_hours)


def days_per_week(shift: ServiceShift, policy: Policy) -> int:
    """Days of a week on which somebody works a shift: all its weekdays, fewer where rosters are worked out."""
    wanted = policy.optimised.rosters
    if wanted is None:
        return len(shift.weekdays)
    return min(wanted.days_per_week, most_days_per_week(shift, policy))


def mean_days_per_week(policy: Policy) -> float:
    """Days of a week on which a technician works, over shifts."""
    shifts = policy.service.workforce.shifts
    return sum(days_per_week(shift, policy) for shift in shifts) / len(shifts)


def working_minutes(shift: ServiceShift) -> int:
    """Of a shift, the break left out."""
    return max(round(_MINUTES_PER_HOUR * shift.hours - shift.break_minutes), 1)


__all__ = ["DAYS_PER_WEEK", "days_per_week", "mean_days_per_week", "most_days_per_week", "working_minutes"]
