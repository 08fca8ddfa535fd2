"""Checks of what happens to goods on their way: ageing in the centre, returns, gifts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach


def ageing(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Goods that age in the centre also age on the shelf, and live long enough to get there."""
    del reach
    path, skus, stores = "assortment.skus", scenario.assortment.skus, scenario.network.stores
    total, life = skus["total_shelf_life_days"], skus["shelf_life_days"]
    endless = (total > 0) & (life == 0)
    rule = "goods that expire in the centre need `shelf_life_days` as well"
    yield from places.rows("E503", path, skus, endless, "total_shelf_life_days", rule)
    demanding = stores["minimum_remaining_life_days"]
    if not bool((total > 0).any()):
        rule = "no goods have a `total_shelf_life_days`"
        yield from places.rows(
            "W602", "network.stores", stores, demanding > 0, "minimum_remaining_life_days", rule
        )
        return
    if len(stores):
        # Sent off on the day it comes in, a unit has as many days less as the way takes.
        needed = int((stores["lead_time_days"] + np.maximum(demanding, 1)).max())
        short = (total > 0) & (total < needed)
        rule = f"some store never gets it: way and minimum remaining life take {needed} days"
        yield from places.rows("W601", path, skus, short, "total_shelf_life_days", rule)


def returns(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Returned goods that go back to the centre find somebody who says what becomes of them."""
    del reach
    classes = {item.id for item in scenario.assortment.classes}
    for index, entry in enumerate(scenario.assortment.returns_triage):
        path = f"assortment.returns_triage[{index}]"
        yield from places.unknown_ids(f"{path}.classes", entry.classes, classes, "merchandise class")
        total = entry.restock_share + entry.repair_share + entry.return_to_vendor_share
        if total > 1 + 1e-9:
            yield places.problem("E503", path, f"the shares add up to {total:g}, more than 1")
    if scenario.policy.returns == "scrap_at_store":
        return
    returned = [item.id for item in scenario.assortment.classes if item.customer_returns is not None]
    if not returned:
        yield places.problem("W602", "policy.returns", "customers bring nothing back")
    for name in returned:
        if not any(not e.classes or name in e.classes for e in scenario.assortment.returns_triage):
            rule = f"returns of class {name} go to the centre, but no entry says what becomes of them there"
            yield places.problem("E511", "assortment.returns_triage", rule)


def gifts(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Gifts name a SKU that exists and keeps, and something that brings them."""
    skus = scenario.assortment.skus
    for index, rule in enumerate(scenario.policy.gifts):
        path = f"policy.gifts[{index}]"
        yield from places.unknown_ids(f"{path}.gift_sku_id", [rule.gift_sku_id], reach.sku_index, "SKU")
        if rule.gift_sku_id in reach.sku_index:
            row = reach.sku_index[rule.gift_sku_id]
            if skus["total_shelf_life_days"][row] > 0:
                text = "goods that age in the centre cannot be gifts"
                yield places.problem("E503", f"{path}.gift_sku_id", text, rule.gift_sku_id)
        if not bool(np.logical_and.outer(reach.stores(rule.scope), reach.skus(rule.scope)).any()):
            yield places.problem("W602", path, "no store and SKU bring this gift")


CHECKS = (ageing, returns, gifts)
