"""Charts of a plan: curves of what more would buy, the map of territories, the histogram of drives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from scenarios import Curve
from study.charts import style
from study.charts.geography import scale_bar, true_to_scale
from study.charts.numbers import axis_scale, with_unit
from study.charts.placement import PointLabel, label_points
from study.plan_page.territories import Territories

_BINS = 24
_LABELLED = 30
_MOST_CURVES = 3


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
    level = shown[0].level
    figure = style.slide(
        f"{part}: {' and '.join(curve.value for curve in shown[:2])} against {level}",
        f"{title}. The best that can be had at each point. The orange dot is the plan.",
        "Worked out by the solver before any run.",
    )
    grid = figure.subplots(1, len(shown), squeeze=False)[0]
    for axes, curve in zip(grid, shown, strict=True):
        _draw_curve(axes, curve, currency)
    return figure


def _draw_curve(axes: Axes, curve: Curve, currency: str) -> None:
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
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.set_xlabel(f"{_capital(curve.level)}{f' ({across.label})' if curve.level_unit else ''}")
    axes.set_title(f"{_capital(curve.value)}{f' ({up.label})' if curve.value_unit else ''}", loc="left")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@style.styled
def territory_map(found: Territories, title: str) -> Figure:
    """Open stations with their stores, closed ones crossed out.

    Args:
        found: the network of the plan.
        title: of the scenario.
    """
    opened, closed = int(found.is_open.sum()), int((~found.is_open).sum())
    people = int(found.technicians.sum())
    figure = style.slide(
        f"{opened} station{'s' * (opened != 1)}, {people} technicians: {found.covered:.0%} of visits within "
        f"{found.radius_km:g} km",
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
        f"A visit is {with_unit(mean, 'minutes', '')} from its station on average",
        f"{title}. Visits per day by the drive, one way, from the station to the customers near a store.",
        "Expected drives at the mean speed of the day.",
    )
    axes = figure.subplots()
    axes.hist(
        found.drive_minutes, bins=_BINS, weights=found.visits_per_day, color=style.BLUE, edgecolor="white"
    )
    axes.axvline(mean, color=style.VERMILLION, linewidth=2.0)
    axes.annotate(
        "mean", (mean, 1.0), xycoords=("data", "axes fraction"), xytext=(6, -4), textcoords="offset points", va="top",
        color=style.VERMILLION,
    )  # fmt: skip
    axes.set_xlabel("Drive from the station (minutes, one way)")
    axes.set_ylabel("Visits per day")
    return figure


__all__ = ["curves_chart", "drive_histogram", "territory_map"]
