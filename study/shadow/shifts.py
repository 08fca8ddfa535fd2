"""Crews whose number never changes: the only ones whose queues have a steady state."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios import WEEKDAYS, Distribution, Exponential, Shift

_ROUND_THE_CLOCK_HOURS = 24.0


def always_there(shifts: Sequence[Shift], centre_id: str = "") -> int | None:
    """People of a crew who are there at any time of any day.

    Args:
        shifts: of the crew.
        centre_id: distribution centre they work at; shifts without one count everywhere.

    Returns:
        None if anybody comes and goes or takes a break.
    """
    mine = [shift for shift in shifts if shift.people and shift.dc_id in ("", centre_id)]
    comes_and_goes = any(
        shift.hours != _ROUND_THE_CLOCK_HOURS
        or shift.start_hour != 0.0
        or shift.break_minutes > 0.0
        or len(set(shift.weekdays)) < len(WEEKDAYS)
        or bool(shift.rests_on_holidays)
        or bool(shift.rests_on_dates)
        for shift in mine
    )
    return None if comes_and_goes else sum(shift.people for shift in mine)


def is_memoryless(times: Distribution) -> bool:
    """Whether a distribution of times is exponential."""
    return isinstance(times, Exponential)


def is_even(profile: Sequence[float]) -> bool:
    """Whether all hours are alike."""
    return min(profile) == max(profile)


__all__ = ["always_there", "is_even", "is_memoryless"]
