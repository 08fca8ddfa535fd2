"""A day and night of work in one centre: who does what when, over the hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from scenarios import Shift
from sim import Crew, Work
from study.charts import style
from study.charts.gantt import MOST_ROWS, Bar, Look, clock, clock_axis, draw_bars, name_rows, spoken_date
from study.charts.truck_day import centre_note, first_shown, rows_of
from study.evidence import Study
from study.shown_day import ShownDay

_DAY, _HOUR = 86_400, 3_600
_SHIFT = "#e4e8eb"
_LEFT_OVER_SHARE, _LEFT_OVER_GAP_HOURS = 0.02, 3.0
_KEPT_OF_EACH = 3
"""The busiest of every station are shown, however little they do beside others."""


class Place(StrEnum):
    """Stations, in the order of the rows."""

    DESK = "Desk"
    PICKER = "Picker"
    RECEIVER = "Receiver"
    DOOR = "Door"


PLACES: dict[Work, Place] = {
    Work.DESK: Place.DESK,
    Work.FOLLOW_UP: Place.DESK,
    Work.PICKING: Place.PICKER,
    Work.SORTING: Place.PICKER,
    Work.STREAM: Place.PICKER,
    Work.PUT_AWAY: Place.RECEIVER,
    Work.UNLOADING: Place.DOOR,
    Work.LOADING: Place.DOOR,
}
"""Work -> the station that does it."""

LOOKS: dict[Work, Look] = {
    Work.DESK: Look("Taking in", style.SKY),
    Work.FOLLOW_UP: Look("Following up", style.PURPLE, 0.44),
    Work.PICKING: Look("Picking", style.BLUE),
    Work.SORTING: Look("Sorting", style.GREEN, 0.58),
    Work.STREAM: Look("Other orders", "#5c6670", 0.44),
    Work.PUT_AWAY: Look("Putting away", "#8a6d3b", 0.58),
    Work.UNLOADING: Look("Unloading", style.VERMILLION, 0.58),
    Work.LOADING: Look("Loading", style.ORANGE),
}
"""How work is drawn."""

_Server = tuple[Place, int]
_Task = tuple[float, float, str]
"""Begin and end in hours since midnight of the shown day, and name of a `Work`."""
_Tasks = dict[_Server, list[_Task]]


@dataclass(frozen=True, eq=False)
class _Shifts:
    """Who is there when, in hours since midnight of the shown day."""

    stretches: Mapping[_Server, list[tuple[float, float]]]
    """Cut to the shown 24 hours, breaks left out."""

    @staticmethod
    def of(study: Study, day: ShownDay, starts: float, ends: float) -> _Shifts:
        """Match the rows of the table of shifts with the people of the policy: the table counts them only."""
        policy = study.decided_depot or study.scenario.policy.depot
        centre = study.scenario.network.distribution_centres[day.centre].id
        found: dict[_Server, list[tuple[float, float]]] = {}
        crews = (
            (Crew.DESK, Place.DESK, policy.desk),
            (Crew.PICKERS, Place.PICKER, policy.pickers),
            (Crew.RECEIVERS, Place.RECEIVER, policy.receivers),
        )
        for crew, place, shifts in crews:
            first = 0
            for shift in shifts:
                if shift.dc_id not in ("", centre):
                    continue
                there = [
                    (max(begin, starts), min(end, ends))
                    for begins in _begins(day, crew, shift)
                    for begin, end in _there(shift, begins - day.day * _DAY)
                    if begin < ends and end > starts
                ]
                for server in range(first, first + shift.people):
                    found.setdefault((place, server), []).extend(there)
                first += shift.people
        return _Shifts(found)

    def hours(self, place: Place) -> float:
        """Hours that all at one station are there."""
        return sum(
            end - start
            for (where, _), stretches in self.stretches.items()
            for start, end in stretches
            if where is place
        )


def _begins(day: ShownDay, crew: Crew, shift: Shift) -> list[int]:
    """Seconds at which a shift of the policy begins within the shown hours or before."""
    rows = day.tables["shifts"]
    begins, length = rows["starts_second"], rows["ends_second"] - rows["starts_second"]
    same = (rows["crew"] == crew) & (rows["people"] == shift.people) & (length == round(shift.hours * _HOUR))
    same &= begins % _DAY == round(shift.start_hour * _HOUR)
    return sorted(set(begins[same].tolist()))


def _there(shift: Shift, begins_second: int) -> list[tuple[float, float]]:
    """Hours at which the people of a shift are there, the break in the middle left out."""
    starts = begins_second / _HOUR
    pause = min(shift.break_minutes / 60, shift.hours)
    half = (shift.hours - pause) / 2
    stretches = [(starts, starts + half), (starts + half + pause, starts + shift.hours)]
    return stretches if pause > 0 else [(starts, starts + shift.hours)]


@style.styled
def dc_shift(studies: Sequence[Study]) -> Figure:
    """Bars over 24 hours, one row per person or door; shifts in the background.

    Args:
        studies: of these the first that has work in a centre is shown.
    """
    shown = first_shown(studies, "tasks")
    assert shown is not None
    study, day = shown
    window = ((second - day.day * _DAY) / _HOUR for second in (day.starts_second, day.ends_second))
    shifts = _Shifts.of(study, day, *window)
    work = _work(day)
    servers = _servers(study, work, shifts)
    kept = _busiest(servers, work)
    starts, ends = _hours_shown([task for server in kept for task in work.get(server, [])])
    figure = style.slide(
        _title(day.date(study), work, shifts),
        "One row per person or door, hours of work at the right. Dashed line: a wave of orders is released.",
        f"{centre_note(study, day, studies)}." + _left_out(servers, kept),
    )
    axes = figure.subplots()
    row_of = {server: row for row, server in enumerate(kept)}
    handles: list[Artist] = [*_draw_shifts(axes, shifts, row_of)]
    bars = [
        Bar(row, begun, done, kind)
        for server, row in row_of.items()
        for begun, done, kind in work.get(server, [])
    ]
    looks = {kind.name: look for kind, look in LOOKS.items()}
    handles = [*draw_bars(axes, bars, looks), *handles]
    drops = day.tables["drops"]
    for second in np.unique(drops["released_second"][drops["is_emergency"] == 0]).tolist():
        hour = (second - day.day * _DAY) / _HOUR
        axes.axvline(hour, color=style.INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=20)
    hours = {server: sum(end - start for start, end, _ in work.get(server, [])) for server in kept}
    name_rows(
        axes,
        [f"{place} {number + 1}" for place, number in kept],
        [f"{hours[server]:.1f} h" for server in kept],
    )
    clock_axis(axes, starts, ends, day.date(study))
    style.key_above(axes, handles, 12.0)
    return figure


def _hours_shown(tasks: Sequence[_Task]) -> tuple[float, float]:
    """Whole hours from the first work to the last; a little that is left over from the day before is cut off."""
    starts, ends, _ = zip(*sorted(tasks), strict=True)
    done = np.cumsum(np.subtract(ends, starts))
    is_over = (np.subtract(starts[1:], np.maximum.accumulate(ends)[:-1]) > _LEFT_OVER_GAP_HOURS) & (
        done[:-1] < _LEFT_OVER_SHARE * done[-1]
    )
    first = int(np.flatnonzero(is_over)[-1]) + 1 if is_over.any() else 0
    return float(np.floor(starts[first])), float(np.ceil(max(ends)))


def _work(day: ShownDay) -> _Tasks:
    """Person or door -> begin, end and kind of each task, cut to the shown 24 hours."""
    found: _Tasks = {}
    for task in rows_of(day.tables["tasks"]):
        kind = Work(task["work"])
        begun = max(task["started_second"], day.starts_second) - day.day * _DAY
        done = min(task["finished_second"], day.ends_second) - day.day * _DAY
        if begun < done:
            found.setdefault((PLACES[kind], task["server"]), []).append(
                (begun / _HOUR, done / _HOUR, kind.name)
            )
    return found


def _servers(study: Study, work: _Tasks, shifts: _Shifts) -> list[_Server]:
    """All who are there or work, and all doors, by station."""
    docks = study.scenario.depot.docks if study.scenario.depot is not None else None
    doors = [(Place.DOOR, number) for number in range(docks.doors if docks is not None else 0)]
    order = list(Place)
    everyone = {*work, *shifts.stretches, *doors}
    return sorted(everyone, key=lambda server: (order.index(server[0]), server[1]))


def _busiest(servers: Sequence[_Server], work: _Tasks) -> list[_Server]:
    """The busiest few of each station, then the busiest of all, in the order given."""
    ranked = sorted(servers, key=lambda server: -sum(end - start for start, end, _ in work.get(server, [])))
    first = [
        server for place in Place for server in [one for one in ranked if one[0] is place][:_KEPT_OF_EACH]
    ]
    kept = set([*first, *(server for server in ranked if server not in set(first))][:MOST_ROWS])
    return [server for server in servers if server in kept]


def _left_out(servers: Sequence[_Server], kept: Sequence[_Server]) -> str:
    if len(kept) == len(servers):
        return ""
    of_each = [
        f"{sum(one[0] is place for one in kept)} of {number} {place.lower()}{'s' if number != 1 else ''}"
        for place in Place
        if (number := sum(one[0] is place for one in servers))
    ]
    return f" The busiest: {', '.join(of_each)}."


def _draw_shifts(axes: Axes, shifts: _Shifts, row_of: Mapping[_Server, int]) -> list[Patch]:
    corners = [
        [(begin, row - 0.5), (end, row - 0.5), (end, row + 0.5), (begin, row + 0.5)]
        for server, row in row_of.items()
        for begin, end in shifts.stretches.get(server, [])
    ]
    if not corners:
        return []
    axes.add_collection(PolyCollection(corners, facecolors=_SHIFT, edgecolors="none", zorder=1))
    return [Patch(color=_SHIFT, label="On shift")]


def _title(day: date, work: _Tasks, shifts: _Shifts) -> str:
    hours = {place: _hours(work, place) for place in Place}
    there = shifts.hours(Place.PICKER)
    if there > 0 and hours[Place.PICKER] > 0:
        made = (Work.PICKING.name, Work.SORTING.name)
        ready = [end for tasks in work.values() for _, end, kind in tasks if kind in made]
        done = f", last goods ready at {clock(max(ready))}" if ready else ""
        return (
            f"{spoken_date(day)}: pickers busy {100 * hours[Place.PICKER] / there:.0f}% of their shifts{done}"
        )
    busiest = max(Place, key=lambda place: hours[place])
    number = sum(place is busiest for place, _ in work)
    who = f"{number} {busiest.lower()}s" if number > 1 else f"one {busiest.lower()}"
    return f"{spoken_date(day)}: {hours[busiest]:.1f} hours of work at {who}"


def _hours(work: _Tasks, place: Place) -> float:
    return sum(end - start for (where, _), tasks in work.items() for start, end, _ in tasks if where is place)
