"""The straightforward SimPy model: one process per store and SKU, one per SKU at the DC.

It is the model of `reference_day` in full, as a good SimPy user writes it: one wake-up per store-SKU-day,
deliveries by callback, demand drawn by numpy beforehand, counts in local variables. Day t is the interval
[t, t + 1): deliveries arrive at t, stores wake at t + 0.5 (demand, snapshot, review) and the DC at t + 0.75
(allocation, its own review). These are binary fractions, so time does not drift.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from .problem import InventoryProblem, Outcome, Units

Process = Generator[simpy.Event, Any, None]

STORE_HOUR, DC_HOUR = 0.5, 0.75


@dataclass(slots=True)
class Place:
    """Stock of one SKU at one place."""

    stock: int
    on_order: int = 0


@dataclass(slots=True)
class Depot(Place):
    """One SKU at the DC, with today's orders as (store index, store, units)."""

    orders: list[tuple[int, Place, int]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Counts over all places; each process adds its own at its last day."""

    sold_units: int = 0
    on_hand_unit_days: int = 0
    orders: int = 0
    ordered_units: int = 0
    shipped_units: int = 0
    short_orders: int = 0
    dc_on_hand_unit_days: int = 0
    dc_orders: int = 0


def deliver(env: simpy.Environment, delay_days: float, place: Place, units: int) -> None:
    """Bring units to a place after a delay, by a callback: one event where a process takes three."""

    def arrive(_: simpy.Event) -> None:
        place.stock += units
        place.on_order -= units

    place.on_order += units
    env.timeout(delay_days).callbacks.append(arrive)


def store_sku(
    env: simpy.Environment,
    tally: Tally,
    demand: list[int],
    index: int,
    store: Place,
    depot: Depot,
    s: int,
    S: int,
) -> Process:
    """Serve, count and review one SKU at one store daily; the clock starts a day before the first wake-up."""
    sold = on_hand_unit_days = orders = ordered = 0
    for wanted in demand:
        yield env.timeout(1)
        stock = store.stock
        served = wanted if wanted <= stock else stock
        store.stock = stock = stock - served
        sold += served
        on_hand_unit_days += stock
        position = stock + store.on_order
        if position <= s and position < S:
            units = S - position
            depot.orders.append((index, store, units))
            orders += 1
            ordered += units
    tally.sold_units += sold
    tally.on_hand_unit_days += on_hand_unit_days
    tally.orders += orders
    tally.ordered_units += ordered


def fair_share(orders: list[tuple[int, Place, int]], available: int) -> list[int]:
    """Whole-unit shares of a short stock, proportional to the orders, largest remainder first."""
    total = sum(units for _, _, units in orders)
    shares = [available * units // total for _, _, units in orders]
    by_claim = sorted(range(len(orders)), key=lambda k: (-(available * orders[k][2] % total), orders[k][0]))
    for k in by_claim[: available - sum(shares)]:
        shares[k] += 1
    return shares


def dc_sku(
    env: simpy.Environment, tally: Tally, problem: InventoryProblem, sku: int, depot: Depot
) -> Process:
    """Allocate and ship one SKU to the stores and reorder it, once a day."""
    s, S = int(problem.dc_reorder_point[sku]), int(problem.dc_order_up_to[sku])
    to_stores, from_supplier = problem.lead_time_days - DC_HOUR, problem.supplier_lead_time_days - DC_HOUR
    yield env.timeout(DC_HOUR - STORE_HOUR)
    for _ in range(problem.n_days):
        yield env.timeout(1)
        tally.dc_on_hand_unit_days += depot.stock
        if depot.orders:
            shares = [units for _, _, units in depot.orders]
            if sum(shares) > depot.stock:
                shares = fair_share(depot.orders, depot.stock)
            for (_, store, units), share in zip(depot.orders, shares, strict=True):
                tally.short_orders += share < units
                if share:
                    deliver(env, to_stores, store, share)
            shipped = sum(shares)
            depot.stock -= shipped
            tally.shipped_units += shipped
            depot.orders.clear()
        position = depot.stock + depot.on_order
        if position <= s and position < S:
            tally.dc_orders += 1
            deliver(env, from_supplier, depot, S - position)


def run(problem: InventoryProblem, demand: Units | None = None, seed: int = 0) -> Outcome:
    """Run the model once.

    Args:
        problem: The problem.
        demand: Units asked for, shape (days, stores, skus); drawn from `seed` when not given.
        seed: Seed of the demand.

    Returns:
        The outcome.
    """
    if demand is None:
        demand = problem.draw_demand(seed)
    env = simpy.Environment(initial_time=STORE_HOUR - 1)
    tally = Tally()
    for sku in range(problem.n_skus):
        depot = Depot(int(problem.dc_order_up_to[sku]))
        for index in range(problem.n_stores):
            s, S = int(problem.reorder_point[index, sku]), int(problem.order_up_to[index, sku])
            series = demand[:, index, sku].tolist()
            env.process(store_sku(env, tally, series, index, Place(S), depot, s, S))
        env.process(dc_sku(env, tally, problem, sku, depot))
    env.run(until=problem.n_days)
    demand_units = int(demand.sum())
    return Outcome(
        cells=problem.cells,
        demand_units=demand_units,
        sold_units=tally.sold_units,
        lost_units=demand_units - tally.sold_units,
        on_hand_unit_days=tally.on_hand_unit_days,
        orders=tally.orders,
        ordered_units=tally.ordered_units,
        shipped_units=tally.shipped_units,
        short_orders=tally.short_orders,
        dc_on_hand_unit_days=tally.dc_on_hand_unit_days,
        dc_orders=tally.dc_orders,
    )
