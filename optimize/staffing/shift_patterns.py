"""Shift patterns: when somebody who works one is on duty."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
"""Weekdays, Monday first."""
_HOUR = 3600
_DAY = 24 * _HOUR


@dataclass(frozen=True, order=True)
class ShiftPattern:
    """A shift and the days on which it begins. Past midnight it goes on into the next day, Sunday's into Monday.

    Raises:
        ValueError: A number is out of range or no whole number of minutes.
    """

    start_hour: float
    """Clock hour at which it begins, 0 <= start < 24."""
    hours: float
    """Length, the paid break included, 0 < hours <= 24."""
    break_minutes: float = 0.0
    """Break in the middle: nobody of the shift is on duty then."""
    weekdays: tuple[int, ...] = EVERY_DAY
    """Days on which it begins, 0 = Monday, ascending."""

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("start_hour", self.start_hour * 60, 0, 24 * 60 - 1),
            ("hours", self.hours * 60, 1, 24 * 60),
            ("break_minutes", self.break_minutes, 0, self.hours * 60 - 1),
        ):
            if not (math.isfinite(value) and low <= value <= high and abs(value - round(value)) < 1e-6):
                raise ValueError(
                    f"{name}={getattr(self, name)!r}: must be {low} to {high:g} minutes, in whole minutes"
                )
        if not self.weekdays or tuple(sorted(set(self.weekdays) & set(EVERY_DAY))) != self.weekdays:
            raise ValueError(f"weekdays={self.weekdays!r}: must be some of 0 to 6, each once, ascending")

    @property
    def paid_seconds(self) -> int:
        """Of one day, break included."""
        return round(self.hours * _HOUR)

    @property
    def paid_hours_per_week(self) -> float:
        """Hours times days, break included."""
        return self.hours * len(self.weekdays)

    @property
    def duty_seconds(self) -> tuple[tuple[int, int], ...]:
        """From when to when somebody is on duty, seconds after the midnight before the start; ends may pass 24 h."""
        begins, pause = round(self.start_hour * _HOUR), round(self.break_minutes * 60)
        ends = begins + self.paid_seconds
        break_begins = (begins + ends - pause) // 2
        if pause == 0:
            return ((begins, ends),)
        return (begins, break_begins), (break_begins + pause, ends)


def patterns_from(
    lengths: Iterable[float],
    break_minutes: float,
    opens_hour: float = 0.0,
    closes_hour: float = 24.0,
    step_hours: float = 1.0,
    weekday_sets: Iterable[tuple[int, ...]] = (EVERY_DAY,),
) -> tuple[ShiftPattern, ...]:
    """Every shift that lies within opening hours, beginning at the opening and every step after it.

    Args:
        lengths: Lengths in hours, the break included; one longer than the opening hours is left out.
        break_minutes: Break in the middle of every shift.
        opens_hour: Clock hour of the opening.
        closes_hour: Clock hour of the close; at or before the opening it is that of the next day. From 0 to 24, and
            where both are equal, it is open day and night: shifts begin all round the clock and pass midnight.
        step_hours: Between two beginnings; besides, one shift of each length ends with the close.
        weekday_sets: Days on which a shift may begin, each set a pattern of its own.

    Returns:
        Patterns by length and start.

    Raises:
        ValueError: A number is out of range, or no shift fits into the opening hours.
    """
    opens, closes, step = (round(hour * _HOUR) for hour in (opens_hour, closes_hour, step_hours))
    if not 0 <= opens < _DAY or not 0 <= closes <= _DAY:
        raise ValueError(f"opens_hour={opens_hour!r}, closes_hour={closes_hour!r}: must be hours of a day")
    if step <= 0 or abs(step_hours * 60 - round(step_hours * 60)) > 1e-6:
        raise ValueError(f"step_hours={step_hours!r}: must be positive and a whole number of minutes")
    span = (closes - opens) % _DAY or _DAY
    wanted, sets, patterns = tuple(sorted(set(lengths))), tuple(weekday_sets), []
    for hours in wanted:
        latest = span - round(hours * _HOUR)
        if span == _DAY:
            begins = set(range(0, _DAY, step))
        else:
            begins = {*range(0, latest + 1, step), *([latest] if latest >= 0 else [])}
        patterns += [
            ShiftPattern((opens + begin) % _DAY / _HOUR, hours, break_minutes, weekdays)
            for begin in sorted(begins)
            for weekdays in sets
        ]
    if not patterns:
        raise ValueError(f"lengths={wanted!r}: no shift fits into opening hours of {span / _HOUR:g} h")
    return tuple(patterns)


def presence_seconds(patterns: Iterable[ShiftPattern], days: int, slots: int) -> IntArray:
    """Seconds that one person of each pattern is on duty in each slot.

    Args:
        patterns: Patterns.
        days: 7 for a week that repeats; 1 for a day that repeats, whatever the weekdays of a pattern are.
        slots: Slots of a day, all of one length.

    Returns:
        (patterns, days * slots); what passes the end goes on at the beginning.
    """
    edges = np.arange(days * slots + 1, dtype=np.int64) * (_DAY // slots)
    rows = []
    for pattern in patterns:
        row = np.zeros(days * slots, dtype=np.int64)
        for day in pattern.weekdays if days > 1 else (0,):
            for begins, ends in pattern.duty_seconds:
                for turn in (0, days * _DAY):
                    clipped = np.clip(edges, begins + day * _DAY - turn, ends + day * _DAY - turn)
                    row += np.diff(clipped)
        rows.append(row)
    return np.array(rows, dtype=np.int64).reshape(len(rows), days * slots)


__all__ = ["EVERY_DAY", "ShiftPattern", "patterns_from", "presence_seconds"]
