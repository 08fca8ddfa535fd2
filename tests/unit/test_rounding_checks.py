"""Rounding to the nearest case: a warning where an empty place can never ask for half a case."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import Problem, check
from tests.factory import tiny_scenario

PACK = 12
SKUS = [
    {"sku_id": "A", "class_id": "FOOD", "price": 10.0, "purchase_cost": 6.0, "case_pack": PACK},
    {"sku_id": "B", "class_id": "HOME", "price": 10.0, "purchase_cost": 6.0},
]


def up_to(**level: float) -> dict[str, Any]:
    return {"kind": "base_stock", "order_up_to": level}


def lots(reorder_point: int, quantity: int) -> dict[str, Any]:
    return {
        "kind": "reorder_quantity",
        "reorder_point": {"units": reorder_point},
        "order_quantity": {"units": quantity},
    }


def row(store: str, units: int) -> dict[str, Any]:
    return {"store_id": store, "sku_id": "A", "reorder_point_units": 1, "order_up_to_units": units}


def warnings(
    mode: dict[str, Any], rounding: str = "nearest", rule: dict[str, Any] | None = None, **changes: Any
) -> list[Problem]:
    """Warnings about stores with stock to offer A (cases of 12) and B (single units)."""
    last = {"mode": up_to(units=30)}
    changes.setdefault("assortment", {})
    policy = {
        "replenishment": [
            {"scope": {"skus": ["A"]}, "mode": mode, "case_rounding": rounding, **(rule or {})},
            last,
        ],
        **changes.pop("policy", {}),
    }
    changes["assortment"] = {"skus": SKUS, **changes["assortment"]}
    return [
        problem for problem in check(tiny_scenario(policy=policy, **changes)) if "rounding" in problem.path
    ]


def test_it_names_the_rule_an_example_the_case_and_what_to_do() -> None:
    (found,) = warnings(up_to(units=5))
    assert (found.code, found.path) == ("W601", "policy.replenishment[0].case_rounding")
    assert "2 cells" in found.rule
    assert "store S1, SKU A: 5 units of a case of 12" in found.rule
    assert "`up`" in found.hint and "smaller `case_pack`" in found.hint


@pytest.mark.parametrize(
    ("mode", "is_stuck"),
    [
        (up_to(units=5), True),
        (up_to(units=6), False),  # halves make a case
        ({"kind": "min_max", "reorder_point": {"units": 1}, "order_up_to": {"units": 5}}, True),
        ({"kind": "periodic_review", "order_up_to": {"units": 5}}, True),
        (lots(1, 2), True),
        (lots(5, 2), False),  # an empty shelf asks for three lots
        ({"kind": "table", "levels": [row("S1", 5), row("S2", 6)]}, True),
        ({"kind": "table", "levels": [row("S1", 6), row("S2", 6)]}, False),
    ],
)
def test_what_is_asked_for_at_most_decides(mode: dict[str, Any], is_stuck: bool) -> None:
    assert bool(warnings(mode)) == is_stuck


@pytest.mark.parametrize("rounding", ["up", "none"])
def test_other_roundings_always_order(rounding: str) -> None:
    assert warnings(up_to(units=1), rounding) == []


def test_goods_that_are_owed_are_ordered_in_the_end() -> None:
    classes = [{"id": "FOOD", "unmet_demand": "backorder"}, {"id": "HOME"}]
    assert warnings(up_to(units=5), assortment={"classes": classes}) == []


def test_what_nobody_wants_need_not_be_ordered() -> None:
    rates = [{"store_id": "S1", "sku_id": "B", "units_per_day": 1.0}]
    assert warnings(up_to(units=5), demand={"mean_units_per_day": None, "rates": rates}) == []


def test_forecasters_forget_while_the_shelf_is_empty_unless_they_know_demand() -> None:
    """1.5 a day over lead time 1, gap 1 and 2 more days is 6, half a case; 0.9 squared of it is not."""
    cover = {"kind": "days_of_cover", "cover_days": 2.0}
    demand = {"mean_units_per_day": 1.5}
    stores = [{"store_id": "S1", "region": "north"}]
    network = {"network": {"stores": stores}}
    (found,) = warnings(cover, demand=demand, **network)
    assert "5 units of a case of 12" in found.rule
    assert warnings(cover, demand=demand, policy={"knowledge": "perfect"}, **network) == []
    assert warnings({**cover, "cover_days": 3.0}, demand=demand, **network) == []
    mean = {"forecaster": {"kind": "moving_average", "days": 4}}
    (found,) = warnings({**cover, "cover_days": 3.0}, rule=mean, demand=demand, **network)
    assert "4 units" in found.rule  # half of four days' sales are left: 0.75 over 5 days


def test_centres_are_looked_at_too_unless_orders_wait_there() -> None:
    centre = {"mode": up_to(units=5), "case_rounding": "nearest"}
    stores = up_to(units=30)
    (found,) = warnings(stores, "up", policy={"dc_replenishment": [centre]})
    assert found.path == "policy.dc_replenishment[0].case_rounding"
    assert "distribution centre DC, SKU A: 5 units of a case of 12" in found.rule
    for harmless in (
        {"dc_replenishment": [{**centre, "mode": up_to(units=6)}]},
        {"dc_replenishment": [centre], "allocation": {"unfilled": "backorder"}},
        {"dc_replenishment": [{**centre, "mode": {"kind": "days_of_cover", "cover_days": 0.0}}]},
    ):
        assert warnings(stores, "up", policy=harmless) == []
    unlimited = {"distribution_centres": [{"id": "DC", "stock": "unlimited"}]}
    assert warnings(stores, "up", policy={"dc_replenishment": [centre]}, network=unlimited) == []
