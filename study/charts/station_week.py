"""A week of a station: one lane per technician, one column per day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from study.charts import style
from study.charts.gantt import MOST_ROWS, Bar, Look, draw_bars, name_rows, spoken_date
from study.charts.technician_day import bars_of_visits, first_shown_week, mark_failures, station_note
from study.charts.truck_day import rows_of
from study.evidence import Study
from study.shown_week import ShownWeek

_WEEK, _HOURS = 7, 24
_LOOKS = {
    "driving": Look("Driving", style.BLUE, 0.34),
    "at work": Look("At a customer's", style.GREEN, 0.6),
    "waiting": Look("Waiting, nobody opens", style.PURPLE, 0.34),
}
_KINDS = {
    "driving": "driving",
    "waiting": "waiting",
    "closed": "waiting",
    "diagnosis": "at work",
    "work": "at work",
    "helping": "at work",
}
_AWAY = {"is_absent": ("Ill", "#f3d9cc"), "is_training": ("Training", "#d9e8f3")}


@style.styled
def station_week(studies: Sequence[Study]) -> Figure:
    """Lanes of technicians over the seven days of the shown week: visits by day and hour, illness and training.

    Args:
        studies: of these the first in which technicians visit customers.
    """
    shown = first_shown_week(studies)
    assert shown is not None
    study, week = shown
    days = week.tables["technician_days"]
    visits = {
        technician: int(days["visits"][days["technician"] == technician].sum())
        for technician in week.technicians
    }
    kept = sorted(sorted(visits, key=lambda technician: (-visits[technician], technician))[:MOST_ROWS])
    row_of = {technician: row for row, technician in enumerate(kept)}
    begins, ends = _hours(week)
    span = ends - begins
    figure = style.slide(
        _title(study, week),
        f"Each column is a day from {begins}:00 to {ends}:00, each lane a technician. Cross: another visit is needed.",
        f"{station_note(study, week, studies)}: its week with most visits."
        + (
            f" The {len(kept)} of {len(visits)} technicians with most visits."
            if len(visits) > len(kept)
            else ""
        ),
    )
    axes = figure.subplots()
    bars: list[Bar] = []
    crosses: list[Line2D] = []
    for number in range(_WEEK):
        shift = number * span - begins
        bars += [
            Bar(bar.row, max(bar.starts_hour + shift, number * span), min(bar.ends_hour + shift, (number + 1) * span),
                _KINDS[bar.kind])
            for bar in bars_of_visits(week, row_of, week.first_day + number)
        ]  # fmt: skip
        crosses = (
            mark_failures(axes, week, row_of, week.first_day + number, shift_hours=shift, size=6.0) or crosses
        )
    handles = [*draw_bars(axes, bars, _LOOKS), *_away(axes, week, row_of, span), *crosses]
    names = study.labels.service.technicians
    name_rows(
        axes,
        [names[technician] for technician in kept],
        [f"{visits[technician]} visit{'s' * (visits[technician] != 1)}" for technician in kept],
    )
    _day_axis(axes, study, week, span)
    style.key_above(axes, handles, 11.8)
    return figure


def _hours(week: ShownWeek) -> tuple[int, int]:
    """Whole hours of the day between which anything happens on any day."""
    bars = [
        bar
        for number in range(_WEEK)
        for bar in bars_of_visits(week, dict.fromkeys(week.technicians, 0), week.first_day + number)
    ]
    if not bars:
        return 8, 18
    first = int(np.floor(min(bar.starts_hour for bar in bars)))
    return first, max(first + 1, min(int(np.ceil(max(bar.ends_hour for bar in bars))), first + _HOURS))


def _away(axes: Axes, week: ShownWeek, row_of: dict[int, int], span: int) -> list[Patch]:
    handles = []
    for column, (title, colour) in _AWAY.items():
        rows = [
            row
            for row in rows_of(week.tables["technician_days"], week.tables["technician_days"][column] != 0)
            if row["technician"] in row_of
        ]
        for row in rows:
            left, lane = (row["day"] - week.first_day) * span, row_of[row["technician"]]
            axes.add_patch(
                Rectangle(
                    (left + 0.15, lane - 0.36), span - 0.3, 0.72, facecolor=colour, edgecolor="none", zorder=2
                )
            )
            axes.text(
                left + span / 2, lane, title, ha="center", va="center", fontsize=style.SMALL_POINTS, zorder=6
            )
        if rows:
            handles.append(Patch(color=colour, label=title))
    return handles


def _day_axis(axes: Axes, study: Study, week: ShownWeek, span: int) -> None:
    axes.set_xlim(0, _WEEK * span)
    axes.grid(visible=False, axis="x")
    for number in range(1, _WEEK):
        axes.axvline(number * span, color=style.MUTED, linewidth=1.0, zorder=1)
    dates = [week.date(study, week.first_day) + timedelta(days=number) for number in range(_WEEK)]
    axes.set_xticks(
        [(number + 0.5) * span for number in range(_WEEK)],
        [spoken_date(day).rsplit(" ", 1)[0] for day in dates],
        color=style.INK,
    )
    axes.set_xlabel("Day; hours of the day from left to right", fontsize=style.LABEL_POINTS)


def _title(study: Study, week: ShownWeek) -> str:
    days = week.tables["technician_days"]
    worked = int(((days["is_absent"] == 0) & (days["is_training"] == 0) & (days["shift_seconds"] > 0)).sum())
    visits = len(week.tables["visits"]["request"])
    per_day = f", {visits / worked:.1f} a technician-day" if worked else ""
    name = study.labels.service.station_names[week.station]
    return f"{name}, week of {spoken_date(week.date(study, week.first_day))}: {visits:,} visits{per_day}"
