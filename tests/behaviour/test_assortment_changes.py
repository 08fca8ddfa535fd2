"""Goods that come, go, and come back: launches, delistings, customer returns (mechanisms T4, T5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from sim import Cell, Day
from tests.behaviour.worlds import SKUS, by_cell, chain, kpis, run, runs, shelf, surely_positive, total

START = date(2025, 1, 6)


def with_sku(**values: Any) -> dict[str, Any]:
    """The assortment of the chain with some columns of SKU A set."""
    return {"assortment": {"skus": [{**SKUS[0], **values}, *SKUS[1:]]}}


LAUNCH_DAY = 16
NEW = with_sku(launch_date=START + timedelta(days=LAUNCH_DAY))


def test_a_new_item_is_on_the_shelf_on_its_first_day_and_not_asked_for_before() -> None:
    result = run(chain(NEW, {"demand": {"responses": [{"launch_days": 28}]}}))
    a = result.labels.skus.index("A")
    demand, stock = by_cell(result, Cell.DEMAND)[..., a], by_cell(result, Cell.STOCK_DAYS)[..., a]
    assert demand[:LAUNCH_DAY].sum() == 0
    assert (stock[:3] == 0).all()
    assert (stock[LAUNCH_DAY - 1] > 0).all()
    assert by_cell(result, Cell.OUT_OF_STOCK_SECONDS)[LAUNCH_DAY, :, a].sum() == 0
    assert result.panels.day[..., Day.OPEN_SECONDS].sum() == 6 * 14 * 3600 * (4 * 56 - LAUNCH_DAY)


def test_a_new_item_takes_time_to_be_wanted() -> None:
    ramp = {"demand": {"responses": [{"launch_days": 28}]}}
    weeks = []
    for result in runs(chain(NEW, ramp), 6):
        demand = by_cell(result, Cell.DEMAND)[LAUNCH_DAY:, :, result.labels.skus.index("A")].sum(axis=1)
        weeks.append([demand[:7].sum(), demand[7:14].sum(), demand[28:35].sum()])
    first, second, sixth = np.array(weeks, dtype=float).T
    assert surely_positive(second - first)
    assert surely_positive(sixth - second)


def test_followers_of_forecasts_order_a_new_item_like_its_neighbours() -> None:
    policy = {"policy": {"replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 3.0}}]}}
    result = run(chain(NEW, policy))
    stock = by_cell(result, Cell.STOCK_DAYS)[..., result.labels.skus.index("A")]
    assert (stock[LAUNCH_DAY - 1] > 0).all()


DELIST_DAY = 21
DELISTED = [
    with_sku(delist_date=START + timedelta(days=DELIST_DAY)),
    {"demand": {"responses": [{"price_elasticity": -2.0}]}, "initial": {"store_days_of_demand": 40.0}},
]


def clearing(discount: float) -> dict[str, Any]:
    return {"policy": {"delisting": {"discount": discount, "clearance_days": 10}}}


def test_a_mark_down_clears_delisted_goods_that_would_be_scrapped() -> None:
    timid, bold = (runs(chain(*DELISTED, clearing(discount)), 6) for discount in (0.01, 0.5))
    wasted = [
        np.array([total(result, Day.WASTED) for result in results], dtype=float) for results in (timid, bold)
    ]
    assert surely_positive(wasted[0] - wasted[1])
    assert surely_positive(kpis(bold, "cost_mark_down") - kpis(timid, "cost_mark_down"))


def test_a_delisted_item_is_ordered_no_more_and_gone_after_clearance() -> None:
    result = run(chain(*DELISTED, clearing(0.5)))
    a = result.labels.skus.index("A")
    received, stock = by_cell(result, Cell.RECEIVED)[..., a], by_cell(result, Cell.STOCK_DAYS)[..., a]
    assert received[DELIST_DAY + 2 :].sum() == 0
    assert stock[DELIST_DAY].sum() > 0
    assert stock[DELIST_DAY + 10 :].sum() == 0
    assert by_cell(result, Cell.SOLD)[DELIST_DAY + 10 :, :, a].sum() == 0
    assert by_cell(result, Cell.LOST)[DELIST_DAY:, :, a].sum() == 0  # nobody asks for what has gone


def test_stock_of_a_sku_that_is_yet_to_come_is_kept() -> None:
    result = run(chain(with_sku(launch_date=START + timedelta(days=400)), {"initial": shelf(5)}))
    assert (by_cell(result, Cell.STOCK_DAYS)[..., result.labels.skus.index("A")] == 5).all()


def test_what_should_have_been_cleared_before_the_first_day_is_scrapped_on_it() -> None:
    result = run(chain(with_sku(delist_date=START - timedelta(days=60)), {"initial": shelf(5)}))
    assert by_cell(result, Cell.STOCK_DAYS)[..., result.labels.skus.index("A")].sum() == 0
    assert total(result, Day.WASTED) == 6 * 5


def returning(probability: float = 0.2, resalable: float = 1.0, delay_days: int = 7) -> dict[str, Any]:
    delay = {"kind": "constant", "value": delay_days}
    returns = {"probability": probability, "delay_days": delay, "resalable_share": resalable}
    return {"assortment": {"classes": [{"id": "FOOD", "customer_returns": returns}]}}


def test_returned_units_were_sold_a_week_before() -> None:
    result = run(chain(returning(delay_days=7)))
    sold, returned = by_cell(result, Cell.SOLD), by_cell(result, Cell.RETURNED)
    assert returned[:7].sum() == 0
    assert (returned[7:] <= sold[:-7]).all()
    came_back, could = returned.sum(), sold[:-7].sum()
    assert abs(came_back / could - 0.2) < 4 * np.sqrt(0.2 * 0.8 / could)


def test_what_can_be_resold_goes_back_and_the_rest_is_scrapped() -> None:
    result = run(chain(returning(resalable=0.75)))
    returned, kept = total(result, Day.RETURNED), total(result, Day.RESTOCKED)
    assert total(result, Day.WASTED) == returned - kept
    assert abs(kept / returned - 0.75) < 4 * np.sqrt(0.75 * 0.25 / returned)
    assert total(result, Day.REFUND) == 1000 * returned
    none_kept, all_kept = (run(chain(returning(resalable=share))) for share in (0.0, 1.0))
    assert total(none_kept, Day.RESTOCKED) == 0
    assert total(all_kept, Day.WASTED) == 0


def test_returns_cost_money_and_save_orders() -> None:
    with_returns, without = chain(returning(0.3)), chain()
    results, plain = runs(with_returns, 6), runs(without, 6)
    assert surely_positive(kpis(plain, "profit") - kpis(results, "profit"))
    ordered = [
        np.array([total(run_, Day.ORDERED) for run_ in group], dtype=float) for group in (plain, results)
    ]
    assert surely_positive(ordered[0] - ordered[1])
