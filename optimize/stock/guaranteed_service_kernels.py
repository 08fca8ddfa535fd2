"""Compiled steps of guaranteed service: horizons, the dynamic programme on trees, costs of a placement.

The dynamic programme keeps two functions per stage k, each without stages not yet visited:

    A_k(SI)  cost of visited suppliers' branches if k waits SI for them;  never rises with SI
    B_k(S)   cost of visited customers' branches if k promises S;         never falls with S

With c_k(tau) the cost of covering tau periods, the branch of k costs A_k(SI) + B_k(S) + c_k(SI + T - S). Because c_k
rises, the best SI for a given S is the least allowed or one where A_k falls, and the best S for a given SI the greatest
allowed or one after which B_k rises: only these are tried.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled, compiled_with_arrays

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@compiled_with_arrays
def longest_waits(
    lead_times: IntArray, inbound_times: IntArray, suppliers: IntArray, customers: IntArray, longest: IntArray
) -> int:
    """Fill the longest time to replenish each stage, (n,); how many stages lie on no cycle is returned."""
    stages, edges = len(lead_times), len(suppliers)
    missing = np.zeros(stages, np.int64)
    for edge in range(edges):
        missing[customers[edge]] += 1
    starts, partners = _by_stage(suppliers, customers, stages)
    order = np.empty(stages, np.int64)
    known = 0
    for stage in range(stages):
        longest[stage] = inbound_times[stage] + lead_times[stage]
        if missing[stage] == 0:
            order[known] = stage
            known += 1
    at = 0
    while at < known:
        stage = order[at]
        at += 1
        for place in range(starts[stage], starts[stage + 1]):
            customer = partners[place]
            longest[customer] = max(longest[customer], longest[stage] + lead_times[customer])
            missing[customer] -= 1
            if missing[customer] == 0:
                order[known] = customer
                known += 1
    return known


@compiled_with_arrays
def solve_forest(
    lead_times: IntArray,
    coefficients: FloatArray,
    promise_limits: IntArray,
    inbound_times: IntArray,
    suppliers: IntArray,
    customers: IntArray,
    longest: IntArray,
    outbound: IntArray,
    inbound: IntArray,
) -> tuple[bool, float]:
    """Fill the best service times of a forest; False where the edges, taken undirected, have a loop.

    Args:
        lead_times: (n,) periods.
        coefficients: (n,) cost of covering one period; tau periods cost sqrt(tau) times as much.
        promise_limits: (n,) greatest outbound service time, at most `longest`.
        inbound_times: (n,) least inbound service time.
        suppliers: (m,)
        customers: (m,)
        longest: (n,) from `longest_waits`.
        outbound: (n,) filled.
        inbound: (n,) filled.

    Returns:
        Whether it is a forest, and the least cost.
    """
    stages, edges = len(lead_times), len(suppliers)
    ends, others = np.empty(2 * edges, np.int64), np.empty(2 * edges, np.int64)
    for edge in range(edges):
        ends[edge], others[edge] = suppliers[edge], customers[edge]
        ends[edges + edge], others[edges + edge] = customers[edge], suppliers[edge]
    starts, partners, rank = _by_stage_with_rank(ends, others, stages)
    order, parent, is_supplier = (
        np.empty(stages, np.int64),
        np.full(stages, -2, np.int64),
        np.zeros(stages, np.bool_),
    )
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
            seen_parent = False
            for place in range(starts[stage], starts[stage + 1]):
                other = partners[place]
                if other == parent[stage] and not seen_parent:
                    seen_parent = True
                elif parent[other] != -2:
                    return False, 0.0
                else:
                    parent[other] = stage
                    is_supplier[other] = rank[place] >= edges
                    order[found] = other
                    found += 1

    offset = np.zeros(stages + 1, np.int64)
    for stage in range(stages):
        offset[stage + 1] = offset[stage] + longest[stage] + 1
    width = 0
    for stage in range(stages):
        width = max(width, longest[stage] + 1)
    roots = np.empty(width)
    for tau in range(width):
        roots[tau] = math.sqrt(tau)
    upstream, downstream = np.zeros(offset[stages]), np.zeros(offset[stages])
    branch = np.empty(offset[stages])
    falls, rises = np.empty(width, np.int64), np.empty(width, np.int64)

    total = 0.0
    for position in range(stages - 1, -1, -1):
        stage = order[position]
        at, lead = offset[stage], lead_times[stage]
        least, most, limit = inbound_times[stage], longest[stage] - lead, promise_limits[stage]
        above = parent[stage]
        if above == -1 or is_supplier[stage]:
            fall_count = _falls(upstream, at, least, most, falls)
            for promise in range(limit + 1):
                _, cost = _best_inbound(
                    upstream, at, falls, fall_count, roots, coefficients[stage], least, lead, promise
                )
                branch[at + promise] = downstream[at + promise] + cost
            if above == -1:
                smallest = branch[at]
                for promise in range(1, limit + 1):
                    smallest = min(smallest, branch[at + promise])
                total += smallest
            else:
                target, smallest = offset[above], np.inf
                for wait in range(longest[above] - lead_times[above] + 1):
                    if wait <= limit:
                        smallest = min(smallest, branch[at + wait])
                    upstream[target + wait] += smallest
        else:
            rise_count = _rises(downstream, at, limit, rises)
            for wait in range(least, most + 1):
                _, cost = _best_outbound(
                    downstream, at, rises, rise_count, roots, coefficients[stage], limit, lead, wait
                )
                branch[at + wait] = upstream[at + wait] + cost
            target, smallest, wait = offset[above], np.inf, most
            for promise in range(promise_limits[above], -1, -1):
                while wait >= max(promise, least):
                    smallest = min(smallest, branch[at + wait])
                    wait -= 1
                downstream[target + promise] += smallest

    for position in range(stages):
        stage = order[position]
        at, lead = offset[stage], lead_times[stage]
        least, most, limit = inbound_times[stage], longest[stage] - lead, promise_limits[stage]
        above = parent[stage]
        if above == -1 or is_supplier[stage]:
            ceiling = limit if above == -1 else min(limit, inbound[above])
            best = 0
            for promise in range(1, ceiling + 1):
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
    return True, total


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
def _by_stage(ends: IntArray, others: IntArray, stages: int) -> tuple[IntArray, IntArray]:
    starts, partners, _ = _by_stage_with_rank(ends, others, stages)
    return starts, partners


@compiled_with_arrays
def _by_stage_with_rank(ends: IntArray, others: IntArray, stages: int) -> tuple[IntArray, IntArray, IntArray]:
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


__all__ = ["longest_waits", "solve_forest"]
