"""Many SKUs at many places, each on its own: what a stock solver is given and what it answers. Arrays of one length."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Unmet(Enum):
    """What becomes of demand that finds an empty shelf."""

    BACKORDER = "backorder"
    LOST = "lost"


class Form(Enum):
    """Review rule."""

    MIN_MAX = "min_max"
    """(s, S)."""
    REORDER_QUANTITY = "reorder_quantity"
    """(r, nQ)."""
    PERIODIC_REVIEW = "periodic_review"
    """(R, S)."""
    BASE_STOCK = "base_stock"
    """(R, S) with a review every day."""


class TargetMeasure(Enum):
    """Kind of service level."""

    FILL_RATE = "fill_rate"
    CYCLE_SERVICE_LEVEL = "cycle_service_level"
    READY_RATE = "ready_rate"


@dataclass(frozen=True, eq=False)
class Cells:
    """SKUs at places, n of them; every array is (n,).

    Time runs in days. Stock is looked at after closing every `review_days` days; what is ordered then is on the shelf
    `lead_time_days` days later before opening (0 = next morning), so that demand of `lead_time_days + 1` days lies
    between an order of a daily review and the end of the first day it can sell on.
    """

    mean_per_day: FloatArray
    """Mean demand, units."""
    variance_per_day: FloatArray
    """Variance of a day's demand; equal to the mean: Poisson; above: negative binomial; below: read as Poisson."""
    lead_time_days: IntArray
    review_days: IntArray
    """At least 1."""
    holding_cost: FloatArray
    """Money per unit on hand at the end of a day."""
    order_cost: FloatArray
    """Money per order line."""
    shortage_cost: FloatArray
    """Money per unit: lost, or backordered per day."""
    case_units: IntArray
    """Orders are whole multiples of it; 1 = single units."""
    minimum_order_units: IntArray
    """Least size of an order; 0 = none."""
    shelf_life_days: IntArray
    """Days on which a fresh unit can be sold; 0 = it does not perish."""
    waste_cost: FloatArray
    """Money per unit that expires."""
    fifo_share: FloatArray
    """Share of shoppers who take the oldest unit; the others take the freshest."""
    unmet: Unmet

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.mean_per_day)


@dataclass(frozen=True, eq=False)
class Levels:
    """Levels of cells, each (n,)."""

    reorder_point: IntArray
    """Order when the inventory position is at or below it; at (R, S) and base stock one below the level."""
    order_up_to: IntArray
    """0 where a fixed quantity is ordered."""
    order_quantity: IntArray
    """0 where the position is brought up to a level."""


@dataclass(frozen=True, eq=False)
class Performance:
    """What levels lead to in the long run, each (n,)."""

    fill_rate: FloatArray
    """Share of units of demand sold from the shelf."""
    cycle_service_level: FloatArray
    """Share of order cycles without a stock-out."""
    ready_rate: FloatArray
    """Share of days that end with stock on the shelf."""
    mean_on_hand: FloatArray
    """Units at the end of a day."""
    mean_short: FloatArray
    """Units backordered at the end of a day, or lost per day."""
    orders_per_day: FloatArray
    mean_waste: FloatArray
    """Units that expire per day."""
    cost_per_day: FloatArray
    """Ordering, holding, shortage and waste; purchases left out."""


__all__ = ["Cells", "Form", "Levels", "Performance", "TargetMeasure", "Unmet"]
