"""Warnings about suppliers and sourcing that have no effect; errors stand in `broken_supply`."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.factory import SKUS, tiny_scenario

EXPRESS = {"id": "SUP", "express": {"lead_time_days": {"kind": "constant", "value": 1}}}
OFFER = [{"sku_id": "A", "supplier_id": "TWO", "purchase_cost": 1.0}]


def warned(sourcing: dict[str, Any], **network: Any) -> list[str]:
    """Paths of warnings about sourcing."""
    scenario = tiny_scenario(policy={"sourcing": sourcing}, network=network)
    return [problem.path for problem in check(scenario) if problem.code == "W602"]


@pytest.mark.parametrize(
    ("sourcing", "path"),
    [
        ({"express": [{"trigger_days_of_cover": 1}]}, "policy.sourcing.express"),
        ({"shortage_response": ["expedite"]}, "policy.sourcing.shortage_response"),
        ({"shortage_response": ["ask_others"]}, "policy.sourcing.shortage_response"),
        ({"shortage_response": ["steer"]}, "policy.sourcing.shortage_response"),
        ({"quality_feedback": True}, "policy.sourcing.quality_feedback"),
        ({"complaint_feedback": True}, "policy.sourcing.complaint_feedback"),
        ({"shared_sales": True}, "policy.sourcing.shared_sales"),
        ({"rules": [{"mode": {"kind": "single"}}] * 2}, "policy.sourcing.rules[1]"),
        (
            {"rules": [{"scope": {"skus": ["B"]}, "mode": {"kind": "single", "supplier": "TWO"}}]},
            "policy.sourcing.rules[0]",
        ),
    ],
)
def test_what_has_no_effect_is_said(sourcing: dict[str, Any], path: str) -> None:
    two = [{"id": "SUP"}, {"id": "TWO"}]
    assert warned(sourcing, suppliers=two) == [path]


def test_nothing_is_said_where_it_has() -> None:
    network = {"suppliers": [EXPRESS, {"id": "TWO"}], "supply": OFFER}
    assert not warned({"express": [{"trigger_days_of_cover": 1}]}, **network)
    assert not warned({"shortage_response": ["expedite", "ask_others"]}, **network)
    assert not warned(
        {"rules": [{"scope": {"skus": ["A"]}, "mode": {"kind": "single", "supplier": "TWO"}}]}, **network
    )


CONSIGNED = {"sourcing": {"consignment": [{"scope": {"skus": ["A"]}}]}}


@pytest.mark.parametrize(
    "changes",
    [
        {"network": {"record_error": {"miscount_probability": 0.01}}},
        {"policy": {"gifts": [{"gift_sku_id": "A", "per_units": 10}]}},
        {
            "policy": {"returns": "to_centre"},
            "assortment": {
                "classes": [{"id": "FOOD", "customer_returns": {"probability": 0.1}}, {"id": "HOME"}],
                "returns_triage": [{"restock_share": 1.0}],
            },
        },
        {"assortment": {"skus": [{**sku, "total_shelf_life_days": 20} for sku in SKUS]}},
    ],
)
def test_consigned_goods_have_one_owner(changes: dict[str, Any]) -> None:
    policy = {**changes.get("policy", {}), **CONSIGNED}
    found = check(tiny_scenario(**{**changes, "policy": policy}))
    assert [(problem.code, problem.path) for problem in found if problem.code == "E511"] == [
        ("E511", "policy.sourcing.consignment")
    ]
