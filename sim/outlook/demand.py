"""Mean and variance of the demand of a store and SKU on a day, as the market will draw it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import MarketShock, Scenario
from sim.axes import Axes, frozen
from sim.market import Market

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DemandMoments:
    """Moments of a day's demand over the counted horizon, (stores, skus) in the order of the scenario's tables."""

    mean: FloatArray
    """Days on which a store is closed or a SKU is not on sale count as days without demand."""
    variance: FloatArray
    """Between all counted days: chance, seasons, promotions, closing days and shocks."""
    steady_variance: FloatArray
    """Of chance alone, at the mean rate."""


def demand_moments(scenario: Scenario, axes: Axes, market: Market) -> DemandMoments:
    """Work out what is to be expected of demand; exact for what customers want before substitution.

    With f(t) the factor of day t, s the shock with moments m1 and m2, and d the variance-to-mean ratio of the
    process, the law of total variance gives for a cell with base rate b

        mean = b m1 F1,  variance = d mean + b^2 (m2 F2 - (m1 F1)^2),  F1 = mean f(t), F2 = mean f(t)^2,

    taken over the counted days. Stores that see the same factors on the same open days are worked out together.
    Demand that is replayed has the moments of its table; its steady variance is that of the stated process.

    Args:
        scenario: facts.
        axes: order of stores and SKUs inside the world.
        market: of any replication: shocks are taken at their moments.
    """
    if scenario.demand.known is not None:
        mean, variance = _replayed(scenario, market)
    else:
        mean, variance = _drawn(scenario, market)
    dispersion = (
        np.zeros(axes.skus) if market.process == "constant" else np.maximum(market.variance_to_mean, 1.0)
    )
    steady = mean * dispersion
    if scenario.demand.known is None:
        variance += steady
    return DemandMoments(*(_by_table(values, axes) for values in (mean, variance, steady)))


def shock_moments(shock: MarketShock) -> tuple[float, float]:
    """First and second moment of max(0, 1 + x), x normal with mean 0."""
    deviation = shock.standard_deviation
    if deviation == 0.0:
        return 1.0, 1.0
    below = 0.5 * math.erfc(-1.0 / (deviation * math.sqrt(2.0)))
    density = math.exp(-0.5 / (deviation * deviation)) / math.sqrt(2.0 * math.pi)
    return below + deviation * density, (1.0 + deviation * deviation) * below + deviation * density


def _drawn(scenario: Scenario, market: Market) -> tuple[FloatArray, FloatArray]:
    """Mean, and variance of the mean from day to day, both (stores, skus) in the order of the axes."""
    first = scenario.horizon.warm_up_days
    days = market.days - first
    m1, m2 = shock_moments(scenario.demand.shock)
    is_open = market.open_day[first:]
    # One column per store: its group, and the days on which it is open.
    patterns = np.concatenate((market.group_of_store[np.newaxis], is_open), axis=0, dtype=np.int64)
    _, kinds = np.unique(patterns, axis=1, return_inverse=True)
    mean, variance = market.base_rate.copy(), np.square(market.base_rate)
    for kind in range(int(kinds.max(initial=-1)) + 1):
        stores = np.flatnonzero(kinds == kind)
        rows = market.remembered_days + first + np.flatnonzero(is_open[:, stores[0]])
        factor = market.rate_factor[market.group_of_store[stores[0]], rows].astype(np.float64)
        f1, f2 = factor.sum(axis=0) / days, np.square(factor).sum(axis=0) / days
        mean[stores] *= m1 * f1
        variance[stores] *= np.maximum(m2 * f2 - np.square(m1 * f1), 0.0)
    return mean, variance


def _replayed(scenario: Scenario, market: Market) -> tuple[FloatArray, FloatArray]:
    """Mean and variance over the counted days of the table, both (stores, skus) in the order of the axes."""
    first = scenario.horizon.warm_up_days
    mean, variance = np.zeros(market.listed.shape), np.zeros(market.listed.shape)
    for store in range(len(mean)):
        units = market.known[first:, store] * market.open_day[first:, store, np.newaxis]
        mean[store], variance[store] = units.mean(axis=0), units.var(axis=0)
    return np.where(market.listed, mean, 0.0), np.where(market.listed, variance, 0.0)


def _by_table(values: FloatArray, axes: Axes) -> FloatArray:
    """SKUs back from the order of the axis to that of the SKU table."""
    by_table = np.empty_like(values)
    by_table[:, axes.sku_order] = values
    ordered: FloatArray = frozen(by_table)
    return ordered


__all__ = ["DemandMoments", "demand_moments", "shock_moments"]
