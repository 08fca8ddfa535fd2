"""SKUs at places for tests of stock control."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.stock.cells import Cells, Levels, Unmet

_DEFAULTS: dict[str, float] = {
    "mean_per_day": 1.0, "variance_per_day": 0.0, "lead_time_days": 0, "review_days": 1, "holding_cost": 1.0,
    "order_cost": 0.0, "shortage_cost": 9.0, "case_units": 1, "minimum_order_units": 0, "shelf_life_days": 0,
    "waste_cost": 0.0, "fifo_share": 1.0,
}  # fmt: skip
_WHOLE = {name for name, value in _DEFAULTS.items() if isinstance(value, int)}


def cells(count: int = 1, unmet: Unmet = Unmet.BACKORDER, **given: Any) -> Cells:
    """So many cells; what is given is one value for all or one for each."""
    arrays = {
        name: np.broadcast_to(np.asarray(value, np.int64 if name in _WHOLE else np.float64), (count,)).copy()
        for name, value in {**_DEFAULTS, **given}.items()
    }
    return Cells(**arrays, unmet=unmet)


def assorted(count: int, unmet: Unmet = Unmet.BACKORDER, seed: int = 1, **given: Any) -> Cells:
    """Cells as a retailer has them, no two alike."""
    rng = np.random.default_rng(seed)
    mean = np.exp(rng.normal(-0.5, 1.0, count)).clip(0.02, 30.0)
    drawn = {
        "mean_per_day": mean,
        "variance_per_day": mean * rng.uniform(0.9, 3.0, count),
        "lead_time_days": rng.integers(0, 5, count),
        "review_days": rng.choice([1, 1, 2, 7], count),
        "holding_cost": rng.uniform(0.01, 0.05, count),
        "order_cost": rng.uniform(0.1, 1.0, count),
        "shortage_cost": rng.uniform(0.3, 3.0, count),
    }
    return cells(count, unmet, **{**drawn, **given})


def taken(some: Cells, rows: npt.NDArray[np.int64]) -> Cells:
    """Rows of cells."""
    names = [field.name for field in fields(some) if field.name != "unmet"]
    return replace(some, **{name: getattr(some, name)[rows] for name in names})


def repeated(some: Cells, times: int) -> Cells:
    """Every cell so many times, one after the other."""
    return taken(some, np.repeat(np.arange(some.size), times))


def levels(point: Any, up_to: Any = 0, quantity: Any = 0) -> Levels:
    """Levels of cells; what is one value holds for all."""
    arrays = np.broadcast_arrays(np.atleast_1d(point), up_to, quantity)
    return Levels(*(np.ascontiguousarray(array, np.int64) for array in arrays))
