"""An audit in words, for the terminal and the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scenarios import Premise
from study.auditing.evidence import Audit, Kept, PromiseAudit
from study.wording import format_change, format_value, possible_ends, unit_in

if TYPE_CHECKING:
    from collections.abc import Sequence

PREMISE_WORDS: dict[Premise, str] = {
    Premise.STEADY_DEMAND: "demand does not keep one mean",
    Premise.UPSTREAM_IN_STOCK: "the supplying place runs short",
    Premise.STATED_LEAD_TIMES: "waves, trucks and carriers take their own time",
    Premise.NO_SUBSTITUTION: "customers take another SKU or bring goods back",
    Premise.NO_AGEING: "goods expire, or are marked down before they do",
    Premise.TRUE_RECORDS: "records are wrong, goods vanish or are defective",
    Premise.NO_EMERGENCY_ORDERS: "emergency orders come in between",
    Premise.MEMORYLESS_WORK: "work and patience are not exponential",
    Premise.STEADY_HOURS: "arrivals change over day and week",
    Premise.EVERYBODY_PRESENT: "people are ill, in training, learning or leaving",
    Premise.NO_REDIAL: "who gives up rings again",
    Premise.CERTAIN_ROADS: "drives take longer or shorter than planned",
    Premise.EXPECTED_LOAD: "more or less work comes than was forecast",
}
"""What costs something where a premise does not hold."""

KEPT_SYMBOLS = {
    Kept.KEPT: "●",
    Kept.BROKEN: "▼",
    Kept.BETTERED: "▲",
    Kept.DIFFERENT: "◆",
    Kept.UNDEFINED: "–",
}


def conditions_text(found: Audit) -> str:
    """How the figures came about."""
    return (
        f"{found.replications:,} replication{'s' * (found.replications != 1)}, seed {found.seed}, "
        f"{found.confidence_level:.0%} intervals of means, plan {found.plan_digest[:12]}"
    )


def summarise(found: Audit) -> str:
    """One block per promise."""
    lines = [f"{found.title}: promise and delivery", conditions_text(found), ""]
    width = max(len(item.title) for item in found.promises)
    lines.append(
        f"  {'promise':<{width}}  {'promised':>10}  {'delivered':>10}  {'interval':<24}  {'gap':>12}"
    )
    for item in found.promises:
        lines.append(_line(item, width, found.currency))
        lines += [f"      {text}" for text in split_texts(item)]
    if found.not_made_true:
        lines += ["", unmade_text(found.not_made_true)]
    return "\n".join(lines)


def unmade_text(premises: Sequence[Premise]) -> str:
    """Premises whose price nobody can tell."""
    named = "; ".join(PREMISE_WORDS[premise] for premise in premises)
    return f"in what is left unexplained, because no scenario can make it otherwise: {named}"


def _line(item: PromiseAudit, width: int, currency: str) -> str:
    unit = unit_in(item.unit, currency)
    return (
        f"  {item.title:<{width}}  {format_value(item.promise.forecast, item.unit):>10}  "
        f"{format_value(item.delivered, item.unit):>10}  {interval_text(item):<24}  "
        f"{format_change(item.gap, item.unit):>12}  {KEPT_SYMBOLS[item.kept]} {item.kept.value}"
        f"{f' ({unit})' if unit else ''}"
    )


def interval_text(item: PromiseAudit) -> str:
    """The interval of what was delivered; empty with fewer than two replications."""
    if math.isnan(item.low):
        return ""
    low, high = possible_ends(item.promise.measure, item.low, item.high)
    return f"{format_value(low, item.unit)} to {format_value(high, item.unit)}"


def split_texts(item: PromiseAudit) -> list[str]:
    """What the gap comes from, a premise a line; then what is left."""
    if math.isnan(item.remainder):
        return []
    lines = [
        f"{format_change(-part.change, item.unit):>12}  {PREMISE_WORDS[part.premise]}"
        for part in item.contributions
        if part.change != 0.0
    ]
    left = "the promise holds where its premises do" if item.is_explained else "NOT explained by its premises"
    return [*lines, f"{format_change(-item.remainder, item.unit):>12}  left: {left}"]


__all__ = [
    "KEPT_SYMBOLS", "PREMISE_WORDS", "conditions_text", "interval_text", "split_texts", "summarise", "unmade_text",
]  # fmt: skip
