"""Do the levels of a plan keep what stores can hold, pay for and order? Worked out afresh from the levels alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimize.outlook import Outlook
from optimize.stock.cells import FloatArray, Form, Levels
from optimize.stock.goods import Goods, store_goods
from optimize.stock.levels import store_levels
from optimize.stock.overlay import of_stores
from optimize.stock.promising import performance
from scenarios import Basis, Plan, Scenario, SolveStatus

PATH = "policy.optimised.stores"
_CLOSE = 1e-6
_SURELY_MORE = 10.0
"""Standard deviations: nobody sells that much more than the mean in the life of a unit."""


def broken_limits(scenario: Scenario, plan: Plan, outlook: Outlook) -> Iterator[tuple[str, str]]:
    """What, and which rule it breaks: budget, shelves, lines, and goods that are bound to expire.

    A part that says itself that nothing keeps the limits is not blamed for breaking them.

    Args:
        scenario: what the plan was made for.
        plan: the plan.
        outlook: expected demand.
    """
    table = plan.decisions.store_levels
    part = next((part for part in plan.parts if part.path == PATH and part.basis is Basis.OPTIMISED), None)
    if table is None or part is None:
        return
    cells = of_stores(table, scenario)
    rule = store_levels(scenario)[0].rule[cells.place, cells.sku].astype(np.int64)
    goods = store_goods(scenario, outlook, cells.place, cells.sku, rule)
    levels = Levels(cells.reorder_point_units, cells.order_up_to_units, cells.order_quantity_units)
    yield from _bound_to_expire(scenario, goods, levels)
    if part.report is None or part.report.status is not SolveStatus.INFEASIBLE:
        yield from _exceeded(scenario, goods, levels)


def _exceeded(scenario: Scenario, goods: Goods, levels: Levels) -> Iterator[tuple[str, str]]:
    limits = scenario.policy.optimised.limits
    if limits.shelf_litres_per_store is not None:
        most = np.where(
            levels.order_quantity > 0, levels.reorder_point + levels.order_quantity, levels.order_up_to
        )
        litres = np.maximum(most, 0) * scenario.assortment.skus["volume_litres"][goods.sku]
        stores = scenario.network.stores["store_id"]
        of_store = np.bincount(goods.place, litres, len(stores))
        for store in np.flatnonzero(of_store > limits.shelf_litres_per_store * (1 + _CLOSE)):
            rule = f"{of_store[store]:.6g} litres exceed shelf_litres_per_store"
            yield f"store {stores[store]}", rule
    if limits.budget is None and limits.lines_per_day is None:
        return
    value, lines = _taken(goods, levels)
    if limits.budget is not None and value > limits.budget * (1 + _CLOSE):
        yield "all stores", f"stock worth {value:.6g} exceeds the budget"
    if limits.lines_per_day is not None and lines > limits.lines_per_day * (1 + _CLOSE):
        yield "all stores", f"{lines:.6g} order lines exceed lines_per_day"


def _taken(goods: Goods, levels: Levels) -> tuple[float, float]:
    """Value of the mean stock, and order lines a day."""
    value = lines = 0.0
    moves = goods.mean > 0
    for form, is_such in (
        (Form.REORDER_QUANTITY, levels.order_quantity > 0),
        (Form.MIN_MAX, levels.order_quantity == 0),
    ):
        rows = np.flatnonzero(moves & is_such)
        if len(rows):
            mine = Levels(levels.reorder_point[rows], levels.order_up_to[rows], levels.order_quantity[rows])
            found = performance(goods.at(rows), form, mine)
            value += float(goods.unit_cost[rows] @ found.mean_on_hand)
            lines += float(found.orders_per_day.sum())
    return value, lines


def _bound_to_expire(scenario: Scenario, goods: Goods, levels: Levels) -> Iterator[tuple[str, str]]:
    """Nobody orders up to more than can be sold before it expires, however lucky the days, and one case more."""
    days = goods.shelf_life_days + goods.lead_time_days + goods.longest_gap
    most: FloatArray = goods.mean * days + _SURELY_MORE * np.sqrt(goods.variance * days) + goods.case_units
    wrong = (goods.shelf_life_days > 0) & (levels.order_up_to > np.ceil(most))
    stores, skus = scenario.network.stores["store_id"], scenario.assortment.skus["sku_id"]
    for row in np.flatnonzero(wrong):
        rule = f"{levels.order_up_to[row]} units are more than can be sold before they expire"
        yield f"store {stores[goods.place[row]]}, SKU {skus[goods.sku[row]]}", rule


__all__ = ["PATH", "broken_limits"]
