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
from study.evidence import FloatArray, Study

_DRAWN_AS_PICTURE_FROM = 1_500
"""More points than this are embedded as a picture, or an SVG grows too heavy for a report."""
_LOGARITHMIC_FROM_RATIO = 40


@style.styled
def stock_service(studies: Sequence[Study]) -> Figure:
    """Scatter of stock against fill rate: a small dot per SKU, a large one per class, one colour per scenario.

    Args:
        studies: one or more.
    """
    names = style.scenario_names(studies)
    points = [_points(study) for study in studies]
    figure = style.slide(
        "What stock buys: fill rate against days of stock",
        "Small dots: SKUs over all stores. Large markers: merchandise classes, weighted by demand.",
        f"{style.replications_note(studies)}. Up and to the left is better: more demand filled with less stock.",
    )
    axes = figure.subplots()
    _scale_axes(axes, np.concatenate([days for days, _, _ in points]))
    labels: list[PointLabel] = []
    for index, (study, (days, fill, demand)) in enumerate(zip(studies, points, strict=True)):
        colour = style.scenario_colour(index)
        axes.scatter(
            days, fill, s=16, color=colour, alpha=0.35, linewidths=0, marker=style.scenario_marker(index),
            rasterized=len(days) > _DRAWN_AS_PICTURE_FROM,
        )
        for group, x, y in _class_means(study, days, fill, demand):
            axes.plot([x], [y], style.scenario_marker(index), color=colour, markersize=13, markeredgecolor="white",
                      markeredgewidth=1.5, zorder=4)
            labels.append(PointLabel(x, y, group, colour, 7.5))
    axes.set_xlabel("Store stock (days of demand)", fontsize=style.LABEL_POINTS)
    axes.set_ylabel("Fill rate (% of units demanded)", fontsize=style.LABEL_POINTS)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.margins(0.06, 0.08)
    if not any(np.isfinite(days).any() for days, _, _ in points):
        axes.text(0.5, 0.5, "not defined: no demand", transform=axes.transAxes, ha="center", color=style.MUTED)
    if len(studies) > 1:
        style.key_above(axes, _keys(axes, names), 12.0, coloured=True)
    style.lay_out(figure)
    label_points(axes, labels, size=style.LABEL_POINTS)
    return figure


def _points(study: Study) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(SKUs,) days of stock, fill rate in percent, demand; NaN where either is undefined."""
    days, fill = study.mean_sku("stock_days"), 100 * study.mean_sku("fill_rate")
    usable = np.isfinite(days) & np.isfinite(fill)
    return np.where(usable, days, np.nan), np.where(usable, fill, np.nan), study.mean_sku("demand_units")


def _class_means(
    study: Study, days: FloatArray, fill: FloatArray, demand: FloatArray
) -> list[tuple[str, float, float]]:
    names = style.class_names(study)
    means = []
    for number, group in enumerate(study.labels.classes):
        members = (study.labels.sku_class == number) & np.isfinite(days) & (demand > 0)
        if members.any():
            weights = demand[members]
            means.append((names[group], float(np.average(days[members], weights=weights)),
                          float(np.average(fill[members], weights=weights))))
    return means


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
            [], [], style.scenario_marker(index), color=style.scenario_colour(index), markersize=10,
            label=style.wrapped(name, 5.0, style.SMALL_POINTS, 1)[0],
        )[0]
        for index, name in enumerate(names)
    ]
