"""Problems for solvers of stock at one place: textbook ones, none like another, and a retailer's assortment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimize.stock.cells import Cells, Unmet

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SkuPlaces:
    """Poisson demand with backorders; arrays of one length."""

    mean: FloatArray
    lead_time: FloatArray
    order_cost: FloatArray
    holding_cost: FloatArray
    shortage_cost: FloatArray

    def rows(self) -> Iterator[tuple[float, float, float, float, float]]:
        """One SKU at a time."""
        columns = (self.mean, self.lead_time, self.order_cost, self.holding_cost, self.shortage_cost)
        yield from zip(*(column.tolist() for column in columns), strict=True)


def min_max_problems(count: int, seed: int = 1) -> SkuPlaces:
    """Like those of Zheng and Federgruen (1991): means of 10 to 75, no lead time, a review every period."""
    rng = np.random.default_rng(seed)
    mean = rng.uniform(10.0, 75.0, count)
    return SkuPlaces(mean, np.zeros(count), *(_near(rng, count, cost) for cost in (64.0, 1.0, 9.0)))


def lot_problems(count: int, seed: int = 1) -> SkuPlaces:
    """Like those of Federgruen and Zheng (1992): 50 units in a lead time, orders cheap and dear."""
    rng = np.random.default_rng(seed)
    order = rng.choice(np.array([1.0, 5.0, 25.0, 100.0, 1_000.0]), count) * _near(rng, count, 1.0)
    costs = (_near(rng, count, cost) for cost in (10.0, 25.0))
    return SkuPlaces(_near(rng, count, 50.0), np.ones(count), order, *costs)


def _near(rng: np.random.Generator, count: int, value: float) -> FloatArray:
    return value * rng.uniform(0.8, 1.25, count)


def assortment(count: int, unmet: Unmet, seed: int = 1) -> Cells:
    """SKUs at stores: slow and fast movers, Poisson and erratic, reviews every day or every week."""
    rng = np.random.default_rng(seed)
    mean = np.exp(rng.normal(-0.5, 1.2, count)).clip(0.01, 50.0)
    zeros, ones = np.zeros(count, np.int64), np.ones(count, np.int64)
    return Cells(
        mean_per_day=mean,
        variance_per_day=mean * rng.uniform(1.0, 3.0, count),
        lead_time_days=rng.integers(0, 6, count),
        review_days=rng.choice(np.array([1, 1, 2, 7]), count),
        holding_cost=rng.uniform(0.01, 0.05, count),
        order_cost=rng.uniform(0.2, 3.0, count),
        shortage_cost=rng.uniform(0.5, 5.0, count),
        case_units=ones,
        minimum_order_units=zeros,
        shelf_life_days=zeros,
        waste_cost=np.zeros(count),
        fifo_share=np.ones(count),
        unmet=unmet,
    )


def perishables(count: int, unmet: Unmet, seed: int = 3) -> Cells:
    """The assortment with shelf lives of 3 to 21 days, in cases, delivered daily or every other day."""
    rng = np.random.default_rng(seed)
    return replace(
        assortment(count, unmet),
        lead_time_days=rng.integers(1, 3, count),
        review_days=rng.choice(np.array([1, 1, 2]), count),
        shelf_life_days=rng.integers(3, 22, count),
        waste_cost=rng.uniform(0.5, 3.0, count),
        fifo_share=rng.choice(np.array([1.0, 0.7, 0.4]), count),
        case_units=rng.choice(np.array([1, 4, 6, 12]), count),
    )
