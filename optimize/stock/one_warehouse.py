"""One warehouse that supplies several retailers by base stock under Poisson demand: exact (Simon 1971, Graves 1985).

Symbols: l_i demand rate of retailer i, l_0 their sum, T_0 lead time of the warehouse, T_i from it to retailer i, S_0
and S_i base-stock levels. The warehouse owes B_0 = max(X - S_0, 0) units with X Poisson of mean l_0 T_0 (Palm 1938).
Served in order of arrival, each unit owed is retailer i's with probability l_i / l_0, whatever the others are; so i has

    N_i = Binomial(B_0, l_i / l_0) + Poisson(l_i T_i)

units outstanding, and backorders max(N_i - S_i, 0). Cost per unit of time: h_0 per unit on hand at the warehouse, h_i
per unit on hand and b_i per unit backordered at retailer i; units on their way cost nothing, as no decision changes how
many they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_TAIL = 1e-14


@dataclass(frozen=True, eq=False)
class OneWarehouse:
    """A warehouse and its retailers; sequences are (retailers,)."""

    demand_rate: Sequence[float]
    """Units per unit of time."""
    lead_time: Sequence[float]
    """From the warehouse, where it has the unit."""
    warehouse_lead_time: float
    holding_cost: Sequence[float]
    backorder_cost: Sequence[float]
    warehouse_holding_cost: float

    def __post_init__(self) -> None:
        columns = {
            "demand_rate": self.demand_rate,
            "lead_time": self.lead_time,
            "holding_cost": self.holding_cost,
            "backorder_cost": self.backorder_cost,
        }
        for name, values in columns.items():
            array = np.asarray(values, np.float64)
            if array.shape != (len(self.demand_rate),) or not array.size:
                raise ValueError(f"{name}: {array.shape} must be one number for each retailer")
            least = "above 0" if name != "lead_time" else "0 or more"
            if (
                not np.isfinite(array).all()
                or (array < 0).any()
                or (name != "lead_time" and (array <= 0).any())
            ):
                raise ValueError(f"{name}: {array.tolist()} must be finite and {least}")
        for name, value in (
            ("warehouse_lead_time", self.warehouse_lead_time),
            ("warehouse_holding_cost", self.warehouse_holding_cost),
        ):
            if not (np.isfinite(value) and value >= 0):
                raise ValueError(f"{name}: {value} must be finite and 0 or more")

    @property
    def retailers(self) -> int:
        """Number of retailers."""
        return len(self.demand_rate)


@dataclass(frozen=True, eq=False)
class WarehousePerformance:
    """What levels lead to in the long run."""

    warehouse_on_hand: float
    warehouse_backorders: float
    on_hand: FloatArray
    """(retailers,)"""
    backorders: FloatArray
    """(retailers,)"""
    ready_rate: FloatArray
    """(retailers,) share of time with stock, and by arrivals that see it (Wolff 1982) of demand met at once."""
    cost: float
    """Per unit of time."""


@dataclass(frozen=True, eq=False)
class WarehouseLevels:
    """Base-stock levels that cost least."""

    warehouse: int
    retailers: IntArray
    """(retailers,)"""
    cost: float
    """Per unit of time; no base-stock levels cost less."""


def evaluate_one_warehouse(
    system: OneWarehouse, warehouse_level: int, levels: Sequence[int]
) -> WarehousePerformance:
    """What base-stock levels lead to.

    Args:
        system: warehouse and retailers.
        warehouse_level: S_0, 0 or more.
        levels: S_i, (retailers,), 0 or more each.
    """
    chosen = np.asarray(levels, np.int64)
    if chosen.shape != (system.retailers,) or (chosen < 0).any() or warehouse_level < 0:
        raise ValueError(
            f"levels: {warehouse_level}, {list(levels)} must be 0 or more, one for each retailer"
        )
    owed = warehouse_backorders(system, warehouse_level)
    late = float(np.arange(owed.size) @ owed)
    warehouse_on_hand = late + warehouse_level - sum(system.demand_rate) * system.warehouse_lead_time
    backorders, ready_rate, mean = (np.empty(system.retailers) for _ in range(3))
    for retailer in range(system.retailers):
        outstanding = outstanding_units(system, owed, retailer)
        units = np.arange(outstanding.size)
        backorders[retailer] = np.maximum(units - chosen[retailer], 0) @ outstanding
        ready_rate[retailer] = outstanding[: chosen[retailer]].sum()
        mean[retailer] = units @ outstanding
    on_hand = chosen - mean + backorders
    cost = (
        system.warehouse_holding_cost * warehouse_on_hand
        + float(np.asarray(system.holding_cost) @ on_hand)
        + float(np.asarray(system.backorder_cost) @ backorders)
    )
    return WarehousePerformance(warehouse_on_hand, late, on_hand, backorders, ready_rate, cost)


def best_one_warehouse(system: OneWarehouse) -> WarehouseLevels:
    """The base-stock levels that cost least.

    Given S_0, each retailer's cost is convex in S_i and least at the b_i / (b_i + h_i) fractile of N_i. S_0 is tried
    from 0 upwards, until what the warehouse holds and the retailers' cost with no delay at all together exceed the best
    found: holding grows with S_0, and delays only cost.
    """
    floor = sum(cost for _, cost in _best_of_all(system, np.ones(1)))
    mean = sum(system.demand_rate) * system.warehouse_lead_time
    best: WarehouseLevels | None = None
    level = 0
    while True:
        owed = warehouse_backorders(system, level)
        holding = system.warehouse_holding_cost * (float(np.arange(owed.size) @ owed) + level - mean)
        if best is not None and holding + floor >= best.cost:
            return best
        chosen = _best_of_all(system, owed)
        cost = holding + sum(cost for _, cost in chosen)
        if best is None or cost < best.cost:
            best = WarehouseLevels(level, np.array([units for units, _ in chosen]), cost)
        elif owed.size == 1 or owed[1:].sum() < _TAIL:
            return best
        level += 1


def warehouse_backorders(system: OneWarehouse, level: int) -> FloatArray:
    """Distribution of the units that the warehouse owes, for 0, 1, ... units."""
    outstanding = _poisson(sum(system.demand_rate) * system.warehouse_lead_time)
    return np.append(outstanding[: level + 1].sum(), outstanding[level + 1 :])


def outstanding_units(system: OneWarehouse, owed: FloatArray, retailer: int) -> FloatArray:
    """Distribution of a retailer's outstanding units N_i, given that of what the warehouse owes."""
    from scipy import stats

    share = system.demand_rate[retailer] / sum(system.demand_rate)
    units = np.arange(owed.size)
    mine = owed @ stats.binom.pmf(units[None, :], units[:, None], share)
    under_way = _poisson(system.demand_rate[retailer] * system.lead_time[retailer])
    return np.asarray(np.convolve(mine, under_way), np.float64)


def _best_of_all(system: OneWarehouse, owed: FloatArray) -> list[tuple[int, float]]:
    """Best level and cost of every retailer; those who are alike are worked out once."""
    columns = (system.demand_rate, system.lead_time, system.holding_cost, system.backorder_cost)
    kinds = list(zip(*columns, strict=True))
    found = {kind: _least_cost(system, owed, kinds.index(kind)) for kind in dict.fromkeys(kinds)}
    return [found[kind] for kind in kinds]


def _least_cost(system: OneWarehouse, owed: FloatArray, retailer: int) -> tuple[int, float]:
    """Best level of a retailer and what it costs there."""
    outstanding = outstanding_units(system, owed, retailer)
    holding, penalty = system.holding_cost[retailer], system.backorder_cost[retailer]
    level = int(np.searchsorted(np.cumsum(outstanding), penalty / (penalty + holding) * outstanding.sum()))
    units = np.arange(outstanding.size)
    cost = holding * np.maximum(level - units, 0) + penalty * np.maximum(units - level, 0)
    return level, float(cost @ outstanding)


def _poisson(mean: float) -> FloatArray:
    """Probabilities of 0, 1, ... units, to the end of what matters."""
    from scipy import stats

    return np.asarray(stats.poisson.pmf(np.arange(int(stats.poisson.isf(_TAIL, mean)) + 2), mean), np.float64)


__all__ = [
    "OneWarehouse", "WarehouseLevels", "WarehousePerformance", "best_one_warehouse", "evaluate_one_warehouse",
    "outstanding_units", "warehouse_backorders",
]  # fmt: skip
