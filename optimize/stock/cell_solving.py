"""Levels of single cells, entry by entry of the policy, and how it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from optimize.outlook import Outlook
from optimize.solving import Progress
from optimize.stock.cell_checks import MOST_UNITS
from optimize.stock.cells import FloatArray, Form, IntArray, Levels, Performance, TargetMeasure
from optimize.stock.classes import classes, target_shares
from optimize.stock.goods import BoolArray, Goods
from optimize.stock.promising import ages_untold, centre_promises, exact, performance, store_promises
from optimize.stock.single_place import for_target, least_cost
from scenarios import (
    OptimisedStock,
    Promise,
    Scenario,
    ServiceTarget,
    SolveReport,
    SolveStatus,
    Unserved,
)

FORMS = {
    "min_max": Form.MIN_MAX,
    "reorder_quantity": Form.REORDER_QUANTITY,
    "periodic_review": Form.PERIODIC_REVIEW,
    "base_stock": Form.PERIODIC_REVIEW,
}
"""A base stock is a level at every review of the calendar, which stays as the rule says."""

_NOT_KEPT = -1


@dataclass
class Solution:
    """Levels of cells while entries of the policy are solved one after the other; arrays are (cells,).

    Attributes:
        entry: number of the entry that decides a cell; -1 where the rule does.
        point: reorder points, -1 where nothing is kept.
        up_to: levels, 0 where a lot is ordered.
        lot: fixed lots.
    """

    goods: Goods
    names: Sequence[str]
    """Of the places."""
    sku_names: Sequence[str]
    place: str
    """What a place is, for messages."""

    refused: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """Reason and relaxation -> cells left to their rules."""

    def __post_init__(self) -> None:
        size = self.goods.size
        self.entry: IntArray = np.full(size, -1, np.int64)
        self.point: IntArray = np.full(size, _NOT_KEPT, np.int64)
        self.up_to: IntArray = np.zeros(size, np.int64)
        self.lot: IntArray = np.zeros(size, np.int64)

    def refuse(self, rows: BoolArray, reason: str, relaxation: str = "") -> None:
        """Leave cells to their rules, and say why."""
        if rows.any():
            self.entry[rows] = -1
            self.refused.setdefault((reason, relaxation), []).extend(np.flatnonzero(rows).tolist())

    def unserved(self) -> tuple[Unserved, ...]:
        """What could not be done as asked, alike cells together."""
        return tuple(
            Unserved(item=self._named(rows), reason=f"{reason}: left to the rule", relaxation=relaxation)
            for (reason, relaxation), rows in self.refused.items()
        )

    def write(self, rows: IntArray, levels: Levels) -> None:
        """Decide some cells."""
        self.point[rows], self.up_to[rows] = levels.reorder_point, levels.order_up_to
        self.lot[rows] = levels.order_quantity

    def columns(self, rows: IntArray) -> dict[str, IntArray]:
        """The same as columns of a table."""
        return {
            "reorder_point_units": self.point[rows],
            "order_up_to_units": self.up_to[rows],
            "order_quantity_units": self.lot[rows],
        }

    def _named(self, rows: list[int]) -> str:
        first = rows[0]
        cell = (
            f"{self.place} {self.names[self.goods.place[first]]}, SKU {self.sku_names[self.goods.sku[first]]}"
        )
        return cell if len(rows) == 1 else f"{len(rows):,} cells, e.g. {cell}"

    def levels(self, rows: IntArray) -> Levels:
        """Levels of some cells."""
        return Levels(self.point[rows], self.up_to[rows], self.lot[rows])


def kinds(entries: Sequence[OptimisedStock]) -> str:
    """Review rules of entries, each once."""
    return ", ".join(dict.fromkeys(entry.form for entry in entries))


def solve(
    solution: Solution,
    entries: Sequence[OptimisedStock],
    scenario: Scenario,
    outlook: Outlook,
    progress: Progress,
) -> None:
    """Levels of all cells, entry by entry; cells that no solver can work with are left to their rules."""
    goods = solution.goods
    with_demand = goods.mean > 0
    solution.refuse(
        (solution.entry >= 0) & with_demand & (goods.holding_cost <= 0),
        "stock costs nothing, so that none would be too much",
        "a rate under `costs.holding`",
    )
    flow = goods.mean * (goods.lead_time_days + goods.longest_gap) / goods.grain
    solution.refuse(
        (solution.entry >= 0) & ((flow > MOST_UNITS) | (goods.case_units > MOST_UNITS)),
        f"more than {MOST_UNITS:,} units between order and delivery",
        "count in larger units",
    )
    for index, entry in enumerate(entries):
        weight = shortage_cost_of(entry, goods)
        if entry.target is None:
            solution.refuse(
                (solution.entry == index) & with_demand & (weight <= 0),
                "a missing unit costs nothing",
                "`target`, or `shortage_cost_per_unit`",
            )
        for lost in (False, True):
            rows = np.flatnonzero((solution.entry == index) & with_demand & (goods.is_lost == lost))
            if len(rows):
                alike = replace(goods, shortage_cost=weight).at(rows)
                solution.write(rows, levels_of(alike, entry, scenario, outlook, progress))


def shortage_cost_of(entry: OptimisedStock, goods: Goods) -> FloatArray:
    """(n,) what a missing unit weighs under an entry; nothing where a target says how often that may be."""
    if entry.target is not None:
        return np.zeros(goods.size)
    if entry.shortage_cost_per_unit is not None:
        return np.full(goods.size, entry.shortage_cost_per_unit)
    return goods.shortage_cost


def levels_of(
    goods: Goods, entry: OptimisedStock, scenario: Scenario, outlook: Outlook, progress: Progress
) -> Levels:
    """Best levels of goods that all lose unmet demand, or all owe it.

    Args:
        goods: cells, with what a missing unit weighs.
        entry: of the policy.
        scenario: prices, for classes.
        outlook: expected demand, for classes.
        progress: told how many cells are done.
    """
    cells, form = goods.cells(goods.longest_gap), FORMS[entry.form]
    if entry.target is None:
        found = least_cost(cells, form, progress)
    else:
        measure = TargetMeasure(entry.target.measure)
        share = shares(entry.target, goods.sku, scenario, outlook)
        found = for_target(cells, form, measure, share, progress)
    # Backorders may be so cheap that a level lies below zero; a file and a store know none such.
    point, grain = np.maximum(found.reorder_point, _NOT_KEPT), goods.grain
    in_units = np.where(point > 0, point * grain, point)
    if form is Form.REORDER_QUANTITY:
        return Levels(in_units, np.zeros_like(point), found.order_quantity * grain)
    return Levels(in_units, np.maximum(found.order_up_to, point + 1) * grain, np.zeros_like(point))


def shares(target: ServiceTarget, sku: IntArray, scenario: Scenario, outlook: Outlook) -> FloatArray:
    """Service level wanted for each cell: that of its SKU's class where there is one, else that of all.

    Classes are those of the whole network: A, B, C by demand at price, X, Y, Z by its coefficient of variation.

    Args:
        target: what is wanted.
        sku: (n,) SKUs of the cells.
        scenario: prices.
        outlook: expected demand.
    """
    if not target.share_by_class:
        return np.full(len(sku), target.share)
    mean = outlook.demand_per_day.sum(axis=0)
    deviation = np.sqrt(outlook.demand_variance_per_day.sum(axis=0))
    variation = np.divide(deviation, mean, out=np.full_like(mean, np.inf), where=mean > 0)
    of_sku = target_shares(target, classes(mean * scenario.assortment.skus["price"], variation))
    return of_sku[sku]


def conclude(
    solution: Solution,
    entries: Sequence[OptimisedStock],
    scenario: Scenario,
    outlook: Outlook,
    *,
    is_whole: bool,
) -> tuple[SolveReport, tuple[Promise, ...]]:
    """How it went, and what all levels together promise.

    Levels are worked out for demand with its seasons and shocks. The promise is about the steady world that its
    premises describe.

    Args:
        solution: levels of all cells.
        entries: of the policy.
        scenario: facts and policy.
        outlook: expected demand.
        is_whole: every cell with demand is decided; else nothing is promised, as KPIs are about all of them.
    """
    rows = np.flatnonzero((solution.entry >= 0) & (solution.goods.mean > 0))
    goods = solution.goods.at(rows)
    is_exact = exact(goods)
    cost = float(_performance(goods, solution, rows, entries).cost_per_day.sum())
    status = SolveStatus.OPTIMAL if is_exact else SolveStatus.FEASIBLE
    if solution.refused and not len(rows):
        status = SolveStatus.INFEASIBLE
    how = Counter("target" if entry.target else "least cost" for entry in entries)
    report = SolveReport(
        solver=f"levels of single cells, {' and '.join(how)}",
        status=status,
        objective=cost,
        bound=cost if is_exact else None,
        unit="money per day",
        items=len(rows),
        unserved=solution.unserved(),
    )
    if not is_whole or not len(rows):
        return report, ()
    steady = goods.without_ageing().steady() if ages_untold(scenario) else goods.steady()
    found = _performance(steady, solution, rows, entries)
    if solution.place == "store":
        method = "exact" if exact(steady) else "approximate with lost sales or perishables"
        return report, store_promises(scenario, outlook, steady, found, f"cell by cell, {method}")
    return report, centre_promises(scenario, outlook, found, "cell by cell, orders of stores approximated")


def _performance(
    goods: Goods, solution: Solution, rows: IntArray, entries: Sequence[OptimisedStock]
) -> Performance:
    """What levels of some cells lead to, each under the review rule and the weights of its entry."""
    found = np.zeros((len(fields(Performance)), goods.size))
    for index, entry in enumerate(entries):
        mine = np.flatnonzero(solution.entry[rows] == index)
        if len(mine):
            weighed = replace(goods, shortage_cost=shortage_cost_of(entry, goods)).at(mine)
            reached = performance(weighed, FORMS[entry.form], solution.levels(rows[mine]))
            found[:, mine] = np.stack([getattr(reached, each.name) for each in fields(reached)])
    return Performance(*found)


__all__ = ["FORMS", "Solution", "conclude", "kinds", "levels_of", "shares", "shortage_cost_of", "solve"]
