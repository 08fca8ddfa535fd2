"""How many requests are open, day by day."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure

from study.charts import style
from study.charts.numbers import plain
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study

_BAND_SHARE = 0.8


def has_backlog(study: Study) -> bool:
    """Whether requests came in."""
    return all("backlog" in run.service for run in study.condensed)


def _backlog(study: Study) -> FloatArray:
    """(replications, days)."""
    return np.stack([run.service["backlog"] for run in study.condensed])


@style.styled
def backlog_band(studies: Sequence[Study]) -> Figure:
    """One line per scenario: open requests at the end of the day, mean and band over replications.

    Args:
        studies: one or more; those with requests are shown.
    """
    shown = [(place, study) for place, study in enumerate(studies) if has_backlog(study)]
    every = style.scenario_names(studies)
    able = [study for _, study in shown]
    several = any(len(study.condensed) > 1 for study in able)
    figure = style.slide(
        _title([every[place] for place, _ in shown], able),
        "Requests that are open at the end of the day, of all kinds. Line: mean"
        + (f", band: the middle {_BAND_SHARE:.0%} of replications." if several else "."),
        style.replications_note(able)
        + (". Grey background: warm-up, which counts in no KPI." if able[0].labels.warm_up_days else "."),
    )
    axes = figure.subplots()
    tail = (1 - _BAND_SHARE) / 2
    handles = []
    for place, study in shown:
        values = _backlog(study)
        first_day = np.datetime64(study.labels.start_date, "D")
        x = (first_day + np.arange(values.shape[1])).astype(np.float64)
        colour = style.scenario_colour(place)
        if len(values) > 1:
            low, high = np.quantile(values, [tail, 1 - tail], axis=0)
            axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
        name = wrapped(every[place], 3.5, style.SMALL_POINTS, 1)[0]
        handles += axes.plot(x, values.mean(axis=0), color=colour, label=name)
    warm_up = able[0].labels.warm_up_days
    if warm_up:
        axes.axvspan(x[0], x[min(warm_up, len(x) - 1)], color=style.BACKGROUND_BAND, zorder=0)
    axes.margins(x=0.005)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Open requests", fontsize=style.LABEL_POINTS)
    axes.yaxis.set_major_formatter(style.with_separators)
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set_xlabel("Date", fontsize=style.LABEL_POINTS)
    if len(shown) > 1:
        style.key_above(axes, handles, 11.0, coloured=all(place == at for at, (place, _) in enumerate(shown)))
    return figure


def _title(names: Sequence[str], studies: Sequence[Study]) -> str:
    if len(studies) > 1:
        return f"How many requests are open: {style.versus(names)}"
    study = studies[0]
    values = _backlog(study)[:, study.labels.warm_up_days :]
    if not values.size:
        return "How many requests are open"
    third = max(1, values.shape[1] // 3)
    early, late = values[:, :third].mean(), values[:, -third:].mean()
    level = plain(float(values.mean()), most_decimals=0)
    if late > 1.5 * early and late > early + 1:
        return f"The backlog grows: {plain(float(late), most_decimals=0)} requests open at the end"
    return f"{level} requests are open on average"
