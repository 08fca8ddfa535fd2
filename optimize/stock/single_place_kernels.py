"""Compiled steps of stock control at one place: cost by position, positions in the long run, searches.

Positions are counted from the reorder point r where they do not depend on it. Sums over demand, see `demand_kernels`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimize.compilation import compiled, compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.demand_kernels import Batch

NO_MEASURE, FILL_RATE, CYCLE_SERVICE_LEVEL, READY_RATE = -1, 0, 1, 2
UP_TO_LEVEL, LOTS, EVERY_REVIEW = 0, 1, 2
"""Forms: up to a level from a reorder point on; lots; up to a level at every review."""
FIGURES = 6
"""Columns of `evaluate_batch`: fill rate, cycle service level, ready rate, on hand, short, orders per day."""
_UNLIMITED = 2**40
_FINE_STEPS = 128


class Shelf(NamedTuple):
    """One SKU at one place; arrays as in `Batch`."""

    mean: float
    lead: int
    review: int
    holding: float
    order: float
    shortage: float
    case: int
    minimum: int
    is_lost: bool
    on_hand: FloatArray
    served: FloatArray
    ready: FloatArray
    lead_below: FloatArray
    cost: FloatArray
    demand: FloatArray
    moving: float


@compiled_with_arrays
def shelf_of(batch: Batch, i: int) -> Shelf:
    """One SKU at one place of a batch."""
    whole, amounts, first, last = batch.whole, batch.amounts, batch.offsets[i], batch.offsets[i + 1]
    return Shelf(
        amounts[i, 0], whole[i, 0], whole[i, 1], amounts[i, 2], amounts[i, 3], amounts[i, 4], whole[i, 2],
        whole[i, 3], batch.is_lost, batch.on_hand[first:last], batch.served[first:last], batch.ready[first:last],
        batch.lead_below[first:last], batch.cost[first:last],
        batch.demand[first : first + batch.demand_size[i]], batch.moving[i],
    )  # fmt: skip


@compiled
def mean_over(values: FloatArray, shares: FloatArray, point: int, below: float, above: float) -> float:
    """Mean of a table by position, straight on beyond its ends: `below` per unit under 0, `above` per unit over it."""
    total, last = 0.0, values.size - 1
    for i in range(1, shares.size):
        y = point + i
        value = values[min(max(y, 0), last)] - below * min(y, 0) + above * max(0, y - last)
        total += shares[i] * value
    return total


@compiled_with_arrays
def visits_between_orders(shelf: Shelf, size: int) -> FloatArray:
    """Renewal density: reviews after which the position is 0 ... size - 1 units below the start, until an order."""
    visits = np.zeros(size)
    for j in range(size):
        total = 1.0 if j == 0 else 0.0
        for d in range(1, min(j, shelf.demand.size - 1) + 1):
            total += shelf.demand[d] * visits[j - d]
        visits[j] = total / shelf.moving
    return visits


@compiled
def landing(shelf: Shelf, gap: int, lot: int, under: int) -> int:
    """How far above the reorder point an order of a position `under` below it reaches.

    The order is what is wanted, or the least that may be ordered, rounded up to whole cases.
    """
    wanted = (under // lot + 1) * lot if lot > 0 else gap + under
    wanted = max(wanted, shelf.minimum)
    return (wanted + shelf.case - 1) // shelf.case * shelf.case - under


@compiled
def least_order(shelf: Shelf) -> int:
    """The least that may be ordered, in whole cases."""
    return (max(shelf.minimum, 1) + shelf.case - 1) // shelf.case * shelf.case


@compiled
def deepest_of(shelf: Shelf, point: int) -> int:
    """How far the position can be below the reorder point: sales that are lost do not lower it."""
    return point if shelf.is_lost and shelf.lead == 0 else _UNLIMITED


@compiled_with_arrays
def position_shares(shelf: Shelf, gap: int, lot: int, deepest: int) -> FloatArray:
    """Share of reviews after which the position is 0, 1, 2, ... above the reorder point.

    Where orders are lots, or cases from any position below a level, all positions alike (Hadley and Whitin 1963,
    section 4-2). Else the visits between two orders, from the positions that orders reach: one, or a Markov chain.

    Args:
        shelf: SKU at a place.
        gap: order-up-to level less reorder point; 0 where lots are ordered.
        lot: fixed quantity; 0 where a level is reached.
        deepest: see `deepest_of`.
    """
    even = lot if lot > 0 else (shelf.case if gap == 1 else 0)
    if deepest >= shelf.demand.size and even > 0 and even % shelf.case == 0 and even >= shelf.minimum:
        shares = np.full(even + 1, 1.0 / even)
        shares[0] = 0.0
        return shares
    top = max(gap, lot, shelf.minimum) + shelf.case - 1
    visits, shares = visits_between_orders(shelf, top), np.zeros(top + 1)
    reached = levels_reached(shelf, gap, lot, deepest, visits)
    total = 0.0
    for start in range(1, top + 1):
        if reached[start] > 0.0:
            for j in range(start):
                shares[start - j] += reached[start] * visits[j]
                total += reached[start] * visits[j]
    return shares / total


@compiled_with_arrays
def levels_reached(shelf: Shelf, gap: int, lot: int, deepest: int, visits: FloatArray) -> FloatArray:
    """Share of orders that reach each position above the reorder point, 0 ... top: share T = share, sum 1."""
    top, demand, reached = visits.size, shelf.demand, np.zeros(visits.size + 1)
    number, position = np.full(top + 1, -1), np.zeros(top, np.int64)
    states = 0
    for under in range(min(deepest + 1, demand.size)):
        reach = landing(shelf, gap, lot, under)
        if number[reach] < 0:
            number[reach], position[states] = states, reach
            states += 1
    if states == 1:
        reached[position[0]] = 1.0
        return reached
    equations = np.zeros((states, states + 1))
    for state in range(states):
        start, rest = position[state], 1.0
        for under in range(min(deepest, demand.size - 1)):
            share = 0.0
            for above in range(1, min(start, demand.size - 1 - under) + 1):
                share += visits[start - above] * demand[above + under]
            equations[number[landing(shelf, gap, lot, under)], state] += share
            rest -= share
        if deepest < demand.size:
            equations[number[landing(shelf, gap, lot, deepest)], state] += rest
        equations[state, state] -= 1.0
    equations[states - 1, :] = 1.0
    shares = solved(equations)
    reached[position[:states]] = shares
    return reached


@compiled_with_arrays
def solved(equations: FloatArray) -> FloatArray:
    """Solution of linear equations (n, n + 1) by elimination with pivots, in place; the same bits on every machine."""
    size = equations.shape[0]
    values = np.zeros(size)
    for column in range(size):
        pivot = column
        for row in range(column + 1, size):
            if abs(equations[row, column]) > abs(equations[pivot, column]):
                pivot = row
        for k in range(column, size + 1):
            equations[column, k], equations[pivot, k] = equations[pivot, k], equations[column, k]
        for row in range(column + 1, size):
            factor = equations[row, column] / equations[column, column]
            if factor != 0.0:
                for k in range(column, size + 1):
                    equations[row, k] -= factor * equations[column, k]
    for row in range(size - 1, -1, -1):
        value = equations[row, size]
        for k in range(row + 1, size):
            value -= equations[row, k] * values[k]
        values[row] = max(0.0, value / equations[row, row])
    return values


@compiled
def orders_per_review(shelf: Shelf, shares: FloatArray) -> float:
    """Probability that a review orders."""
    total, beyond = 0.0, shelf.moving
    for above in range(1, min(shares.size, shelf.demand.size)):
        total += shares[above] * beyond
        beyond = max(0.0, beyond - shelf.demand[above])
    return total


@compiled
def cost_of(shelf: Shelf, shares: FloatArray, point: int) -> float:
    """Holding and shortage cost per day."""
    return mean_over(shelf.cost, shares, point, shelf.shortage, shelf.holding)


@compiled
def service_of(shelf: Shelf, shares: FloatArray, point: int, measure: int) -> float:
    """Fill rate, cycle service level or ready rate.

    A cycle ends with stock out when the position before an order, less the demand of the lead time, is negative.
    """
    if measure == FILL_RATE:
        return min(1.0, mean_over(shelf.served, shares, point, 0.0, 0.0) / (shelf.mean * shelf.review))
    if measure == READY_RATE:
        return min(1.0, mean_over(shelf.ready, shares, point, 0.0, 0.0))
    total = 0.0
    for position in range(point + 1):
        before = 0.0
        for above in range(1, min(shares.size, shelf.demand.size - point + position)):
            before += shares[above] * shelf.demand[point + above - position]
        total += before * shelf.lead_below[min(position, shelf.lead_below.size - 1)]
    return min(1.0, total / orders_per_review(shelf, shares))


@compiled
def least_reaching(shelf: Shelf, shares: FloatArray, start: int, measure: int, share: float) -> int:
    """Lowest reorder point from `start` or below whose service is at least `share`; galloping, then bisection."""
    high, step = start, 1
    highest = shelf.on_hand.size + shelf.demand.size + 1
    while high < highest and service_of(shelf, shares, high, measure) < share:
        high += step
        step *= 2
    low, step = high - step, 1
    while low >= -shares.size and service_of(shelf, shares, low, measure) >= share:
        high, low = low, low - step
        step *= 2
    while high - low > 1:
        middle = low + (high - low) // 2
        if service_of(shelf, shares, middle, measure) >= share:
            high = middle
        else:
            low = middle
    return high


@compiled
def best_point(shelf: Shelf, shares: FloatArray, start: int, measure: int, share: float) -> tuple[int, float]:
    """Reorder point of least cost, where wanted among those that reach the target, and its cost without orders."""
    lowest = 0 if shelf.is_lost else -_UNLIMITED
    if measure != NO_MEASURE:
        lowest = max(lowest, least_reaching(shelf, shares, start, measure, share))
    point = max(start, lowest)
    cost = cost_of(shelf, shares, point)
    while True:
        above = cost_of(shelf, shares, point + 1)
        if above >= cost:
            break
        point, cost = point + 1, above
    while point > lowest:
        below = cost_of(shelf, shares, point - 1)
        if below > cost:
            break
        point, cost = point - 1, below
    return point, cost


@compiled_with_arrays
def best_of_sizes(shelf: Shelf, form: int, measure: int, share: float) -> tuple[int, int]:
    """Reorder point, and lot or distance of the order-up-to level: case by case, then up to 128 around the best."""
    if form == EVERY_REVIEW:
        return scan(shelf, form, measure, share, 1, 1)
    least = least_order(shelf)
    first = least if form == LOTS else least - shelf.case + 1
    point, size = scan(shelf, form, measure, share, first, _UNLIMITED)
    below = above = shelf.case * (size // shelf.case // _FINE_STEPS)
    if form == UP_TO_LEVEL:
        first, below = 1, max(below, min(least - 1, _FINE_STEPS))
        above = max(above, min(shelf.case - 1, _FINE_STEPS))
    if below + above > 0:
        return scan(shelf, form, measure, share, max(first, size - below), size + above)
    return point, size


@compiled_with_arrays
def scan(shelf: Shelf, form: int, measure: int, share: float, size: int, last: int) -> tuple[int, int]:
    """The best of order sizes from `size` on, each with its best reorder point.

    Stock costs more the larger orders are, but for what a target is exceeded by. Without a last size the search ends
    where stock alone, less one unit, costs as much as the best so far; steps are a case, beyond 256 a 128th.
    """
    chosen, chosen_point, least, start = size, 0, np.inf, 0
    depends = shelf.is_lost and shelf.lead == 0 and (form == LOTS or max(shelf.case, shelf.minimum) > 1)
    while size <= last:
        shares = position_shares(shelf, 0 if form == LOTS else size, size if form == LOTS else 0, _UNLIMITED)
        start, cost = best_point(shelf, shares, start, measure, share)
        total = cost + shelf.order * orders_per_review(shelf, shares) / shelf.review
        if measure != NO_MEASURE and start > 0:
            cost = min(cost, cost_of(shelf, shares, start - 1))
        if depends:
            start, total = settled(shelf, start, size, form, measure, share)
        if total < least:
            chosen, chosen_point, least = size, start, total
        if last < _UNLIMITED:
            size += shelf.case if form == LOTS else 1
        elif cost < least:
            size += shelf.case * max(1, size // shelf.case // _FINE_STEPS)
        else:
            break
    return chosen_point, chosen


@compiled_with_arrays
def settled(shelf: Shelf, point: int, size: int, form: int, measure: int, share: float) -> tuple[int, float]:
    """The best reorder point nearby, where shares of positions depend on it, and its cost."""
    gap, lot = (0, size) if form == LOTS else (size, 0)
    best, least, step, trial = point, np.inf, 1, point
    while trial >= 0:
        shares = position_shares(shelf, gap, lot, deepest_of(shelf, trial))
        cost = cost_of(shelf, shares, trial)
        cost += shelf.order * orders_per_review(shelf, shares) / shelf.review
        if measure != NO_MEASURE and service_of(shelf, shares, trial, measure) < share:
            cost = np.inf
        if cost < least:
            best, least = trial, cost
        elif step > 0 and least < np.inf:
            step, trial = -1, point
        elif step < 0:
            break
        trial += step
    return best, least


@compiled_with_arrays
def evaluate_batch(batch: Batch, point: IntArray, gap: IntArray, lot: IntArray, out: FloatArray) -> None:
    """Write what given levels lead to.

    Args:
        batch: n SKUs at places.
        point: (n,) reorder points.
        gap: (n,) as in `position_shares`.
        lot: (n,) as there.
        out: (n, FIGURES)
    """
    for i in range(point.size):
        shelf, r = shelf_of(batch, i), point[i]
        out[i, :] = 0.0
        if shelf.mean <= 0.0:
            left = max(0, r + max(gap[i], lot[i]))
            out[i, :2], out[i, 2], out[i, 3] = 1.0, min(1, left), left
            continue
        if shelf.is_lost and r < 0:
            out[i, 4] = shelf.mean
            continue
        shares = position_shares(shelf, gap[i], lot[i], deepest_of(shelf, r))
        for measure in range(3):
            out[i, measure] = service_of(shelf, shares, r, measure)
        out[i, 3] = mean_over(shelf.on_hand, shares, r, 0.0, 1.0)
        orders = orders_per_review(shelf, shares) / shelf.review
        if not shelf.is_lost:
            position = mean_over(np.zeros(1), shares, r, -1.0, 1.0)
            out[i, 4] = max(0.0, out[i, 3] - position + shelf.mean * (shelf.lead + 0.5 * (shelf.review + 1)))
        else:
            out[i, 4] = shelf.mean * (1.0 - out[i, 0])
            if shelf.lead > 0:
                # Sales are orders times size; beyond a full lot or gap 2.5 times as much is cut off (by exact chains).
                full = max(gap[i], lot[i])
                beyond = max(0.0, shelf.mean / orders - full)
                kept = max(0.0, 1.0 - 2.5 * (1.0 - out[i, 0]))
                orders *= out[i, 0] * (full + beyond) / (full + beyond * kept)
        out[i, 5] = orders


@compiled_with_arrays
def best_levels(
    batch: Batch, form: int, measure: int, share: FloatArray, points: IntArray, sizes: IntArray
) -> None:
    """Find the best reorder points and sizes: lots or distances of the order-up-to level.

    Args:
        batch: n SKUs at places.
        form: UP_TO_LEVEL, LOTS or EVERY_REVIEW.
        measure: of the target, or NO_MEASURE.
        share: (n,) target.
        points: (n,) written.
        sizes: (n,) written; above 0: both known already, but for least orders, cases and what is cut off.
    """
    for i in range(share.size):
        shelf = shelf_of(batch, i)
        least = least_order(shelf)
        if shelf.mean <= 0.0:
            points[i], sizes[i] = -1, least if form == LOTS else 1
            continue
        is_rough = shelf.case > 1 if form == UP_TO_LEVEL else shelf.is_lost and shelf.lead == 0
        if sizes[i] < least or is_rough:
            points[i], sizes[i] = best_of_sizes(shelf, form, measure, share[i])
        if shelf.is_lost:
            points[i], cost = settled(shelf, points[i], sizes[i], form, measure, share[i])
            if measure == NO_MEASURE and cost >= shelf.shortage * shelf.mean:
                points[i], sizes[i] = -1, least if form == LOTS else 1
