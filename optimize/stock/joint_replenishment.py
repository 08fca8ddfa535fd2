"""Items that share an order: how often to order together, and in which of these orders each item takes part.

n items with constant demand; every order costs K, and k_i more for item i in it. Item i is ordered every m_i-th time of
a base period T, and every base period an order is placed. With H_i = h_i lambda_i

    C(T, m) = (K + sum of k_i / m_i) / T + T / 2 * sum of H_i m_i.

For a given m the best T = sqrt(2 (K + sum k_i / m_i) / sum H_i m_i); for a given T the best m_i is the one with
m_i (m_i - 1) <= 2 k_i / (H_i T^2) <= m_i (m_i + 1). Goyal, Operational Research Quarterly 25, 1974; van Eijs, Journal
of the Operational Research Society 44, 1993; power-of-two policies: Jackson, Maxwell and Muckstadt, IIE Transactions
17, 1985, and Roundy, Management Science 31, 1985.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, numbers, positive
from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]

_HALVING = math.sqrt(2.0)


@dataclass(frozen=True, eq=False)
class JointReplenishment:
    """Orders of n items that share a fixed cost."""

    base_period: float
    """Time between two orders."""
    multiples: IntArray
    """(n,): item i is in every so-manieth order."""
    cost: float
    """Money per unit of time: ordering and holding."""
    bound: float
    """No policy of the stated kind is cheaper; with powers of two: no policy at all."""
    status: SolveStatus
    """OPTIMAL: no cyclic policy is cheaper; FEASIBLE: within the gap to the bound."""

    @property
    def gap(self) -> float:
        """Distance of cost and bound relative to the cost."""
        return (self.cost - self.bound) / self.cost


def cyclic_replenishment(
    shared_fixed_cost: float,
    individual_fixed_costs: Sequence[float] | FloatArray,
    holding_costs: Sequence[float] | FloatArray,
    demand_rates: Sequence[float] | FloatArray,
    step_limit: int = 1_000_000,
) -> JointReplenishment:
    """The best base period with whole multiples, by complete enumeration.

    As T falls, m(T) changes one item at a time, where T^2 = 2 k_i / (H_i m_i (m_i + 1)). All vectors m(T) are visited
    from above, each with its own best T. A policy of cost C has T >= K / (C - sum sqrt(2 k_i H_i)), because no item
    costs less than its own economic order quantity; below that of the best policy so far nothing is left to find.

    Args:
        shared_fixed_cost: Money per order [K].
        individual_fixed_costs: Money per item in an order, (n,) [k_i].
        holding_costs: Money per unit and unit of time, (n,), above 0.
        demand_rates: Units per unit of time, (n,), above 0.
        step_limit: Vectors to visit at most.

    Returns:
        The policy; OPTIMAL unless the limit was reached.

    Raises:
        ValueError: An argument breaks these rules.
    """
    shared, individual, carried = _given(
        shared_fixed_cost, individual_fixed_costs, holding_costs, demand_rates
    )
    if step_limit < 1:
        raise ValueError(f"step_limit must be at least 1, got {step_limit!r}")
    apart = float(np.sqrt(2.0 * individual * carried).sum())
    multiples = np.ones(len(carried), np.int64)
    changes = [
        (-_changes_at(individual[i], carried[i], 1), i) for i in range(len(carried)) if individual[i] > 0
    ]
    heapq.heapify(changes)
    best = _policy(shared, individual, carried, multiples)
    visited = 1
    while changes and visited < step_limit:
        period, item = -changes[0][0], changes[0][1]
        if period * (best.cost - apart) < shared:
            break
        multiples[item] += 1
        heapq.heapreplace(
            changes, (-_changes_at(individual[item], carried[item], int(multiples[item])), item)
        )
        policy = _policy(shared, individual, carried, multiples)
        if policy.cost < best.cost * (1.0 - 1e-15):
            best = policy
        visited += 1
    is_proven = not changes or -changes[0][0] * (best.cost - apart) < shared
    bound = best.cost if is_proven else _lower_bound(shared, individual, carried)[0]
    status = SolveStatus.OPTIMAL if is_proven else SolveStatus.FEASIBLE
    return JointReplenishment(best.base_period, best.multiples, best.cost, min(bound, best.cost), status)


def power_of_two_replenishment(
    shared_fixed_cost: float,
    individual_fixed_costs: Sequence[float] | FloatArray,
    holding_costs: Sequence[float] | FloatArray,
    demand_rates: Sequence[float] | FloatArray,
    base_period: float | None = None,
) -> JointReplenishment:
    """Order intervals that are powers of two times one base period.

    The intervals of the relaxation (see the bound) are rounded to the nearest such power, in ratio. The cost exceeds
    that of any policy whatever by less than 6.1 % with a given base period and by less than 2.1 % with the best one,
    which is found by visiting every rounding that a base period can lead to.

    Args:
        shared_fixed_cost: Money per order [K].
        individual_fixed_costs: Money per item in an order, (n,) [k_i].
        holding_costs: Money per unit and unit of time, (n,), above 0.
        demand_rates: Units per unit of time, (n,), above 0.
        base_period: Say a day or a week; None = the best.

    Returns:
        The policy, its base period being the shortest interval in use.

    Raises:
        ValueError: An argument breaks these rules.
    """
    shared, individual, carried = _given(
        shared_fixed_cost, individual_fixed_costs, holding_costs, demand_rates
    )
    bound, intervals = _lower_bound(shared, individual, carried)
    exponents = np.log2(intervals)
    if base_period is not None:
        base = positive("base_period", base_period)
        multiples, period = _rounded(exponents, math.log2(base))
        cost = _cost(shared, individual, carried, multiples, period)
        return JointReplenishment(period, multiples, cost, min(bound, cost), SolveStatus.FEASIBLE)
    # Rounding changes where half a power above some interval passes a whole one, so between two such bases it is one.
    turns = np.unique((exponents + 0.5) % 1.0)
    middles = (turns + np.append(turns[1:], turns[0] + 1.0)) / 2.0
    candidates = [_policy(shared, individual, carried, _rounded(exponents, m)[0]) for m in middles]
    best = min(candidates, key=lambda policy: policy.cost)
    return JointReplenishment(
        best.base_period, best.multiples, best.cost, min(bound, best.cost), SolveStatus.FEASIBLE
    )


def _given(
    shared_fixed_cost: float,
    individual_fixed_costs: Sequence[float] | FloatArray,
    holding_costs: Sequence[float] | FloatArray,
    demand_rates: Sequence[float] | FloatArray,
) -> tuple[float, FloatArray, FloatArray]:
    shared = positive("shared_fixed_cost", shared_fixed_cost)
    individual = numbers("individual_fixed_costs", individual_fixed_costs)
    holding = numbers("holding_costs", holding_costs, length=len(individual))
    rates = numbers("demand_rates", demand_rates, length=len(individual))
    for name, values in (("holding_costs", holding), ("demand_rates", rates)):
        for index, value in enumerate(values.tolist()):
            positive(f"{name}[{index}]", value)
    return shared, individual, holding * rates


def _changes_at(individual: float, carried: float, multiple: int) -> float:
    """Base period below which one more than the multiple is better."""
    return math.sqrt(2.0 * individual / (carried * multiple * (multiple + 1)))


def _cost(
    shared: float, individual: FloatArray, carried: FloatArray, multiples: IntArray, period: float
) -> float:
    return (shared + float((individual / multiples).sum())) / period + period / 2.0 * float(
        (carried * multiples).sum()
    )


def _policy(
    shared: float, individual: FloatArray, carried: FloatArray, multiples: IntArray
) -> JointReplenishment:
    """The vector with its best base period."""
    ordering, holding = shared + float((individual / multiples).sum()), float((carried * multiples).sum())
    period, cost = math.sqrt(2.0 * ordering / holding), math.sqrt(2.0 * ordering * holding)
    return JointReplenishment(period, multiples.copy(), cost, cost, SolveStatus.FEASIBLE)


def _rounded(exponents: FloatArray, base: float) -> tuple[IntArray, float]:
    """Multiples of the shortest interval, and that interval, with intervals rounded to 2^(base + whole)."""
    powers = np.ceil(exponents - base - 0.5).astype(np.int64)
    shortest = int(powers.min())
    return np.left_shift(1, np.minimum(powers - shortest, 62)), 2.0 ** (base + shortest)


def _lower_bound(shared: float, individual: FloatArray, carried: FloatArray) -> tuple[float, FloatArray]:
    """Least of K / T + sum of k_i / T_i + H_i T_i / 2 with T_i >= T, a bound on any policy, and its intervals T_i.

    Items in the order of k_i / H_i join the shared order while their own interval is shorter than that of those in it.
    """
    order = np.argsort(individual / carried, kind="stable")
    ordering, holding, joined = shared, 0.0, 0
    for item in order.tolist():
        if holding > 0 and individual[item] * holding >= ordering * carried[item]:
            break
        ordering, holding, joined = ordering + individual[item], holding + carried[item], joined + 1
    intervals = np.sqrt(2.0 * individual / carried)
    intervals[order[:joined]] = math.sqrt(2.0 * ordering / holding)
    alone = order[joined:]
    bound = math.sqrt(2.0 * ordering * holding)
    return bound + float(np.sqrt(2.0 * individual[alone] * carried[alone]).sum()), intervals


__all__ = ["JointReplenishment", "cyclic_replenishment", "power_of_two_replenishment"]
