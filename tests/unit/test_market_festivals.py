"""Holiday dates against the published calendar, and the shape of demand around them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from scenarios.language.demand import Holiday
from sim.market.festivals import holiday_dates, holiday_factors

# Public holiday notices of the State Council of the People's Republic of China.
PUBLISHED = {
    "lunar_new_year": (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)),
    "qingming": (date(2024, 4, 4), date(2025, 4, 4), date(2026, 4, 5)),
    "labour_day": (date(2024, 5, 1), date(2025, 5, 1), date(2026, 5, 1)),
    "dragon_boat": (date(2024, 6, 10), date(2025, 5, 31), date(2026, 6, 19)),
    "mid_autumn": (date(2024, 9, 17), date(2025, 10, 6), date(2026, 9, 25)),
    "national_day": (date(2024, 10, 1), date(2025, 10, 1), date(2026, 10, 1)),
}


@pytest.mark.parametrize("calendar", PUBLISHED)
def test_calendar_dates_are_the_published_ones(calendar: str) -> None:
    holiday = Holiday.model_validate({"name": calendar, "calendar": calendar, "factor": 2.0})
    assert holiday_dates(holiday, date(2024, 1, 1), date(2026, 12, 31)) == PUBLISHED[calendar]


def test_given_dates_are_used_as_they_are() -> None:
    dates = (date(2025, 3, 8), date(2026, 3, 7))
    assert (
        holiday_dates(Holiday(name="fair", dates=dates, factor=2.0), date(2025, 1, 1), date(2025, 2, 1))
        == dates
    )


def test_demand_climbs_before_and_comes_back_after() -> None:
    holiday = Holiday(
        name="fair",
        dates=(date(2025, 1, 10),),
        days=2,
        factor=0.5,
        build_up_days=4,
        build_up_factor=3.0,
        recovery_days=2,
        recovery_factor=0.8,
    )
    factors = holiday_factors(holiday, date(2025, 1, 5), 0, 10)
    assert factors == pytest.approx([1.0, 1.5, 2.0, 2.5, 3.0, 0.5, 0.5, 0.8, 0.9, 1.0])


@pytest.mark.parametrize(("first_day", "days"), [(-3, 6), (2, 3), (4, 1), (6, 9), (11, 4), (30, 5)])
def test_a_window_shows_the_same_factors_as_a_longer_one(first_day: int, days: int) -> None:
    holiday = Holiday(
        name="new year",
        calendar="lunar_new_year",
        days=3,
        factor=0.5,
        build_up_days=6,
        build_up_factor=3.0,
        recovery_days=8,
        recovery_factor=0.8,
    )
    start = date(2025, 1, 26)
    whole = holiday_factors(holiday, start, -400, 1000)
    part = holiday_factors(holiday, start, first_day, days)
    assert part.tolist() == whole[first_day + 400 :][:days].tolist()


def test_an_event_of_last_year_still_recovers_in_this_one() -> None:
    holiday = Holiday(
        name="eve", dates=(date(2024, 12, 31),), factor=2.0, recovery_days=2, recovery_factor=0.6
    )
    assert holiday_factors(holiday, date(2025, 1, 1), 0, 3) == pytest.approx([0.6, 0.8, 1.0])


def test_two_occurrences_in_one_run_and_touching_ones_multiply() -> None:
    twice = Holiday(name="fair", dates=(date(2025, 1, 1), date(2025, 1, 2)), days=2, factor=2.0)
    assert holiday_factors(twice, date(2025, 1, 1), 0, 4).tolist() == [2, 4, 2, 1]


@pytest.mark.parametrize(
    ("calendar", "year"), [("lunar_new_year", 2100), ("mid_autumn", 1899), ("qingming", 2007)]
)
def test_a_year_that_the_calendar_does_not_cover_is_refused(calendar: str, year: int) -> None:
    holiday = Holiday.model_validate({"name": "x", "calendar": calendar, "factor": 2.0})
    with pytest.raises(ValueError, match=str(year)):
        holiday_factors(holiday, date(year, 6, 1), 0, 30)


def test_no_occurrence_near_the_window_changes_nothing() -> None:
    holiday = Holiday(name="x", calendar="national_day", factor=2.0, build_up_days=10, build_up_factor=1.5)
    assert (holiday_factors(holiday, date(2025, 3, 1), 0, 60) == np.ones(60)).all()
