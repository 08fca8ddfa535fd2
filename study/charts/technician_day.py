"""A day of the technicians of a station: one row per technician, one bar per stretch of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim import Cause
from study.charts import style
from study.charts.gantt import MOST_ROWS, Bar, Look, clock_axis, draw_bars, name_rows, spoken_date
from study.charts.truck_day import rows_of
from study.evidence import Study
from study.service import is_failed
from study.shown_week import ShownWeek

LOOKS = {
    "driving": Look("Driving", style.BLUE, 0.44),
    "waiting": Look("Waiting for a second person", "#b9c1c8", 0.24),
    "closed": Look("Nobody opens", style.PURPLE, 0.44),
    "diagnosis": Look("Diagnosis", style.ORANGE),
    "work": Look("Quote, repair, payment", style.GREEN),
    "helping": Look("Helping", style.SKY),
}
_DAY, _HOUR, _METRES_PER_KM = 86_400, 3_600, 1_000


def first_shown_week(studies: Sequence[Study]) -> tuple[Study, ShownWeek] | None:
    """The first study in which technicians visit customers, and the week that it shows."""
    for study in studies:
        week = ShownWeek.of(study)
        if week is not None:
            return study, week
    return None


def station_note(study: Study, week: ShownWeek, studies: Sequence[Study]) -> str:
    """Which scenario, replication and station a chart of a shown week shows."""
    several = len(studies) > 1
    scenario = f"{style.scenario_names(studies)[list(studies).index(study)]}, " if several else ""
    names = study.labels.service.station_names
    of = f", of {len(names)} stations the one with most visits" if len(names) > 1 else ""
    return f"{names[week.station]}{of}; {scenario}first replication"


def bars_of_visits(week: ShownWeek, row_of: dict[int, int], day: int) -> Iterator[Bar]:
    """The stretches of all visits for which somebody set out on a day, in hours since its midnight."""
    visits = week.tables["visits"]
    midnight = day * _DAY
    for visit in rows_of(visits, visits["departed_second"] // _DAY == day):
        moments = [
            visit[f"{stage}_second"] for stage in ("departed", "arrived", "began", "diagnosed", "ended")
        ]
        departed, arrived, began, diagnosed, ended = ((moment - midnight) / _HOUR for moment in moments)
        row, helper = row_of.get(visit["technician"], -1), row_of.get(visit["helper"], -1)
        if moments[-1] < 0 or row < 0:
            continue
        yield Bar(row, departed, arrived, "driving")
        yield Bar(row, arrived, began, "waiting")
        if moments[3] < 0:
            yield Bar(row, began, ended, "closed")
        else:
            yield Bar(row, began, diagnosed, "diagnosis")
            yield Bar(row, diagnosed, ended, "work")
        if helper >= 0:
            yield Bar(helper, began, ended, "helping")


def mark_failures(
    axes: Axes,
    week: ShownWeek,
    row_of: dict[int, int],
    day: int,
    *,
    shift_hours: float = 0.0,
    size: float = 9.0,
) -> list[Line2D]:
    """A cross at the end of each visit after which another one is needed.

    Args:
        axes: where.
        week: the visits.
        row_of: technician -> row.
        day: on which somebody set out.
        shift_hours: added to the hours of the day.
        size: of the cross.

    Returns:
        A handle for a key, if there is any.
    """
    visits = week.tables["visits"]
    chosen = (
        (visits["departed_second"] // _DAY == day)
        & is_failed(visits["cause"])
        & (visits["ended_second"] >= 0)
    )
    chosen &= np.isin(visits["technician"], list(row_of))
    if not chosen.any():
        return []
    hours = (visits["ended_second"][chosen] - day * _DAY) / _HOUR + shift_hours
    rows = [row_of[technician] for technician in visits["technician"][chosen].tolist()]
    return axes.plot(
        hours,
        rows,
        "X",
        color=style.VERMILLION,
        markersize=size,
        markeredgecolor="white",
        linestyle="none",
        zorder=20,
        label="Another visit needed",
    )


@style.styled
def technician_day(studies: Sequence[Study]) -> Figure:
    """Bars over the hours, one row per technician of the shown station on the busiest day of the shown week.

    Args:
        studies: of these the first in which technicians visit customers.
    """
    shown = first_shown_week(studies)
    assert shown is not None
    study, week = shown
    day = week.busiest_day
    days = week.tables["technician_days"]
    rows = rows_of(days, (days["day"] == day) & (days["is_absent"] == 0) & (days["is_training"] == 0))
    busiest = sorted(rows, key=lambda row: (-row["visits"], row["technician"]))[:MOST_ROWS]
    kept = sorted(busiest, key=lambda row: row["technician"])
    row_of = {row["technician"]: index for index, row in enumerate(kept)}
    when = week.date(study, day)
    figure = style.slide(
        _title(study, week, day, len(rows)),
        "One row per technician on duty, from leaving to the last customer. Cross: another visit is needed.",
        f"{station_note(study, week, studies)}: the day with most visits of its busiest week."
        + (f" The {len(kept)} with most visits of {len(rows)}." if len(rows) > len(kept) else ""),
    )
    axes = figure.subplots()
    bars = list(bars_of_visits(week, row_of, day))
    handles = [*draw_bars(axes, bars, LOOKS), *mark_failures(axes, week, row_of, day)]
    names = study.labels.service.technicians
    name_rows(axes, [names[row["technician"]] for row in kept], [_note(row) for row in kept])
    first = min((bar.starts_hour for bar in bars), default=8.0)
    clock_axis(axes, first, max((bar.ends_hour for bar in bars), default=17.0), when)
    style.key_above(axes, handles, 11.8)
    return figure


def _note(row: dict[str, int] | object) -> str:
    assert isinstance(row, dict)
    visits, km = row["visits"], row["metres"] / _METRES_PER_KM
    return f"{visits} visit{'s' * (visits != 1)}, {km:,.0f} km"


def _title(study: Study, week: ShownWeek, day: int, people: int) -> str:
    visits = week.tables["visits"]
    of_day = visits["departed_second"] // _DAY == day
    number = int(of_day.sum())
    fixed = int((visits["cause"][of_day] == Cause.NONE).sum())
    done = f"{fixed} of {number} visits end the job" if number != 1 else "one visit"
    return f"{spoken_date(week.date(study, day))}: {people} technician{'s' * (people != 1)}, {done}"
