"""Splitting orders over suppliers: whole cases, exact totals, shares kept over time, ties by name."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import optimize
from sim.suppliers import Sources
from sim.world import build_world
from tests.factory import SKUS, tiny_scenario

NAMES = ("SUP", "B", "A")


def sources(shares: dict[str, float], case_pack: int = 6) -> Sources:
    """All suppliers sell all SKUs, which come in cases."""
    offers = [
        {"sku_id": sku["sku_id"], "supplier_id": name, "purchase_cost": 1.0}
        for sku in SKUS
        for name in NAMES[1:]
    ]
    mode: dict[str, Any] = {
        "kind": "split",
        "shares": [{"supplier": name, "share": share} for name, share in shares.items()],
    }
    scenario = tiny_scenario(
        network={"suppliers": [{"id": name} for name in NAMES], "supply": offers},
        assortment={"skus": [{**sku, "case_pack": case_pack} for sku in SKUS]},
        policy={"sourcing": {"rules": [{"mode": mode}]}},
    )
    world = build_world(scenario, optimize.plan(scenario), seed=1, replication=0)
    return Sources(scenario, world.axes, world.supply)


def split(sources: Sources, units: int) -> dict[str, int]:
    """One order line of the first SKU at the first centre."""
    line, supplier, parts = sources.split(np.array([0]), np.array([0]), np.array([units]))
    assert not line.any()
    return {NAMES[index]: int(part) for index, part in zip(supplier, parts, strict=True)}


def test_the_largest_remainder_gets_the_odd_case() -> None:
    # 7 cases at 50%, 30% and 20%: 3.5, 2.1, 1.4.
    assert split(sources({"SUP": 5, "B": 3, "A": 2}), 42) == {"SUP": 24, "B": 12, "A": 6}


def test_equal_remainders_go_by_name_and_single_units_to_the_largest_share() -> None:
    assert split(sources({"B": 1, "A": 1}), 18) == {"A": 12, "B": 6}
    assert split(sources({"SUP": 3, "B": 1}), 26) == {"SUP": 20, "B": 6}


def test_orders_of_one_case_take_turns() -> None:
    both = sources({"SUP": 3, "B": 1})
    taken = [next(iter(split(both, 6))) for _ in range(40)]
    assert taken.count("B") == 10
    assert "B" in taken[:4]


@given(st.lists(st.integers(0, 90), min_size=1, max_size=25), st.tuples(*[st.integers(1, 9)] * 3))
def test_nothing_is_lost_and_nobody_is_more_than_a_case_off(
    units: list[int], weights: tuple[int, ...]
) -> None:
    mine = sources(dict(zip(NAMES, map(float, weights), strict=True)), case_pack=1)
    given_to = dict.fromkeys(NAMES, 0)
    for number in units:
        parts = split(mine, number)
        assert sum(parts.values()) == number and all(part > 0 for part in parts.values())
        for name, part in parts.items():
            given_to[name] += part
    for name, weight in zip(NAMES, weights, strict=True):
        assert abs(given_to[name] - sum(units) * weight / sum(weights)) < len(NAMES)
