"""Levels of all stores chosen together, so that they keep the shared limits of the policy.

Every cell gets a handful of candidate levels, the best ones under other weights than the true ones: a missing unit
that weighs less takes less stock, an order line that weighs more takes fewer and larger orders. Each candidate is
valued at the true weights, and one per cell is chosen by `choose_together`. Cells with a service target have candidates
that reach it only. The optimum is one among the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from optimize.outlook import Outlook
from optimize.solving import Progress
from optimize.stock.cell_solving import FORMS, Solution, levels_of, shortage_cost_of
from optimize.stock.cells import FloatArray, IntArray, Levels, Performance
from optimize.stock.goods import Goods
from optimize.stock.promising import performance
from optimize.stock.together import TogetherResult, choose_together
from scenarios import OptimisedStock, Scenario, SolveReport

_SHORTAGE_WEIGHTS = (1.0, 0.5, 0.25, 0.1, 0.03)
_ORDER_WEIGHTS = (1.0, 4.0, 16.0)
_LEAST_ORDER_COST_DAYS = 1.0
"""Where order lines are free, a weight on them counts from the cost of holding a day's demand for a day."""


@dataclass(frozen=True, eq=False)
class _Candidates:
    """(cells, candidates) each."""

    point: IntArray
    up_to: IntArray
    lot: IntArray
    cost: FloatArray
    value: FloatArray
    litres: FloatArray
    lines: FloatArray


def within_limits(
    scenario: Scenario,
    outlook: Outlook,
    solution: Solution,
    entries: Sequence[OptimisedStock],
    progress: Progress,
) -> TogetherResult:
    """Choose levels of all decided cells within `policy.optimised.limits`, in place of those chosen one by one.

    Cells that the policy's rules decide count towards no limit.

    Args:
        scenario: limits, volumes, the seed of the search.
        outlook: expected demand.
        solution: levels of single cells; replaced.
        entries: of the policy.
        progress: told how far the search is.
    """
    limits, stores = scenario.policy.optimised.limits, scenario.network.stores
    rows = np.flatnonzero((solution.entry >= 0) & (solution.goods.mean > 0))
    weights = list(product(_SHORTAGE_WEIGHTS, _ORDER_WEIGHTS if limits.lines_per_day else _ORDER_WEIGHTS[:1]))
    found = _candidates(scenario, outlook, solution, rows, entries, weights, progress)
    shelf = limits.shelf_litres_per_store
    result = choose_together(
        found.cost,
        found.value,
        found.litres,
        found.lines,
        solution.goods.place[rows],
        budget=limits.budget,
        shelf_litres=None if shelf is None else np.full(len(stores), shelf),
        lines_limit=limits.lines_per_day,
        seed=scenario.policy.optimised.seed,
        progress=progress,
    )
    at = (np.arange(len(rows)), result.choice)
    solution.write(rows, Levels(found.point[at], found.up_to[at], found.lot[at]))
    return result


def _candidates(
    scenario: Scenario,
    outlook: Outlook,
    solution: Solution,
    rows: IntArray,
    entries: Sequence[OptimisedStock],
    weights: Sequence[tuple[float, float]],
    progress: Progress,
) -> _Candidates:
    shape = (len(rows), len(weights))
    litres = scenario.assortment.skus["volume_litres"][solution.goods.sku[rows]]
    point, up_to, lot = (np.zeros(shape, np.int64) for _ in range(3))
    value, taken, lines = (np.zeros(shape) for _ in range(3))
    made = _Candidates(point, up_to, lot, np.full(shape, np.inf), value, taken, lines)
    for index, entry in enumerate(entries):
        for is_lost in (False, True):
            mine = np.flatnonzero((solution.entry[rows] == index) & (solution.goods.is_lost[rows] == is_lost))
            if not len(mine):
                continue
            every = solution.goods
            goods = replace(every, shortage_cost=shortage_cost_of(entry, every)).at(rows[mine])
            for column, (of_shortage, of_orders) in enumerate(weights):
                if entry.target is not None and of_shortage < 1:
                    continue
                progress("candidates", column, len(weights))
                levels = levels_of(
                    _weighed(goods, of_shortage, of_orders), entry, scenario, outlook, progress
                )
                _note(
                    made, mine, column, levels, goods, performance(goods, FORMS[entry.form], levels), litres
                )
    return made


def _weighed(goods: Goods, of_shortage: float, of_orders: float) -> Goods:
    """Goods whose missing units and order lines weigh otherwise."""
    order_cost = goods.order_cost
    if of_orders > 1:
        order_cost = of_orders * np.maximum(
            order_cost, _LEAST_ORDER_COST_DAYS * goods.holding_cost * goods.mean
        )
    return replace(goods, shortage_cost=of_shortage * goods.shortage_cost, order_cost=order_cost)


def _note(
    made: _Candidates,
    mine: IntArray,
    column: int,
    levels: Levels,
    goods: Goods,
    reached: Performance,
    litres: FloatArray,
) -> None:
    """Write one candidate of some cells into the table, at its true cost."""
    made.point[mine, column] = levels.reorder_point
    made.up_to[mine, column] = levels.order_up_to
    made.lot[mine, column] = levels.order_quantity
    made.cost[mine, column] = reached.cost_per_day
    made.value[mine, column] = goods.unit_cost * reached.mean_on_hand
    made.litres[mine, column] = litres[mine] * most_on_hand(levels)
    made.lines[mine, column] = reached.orders_per_day


def most_on_hand(levels: Levels) -> IntArray:
    """(n,) largest stock on hand that levels allow, case rounding aside."""
    most: IntArray = np.where(
        levels.order_quantity > 0, levels.reorder_point + levels.order_quantity, levels.order_up_to
    )
    return np.maximum(most, 0)


def with_limits(report: SolveReport, result: TogetherResult) -> SolveReport:
    """The report of single cells, with how choosing them together went."""
    together = result.report
    return report.model_copy(
        update={
            "solver": f"{report.solver}; {together.solver}",
            "status": together.status,
            "bound": together.bound,
            "seed": together.seed,
            "work_limit": together.work_limit,
            "fallbacks": together.fallbacks,
            "unserved": (*together.unserved, *report.unserved),
            "shadow_prices": together.shadow_prices,
        }
    )


__all__ = ["most_on_hand", "with_limits", "within_limits"]
