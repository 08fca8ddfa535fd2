"""Policy worked out to levels: what a rule in days of cover protects, at stores and at centres."""

from __future__ import annotations

from typing import Any

import pytest

import optimize
from scenarios import Plan, Scenario
from tests.factory import tiny_scenario

NETWORK = {
    "suppliers": [
        {"id": "NEAR", "lead_time_days": {"kind": "constant", "value": 2}},
        {"id": "FAR", "lead_time_days": {"kind": "gamma", "mean": 9.5, "cv": 0.4}},
    ],
    "stores": [
        {"store_id": "S1", "lead_time_days": 1},
        {"store_id": "S2", "lead_time_days": 4},
    ],
}
SKUS = [
    {"sku_id": name, "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0, "supplier_id": supplier}
    for name, supplier in (("A", "NEAR"), ("B", "FAR"), ("C", ""))
]


def cover(cover_days: float, **rule: Any) -> dict[str, Any]:
    return {"mode": {"kind": "days_of_cover", "cover_days": cover_days, "safety_factor": 1.0}, **rule}


def planned(**policy: Any) -> Plan:
    scenario: Scenario = tiny_scenario(
        network=NETWORK, assortment={"classes": [{"id": "FOOD"}], "skus": SKUS}, policy=policy
    )
    return optimize.plan(scenario)


@pytest.mark.parametrize(
    ("order_weekdays", "gap_days"),
    [
        (["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1),
        (["wed"], 7),
        (["mon", "thu"], 4),
        (["sat", "mon"], 5),
    ],
)
def test_a_centre_covers_lead_time_review_period_and_the_days_asked_for(
    order_weekdays: list[str], gap_days: int
) -> None:
    levels = planned(dc_replenishment=[cover(3.0, order_weekdays=order_weekdays)]).centres
    assert levels.order_up_to_days.tolist() == [[pytest.approx(9.5 + gap_days + 3.0)]]
    assert levels.order_up_to_safety_days.tolist() == [[pytest.approx(9.5 + gap_days)]]
    assert levels.order_up_to_safety.tolist() == [1.0]


def test_a_centre_covers_the_suppliers_of_the_skus_that_a_rule_is_about() -> None:
    """SKU C names no supplier: it comes from the first one, which is near."""
    near = cover(0.0, scope={"skus": ["A", "C"]})
    levels = planned(dc_replenishment=[near, cover(0.0)]).centres
    assert levels.order_up_to_days[:, 0] == pytest.approx([2.0 + 1, 9.5 + 1])


def test_a_store_covers_its_own_lead_time() -> None:
    levels = planned(replenishment=[cover(2.0, order_weekdays=["mon", "thu"])]).stores
    assert levels.order_up_to_days.tolist() == [[pytest.approx(1 + 4 + 2.0), pytest.approx(4 + 4 + 2.0)]]
