"""A run written as a file of actuals: a synthetic past to try a back test on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import Cell
from study.atomic import replacing

if TYPE_CHECKING:
    from sim import RunResult

MINOR_UNITS = 100


def export_actuals(result: RunResult, path: Path, *, first_day: int = 0) -> Path:
    """Write sales, demand, receipts, waste, closing stock and revenue by store, SKU and day.

    Args:
        result: of a scenario with `panel_period_days: 1`.
        path: CSV file to write.
        first_day: day of the run at which the file begins, e.g. the end of a warm-up.

    Raises:
        ValueError: the panels do not hold days.
    """
    labels, cells = result.labels, result.panels.cell[first_day:]
    if labels.panel_period_days != 1:
        raise ValueError("a past by day needs horizon.panel_period_days: 1")
    days, stores, skus = cells.shape[:3]
    dates = [labels.start_date + timedelta(days=first_day + day) for day in range(days)]
    frame = pd.DataFrame(
        {
            "store": np.tile(np.repeat(np.array(labels.stores, dtype=object), skus), days),
            "sku": np.tile(np.array(labels.skus, dtype=object), days * stores),
            "date": np.repeat(np.array(dates, dtype=object), stores * skus),
            "units sold": cells[..., Cell.SOLD].ravel(),
            "demand": cells[..., Cell.DEMAND].ravel(),
            "received": cells[..., Cell.RECEIVED].ravel(),
            "wasted": cells[..., Cell.WASTED].ravel(),
            "closing stock": cells[..., Cell.STOCK_DAYS].ravel(),
            "revenue": result.panels.cell_revenue[first_day:].ravel() / MINOR_UNITS,
        }
    )
    with replacing(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n")
    return path
