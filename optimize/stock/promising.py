"""What levels of stock promise, and what has to hold for it."""

from __future__ import annotations

import numpy as np

from optimize.outlook import Outlook
from optimize.stock.cells import FloatArray, Form, Levels, Performance
from optimize.stock.goods import BoolArray, Goods
from optimize.stock.single_place import evaluate, is_exact
from scenarios import Premise, Promise, Scenario

_SAME = 1e-9


def performance(goods: Goods, form: Form, levels: Levels) -> Performance:
    """What levels lead to under the calendar of each cell's rule.

    A calendar with unequal gaps is taken as its gaps one by one, each weighed by its length: exact for levels that are
    ordered up to at every review, where the time from one delivery to the next depends on one gap alone.

    Args:
        goods: cells.
        form: review rule.
        levels: of it.
    """
    total = np.zeros((8, goods.size))
    for lost in (False, True):
        of_kind = goods.is_lost == lost
        for gap in sorted({gap for gaps in goods.gaps for gap in gaps}):
            share = np.array([gap * gaps.count(gap) / 7 for gaps in goods.gaps])[goods.rule]
            rows = np.flatnonzero(of_kind & (share > 0))
            if not len(rows):
                continue
            some = goods.at(rows)
            cells = some.cells(np.full(len(rows), gap, np.int64))
            grain = some.grain
            chosen = Levels(
                levels.reorder_point[rows] // grain,
                levels.order_up_to[rows] // grain,
                levels.order_quantity[rows] // grain,
            )
            found = evaluate(cells, form, chosen)
            figures = np.stack(
                [found.fill_rate, found.cycle_service_level * found.orders_per_day, found.ready_rate,
                 found.mean_on_hand * grain, found.mean_short * grain, found.orders_per_day,
                 found.mean_waste * grain, found.cost_per_day]
            )  # fmt: skip
            total[:, rows] += share[rows] * figures
    fill, cycles, ready, on_hand, short, orders, waste, cost = total
    cycle = np.divide(cycles, orders, out=np.ones_like(cycles), where=orders > 0)
    return Performance(fill, cycle, ready, on_hand, short, orders, waste, cost)


def exact(goods: Goods) -> bool:
    """Whether performance is exact for every cell, reviews at even intervals given."""
    is_even = np.array([len(set(gaps)) == 1 for gaps in goods.gaps], np.bool_)[goods.rule] & (
        goods.grain == 1
    )
    for lost in (False, True):
        rows = np.flatnonzero(goods.is_lost == lost)
        if len(rows) and not is_exact(goods.at(rows).cells(goods.longest_gap[rows])).all():
            return False
    return bool(is_even.all())


def store_promises(
    scenario: Scenario, outlook: Outlook, goods: Goods, found: Performance, method: str
) -> tuple[Promise, ...]:
    """Promises of the network's KPIs, for levels of every cell that has demand.

    The cycle service level is promised where it means the KPI: see `counts_cycles`.

    Args:
        scenario: facts and policy.
        outlook: expected demand.
        goods: all cells with demand, as the promise takes them.
        found: what their levels lead to in steady demand.
        method: closed form behind it.
    """
    premises = store_premises(scenario, outlook)
    demand, orders = float(goods.mean.sum()), float(found.orders_per_day.sum())
    forecasts = {
        "fill_rate": _share(float(goods.mean @ found.fill_rate), demand),
        "store_stock_units": float(found.mean_on_hand.sum()),
        "order_lines": orders,
    }
    if counts_cycles(goods).all():
        forecasts["cycle_service_level"] = _share(
            float(found.orders_per_day @ found.cycle_service_level), orders
        )
    if not goods.is_lost.all():
        forecasts["backorder_units"] = float(found.mean_short[~goods.is_lost].sum())
    if (goods.shelf_life_days > 0).any():
        sold = float(goods.mean @ np.where(goods.is_lost, found.fill_rate, 1.0))
        forecasts["waste_share"] = _share(float(found.mean_waste.sum()), sold + float(found.mean_waste.sum()))
    if _has_no_other_stock(scenario):
        forecasts["stock_value"] = float(goods.unit_cost @ found.mean_on_hand)
    return tuple(
        Promise(measure=measure, forecast=forecast, premises=premises, method=method)
        for measure, forecast in forecasts.items()
    )


def counts_cycles(goods: Goods) -> BoolArray:
    """(n,) whether the forecast of the cycle service level is that of the KPI: cycles in which no unit went unmet.

    With backorders the closed form counts cycles that end with units owed, and so also those in which nobody asked for
    anything and units of the cycle before were still owed. With lost sales it is far off where goods are under way
    while sales are lost. Perishables are followed from day to day and counted as the KPI counts them.
    """
    return np.asarray((goods.shelf_life_days > 0) | (goods.is_lost & (goods.lead_time_days == 0)))


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 1.0


def _has_no_other_stock(scenario: Scenario) -> bool:
    """Whether all stock at cost is that of stores, at the purchase cost of the table."""
    network = scenario.network
    return (
        all(centre.stock == "unlimited" for centre in network.distribution_centres)
        and all(supplier.price is None for supplier in network.suppliers)
        and all(kind.customer_returns is None for kind in scenario.assortment.classes)
    )


def store_premises(scenario: Scenario, outlook: Outlook) -> tuple[Premise, ...]:
    """What promises of stores take for granted and the scenario does not keep."""
    network, policy, transport = scenario.network, scenario.policy, scenario.policy.transport
    kinds = scenario.assortment.classes
    opens = network.stores["opens_hour"]
    on_its_way = transport.mode == "fleet" or scenario.depot is not None
    late = transport.mode == "none" and bool((transport.delivery_hour > opens).any())
    waits = policy.minimum_order.units > 0 or policy.minimum_order.value > 0 or bool(network.closures)
    comes_back = any(kind.customer_returns is not None for kind in kinds)
    holds = {
        Premise.STEADY_DEMAND: _is_unsteady(outlook.demand_variance_per_day, outlook.steady_variance_per_day),
        Premise.UPSTREAM_IN_STOCK: any(c.stock == "limited" for c in network.distribution_centres),
        Premise.STATED_LEAD_TIMES: on_its_way or late or waits,
        Premise.NO_SUBSTITUTION: comes_back or any(kind.substitution.acceptance > 0 for kind in kinds),
        Premise.NO_AGEING: ages_untold(scenario),
        Premise.TRUE_RECORDS: network.record_error is not None
        or any(supplier.quality is not None for supplier in network.suppliers),
        Premise.NO_EMERGENCY_ORDERS: bool(policy.emergency_orders),
    }
    return tuple(premise for premise, is_needed in holds.items() if is_needed)


def ages_untold(scenario: Scenario) -> bool:
    """Whether goods expire in ways that no closed form here tells: in the centre, or marked down before they do."""
    skus = scenario.assortment.skus
    expires = (skus["shelf_life_days"] > 0) | (skus["total_shelf_life_days"] > 0)
    is_told = (skus["total_shelf_life_days"] == 0).all() and not scenario.policy.mark_downs
    return bool(expires.any()) and not bool(is_told)


def centre_promises(
    scenario: Scenario, outlook: Outlook, found: Performance, method: str
) -> tuple[Promise, ...]:
    """Promise of the centres' stock, for levels of every SKU that moves through them."""
    suppliers = scenario.network.suppliers
    needed = {
        Premise.STEADY_DEMAND: _is_unsteady(outlook.demand_variance_per_day, outlook.steady_variance_per_day),
        Premise.UPSTREAM_IN_STOCK: any(
            s.disruptions is not None or s.capacity_units_per_day for s in suppliers
        ),
        Premise.STATED_LEAD_TIMES: scenario.depot is not None or bool(scenario.policy.sourcing.rules),
        Premise.NO_AGEING: bool((scenario.assortment.skus["total_shelf_life_days"] > 0).any()),
        Premise.TRUE_RECORDS: scenario.network.record_error is not None
        or any(supplier.quality is not None for supplier in suppliers),
    }
    premises = tuple(premise for premise, is_needed in needed.items() if is_needed)
    return (
        Promise(
            measure="dc_stock_units",
            forecast=float(found.mean_on_hand.sum()),
            premises=premises,
            method=method,
        ),
    )


def _is_unsteady(variance: FloatArray, steady: FloatArray) -> bool:
    return bool((np.abs(variance - steady) > _SAME * np.maximum(steady, _SAME)).any())


__all__ = [
    "ages_untold",
    "centre_promises",
    "counts_cycles",
    "exact",
    "performance",
    "store_premises",
    "store_promises",
]
