"""From promise to delivery: one small waterfall per promise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.auditing.evidence import Audit, Kept, PromiseAudit
from study.auditing.wording import PREMISE_WORDS, conditions_text
from study.charts import style
from study.charts.numbers import axis_scale
from study.charts.wrapping import wrapped
from study.wording import format_value, unit_in

PROMISES_PER_SLIDE = 2
_LABEL_INCHES = 4.4
_BAR = 0.62


@dataclass(frozen=True)
class _Step:
    label: str
    start: float
    end: float
    colour: str


@style.styled
def promise_waterfalls(found: Audit, shown: Sequence[PromiseAudit]) -> Figure:
    """What was promised, what each premise that does not hold takes or gives, what was delivered.

    Args:
        found: the audit.
        shown: its promises of this slide, at most `PROMISES_PER_SLIDE`.
    """
    kept = sum(item.kept in (Kept.KEPT, Kept.BETTERED) for item in found.promises)
    figure = style.slide(
        f"{kept} of {len(found.promises)} promises kept or bettered",
        f"{found.title}. From what the plan promised to what the runs delivered: each bar is what one premise that "
        "does not hold takes (orange) or adds (green).",
        f"{conditions_text(found)}. The axes do not begin at zero.",
    )
    panels = figure.subplots(len(shown), 1, squeeze=False).flat
    for axes, item in zip(panels, shown, strict=True):
        _draw(axes, item, found.currency)
    return figure


def slides(found: Audit) -> list[tuple[PromiseAudit, ...]]:
    """Promises by slide."""
    items = found.promises
    return [items[start : start + PROMISES_PER_SLIDE] for start in range(0, len(items), PROMISES_PER_SLIDE)]


def _draw(axes: Axes, item: PromiseAudit, currency: str) -> None:
    scale = axis_scale(item.unit, currency, max(abs(item.promise.forecast), abs(item.delivered)))
    steps = _steps(item)
    places = range(len(steps))[::-1]
    ends = [step.end * scale.factor for step in steps] + [item.promise.forecast * scale.factor]
    whiskers = [value * scale.factor for value in (item.low, item.high) if not math.isnan(value)]
    low, high = min(ends + whiskers), max(ends + whiskers)
    room = 0.12 * ((high - low) or abs(high) or 1.0)
    for place, step in zip(places, steps, strict=True):
        start, end = step.start * scale.factor, step.end * scale.factor
        if math.isnan(start):
            axes.barh(place, end - (low - room), left=low - room, height=_BAR, color=step.colour)
        else:
            axes.barh(place, end - start, left=start, height=_BAR, color=step.colour)
            axes.plot([end, end], [place - 1, place], color=style.MUTED, linewidth=0.8)
    if whiskers:
        axes.plot(whiskers, [0, 0], color=style.INK, linewidth=2.2)
    axes.set_xlim(low - room, high + room)
    axes.set_yticks(
        list(places), ["\n".join(wrapped(s.label, _LABEL_INCHES, style.SMALL_POINTS)) for s in steps]
    )
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(scale.label)
    promised, delivered = (
        format_value(value, item.unit) for value in (item.promise.forecast, item.delivered)
    )
    unit = unit_in(item.unit, currency)
    axes.set_title(f"{item.title}: {promised} promised, {delivered} delivered{f' ({unit})' if unit else ''}")


def _steps(item: PromiseAudit) -> list[_Step]:
    """Bars from top to bottom; a bar without a start stands on the axis."""
    level = item.promise.forecast
    steps = [_Step("promised", math.nan, level, style.BLUE)]
    changes = [
        (PREMISE_WORDS[part.premise], -part.change) for part in item.contributions if part.change != 0.0
    ]
    if not math.isnan(item.remainder):
        word = "left: within chance" if item.is_explained else "left unexplained"
        changes.append((word, -item.remainder))
    for label, change in changes:
        steps.append(_Step(label, level, level + change, style.GREEN if change > 0 else style.VERMILLION))
        level += change
    return [*steps, _Step("delivered", math.nan, item.delivered, style.SKY)]
