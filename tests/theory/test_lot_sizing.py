"""Economic order quantities: textbook values, brute force over order quantities, and what must not change anything."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from optimize.stock.lot_sizing import (
    LotSize,
    economic_order_quantity,
    economic_order_quantity_with_all_units_discounts,
    economic_order_quantity_with_backorders,
    economic_order_quantity_with_disruptions,
    economic_order_quantity_with_incremental_discounts,
    economic_production_quantity,
)
from tests.textbook import answer, instance

_GRID = np.geomspace(1e-2, 1e5, 200_001)
_DISCOUNTS = {"breakpoints": [0, 400, 800], "unit_costs": [0.75, 0.72, 0.68]}


def test_published_lot() -> None:
    data, published = instance("example_3_1"), answer("example_3_1", "EOQ")
    lot = economic_order_quantity(data["fixed_cost"], data["holding_cost"], data["demand_rate"])
    assert (lot.order_quantity, lot.cost) == pytest.approx((published["Q"], published["cost"]), rel=1e-14)


def test_published_lot_with_backorders() -> None:
    data, published = instance("example_3_8"), answer("example_3_8", "EOQ with backorders")
    lot = economic_order_quantity_with_backorders(
        data["fixed_cost"], data["holding_cost"], data["stockout_cost"], data["demand_rate"]
    )
    assert (lot.order_quantity, lot.backordered_share, lot.cost) == pytest.approx(
        (published["Q"], published["stockout_fraction"], published["cost"]), rel=1e-14
    )


def test_published_lot_with_disruptions() -> None:
    data, published = instance("example_9_1"), answer("example_9_1", "EOQ with disruptions")
    lot = economic_order_quantity_with_disruptions(
        data["fixed_cost"],
        data["holding_cost"],
        data["stockout_cost"],
        data["demand_rate"],
        data["disruption_rate"],
        data["recovery_rate"],
    )
    # The published lot was searched by costs alone, which are flat to 1e-8 around the best one.
    assert lot.order_quantity == pytest.approx(published["Q"], rel=1e-8)
    assert lot.cost == pytest.approx(published["cost"], rel=1e-14)
    assert lot.cost <= published["cost"] * (1 + 1e-15)


def test_lot_beats_every_other() -> None:
    costs = 8.0 * 1300.0 / _GRID + 0.225 * _GRID / 2.0
    assert economic_order_quantity(8, 0.225, 1300).cost == pytest.approx(costs.min(), rel=1e-6)


def test_production_beats_every_other_lot() -> None:
    costs = 4.0 * 80.0 / _GRID + 0.08 * _GRID * (1.0 - 80.0 / 110.0) / 2.0
    lot = economic_production_quantity(4, 0.08, 80, 110)
    assert lot.cost == pytest.approx(costs.min(), rel=1e-6)
    assert lot.order_quantity == pytest.approx(_GRID[costs.argmin()], rel=1e-3)


def test_infinite_production_is_ordering() -> None:
    made = economic_production_quantity(4, 0.08, 80, 1e15)
    assert made.cost == pytest.approx(economic_order_quantity(4, 0.08, 80).cost, rel=1e-12)


def test_backorders_beat_every_other_lot_and_share() -> None:
    shares = np.linspace(0.0, 1.0, 2001)[:, None]
    lots = np.geomspace(100, 1000, 1001)
    costs = 8 * 1300 / lots + 0.225 * lots * (1 - shares) ** 2 / 2 + 5 * lots * shares**2 / 2
    best = economic_order_quantity_with_backorders(8, 0.225, 5, 1300)
    assert best.cost == pytest.approx(costs.min(), rel=1e-5)
    assert best.cost <= costs.min()


def test_unaffordable_backorders_are_none() -> None:
    best = economic_order_quantity_with_backorders(8, 0.225, 1e15, 1300)
    assert best.cost == pytest.approx(economic_order_quantity(8, 0.225, 1300).cost, rel=1e-12)


def _all_units_cost(lots: Any, breakpoints: list[float], unit_costs: list[float]) -> Any:
    price = np.array(unit_costs)[np.searchsorted(breakpoints, lots, side="right") - 1]
    return price * 1300 + 8 * 1300 / lots + 0.3 * price * lots / 2


def _incremental_cost(lots: Any, breakpoints: list[float], unit_costs: list[float]) -> Any:
    edges = np.append(breakpoints, np.inf)
    paid = sum(
        price * np.clip(lots - low, 0, high - low)
        for low, high, price in zip(edges[:-1], edges[1:], unit_costs, strict=True)
    )
    return paid * 1300 / lots + 8 * 1300 / lots + 0.3 * paid / 2


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(
    ("solve", "cost"),
    [
        (economic_order_quantity_with_all_units_discounts, _all_units_cost),
        (economic_order_quantity_with_incremental_discounts, _incremental_cost),
    ],
)
def test_discounts_against_every_other_lot(
    solve: Callable[..., Any], cost: Callable[..., Any], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    regions = int(rng.integers(1, 5))
    breakpoints = [0.0, *np.sort(rng.uniform(50, 3000, regions - 1)).round().tolist()]
    unit_costs = np.sort(rng.uniform(0.2, 2.0, regions))[::-1].tolist()
    best = solve(8, 0.3, 1300, breakpoints, unit_costs)
    lots = np.union1d(_GRID, [*breakpoints[1:], best.order_quantity])
    costs = cost(lots, breakpoints, unit_costs)
    assert best.cost == pytest.approx(float(costs.min()), rel=1e-9)
    assert best.cost == pytest.approx(float(cost(best.order_quantity, breakpoints, unit_costs)), rel=1e-12)
    above = [*breakpoints[1:], math.inf][best.region]
    assert breakpoints[best.region] <= best.order_quantity < above


def test_one_price_is_no_discount() -> None:
    plain = economic_order_quantity(8, 0.3 * 0.75, 1300)
    for solve in (
        economic_order_quantity_with_all_units_discounts,
        economic_order_quantity_with_incremental_discounts,
    ):
        priced = solve(8, 0.3, 1300, [0, 100, 900], [0.75, 0.75, 0.75])
        assert priced.cost == pytest.approx(plain.cost + 0.75 * 1300, rel=1e-12)


@pytest.mark.parametrize("closing", [1e-3, 0.1, 1.5, 20.0, 500.0])
def test_disruptions_against_every_other_lot(closing: float) -> None:
    recovery, rate, short = 14.0, 1300.0, 5.0
    psi = closing / (closing + recovery) * -np.expm1(-(closing + recovery) * _GRID / rate)
    costs = (8 + 0.225 * _GRID**2 / (2 * rate) + short * rate * psi / recovery) / (
        _GRID / rate + psi / recovery
    )
    best = economic_order_quantity_with_disruptions(8, 0.225, short, rate, closing, recovery)
    assert best.cost == pytest.approx(costs.min(), rel=1e-7)
    assert best.cost <= costs.min() * (1 + 1e-12)


def test_a_reliable_supplier_needs_no_more_than_the_plain_lot() -> None:
    reliable = economic_order_quantity_with_disruptions(8, 0.225, 5, 1300, 1e-9, 14)
    assert reliable.order_quantity == pytest.approx(304.0467800264368, rel=1e-6)


_CASES: dict[str, tuple[Callable[..., LotSize], dict[str, Any]]] = {
    "plain": (economic_order_quantity, {}),
    "production": (economic_production_quantity, {"production_rate": 2000.0}),
    "backorders": (economic_order_quantity_with_backorders, {"shortage_cost": 5.0}),
    "disruptions": (
        economic_order_quantity_with_disruptions,
        {"shortage_cost": 5.0, "disruption_rate": 1.5, "recovery_rate": 14.0},
    ),
}
_PER_MONEY = ("fixed_cost", "holding_cost", "shortage_cost")
_PER_TIME = ("holding_cost", "demand_rate", "production_rate", "disruption_rate", "recovery_rate")


@pytest.mark.parametrize("case", _CASES)
def test_units_of_money_and_time_change_nothing(case: str) -> None:
    solve, more = _CASES[case]
    given = {"fixed_cost": 8.0, "holding_cost": 0.225, "demand_rate": 1300.0, **more}
    plain = solve(**given)
    cents = solve(**{name: value * (100 if name in _PER_MONEY else 1) for name, value in given.items()})
    assert (cents.order_quantity, cents.cost) == pytest.approx(
        (plain.order_quantity, plain.cost * 100), rel=1e-9
    )
    # A backordered unit costs money per time, a lost one does not.
    timed = (*_PER_TIME, "shortage_cost") if case == "backorders" else _PER_TIME
    weeks = solve(**{name: value / (52 if name in timed else 1) for name, value in given.items()})
    assert (weeks.order_quantity, weeks.cost) == pytest.approx(
        (plain.order_quantity, plain.cost / 52), rel=1e-9
    )


@pytest.mark.parametrize("case", _CASES)
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e300])
def test_impossible_numbers_are_named(case: str, value: float) -> None:
    solve, more = _CASES[case]
    given = {"fixed_cost": 8.0, "holding_cost": 0.225, "demand_rate": 1300.0, **more}
    for name in given:
        with pytest.raises(ValueError, match=f"^{name} must be above"):
            solve(**{**given, name: value})


def test_production_must_keep_up() -> None:
    with pytest.raises(ValueError, match="production_rate must be above the demand rate 80, got 80"):
        economic_production_quantity(4, 0.08, 80, 80)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ({"breakpoints": [1, 400, 800]}, r"breakpoints\[0\] must be 0, got 1"),
        ({"breakpoints": [0, 800, 400]}, "breakpoints must rise, got 400 after 800 at index 2"),
        ({"unit_costs": [0.72, 0.75, 0.68]}, "unit_costs must not rise, got 0.75 after 0.72 at index 1"),
        ({"unit_costs": [0.72, 0.7]}, "unit_costs must be a list of 3 numbers"),
        ({"unit_costs": [0.72, 0.7, 0.0]}, r"unit_costs\[2\] must be above 0"),
        ({"breakpoints": []}, "breakpoints must be a list of one or more numbers"),
    ],
)
def test_impossible_discounts_are_named(schedule: dict[str, Any], message: str) -> None:
    for solve in (
        economic_order_quantity_with_all_units_discounts,
        economic_order_quantity_with_incremental_discounts,
    ):
        with pytest.raises(ValueError, match=message):
            solve(8, 0.3, 1300, **{**_DISCOUNTS, **schedule})


@pytest.mark.parametrize("fixed", [1e-12, 1e12])
def test_extreme_but_possible_numbers(fixed: float) -> None:
    for solve, more in _CASES.values():
        lot = solve(fixed_cost=fixed, holding_cost=0.225, demand_rate=1300.0, **more)
        assert math.isfinite(lot.order_quantity)
        assert lot.cost > 0
