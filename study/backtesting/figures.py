"""KPIs that can be told from sales and stock alone, by one definition for the past and for the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from study.backtesting.columns import ROLE_WORDS
from study.backtesting.records import FloatArray, Record

DAYS_PER_YEAR = 365
MIN_WEEKS_FOR_VARIANCE = 4
_NAN = float("nan")


@dataclass(frozen=True)
class Figure:
    """One KPI of a record."""

    name: str
    title: str
    unit: str
    definition: str
    needs: tuple[str, ...]
    """Fields of the record it is computed from."""
    compute: Callable[[Record, FloatArray], float]
    """(record, (SKUs,) purchase cost) -> value; NaN where undefined."""


def _field(record: Record, name: str) -> FloatArray:
    values = getattr(record, name)
    assert values is not None, name
    return np.asarray(values, dtype=np.float64)


def _per_day(name: str) -> Callable[[Record, FloatArray], float]:
    return lambda record, _cost: float(np.nansum(_field(record, name))) / record.days


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else _NAN


def _fill_rate(record: Record, _cost: FloatArray) -> float:
    demand = _field(record, "demand")
    met = np.minimum(record.sold, demand)
    known = ~np.isnan(met)
    return _ratio(float(met[known].sum()), float(demand[known].sum()))


def _availability(record: Record, _cost: FloatArray) -> float:
    stock = _field(record, "closing_stock")
    known = ~np.isnan(stock)
    return _ratio(float((stock[known] > 0).sum()), float(known.sum()))


def _stock_units(record: Record, _cost: FloatArray) -> float:
    return float(np.nansum(_field(record, "closing_stock"))) / len(record.sold)


def _inventory_days(record: Record, cost: FloatArray) -> float:
    stock = float(np.nansum(_field(record, "closing_stock") * cost)) / len(record.sold)
    return _ratio(stock, float(np.nansum(record.sold * cost)) / record.days)


def _waste_share(record: Record, _cost: FloatArray) -> float:
    return _ratio(float(np.nansum(_field(record, "wasted"))), float(np.nansum(_field(record, "received"))))


def _weekly_deviation(record: Record, _cost: FloatArray) -> float:
    if record.weeks < MIN_WEEKS_FOR_VARIANCE:
        return _NAN
    return float(np.nansum(record.weekly("sold"), axis=(1, 2)).std(ddof=1))


FIGURES: tuple[Figure, ...] = (
    Figure(
        "fill_rate",
        "Fill rate (units)",
        "share",
        "Units sold, up to the demand of the cell, over units demanded",
        ("demand",),
        _fill_rate,
    ),
    Figure(
        "on_shelf_availability",
        "On-shelf availability",
        "share",
        "Periods of a SKU at a store that end with stock, over all such periods",
        ("closing_stock",),
        _availability,
    ),
    Figure(
        "stock_out_days",
        "Stock-out days",
        "days per SKU and year",
        "Share of periods that end without stock, times 365",
        ("closing_stock",),
        lambda record, cost: DAYS_PER_YEAR * (1 - _availability(record, cost)),
    ),
    Figure("demand_units", "Demand", "units per day", "Units asked for", ("demand",), _per_day("demand")),
    Figure("sold_units", "Units sold", "units per day", "Units sold", ("sold",), _per_day("sold")),
    Figure(
        "sold_units_weekly_deviation",
        "Weekly spread of sales",
        "units per week",
        "Standard deviation over weeks of units sold in the whole network",
        ("sold",),
        _weekly_deviation,
    ),
    Figure(
        "received_units",
        "Units received",
        "units per day",
        "Units received by stores",
        ("received",),
        _per_day("received"),
    ),
    Figure(
        "store_stock_units",
        "Store stock",
        "units",
        "Average units on hand in stores at the end of a period",
        ("closing_stock",),
        _stock_units,
    ),
    Figure(
        "inventory_days",
        "Inventory days (stores)",
        "days",
        "Average store stock over units sold per day, both at the scenario's purchase cost",
        ("closing_stock",),
        _inventory_days,
    ),
    Figure(
        "waste_share",
        "Waste",
        "share",
        "Units wasted over units received",
        ("wasted", "received"),
        _waste_share,
    ),
    Figure(
        "revenue",
        "Revenue",
        "money per day",
        "Units sold at the price paid, refunds not deducted",
        ("revenue",),
        _per_day("revenue"),
    ),
)
"""In the order of reports."""


def missing_columns(figure: Figure, record: Record) -> str:
    """Why a figure cannot be told from a record; empty when it can."""
    absent = [ROLE_WORDS[name] for name in figure.needs if getattr(record, name) is None]
    return f"needs a column of {' and '.join(absent)}" if absent else ""


def compute_figures(record: Record, cost: FloatArray) -> dict[str, float]:
    """Every figure whose columns are there, NaN where it is undefined.

    Args:
        record: of the past, or of a run seen like the past.
        cost: (SKUs,) purchase cost.
    """
    return {
        figure.name: figure.compute(record, cost) for figure in FIGURES if not missing_columns(figure, record)
    }
