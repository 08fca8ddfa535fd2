"""Which customers a station is near: stations with their service radius, and the stores near which customers live."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse

from study.charts import style
from study.charts.geography import KM_PER_DEGREE, scale_bar, true_to_scale
from study.charts.placement import PointLabel, label_points
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study

MOST_PANELS = 3
_LABELLED = 40
_EARTH_KM = 6_371.0
_MAP_INCHES = (11.8, 5.2)
_SMALLEST, _LARGEST = 7.0, 20.0
"""Points across the marker of a station, by its requests."""


def has_stations(study: Study) -> bool:
    """Whether stations and stores are at more than one place."""
    names = study.labels.service
    places = np.column_stack(
        [
            np.concatenate([study.labels.store_latitude, names.station_latitude]),
            np.concatenate([study.labels.store_longitude, names.station_longitude]),
        ]
    )
    return len(names.stations) > 0 and len(np.unique(places, axis=0)) > 1


def km_to_station(study: Study) -> FloatArray:
    """(stores,) great-circle distance to the nearest station."""
    names = study.labels.service
    north, east = np.radians(study.labels.store_latitude), np.radians(study.labels.store_longitude)
    to_north, to_east = np.radians(names.station_latitude), np.radians(names.station_longitude)
    half = (
        np.sin((to_north[None, :] - north[:, None]) / 2) ** 2
        + np.cos(north)[:, None]
        * np.cos(to_north)[None, :]
        * np.sin((to_east[None, :] - east[:, None]) / 2) ** 2
    )
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(half.clip(0, 1))).min(axis=1))


def covered_share(study: Study) -> float:
    """Stores within the service radius of a station, by size."""
    near = km_to_station(study) <= study.labels.service.radius_km
    size = study.labels.store_size
    return float(size[near].sum() / size.sum())


@style.styled
def coverage_map(studies: Sequence[Study]) -> Figure:
    """One map per scenario, up to three: stations by requests with their radius, stores within it and outside.

    Args:
        studies: one or more; of these the first few with stations.
    """
    able = [study for study in studies if has_stations(study)]
    shown = able[:MOST_PANELS]
    every = style.scenario_names(studies)
    places = [list(studies).index(study) for study in shown]
    left_out = len(able) - len(shown)
    figure = style.slide(
        _title([every[place] for place in places], shown),
        "Square: station, its size by requests, with its service radius. Dot: store, near which customers live.",
        f"{style.replications_note(shown)}. WGS 84; east-west distances true at the middle latitude."
        + (f" {left_out} further scenarios not shown." if left_out else ""),
    )
    grid = figure.subplots(1, len(shown), squeeze=False)[0]
    for axes, place, study in zip(grid, places, shown, strict=True):
        handles = _panel(axes, study, _MAP_INCHES[0] / len(shown))
        if len(shown) > 1:
            axes.set_title(
                "\n".join(wrapped(every[place], 10.0 / len(shown), style.LABEL_POINTS, 2)),
                color=style.text_colour(place),
            )
        else:
            style.key_above(axes, handles, 11.0)
    grid[0].set_ylabel("Latitude (°)")
    style.lay_out(figure)
    for axes, study in zip(grid, shown, strict=True):
        _name_stations(axes, study, scale_bar(axes))
    return figure


def _panel(axes: Axes, study: Study, inches: float) -> list[Line2D]:
    labels, names = study.labels, study.labels.service
    near = km_to_station(study) <= names.radius_km
    middle = float(np.mean(np.concatenate([labels.store_latitude, names.station_latitude])))
    high = 2 * names.radius_km / KM_PER_DEGREE
    wide = high / max(math.cos(math.radians(middle)), 0.1)
    for x, y in zip(names.station_longitude, names.station_latitude, strict=True):
        # Artists, unlike patches, do not take part in finding the limits.
        axes.add_artist(Ellipse((x, y), wide, high, facecolor=style.BLUE, alpha=0.10, zorder=1))
        axes.add_artist(
            Ellipse((x, y), wide, high, facecolor="none", edgecolor=style.BLUE, linewidth=1.0, zorder=2)
        )
    handles = []
    for chosen, marker, colour, label in (
        (near, "o", style.GREEN, "Store within the radius"),
        (~near, "X", style.VERMILLION, "Store outside"),
    ):
        if chosen.any():
            handles += axes.plot(
                labels.store_longitude[chosen], labels.store_latitude[chosen], marker, color=colour,
                markersize=8 if marker == "X" else 6, markeredgecolor="white", linestyle="none", zorder=3, label=label,
            )  # fmt: skip
    for x, y, size in zip(names.station_longitude, names.station_latitude, _sizes(study), strict=True):
        axes.plot([x], [y], "s", color=style.BLUE, markersize=size, markeredgecolor="white", zorder=4)
    handles.append(
        Line2D([], [], marker="s", color=style.BLUE, linestyle="none", markersize=10, label="Station")
    )
    true_to_scale(axes, middle)
    _limits(axes, study, wide / 2, high / 2, inches)
    return handles


def _limits(axes: Axes, study: Study, east: float, north: float, inches: float) -> None:
    """Show all places in the middle, and as much of the circles as does not make them small."""
    labels, names = study.labels, study.labels.service
    ends = []
    for own, stations, reach in (
        (labels.store_longitude, names.station_longitude, east),
        (labels.store_latitude, names.station_latitude, north),
    ):
        places = np.concatenate([own, stations])
        low, high = float(places.min()), float(places.max())
        room = min(reach, 0.6 * (high - low) + 0.05)
        ends.append((min(low, float(stations.min()) - room), max(high, float(stations.max()) + room)))
    (west, far_east), (south, far_north) = ends
    stretch = axes.get_aspect()
    assert not isinstance(stretch, str)
    # Degrees up over degrees across that fill the panel.
    shape = _MAP_INCHES[1] / inches / stretch
    wide, high = 1.06 * (far_east - west), 1.06 * (far_north - south)
    wide, high = max(wide, high / shape), max(high, wide * shape)
    axes.set_xlim((west + far_east - wide) / 2, (west + far_east + wide) / 2)
    axes.set_ylim((south + far_north - high) / 2, (south + far_north + high) / 2)
    axes.set_aspect(stretch, adjustable="box")


def _sizes(study: Study) -> FloatArray:
    """(stations,) points across."""
    requests = np.mean([run.service["station_requests"] for run in study.condensed], axis=0)
    crowd = min(1.0, math.sqrt(40 / len(requests)))
    return np.asarray(
        crowd * (_SMALLEST + (_LARGEST - _SMALLEST) * np.sqrt(requests / max(requests.max(), 1e-9)))
    )


def _name_stations(axes: Axes, study: Study, taken: list[tuple[float, float, float]]) -> None:
    """Name the stations with most requests where there is room."""
    names = study.labels.service
    sizes = _sizes(study)
    order = np.argsort(-sizes, kind="stable")[:_LABELLED]
    dots = list(
        zip(
            names.station_longitude.tolist(),
            names.station_latitude.tolist(),
            (sizes / 2).tolist(),
            strict=True,
        )
    )
    wanted = []
    for station in order.tolist():
        x, y, radius = dots[station]
        wanted.append(PointLabel(x, y, names.station_names[station], style.INK, radius))
    label_points(axes, wanted, size=style.SMALL_POINTS, obstacles=dots + taken)


def _title(names: Sequence[str], studies: Sequence[Study]) -> str:
    shares = [100 * covered_share(study) for study in studies]
    first = studies[0].labels.service
    radius = f"{first.radius_km:,.10g} km"
    if len(studies) == 1:
        count = len(first.stations)
        return f"{count:,} station{'s' * (count != 1)}: {shares[0]:.0f}% of stores, by size, within {radius} of one"
    found = ", ".join(f"{share:.0f}% ({name})" for share, name in zip(shares, names, strict=True))
    return f"Stores within the service radius, by size: {found}"
