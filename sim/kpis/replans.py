"""What it was worth to plan anew in the course of the run (table `replans`)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books import MINOR_PER_MAJOR
from sim.clock import SECONDS_PER_DAY
from sim.records import IntArray, Table
from sim.replans import NOT_KNOWN, Planned

_NAN = float("nan")
_PREFIX = {Planned.TRUCKS: "truck", Planned.TECHNICIANS: "technician"}


def replan_kpis(
    tables: Mapping[str, Table], kind: Planned, first_second: int, end_second: int
) -> dict[str, float]:
    """Work out what plans made during the run were worth, by what each was expected to cost when it was made.

    Args:
        tables: event tables of a run; without `replans` nothing was planned.
        kind: what was planned.
        first_second: begin of the days that count.
        end_second: end of the run.

    Returns:
        KPI name -> value; NaN where there was no plan.
    """
    rows, prefix = _rows(tables, kind, first_second), _PREFIX[kind]
    if not rows["second"].size:
        names = ("replans", "replan_saving", "replan_saving_on_rule", "replan_fallback_share")
        return {f"{prefix}_{name}": _NAN for name in names}
    return {
        f"{prefix}_replans": rows["second"].size * SECONDS_PER_DAY / (end_second - first_second),
        f"{prefix}_replan_saving": _saving(rows, "repaired_minor"),
        f"{prefix}_replan_saving_on_rule": _saving(rows, "rule_minor"),
        f"{prefix}_replan_fallback_share": float(rows["is_fallback"].mean()),
    }


def _rows(tables: Mapping[str, Table], kind: Planned, first_second: int) -> dict[str, IntArray]:
    if "replans" not in tables:
        return {"second": np.zeros(0, np.int64)}
    table = tables["replans"]
    chosen = (table["kind"] == kind) & (table["second"] >= first_second)
    return {name: column[chosen] for name, column in table.columns.items()}


def _saving(rows: Mapping[str, IntArray], column: str) -> float:
    """Mean money by which plans are expected to cost less than something else, where both are known."""
    both = (rows[column] != NOT_KNOWN) & (rows["planned_minor"] != NOT_KNOWN)
    saved = (rows[column] - rows["planned_minor"])[both]
    return float(np.mean(saved)) / MINOR_PER_MAJOR if saved.size else _NAN
