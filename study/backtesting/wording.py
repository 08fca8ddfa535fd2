"""A back test in words, for the terminal and the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from study.backtesting.evidence import Calibration, KpiFinding, Outcome, Replay
from study.backtesting.period import OrderSource
from study.wording import format_value, unit_in

if TYPE_CHECKING:
    from study.backtesting.evidence import Backtest

GRAIN_WORDS = {"store": "store x week", "sku": "SKU x week", "cell": "store x SKU x week"}
OUTCOME_WORDS = {
    Outcome.COVERED: "covered",
    Outcome.ABOVE: "NOT covered: above",
    Outcome.BELOW: "NOT covered: below",
    Outcome.UNKNOWN: "not known",
}


def scale_text(found: Backtest) -> str:
    """What was compared."""
    unit = "days" if found.period_days == 1 else "weeks"
    return (
        f"{found.stores:,} stores x {found.skus:,} SKUs x {found.days // found.period_days:,} {unit} "
        f"from {found.start_date}, {found.source}"
    )


def forecast_text(found: Backtest) -> str:
    """How the model's intervals came about."""
    ordering = "stores order by the policy" if found.orders is OrderSource.POLICY else "orders as they were"
    return (
        f"{found.replications:,} replications, seed {found.seed}, demand drawn, {ordering}; "
        f"{found.level:.0%} prediction intervals for one realisation"
    )


def summarise(found: Backtest) -> str:
    """KPIs, calibration, replay and notes, a line each."""
    width = max(len(item.title) for item in found.findings)
    lines = [f"{found.title}: back test on {scale_text(found)}", forecast_text(found), ""]
    lines.append(f"  {'KPI':<{width}}  {'happened':>12}  {'model':>12}  {'interval':<25}  verdict")
    lines += [f"  {item.title:<{width}}  {_finding_line(item, found.currency)}" for item in found.findings]
    lines += ["", found.multiplicity, ""]
    lines += [calibration_text(item) for item in found.calibrations]
    lines.append(replay_text(found.replay))
    lines += [f"note: {note}" for note in found.notes]
    return "\n".join(lines)


def _finding_line(item: KpiFinding, currency: str) -> str:
    actual = "" if math.isnan(item.actual) else format_value(item.actual, item.unit)
    mean = "" if math.isnan(item.mean) else format_value(item.mean, item.unit)
    note = f"  [{item.note}]" if item.note else ""
    unit = unit_in(item.unit, currency)
    verdict = f"{OUTCOME_WORDS[item.outcome]}{note}"
    return f"{actual:>12}  {mean:>12}  {interval_text(item):<25}  {verdict}{f'  ({unit})' if unit else ''}"


def interval_text(item: KpiFinding) -> str:
    """The prediction interval; empty when there is none."""
    if math.isnan(item.low):
        return ""
    return f"{format_value(item.low, item.unit)} to {format_value(item.high, item.unit)}"


def calibration_text(item: Calibration) -> str:
    """One grain as a sentence."""
    verdict = {
        Outcome.COVERED: "as it should be",
        Outcome.BELOW: "too few: the model is surer than it should be, or off",
        Outcome.ABOVE: "too many: its intervals are too wide",
        Outcome.UNKNOWN: "not known",
    }[item.outcome]
    return (
        f"{item.level:.0%} intervals of weekly sales by {GRAIN_WORDS[item.grain]} cover {item.share:.1%} of "
        f"{item.cells:,} cells; a right model covers {item.expected:.1%} ({item.low:.1%} to {item.high:.1%}): {verdict}"
    )


def replay_text(replay: Replay) -> str:
    """The bookkeeping check as a sentence."""
    if replay.reason:
        return f"replay of demand and receipts: not done, it {replay.reason}"
    stock = "" if replay.stock_differs is None else f", closing stock in {replay.stock_differs:,}"
    if replay.is_exact:
        kinds = "sales" if replay.stock_differs is None else "sales and closing stock"
        return f"replay of demand and receipts: {kinds} exactly as they were in all {replay.cells:,} cells"
    return f"replay of demand and receipts: of {replay.cells:,} cells, sales differ in {replay.sales_differ:,}{stock}"
