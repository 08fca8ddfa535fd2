"""Fill rate, stock and sales day by day, with the spread over replications."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from study.charts import style
from study.charts.numbers import axis_scale
from study.charts.placement import spread
from study.charts.wrapping import text_width_inches, wrapped
from study.evidence import DAILY, FloatArray, Study

SERIES = ("fill_rate", "store_stock_units", "sold_units")
_SMOOTHED_FROM_DAYS = 120
"""Longer horizons are shown as a moving mean: the pattern of the week would hide the rest."""
_WEEK = 7
_BAND_SHARE = 0.8
_NAMED_AT_LINE_ENDS = 3
"""More scenarios are named in a key."""


@style.styled
def daily_series(studies: Sequence[Study]) -> Figure:
    """One panel per series, one line with its band per scenario, dates below.

    Args:
        studies: one or more.
    """
    days = max(study.scenario.horizon.days for study in studies)
    smoothed = days >= _SMOOTHED_FROM_DAYS
    names = style.scenario_names(studies)
    several = any(len(study.condensed) > 1 for study in studies)
    band = ", band: the middle 80% of replications each day" if several else ""
    figure = style.slide(
        "Fill rate, store stock and sales over time" + (f": {' and '.join(names)}" if len(names) < 3 else ""),
        f"Line: mean{band}." + (" Seven-day moving mean." if smoothed else "") + " Whole network.",
        f"{style.replications_note(studies)}. Grey background: warm-up, which counts in no KPI."
        if any(study.labels.warm_up_days for study in studies)
        else style.replications_note(studies),
    )
    grid = figure.subplots(len(SERIES), 1, sharex=True)
    ends: list[list[float]] = []
    for axes, series in zip(grid, SERIES, strict=True):
        ends.append(_panel(axes, series, studies, smoothed=smoothed))
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    grid[-1].xaxis.set_major_locator(locator)
    formatter = mdates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    grid[-1].xaxis.set_major_formatter(formatter)
    grid[-1].set_xlabel("Date")
    figure.align_ylabels(grid)
    at_line_ends = 1 < len(studies) <= _NAMED_AT_LINE_ENDS
    if len(studies) > _NAMED_AT_LINE_ENDS:
        style.key_above(grid[0], _keys(grid[0], names), 9.5, coloured=True, right=True)
    if at_line_ends:
        short = [wrapped(name, 2.0, style.SMALL_POINTS, 2) for name in names]
        label_inches = 0.15 + max(
            text_width_inches(line, style.SMALL_POINTS) for name in short for line in name
        )
        style.leave_room_right(figure, label_inches)
    style.lay_out(figure)
    if at_line_ends:
        for axes, last in zip(grid, ends, strict=True):
            _name_lines(axes, last, short)
    return figure


def _panel(axes: Axes, series: str, studies: Sequence[Study], *, smoothed: bool) -> list[float]:
    """Draw one series of all studies; returns the last drawn value of each line, NaN for an empty one."""
    drawn = []
    for study in studies:
        values = study.daily_values(series)
        drawn.append(_moving_mean(values) if smoothed else values)
    top = max((float(np.nanmax(values)) for values in drawn if np.isfinite(values).any()), default=0.0)
    scale = axis_scale(DAILY[series].unit, studies[0].currency, top)
    ends = []
    for index, (study, values) in enumerate(zip(studies, drawn, strict=True)):
        first_day = np.datetime64(study.labels.start_date, "D")
        defined = np.isfinite(values).any(axis=0)
        low, mean, high = (np.full(values.shape[1], np.nan) for _ in range(3))
        if defined.any():
            scaled = values[:, defined] * scale.factor
            mean[defined] = np.nanmean(scaled, axis=0)
            tail = (1 - _BAND_SHARE) / 2
            low[defined], high[defined] = np.nanquantile(scaled, [tail, 1 - tail], axis=0)
        colour = style.scenario_colour(index)
        x = (first_day + np.arange(values.shape[1])).astype(np.float64)
        if len(values) > 1:
            axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(x, mean, color=colour, linewidth=1.8)
        ends.append(float(mean[defined][-1]) if defined.any() else float("nan"))
        if index == 0 and study.labels.warm_up_days:
            axes.axvspan(
                x[0], x[min(study.labels.warm_up_days, len(x) - 1)], color=style.BACKGROUND_BAND, zorder=0
            )
    axes.margins(x=0.005)
    axes.set_title(f"{DAILY[series].title}")
    axes.set_ylabel(scale.label.replace(" per day", "\nper day"))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    if series != "fill_rate":
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(style.with_separators)
    elif any(np.isfinite(end) for end in ends):
        style.no_share_above_100(axes)
    else:
        axes.set_yticks([])
        axes.text(
            0.5, 0.5, "not defined: no demand", transform=axes.transAxes, ha="center", color=style.MUTED
        )
    return ends


def _moving_mean(values: FloatArray) -> FloatArray:
    """(replications, days): centred seven-day mean of the defined days, shorter at both ends."""
    padded = np.pad(values, ((0, 0), (_WEEK // 2, _WEEK // 2)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WEEK, axis=1)
    counts = np.isfinite(windows).sum(axis=2)
    sums = np.nansum(windows, axis=2)
    means: FloatArray = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return means


def _keys(axes: Axes, names: Sequence[str]) -> list[Line2D]:
    """One line per scenario for the key."""
    return [
        axes.plot(
            [],
            [],
            color=style.scenario_colour(index),
            label=wrapped(name, 3.0, style.SMALL_POINTS, 1)[0],
        )[0]
        for index, name in enumerate(names)
    ]


def _name_lines(axes: Axes, ends: list[float], names: list[list[str]]) -> None:
    """Write each scenario's name at the right end of its line."""
    present = [index for index, end in enumerate(ends) if np.isfinite(end)]
    low, high = axes.get_ylim()
    points = axes.get_window_extent().height * 72 / axes.figure.dpi
    lines = max(len(names[index]) for index in present) if present else 1
    gap = 1.25 * lines * style.SMALL_POINTS * (high - low) / points
    wanted = np.array([ends[index] for index in present])
    for index, place in zip(present, spread(wanted, gap, low, high), strict=True):
        axes.text(
            1.008,
            place,
            "\n".join(names[index]),
            transform=axes.get_yaxis_transform(),
            va="center",
            color=style.text_colour(index),
            fontsize=style.SMALL_POINTS,
        )
