"""The same problem in SupplyNetPy 0.5.1 (one product per node, so one node per store and SKU).

Its clock: day t is [t, t + 1); deliveries arrive at t + 0.25, customers come at t + 0.5 as one order per day
with demand, stores review at t + 0.75 and the DC at t + 0.875, and lead times are shortened to match. These
are binary fractions, so nothing drifts and no two kinds of event fall on one instant.

Where it coincides with `reference_day`:

- demand (the series is fed through its order models), partial sales and lost units (`consume_available`);
- (s, S) with daily review at stores and DC, inventory position, fixed lead times, unlimited supplier;
- hence every figure, exactly, as long as the DC fills each order on the spot (`short_orders` is 0).

Where it does not:

- A DC that is short sends nothing at all until it can send an order whole, first come first served; the order
  is kept, never cancelled or shared out. `short_orders` counts the orders that had to wait, and
  `shipped_units` excludes those still waiting at the end. Fill rate and stock then differ from ours.
- It keeps stock as an integral over time, not as a daily snapshot. Snapshots are worked out from that
  integral: exact while no order waits, else off by under one unit-day per unit that waited.

One network per SKU, as SKUs share nothing here, keeps the event heap small; logging, periodic statistics
and the level recorder are off.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from SupplyNetPy.Components import (  # type: ignore[import-untyped]
    Demand,
    InventoryNode,
    Link,
    SSReplenishment,
    Statistics,
    Supplier,
    create_sc_net,
    simulate_sc_net,
)

from .problem import InventoryProblem, Outcome, Units

ARRIVAL, CUSTOMERS, STORE_REVIEW, DC_REVIEW = 0.25, 0.5, 0.75, 0.875


class DailyCustomers(Demand):  # type: ignore[misc]
    """Customers whose first order comes on the first day with demand, not at time zero."""

    def __init__(self, series: Units, **kwargs: Any) -> None:
        days = np.flatnonzero(series)
        self.first_order_time = float(days[0]) + CUSTOMERS if days.size else float("inf")
        # SupplyNetPy calls the models a few extra times when it checks them, so they must read the clock.
        gap_days = np.full(series.size, series.size)
        gap_days[days[:-1]] = np.diff(days)
        gaps, units, env = gap_days.tolist(), series.tolist(), kwargs["env"]
        super().__init__(
            order_arrival_model=lambda: gaps[int(env.now)],
            order_quantity_model=lambda: units[int(env.now)],
            consume_available=True,
            **kwargs,
        )

    def behavior(self) -> Generator[simpy.Event, Any, None]:
        """Wait for the first day with demand, then let customers come as SupplyNetPy does."""
        if self.first_order_time < float("inf"):
            yield self.env.timeout(self.first_order_time)
            yield from super().behavior()


def _stocked_node(
    env: simpy.Environment, name: str, node_type: str, s: int, S: int, review_time: float
) -> InventoryNode:
    return InventoryNode(
        env=env,
        ID=name,
        name=name,
        node_type=node_type,
        capacity=float("inf"),
        initial_level=S,
        inventory_holding_cost=0.0,
        replenishment_policy=SSReplenishment,
        policy_param={"s": s, "S": S, "first_review_delay": review_time, "period": 1},
        product_sell_price=0.0,
        product_buy_price=0.0,
        logging=False,
    )


def _run_sku(problem: InventoryProblem, sku: int, demand: Units) -> Outcome:
    env = simpy.Environment()
    supplier = Supplier(env=env, ID="supplier", name="supplier", node_type="infinite_supplier", logging=False)
    dc_s, dc_S = int(problem.dc_reorder_point[sku]), int(problem.dc_order_up_to[sku])
    dc = _stocked_node(env, "dc", "distributor", dc_s, dc_S, DC_REVIEW)
    lead_time = problem.supplier_lead_time_days - DC_REVIEW + ARRIVAL
    links = [Link(env=env, ID="inbound", source=supplier, sink=dc, cost=0.0, lead_time=lead_time)]
    stores, customers = [], []
    for index in range(problem.n_stores):
        s, S = int(problem.reorder_point[index, sku]), int(problem.order_up_to[index, sku])
        store = _stocked_node(env, f"store{index}", "retailer", s, S, STORE_REVIEW)
        lead_time = problem.lead_time_days - STORE_REVIEW + ARRIVAL
        links.append(Link(env=env, ID=f"link{index}", source=dc, sink=store, cost=0.0, lead_time=lead_time))
        name = f"customers{index}"
        customers.append(
            DailyCustomers(demand[:, index], env=env, ID=name, name=name, demand_node=store, logging=False)
        )
        stores.append(store)
    network = create_sc_net([supplier, dc, *stores], links, customers, env=env)
    simulate_sc_net(network, sim_time=problem.n_days, logging=False)
    return _outcome(problem, [store.stats for store in stores], [c.stats for c in customers], dc.stats)


def _outcome(
    problem: InventoryProblem,
    stores: list[Statistics],
    customers: list[Statistics],
    dc: Statistics,
) -> Outcome:
    sold = sum(store.demand_fulfilled[1] for store in stores)
    received = sum(store.fulfillment_received[1] for store in stores)
    shipped = dc.demand_received[1] - dc.backorder[1]
    # From integral to snapshot: an arriving unit was away until 0.25 that day, a sold one there until 0.5.
    on_hand = sum(store.inventory_level_time for store in stores) + ARRIVAL * received - CUSTOMERS * sold
    # The DC's snapshot precedes shipping at 0.75, so a shipped unit counts for the whole of its last day.
    dc_on_hand = dc.inventory_level_time + ARRIVAL * dc.fulfillment_received[1] + (1 - STORE_REVIEW) * shipped
    return Outcome(
        cells=problem.n_stores * problem.n_days,
        demand_units=sum(c.demand_placed[1] for c in customers),
        sold_units=sold,
        lost_units=sum(store.lost_sales[1] for store in stores),
        on_hand_unit_days=round(on_hand),
        orders=sum(store.demand_placed[0] for store in stores),
        ordered_units=sum(store.demand_placed[1] for store in stores),
        shipped_units=shipped,
        short_orders=dc.waited[0],
        dc_on_hand_unit_days=round(dc_on_hand),
        dc_orders=dc.demand_placed[0],
    )


def run(problem: InventoryProblem, demand: Units | None = None, seed: int = 0) -> Outcome:
    """Run the model once.

    Args:
        problem: The problem.
        demand: Units asked for, shape (days, stores, skus); drawn from `seed` when not given.
        seed: Seed of the demand.

    Returns:
        The outcome, summed over the SKUs' networks.
    """
    if demand is None:
        demand = problem.draw_demand(seed)
    by_sku = [_run_sku(problem, sku, demand[:, :, sku]) for sku in range(problem.n_skus)]
    totals = {
        field.name: sum(getattr(outcome, field.name) for outcome in by_sku)
        for field in dataclasses.fields(Outcome)
    }
    return Outcome(**totals)
