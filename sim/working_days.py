"""On which days people work, waves are released and trucks drive."""

from __future__ import annotations

from datetime import timedelta

from scenarios import WEEKDAYS, Scenario, WorkingDays
from sim.market.festivals import holiday_dates

_BEYOND_DAYS = 60
"""Days before and after the run for which holidays are known: plans of its last days look a little ahead."""


class Calendar:
    """The working days of one shift, wave or group of trucks."""

    def __init__(self, scenario: Scenario, days: WorkingDays) -> None:
        """Work them out.

        Raises:
            ValueError: a holiday's calendar does not cover a year of the run.
        """
        start = scenario.horizon.start_date
        self.start_weekday = start.weekday()
        """Of day 0, Monday = 0."""
        self._weekdays = frozenset(WEEKDAYS.index(day) for day in days.weekdays)
        first = start - timedelta(days=_BEYOND_DAYS)
        last = start + timedelta(days=scenario.horizon.days + _BEYOND_DAYS)
        rests = set(days.rests_on_dates)
        for holiday in scenario.demand.holidays:
            if holiday.name in days.rests_on_holidays:
                for begins in holiday_dates(holiday, first, last):
                    rests |= {begins + timedelta(days=offset) for offset in range(holiday.days)}
        self._rests = frozenset((date - start).days for date in rests)

    def works(self, day: int) -> bool:
        """Whether it is a working day; day 0 is the first day of the run."""
        return (self.start_weekday + day) % len(WEEKDAYS) in self._weekdays and day not in self._rests
