"""Levels of single SKUs by stockpyl, one at a time: the exact algorithms of its `ss` and `rq` modules."""

from __future__ import annotations

from stockpyl.rq import r_q_poisson_exact
from stockpyl.ss import s_s_discrete_exact

from peers.sku_places import SkuPlaces

Levels = list[tuple[int, int, float]]
"""Reorder point, order-up-to level or lot, cost per period."""


def min_max(some: SkuPlaces) -> Levels:
    """(s, S) of every SKU: Zheng and Federgruen."""
    return [
        (int(s), int(up_to), float(cost))
        for s, up_to, cost in (
            s_s_discrete_exact(holding, shortage, order, True, demand_mean=mean)
            for mean, _, order, holding, shortage in some.rows()
        )
    ]


def lots(some: SkuPlaces) -> Levels:
    """(r, Q) of every SKU: Federgruen and Zheng."""
    return [
        (int(r), int(lot), float(cost))
        for r, lot, cost in (
            r_q_poisson_exact(holding, shortage, order, mean, lead)
            for mean, lead, order, holding, shortage in some.rows()
        )
    ]


__all__ = ["Levels", "lots", "min_max"]
