"""Compiled steps that time a tour: one leg, one item, the end, and everything kept for each gap.

Two labels run along a tour whose vehicle needs a break: without it and with it taken, each the earliest possible
(roads are first in, first out, so earlier is never worse). Departure is put off afterwards by the waiting on the way,
or by the smallest slack of a window (forward time slack, Savelsbergh 1992, The Vehicle Routing Problem with Time
Windows: Minimizing Route Duration, eq. 2); where speeds vary or visits have several windows, further by halving.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optimize.compilation import compiled, compiled_in_place, compiled_inside
from optimize.routing.tours.arrays import (
    BALANCE,
    BREAK,
    BREAK_EARLIEST,
    BREAK_LATEST,
    BREAK_MODE,
    DEPART,
    DEPARTS_LATER,
    DRIVEN,
    DUE,
    END,
    ENDS,
    FIXED,
    FREE,
    KIND,
    LATE,
    LATENESS,
    LONGEST,
    LONGEST_DRIVING,
    NEVER,
    OVERTIME,
    PER_HOUR,
    PER_KM,
    PINNED,
    READY,
    READY_B,
    REGULAR_END,
    RELOAD_SECONDS,
    RELOADING,
    SHIFT_END,
    SHIFT_START,
    SLACK,
    START,
    WAITED,
    WAITING,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.problem import LATEST_SECOND, FloatArray, IntArray

ON_THE_WAY: Any = np.int64(0)
BEFORE_LEG: Any = np.int64(1)
ON_ARRIVAL: Any = np.int64(2)
"""Where the break is taken with respect to an item: not at all, before its leg, between arrival and service."""


@compiled_in_place
def node_of(facts: Facts, vehicle: int, item: int) -> int:
    """Node at which an item takes place."""
    visits = len(facts.penalty)
    if item < visits:
        return item
    return int(facts.vehicle[vehicle, RELOADING if item == visits else END])


@compiled
def arrive(factors: FloatArray, clock: int, seconds: int) -> int:
    """Second of arrival when leaving at `clock` for a way of so many seconds at factor 1."""
    if len(factors) == 0 or seconds == 0 or clock > LATEST_SECOND:
        return clock + seconds
    left, hour, at = float(seconds), clock // 3600, float(clock)
    while True:
        slower = factors[hour % 24]
        until_next = (hour + 1) * 3600 - at
        if left * slower <= until_next:
            arrival: int = math.ceil(at + left * slower - 1e-6)
            return arrival
        left -= until_next / slower
        hour += 1
        at = hour * 3600.0


@compiled_inside
def drive(facts: Facts, clock: int, here: int, there: int) -> int:
    """Second of arrival when leaving `here` at `clock`."""
    return arrive(facts.factors, clock, facts.roads[0, here, there])


@compiled_inside
def lateness(facts: Facts, visit: int, start: int) -> float:
    """Money for starting then."""
    row, late = facts.visit[visit, LATENESS], start - facts.visit[visit, DUE]
    if row < 0 or late <= 0:
        return 0.0
    piece = 0
    while piece < facts.curves.shape[2] - 2 and late > facts.curves[0, row, piece + 1]:
        piece += 1
    run = facts.curves[0, row, piece + 1] - facts.curves[0, row, piece]
    slope = (facts.curves[1, row, piece + 1] - facts.curves[1, row, piece]) / run
    return float(facts.curves[1, row, piece] + slope * (late - facts.curves[0, row, piece]))


@compiled_inside
def earliest_start(facts: Facts, state: IntArray, item: int, clock: int) -> tuple[int, int]:
    """Earliest start from `clock` on, and until when it might be put off; `NEVER` when it is too late."""
    if item >= len(facts.penalty):
        return clock, NEVER
    if state[item, PINNED] != FREE:
        return (state[item, PINNED], state[item, PINNED]) if clock <= state[item, PINNED] else (NEVER, NEVER)
    for window in range(facts.windows.shape[1]):
        if clock <= facts.windows[item, window, 1]:
            start, latest = max(clock, facts.windows[item, window, 0]), facts.windows[item, window, 1]
            if facts.visit[item, LATENESS] >= 0:
                latest = min(latest, max(start, facts.visit[item, DUE]))
            return start, latest
    return NEVER, NEVER


@compiled_inside
def move(
    facts: Facts, state: IntArray, vehicle: int, clock: int, waited: int, slack: int, driven: int, here: int,
    item: int, mode: int,
) -> tuple[int, int, int, int, int, int, int, int]:  # fmt: skip
    """Go on from a place that one is ready to leave to an item, and through it.

    Returns:
        Ready, waited, slack, driven as in `Routes.forward` (ready is `NEVER` if it cannot be); arrival; start; begin
        of a break before the leg and on arrival, `NEVER` without.
    """
    length, limit = facts.vehicle[vehicle, BREAK], facts.vehicle[vehicle, LONGEST_DRIVING]
    before, on_arrival = NEVER, NEVER
    failed = (NEVER, 0, 0, 0, NEVER, NEVER, NEVER, NEVER)
    there = node_of(facts, vehicle, item)
    if mode == BEFORE_LEG:
        before = max(clock, facts.vehicle[vehicle, BREAK_EARLIEST])
        if before > facts.vehicle[vehicle, BREAK_LATEST]:
            return failed
        slack = min(slack, waited + facts.vehicle[vehicle, BREAK_LATEST] - clock)
        waited += before - clock
        clock, driven = before + length, 0
    arrival = drive(facts, clock, here, there)
    if limit > 0:
        if driven + arrival - clock > limit and mode != BEFORE_LEG:
            before = clock
            clock, driven = clock + length, 0
            arrival = drive(facts, clock, here, there)
        driven += arrival - clock
        if driven > limit:
            return failed
    ready = arrival
    if mode == ON_ARRIVAL:
        on_arrival = max(arrival, facts.vehicle[vehicle, BREAK_EARLIEST])
        if on_arrival > facts.vehicle[vehicle, BREAK_LATEST]:
            return failed
        slack = min(slack, waited + facts.vehicle[vehicle, BREAK_LATEST] - arrival)
        waited += on_arrival - arrival
        ready, driven = on_arrival + length, 0
    start, latest = earliest_start(facts, state, item, ready)
    if start == NEVER:
        return failed
    if limit > 0 and mode != ON_ARRIVAL and start - arrival >= length:
        # Waiting is long enough for a rest that costs nothing; departure must leave it so.
        on_arrival, driven = arrival, 0
        ready = arrival + length
        slack = min(slack, waited + start - ready)
    slack = min(slack, waited + latest - ready)
    waited += start - ready
    stay = 0
    if item < len(facts.penalty):
        stay = facts.service[facts.vehicle[vehicle, KIND], item]
    elif item == len(facts.penalty):
        stay = facts.vehicle[vehicle, RELOAD_SECONDS]
    return start + stay, waited, slack, driven, arrival, start, before, on_arrival


@compiled_in_place
def has_break(facts: Facts, vehicle: int) -> bool:
    """Whether a break within a window may be due."""
    return bool(facts.vehicle[vehicle, BREAK] > 0 and facts.vehicle[vehicle, BREAK_LATEST] < LATEST_SECOND)


@compiled_inside
def begin(routes: Routes, depart: int) -> None:
    """Set the labels to a departure."""
    label = routes.scratch
    label[READY], label[WAITED], label[SLACK], label[DRIVEN] = depart, 0, NEVER, 0
    label[READY_B] = NEVER
    routes.value[LATE] = 0.0
    routes.value[LATE + 1] = 0.0


@compiled_inside
def extend(facts: Facts, routes: Routes, vehicle: int, here: int, item: int) -> int:
    """Carry both labels on through an item.

    Returns:
        Where the label with the break took it, as of `ON_THE_WAY` (earlier), `BEFORE_LEG`, `ON_ARRIVAL`.
    """
    label, state = routes.scratch, routes.state
    ready, waited, slack, driven = label[READY], label[WAITED], label[SLACK], label[DRIVEN]
    chosen = ON_THE_WAY
    if has_break(facts, vehicle):
        best, cost = NEVER, 0.0
        best_waited, best_slack, best_driven = 0, 0, 0
        for mode in range(3):
            first = 4 if mode == ON_THE_WAY else 0
            if label[first] == NEVER:
                continue
            reached = move(
                facts, state, vehicle, label[first], label[first + 1], label[first + 2], label[first + 3], here, item,
                mode,
            )  # fmt: skip
            if reached[0] < best:
                best, best_waited, best_slack, best_driven = reached[0], reached[1], reached[2], reached[3]
                cost = routes.value[LATE + 1] if mode == ON_THE_WAY else routes.value[LATE]
                if item < len(facts.penalty):
                    cost += lateness(facts, item, reached[5])
                chosen = mode
        label[4], label[5], label[6], label[7] = best, best_waited, best_slack, best_driven
        routes.value[LATE + 1] = cost
    if ready < NEVER:
        reached = move(facts, state, vehicle, ready, waited, slack, driven, here, item, ON_THE_WAY)
        label[READY], label[WAITED], label[SLACK], label[DRIVEN] = (
            reached[0],
            reached[1],
            reached[2],
            reached[3],
        )
        if item < len(facts.penalty) and reached[0] < NEVER:
            routes.value[LATE] += lateness(facts, item, reached[5])
    return int(chosen)


@compiled_in_place
def money(facts: Facts, vehicle: int, metres: int, extra: float, late: float, depart: int, end: int) -> float:
    """Money of a tour; infinite when it breaks the shift or is too long."""
    if end > facts.vehicle[vehicle, SHIFT_END]:
        return math.inf
    if facts.is_rich < DEPARTS_LATER and end - depart > facts.vehicle[vehicle, LONGEST]:
        return math.inf  # else it is looked at when the departure is settled
    hours = (end - depart) / 3600.0
    over = max(0, end - facts.vehicle[vehicle, REGULAR_END]) / 3600.0
    cost = facts.rate[vehicle, FIXED] + facts.rate[vehicle, PER_KM] * (metres / 1000.0)
    cost += facts.rate[vehicle, PER_HOUR] * hours + facts.rate[vehicle, OVERTIME] * over
    return float(cost + facts.rate[vehicle, BALANCE] * hours * hours + late + extra)


@compiled_inside
def finish(
    facts: Facts, routes: Routes, vehicle: int, here: int, metres: int, extra: float, depart: int
) -> float:
    """Money of the tour whose labels are at hand, its departure put off as far as slack allows; see `Routes`."""
    label, end_item = routes.scratch, len(facts.penalty) + 1
    due, breaks = facts.vehicle[vehicle, BREAK_LATEST], has_break(facts, vehicle)
    best = math.inf
    for mode in range(3 if breaks else 1):
        # Without the break; with the break before the last leg; with the break taken earlier.
        first, leg = (4, 0) if mode == 2 else (0, mode)
        if label[first] == NEVER:
            continue
        end, waited, slack, _, _, _, _, _ = move(
            facts, routes.state, vehicle, label[first], label[first + 1], label[first + 2], label[first + 3], here,
            end_item, leg,
        )  # fmt: skip
        if end == NEVER:
            continue
        leaves = depart
        if len(facts.factors) == 0:
            leaves += min(waited, slack)
        late = routes.value[LATE + (mode == 2)]
        cost = money(facts, vehicle, metres, extra, late, leaves, end)
        is_owed = breaks and mode == 0 and leaves <= due < end
        if cost < best and not is_owed:
            best = cost
            routes.scratch[DEPART], routes.scratch[ENDS], routes.scratch[BREAK_MODE] = leaves, end, mode
            routes.scratch[WAITING] = waited
    return best


@compiled_inside
def time_items(
    facts: Facts, routes: Routes, vehicle: int, items: IntArray, length: int, metres: int, extra: float,
    depart: int,
) -> float:  # fmt: skip
    """Money of a tour that leaves at `depart` or, on constant roads, as much later as costs nothing."""
    begin(routes, depart)
    here = facts.vehicle[vehicle, START]
    for position in range(length):
        extend(facts, routes, vehicle, here, items[position])
        if routes.scratch[READY] == NEVER and routes.scratch[READY_B] == NEVER:
            return math.inf
        here = node_of(facts, vehicle, items[position])
    return finish(facts, routes, vehicle, here, metres, extra, depart)


@compiled_inside
def time_tour(
    facts: Facts, routes: Routes, vehicle: int, items: IntArray, length: int, metres: int, extra: float
) -> float:
    """Money of a tour that ends as early as it can and departs as late as that costs nothing.

    `Routes.outcome` then holds departure, end, and how the break is taken as in `finish`. Infinite: it cannot be.
    """
    earliest = facts.vehicle[vehicle, SHIFT_START]
    cost = time_items(facts, routes, vehicle, items, length, metres, extra, earliest)
    if facts.is_rich == DEPARTS_LATER and cost < math.inf:
        end, sooner, later = (
            routes.scratch[ENDS],
            routes.scratch[DEPART] - earliest,
            routes.scratch[WAITING] + 1,
        )
        while later - sooner > 1:
            middle = (sooner + later) // 2
            put_off = time_items(facts, routes, vehicle, items, length, metres, extra, earliest + middle)
            if put_off <= cost and routes.scratch[ENDS] == end:
                sooner, cost = middle, put_off
            else:
                later = middle
        cost = time_items(facts, routes, vehicle, items, length, metres, extra, earliest + sooner)
        if routes.scratch[ENDS] - routes.scratch[DEPART] > facts.vehicle[vehicle, LONGEST]:
            return math.inf
    return cost
