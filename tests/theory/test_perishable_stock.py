"""Stock with a shelf life: published tables, chains written independently, and what must hold whatever the numbers."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest

from optimize.stock.cells import Cells, FloatArray, IntArray, Levels, TargetMeasure, Unmet
from optimize.stock.perishable_arrays import Effort
from optimize.stock.perishables import evaluate_perishable, for_target_perishable, least_cost_perishable
from tests.reference import reference_path
from tests.theory.chains import Perishable, stationary_means
from tests.theory.closed_forms import expected_left, expected_short, poisson

LARGE_CHAINS = Effort(days=1024, warm_up=64, states=60_000, transitions=2_000_000)


def cells(size: int, unmet: Unmet = Unmet.LOST, **columns: Any) -> Cells:
    terms: dict[str, Any] = {
        "mean_per_day": 2.0,
        "variance_per_day": columns.get("mean_per_day", 2.0),
        "lead_time_days": 0,
        "review_days": 1,
        "holding_cost": 1.0,
        "order_cost": 0.0,
        "shortage_cost": 5.0,
        "case_units": 1,
        "minimum_order_units": 0,
        "shelf_life_days": 2,
        "waste_cost": 7.0,
        "fifo_share": 1.0,
        **columns,
    }
    whole = {"lead_time_days", "review_days", "case_units", "minimum_order_units", "shelf_life_days"}
    arrays = {
        name: np.broadcast_to(np.asarray(value, np.int64 if name in whole else np.float64), size).copy()
        for name, value in terms.items()
    }
    return Cells(**arrays, unmet=unmet)


def base_stock(level: IntArray | list[int]) -> Levels:
    levels = np.asarray(level, np.int64)
    return Levels(levels - 1, levels, np.zeros_like(levels))


def path_of(days: int) -> Effort:
    return Effort(days=days, warm_up=256, states=0, transitions=0)


class TestPublishedChain:
    """Base stock, first in first out, no lead time, lost sales: 66 rows computed by an independent Markov chain."""

    @pytest.fixture
    def table(self) -> dict[str, FloatArray]:
        with reference_path("inventory/reference/perishable_fifo_basestock_L0_lostsales.csv").open() as file:
            rows = list(csv.DictReader(file))
        return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}

    def test_every_column_to_the_digits_given(self, table: dict[str, FloatArray]) -> None:
        given = cells(
            len(table["S"]),
            mean_per_day=table["mean_demand_poisson"],
            holding_cost=table["h"],
            shortage_cost=table["lost_sale_b"],
            shelf_life_days=table["lifetime_m"],
            waste_cost=table["waste_w"],
        )
        found = evaluate_perishable(given, base_stock(table["S"].astype(np.int64)), effort=LARGE_CHAINS)
        # What is ordered is what is sold or thrown away.
        bought = found.fill_rate * given.mean_per_day + found.mean_waste
        digits = 0.51e-8
        np.testing.assert_allclose(bought, table["avg_order"], rtol=0, atol=digits)
        np.testing.assert_allclose(found.mean_short, table["avg_lost"], rtol=0, atol=digits)
        np.testing.assert_allclose(found.mean_waste, table["avg_waste"], rtol=0, atol=digits)
        np.testing.assert_allclose(found.mean_on_hand, table["avg_carryover"], rtol=0, atol=digits)
        cost = found.cost_per_day + table["purchase_c"] * bought
        np.testing.assert_allclose(cost, table["avg_cost"], rtol=0, atol=digits)

    def test_a_path_comes_near(self, table: dict[str, FloatArray]) -> None:
        """The same rows without a chain: waste within 0.01 units a day, lost sales within 0.006."""
        given = cells(len(table["S"]), shelf_life_days=table["lifetime_m"])
        found = evaluate_perishable(given, base_stock(table["S"].astype(np.int64)), effort=path_of(4096))
        np.testing.assert_allclose(found.mean_short, table["avg_lost"], atol=0.006)
        np.testing.assert_allclose(found.mean_waste, table["avg_waste"], atol=0.01)

    def test_cheapest_level_is_that_of_the_table(self, table: dict[str, FloatArray]) -> None:
        """With the cost of buying spread: an order is a sale or waste, so lost sales save it and waste adds it."""
        for life in (2, 3):
            for cost in (5.0, 9.0, 20.0):
                rows = (table["lifetime_m"] == life) & (table["lost_sale_b"] == cost)
                best = table["S"][rows][np.argmin(table["avg_cost"][rows])]
                buying = table["purchase_c"][rows][0]
                given = cells(
                    1,
                    shelf_life_days=life,
                    shortage_cost=cost - buying,
                    waste_cost=table["waste_w"][rows][0] + buying,
                )
                assert least_cost_perishable(given).order_up_to[0] == best


class TestAgainstOtherChains:
    @pytest.mark.parametrize(("life", "level"), [(2, 5), (3, 6), (4, 5)])
    @pytest.mark.parametrize("freshest", [False, True])
    def test_order_of_sale(self, life: int, level: int, freshest: bool) -> None:
        means = stationary_means((0,) * (life - 1), poisson(2.0), Perishable(level, freshest))
        given = cells(1, shelf_life_days=life, fifo_share=0.0 if freshest else 1.0)
        found = evaluate_perishable(given, base_stock([level]), effort=LARGE_CHAINS)
        assert found.mean_waste[0] == pytest.approx(means["wasted"], abs=1e-9)
        assert found.mean_short[0] == pytest.approx(means["lost"], abs=1e-9)
        assert found.mean_on_hand[0] == pytest.approx(means["on_hand"], abs=1e-9)

    def test_one_day_of_life_is_a_newsvendor(self) -> None:
        demand, levels = poisson(2.0), np.arange(8)
        found = evaluate_perishable(cells(8, shelf_life_days=1), base_stock(levels))
        np.testing.assert_allclose(
            found.mean_waste, [expected_left(demand, level) for level in levels], atol=1e-10
        )
        np.testing.assert_allclose(
            found.mean_short, [expected_short(demand, level) for level in levels], atol=1e-10
        )
        np.testing.assert_allclose(found.cycle_service_level[1:], np.cumsum(demand)[1:8], atol=1e-10)

    def test_a_long_life_with_backorders_is_plain_base_stock(self) -> None:
        """On hand and owed after lead time and review: (S - D)+ and (D - S)+ of demand of L + 1 days."""
        given = cells(3, Unmet.BACKORDER, mean_per_day=0.5, lead_time_days=1, shelf_life_days=25)
        found = evaluate_perishable(given, base_stock([1, 2, 3]), effort=path_of(200_000))
        demand = poisson(1.0)
        for cell, level in enumerate((1, 2, 3)):
            assert found.mean_on_hand[cell] == pytest.approx(expected_left(demand, level), rel=0.01)
            assert found.mean_short[cell] == pytest.approx(expected_short(demand, level), rel=0.03, abs=2e-3)

    def test_a_share_of_shoppers_lies_between_the_two_orders_of_sale(self) -> None:
        given = cells(3, shelf_life_days=3, fifo_share=[0.0, 0.5, 1.0])
        waste = evaluate_perishable(given, base_stock([5, 5, 5])).mean_waste
        assert waste[0] > waste[1] > waste[2]


class TestPathsAgainstChains:
    """How far a path of 4,096 days is from the truth, where a large chain knows it."""

    def test_error(self) -> None:
        draw = np.random.default_rng(3)
        size = 40
        given = cells(
            size,
            mean_per_day=draw.uniform(0.5, 2.5, size),
            variance_per_day=draw.uniform(2.5, 5.0, size),
            lead_time_days=draw.integers(0, 2, size),
            review_days=draw.integers(1, 3, size),
            case_units=draw.integers(1, 4, size),
            shelf_life_days=draw.integers(2, 4, size),
            fifo_share=draw.choice([0.0, 0.6, 1.0], size),
        )
        level = np.ceil(given.mean_per_day * (given.lead_time_days + given.review_days + 1)).astype(np.int64)
        path = evaluate_perishable(given, base_stock(level), effort=path_of(4096))
        chain = evaluate_perishable(given, base_stock(level), effort=LARGE_CHAINS)
        np.testing.assert_allclose(path.fill_rate, chain.fill_rate, atol=0.02)
        assert float(np.abs(path.fill_rate - chain.fill_rate).mean()) < 0.004
        np.testing.assert_allclose(path.cost_per_day, chain.cost_per_day, rtol=0.03)
        assert float(np.abs(path.cost_per_day / chain.cost_per_day - 1.0).mean()) < 0.006
        np.testing.assert_allclose(path.cycle_service_level, chain.cycle_service_level, atol=0.03)
        np.testing.assert_allclose(path.orders_per_day, chain.orders_per_day, atol=0.02)


class TestSearch:
    """Levels found by search against all levels tried."""

    @pytest.mark.parametrize("unmet", list(Unmet))
    def test_cheapest(self, unmet: Unmet) -> None:
        given = cells(
            6, unmet, mean_per_day=[0.3, 1.0, 1.5, 2.0, 2.5, 0.8], shelf_life_days=[2, 3, 2, 2, 1, 4]
        )
        found = evaluate_perishable(given, least_cost_perishable(given)).cost_per_day
        tried = [evaluate_perishable(given, base_stock([level] * 6)).cost_per_day for level in range(14)]
        np.testing.assert_allclose(found, np.min(tried, axis=0), rtol=1e-12)

    @pytest.mark.parametrize("measure", list(TargetMeasure))
    def test_smallest_that_reaches(self, measure: TargetMeasure) -> None:
        given = cells(4, mean_per_day=[0.3, 1.0, 1.5, 2.0], shortage_cost=0.0, shelf_life_days=[3, 3, 2, 2])
        found = for_target_perishable(given, measure, np.full(4, 0.9)).order_up_to
        tried = [
            getattr(evaluate_perishable(given, base_stock([level] * 4)), measure.value) for level in range(16)
        ]
        np.testing.assert_array_equal(found, np.argmax(np.array(tried) >= 0.9, axis=0))

    def test_a_higher_target_never_stocks_less(self) -> None:
        shares = np.linspace(0.5, 0.99, 12)
        given = cells(12, mean_per_day=6.0, shelf_life_days=5, shortage_cost=0.0)
        levels = for_target_perishable(given, TargetMeasure.FILL_RATE, shares).order_up_to
        assert (np.diff(levels) >= 0).all()
        assert levels[0] < levels[-1]

    def test_where_shortages_cost_much_the_level_is_above_the_target(self) -> None:
        given = cells(1, shortage_cost=50.0, waste_cost=0.0)
        level = for_target_perishable(given, TargetMeasure.FILL_RATE, np.array([0.5])).order_up_to
        assert level[0] == least_cost_perishable(given).order_up_to[0]

    def test_order_of_cells_and_unit_of_money_do_not_matter(self) -> None:
        draw = np.random.default_rng(5)
        columns = {
            "mean_per_day": draw.uniform(0.2, 9.0, 200),
            "shelf_life_days": draw.integers(1, 9, 200),
            "lead_time_days": draw.integers(0, 3, 200),
        }
        turned = {name: column[::-1] for name, column in columns.items()}
        level = least_cost_perishable(cells(200, **columns)).order_up_to
        again = least_cost_perishable(cells(200, **turned)).order_up_to
        dearer = cells(200, **columns, holding_cost=8.0, shortage_cost=40.0, waste_cost=56.0)
        np.testing.assert_array_equal(again[::-1], level)
        np.testing.assert_array_equal(least_cost_perishable(dearer).order_up_to, level)

    def test_an_unreachable_target_is_seen_in_the_performance(self) -> None:
        """Goods that live for a day and come two days late: what is thrown away leaves the shelf empty."""
        given = cells(1, mean_per_day=0.05, shelf_life_days=1, lead_time_days=3, shortage_cost=0.0)
        level = for_target_perishable(given, TargetMeasure.FILL_RATE, np.array([0.999]))
        reached = evaluate_perishable(given, level).fill_rate[0]
        tried = [evaluate_perishable(given, base_stock([units])).fill_rate[0] for units in range(1, 9)]
        assert reached == pytest.approx(max(tried), abs=1e-9)
        assert reached < 0.999


class TestOrders:
    def test_whole_cases_and_least_orders(self) -> None:
        """Units bought per order: in single units what was sold, else whole cases or at least the least order."""
        given = cells(3, case_units=[1, 6, 1], minimum_order_units=[0, 0, 5], shelf_life_days=4)
        found = evaluate_perishable(given, base_stock([6, 6, 6]))
        bought = found.fill_rate * given.mean_per_day + found.mean_waste
        size = bought / found.orders_per_day
        assert size[0] < 3.0
        assert size[1] == pytest.approx(6.0, abs=1e-6)
        assert size[2] >= 5.0

    def test_age_awareness_orders_for_what_will_expire(self) -> None:
        """At one level it serves more and wastes more; at one fill rate it costs no more on average."""
        size = 30
        given = cells(size, mean_per_day=np.linspace(3.0, 9.0, size), lead_time_days=2, shelf_life_days=3)
        level = base_stock(np.ceil(4.0 * given.mean_per_day).astype(np.int64))
        plain = evaluate_perishable(given, level)
        aware = evaluate_perishable(given, level, is_age_aware=True)
        assert (aware.fill_rate >= plain.fill_rate).all()
        assert aware.fill_rate.mean() > plain.fill_rate.mean() + 0.001
        best = evaluate_perishable(given, least_cost_perishable(given)).cost_per_day
        best_aware = evaluate_perishable(
            given, least_cost_perishable(given, is_age_aware=True), is_age_aware=True
        ).cost_per_day
        assert best_aware.mean() < best.mean()

    def test_fixed_quantities(self) -> None:
        """(r, Q): every order is a multiple of Q."""
        given = cells(1, shelf_life_days=4)
        rule = Levels(np.array([3]), np.array([0]), np.array([4]))
        found = evaluate_perishable(given, rule)
        bought = found.fill_rate * given.mean_per_day + found.mean_waste
        assert bought[0] / found.orders_per_day[0] == pytest.approx(4.0, abs=0.2)


class TestBadInput:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("mean_per_day", np.nan),
            ("mean_per_day", -1.0),
            ("mean_per_day", 1e12),
            ("shelf_life_days", 0),
            ("case_units", 0),
            ("review_days", 0),
            ("fifo_share", 1.5),
            ("waste_cost", np.inf),
        ],
    )
    def test_is_named(self, column: str, value: float) -> None:
        with pytest.raises(ValueError, match=rf"cells\.{column} must lie within .* in cell 0"):
            evaluate_perishable(cells(2, **{column: value}), base_stock([1, 1]))

    def test_levels_and_shares(self) -> None:
        with pytest.raises(ValueError, match="one row per cell"):
            evaluate_perishable(cells(2), base_stock([1]))
        with pytest.raises(ValueError, match="levels must lie within"):
            evaluate_perishable(cells(1), base_stock([-3]))
        with pytest.raises(ValueError, match="share must be"):
            for_target_perishable(cells(2), TargetMeasure.FILL_RATE, np.array([0.5, 1.0]))

    def test_no_cells_and_no_demand(self) -> None:
        assert least_cost_perishable(cells(0)).order_up_to.size == 0
        nothing = evaluate_perishable(cells(1, mean_per_day=0.0), base_stock([0]))
        assert nothing.fill_rate[0] == 1.0
        assert nothing.cost_per_day[0] == 0.0

    def test_huge_demand(self) -> None:
        given = cells(1, mean_per_day=1e6, shelf_life_days=3)
        level = least_cost_perishable(given).order_up_to[0]
        assert 0.99e6 < level < 1.1e6
