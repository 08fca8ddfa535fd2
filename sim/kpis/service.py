"""Service: whether goods were there when the customer asked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.books.terms import DAYS_PER_YEAR
from sim.kpis.ratios import ratio
from sim.kpis.sums import FloatArray, Sums
from sim.records import Day


def _stock_out_share(sums: Sums) -> FloatArray:
    return ratio(sums.of_day(Day.OUT_OF_STOCK_SECONDS), sums.of_day(Day.OPEN_SECONDS))


SERVICE: dict[str, Callable[[Sums], FloatArray]] = {
    "fill_rate": lambda s: ratio(s.of_day(Day.SOLD_AS_ASKED), s.of_day(Day.DEMAND)),
    "value_fill_rate": lambda s: ratio(s.of_day(Day.SOLD_AS_ASKED_VALUE), s.of_day(Day.DEMAND_VALUE)),
    "line_fill_rate": lambda s: ratio(s.order_lines[..., 1], s.order_lines[..., 0]),
    "cycle_service_level": lambda s: 1 - ratio(s.of_day(Day.CYCLES_SHORT), s.of_day(Day.CYCLES)),
    "on_shelf_availability": lambda s: 1 - _stock_out_share(s),
    "stock_out_days": lambda s: DAYS_PER_YEAR * _stock_out_share(s),
    "substituted_share": lambda s: ratio(s.of_day(Day.SUBSTITUTED), s.of_day(Day.DEMAND)),
    "lost_share": lambda s: ratio(s.of_day(Day.LOST), s.of_day(Day.DEMAND)),
}
"""KPIs that are computed alike for the network and its parts."""


def service_gini(demand: FloatArray, sold_as_asked: FloatArray) -> float:
    """Gini coefficient of the unmet share of demand over stores, each store weighing as much as its demand.

    G = sum_i sum_j w_i w_j |u_i - u_j| / (2 u), with w_i the store's share of all demand, u_i the share of
    its own demand that was unmet and u their weighted mean (mean difference over twice the mean). It is 0
    when all stores go short alike and approaches 1 when one small store bears all.

    Args:
        demand: (stores,) units asked for.
        sold_as_asked: (stores,) units of them sold at once.

    Returns:
        The coefficient; 0 when nothing was unmet anywhere, NaN without demand.
    """
    total, unmet = demand.sum(), (demand - sold_as_asked).sum()
    if total <= 0:
        return float("nan")
    if unmet <= 0:
        return 0.0
    served = demand > 0
    weight, short = demand[served] / total, 1 - sold_as_asked[served] / demand[served]
    order = np.argsort(short, kind="stable")
    weight, short = weight[order], short[order]
    # Sorted, the double sum is twice sum_i w_i u_i (weight before i - weight after i).
    before = np.cumsum(weight) - weight
    after = 1 - np.cumsum(weight)
    return float(max(0.0, (weight * short * (before - after)).sum() / (weight * short).sum()))


def small_store_fill_gap(demand: FloatArray, sold_as_asked: FloatArray) -> float:
    """Fill rate of the third of stores with most demand less that of the third with least.

    Args:
        demand: (stores,) units asked for; stores without demand are left out.
        sold_as_asked: (stores,) units of them sold at once.

    Returns:
        The gap, positive when small stores are served worse; NaN with fewer than two stores.
    """
    order = np.argsort(demand, kind="stable")
    order = order[demand[order] > 0]
    if len(order) < 2:
        return float("nan")
    third = max(1, len(order) // 3)
    small, large = order[:third], order[-third:]
    return float(
        sold_as_asked[large].sum() / demand[large].sum() - sold_as_asked[small].sum() / demand[small].sum()
    )
