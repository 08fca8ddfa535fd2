"""METRIC and its kin: every column of the reference table by its own method, and budget curves by brute force."""

from __future__ import annotations

import csv
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from optimize.stock.metric import BudgetCurve, Method, TwoEchelons, budget_curve, expected_backorders
from tests.reference import reference_path

FloatArray = npt.NDArray[np.float64]


def reference_rows() -> dict[str, FloatArray]:
    path = reference_path("inventory/reference/two_echelon_poisson_basestock.csv")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.mark.parametrize(
    ("method", "column"),
    [
        (Method.METRIC, "EBO_METRIC"),
        (Method.VARI_METRIC, "EBO_VARIMETRIC"),
        (Method.EXACT, "EBO_exact_per_base"),
    ],
)
def test_backorders_of_every_row(method: Method, column: str) -> None:
    known = reference_rows()
    for row in range(len(known["S"])):
        count = int(known["bases"][row])
        system = TwoEchelons(
            np.full((1, count), known["lambda_per_base"][row]),
            known["depot_lead_T0"][[row]],
            np.full((1, count), known["base_transport_tau"][row]),
            np.ones(1),
        )
        levels = np.full((1, count), int(known["S"][row]))
        found = expected_backorders(system, np.array([int(known["S0"][row])]), levels, method)
        assert found.backorders == pytest.approx(known[column][row], abs=5.1e-9), row
        assert found.depot_backorders == pytest.approx(known["EBO_depot"][row], abs=5.1e-9), row
        share, moving = 1 / count, known["lambda_per_base"][row] * known["base_transport_tau"][row]
        mean = moving + share * found.depot_backorders[0]
        assert mean == pytest.approx(known["mean_pipeline"][row], abs=5.1e-9), row
        variance = mean - share**2 * (found.depot_backorders[0] - found.depot_variance[0])
        assert variance == pytest.approx(known["var_pipeline"][row], abs=5.1e-9), row
        if method is Method.EXACT:
            assert found.ready_rate == pytest.approx(known["ready_rate_exact"][row], abs=5.1e-9), row


def some_items(items: int, bases: int, seed: int = 7) -> TwoEchelons:
    chance = np.random.default_rng(seed)
    return TwoEchelons(
        chance.uniform(0.05, 0.4, (items, bases)),
        chance.uniform(1.0, 4.0, items),
        chance.uniform(0.5, 2.0, (items, bases)),
        chance.uniform(3.0, 20.0, items),
    )


def all_choices(system: TwoEchelons, most: int, method: Method) -> list[FloatArray]:
    """By item: rows of cost and backorders of every choice of levels up to so many units anywhere."""
    items, bases = system.demand_rate.shape
    levels = np.array(list(product(range(most + 1), repeat=bases + 1)))
    found = []
    for item in range(items):
        each = TwoEchelons(
            *(np.repeat(column[[item]], len(levels), axis=0) for column in vars(system).values())
        )
        left = expected_backorders(each, levels[:, 0], levels[:, 1:], method).backorders.sum(axis=1)
        found.append(np.column_stack((levels.sum(axis=1) * system.unit_cost[item], left)))
    return found


@pytest.mark.parametrize("method", list(Method))
def test_no_choice_is_better_than_a_point_of_the_curve(method: Method) -> None:
    system = some_items(items=2, bases=2)
    curve = budget_curve(system, method, least_worth=2e-3)
    first, second = all_choices(system, 6, method)
    cost = np.add.outer(first[:, 0], second[:, 0]).ravel()
    left = np.add.outer(first[:, 1], second[:, 1]).ravel()
    assert len(curve.cost) > 12
    for price, owed in zip(curve.cost, curve.backorders, strict=True):
        assert left[cost <= price + 1e-9].min() == pytest.approx(owed, rel=1e-9)


@pytest.mark.parametrize("method", list(Method))
def test_levels_of_a_point_lead_to_what_the_curve_says(method: Method) -> None:
    system = some_items(items=5, bases=3)
    curve = budget_curve(system, method)
    for point in range(0, len(curve.cost), 7):
        depot, levels = curve.levels_at(point)
        found = expected_backorders(system, depot, levels, method)
        met = float((found.ready_rate * system.demand_rate).sum() / system.demand_rate.sum())
        assert found.backorders.sum() == pytest.approx(curve.backorders[point], abs=1e-9)
        assert met == pytest.approx(curve.fill_rate[point], rel=1e-9)
        spent = float((depot + levels.sum(axis=1)) @ system.unit_cost)
        assert spent == pytest.approx(curve.cost[point], rel=1e-12)


def test_each_money_does_less_than_the_one_before() -> None:
    curve = budget_curve(some_items(items=20, bases=4))
    worth = -np.diff(curve.backorders) / np.diff(curve.cost)
    assert (worth > 0).all()
    assert (np.diff(worth) <= 1e-12).all()
    assert curve.backorders[-1] < 2e-3 * curve.backorders[0]
    assert curve.fill_rate[0] == 0 and curve.fill_rate[-1] > 0.99
    assert (curve.price_per_fill > 0).all()


def test_more_money_never_does_worse() -> None:
    curve = budget_curve(some_items(items=8, bases=3))
    points = [curve.within(budget) for budget in np.linspace(0.0, curve.cost[-1] + 1, 50)]
    assert points[0] == 0 and points[-1] == len(curve.cost) - 1
    assert (np.diff(points) >= 0).all()
    assert all(
        curve.cost[point] <= budget for point, budget in zip(points, np.linspace(0, 1e9, 50), strict=True)
    )


def same_points(curve: BudgetCurve, other: BudgetCurve) -> None:
    assert other.backorders == pytest.approx(curve.backorders, rel=1e-9)
    assert other.fill_rate == pytest.approx(curve.fill_rate, rel=1e-9)


def test_units_of_time_and_money_change_nothing() -> None:
    system = some_items(items=6, bases=3)
    curve = budget_curve(system)
    hours = TwoEchelons(
        system.demand_rate / 24, system.depot_time * 24, system.transport_time * 24, system.unit_cost * 7
    )
    other = budget_curve(hours)
    same_points(curve, other)
    assert other.cost == pytest.approx(7 * curve.cost, rel=1e-9)
    assert other.item.tolist() == curve.item.tolist()


def test_order_of_items_and_bases_changes_nothing() -> None:
    system = some_items(items=6, bases=3)
    items, bases = np.array([3, 0, 5, 1, 4, 2]), np.array([2, 0, 1])
    turned = TwoEchelons(
        system.demand_rate[items][:, bases], system.depot_time[items], system.transport_time[items][:, bases],
        system.unit_cost[items],
    )  # fmt: skip
    curve, other = budget_curve(system), budget_curve(turned)
    same_points(curve, other)
    point = curve.within(float(curve.cost[-1]) / 2)
    depot, levels = curve.levels_at(point)
    other_depot, other_levels = other.levels_at(point)
    assert other_depot.tolist() == depot[items].tolist()
    assert other_levels.tolist() == levels[items][:, bases].tolist()


def test_methods_agree_where_the_depot_never_owes() -> None:
    system = some_items(items=3, bases=2)
    depot, levels = np.full(3, 40), np.ones((3, 2), np.int64)
    found = [expected_backorders(system, depot, levels, method).backorders for method in Method]
    assert found[0] == pytest.approx(found[1], abs=1e-12)
    assert found[0] == pytest.approx(found[2], abs=1e-12)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("demand_rate", np.array([[0.0, 0.0]])),
        ("demand_rate", np.array([[np.nan, 1.0]])),
        ("depot_time", np.array([1.0, 2.0])),
        ("depot_time", np.array([1e9])),
        ("transport_time", np.array([[-1.0, 1.0]])),
        ("unit_cost", np.array([0.0])),
    ],
)
def test_impossible_items_are_refused(field: str, value: FloatArray) -> None:
    fields = {
        "demand_rate": np.array([[0.2, 0.1]]), "depot_time": np.array([3.0]),
        "transport_time": np.array([[1.0, 2.0]]), "unit_cost": np.array([5.0]),
    }  # fmt: skip
    with pytest.raises(ValueError, match=field):
        TwoEchelons(**fields | {field: value})


def test_impossible_questions_are_refused() -> None:
    system = some_items(items=2, bases=2)
    curve = budget_curve(system)
    with pytest.raises(ValueError, match="least_worth"):
        budget_curve(system, least_worth=0.0)
    with pytest.raises(ValueError, match="budget"):
        curve.within(float("nan"))
    with pytest.raises(ValueError, match="point"):
        curve.levels_at(len(curve.cost))
    with pytest.raises(ValueError, match="levels"):
        expected_backorders(system, np.zeros(2, np.int64), np.full((2, 2), -1))
