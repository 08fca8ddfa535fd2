"""Wagner and Whitin's schedule: textbook values, every possible schedule, and what must not change anything."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from optimize.stock.dynamic_lot_sizing import wagner_whitin
from tests.textbook import answer, instance


def _cost(quantities: Any, demand: Any, fixed: Any, holding: Any, price: Any) -> float:
    left = np.cumsum(quantities) - np.cumsum(demand)
    if left.min() < -1e-9:
        return math.inf
    return float((fixed * (np.asarray(quantities) > 0)).sum() + holding @ left + price @ quantities)


def test_published_schedule() -> None:
    data, published = instance("example_3_9"), answer("example_3_9", "Wagner-Whitin")
    schedule = wagner_whitin(data["demand"], data["fixed_cost"], data["holding_cost"])
    # The published list counts periods from 1.
    assert schedule.order_quantities.tolist() == published["Q"][1:]
    assert schedule.cost == published["cost"]


@pytest.mark.parametrize("seed", range(30))
def test_every_integer_schedule_costs_at_least_as_much(seed: int) -> None:
    rng = np.random.default_rng(seed)
    demand = rng.integers(0, 4, 4).astype(float)
    fixed, holding, price = rng.uniform(0, 6, 4), rng.uniform(0, 2, 4), rng.uniform(0, 5, 4)
    every = itertools.product(*(range(int(demand[period:].sum()) + 1) for period in range(4)))
    least = min(_cost(np.array(quantities), demand, fixed, holding, price) for quantities in every)
    schedule = wagner_whitin(demand, fixed, holding, price)
    assert schedule.cost == pytest.approx(least, rel=1e-12, abs=1e-12)
    assert _cost(schedule.order_quantities, demand, fixed, holding, price) == pytest.approx(least, abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_every_set_of_order_periods_costs_at_least_as_much(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    periods = 11
    demand = rng.integers(1, 50, periods).astype(float)
    fixed, holding, price = (
        rng.uniform(0, 90, periods),
        rng.uniform(0, 2, periods),
        rng.uniform(0, 3, periods),
    )
    costs = []
    for later in itertools.product([False, True], repeat=periods - 1):
        starts = np.nonzero([True, *later])[0]
        quantities = np.zeros(periods)
        quantities[starts] = np.add.reduceat(demand, starts)
        costs.append(_cost(quantities, demand, fixed, holding, price))
    assert wagner_whitin(demand, fixed, holding, price).cost == pytest.approx(min(costs), rel=1e-12)


def test_cost_to_go_is_that_of_the_rest() -> None:
    demand, fixed = [90.0, 120.0, 0.0, 80.0, 70.0], [500.0, 400.0, 300.0, 600.0, 100.0]
    whole = wagner_whitin(demand, fixed, 2.0)
    for period in range(5):
        assert whole.cost_to_go[period] == wagner_whitin(demand[period:], fixed[period:], 2.0).cost
    assert whole.cost_to_go[5] == 0.0


def test_free_orders_mean_no_stock_and_free_stock_one_order() -> None:
    demand = [3.0, 0.0, 5.0, 7.0]
    assert wagner_whitin(demand, 0.0, 1.0).order_quantities.tolist() == demand
    assert wagner_whitin(demand, 10.0, 0.0).order_quantities.tolist() == [15.0, 0.0, 0.0, 0.0]


def test_no_demand_no_orders() -> None:
    schedule = wagner_whitin([0.0, 0.0], 10.0, 1.0)
    assert (schedule.order_quantities.tolist(), schedule.cost) == ([0.0, 0.0], 0.0)


def test_units_change_nothing_and_dearer_orders_are_no_more() -> None:
    rng = np.random.default_rng(5)
    demand = rng.integers(0, 90, 60).astype(float)
    plain = wagner_whitin(demand, 300.0, 1.5)
    dozens = wagner_whitin(demand / 8, 300.0, 1.5 * 8)
    assert dozens.cost == pytest.approx(plain.cost, rel=1e-12)
    assert dozens.order_quantities * 8 == pytest.approx(plain.order_quantities)
    assert wagner_whitin(demand, 30_000.0, 150.0).cost == pytest.approx(plain.cost * 100, rel=1e-12)
    orders = [
        int((wagner_whitin(demand, fixed, 1.5).order_quantities > 0).sum()) for fixed in (1, 30, 300, 3000)
    ]
    assert orders == sorted(orders, reverse=True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"demand": [1, -1]}, r"demand\[1\] must be at least 0"),
        ({"demand": []}, "demand must be a list of one or more"),
        ({"fixed_cost": math.nan}, r"fixed_cost\[0\] must be at least 0"),
        ({"holding_cost": [1.0]}, "holding_cost must be a list of 2 numbers"),
        ({"unit_cost": -1.0}, r"unit_cost\[0\] must be at least 0"),
        ({"unit_cost": "dear"}, "unit_cost must be numbers"),
        ({"demand": [1, 1e300]}, r"demand\[1\] must be at least 0 and at most"),
    ],
)
def test_impossible_numbers_are_named(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wagner_whitin(**{"demand": [1.0, 2.0], "fixed_cost": 5.0, "holding_cost": 1.0, **wrong})
