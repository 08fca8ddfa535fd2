"""Policies chosen together: brute force, bounds, shadow prices, and what must hold whatever the numbers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from optimize.stock.cells import FloatArray
from optimize.stock.together import (
    BUDGET_PATH,
    LINES_PATH,
    SHELF_PATH,
    Candidates,
    TogetherResult,
    choose_together,
    is_within,
)
from scenarios import SolveStatus


def candidates(cells: int, count: int, places: int, seed: int) -> Candidates:
    """More stock costs less in shortages, takes more money and room, and is ordered less often."""
    draw = np.random.default_rng(seed)
    size, level = draw.lognormal(2.0, 1.0, cells)[:, None], np.linspace(1.0, 4.0, count)
    value = size * level * draw.uniform(0.9, 1.1, (cells, count))
    short = draw.uniform(1.0, 3.0, (cells, 1)) * np.exp(-level * draw.uniform(0.8, 1.2, (cells, 1)))
    return Candidates(
        cost_per_day=size * (0.02 * level + short),
        value=value,
        litres=value * draw.uniform(0.2, 2.0, (cells, 1)),
        lines_per_day=1.0 / (level * draw.uniform(1.0, 3.0, (cells, 1))),
        place=draw.integers(0, places, cells),
    )


def limits_of(given: Candidates, places: int, budget: float, shelf: float, lines: float) -> FloatArray:
    """Shares of what the cheapest choice takes."""
    rows, best = np.arange(len(given.place)), np.argmin(given.cost_per_day, axis=1)
    shelves = np.bincount(given.place, given.litres[rows, best], places) + 1e-6
    return np.concatenate(
        [
            [budget * given.value[rows, best].sum(), lines * given.lines_per_day[rows, best].sum()],
            shelf * shelves,
        ]
    )


def choose(given: Candidates, limits: FloatArray) -> TogetherResult:
    return choose_together(*vars(given).values(), limits[0], limits[2:], limits[1], work_limit=50)


def all_choices(given: Candidates) -> list[FloatArray]:
    cells, count = given.cost_per_day.shape
    return [np.array(choice) for choice in itertools.product(range(count), repeat=cells)]


def cost_of(given: Candidates, choice: FloatArray) -> float:
    return float(given.cost_per_day[np.arange(len(choice)), choice].sum())


class TestBruteForce:
    @pytest.mark.parametrize("seed", range(40))
    def test_best_of_all_choices(self, seed: int) -> None:
        draw = np.random.default_rng(seed)
        given = candidates(6, 4, 2, seed)
        limits = limits_of(given, 2, draw.uniform(0.5, 1.1), draw.uniform(0.6, 1.2), draw.uniform(1.0, 1.6))
        result = choose(given, limits)
        within = [choice for choice in all_choices(given) if is_within(given, choice, limits)]
        if not within:
            assert result.report.status is SolveStatus.INFEASIBLE
            assert not result.is_within_limits
            return
        best = min(cost_of(given, choice) for choice in within)
        assert result.report.status is SolveStatus.OPTIMAL
        assert result.is_within_limits
        assert result.cost_per_day == pytest.approx(best, rel=1e-9)
        assert result.report.objective == pytest.approx(best, rel=1e-9)
        assert result.report.bound == pytest.approx(best, rel=1e-9)

    @pytest.mark.parametrize("seed", range(12))
    def test_smallest_relaxation_of_one_limit(self, seed: int) -> None:
        """A budget below what any choice takes: the report names the least that is enough."""
        given = candidates(5, 4, 1, seed)
        limits = limits_of(given, 1, 0.05, 10.0, 1.4)
        result = choose(given, limits)
        free = np.concatenate([[np.inf], limits[1:]])
        rows = np.arange(5)
        least = min(
            given.value[rows, choice].sum() for choice in all_choices(given) if is_within(given, choice, free)
        )
        assert result.report.status is SolveStatus.INFEASIBLE
        (unserved,) = (item for item in result.report.unserved if item.item == BUDGET_PATH)
        assert float(unserved.relaxation.split()[0]) == pytest.approx(least, rel=1e-8)
        assert is_within(given, result.choice, np.concatenate([[least * (1 + 1e-8)], limits[1:]]))

    def test_two_limits_that_fight(self) -> None:
        """Each can be kept alone, not both: money asks for little stock, few lines ask for much."""
        given = candidates(5, 4, 1, 7)
        loose = np.array([np.inf, np.inf, np.inf])
        limits = np.array(
            [given.value.min(axis=1).sum() * 1.01, given.lines_per_day.min(axis=1).sum() * 1.01, 1e9]
        )
        result = choose(given, limits)
        assert result.report.status is SolveStatus.INFEASIBLE
        assert {item.item for item in result.report.unserved} >= {BUDGET_PATH, LINES_PATH}
        for item in result.report.unserved:
            row = [BUDGET_PATH, LINES_PATH, f"{SHELF_PATH}[0]"].index(item.item)
            relaxed = limits.copy()
            relaxed[row] = float(item.relaxation.split()[0]) * (1 + 1e-8)
            assert any(is_within(given, choice, relaxed) for choice in all_choices(given))
            relaxed[row] *= 1 - 1e-6
            assert not any(is_within(given, choice, relaxed) for choice in all_choices(given))
        assert is_within(given, result.choice, loose)


class TestLargeInstances:
    @pytest.fixture(scope="class")
    @classmethod
    def solved(cls) -> tuple[Candidates, FloatArray, TogetherResult]:
        given = candidates(1_000, 8, 6, 1)
        limits = limits_of(given, 6, 0.8, 0.9, 1.2)
        return given, limits, choose(given, limits)

    def test_bound_and_limits(self, solved: tuple[Candidates, FloatArray, TogetherResult]) -> None:
        given, limits, result = solved
        assert is_within(given, result.choice, limits)
        assert result.report.gap is not None
        assert result.report.gap < 1e-4
        assert result.report.bound <= result.cost_per_day + 1e-9

    def test_order_of_cells_does_not_matter(
        self, solved: tuple[Candidates, FloatArray, TogetherResult]
    ) -> None:
        given, limits, result = solved
        order = np.random.default_rng(2).permutation(1_000)
        turned = Candidates(*(column[order] for column in vars(given).values()))
        np.testing.assert_array_equal(choose(turned, limits).choice, result.choice[order])

    def test_unit_of_money_does_not_matter(
        self, solved: tuple[Candidates, FloatArray, TogetherResult]
    ) -> None:
        given, limits, result = solved
        dearer = Candidates(
            given.cost_per_day * 1024.0, given.value * 1024.0, given.litres, given.lines_per_day, given.place
        )
        scaled = limits.copy()
        scaled[0] *= 1024.0
        again = choose(dearer, scaled)
        np.testing.assert_array_equal(again.choice, result.choice)

    def test_again_the_same(self, solved: tuple[Candidates, FloatArray, TogetherResult]) -> None:
        given, limits, result = solved
        again = choose(given, limits)
        np.testing.assert_array_equal(again.choice, result.choice)
        assert again.report == result.report

    def test_shadow_prices_are_what_a_little_more_is_worth(
        self, solved: tuple[Candidates, FloatArray, TogetherResult]
    ) -> None:
        """Cost saved per unit by 0.2 % more of a limit: at most the price, and near it."""
        given, limits, result = solved
        prices = {item.limit: item.price for item in result.report.shadow_prices}
        for path, row in ((BUDGET_PATH, 0), (LINES_PATH, 1)):
            more = limits.copy()
            more[row] *= 1.002
            saved = (result.cost_per_day - choose(given, more).cost_per_day) / (more[row] - limits[row])
            assert saved <= prices[path] * 1.1
            assert saved >= prices[path] * 0.8


def test_more_of_a_limit_never_costs_more() -> None:
    given = candidates(30, 5, 2, 5)
    costs = []
    for budget in np.linspace(0.45, 1.1, 9):
        result = choose(given, limits_of(given, 2, budget, 0.95, 1.5))
        if result.report.status is not SolveStatus.INFEASIBLE:
            assert result.report.status is SolveStatus.OPTIMAL
            costs.append(result.cost_per_day)
    assert len(costs) > 5
    assert (np.diff(costs) <= 1e-9).all()


def test_without_limits_the_cheapest_are_chosen() -> None:
    given = candidates(30, 5, 3, 6)
    result = choose_together(*vars(given).values())
    np.testing.assert_array_equal(result.choice, np.argmin(given.cost_per_day, axis=1))
    assert result.report.status is SolveStatus.OPTIMAL
    assert result.report.shadow_prices == ()


def test_missing_candidates_are_never_chosen() -> None:
    given = candidates(8, 4, 1, 9)
    cost = given.cost_per_day.copy()
    best = np.argmin(cost, axis=1)
    cost[np.arange(8), best] = np.inf
    result = choose_together(cost, given.value, given.litres, given.lines_per_day, given.place)
    assert (result.choice != best).all()


def test_no_cells() -> None:
    empty = np.zeros((0, 3))
    result = choose_together(empty, empty, empty, empty, np.zeros(0, np.int64), 5.0)
    assert result.choice.size == 0
    assert result.is_within_limits


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cost_per_day": np.full((2, 2), np.nan)}, "cost_per_day"),
        ({"cost_per_day": np.full((2, 2), np.inf)}, "cost_per_day .* in cell 0"),
        ({"cost_per_day": np.zeros(2)}, "cost_per_day"),
        ({"value": np.full((2, 2), -1.0)}, "value"),
        ({"value": np.zeros((2, 3))}, "value"),
        ({"litres": np.full((2, 2), np.nan)}, "litres"),
        ({"place": np.array([0, -1])}, "place"),
        ({"budget": -5.0}, "budget"),
        ({"budget": float("nan")}, "budget"),
        ({"shelf_litres": np.array([5.0])}, "shelf_litres"),
        ({"work_limit": 0}, "work_limit"),
    ],
)
def test_bad_input_is_named(change: dict[str, Any], named: str) -> None:
    ones = np.ones((2, 2))
    terms: dict[str, Any] = {
        "cost_per_day": ones, "value": ones, "litres": ones, "lines_per_day": ones, "place": np.array([0, 1]), **change
    }  # fmt: skip
    with pytest.raises(ValueError, match=named):
        choose_together(**terms)
