"""Compiled steps of guaranteed service: the dynamic programme on trees, and prices on what makes a network none.

The dynamic programme keeps two functions per stage k, each without stages not yet visited:

    A_k(SI)  cost of visited suppliers' branches if k waits SI for them;  never rises with SI
    B_k(S)   cost of visited customers' branches if k promises S;         never falls with S

With c_k(tau) the cost of covering tau periods, the branch of k costs A_k(SI) + B_k(S) + c_k(SI + T - S). Because c_k
rises, the best SI for a given S is the least allowed or one where A_k falls, and the best S for a given SI the greatest
allowed or one after which B_k rises: only these are tried.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled, compiled_with_arrays

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Walked = tuple[IntArray, IntArray, BoolArray]
"""Stages outwards from the roots, their parents, whether they supply them."""
Stages = tuple[IntArray, FloatArray, IntArray, IntArray, IntArray]
"""Arrays (n,): lead times; cost of covering one period (tau periods cost sqrt(tau) times as much); greatest promise, at
most the longest wait; least inbound time; longest wait: periods to replenish a stage if nobody upstream keeps stock."""


_PATIENCE = 25
"""Rounds without a better bound after which steps are halved."""


@compiled_with_arrays
def solve_forest(
    stages: Stages, suppliers: IntArray, customers: IntArray, outbound: IntArray, inbound: IntArray
) -> tuple[bool, float]:
    """Fill the best service times of a forest; False where the edges, taken undirected, have a loop.

    Args:
        stages: Arrays of the stages.
        suppliers: (m,)
        customers: (m,)
        outbound: (n,) filled.
        inbound: (n,) filled.

    Returns:
        Whether it is a forest, and the least cost.
    """
    longest = stages[4]
    is_forest, order, parent, is_supplier = _walk(suppliers, customers, len(longest))
    if not is_forest:
        return False, 0.0
    offset, roots = _offsets(longest), _roots(longest)
    upstream, downstream = np.zeros(offset[-1]), np.zeros(offset[-1])
    branch = np.empty(offset[-1])
    walked = (order, parent, is_supplier)
    total = _up_the_branches(walked, stages, offset, roots, upstream, downstream, branch)
    _down_the_branches(walked, stages, offset, roots, upstream, downstream, branch, outbound, inbound)
    return True, total


@compiled_with_arrays
def price_loops(
    stages: Stages,
    suppliers: IntArray,
    customers: IntArray,
    upstream_first: IntArray,
    is_kept: BoolArray,
    rounds: int,
    least_cost: float,
    outbound: IntArray,
) -> tuple[float, float]:
    """Bound the cost of a network with loops by prices on the edges that close them, and repair what they suggest.

    S_i <= SI_j says [S_i >= t] <= [SI_j >= t] for each t; each such rule of an edge left out has a price that i pays
    for promising t or later and j gets for waiting t or longer. The forest with prices is solved exactly and bounds the
    cost from below; prices rise where a rule is broken, by Polyak's step (Fisher, Management Science 27, 1981), halved
    after rounds without a better bound.

    Args:
        stages: Arrays of the stages.
        suppliers: (m,)
        customers: (m,)
        upstream_first: (n,) stages, suppliers first.
        is_kept: (m,) edges of a forest.
        rounds: Times to solve it at most.
        least_cost: Cost of the promises given.
        outbound: (n,) promises; better ones in their place.

    Returns:
        Least cost found, and the bound.
    """
    lead_times, coefficients, promise_limits, inbound_times, longest = stages
    count, edges = len(lead_times), len(suppliers)
    _, order, parent, is_supplier = _walk(suppliers[is_kept], customers[is_kept], count)
    offset, roots = _offsets(longest), _roots(longest)
    upstream, downstream = np.zeros(offset[-1]), np.zeros(offset[-1])
    branch = np.empty(offset[-1])
    walked = (order, parent, is_supplier)
    prices = np.zeros((edges, len(roots)))
    starts, by_customer, _ = _by_stage(customers, suppliers, count)
    promises, waits, repaired = (
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
    )
    bound, step, patience = -np.inf, 1.0, 0
    for _ in range(rounds):
        upstream[:] = 0.0
        downstream[:] = 0.0
        for edge in range(edges):
            if not is_kept[edge]:
                supplier, customer, paid = suppliers[edge], customers[edge], 0.0
                for time in range(longest[customer] - lead_times[customer] + 1):
                    paid += prices[edge, time]
                    upstream[offset[customer] + time] -= paid
                    if time <= promise_limits[supplier]:
                        downstream[offset[supplier] + time] += paid
        total = _up_the_branches(walked, stages, offset, roots, upstream, downstream, branch)
        _down_the_branches(walked, stages, offset, roots, upstream, downstream, branch, promises, waits)
        patience += 1
        if total > bound + 1e-7 * abs(bound):
            patience = 0
        bound = max(bound, total)
        if patience == _PATIENCE:
            step, patience = step / 2.0, 0

        cost = 0.0
        for position in range(count):
            stage = upstream_first[position]
            wait = inbound_times[stage]
            for place in range(starts[stage], starts[stage + 1]):
                wait = max(wait, repaired[by_customer[place]])
            repaired[stage] = min(promises[stage], wait + lead_times[stage])
            cost += coefficients[stage] * roots[wait + lead_times[stage] - repaired[stage]]
        if cost < least_cost:
            least_cost = cost
            outbound[:] = repaired

        broken = 0
        for edge in range(edges):
            if not is_kept[edge]:
                asked, given = promises[suppliers[edge]], waits[customers[edge]]
                broken += max(0, asked - given)
                for time in range(asked + 1, given + 1):
                    broken += prices[edge, time] > 0.0
        if broken == 0 or least_cost - bound <= 1e-12 * least_cost or step < 1e-3:
            break
        size = step * (least_cost - total) / broken
        for edge in range(edges):
            if not is_kept[edge]:
                asked, given = promises[suppliers[edge]], waits[customers[edge]]
                for time in range(given + 1, asked + 1):
                    prices[edge, time] += size
                for time in range(asked + 1, given + 1):
                    prices[edge, time] = max(0.0, prices[edge, time] - size)
    return least_cost, bound


@compiled_with_arrays
def _walk(
    suppliers: IntArray, customers: IntArray, stages: int
) -> tuple[bool, IntArray, IntArray, BoolArray]:
    """Stages from the roots outwards, the neighbour each was found from (roots: -1), whether it supplies that one."""
    edges = len(suppliers)
    ends, others = np.empty(2 * edges, np.int64), np.empty(2 * edges, np.int64)
    for edge in range(edges):
        ends[edge], others[edge] = suppliers[edge], customers[edge]
        ends[edges + edge], others[edges + edge] = customers[edge], suppliers[edge]
    starts, partners, rank = _by_stage(ends, others, stages)
    order, parent = np.empty(stages, np.int64), np.full(stages, -2, np.int64)
    is_supplier = np.zeros(stages, np.bool_)
    found = 0
    for root in range(stages):
        if parent[root] != -2:
            continue
        parent[root] = -1
        order[found] = root
        at, found = found, found + 1
        while at < found:
            stage = order[at]
            at += 1
            for place in range(starts[stage], starts[stage + 1]):
                other = partners[place]
                if other == parent[stage]:
                    continue
                if parent[other] != -2:
                    return False, order, parent, is_supplier
                parent[other] = stage
                is_supplier[other] = rank[place] >= edges
                order[found] = other
                found += 1
    return True, order, parent, is_supplier


@compiled_with_arrays
def _offsets(longest: IntArray) -> IntArray:
    """Where the times 0 .. longest of each stage begin in a flat array, and its length."""
    offset = np.zeros(len(longest) + 1, np.int64)
    for stage in range(len(longest)):
        offset[stage + 1] = offset[stage] + longest[stage] + 1
    return offset


@compiled_with_arrays
def _roots(longest: IntArray) -> FloatArray:
    return np.sqrt(np.arange(longest.max() + 1))


@compiled_with_arrays
def _up_the_branches(
    walked: Walked,
    stages: Stages,
    offset: IntArray,
    roots: FloatArray,
    upstream: FloatArray,
    downstream: FloatArray,
    branch: FloatArray,
) -> float:
    """Visit stages from the leaves to the roots; the least cost of all trees.

    `upstream` and `downstream` hold A and B and begin with what a stage's times cost by themselves. `branch` is filled:
    least cost of a stage's branch by S where its next stage buys from it or it is a root, else by SI.
    """
    order, parent, is_supplier = walked
    lead_times, coefficients, promise_limits, inbound_times, longest = stages
    falls, rises = np.empty(len(roots), np.int64), np.empty(len(roots), np.int64)
    total = 0.0
    for position in range(len(order) - 1, -1, -1):
        stage = order[position]
        at, lead = offset[stage], lead_times[stage]
        least, most, limit = inbound_times[stage], longest[stage] - lead, promise_limits[stage]
        above, smallest = parent[stage], np.inf
        if above == -1 or is_supplier[stage]:
            fall_count = _falls(upstream, at, least, most, falls)
            for promise in range(limit + 1):
                _, cost = _best_inbound(
                    upstream, at, falls, fall_count, roots, coefficients[stage], least, lead, promise
                )
                branch[at + promise] = downstream[at + promise] + cost
            if above == -1:
                for promise in range(limit + 1):
                    smallest = min(smallest, branch[at + promise])
                total += smallest
            else:
                for wait in range(longest[above] - lead_times[above] + 1):
                    if wait <= limit:
                        smallest = min(smallest, branch[at + wait])
                    upstream[offset[above] + wait] += smallest
        else:
            rise_count = _rises(downstream, at, limit, rises)
            for wait in range(least, most + 1):
                _, cost = _best_outbound(
                    downstream, at, rises, rise_count, roots, coefficients[stage], limit, lead, wait
                )
                branch[at + wait] = upstream[at + wait] + cost
            wait = most
            for promise in range(promise_limits[above], -1, -1):
                while wait >= max(promise, least):
                    smallest = min(smallest, branch[at + wait])
                    wait -= 1
                downstream[offset[above] + promise] += smallest
    return total


@compiled_with_arrays
def _down_the_branches(
    walked: Walked,
    stages: Stages,
    offset: IntArray,
    roots: FloatArray,
    upstream: FloatArray,
    downstream: FloatArray,
    branch: FloatArray,
    outbound: IntArray,
    inbound: IntArray,
) -> None:
    """Fill the times that the least cost belongs to, from the roots to the leaves."""
    order, parent, is_supplier = walked
    lead_times, coefficients, promise_limits, inbound_times, longest = stages
    falls, rises = np.empty(len(roots), np.int64), np.empty(len(roots), np.int64)
    for position in range(len(order)):
        stage = order[position]
        at, lead = offset[stage], lead_times[stage]
        least, most, limit = inbound_times[stage], longest[stage] - lead, promise_limits[stage]
        above = parent[stage]
        if above == -1 or is_supplier[stage]:
            best = 0
            for promise in range(1, (limit if above == -1 else min(limit, inbound[above])) + 1):
                if branch[at + promise] < branch[at + best]:
                    best = promise
            outbound[stage] = best
            fall_count = _falls(upstream, at, least, most, falls)
            inbound[stage], _ = _best_inbound(
                upstream, at, falls, fall_count, roots, coefficients[stage], least, lead, best
            )
        else:
            best = max(least, outbound[above])
            for wait in range(best + 1, most + 1):
                if branch[at + wait] < branch[at + best]:
                    best = wait
            inbound[stage] = best
            rise_count = _rises(downstream, at, limit, rises)
            outbound[stage], _ = _best_outbound(
                downstream, at, rises, rise_count, roots, coefficients[stage], limit, lead, best
            )


@compiled
def _falls(upstream: FloatArray, at: int, least: int, most: int, falls: IntArray) -> int:
    """List the inbound times above the least at which the cost of suppliers' branches falls."""
    count = 0
    for wait in range(least + 1, most + 1):
        if upstream[at + wait] < upstream[at + wait - 1]:
            falls[count] = wait
            count += 1
    return count


@compiled
def _rises(downstream: FloatArray, at: int, limit: int, rises: IntArray) -> int:
    """List the promises below the limit after which the cost of customers' branches rises."""
    count = 0
    for promise in range(limit):
        if downstream[at + promise] < downstream[at + promise + 1]:
            rises[count] = promise
            count += 1
    return count


@compiled
def _best_inbound(
    upstream: FloatArray,
    at: int,
    falls: IntArray,
    fall_count: int,
    roots: FloatArray,
    coefficient: float,
    least: int,
    lead: int,
    promise: int,
) -> tuple[int, float]:
    """Best inbound time for a promise and its cost."""
    best = max(least, promise - lead)
    cost = upstream[at + best] + coefficient * roots[best + lead - promise]
    for index in range(fall_count - 1, -1, -1):
        wait = falls[index]
        if wait <= promise - lead:
            break
        candidate = upstream[at + wait] + coefficient * roots[wait + lead - promise]
        if candidate < cost:
            best, cost = wait, candidate
    return best, cost


@compiled
def _best_outbound(
    downstream: FloatArray,
    at: int,
    rises: IntArray,
    rise_count: int,
    roots: FloatArray,
    coefficient: float,
    limit: int,
    lead: int,
    wait: int,
) -> tuple[int, float]:
    """Best promise for an inbound time and its cost."""
    best = min(limit, wait + lead)
    cost = downstream[at + best] + coefficient * roots[wait + lead - best]
    for index in range(rise_count):
        promise = rises[index]
        if promise >= wait + lead:
            break
        candidate = downstream[at + promise] + coefficient * roots[wait + lead - promise]
        if candidate < cost:
            best, cost = promise, candidate
    return best, cost


@compiled_with_arrays
def _by_stage(ends: IntArray, others: IntArray, stages: int) -> tuple[IntArray, IntArray, IntArray]:
    """Edges sorted by their first end: where those of a stage start, their other ends, their places before."""
    starts = np.zeros(stages + 1, np.int64)
    for edge in range(len(ends)):
        starts[ends[edge] + 1] += 1
    for stage in range(stages):
        starts[stage + 1] += starts[stage]
    partners, rank = np.empty(len(ends), np.int64), np.empty(len(ends), np.int64)
    free = starts.copy()
    for edge in range(len(ends)):
        place = free[ends[edge]]
        partners[place], rank[place] = others[edge], edge
        free[ends[edge]] += 1
    return starts, partners, rank


__all__ = ["Stages", "price_loops", "solve_forest"]
