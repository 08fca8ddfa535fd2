"""Stages one after the other: bars that begin where the one before ends, scenarios one below the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from study.charts import style
from study.charts.numbers import plain
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study
from study.statistics import Interval, mean_interval

MOST_SCENARIOS = 3
_GROUP_HEIGHT = 0.8
_LABEL_INCHES = 2.6
_TINT = 0.65


@dataclass(frozen=True)
class Route:
    """What passes the stages, and how a chart speaks of it."""

    stages: tuple[str, ...]
    total: str
    """Title of the whole."""
    hours: Callable[[Study], FloatArray]
    """(replications, stages) mean hours; NaN where nothing has passed."""
    unit_axis: str
    """Label of the axis."""
    note: str
    """What counts, as a sentence."""
    what: str
    """What has means in the subtitle, such as "orders"."""
    from_to: str
    """Such as "from order to shelf"."""

    def is_passed(self, study: Study) -> bool:
        """Whether something has passed all stages."""
        return bool(np.isfinite(self.hours(study)).any())


def draw_waterfall(studies: Sequence[Study], route: Route) -> Figure:
    """Mean hours by stage with intervals.

    Args:
        studies: one or more; of these the first few in which something has passed all stages.
        route: the stages.
    """
    able = [study for study in studies if route.is_passed(study)]
    shown = able[:MOST_SCENARIOS]
    every = style.scenario_names(studies)
    places = [list(studies).index(study) for study in shown]
    names = [every[place] for place in places]
    level = next(iter(shown[0].intervals.values())).confidence_level
    found = [_intervals(route, study, level) for study in shown]
    several = any(len(study.condensed) > 1 for study in shown)
    figure = style.slide(
        _title(route, names, found),
        f"Each stage begins where the one before ends. Hours: mean over {route.what}"
        + (f", line: its {level:.0%} interval." if several else "."),
        f"{style.replications_note(shown)}. {route.note}"
        + (f" {len(able) - len(shown)} further scenarios not shown." if len(able) > len(shown) else ""),
    )
    axes = figure.subplots()
    thick = _GROUP_HEIGHT / len(shown)
    tops = []
    for index, (place, stages) in enumerate(zip(places, found, strict=True)):
        offset = (index - (len(shown) - 1) / 2) * thick
        _cascade(axes, route, stages, offset, 0.88 * thick, style.scenario_colour(place))
        tops.append(max(interval.high if several else interval.mean for interval in stages.values()))
    _label_axes(axes, route, max(tops))
    if len(shown) > 1:
        handles = [
            Patch(color=style.scenario_colour(place), label=wrapped(name, 3.5, style.SMALL_POINTS, 1)[0])
            for place, name in zip(places, names, strict=True)
        ]
        style.key_above(axes, handles, 11.0)
    return figure


def _intervals(route: Route, study: Study, level: float) -> dict[str, Interval]:
    """Stage, and the whole, -> interval of its mean hours."""
    hours = route.hours(study)
    columns = dict(zip(route.stages, hours.T, strict=True)) | {route.total: hours.sum(axis=1)}
    return {stage: mean_interval(values, level) for stage, values in columns.items()}


def _cascade(
    axes: Axes, route: Route, stages: dict[str, Interval], offset: float, thick: float, colour: str
) -> None:
    begins = 0.0
    for row, (stage, interval) in enumerate(stages.items()):
        left = 0.0 if stage == route.total else begins
        ends = left + interval.mean
        tone = colour if stage == route.total else _lighter(colour)
        axes.barh(row + offset, interval.mean, thick, left, color=tone, zorder=2)
        half = (interval.high - interval.low) / 2
        if half > 0:
            axes.plot(
                [ends - half, ends + half], [row + offset] * 2, color=style.INK, linewidth=2.0, zorder=5
            )
        if stage != route.total:
            axes.plot([ends, ends], [row + offset, row + 1 + offset], color=colour, linewidth=1.0, zorder=1)
            begins = ends
        axes.annotate(
            f"{plain(interval.mean, half if half > 0 else math.nan, most_decimals=2)} h",
            (ends + (half if half > 0 else 0.0), row + offset),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL_POINTS,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=4,
        )


def _lighter(colour: str) -> tuple[float, ...]:
    """The colour mixed with white; a transparent one would let the grid shine through."""
    return tuple(_TINT * part + 1.0 - _TINT for part in to_rgb(colour))


def _label_axes(axes: Axes, route: Route, top: float) -> None:
    rows = [*route.stages, route.total]
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.set_yticks(
        range(len(rows)),
        ["\n".join(wrapped(row, _LABEL_INCHES, style.LABEL_POINTS, 2)) for row in rows],
        color=style.INK,
        fontsize=style.LABEL_POINTS,
    )
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.12 * top or 1.0)
    axes.axhline(len(route.stages) - 0.5, color=style.MUTED, linewidth=1.0)
    axes.set_xlabel(route.unit_axis, fontsize=style.LABEL_POINTS)
    axes.xaxis.set_major_formatter(style.with_separators)


def _title(route: Route, names: Sequence[str], found: Sequence[dict[str, Interval]]) -> str:
    totals = [stages[route.total] for stages in found]
    if len(found) == 1:
        longest = max(route.stages, key=lambda stage: found[0][stage].mean)
        share = 100 * found[0][longest].mean / totals[0].mean if totals[0].mean else 0.0
        return (
            f"{names[0]}: {plain(totals[0].mean, most_decimals=1)} hours {route.from_to}, "
            f"{share:.0f}% of it {longest.lower()}"
        )
    fastest = min(range(len(totals)), key=lambda index: totals[index].high)
    others = [index for index in range(len(totals)) if index != fastest]
    if all(totals[fastest].high < totals[other].low for other in others):
        slowest = max(others, key=lambda index: totals[index].mean)
        sooner = plain(totals[slowest].mean - totals[fastest].mean, most_decimals=1)
        return f"{names[fastest]} is {sooner} hours faster {route.from_to} than {names[slowest]}"
    return f"{route.from_to.capitalize()}: {style.versus(names)}"
