"""Replenishment rules of the policy as arrays of levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.solving import PlanningError
from scenarios import (
    WEEKDAYS,
    BaseStock,
    Basis,
    CentreReplenishmentRule,
    DaysOfCover,
    DaysOfDemand,
    KnownOrders,
    LevelTable,
    MinMax,
    PeriodicReview,
    PlanPart,
    ReorderQuantity,
    ReplenishmentRule,
    Scenario,
    Scope,
    StockLevels,
    Units,
    VendorManaged,
)

ROUNDED_UP, ROUNDED_TO_NEAREST = 1, 2
_ROUNDING = {"none": 0, "up": ROUNDED_UP, "nearest": ROUNDED_TO_NEAREST}
IN_UNITS = -1.0

Rule = ReplenishmentRule | CentreReplenishmentRule
BoolArray = npt.NDArray[np.bool_]


def longest_review_gap_days(order_weekdays: Sequence[str]) -> int:
    """Days between one order day and the next, the longest such gap of the week."""
    days = sorted(WEEKDAYS.index(weekday) for weekday in set(order_weekdays))
    return max(
        (later - earlier - 1) % 7 + 1 for earlier, later in zip(days, [*days[1:], days[0]], strict=True)
    )


@dataclass
class _Draft:
    """Arrays while rules are written into them, one rule after the other."""

    levels: StockLevels
    parts: list[PlanPart]


def store_levels(scenario: Scenario) -> tuple[StockLevels, list[PlanPart]]:
    """Levels of all stores: (stores, SKUs) in the order of the scenario's tables.

    Raises:
        PlanningError: a store x SKU cell matches no rule.
    """
    stores, skus = scenario.network.stores, scenario.assortment.skus
    rules = scenario.policy.replenishment
    masks = [
        _member(stores["store_id"], rule.scope.stores)[:, None]
        & _member(stores["region"], rule.scope.regions)[:, None]
        & _sku_mask(rule.scope, scenario)[None, :]
        for rule in rules
    ]
    lead_time_days = np.broadcast_to(stores["lead_time_days"].astype(np.float64)[:, None], masks[0].shape)
    draft = _draft(rules, masks, lead_time_days, "policy.replenishment")
    for index, rule in enumerate(rules):
        if isinstance(rule.mode, LevelTable):
            _apply_table(index, rule.mode, draft.levels, stores["store_id"], skus["sku_id"])
    if (draft.levels.rule < 0).any():
        store, sku = (int(axis[0]) for axis in np.nonzero(draft.levels.rule < 0))
        raise PlanningError(
            f"no rule of policy.replenishment covers store {stores['store_id'][store]}, SKU {skus['sku_id'][sku]}"
        )
    return _frozen(draft.levels), draft.parts


def centre_levels(scenario: Scenario) -> tuple[StockLevels, list[PlanPart]]:
    """Levels of all distribution centres: (centres, SKUs) in the order of the scenario's tables.

    A rule in days of cover covers the mean lead time of the slowest supplier of the SKUs it applies to.

    Raises:
        PlanningError: an SKU matches no rule.
    """
    centres, skus = scenario.network.distribution_centres, scenario.assortment.skus
    rules = scenario.policy.dc_replenishment
    masks = [np.broadcast_to(_sku_mask(rule.scope, scenario), (len(centres), len(skus))) for rule in rules]
    mean_days = {supplier.id: supplier.lead_time_days.mean() for supplier in scenario.network.suppliers}
    default = scenario.network.suppliers[0].id
    of_sku = np.array([mean_days[supplier or default] for supplier in skus["supplier_id"]], np.float64)
    lead_time_days = np.broadcast_to(of_sku, (len(centres), len(skus)))
    draft = _draft(rules, masks, lead_time_days, "policy.dc_replenishment")
    if (draft.levels.rule < 0).any():
        sku = int(np.nonzero(draft.levels.rule < 0)[1][0])
        raise PlanningError(f"no rule of policy.dc_replenishment covers SKU {skus['sku_id'][sku]}")
    return _frozen(draft.levels), draft.parts


def _member(values: npt.NDArray[np.object_], wanted: tuple[str, ...]) -> BoolArray:
    if not wanted:
        return np.ones(len(values), dtype=np.bool_)
    chosen = frozenset(wanted)
    return np.fromiter((value in chosen for value in values), dtype=np.bool_, count=len(values))


def _sku_mask(scope: Scope, scenario: Scenario) -> BoolArray:
    skus = scenario.assortment.skus
    category = np.where(skus["category"] == "", skus["class_id"], skus["category"])
    return (
        _member(skus["class_id"], scope.classes)
        & _member(category, scope.categories)
        & _member(skus["sku_id"], scope.skus)
    )


def _draft(
    rules: Sequence[Rule], masks: Sequence[BoolArray], lead_time_days: npt.NDArray[np.float64], path: str
) -> _Draft:
    """Levels of all rules; masks and lead times are (places, SKUs)."""
    count, (places, skus) = len(rules), masks[0].shape
    levels = StockLevels(
        rule=np.full((places, skus), -1, np.int16),
        reorder_point_units=np.zeros((places, skus), np.int32),
        order_up_to_units=np.zeros((places, skus), np.int32),
        order_quantity_units=np.zeros((places, skus), np.int32),
        is_always_below=np.zeros(count, np.bool_),
        is_pushed=np.zeros(count, np.bool_),
        may_order=np.zeros((count, 7), np.bool_),
        rounding=np.zeros(count, np.int64),
        reorder_point_days=np.full((count, places), IN_UNITS),
        reorder_point_safety=np.zeros(count),
        order_up_to_days=np.full((count, places), IN_UNITS),
        order_up_to_safety=np.zeros(count),
        order_up_to_safety_days=np.zeros((count, places)),
        order_quantity_days=np.full(count, IN_UNITS),
        smoothing_weight=np.zeros(count),
        window_days=np.zeros(count, np.int64),
    )
    parts = []
    for index, (rule, mask) in enumerate(zip(rules, masks, strict=True)):
        cells = mask & (levels.rule < 0)
        levels.rule[cells] = index
        levels.rounding[index] = _ROUNDING[rule.case_rounding]
        levels.may_order[index] = [weekday in rule.order_weekdays for weekday in WEEKDAYS]
        if rule.forecaster.kind == "moving_average":
            levels.window_days[index] = rule.forecaster.days
        else:
            levels.smoothing_weight[index] = rule.forecaster.weight
        _write_mode(index, rule, cells, np.where(cells, lead_time_days, 0.0).max(axis=1, initial=0.0), levels)
        basis = Basis.RULE if levels.is_dynamic[index] else Basis.GIVEN
        parts.append(
            PlanPart(path=f"{path}[{index}]", kind=rule.mode.kind, basis=basis, cells=int(cells.sum()))
        )
    return _Draft(levels, parts)


def _write_mode(
    index: int, rule: Rule, cells: BoolArray, lead_time_days: npt.NDArray[np.float64], levels: StockLevels
) -> None:
    match rule.mode:
        case MinMax(reorder_point=reorder_point, order_up_to=order_up_to):
            _write_reorder_point(index, reorder_point, cells, levels)
            _write_order_up_to(index, order_up_to, cells, levels)
        case ReorderQuantity(reorder_point=reorder_point, order_quantity=quantity):
            _write_reorder_point(index, reorder_point, cells, levels)
            if isinstance(quantity, Units):
                levels.order_quantity_units[cells] = max(1, quantity.units)
            else:
                levels.order_quantity_units[cells] = 1
                levels.order_quantity_days[index] = quantity.days_of_demand
        case PeriodicReview(order_up_to=order_up_to) | BaseStock(order_up_to=order_up_to):
            levels.is_always_below[index] = True
            _write_order_up_to(index, order_up_to, cells, levels)
            levels.reorder_point_units[cells] = levels.order_up_to_units[cells] - 1
            if isinstance(rule.mode, BaseStock):
                levels.may_order[index] = True
        case (
            DaysOfCover(cover_days=cover_days, safety_factor=safety)
            | VendorManaged(cover_days=cover_days, safety_factor=safety)
        ):
            levels.is_always_below[index] = True
            levels.is_pushed[index] = isinstance(rule.mode, VendorManaged)
            protected = lead_time_days + longest_review_gap_days(rule.order_weekdays)
            levels.order_up_to_days[index] = protected + cover_days
            levels.order_up_to_safety[index] = safety
            levels.order_up_to_safety_days[index] = protected
        case LevelTable() | KnownOrders():
            # Never below: a cell that the table does not name orders nothing of its own accord.
            levels.reorder_point_units[cells] = np.iinfo(np.int32).min


def _write_reorder_point(
    index: int, level: Units | DaysOfDemand, cells: BoolArray, levels: StockLevels
) -> None:
    if isinstance(level, Units):
        levels.reorder_point_units[cells] = level.units
    else:
        levels.reorder_point_days[index] = level.days_of_demand
        levels.reorder_point_safety[index] = level.safety_factor


def _write_order_up_to(
    index: int, level: Units | DaysOfDemand, cells: BoolArray, levels: StockLevels
) -> None:
    if isinstance(level, Units):
        levels.order_up_to_units[cells] = level.units
    else:
        levels.order_up_to_days[index] = level.days_of_demand
        levels.order_up_to_safety[index] = level.safety_factor
        levels.order_up_to_safety_days[index] = level.days_of_demand


def _apply_table(
    index: int,
    mode: LevelTable,
    levels: StockLevels,
    store_ids: npt.NDArray[np.object_],
    sku_ids: npt.NDArray[np.object_],
) -> None:
    store_at = {store: place for place, store in enumerate(store_ids)}
    sku_at = {sku: place for place, sku in enumerate(sku_ids)}
    table = mode.levels
    store = np.fromiter((store_at[value] for value in table["store_id"]), np.int64, len(table))
    sku = np.fromiter((sku_at[value] for value in table["sku_id"]), np.int64, len(table))
    mine = levels.rule[store, sku] == index
    cells = (store[mine], sku[mine])
    levels.reorder_point_units[cells] = table["reorder_point_units"][mine]
    levels.order_up_to_units[cells] = table["order_up_to_units"][mine]
    levels.order_quantity_units[cells] = table["order_quantity_units"][mine]


def _frozen(levels: StockLevels) -> StockLevels:
    for array in vars(levels).values():
        array.setflags(write=False)
    return levels
