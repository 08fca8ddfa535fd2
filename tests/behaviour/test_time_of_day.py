"""The hour of a delivery matters, and nothing but the hour changes with it."""

from __future__ import annotations

import numpy as np
import pytest

from sim import Cell, Day
from tests.behaviour.worlds import STORES, base_stock, by_cell, chain, run, runs, shelf, surely_more, total

HOURS = (6.0, 10.0, 14.0, 18.0)


def delivered_at(hour: float, units: int = 6) -> dict[str, object]:
    return {"policy": {**base_stock(units), "transport": {"delivery_hour": hour}}, "initial": shelf(units)}


@pytest.mark.parametrize(("earlier", "later"), [(6.0, 10.0), (10.0, 14.0), (14.0, 18.0)])
def test_an_earlier_truck_never_sells_less(earlier: float, later: float) -> None:
    """Exact for every cell and day: what has arrived so far is never less, so what has been sold is not either."""
    for replication in range(3):
        sold = [
            by_cell(run(chain(delivered_at(hour)), replication), Cell.SOLD).cumsum(axis=0)
            for hour in (earlier, later)
        ]
        assert (sold[0] >= sold[1]).all()
        assert (sold[0] > sold[1]).any()


def test_four_hours_later_lower_the_fill_rate() -> None:
    policy = {"replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 0.2}}]}
    early, late = (
        chain({"policy": {**policy, "transport": {"delivery_hour": hour}}}) for hour in (8.0, 12.0)
    )
    assert surely_more("fill_rate", early, late)
    assert surely_more("on_shelf_availability", early, late)


def test_customers_come_at_the_same_hours_whenever_the_truck_comes() -> None:
    results = [run(chain(delivered_at(hour))) for hour in HOURS]
    for other in results[1:]:
        np.testing.assert_array_equal(by_cell(results[0], Cell.DEMAND), by_cell(other, Cell.DEMAND))


def test_before_opening_is_before_opening() -> None:
    at_night, at_dawn = (run(chain(delivered_at(hour))) for hour in (0.0, 8.0))
    np.testing.assert_array_equal(at_night.panels.day, at_dawn.panels.day)


def test_a_shelf_filled_at_noon_was_empty_all_morning() -> None:
    """Nothing on the shelf, ten units of every SKU due at noon: half of the day from 8 to 16 is lost."""
    stores = [{"store_id": "S1", "opens_hour": 8.0, "closes_hour": 16.0, "lead_time_days": 1, "size": 1.0}]
    opening = [{"store_id": "S1", "sku_id": name, "units": 0, "on_order_units": 10_000} for name in "ABCD"]
    world = chain(
        {"network": {"stores": stores}, "initial": {"store_stock": opening}},
        {"horizon": {"days": 1}, "demand": {"mean_units_per_day": 500.0}},
        {"policy": {"transport": {"delivery_hour": 12.0}}},
    )
    (result,) = runs(world, 1)
    assert result.kpis["on_shelf_availability"] == 0.5
    assert total(result, Day.OUT_OF_STOCK_SECONDS) == 4 * 4 * 3600
    demand = total(result, Day.DEMAND)
    assert abs(result.kpis["fill_rate"] - 0.5) < 4 * np.sqrt(0.25 / demand)
    assert total(result, Day.UNMET_IN_TRANSIT) == demand - total(result, Day.SOLD_AS_ASKED)


def test_demand_follows_the_hourly_profile() -> None:
    """All customers come after noon: a truck at noon is as good as one at dawn."""
    profile = (*(0.0,) * 12, *(1.0,) * 12)
    late, early = (
        run(chain(delivered_at(hour), {"network": {"hourly_profile": profile}})) for hour in (12.0, 6.0)
    )
    np.testing.assert_array_equal(by_cell(late, Cell.SOLD), by_cell(early, Cell.SOLD))
    evenly = run(chain(delivered_at(12.0)))
    assert evenly.kpis["fill_rate"] < late.kpis["fill_rate"]


def test_a_truck_with_other_goods_changes_nobodys_mind() -> None:
    """A is never delivered; whether its customers accept B must not depend on when B's truck comes."""
    substitution = {"classes": [{"id": "FOOD", "substitution": {"acceptance": 0.5}}]}
    opening = [
        {
            "store_id": store["store_id"],
            "sku_id": name,
            "units": 20 if name == "A" else 900,
            "on_order_units": due,
        }
        for store in STORES
        for name, due in (("A", 0), ("B", 5), ("C", 5), ("D", 5))
    ]
    one_day = {"horizon": {"days": 1}, "demand": {"mean_units_per_day": 40.0}}
    taken = []
    for hour in (6.0, 15.0):
        policy = {"transport": {"delivery_hour": hour}}
        world = chain(
            {"assortment": substitution, "policy": policy, "initial": {"store_stock": opening}}, one_day
        )
        taken.append(by_cell(run(world), Cell.SUBSTITUTED))
    assert taken[0].sum() > 50
    np.testing.assert_array_equal(taken[0], taken[1])
