"""Who works on which date, how many have to be there, and the limits that any roster keeps."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from scenarios.language.base import Model, assumed, given
from scenarios.language.network import Weekday


class RosterRow(Model):
    """One row of a roster: a technician works a shift on a date."""

    __unique__: ClassVar[tuple[str, ...]] = ("technician_id", "date")

    technician_id: str = given(min_length=1)
    """Technician; of a group, `<id>-1`, `<id>-2` and so on."""
    date: date
    """Day on which the shift begins."""
    shift_id: str = given(min_length=1)
    """Shift."""


class CoverRow(Model):
    """One row of the table of cover: how many technicians of a station are wanted at work on a weekday."""

    __unique__: ClassVar[tuple[str, ...]] = ("station_id", "weekday")

    station_id: str = given(min_length=1)
    """Station."""
    weekday: Weekday = given()
    """Weekday on which their shifts begin."""
    people: int = given(unit="technicians", ge=0, le=100_000)
    """How many."""


class DayOffRow(Model):
    """One row of the table of days off: leave that is granted."""

    __unique__: ClassVar[tuple[str, ...]] = ("technician_id", "date")

    technician_id: str = given(min_length=1)
    """Technician; of a group, `<id>-1`, `<id>-2` and so on."""
    date: date
    """Day on which he works no shift."""


class WorkingTimeLimits(Model):
    """What any roster keeps, whoever made it. Working hours leave breaks out; weeks begin on Monday."""

    max_consecutive_days: int = assumed(
        6, "a day of rest in every seven: ILO convention 14 (1921)", unit="days", ge=1, le=366
    )
    """Most working days in a row."""
    min_days_off_per_week: int = assumed(
        1, "a day of rest in every seven: ILO convention 14 (1921)", unit="days", ge=0, le=6
    )
    """Fewest days off in a week."""
    weekly_hours_limit: float = assumed(
        48.0, "ILO convention 1 (1919); directive 2003/88/EC", unit="hours per week", gt=0, le=168
    )
    """Most working hours in a week."""
    rest_hours: float = assumed(11.0, "directive 2003/88/EC", unit="hours", ge=0, le=24)
    """Least time from the end of a shift to the beginning of the next."""


__all__ = ["CoverRow", "DayOffRow", "RosterRow", "WorkingTimeLimits"]
