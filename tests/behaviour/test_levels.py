"""More stock, bigger cases, higher levels, fewer orders: which way things move."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from scenarios import check
from sim import Cell, Day
from tests.behaviour.worlds import (
    STORES,
    all_skus,
    base_stock,
    by_cell,
    chain,
    kpis,
    run,
    runs,
    shelf,
    surely_more,
    surely_positive,
    total,
)

TIGHT_MODE = {"kind": "days_of_cover", "cover_days": 0.0}
TIGHT = {"policy": {"replenishment": [{"mode": TIGHT_MODE}]}}


def test_more_opening_stock_never_sells_less_on_a_day() -> None:
    one_day = {"horizon": {"days": 1}}
    sold = [by_cell(run(chain(one_day, {"initial": shelf(units)})), Cell.SOLD) for units in range(9)]
    for less, more in pairwise(sold):
        assert (more >= less).all()
        assert (more <= less + 1).all()
    assert sold[0].sum() == 0
    assert sold[-1].sum() > sold[1].sum() > 0


@pytest.mark.parametrize("lead_time_days", [1, 3])
def test_a_higher_base_stock_never_sells_less(lead_time_days: int) -> None:
    """Exact for every cell up to every day: more has arrived, so more can have been sold."""
    stores = {"network": {"stores": [{**store, "lead_time_days": lead_time_days} for store in STORES]}}
    sold = [
        by_cell(run(chain(stores, {"policy": base_stock(units), "initial": shelf(units)})), Cell.SOLD).cumsum(
            axis=0
        )
        for units in (2, 5, 9, 14)
    ]
    for less, more in pairwise(sold):
        assert (more >= less).all()
        assert (more > less).any()


def test_bigger_cases_mean_more_stock() -> None:
    """Rounded up to whole cases, the position after ordering is never below that of single units."""
    results = [
        run(chain({"assortment": all_skus(case_pack=pack)}, {"policy": base_stock(12), "initial": shelf(12)}))
        for pack in (1, 8)
    ]
    stock = [result.kpis["store_stock_units"] for result in results]
    assert stock[1] > stock[0]
    orders = results[1].tables["store_orders"]
    assert (orders["units"] % 8 == 0).all()
    assert results[1].kpis["order_lines"] < results[0].kpis["order_lines"]


def test_cases_rounded_to_the_nearest_hold_less_than_cases_rounded_up() -> None:
    def world(rounding: str) -> list[float]:
        mode = {"kind": "base_stock", "order_up_to": {"units": 12}}
        policy = {"replenishment": [{"mode": mode, "case_rounding": rounding}]}
        scenario = chain({"assortment": all_skus(case_pack=6)}, {"policy": policy, "initial": shelf(12)})
        return [result.kpis["store_stock_units"] for result in runs(scenario, 5)]

    assert surely_positive(np.array(world("up")) - np.array(world("nearest")))


@pytest.mark.parametrize(("units", "is_stuck"), [(5, True), (6, False)])
def test_less_than_half_a_case_rounds_to_no_order_for_ever_as_the_check_warns(
    units: int, is_stuck: bool
) -> None:
    mode = {"kind": "base_stock", "order_up_to": {"units": units}}
    policy = {"replenishment": [{"mode": mode, "case_rounding": "nearest"}]}
    scenario = chain({"assortment": all_skus(case_pack=12)}, {"policy": policy, "initial": shelf(units)})
    assert (by_cell(run(scenario), Cell.RECEIVED).sum(axis=0) == 0).all() == is_stuck
    assert ("policy.replenishment[0].case_rounding" in [found.path for found in check(scenario)]) == is_stuck


def test_a_minimum_order_means_fewer_and_bigger_orders() -> None:
    free, bound = chain(TIGHT), chain(TIGHT, {"policy": {"minimum_order": {"units": 25}}})
    assert surely_more("store_orders", free, bound)
    assert run(bound).tables["store_orders"]["units"].min() >= 25
    assert run(free).tables["store_orders"]["units"].min() < 25
    assert surely_more("fill_rate", free, bound)


def test_a_minimum_order_counts_by_value_too() -> None:
    bound = run(chain(TIGHT, {"policy": {"minimum_order": {"value": 120.0}}}))
    assert bound.tables["store_orders"]["units"].min() == 20  # at 6.00 each


def test_fewer_order_days_need_more_stock() -> None:
    def world(days: list[str]) -> dict[str, object]:
        mode = {"kind": "days_of_cover", "cover_days": 1.0, "safety_factor": 1.0}
        return {"policy": {"replenishment": [{"mode": mode, "order_weekdays": days}]}}

    weekly, twice = chain(world(["mon"])), chain(world(["mon", "thu"]))
    assert surely_more("store_stock_units", weekly, twice)
    orders = run(weekly).tables["store_orders"]["placed_second"] // 86_400
    assert set((orders % 7).tolist()) == {0}


def test_more_safety_more_service_and_more_stock() -> None:
    safe, tight = (
        chain({"policy": {"replenishment": [{"mode": {**TIGHT_MODE, "safety_factor": factor}}]}})
        for factor in (2.0, 0.0)
    )
    assert surely_more("fill_rate", safe, tight)
    assert surely_more("store_stock_units", safe, tight)


def test_emergency_orders_buy_service() -> None:
    rule = {"trigger": {"units": 6}, "cover": {"units": 15}, "lead_time_days": 0}
    slow = {"network": {"stores": [{**store, "lead_time_days": 4} for store in STORES]}}
    weekly = {"policy": {"replenishment": [{"mode": TIGHT_MODE, "order_weekdays": ["mon"]}]}}
    cost = {"costs": {"ordering": {"per_emergency_order": 7.0}}}
    plain, urgent = (
        chain(slow, weekly, cost),
        chain(slow, weekly, cost, {"policy": {"emergency_orders": [rule]}}),
    )
    assert surely_more("fill_rate", urgent, plain)
    assert (kpis(runs(urgent, 3), "emergency_share") > 0).all()
    assert (kpis(runs(plain, 3), "emergency_share") == 0).all()
    result = run(urgent)
    emergencies = int((result.tables["store_orders"]["kind"] == 1).sum())
    assert result.kpis["cost_ordering"] * 56 == pytest.approx(7.0 * emergencies)


@pytest.mark.parametrize(
    "knowledge",
    ["recorded", "perfect"],
)
def test_emergency_orders_in_days_of_demand_work_beside_levels_in_units(knowledge: str) -> None:
    rule = {"trigger": {"days_of_demand": 1.0}, "cover": {"days_of_demand": 3.0}}
    regular = {
        "replenishment": [
            {"mode": {"kind": "min_max", "reorder_point": {"units": 0}, "order_up_to": {"units": 9}}}
        ]
    }
    world = chain({"policy": {**regular, "emergency_orders": [rule], "knowledge": knowledge}})
    assert total(run(world), Day.EMERGENCY_ORDERED) > 0


def test_pushed_goods_flow_alike_and_save_the_calls() -> None:
    """Vendor-managed replenishment decides by the same rule (mechanism T11); only nobody has to call."""
    calls = {"costs": {"communication": {"per_order_contact": 3.0}, "ordering": {"per_store_order": 2.0}}}
    called, pushed = (
        run(chain(calls, {"policy": {"replenishment": [{"mode": {"kind": kind, "cover_days": 1.0}}]}}))
        for kind in ("days_of_cover", "vendor_managed")
    )
    np.testing.assert_array_equal(called.panels.cell, pushed.panels.cell)
    assert called.kpis["cost_ordering"] == pushed.kpis["cost_ordering"] > 0
    assert pushed.kpis["cost_communication"] == 0
    assert called.kpis["cost_communication"] == pytest.approx(3.0 * called.kpis["store_orders"])
