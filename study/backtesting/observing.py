"""A run seen with the eyes of the file of actuals: same cells, same columns, same periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim import Cell
from study.backtesting.actuals import Actuals
from study.backtesting.figures import compute_figures
from study.backtesting.records import FloatArray, Record

if TYPE_CHECKING:
    from sim import RunResult

SmallArray = npt.NDArray[np.float32]

MINOR_UNITS = 100
"""The books are kept in hundredths of the currency."""
GRAINS = {"store": (2,), "sku": (1,), "cell": ()}
"""Week by store, by SKU and by store and SKU: axes of (weeks, stores, SKUs) that are added up."""


def observe(result: RunResult, actuals: Actuals) -> Record:
    """What the file of actuals would have held had the past been this run.

    Args:
        result: of a scenario over the period, with panels by day and no warm-up.
        actuals: the file.
    """
    labels = result.labels
    here = np.ix_(
        range(actuals.record.days),
        [labels.stores.index(name) for name in actuals.stores],
        [labels.skus.index(name) for name in actuals.skus],
    )
    cells, revenue = result.panels.cell[here], result.panels.cell_revenue[here]
    length = actuals.record.period_days

    def flow(values: npt.NDArray[Any]) -> FloatArray:
        blocks = values.reshape(-1, length, *values.shape[1:])
        return np.asarray(blocks.sum(axis=1), dtype=np.float64)

    return Record(
        period_days=length,
        sold=flow(cells[..., Cell.SOLD]),
        demand=flow(cells[..., Cell.DEMAND]),
        received=flow(cells[..., Cell.RECEIVED]),
        wasted=flow(cells[..., Cell.WASTED]),
        # A panel of one day holds the units on hand at its end.
        closing_stock=cells[length - 1 :: length, ..., Cell.STOCK_DAYS].astype(np.float64),
        revenue=flow(revenue) / MINOR_UNITS,
    ).seen_like(actuals.record)


@dataclass(frozen=True, eq=False)
class Draw:
    """What is kept of a record: figures and weekly sales by grain."""

    figures: dict[str, float]
    weekly_sold: FloatArray
    """(weeks,) of the whole network."""
    grains: dict[str, SmallArray]
    """Key of `GRAINS` -> (weeks x cells,) weekly sales, cells without any record left out."""


def reduce_record(record: Record, cost: FloatArray) -> Draw:
    """Reduce a record, of the past or of a run seen like it.

    Args:
        record: as `observe` returns it.
        cost: (SKUs,) purchase cost.
    """
    sold = record.weekly("sold")
    grains: dict[str, SmallArray] = {}
    for grain, axes in GRAINS.items():
        unknown = np.isnan(sold).all(axis=axes) if axes else np.isnan(sold)
        grains[grain] = (np.nansum(sold, axis=axes) if axes else sold)[~unknown].astype(np.float32)
    return Draw(compute_figures(record, cost), np.nansum(sold, axis=(1, 2)), grains)
