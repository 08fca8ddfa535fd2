"""What plans made in the course of the run were worth (tables `replans` and `regrets`)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books import MINOR_PER_MAJOR
from sim.clock import SECONDS_PER_DAY
from sim.records import IntArray, Table
from sim.replans import NOT_KNOWN, Planned

_NAN = float("nan")
_SECONDS_PER_MINUTE = 60
_PREFIX = {Planned.TRUCKS: "truck", Planned.TECHNICIANS: "technician"}
_MENDED = (Planned.TECHNICIANS,)
"""Kinds whose plans take the place of others for the same work."""


def replan_kpis(
    tables: Mapping[str, Table], kind: Planned, first_second: int, end_second: int
) -> dict[str, float]:
    """Work out what plans made during the run were worth, when they were made and after the event.

    Args:
        tables: event tables of a run; without `replans` or `regrets` there are no such plans.
        kind: what was planned.
        first_second: begin of the days that count.
        end_second: end of the run.

    Returns:
        KPI name -> value; NaN where there was no plan.
    """
    days = (end_second - first_second) / SECONDS_PER_DAY
    rows = _rows(tables, "replans", kind, first_second)
    plans = rows["second"].size if rows else 0
    values = {
        "replans": plans / days if plans else _NAN,
        "replan_saving_on_rule": _saving(rows, "rule_minor"),
        "replan_fallback_share": float(rows["is_fallback"].mean()) if plans else _NAN,
    }
    if kind in _MENDED:
        values["replan_saving"] = _saving(rows, "repaired_minor")
    values |= _regret(_rows(tables, "regrets", kind, first_second), days)
    return {f"{_PREFIX[kind]}_{name}": value for name, value in values.items()}


def _rows(tables: Mapping[str, Table], name: str, kind: Planned, first_second: int) -> dict[str, IntArray]:
    """Columns of a table; none without rows."""
    if name not in tables:
        return {}
    table = tables[name]
    chosen = (table["kind"] == kind) & (table["second"] >= first_second)
    return {column: values[chosen] for column, values in table.columns.items()} if chosen.any() else {}


def _saving(rows: Mapping[str, IntArray], column: str) -> float:
    """Mean money by which plans are expected to cost less than something else, where both are known."""
    if not rows:
        return _NAN
    both = (rows[column] != NOT_KNOWN) & (rows["planned_minor"] != NOT_KNOWN)
    saved = (rows[column] - rows["planned_minor"])[both]
    return float(np.mean(saved)) / MINOR_PER_MAJOR if saved.size else _NAN


def _regret(rows: Mapping[str, IntArray], days: float) -> dict[str, float]:
    if not rows:
        return dict.fromkeys(("plan_excess", "regret", "regret_share", "regret_late_minutes"), _NAN)
    realised, regret = rows["realised_minor"], rows["realised_minor"] - rows["perfect_minor"]
    late = rows["realised_late_seconds"] - rows["perfect_late_seconds"]
    return {
        "plan_excess": float(np.mean(realised - rows["planned_minor"])) / MINOR_PER_MAJOR,
        "regret": float(regret.sum()) / MINOR_PER_MAJOR / days,
        "regret_share": float(regret.sum() / realised.sum()) if realised.any() else _NAN,
        "regret_late_minutes": float(late.sum()) / _SECONDS_PER_MINUTE / days,
    }
