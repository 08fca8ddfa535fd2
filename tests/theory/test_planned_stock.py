"""What optimised levels promise is what a textbook world delivers, and a demand 2% higher would be noticed.

Conditions. Demand of a day is independent of other days, lead times are whole days, the centre never runs out, nothing
perishes. With lost sales the lead time is one day, so that nothing is on order at a review: exact, too.
"""

from __future__ import annotations

from typing import Any

import pytest

import optimize
import sim
from scenarios import Scenario
from sim.records import Day
from tests.theory.evidence import Observed, assert_proves
from tests.theory.worlds import BUG, SEED, world

RATE = 2.0
COSTS = {"holding": {"store_rate_per_year": 3.65}, "ordering": {"per_store_order_line": 0.05}}
WORLDS: dict[str, dict[str, Any]] = {
    "(s, S) in cases": {
        "entry": {"target": {"share": 0.92}},
        "lead_time_days": 3,
        "sku_terms": {"case_pack": 3},
    },
    "(r, nQ), erratic demand": {
        "entry": {"form": "reorder_quantity", "target": {"share": 0.9}},
        "lead_time_days": 2,
        "demand": {"process": {"kind": "negative_binomial", "variance_to_mean": 2.0}},
    },
    "(R, S) twice a week": {
        "entry": {"form": "periodic_review", "target": {"share": 0.9}},
        "lead_time_days": 2,
        "policy": {
            "replenishment": [
                {"mode": {"kind": "days_of_cover", "cover_days": 1}, "order_weekdays": ["mon", "thu"]}
            ]
        },
    },
    "(s, S) at least cost, lost sales": {
        "entry": {"shortage_cost_per_unit": 0.15},
        "unmet": "lost",
        "lead_time_days": 1,
    },
}  # fmt: skip


def _world(units_per_day: float, days: int, skus: int, entry: dict[str, Any], **terms: Any) -> Scenario:
    mode = {"kind": "base_stock", "order_up_to": {"units": 1}}
    policy = {**terms.pop("policy", {}), "optimised": {"stores": [entry]}}
    return world(
        mode=mode, units_per_day=units_per_day, days=days, skus=skus, costs=COSTS, policy=policy,
        **{"unmet": "backorder", **terms},
    )  # fmt: skip


@pytest.mark.parametrize("name", WORLDS)
def test_stock_and_service_are_as_promised(name: str) -> None:
    terms = WORLDS[name]
    skus = 2_000
    scenario = _world(RATE, 700, skus, **terms)
    plan = optimize.plan(scenario, outlook=sim.outlook(scenario))
    promised = {promise.measure: promise.forecast for promise in plan.promises}
    assert all(promise.premises == () for promise in plan.promises)
    sound = Observed(sim.simulate(scenario, plan, seed=SEED, replication=0))
    busier = _world(RATE * BUG, 350, skus, **terms)
    planted = Observed(sim.simulate(busier, plan, seed=SEED, replication=0))
    unmet = Day.LOST if terms.get("unmet") == "lost" else Day.BACKORDERED
    missed = RATE * (1 - promised["fill_rate"])
    assert_proves(missed, sound.rate(unmet), planted.rate(unmet), widest=0.03)
    on_hand = promised["store_stock_units"] / skus
    assert_proves(on_hand, sound.rate(Day.ON_HAND), planted.rate(Day.ON_HAND))
    lines = promised["order_lines"] / skus
    delivered = sound.rate(Day.ORDER_LINES).mean()
    assert delivered == pytest.approx(lines, rel=0.005)
