"""Flow: how much moves, how often, how restlessly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.books import OrderKind
from sim.books.daily_checks import SOLD
from sim.kpis.ratios import ratio
from sim.kpis.sums import FloatArray, Sums
from sim.records import Day

_DAYS_PER_WEEK = 7

FLOW: dict[str, Callable[[Sums], FloatArray]] = {
    "demand_units": lambda s: s.of_day(Day.DEMAND) / s.days,
    "sold_units": lambda s: s.of_day(*SOLD) / s.days,
    "order_lines": lambda s: s.of_day(Day.ORDER_LINES, Day.EMERGENCY_LINES) / s.days,
    "store_orders": lambda s: s.orders.sum(axis=-1) / s.days,
    "emergency_share": lambda s: ratio(s.orders[..., OrderKind.EMERGENCY], s.orders.sum(axis=-1)),
    "return_rate": lambda s: ratio(s.of_day(Day.RETURNED), s.of_day(*SOLD)),
}
"""KPIs that are computed alike for the network and its parts."""


def bullwhip_ratio(orders: FloatArray, demand: FloatArray) -> float:
    """Variance of orders over variance of demand.

    Chen, Drezner, Ryan and Simchi-Levi (2000), Management Science 46(3), 436-443.

    Args:
        orders: (periods,) units ordered.
        demand: (periods,) units asked for by customers.

    Returns:
        The ratio; NaN with fewer than two periods, without orders, or when demand does not vary.
    """
    if len(demand) < 2 or not orders.any() or demand.var() == 0:
        return float("nan")
    return float(orders.var() / demand.var())


def weekly(series: FloatArray) -> FloatArray:
    """Add up whole weeks from the first day on; days left over at the end are dropped."""
    weeks = len(series) // _DAYS_PER_WEEK
    return np.asarray(series[: weeks * _DAYS_PER_WEEK].reshape(weeks, _DAYS_PER_WEEK).sum(axis=1))
