"""Best ordering of perishables against published policy tables and the newsvendor."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest
from scipy import stats

from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.perishable_optimum import PerishableCosts, optimal_policy
from tests.reference import reference_path
from tests.theory.closed_forms import poisson

# Demand of a week of the hospital, unrounded, as published with viso_jax by Farrington (tests of the same tables).
SUCCESSES = np.array([3.497361, 10.985837, 7.183407, 11.064622, 5.930222, 5.473242, 2.193797])
MEANS = np.array([5.660569, 6.922555, 6.504332, 6.165049, 5.816060, 3.326408, 3.426814])


def published(name: str) -> IntArray:
    with reference_path(f"inventory/perishable_viso/{name}.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[int(value) for value in row[1:]] for row in rows])


@pytest.mark.parametrize(("experiment", "is_freshest_first"), [(1, True), (2, False)])
def test_de_moor(experiment: int, is_freshest_first: bool) -> None:
    """Two days of life, a lead time of one; gamma demand of mean 4 and coefficient of variation 0.5, rounded."""
    table = published(f"de_moor_perishable_m2_exp{experiment}_reported_policy")
    below = stats.gamma.cdf(np.concatenate([[0.0], np.arange(0.5, 101.0)]), 4.0)
    demand = np.diff(below)
    demand[-1] += 1.0 - demand.sum()
    costs = PerishableCosts(unit=3.0, holding=1.0, shortage=5.0, waste=7.0)
    best = optimal_policy(demand[None], 2, 1, 10, costs, 0.99, is_freshest_first=is_freshest_first)
    # Rows: fresh units, most at the top; columns: units on their last day.
    np.testing.assert_array_equal(best.order[0, :9, :9].T[::-1], table)


def platelet_demand() -> FloatArray:
    """(7, 21) negative binomial by weekday from Monday; what is above 20 counts as 20."""
    chance = stats.nbinom.pmf(
        np.arange(21)[None], SUCCESSES[:, None], (SUCCESSES / (SUCCESSES + MEANS))[:, None]
    )
    chance[:, -1] += 1.0 - chance.sum(axis=1)
    return chance


def life_shares() -> FloatArray:
    """(21, 3) multinomial logit: 0, 1.0 + 0.4 q, 0.5 + 0.8 q for one, two and three days of life in an order of q."""
    size = np.arange(21)[:, None]
    odds = np.exp(np.concatenate([np.zeros((21, 1)), [1.0, 0.5] + size * [0.4, 0.8]], axis=1))
    return odds / odds.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("panel", "order_cost", "is_random"), [("left", 10.0, True), ("middle", 0.0, True), ("right", 0.0, False)]
)
def test_mirjalili(panel: str, order_cost: float, is_random: bool) -> None:
    """Platelets on Mondays, figure 6.1: orders by units with two days left (rows) and with one (columns)."""
    table = published(f"mirjalili_perishable_platelet_m3_fig6_1_{panel}")
    costs = PerishableCosts(order=order_cost, holding=1.0, shortage=20.0, waste=5.0, is_holding_on_waste=True)
    best = optimal_policy(
        platelet_demand(), 3, 0, 20, costs, 0.95, life_shares=life_shares() if is_random else None
    )
    np.testing.assert_array_equal(best.order[0, :11, :11].T, table)


def test_one_day_of_life_is_a_newsvendor() -> None:
    """Smallest q with P(D <= q) >= (b - c) / (b + w)."""
    demand = poisson(3.0)
    best = optimal_policy(demand[None], 1, 0, 12, PerishableCosts(unit=2.0, shortage=9.0, waste=1.0), 0.9)
    assert best.order.shape == (1,)
    assert best.order[0] == np.argmax(np.cumsum(demand) >= 0.7)


@pytest.mark.parametrize(
    "change",
    [
        {"demand": np.array([[0.5, 0.4]])},
        {"demand": np.array([0.5, 0.5])},
        {"life_days": 0},
        {"largest_order": 0},
        {"largest_order": 10_000},
        {"discount": 1.0},
        {"tolerance": 0.0},
    ],
)
def test_bad_input_is_named(change: dict[str, Any]) -> None:
    terms: dict[str, Any] = {
        "demand": np.array([[0.5, 0.5]]), "life_days": 2, "lead_time_days": 0, "largest_order": 3,
        "costs": PerishableCosts(), "discount": 0.9, **change,
    }  # fmt: skip
    with pytest.raises(ValueError, match=next(iter(change))):
        optimal_policy(**terms)
