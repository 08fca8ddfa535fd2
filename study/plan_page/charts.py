"""Charts of a plan: curves of what more would buy, the map of territories, the histogram of drives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from scenarios import Curve
from study.charts import style
from study.charts.geography import scale_bar, true_to_scale
from study.charts.numbers import axis_scale, with_unit
from study.charts.placement import PointLabel, label_points
from study.charts.wrapping import wrapped
from study.plan_page.territories import Territories

_BINS = 24
_LABELLED = 30
_MOST_CURVES = 3
_PANELS_INCHES = 11.0
"""Width of all panels side by side, the room between them left out."""
_ROOM_ABOVE = 1.12
"""Top of the axis over the highest bar: room for the word beside the mean."""


@style.styled
def curves_chart(part: str, title: str, curves: Sequence[Curve], currency: str) -> Figure:
    """What more or less of something would buy, one panel per curve.

    Args:
        part: what the curves belong to.
        title: of the scenario.
        curves: one to three with the same level.
        currency: what "money" stands for.
    """
    shown = curves[:_MOST_CURVES]
    dot = "" if shown[0].chosen is None else " The orange dot is the plan."
    figure = style.slide(
        f"{part}: {_at_the_plan(shown[0], currency)}",
        f"{title}. What was found at each point.{dot}",
        "Worked out by the solver before any run.",
    )
    grid = figure.subplots(1, len(shown), squeeze=False)[0]
    for axes, curve in zip(grid, shown, strict=True):
        _draw_curve(axes, curve, currency, _PANELS_INCHES / len(shown))
    return figure


def _at_the_plan(curve: Curve, currency: str) -> str:
    """What the plan has, and at which level; without a plan what the curve is about."""
    if curve.chosen is None:
        return f"{curve.value} against {curve.level}"
    level, value = min(curve.points, key=lambda point: abs(point[0] - (curve.chosen or 0.0)))
    had = f"{value:,.4g}" if not curve.value_unit else with_unit(value, curve.value_unit, currency)
    if not curve.level_unit:
        return f"{had} at {level:,.10g} {curve.level}"
    return f"{had} at {with_unit(level, curve.level_unit, currency)} ({curve.level})"


def _draw_curve(axes: Axes, curve: Curve, currency: str, inches: float) -> None:
    level, value = np.array(curve.points).T
    across = axis_scale(curve.level_unit or "number", currency, float(np.abs(level).max()))
    up = axis_scale(curve.value_unit or "number", currency, float(np.abs(value).max()))
    marker = "o" if len(level) <= _BINS else ""
    axes.plot(level * across.factor, value * up.factor, color=style.BLUE, marker=marker, markersize=4)
    if curve.chosen is not None:
        at = int(np.abs(level - curve.chosen).argmin())
        axes.plot(
            [level[at] * across.factor], [value[at] * up.factor], "o", color=style.VERMILLION, markersize=11,
            markeredgecolor="white",
        )  # fmt: skip
    for axis, drawn in ((axes.xaxis, level * across.factor), (axes.yaxis, value * up.factor)):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        if np.array_equal(drawn, np.rint(drawn)):
            axis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    axes.set_xlabel(_named(curve.level, curve.level_unit, across.label))
    heading = _named(curve.value, curve.value_unit, up.label)
    axes.set_title("\n".join(wrapped(heading, inches, style.LABEL_POINTS)), loc="left")


def _named(what: str, unit: str, label: str) -> str:
    """With the unit, where its name does not say it already."""
    spoken = f" ({label})" if unit and unit not in what else ""
    return f"{what[:1].upper()}{what[1:]}{spoken}"


@style.styled
def territory_map(found: Territories, title: str) -> Figure:
    """Open stations with their stores, closed ones crossed out.

    Args:
        found: the network of the plan.
        title: of the scenario.
    """
    opened, closed = int(found.is_open.sum()), int((~found.is_open).sum())
    people = int(found.technicians.sum())
    network = f"{opened} station{'s' * (opened != 1)}, {people} technician{'s' * (people != 1)}"
    figure = style.slide(
        f"{network}: {found.covered:.0%} of visits within {found.radius_km:g} km",
        f"{title}. Line: store, near which customers live, to the station that serves them. Square: open station, its "
        "size by technicians. Cross: a station that could be had and is not open.",
        f"{closed} not open. WGS 84; east-west distances true at the middle latitude.",
    )
    axes = figure.subplots()
    colours = [style.scenario_colour(number % 6) for number in range(len(found.is_open))]
    lines = [
        [
            (found.store_longitude[store], found.store_latitude[store]),
            (found.station_longitude[station], found.station_latitude[station]),
        ]
        for store, station in enumerate(found.station_of_store.tolist())
    ]
    shades = [colours[station] for station in found.station_of_store.tolist()]
    axes.add_collection(LineCollection(lines, colors=shades, linewidths=1.0, alpha=0.6, zorder=1))
    axes.scatter(found.store_longitude, found.store_latitude, s=22, c=shades, linewidths=0, zorder=2)
    shut = ~found.is_open
    axes.plot(
        found.station_longitude[shut],
        found.station_latitude[shut],
        "x",
        color=style.MUTED,
        markersize=8,
        zorder=3,
    )
    largest = max(int(found.technicians.max()), 1)
    labels = []
    for station in np.flatnonzero(found.is_open).tolist():
        size = 7.0 + 13.0 * float(np.sqrt(found.technicians[station] / largest))
        x, y = float(found.station_longitude[station]), float(found.station_latitude[station])
        axes.plot([x], [y], "s", color=colours[station], markersize=size, markeredgecolor="white", zorder=4)
        labels.append(
            (found.technicians[station], PointLabel(x, y, found.station_names[station], style.INK, size / 2))
        )
    places = np.concatenate([found.store_latitude, found.station_latitude])
    true_to_scale(axes, float(places.mean()))
    axes.set_ylabel("Latitude (°)")
    style.lay_out(figure)
    taken = [(label.x, label.y, label.radius_points) for _, label in labels] + scale_bar(axes)
    wanted = [label for _, label in sorted(labels, key=lambda item: -item[0])[:_LABELLED]]
    label_points(axes, wanted, size=style.SMALL_POINTS, obstacles=taken)
    return figure


@style.styled
def drive_histogram(found: Territories, title: str) -> Figure:
    """How far visits are from the station that serves them.

    Args:
        found: the network of the plan.
        title: of the scenario.
    """
    mean = found.mean_drive_minutes
    figure = style.slide(
        f"A visit is {mean:,.3g} minutes from its station on average",
        f"{title}. Visits per day by the drive, one way, from the station to the customers near a store.",
        "Expected drives at the mean speed of the day.",
    )
    axes = figure.subplots()
    bars, _, _ = axes.hist(
        found.drive_minutes,
        bins=_BINS,
        range=(0.0, max(float(found.drive_minutes.max()), 1.0)),
        weights=found.visits_per_day,
        color=style.BLUE,
        edgecolor="white",
    )
    axes.set_xlim(left=0.0)
    axes.set_ylim(0.0, max(float(np.max(bars)) * _ROOM_ABOVE, 1e-9))
    axes.axvline(mean, color=style.VERMILLION, linewidth=2.0)
    axes.annotate(
        "mean", (mean, 1.0), xycoords=("data", "axes fraction"), xytext=(6, -4), textcoords="offset points", va="top",
        color=style.VERMILLION,
    )  # fmt: skip
    axes.set_xlabel("Drive from the station (minutes, one way)")
    axes.set_ylabel("Visits per day")
    return figure


__all__ = ["curves_chart", "drive_histogram", "territory_map"]
