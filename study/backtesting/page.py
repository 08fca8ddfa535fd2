"""The page of a back test: one HTML file that opens with the network off, in the style of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from study.backtesting import wording
from study.backtesting.evidence import Outcome
from study.wording import format_value, unit_in

if TYPE_CHECKING:
    from study.backtesting.evidence import Backtest, KpiFinding

_TEMPLATE = Path(__file__).with_name("backtest.html")
_CLASSES = {
    Outcome.COVERED: "better",
    Outcome.ABOVE: "worse",
    Outcome.BELOW: "worse",
    Outcome.UNKNOWN: "neither",
}
_SYMBOLS = {Outcome.COVERED: "●", Outcome.ABOVE: "▲", Outcome.BELOW: "▼", Outcome.UNKNOWN: "–"}


@dataclass(frozen=True)
class Row:
    """One KPI as text."""

    title: str
    name: str
    unit: str
    actual: str
    mean: str
    interval: str
    verdict: str
    judgement: str
    replayed: str
    definition: str


def render(found: Backtest, charts: Sequence[Path]) -> str:
    """The page as text.

    Args:
        found: the back test.
        charts: files among which an .svg is embedded.
    """
    from study.report.embedding import data_uri
    from study.report.page import render_page

    pictures = [data_uri("image/svg+xml", path.read_bytes()) for path in charts if path.suffix == ".svg"]
    replayed = {item.kpi: format_value(item.replayed, item.unit) for item in found.replay.differences}
    values = {
        "found": found,
        "rows": [_row(item, replayed.get(item.kpi, ""), found.currency) for item in found.findings],
        "scale": wording.scale_text(found),
        "forecast": wording.forecast_text(found),
        "replay": wording.replay_text(found.replay),
        "calibrations": [wording.calibration_text(item) for item in found.calibrations],
    }
    return render_page(_TEMPLATE, values, pictures)


def _row(item: KpiFinding, replayed: str, currency: str) -> Row:
    def text(value: float) -> str:
        return "–" if value != value else format_value(value, item.unit)  # NaN differs from itself

    verdict = f"{_SYMBOLS[item.outcome]} {wording.OUTCOME_WORDS[item.outcome]}"
    return Row(
        title=item.title,
        name=item.kpi,
        unit=unit_in(item.unit, currency),
        actual=text(item.actual),
        mean=text(item.mean),
        interval=wording.interval_text(item),
        verdict=f"{verdict} ({item.note})" if item.note else verdict,
        judgement=_CLASSES[item.outcome],
        replayed=replayed,
        definition=item.definition,
    )
