"""Where the answer is known without arithmetic."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim import Account, Cell, Day
from tests.behaviour.worlds import STORES, all_skus, base_stock, by_cell, chain, run, shelf, total

COSTS = {
    "costs": {
        "ordering": {"per_store_order": 5.0, "per_store_order_line": 1.0},
        "holding": {"store_rate_per_year": 0.3},
        "communication": {"per_order_contact": 2.0},
    },
    "network": {"stores": [{**store, "facility_cost_per_day": 50.0} for store in STORES]},
}


def test_without_demand_stock_only_costs_what_it_costs_to_keep() -> None:
    result = run(
        chain({"demand": {"mean_units_per_day": 0.0}, "initial": shelf(20)}, base_stock_policy(20), COSTS)
    )
    assert total(result, Day.DEMAND, Day.SOLD_AS_ASKED, Day.LOST, Day.ORDERED, Day.RECEIVED, Day.WASTED) == 0
    assert np.isnan(result.kpis["fill_rate"])
    assert result.kpis["on_shelf_availability"] == 1.0
    # 6 stores x 4 SKUs x 20 units at 6.00, 30% a year; 6 stores at 50 a day.
    assert result.kpis["cost_holding"] == pytest.approx(480 * 6 * 0.3 / 365, abs=0.01 * 6)
    assert result.kpis["cost_facilities"] == 300.0
    assert result.kpis["total_cost"] == pytest.approx(result.kpis["cost_holding"] + 300.0)
    assert result.kpis["revenue"] == 0.0


def base_stock_policy(units: int) -> dict[str, object]:
    return {"policy": base_stock(units)}


def test_with_endless_stock_everybody_is_served() -> None:
    result = run(chain({"initial": shelf(100_000)}))
    assert total(result, Day.DEMAND) > 1_000
    assert result.kpis["fill_rate"] == result.kpis["on_shelf_availability"] == 1.0
    assert result.kpis["cycle_service_level"] != result.kpis["cycle_service_level"]  # no cycle ever ends
    assert total(result, Day.ORDERED, Day.OUT_OF_STOCK_SECONDS) == 0


def test_without_stock_and_without_orders_nobody_is_served() -> None:
    never = {"replenishment": [{"mode": {"kind": "table", "levels": never_order()}}]}
    result = run(chain({"initial": shelf(0), "policy": never}))
    assert total(result, Day.DEMAND) == total(result, Day.LOST) > 1_000
    assert result.kpis["fill_rate"] == result.kpis["on_shelf_availability"] == 0.0
    assert result.kpis["stock_out_days"] == 365.0
    assert result.kpis["revenue"] == 0.0


def never_order() -> list[dict[str, object]]:
    return [{"store_id": "S0", "sku_id": "A", "reorder_point_units": -1, "order_up_to_units": 1}]


def test_a_lead_time_of_zero_days_fills_the_shelf_for_the_next_morning() -> None:
    stores = {"network": {"stores": [{**store, "lead_time_days": 0} for store in STORES]}}
    result = run(chain(stores, {"policy": base_stock(30), "initial": shelf(30)}))
    on_shelf = 30 - by_cell(result, Cell.SOLD)
    np.testing.assert_array_equal(by_cell(result, Cell.STOCK_DAYS), on_shelf)
    assert total(result, Day.UNMET_IN_TRANSIT, Day.UNMET_CENTRE, Day.UNMET_CALENDAR) == 0


def test_zero_and_one_day_are_the_same_before_opening() -> None:
    """A truck that leaves after closing arrives before the next opening in both cases."""
    policy = {"policy": base_stock(8), "initial": shelf(8)}
    today = chain({"network": {"stores": [{**store, "lead_time_days": 0} for store in STORES]}}, policy)
    tomorrow = chain(policy)
    np.testing.assert_array_equal(by_cell(run(today), Cell.SOLD), by_cell(run(tomorrow), Cell.SOLD))


def test_what_lives_for_a_day_is_sold_or_wasted_on_the_day_it_came() -> None:
    result = run(
        chain({"assortment": all_skus(shelf_life_days=1)}, {"policy": base_stock(5), "initial": shelf(0)})
    )
    assert by_cell(result, Cell.STOCK_DAYS).sum() == 0
    gone = by_cell(result, Cell.SOLD) + by_cell(result, Cell.WASTED)
    np.testing.assert_array_equal(gone, by_cell(result, Cell.RECEIVED))
    assert total(result, Day.WASTED) > 0
    assert result.kpis["age_at_sale_share"] == 0.0


def test_stores_closed_all_week_only_pay_for_being_there() -> None:
    closed = {"network": {"closures": [{"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}]}}
    result = run(chain(closed, COSTS, {"initial": shelf(10)}))
    assert total(result, Day.DEMAND, Day.ORDERED, Day.OPEN_SECONDS, Day.RECEIVED) == 0
    assert result.kpis["revenue"] == result.kpis["cost_ordering"] == 0.0
    assert result.kpis["cost_facilities"] == 300.0
    assert result.kpis["cost_holding"] > 0.0


def test_a_day_off_takes_a_day_of_demand_and_the_truck_waits_for_the_door() -> None:
    monday = {"network": {"closures": [{"dates": [date(2025, 1, 7)]}]}}  # the second day, a Tuesday
    policy = {"policy": base_stock(30), "initial": shelf(30), "horizon": {"days": 4}}
    shut, opened = run(chain(monday, policy)), run(chain(policy))
    demand, usual = by_cell(shut, Cell.DEMAND), by_cell(opened, Cell.DEMAND)
    assert demand[1].sum() == 0
    np.testing.assert_array_equal(demand[[0, 2, 3]], usual[[0, 2, 3]])
    received = by_cell(shut, Cell.RECEIVED)
    assert received[1].sum() == 0
    np.testing.assert_array_equal(received[2], demand[0])


def test_what_is_free_earns_its_price() -> None:
    result = run(chain({"assortment": all_skus(purchase_cost=0.0)}))
    assert result.kpis["profit"] == result.kpis["revenue"] == pytest.approx(10 * result.kpis["sold_units"])
    assert result.ledger[..., Account.COST_OF_GOODS].sum() == 0
