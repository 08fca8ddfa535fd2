"""Files of a back test: tables, chart, page and a record of how it came about."""

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
    from study.backtesting.evidence import Backtest

RECORD, OWNER = "backtest.json", "a back test's"
"""What tells a folder of a back test."""
_CHART = "weekly_sales"


def write_backtest(found: Backtest, folder: Path, *, command: Sequence[str] = ()) -> list[Path]:
    """Write `backtest.csv`, `weekly.csv`, `calibration.csv`, `backtest.json`, charts and `backtest.html`.

    Args:
        found: the back test.
        folder: made when missing.
        command: command line, for the record.

    Returns:
        The files, the page last.

    Raises:
        RequestError: the folder holds something else.
    """
    from study.backtesting.page import render
    from study.backtesting.tables import calibration_table, finding_table, weekly_table

    claim_folder(folder, RECORD, OWNER)
    tables = {
        "backtest.csv": finding_table(found),
        "weekly.csv": weekly_table(found),
        "calibration.csv": calibration_table(found),
    }
    written = []
    for name, table in tables.items():
        path = folder / name
        with replacing(path) as temporary:
            table.to_csv(temporary, index=False, lineterminator="\n", float_format="%.10g")
        written.append(path)
    record = as_json(found) | {
        "command": portable_command(command),
        "written_utc": utc_now(),
        "versions": versions(),
    }
    path = folder / RECORD
    write_text(path, json.dumps(plain_values(record), indent=2, ensure_ascii=False) + "\n")
    charts = _write_charts(found, folder / "charts")
    page = folder / "backtest.html"
    write_text(page, render(found, charts))
    return [*written, path, *charts, page]


def as_json(found: Backtest) -> dict[str, Any]:
    """The back test as plain values."""
    return {
        "scenario": found.scenario,
        "actuals": found.source,
        "actuals_sha256": found.source_digest,
        "start_date": found.start_date.isoformat(),
        "days": found.days,
        "stores": found.stores,
        "skus": found.skus,
        "orders": found.orders.value,
        "seed": found.seed,
        "replications": found.replications,
        "level": found.level,
        "joint_p_value": found.joint_p_value,
        "contradicted": found.is_contradicted,
        "multiplicity": found.multiplicity,
        "kpis": [asdict(item) for item in found.findings],
        "calibration": [asdict(item) for item in found.calibrations],
        "replay": asdict(found.replay) | {"exact": found.replay.is_exact},
        "changes": [
            {"path": change.path, "old": change.old, "new": change.new, "origin": change.origin}
            for change in found.changes
        ],
        "notes": list(found.notes),
    }


def _write_charts(found: Backtest, folder: Path) -> list[Path]:
    from study.backtesting.chart import weekly_sales
    from study.charts.style import save

    if not found.weekly.first_days:
        return []
    figure, written = weekly_sales(found), []
    for suffix in (".png", ".svg"):
        path = folder / f"{_CHART}{suffix}"
        folder.mkdir(parents=True, exist_ok=True)
        save(figure, path)
        written.append(path)
    return written
