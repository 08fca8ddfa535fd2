"""What planners know, what a replayed past does, and how orders swing more than demand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from scenarios import KnownOrder
from sim import Cell, Centre, Day
from tests.behaviour.worlds import (
    SKUS,
    STORES,
    base_stock,
    by_cell,
    chain,
    kpis,
    run,
    runs,
    shelf,
    surely_positive,
    total,
)
from tests.factory import table

START = date(2025, 1, 6)
CELLS = [(store["store_id"], sku["sku_id"]) for store in STORES for sku in SKUS]
WEEK = {"demand": {"patterns": [{"weekday_factors": [0.4, 0.4, 0.6, 0.6, 1.5, 2.5, 1.0]}]}}
FAIR = {
    "demand": {
        "holidays": [{"name": "fair", "dates": [START + timedelta(days=30)], "days": 5, "factor": 4.0}]
    }
}


def following(cover_days: float, **policy: Any) -> dict[str, Any]:
    mode = {"kind": "days_of_cover", "cover_days": cover_days}
    return {"policy": {"replenishment": [{"mode": mode}], **policy}}


def test_knowing_the_days_to_come_is_worth_money() -> None:
    """The same days of cover on a week and a fair that the past does not tell of."""
    recorded, perfect = (
        runs(chain(WEEK, FAIR, following(0.0, knowledge=knowledge))) for knowledge in ("recorded", "perfect")
    )
    assert surely_positive(kpis(perfect, "profit") - kpis(recorded, "profit"))
    assert surely_positive(kpis(perfect, "fill_rate") - kpis(recorded, "fill_rate"))
    for before, after in zip(recorded, perfect, strict=True):
        np.testing.assert_array_equal(by_cell(before, Cell.DEMAND), by_cell(after, Cell.DEMAND))


def test_centres_that_know_the_days_to_come_buy_for_the_fair_before_it_begins() -> None:
    """Stores order what they sold, so that only a centre that knows can see the fair coming."""
    slow = {"suppliers": [{"id": "SUP", "lead_time_days": {"kind": "constant", "value": 6}}]}
    limited = {"distribution_centres": [{"id": "DC", "stock": "limited"}]}
    rule = {"mode": {"kind": "days_of_cover", "cover_days": 3.0}}
    recorded, perfect = (
        runs(
            chain(
                WEEK,
                FAIR,
                {"network": {**limited, **slow}, "initial": {**shelf(30), "dc_days_of_demand": 12.0}},
                {"policy": {**base_stock(30), "dc_replenishment": [rule], "knowledge": knowledge}},
            )
        )
        for knowledge in ("recorded", "perfect")
    )

    def bought_ahead(results: list[Any]) -> np.ndarray:
        return np.array([result.panels.centre[21:30, ..., Centre.PURCHASED].sum() for result in results])

    assert surely_positive(bought_ahead(perfect) - 1.5 * bought_ahead(recorded))
    assert surely_positive(kpis(perfect, "fill_rate") - kpis(recorded, "fill_rate"))


def test_a_centre_that_knows_demand_orders_up_to_that_of_its_own_stores() -> None:
    """Four a day times size, over lead time 2, review gap 1 and a day more; the stores order nothing."""
    stores = [
        {**STORES[0], "size": 1.0},
        {**STORES[1], "size": 3.0},
        {**STORES[2], "size": 50.0, "dc_id": "FAR"},
    ]
    centres = [{"id": "DC", "stock": "limited"}, {"id": "FAR", "stock": "limited"}]
    suppliers = [{"id": "SUP", "lead_time_days": {"kind": "constant", "value": 2}}]
    rule = {"mode": {"kind": "days_of_cover", "cover_days": 1.0}}
    result = run(
        chain(
            {"demand": {"patterns": [{"weekday_factors": [0.5, 0.5, 0.5, 0.5, 1.0, 2.0, 2.0]}]}},
            {"network": {"stores": stores, "distribution_centres": centres, "suppliers": suppliers}},
            {"initial": {**shelf(0, stores), "dc_days_of_demand": 0.0}, "horizon": {"days": 14}},
            {"policy": {**base_stock(0), "dc_replenishment": [rule], "knowledge": "perfect"}},
        )
    )
    bought = result.panels.centre[0, :, 0, Centre.PURCHASED]
    np.testing.assert_array_equal(bought, np.array([4 * (1 + 3), 4 * 50]) * len(SKUS) * (2 + 1 + 1))


def test_how_far_a_store_looks_ahead_does_not_depend_on_how_far_away_others_are() -> None:
    """The first store covers five days, another one ten; what it knows of its own week must not change."""
    policy = following(3.0, knowledge="perfect")
    ordered = []
    for lead_time_days in (1, 8):
        stores = [
            {**store, "lead_time_days": 1 if row == 0 else lead_time_days} for row, store in enumerate(STORES)
        ]
        scenario = chain(WEEK, FAIR, policy, {"network": {"stores": stores}})
        ordered.append(run(scenario).panels.day[:, 0, :, Day.ORDERED])
    assert ordered[0].sum() > 0
    np.testing.assert_array_equal(*ordered)


def test_planners_who_see_sales_forget_the_customers_they_lost() -> None:
    """Censored sales lower the forecast: with a day's stock it spirals down, with the true mean it does not."""
    rule = {"mode": {"kind": "base_stock", "order_up_to": {"days_of_demand": 1.0}}}
    recorded, perfect = (
        runs(chain({"policy": {"replenishment": [rule], "knowledge": knowledge}}))
        for knowledge in ("recorded", "perfect")
    )

    def late_fill(results: list[Any]) -> np.ndarray:
        late = [result.panels.day[28:].sum(axis=(0, 1, 2)) for result in results]
        return np.array([day[Day.SOLD_AS_ASKED] / day[Day.DEMAND] for day in late])

    assert surely_positive(late_fill(perfect) - late_fill(recorded))


def test_known_demand_is_asked_for_again_unit_by_unit() -> None:
    units = np.random.default_rng(7).poisson(3.0, (56, len(STORES), len(SKUS)))
    rows = [
        {"store_id": store, "sku_id": sku, "date": START + timedelta(days=day), "units": int(count)}
        for day in range(56)
        for (store, sku), count in zip(CELLS, units[day].ravel(), strict=True)
    ]
    known = {"demand": {"mean_units_per_day": None, "known": rows}}
    for replication in (0, 1):
        np.testing.assert_array_equal(by_cell(run(chain(known), replication), Cell.DEMAND), units)


def orders_at_four_a_day(
    forecaster: dict[str, Any], *changes: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Units per day that stores ask for and the centre buys, stock standing at the levels of four a day at first."""
    rule = {"mode": {"kind": "days_of_cover", "cover_days": 1.0}, "forecaster": forecaster}
    units = 4 * len(STORES) * (2 + 1 + 1)  # lead time, review gap, a day more
    network = {
        "distribution_centres": [{"id": "DC", "stock": "limited"}],
        "suppliers": [{"id": "SUP", "lead_time_days": {"kind": "constant", "value": 2}}],
        "stores": [{**store, "size": 1.0} for store in STORES],
    }
    stock = [{"dc_id": "DC", "sku_id": sku["sku_id"], "units": units} for sku in SKUS]
    result = run(
        chain(
            {"horizon": {"days": 21}, "initial": {**shelf(4 * (1 + 1 + 1)), "dc_stock": stock}},
            {"network": network, "policy": {"replenishment": [rule], "dc_replenishment": [rule]}},
            *changes,
        )
    )
    asked = result.panels.day[..., Day.ORDERED].sum(axis=(1, 2))
    return asked, result.panels.centre[..., Centre.PURCHASED].sum(axis=(1, 2))


FORECASTERS = [{"kind": "exponential_smoothing"}, {"kind": "moving_average", "days": 7}]


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_stores_and_centre_remember_the_days_before_the_start(forecaster: dict[str, Any]) -> None:
    """Where demand is four a day and always was, so are the orders, from the first day on."""
    stores, centre = orders_at_four_a_day(forecaster, {"demand": {"process": {"kind": "constant"}}})
    np.testing.assert_array_equal(stores, len(CELLS) * 4)
    np.testing.assert_array_equal(centre, len(CELLS) * 4)


def known_rows(first_day: int, units: int) -> dict[str, Any]:
    """The same known demand in every cell from a day, which may lie before the start, to the end of three weeks."""
    return {
        "demand": {
            "known": [
                {"store_id": store, "sku_id": sku, "date": START + timedelta(days=day), "units": units}
                for day in range(first_day, 21)
                for store, sku in CELLS
            ]
        }
    }


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_known_demand_is_remembered_where_its_rows_begin_before_the_start(forecaster: dict[str, Any]) -> None:
    stores, centre = orders_at_four_a_day(forecaster, known_rows(-28, 4))
    np.testing.assert_array_equal(stores, len(CELLS) * 4)
    np.testing.assert_array_equal(centre, len(CELLS) * 4)
    stores, centre = orders_at_four_a_day(forecaster, known_rows(0, 4))
    assert stores[0] == centre[0] == 0


def test_known_orders_are_placed_again_unit_by_unit() -> None:
    units = np.random.default_rng(8).poisson(1.5, (56, len(STORES), len(SKUS)))
    rows = [
        {"store_id": store, "sku_id": sku, "date": START + timedelta(days=day), "units": int(count)}
        for day in range(56)
        for (store, sku), count in zip(CELLS, units[day].ravel(), strict=True)
        if count > 0
    ]
    policy = {"replenishment": [{"mode": {"kind": "known_orders", "orders": table(KnownOrder, rows)}}]}
    result = run(chain({"policy": policy}))
    np.testing.assert_array_equal(by_cell(result, Cell.RECEIVED)[1:], units[:-1])
    assert total(result, Day.ORDERED) == units.sum()
    assert total(result, Day.ORDER_LINES) == (units > 0).sum()


def swings(lead_time_days: int, window_days: int) -> np.ndarray:
    """Bullwhip ratios of stores that follow a moving average with an order-up-to rule."""
    stores = [{**store, "lead_time_days": lead_time_days} for store in STORES]
    forecaster = {"kind": "moving_average", "days": window_days}
    rule = {"mode": {"kind": "days_of_cover", "cover_days": 2.0}, "forecaster": forecaster}
    world = chain(
        {"network": {"stores": stores}, "policy": {"replenishment": [rule]}},
        {"horizon": {"warm_up_days": 14}, "initial": {"store_days_of_demand": 12.0}},
    )
    return kpis(runs(world), "bullwhip_ratio")


def test_orders_swing_more_than_demand_and_more_with_a_long_lead_time() -> None:
    short, long = swings(1, 7), swings(5, 7)
    assert surely_positive(short - 1)
    assert surely_positive(long - short)


def test_a_longer_memory_calms_orders() -> None:
    assert surely_positive(swings(3, 5) - swings(3, 20))


def test_one_for_one_replenishment_passes_demand_on_as_it_is() -> None:
    """Base stock at a fixed level orders what was sold: the ratio is 1 with stock to spare."""
    result = run(chain({"policy": base_stock(60), "initial": shelf(60)}))
    ordered = result.panels.day[..., Day.ORDERED].sum(axis=(1, 2))
    np.testing.assert_array_equal(ordered, result.panels.day[..., Day.DEMAND].sum(axis=(1, 2)))
    assert result.kpis["bullwhip_ratio"] == 1.0
