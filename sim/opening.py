"""The first morning: stock, lots, goods under way, backorders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.axes import Axes, positions

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Opening:
    """Units at the start, on the axes of the world."""

    store_units: IntArray
    """(stores, SKUs)."""
    lots: tuple[IntArray, IntArray, IntArray, IntArray]
    """Store, SKU, age in days, units: lots of SKUs with a shelf life."""
    transit_units: IntArray
    """(stores, SKUs) under way, due after the store's lead time."""
    backorders: IntArray
    """(stores, SKUs) owed to customers."""
    centre_units: IntArray
    """(centres, SKUs)."""


def open_world(
    scenario: Scenario, axes: Axes, base_rate: npt.NDArray[np.float64], is_on_sale: npt.NDArray[np.bool_]
) -> Opening:
    """Read the opening stock, or work it out from days of mean demand.

    Args:
        scenario: `initial` is read.
        axes: axes of the world.
        base_rate: (stores, SKUs) mean units per day.
        is_on_sale: (SKUs,) on sale on the first day; others start empty when stock follows demand.
    """
    initial = scenario.initial
    shape = (axes.stores, axes.skus)
    transit, backorders = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    if initial.store_stock is None:
        units = np.ceil(base_rate * initial.store_days_of_demand - 1e-9).astype(np.int64) * is_on_sale
        store, sku = np.nonzero((units > 0) & (axes.shelf_life_days > 0)[None, :])
        lots = (store, sku, np.zeros_like(store), units[store, sku])
    else:
        table = initial.store_stock
        store, sku = _places(table, "store_id", axes.store_ids), _places(table, "sku_id", axes.sku_ids)
        units = np.zeros(shape, np.int64)
        np.add.at(units, (store, sku), table["units"])
        np.add.at(transit, (store, sku), table["on_order_units"])
        np.add.at(backorders, (store, sku), table["backorder_units"])
        has_lots = (axes.shelf_life_days[sku] > 0) & (table["units"] > 0)
        lots = (store[has_lots], sku[has_lots], table["age_days"][has_lots], table["units"][has_lots])
    return Opening(units, lots, transit, backorders, _centre_units(scenario, axes, base_rate * is_on_sale))


def _centre_units(scenario: Scenario, axes: Axes, rate: npt.NDArray[np.float64]) -> IntArray:
    units = np.zeros((len(axes.centre_ids), axes.skus), np.int64)
    table = scenario.initial.dc_stock
    if table is not None:
        np.add.at(
            units,
            (_places(table, "dc_id", axes.centre_ids), _places(table, "sku_id", axes.sku_ids)),
            table["units"],
        )
        return units
    for index, centre in enumerate(scenario.network.distribution_centres):
        if centre.stock == "unlimited":
            continue
        outflow = rate[axes.centre_of_store == index].sum(axis=0)
        wanted = outflow * scenario.initial.dc_days_of_demand
        units[index] = np.ceil(wanted / axes.case_pack - 1e-9).astype(np.int64) * axes.case_pack
    return units


def _places(table: Any, column: str, ids: tuple[str, ...]) -> IntArray:
    at: Mapping[str, int] = positions(ids)
    return np.fromiter((at[value] for value in table[column]), np.int64, len(table))
