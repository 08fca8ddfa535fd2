"""The technicians of a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from scenarios import WEEKDAYS
from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Duty, Rooms
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, second_of_day

_SECONDS_PER_MINUTE = 60
_MILLION = 1_000_000


class Technicians:
    """Who is there, how well they work, how they feel; without loops they stay as they are."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._people = context.facts.technicians
        self._skill = context.facts.service.people.skill
        start = context.world.scenario.horizon.start_date
        self._weekdays = [WEEKDAYS[(start + timedelta(days=day)).weekday()] for day in range(7)]

    def connect(self, rooms: Rooms) -> None:
        """Say whom they work for."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Workforce.open`."""

    def duty(self, technician: int, day: int) -> Duty | None:
        """See `Workforce.duty`."""
        return self.planned_duty(technician, day)

    def planned_duty(self, technician: int, day: int) -> Duty | None:
        """See `Workforce.planned_duty`."""
        shift = self._people[technician].shift
        if self._weekdays[day % 7] not in shift.weekdays:
            return None
        starts = day * SECONDS_PER_DAY + second_of_day(shift.start_hour)
        ends = starts + round(shift.hours * SECONDS_PER_HOUR)
        return Duty(starts, ends, round(shift.break_minutes * _SECONDS_PER_MINUTE))

    def levels(self, technician: int) -> Sequence[int]:
        """See `Workforce.levels`."""
        return self._people[technician].levels

    def minutes_factor(self, technician: int, skill: int) -> float:
        """See `Workforce.minutes_factor`."""
        return (
            self._people[technician].minutes_factor
            * self._skill.minutes_factors[self._level(technician, skill)]
        )

    def success_share(self, technician: int, skill: int) -> float:
        """See `Workforce.success_share`."""
        return self._skill.success_shares[self._level(technician, skill)]

    def relapse_factor(self, technician: int, skill: int) -> float:
        """See `Workforce.relapse_factor`."""
        return self._skill.relapse_factors[self._level(technician, skill)]

    def manner_ppm(self, technician: int) -> int:
        """See `Workforce.manner_ppm`."""
        return _MILLION

    def done(self, technician: int, skill: int, request: Request, *, is_fixed: bool) -> None:
        """See `Workforce.done`."""

    def day_over(self, technician: int, day: int, row: Sequence[int]) -> None:
        """See `Workforce.day_over`."""

    def close(self) -> None:
        """See `Workforce.close`."""

    def _level(self, technician: int, skill: int) -> int:
        """Position of a level in the tables of effects; work of no particular skill counts as the highest."""
        levels = self._people[technician].levels
        return max(levels[skill], 1) - 1 if skill >= 0 else max(levels, default=5) - 1
