"""Events counted by day: the bridge from event tables to the axes of the panels."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import SECONDS_PER_DAY
from sim.records import IntArray, Table


class OrderKind(IntEnum):
    """Column `kind` of store orders and deliveries."""

    REGULAR = 0
    """Placed by the store on its order day."""
    EMERGENCY = 1
    """Placed by the store outside its calendar."""
    PUSHED = 2
    """Decided by the distribution centre."""


TITLE_PASSED = 1
"""Column `kind` of title transfers: goods that a supplier owned are shipped and bought; 0 when they are delivered."""

NOT_YET = -1
"""In a column of seconds: has not happened by the end of the run."""


def event_days(seconds: npt.NDArray[np.integer]) -> IntArray:
    """Index of the day on which something is done."""
    return np.asarray(seconds, dtype=np.int64) // SECONDS_PER_DAY


def counted(
    shape: tuple[int, ...], index: tuple[IntArray, ...], weights: npt.NDArray[Any] | None = None
) -> IntArray:
    """Add up whole-number weights by index: an exact `numpy.add.at`, but fast.

    Args:
        shape: shape of the result.
        index: one array per axis, equally long.
        weights: what to add per entry; 1 each when None.

    Raises:
        ValueError: an index outside the shape.
    """
    flat = np.ravel_multi_index(index, shape) if len(index[0]) else np.zeros(0, dtype=np.int64)
    # Sums of doubles are exact below 2**53, far above any count of units or hundredths.
    totals = np.bincount(flat, weights=weights, minlength=int(np.prod(shape)))
    return totals.astype(np.int64).reshape(shape)


def orders_by_day(tables: Mapping[str, Table], days: int, stores: int) -> IntArray:
    """Store orders counted: (days, stores, order kinds)."""
    orders = tables["store_orders"]
    shape = (days, stores, len(OrderKind))
    return counted(shape, (event_days(orders["placed_second"]), orders["store"], orders["kind"]))


def purchase_orders_by_day(tables: Mapping[str, Table], days: int, centres: int) -> IntArray:
    """Purchase orders counted: (days, centres)."""
    purchases = tables["purchase_orders"]
    return counted((days, centres), (event_days(purchases["placed_second"]), purchases["centre"]))
