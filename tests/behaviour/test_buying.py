"""Suppliers: what their prices, limits and modes of delivery do to what a centre pays and when it gets it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.books import Account
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY
from tests.behaviour.supply_worlds import FAR, NEAR, SKUS, bought_from, second_source, supplied
from tests.behaviour.worlds import run, runs, surely_more


def with_near(**values: Any) -> dict[str, Any]:
    """The suppliers with some terms of NEAR changed."""
    return {"network": {"suppliers": [{**NEAR, **values}, FAR]}}


def test_list_prices_stand_unless_a_process_moves_them() -> None:
    assert run(supplied()).kpis["purchase_price_index"] == 1.0


def test_prices_follow_their_trend_and_scatter_round_it() -> None:
    rising = run(supplied(with_near(price={"volatility_per_year": 0.0, "trend_per_year": 1.0})))
    table = rising.tables["purchase_orders"]
    paid = table["value_minor"] / table["units"]
    day = table["placed_second"] // SECONDS_PER_DAY
    # Doubling in a year, a new list every seven days.
    assert np.allclose(paid, 600.0 * 2.0 ** (day // 7 * 7 / 365), rtol=0.002)
    moving = with_near(price={"volatility_per_year": 0.4, "mean_reversion_per_year": 4.0})
    indices = [result.kpis["purchase_price_index"] for result in runs(supplied(moving), 30)]
    # Stationary standard deviation of the log price: 0.4 / sqrt(8) = 0.14.
    assert abs(np.mean(indices) - 1.0) < 4 * 0.14 / np.sqrt(30)
    assert 0.03 < np.std(indices) < 0.2


def test_stock_is_valued_at_what_was_paid() -> None:
    result = run(supplied(with_near(price={"volatility_per_year": 0.0, "trend_per_year": 2.0})))
    assert (result.closing.centre_value > 1.3 * 600 * result.closing.centre_units).all()


def test_a_limited_supplier_ships_no_more_than_it_can_and_loses_nothing() -> None:
    limited = run(supplied(with_near(capacity_units_per_day=30)))
    receipts = limited.tables["receipts"]
    came = receipts["received_second"] >= 0
    per_day = np.bincount(
        receipts["received_second"][came] // SECONDS_PER_DAY, weights=receipts["units"][came]
    )
    assert per_day.max() == 30
    assert receipts["lines"].sum() == limited.tables["purchase_orders"]["lines"].sum()
    assert receipts["units"].sum() == limited.tables["purchase_orders"]["units"].sum()


def test_a_queue_at_the_supplier_lengthens_the_lead_time() -> None:
    assert surely_more("supplier_lead_time_days", supplied(with_near(capacity_units_per_day=34)), supplied())


def test_nothing_leaves_a_disrupted_supplier() -> None:
    disrupted = with_near(disruptions={"per_year": 12, "length_days": {"kind": "constant", "value": 5}})
    result = run(supplied(disrupted))
    stops = result.tables["disruptions"]
    assert len(stops) > 2
    receipts = result.tables["receipts"]
    leaves = receipts["received_second"][receipts["received_second"] >= 0] - 2 * SECONDS_PER_DAY
    for start, end in zip(stops["start_second"], stops["end_second"], strict=True):
        assert not ((leaves >= start) & (leaves < end)).any()
    assert surely_more("supplier_on_time_share", supplied(), supplied(disrupted), 12)


@pytest.mark.parametrize("answer", ["wait", "top_up"])
def test_no_order_falls_short_of_the_minimum(answer: str) -> None:
    result = run(supplied(with_near(minimum_order={"units": 50, "value": 330.0}), small_orders=answer))
    orders = result.tables["purchase_orders"]
    assert len(orders) > 10
    assert orders["units"].min() >= 55  # 330 at 6.00
    if answer == "top_up":
        assert (orders["units"] == 60).any()


def test_express_comes_sooner_and_costs_its_surcharge() -> None:
    fast = {"lead_time_days": {"kind": "constant", "value": 1}, "surcharge_share": 0.2}
    suppliers = {"network": {"suppliers": [NEAR, {**FAR, "express": fast}]}}
    skus = {"assortment": {"skus": [{**sku, "supplier_id": "FAR"} for sku in SKUS]}}
    slow = supplied(suppliers, skus)
    quick = supplied(suppliers, skus, express=[{"trigger_days_of_cover": 30}])
    assert run(slow).kpis["express_share"] == 0.0
    result = run(quick)
    assert result.kpis["express_share"] == 1.0
    assert result.kpis["supplier_lead_time_days"] == 1.0
    charges = result.tables["charges"]
    mine = charges["reason"] == Charge.EXPRESS_SURCHARGE
    paid = charges["amount_minor"][mine].sum()
    assert paid == pytest.approx(0.2 * result.tables["purchase_orders"]["value_minor"].sum(), rel=1e-4)
    assert result.ledger[..., Account.OUTSOURCING].sum() == paid
    assert surely_more("line_fill_rate", quick, slow)


def test_a_split_gives_each_supplier_its_share_in_whole_cases() -> None:
    shares = [{"supplier": "NEAR", "share": 1}, {"supplier": "FAR", "share": 3}]
    result = run(supplied(second_source(), rules=[{"mode": {"kind": "split", "shares": shares}}]))
    units = bought_from(result)
    assert units[1] / units.sum() == pytest.approx(0.75, abs=0.01)
    assert (result.tables["purchase_orders"]["units"] % 6 == 0).all()
    assert (bought_from(result, "value_minor") == units * [600, 500]).all()
    assert result.kpis["purchase_price_index"] == pytest.approx((0.25 * 6 + 0.75 * 5) / 6, rel=0.01)


def test_a_single_source_may_be_another_than_the_own_supplier() -> None:
    rule = {"scope": {"skus": ["A", "B"]}, "mode": {"kind": "single", "supplier": "FAR"}}
    units = bought_from(run(supplied(second_source(), rules=[rule])))
    assert (units > 0).all()
    assert bought_from(run(supplied(second_source())))[1] == 0


def test_another_supplier_and_another_sku_leave_draws_as_they_were() -> None:
    terms = {
        "lead_time_days": {"kind": "gamma", "mean": 3, "cv": 0.5},
        "price": {"volatility_per_year": 0.5},
        "disruptions": {"per_year": 8},
    }
    plain = supplied(with_near(**terms))
    stranger = {"id": "AAA", "price": {"volatility_per_year": 1.0}, "disruptions": {"per_year": 20}}
    more = supplied(
        {"network": {"suppliers": [stranger, FAR, {**NEAR, **terms}]}},
        {"assortment": {"skus": [{**SKUS[0], "sku_id": "0", "supplier_id": "AAA"}, *SKUS]}},
    )
    before, after = run(plain), run(more)
    for name in ("purchase_orders", "receipts"):
        mine = after.tables[name]["supplier"] == 2
        for column in after.tables[name].columns:
            if column != "supplier":
                assert (after.tables[name][column][mine] == before.tables[name][column]).all()
    stops = after.tables["disruptions"]
    assert (
        stops["start_second"][stops["supplier"] == 2].tolist()
        == before.tables["disruptions"]["start_second"].tolist()
    )
