"""Checks of what managers choose: scopes, coverage of cells, rules without effect."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.language.errors import Problem
from scenarios.language.network import WEEKDAYS, Scope
from scenarios.language.places import Places
from scenarios.language.policy import BaseStock, KnownOrders, LevelTable
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Mask, Reach


def scopes(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Scopes name stores, regions, classes, categories and SKUs that exist."""
    policy = scenario.policy
    named: list[tuple[str, Scope]] = []
    for block in (
        "replenishment",
        "dc_replenishment",
        "emergency_orders",
        "promotions",
        "gifts",
        "cycle_counts",
    ):
        rules = getattr(policy, block)
        named += [(f"policy.{block}[{index}].scope", rule.scope) for index, rule in enumerate(rules)]
    for block in ("rules", "express", "inspection", "consignment"):
        rules = getattr(policy.sourcing, block)
        named += [(f"policy.sourcing.{block}[{index}].scope", rule.scope) for index, rule in enumerate(rules)]
    for block in ("stores", "centres"):
        entries = getattr(policy.optimised, block)
        named += [
            (f"policy.optimised.{block}[{index}].scope", entry.scope) for index, entry in enumerate(entries)
        ]
    regions = set(scenario.network.stores["region"])
    classes = {item.id for item in scenario.assortment.classes}
    for path, scope in named:
        yield from places.unknown_ids(f"{path}.stores", scope.stores, reach.store_index, "store")
        yield from places.unknown_ids(f"{path}.regions", scope.regions, regions, "region")
        yield from places.unknown_ids(f"{path}.classes", scope.classes, classes, "merchandise class")
        yield from places.unknown_ids(
            f"{path}.categories", scope.categories, set(reach.categories), "category"
        )
        yield from places.unknown_ids(f"{path}.skus", scope.skus, reach.sku_index, "SKU")
    for block in ("mark_downs", "substitution_incentives"):
        for index, rule in enumerate(getattr(policy, block)):
            path = f"policy.{block}[{index}].classes"
            yield from places.unknown_ids(path, rule.classes, classes, "merchandise class")


def coverage(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Every listed cell is matched by a replenishment rule, and every rule matches something."""
    skus = scenario.assortment.skus
    open_cells = reach.listed.copy()
    for index, rule in enumerate(scenario.policy.replenishment):
        path = f"policy.replenishment[{index}]"
        matched = np.logical_and.outer(reach.stores(rule.scope), reach.skus(rule.scope)) & open_cells
        open_cells &= ~matched
        if not bool(matched.any()):
            yield places.problem("W602", path, "matches no cell that an earlier rule has left")
        if isinstance(rule.mode, LevelTable):
            yield from _levels_for_all(rule.mode, matched, f"{path}.mode.levels", places, reach)
    if bool(open_cells.any()):
        store, sku = (int(axis[0]) for axis in np.nonzero(open_cells))
        example = f"store {scenario.network.stores['store_id'][store]}, SKU {skus['sku_id'][sku]}"
        rule_text = f"{int(open_cells.sum()):,} listed cells are matched by no rule, e.g. {example}"
        yield places.problem(
            "E507", "policy.replenishment", rule_text, hint="end with a rule without a scope"
        )
    if all(centre.stock == "unlimited" for centre in scenario.network.distribution_centres):
        return
    left = reach.listed.any(axis=0) if reach.listed.size else np.ones(len(skus), dtype=bool)
    for index, centre_rule in enumerate(scenario.policy.dc_replenishment):
        mask = reach.skus(centre_rule.scope) & left
        left &= ~mask
        path = f"policy.dc_replenishment[{index}]"
        if not bool(mask.any()):
            yield places.problem("W602", path, "matches no SKU that an earlier rule has left")
        if centre_rule.scope.stores or centre_rule.scope.regions:
            yield places.problem("W602", f"{path}.scope", "stores and regions are not used here")
    if bool(left.any()):
        example = skus["sku_id"][int(np.flatnonzero(left)[0])]
        rule_text = f"{int(left.sum()):,} SKUs are matched by no rule, e.g. {example}"
        yield places.problem(
            "E507", "policy.dc_replenishment", rule_text, hint="end with a rule without a scope"
        )


def _levels_for_all(
    mode: LevelTable,
    matched: Mask,
    path: str,
    places: Places,
    reach: Reach,
) -> Iterator[Problem]:
    """Every cell of a rule with a table has its row."""
    table = mode.levels
    yield from places.unknown_in_column(path, table, "store_id", reach.store_index, "store")
    yield from places.unknown_in_column(path, table, "sku_id", reach.sku_index, "SKU")
    store, sku = reach.cells(table["store_id"], table["sku_id"])
    known = (store >= 0) & (sku >= 0)
    missing = matched.copy()
    missing[store[known], sku[known]] = False
    if bool(missing.any()):
        row, column = (int(axis[0]) for axis in np.nonzero(missing))
        stores, skus = reach.scenario.network.stores, reach.scenario.assortment.skus
        example = f"store {stores['store_id'][row]}, SKU {skus['sku_id'][column]}"
        rule = f"{int(missing.sum()):,} cells of the rule have no row, e.g. {example}"
        yield places.problem("E507", path, rule)


def known_orders(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Orders that are replayed name cells and days that exist."""
    for index, rule in enumerate(scenario.policy.replenishment):
        if isinstance(rule.mode, KnownOrders):
            path, table = f"policy.replenishment[{index}].mode.orders", rule.mode.orders
            yield from places.unknown_in_column(path, table, "store_id", reach.store_index, "store")
            yield from places.unknown_in_column(path, table, "sku_id", reach.sku_index, "SKU")
            yield from places.days_of_rows(path, table, "date", scenario.horizon)


def emergency_orders(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """An emergency order comes sooner than a regular one."""
    usual = scenario.network.stores["lead_time_days"]
    for index, rule in enumerate(scenario.policy.emergency_orders):
        path = f"policy.emergency_orders[{index}]"
        mask = reach.stores(rule.scope)
        if not bool((np.logical_and.outer(mask, reach.skus(rule.scope)) & reach.listed).any()):
            yield places.problem("W602", path, "matches no listed cell")
        elif rule.lead_time_days > int(usual[mask].max()):
            text = "comes later than every regular order of these stores"
            yield places.problem("W602", f"{path}.lead_time_days", text, rule.lead_time_days)


def order_days(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Weekdays are named once, and something keeps to them."""
    del reach
    for block in ("replenishment", "dc_replenishment"):
        for index, rule in enumerate(getattr(scenario.policy, block)):
            days = rule.order_weekdays
            if len(set(days)) < len(days):
                path = f"policy.{block}[{index}].order_weekdays"
                yield places.problem("E502", path, "names a weekday twice")
            elif isinstance(rule.mode, BaseStock) and len(days) < len(WEEKDAYS):
                yield places.problem(
                    "W602", f"policy.{block}[{index}].order_weekdays", "`base_stock` orders every day",
                    hint="`min_max` or `periodic_review` keep to the days",
                )  # fmt: skip


def mark_downs(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Mark-downs and incentives reach goods for which they mean something."""
    del reach
    skus = scenario.assortment.skus
    for index, rule in enumerate(scenario.policy.mark_downs):
        path = f"policy.mark_downs[{index}]"
        mine = np.array([not rule.classes or name in rule.classes for name in skus["class_id"]], dtype=bool)
        life = skus["shelf_life_days"][mine & (skus["shelf_life_days"] > 0)]
        if len(life) == 0:
            yield places.problem("W602", path, "none of its goods has a shelf life")
        elif rule.remaining_days >= int(life.max()):
            text = "goods would be marked down from the day they arrive"
            yield places.problem("W601", f"{path}.remaining_days", text, rule.remaining_days)
    for index, incentive in enumerate(scenario.policy.substitution_incentives):
        reached = [
            item
            for item in scenario.assortment.classes
            if not incentive.classes or item.id in incentive.classes
        ]
        if reached and all(
            item.substitution.acceptance_with_incentive <= item.substitution.acceptance for item in reached
        ):
            path = f"policy.substitution_incentives[{index}]"
            yield places.problem("W602", path, "no customer of these classes answers to an incentive")


CHECKS = (scopes, coverage, known_orders, emergency_orders, order_days, mark_downs)
