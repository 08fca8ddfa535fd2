"""What a title may claim: a rank that the intervals bear out."""

from __future__ import annotations

from collections.abc import Sequence

from study.evidence import Study


def clearly_highest(studies: Sequence[Study], kpi: str) -> int | None:
    """Index of the study whose interval lies above all others', or None.

    Stricter than the paired test: a chart of intervals side by side must not claim what they do not show.
    """
    found = [study.intervals[kpi] for study in studies]
    top = max(range(len(found)), key=lambda index: found[index].low)
    others = [interval.high for index, interval in enumerate(found) if index != top]
    return top if all(found[top].low > high for high in others) else None


def clearly_lowest(studies: Sequence[Study], kpi: str) -> int | None:
    """Index of the study whose interval lies below all others', or None."""
    found = [study.intervals[kpi] for study in studies]
    bottom = min(range(len(found)), key=lambda index: found[index].high)
    others = [interval.low for index, interval in enumerate(found) if index != bottom]
    return bottom if all(found[bottom].high < low for low in others) else None
