"""A plan's levels as the arrays that the order kernels work on, on the axes of the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import DaysOfDemand, EmergencyOrders, StockLevels, Units
from sim.axes import MINOR_UNITS, Axes, IntArray, frozen, scope_mask
from sim.kernels.layout import EmergencyRules, Forecasters, OrderLines, OrderRules
from sim.market import ExpectedDemand

_IN_UNITS = -1.0
_LEAST_OUTLOOK_DAYS = 7


def build_rules(
    levels: StockLevels,
    axes: Axes,
    *,
    minimum_units: int = 0,
    minimum_value: float = 0.0,
    is_perfect: bool = False,
) -> OrderRules:
    """Levels on the world's axes; the order kernels write dynamic levels into them.

    Args:
        levels: (places, SKUs) in the order of the scenario's tables.
        axes: order of SKUs in the world.
        minimum_units: least units of an order.
        minimum_value: least value of an order, money.
        is_perfect: forecasters know the true mean demand of the coming days.
    """
    places, skus = levels.rule.shape

    def own(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.ascontiguousarray(array[:, axes.sku_order])

    rule = own(levels.rule)
    return OrderRules(
        rule=rule,
        run_stop=run_stops(np.where(rule >= 0, _alike(levels)[rule], rule)),
        reorder_point=own(levels.reorder_point_units),
        order_up_to=own(levels.order_up_to_units),
        order_quantity=own(levels.order_quantity_units),
        is_dynamic=_read_only(levels.is_dynamic),
        is_always_below=_read_only(levels.is_always_below),
        is_pushed=_read_only(levels.is_pushed),
        may_order=_read_only(levels.may_order),
        rounding=_read_only(levels.rounding),
        reorder_point_days=_read_only(levels.reorder_point_days),
        reorder_point_safety=_read_only(levels.reorder_point_safety),
        order_up_to_days=_read_only(levels.order_up_to_days),
        order_up_to_safety=_read_only(levels.order_up_to_safety),
        order_up_to_safety_days=_read_only(levels.order_up_to_safety_days),
        order_quantity_days=_read_only(levels.order_quantity_days),
        minimum_units=minimum_units,
        minimum_value=round(minimum_value * MINOR_UNITS),
        expected_rate=np.zeros((len(levels.is_dynamic), places, skus) if is_perfect else (0, 0, 0)),
    )


def look_ahead(
    rules: OrderRules, demand: ExpectedDemand, day: int, centre_of_store: IntArray | None = None
) -> None:
    """Fill in the true mean demand over the days after one that a rule covers at each place, a week at least.

    Args:
        rules: those of stores or of centres; what they expect is changed.
        demand: of the stores.
        day: day that ends.
        centre_of_store: (stores,) who feeds them, when the rules are those of centres.
    """
    for rule, rate in enumerate(rules.expected_rate):
        covered = np.maximum(rules.order_up_to_days[rule], rules.reorder_point_days[rule])
        outlook_days = np.ceil(np.maximum(covered, _LEAST_OUTLOOK_DAYS)).astype(np.int64)
        for days in np.unique(outlook_days).tolist():
            expected = demand.units(day + 1, day + 1 + days) / days
            if centre_of_store is not None:
                per_store, expected = expected, np.zeros_like(rate)
                np.add.at(expected, centre_of_store, per_store)
            rate[outlook_days == days] = expected[outlook_days == days]


def build_emergency_rules(rules: Sequence[EmergencyOrders], axes: Axes) -> EmergencyRules:
    """Emergency orders on the world's axes; the first rule whose scope matches a cell applies."""
    rule_of_cell = np.full((axes.stores, axes.skus) if rules else (0, 0), -1, np.int16)
    for index, rule in enumerate(rules):
        rule_of_cell[scope_mask(rule.scope, axes) & (rule_of_cell < 0)] = index
    triggers, covers = [rule.trigger for rule in rules], [rule.cover for rule in rules]
    return EmergencyRules(
        rule=rule_of_cell,
        lead_time_days=np.array([rule.lead_time_days for rule in rules], np.int64),
        trigger_units=_units(triggers),
        trigger_days=_days(triggers),
        trigger_safety=_safety(triggers),
        cover_units=_units(covers),
        cover_days=_days(covers),
        cover_safety=_safety(covers),
    )


def build_forecasters(levels: StockLevels, axes: Axes, *, is_needed: bool) -> Forecasters:
    """Which forecaster watches which cell; nothing is watched when no level follows a forecast."""
    places, skus = levels.rule.shape
    if not is_needed:
        nothing = np.zeros((1, 1), np.int16)
        return Forecasters(
            nothing - 1,
            np.ones((1, 1), np.int32),
            frozen(np.zeros(1)),
            frozen(np.zeros(1, np.int64)),
            np.zeros((1, 1, 1), np.int32),
            np.zeros((1, 1), np.int64),
        )
    longest = int(levels.window_days.max())
    shape = (places, skus) if longest else (1, 1)
    rule = np.ascontiguousarray(levels.rule[:, axes.sku_order])
    return Forecasters(
        rule=rule,
        run_stop=run_stops(rule),
        weight=_read_only(levels.smoothing_weight),
        window_days=_read_only(levels.window_days),
        history=np.zeros((*shape, max(1, longest)), np.int32),
        total=np.zeros(shape, np.int64),
    )


def empty_lines(capacity: int) -> tuple[npt.NDArray[np.int64], OrderLines]:
    """Room for the lines of one review: (columns, capacity), and the columns by name."""
    block = np.empty((len(OrderLines._fields), capacity), np.int64)
    return block, OrderLines(*block)


def run_stops(rule: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
    """(places, SKUs) where the run of equal rules that starts at a cell ends; see `OrderRules`."""
    places, skus = rule.shape
    stops = np.full((places, skus), skus, np.int32)
    for sku in range(skus - 2, -1, -1):
        stops[:, sku] = np.where(rule[:, sku] == rule[:, sku + 1], stops[:, sku + 1], sku + 1)
    return stops


def _alike(levels: StockLevels) -> npt.NDArray[np.int16]:
    """(rules,) the first rule that is reviewed in the same way: with a rule per SKU, most are."""
    alike = np.arange(len(levels.is_dynamic), dtype=np.int16)
    first: dict[tuple[object, ...], int] = {}
    for rule in np.flatnonzero(~levels.is_dynamic):
        manner = (*levels.may_order[rule].tolist(), int(levels.rounding[rule]), bool(levels.is_pushed[rule]))
        alike[rule] = first.setdefault(manner, int(rule))
    return alike


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A read-only view. Arrays that come out of a pickle can be written, and kernels are compiled once per kind."""
    return frozen(array.view())


def _units(levels: Sequence[Units | DaysOfDemand]) -> npt.NDArray[np.int64]:
    return np.array([level.units if isinstance(level, Units) else 0 for level in levels], np.int64)


def _days(levels: Sequence[Units | DaysOfDemand]) -> npt.NDArray[np.float64]:
    return np.array(
        [level.days_of_demand if isinstance(level, DaysOfDemand) else _IN_UNITS for level in levels]
    )


def _safety(levels: Sequence[Units | DaysOfDemand]) -> npt.NDArray[np.float64]:
    return np.array([level.safety_factor if isinstance(level, DaysOfDemand) else 0.0 for level in levels])
