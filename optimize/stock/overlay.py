"""Levels worked out cell by cell, laid over those of the policy's rules."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.stock.levels import IN_UNITS, ROUNDED_TO_NEAREST, ROUNDED_UP
from scenarios import CentreLevelRow, Columns, LevelRow, PlanPart, Scenario, StockLevels

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CellLevels:
    """Levels of single cells; arrays are (cells,), positions those of the scenario's tables."""

    place: IntArray
    sku: IntArray
    reorder_point_units: IntArray
    order_up_to_units: IntArray
    order_quantity_units: IntArray


def of_stores(table: Columns[LevelRow], scenario: Scenario) -> CellLevels:
    """Levels of stores by position."""
    return _by_position(table, "store_id", scenario.network.stores["store_id"], scenario)


def of_centres(table: Columns[CentreLevelRow], scenario: Scenario) -> CellLevels:
    """Levels of distribution centres by position."""
    ids = np.array([centre.id for centre in scenario.network.distribution_centres], dtype=object)
    return _by_position(table, "dc_id", ids, scenario)


def _by_position(
    table: Columns[Any], place_column: str, place_ids: npt.NDArray[np.object_], scenario: Scenario
) -> CellLevels:
    place_at = {name: position for position, name in enumerate(place_ids)}
    sku_at = {name: position for position, name in enumerate(scenario.assortment.skus["sku_id"])}
    return CellLevels(
        place=np.fromiter((place_at[name] for name in table[place_column]), np.int64, len(table)),
        sku=np.fromiter((sku_at[name] for name in table["sku_id"]), np.int64, len(table)),
        reorder_point_units=table["reorder_point_units"],
        order_up_to_units=table["order_up_to_units"],
        order_quantity_units=table["order_quantity_units"],
    )


def overlaid(levels: StockLevels, cells: CellLevels) -> StockLevels:
    """Levels of rules with those of single cells laid over them.

    Each rule that loses cells is copied: its calendar goes on, and so do whole cases where it orders them, rounded up
    because the levels were worked out so; its levels are now numbers of units, worked out beforehand, and the place
    reviews them itself. Cells keep the order of the rules they came from, so the result
    does not depend on the order of the table.

    Args:
        levels: of the policy's rules; left as they are.
        cells: single cells, each at most once.
    """
    if not len(cells.place):
        return levels
    at = (cells.place, cells.sku)
    covered = levels.rule[at]
    copied = np.unique(covered)
    rule = levels.rule.copy()
    rule[at] = len(levels.rounding) + np.searchsorted(copied, covered)
    grown: dict[str, Any] = {"rule": rule}
    for name in ("reorder_point_units", "order_up_to_units", "order_quantity_units"):
        grown[name] = getattr(levels, name).copy()
        grown[name][at] = getattr(cells, name)
    for entry in fields(levels):
        if entry.name not in grown:
            array = getattr(levels, entry.name)
            grown[entry.name] = np.concatenate([array, array[copied]])
    rows = slice(len(levels.rounding), None)
    for name in ("is_always_below", "is_pushed"):
        grown[name][rows] = False
    for name in ("reorder_point_days", "order_up_to_days", "order_quantity_days"):
        grown[name][rows] = IN_UNITS
    for name in ("reorder_point_safety", "order_up_to_safety", "order_up_to_safety_days"):
        grown[name][rows] = 0.0
    added = grown["rounding"][rows]
    grown["rounding"][rows] = np.where(added == ROUNDED_TO_NEAREST, ROUNDED_UP, added)
    for array in grown.values():
        array.setflags(write=False)
    return replace(levels, **grown)


def recounted(parts: list[PlanPart], levels: StockLevels) -> list[PlanPart]:
    """Parts of the policy's rules with the cells that they still decide; those without any are left out.

    Args:
        parts: one per rule, in the order of the rules.
        levels: after others were laid over them.
    """
    cells = np.bincount(levels.rule[levels.rule >= 0].ravel(), minlength=len(parts))
    return [
        part if part.cells == count else part.model_copy(update={"cells": int(count)})
        for part, count in zip(parts, cells, strict=False)
        if count or not part.cells
    ]


__all__ = ["CellLevels", "of_centres", "of_stores", "overlaid", "recounted"]
