"""Solvers side by side: what each one earns and what it does for service."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from study.charts import style
from study.charts.numbers import axis_scale
from study.charts.wrapping import wrapped
from study.evidence import Judgement
from study.worth.evidence import SERVICE, Gain, Worth
from study.worth.wording import conditions_text

_PROFIT = "profit"
_LABEL_INCHES = 3.0
_COLOURS = {Judgement.BETTER: style.GREEN, Judgement.WORSE: style.VERMILLION, Judgement.NEITHER: style.MUTED}
_BAR = 0.62
_FEWEST_ROWS = 5
"""Room for so many bars, so that one alone does not fill the slide."""


@style.styled
def solver_worth(found: Worth) -> Figure:
    """Two panels: profit per day, and the service KPI that each solver moves most, where one is known.

    Args:
        found: at least one solver.
    """
    paid = [solver.title for solver in found.solvers if _is_better(solver.of(_PROFIT))]
    figure = style.slide(
        _headline(len(paid), len(found.solvers)),
        f"{found.title}. The plan less the same plan with one decision left to the policy's rule, in the same random "
        "worlds. Green: better, orange: worse, grey: no difference shown; line: its interval.",
        f"{conditions_text(found)}.",
    )
    moved = [_moved_most(tuple(solver.gains)) for solver in found.solvers]
    has_service = any(moved)
    money, *others = figure.subplots(1, 1 + has_service, squeeze=False)[0]
    labels = ["\n".join(wrapped(solver.title, _LABEL_INCHES, style.SMALL_POINTS)) for solver in found.solvers]
    _draw(money, [solver.of(_PROFIT) for solver in found.solvers], labels, found.currency)
    for service in others:
        _draw(service, moved, [gain.title if gain else "" for gain in moved], found.currency)
        service.set_title("Service KPI that moves most")
    money.set_title("Profit")
    return figure


def _headline(paid: int, solvers: int) -> str:
    if not paid:
        return "No solver is shown to pay for itself" if solvers else "No solver decides"
    if paid == solvers:
        return "Every solver pays for itself"
    return f"{paid} of {solvers} solvers pay{'s' * (paid == 1)} for {'itself' if paid == 1 else 'themselves'}"


def _is_better(gain: Gain | None) -> bool:
    return gain is not None and gain.judgement is Judgement.BETTER


def _moved_most(gains: tuple[Gain, ...]) -> Gain | None:
    known = [gain for gain in gains if gain.kpi in SERVICE and math.isfinite(gain.gain)]
    return max(known, key=lambda gain: abs(gain.gain), default=None)


def _draw(axes: Axes, gains: list[Gain | None], labels: list[str], currency: str) -> None:
    unit = next((gain.unit for gain in gains if gain), "number")
    largest = max((abs(gain.gain) for gain in gains if gain and math.isfinite(gain.gain)), default=1.0)
    scale = axis_scale(unit, currency, largest)
    places = range(len(gains))[::-1]
    for place, gain in zip(places, gains, strict=True):
        if gain is None or not math.isfinite(gain.gain):
            continue
        axes.barh(place, gain.gain * scale.factor, height=_BAR, color=_COLOURS[gain.judgement])
        if math.isfinite(gain.low):
            ends = [gain.low * scale.factor, gain.high * scale.factor]
            axes.plot(ends, [place, place], color=style.INK, linewidth=2.0)
    axes.axvline(0.0, color=style.INK, linewidth=1.0)
    axes.set_yticks(list(places), labels)
    middle, half = (len(gains) - 1) / 2, max(len(gains), _FEWEST_ROWS) / 2
    axes.set_ylim(middle - half, middle + half)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("percentage points" if unit == "share" else scale.label)


__all__ = ["solver_worth"]
