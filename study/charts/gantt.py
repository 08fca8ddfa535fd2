"""Bars over the hours of a day, one row per truck, person or door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from study.charts import style
from study.charts.wrapping import wrapped

MOST_ROWS = 24
_LONG_DAY_HOURS, _SHORT_DAY_HOURS = 14, 8
_EDGE_FROM_HOURS = 0.06
"""Longer bars have a white edge, so that two of a kind beside each other are told apart."""
_NAME_INCHES = 1.6
_LEAST_ROWS = 6
"""Fewer would be drawn too fat."""


@dataclass(frozen=True)
class Bar:
    """One stretch of time in one row."""

    row: int
    starts_hour: float
    """Hours since midnight of the shown day; negative on the eve."""
    ends_hour: float
    kind: str


@dataclass(frozen=True)
class Look:
    """How bars of one kind are drawn: colour is never the only sign that tells them apart."""

    title: str
    colour: str
    height: float = 0.72
    """Of a row."""


def draw_bars(axes: Axes, bars: Iterable[Bar], looks: Mapping[str, Look]) -> list[Patch]:
    """Draw bars, one collection per kind.

    Returns:
        Handles of the kinds that are there, for a key.
    """
    of_kind: dict[str, list[Bar]] = {kind: [] for kind in looks}
    for bar in bars:
        if bar.ends_hour > bar.starts_hour:
            of_kind[bar.kind].append(bar)
    handles = []
    for zorder, (kind, look) in enumerate(looks.items(), start=3):
        found = of_kind[kind]
        if not found:
            continue
        corners = [_corners(bar, look.height) for bar in found]
        edges = [0.6 if bar.ends_hour - bar.starts_hour > _EDGE_FROM_HOURS else 0.0 for bar in found]
        axes.add_collection(
            PolyCollection(
                corners, facecolors=look.colour, edgecolors="white", linewidths=edges, zorder=zorder
            )
        )
        handles.append(Patch(color=look.colour, label=look.title))
    return handles


def _corners(bar: Bar, height: float) -> list[tuple[float, float]]:
    low, high = bar.row - height / 2, bar.row + height / 2
    return [
        (bar.starts_hour, low),
        (bar.ends_hour, low),
        (bar.ends_hour, high),
        (bar.starts_hour, high),
    ]


def name_rows(axes: Axes, names: Sequence[str], notes: Sequence[str]) -> None:
    """Name rows at the left, the first on top, and write a note on each at the right."""
    style.quiet(axes)
    axes.grid(visible=True, axis="x")
    axes.set_ylim(max(len(names), _LEAST_ROWS) - 0.4, -0.6)
    axes.set_yticks(
        range(len(names)),
        [wrapped(name, _NAME_INCHES, style.SMALL_POINTS, 1)[0] for name in names],
        color=style.INK,
    )
    across = axes.get_yaxis_transform()
    for row, note in enumerate(notes):
        axes.text(1.01, row, note, transform=across, va="center", fontsize=style.SMALL_POINTS)


def clock_axis(axes: Axes, first_hour: float, last_hour: float, day: date) -> None:
    """An axis of clock hours, whole hours at both ends, midnight told by a line."""
    first, last = int(np.floor(first_hour)), int(np.ceil(last_hour))
    last = max(last, first + 1)
    span = last - first
    step = 1 if span <= _SHORT_DAY_HOURS else 2 if span <= 2 * _LONG_DAY_HOURS else 4
    ticks = [hour for hour in range(first, last + 1) if hour % step == 0]
    axes.set_xlim(first, last)
    axes.set_xticks(ticks, [f"{hour % 24}:00" for hour in ticks])
    for midnight in range(-24, last + 1, 24):
        if first < midnight < last:
            axes.axvline(midnight, color=style.MUTED, linewidth=1.0, zorder=1)
    axes.set_xlabel(f"Hour of the day; {_days(first, last, day)}", fontsize=style.LABEL_POINTS)


def _days(first: int, last: int, day: date) -> str:
    begins, ends = (day + timedelta(days=hour // 24) for hour in (first, last - 1))
    return spoken_date(begins) if begins == ends else f"{spoken_date(begins)} to {spoken_date(ends)}"


def spoken_date(day: date) -> str:
    """Such as "Tue 19 May 2026", in English whatever the machine speaks."""
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[
        day.month - 1
    ]
    return f"{weekday} {day.day} {month} {day.year}"


def clock(hour: float) -> str:
    """Clock time such as "5:40" of hours since some midnight."""
    minutes = round(60 * hour)
    return f"{minutes // 60 % 24}:{minutes % 60:02d}"
