"""What each scenario costs, by head of the ledger."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure

from scenarios import COST_HEADS
from study.charts import style
from study.charts.clarity import clearly_highest, clearly_lowest
from study.charts.numbers import axis_scale, plain
from study.charts.stacks import Part, add_key, draw_stacks, fits_names, label_stacks
from study.evidence import Study

_COLOURS = {
    "purchase": "#8a949e",
    "ordering": style.SKY,
    "holding": style.BLUE,
    "waste": style.VERMILLION,
    "mark_down": style.ORANGE,
    "communication": style.PURPLE,
    "facilities": style.GREEN,
    "labour": style.YELLOW,
    "material": "#c9b8a0",
    "transport": "#5b4b8a",
    "outsourcing": "#9fd0c0",
    "quality": "#7a2e2e",
}
_DOMINANT_SHARE = 0.4
"""Purchase gets a panel of its own from this share on, lest it hide all that a policy can change."""
_WIDTHS = (4.9, 7.1)
_EQUAL_WIDTHS_ABOVE = 3
_UNIT = "money per day"


@style.styled
def cost_stack(studies: Sequence[Study]) -> Figure:
    """Stacked bars of the mean cost per day by head; purchase apart when it is most of the cost.

    Args:
        studies: one or more, in the order of the bars.
    """
    costs = [study.mean_cost_by_head() for study in studies]
    names = style.scenario_names(studies)
    currency = studies[0].currency
    figure = style.slide(
        _title(studies, names),
        "Mean cost per day by head of the ledger. Bars start at zero.",
        f"{style.replications_note(studies)}. Purchase is the cost of the goods sold.",
    )
    heads = [head for head in COST_HEADS if any(cost.get(head, 0.0) > 0 for cost in costs)]
    others = [head for head in heads if head != "purchase"]
    largest = max(sum(cost.values()) for cost in costs)
    apart = bool(others) and any(
        cost.get("purchase", 0.0) > _DOMINANT_SHARE * sum(cost.values()) for cost in costs
    )
    panels: list[tuple[str, list[Part], list[dict[str, float]]]] = []
    if apart:
        halves = [Part("purchase", "Purchase", _COLOURS["purchase"]), Part("other", "Other", style.INK)]
        rest = [sum(cost[head] for head in others) for cost in costs]
        panels.append(
            (
                "All cost",
                halves,
                [
                    {"purchase": cost["purchase"], "other": other}
                    for cost, other in zip(costs, rest, strict=True)
                ],
            )
        )
        panels.append(
            (
                "Cost except purchase",
                _parts(others),
                [{head: cost[head] for head in others} for cost in costs],
            )
        )
    else:
        panels.append(("All cost", _parts(heads), [{head: cost[head] for head in heads} for cost in costs]))
    widths = (_WIDTHS if len(studies) <= _EQUAL_WIDTHS_ABOVE else (6.0, 6.0)) if apart else (12.0,)
    grid = figure.subplots(1, len(panels), squeeze=False, width_ratios=widths)[0]
    drawn = []
    for axes, (title, parts, heights), inches in zip(grid, panels, widths, strict=True):
        top = max(sum(values.values()) for values in heights)
        scale = axis_scale(_UNIT, currency, top if apart else largest)
        scaled = [{key: value * scale.factor for key, value in values.items()} for values in heights]
        axes.set_ylabel(f"{title} ({scale.label})", fontsize=style.LABEL_POINTS)
        draw_stacks(axes, names, scaled, parts, inches)
        named = not parts or fits_names(scaled, parts, inches)
        if not named and parts:
            add_key(axes, parts, inches)
        drawn.append((axes, scaled, parts, named))
    if not heads:
        grid[0].text(
            0.5,
            0.5,
            "Nothing costs anything in this scenario",
            transform=grid[0].transAxes,
            ha="center",
            fontsize=style.LABEL_POINTS,
            color=style.MUTED,
        )
    style.lay_out(figure)
    for axes, scaled, parts, named in drawn:
        label_stacks(axes, scaled, parts, named=named)
    return figure


def _parts(heads: Sequence[str]) -> list[Part]:
    return [Part(head, head.replace("_", "-").capitalize(), _COLOURS[head]) for head in heads]


def _title(studies: Sequence[Study], names: Sequence[str]) -> str:
    if len(studies) == 1:
        return f"Cost per day: {names[0]}"
    low, high = clearly_lowest(studies, "total_cost"), clearly_highest(studies, "total_cost")
    if low is None or high is None:
        return f"Cost per day: {style.versus(names)}"
    found = [study.intervals["total_cost"] for study in (studies[high], studies[low])]
    more = 100 * (found[0].mean / found[1].mean - 1) if found[1].mean > 0 else math.inf
    return (
        f"{names[high]} costs {plain(more, more / 10)}% more than {names[low]}"
        if math.isfinite(more)
        else (f"{names[high]} costs more than {names[low]}")
    )
