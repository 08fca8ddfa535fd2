"""The roster of a plan as a picture: people by days, and how many are at work beside how many are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from study.charts import style

if TYPE_CHECKING:
    from scenarios import Plan, Scenario

IntArray = npt.NDArray[np.int64]

MOST_PEOPLE, MOST_DAYS = 40, 42
"""Of which single cells can still be told apart."""
_CELL = 0.84
_WIDE_INCHES = 12.0
_OFF = -1


@dataclass(frozen=True, eq=False)
class ShownRoster:
    """Some weeks of a roster."""

    people: tuple[str, ...]
    """By station."""
    station: tuple[str, ...]
    """(people,)"""
    shift_ids: tuple[str, ...]
    shift: IntArray
    """(people, days): index of the shift, -1 = off."""
    wanted: IntArray
    """(days,) technicians of all stations."""
    first: date


def roster_of(scenario: Scenario, plan: Plan) -> ShownRoster | None:
    """The first weeks that count of the roster that a plan decides; None where it decides none.

    Args:
        scenario: as loaded.
        plan: with a roster.
    """
    from scenarios import WEEKDAYS

    table = plan.decisions.roster
    if table is None or not len(table):
        return None
    workforce = plan.decided(scenario).policy.service.workforce
    station_of = {} if workforce.technicians is None else dict(
        zip(workforce.technicians["technician_id"], workforce.technicians["station_id"], strict=True)
    )  # fmt: skip
    for group in workforce.groups:
        station_of |= {f"{group.id}-{member + 1}": group.station_id for member in range(group.count)}
    horizon = scenario.horizon
    first = horizon.start_date + timedelta(days=horizon.warm_up_days)
    days = min(horizon.days - horizon.warm_up_days, MOST_DAYS)
    named = set(table["technician_id"])
    people = sorted((name for name in station_of if name in named), key=lambda name: station_of[name])
    shift_ids = tuple(shift.id for shift in workforce.shifts)
    row_of, shift = {name: row for row, name in enumerate(people)}, np.full((len(people), days), _OFF)
    for name, on, worked in zip(table["technician_id"], table["date"], table["shift_id"], strict=True):
        day = (on - first).days
        if 0 <= day < days and name in row_of:
            shift[row_of[name], day] = shift_ids.index(worked)
    wanted = np.zeros(days, np.int64)
    if workforce.cover is not None:
        weekly = np.zeros(7, np.int64)
        for weekday, number in zip(workforce.cover["weekday"], workforce.cover["people"], strict=True):
            weekly[WEEKDAYS.index(weekday)] += number
        wanted = weekly[(first.weekday() + np.arange(days)) % 7]
    return ShownRoster(
        tuple(people), tuple(station_of[name] for name in people), shift_ids, shift, wanted, first
    )


@style.styled
def roster_chart(shown: ShownRoster, title: str) -> Figure:
    """People by days, coloured by shift; below, people at work and people wanted.

    Args:
        shown: some weeks.
        title: of the scenario.
    """
    people, days = shown.shift.shape
    drawn = min(people, MOST_PEOPLE)
    worked = (shown.shift != _OFF).sum(axis=1)
    least, most = int(worked.min()), int(worked.max())
    left_out = f" {people - drawn} more people are not drawn." if drawn < people else ""
    figure = style.slide(
        f"{people} technicians work {most if least == most else f'{least} to {most}'} of {days} days",
        f"{title}. Row: technician, by station. Cell: a shift worked; empty: a day off. Grey: Saturday and Sunday."
        f"{left_out} Below: all at work, beside the cover that is wanted.",
        "As planned: nobody is ill.",
    )
    grid, cover = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    handles = []
    for number, name in enumerate(shown.shift_ids):
        cells = np.argwhere(shown.shift[:drawn] == number)
        if not len(cells):
            continue
        colour = style.scenario_colour(number % len(style.SCENARIO_COLOURS))
        corners = [_square(int(day), int(row)) for row, day in cells]
        grid.add_collection(PolyCollection(corners, facecolors=colour, linewidths=0, zorder=2))
        handles.append(Patch(color=colour, label=f"shift {name}"))
    for axes in (grid, cover):
        for day in range(days):
            if (shown.first.weekday() + day) % 7 >= 5:
                axes.axvspan(day, day + 1, color=style.BACKGROUND_BAND, zorder=0, linewidth=0)
    for row in range(1, drawn):
        if shown.station[row] != shown.station[row - 1]:
            grid.axhline(row, color=style.MUTED, linewidth=1.0, zorder=3)
    grid.set_xlim(0, days)
    grid.set_ylim(drawn, 0)
    grid.set_yticks(np.arange(drawn) + 0.5, shown.people[:drawn])
    grid.tick_params(axis="y", labelsize=style.SMALL_POINTS, length=0)
    grid.grid(visible=False)
    edges = np.arange(days + 1)
    there = (shown.shift != _OFF).sum(axis=0)
    for people_of_day, colour, line, label in (
        (there, style.BLUE, "-", "at work"),
        (shown.wanted, style.VERMILLION, "--", "wanted"),
    ):
        cover.stairs(
            people_of_day, edges, baseline=None, color=colour, linewidth=1.8, linestyle=line, label=label
        )
    cover.set_ylim(0, max(int(there.max()), int(shown.wanted.max()), 1) * 1.15)
    cover.set_ylabel("Technicians")
    mondays = [day for day in range(days) if (shown.first.weekday() + day) % 7 == 0]
    cover.set_xticks(mondays, [f"{shown.first + timedelta(days=day):%d %b}" for day in mondays])
    style.key_above(grid, [*handles, *cover.get_legend_handles_labels()[0]], _WIDE_INCHES, right=True)
    return figure


def _square(day: int, row: int) -> list[tuple[float, float]]:
    left, top = day + (1 - _CELL) / 2, row + (1 - _CELL) / 2
    return [(left, top), (left + _CELL, top), (left + _CELL, top + _CELL), (left, top + _CELL)]


__all__ = ["ShownRoster", "roster_chart", "roster_of"]
