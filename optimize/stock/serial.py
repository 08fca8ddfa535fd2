"""Serial systems: stages in a row, each of which supplies the next, with demand at the last (Clark and Scarf 1960).

Stages are numbered from downstream: index 0 serves the customers and is supplied by 1, and so on; whoever supplies the
last is never short. Symbols: h_j echelon holding cost of stage j, L_j its lead time, b cost of a backordered unit and
time, D_j demand of a time L_j, S_j echelon base-stock level, H = sum of all h_j. With g_0(x) = (b + H) max(-x, 0):

    ghat_j(x) = h_j x + min-g_{j-1}(x)
    g_j(y) = E[ghat_j(y - D_j)]
    S_j = argmin g_j,   min-g_j(x) = g_j(min(S_j, x))

and g_N(S_N) is the least cost per unit of time of all policies (Chen and Zheng 1994, continuous review). It counts
every unit of an echelon, on its way between stages or on a shelf, at the echelon's cost.

Poisson demand is exact but for tails below 1e-13. Normal demand is put on a grid, whose step decides the last digits:
with 100 steps per deviation the cost of the published example is right to 1e-6 of its value, levels to the step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

_TAIL = 1e-13


@dataclass(frozen=True, eq=False)
class SerialSystem:
    """Costs and lead times by stage, downstream first; (stages,) each."""

    echelon_holding_cost: Sequence[float]
    """Per unit and time, h_j; what a stage adds to the cost of holding upstream of it."""
    lead_time: Sequence[float]
    """From the stage above, any unit of time."""
    backorder_cost: float
    """Per unit and time."""

    def __post_init__(self) -> None:
        costs, times = np.asarray(self.echelon_holding_cost), np.asarray(self.lead_time)
        if costs.ndim != 1 or not costs.size or costs.shape != times.shape:
            raise ValueError(
                "echelon_holding_cost and lead_time: one number for each stage, at least one stage"
            )
        for name, values in (("echelon_holding_cost", costs), ("lead_time", times)):
            if not (np.isfinite(values).all() and (values >= 0).all()):
                raise ValueError(f"{name}: {values.tolist()} must be finite and not negative")
        if not (np.isfinite(self.backorder_cost) and self.backorder_cost > 0):
            raise ValueError(f"backorder_cost: {self.backorder_cost} must be above 0")

    @property
    def stages(self) -> int:
        """Number of stages."""
        return len(self.lead_time)


@dataclass(frozen=True, eq=False)
class SerialLevels:
    """Base-stock levels of a serial system, downstream first."""

    echelon: FloatArray
    """(stages,) stock of a stage and of all below it, less backorders of customers."""
    cost: float
    """Per unit of time."""

    @property
    def local(self) -> FloatArray:
        """(stages,) levels with which each stage may run by its own stock alone and do the same (Axsater, Rosling
        1993): differences of echelon levels, which count no more than those above them.
        """
        effective = np.minimum.accumulate(self.echelon[::-1])[::-1]
        return np.asarray(np.diff(effective, prepend=0.0), np.float64)


@dataclass(frozen=True, eq=False)
class Grid:
    """Points at which functions of the inventory level are kept, and lead-time demand in steps between them."""

    first: float
    """Lowest inventory level."""
    step: float
    points: int
    demand: tuple[tuple[npt.NDArray[np.int64], FloatArray], ...]
    """By stage: demand of the lead time in whole steps, and its probabilities."""

    @property
    def levels(self) -> FloatArray:
        """(points,) inventory levels."""
        return np.asarray(self.first + self.step * np.arange(self.points), np.float64)


def poisson_grid(system: SerialSystem, rate: float) -> Grid:
    """The grid of Poisson demand: every whole number that matters.

    Args:
        system: stages.
        rate: demand per unit of time.
    """
    from scipy import stats

    if not (np.isfinite(rate) and rate > 0):
        raise ValueError(f"rate: {rate} must be above 0")
    demand = []
    for lead_time in system.lead_time:
        units = np.arange(int(stats.poisson.isf(_TAIL, rate * lead_time)) + 2)
        demand.append((units, np.asarray(stats.poisson.pmf(units, rate * lead_time))))
    highest = int(stats.poisson.isf(_TAIL, rate * sum(system.lead_time))) + 2
    lowest = -sum(int(units[-1]) for units, _ in demand)
    return Grid(float(lowest), 1.0, highest - lowest + 1, tuple(demand))


def normal_grid(
    system: SerialSystem, mean: float, standard_deviation: float, steps_per_deviation: int = 100
) -> Grid:
    """A grid for normal demand: the probability of each step is that of the interval around it.

    Args:
        system: stages.
        mean: demand per unit of time.
        standard_deviation: of the demand of one unit of time.
        steps_per_deviation: steps in the smallest deviation of a stage's lead-time demand.
    """
    from scipy import stats

    if not (np.isfinite([mean, standard_deviation]).all() and mean >= 0 and standard_deviation > 0):
        raise ValueError(f"mean, standard_deviation: {mean}, {standard_deviation} must be >= 0 and > 0")
    if steps_per_deviation < 1:
        raise ValueError(f"steps_per_deviation: {steps_per_deviation} must be at least 1")
    times = np.asarray(system.lead_time, np.float64)
    deviations = standard_deviation * np.sqrt(times)
    step = float(np.min(deviations[deviations > 0], initial=standard_deviation)) / steps_per_deviation
    reach = float(stats.norm.isf(_TAIL))
    demand = []
    for time, deviation in zip(times.tolist(), deviations.tolist(), strict=True):
        center = round(mean * time / step)
        steps = center + np.arange(-int(reach * deviation / step) - 1, int(reach * deviation / step) + 2)
        edges = (np.append(steps, steps[-1] + 1) - 0.5) * step
        if deviation:
            chances = np.diff(stats.norm.cdf(edges, mean * time, deviation))
        else:
            chances = (steps == center).astype(np.float64)
        demand.append((steps, chances / chances.sum()))
    total = reach * standard_deviation * float(np.sqrt(times.sum()))
    highest = int((mean * times.sum() + total) / step) + 1
    lowest = -sum(max(int(steps[-1]), 0) for steps, _ in demand)
    return Grid(lowest * step, step, highest - lowest + 1, tuple(demand))


def serial_levels(system: SerialSystem, grid: Grid) -> SerialLevels:
    """Best echelon base-stock levels and their cost; the lowest of levels that cost the same."""
    return _recursion(system, grid, None)


def serial_cost(system: SerialSystem, grid: Grid, echelon: Sequence[float]) -> float:
    """Cost per unit of time of given echelon base-stock levels, (stages,), each rounded to the grid."""
    if len(echelon) != system.stages or not np.isfinite(echelon).all():
        raise ValueError(f"echelon: {list(echelon)} must be {system.stages} finite levels")
    chosen = np.rint((np.asarray(echelon) - grid.first) / grid.step).astype(np.int64)
    return _recursion(system, grid, np.clip(chosen, 0, grid.points - 1).tolist()).cost


def _recursion(system: SerialSystem, grid: Grid, chosen: list[int] | None) -> SerialLevels:
    """The recursion of the module's docstring; left of the grid the functions are straight lines."""
    x = grid.levels
    costs = np.asarray(system.echelon_holding_cost, np.float64)
    penalty = system.backorder_cost + float(costs.sum())
    best = penalty * np.maximum(-x, 0.0)
    slope = -penalty
    levels, cost = np.zeros(system.stages), 0.0
    for stage, (steps, chances) in enumerate(grid.demand):
        expected = costs[stage] * x + best
        slope += float(costs[stage])
        g = _expectation(expected, slope * grid.step, steps, chances)
        at = int(np.argmin(g)) if chosen is None else chosen[stage]
        levels[stage], cost = x[at], float(g[at])
        best = np.where(np.arange(grid.points) < at, g, g[at])
    return SerialLevels(levels, cost)


def _expectation(
    values: FloatArray, slope: float, steps: npt.NDArray[np.int64], chances: FloatArray
) -> FloatArray:
    """E[f(y - D)] at every point; f goes on in a line of some slope per step where y - D is below the grid."""
    lowest, highest = min(int(steps[0]), 0), max(int(steps[-1]), 0)
    below = values[0] - slope * np.arange(highest, 0, -1)
    above = np.full(-lowest, values[-1])
    together = np.concatenate((below, values, above))
    kernel = np.zeros(highest - lowest + 1)
    np.add.at(kernel, steps - lowest, chances)
    return np.asarray(np.convolve(together, kernel, mode="valid"), np.float64)


def shang_song_bounds(
    system: SerialSystem, rate: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Bounds of the best echelon levels for Poisson demand by newsvendor problems (Shang and Song 2003, theorem 1).

    The best level of a stage lies between the fractiles (b + sum of h above) / (b + H) and
    (b + sum of h above) / (b + h_j + sum of h above) of the demand of all lead times up to it. Their mean, rounded, is
    the heuristic of the paper.

    Returns:
        Lower and upper bounds, (stages,) each.
    """
    from scipy import stats

    costs = np.asarray(system.echelon_holding_cost, np.float64)
    above = system.backorder_cost + costs.sum() - np.cumsum(costs)
    mean = rate * np.cumsum(system.lead_time)
    lower = stats.poisson.ppf(above / (system.backorder_cost + costs.sum()), mean)
    upper = stats.poisson.ppf(above / (above + costs), mean)
    return lower.astype(np.int64), upper.astype(np.int64)


__all__ = [
    "Grid", "SerialLevels", "SerialSystem", "normal_grid", "poisson_grid", "serial_cost", "serial_levels",
    "shang_song_bounds",
]  # fmt: skip
