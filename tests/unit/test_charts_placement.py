"""Labels that keep out of each other's way, lines that fit, numbers that claim no more than is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from study.charts.numbers import axis_scale, plain, with_unit
from study.charts.placement import spread
from study.charts.wrapping import text_width_inches, wrapped


def test_spread_moves_two_labels_equally_far() -> None:
    assert spread(np.array([5.0, 5.0]), 2.0, 0.0, 10.0) == pytest.approx([4.0, 6.0])


def test_spread_keeps_labels_that_have_room() -> None:
    assert spread(np.array([8.0, 1.0, 4.0]), 2.0, 0.0, 10.0) == pytest.approx([8.0, 1.0, 4.0])


def test_spread_stays_inside_the_bounds() -> None:
    assert spread(np.array([9.9, 9.8]), 2.0, 0.0, 10.0) == pytest.approx([10.0, 8.0])


@given(st.lists(st.floats(-5, 15), min_size=1, max_size=12), st.floats(0.01, 3))
def test_spread_keeps_gap_order_and_bounds(wanted: list[float], gap: float) -> None:
    placed = spread(np.array(wanted), gap, 0.0, 10.0)
    kept_gap = min(gap, 10.0 / max(len(wanted) - 1, 1))
    in_order = placed[np.argsort(wanted, kind="stable")]
    assert (np.diff(in_order) >= kept_gap - 1e-9).all()
    assert placed.min() >= -1e-9
    assert placed.max() <= 10 + 1e-9


@given(st.lists(st.floats(-5, 15), min_size=1, max_size=12), st.floats(0.01, 0.5))
def test_spread_is_the_clipped_isotonic_regression(wanted: list[float], gap: float) -> None:
    steps = gap * np.arange(len(wanted))
    fitted = optimize.isotonic_regression(np.sort(wanted) - steps).x
    expected = np.clip(fitted, 0.0, 10.0 - steps[-1]) + steps
    assert np.sort(spread(np.array(wanted), gap, 0.0, 10.0)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "inches"),
    [
        ("Vendor-managed push with exponential smoothing", 1.5),
        ("服务优先：每天订货并提高安全库存", 1.2),
        ("x" * 90, 1.0),
    ],
)
def test_wrapped_lines_fit_and_lose_nothing(text: str, inches: float) -> None:
    lines = wrapped(text, inches, 13.0, most_lines=99)
    assert all(text_width_inches(line, 13.0) <= inches for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_wrapped_text_that_is_too_long_ends_in_an_ellipsis() -> None:
    lines = wrapped("one two three four five six", 0.5, 13.0, most_lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")


@pytest.mark.parametrize(
    ("value", "half_width", "expected"),
    [
        (1_234_567.0, 5_200.0, "1,234,600"),
        (24.3214, 0.113, "24.32"),
        (24.3214, 0.000_2, "24.321"),
        (0.002, 0.04, "0.002"),
        (-13.26, 0.9, "−13.26"),
        (564_621.4, math.nan, "564,600"),
        (95.0, math.nan, "95"),
        (0.0, math.nan, "0"),
        (math.nan, 1.0, "–"),
    ],
)
def test_numbers_end_where_their_uncertainty_begins(value: float, half_width: float, expected: str) -> None:
    assert plain(value, half_width) == expected


def test_units_are_spoken() -> None:
    assert with_unit(0.95268, "share", "CNY", 0.004) == "95.27%"
    assert with_unit(0.0132, "share", "CNY", 0.004, signed=True) == "+1.32 points"
    assert with_unit(81_234.0, "money per day", "CNY", 900.0) == "CNY 81,230 per day"
    assert with_unit(-1_234.0, "money per day", "CNY", 90.0, signed=True) == "−1,234 CNY per day"
    assert with_unit(-0.2, "days", "CNY", 0.3, signed=True) == "−0.20 days"
    assert with_unit(math.nan, "days", "CNY") == "–"


@pytest.mark.parametrize(
    ("unit", "largest", "factor", "label"),
    [
        ("share", 0.9, 100.0, "%"),
        ("money per day", 480_000.0, 1e-3, "thousand EUR per day"),
        ("money per day", 4.8e7, 1e-6, "million EUR per day"),
        ("money per day", 900.0, 1.0, "EUR per day"),
        ("days", 1e9, 1.0, "days"),
    ],
)
def test_axes_have_short_numbers(unit: str, largest: float, factor: float, label: str) -> None:
    scale = axis_scale(unit, "EUR", largest)
    assert (scale.factor, scale.label) == (factor, label)
