"""Closed forms beside the simulation, as text for the report."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scenarios import MEASURES
from study.charts.numbers import in_unit, plain, spoken_unit
from study.evidence import Study
from study.report.intervals import ends_text
from study.shadow import Shade, Verdict

_SYMBOLS = {Verdict.COVERED: "●", Verdict.GAP: "▼", Verdict.OPEN: "–"}


@dataclass(frozen=True)
class ShadeRow:
    """One closed form, and what was simulated."""

    title: str
    name: str
    unit: str
    method: str
    regime: str
    expected: str
    simulated: str
    interval: str
    resolution: str
    """Smallest gap that would be seen, as a share of the closed form."""
    verdict: str
    symbol: str
    is_flagged: bool


def shade_rows(study: Study) -> list[ShadeRow]:
    """Every closed form that holds in the scenario of a study."""
    return [_row(shade, study.currency) for shade in study.shadow]


def _row(shade: Shade, currency: str) -> ShadeRow:
    expected, measure = shade.expected, MEASURES[shade.expected.kpi]
    half = (shade.high - shade.low) / 2
    return ShadeRow(
        title=measure.title,
        name=measure.name,
        unit=spoken_unit(measure.unit, currency),
        method=expected.method,
        regime=expected.regime,
        expected=in_unit(expected.value, measure.unit, half),
        simulated=in_unit(shade.mean, measure.unit, half),
        interval=ends_text(expected.kpi, shade.low, shade.high),
        resolution=f"{plain(100 * shade.resolution, most_decimals=2)}%"
        if math.isfinite(shade.resolution)
        else "",
        verdict=shade.verdict.value,
        symbol=_SYMBOLS[shade.verdict],
        is_flagged=shade.is_flagged,
    )


__all__ = ["ShadeRow", "shade_rows"]
