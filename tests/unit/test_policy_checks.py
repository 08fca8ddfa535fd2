"""What a policy may not say without a word of warning."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.factory import tiny_scenario

LEVELS: dict[str, dict[str, Any]] = {
    "base_stock": {"kind": "base_stock", "order_up_to": {"units": 12}},
    "periodic_review": {"kind": "periodic_review", "order_up_to": {"units": 12}},
}


@pytest.mark.parametrize(
    ("mode", "days", "is_warned"),
    [
        ("base_stock", ["mon", "thu"], True),
        ("base_stock", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], False),
        ("periodic_review", ["mon", "thu"], False),
    ],
)
@pytest.mark.parametrize("block", ["replenishment", "dc_replenishment"])
def test_one_for_one_orders_keep_to_no_weekdays(
    block: str, mode: str, days: list[str], is_warned: bool
) -> None:
    rules = [{"mode": LEVELS[mode], "order_weekdays": days}]
    path = f"policy.{block}[0].order_weekdays"
    found = [problem.code for problem in check(tiny_scenario(policy={block: rules})) if problem.path == path]
    assert ("W602" in found) == is_warned
