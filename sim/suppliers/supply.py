"""What suppliers offer on the axes of the world: who sells what, at what price, how fast, how much, how well."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.axes import MINOR_UNITS, Axes, BoolArray, IntArray, frozen, positions, to_minor
from sim.streams import entity_key
from sim.suppliers.lead_times import LeadTimes

FloatArray = npt.NDArray[np.float64]
_NOT_SOLD = -1


@dataclass(frozen=True, eq=False)
class Supply:
    """Terms of all suppliers: what no replication changes. Arrays are read-only."""

    own: IntArray
    """(SKUs,) the SKU's own supplier."""
    cost_minor: IntArray
    """(suppliers, SKUs) list price in minor units; -1 where the supplier does not sell the SKU."""
    regular: LeadTimes
    express: LeadTimes
    has_express: BoolArray
    """(suppliers,)."""
    surcharge_share: FloatArray
    """(suppliers,) of express deliveries, share of purchase value."""
    quoted_days: IntArray
    """(suppliers,) promised lead time."""
    express_quoted_days: IntArray
    """(suppliers,) mean of the express lead time, rounded up."""
    capacity: IntArray
    """(suppliers,) units per day; 0 = no limit."""
    minimum_units: IntArray
    """(suppliers,) least units of an order."""
    minimum_minor: IntArray
    """(suppliers,) least value of an order."""
    entity: npt.NDArray[np.uint64]
    """(suppliers, centres, SKUs) keys: names are hashed once, so that a line of a run costs a draw and no hash."""

    @property
    def is_sold(self) -> BoolArray:
        """(suppliers, SKUs) who sells what."""
        return np.asarray(self.cost_minor != _NOT_SOLD)


def build_supply(scenario: Scenario, axes: Axes) -> Supply:
    """Spread what a scenario says of suppliers over the axes."""
    suppliers = scenario.network.suppliers
    cost = np.full((len(suppliers), axes.skus), _NOT_SOLD, np.int64)
    cost[axes.supplier_of_sku, np.arange(axes.skus)] = axes.purchase_cost_minor
    table = scenario.network.supply
    if table is not None:
        supplier_at, sku_at = positions(axes.supplier_ids), positions(axes.sku_ids)
        rows = [supplier_at[name] for name in table["supplier_id"]]
        cost[rows, [sku_at[name] for name in table["sku_id"]]] = to_minor(table["purchase_cost"])
    regular = LeadTimes.of([s.lead_time_days for s in suppliers])
    # Who has no express mode is never asked for it; the regular mode stands in for a distribution.
    express_days = [s.express.lead_time_days if s.express else s.lead_time_days for s in suppliers]
    express = LeadTimes.of(express_days)
    is_drawn = regular.is_random | express.is_random | np.array([s.quality is not None for s in suppliers])
    is_drawn |= np.array([s.capacity_units_per_day > 0 for s in suppliers])
    entity = np.zeros((len(suppliers), len(axes.centre_ids), axes.skus), np.uint64)
    for supplier, sku in zip(*np.nonzero((cost != _NOT_SOLD) & is_drawn[:, None]), strict=True):
        for centre, centre_id in enumerate(axes.centre_ids):
            key = entity_key(axes.supplier_ids[supplier], centre_id, axes.sku_ids[sku])
            entity[supplier, centre, sku] = key
    return Supply(
        own=axes.supplier_of_sku,
        cost_minor=frozen(cost),
        regular=regular,
        express=express,
        has_express=frozen(np.array([s.express is not None for s in suppliers])),
        surcharge_share=frozen(
            np.array([s.express.surcharge_share if s.express else 0.0 for s in suppliers])
        ),
        quoted_days=frozen(
            np.array(
                [
                    math.ceil(s.lead_time_days.mean())
                    if s.quoted_lead_time_days < 0
                    else s.quoted_lead_time_days
                    for s in suppliers
                ]
            )
        ),
        express_quoted_days=frozen(np.array([math.ceil(days.mean()) for days in express_days])),
        capacity=frozen(np.array([s.capacity_units_per_day for s in suppliers])),
        minimum_units=frozen(np.array([s.minimum_order.units for s in suppliers])),
        minimum_minor=frozen(np.array([round(s.minimum_order.value * MINOR_UNITS) for s in suppliers])),
        entity=frozen(entity),
    )
