"""Several years of a plan's network, and new stations that are proposed, as maps and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.charts import style
from study.charts.geography import scale_bar, true_to_scale
from study.charts.placement import PointLabel, label_points

if TYPE_CHECKING:
    from scenarios import Plan, Scenario

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MOST_MAPS, _LABELLED = 6, 30
_LEAST_MARK, _MARK_RANGE = 5.0, 13.0
"""Points: of a station with one technician, and how much more one has with the most."""


@dataclass(frozen=True, eq=False)
class PageTable:
    """A table of the page: the first column names its rows."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class NetworkYears:
    """Technicians of every station by year."""

    station_names: tuple[str, ...]
    latitude: FloatArray
    longitude: FloatArray
    technicians: IntArray
    """(years, stations): 0 = nobody there."""
    is_open: npt.NDArray[np.bool_]
    """(years, stations)"""
    store_latitude: FloatArray
    store_longitude: FloatArray


def years_of(scenario: Scenario, plan: Plan) -> NetworkYears | None:
    """The years that a plan holds; None where it holds none."""
    table, service = plan.decisions.expansion, scenario.service
    if table is None or not len(table) or service is None or service.stations is None:
        return None
    stations, stores = service.stations, scenario.network.stores
    ids = list(stations["station_id"])
    shape = (int(table["year"].max()), len(ids))
    people, is_open = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    for year, name, number in zip(table["year"], table["station_id"], table["technicians"], strict=True):
        at = (int(year) - 1, ids.index(name))
        people[at], is_open[at] = number, True
    return NetworkYears(
        station_names=tuple(str(name or ids[row]) for row, name in enumerate(stations["name"])),
        latitude=stations["latitude"].astype(np.float64),
        longitude=stations["longitude"].astype(np.float64),
        technicians=people,
        is_open=is_open,
        store_latitude=stores["latitude"].astype(np.float64),
        store_longitude=stores["longitude"].astype(np.float64),
    )


def years_table(years: NetworkYears) -> PageTable:
    """Technicians by station and year; a dash where a station is closed."""
    rows = [
        (name, *(str(people) if opened else "–" for people, opened in zip(crew, is_open, strict=True)))
        for name, crew, is_open in zip(
            years.station_names, years.technicians.T.tolist(), years.is_open.T.tolist(), strict=True
        )
    ]
    rows.append(("all", *(str(total) for total in years.technicians.sum(axis=1).tolist())))
    header = ("Station", *(f"Year {year + 1}" for year in range(len(years.technicians))))
    note = "Technicians on duty at the same time; – is a closed station. Year 1 is that of the run."
    return PageTable("Which stations are open in which year?", note, header, tuple(rows))


@style.styled
def years_maps(years: NetworkYears, title: str) -> Figure:
    """A map per year, six at most: the first, the last and some between.

    Args:
        years: the network by year.
        title: of the scenario.
    """
    last = len(years.technicians)
    shown = np.unique(np.linspace(0, last - 1, min(last, _MOST_MAPS)).round().astype(np.int64)).tolist()
    first_open, last_open = int(years.is_open[0].sum()), int(years.is_open[-1].sum())
    first_crew, last_crew = int(years.technicians[0].sum()), int(years.technicians[-1].sum())
    figure = style.slide(
        f"From {first_crew} technicians at {first_open} station{'s' * (first_open != 1)} to {last_crew} at {last_open} "
        f"in year {last}",
        f"{title}. Square: open station, with its technicians; orange: not open the year before. Cross: closed. "
        "Dot: store, near which customers live.",
        "Year 1 is that of the run; later ones are planned and shown. WGS 84.",
    )
    rows = 1 if len(shown) <= 3 else 2
    panels = figure.subplots(rows, -(-len(shown) // rows), squeeze=False)
    for axes in panels.ravel()[len(shown) :]:
        axes.set_axis_off()
    for axes, year in zip(panels.ravel(), shown, strict=False):
        _draw_year(axes, years, year)
        axes.set_title(f"Year {year + 1}", loc="left")
    style.lay_out(figure)
    # All years are seen alike: the bar makes no room for itself.
    panels[0, 0].autoscale(enable=False)
    scale_bar(panels[0, 0])
    return figure


def _draw_year(axes: Axes, years: NetworkYears, year: int) -> None:
    axes.plot(years.store_longitude, years.store_latitude, "o", color=style.SKY, markersize=3, zorder=1)
    is_open, crew = years.is_open[year], years.technicians[year]
    before = years.is_open[max(year - 1, 0)]
    axes.plot(
        years.longitude[~is_open], years.latitude[~is_open], "x", color=style.MUTED, markersize=6, zorder=2
    )
    largest = max(int(years.technicians.max()), 1)
    for station in np.flatnonzero(is_open).tolist():
        size = _LEAST_MARK + _MARK_RANGE * float(np.sqrt(crew[station] / largest))
        colour = style.BLUE if before[station] else style.VERMILLION
        x, y = float(years.longitude[station]), float(years.latitude[station])
        axes.plot([x], [y], "s", color=colour, markersize=size, markeredgecolor="white", zorder=3)
        axes.annotate(
            f"{crew[station]}", (x, y), xytext=(0, size / 2 + 2), textcoords="offset points", ha="center",
            fontsize=style.SMALL_POINTS, zorder=4,
        )  # fmt: skip
    true_to_scale(axes, float(np.concatenate([years.latitude, years.store_latitude]).mean()))
    axes.set_xlabel("")
    axes.set_xticks([])
    axes.set_yticks([])


@style.styled
def proposals_map(scenario: Scenario, plan: Plan, title: str) -> Figure:
    """New stations that are proposed, among stores and the stations that can be had.

    Args:
        scenario: as loaded.
        plan: with proposals.
        title: of the scenario.
    """
    table, service = plan.decisions.greenfield, scenario.service
    assert table is not None and service is not None and service.stations is not None
    stores, stations = scenario.network.stores, service.stations
    visits, covered = table["visits_per_day"], table["covered_share"]
    number, radius = len(table), scenario.policy.service.radius_km
    share = float(visits @ covered) / max(float(visits.sum()), 1e-300)
    figure = style.slide(
        f"{number} new station{'s' * (number != 1)}: {share:.0%} of their visits within {radius:g} km",
        f"{title}. Orange: proposed station, its size by visits. Grey square: station that can be had today. "
        "Dot: store, near which customers live.",
        "Proposals: no run follows them. WGS 84; east-west distances true at the middle latitude.",
    )
    axes = figure.subplots()
    axes.plot(stores["longitude"], stores["latitude"], "o", color=style.BLUE, markersize=4, zorder=1)
    axes.plot(
        stations["longitude"], stations["latitude"], "s", color=style.MUTED, markersize=8, alpha=0.6, zorder=2
    )
    labels = []
    for row in range(number):
        size = 8.0 + _MARK_RANGE * float(np.sqrt(visits[row] / max(float(visits.max()), 1e-300)))
        x, y = float(table["longitude"][row]), float(table["latitude"][row])
        axes.plot([x], [y], "D", color=style.VERMILLION, markersize=size, markeredgecolor="white", zorder=3)
        labels.append(PointLabel(x, y, str(table["station_id"][row]), style.INK, size / 2))
    true_to_scale(axes, float(np.asarray(stores["latitude"], np.float64).mean()))
    axes.set_ylabel("Latitude (°)")
    style.lay_out(figure)
    taken = [(label.x, label.y, label.radius_points) for label in labels] + scale_bar(axes)
    label_points(axes, labels[:_LABELLED], size=style.SMALL_POINTS, obstacles=taken)
    return figure


def proposals_table(plan: Plan) -> PageTable | None:
    """New stations that are proposed; None where none are."""
    table = plan.decisions.greenfield
    if table is None or not len(table):
        return None
    rows = tuple(
        (
            str(table["station_id"][row]),
            f"{table['latitude'][row]:.4f}",
            f"{table['longitude'][row]:.4f}",
            f"{table['visits_per_day'][row]:,.3g}",
            f"{table['mean_km'][row]:,.3g}",
            f"{table['covered_share'][row]:.0%}",
        )
        for row in range(len(table))
    )
    header = ("Proposal", "Latitude", "Longitude", "Visits per day", "Mean straight way (km)", "Covered")
    note = (
        "No run follows these: a station needs costs and supply. The file `_new_stations.csv` beside the plan holds "
        "rows for the table of stations of the scenario."
    )
    return PageTable("Where would new stations stand?", note, header, rows)


__all__ = [
    "NetworkYears", "PageTable", "proposals_map", "proposals_table", "years_maps", "years_of", "years_table",
]  # fmt: skip
