"""Back tests: a past period simulated, and what happened set against what the model held possible."""

from __future__ import annotations

from study.backtesting.actuals import Actuals, read_actuals
from study.backtesting.evidence import Backtest, Calibration, KpiFinding, Outcome, Replay
from study.backtesting.exporting import export_actuals
from study.backtesting.period import OrderSource
from study.backtesting.running import backtest
from study.backtesting.writing import write_backtest

__all__ = [
    "Actuals",
    "Backtest",
    "Calibration",
    "KpiFinding",
    "OrderSource",
    "Outcome",
    "Replay",
    "backtest",
    "export_actuals",
    "read_actuals",
    "write_backtest",
]
