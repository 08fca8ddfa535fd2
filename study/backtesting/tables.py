"""The tables of a back test."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from study.backtesting.evidence import Backtest


def finding_table(found: Backtest) -> pd.DataFrame:
    """One row per KPI: what happened, what the model held possible, whether it covers, and the replay."""
    replayed = {item.kpi: item.replayed for item in found.replay.differences}
    rows = []
    for finding in found.findings:
        row = asdict(finding) | {"outcome": finding.outcome.value, "replayed": replayed.get(finding.kpi)}
        rows.append(row)
    columns = [
        "kpi",
        "title",
        "unit",
        "actual",
        "mean",
        "low",
        "high",
        "level",
        "outcome",
        "p_value",
        "replayed",
        "note",
    ]
    return pd.DataFrame(rows)[columns]


def calibration_table(found: Backtest) -> pd.DataFrame:
    """One row per grain."""
    rows = [asdict(item) | {"outcome": item.outcome.value} for item in found.calibrations]
    return pd.DataFrame(rows)


def weekly_table(found: Backtest) -> pd.DataFrame:
    """One row per week: first_day, actual, mean, low, high."""
    weekly = found.weekly
    return pd.DataFrame(
        {
            "first_day": weekly.first_days,
            "actual": weekly.actual,
            "mean": weekly.mean,
            "low": weekly.low,
            "high": weekly.high,
        }
    )
