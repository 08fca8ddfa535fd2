"""The engine and an independent model of the same chain agree unit by unit (`bench/peers/reference_day.py`)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from bench.peers import reference_day
from bench.peers.problem import InventoryProblem, m5_like
from scenarios import Scenario
from sim import Cell, Centre, Day
from tests.factory import tiny_scenario

START = date(2025, 1, 6)


def min_max(reorder_point: int, order_up_to: int) -> dict[str, Any]:
    return {
        "kind": "min_max",
        "reorder_point": {"units": int(reorder_point)},
        "order_up_to": {"units": int(order_up_to)},
    }


def scenario_of(problem: InventoryProblem, demand: np.ndarray) -> Scenario:
    """The problem in the scenario language, every SKU in a class of its own so that panels by class tell all."""
    stores = [f"S{number:02d}" for number in range(problem.n_stores)]
    skus = [f"K{number:02d}" for number in range(problem.n_skus)]
    cells = [(row, store, column, sku) for row, store in enumerate(stores) for column, sku in enumerate(skus)]
    lead_time = {"kind": "constant", "value": problem.supplier_lead_time_days}
    return tiny_scenario(
        horizon={"start_date": START, "days": problem.n_days, "panel_period_days": 1},
        network={
            "suppliers": [{"id": "SUP", "lead_time_days": lead_time}],
            "stores": [{"store_id": store, "lead_time_days": problem.lead_time_days} for store in stores],
        },
        assortment={
            "classes": [{"id": sku} for sku in skus],
            "skus": [{"sku_id": sku, "class_id": sku, "price": 2.0, "purchase_cost": 1.0} for sku in skus],
        },
        demand={
            "mean_units_per_day": None,
            "known": [
                {"store_id": store, "sku_id": sku, "date": START + timedelta(days=day), "units": int(units)}
                for row, store, column, sku in cells
                for day, units in enumerate(demand[:, row, column])
                if units
            ],
        },
        initial={
            "store_stock": [
                {"store_id": store, "sku_id": sku, "units": int(problem.order_up_to[row, column])}
                for row, store, column, sku in cells
            ],
            "dc_stock": [
                {"dc_id": "DC", "sku_id": sku, "units": int(units)}
                for sku, units in zip(skus, problem.dc_order_up_to, strict=True)
            ],
        },
        policy={
            "replenishment": [
                {
                    "mode": {
                        "kind": "table",
                        "levels": [
                            {
                                "store_id": store,
                                "sku_id": sku,
                                "reorder_point_units": int(problem.reorder_point[row, column]),
                                "order_up_to_units": int(problem.order_up_to[row, column]),
                            }
                            for row, store, column, sku in cells
                        ],
                    }
                }
            ],
            "dc_replenishment": [
                {"scope": {"skus": [sku]}, "mode": min_max(low, high)}
                for sku, low, high in zip(skus, problem.dc_reorder_point, problem.dc_order_up_to, strict=True)
            ],
            "allocation": {"rule": "fair_share", "unfilled": "cancel"},
        },
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dc_safety_days", [-3.0, 0.0, 21.0])
def test_every_sale_order_and_shipment_is_the_same(seed: int, dc_safety_days: float) -> None:
    problem = m5_like(n_stores=5, n_skus=7, n_days=90, seed=seed, dc_safety_days=dc_safety_days)
    demand = problem.draw_demand(seed)
    trace = reference_day.simulate(problem, demand)
    scenario = scenario_of(problem, demand)
    result = sim.simulate(scenario, optimize.plan(scenario), seed=1, replication=0)

    cell, day, centre = result.panels.cell, result.panels.day, result.panels.centre[:, 0]
    np.testing.assert_array_equal(cell[..., Cell.DEMAND], trace.demand)
    np.testing.assert_array_equal(cell[..., Cell.SOLD], trace.sales)
    np.testing.assert_array_equal(cell[..., Cell.STOCK_DAYS], trace.stock)
    np.testing.assert_array_equal(day[..., Day.ORDERED], trace.ordered)
    np.testing.assert_array_equal(day[..., Day.ORDERED] - day[..., Day.CANCELLED], trace.shipped)
    arriving = cell[problem.lead_time_days :, ..., Cell.RECEIVED]
    np.testing.assert_array_equal(arriving, trace.shipped[: -problem.lead_time_days])
    # The centre's stock is counted after the day's shipments here, before them there.
    np.testing.assert_array_equal(centre[..., Centre.ON_HAND], trace.dc_stock - trace.shipped.sum(axis=1))
    np.testing.assert_array_equal(centre[..., Centre.PURCHASED], trace.dc_ordered)

    outcome = trace.outcome()
    assert result.kpis["fill_rate"] == pytest.approx(outcome.fill_rate, abs=1e-12)
    assert result.kpis["order_lines"] * problem.n_days == pytest.approx(outcome.orders)
    is_short = outcome.short_orders > 0
    assert is_short == (dc_safety_days < 21.0)
    assert (result.kpis["line_fill_rate"] < 1.0) == is_short
