"""What changes between two scenarios: paired differences with simultaneous intervals, as a forest plot."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scenarios import MEASURES
from study.charts import style
from study.charts.numbers import plain
from study.charts.wrapping import wrapped
from study.evidence import Comparison, Judgement, PairedDifference

MOST_ROWS = 13
_LOOK = {
    Judgement.BETTER: (style.BLUE, "^"),
    Judgement.WORSE: (style.VERMILLION, "v"),
    Judgement.NEITHER: (style.MUTED, "o"),
}
_CLIPPED_FROM_RATIO = 6.0
"""A difference this many times the median one leaves the axis, with an arrow, lest it squeeze the others."""


@style.styled
def paired_differences(comparison: Comparison, alternative: str) -> Figure:
    """Two panels: shares in percentage points, all other KPIs in percent of the baseline.

    Args:
        comparison: baseline and alternatives on the same random worlds.
        alternative: name of the study that is set against the baseline.
    """
    found = [difference for difference in comparison.differences if difference.alternative == alternative]
    names = dict(
        zip(
            (study.name for study in comparison.studies),
            style.scenario_names(comparison.studies),
            strict=True,
        )
    )
    shares = [difference for difference in found if difference.unit == "share"]
    others = [difference for difference in found if difference.unit != "share"]
    panels = [
        _Panel.of(shares, "Difference (percentage points)", relative=False),
        _Panel.of(others, "Difference (% of the baseline)", relative=True),
    ]
    left_out = len(found) - sum(len(panel.rows) for panel in panels)
    figure = style.slide(
        _title(found, names[alternative], names[comparison.baseline.name]),
        "▲ better, ▼ worse, ● neither or not shown. Line: interval of the difference.",
        f"{len(comparison.replications):,} paired replications. {comparison.family}."
        + (f" {left_out} further KPIs are in the table of differences." if left_out else ""),
    )
    grid = figure.subplots(1, 2)
    for axes, panel in zip(grid, panels, strict=True):
        panel.draw(axes)
    return figure


class _Panel:
    """The rows of one unit, scaled to the unit of their axis."""

    def __init__(self, rows: Sequence[PairedDifference], factors: Sequence[float], label: str) -> None:
        self.rows, self.factors, self.label = rows, factors, label

    @staticmethod
    def of(differences: Sequence[PairedDifference], label: str, *, relative: bool) -> _Panel:
        usable = [
            (difference, 100 / abs(difference.baseline_mean) if relative else 100.0)
            for difference in differences
            if math.isfinite(difference.mean) and (difference.baseline_mean != 0 or not relative)
        ]
        usable.sort(key=lambda pair: (not _is_headline(pair[0]), -_weight(pair[0])))
        chosen = usable[:MOST_ROWS]
        order = list(MEASURES)
        chosen.sort(key=lambda pair: order.index(pair[0].kpi) if pair[0].kpi in order else len(order))
        return _Panel([row for row, _ in chosen], [factor for _, factor in chosen], label)

    def draw(self, axes: Axes) -> None:
        axes.axvline(0, color=style.INK, linewidth=1)
        axes.set_xlabel(self.label)
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_yticks(range(len(self.rows)), [_row_title(row) for row in self.rows], color=style.INK)
        axes.set_ylim(max(len(self.rows), 5) - 0.4, -0.8)
        limit = self._limit()
        axes.set_xlim(-limit, limit)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        for index, (row, factor) in enumerate(zip(self.rows, self.factors, strict=True)):
            self._draw_row(axes, index, row, factor, limit)
        if not self.rows:
            axes.text(
                0.5,
                0.5,
                "no KPI to compare",
                transform=axes.transAxes,
                ha="center",
                color=style.MUTED,
                bbox={"facecolor": "white", "edgecolor": "none"},
            )

    def _limit(self) -> float:
        """Half the width of the axis."""
        ends = [
            max(abs(end) for end in (row.mean, row.low, row.high) if math.isfinite(end)) * factor
            for row, factor in zip(self.rows, self.factors, strict=True)
        ]
        present = [end for end in ends if end > 0]
        if not present:
            return 1.0
        return 1.25 * min(max(present), _CLIPPED_FROM_RATIO * float(np.median(present)))

    def _draw_row(self, axes: Axes, index: int, row: PairedDifference, factor: float, limit: float) -> None:
        colour, marker = _LOOK[row.judgement]
        edge = 0.96 * limit
        mean, low, high = row.mean * factor, row.low * factor, row.high * factor
        if math.isfinite(low) and math.isfinite(high) and abs(mean) <= edge:
            axes.plot(
                [max(low, -edge), min(high, edge)],
                [index, index],
                color=colour,
                linewidth=2.5,
                solid_capstyle="butt",
            )
        if abs(mean) > edge:
            axes.plot(
                [math.copysign(edge, mean)], [index], ">" if mean > 0 else "<", color=colour, markersize=10
            )
        else:
            axes.plot([mean], [index], marker, color=colour, markersize=9, markeredgecolor="white")
        number = plain(mean, (high - low) / 2, signed=True, most_decimals=2)
        axes.annotate(
            number + (" pp" if row.unit == "share" else "%"),
            (1.0, index),
            xytext=(4, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=style.SMALL_POINTS,
            annotation_clip=False,
        )


def _is_headline(difference: PairedDifference) -> bool:
    return difference.kpi in MEASURES and MEASURES[difference.kpi].headline


def _weight(difference: PairedDifference) -> float:
    """How clearly a difference stands out: its size over its standard deviation."""
    if not difference.standard_deviation > 0:
        return math.inf if difference.mean else 0.0
    return abs(difference.mean) / difference.standard_deviation


def _row_title(row: PairedDifference) -> str:
    return "\n".join(wrapped(row.title, 2.4, style.SMALL_POINTS, 2))


def _title(differences: Sequence[PairedDifference], alternative: str, baseline: str) -> str:
    headline = [row for row in differences if _is_headline(row)]
    better = [row.title for row in headline if row.judgement is Judgement.BETTER]
    worse = [row.title for row in headline if row.judgement is Judgement.WORSE]
    if not any(row.count for row in headline):
        return f"{alternative} against {baseline}: no headline KPI can be compared"
    if not better and not worse:
        return f"{alternative} against {baseline}: no headline KPI shown to be better or worse"
    counts = f"{len(better)} headline KPI{'' if len(better) == 1 else 's'} better, {len(worse)} worse"
    return f"{alternative} against {baseline}: {counts}"
