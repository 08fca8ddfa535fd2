"""Compiled steps on one route: timing it, finding the cheapest place for a stop, putting a stop there.

Counters of hot loops are unsigned: for a signed index Numba first asks whether it counts from the end.
"""

from __future__ import annotations

import numpy as np

from optimize.arguments import IntArray
from optimize.compilation import compiled, inlined
from optimize.routing.plain.arrays import (
    DURATION,
    FREE_ROWS,
    LENGTH,
    NEVER,
    STEP,
    TOUCHED,
    VERSION,
    WINDOWS,
    Ground,
    Memory,
    Rows,
    Solution,
    signed,
)  # fmt: skip

_ZERO, _ONE = np.uint64(0), np.uint64(1)


@compiled
def joined(
    duration: int, earliest: int, latest: int, travel: int, next_duration: int, opens: int, closes: int
) -> tuple[int, int, int]:
    """Join two parts of a route that are each on time: duration, earliest and latest start of the whole.

    Vidal, Crainic, Gendreau & Prins (2013), "A hybrid genetic algorithm with adaptive diversity management for a large
    class of vehicle routing problems with time-windows", Computers & OR 40, eqs. 3-6, without their time warp: both
    together have to be on time as well.
    """
    gone = duration + travel
    wait = max(opens - gone - latest, 0)
    return (
        gone + wait + next_duration,
        max(opens - gone, earliest) - wait,
        min(closes - gone, latest),
    )


@inlined
def cheapest_place(ground: Ground, rows: Rows, row: int, stop: int, skipped: int) -> tuple[int, int]:
    """Cheapest way to insert a stop into a route with enough room.

    Returns:
        Added cost, NEVER if there is no place, and the position after which; never the position `skipped`.
    """
    stops, leg = rows.stops[row], rows.leg[row]
    to, onward = ground.cost_to[stop], ground.cost[stop]
    end = np.uint64(rows.length[row] + 1)
    best, place = NEVER, -1
    i = stops[_ZERO]
    before = signed(to[i])
    if ground.timing == 0:
        for k in range(_ZERO, end):
            j = stops[k + _ONE]
            added = before + onward[j] - leg[k]
            before = signed(to[j])
            if added < best and signed(k) != skipped:
                best = added
                place = signed(k)
    elif ground.timing == LENGTH:
        travel_to, travel = ground.travel_to[stop], ground.travel[stop]
        spare = ground.longest_route - rows.busy[row] - ground.service[stop]
        for k in range(_ZERO, end):
            j = stops[k + _ONE]
            added = before + onward[j] - leg[k]
            before = signed(to[j])
            if (
                added < best
                and signed(k) != skipped
                and signed(travel_to[i]) + travel[j] - ground.travel[i, j] <= spare
            ):
                best = added
                place = signed(k)
            i = j
    else:
        ready, latest = rows.ready[row], rows.latest[row]
        travel_to, travel = ground.travel_to[stop], ground.travel[stop]
        opens, closes, service = ground.opens[stop], ground.closes[stop], ground.service[stop]
        # Starts and departures never fall along a route: what comes too early or too late lies at its ends.
        first = _ZERO
        while first < end and latest[first + _ONE] < opens + service:
            first += _ONE
        i = stops[first]
        for k in range(first, end):
            left = ready[k]
            if left > closes:
                break
            j = stops[k + _ONE]
            added = signed(to[i]) + onward[j] - leg[k]
            if added < best and signed(k) != skipped:
                start = max(opens, left + travel_to[i])
                if (
                    start <= closes
                    and start + service + travel[j] <= latest[k + _ONE]
                    and (ground.timing == WINDOWS or _short_enough(ground, rows, row, stop, k))
                ):
                    best = added
                    place = signed(k)
            i = j
    return best, place


@compiled
def _short_enough(ground: Ground, rows: Rows, row: int, stop: int, k: int) -> bool:
    """Whether a route with the stop after position k can be driven within the longest time."""
    head, tail = rows.head[row, k], rows.tail[row, k + _ONE]
    i, j = rows.stops[row, k], rows.stops[row, k + _ONE]
    duration, earliest, latest = joined(
        head[0], head[1], head[2], ground.travel[i, stop],
        ground.service[stop], ground.opens[stop], ground.closes[stop],
    )  # fmt: skip
    whole = joined(duration, earliest, latest, ground.travel[stop, j], tail[0], tail[1], tail[2])
    return bool(whole[0] <= ground.longest_route)


@inlined
def time_forward(ground: Ground, rows: Rows, row: int, first: int, changed: int) -> None:
    """Earliest departures from position `first` on, until one beyond `changed` is what it was."""
    stops, ready = rows.stops[row], rows.ready[row]
    node = stops[np.uint64(first - 1)]
    left = ready[np.uint64(first - 1)]
    for k in range(np.uint64(first), np.uint64(rows.length[row] + 2)):
        following = stops[k]
        left = max(ground.opens[following], left + ground.travel[node, following]) + ground.service[following]
        if signed(k) > changed and left == ready[k]:
            break
        ready[k] = left
        node = following


@inlined
def time_backward(ground: Ground, rows: Rows, row: int, last: int, changed: int) -> None:
    """Latest starts from position `last` back, until one before `changed` is what it was."""
    stops, latest = rows.stops[row], rows.latest[row]
    following = stops[np.uint64(last + 1)]
    until = latest[np.uint64(last + 1)]
    for back in range(last + 1):
        k = np.uint64(last - back)
        node = stops[k]
        until = min(ground.closes[node], until - ground.travel[node, following] - ground.service[node])
        if last - back < changed and until == latest[k]:
            break
        latest[k] = until
        following = node


@compiled
def refresh(ground: Ground, rows: Rows, now: Solution, memory: Memory, stop: int, used: int) -> None:
    """Look for the cheapest place of a stop in every route with room that has changed since the last look."""
    demand = ground.demand[stop]
    known, added_to, place_in = memory.version[stop], memory.added[stop], memory.place[stop]
    for slot in range(np.uint64(used)):
        row = now.row_of[slot]
        if rows.room[row] >= demand and known[row] != rows.version[row]:
            added, place = cheapest_place(ground, rows, row, stop, -1)
            known[row] = rows.version[row]
            added_to[row] = added
            place_in[row] = place


@compiled
def second_place(ground: Ground, rows: Rows, row: int, stop: int, skipped: int) -> tuple[int, int]:
    return cheapest_place(ground, rows, row, stop, skipped)


@compiled
def time_durations(ground: Ground, rows: Rows, row: int) -> None:
    """Duration, earliest and latest start of each head and tail of a route."""
    stops, head, tail, end = rows.stops[row], rows.head[row], rows.tail[row], rows.length[row] + 1
    for ends, at in ((head, 0), (tail, end)):
        ends[at, 0] = 0
        ends[at, 1] = ground.opens[stops[at]]
        ends[at, 2] = ground.closes[stops[at]]
    for k in range(1, end + 1):
        node = stops[k]
        head[k, 0], head[k, 1], head[k, 2] = joined(
            head[k - 1, 0], head[k - 1, 1], head[k - 1, 2], ground.travel[stops[k - 1], node],
            ground.service[node], ground.opens[node], ground.closes[node],
        )  # fmt: skip
    for k in range(end - 1, -1, -1):
        node = stops[k]
        tail[k, 0], tail[k, 1], tail[k, 2] = joined(
            ground.service[node], ground.opens[node], ground.closes[node], ground.travel[node, stops[k + 1]],
            tail[k + 1, 0], tail[k + 1, 1], tail[k + 1, 2],
        )  # fmt: skip


@compiled
def measure(ground: Ground, rows: Rows, row: int) -> bool:
    """Work out all about a route from its stops and depot; whether it keeps its times."""
    stops, leg, length, depot = rows.stops[row], rows.leg[row], rows.length[row], rows.depot[row]
    cost, busy, load = 0, 0, 0
    for k in range(np.uint64(length + 1)):
        i, j = stops[k], stops[k + _ONE]
        leg[k] = ground.cost[i, j]
        cost += signed(leg[k])
        busy += ground.travel[i, j] + ground.service[i]
        load += ground.demand[i]
    rows.cost[row] = cost
    rows.busy[row] = busy
    rows.room[row] = ground.capacity[depot] - load if length > 0 else -1
    if ground.timing < WINDOWS:
        return ground.timing == 0 or busy <= ground.longest_route
    rows.ready[row, 0] = ground.opens[depot]
    rows.latest[row, length + 1] = ground.closes[depot]
    time_forward(ground, rows, row, 1, length + 2)
    time_backward(ground, rows, row, length, -1)
    for k in range(_ONE, np.uint64(length + 2)):
        node = stops[k]
        if rows.ready[row, k] - ground.service[node] > ground.closes[node]:
            return False
    if ground.timing == WINDOWS + LENGTH:
        time_durations(ground, rows, row)
        return bool(rows.tail[row, 0, DURATION] <= ground.longest_route)
    return True


@inlined
def stamp(rows: Rows, row: int, tally: IntArray) -> None:
    """Say that the content of a row is new."""
    tally[VERSION] += 1
    rows.version[row] = tally[VERSION]


@inlined
def touch(now: Solution, tally: IntArray, slot: int) -> int:
    """Give a slot another row for this step, and keep its old one; returns the new one."""
    now.touched_at[slot] = tally[STEP]
    now.old_row[slot] = now.row_of[slot]
    now.touched[tally[TOUCHED]] = slot
    tally[TOUCHED] += 1
    tally[FREE_ROWS] -= 1
    row: int = signed(now.free_rows[tally[FREE_ROWS]])
    now.row_of[slot] = row
    return row


@inlined
def copy(ground: Ground, rows: Rows, old: int, row: int) -> None:
    """Copy a route to another row."""
    length = rows.length[old]
    rows.length[row] = length
    rows.room[row] = rows.room[old]
    rows.cost[row] = rows.cost[old]
    rows.busy[row] = rows.busy[old]
    rows.depot[row] = rows.depot[old]
    end = np.uint64(length + 2)
    for k in range(_ZERO, end):
        rows.stops[row, k] = rows.stops[old, k]
        rows.leg[row, k] = rows.leg[old, k]
    if ground.timing >= WINDOWS:
        for k in range(_ZERO, end):
            rows.ready[row, k] = rows.ready[old, k]
            rows.latest[row, k] = rows.latest[old, k]


@inlined
def insert(
    ground: Ground, rows: Rows, now: Solution, tally: IntArray, slot: int, place: int, stop: int
) -> None:
    """Put a stop into a route after a position."""
    row = now.row_of[slot]
    if now.touched_at[slot] != tally[STEP]:
        old = row
        row = touch(now, tally, slot)
        copy(ground, rows, old, row)
    stops, leg, length = rows.stops[row], rows.leg[row], rows.length[row]
    windows = ground.timing >= WINDOWS
    stops[np.uint64(length + 2)] = stops[np.uint64(length + 1)]
    if windows:
        rows.latest[row, np.uint64(length + 2)] = rows.latest[row, np.uint64(length + 1)]
        rows.ready[row, np.uint64(length + 2)] = rows.ready[row, np.uint64(length + 1)]
    for back in range(length - place):
        k = np.uint64(length - back)
        node = stops[k]
        stops[k + _ONE] = node
        leg[k + _ONE] = leg[k]
        now.position[node] = k + _ONE
        if windows:
            rows.ready[row, k + _ONE] = rows.ready[row, k]
            rows.latest[row, k + _ONE] = rows.latest[row, k]
    at = np.uint64(place)
    i, j = stops[at], stops[at + _ONE + _ONE]
    stops[at + _ONE] = stop
    now.slot_of[stop] = slot
    now.position[stop] = place + 1
    rows.cost[row] -= leg[at]
    leg[at] = ground.cost[i, stop]
    leg[at + _ONE] = ground.cost[stop, j]
    rows.cost[row] += signed(leg[at]) + leg[at + _ONE]
    rows.busy[row] += (
        signed(ground.travel[i, stop]) + ground.travel[stop, j] - ground.travel[i, j] + ground.service[stop]
    )
    rows.room[row] -= ground.demand[stop]
    rows.length[row] = length + 1
    if windows:
        time_forward(ground, rows, row, place + 1, place + 1)
        time_backward(ground, rows, row, place + 1, place + 1)
        if ground.timing == WINDOWS + LENGTH:
            time_durations(ground, rows, row)
    stamp(rows, row, tally)


__all__ = ["cheapest_place", "insert", "joined", "measure", "stamp", "touch"]
