"""Laws of stores fed by a centre that never runs out: (s, S), (r, nQ), (R, S), base stock, and the newsvendor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scenarios import WEEKDAYS, KnownOrders
from study.shadow.expected import Expected, World

if TYPE_CHECKING:
    from optimize.stock.cells import Performance
    from optimize.stock.goods import Goods

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_TO_NEAREST_CASE = 2
_METHOD = "exact (s, S), (r, nQ), base stock: renewal of the inventory position (Zipkin 2000, section 9.6)"
_NEWSVENDOR = "newsvendor: every day opens with S fresh units (Arrow, Harris and Marschak 1951)"
_REGIME = (
    "steady independent demand, levels in units, stated lead times from a centre that never runs out, no substitution,"
    " returns, ageing or emergency orders; settled after the warm-up"
)
_FIGURES = 6


@dataclass(frozen=True, eq=False)
class _Long:
    """Long-run figures of all cells, each (n,)."""

    place: IntArray
    mean: FloatArray
    fill: FloatArray
    cycle: FloatArray
    on_hand: FloatArray
    short: FloatArray
    orders: FloatArray
    waste: FloatArray
    is_lost: npt.NDArray[np.bool_]
    cycles_begin_even: bool
    """Whether nothing is owed when a delivery has come."""
    method: str


def stock(world: World) -> Iterator[Expected]:
    """Service, stock and orders of stores, where every cell is a textbook's."""
    if not _is_plain(world):
        return
    from optimize.stock.goods import review_gaps_days, store_goods
    from optimize.stock.promising import store_premises

    if store_premises(world.scenario, world.outlook):
        return
    levels = world.plan.stores
    place, sku = np.nonzero(levels.rule >= 0)
    if not place.size or not (world.outlook.demand_per_day[place, sku] > 0.0).all():
        return
    rule = levels.rule[place, sku].astype(np.int64)
    used = levels.may_order[np.unique(rule)]
    if not used.any(axis=1).all():
        return
    goods = store_goods(world.scenario, world.outlook, place, sku, rule)
    weekdays = [[WEEKDAYS[day] for day in np.flatnonzero(may)] or list(WEEKDAYS) for may in levels.may_order]
    goods = replace(goods, gaps=tuple(review_gaps_days(days) for days in weekdays))
    if ((levels.rounding[rule] == _TO_NEAREST_CASE) & (goods.case_units > 1)).any():
        return
    found = _figures(world, goods)
    if found is None:
        return
    lots = _lots(world, goods)
    if _settles_days(world, goods, lots) > world.warm_up_days:
        return
    is_daily = all(set(goods.gaps[index]) == {1} for index in np.unique(rule))
    yield from _expected(world, found, lots, is_daily=is_daily)


def _is_plain(world: World) -> bool:
    """What can be told without looking at cells."""
    scenario, levels = world.scenario, world.plan.stores
    policy = scenario.policy
    return (
        world.has_steady_demand
        and scenario.demand.process.kind != "constant"
        and policy.transport.mode == "none"
        and scenario.depot is None
        and all(centre.stock == "unlimited" for centre in scenario.network.distribution_centres)
        and not levels.is_dynamic.any()
        and not levels.is_pushed.any()
        and not policy.gifts
        and not policy.substitution_incentives
        and not any(isinstance(rule.mode, KnownOrders) for rule in policy.replenishment)
    )


def _figures(world: World, goods: Goods) -> _Long | None:
    """Exact figures of every cell; None if there is a cell without them."""
    from optimize.stock.cells import Form, Levels
    from optimize.stock.promising import exact, performance

    levels, at = world.plan.stores, (goods.place, goods.sku)
    quantity = levels.order_quantity_units[at].astype(np.int64)
    is_below = levels.is_always_below[goods.rule]
    is_newsvendor = (
        (goods.shelf_life_days == 1)
        & goods.is_lost
        & (goods.lead_time_days == 0)
        & (goods.longest_gap == 1)
        & (goods.case_units == 1)
        & is_below
    )
    forms = {
        Form.REORDER_QUANTITY: (quantity > 0) & ~is_below,
        Form.PERIODIC_REVIEW: is_below,
        Form.MIN_MAX: (quantity == 0) & ~is_below,
    }
    figures = np.zeros((_FIGURES, goods.size))
    for form, chosen in forms.items():
        rows = np.flatnonzero(chosen & ~is_newsvendor)
        if not rows.size:
            continue
        some = goods.at(rows)
        point, up_to = (
            array[at][rows].astype(np.int64)
            for array in (levels.reorder_point_units, levels.order_up_to_units)
        )
        if (some.shelf_life_days > 0).any() or (point < -1).any() or not exact(some):
            return None
        of_form = Levels(point, up_to, quantity[rows])
        figures[:, rows] = _rows_of(performance(some.steady(), form, of_form))
    rows = np.flatnonzero(is_newsvendor)
    figures[:, rows] = _newsvendor(goods.at(rows), levels.order_up_to_units[at][rows].astype(np.int64))
    methods = [_METHOD] * bool((~is_newsvendor).any()) + [_NEWSVENDOR] * bool(rows.size)
    begin_even = bool((goods.is_lost | (goods.lead_time_days == 0)).all())
    fill, cycle, on_hand, short, orders, waste = figures
    return _Long(
        place=goods.place,
        mean=goods.mean,
        fill=fill,
        cycle=cycle,
        on_hand=on_hand,
        short=short,
        orders=orders,
        waste=waste,
        is_lost=goods.is_lost,
        cycles_begin_even=begin_even,
        method="; ".join(methods),
    )


def _rows_of(found: Performance) -> FloatArray:
    return np.stack(
        [found.fill_rate, found.cycle_service_level, found.mean_on_hand, found.mean_short, found.orders_per_day,
         found.mean_waste]
    )  # fmt: skip


def _newsvendor(goods: Goods, level: IntArray) -> FloatArray:
    """What is left of S units after a day's demand is thrown away; E[(S - D)+] = sum of P(D <= k) over k < S."""
    left = np.zeros(goods.size)
    for units in range(int(level.max(initial=0))):
        left += np.where(units < level, _at_most(goods, units), 0.0)
    sold = level - left
    enough = np.array([_at_most(goods, units)[row] for row, units in enumerate(level.tolist())])
    nothing = np.zeros(goods.size)
    return np.stack(
        [sold / goods.mean, enough, nothing, goods.mean - sold, (level > 0).astype(np.float64), left]
    )


def _at_most(goods: Goods, units: int) -> FloatArray:
    """(n,) P(D <= units) of a day's demand: Poisson or negative binomial."""
    from scipy.special import betainc, pdtr

    ratio = goods.steady_variance / goods.mean
    size = goods.mean / np.maximum(ratio - 1.0, 1e-9)
    is_poisson = ratio <= 1.0 + 1e-9
    return np.asarray(
        np.where(
            is_poisson, pdtr(units, goods.mean), betainc(size, units + 1.0, 1.0 / np.maximum(ratio, 1.0))
        )
    )


def _lots(world: World, goods: Goods) -> IntArray:
    """(n,) units beyond one by one that an order brings: what a cycle has to run through."""
    levels, at = world.plan.stores, (goods.place, goods.sku)
    quantity = levels.order_quantity_units[at].astype(np.int64)
    band = levels.order_up_to_units[at].astype(np.int64) - levels.reorder_point_units[at]
    most: IntArray = np.maximum(np.where(quantity > 0, quantity, band), goods.case_units)
    return np.maximum(most - 1, 0).astype(np.int64)


def _settles_days(world: World, goods: Goods, lots: IntArray) -> float:
    """After so many days every cell has used up what it began with, and gone through two cycles and two lead times."""
    levels, at = world.plan.stores, (goods.place, goods.sku)
    quantity = levels.order_quantity_units[at]
    top = np.where(quantity > 0, levels.reorder_point_units[at] + quantity, levels.order_up_to_units[at])
    excess = np.maximum(_opening_units(world, goods) - top, 0.0)
    days = 2.0 * (goods.lead_time_days + 1.0 + goods.longest_gap) + 2.0 * (excess + lots) / goods.mean
    return float(days.max())


def _opening_units(world: World, goods: Goods) -> FloatArray:
    initial, network = world.scenario.initial, world.scenario.network
    if initial.store_stock is None:
        return np.ceil(initial.store_days_of_demand * goods.mean)
    table = initial.store_stock
    store_at = {name: row for row, name in enumerate(network.stores["store_id"])}
    sku_at = {name: row for row, name in enumerate(world.scenario.assortment.skus["sku_id"])}
    units = np.zeros((len(store_at), len(sku_at)))
    places = [store_at[name] for name in table["store_id"]]
    np.add.at(
        units, (places, [sku_at[name] for name in table["sku_id"]]), table["units"] + table["on_order_units"]
    )
    return np.asarray(units[goods.place, goods.sku])


def _expected(world: World, found: _Long, lots: IntArray, *, is_daily: bool) -> Iterator[Expected]:
    demand, orders = float(found.mean.sum()), float(found.orders.sum())
    # A cycle is cut off at either end; a cell sees about as many cycles as its demand fills lots.
    edge = float((lots / found.mean).max()) / world.counted_days

    def law(kpi: str, value: float, tolerance: float = 0.0) -> Expected:
        return Expected(kpi, value, found.method, _REGIME, tolerance)

    fill = float(found.mean @ found.fill) / demand
    yield law("fill_rate", fill, edge * (1.0 - fill))
    # Where orders overlap, a cycle may begin with units owed: the closed form counts it as short, the KPI does not.
    if orders > 0.0 and found.cycles_begin_even:
        cycle = float(found.orders @ found.cycle) / orders
        yield law("cycle_service_level", cycle, edge * (1.0 - cycle))
    yield law("store_stock_units", float(found.on_hand.sum()), edge * float(lots.sum()) / 8.0)
    owed = ~found.is_lost
    if owed.any():
        short = float(found.short[owed].sum())
        yield law("backorder_units", short, edge * short)
    yield law("order_lines", orders, edge * orders)
    if is_daily:
        quiet = np.ones(int(found.place.max()) + 1)
        np.multiply.at(quiet, found.place, np.clip(1.0 - found.orders, 0.0, 1.0))
        placed = float((1.0 - quiet[np.unique(found.place)]).sum())
        yield law("store_orders", placed, edge * placed)
    waste = float(found.waste.sum())
    if waste > 0.0:
        sold = float(found.mean @ np.where(found.is_lost, found.fill, 1.0))
        yield law("waste_share", waste / (sold + waste))


__all__ = ["stock"]
