"""Where the trucks of one day drive: a line per trip, from the centre by its stops and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.charts import style
from study.charts.gantt import spoken_date
from study.charts.geography import scale_bar, true_to_scale
from study.charts.placement import PointLabel, label_points
from study.charts.truck_day import Trip, Trucks, centre_note, first_shown
from study.evidence import FloatArray, Study

MOST_TRUCKS = 12
"""More are drawn in grey: so many colours and markers are told apart."""
_OTHER = "#a9b2ba"
_LABELLED_STORES = 24
_METRES_PER_KM = 1_000
_ARROW_INCHES = 0.11
_MARGIN, _LEAST_MARGIN_DEGREES = 0.12, 0.01
_Line = Literal["-", "--"]
_COLOURS = (*style.SCENARIO_COLOURS[:6], "#7a2e2e")
_LINES: tuple[_Line, ...] = ("-", "--")


@dataclass(frozen=True, eq=False)
class _Places:
    """Longitude and latitude of the centre and the stores."""

    centre: tuple[float, float]
    stores: FloatArray
    """(stores, 2)"""

    def of(self, trip: Trip) -> FloatArray:
        """(stops + 2, 2): the centre, the stops in the order driven, the centre."""
        stops = [self.stores[stop["store"]] for stop in trip.stops]
        return np.array([self.centre, *stops, self.centre])


@style.styled
def route_map(studies: Sequence[Study]) -> Figure:
    """A map of the trips that left on the shown day, one colour and marker per truck.

    Args:
        studies: of these the first that has trucks is shown; with coordinates.
    """
    shown = first_shown(studies, "trips")
    assert shown is not None
    study, day = shown
    trucks = Trucks(study, day)
    facts = study.scenario.network.distribution_centres[day.centre]
    places = _Places(
        (facts.longitude, facts.latitude),
        np.column_stack([study.labels.store_longitude, study.labels.store_latitude]),
    )
    figure = style.slide(
        _title(trucks, facts.name or facts.id),
        "Lines: trips in the direction of the arrows, straight from stop to stop. Kilometres are by road.",
        f"{centre_note(study, day, studies)}. WGS 84; east-west distances true at the middle latitude.",
    )
    axes = figure.subplots()
    axes.set_ylabel("Latitude (°)")
    farthest = sorted(trucks.trips, key=lambda truck: -_km(trucks.trips[truck]))[:MOST_TRUCKS]
    handles = _draw_trucks(axes, trucks, places, set(farthest))
    visited = sorted(set(day.tables["stops"]["store"].tolist()))
    tracks = np.concatenate([places.of(trip) for trips in trucks.trips.values() for trip in trips])
    handles += _draw_places(axes, study, places, tracks, day.centre)
    true_to_scale(axes, float(axes.dataLim.intervaly.mean()))
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0.0,
        frameon=False,
        fontsize=style.SMALL_POINTS,
        labelspacing=0.55,
        handlelength=2.6,
    )
    style.lay_out(figure)
    axes.apply_aspect()
    axes.autoscale(False)
    bar = scale_bar(axes)
    dots = [(*places.stores[store], 6.0) for store in visited]
    named = [(*places.centre, facts.name or facts.id, style.VERMILLION, 8.0)]
    order = sorted(visited, key=lambda store: (-study.labels.store_size[store], store))
    for store in order[:_LABELLED_STORES]:
        x, y = places.stores[store].tolist()
        named.append((x, y, study.labels.store_names[store], style.INK, 6.0))
    wanted = [PointLabel(*label) for label in named]
    label_points(axes, wanted, size=style.SMALL_POINTS, obstacles=dots + bar)
    return figure


def _near(points: FloatArray, tracks: FloatArray) -> npt.NDArray[np.bool_]:
    """(points,) which are where trucks go: those far off would only make the rest small."""
    low, high = tracks.min(axis=0), tracks.max(axis=0)
    room = np.maximum(_MARGIN * (high - low), _LEAST_MARGIN_DEGREES)
    return np.asarray(((points > low - room) & (points < high + room)).all(axis=1))


def _draw_trucks(axes: Axes, trucks: Trucks, places: _Places, coloured: set[int]) -> list[Artist]:
    handles: list[Artist] = []
    others = 0
    for truck, trips in trucks.trips.items():
        if truck not in coloured:
            others += 1
            for trip in trips:
                _draw_trip(axes, places.of(trip), _OTHER, "-", "o", 2)
            continue
        number = len(handles)
        colour = _COLOURS[number % len(_COLOURS)]
        line = _LINES[number // len(_COLOURS) % len(_LINES)]
        marker = style.scenario_marker(number + number // len(_COLOURS))
        for trip in trips:
            _draw_trip(axes, places.of(trip), colour, line, marker, 4)
        label = f"{trucks.name(truck)}: {_calls(trips)}, {_km(trips):,.0f} km"
        handles.append(
            Line2D([], [], color=colour, linestyle=line, marker=marker, markeredgecolor="white", label=label)
        )
        handles[-1].set(markersize=9)
    if others:
        handles.append(Line2D([], [], color=_OTHER, marker="o", label=f"{others} other trucks"))
    return handles


def _draw_trip(axes: Axes, track: FloatArray, colour: str, line: _Line, marker: str, zorder: int) -> None:
    axes.plot(*track.T, color=colour, linestyle=line, linewidth=1.8, zorder=zorder)
    axes.plot(
        *track[1:-1].T,
        marker,
        color=colour,
        markersize=9,
        markeredgecolor="white",
        linewidth=0,
        zorder=zorder + 2,
    )
    middles, ways = (track[1:] + track[:-1]) / 2, np.diff(track, axis=0)
    long_enough = np.hypot(*ways.T) > 0
    # Two arrows on one line there and back would lie on each other: they stand before the middle.
    middles = middles - 0.08 * ways
    axes.quiver(
        *middles[long_enough].T,
        *(ways[long_enough] / np.hypot(*ways[long_enough].T)[:, None]).T,
        angles="xy",
        pivot="mid",
        units="inches",
        scale_units="inches",
        scale=1 / _ARROW_INCHES,
        width=0.028,
        headwidth=4.2,
        headlength=4.0,
        headaxislength=4.0,
        color=colour,
        zorder=zorder + 1,
    )


def _draw_places(axes: Axes, study: Study, places: _Places, tracks: FloatArray, centre: int) -> list[Artist]:
    """Draw the centre, and its other stores about where trucks go."""
    centres = [facts.id for facts in study.scenario.network.distribution_centres]
    mine = study.scenario.network.stores["dc_id"] == centres[centre]
    if centre == 0:
        mine |= study.scenario.network.stores["dc_id"] == ""
    called_at = (places.stores[:, None] == tracks).all(axis=2).any(axis=1)
    others = places.stores[mine & ~called_at & _near(places.stores, tracks)]
    handles: list[Artist] = []
    if len(others):
        handles += axes.plot(
            *others.T, "o", color="#c9cfd4", markersize=6, zorder=1, label="Store not called at"
        )
    axes.plot(*places.centre, "s", color=style.VERMILLION, markersize=14, markeredgecolor="white", zorder=9)
    return handles


def _km(trips: Sequence[Trip]) -> float:
    return sum(trip.row["metres"] for trip in trips) / _METRES_PER_KM


def _calls(trips: Sequence[Trip]) -> str:
    stops = sum(len(trip.stops) for trip in trips)
    calls = f"{stops} stop{'s' if stops != 1 else ''}"
    return calls if len(trips) == 1 else f"{len(trips)} trips, {calls}"


def _title(trucks: Trucks, centre: str) -> str:
    km = sum(_km(trips) for trips in trucks.trips.values())
    stops = len(trucks.day.tables["stops"]["trip"])
    number = len(trucks.trips)
    who = f"{number:,} trucks of {centre} drive" if number > 1 else f"one truck of {centre} drives"
    calls = f"{stops:,} stop{'s' if stops != 1 else ''}"
    day = spoken_date(trucks.day.date(trucks.study))
    return f"{day}: {who} {km:,.0f} km to {calls}" + (f", {km / stops:,.0f} km a stop" if stops > 1 else "")
