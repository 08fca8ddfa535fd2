"""The daily store and DC model, written to be read: the referee of every other model of this problem.

Order of events on one day:

1. Morning: shipments due today arrive at the stores, supplier orders due today arrive at the DC.
2. Demand: sales are the smaller of stock and demand; the rest is lost.
3. Snapshot of the stock of stores and DC.
4. Stores review: a store whose position (on hand + on order) is at or below s orders S - position.
5. The DC allocates: if the orders for an SKU exceed its stock, it shares the stock out in proportion to the
   orders by largest remainder (ties: the lower store index) and cancels what it cannot fill. What is shipped
   arrives `lead_time_days` mornings later.
6. The DC reviews its own position after shipping in the same way; its order arrives
   `supplier_lead_time_days` mornings later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .problem import InventoryProblem, Outcome, Units


@dataclass(frozen=True, eq=False)
class Trace:
    """Day by day what happened: stores' panels (days, stores, skus), the DC's (days, skus), in units."""

    demand: Units
    sales: Units
    stock: Units
    """Store stock at the snapshot, after demand."""
    ordered: Units
    shipped: Units
    dc_stock: Units
    """DC stock at the snapshot, before the day's shipments."""
    dc_ordered: Units

    def outcome(self) -> Outcome:
        """Sum the panels up."""
        return Outcome(
            cells=self.demand.size,
            demand_units=int(self.demand.sum()),
            sold_units=int(self.sales.sum()),
            lost_units=int((self.demand - self.sales).sum()),
            on_hand_unit_days=int(self.stock.sum()),
            orders=int((self.ordered > 0).sum()),
            ordered_units=int(self.ordered.sum()),
            shipped_units=int(self.shipped.sum()),
            short_orders=int((self.shipped < self.ordered).sum()),
            dc_on_hand_unit_days=int(self.dc_stock.sum()),
            dc_orders=int((self.dc_ordered > 0).sum()),
        )


def share_out(orders: Units, available: int) -> Units:
    """Share a short stock out over orders: proportional, whole units, largest remainder first.

    Args:
        orders: Units ordered per store, shape (stores,).
        available: Units to give away.

    Returns:
        Units given per store, shape (stores,): the orders themselves if the stock covers them.
    """
    total = int(orders.sum())
    if total <= available:
        return orders.copy()
    share, remainder = np.divmod(orders * available, total)
    left_over = available - int(share.sum())
    largest_first = np.argsort(-remainder, kind="stable")
    share[largest_first[:left_over]] += 1
    return share


def simulate(problem: InventoryProblem, demand: Units) -> Trace:
    """Run the model on a given demand series.

    Args:
        problem: The problem.
        demand: Units asked for, shape (days, stores, skus).

    Returns:
        All panels.
    """
    n_days, _, n_skus = demand.shape
    sales, stock_seen, ordered, shipped = (np.zeros_like(demand) for _ in range(4))
    dc_stock_seen, dc_ordered = (np.zeros((n_days, n_skus), dtype=demand.dtype) for _ in range(2))

    stock = problem.order_up_to.astype(demand.dtype)
    on_order = np.zeros_like(stock)
    dc_stock = problem.dc_order_up_to.astype(demand.dtype)
    dc_on_order = np.zeros_like(dc_stock)
    for day in range(n_days):
        if day >= problem.lead_time_days:
            arrived = shipped[day - problem.lead_time_days]
            stock += arrived
            on_order -= arrived
        if day >= problem.supplier_lead_time_days:
            dc_arrived = dc_ordered[day - problem.supplier_lead_time_days]
            dc_stock += dc_arrived
            dc_on_order -= dc_arrived

        sales[day] = np.minimum(stock, demand[day])
        stock -= sales[day]
        stock_seen[day] = stock
        dc_stock_seen[day] = dc_stock

        position = stock + on_order
        ordered[day] = np.where(position <= problem.reorder_point, problem.order_up_to - position, 0)
        for sku in range(n_skus):
            shipped[day, :, sku] = share_out(ordered[day, :, sku], int(dc_stock[sku]))
        on_order += shipped[day]
        dc_stock -= shipped[day].sum(axis=0)

        dc_position = dc_stock + dc_on_order
        dc_ordered[day] = np.where(
            dc_position <= problem.dc_reorder_point, problem.dc_order_up_to - dc_position, 0
        )
        dc_on_order += dc_ordered[day]
    return Trace(demand, sales, stock_seen, ordered, shipped, dc_stock_seen, dc_ordered)


def run(problem: InventoryProblem, demand: Units | None = None, seed: int = 0) -> Outcome:
    """Run the model once; draws the demand from `seed` when none is given."""
    return simulate(problem, problem.draw_demand(seed) if demand is None else demand).outcome()
