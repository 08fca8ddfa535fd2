"""Time patterns of demand: the days that are worked out, weekday, month, trend and holidays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from scenarios import Pattern, Scenario
from sim.axes import Axes
from sim.clock import weekday_of
from sim.kernels.elementary import power
from sim.market.festivals import holiday_factors

FloatArray = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Window:
    """Consecutive days that are worked out; day 0 is the first day of the run, negative days are the past."""

    start_date: date
    """Date of day 0."""
    first_day: int
    """First day of the window, negative in the past."""
    days: int
    """Length."""

    @property
    def stop_day(self) -> int:
        """One past the last day."""
        return self.first_day + self.days

    def dates(self) -> tuple[date, ...]:
        """Calendar date of each day."""
        first = self.start_date + timedelta(days=self.first_day)
        return tuple(first + timedelta(days=offset) for offset in range(self.days))

    def day(self, on: date) -> int:
        """Day number of a date, inside the window or not."""
        return (on - self.start_date).days

    def row(self, day: int) -> int:
        """Row of a day in arrays over the window: 0 for any day before it, `days` for any day after it."""
        return min(max(day - self.first_day, 0), self.days)


class ForClasses(Protocol):
    """A block of the scenario that names the merchandise classes it is for."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Class ids; empty = all classes that no other block of its kind names."""


Block = TypeVar("Block", bound=ForClasses)


def block_for_class(blocks: Iterable[Block], class_id: str) -> Block | None:
    """The first block that names the class, else the first that names none, else None."""
    general = None
    for block in blocks:
        if class_id in block.classes:
            return block
        if not block.classes and general is None:
            general = block
    return general


def calendar_factors(scenario: Scenario, axes: Axes, window: Window) -> FloatArray:
    """Weekday x month x trend x holidays per day and class, shape (days, classes)."""
    factors = np.ones((window.days, axes.classes))
    for index, class_id in enumerate(axes.class_ids):
        pattern = block_for_class(scenario.demand.patterns, class_id)
        if pattern is not None:
            factors[:, index] = pattern_factors(pattern, window)
    for holiday in scenario.demand.holidays:
        raised = holiday_factors(holiday, window.start_date, window.first_day, window.days)
        for index, class_id in enumerate(axes.class_ids):
            if not holiday.classes or class_id in holiday.classes:
                factors[:, index] *= raised
    return factors


def pattern_factors(pattern: Pattern, window: Window) -> FloatArray:
    """Weekday x month x trend of one pattern, shape (days,)."""
    week = _mean_one(pattern.weekday_factors)
    weekdays = (weekday_of(window.start_date, window.first_day) + np.arange(window.days)) % 7
    return week[weekdays] * month_factors(pattern, window) * trend_factors(pattern.trend_per_year, window)


def month_factors(pattern: Pattern, window: Window) -> FloatArray:
    """The factor of the year, shape (days,): each month's value at its middle, straight lines in between."""
    year = _mean_one(pattern.month_factors)
    factors = np.empty(window.days)
    for row, day in enumerate(window.dates()):
        before = day.replace(day=1)
        if 2 * day.day - 1 < _days_in_month(before):
            before = (before - timedelta(days=1)).replace(day=1)
        after = (before + timedelta(days=31)).replace(day=1)
        # Twice the distances, so that middles of months and of days are whole numbers.
        elapsed = 2 * (day - before).days + 1 - _days_in_month(before)
        span = _days_in_month(before) + _days_in_month(after)
        start, end = year[before.month - 1], year[after.month - 1]
        factors[row] = start + (end - start) * (elapsed / span)
    return factors


def trend_factors(trend_per_year: float, window: Window) -> FloatArray:
    """Growth compounded from day 0, shape (days,); below 1 in the past when demand grows."""
    if trend_per_year == 0.0:
        return np.ones(window.days)
    days = range(window.first_day, window.stop_day)
    return np.array([power(1.0 + trend_per_year, day / DAYS_PER_YEAR) for day in days])


def _mean_one(factors: Sequence[float]) -> FloatArray:
    values = np.array(factors, dtype=np.float64)
    mean = values.sum() / values.size
    return values / mean if mean > 0.0 else values


def _days_in_month(first: date) -> int:
    return ((first + timedelta(days=31)).replace(day=1) - first).days
