"""Units sold by week: what happened against the model's band."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from study.backtesting.evidence import Backtest
from study.backtesting.wording import forecast_text
from study.charts import style
from study.charts.numbers import axis_scale


@style.styled
def weekly_sales(found: Backtest) -> Figure:
    """The past as a line with markers over mean and prediction band of the replications.

    Args:
        found: a back test over at least one whole week.
    """
    weekly = found.weekly
    outside = (weekly.actual < weekly.low) | (weekly.actual > weekly.high)
    weeks, missed = len(weekly.actual), int(outside.sum())
    figure = style.slide(
        f"Units sold by week: {weeks - missed} of {weeks} weeks inside the model's band",
        f"{found.title}. Band: {weekly.level:.0%} prediction interval of each week on its own.",
        forecast_text(found),
    )
    axes = figure.subplots()
    scale = axis_scale("units per week", found.currency, float(np.nanmax([*weekly.actual, *weekly.high])))
    days = np.array(weekly.first_days, dtype="datetime64[D]").astype(np.float64)
    axes.fill_between(
        days, weekly.low * scale.factor, weekly.high * scale.factor, color=style.BLUE, alpha=0.2, linewidth=0
    )
    axes.plot(days, weekly.mean * scale.factor, color=style.BLUE, linewidth=1.8)
    axes.plot(days, weekly.actual * scale.factor, color=style.VERMILLION, marker="o", linewidth=1.8)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(scale.label)
    axes.set_xlabel("First day of the week")
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    keys = [
        Line2D([], [], color=style.VERMILLION, marker="o", label="What happened"),
        Line2D([], [], color=style.BLUE, label="Model, mean"),
        Patch(color=style.BLUE, alpha=0.2, linewidth=0, label="Model, prediction interval"),
    ]
    style.key_above(axes, keys, 9.5)
    return figure
