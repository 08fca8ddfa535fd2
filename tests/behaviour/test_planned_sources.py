"""Suppliers that were planned, in the run: cheaper on the books than who is asked without a plan, and as promised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import optimize
import sim
from scenarios import Plan, Scenario
from tests.behaviour.supply_worlds import SKUS, supplied
from tests.behaviour.worlds import CONFIDENCE, SEED, Array, kpis

REPLICATIONS = 6
UNITS_PER_DAY = 4.0 * 2 * 4
_EVENLY = [{"supplier": name, "share": 1.0} for name in ("NEAR", "FAR", "POOR")]
_STEPS = [{"units": 500, "discount_share": 0.02}, {"units": 700, "discount_share": 0.1}]
SUPPLIERS: list[dict[str, Any]] = [
    {"id": "NEAR", "lead_time_days": {"kind": "constant", "value": 2}, "technology_score": 80},
    {
        "id": "FAR",
        "lead_time_days": {"kind": "gamma", "mean": 4, "cv": 0.3},
        "quality": {"defects_per_million": 2_000},
        "volume_discounts": _STEPS,
    },
    {
        "id": "POOR",
        "lead_time_days": {"kind": "gamma", "mean": 9, "cv": 0.8},
        "quality": {"defects_per_million": 20_000},
        "technology_score": 5,
        "global_support_score": 5,
        "disruptions": {"per_year": 6},
    },
]
"""One near and dear, one with price breaks, and one that is cheap and scores poorly."""
OFFERS = [
    {"sku_id": sku["sku_id"], "supplier_id": name, "purchase_cost": cost}
    for sku in SKUS
    for name, cost in (("FAR", 5.8), ("POOR", 5.3))
]


def world(**suppliers: Any) -> Scenario:
    """Buying from all three alike, as long as nothing is planned."""
    policy = {"optimised": {"sourcing": {"suppliers": {"score_floor": 60.0, **suppliers}}}}
    return supplied(
        {"network": {"suppliers": SUPPLIERS, "supply": OFFERS}, "policy": policy},
        rules=[{"mode": {"kind": "split", "shares": _EVENLY}}],
    )


def plans(scenario: Scenario) -> tuple[Plan, Plan]:
    """Without and with planned suppliers."""
    optimised = scenario.policy.model_copy(update={"optimised": type(scenario.policy.optimised)()})
    plain = scenario.model_copy(update={"policy": optimised}).with_provenance(scenario.provenance)
    return optimize.plan(plain), optimize.plan(scenario, outlook=sim.outlook)


def per_run(scenario: Scenario, plan: Plan, kpi: str) -> Array:
    """A KPI, (replications,): money of the ledger per day."""
    results = [sim.simulate(scenario, plan, seed=SEED, replication=number) for number in range(REPLICATIONS)]
    return kpis(results, kpi)


def test_the_planned_split_is_cheaper_on_the_books_for_the_same_customers() -> None:
    scenario = world()
    evenly, planned = plans(scenario)
    before, after = (per_run(scenario, plan, "total_cost") for plan in (evenly, planned))
    saved = before - after
    assert stats.ttest_1samp(saved, 0.0, alternative="greater").pvalue < 1 - CONFIDENCE
    assert saved.mean() > 0.05 * before.mean()
    # Not by selling less.
    earned = per_run(scenario, planned, "profit") - per_run(scenario, evenly, "profit")
    assert stats.ttest_1samp(earned, 0.0, alternative="greater").pvalue < 1 - CONFIDENCE


def test_the_cost_that_was_planned_is_the_cost_of_the_books() -> None:
    scenario = world()
    _, planned = plans(scenario)
    report = next(part.report for part in planned.parts if part.report is not None)
    assert report.objective is not None
    # All that these books know of is goods and what is paid back.
    delivered = per_run(scenario, planned, "total_cost")
    defects = 0.002 * 6.0 * UNITS_PER_DAY
    more_than_delivered = report.objective / 28 - delivered.mean()
    assert more_than_delivered == pytest.approx(defects, abs=0.01 * delivered.mean())


@pytest.mark.parametrize("least", [1, 2])
def test_promises_are_kept(least: int) -> None:
    scenario = world(least_sources=least, minimum_share=0.25)
    _, planned = plans(scenario)
    forecasts = {promise.measure: promise.forecast for promise in planned.promises}
    assert set(forecasts) == {"purchase_price_index", "supplier_defects_ppm", "supplier_lead_time_days"}
    results = [
        sim.simulate(scenario, planned, seed=SEED, replication=number) for number in range(REPLICATIONS)
    ]
    for measure, forecast in forecasts.items():
        values = np.array([result.kpis[measure] for result in results])
        margin = max(4 * values.std(ddof=1) / np.sqrt(REPLICATIONS), 0.002 * forecast)
        assert abs(values.mean() - forecast) < margin, (measure, forecast, values)
