"""Repairable items in two echelons, a depot and its bases: METRIC, VARI-METRIC, exact, and the whole budget curve.

Every item is replenished one for one. Symbols, by item: m_j demand rate of base j, m_0 their sum, T_0 time in which the
depot gets a unit back, O_j transport time from it, s_0 and s_j stock. The depot owes B_0 = max(X - s_0, 0) units, X
Poisson of mean m_0 T_0 (Palm 1938), and base j has N_j units outstanding, of which it owes max(N_j - s_j, 0):

    METRIC (Sherbrooke 1968):       N_j Poisson of mean m_j O_j + f_j E[B_0], f_j = m_j / m_0
    VARI-METRIC (Slay 1984, Graves 1985, Sherbrooke 1986): negative binomial of this mean and of variance
                                    m_j O_j + f_j (1 - f_j) E[B_0] + f_j^2 Var[B_0]
    exact (Simon 1971, Graves 1985): Binomial(B_0, f_j) + Poisson(m_j O_j)

The budget curve is Sherbrooke's marginal analysis. For each s_0 units go to bases one by one, each where it takes away
most backorders, which is best because these are convex in s_j; the least over all s_0 gives an item's backorders by
units, whose convex hull is kept; and steps of all items are taken in the order of backorders gone per money. Every
point of the curve has the fewest expected backorders of all stock that costs as much or less; between points there may
be better ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from optimize.stock import metric_kernels as kernels
from optimize.stock.marginal import Steps, merged_steps

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MOST_OUTSTANDING = 5_000.0
"""Mean units outstanding in a depot or base up to which probabilities are worked out one by one."""


class Method(IntEnum):
    """How the units outstanding at a base are distributed."""

    METRIC = kernels.METRIC
    VARI_METRIC = kernels.VARI_METRIC
    EXACT = kernels.EXACT


@dataclass(frozen=True, eq=False)
class TwoEchelons:
    """Items at a depot and its bases."""

    demand_rate: FloatArray
    """(items, bases) units per unit of time; every item has some demand."""
    depot_time: FloatArray
    """(items,) time in which the depot gets a unit back: repair or purchase."""
    transport_time: FloatArray
    """(items, bases) from the depot."""
    unit_cost: FloatArray
    """(items,)"""

    def __post_init__(self) -> None:
        rate = _checked("demand_rate", self.demand_rate, 2)
        items, bases = rate.shape
        for name, shape in (
            ("depot_time", (items,)),
            ("transport_time", (items, bases)),
            ("unit_cost", (items,)),
        ):
            array = _checked(name, getattr(self, name), len(shape))
            if array.shape != shape:
                raise ValueError(f"{name}: shape {array.shape} must be {shape}, as demand_rate has it")
        if not items or not bases or (rate.sum(axis=1) <= 0).any():
            raise ValueError("demand_rate: every item must have demand at some base")
        if (self.unit_cost <= 0).any():
            raise ValueError("unit_cost: must be above 0")
        pipeline = rate * self.transport_time + rate.sum(axis=1, keepdims=True) * self.depot_time[:, None]
        if pipeline.max() > MOST_OUTSTANDING:
            raise ValueError(
                f"demand_rate, depot_time, transport_time: {pipeline.max():g} units outstanding are above "
                f"{MOST_OUTSTANDING:g}; such items are no slow movers"
            )

    @property
    def pipeline(self) -> FloatArray:
        """(items,) mean units outstanding: backorders without stock."""
        under_way = (self.demand_rate * self.transport_time).sum(axis=1)
        return np.asarray(under_way + self.demand_rate.sum(axis=1) * self.depot_time, np.float64)

    @property
    def longest(self) -> int:
        """Units of an item beyond which none can help."""
        pipeline = self.pipeline
        most = float((2.0 * pipeline + 12.0 * np.sqrt(pipeline)).max())
        return int(np.ceil(most)) + 24 + 12 * len(self.demand_rate[0])


@dataclass(frozen=True, eq=False)
class Backorders:
    """What stock leads to."""

    backorders: FloatArray
    """(items, bases) expected units owed."""
    ready_rate: FloatArray
    """(items, bases) share of demand met at once."""
    depot_backorders: FloatArray
    """(items,) expected units that the depot owes."""
    depot_variance: FloatArray
    """(items,) variance of what it owes."""


@dataclass(frozen=True, eq=False)
class BudgetCurve:
    """The marginal curve: points 0, 1, ... of rising cost."""

    system: TwoEchelons
    method: Method
    cost: FloatArray
    """(points,) value of all stock."""
    backorders: FloatArray
    """(points,) expected units owed at bases."""
    fill_rate: FloatArray
    """(points,) share of all demand met at once."""
    item: IntArray
    """(points - 1,) whose stock grows from each point to the next."""
    steps: Steps
    """From point to point."""
    starts: IntArray
    """(items + 1,) first corner of each item's own curve, and the number of all corners."""
    corner_units: IntArray
    """(corners,) units of the item in all."""
    corner_depot: IntArray
    """(corners,) units of it at the depot."""

    @property
    def price_per_fill(self) -> FloatArray:
        """(points - 1,) money per percentage point of fill rate from each point to the next; inf where it falls."""
        rise = np.diff(self.fill_rate) * 100
        return np.where(rise > 0, np.diff(self.cost) / np.where(rise > 0, rise, 1.0), np.inf)

    def within(self, budget: float) -> int:
        """The last point that a budget pays for."""
        if not budget >= 0:
            raise ValueError(f"budget: {budget} must be 0 or more")
        return self.steps.within(budget)

    def levels_at(self, point: int) -> tuple[IntArray, IntArray]:
        """Stock of depots (items,) and of bases (items, bases) at a point."""
        if not 0 <= point < len(self.cost):
            raise ValueError(f"point: {point} must be from 0 to {len(self.cost) - 1}")
        corner = self.steps.corners_after(point, self.starts)
        system, depot = self.system, self.corner_depot[corner]
        levels = kernels.levels_of_items(
            int(self.method), system.demand_rate, system.transport_time, system.depot_time, depot,
            self.corner_units[corner], system.longest,
        )  # fmt: skip
        return depot, levels


def expected_backorders(
    system: TwoEchelons, depot: IntArray, levels: IntArray, method: Method = Method.VARI_METRIC
) -> Backorders:
    """What stock leads to.

    Args:
        system: items.
        depot: (items,) stock of the depot.
        levels: (items, bases) stock of the bases.
        method: distribution of what is outstanding.
    """
    rate = system.demand_rate
    for name, array, shape in (("depot", depot, rate.shape[:1]), ("levels", levels, rate.shape)):
        if np.shape(array) != shape or np.min(array) < 0:
            raise ValueError(f"{name}: must be {shape} whole numbers, 0 or more")
    return Backorders(
        *kernels.evaluate_items(
            int(method), rate, system.transport_time, system.depot_time, depot.astype(np.int64),
            levels.astype(np.int64), system.longest,
        )
    )  # fmt: skip


def budget_curve(
    system: TwoEchelons, method: Method = Method.VARI_METRIC, least_worth: float | None = None
) -> BudgetCurve:
    """Fewest expected backorders for every budget, from no stock at all.

    Args:
        system: items.
        method: distribution of what is outstanding.
        least_worth: backorders gone per money at which the curve ends; by default 1e-4 per unit of mean cost, each item
            weighted by what is outstanding of it.
    """
    rate = system.demand_rate
    if least_worth is None:
        pipeline = system.pipeline
        least_worth = 1e-4 * float(pipeline.sum() / (pipeline @ system.unit_cost))
    if not (np.isfinite(least_worth) and least_worth > 0):
        raise ValueError(f"least_worth: {least_worth} must be above 0")
    starts, units, depot, backorders, met = kernels.curves_of_items(
        int(method), rate, system.transport_time, system.depot_time, least_worth * system.unit_cost,
        system.longest,
    )  # fmt: skip
    item = np.repeat(np.arange(len(rate)), np.diff(starts))
    steps = merged_steps(starts, units * system.unit_cost[item], -backorders, least_worth)
    rise = met[steps.corner] - met[steps.corner - 1]
    return BudgetCurve(
        system=system,
        method=method,
        cost=steps.cost,
        backorders=-steps.gain,
        fill_rate=np.concatenate(([0.0], np.cumsum(rise))) / rate.sum(),
        item=steps.thing,
        steps=steps,
        starts=starts,
        corner_units=units,
        corner_depot=depot,
    )


def _checked(name: str, values: FloatArray, dimensions: int) -> FloatArray:
    array = np.asarray(values, np.float64)
    if array.ndim != dimensions or not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{name}: must be {dimensions}-dimensional, finite and 0 or more")
    return array


__all__ = ["Backorders", "BudgetCurve", "Method", "TwoEchelons", "budget_curve", "expected_backorders"]
