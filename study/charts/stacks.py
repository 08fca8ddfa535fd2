"""Stacked bars whose parts are named and valued beside them; used for costs and for unmet demand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from study.charts import style
from study.charts.placement import spread
from study.charts.wrapping import text_width_inches, wrapped

_BAR_WIDTH = 0.3
_LABEL_GAP = 0.07
"""Between bar and label, as a share of the distance between bars."""
_LABEL_LINE_POINTS = 1.3 * style.SMALL_POINTS


@dataclass(frozen=True)
class Part:
    """One layer of the stacks."""

    key: str
    title: str
    colour: str


def draw_stacks(
    axes: Axes,
    names: Sequence[str],
    heights: Sequence[Mapping[str, float]],
    parts: Sequence[Part],
    inches: float,
) -> None:
    """Draw one bar per scenario; `label_stacks` names the parts once the figure is laid out.

    Args:
        axes: where.
        names: one per bar.
        heights: per bar, key of a part -> height in the unit of the axis.
        parts: bottom to top.
        inches: width that the axes will have, about.
    """
    for index, values in enumerate(heights):
        bottom = 0.0
        for part in parts:
            height = values.get(part.key, 0.0)
            axes.bar(
                index,
                height,
                _BAR_WIDTH,
                bottom,
                color=part.colour,
                edgecolor="white",
                linewidth=1.0,
                align="edge",
            )
            bottom += height
    axes.set_xlim(-0.12, len(names) - 0.12)
    axes.set_ylim(0, 1.12 * _largest(heights) or 1.0)
    room = 0.85 * inches / len(names)
    axes.set_xticks(
        range(len(names)),
        ["\n".join(wrapped(name, room, style.LABEL_POINTS, 3)) for name in names],
        fontsize=style.LABEL_POINTS,
        ha="left",
        linespacing=1.25,
    )
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False)
    axes.yaxis.set_major_formatter(style.with_separators)
    for index, label in enumerate(axes.get_xticklabels()):
        label.set_color(style.text_colour(index))


def fits_names(heights: Sequence[Mapping[str, float]], parts: Sequence[Part], inches: float) -> bool:
    """Whether each bar has room for names beside it; otherwise only values stand there, with a key."""
    largest = _largest(heights)
    widest = max(
        text_width_inches(_label(part, values.get(part.key, 0.0), largest, named=True), style.SMALL_POINTS)
        for values in heights
        for part in parts
    )
    return widest < (1 - _BAR_WIDTH - 2 * _LABEL_GAP) * inches / len(heights)


def label_stacks(
    axes: Axes, heights: Sequence[Mapping[str, float]], parts: Sequence[Part], *, named: bool
) -> None:
    """Write name and value of each part beside its bar, moved apart where thin, and the total on top."""
    low, high = axes.get_ylim()
    points = axes.get_window_extent().height * 72 / axes.figure.dpi
    line = _LABEL_LINE_POINTS * (high - low) / points
    largest = _largest(heights)
    for index, values in enumerate(heights):
        shown = [part for part in parts if values.get(part.key, 0.0) > 0]
        total = sum(values.values())
        number = _number(total, largest)
        axes.text(
            index, total + 0.3 * line, f"Total {number}" if named else number, fontsize=style.LABEL_POINTS
        )
        tops = np.cumsum([values[part.key] for part in shown])
        middles = tops - np.array([values[part.key] for part in shown]) / 2
        for part, middle, place in zip(
            shown, middles, spread(middles, line, line / 2, high - line / 2), strict=True
        ):
            edge = index + _BAR_WIDTH
            axes.plot(
                [edge, edge + 0.4 * _LABEL_GAP, edge + 0.8 * _LABEL_GAP],
                [middle, place, place],
                color=style.MUTED,
                linewidth=0.8,
                clip_on=False,
            )
            axes.text(
                edge + _LABEL_GAP,
                place,
                _label(part, values[part.key], largest, named=named),
                va="center",
                fontsize=style.SMALL_POINTS,
            )


def add_key(axes: Axes, parts: Sequence[Part], inches: float) -> None:
    """Name the parts in a key above the axes, bottom part first."""
    style.key_above(axes, [Patch(color=part.colour, label=part.title) for part in parts], inches)


def _label(part: Part, value: float, largest: float, *, named: bool) -> str:
    number = _number(value, largest)
    return f"{part.title} {number}" if named else number


def _number(value: float, largest: float) -> str:
    """Three significant digits of the highest bar, the same places for every part, no whole number rounded."""
    decimals = max(0, 2 - math.floor(math.log10(largest))) if largest > 0 else 0
    return f"{value:,.{decimals}f}"


def _largest(heights: Sequence[Mapping[str, float]]) -> float:
    return max((sum(values.values()) for values in heights), default=0.0)
