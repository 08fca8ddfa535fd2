"""Headline KPIs side by side: one panel per KPI, one row per scenario, a point with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scenarios import Direction, Measure
from study.charts import style
from study.charts.clarity import clearly_highest
from study.charts.numbers import axis_scale, plain, with_unit
from study.charts.wrapping import wrapped
from study.evidence import KpiInterval, Study
from study.headlines import headline_measures

_MOST_ROWS, _USUAL_COLUMNS = 2, 4
_NAME_INCHES = 1.9
_VALUES_BESIDE_FROM = 3
"""With so many scenarios there is no room for a value above its point."""
_DIRECTION_WORDS = {
    Direction.HIGHER: " (higher is better)",
    Direction.LOWER: " (lower is better)",
    Direction.NEUTRAL: "",
}


@style.styled
def kpi_intervals(studies: Sequence[Study]) -> Figure:
    """Small multiples of the headline KPIs.

    Args:
        studies: one or more, in the order of the rows.
    """
    measures = headline_measures(studies)
    level = max(study.intervals[measures[0].name].confidence_level for study in studies)
    names = style.scenario_names(studies)
    figure = style.slide(
        _title(studies, names),
        "Dot: mean over replications. Line: interval of the mean, hidden where it is narrower than the dot.",
        f"{style.replications_note(studies)}; {100 * level:g}% Student t intervals of each KPI alone."
        " Axes need not start at zero.",
    )
    columns = min(max(_USUAL_COLUMNS, math.ceil(len(measures) / _MOST_ROWS)), len(measures))
    rows = math.ceil(len(measures) / columns)
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, measure in zip(grid.flat, measures, strict=False):
        _panel(axes, measure, studies)
    for axes in grid.flat[len(measures) :]:
        axes.set_visible(False)
    beside = _values_beside(studies)
    for row in grid:
        row[0].set_yticks(
            range(len(studies)),
            [
                "\n".join(wrapped(name, _NAME_INCHES, style.LABEL_POINTS, 1 if beside else 3))
                for name in names
            ],
            fontsize=style.LABEL_POINTS,
        )
        row[0].set_ylim(len(studies) - 0.4, -0.6 if beside else -0.75)
        for index, tick in enumerate(row[0].get_yticklabels()):
            tick.set_color(style.text_colour(index))
    return figure


def _panel(axes: Axes, measure: Measure, studies: Sequence[Study]) -> None:
    found = [study.intervals[measure.name] for study in studies]
    currency = studies[0].currency
    ends = [
        end
        for interval in found
        for end in (interval.mean, interval.low, interval.high)
        if math.isfinite(end)
    ]
    scale = axis_scale(measure.unit, currency, max(map(abs, ends), default=0.0))
    axes.set_title(measure.title)
    axes.set_xlabel(f"{scale.label}\n{_DIRECTION_WORDS[measure.better].strip()}", linespacing=1.3)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False, axis="y")
    if not ends:
        axes.set_xticks([])
        axes.text(
            0.5, 0.5, "not defined", transform=axes.transAxes, ha="center", va="center", color=style.MUTED
        )
        return
    for index, interval in enumerate(found):
        _row(axes, index, interval, scale.factor, beside=_values_beside(studies))
    _frame_values(axes, [end * scale.factor for end in ends], measure, beside=_values_beside(studies))


def _row(axes: Axes, index: int, interval: KpiInterval, factor: float, *, beside: bool) -> None:
    colour = style.scenario_colour(index)
    if not math.isfinite(interval.mean):
        axes.text(
            0.5,
            index,
            "not defined",
            transform=axes.get_yaxis_transform(),
            ha="center",
            va="center",
            color=style.MUTED,
        )
        return
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        axes.plot(
            [interval.low * factor, interval.high * factor],
            [index, index],
            color=colour,
            linewidth=3,
            solid_capstyle="butt",
        )
    axes.plot(
        [interval.mean * factor],
        [index],
        style.scenario_marker(index),
        color=colour,
        markersize=9,
        markeredgecolor="white",
    )
    number = plain(
        interval.mean * factor,
        interval.half_width * factor,
        most_decimals=2 if interval.unit == "share" else 4,
    )
    axes.annotate(
        number + ("%" if interval.unit == "share" else ""),
        ((interval.high if beside and math.isfinite(interval.high) else interval.mean) * factor, index),
        xytext=(10, 0) if beside else (0, 9),
        textcoords="offset points",
        ha="left" if beside else "center",
        va="center" if beside else "bottom",
        color=style.text_colour(index),
        fontsize=style.LABEL_POINTS,
    )


def _values_beside(studies: Sequence[Study]) -> bool:
    return len(studies) >= _VALUES_BESIDE_FROM


def _frame_values(axes: Axes, ends: list[float], measure: Measure, *, beside: bool) -> None:
    """Room for the value labels, and few enough ticks, none above 100%."""
    low, high = min(ends), max(ends)
    span = (high - low) or 0.04 * abs(high) or 2.0
    left, right = low - (0.2 if beside else 0.45) * span, high + (0.75 if beside else 0.45) * span
    axes.set_xlim(left, right)
    if measure.is_share:
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.10g}" if value <= 100 else "")
    else:
        axes.xaxis.set_major_formatter(style.with_separators)
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))


def _title(studies: Sequence[Study], names: Sequence[str]) -> str:
    if len(studies) == 1:
        fill, profit = studies[0].intervals["fill_rate"], studies[0].intervals["profit"]
        if not (fill.count and profit.count):
            return f"Headline KPIs: {names[0]}"
        amount = with_unit(profit.mean, profit.unit, studies[0].currency, profit.half_width)
        filled = with_unit(fill.mean, fill.unit, "", fill.half_width)
        return f"{names[0]}: {filled} of demand filled, profit {amount}"
    fills, earns = (clearly_highest(studies, kpi) for kpi in ("fill_rate", "profit"))
    if fills is None or earns is None:
        return f"Headline KPIs: {style.versus(names)}"
    if fills == earns:
        return f"{names[fills]} both fills most demand and earns most"
    return f"{names[fills]} fills most demand; {names[earns]} earns most"
