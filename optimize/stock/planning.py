"""Planner steps of stock: levels of stores and of distribution centres, cell by cell, with what they promise."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimize.outlook import Outlook
from optimize.solving import Progress
from optimize.stock import levels as rules_of_policy
from optimize.stock.cell_solving import Solution, conclude, kinds, solve
from optimize.stock.goods import centre_goods, store_goods
from scenarios import (
    Basis,
    CentreLevelRow,
    KnownOrders,
    LevelRow,
    PlanPart,
    Reach,
    Scenario,
    VendorManaged,
    columns_of,
)


def plan_stores(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Levels of stores, as `policy.optimised.stores` asks: the first entry that matches applies to a cell.

    The calendar of the rule that covers a cell stays. Cells whose orders are replayed or pushed stay with their
    rules. Shared limits are kept by choosing the levels of all cells together; where that cannot be, levels and
    promises are those under the relaxed limits that the report names, and levels that keep not even these promise
    nothing.

    Args:
        scenario: facts and policy.
        outlook: expected demand.
        progress: told how many cells are done.

    Returns:
        `store_levels`, and one part.
    """
    entries, limits = scenario.policy.optimised.stores, scenario.policy.optimised.limits
    rule = rules_of_policy.store_levels(scenario)[0].rule
    listed = Reach(scenario).listed
    matched = np.full(listed.shape, -1, np.int64)
    for index in reversed(range(len(entries))):
        scope = entries[index].scope
        matched[np.logical_and.outer(Reach(scenario).stores(scope), Reach(scenario).skus(scope))] = index
    place, sku = np.nonzero(listed & (matched >= 0))
    goods = store_goods(scenario, outlook, place, sku, rule[place, sku].astype(np.int64))
    skus = scenario.assortment.skus["sku_id"]
    solution = Solution(goods, list(scenario.network.stores["store_id"]), list(skus), "store")
    solution.entry = matched[place, sku]
    modes = [each.mode for each in scenario.policy.replenishment]
    for kind, reason in (
        (KnownOrders, "its orders are replayed"),
        (VendorManaged, "the centre decides and pushes"),
    ):
        is_such = np.array([isinstance(mode, kind) for mode in modes], np.bool_)
        solution.refuse(is_such[goods.rule], reason)
    solve(solution, entries, scenario, outlook, progress)
    together = None
    if any(value is not None for _, value in limits):
        from optimize.stock import limiting

        together = limiting.within_limits(scenario, outlook, solution, entries, progress)
    rows = np.flatnonzero(solution.entry >= 0)
    table = columns_of(
        LevelRow,
        {
            "store_id": scenario.network.stores["store_id"][place[rows]],
            "sku_id": skus[sku[rows]],
            **solution.columns(rows),
        },
    )
    covered = outlook.demand_per_day > 0
    covered[place[rows], sku[rows]] = False
    report, promises = conclude(solution, entries, scenario, outlook, is_whole=not covered.any())
    if together is not None:
        report = limiting.with_limits(report, together)
        if not together.is_within_relaxed:
            promises = ()
    part = PlanPart(
        path="policy.optimised.stores",
        kind=kinds(entries),
        basis=Basis.OPTIMISED,
        cells=len(rows),
        report=report,
        promises=promises,
    )
    return {"store_levels": table}, (part,)


def plan_centres(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Levels of distribution centres, as `policy.optimised.centres` asks; see `plan_stores` and `centre_goods`.

    Args:
        scenario: facts and policy.
        outlook: expected demand.
        progress: told how many SKUs are done.

    Returns:
        `centre_levels`, and one part.
    """
    entries, centres = scenario.policy.optimised.centres, scenario.network.distribution_centres
    skus = scenario.assortment.skus["sku_id"]
    rule = rules_of_policy.centre_levels(scenario)[0].rule
    is_limited = np.array([centre.stock == "limited" for centre in centres], np.bool_)
    matched = np.full(len(skus), -1, np.int64)
    for index in reversed(range(len(entries))):
        matched[Reach(scenario).skus(entries[index].scope)] = index
    place, sku = np.nonzero(np.logical_and.outer(is_limited, matched >= 0))
    goods = centre_goods(scenario, outlook, place, sku, rule[place, sku].astype(np.int64))
    ids = [centre.id for centre in centres]
    solution = Solution(goods, ids, list(skus), "distribution centre")
    solution.entry = matched[sku]
    solve(solution, entries, scenario, outlook, progress)
    rows = np.flatnonzero(solution.entry >= 0)
    table = columns_of(
        CentreLevelRow,
        {
            "dc_id": np.array(ids, dtype=object)[place[rows]],
            "sku_id": skus[sku[rows]],
            **solution.columns(rows),
        },
    )
    is_whole = bool(is_limited.all()) and len(rows) == len(skus) * len(centres)
    report, promises = conclude(solution, entries, scenario, outlook, is_whole=is_whole)
    part = PlanPart(
        path="policy.optimised.centres",
        kind=kinds(entries),
        basis=Basis.OPTIMISED,
        cells=len(rows),
        report=report,
        promises=promises,
    )
    return {"centre_levels": table}, (part,)


__all__ = ["plan_centres", "plan_stores"]
