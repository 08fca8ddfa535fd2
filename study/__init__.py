"""Evidence: replicate a scenario, compare policies, judge and report what can be concluded.

Names are imported when first used: `import study` alone loads nothing, so the command line starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from study.backtesting import Actuals, Backtest, OrderSource, backtest, read_actuals
    from study.comparison import compare
    from study.errors import RequestError, StudyInterrupted
    from study.evidence import Comparison, Condensed, KpiInterval, PairedDifference, Study
    from study.gate import judge_comparison, judge_study, parse_condition
    from study.keep import Keep
    from study.replication import replicate
    from study.statistics import PrecisionRule
    from study.storage import RunFolder, open_folder

_HOMES = {
    "Actuals": "backtesting",
    "Backtest": "backtesting",
    "OrderSource": "backtesting",
    "backtest": "backtesting",
    "read_actuals": "backtesting",
    "compare": "comparison",
    "RequestError": "errors",
    "StudyInterrupted": "errors",
    "Comparison": "evidence",
    "Condensed": "evidence",
    "KpiInterval": "evidence",
    "PairedDifference": "evidence",
    "Study": "evidence",
    "judge_comparison": "gate",
    "judge_study": "gate",
    "parse_condition": "gate",
    "Keep": "keep",
    "replicate": "replication",
    "PrecisionRule": "statistics",
    "RunFolder": "storage",
    "open_folder": "storage",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'study' has no attribute '{name}'")
    return getattr(import_module(f"study.{_HOMES[name]}"), name)


__all__ = [
    "Actuals",
    "Backtest",
    "Comparison",
    "Condensed",
    "Keep",
    "KpiInterval",
    "OrderSource",
    "PairedDifference",
    "PrecisionRule",
    "RequestError",
    "RunFolder",
    "Study",
    "StudyInterrupted",
    "backtest",
    "compare",
    "judge_comparison",
    "judge_study",
    "open_folder",
    "parse_condition",
    "read_actuals",
    "replicate",
]
