"""Serial systems against published answers, and against sums over all demands that know nothing of the recursion."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from optimize.stock.serial import (
    Grid,
    SerialSystem,
    normal_grid,
    poisson_grid,
    serial_cost,
    serial_levels,
    shang_song_bounds,
)
from tests.reference import reference_path

TAIL = float(stats.norm.sf(4.0))
"""What the reference cuts off at both ends of every distribution: four deviations of a normal one."""
POINTS, DEMANDS = 1000, 100
"""Steps of its grid, and steps of a normal lead-time demand in it."""


def published(name: str) -> tuple[SerialSystem, list[float], float]:
    """A published system, its echelon levels from downstream, and its cost."""
    path = reference_path("inventory/reference/serial_ssm_answers.json")
    answers = json.loads(path.read_text(encoding="utf-8"))
    found = next(answer for answer in answers if answer["instance"] == name)
    nodes: list[dict[str, Any]] = sorted(found["nodes"], key=lambda node: int(node["i"]))
    system = SerialSystem([n["h_ech"] for n in nodes], [n["L"] for n in nodes], max(n["p"] for n in nodes))
    return system, [found["echelon_S"][str(node["i"])] for node in nodes], found["cost"]


def coarse_normal(system: SerialSystem, mean: float) -> Grid:
    """The reference's grid for normal demand of deviation 1: a hundred demands, moved to the nearest of its points."""
    total = mean * sum(system.lead_time), sum(system.lead_time) ** 0.5
    low, high = stats.norm.ppf([TAIL, 1 - TAIL], *total)
    step = (high - (low - high)) / POINTS
    demand = []
    for time in system.lead_time:
        law = stats.norm(mean * time, time**0.5)
        lowest, highest = (float(law.ppf(share)) for share in (TAIL, 1 - TAIL))
        width = (highest - lowest) / DEMANDS
        values = lowest + width * np.arange(DEMANDS + 1)
        inner = law.cdf(values[:-1] + width / 2)
        demand.append((np.rint(values / step).astype(np.int64), np.diff([0.0, *inner, 1.0])))
    return Grid(float(low - high), float(step), POINTS + 1, tuple(demand))


def cut_poisson(system: SerialSystem, rate: float) -> Grid:
    """The reference's grid for Poisson demand: what is beyond the tail counts as the last demand before it."""
    high = int(stats.poisson.ppf(1 - TAIL, rate * sum(system.lead_time)))
    demand = []
    for time in system.lead_time:
        units = np.arange(int(stats.poisson.ppf(1 - TAIL, rate * time)) + 1)
        inner = stats.poisson.cdf(units[:-1], rate * time)
        demand.append((units, np.diff([0.0, *inner, 1.0])))
    return Grid(float(-high), 1.0, 2 * high + 1, tuple(demand))


def test_normal_demand_to_all_digits_on_the_grid_of_the_reference() -> None:
    system, levels, cost = published("example_6_1")
    found = serial_levels(system, coarse_normal(system, 5.0))
    assert found.echelon == pytest.approx(levels, abs=5e-4)
    assert found.cost == pytest.approx(cost, rel=1e-12)


def test_normal_demand_on_a_fine_grid() -> None:
    """The step decides the third digit of levels, where the cost is flat, and the fifth of the cost: the reference's
    0.044 gives 47.6654; here costs settle at 47.6601."""
    system, levels, cost = published("example_6_1")
    grids = [normal_grid(system, 5.0, 1.0, steps) for steps in (50, 100, 200)]
    found = [serial_levels(system, grid) for grid in grids]
    costs = [each.cost for each in found]
    assert abs(costs[2] - costs[1]) < abs(costs[1] - costs[0]) < 2e-4
    assert costs[2] == pytest.approx(cost, rel=1.2e-4)
    assert found[2].echelon == pytest.approx(levels, abs=0.02)
    assert 0 < serial_cost(system, grids[2], levels) - costs[2] < 1e-3


@pytest.mark.parametrize("name", ["shang_song_1", "shang_song_17"])
def test_poisson_demand(name: str) -> None:
    """Levels to the unit; the cost to all digits with the tails cut off as the reference does, and 5e-4 above it with
    them."""
    system, levels, cost = published(name)
    cut, whole = (
        serial_levels(system, grid) for grid in (cut_poisson(system, 16.0), poisson_grid(system, 16.0))
    )
    assert cut.echelon.tolist() == whole.echelon.tolist() == levels
    assert cut.cost == pytest.approx(cost, rel=1e-12)
    assert 0 < whole.cost / cost - 1 < 5e-4


@pytest.mark.parametrize("name", ["shang_song_1", "shang_song_17"])
def test_newsvendor_bounds_hold_the_best_levels(name: str) -> None:
    system, levels, _ = published(name)
    lower, upper = shang_song_bounds(system, 16.0)
    assert (lower <= levels).all() and (upper >= levels).all()
    assert lower[0] == upper[0] == levels[0]
    grid = poisson_grid(system, 16.0)
    heuristic = serial_cost(system, grid, ((lower + upper) // 2).tolist())
    assert 0 <= heuristic / serial_levels(system, grid).cost - 1 < 0.01


def cost_by_enumeration(system: SerialSystem, rate: float, echelon: tuple[int, ...]) -> float:
    """Sum over all demands of all lead times of what the stages cost: an echelon position is the level or what the
    stage above has, whichever is less."""
    laws = [stats.poisson(rate * time) for time in system.lead_time]
    units = [np.arange(int(law.isf(1e-12)) + 2) for law in laws]
    total = 0.0
    above: npt.NDArray[np.float64] | float = np.inf
    weight: npt.NDArray[np.float64] = np.ones(1)
    for stage in reversed(range(system.stages)):
        position = np.minimum(above, echelon[stage])
        level = np.subtract.outer(np.atleast_1d(position), units[stage])
        weight = np.multiply.outer(weight, laws[stage].pmf(units[stage]))
        total += system.echelon_holding_cost[stage] * float((weight * level).sum())
        above = level.astype(np.float64).ravel()
        weight = weight.ravel()
    penalty = system.backorder_cost + sum(system.echelon_holding_cost)
    return total + penalty * float(weight @ np.maximum(-np.asarray(above), 0.0))


@pytest.mark.parametrize(
    ("system", "rate"),
    [
        (SerialSystem([1.0], [2.0], 9.0), 1.5),
        (SerialSystem([1.0, 0.5], [1.0, 0.5], 4.0), 1.0),
        (SerialSystem([0.2, 1.0, 0.3], [0.5, 1.0, 0.25], 12.0), 0.8),
    ],
)
def test_against_enumeration(system: SerialSystem, rate: float) -> None:
    grid = poisson_grid(system, rate)
    best = serial_levels(system, grid)
    assert best.cost == pytest.approx(cost_by_enumeration(system, rate, _whole(best.echelon)), rel=1e-9)
    reach = int(best.echelon.max()) + 3
    tried = product(range(reach), repeat=system.stages)
    least = min(cost_by_enumeration(system, rate, levels) for levels in tried)
    assert best.cost == pytest.approx(least, rel=1e-9)


def _whole(levels: npt.NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(round(level) for level in levels.tolist())


def test_one_stage_is_a_newsvendor() -> None:
    system = SerialSystem([2.0], [3.0], 18.0)
    best = serial_levels(system, poisson_grid(system, 1.7))
    assert best.echelon.tolist() == [stats.poisson.ppf(0.9, 5.1)]


def test_local_levels_do_the_same() -> None:
    """A stage whose echelon level is above that of the stage over it never gets that far."""
    system = SerialSystem([0.05, 3.0, 0.5], [1.0, 1.0, 1.0], 20.0)
    grid = poisson_grid(system, 2.0)
    best = serial_levels(system, grid)
    assert best.echelon[0] > best.echelon[1]
    assert (best.local >= 0).all()
    assert serial_cost(system, grid, np.cumsum(best.local).tolist()) == pytest.approx(best.cost, rel=1e-12)


def test_scaling_money_scales_costs_alone() -> None:
    plain, dear = SerialSystem([1.0, 0.5], [1.0, 2.0], 9.0), SerialSystem([7.0, 3.5], [1.0, 2.0], 63.0)
    one, other = (serial_levels(system, poisson_grid(system, 3.0)) for system in (plain, dear))
    assert one.echelon.tolist() == other.echelon.tolist()
    assert other.cost == pytest.approx(7 * one.cost, rel=1e-12)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (([1.0], [1.0, 2.0], 3.0), "one number for each stage"),
        (([-1.0], [1.0], 3.0), "echelon_holding_cost"),
        (([1.0], [float("nan")], 3.0), "lead_time"),
        (([1.0], [1.0], 0.0), "backorder_cost"),
    ],
)
def test_impossible_systems_are_refused(fields: tuple[list[float], list[float], float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        SerialSystem(*fields)


def test_impossible_demand_is_refused() -> None:
    system = SerialSystem([1.0], [1.0], 3.0)
    with pytest.raises(ValueError, match="rate"):
        poisson_grid(system, float("inf"))
    with pytest.raises(ValueError, match="standard_deviation"):
        normal_grid(system, 5.0, 0.0)
    with pytest.raises(ValueError, match="echelon"):
        serial_cost(system, poisson_grid(system, 1.0), [1.0, 2.0])
