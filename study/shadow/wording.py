"""The shadow in words, for the terminal and machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scenarios import MEASURES
from study.shadow.judging import Shade, Verdict

if TYPE_CHECKING:
    from study.evidence import Study

SHARP = 0.1
"""Resolution from which on a covered closed form is evidence of agreement, not only of chance."""


def summary_lines(study: Study) -> list[str]:
    """One line on all closed forms, and one on each whose gap chance does not explain; none without closed forms."""
    judged = [shade for shade in study.shadow if shade.verdict is not Verdict.OPEN]
    if not judged:
        return []
    covered = sum(not shade.is_flagged for shade in judged)
    sharp = sum(not shade.is_flagged and shade.resolution <= SHARP for shade in judged)
    return [
        f"  {covered} of {len(judged)} closed forms covered, {sharp} of them to within {SHARP:.0%}",
        *(f"  {text}" for text in gap_texts(study.shadow)),
    ]


def gap_texts(shades: Sequence[Shade]) -> list[str]:
    """A sentence, without its full stop, on each gap that chance does not explain."""
    from study.wording import format_value

    found = []
    for shade in shades:
        if shade.is_flagged:
            expected, measure = shade.expected, MEASURES[shade.expected.kpi]
            found.append(
                f"unexplained gap: {measure.title} is {format_value(shade.mean, measure.unit)}, and "
                f"{format_value(expected.value, measure.unit)} by a closed form, {expected.method}"
            )
    return found


def as_records(shades: Sequence[Shade]) -> list[dict[str, Any]]:
    """Closed forms as plain values."""
    return [
        {
            "kpi": shade.expected.kpi,
            "expected": shade.expected.value,
            "method": shade.expected.method,
            "regime": shade.expected.regime,
            "tolerance": shade.expected.tolerance,
            "simulated": shade.mean,
            "low": shade.low,
            "high": shade.high,
            "resolution": shade.resolution,
            "verdict": shade.verdict.value,
        }
        for shade in shades
    ]


__all__ = ["SHARP", "as_records", "gap_texts", "summary_lines"]
