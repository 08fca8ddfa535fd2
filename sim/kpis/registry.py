"""All KPIs of a run, and the same KPIs for its stores, classes and days."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from scenarios import MEASURES, Costs
from sim.clock import SECONDS_PER_DAY
from sim.kpis.aftersales import after_sales_kpis
from sim.kpis.flow import FLOW, bullwhip_ratio, weekly
from sim.kpis.goods import GOODS
from sim.kpis.money import MONEY, shortage_penalty
from sim.kpis.operations import operation_kpis
from sim.kpis.service import SERVICE, service_gini, small_store_fill_gap
from sim.kpis.stock import STOCK
from sim.kpis.sums import (
    FloatArray,
    Sums,
    class_sums,
    daily_sums,
    network_sums,
    store_class_sums,
    store_sums,
)
from sim.kpis.supply import supply_kpis
from sim.records import Centre, Day, IntArray, Panels, Table
from sim.result import Labels, RunResult

_FORMULAS = {**SERVICE, **FLOW, **STOCK, **GOODS, **MONEY}

PARTS: Mapping[str, Callable[[Sums], FloatArray]] = {
    name: _FORMULAS[name] for name in MEASURES if name in _FORMULAS
}
"""KPIs that are computed alike for the network and any part of it, in the order of `MEASURES`."""


def compute_kpis(
    panels: Panels,
    tables: Mapping[str, Table],
    ledger: IntArray,
    labels: Labels,
    costs: Costs,
    *,
    doors: int = 0,
) -> dict[str, float]:
    """Compute every KPI of a run from its records, the warm-up cut.

    Args:
        panels: what happened, by day.
        tables: event tables; orders count by the day they were placed on; the KPIs of operations are undefined where
            their tables are missing.
        ledger: the posted ledger.
        labels: axes of the panels, length of the warm-up.
        costs: notional costs of units owed and lost are read.
        doors: at which trucks are loaded, in all centres.

    Returns:
        KPI name -> value, in the order of `MEASURES`; NaN where a KPI is undefined.
    """
    network = network_sums(panels, tables, ledger, labels)
    values = {name: float(formula(network)) for name, formula in PARTS.items()}
    values["shortage_penalty"] = float(shortage_penalty(network, costs))
    values |= _of_the_network(panels, labels)
    values |= supply_kpis(tables, labels, len(panels.day) * SECONDS_PER_DAY)
    values |= operation_kpis(tables, ledger, labels.warm_up_days, doors)
    values |= after_sales_kpis(tables, labels, len(panels.day) * SECONDS_PER_DAY)
    return {name: values[name] for name in MEASURES}


def _of_the_network(panels: Panels, labels: Labels) -> dict[str, float]:
    """KPIs that compare stores or days with each other."""
    day = panels.day[labels.warm_up_days :]
    demand_by_store = day[..., Day.DEMAND].sum(axis=(0, 2)).astype(np.float64)
    sold_by_store = day[..., Day.SOLD_AS_ASKED].sum(axis=(0, 2)).astype(np.float64)
    demand = day[..., Day.DEMAND].sum(axis=(1, 2)).astype(np.float64)
    ordered = (day[..., Day.ORDERED] + day[..., Day.EMERGENCY_ORDERED]).sum(axis=(1, 2)).astype(np.float64)
    purchased = (
        panels.centre[labels.warm_up_days :, ..., Centre.PURCHASED].sum(axis=(1, 2)).astype(np.float64)
    )
    return {
        "service_gini": service_gini(demand_by_store, sold_by_store),
        "small_store_fill_gap": small_store_fill_gap(demand_by_store, sold_by_store),
        "bullwhip_ratio": bullwhip_ratio(ordered, demand),
        "bullwhip_ratio_dc": bullwhip_ratio(weekly(purchased), weekly(demand)),
    }


def kpis_by_day(result: RunResult) -> dict[str, FloatArray]:
    """Every KPI of `PARTS` for each day of the network, (days,), warm-up included; NaN where undefined."""
    return _evaluated(daily_sums(result.panels, result.tables, result.ledger))


def kpis_by_store(result: RunResult) -> dict[str, FloatArray]:
    """Every KPI of `PARTS` for each store after the warm-up, (stores,), from its own stock and costs."""
    return _evaluated(store_sums(result.panels, result.tables, result.ledger, result.labels))


def kpis_by_class(result: RunResult) -> dict[str, FloatArray]:
    """Every KPI of `PARTS` for each class after the warm-up, (classes,); costs of no class are left out."""
    return _evaluated(class_sums(result.panels, result.ledger, result.labels))


def kpis_by_store_class(result: RunResult) -> dict[str, FloatArray]:
    """Every KPI of `PARTS` for each class in each store after the warm-up, (stores, classes)."""
    return _evaluated(store_class_sums(result.panels, result.ledger, result.labels))


def _evaluated(sums: Sums) -> dict[str, FloatArray]:
    return {name: formula(sums) for name, formula in PARTS.items()}
