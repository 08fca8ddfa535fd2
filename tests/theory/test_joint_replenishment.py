"""Items that share orders: complete enumeration, bounds that hold for any policy, and what must not change anything."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from optimize.stock.joint_replenishment import cyclic_replenishment, power_of_two_replenishment
from optimize.stock.lot_sizing import economic_order_quantity
from scenarios import SolveStatus
from tests.textbook import instance

_TEXTBOOK = ["scmo_jrp_ex", "spp_jrp", "silver_jrp", "scmo_jrp_hw_1", "scmo_jrp_hw_2", "scmo_jrp_hw_3"]


def _arguments(name: str) -> tuple[Any, ...]:
    data = instance(name)
    return (
        data["shared_fixed_cost"],
        data["individual_fixed_costs"],
        data["holding_costs"],
        data["demand_rates"],
    )


def _random(seed: int, items: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return (
        float(rng.uniform(3.0, 10.0)),
        rng.uniform(0.0, 20.0, items),
        rng.uniform(0.5, 5.0, items),
        rng.uniform(3.0, 30.0, items),
    )


def _cost(arguments: tuple[Any, ...], multiples: Any, period: float | None = None) -> float:
    shared, individual, holding, rates = (np.asarray(argument, float) for argument in arguments)
    ordering = shared + (individual / multiples).sum()
    carried = (holding * rates * multiples).sum()
    best = math.sqrt(2 * ordering / carried) if period is None else period
    return float(ordering / best + carried * best / 2)


def _least(arguments: tuple[Any, ...], most: int) -> float:
    every = itertools.product(range(1, most + 1), repeat=len(arguments[1]))
    return min(_cost(arguments, np.array(multiples)) for multiples in every)


@pytest.mark.parametrize("name", _TEXTBOOK)
def test_textbook_instances_by_enumeration(name: str) -> None:
    arguments = _arguments(name)
    best = cyclic_replenishment(*arguments)
    assert best.status is SolveStatus.OPTIMAL
    assert best.cost == pytest.approx(_least(arguments, 7), rel=1e-12)
    assert best.cost == pytest.approx(_cost(arguments, best.multiples, best.base_period), rel=1e-12)
    assert best.gap == pytest.approx(0.0, abs=1e-12)


def test_published_example() -> None:
    """Snyder and Shen's companion example: every 3.1032, the second item every third time, 837.8544."""
    best = cyclic_replenishment(600, [120, 840, 300], [160, 20, 50], [1, 1, 1])
    assert best.base_period == pytest.approx(3.103164454170876, rel=1e-12)
    assert best.multiples.tolist() == [1, 3, 1]
    assert best.cost == pytest.approx(837.8544026261366, rel=1e-12)


@pytest.mark.parametrize("seed", range(25))
def test_random_instances_by_enumeration(seed: int) -> None:
    arguments = _random(seed, 3)
    best = cyclic_replenishment(*arguments)
    assert best.multiples.max() <= 25
    assert best.cost == pytest.approx(_least(arguments, 25), rel=1e-12)


@pytest.mark.parametrize("seed", range(25))
def test_powers_of_two_keep_their_bounds(seed: int) -> None:
    arguments = _random(1000 + seed, 8)
    best = power_of_two_replenishment(*arguments)
    assert set(np.bincount(best.multiples).nonzero()[0]) <= {2**power for power in range(20)}
    assert best.multiples.min() == 1
    assert best.cost == pytest.approx(_cost(arguments, best.multiples, best.base_period), rel=1e-12)
    assert best.cost <= best.bound / (math.sqrt(2) * math.log(2))
    for base in (0.01, 0.7, 1.0, 365.0):
        fixed = power_of_two_replenishment(*arguments, base_period=base)
        assert math.log2(fixed.base_period / base) == pytest.approx(
            round(math.log2(fixed.base_period / base))
        )
        assert best.cost * (1 - 1e-12) <= fixed.cost <= fixed.bound * 3 / (2 * math.sqrt(2))
    cyclic = cyclic_replenishment(*arguments)
    assert best.bound * (1 - 1e-12) <= cyclic.cost <= best.cost * (1 + 1e-12)


def test_the_bound_is_that_of_convex_programming() -> None:
    from scipy.optimize import minimize

    arguments = _random(7, 4)
    shared, individual, holding, rates = arguments

    def cost(logs: Any) -> float:
        shared_period, own = math.exp(logs[0]), np.exp(logs[0] + np.abs(logs[1:]))
        return float(shared / shared_period + (individual / own + holding * rates * own / 2).sum())

    least = min(
        minimize(
            cost, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 9000}
        ).fun
        for start in (np.zeros(5), np.full(5, 0.5), np.array([0.0, 1.0, 0.1, 1.0, 0.1]))
    )
    assert power_of_two_replenishment(*arguments).bound == pytest.approx(least, rel=1e-6)


def test_one_item_is_an_economic_order_quantity() -> None:
    plain = economic_order_quantity(7 + 3, 0.5, 40)
    for solve in (cyclic_replenishment, power_of_two_replenishment):
        assert solve(7, [3], [0.5], [40]).cost == pytest.approx(plain.cost, rel=1e-12)


def test_permuting_items_and_scaling_units_change_nothing() -> None:
    shared, individual, holding, rates = _random(3, 6)
    turned = np.random.default_rng(0).permutation(6)
    for solve in (cyclic_replenishment, power_of_two_replenishment):
        plain = solve(shared, individual, holding, rates)
        other = solve(shared, individual[turned], holding[turned], rates[turned])
        assert other.cost == pytest.approx(plain.cost, rel=1e-12)
        assert other.multiples.tolist() == plain.multiples[turned].tolist()
        cents = solve(shared * 100, individual * 100, holding * 100, rates)
        assert (cents.cost, cents.base_period) == pytest.approx(
            (plain.cost * 100, plain.base_period), rel=1e-12
        )
        weeks = solve(shared, individual, holding / 52, rates / 52)
        assert (weeks.cost, weeks.base_period) == pytest.approx(
            (plain.cost / 52, plain.base_period * 52), rel=1e-12
        )


def test_a_work_limit_leaves_a_bound() -> None:
    arguments = (1e-6, *_random(11, 5)[1:])
    limited = cyclic_replenishment(*arguments, step_limit=3)
    assert limited.status is SolveStatus.FEASIBLE
    whole = cyclic_replenishment(*arguments)
    assert limited.bound <= whole.cost * (1 + 1e-12) <= limited.cost * (1 + 2e-12)


def test_items_without_a_cost_of_their_own_are_in_every_order() -> None:
    best = cyclic_replenishment(10, [0, 0], [1, 2], [3, 4])
    assert (best.multiples.tolist(), best.status) == ([1, 1], SolveStatus.OPTIMAL)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"shared_fixed_cost": 0}, "shared_fixed_cost must be above 0"),
        ({"individual_fixed_costs": [1, math.nan]}, r"individual_fixed_costs\[1\] must be at least 0"),
        ({"individual_fixed_costs": []}, "individual_fixed_costs must be a list of one or more"),
        ({"holding_costs": [1, 0]}, r"holding_costs\[1\] must be above 0"),
        ({"demand_rates": [1]}, "demand_rates must be a list of 2 numbers"),
        ({"demand_rates": [1, -1]}, r"demand_rates\[1\] must be at least 0"),
    ],
)
def test_impossible_numbers_are_named(wrong: dict[str, Any], message: str) -> None:
    given = {
        "shared_fixed_cost": 1,
        "individual_fixed_costs": [1, 2],
        "holding_costs": [1, 2],
        "demand_rates": [3, 4],
    }
    for solve in (cyclic_replenishment, power_of_two_replenishment):
        with pytest.raises(ValueError, match=message):
            solve(**{**given, **wrong})
    with pytest.raises(ValueError, match="step_limit must be at least 1, got 0"):
        cyclic_replenishment(**given, step_limit=0)
    with pytest.raises(ValueError, match="base_period must be above 0"):
        power_of_two_replenishment(**given, base_period=0)
