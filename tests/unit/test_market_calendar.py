"""Weekday, month and trend factors against hand computation."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from scenarios.language.demand import Pattern
from sim.axes import build_axes
from sim.market.calendar import (
    Window,
    block_for_class,
    calendar_factors,
    month_factors,
    pattern_factors,
    trend_factors,
)
from tests.factory import tiny_scenario

YEAR = (2.0, 1.0, 1.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)  # mean 1


def test_window_knows_its_dates_and_clips_rows() -> None:
    window = Window(date(2025, 1, 6), -2, 5)
    assert window.dates()[0] == date(2025, 1, 4)
    assert window.stop_day == 3
    assert [window.row(day) for day in (-9, -2, 0, 2, 3, 50)] == [0, 0, 2, 4, 5, 5]


def test_weekday_factors_are_scaled_to_mean_one_and_follow_the_calendar() -> None:
    pattern = Pattern(weekday_factors=(1, 1, 1, 1, 2, 4, 4))  # sum 14, mean 2
    factors = pattern_factors(
        pattern, Window(date(2025, 1, 8), -3, 10)
    )  # day 0 is a Wednesday, first a Sunday
    assert factors.tolist() == [2, 0.5, 0.5, 0.5, 0.5, 1, 2, 2, 0.5, 0.5]
    assert pattern_factors(pattern, Window(date(2025, 1, 8), 0, 70)).mean() == pytest.approx(1.0)


def test_a_month_has_its_own_factor_exactly_in_its_middle() -> None:
    pattern = Pattern(month_factors=YEAR)
    factors = month_factors(pattern, Window(date(2025, 1, 1), 0, 365))
    assert factors[15] == 2.0  # noon of 16 January: 15.5 days before, 15.5 days after
    middle_of_april = (date(2025, 4, 15) - date(2025, 1, 1)).days
    # The middle of April lies between the 15th and the 16th: half a day off it on a span of 30.5 days.
    assert factors[middle_of_april] == pytest.approx(0.5 + 0.5 * 0.5 / 30.5)


def test_months_are_joined_by_straight_lines() -> None:
    factors = month_factors(Pattern(month_factors=YEAR), Window(date(2025, 1, 16), 0, 29))
    # 29.5 days from the middle of January to the middle of February, falling from 2 to 1.
    assert factors == pytest.approx(2.0 - np.arange(29) / 29.5)


def test_december_joins_january_and_leap_days_count() -> None:
    factors = month_factors(Pattern(month_factors=YEAR), Window(date(2023, 12, 16), 0, 32))
    assert factors == pytest.approx(1.0 + np.arange(32) / 31)
    leap = month_factors(Pattern(month_factors=YEAR), Window(date(2024, 1, 16), 0, 30))
    assert leap == pytest.approx(2.0 - np.arange(30) / 30)


def test_a_flat_pattern_is_exactly_one() -> None:
    assert (pattern_factors(Pattern(), Window(date(2025, 1, 6), -28, 800)) == 1.0).all()


def test_trend_compounds_per_year_from_day_zero() -> None:
    factors = trend_factors(0.21, Window(date(2025, 1, 6), -731, 1500))
    assert factors[731] == 1.0
    assert factors[731 + 365] == pytest.approx(1.21 ** (365 / 365.25), rel=1e-14)
    assert factors[0] == pytest.approx(1.21 ** (-731 / 365.25), rel=1e-14)


def test_a_named_class_beats_the_general_block_wherever_it_stands() -> None:
    general, named = Pattern(trend_per_year=0.1), Pattern(classes=("HOME",), trend_per_year=0.2)
    assert block_for_class([general, named], "HOME") is named
    assert block_for_class([general, named], "FOOD") is general
    assert block_for_class([named], "FOOD") is None


def test_holidays_hit_their_classes_and_multiply_the_pattern() -> None:
    holiday = {"name": "fair", "dates": [date(2025, 1, 7)], "factor": 3.0, "classes": ["HOME"]}
    pattern = {"weekday_factors": [1, 2, 1, 1, 1, 1, 0], "classes": ["HOME"]}
    scenario = tiny_scenario(demand={"holidays": [holiday], "patterns": [pattern]})
    factors = calendar_factors(scenario, build_axes(scenario), Window(date(2025, 1, 6), 0, 7))
    assert factors[:, 0].tolist() == [1] * 7
    assert factors[:, 1].tolist() == [1, 6, 1, 1, 1, 1, 0]
