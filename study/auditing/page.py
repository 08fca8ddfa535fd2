"""The page of an audit: one HTML file that opens with the network off, in the style of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from study.auditing import wording
from study.auditing.evidence import Audit, Kept, PromiseAudit
from study.wording import format_change, format_value, unit_in

_TEMPLATE = Path(__file__).with_name("audit.html")
_CLASSES = {Kept.KEPT: "better", Kept.BETTERED: "better", Kept.BROKEN: "worse"}


@dataclass(frozen=True)
class Row:
    """One promise as text."""

    title: str
    name: str
    unit: str
    part: str
    promised: str
    delivered: str
    interval: str
    gap: str
    verdict: str
    judgement: str
    method: str
    split: tuple[str, ...]


def render(found: Audit, charts: Sequence[Path]) -> str:
    """The page as text.

    Args:
        found: the audit.
        charts: files of which those that end in .svg are embedded.
    """
    from study.report.embedding import data_uri
    from study.report.page import render_page

    pictures = [data_uri("image/svg+xml", path.read_bytes()) for path in charts if path.suffix == ".svg"]
    values = {
        "found": found,
        "conditions": wording.conditions_text(found),
        "rows": [_row(item, found.currency) for item in found.promises],
        "unmade": wording.unmade_text(found.not_made_true) if found.not_made_true else "",
    }
    return render_page(_TEMPLATE, values, pictures)


def _row(item: PromiseAudit, currency: str) -> Row:
    return Row(
        title=item.title,
        name=item.promise.measure,
        unit=unit_in(item.unit, currency),
        part=item.part,
        promised=format_value(item.promise.forecast, item.unit),
        delivered=format_value(item.delivered, item.unit),
        interval=wording.interval_text(item),
        gap=format_change(item.gap, item.unit),
        verdict=f"{wording.KEPT_SYMBOLS[item.kept]} {item.kept.value}",
        judgement=_CLASSES.get(item.kept, "neither"),
        method=item.promise.method,
        split=tuple(text.strip() for text in wording.split_texts(item)),
    )
