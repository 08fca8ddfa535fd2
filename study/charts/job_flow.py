"""What becomes of reports: from the call over visits and the reasons why they were not enough to the repair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sim import Cause
from study.charts import style
from study.charts.placement import spread
from study.charts.wrapping import wrapped
from study.evidence import FloatArray, Study
from study.service import CAUSES, STARTS

_REPORT, _FIRST, _AFTER_FIRST, _SECOND, _AFTER_SECOND = range(5)
_LAST = 5
_WIDTH = 0.06
"""Of a node, in columns."""
_GAP = 0.035
"""Between nodes of a column, of the whole height."""
_POINTS = 370.0
"""Height of all panels together, about."""
_LEAST_SHARE = 0.004
"""Smaller nodes have no label."""

_FIXED, _DECLINED, _OPEN = "Repaired", "Quote declined", "Waiting, outsourced"
_COLOURS = {
    "report": "#56616c",
    "visit": style.BLUE,
    "good": style.GREEN,
    "cause": style.ORANGE,
    "lost": style.VERMILLION,
    "other": "#a9b2ba",
}


@dataclass(frozen=True)
class Node:
    """A block of requests that have come equally far."""

    key: str
    title: str
    column: int
    kind: str
    """Key of the colours."""


@dataclass(frozen=True)
class Flow:
    """Requests that go from one node to another."""

    source: str
    goal: str
    size: float


def has_flow(study: Study) -> bool:
    """Whether anything was reported."""
    return all("starts" in run.service for run in study.condensed) and any(
        run.service["starts"].any() for run in study.condensed
    )


def flows_of(study: Study) -> tuple[dict[str, Node], list[Flow]]:
    """Nodes and flows of a study, in shares of all reports."""

    def total(name: str) -> FloatArray:
        return np.asarray(np.sum([run.service[name] for run in study.condensed], axis=0))

    starts, results, followed = total("starts"), total("results"), total("followed")
    whole = starts.sum()
    nodes = {"report": Node("report", "Reported", _REPORT, "report")}
    flows: list[Flow] = []

    def add(node: Node, source: str, size: float) -> None:
        if size > 0:
            nodes.setdefault(node.key, node)
            flows.append(Flow(source, node.key, size / whole))

    kinds = ("good", "lost", "other", "visit", "other")
    for title, kind, size in zip(STARTS, kinds, starts, strict=True):
        add(Node(title, title, _FIRST, kind), "report", float(size))
    for ordinal, (visit, column) in enumerate((("Visit 1", _AFTER_FIRST), ("Visit 2", _AFTER_SECOND))):
        prefix = f"{ordinal + 1}: "
        add(Node(prefix + _FIXED, _FIXED, column, "good"), visit, results[ordinal, Cause.NONE])
        add(Node(prefix + _DECLINED, _DECLINED, column, "lost"), visit, results[ordinal, Cause.DECLINED])
        following = Node("Visit 2", "Visit 2", _SECOND, "visit")
        if ordinal:
            following = Node("Visit 3", "Visit 3 or later", _LAST, "visit")
        for cause, title in CAUSES.items():
            size, again = results[ordinal, cause], followed[ordinal, cause]
            add(Node(prefix + title, title, column, "cause"), visit, size)
            add(following, prefix + title, again)
            # What waits, or has gone to a partner, ends beside the next visit.
            add(Node(prefix + _OPEN, _OPEN, following.column, "other"), prefix + title, size - again)
    return nodes, flows


@style.styled
def job_flow(studies: Sequence[Study]) -> Figure:
    """Ribbons as thick as the share of reports that take each way; of several scenarios the first two are shown.

    Args:
        studies: one or more; of these the first few with reports.
    """
    able = [study for study in studies if has_flow(study)]
    shown = able[:2]
    every = style.scenario_names(studies)
    places = [list(studies).index(study) for study in shown]
    figure = style.slide(
        _title([every[place] for place in places], shown),
        "From left to right: reports, first step, how the first visit ended, second visit, how it ended. In percent of"
        " reports.",
        f"{style.replications_note(shown)}. Repairs and rework reported after the warm-up."
        + (f" {len(able) - len(shown)} further scenarios not shown." if len(able) > len(shown) else ""),
    )
    grid = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, place, study in zip(grid, places, shown, strict=True):
        _draw(axes, *flows_of(study), points=_POINTS / len(shown))
        if len(shown) > 1:
            axes.set_title(
                wrapped(every[place], 10.0, style.LABEL_POINTS, 1)[0], color=style.text_colour(place)
            )
    return figure


def _draw(axes: Axes, nodes: dict[str, Node], flows: Sequence[Flow], points: float) -> None:
    style.quiet(axes)
    axes.set_xticks([])
    axes.set_yticks([])
    spans = _places(nodes, flows)
    leaving = {key: span[1] for key, span in spans.items()}
    coming = dict(leaving)
    # From top to bottom at both ends, so that ribbons of one node do not cross.
    for flow in sorted(flows, key=lambda flow: (-spans[flow.source][1], -spans[flow.goal][1])):
        top, goal_top = leaving[flow.source], coming[flow.goal]
        leaving[flow.source] -= flow.size
        coming[flow.goal] -= flow.size
        ends = nodes[flow.source].column + _WIDTH, nodes[flow.goal].column
        colour = _COLOURS[nodes[flow.goal].kind]
        axes.add_patch(_ribbon(*ends, top, goal_top, flow.size, colour))
    for key, node in nodes.items():
        low, high = spans[key]
        axes.add_patch(
            Rectangle(
                (node.column, low),
                _WIDTH,
                high - low,
                facecolor=_COLOURS[node.kind],
                edgecolor="none",
                zorder=3,
            )
        )
    axes.set_xlim(-0.02, _LAST + 1.0)
    low, high = min(span[0] for span in spans.values()) - 0.05, 1.04
    axes.set_ylim(low, high)
    _label(axes, nodes, spans, 1.3 * style.SMALL_POINTS * (high - low) / points)


def _places(nodes: dict[str, Node], flows: Sequence[Flow]) -> dict[str, tuple[float, float]]:
    """Lower and upper end of each node; those of a column one below the other."""
    come, gone = dict.fromkeys(nodes, 0.0), dict.fromkeys(nodes, 0.0)
    for flow in flows:
        come[flow.goal] += flow.size
        gone[flow.source] += flow.size
    size = {key: max(come[key], gone[key]) for key in nodes}
    spans = {}
    for column in range(_LAST + 1):
        top = 1.0
        for key in _sorted(node for node in nodes.values() if node.column == column):
            spans[key] = (top - size[key], top)
            top -= size[key] + _GAP
    return spans


def _sorted(nodes: Iterable[Node]) -> list[str]:
    """Visits on top, then what went well, then causes, then the rest, as they came."""
    rank = ("report", "visit", "good", "cause", "lost", "other")
    return [node.key for node in sorted(nodes, key=lambda node: rank.index(node.kind))]


def _ribbon(left: float, right: float, top: float, goal_top: float, size: float, colour: str) -> PathPatch:
    """A band between two vertical edges with level ends, a cubic Bezier curve above and below."""
    middle = (left + right) / 2
    points = [
        (left, top), (middle, top), (middle, goal_top), (right, goal_top),
        (right, goal_top - size), (middle, goal_top - size), (middle, top - size), (left, top - size), (left, top),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(points, codes), facecolor=colour, edgecolor="none", alpha=0.35, zorder=2)


def _label(axes: Axes, nodes: dict[str, Node], spans: dict[str, tuple[float, float]], gap: float) -> None:
    """Name and share at the right of each node, moved apart by a gap where they are thin."""
    lowest, highest = axes.get_ylim()
    for column in range(_LAST + 1):
        here = [
            node
            for node in nodes.values()
            if node.column == column and spans[node.key][1] - spans[node.key][0] >= _LEAST_SHARE
        ]
        middles = np.array([sum(spans[node.key]) / 2 for node in here])
        for node, place in zip(here, spread(middles, gap, lowest + gap / 2, highest - gap / 2), strict=True):
            low, high = spans[node.key]
            axes.text(
                column + _WIDTH + 0.02,
                place,
                f"{node.title} {100 * (high - low):.0f}%" if high - low >= 0.01 else f"{node.title} <1%",
                va="center",
                fontsize=style.SMALL_POINTS,
                zorder=5,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.5},
            )


def _title(names: Sequence[str], studies: Sequence[Study]) -> str:
    shares = []
    for study in studies:
        results = np.sum([run.service["results"] for run in study.condensed], axis=0)
        whole = np.sum([run.service["starts"] for run in study.condensed])
        shares.append((100 * results[0, Cause.NONE] / whole, 100 * results[1, :].sum() / whole))
    if len(studies) == 1:
        return f"{shares[0][0]:.0f}% of reports are repaired at the first visit, {shares[0][1]:.0f}% take a second one"
    found = ", ".join(f"{share:.0f}% ({name})" for (share, _), name in zip(shares, names, strict=True))
    return f"Reports repaired at the first visit: {found}"
