"""Regular prices by day and the response of demand to them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.axes import build_axes
from sim.market.calendar import Window
from sim.market.prices import (
    apply_clearance_response,
    apply_price_response,
    price_elasticities,
    price_steps,
    regular_prices_minor,
)
from tests.factory import SKUS, tiny_scenario

START = date(2025, 1, 6)
CHANGES = [
    {"sku_id": "A", "from_date": date(2025, 1, 10), "price": 12.5},  # day 4
    {"sku_id": "A", "from_date": date(2025, 1, 8), "price": 8.0},  # day 2
    {"sku_id": "C", "from_date": date(2024, 12, 1), "price": 45.0},  # before the window
    {"sku_id": "C", "from_date": date(2026, 1, 1), "price": 1.0},  # after it
]


def test_a_regular_price_holds_until_the_next_change() -> None:
    scenario = tiny_scenario(demand={"price_changes": CHANGES})
    axes, window = build_axes(scenario), Window(START, 0, 6)
    prices = regular_prices_minor(price_steps(scenario, axes, window), axes, 6)
    assert prices[:, 0].tolist() == [1000, 1000, 800, 800, 1250, 1250]
    assert prices[:, 1].tolist() == [800] * 6
    assert prices[:, 2].tolist() == [4500] * 6
    assert prices.dtype == np.int32


@pytest.mark.parametrize("sku", range(3))
def test_the_last_change_holds_to_the_end_whichever_sku_it_is(sku: int) -> None:
    change = {"sku_id": "ABC"[sku], "from_date": date(2025, 1, 8), "price": 5.0}
    scenario = tiny_scenario(demand={"price_changes": [change]})
    (step,) = price_steps(scenario, build_axes(scenario), Window(START, 0, 6))
    assert (step.sku, step.first_row, step.stop_row) == (sku, 2, 6)


def test_demand_answers_the_regular_price_over_that_of_the_sku_table() -> None:
    scenario = tiny_scenario(demand={"price_changes": CHANGES})
    axes, window = build_axes(scenario), Window(START, 0, 6)
    factors = np.ones((6, 3))
    apply_price_response(factors, price_steps(scenario, axes, window), np.array([-2.0, -2.0, 0.0]))
    assert factors[:, 0] == pytest.approx([1, 1, 0.8**-2, 0.8**-2, 1.25**-2, 1.25**-2], rel=1e-14)
    assert (factors[:, 1:] == 1.0).all()


def test_elasticity_of_the_sku_beats_that_of_its_class() -> None:
    skus = [{**SKUS[0], "price_elasticity": -3.5}, *SKUS[1:]]
    responses = [{"price_elasticity": -1.0}, {"classes": ["HOME"], "price_elasticity": -0.5}]
    scenario = tiny_scenario(assortment={"skus": skus}, demand={"responses": responses})
    assert price_elasticities(scenario, build_axes(scenario)).tolist() == [-3.5, -1.0, -0.5]


def test_demand_answers_the_clearance_mark_down() -> None:
    factors = np.full((3, 2), 2.0)
    in_clearance = np.array([[False, False], [True, False], [True, False]])
    apply_clearance_response(factors, in_clearance, 0.5, np.array([-2.0, -2.0]))
    assert factors[:, 0] == pytest.approx([2, 8, 8])
    assert (factors[:, 1] == 2).all()


def test_a_price_that_does_not_fit_is_refused() -> None:
    skus = [{**SKUS[0], "price": 3e7}, *SKUS[1:]]
    scenario = tiny_scenario(assortment={"skus": skus})
    with pytest.raises(ValueError, match="3,000,000,000 minor units"):
        regular_prices_minor((), build_axes(scenario), 3)
