"""A day of the trucks of one centre: when each waits, is loaded, drives, unloads and comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim import Work
from study.charts import style
from study.charts.gantt import MOST_ROWS, Bar, Look, clock_axis, draw_bars, name_rows, spoken_date
from study.charts.wrapping import wrapped
from study.evidence import Study
from study.shown_day import ShownDay

_LOOKS = {
    "waiting": Look("Waiting", "#b9c1c8", 0.24),
    "loading": Look("Loading", style.ORANGE),
    "driving": Look("Driving", style.BLUE, 0.44),
    "unloading": Look("Unloading", style.GREEN),
    "break": Look("Break", style.PURPLE, 0.24),
    "return": Look("Driving back", style.SKY, 0.44),
}
_DAY, _HOUR, _METRES_PER_KM = 86_400, 3_600, 1_000
_TYPE_INCHES = 1.2
_Row = Mapping[str, int]


def first_shown(studies: Sequence[Study], table: str) -> tuple[Study, ShownDay] | None:
    """The first study whose shown day has rows in an event table, and that day."""
    for study in studies:
        day = ShownDay.of(study)
        if day is not None and len(day.tables[table]["centre"]):
            return study, day
    return None


def centre_note(study: Study, day: ShownDay, studies: Sequence[Study]) -> str:
    """Which scenario, replication and centre a chart of a shown day shows."""
    several = len(studies) > 1
    scenario = f"{style.scenario_names(studies)[list(studies).index(study)]}, " if several else ""
    centres = study.scenario.network.distribution_centres
    name = centres[day.centre].name or centres[day.centre].id
    measure = "most trips" if len(day.tables["trips"]["trip"]) else "most work"
    which = f"{name}, of {len(centres)} centres the one with {measure}" if len(centres) > 1 else name
    return f"{which}: the weekday with {measure} after the warm-up; {scenario}first replication"


@dataclass(frozen=True, eq=False)
class Trip:
    """One trip of the shown day."""

    row: _Row
    """Of the table of trips."""
    stops: list[_Row]
    """Of the table of stops, in the order driven."""
    loading: tuple[int, int] | None
    """Seconds at which loading began and ended; None where it takes no time."""


@dataclass(frozen=True, eq=False)
class Trucks:
    """The trips of a shown day by truck."""

    study: Study
    day: ShownDay

    @cached_property
    def trips(self) -> dict[int, list[Trip]]:
        """Truck number -> its trips by departure, trucks by their first departure."""
        tasks = self.day.tables["tasks"]
        loading = {
            task["reference"]: (task["started_second"], task["finished_second"])
            for task in rows_of(tasks, tasks["work"] == Work.LOADING)
        }
        stops: dict[int, list[_Row]] = {}
        for stop in rows_of(self.day.tables["stops"]):
            stops.setdefault(stop["trip"], []).append(stop)
        found: dict[int, list[Trip]] = {}
        trips = sorted(
            rows_of(self.day.tables["trips"]), key=lambda row: (row["departed_second"], row["trip"])
        )
        for row in trips:
            calls = sorted(stops.get(row["trip"], []), key=lambda stop: stop["position"])
            found.setdefault(row["truck"], []).append(Trip(row, calls, loading.get(row["trip"])))
        return found

    def name(self, truck: int) -> str:
        """Type and number of a truck."""
        types = self.study.scenario.fleet.truck_types
        kind = types[self.trips[truck][0].row["type"]].id
        return f"{wrapped(kind, _TYPE_INCHES, style.SMALL_POINTS, 1)[0]} {truck + 1}"

    def late_stops(self) -> int:
        """Stops reached after the store's window."""
        return int((self.day.tables["stops"]["late_cause"] > 0).sum())


def rows_of(
    table: Mapping[str, npt.NDArray[np.int64]], chosen: npt.NDArray[np.bool_] | None = None
) -> list[_Row]:
    """Rows of a table as mappings from column to value."""
    columns = [values if chosen is None else values[chosen] for values in table.values()]
    return [
        dict(zip(table, row, strict=True))
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]


@style.styled
def truck_day(studies: Sequence[Study]) -> Figure:
    """Bars over the hours, one row per truck that left on the shown day; late stops marked.

    Args:
        studies: of these the first that has trucks is shown.
    """
    shown = first_shown(studies, "trips")
    assert shown is not None
    study, day = shown
    trucks = Trucks(study, day)
    busiest = sorted(
        trucks.trips, key=lambda truck: -sum(t.row["driving_seconds"] for t in trucks.trips[truck])
    )
    kept = [truck for truck in trucks.trips if truck in busiest[:MOST_ROWS]]
    left_out = len(trucks.trips) - len(kept)
    figure = style.slide(
        _title(trucks),
        "One row per truck, from waiting for its goods to its return."
        + (" Triangle: arrival after the hours of the store." if trucks.late_stops() else ""),
        centre_note(study, day, studies)
        + (f". The {len(kept)} trucks that drive most of {len(trucks.trips)}." if left_out else "."),
    )
    axes = figure.subplots()
    midnight = day.day * _DAY
    bars = [bar for row, truck in enumerate(kept) for bar in _bars(row, trucks.trips[truck], midnight)]
    handles: list[Artist] = [*draw_bars(axes, bars, _LOOKS)]
    late = _mark_late(axes, [trucks.trips[truck] for truck in kept], midnight)
    name_rows(
        axes,
        [trucks.name(truck) for truck in kept],
        [_note(trucks.trips[truck]) for truck in kept],
    )
    clock_axis(
        axes, min(bar.starts_hour for bar in bars), max(bar.ends_hour for bar in bars), day.date(study)
    )
    style.key_above(axes, [*handles, *late], 11.8)
    return figure


def _bars(row: int, trips: Sequence[Trip], midnight: int) -> Iterator[Bar]:
    """The stretches of a truck's trips, one after the other."""
    free = 0
    for trip in trips:
        for starts, ends, kind in stretches(trip, free):
            yield Bar(row, (starts - midnight) / _HOUR, (ends - midnight) / _HOUR, kind)
        free = trip.row["returned_second"]


def stretches(trip: Trip, free: int) -> Iterator[tuple[int, int, str]]:
    """Seconds at which each stretch begins and ends, and its kind."""
    row = trip.row
    loads, loaded = trip.loading or (row["loaded_second"], row["loaded_second"])
    due = row["planned_second"] - (loaded - loads)
    yield max(due, free), loads, "waiting"
    yield loads, loaded, "loading"
    yield loaded, row["departed_second"], "waiting"
    second, driven = row["departed_second"], 0
    for stop in trip.stops:
        drives = stop["arrived_second"] - stop["driving_seconds"]
        yield second, drives, "break"
        yield drives, stop["arrived_second"], "driving"
        yield stop["arrived_second"], stop["began_second"], "waiting"
        yield stop["began_second"], stop["left_second"], "unloading"
        second, driven = stop["left_second"], driven + stop["driving_seconds"]
    drives = row["returned_second"] - (row["driving_seconds"] - driven)
    yield second, drives, "break"
    yield drives, row["returned_second"], "return"


def _mark_late(axes: Axes, trips_by_row: Sequence[Sequence[Trip]], midnight: int) -> list[Line2D]:
    places = [
        ((stop["arrived_second"] - midnight) / _HOUR, row - 0.38)
        for row, trips in enumerate(trips_by_row)
        for trip in trips
        for stop in trip.stops
        if stop["late_cause"] > 0
    ]
    if not places:
        return []
    hours, rows = zip(*places, strict=True)
    return axes.plot(
        hours,
        rows,
        "v",
        color=style.VERMILLION,
        markersize=9,
        markeredgecolor="white",
        zorder=20,
        label="Late stop",
    )


def _note(trips: Sequence[Trip]) -> str:
    stops = sum(len(trip.stops) for trip in trips)
    km = sum(trip.row["metres"] for trip in trips) / _METRES_PER_KM
    return f"{stops:,} stop{'s' if stops != 1 else ''}, {km:,.0f} km"


def _title(trucks: Trucks) -> str:
    number, trips = len(trucks.trips), sum(len(found) for found in trucks.trips.values())
    stops, late = len(trucks.day.tables["stops"]["trip"]), trucks.late_stops()
    made = f"{number:,} truck{'s make' if number > 1 else ' makes'} {trips:,} trip{'s' if trips > 1 else ''}"
    calls = f"{stops:,} stop{'s' if stops > 1 else ''}"
    verdict = (
        f"{late:,} of {calls} late" if late else f"all {calls} in time" if stops > 1 else f"{calls}, in time"
    )
    return f"{spoken_date(trucks.day.date(trucks.study))}: {made}, {verdict}"
