"""Files of an audit: table, charts, page and a record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.atomic import replacing, write_text
from study.manifest import portable_command, utc_now, versions
from study.record_folder import claim_folder, plain_values

if TYPE_CHECKING:
    import pandas as pd

    from study.auditing.evidence import Audit

RECORD, OWNER = "audit.json", "an audit's"
"""What tells a folder of an audit."""


def write_audit(found: Audit, folder: Path, *, command: Sequence[str] = ()) -> list[Path]:
    """Write `audit.csv`, `audit.json`, charts and `audit.html`.

    Args:
        found: the audit.
        folder: made when missing.
        command: command line, for the record.

    Returns:
        The files, the page last.

    Raises:
        RequestError: the folder holds something else.
    """
    from study.auditing.chart import promise_waterfalls, slides
    from study.auditing.page import render
    from study.charts.style import save

    claim_folder(folder, RECORD, OWNER)
    table = folder / "audit.csv"
    with replacing(table) as temporary:
        audit_table(found).to_csv(temporary, index=False, lineterminator="\n", float_format="%.10g")
    record = as_json(found) | {
        "command": portable_command(command),
        "written_utc": utc_now(),
        "versions": versions(),
    }
    write_text(folder / RECORD, json.dumps(plain_values(record), indent=2, ensure_ascii=False) + "\n")
    charts = []
    (folder / "charts").mkdir(exist_ok=True)
    for number, shown in enumerate(slides(found), start=1):
        figure = promise_waterfalls(found, shown)
        for suffix in (".png", ".svg"):
            charts.append(folder / "charts" / f"promises_{number}{suffix}")
            save(figure, charts[-1])
    page = folder / "audit.html"
    write_text(page, render(found, charts))
    return [table, folder / RECORD, *charts, page]


def audit_table(found: Audit) -> pd.DataFrame:
    """Long table: a row per promise and step, from what was promised to what was delivered."""
    import pandas as pd

    rows = []
    for item in found.promises:
        head = {"part": item.part, "kpi": item.promise.measure, "unit": item.unit}
        rows.append(head | {"step": "promised", "value": item.promise.forecast})
        rows += [
            head
            | {
                "step": part.premise.value,
                "value": -part.change,
                "low": -part.high,
                "high": -part.low,
            }
            for part in item.contributions
        ]
        rows.append(
            head
            | {
                "step": "left",
                "value": -item.remainder,
                "low": -item.remainder_high,
                "high": -item.remainder_low,
            }
        )
        rows.append(
            head
            | {
                "step": "delivered",
                "value": item.delivered,
                "low": item.low,
                "high": item.high,
                "verdict": item.kept.value,
            }
        )
    return pd.DataFrame(rows, columns=["part", "kpi", "unit", "step", "value", "low", "high", "verdict"])


def as_json(found: Audit) -> dict[str, Any]:
    """The audit as plain values."""
    return {
        "scenario": found.scenario,
        "plan_digest": found.plan_digest,
        "seed": found.seed,
        "replications": found.replications,
        "confidence_level": found.confidence_level,
        "broken": found.is_broken,
        "promises": [
            {
                "part": item.part,
                "kpi": item.promise.measure,
                "unit": item.unit,
                "promised": item.promise.forecast,
                "delivered": item.delivered,
                "low": item.low,
                "high": item.high,
                "gap": item.gap,
                "verdict": item.kept.value,
                "premises": [premise.value for premise in item.promise.premises],
                "method": item.promise.method,
                "contributions": [asdict(part) for part in item.contributions],
                "left": item.remainder,
                "left_low": item.remainder_low,
                "left_high": item.remainder_high,
                "explained": item.is_explained,
            }
            for item in found.promises
        ],
        "not_made_true": [premise.value for premise in found.not_made_true],
    }
