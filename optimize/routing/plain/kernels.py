"""Compiled search: slack induction by string removals (SISR).

Christiaens & Vanden Berghe (2020), "Slack induction by string removals for vehicle routing problems", Transportation
Science 54(2), 417-433. Every step removes strings of neighbouring stops from neighbouring routes (section 4.1), puts
each stop back at its cheapest place, passing over a place with a small chance (greedy insertion with blinks, section
4.2), and accepts the outcome by simulated annealing (section 4.3). Stops for which there is no place stay out, and an
outcome that leaves out others is accepted by their sums of absences (section 4.4).

What differs from the paper: a route of its own competes with the places in other routes, because cost counts, not
vehicles; the routes of an accepted step are driven from the depot from which they cost least; the best place of a stop
in a route is remembered until that route changes; a blink passes over the best place of a route instead of over any,
which comes to the same.
"""

from __future__ import annotations

import math

import numpy as np

from optimize.arguments import IntArray
from optimize.compilation import compiled, inlined
from optimize.routing.plain.arrays import (
    BEST_COST,
    BEST_MISSING,
    COST,
    COUNTDOWN,
    FREE_ROWS,
    MISSING,
    NEVER,
    REMOVED,
    STEP,
    TOUCHED,
    USED_SLOTS,
    WINDOWS,
    Best,
    BitArray,
    Ground,
    Memory,
    Pool,
    Rows,
    Solution,
    State,
    signed,
)  # fmt: skip
from optimize.routing.plain.depots import change_depots
from optimize.routing.plain.routes import insert, measure, refresh, second_place, stamp, touch

_ZERO, _ONE = np.uint64(0), np.uint64(1)
_MULTIPLIER = np.uint64(0x2545F4914F6CDD1D)
_12, _25, _27, _33, _11 = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(33), np.uint64(11)
_LONGEST_STRING = 10.0
_SPLIT_SHARE = 0.5
_KEEP_MORE_SHARE = 0.01
_BLINK_SHARE = 0.01


@inlined
def _draw(random: BitArray) -> int:
    """64 random bits: xorshift64*, Vigna (2016), "An experimental exploration of Marsaglia's xorshift generators"."""
    x = random[0]
    x ^= x >> _12
    x ^= x << _25
    x ^= x >> _27
    random[0] = x
    bits: int = x * _MULTIPLIER
    return bits


@inlined
def _below(random: BitArray, count: int) -> int:
    number: int = (signed(_draw(random) >> _33) * count) >> 31
    return number


@inlined
def _uniform(random: BitArray) -> float:
    return (np.float64(signed(_draw(random) >> _11)) + 0.5) * (1.0 / 9007199254740992.0)


@compiled
def _until_blink(random: BitArray) -> int:
    places: int = 1 + signed(math.log(_uniform(random)) / math.log(1.0 - _BLINK_SHARE))
    return places


@compiled
def _open_route(ground: Ground, rows: Rows, now: Solution, tally: IntArray, depot: int, stop: int) -> None:
    slot = 0
    while slot < tally[USED_SLOTS] and rows.length[now.row_of[slot]] > 0:
        slot += 1
    if slot == tally[USED_SLOTS]:
        tally[USED_SLOTS] += 1
    row = signed(now.row_of[slot])
    if now.touched_at[slot] != tally[STEP]:
        row = touch(now, tally, slot)
    rows.length[row] = 1
    rows.depot[row] = depot
    rows.stops[row, 0] = depot
    rows.stops[row, 1] = stop
    rows.stops[row, 2] = depot
    now.slot_of[stop] = slot
    now.position[stop] = 1
    now.vehicles[depot] += 1
    measure(ground, rows, row)
    stamp(rows, row, tally)


@inlined
def _remove_string(
    ground: Ground, rows: Rows, now: Solution, tally: IntArray, random: BitArray, stop: int, most: int
) -> None:
    """Remove a string that holds the stop, or a longer one of which a part is kept."""
    slot = now.slot_of[stop]
    old = signed(now.row_of[slot])
    at = now.position[stop]
    length = rows.length[old]
    size = 1 + _below(random, min(length, most))
    kept = 0
    if 1 < size < length and _uniform(random) < _SPLIT_SHARE:
        kept = 1
        while size + kept < length and _uniform(random) < _KEEP_MORE_SHARE:
            kept += 1
    span = size + kept
    lowest, highest = max(1, at - span + 1), min(at, length - span + 1)
    first = lowest + _below(random, highest - lowest + 1)
    hole = first + span
    if kept > 0:
        hole = first + 1 + _below(random, size - 1)
    row = touch(now, tally, slot)
    depot = rows.depot[old]
    rows.depot[row] = depot
    to = 0
    for k in range(length + 2):
        node = rows.stops[old, k]
        if first <= k < first + span and not hole <= k < hole + kept:
            now.slot_of[node] = -1
            now.removed[tally[REMOVED]] = node
            tally[REMOVED] += 1
        else:
            rows.stops[row, to] = node
            if 0 < k <= length:
                now.position[node] = to
            to += 1
    rows.length[row] = length - size
    if not measure(ground, rows, row):
        # A detour may be quicker than the direct leg: then all of the route goes.
        for k in range(1, length - size + 1):
            node = rows.stops[row, k]
            now.slot_of[node] = -1
            now.removed[tally[REMOVED]] = node
            tally[REMOVED] += 1
        rows.length[row] = 0
        rows.stops[row, 1] = depot
        measure(ground, rows, row)
    if rows.length[row] == 0:
        now.vehicles[depot] -= 1
    stamp(rows, row, tally)


@inlined
def _ruin(
    ground: Ground, rows: Rows, now: Solution, tally: IntArray, random: BitArray, average: float
) -> None:
    """Remove about `average` stops in strings around a random stop (paper, eqs. 5-9)."""
    depots, nodes = ground.capacity.size, ground.demand.size
    routes = 0
    for depot in range(depots):
        routes += now.vehicles[depot]
    tally[REMOVED] = tally[MISSING]
    for m in range(tally[MISSING]):
        now.removed[m] = now.missing[m]
    if routes == 0:
        return
    longest = min(_LONGEST_STRING, (nodes - depots - tally[MISSING]) / routes)
    strings = signed(_uniform(random) * (4.0 * average / (1.0 + longest) - 1.0) + 1.0)
    seed = depots + _below(random, nodes - depots)
    for m in range(ground.near.shape[1]):
        if strings == 0:
            break
        stop = signed(ground.near[seed, m])
        slot = now.slot_of[stop]
        if slot >= 0 and now.touched_at[slot] != tally[STEP]:
            _remove_string(ground, rows, now, tally, random, stop, max(1, signed(longest)))
            strings -= 1


@inlined
def _sort_by(ground: Ground, now: Solution, tally: IntArray, order: int) -> None:
    removed, ranks = now.removed, ground.ranks[order]
    for k in range(1, tally[REMOVED]):
        node = removed[k]
        m = k - 1
        while m >= 0 and ranks[removed[m]] > ranks[node]:
            removed[m + 1] = removed[m]
            m -= 1
        removed[m + 1] = node


@inlined
def _sort_removed(ground: Ground, now: Solution, tally: IntArray, random: BitArray) -> None:
    """Bring the stops to be inserted into one of the orders, drawn by weight; the first is random."""
    count, removed = tally[REMOVED], now.removed
    drawn = _below(random, ground.order_weights[-1])
    order = 0
    while ground.order_weights[order] <= drawn:
        order += 1
    if order == 0:
        for k in range(count - 1, 0, -1):
            other = _below(random, k + 1)
            removed[k], removed[other] = removed[other], removed[k]
        return
    _sort_by(ground, now, tally, order - 1)


@inlined
def _recreate(
    ground: Ground, rows: Rows, now: Solution, memory: Memory, tally: IntArray, random: BitArray
) -> int:
    """Insert the removed stops one after the other; returns how many are left out."""
    lost = 0
    for m in range(np.uint64(tally[REMOVED])):
        stop = now.removed[m]
        demand = ground.demand[stop]
        refresh(ground, rows, now, memory, stop, tally[USED_SLOTS])
        added_to, place_in = memory.added[stop], memory.place[stop]
        best, best_slot, best_place = NEVER, -1, 0
        for slot in range(np.uint64(tally[USED_SLOTS])):
            row = now.row_of[slot]
            if rows.room[row] < demand:
                continue
            added, place = added_to[row], signed(place_in[row])
            if added >= best:
                continue
            tally[COUNTDOWN] -= 1
            if tally[COUNTDOWN] <= 0:
                tally[COUNTDOWN] = _until_blink(random)
                added, place = second_place(ground, rows, row, stop, place)
                if added >= best:
                    continue
            best, best_slot, best_place = added, signed(slot), place
        fresh = -1
        for depot in range(ground.capacity.size):
            if ground.alone[depot, stop] < best and now.vehicles[depot] < ground.fleet[depot]:
                fresh, best = depot, ground.alone[depot, stop]
        if fresh >= 0:
            _open_route(ground, rows, now, tally, fresh, stop)
        elif best_slot >= 0:
            insert(ground, rows, now, tally, best_slot, best_place, stop)
        else:
            now.still_missing[lost] = stop
            lost += 1
    return lost


@compiled
def _keep_best(rows: Rows, now: Solution, best: Best, tally: IntArray) -> None:
    tally[BEST_COST] = tally[COST]
    tally[BEST_MISSING] = tally[MISSING]
    for slot in range(tally[USED_SLOTS]):
        row = now.row_of[slot]
        if best.version[slot] != rows.version[row]:
            best.version[slot] = rows.version[row]
            best.length[slot] = rows.length[row]
            best.depot[slot] = rows.depot[row]
            for k in range(1, rows.length[row] + 1):
                best.stops[slot, k] = rows.stops[row, k]


@inlined
def _undo(rows: Rows, now: Solution, tally: IntArray) -> None:
    for m in range(tally[TOUCHED]):
        slot = now.touched[m]
        now.free_rows[tally[FREE_ROWS]] = now.row_of[slot]
        tally[FREE_ROWS] += 1
        row = now.old_row[slot]
        now.row_of[slot] = row
        for k in range(_ONE, np.uint64(rows.length[row] + 1)):
            node = rows.stops[row, k]
            now.slot_of[node] = slot
            now.position[node] = k
    for m in range(tally[MISSING]):
        now.slot_of[now.missing[m]] = -1
    for depot in range(now.vehicles.size):
        now.vehicles[depot] = now.old_vehicles[depot]


@inlined
def _confirm(now: Solution, tally: IntArray, lost: int) -> None:
    for m in range(tally[TOUCHED]):
        now.free_rows[tally[FREE_ROWS]] = now.old_row[now.touched[m]]
        tally[FREE_ROWS] += 1
    tally[MISSING] = lost
    for m in range(lost):
        now.missing[m] = now.still_missing[m]


@inlined
def _collect(ground: Ground, rows: Rows, now: Solution, tally: IntArray, pool: Pool) -> None:
    """Put the routes of this step into the pool; the cheaper of the same stops stays, else the newer."""
    for m in range(tally[TOUCHED]):
        row = now.row_of[now.touched[m]]
        length = rows.length[row]
        if length == 0:
            continue
        key = ground.bits[rows.depot[row]]
        for k in range(_ONE, np.uint64(length + 1)):
            key ^= ground.bits[rows.stops[row, k]]
        at = key & np.uint64(pool.key.size - 1)
        if pool.key[at] == key and pool.cost[at] <= rows.cost[row]:
            continue
        pool.key[at] = key
        pool.cost[at] = rows.cost[row]
        pool.length[at] = length
        pool.depot[at] = rows.depot[row]
        for k in range(np.uint64(length)):
            pool.stops[at, k] = rows.stops[row, k + _ONE]


@inlined
def _accepts(now: Solution, tally: IntArray, lost: int, change: int, allowance: float) -> bool:
    """By cost where as many stops are left out, else by their sums of absences (paper, section 4.4)."""
    if lost == 0 and tally[MISSING] == 0:
        return change < allowance
    absent, current = 0, 0
    for m in range(lost):
        absent += now.absences[now.still_missing[m]]
    for m in range(tally[MISSING]):
        current += now.absences[now.missing[m]]
    for m in range(lost):
        now.absences[now.still_missing[m]] += 1
    if lost == tally[MISSING] and absent == current:
        return change < allowance
    return lost < tally[MISSING] or absent < current


@compiled
def improve(
    ground: Ground, state: State, steps: int, temperature: float, cooling: float, average: float
) -> int:
    """Do some steps.

    Args:
        ground: The problem.
        state: Where the search is; changed.
        steps: How many.
        temperature: Of the first step: a candidate that is dearer by as much is accepted with a chance of 1 / e.
        cooling: Factor from step to step.
        average: Stops to remove in a step, on average.

    Returns:
        How many were accepted.
    """
    rows, now, tally, random = state.rows, state.now, state.tally, state.random
    accepted = 0
    for _ in range(steps):
        tally[STEP] += 1
        tally[TOUCHED] = 0
        for depot in range(now.vehicles.size):
            now.old_vehicles[depot] = now.vehicles[depot]
        _ruin(ground, rows, now, tally, random, average)
        _sort_removed(ground, now, tally, random)
        lost = _recreate(ground, rows, now, state.memory, tally, random)
        change = 0
        for m in range(tally[TOUCHED]):
            slot = now.touched[m]
            change += rows.cost[now.row_of[slot]] - rows.cost[now.old_row[slot]]
        allowance = -temperature * math.log(_uniform(random))
        temperature *= cooling
        if not _accepts(now, tally, lost, change, allowance):
            _undo(rows, now, tally)
            continue
        accepted += 1
        _confirm(now, tally, lost)
        tally[COST] += change
        if ground.capacity.size > 1 and ground.timing < WINDOWS:
            change_depots(ground, rows, now, tally)
        if lost < tally[BEST_MISSING] or (lost == tally[BEST_MISSING] and tally[COST] < tally[BEST_COST]):
            _keep_best(rows, now, state.best, tally)
        _collect(ground, rows, now, tally, state.pool)
    return accepted


__all__ = ["improve"]
