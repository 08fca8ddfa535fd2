"""Editing a scenario leaves the customers of everything else as they were, bit for bit.

Left out are the couplings that are meant: customers of goods near expiry or in clearance come only as far as there
is stock, and promotions draw customers from the other SKUs of the category in proportion to what those sell.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import optimize
import sim
from sim import Cell
from tests.factory import merged
from tests.property.rich_scenarios import Content, build, contents

Demand = dict[tuple[str, str, int], int]

WEEK = timedelta(days=7)
TABLES = {"network": ("stores",), "assortment": ("skus", "classes"), "initial": ("store_stock", "dc_stock")}
OTHER_POLICY: dict[str, Any] = {
    "replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 1.0}}],
    "dc_replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"days_of_demand": 9.0}}}],
    "transport": {"delivery_hour": 15.0},
    "knowledge": "recorded",
    "minimum_order": {},
    "emergency_orders": [],
}


@st.composite
def uncoupled(draw: st.DrawFn) -> Content:
    """A scenario whose customers do not depend on stock or on the rest of the assortment."""
    content = draw(contents())
    content["horizon"]["panel_period_days"] = 1
    for sku in content["assortment"]["skus"]:
        sku["delist_date"] = None
    for response in content["demand"].get("responses", ()):
        response |= {"switched_share": 0.0, "near_expiry_uplift": 0.0}
    for rule in content["policy"]["replenishment"]:
        if rule["mode"]["kind"] == "table":  # would have to name every new cell
            rule["mode"] = {"kind": "base_stock", "order_up_to": {"units": 11}}
    return content


def demand_of(content: Content) -> Demand:
    """Units asked for by store, SKU and date."""
    scenario = build(content)
    result = sim.simulate(scenario, optimize.plan(scenario), seed=3, replication=2)
    asked = result.panels.cell[..., Cell.DEMAND]
    first = content["horizon"]["start_date"].toordinal()
    return {
        (store, sku, first + day): int(asked[day, row, column])
        for day in range(len(asked))
        for row, store in enumerate(result.labels.stores)
        for column, sku in enumerate(result.labels.skus)
    }


def common(demand: Demand, other: Demand) -> tuple[Demand, Demand]:
    """Both demands where both have cells."""
    shared = demand.keys() & other.keys()
    assert shared
    return {key: demand[key] for key in shared}, {key: other[key] for key in shared}


def assert_undisturbed(content: Content, edited: Content) -> None:
    before, after = common(demand_of(content), demand_of(edited))
    assert before == after


@given(uncoupled())
def test_another_store(content: Content) -> None:
    new = {"store_id": "NEW", "region": "north", "size": 5.0}
    stores = [*content["network"]["stores"], new]
    assert_undisturbed(content, merged(content, {"network": {"stores": stores}}))


@given(uncoupled(), st.data())
def test_a_store_less(content: Content, data: st.DataObject) -> None:
    stores = content["network"]["stores"]
    gone = data.draw(st.sampled_from(stores))["store_id"]
    if len(stores) == 1:
        return

    def left(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if row["store_id"] != gone]

    edited = merged(content, {"network": {"stores": left(stores), "closures": []}})
    content = merged(content, {"network": {"closures": []}})
    for block, name in (("demand", "known"), ("initial", "store_stock")):
        if name in content[block]:
            edited = merged(edited, {block: {name: left(content[block][name])}})
    policy = {"replenishment": OTHER_POLICY["replenishment"], "minimum_order": {}}
    assert_undisturbed(merged(content, {"policy": policy}), merged(edited, {"policy": policy}))


@given(uncoupled())
def test_another_sku_that_nobody_wants(content: Content) -> None:
    template = content["assortment"]["skus"][0]
    unwanted = {**template, "sku_id": "UNWANTED", "popularity": 0.0, "minimum_store_size": 0.0}
    skus = [*content["assortment"]["skus"], unwanted]
    assert_undisturbed(content, merged(content, {"assortment": {"skus": skus}}))


@given(uncoupled())
def test_tables_in_another_order(content: Content) -> None:
    edited = content
    for block, names in TABLES.items():
        for name in names:
            if name in content[block]:
                edited = merged(edited, {block: {name: content[block][name][::-1]}})
    assert_undisturbed(content, edited)


@given(uncoupled())
def test_a_longer_horizon(content: Content) -> None:
    longer = merged(content, {"horizon": {"days": content["horizon"]["days"] + 7}})
    assert_undisturbed(content, longer)


@given(uncoupled())
def test_a_later_start(content: Content) -> None:
    if content["demand"]["process"]["kind"] == "constant":
        return  # fractions are carried on from the first day
    horizon = content["horizon"]
    content = merged(content, {"horizon": {"days": horizon["days"] + 7}, "demand": {"known": None}})
    content = merged(
        content, {"policy": {"replenishment": OTHER_POLICY["replenishment"], "minimum_order": {}}}
    )
    later = merged(
        content, {"horizon": {"start_date": horizon["start_date"] + WEEK, "days": horizon["days"]}}
    )
    assert_undisturbed(content, later)


@given(uncoupled())
def test_another_policy(content: Content) -> None:
    assert_undisturbed(content, merged(content, {"policy": OTHER_POLICY}))


@given(uncoupled(), st.data())
def test_a_store_alone_fares_as_among_others_where_the_centre_is_never_short(
    content: Content, data: st.DataObject
) -> None:
    """Nothing else couples stores: every record of a store is the same when all others are gone."""
    centres = [{**centre, "stock": "unlimited"} for centre in content["network"]["distribution_centres"]]
    content = merged(content, {"network": {"distribution_centres": centres}, "initial": {"dc_stock": None}})
    stores = content["network"]["stores"]
    chosen = data.draw(st.integers(0, len(stores) - 1))
    alone = merged(content, {"network": {"stores": [stores[chosen]], "closures": []}})
    content = merged(content, {"network": {"closures": []}})
    for block, name in (("demand", "known"), ("initial", "store_stock")):
        if name in content[block]:
            own = [row for row in content[block][name] if row["store_id"] == stores[chosen]["store_id"]]
            alone = merged(alone, {block: {name: own}})
    rules = [rule for rule in content["policy"]["replenishment"] if "regions" not in rule["scope"]]
    rules = [rule for rule in rules if rule["mode"]["kind"] != "known_orders"] or OTHER_POLICY[
        "replenishment"
    ]
    policy = {"policy": {"replenishment": [*rules, *OTHER_POLICY["replenishment"]]}}
    scenarios = build(merged(content, policy)), build(merged(alone, policy))
    together, single = (
        sim.simulate(scenario, optimize.plan(scenario), seed=3, replication=2).panels
        for scenario in scenarios
    )
    np.testing.assert_array_equal(single.day[:, 0], together.day[:, chosen])
    np.testing.assert_array_equal(single.cell[:, 0], together.cell[:, chosen])


@settings(max_examples=15)
@given(uncoupled())
def test_an_edit_of_demand_is_seen(content: Content) -> None:
    """The tests above could fail: demand of another size is not the same demand."""
    content = merged(content, {"demand": {"known": None, "mean_units_per_day": 15.0}})
    edited = merged(content, {"demand": {"mean_units_per_day": 30.0}})
    before, after = common(demand_of(content), demand_of(edited))
    assert all(before[key] <= after[key] for key in before)  # inversion: a higher mean never draws less
    assert before != after or not any(after.values())
