"""Small chains of stores for one question each, and paired comparisons on the same random customers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

import optimize
import sim
from scenarios import Scenario
from sim import Cell, Day, RunResult
from tests.factory import merged, tiny_scenario

Changes = Mapping[str, Any]
Array = npt.NDArray[np.float64]

CONFIDENCE = 0.999
SEED = 11

STORES = [{"store_id": f"S{number}", "size": 0.5 + 0.3 * number, "lead_time_days": 1} for number in range(6)]
SKUS = [
    {"sku_id": name, "class_id": "FOOD", "category": category, "price": 10.0, "purchase_cost": 6.0}
    for name, category in (("A", "tea"), ("B", "tea"), ("C", "rice"), ("D", "rice"))
]
CHAIN: dict[str, Any] = {
    "horizon": {"days": 56, "panel_period_days": 1},
    "network": {"distribution_centres": [{"id": "DC", "stock": "unlimited"}], "stores": STORES},
    "assortment": {"classes": [{"id": "FOOD"}], "skus": SKUS},
    "demand": {"mean_units_per_day": 4.0},
}
"""Six stores of different size, four SKUs in two categories, a centre that is never short."""


def base_stock(units: int) -> dict[str, Any]:
    """Every day, order up to a level."""
    return {"replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": units}}}]}


def all_skus(**values: Any) -> dict[str, Any]:
    """The assortment of the chain with some columns set for every SKU."""
    return {"skus": [{**sku, **values} for sku in SKUS]}


def shelf(
    units: int, stores: list[dict[str, Any]] = STORES, skus: list[dict[str, Any]] = SKUS
) -> dict[str, Any]:
    """Opening stock: the same number of units in every cell."""
    cells = [(store["store_id"], sku["sku_id"]) for store in stores for sku in skus]
    return {"store_stock": [{"store_id": store, "sku_id": sku, "units": units} for store, sku in cells]}


def chain(*changes: Changes) -> Scenario:
    """The chain with changes laid over it, one after the other."""
    content: Mapping[str, Any] = CHAIN
    for change in changes:
        content = merged(content, change)
    return tiny_scenario(**content)


def run(scenario: Scenario, replication: int = 0) -> RunResult:
    """One replication with the planned policy."""
    return sim.simulate(scenario, optimize.plan(scenario), seed=SEED, replication=replication)


def runs(scenario: Scenario, replications: int = 6) -> list[RunResult]:
    """Several replications."""
    plan = optimize.plan(scenario)
    return [sim.simulate(scenario, plan, seed=SEED, replication=number) for number in range(replications)]


def kpis(results: list[RunResult], name: str) -> Array:
    """One KPI of several runs, (replications,)."""
    return np.array([result.kpis[name] for result in results])


def total(result: RunResult, *measures: Day) -> int:
    """Measures of the day panel added up over the run."""
    return int(result.panels.day[..., list(measures)].sum())


def by_cell(result: RunResult, measure: Cell) -> npt.NDArray[np.int64]:
    """A measure per day and cell, (days, stores, SKUs)."""
    assert result.labels.panel_period_days == 1
    return result.panels.cell[..., measure].astype(np.int64)


@cache
def _t_quantile(degrees: int) -> float:
    return float(stats.t.ppf(CONFIDENCE, degrees))


def surely_positive(differences: Array) -> bool:
    """Whether the one-sided t interval of a mean lies above zero; equal non-zero differences are sure."""
    deviation = differences.std(ddof=1)
    return bool(
        differences.mean() > _t_quantile(len(differences) - 1) * deviation / np.sqrt(len(differences))
    )


def interval(values: Array) -> tuple[float, float]:
    """Mean and half width of the t interval of a mean."""
    return float(values.mean()), float(
        _t_quantile(len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    )


def surely_more(name: str, more: Scenario, less: Scenario, replications: int = 6) -> bool:
    """Whether a KPI is higher in one scenario than in the other, on the same customers."""
    return surely_positive(kpis(runs(more, replications), name) - kpis(runs(less, replications), name))
