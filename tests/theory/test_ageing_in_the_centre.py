"""Goods that age in the centre, in a world without chance: what is shipped and wasted each week follows by hand.

The centre receives Q units every Tuesday and nothing else. A store sells and orders two units every day, which arrive
the next morning. Received on day 1 with a total life of T days, the last day of sale is day T; what leaves on the
evening of day d arrives on day d + 1 with T - d days left. With at least m of them demanded, the centre ships on the
evenings of the days 1 to T - m, and throws the rest away.
"""

from __future__ import annotations

import numpy as np
import pytest

import optimize
import sim
from sim import Centre, Day, RunResult
from tests.factory import tiny_scenario

WEEKS = 5
QUANTITY = 30
DEMAND = 2


def run(total_life_days: int, least_days: int, shelf_life_days: int = 10) -> RunResult:
    sku = {"sku_id": "MILK", "class_id": "FOOD", "price": 9.0, "purchase_cost": 5.0}
    life = {"shelf_life_days": shelf_life_days, "total_shelf_life_days": total_life_days}
    scenario = tiny_scenario(
        horizon={"days": 7 * WEEKS + 1, "panel_period_days": 1},
        network={
            "suppliers": [{"id": "SUP", "lead_time_days": {"kind": "constant", "value": 1}}],
            "distribution_centres": [{"id": "DC"}],
            "stores": [{"store_id": "S", "lead_time_days": 1, "minimum_remaining_life_days": least_days}],
        },
        assortment={"classes": [{"id": "FOOD"}], "skus": [{**sku, **life}]},
        demand={"mean_units_per_day": float(DEMAND), "process": {"kind": "constant"}},
        costs={"disposal_per_wasted_unit": 0.25},
        initial={"store_days_of_demand": 0.0, "dc_days_of_demand": 0.0},
        policy={
            "replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": DEMAND}}}],
            "dc_replenishment": [
                {
                    "mode": {"kind": "periodic_review", "order_up_to": {"units": QUANTITY}},
                    "order_weekdays": ["mon"],
                }
            ],
        },
    )
    return sim.simulate(scenario, optimize.plan(scenario), seed=1, replication=0)


@pytest.mark.parametrize(("total_life_days", "least_days"), [(5, 0), (5, 1), (5, 3), (6, 2), (3, 3)])
def test_what_is_shipped_and_wasted_each_week(total_life_days: int, least_days: int) -> None:
    result = run(total_life_days, least_days)
    evenings = total_life_days - max(1, least_days)
    week = result.panels.centre[1:, 0, 0].reshape(WEEKS, 7, -1)
    np.testing.assert_array_equal(week[..., Centre.SHIPPED].sum(axis=1), DEMAND * evenings)
    np.testing.assert_array_equal(week[..., Centre.WASTED].sum(axis=1), QUANTITY - DEMAND * evenings)
    # On the evening of its last day, T days after it came in.
    assert (week[:, total_life_days - 1, Centre.WASTED] > 0).all()
    if evenings:
        days_left = np.arange(total_life_days - 1, max(1, least_days) - 1, -1)
        assert result.kpis["life_at_receipt_days"] == pytest.approx(days_left.mean())
    assert result.kpis["centre_waste_share"] == pytest.approx(1 - DEMAND * evenings / QUANTITY)


def test_what_is_thrown_away_costs_its_price_and_its_disposal() -> None:
    result = run(5, 0)
    wasted = int(result.panels.centre[..., Centre.WASTED].sum())
    assert result.kpis["cost_waste"] * len(result.panels.day) == pytest.approx(wasted * (5.0 + 0.25))


def test_the_shelf_life_of_the_store_bounds_what_is_left() -> None:
    """A unit with four days left that may stand on the shelf for two has two."""
    assert run(5, 0, shelf_life_days=2).kpis["life_at_receipt_days"] == pytest.approx((2 + 2 + 2 + 1) / 4)


def test_a_unit_is_sold_until_its_last_day_and_not_after() -> None:
    """The store buys for a week on the evening of day 1 and has T - 1 days to sell it."""
    sku = {"sku_id": "MILK", "class_id": "FOOD", "price": 9.0, "purchase_cost": 5.0}
    life = {"shelf_life_days": 10, "total_shelf_life_days": 4}
    scenario = tiny_scenario(
        horizon={"days": 8, "panel_period_days": 1},
        network={"distribution_centres": [{"id": "DC"}], "stores": [{"store_id": "S", "lead_time_days": 1}]},
        assortment={"classes": [{"id": "FOOD"}], "skus": [{**sku, **life}]},
        demand={"mean_units_per_day": 2.0, "process": {"kind": "constant"}},
        initial={
            "store_days_of_demand": 0.0,
            "dc_stock": [{"dc_id": "DC", "sku_id": "MILK", "units": 14}],
        },
        policy={
            "replenishment": [
                {"mode": {"kind": "base_stock", "order_up_to": {"units": 14}}, "order_weekdays": ["mon"]}
            ],
            "dc_replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 0}}}],
        },
    )
    day = sim.simulate(scenario, optimize.plan(scenario), seed=1, replication=0).panels.day[:, 0, 0]
    # In the centre since day 0: days 1, 2 and 3 are left, and what is not sold by then goes.
    assert day[:, Day.SOLD_AS_ASKED].tolist() == [0, 2, 2, 2, 0, 0, 0, 0]
    assert day[:, Day.WASTED].tolist() == [0, 0, 0, 8, 0, 0, 0, 0]
