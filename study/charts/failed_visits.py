"""Why another visit was needed: causes of failed visits, most frequent first, and their running total."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from study.charts import style
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study
from study.service import CAUSES

MOST_SCENARIOS = 3
_INCHES = 11.0
"""Width of all panels, about."""


def has_failures(study: Study) -> bool:
    """Whether some visit failed."""
    return bool(_shares(study)[list(CAUSES)].any())


def _counts(study: Study) -> FloatArray:
    """(causes,) visits over all replications."""
    found = [run.service["causes"] for run in study.condensed if "causes" in run.service]
    return np.asarray(np.sum(found, axis=0) if found else np.zeros(1 + max(CAUSES)))


def _shares(study: Study) -> FloatArray:
    counts = _counts(study)
    return np.asarray(counts / max(counts.sum(), 1.0))


@style.styled
def failed_visits(studies: Sequence[Study]) -> Figure:
    """A Pareto chart per scenario: bars by cause in percent of all visits, a line for the running share of failures.

    Args:
        studies: one or more; of these the first few with failed visits.
    """
    able = [study for study in studies if has_failures(study)]
    shown = able[:MOST_SCENARIOS]
    every = style.scenario_names(studies)
    places = [list(studies).index(study) for study in shown]
    figure = style.slide(
        _title([every[place] for place in places], shown),
        "Bars: visits after which another one was needed, by cause, in percent of all visits. Line: running share of"
        " them.",
        f"{style.replications_note(shown)}, all visits after the warm-up together."
        + (f" {len(able) - len(shown)} further scenarios not shown." if len(able) > len(shown) else ""),
    )
    grid = figure.subplots(1, len(shown), squeeze=False, sharey=True)[0]
    for axes, place, study in zip(grid, places, shown, strict=True):
        _pareto(axes, study, style.scenario_colour(place), _INCHES / len(shown), is_last=study is shown[-1])
        if len(shown) > 1:
            axes.set_title(
                wrapped(every[place], 10.0 / len(shown), style.LABEL_POINTS, 1)[0],
                color=style.text_colour(place),
            )
    highest = max(100 * float(_shares(study)[list(CAUSES)].max()) for study in shown)
    grid[0].set_ylim(0, 1.25 * highest)
    grid[0].set_ylabel("Visits (%)", fontsize=style.LABEL_POINTS)
    return figure


def _pareto(axes: Axes, study: Study, colour: str, inches: float, *, is_last: bool) -> None:
    shares = 100 * _shares(study)
    causes = sorted((cause for cause in CAUSES if shares[cause] > 0), key=lambda cause: -shares[cause])
    heights = [shares[cause] for cause in causes]
    axes.bar(range(len(causes)), heights, 0.62, color=colour, zorder=2)
    for place, height in enumerate(heights):
        axes.annotate(
            f"{height:.1f}%", (place, height), xytext=(0, 4), textcoords="offset points", ha="center",
            fontsize=style.SMALL_POINTS, zorder=5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    axes.set_xticks(
        range(len(causes)),
        [
            "\n".join(wrapped(CAUSES[cause], 0.9 * inches / (len(causes) + 0.2), style.SMALL_POINTS, 3))
            for cause in causes
        ],
        color=style.INK,
    )
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False, axis="x")
    axes.set_xlim(-0.6, len(causes) - 0.4)
    right = axes.twinx()
    right.plot(
        range(len(causes)),
        100 * np.cumsum(heights) / sum(heights),
        "-o",
        color=style.INK,
        linewidth=1.6,
        zorder=4,
    )
    right.set_ylim(0, 125)
    right.set_yticks(range(0, 101, 25))
    right.grid(visible=False)
    right.yaxis.set_major_formatter(PercentFormatter() if is_last else lambda *_: "")
    if is_last:
        right.set_ylabel("Running share of failed visits", fontsize=style.LABEL_POINTS)


def _title(names: Sequence[str], studies: Sequence[Study]) -> str:
    failed = [100 * float(_shares(study)[list(CAUSES)].sum()) for study in studies]
    if len(studies) > 1:
        rates = ", ".join(f"{share:.0f}% ({name})" for share, name in zip(failed, names, strict=True))
        return f"Visits after which another one is needed: {rates}"
    shares = _shares(studies[0])
    top = max(CAUSES, key=lambda cause: shares[cause])
    return f"{failed[0]:.0f}% of visits are not enough, most often: {CAUSES[top].lower()}"
