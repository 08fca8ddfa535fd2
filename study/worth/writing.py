"""Files of what solvers are worth: table, chart, page and a record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.atomic import replacing, write_text
from study.manifest import portable_command, utc_now, versions
from study.record_folder import claim_folder, plain_values
from study.worth.wording import SYMBOLS, conditions_text, gain_text

if TYPE_CHECKING:
    from study.worth.evidence import Worth

RECORD, OWNER = "worth.json", "the worth of solvers"
"""What tells such a folder."""
_TEMPLATE = Path(__file__).with_name("worth.html")


def write_worth(found: Worth, folder: Path, *, command: Sequence[str] = ()) -> list[Path]:
    """Write `worth.csv`, `worth.json`, a chart and `worth.html`.

    Args:
        found: what solvers are worth.
        folder: made when missing.
        command: command line, for the record.

    Returns:
        The files, the page last.

    Raises:
        RequestError: the folder holds something else.
    """
    import pandas as pd

    from study.charts.style import save
    from study.report.embedding import data_uri
    from study.report.page import render_page
    from study.worth.chart import solver_worth

    claim_folder(folder, RECORD, OWNER)
    (folder / "charts").mkdir(parents=True, exist_ok=True)
    rows = [
        {"part": solver.path, "rule": solver.rule, **asdict(gain)}
        for solver in found.solvers
        for gain in solver.gains
    ]
    table = folder / "worth.csv"
    with replacing(table) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False, lineterminator="\n", float_format="%.10g")
    record = as_json(found) | {
        "command": portable_command(command),
        "written_utc": utc_now(),
        "versions": versions(),
    }
    write_text(folder / RECORD, json.dumps(plain_values(record), indent=2, ensure_ascii=False) + "\n")
    charts = []
    if found.solvers:
        figure = solver_worth(found)
        for suffix in (".png", ".svg"):
            charts.append(folder / "charts" / f"solver_worth{suffix}")
            save(figure, charts[-1])
    pictures = [data_uri("image/svg+xml", path.read_bytes()) for path in charts if path.suffix == ".svg"]
    values = {
        "found": found,
        "conditions": conditions_text(found),
        "symbols": SYMBOLS,
        "gain_text": lambda gain: gain_text(gain, found.currency),
    }
    page = folder / "worth.html"
    write_text(page, render_page(_TEMPLATE, values, pictures))
    return [table, folder / RECORD, *charts, page]


def as_json(found: Worth) -> dict[str, Any]:
    """What solvers are worth as plain values."""
    return asdict(found)


__all__ = ["OWNER", "RECORD", "as_json", "write_worth"]
