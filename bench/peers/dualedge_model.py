"""Our own engine on the store inventory problem, through the public facades, books, panels and KPIs on.

It follows `reference_day` exactly; only the DC's stock is counted after the day's shipments instead of before them,
which is put right here from what was shipped.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

import optimize
import scenarios
import sim
from sim import Cell, Centre, Day

from .problem import InventoryProblem, Outcome, Units

START = date(2025, 1, 6)
_CLASSES = 3


def run(problem: InventoryProblem, demand: Units | None = None, seed: int = 0) -> Outcome:
    """Simulate one replication; the scenario and its plan are kept, so a second call measures the run alone."""
    scenario, plan = _prepared(problem) if demand is None else _built(problem, demand)
    result = sim.simulate(scenario, plan, seed=seed, replication=0)
    day, centre = result.panels.day, result.panels.centre
    orders = result.tables["store_orders"]
    shipped = int(centre[..., Centre.SHIPPED].sum())
    return Outcome(
        cells=problem.cells,
        demand_units=int(day[..., Day.DEMAND].sum()),
        sold_units=int(day[..., Day.SOLD_AS_ASKED].sum()),
        lost_units=int(day[..., Day.LOST].sum()),
        on_hand_unit_days=int(result.panels.cell[..., Cell.STOCK_DAYS].sum(dtype=np.int64)),
        orders=int(day[..., Day.ORDER_LINES].sum()),
        ordered_units=int(day[..., Day.ORDERED].sum()),
        shipped_units=shipped,
        short_orders=int((orders["lines"] - orders["lines_in_full"]).sum()),
        dc_on_hand_unit_days=int(centre[..., Centre.ON_HAND].sum()) + shipped,
        dc_orders=int(centre[..., Centre.PURCHASE_LINES].sum()),
    )


@lru_cache(maxsize=2)
def _prepared(problem: InventoryProblem) -> tuple[scenarios.Scenario, scenarios.Plan]:
    return _built(problem, None)


def _built(problem: InventoryProblem, demand: Units | None) -> tuple[scenarios.Scenario, scenarios.Plan]:
    scenario = _scenario(problem, demand)
    return scenario, optimize.plan(scenario)


def _scenario(problem: InventoryProblem, demand: Units | None) -> scenarios.Scenario:
    stores = np.array([f"S{number:03d}" for number in range(problem.n_stores)], dtype=object)
    skus = np.array([f"K{number:05d}" for number in range(problem.n_skus)], dtype=object)
    cell = {"store_id": np.repeat(stores, skus.size), "sku_id": np.tile(skus, stores.size)}
    if demand is None:
        drawn: dict[str, Any] = {
            "rates": _columns(scenarios.DemandRate, {**cell, "units_per_day": problem.daily_rate.ravel()})
        }
    else:
        day, store, sku = np.nonzero(demand)
        dates = np.array([date.fromordinal(START.toordinal() + int(number)) for number in day], dtype=object)
        known = {
            "store_id": stores[store],
            "sku_id": skus[sku],
            "date": dates,
            "units": demand[day, store, sku],
        }
        drawn = {"known": _columns(scenarios.KnownDemand, known)}
    levels = {
        **cell,
        "reorder_point_units": problem.reorder_point.ravel(),
        "order_up_to_units": problem.order_up_to.ravel(),
        "order_quantity_units": np.zeros(problem.daily_rate.size, np.int64),
    }
    opening = {
        **cell,
        "units": problem.order_up_to.ravel(),
        **{name: np.zeros(problem.daily_rate.size, np.int64) for name in _EMPTY_OPENING},
    }
    return scenarios.Scenario.model_validate(
        {
            "format": 1,
            "name": "store-inventory",
            "horizon": {"start_date": START, "days": problem.n_days},
            "network": {
                "suppliers": [
                    {
                        "id": "SUP",
                        "lead_time_days": {"kind": "constant", "value": problem.supplier_lead_time_days},
                    }
                ],
                "distribution_centres": [{"id": "DC"}],
                "stores": _rows(
                    scenarios.Store,
                    [{"store_id": store, "lead_time_days": problem.lead_time_days} for store in stores],
                ),
            },
            "assortment": {
                "classes": [{"id": f"C{number}"} for number in range(_CLASSES)],
                "skus": _rows(
                    scenarios.Sku,
                    [
                        {
                            "sku_id": sku,
                            "class_id": f"C{row * _CLASSES // skus.size}",
                            "price": 2.0,
                            "purchase_cost": 1.0,
                        }
                        for row, sku in enumerate(skus)
                    ],
                ),
            },
            "demand": drawn,
            "initial": {
                "store_stock": _columns(scenarios.StoreStock, opening),
                "dc_stock": _columns(
                    scenarios.CentreStock,
                    {
                        "dc_id": np.full(skus.size, "DC", object),
                        "sku_id": skus,
                        "units": problem.dc_order_up_to,
                    },
                ),
            },
            "policy": {
                "replenishment": [
                    {"mode": {"kind": "table", "levels": _columns(scenarios.LevelRow, levels)}}
                ],
                "dc_replenishment": [
                    {
                        "scope": {"skus": [sku]},
                        "mode": {
                            "kind": "min_max",
                            "reorder_point": {"units": int(low)},
                            "order_up_to": {"units": int(high)},
                        },
                    }
                    for sku, low, high in zip(
                        skus, problem.dc_reorder_point, problem.dc_order_up_to, strict=True
                    )
                ],
            },
        }
    )


_EMPTY_OPENING = ("age_days", "on_order_units", "backorder_units")


def _columns(row: type[Any], columns: dict[str, Any]) -> scenarios.Columns[Any]:
    arrays = {name: np.array(column) for name, column in columns.items()}
    for array in arrays.values():
        array.setflags(write=False)
    return scenarios.Columns(row=row, columns=arrays)


def _rows(row: type[Any], rows: list[dict[str, Any]]) -> scenarios.Columns[Any]:
    models = [row.model_validate(values) for values in rows]
    types = {int: np.int64, float: np.float64}
    return _columns(
        row,
        {
            name: np.array([getattr(model, name) for model in models], types.get(field.annotation, object))
            for name, field in row.model_fields.items()
        },
    )
