"""The past set against the replications: KPI by KPI, cell by cell, week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from study.backtesting.actuals import Actuals
from study.backtesting.evidence import (
    Calibration,
    KpiFinding,
    Outcome,
    Replay,
    ReplayDifference,
    WeeklySeries,
)
from study.backtesting.figures import FIGURES, Figure, missing_columns
from study.backtesting.observing import GRAINS, Draw
from study.backtesting.prediction import covered_shares, prediction_interval, two_sided_p
from study.backtesting.records import DAYS_PER_WEEK, FloatArray, Record

CELL_LEVEL = 0.9
_MOST_VALUES = 50_000_000
"""Cells x replications held at once; a finer grain is left out."""
_HALF_A_UNIT = 0.5
_NAN = float("nan")


def findings(record: Record, past: Draw, draws: Sequence[Draw], level: float) -> tuple[KpiFinding, ...]:
    """Every figure of the past against its prediction interval, in report order."""
    return tuple(_finding(figure, missing_columns(figure, record), past, draws, level) for figure in FIGURES)


def _finding(figure: Figure, missing: str, past: Draw, draws: Sequence[Draw], level: float) -> KpiFinding:
    actual = past.figures.get(figure.name, _NAN)
    values = np.array([draw.figures.get(figure.name, _NAN) for draw in draws])
    found = prediction_interval(values, level)
    outcome = outcome_of(actual, found.low, found.high)
    return KpiFinding(
        kpi=figure.name,
        title=figure.title,
        unit=figure.unit,
        definition=figure.definition,
        actual=actual,
        mean=found.mean,
        low=found.low,
        high=found.high,
        level=found.level,
        p_value=two_sided_p(actual, values),
        outcome=outcome,
        note=missing or _note(actual, found.count, len(draws)),
    )


def joint_p(past: Draw, draws: Sequence[Draw]) -> float:
    """Probability, were the model right, that some KPI lies as far out as the farthest one of the past does.

    KPIs are standardised over past and replications together, and the past's largest deviation is ranked
    among those of the replications (the max-T of Westfall and Young 1993): exact however KPIs hang together.
    KPIs undefined in any of them are left out.
    """
    names = [figure.name for figure in FIGURES if figure.name in past.figures]
    table = np.array([[draw.figures[name] for name in names] for draw in (past, *draws)])
    table = table[:, ~np.isnan(table).any(axis=0)]
    spread = table.std(axis=0)
    table = table[:, spread > 0]
    if not table.size:
        return _NAN
    farthest = np.abs((table - table.mean(axis=0)) / table.std(axis=0)).max(axis=1)
    return float((farthest >= farthest[0]).mean())


def outcome_of(actual: float, low: float, high: float) -> Outcome:
    """Where a value lies; interval ends belong to the interval."""
    if np.isnan([actual, low, high]).any():
        return Outcome.UNKNOWN
    return Outcome.BELOW if actual < low else Outcome.ABOVE if actual > high else Outcome.COVERED


def _note(actual: float, count: int, replications: int) -> str:
    if np.isnan(actual):
        return "undefined in the past period"
    return (
        f"undefined in {replications - count} of {replications} replications" if count < replications else ""
    )


def calibrations(past: Draw, draws: Sequence[Draw], level: float) -> tuple[Calibration, ...]:
    """Coverage of weekly sales by store, by SKU and by both, as far as there are weeks and memory."""
    found = []
    for grain in GRAINS:
        actual = past.grains[grain]
        if not len(actual) or len(actual) * (len(draws) + 1) > _MOST_VALUES:
            continue
        shares = covered_shares(actual, np.stack([draw.grains[grain] for draw in draws]), CELL_LEVEL)
        expected = prediction_interval(shares[1:], level)
        found.append(
            Calibration(
                grain=grain,
                cells=len(actual),
                level=CELL_LEVEL,
                share=float(shares[0]),
                expected=expected.mean,
                low=expected.low,
                high=expected.high,
                outcome=outcome_of(float(shares[0]), expected.low, expected.high),
            )
        )
    return tuple(found)


def weekly_series(actuals: Actuals, past: Draw, draws: Sequence[Draw], level: float) -> WeeklySeries:
    """Units sold by week with the band of the replications."""
    sold = np.stack([draw.weekly_sold for draw in draws])
    weeks = sold.shape[1]
    bands = [prediction_interval(sold[:, week], level) for week in range(weeks)]

    def column(name: str) -> FloatArray:
        return np.array([getattr(band, name) for band in bands], dtype=np.float64)

    return WeeklySeries(
        first_days=tuple(actuals.start_date + timedelta(days=DAYS_PER_WEEK * week) for week in range(weeks)),
        actual=past.weekly_sold,
        mean=column("mean"),
        low=column("low"),
        high=column("high"),
        level=min((band.level for band in bands), default=level),
    )


def replay_of(
    record: Record, replayed: Record, actual: Mapping[str, float], figures: Mapping[str, float]
) -> Replay:
    """Exact differences of a replay, per KPI and in cells."""
    stock_differs = None
    if record.closing_stock is not None and replayed.closing_stock is not None:
        stock_differs = _cells_apart(record.closing_stock, replayed.closing_stock)
    return Replay(
        differences=tuple(
            ReplayDifference(
                figure.name, figure.title, figure.unit, actual[figure.name], figures[figure.name]
            )
            for figure in FIGURES
            if figure.name in actual
        ),
        cells=int((~np.isnan(record.sold)).sum()),
        sales_differ=_cells_apart(record.sold, replayed.sold),
        stock_differs=stock_differs,
    )


def _cells_apart(a: FloatArray, b: FloatArray) -> int:
    return int((np.abs(a - b) > _HALF_A_UNIT).sum())
