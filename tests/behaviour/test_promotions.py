"""Where the extra demand of a promotion comes from, measured by runs with and without it (mechanism T1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import Cell, Day, RunResult
from sim.axes import build_axes
from sim.market import build_market
from tests.behaviour.worlds import by_cell, interval, run, runs, surely_positive, total
from tests.factory import merged, tiny_scenario

START = date(2025, 1, 6)
FIRST, LENGTH, DIP = 7, 7, 14
CATEGORIES, PER_CATEGORY = 20, 3
REPLICATIONS = 8
PROMOTED = [f"K{number}-0" for number in range(CATEGORIES)]
SKUS = [
    {
        "sku_id": f"K{category}-{member}",
        "class_id": "FOOD",
        "category": f"c{category}",
        "price": 10.0,
        "purchase_cost": 6.0,
        "popularity": 1.0 + 0.5 * member,
    }
    for category in range(CATEGORIES)
    for member in range(PER_CATEGORY)
]
RESPONSE = {
    "price_elasticity": -2.0,
    "promotion_multiplier": 1.2,
    "feature_multiplier": 1.5,
    "pulled_forward_share": 0.3,
    "switched_share": 0.25,
    "dip_days": DIP,
}
OFFER = {
    "scope": {"skus": PROMOTED},
    "start": START + timedelta(days=FIRST),
    "days": LENGTH,
    "discount": 0.2,
    "featured": True,
}
WORLD: dict[str, Any] = {
    "horizon": {"start_date": START, "days": FIRST + LENGTH + DIP + 4, "panel_period_days": 1},
    "network": {"stores": [{"store_id": "S1"}, {"store_id": "S2", "size": 2.0}]},
    "assortment": {"classes": [{"id": "FOOD"}], "skus": SKUS},
    "demand": {"mean_units_per_day": 10.0, "responses": [RESPONSE]},
    "initial": {"store_days_of_demand": 365.0},
}


def world(*offers: dict[str, Any], **changes: Any) -> Scenario:
    return tiny_scenario(**merged(merged(WORLD, {"policy": {"promotions": list(offers)}}), changes))


@pytest.fixture(scope="module")
def pairs() -> list[tuple[RunResult, RunResult]]:
    """(with the promotion, without it) on the same customers."""
    return list(zip(runs(world(OFFER), REPLICATIONS), runs(world(), REPLICATIONS), strict=True))


def gained(pair: tuple[RunResult, RunResult]) -> tuple[float, float, float]:
    """Extra units of the promoted SKUs, units their own later days lost, units the others lost meanwhile."""
    with_it, without = (by_cell(result, Cell.DEMAND) for result in pair)
    promoted = np.isin(pair[0].labels.skus, PROMOTED)
    difference = (with_it - without).sum(axis=1)
    during = slice(FIRST, FIRST + LENGTH)
    extra = difference[during][:, promoted].sum()
    pulled = -difference[FIRST + LENGTH :][:, promoted].sum()
    switched = -difference[during][:, ~promoted].sum()
    assert difference[:FIRST].sum() == 0
    assert (difference[FIRST + LENGTH :][:, ~promoted] == 0).all()
    return float(extra), float(pulled), float(switched)


def test_uplift_is_switched_plus_pulled_forward_plus_incremental(
    pairs: list[tuple[RunResult, RunResult]],
) -> None:
    scenario = world(OFFER)
    (expected,) = build_market(scenario, build_axes(scenario), seed=1, replication=0).promotion_balance
    measured = np.array([gained(pair) for pair in pairs])
    incremental = measured[:, 0] - measured[:, 1] - measured[:, 2]
    for name, values in (
        ("extra", measured[:, 0]),
        ("pulled_forward", measured[:, 1]),
        ("switched", measured[:, 2]),
        ("incremental", incremental),
    ):
        mean, half_width = interval(values)
        truth = float(getattr(expected, name).sum())
        assert abs(mean - truth) < half_width, name
        assert half_width < 0.03 * truth, f"{name}: the interval says nothing"
    assert expected.clipped.sum() == expected.pulled_forward_later.sum() == 0


def test_the_shares_are_those_of_the_response(pairs: list[tuple[RunResult, RunResult]]) -> None:
    extra, pulled, switched = np.array([gained(pair) for pair in pairs]).sum(axis=0)
    normal = 10.0 * 3.0 * CATEGORIES * LENGTH * REPLICATIONS
    assert extra / normal == pytest.approx(0.8**-2 * 1.2 * 1.5 - 1, rel=0.03)
    assert pulled / extra == pytest.approx(0.3, abs=0.02)
    assert switched / extra == pytest.approx(0.25, abs=0.02)


def test_a_deeper_cut_sells_more_and_earns_less_a_unit() -> None:
    shallow, deep = (run(world({**OFFER, "discount": discount})) for discount in (0.1, 0.3))
    sold = [by_cell(result, Cell.SOLD)[FIRST : FIRST + LENGTH].sum() for result in (shallow, deep)]
    assert sold[1] > sold[0]
    margin = [result.kpis["gross_margin"] / result.kpis["sold_units"] for result in (shallow, deep)]
    assert margin[1] < margin[0]


def test_what_is_on_promotion_sells_at_the_promotion_price() -> None:
    result = run(world(OFFER))
    promoted = np.isin(result.labels.skus, PROMOTED)
    revenue, sold = result.panels.cell_revenue, by_cell(result, Cell.SOLD)
    during = slice(FIRST, FIRST + LENGTH)
    np.testing.assert_array_equal(revenue[during][..., promoted], 800 * sold[during][..., promoted])
    np.testing.assert_array_equal(revenue[during][..., ~promoted], 1000 * sold[during][..., ~promoted])
    np.testing.assert_array_equal(revenue[:FIRST], 1000 * sold[:FIRST])


def test_announcements_are_paid_by_sku_store_and_day() -> None:
    price = {"costs": {"communication": {"per_featured_sku_store_day": 0.5}}}
    told, untold = run(world(OFFER, **price)), run(world({**OFFER, "featured": False}, **price))
    days = WORLD["horizon"]["days"]
    assert told.kpis["cost_communication"] * days == pytest.approx(0.5 * CATEGORIES * 2 * LENGTH)
    assert untold.kpis["cost_communication"] == 0
    assert total(told, Day.DEMAND) > total(untold, Day.DEMAND)


def test_a_price_rise_lowers_demand_by_the_elasticity() -> None:
    rise = [{"sku_id": sku["sku_id"], "from_date": START, "price": 12.5} for sku in SKUS]
    dear, usual = (runs(world(**changes), 6) for changes in ({"demand": {"price_changes": rise}}, {}))
    demand = np.array(
        [[total(result, Day.DEMAND) for result in results] for results in (dear, usual)], dtype=float
    )
    assert surely_positive(demand[1] - demand[0])
    assert demand[0].sum() / demand[1].sum() == pytest.approx(1.25**-2, rel=0.02)


def test_promoting_what_is_not_there_only_makes_people_leave() -> None:
    tight = {
        "initial": {"store_days_of_demand": 1.0},
        "policy": {"replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 0.5}}]},
    }
    plain = run(world(**tight))
    promoted = run(world(**merged(tight, {"policy": {"promotions": [OFFER]}})))
    assert promoted.kpis["fill_rate"] < plain.kpis["fill_rate"]
    assert promoted.kpis["lost_share"] > plain.kpis["lost_share"]
