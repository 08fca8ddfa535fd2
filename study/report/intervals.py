"""Intervals of KPIs as the report prints them."""

from __future__ import annotations

import math

from scenarios import MEASURES
from study.charts.numbers import in_unit
from study.wording import possible_ends


def ends_text(kpi: str, low: float, high: float) -> str:
    """Both ends in the unit of the KPI, without the unit; empty where there is no interval."""
    if not math.isfinite(low) or not low < high:
        return ""
    unit, half_width = MEASURES[kpi].unit, (high - low) / 2
    return " to ".join(in_unit(end, unit, half_width) for end in possible_ends(kpi, low, high))


__all__ = ["ends_text"]
