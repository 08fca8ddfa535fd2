"""Check of case rounding: that an empty place still asks for enough to become a case.

Below half a case, rounding to the nearest makes none of it, and where sales are lost nothing ever changes that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios.language.errors import Problem
from scenarios.language.level_checks import longest_gap_days
from scenarios.language.places import Places
from scenarios.language.policy import (
    BaseStock,
    CentreReplenishmentRule,
    DaysOfCover,
    ExponentialSmoothing,
    Forecaster,
    Level,
    LevelTable,
    MinMax,
    PeriodicReview,
    ReorderQuantity,
    ReplenishmentRule,
    Units,
    VendorManaged,
)
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Mask, Reach

FloatArray = npt.NDArray[np.float64]

_ROUNDING_ERROR = 1e-9
_HINT = "round `up`, or give these SKUs a smaller `case_pack`"


def store_rounding(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Stores that round to the nearest case ask for at least half a case once they are empty.

    A shelf stands empty for up to lead time and review gap, and forecasters who see sales forget demand
    meanwhile. Goods that are owed are left out: what is owed adds up until it makes a case. So are levels that are
    optimised: they are rounded up.
    """
    network, skus = scenario.network, scenario.assortment.skus
    lost = {item.id for item in scenario.assortment.classes if item.unmet_demand == "lost"}
    is_lost = np.array([name in lost for name in skus["class_id"]], dtype=bool)
    left, names = reach.listed.copy(), network.stores["store_id"].tolist()
    for entry in scenario.policy.optimised.stores:
        left &= ~np.logical_and.outer(reach.stores(entry.scope), reach.skus(entry.scope))
    for index, rule in enumerate(scenario.policy.replenishment):
        cells = np.logical_and.outer(reach.stores(rule.scope), reach.skus(rule.scope)) & left
        left &= ~cells
        if rule.case_rounding == "nearest":
            protected = network.stores["lead_time_days"][:, None] + longest_gap_days(rule.order_weekdays)
            share = _remembered_share(rule.forecaster, protected)
            expected = reach.mean_demand * (1.0 if scenario.policy.knowledge == "perfect" else share)
            most = _most_at_once(rule, expected, protected, reach)
            path = f"policy.replenishment[{index}]"
            yield from _stuck(
                path, most, cells & is_lost & (reach.mean_demand > 0), "store", names, places, reach
            )


def centre_rounding(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """The same for distribution centres, unless store orders wait there and add up.

    Their forecasters see what stores ask for, so they forget nothing when they run out.
    """
    network, skus = scenario.network, scenario.assortment.skus
    if scenario.policy.allocation.unfilled == "backorder":
        return
    names = [centre.id for centre in network.distribution_centres]
    fed_by = np.array([name or names[0] for name in network.stores["dc_id"]], dtype=object)
    demand = np.array([reach.mean_demand[fed_by == name].sum(axis=0) for name in names])
    mean_days = {supplier.id: supplier.lead_time_days.mean() for supplier in network.suppliers}
    default = network.suppliers[0].id
    lead_time_days = np.array([mean_days.get(name or default, 0.0) for name in skus["supplier_id"]])
    is_limited = np.array([centre.stock == "limited" for centre in network.distribution_centres])
    left = np.logical_and.outer(is_limited, reach.listed.any(axis=0))
    for entry in scenario.policy.optimised.centres:
        left &= ~reach.skus(entry.scope)
    for index, rule in enumerate(scenario.policy.dc_replenishment):
        cells = left & reach.skus(rule.scope)
        left &= ~cells
        if rule.case_rounding == "nearest":
            slowest = np.where(cells, lead_time_days, 0.0).max(axis=1, initial=0.0, keepdims=True)
            most = _most_at_once(rule, demand, slowest + longest_gap_days(rule.order_weekdays), reach)
            path = f"policy.dc_replenishment[{index}]"
            yield from _stuck(path, most, cells & (demand > 0), "distribution centre", names, places, reach)


def _remembered_share(forecaster: Forecaster, days: FloatArray) -> FloatArray:
    """What is left of a forecast after so many days without a sale, as a share."""
    if isinstance(forecaster, ExponentialSmoothing):
        return np.asarray((1.0 - forecaster.weight) ** days)
    return np.maximum(1.0 - days / forecaster.days, 0.0)


def _most_at_once(
    rule: ReplenishmentRule | CentreReplenishmentRule, demand: FloatArray, protected: FloatArray, reach: Reach
) -> FloatArray:
    """Units that a rule asks for when a place is empty, (places, SKUs); NaN when it never asks.

    Args:
        rule: a rule.
        demand: (places, SKUs) units per day that it expects.
        protected: (places, 1) days of lead time and longest review gap.
        reach: of the scenario.
    """
    match rule.mode:
        case MinMax(order_up_to=level) | PeriodicReview(order_up_to=level) | BaseStock(order_up_to=level):
            return _whole(_amount(level, demand))
        case ReorderQuantity(reorder_point=point, order_quantity=quantity):
            lot = np.maximum(1.0, _whole(_amount(quantity, demand)))
            return _lots(np.floor(_amount(point, demand) + _ROUNDING_ERROR), lot)
        case (
            DaysOfCover(cover_days=days, safety_factor=safety)
            | VendorManaged(cover_days=days, safety_factor=safety)
        ):
            return _whole(demand * (protected + days) + safety * np.sqrt(demand * protected))
        case LevelTable(levels=table):
            most = np.full(demand.shape, np.nan)
            store, sku = reach.cells(table["store_id"], table["sku_id"])
            known = (store >= 0) & (sku >= 0)
            up_to, lot = table["order_up_to_units"], table["order_quantity_units"]
            asked = np.where(lot > 0, _lots(table["reorder_point_units"], np.maximum(1, lot)), up_to)
            most[store[known], sku[known]] = asked[known]
            return most
        case _:
            return np.full(demand.shape, np.nan)


def _amount(level: Level, demand: FloatArray) -> FloatArray:
    """A level before it is rounded to whole units, (places, SKUs)."""
    if isinstance(level, Units):
        return np.full(demand.shape, float(level.units))
    days = level.days_of_demand
    return demand * days + level.safety_factor * np.sqrt(demand * days)


def _whole(units: FloatArray) -> FloatArray:
    """Rounded up, as levels are; what is whole but for the error of floating point stays."""
    return np.ceil(units - _ROUNDING_ERROR)


def _lots(reorder_point: npt.NDArray[Any], lot: npt.NDArray[Any]) -> FloatArray:
    """Whole lots that lift an empty place above its reorder point; NaN when that lies below zero."""
    return np.where(reorder_point >= 0, (reorder_point // lot + 1.0) * lot, np.nan)


def _stuck(
    path: str, most: FloatArray, cells: Mask, noun: str, names: list[str], places: Places, reach: Reach
) -> Iterator[Problem]:
    """A warning when some cells of a rule ask for less than half a case when empty."""
    skus = reach.scenario.assortment.skus
    pack = skus["case_pack"]
    stuck = cells & (2 * most < pack)
    if not bool(stuck.any()):
        return
    place, sku = (int(axis[0]) for axis in np.nonzero(stuck))
    asked, held = most[place, sku], pack[sku]
    example = f"{noun} {names[place]}, SKU {skus['sku_id'][sku]}: {asked:g} units of a case of {held}"
    rule = (
        f"{int(stuck.sum()):,} cells can order nothing for ever: once empty they ask for less than half a case,"
        f" e.g. {example}"
    )
    yield places.problem("W601", f"{path}.case_rounding", rule, "nearest", _HINT)


CHECKS = (store_rounding, centre_rounding)
