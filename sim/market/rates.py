"""Base rates: mean demand of each store and SKU on an average day, and which store lists which SKU."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import NegativeBinomial, Scenario
from sim.axes import Axes, BoolArray, IntArray, positions
from sim.market.calendar import Window

FloatArray = npt.NDArray[np.float64]


def listed_cells(scenario: Scenario, axes: Axes) -> BoolArray:
    """Which store lists which SKU, shape (stores, skus): the listing table, else what its size admits."""
    listings = scenario.assortment.listings
    if listings is None:
        smallest = axes.ordered(scenario.assortment.skus["minimum_store_size"])
        return np.asarray(scenario.network.stores["size"][:, np.newaxis] >= smallest)
    listed = np.zeros((axes.stores, axes.skus), dtype=np.bool_)
    listed[_rows_of(listings["store_id"], axes.store_ids), _rows_of(listings["sku_id"], axes.sku_ids)] = True
    return listed


def base_rates(scenario: Scenario, axes: Axes, listed: BoolArray, known: npt.NDArray[np.int32]) -> FloatArray:
    """Mean demand per day before patterns, prices and promotions, shape (stores, skus); 0 where not listed.

    A cell's rate depends on its own store and SKU alone, so that adding others never changes it. A scenario
    that only replays known demand has its daily mean over the horizon as base rate.

    Args:
        scenario: facts.
        axes: order of stores and SKUs.
        listed: (stores, skus).
        known: (days, stores, skus) from `known_units`, for the days of the run.
    """
    demand = scenario.demand
    rates = np.zeros((axes.stores, axes.skus))
    if demand.rates is not None:
        table = demand.rates
        cells = _rows_of(table["store_id"], axes.store_ids), _rows_of(table["sku_id"], axes.sku_ids)
        rates[cells] = table["units_per_day"]
    elif demand.mean_units_per_day is not None:
        size = scenario.network.stores["size"] * demand.mean_units_per_day
        np.multiply.outer(size, axes.ordered(scenario.assortment.skus["popularity"]), out=rates)
    elif demand.known is not None:
        rates += known.sum(axis=0, dtype=np.int64) / scenario.horizon.days
    rates[~listed] = 0.0
    return rates


def known_units(scenario: Scenario, axes: Axes, window: Window) -> npt.NDArray[np.int32]:
    """Demand to replay on some days, shape (days, stores, skus); (0, 0, 0) when it is drawn."""
    known = scenario.demand.known
    if known is None:
        return np.zeros((0, 0, 0), dtype=np.int32)
    days = np.array([window.day(on) - window.first_day for on in known["date"]], dtype=np.int64)
    inside = (days >= 0) & (days < window.days)
    stores = _rows_of(known["store_id"][inside], axes.store_ids)
    skus = _rows_of(known["sku_id"][inside], axes.sku_ids)
    units = np.zeros((window.days, axes.stores, axes.skus), dtype=np.int32)
    units[days[inside], stores, skus] = known["units"][inside]
    return units


def variance_to_mean(scenario: Scenario, axes: Axes) -> FloatArray:
    """Variance over mean of daily demand given its rate, shape (skus,); 0 when demand is its rate."""
    process = scenario.demand.process
    if process.kind == "constant":
        return np.zeros(axes.skus)
    own = axes.ordered(scenario.assortment.skus["variance_to_mean"])
    common = process.variance_to_mean if isinstance(process, NegativeBinomial) else 1.0
    return np.where(own > 0.0, own, common)


def _rows_of(names: npt.NDArray[np.object_], ids: tuple[str, ...]) -> IntArray:
    index = positions(ids)
    return np.fromiter((index[name] for name in names), dtype=np.int64, count=len(names))
