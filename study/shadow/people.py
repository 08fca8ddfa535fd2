"""Laws of technicians: illness and training."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios import Absence
from study.shadow.expected import Expected, World

_DAYS_PER_YEAR, _DAYS_PER_WEEK = 365.0, 7
_LONGEST_DAYS = 120
_MOST_OF_DAYS, _WEEKS_PER_YEAR = 0.5, 52.0


def people(world: World) -> Iterator[Expected]:
    """Share of days due on which technicians are ill, and days of training, in every scenario with technicians."""
    service, workforce = world.scenario.service, world.scenario.policy.service.workforce
    if service is None or not (workforce.groups or workforce.technicians is not None):
        return
    absent = absent_share(service.people.absence)
    if absent > 0.0:
        yield Expected(
            kpi="absence_share",
            value=absent,
            method="renewal theory: of all illnesses that could have lasted until today none has begun",
            regime="illnesses begin on every day with the same probability",
        )
    asked = workforce.training_days_per_year
    days_a_week = min((len(set(shift.weekdays)) for shift in workforce.shifts), default=0)
    # Where nearly every working day is one of training, some of it finds no day.
    fits = 0.0 < asked <= _MOST_OF_DAYS * days_a_week * _WEEKS_PER_YEAR
    is_by_weekday = workforce.roster is None and not world.scenario.policy.service.open_stations
    if world.scenario.loops.attrition or not is_by_weekday or not fits:
        return
    trained = asked * (1.0 - absent)
    is_whole = world.counted_days % _DAYS_PER_WEEK == 0
    yield Expected(
        kpi="training_days_per_year",
        value=trained,
        method="training days in equal distances from a day of the year drawn for each; who is ill misses it",
        regime="nobody leaves",
        # A day off moves training to the next working day, which evens out over whole weeks.
        tolerance=0.0 if is_whole else trained * _DAYS_PER_WEEK / world.counted_days,
    )


def absent_share(absence: Absence) -> float:
    """Share of days on which somebody is ill: 1 - product over k of (1 - p P(L > k)), k days since the first.

    Args:
        absence: p, illnesses that begin on a day, and L, whole days from 1 to 120.
    """
    per_day = absence.episodes_per_year / _DAYS_PER_YEAR
    if per_day == 0.0:
        return 0.0
    since = np.arange(_LONGEST_DAYS)
    lasts = np.where(since == 0, 1.0, 1.0 - np.asarray(absence.length_days.cdf(since + 0.5), np.float64))
    return float(1.0 - np.prod(1.0 - min(per_day, 1.0) * lasts))


__all__ = ["absent_share", "people"]
