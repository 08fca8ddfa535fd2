"""Dates of a sales history: days, weeks or months, written in the ways planners write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

Frequency = Literal["day", "week", "month"]

PERIODS_PER_YEAR: dict[Frequency, float] = {"day": 365.25, "week": 365.25 / 7, "month": 12.0}
DAYS_PER_PERIOD: dict[Frequency, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
PERIOD_WORDS: dict[str, Frequency] = {
    "day": "day",
    "date": "day",
    "日": "day",
    "week": "week",
    "wk": "week",
    "w": "week",
    "周": "week",
    "month": "month",
    "月": "month",
}

_YMD = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_WEEK = re.compile(r"(\d{4})[-_ ]?[Ww](\d{1,2})|(\d{4})年第?(\d{1,2})周")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_INDEX = re.compile(r"(?:t|w|wk|week|d|day|m|month|period|p|第)?[ _-]?(\d{1,4})(?:周|月|天)?", re.IGNORECASE)


@dataclass(frozen=True)
class Calendar:
    """Consecutive periods 0 .. count-1 of one length."""

    frequency: Frequency
    count: int
    first_day: date | None
    """First day of period 0; None when the file numbers its periods without dating them."""
    first_number: int = 0
    """Number the file gives to period 0, where periods are numbered."""

    def day(self, period: int) -> date | None:
        """First day of a period, if dated."""
        if self.first_day is None:
            return None
        if self.frequency == "month":
            months = self.first_day.year * 12 + self.first_day.month - 1 + period
            return date(months // 12, months % 12 + 1, 1)
        return self.first_day + timedelta(days=period * (7 if self.frequency == "week" else 1))

    def years(self, periods: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Time at the middle of each period in years; whole years are 1 January when dated."""
        if self.first_day is None:
            start = self.first_number / PERIODS_PER_YEAR[self.frequency]
        else:
            start = self.first_day.year + (self.first_day.timetuple().tm_yday - 1) / 365.25
        elapsed = (periods.astype(np.float64) + 0.5) / PERIODS_PER_YEAR[self.frequency]
        return np.asarray(start + elapsed, dtype=np.float64)

    def weekdays(self, periods: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Monday 0 .. Sunday 6 of each day; an undated history counts from its first day."""
        start = self.first_day.weekday() if self.first_day else 0
        return (np.asarray(periods) + start) % 7


@dataclass(frozen=True)
class ParsedPeriods:
    """Periods of the distinct labels handed in; -1 where a label could not be read."""

    calendar: Calendar
    periods: npt.NDArray[np.int64]
    notes: tuple[str, ...]


def _exact_date(text: str) -> date | None:
    match = _YMD.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _week_date(text: str) -> date | None:
    match = _YEAR_WEEK.fullmatch(text)
    if match is None:
        return None
    try:
        return date.fromisocalendar(int(match[1] or match[3]), int(match[2] or match[4]), 1)
    except ValueError:
        return None


def _month_date(text: str) -> date | None:
    match = _YEAR_MONTH.fullmatch(text)
    return date(int(match[1]), int(match[2]), 1) if match and 1 <= int(match[2]) <= 12 else None


def looks_like_period(text: str) -> bool:
    """Whether a header is the label of a period, as in a table with one column per date."""
    if _exact_date(text) or _week_date(text) or _month_date(text):
        return True
    return bool(_INDEX.fullmatch(text))


def parse_periods(
    labels: list[str], *, header: str = "", frequency: Frequency | None = None, first_day: date | None = None
) -> ParsedPeriods:
    """Read period labels and tell their frequency.

    Args:
        labels: distinct labels as written: dates, ISO weeks, months, or plain numbers.
        header: name of the column, a hint at the frequency of plain numbers.
        frequency: the frequency, where the caller knows it.
        first_day: first day of period number 1, to date plain numbers.

    Returns:
        A calendar from the first to the last period, and the period of each label (-1 if unreadable).
    """
    for parse, implied in ((_exact_date, None), (_week_date, "week"), (_month_date, "month")):
        days = [parse(label) for label in labels]
        if 2 * sum(day is not None for day in days) > len(labels):
            return _from_dates(days, frequency or implied)  # type: ignore[arg-type]
    return _from_numbers(labels, header, frequency, first_day)


def _detect(days: list[date]) -> Frequency:
    distinct = sorted(set(days))
    if len(distinct) > 1:
        gaps = np.diff([day.toordinal() for day in distinct])
        if all(day.day == 1 for day in distinct) and gaps.min() >= 28:
            return "month"
        if not (gaps % 7).any():
            return "week"
    return "day"


def _from_dates(days: list[date | None], frequency: Frequency | None) -> ParsedPeriods:
    known = [day for day in days if day is not None]
    frequency = frequency or _detect(known)
    if frequency == "month":
        numbers = [-1 if day is None else day.year * 12 + day.month - 1 for day in days]
    else:
        # A week starts on the weekday of the earliest date, as the planner's own weeks do.
        anchor = min(known).toordinal()
        step = 7 if frequency == "week" else 1
        numbers = [-1 if day is None else (day.toordinal() - anchor) // step for day in days]
    first = min(number for number, day in zip(numbers, days, strict=True) if day is not None)
    periods = np.array(
        [-1 if day is None else n - first for n, day in zip(numbers, days, strict=True)], dtype=np.int64
    )
    start = min(known).replace(day=1) if frequency == "month" else min(known)
    return ParsedPeriods(Calendar(frequency, int(periods.max()) + 1, start), periods, ())


def _from_numbers(
    labels: list[str], header: str, frequency: Frequency | None, first_day: date | None
) -> ParsedPeriods:
    notes = []
    matches = [_INDEX.fullmatch(label) for label in labels]
    numbers = np.array([-1 if match is None else int(match[1]) for match in matches], dtype=np.int64)
    if frequency is None:
        words = re.findall(r"[a-z]+|[\u4e00-\u9fff]", f"{header} {re.sub(r'[0-9]', '', labels[0])}".lower())
        frequency = next((PERIOD_WORDS[word] for word in words if word in PERIOD_WORDS), None)
        if frequency is None:
            frequency = "week"
            notes.append("periods are numbered, not dated: taken as weeks (say `frequency` if they are not)")
    known = numbers[numbers >= 0]
    first = int(known.min()) if known.size else 0
    start = None
    if first_day is not None:
        start = Calendar(frequency, 1, first_day).day(first - 1)
    else:
        notes.append(
            "periods are numbered, not dated: the annual pattern cannot be placed on calendar months"
        )
    periods = np.where(numbers >= 0, numbers - first, -1)
    count = int(periods.max()) + 1 if periods.size else 0
    return ParsedPeriods(Calendar(frequency, count, start, first), periods, tuple(notes))
