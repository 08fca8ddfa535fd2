"""Newsvendor levels: textbook values, brute force over levels, and what must not change anything."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from optimize.stock.newsvendor import (
    Margins,
    newsvendor_discrete,
    newsvendor_lognormal,
    newsvendor_normal,
    newsvendor_poisson,
    normal_loss,
    normal_second_loss,
)
from tests.textbook import answer, instance


def test_published_level_under_normal_demand() -> None:
    published = answer("example_4_3", "newsvendor normal")
    data = instance("example_4_1")
    best = newsvendor_normal(
        data["holding_cost"], data["stockout_cost"], data["demand_mean"], data["demand_sd"]
    )
    assert (best.level, best.cost) == pytest.approx((published["S"], published["cost"]), rel=1e-13)


def test_published_profit() -> None:
    data, published = instance("example_4_2"), answer("example_4_2", "newsvendor explicit")
    margins = Margins(data["revenue"], data["purchase_cost"], data["salvage_value"])
    best = newsvendor_normal(margins.overage, margins.underage, data["demand_mean"], data["demand_sd"])
    assert best.level == pytest.approx(published["S"], rel=1e-13)
    assert margins.profit(data["demand_mean"], best.cost) == pytest.approx(published["profit"], rel=1e-13)


def test_published_base_stock_over_a_lead_time() -> None:
    data, published = instance("example_4_4"), answer("example_4_4", "base-stock L=4")
    best = newsvendor_normal(
        data["holding_cost"],
        data["stockout_cost"],
        data["demand_mean"],
        data["demand_sd"],
        data["lead_time"],
    )
    assert (best.level, best.cost) == pytest.approx((published["S"], published["cost"]), rel=1e-13)


@pytest.mark.parametrize("seed", range(20))
def test_discrete_level_beats_every_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.choice(60, 12, replace=False).astype(float)
    shares = rng.dirichlet(np.ones(12))
    over, under = rng.uniform(0.1, 5.0, 2)
    best = newsvendor_discrete(over, under, values, shares)
    costs = [
        sum(share * (over * max(level - value, 0) + under * max(value - level, 0))
            for value, share in zip(values, shares, strict=True))
        for level in range(60)
    ]  # fmt: skip
    assert best.cost == pytest.approx(min(costs), rel=1e-12)
    assert best.cost == pytest.approx(costs[int(best.level)], rel=1e-12)
    turned = rng.permutation(12)
    again = newsvendor_discrete(over, under, values[turned], shares[turned])
    assert (again.level, again.cost) == pytest.approx((best.level, best.cost), rel=1e-12)


def test_the_smaller_of_two_equal_levels() -> None:
    assert newsvendor_discrete(1.0, 1.0, [1, 2], [0.5, 0.5]).level == 1.0
    assert newsvendor_discrete(3.0, 7.0, range(10), [0.1] * 10).level == 6.0


@pytest.mark.parametrize("mean", [0.01, 1.0, 18.0, 950.0, 40_000.0])
def test_poisson_level_is_the_quantile(mean: float) -> None:
    best = newsvendor_poisson(200, 270, mean)
    assert best.level == stats.poisson.ppf(270 / 470, mean)
    level = best.level
    held = level * stats.poisson.cdf(level, mean) - mean * stats.poisson.cdf(level - 1, mean)
    assert best.cost == pytest.approx(200 * held + 270 * (held + mean - level), rel=1e-9)


def test_poisson_over_a_lead_time_is_more_demand() -> None:
    assert newsvendor_poisson(1, 9, 2.0, lead_time=3) == newsvendor_poisson(1, 9, 8.0)


def test_normal_cost_is_what_the_level_costs() -> None:
    best = newsvendor_normal(0.18, 0.7, 50, 8)
    demand = stats.norm(50, 8)
    held = demand.expect(lambda x: best.level - x, ub=best.level)
    short = demand.expect(lambda x: x - best.level, lb=best.level)
    assert best.cost == pytest.approx(0.18 * held + 0.7 * short, rel=1e-6)


def test_lognormal_cost_is_what_the_level_costs() -> None:
    best = newsvendor_lognormal(1, 0.1765, 6, 0.3)
    demand = stats.lognorm(0.3, scale=math.exp(6))
    assert demand.cdf(best.level) == pytest.approx(0.1765 / 1.1765, rel=1e-12)
    held = demand.expect(lambda x: best.level - x, ub=best.level)
    short = demand.expect(lambda x: x - best.level, lb=best.level)
    assert best.cost == pytest.approx(held + 0.1765 * short, rel=1e-6)


@pytest.mark.parametrize("level", [-3.0, 0.0, 2.0, 7.0, 40.0])
def test_losses_are_integrals(level: float) -> None:
    demand = stats.norm(1.5, 2.0)
    first = demand.expect(lambda x: x - level, lb=level, ub=60.0)
    second = demand.expect(lambda x: (x - level) ** 2 / 2, lb=level, ub=60.0)
    assert normal_loss(level, 1.5, 2.0) == pytest.approx(first, rel=1e-6, abs=1e-12)
    assert normal_second_loss(level, 1.5, 2.0) == pytest.approx(second, rel=1e-6, abs=1e-12)


def test_losses_far_out_and_of_impossible_numbers() -> None:
    for loss in (normal_loss, normal_second_loss):
        assert 0.0 <= loss(60.0, 0.0, 2.0) < 1e-12
        assert loss(-1e6, 0.0, 1.0) > 0.0
        with pytest.raises(ValueError, match="sd must be above 0"):
            loss(1.0, 1.0, 0.0)
        with pytest.raises(ValueError, match="level and mean must be finite, got nan"):
            loss(math.nan, 1.0, 1.0)
    assert normal_loss(-1e6, 0.0, 1.0) == pytest.approx(1e6)


def test_margins_count_all_prices() -> None:
    margins = Margins(10.0, 4.0, 1.0, holding_cost=0.5, shortage_cost=2.0)
    assert (margins.overage, margins.underage) == (3.5, 8.0)
    best = newsvendor_discrete(margins.overage, margins.underage, [0.0, 10.0], [0.5, 0.5])
    demands = np.array([0.0, 10.0])
    sold, left, short = np.minimum(10, demands), np.maximum(10 - demands, 0), np.maximum(demands - 10, 0)
    profit = (10 * sold - 4 * 10 + 1 * left - 0.5 * left - 2 * short).mean()
    assert best.level == 10.0
    assert margins.profit(5.0, best.cost) == pytest.approx(profit, rel=1e-12)


def test_units_of_money_and_goods_change_nothing() -> None:
    plain = newsvendor_normal(0.18, 0.7, 50, 8)
    cents = newsvendor_normal(18, 70, 50, 8)
    dozens = newsvendor_normal(0.18 * 12, 0.7 * 12, 50 / 12, 8 / 12)
    assert (cents.level, cents.cost / 100) == pytest.approx((plain.level, plain.cost), rel=1e-12)
    assert (dozens.level * 12, dozens.cost) == pytest.approx((plain.level, plain.cost), rel=1e-12)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e300])
@pytest.mark.parametrize("name", ["holding_cost", "shortage_cost", "demand_sd"])
def test_impossible_numbers_are_named(name: str, value: float) -> None:
    given = {"holding_cost": 0.18, "shortage_cost": 0.7, "demand_mean": 50.0, "demand_sd": 8.0}
    with pytest.raises(ValueError, match=f"^{name} must be above 0"):
        newsvendor_normal(**{**given, name: value})


@pytest.mark.parametrize(
    ("values", "shares", "message"),
    [
        ([1, 2], [0.5, 0.6], "probabilities must add up to 1, got 1.1"),
        ([1, 2], [1.5, -0.5], r"probabilities\[1\] must be at least 0"),
        ([1, 2], [1.0], "probabilities must be a list of 2 numbers"),
        ([-1, 2], [0.5, 0.5], r"values\[0\] must be at least 0"),
    ],
)
def test_impossible_demand_is_named(values: Any, shares: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        newsvendor_discrete(1, 1, values, shares)


def test_impossible_prices_are_named() -> None:
    with pytest.raises(ValueError, match="salvage_value must be below purchase_cost"):
        Margins(1.0, 0.3, 0.3)
    with pytest.raises(ValueError, match="revenue \\+ shortage_cost must be above purchase_cost"):
        Margins(0.3, 0.3, 0.1)
    with pytest.raises(ValueError, match="shortage_cost must be comparable"):
        newsvendor_normal(1e-15, 1e15, 50, 8)
    with pytest.raises(ValueError, match="demand_mean over all periods must be at most"):
        newsvendor_poisson(1, 1, 1e9)
    with pytest.raises(ValueError, match="log_mean and log_sd"):
        newsvendor_lognormal(1, 1, math.nan, 1)
