"""Compiled steps of choosing policies together: the smoothed dual function, and the exact one.

Compiled functions call only functions of this file, so that the time stamp with which Numba marks its cache is enough.
"""

from __future__ import annotations

import numpy as np

from optimize.compilation import compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray


@compiled_with_arrays
def smoothed_dual(
    cost: FloatArray,
    use: FloatArray,
    rows: IntArray,
    price: FloatArray,
    softness: FloatArray,
    gradient: FloatArray,
) -> float:
    """Value of the dual function with a mix of candidates per cell, and its gradient.

    Each cell minimises r x + s/2 |x|^2 over x >= 0, sum x = 1, with r the cost of its candidates at the prices: the
    projection of -r/s on the simplex (Held, Wolfe and Crowder, 1974). It is smooth in the prices, unlike the minimum.

    Args:
        cost: (n, k) money; infinite = no candidate.
        use: (n, k, 3) of each kind of limit.
        rows: (n, 3) which limit each kind counts towards.
        price: (limits,) of a unit of each limit; limits are 1.
        softness: (n,) s.
        gradient: (limits,); written.
    """
    cells, count = cost.shape
    gradient[:] = -1.0
    total: float = -price.sum()
    reduced, order = np.empty(count), np.empty(count, np.int64)
    for cell in range(cells):
        one, two, three = rows[cell, 0], rows[cell, 1], rows[cell, 2]
        for j in range(count):
            reduced[j] = cost[cell, j] + (
                price[one] * use[cell, j, 0] + price[two] * use[cell, j, 1] + price[three] * use[cell, j, 2]
            )
            slot = j
            while slot > 0 and reduced[order[slot - 1]] > reduced[j]:
                order[slot] = order[slot - 1]
                slot -= 1
            order[slot] = j
        soft, taken, level = softness[cell], 0.0, 0.0
        for place in range(count):
            lowest = reduced[order[place]]
            if place > 0 and lowest >= level:
                break
            taken += lowest
            level = (soft + taken) / (place + 1.0)
        for place in range(count):
            j = order[place]
            share = (level - reduced[j]) / soft
            if share <= 0.0:
                break
            total += share * reduced[j] + 0.5 * soft * share * share
            gradient[one] += share * use[cell, j, 0]
            gradient[two] += share * use[cell, j, 1]
            gradient[three] += share * use[cell, j, 2]
    return total


@compiled_with_arrays
def reduced_costs(
    cost: FloatArray,
    use: FloatArray,
    rows: IntArray,
    price: FloatArray,
    reduced: FloatArray,
    least: FloatArray,
) -> float:
    """Write costs of candidates at prices above the least of their cell (n, k), and that least (n,).

    Returns:
        Value of the dual function: no choice within the limits costs less.
    """
    cells, count = cost.shape
    total: float = -price.sum()
    for cell in range(cells):
        one, two, three = rows[cell, 0], rows[cell, 1], rows[cell, 2]
        lowest = np.inf
        for j in range(count):
            reduced[cell, j] = cost[cell, j] + (
                price[one] * use[cell, j, 0] + price[two] * use[cell, j, 1] + price[three] * use[cell, j, 2]
            )
            lowest = min(lowest, reduced[cell, j])
        for j in range(count):
            reduced[cell, j] -= lowest
        least[cell] = lowest
        total += lowest
    return total


@compiled_with_arrays
def best_move(
    cost: FloatArray, use: FloatArray, rows: IntArray, price: FloatArray, room: FloatArray, choice: IntArray
) -> tuple[int, int]:
    """The change of one cell's candidate that helps most.

    While a limit is exceeded: the change that takes away most of what is too much for each unit of cost at prices.
    Else: the change that saves most and stays within the limits.

    Args:
        cost: (n, k)
        use: (n, k, 3)
        rows: (n, 3)
        price: (limits,)
        room: (limits,) limit less use; negative where exceeded.
        choice: (n,)

    Returns:
        Cell and candidate; -1 where nothing helps.
    """
    is_over, best_cell, best_candidate, best = room.min() < 0.0, -1, -1, 0.0
    tolerance = 1e-12
    for cell in range(cost.shape[0]):
        now = choice[cell]
        for j in range(cost.shape[1]):
            if j == now or cost[cell, j] == np.inf:
                continue
            dearer, relief, worse = cost[cell, j] - cost[cell, now], 0.0, False
            for kind in range(3):
                more = use[cell, j, kind] - use[cell, now, kind]
                left = room[rows[cell, kind]]
                if left < 0.0:
                    relief += min(-left, -more)
                elif more > left:
                    worse = True
                if is_over:
                    dearer += price[rows[cell, kind]] * more
            if worse:
                continue
            gain = relief / (max(dearer, 0.0) + 1e-9) if is_over else -dearer
            if gain > best + tolerance and (not is_over or relief > 0.0):
                best, best_cell, best_candidate = gain, cell, j
    return best_cell, best_candidate
