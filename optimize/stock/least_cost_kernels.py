"""Compiled searches for the policy of least cost from the cost by position: (s, S) and (r, nQ)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimize.compilation import compiled, compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.demand_kernels import Batch

_UNLIMITED = 2**40


class Costs(NamedTuple):
    """What a policy for one SKU at one place costs, per day."""

    stock: FloatArray
    """Holding and shortage after a position of 0, 1, 2, ..."""
    below: float
    """What a position one lower costs more, below 0."""
    above: float
    """What a position one higher costs more, above the last one."""
    order: float
    """Cost of an order at every review."""
    demand: FloatArray
    """Probabilities of 0, 1, 2, ... units from review to review."""
    moving: float
    """Probability of more than 0."""
    is_lost: bool
    """Positions are never below 0."""


@compiled_with_arrays
def costs_of(batch: Batch, i: int) -> Costs:
    """One SKU at one place of a batch."""
    first, last, amounts = batch.offsets[i], batch.offsets[i + 1], batch.amounts
    return Costs(
        batch.cost[first:last], amounts[i, 4], amounts[i, 2], amounts[i, 3] / batch.whole[i, 1],
        batch.demand[first : first + batch.demand_size[i]], batch.moving[i], batch.is_lost,
    )  # fmt: skip


@compiled
def cost_at(costs: Costs, y: int) -> float:
    """Holding and shortage cost per day after a position of y."""
    last = costs.stock.size - 1
    if y < 0:
        return float(costs.stock[0]) - costs.below * y
    return float(costs.stock[min(y, last)]) + costs.above * max(0, y - last)


@compiled
def extend_visits(costs: Costs, visits: FloatArray, known: int, wanted: int) -> int:
    """Renewal density: how often a position j units below the start is seen after reviews before the next order.

    Zheng and Federgruen (1991), equation (3): m(0) = 1 / P(D > 0), m(j) = sum of P(D = d) m(j - d) / P(D > 0).
    """
    for j in range(known, wanted):
        total = 1.0 if j == 0 else 0.0
        for d in range(1, min(j, costs.demand.size - 1) + 1):
            total += costs.demand[d] * visits[j - d]
        visits[j] = total / costs.moving
    return max(known, wanted)


@compiled_with_arrays
def longer(values: FloatArray, size: int) -> FloatArray:
    """A copy with room for `size` values at least."""
    if size <= values.size:
        return values
    out = np.zeros(max(size, 2 * values.size))
    out[: values.size] = values
    return out


@compiled_with_arrays
def least_cost_min_max(costs: Costs) -> tuple[int, int, float]:
    """Best (s, S) by Zheng and Federgruen (1991), Operations Research 39(4), 654-665, algorithm of section 3.

    With lost sales s is not below 0. Costs are per review: order cost K, G(y) for the days between two reviews.

    Returns:
        s, S and cost per day.
    """
    order = costs.order
    lowest = 0 if costs.is_lost else -_UNLIMITED
    best_y = 1 if costs.is_lost else 0
    while cost_at(costs, best_y + 1) < cost_at(costs, best_y):
        best_y += 1
    visits, known = np.zeros(64), 0
    top, point, cost = best_y, best_y, np.inf
    above, total = order, 0.0
    while point > lowest:
        visits = longer(visits, top - point + 1)
        known = extend_visits(costs, visits, known, top - point + 1)
        above += visits[top - point] * cost_at(costs, point)
        total += visits[top - point]
        point -= 1
        cost = above / total
        if cost <= cost_at(costs, point):
            break
    best_top, trial = top, top + 1
    while cost_at(costs, trial) <= cost:
        visits = longer(visits, trial - point)
        known = extend_visits(costs, visits, known, trial - point)
        above, total = order, 0.0
        for j in range(trial - point):
            above += visits[j] * cost_at(costs, trial - j)
            total += visits[j]
        if above / total < cost:
            best_top, cost = trial, above / total
            while point + 1 < best_top and cost <= cost_at(costs, point + 1):
                j = best_top - point - 1
                above -= visits[j] * cost_at(costs, point + 1)
                total -= visits[j]
                point += 1
                cost = above / total
        trial += 1
    return point, best_top, cost


@compiled_with_arrays
def least_cost_lots(costs: Costs, case: int, minimum: int) -> tuple[int, int, float]:
    """Best (r, nQ) after Federgruen and Zheng (1992), Operations Research 40(4), 808-813.

    The positions of the best Q are the Q cheapest in a row: from the cheapest one on, the cheaper neighbour is added.
    An order is placed in min(D(R), Q) / Q of reviews. Once a further position costs at least as much as the best
    policy does, no larger Q can be better.

    Returns:
        r, Q and cost per day.
    """
    low = 1 if costs.is_lost else 0
    while cost_at(costs, low + 1) < cost_at(costs, low):
        low += 1
    high, quantity, total = low, 1, cost_at(costs, low)
    beyond, ordered = costs.moving, costs.moving
    best_cost, best_low, best_quantity = np.inf, low, 0
    lowest = 1 if costs.is_lost else -_UNLIMITED
    below, above = np.inf, cost_at(costs, high + 1)
    if low > lowest:
        below = cost_at(costs, low - 1)
    while True:
        if quantity % case == 0 and quantity >= minimum:
            cost = (costs.order * ordered + total) / quantity
            if cost < best_cost:
                best_cost, best_low, best_quantity = cost, low, quantity
            if min(below, above) >= best_cost:
                break
        if quantity < costs.demand.size:
            beyond = max(0.0, beyond - costs.demand[quantity])
            ordered += beyond
        quantity += 1
        if below < above:
            total += below
            low -= 1
            below = cost_at(costs, low - 1) if low > lowest else np.inf
        else:
            total += above
            high += 1
            above = cost_at(costs, high + 1)
    return best_low - 1, best_quantity, best_cost


@compiled_with_arrays
def least_cost_batch(batch: Batch, is_lots: bool, points: IntArray, sizes: IntArray) -> None:
    """Write the best reorder points and sizes: lots in whole cases, or distances of levels for single units.

    Args:
        batch: n SKUs at places.
        is_lots: (r, nQ), else (s, S).
        points: (n,) written.
        sizes: (n,) written; 0 where nothing is asked for.
    """
    for i in range(points.size):
        points[i], sizes[i] = -1, 0
        if batch.moving[i] > 0.0:
            costs = costs_of(batch, i)
            if is_lots:
                points[i], sizes[i], _ = least_cost_lots(costs, batch.whole[i, 2], batch.whole[i, 3])
            else:
                points[i], top, _ = least_cost_min_max(costs)
                sizes[i] = top - points[i]


@compiled_with_arrays
def cost_batch(batch: Batch, is_lots: bool, points: IntArray, sizes: IntArray, out: FloatArray) -> None:
    """Write the cost per day of given policies; arguments as in `least_cost_batch`.

    Args:
        batch: n SKUs at places.
        is_lots: (r, nQ), else (s, S).
        points: (n,)
        sizes: (n,) lots, or distances of levels.
        out: (n,)
    """
    for i in range(points.size):
        costs = costs_of(batch, i)
        visits, total, orders = np.ones(sizes[i]), 0.0, 1.0
        if is_lots:
            orders, beyond = 0.0, costs.moving
            for units in range(1, sizes[i] + 1):
                orders += beyond
                beyond = max(0.0, beyond - costs.demand[units]) if units < costs.demand.size else 0.0
        else:
            extend_visits(costs, visits, 0, sizes[i])
        for j in range(sizes[i]):
            total += visits[j] * cost_at(costs, points[i] + sizes[i] - j)
        out[i] = (costs.order * orders + total) / visits.sum()
