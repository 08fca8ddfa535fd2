"""Checks of replenishment levels: that an order can ever be placed, and means something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scenarios.language.base import Model
from scenarios.language.errors import Problem
from scenarios.language.network import WEEKDAYS
from scenarios.language.places import Places
from scenarios.language.policy import (
    BaseStock,
    DaysOfCover,
    DaysOfDemand,
    Level,
    LevelTable,
    MinMax,
    PeriodicReview,
    ReorderQuantity,
    Units,
    VendorManaged,
)
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach


def levels(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Order-up-to levels lie above reorder points, lot sizes are at least one unit."""
    del reach
    for block in ("replenishment", "dc_replenishment"):
        for index, rule in enumerate(getattr(scenario.policy, block)):
            path = f"policy.{block}[{index}].mode"
            mode = rule.mode
            if isinstance(mode, MinMax):
                yield from _above(
                    mode.reorder_point, mode.order_up_to, f"{path}.order_up_to", places, "reorder_point"
                )
            elif isinstance(mode, ReorderQuantity):
                if _amount(mode.order_quantity) <= 0:
                    yield places.problem(
                        "E508", f"{path}.order_quantity", "a lot must hold at least one unit"
                    )
            elif isinstance(mode, PeriodicReview | BaseStock) and _amount(mode.order_up_to) < 0:
                yield places.problem("E508", f"{path}.order_up_to", "must not be negative")
            elif isinstance(mode, LevelTable):
                yield from _table(mode, f"{path}.levels", places)
    for index, emergency in enumerate(scenario.policy.emergency_orders):
        path = f"policy.emergency_orders[{index}].cover"
        yield from _above(emergency.trigger, emergency.cover, path, places, "trigger")


def follows_forecast(mode: Model) -> bool:
    """Whether some level of a mode of replenishment is worked out from a forecast."""
    return isinstance(mode, DaysOfCover | VendorManaged) or any(
        isinstance(getattr(mode, name), DaysOfDemand) for name in type(mode).model_fields
    )


def _amount(level: Level) -> float:
    return level.units if isinstance(level, Units) else level.days_of_demand + level.safety_factor


def _above(low: Level, high: Level, path: str, places: Places, name: str) -> Iterator[Problem]:
    """`high` exceeds `low`, when both are counted alike."""
    if isinstance(low, Units) and isinstance(high, Units) and high.units <= low.units:
        yield places.problem(
            "E508", path, f"must be above `{name}`, {low.units} units", f"{high.units} units"
        )
    if (
        isinstance(low, DaysOfDemand)
        and isinstance(high, DaysOfDemand)
        and high.days_of_demand <= low.days_of_demand
        and high.safety_factor <= low.safety_factor
    ):
        rule = f"must be above `{name}`, {low.days_of_demand:g} days of demand"
        yield places.problem("E508", path, rule, f"{high.days_of_demand:g} days")


def _table(mode: LevelTable, path: str, places: Places) -> Iterator[Problem]:
    table = mode.levels
    up_to, lot, point = (
        table["order_up_to_units"],
        table["order_quantity_units"],
        table["reorder_point_units"],
    )
    unclear = (up_to > 0) == (lot > 0)
    rule = "needs either `order_up_to_units` or `order_quantity_units`, the other zero"
    yield from places.rows("E511", path, table, unclear, "order_up_to_units", rule)
    low = ~unclear & (up_to > 0) & (up_to <= point)
    yield from places.rows("E508", path, table, low, "order_up_to_units", "must be above the reorder point")


def minimum_order(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """A store can reach the minimum order: else it never orders."""
    minimum, skus = scenario.policy.minimum_order, scenario.assortment.skus
    if minimum.units == 0 and minimum.value == 0:
        return
    most = np.full(reach.listed.shape, np.nan)
    left = reach.listed.copy()
    for rule in scenario.policy.replenishment:
        matched = np.logical_and.outer(reach.stores(rule.scope), reach.skus(rule.scope)) & left
        left &= ~matched
        if isinstance(rule.mode, MinMax | PeriodicReview | BaseStock) and isinstance(
            rule.mode.order_up_to, Units
        ):
            pack = skus["case_pack"] if rule.case_rounding != "none" else 1
            most[matched] = np.broadcast_to(rule.mode.order_up_to.units + pack - 1, most.shape)[matched]
    most[~reach.listed] = 0.0
    units, value = most.sum(axis=1), most @ skus["purchase_cost"]
    short = (units < minimum.units) | (value < minimum.value)
    if bool(short.any()):
        store = scenario.network.stores["store_id"][int(np.flatnonzero(short)[0])]
        rule_text = f"{int(short.sum())} stores can never order that much, e.g. {store}"
        path = "policy.minimum_order." + ("units" if bool((units < minimum.units).any()) else "value")
        yield places.problem("E508", path, rule_text, hint="lower it, or raise the order-up-to levels")


def longest_gap_days(order_weekdays: Sequence[str]) -> int:
    """Days between one order day and the next, the longest such gap of the week."""
    days = sorted({WEEKDAYS.index(day) for day in order_weekdays})
    return max(later - day for day, later in zip(days, [*days[1:], days[0] + 7], strict=True))


def reviews(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Perishables are reviewed more often than they expire."""
    life = scenario.assortment.skus["shelf_life_days"]
    left = reach.listed.copy()
    for index, rule in enumerate(scenario.policy.replenishment):
        matched = np.logical_and.outer(reach.stores(rule.scope), reach.skus(rule.scope)) & left
        left &= ~matched
        gap = longest_gap_days(rule.order_weekdays)
        brief = matched.any(axis=0) & (life > 0) & (life < gap)
        if bool(brief.any()):
            sku = scenario.assortment.skus["sku_id"][int(np.flatnonzero(brief)[0])]
            text = f"{int(brief.sum())} SKUs live shorter than the longest gap of {gap} days, e.g. {sku}"
            yield places.problem("W601", f"policy.replenishment[{index}].order_weekdays", text)


CHECKS = (levels, minimum_order, reviews)
