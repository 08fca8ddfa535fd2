"""What stock buys: fill rate of each SKU against the days of demand it holds in the stores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from study.charts import style
from study.charts.placement import PointLabel, label_points
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study

_DRAWN_AS_PICTURE_FROM = 1_500
"""More points than this are embedded as a picture, or an SVG grows too heavy for a report."""
_FEW_POINTS = 200
_LARGE_DOT, _SMALL_DOT = 40.0, 16.0
"""Square points."""
_MARKER_RADIUS = 7.5
"""Points, its white edge included."""
_NAMED_CLASSES = 6
"""Of each scenario, those with most demand."""
_LOGARITHMIC_FROM_RATIO = 40


@style.styled
def stock_service(studies: Sequence[Study]) -> Figure:
    """Scatter of stock against fill rate: small dots for SKUs, large ones for classes, colours for scenarios.

    Args:
        studies: one or more.
    """
    names = style.scenario_names(studies)
    points = [_points(study) for study in studies]
    figure = style.slide(
        "What stock buys: fill rate against days of stock",
        "Small dots: SKUs over all stores. Large markers: merchandise classes, weighted by demand"
        + (
            f"; the {_NAMED_CLASSES} largest are named."
            if len(studies[0].labels.classes) > _NAMED_CLASSES
            else "."
        ),
        f"{style.replications_note(studies)}. Up and to the left is better: more filled with less stock.",
    )
    axes = figure.subplots()
    _scale_axes(axes, np.concatenate([days for days, _, _ in points]))
    labels: list[PointLabel] = []
    unnamed: list[tuple[float, float, float]] = []
    for index, (study, (days, fill, demand)) in enumerate(zip(studies, points, strict=True)):
        colour = style.scenario_colour(index)
        axes.scatter(
            days,
            fill,
            s=_LARGE_DOT if len(days) <= _FEW_POINTS else _SMALL_DOT,
            color=colour,
            alpha=0.35,
            linewidths=0,
            marker=style.scenario_marker(index),
            rasterized=len(days) > _DRAWN_AS_PICTURE_FROM,
        )
        for rank, (group, x, y) in enumerate(_class_means(study, days, fill, demand)):
            axes.plot(
                [x],
                [y],
                style.scenario_marker(index),
                color=colour,
                markersize=13,
                markeredgecolor="white",
                markeredgewidth=1.5,
                zorder=4,
            )
            if rank < _NAMED_CLASSES:
                labels.append(PointLabel(x, y, group, style.text_colour(index), _MARKER_RADIUS))
            else:
                unnamed.append((x, y, _MARKER_RADIUS))
    axes.set_xlabel("Store stock (days of demand)", fontsize=style.LABEL_POINTS)
    axes.set_ylabel("Fill rate (% of units demanded)", fontsize=style.LABEL_POINTS)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.margins(0.06, 0.08)
    style.no_share_above_100(axes)
    if not any(np.isfinite(days).any() for days, _, _ in points):
        axes.set(xticks=[], yticks=[])
        axes.text(
            0.5, 0.5, "not defined: no demand", transform=axes.transAxes, ha="center", color=style.MUTED
        )
    if len(studies) > 1:
        style.key_above(axes, _keys(axes, names), 12.0, coloured=True)
    style.lay_out(figure)
    label_points(axes, labels, size=style.LABEL_POINTS, obstacles=unnamed)
    return figure


def _points(study: Study) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(SKUs,) days of stock, fill rate in percent, demand; NaN where either is undefined."""
    days, fill = study.mean_sku("stock_days"), 100 * study.mean_sku("fill_rate")
    usable = np.isfinite(days) & np.isfinite(fill)
    return np.where(usable, days, np.nan), np.where(usable, fill, np.nan), study.mean_sku("demand_units")


def _class_means(
    study: Study, days: FloatArray, fill: FloatArray, demand: FloatArray
) -> list[tuple[str, float, float]]:
    """Name, days of stock and fill rate of each class, the one with most demand first."""
    names = style.class_names(study)
    means = []
    for number, group in enumerate(study.labels.classes):
        members = (study.labels.sku_class == number) & np.isfinite(days) & (demand > 0)
        if members.any():
            weights = demand[members]
            x, y = (float(np.average(values[members], weights=weights)) for values in (days, fill))
            means.append((float(weights.sum()), names[group], x, y))
    return [(name, x, y) for _, name, x, y in sorted(means, key=lambda mean: -mean[0])]


def _scale_axes(axes: Axes, days: FloatArray) -> None:
    """A logarithmic stock axis where stock spans orders of magnitude."""
    positive = days[np.isfinite(days) & (days > 0)]
    if len(positive) and positive.max() > _LOGARITHMIC_FROM_RATIO * positive.min():
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())


def _keys(axes: Axes, names: Sequence[str]) -> list[Line2D]:
    """One marker per scenario for the key."""
    return [
        axes.plot(
            [],
            [],
            style.scenario_marker(index),
            color=style.scenario_colour(index),
            markersize=10,
            label=wrapped(name, 5.0, style.SMALL_POINTS, 1)[0],
        )[0]
        for index, name in enumerate(names)
    ]
