"""Closed forms of stock theory, in units and days. Demand of a time span: probabilities of 0, 1, 2, ..."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]


def poisson(mean: float) -> FloatArray:
    """Probabilities of a Poisson number, up to where nothing is left."""
    return np.asarray(stats.poisson.pmf(np.arange(_reach(mean, mean)), mean))


def negative_binomial(mean: float, variance_to_mean: float) -> FloatArray:
    """Probabilities of a negative binomial number with this mean and ratio of variance to mean, above 1."""
    size = mean / (variance_to_mean - 1.0)
    values = np.arange(_reach(mean, mean * variance_to_mean))
    return np.asarray(stats.nbinom.pmf(values, size, 1.0 / variance_to_mean))


def _reach(mean: float, variance: float) -> int:
    return math.ceil(mean + 20.0 * math.sqrt(variance) + 30.0)


def expected_short(demand: FloatArray, level: int) -> float:
    """E[(X - level)+]."""
    return float(demand @ np.maximum(np.arange(demand.size) - level, 0))


def expected_left(demand: FloatArray, level: int) -> float:
    """E[(level - X)+]."""
    return float(demand @ np.maximum(level - np.arange(demand.size), 0))


def probability_at_least(mean: FloatArray, level: int) -> FloatArray:
    """P(X >= level) of Poisson numbers."""
    return np.asarray(stats.poisson.sf(level - 1, mean))


def over_a_day(steps: int = 2_000) -> FloatArray:
    """Midpoints of equal parts of opening time, as shares of it."""
    return (np.arange(steps) + 0.5) / steps


def stock_cost(demand: FloatArray, level: int, holding: float, backorder: float) -> float:
    """Expected cost of a day that ends at `level - X`: Zheng and Federgruen (1991), G(y)."""
    return holding * expected_left(demand, level) + backorder * expected_short(demand, level)


def min_max_cost(
    demand: FloatArray, reorder_point: int, order_up_to: int, fixed: float, holding: float, backorder: float
) -> float:
    """Cost per period of an (s, S) policy with backorders and no lead time, orders when the position is at or below s.

    Zheng and Federgruen (1991), Operations Research 39(4), equation (2): renewal reward over the visits m(j) to
    level S - j between orders.
    """
    span = order_up_to - reorder_point
    visits = np.zeros(span)
    visits[0] = 1.0 / (1.0 - demand[0])
    for j in range(1, span):
        back = np.arange(1, min(j, demand.size - 1) + 1)
        visits[j] = demand[back] @ visits[j - back] / (1.0 - demand[0])
    costs = np.array([stock_cost(demand, order_up_to - j, holding, backorder) for j in range(span)])
    return float((fixed + visits @ costs) / visits.sum())


def lot_size_cost(
    lead_demand: FloatArray,
    rate: float,
    reorder_point: int,
    lot: int,
    fixed: float,
    holding: float,
    backorder: float,
) -> float:
    """Cost per unit of time of an (r, Q) policy with backorders under continuous review and unit demand.

    Zipkin (2000), Foundations of Inventory Management, section 6.3: the position is even on r + 1 ... r + Q.
    """
    levels = range(reorder_point + 1, reorder_point + lot + 1)
    return fixed * rate / lot + float(
        np.mean([stock_cost(lead_demand, y, holding, backorder) for y in levels])
    )


def centre_backlog(stores: int, rate: float, centre_lead_time: float, centre_level: int) -> FloatArray:
    """Probabilities of the units a centre with base stock owes its stores: (X - S0)+ of its lead time demand."""
    demand = poisson(stores * rate * centre_lead_time)
    backlog = demand[centre_level:].copy()
    backlog[0] = demand[: centre_level + 1].sum()
    return backlog


def outstanding_at_store(
    stores: int, rate: float, centre_lead_time: float, centre_level: int, lead_time: float
) -> FloatArray:
    """Probabilities of what one of several like stores waits for: its part of the centre's backlog, and its lead time.

    Each owed unit belongs to any store with the same probability, so a store's part of the backlog is binomial: Simon
    (1971), Graves (1985), Management Science 31(10).
    """
    backlog = centre_backlog(stores, rate, centre_lead_time, centre_level)
    owed = np.arange(backlog.size)
    part = stats.binom.pmf(owed[:, None], owed[None, :], 1.0 / stores) @ backlog
    return np.convolve(part, poisson(rate * lead_time))


def moving_average_bullwhip(
    cover_days: float, window_days: int, variance: float = 1.0, autocovariance: float = 0.0
) -> float:
    """Variance of orders over variance of demand, when orders lift the position to `cover_days` of a moving average.

    Orders are q(t) = D(t) + x (D(t) - D(t - p)) with x = cover_days / p: Chen, Drezner, Ryan and Simchi-Levi (2000),
    Management Science 46(3), lemma 2.2, with any stationary demand in place of the autoregression.

    Args:
        cover_days: days of forecast demand that the order-up-to level covers.
        window_days: p, days averaged.
        variance: of daily demand.
        autocovariance: of daily demand at a lag of p days.
    """
    x = cover_days / window_days
    return 1.0 + 2.0 * x * (1.0 + x) * (1.0 - autocovariance / variance)
