"""Public holidays: when they fall, and how demand climbs before them and comes back after them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from scenarios import Holiday

FIRST_YEAR = 1900
LAST_YEAR = 2099
FIRST_QINGMING_YEAR = 2008
"""Qingming is a public holiday of mainland China since 2008."""


def holiday_factors(holiday: Holiday, start_date: date, first_day: int, days: int) -> npt.NDArray[np.float64]:
    """Demand over that of an ordinary day, shape (days,).

    On the k-th last day before the event, k = 1 ... build_up_days, the factor lies on a straight line from 1
    (at k = build_up_days + 1) to `build_up_factor` (at k = 1); after the event it comes back the same way,
    from `recovery_factor`. Occurrences that touch each other multiply.

    Args:
        holiday: the event.
        start_date: date of day 0.
        first_day: first day of the array, may be negative.
        days: length of the array.

    Raises:
        ValueError: the calendar does not cover a year that is needed.
    """
    factors = np.ones(days)
    profile = _profile(holiday)
    opening = start_date + timedelta(days=first_day)
    for first in holiday_dates(holiday, opening, opening + timedelta(days=days - 1)):
        begin = (first - opening).days - holiday.build_up_days
        low, high = max(begin, 0), min(begin + profile.size, days)
        if low < high:
            factors[low:high] *= profile[low - begin : high - begin]
    return factors


def holiday_dates(holiday: Holiday, first: date, last: date) -> tuple[date, ...]:
    """First days of the occurrences that can move demand between two dates, both included.

    Raises:
        ValueError: the calendar does not cover a year that is needed.
    """
    if holiday.dates or not holiday.calendar:
        return holiday.dates
    earliest = first - timedelta(days=holiday.days + holiday.recovery_days)
    latest = last + timedelta(days=holiday.build_up_days)
    rule = _RULES[holiday.calendar]
    occurrences = (rule(year) for year in range(earliest.year, latest.year + 1))
    return tuple(day for day in occurrences if earliest <= day <= latest)


def _profile(holiday: Holiday) -> npt.NDArray[np.float64]:
    """Factors from the first day of the build-up to the last day of the recovery."""
    climb, descent = holiday.build_up_days, holiday.recovery_days
    before = 1.0 + (holiday.build_up_factor - 1.0) * (np.arange(1, climb + 1) / max(climb, 1))
    after = 1.0 + (holiday.recovery_factor - 1.0) * (np.arange(descent, 0, -1) / max(descent, 1))
    return np.concatenate((before, np.full(holiday.days, holiday.factor), after))


def _lunar(month: int, day: int) -> Callable[[int], date]:
    def in_year(year: int) -> date:
        from lunardate import LunarDate

        _require(year, FIRST_YEAR)
        solar: date = LunarDate(year, month, day).to_solar_date()
        return solar

    return in_year


def _solar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _qingming(year: int) -> date:
    # Imported here because the library takes a fifth of a second and few scenarios need it.
    from holidays import country_holidays

    _require(year, FIRST_QINGMING_YEAR)
    calendar = country_holidays("CN", years=year, language="en_US")
    named: list[date] = calendar.get_named("Tomb-Sweeping Day", lookup="exact")
    return named[0]


def _require(year: int, first: int) -> None:
    if not first <= year <= LAST_YEAR:
        raise ValueError(
            f"the Chinese calendar is known for {first} to {LAST_YEAR}, not for {year}; give `dates`"
        )


_RULES: dict[str, Callable[[int], date]] = {
    "lunar_new_year": _lunar(1, 1),
    "dragon_boat": _lunar(5, 5),
    "mid_autumn": _lunar(8, 15),
    "qingming": _qingming,
    "labour_day": _solar(5, 1),
    "national_day": _solar(10, 1),
}
