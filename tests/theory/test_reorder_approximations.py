"""Approximate (r, Q) and (s, S): textbook values, the equations they solve, and what must not change anything."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from optimize.stock.approximations import (
    NormalSupply,
    ReorderApproximation,
    base_stock_for_cycle_service,
    eoq_with_backorders_approximation,
    eoq_with_safety_stock,
    expected_inventory_level,
    loss_function_approximation,
    power_approximation,
)
from optimize.stock.newsvendor import newsvendor_normal, normal_loss
from tests.textbook import answer, instance

_SUPPLY = NormalSupply(8, 0.225, 7.5, 1300, 150, 1 / 12)
_ALL = {
    "r_q_eil_approximation": expected_inventory_level,
    "r_q_eoqb_approximation": eoq_with_backorders_approximation,
    "r_q_eoqss_approximation": eoq_with_safety_stock,
    "r_q_loss_function_approximation": loss_function_approximation,
}
Approximation = Callable[[NormalSupply], ReorderApproximation]


@pytest.mark.parametrize("model", _ALL)
def test_published_levels(model: str) -> None:
    data, published = instance("example_5_1"), answer("example_5_1", model)
    supply = NormalSupply(
        data["fixed_cost"],
        data["holding_cost"],
        data["stockout_cost"],
        data["demand_mean"],
        data["demand_sd"],
        data["lead_time"],
    )
    levels = _ALL[model](supply)
    # The published figures stop iterating at changes of 1e-6 (EOQB: at 1e-6 in its search).
    assert (levels.reorder_point, levels.order_quantity) == pytest.approx(
        (published["r"], published["Q"]), abs=1e-6
    )
    if "cost" in published:
        assert levels.cost == pytest.approx(published["cost"], rel=1e-12)


def test_published_min_max_levels() -> None:
    data, published = instance("example_4_8"), answer("example_4_8", "(s,S) power approximation")
    levels = power_approximation(
        data["fixed_cost"],
        data["holding_cost"],
        data["stockout_cost"],
        data["demand_mean"],
        data["demand_sd"],
    )
    assert (levels.reorder_point, levels.order_up_to) == pytest.approx(
        (published["s"], published["S"]), rel=1e-13
    )


def test_small_lots_are_capped_at_the_base_stock() -> None:
    level = newsvendor_normal(0.18, 0.7, 50, 8).level
    capped = power_approximation(2.5, 0.18, 0.7, 50, 8, caps_small_lots=True)
    plain = power_approximation(2.5, 0.18, 0.7, 50, 8)
    assert (capped.reorder_point, capped.order_up_to) == (plain.reorder_point, level)
    large = power_approximation(250, 0.18, 0.7, 50, 8)
    assert power_approximation(250, 0.18, 0.7, 50, 8, caps_small_lots=True) == large


def test_expected_inventory_level_is_the_least_of_its_own_cost() -> None:
    best = expected_inventory_level(_SUPPLY)

    def cost(point: float, quantity: float) -> float:
        short = normal_loss(point, _SUPPLY.mean, _SUPPLY.sd)
        held = 0.225 * (point - _SUPPLY.mean + quantity / 2)
        return held + (8 + 7.5 * short) * 1300 / quantity

    assert best.cost is not None
    assert best.cost == pytest.approx(cost(best.reorder_point, best.order_quantity), rel=1e-12)
    for point in best.reorder_point * np.linspace(0.9, 1.1, 41):
        for quantity in best.order_quantity * np.linspace(0.9, 1.1, 41):
            assert cost(point, quantity) >= best.cost * (1 - 1e-12)


def _exact_cost(supply: NormalSupply, point: float, quantity: float) -> float:
    def at(level: float) -> float:
        short = normal_loss(level, supply.mean, supply.sd)
        return supply.holding_cost * (level - supply.mean + short) + supply.shortage_cost * short

    covered, _ = integrate.quad(at, point, point + quantity, epsabs=1e-10, epsrel=1e-10)
    return float((supply.fixed_cost * supply.demand_mean + covered) / quantity)


def _least_exact_cost(supply: NormalSupply, start: ReorderApproximation) -> float:
    levels = [start.reorder_point, start.order_quantity]
    found = optimize.minimize(lambda x: _exact_cost(supply, x[0], abs(x[1])), levels, method="Nelder-Mead")
    return float(found.fun)


def test_the_reorder_point_is_best_for_its_quantity_and_within_an_eighth_of_the_optimum() -> None:
    for supply in (_SUPPLY, replace(_SUPPLY, demand_sd=900.0), replace(_SUPPLY, shortage_cost=0.3)):
        levels = eoq_with_backorders_approximation(supply)
        cost = _exact_cost(supply, levels.reorder_point, levels.order_quantity)
        for step in (-1.0, 1.0):
            assert _exact_cost(supply, levels.reorder_point + step, levels.order_quantity) > cost
        best = _least_exact_cost(supply, levels)
        assert best <= cost <= best * 1.125


def test_loss_function_levels_solve_their_equations() -> None:
    levels = loss_function_approximation(_SUPPLY)
    point, quantity = levels.reorder_point, levels.order_quantity
    demand = stats.norm(_SUPPLY.mean, _SUPPLY.sd)
    first = demand.expect(lambda x: x - point, lb=point)
    second = demand.expect(lambda x: (x - point) ** 2 / 2, lb=point)
    assert first == pytest.approx(0.225 * quantity / 7.725, rel=1e-6)
    assert quantity == pytest.approx(math.sqrt(2 * (8 * 1300 + 7.725 * second) / 0.225), rel=1e-6)


def test_cycle_service_is_what_the_base_stock_gives() -> None:
    level = base_stock_for_cycle_service(50, 8, 0.95, lead_time=4)
    assert stats.norm(250, 8 * math.sqrt(5)).cdf(level) == pytest.approx(0.95, rel=1e-12)


@pytest.mark.parametrize("approximation", _ALL.values())
def test_units_of_money_goods_and_time_change_nothing(approximation: Approximation) -> None:
    plain = approximation(_SUPPLY)
    cents = approximation(NormalSupply(800, 22.5, 750, 1300, 150, 1 / 12))
    assert (cents.reorder_point, cents.order_quantity) == pytest.approx(
        (plain.reorder_point, plain.order_quantity), rel=1e-8
    )
    dozens = approximation(NormalSupply(8, 0.225 * 12, 7.5 * 12, 1300 / 12, 150 / 12, 1 / 12))
    assert (dozens.reorder_point * 12, dozens.order_quantity * 12) == pytest.approx(
        (plain.reorder_point, plain.order_quantity), rel=1e-8
    )
    # A unit backordered costs money once in the first approximation, money per time in the others.
    per_unit = approximation is expected_inventory_level
    months = NormalSupply(8, 0.225 / 12, 7.5 / (1 if per_unit else 12), 1300 / 12, 150 / math.sqrt(12), 1.0)
    assert (approximation(months).reorder_point, approximation(months).order_quantity) == pytest.approx(
        (plain.reorder_point, plain.order_quantity), rel=1e-8
    )


@pytest.mark.parametrize("approximation", _ALL.values())
def test_dearer_shortages_raise_the_reorder_point(approximation: Approximation) -> None:
    points = [
        approximation(replace(_SUPPLY, shortage_cost=cost)).reorder_point for cost in (2.0, 7.5, 30.0, 900.0)
    ]
    assert points == sorted(points)
    assert points[0] < points[-1]


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e300])
@pytest.mark.parametrize(
    "name", ["fixed_cost", "holding_cost", "shortage_cost", "demand_mean", "demand_sd", "lead_time"]
)
def test_impossible_numbers_are_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be above 0"):
        replace(_SUPPLY, **{name: value})


def test_shortages_too_cheap_for_the_approximation_are_named() -> None:
    with pytest.raises(ValueError, match="shortage_cost must be above order quantity x holding_cost"):
        expected_inventory_level(replace(_SUPPLY, shortage_cost=0.01))
