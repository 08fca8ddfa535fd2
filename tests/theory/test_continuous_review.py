"""Continuous review against published optima, against all other policies and against sums written out."""

from __future__ import annotations

import csv
import json
import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from optimize.stock.continuous_review import best_lot_sizes, best_min_max, lot_size_costs
from optimize.stock.normal_demand import (
    best_normal_base_stock,
    best_normal_lot_size,
    first_loss,
    normal_lot_size_cost,
    second_loss,
)
from tests.reference import reference_path
from tests.theory.closed_forms import lot_size_cost, poisson, stock_cost


def answers(instance: str, model: str) -> dict[str, float]:
    text = reference_path("inventory/reference/stockpyl_answers.json").read_text(encoding="utf-8")
    return next(
        row["answer"]
        for row in json.loads(text)
        if row["instance"] == instance and row["model"].startswith(model)
    )


def test_published_lot_sizes() -> None:
    """Federgruen and Zheng (1992) and Zipkin (2000), all rows at once and each alone."""
    with reference_path("inventory/reference/rQ_poisson_backorder.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    given = [[float(row[name]) for row in rows] for name in ("lambda", "L", "K", "h", "p")]
    found = best_lot_sizes(*given)
    assert found.reorder_point.tolist() == [int(row["r"]) for row in rows]
    assert found.order_quantity.tolist() == [int(row["Q"]) for row in rows]
    assert found.cost_per_day == pytest.approx([float(row["cost_rate"]) for row in rows], abs=5.1e-7)
    for i, terms in enumerate(zip(*given, strict=True)):
        assert best_lot_sizes(*terms).cost_per_day == found.cost_per_day[i]


def test_example_of_snyder_and_shen() -> None:
    """Example 5.8; with customers of one unit each (s, S) is the same policy."""
    known = answers("example_5_8", "(r,Q)")
    terms = (2.0, 100.0, 20.0, 150.0)
    for found in (best_lot_sizes(1.5, *terms), best_min_max(1.5, np.ones(1), *terms)):
        assert (found.reorder_point, found.order_quantity) == (known["r"], known["Q"])
        assert float(found.cost_per_day) == pytest.approx(known["cost"], rel=1e-13)


def test_no_other_lot_size_costs_less() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        terms = (
            rng.uniform(0.1, 3),
            rng.uniform(0, 3),
            rng.uniform(0, 9),
            rng.uniform(0.2, 2),
            rng.uniform(0.5, 9),
        )
        found = best_lot_sizes(*terms)
        point, quantity = np.meshgrid(np.arange(-15, 30), np.arange(1, 30))
        costs = lot_size_costs(*terms, point, quantity)
        assert costs.min() == pytest.approx(float(found.cost_per_day), rel=1e-12)
        chosen = int(found.reorder_point), int(found.order_quantity)
        written_out = lot_size_cost(poisson(terms[0] * terms[1]), terms[0], *chosen, *terms[2:])
        assert float(found.cost_per_day) == pytest.approx(written_out, rel=1e-10)


def min_max_cost(terms: tuple[float, ...], sizes: np.ndarray[Any, Any], point: int, up_to: int) -> float:
    """Cost rate of (s, S) from the stationary position as its customers leave it, solved as a chain."""
    customers, lead, order, holding, backorder = terms
    count = up_to - point
    chain = np.zeros((count, count))
    for below in range(count):
        for units, probability in enumerate(sizes, start=1):
            chain[below, below + units if below + units < count else 0] += probability
    share = np.linalg.matrix_power(0.5 * (chain + np.eye(count)), 2**20)[0]
    demand, of_some = np.zeros(200), np.ones(1)
    for number in range(40):
        demand[: of_some.size] += stats.poisson.pmf(number, customers * lead) * of_some[:200]
        of_some = np.convolve(of_some, np.concatenate([[0.0], sizes]))
    stock = share @ [stock_cost(demand, up_to - below, holding, backorder) for below in range(count)]
    ordering = sum(share[b] * p for b in range(count) for u, p in enumerate(sizes, 1) if b + u >= count)
    return float(order * customers * ordering + stock)


def test_customers_of_several_units() -> None:
    """(s, S) under compound Poisson demand: the cheapest of all, each worked out as a chain of positions."""
    sizes = np.array([0.5, 0.2, 0.3])
    terms = (0.7, 1.5, 12.0, 1.0, 7.0)
    found = best_min_max(terms[0], sizes, *terms[1:])
    all_costs = {
        (s, s + gap): min_max_cost(terms, sizes, s, s + gap) for s in range(-2, 8) for gap in range(1, 14)
    }
    best = min(all_costs, key=lambda levels: all_costs[levels])
    assert (int(found.reorder_point), int(found.reorder_point + found.order_quantity)) == best
    assert float(found.cost_per_day) == pytest.approx(all_costs[best], rel=1e-9)


def test_units_of_time_and_of_money() -> None:
    found = best_lot_sizes(1.5, 2.0, 100.0, 20.0, 150.0)
    in_half_days = best_lot_sizes(0.75, 4.0, 100.0, 10.0, 75.0)
    dear = best_lot_sizes(1.5, 2.0, 400.0, 80.0, 600.0)
    for other, scale in ((in_half_days, 0.5), (dear, 4.0)):
        assert (other.reorder_point, other.order_quantity) == (found.reorder_point, found.order_quantity)
        assert other.cost_per_day == scale * found.cost_per_day


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (0, 0.0, r"demand_per_day\[0\] is 0\.0: must be finite and above 0"),
        (0, 1e9, r"demand_per_day\[0\] is .*count in larger units"),
        (0, 1e-300, r"demand_per_day\[0\] is 1e-300: must be at least 1e-12"),
        (3, 1e-300, r"holding_cost\[0\] is 1e-300: must be 0, or between"),
        (1, -1.0, r"lead_time_days\[0\] is -1\.0: must be finite and at least 0"),
        (2, math.nan, r"order_cost\[0\] is nan"),
        (2, 1e12, r"order_cost\[0\] is .*orders of more than 50,000 units"),
        (3, 0.0, r"holding_cost\[0\] is 0\.0: must be finite and above 0"),
        (4, math.inf, r"backorder_cost\[0\] is inf"),
        (4, 1e15, r"backorder_cost\[0\] is .*within a factor"),
    ],
)
def test_bad_terms(at: int, value: float, message: str) -> None:
    terms = [1.5, 2.0, 100.0, 20.0, 150.0]
    terms[at] = value
    with pytest.raises(ValueError, match=message):
        best_lot_sizes(*terms)


def test_bad_policies_and_sizes() -> None:
    terms = (1.5, 2.0, 100.0, 20.0, 150.0)
    with pytest.raises(ValueError, match=r"order_quantity\[1\] is 0: must be at least 1"):
        lot_size_costs(*terms, 3, [1, 0])
    with pytest.raises(ValueError, match=r"order_sizes\[0\] is 0\.5: must be probabilities"):
        best_min_max(1.5, np.array([0.5]), *terms[1:])
    with pytest.raises(ValueError, match=r"order_sizes has shape \(3, 1\)"):
        best_min_max(1.5, np.ones((3, 1)), *terms[1:])
    with pytest.raises(ValueError, match=r"customers_per_day\[0\] is 1000\.0: at most 600 customers"):
        best_min_max(1000.0, np.ones(1), *terms[1:])


def test_loss_functions() -> None:
    for z in (-3.0, -0.4, 0.0, 1.7, 5.0):
        for loss, power in ((first_loss, 1), (second_loss, 2)):
            value, _ = integrate.quad(
                lambda x, z=z, n=power: (x - z) ** n / n * stats.norm.pdf(x), z, z + 12, epsabs=1e-14
            )
            assert loss(z) == pytest.approx(value, abs=1e-12)


def test_normal_base_stock() -> None:
    """Examples 4.3 and 4.4: newsvendor, and base stock with a lead time of four periods."""
    for instance, lead, known in (
        ("4_3", 0, answers("example_4_3", "newsvendor")),
        ("4_4", 4, answers("example_4_4", "base-stock")),
    ):
        found = best_normal_base_stock(50.0, 8.0, lead, 1, 0.18, 0.7)
        assert found.order_up_to == pytest.approx(known["S"], rel=1e-14), instance
        assert found.cost_per_day == pytest.approx(known["cost"], rel=1e-13), instance


def test_normal_periodic_review_balances_its_days() -> None:
    """The derivative of the mean cost is 0: the mean probability of stock is p / (h + p)."""
    found = best_normal_base_stock(50.0, 8.0, 2, 5, 0.2, 0.7)
    days = np.arange(3, 8)
    served = stats.norm.cdf(found.order_up_to, 50.0 * days, 8.0 * np.sqrt(days)).mean()
    assert served == pytest.approx(0.7 / 0.9, abs=1e-12)


def test_normal_lot_size() -> None:
    """Integrated numerically; no neighbour costs less; without variation economic order quantities with backorders."""
    terms = (1300.0, 1300.0 / 12, 150.0 / math.sqrt(12), 8.0, 0.225, 7.5)
    found = best_normal_lot_size(*terms)

    def cost_rate(y: float) -> float:
        z = (y - terms[1]) / terms[2]
        return terms[4] * (y - terms[1]) + (terms[4] + terms[5]) * terms[2] * (
            stats.norm.pdf(z) - z * stats.norm.sf(z)
        )

    area, _ = integrate.quad(
        cost_rate, found.reorder_point, found.reorder_point + found.order_quantity, epsabs=1e-9
    )
    written_out = (terms[3] * terms[0] + area) / found.order_quantity
    assert found.cost_per_day == pytest.approx(written_out, rel=1e-11)
    for more_r, more_q in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)):
        neighbour = normal_lot_size_cost(*terms, found.reorder_point + more_r, found.order_quantity + more_q)
        assert neighbour > found.cost_per_day
    steady = best_normal_lot_size(1300.0, 0.0, 1e-6, 8.0, 0.225, 7.5)
    economic = math.sqrt(2 * 8.0 * 1300.0 * (0.225 + 7.5) / (0.225 * 7.5))
    assert steady.order_quantity == pytest.approx(economic, rel=1e-5)


@pytest.mark.parametrize("at", range(6))
def test_bad_normal_terms(at: int) -> None:
    terms = [1300.0, 108.0, 43.0, 8.0, 0.225, 7.5]
    terms[at] = -1.0
    with pytest.raises(ValueError, match=r"is -1\.0: must be finite and"):
        best_normal_lot_size(*terms)
