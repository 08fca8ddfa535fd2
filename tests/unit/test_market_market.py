"""The market as a whole: factors multiply, edits stay local, and a run can rely on its arrays."""

from __future__ import annotations

import pickle
from dataclasses import fields
from datetime import date
from typing import Any

import numpy as np
import pytest

from scenarios.language.scenario import Scenario
from sim.axes import build_axes
from sim.market import Market, build_market
from tests.factory import SKUS, STORES, tiny_scenario

PATTERN = {"weekday_factors": [1, 1, 1, 1, 1, 2, 2], "month_factors": [2] + [1] * 11, "trend_per_year": 0.1}
HOLIDAY = {"name": "new year", "calendar": "lunar_new_year", "days": 3, "factor": 1.7}
RESPONSE = {
    "price_elasticity": -2.0,
    "promotion_multiplier": 1.3,
    "feature_multiplier": 1.5,
    "pulled_forward_share": 0.3,
    "dip_days": 10,
    "switched_share": 0.2,
}
PROMOTIONS = [
    {"scope": {"skus": ["A"]}, "start": date(2025, 1, 13), "days": 7, "discount": 0.2, "featured": True},
    {
        "scope": {"classes": ["HOME"], "regions": ["south"]},
        "start": date(2025, 1, 20),
        "days": 5,
        "discount": 0.155,
    },
]
RICH: dict[str, Any] = {
    "horizon": {"days": 42},
    "demand": {
        "patterns": [PATTERN],
        "holidays": [HOLIDAY],
        "responses": [RESPONSE],
        "price_changes": [{"sku_id": "B", "from_date": date(2025, 2, 1), "price": 10.0}],
        "shock": {"standard_deviation": 0.1, "persistence": 0.5},
    },
    "policy": {"promotions": PROMOTIONS},
}


def market_of(scenario: Scenario, seed: int = 1, replication: int = 0) -> Market:
    return build_market(scenario, build_axes(scenario), seed, replication)


def rich(**changes: Any) -> Scenario:
    return tiny_scenario(**{**RICH, **changes})


def test_a_flat_market_is_stationary_and_knows_it() -> None:
    market = market_of(tiny_scenario())
    assert market.is_stationary
    assert (market.rate_factor == 1.0).all()
    assert market.rate_factor.shape == (1, 28 + 14, 3)
    assert market.shock.shape == (28 + 14, 2)
    assert market.promotion_balance == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"demand": {"patterns": [{"weekday_factors": [1, 1, 1, 1, 1, 1, 1.01]}]}},
        {"demand": {"shock": {"standard_deviation": 0.01}}},
        {"network": {"closures": [{"dates": [date(2025, 1, 8)]}]}},
        {"assortment": {"skus": [*SKUS[:2], {**SKUS[2], "launch_date": date(2025, 1, 8)}]}},
    ],
)
def test_whatever_moves_makes_it_no_longer_stationary(changes: dict[str, Any]) -> None:
    assert not market_of(tiny_scenario(**changes)).is_stationary


def test_all_factors_of_a_day_multiply() -> None:
    scenario = rich()
    market = market_of(scenario)
    day = (date(2025, 2, 1) - date(2025, 1, 6)).days  # a Saturday; the price of B rises from 8 to 10
    weekday = 2 / (9 / 7)
    month = (2 + (1 - 2) * (15 + 1) / 29.5) / (13 / 12)  # 16 of 29.5 days after the middle of January
    expected = weekday * month * 1.1 ** (day / 365.25) * 1.25**-2.0
    assert market.rate_factor[0, 28 + day, 1] == pytest.approx(expected, rel=1e-6)


def test_prices_are_those_of_the_promotions() -> None:
    market = market_of(rich())
    assert market.groups == 2
    assert market.group_of_store.tolist() == [0, 1]
    assert market.price_minor[:, 6, 0].tolist() == [1000, 1000]
    assert market.price_minor[:, 7:14, 0].tolist() == [[800] * 7] * 2
    assert market.price_minor[0, :, 2].tolist() == [9000] * 42
    assert market.price_minor[1, 14:19, 2].tolist() == [7605] * 5  # 9000 x 0.845
    assert market.price_minor[1, 19, 2] == 9000


def test_a_price_that_ends_in_half_a_unit_goes_to_the_even_one() -> None:
    skus = [{**SKUS[0], "price": 0.25}, {**SKUS[1], "price": 0.75}, SKUS[2]]
    promotion = {"scope": {"classes": ["FOOD"]}, "start": date(2025, 1, 6), "days": 1, "discount": 0.5}
    market = market_of(tiny_scenario(assortment={"skus": skus}, policy={"promotions": [promotion]}))
    assert market.price_minor[0, 0, :2].tolist() == [12, 38]  # 12.5 and 37.5


def test_promotions_balance_over_the_stores_of_a_group() -> None:
    scenario = rich(demand={**RICH["demand"], "shock": {}}, horizon={"days": 60})
    quiet = rich(demand={**RICH["demand"], "shock": {}}, horizon={"days": 60}, policy={})
    market, without = market_of(scenario), market_of(quiet)
    for group, store in ((0, 0), (1, 1)):
        gained = (market.rate_factor[group].astype(float) - without.rate_factor[0]) @ market.base_rate[store]
        expected = sum(
            item.extra[group] - item.switched[group] - item.pulled_forward[group]
            for item in market.promotion_balance
        )
        assert gained.sum() == pytest.approx(expected, rel=1e-6)
    first, second = market.promotion_balance
    assert second.extra[0] == 0.0  # a promotion of the south
    assert (first.clipped == 0.0).all()
    assert second.clipped[1] == pytest.approx(0.2 * second.extra[1])  # C is alone in its category
    assert first.switched == pytest.approx(0.2 * first.extra)
    assert first.pulled_forward == pytest.approx(0.3 * first.extra)
    assert first.incremental == pytest.approx(0.5 * first.extra)


def test_a_promotion_before_the_remembered_days_is_felt_in_them() -> None:
    early = {"scope": {"skus": ["A"]}, "start": date(2024, 12, 1), "days": 7, "discount": 0.5}
    response = {"price_elasticity": -1.0, "pulled_forward_share": 0.5, "dip_days": 14}

    def factors(remembered_days: int) -> np.ndarray:
        scenario = tiny_scenario(
            policy={"promotions": [early]},
            demand={"responses": [response]},
            initial={"remembered_days": remembered_days},
        )
        return market_of(scenario).rate_factor[0, :, 0]

    long, short = factors(60), factors(25)  # from 12 December; the dip ends on the 21st
    assert short[:11] == pytest.approx([0.75] * 10 + [1.0])
    assert short.tobytes() == long[35:].tobytes()


def test_clearance_sells_more_and_ends() -> None:
    skus = [{**SKUS[0], "delist_date": date(2025, 1, 10), "price_elasticity": -2.0}, *SKUS[1:]]
    policy = {"delisting": {"discount": 0.5, "clearance_days": 3}, "promotions": PROMOTIONS[:1]}
    market = market_of(tiny_scenario(assortment={"skus": skus}, policy=policy))
    assert market.rate_factor[0, 28:, 0] == pytest.approx([1] * 4 + [4] * 3 + [0] * 7)
    assert market.on_sale[:, 0].tolist() == [1] * 4 + [2] * 3 + [0] * 7
    assert market.orderable[:, 0].tolist() == [True] * 4 + [False] * 10
    assert (market.price_minor[0, :, 0] == 1000).all()  # the mark-down is not part of it
    assert (market.rate_factor[0, 28:, 1] == 1.0).all()  # nor does a promotion of the delisted move others


def test_featured_skus_are_counted_where_they_are_listed() -> None:
    skus = [SKUS[0], {**SKUS[1], "minimum_store_size": 1.5}, SKUS[2]]
    promotion = {"scope": {}, "start": date(2025, 1, 7), "days": 2, "discount": 0.0, "featured": True}
    plain = {"scope": {}, "start": date(2025, 1, 12), "days": 2, "discount": 0.5}
    market = market_of(tiny_scenario(assortment={"skus": skus}, policy={"promotions": [promotion, plain]}))
    assert market.featured[[1, 2]].tolist() == [[[1, 1], [2, 1]]] * 2
    assert market.featured.sum() == 2 * (2 + 3)


def test_only_shocks_depend_on_seed_and_replication() -> None:
    first, second = market_of(rich(), 1, 0), market_of(rich(), 1, 1)
    assert first.rate_factor.tobytes() == second.rate_factor.tobytes()
    assert first.shock.tobytes() != second.shock.tobytes()
    assert market_of(rich(), 1, 0).shock.tobytes() == first.shock.tobytes()


def test_an_added_sku_moves_only_its_own_category() -> None:
    new = {"sku_id": "A0", "class_id": "HOME", "category": "lids", "price": 3.0, "purchase_cost": 1.0}
    before = market_of(rich())
    after = market_of(rich(assortment={"skus": [new, *SKUS]}))  # axis: A, B, A0, C
    for name in ("rate_factor", "price_minor", "on_sale", "orderable", "base_rate"):
        kept = getattr(after, name)[..., [0, 1, 3]]
        assert kept.tobytes() == getattr(before, name).tobytes(), name
    assert after.shock.tobytes() == before.shock.tobytes()


def test_an_added_store_leaves_the_others_as_they_were() -> None:
    new = {"store_id": "S0", "region": "west", "size": 3.0}
    before = market_of(rich())
    after = market_of(rich(network={"stores": [new, *STORES]}))
    # Group 0 is that of S0 and S1. Weights of a category are in proportion to popularity in every store, so
    # even what is switched stays the same; with other listings it would follow the mix of the group.
    assert after.group_of_store.tolist() == [0, 0, 1]
    assert after.rate_factor.tobytes() == before.rate_factor.tobytes()
    assert after.shock[:, 1:].tobytes() == before.shock.tobytes()
    assert after.base_rate[1:].tobytes() == before.base_rate.tobytes()


def test_a_longer_horizon_leaves_earlier_days_as_they_were() -> None:
    # Fifteen days end in the dip of the first promotion and just after the start of the second.
    long, short = market_of(rich(horizon={"days": 90})), market_of(rich(horizon={"days": 15}))
    assert long.rate_factor[:, :43].tobytes() == short.rate_factor.tobytes()
    assert long.shock[:43].tobytes() == short.shock.tobytes()
    assert long.price_minor[:, :15].tobytes() == short.price_minor.tobytes()


def test_arrays_cannot_be_written_and_survive_pickling() -> None:
    market = market_of(rich())
    arrays = {item.name: getattr(market, item.name) for item in fields(market)}
    arrays = {name: array for name, array in arrays.items() if isinstance(array, np.ndarray)}
    assert len(arrays) >= 15
    for name, array in arrays.items():
        assert not array.flags.writeable, name
        assert array.flags.c_contiguous, name
    again = pickle.loads(pickle.dumps(market))
    assert again.rate_factor.tobytes() == market.rate_factor.tobytes()
