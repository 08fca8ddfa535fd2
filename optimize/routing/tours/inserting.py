"""Compiled steps that find the cheapest place for a visit, and put it there."""

from __future__ import annotations

import math

import numpy as np

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import (
    ABSENT,
    ABSENT_COUNT,
    AFTER_END,
    AFTER_LATEST,
    AFTER_TIME,
    COST,
    END,
    EXTRA,
    FIRST_RELOAD,
    FIXED,
    FREE,
    IS_TOUCHED,
    KEPT_LENGTH,
    KIND,
    LATE,
    LENGTH,
    METRES,
    MOST_RELOADS,
    NEVER,
    NODE,
    NONE,
    PER_KM,
    PINNED,
    READY,
    READY_B,
    RELOAD_SECONDS,
    RELOADS,
    SHIFT_START,
    SIBLING,
    SLACK,
    TOUCHED,
    TOUCHED_COUNT,
    VEHICLE_OF,
    WAITED,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.keeping import refresh
from optimize.routing.tours.problem import BoolArray
from optimize.routing.tours.timing import extend, finish, money, node_of, time_tour

_SHORT = 12
"""Tours up to so many items are tried with a reload anywhere before a visit, longer ones with one beside it."""
_BLINK = 100
"""One place in so many is overlooked."""


@compiled_inside
def random_below(routes: Routes, most: int) -> int:
    """The next random number from 0 to most - 1.

    xorshift64*; Vigna 2016, An experimental exploration of Marsaglia's xorshift generators, scrambled.
    """
    state = routes.bits[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    routes.bits[0] = state
    high = (state * np.uint64(2685821657736338717)) >> np.uint64(33)
    return int((np.int64(high) * most) >> 31)


@compiled_inside
def fits(facts: Facts, routes: Routes, vehicle: int, gap: int, visit: int) -> bool:
    """Whether goods, parts and tools allow a visit in a gap, all else as it is."""
    for dimension in range(facts.goods.shape[2]):
        most = facts.capacity[vehicle, dimension]
        if (
            routes.peaks[vehicle, gap, 0, dimension] + facts.goods[0, visit, dimension] > most
            or routes.peaks[vehicle, gap, 1, dimension] + facts.goods[1, visit, dimension] > most
        ):
            return False
    if gap <= routes.tour[vehicle, FIRST_RELOAD]:
        for part in range(facts.parts.shape[1]):
            before = 0 if facts.is_tool[part] else routes.used[vehicle, part]
            if (
                facts.parts[visit, part] > 0
                and before + facts.parts[visit, part] > facts.on_board[vehicle, part]
            ):
                return False
    return True


@compiled_inside
def lay_out(routes: Routes, vehicle: int, first_gap: int, first: int, gap: int, item: int) -> int:
    """Write the items with one or two more into `Routes.trial`; `first` is -1 if there is only one.

    Returns:
        How many they are.
    """
    length = 0
    for position in range(routes.tour[vehicle, LENGTH] + 1):
        if position == first_gap and first >= 0:
            routes.trial[length] = first
            length += 1
        if position == gap and item >= 0:
            routes.trial[length] = item
            length += 1
        if position < routes.tour[vehicle, LENGTH]:
            routes.trial[length] = routes.stops[vehicle, position]
            length += 1
    return length


@compiled_inside
def trial_fits(facts: Facts, routes: Routes, vehicle: int, length: int) -> bool:
    """Whether goods, parts and tools allow the items of `Routes.trial`."""
    visits, trip = len(facts.penalty), 0
    while trip <= length:
        last = trip
        while last < length and routes.trial[last] < visits:
            last += 1
        for dimension in range(facts.goods.shape[2]):
            aboard = 0
            for position in range(trip, last):
                aboard += facts.goods[0, routes.trial[position], dimension]
            peak = aboard
            for position in range(trip, last):
                visit = routes.trial[position]
                aboard += facts.goods[1, visit, dimension] - facts.goods[0, visit, dimension]
                peak = max(peak, aboard)
            if peak > facts.capacity[vehicle, dimension]:
                return False
        if trip == 0:
            for part in range(facts.parts.shape[1]):
                needed = 0
                for position in range(last):
                    units = facts.parts[routes.trial[position], part]
                    needed = max(needed, units) if facts.is_tool[part] else needed + units
                if needed > facts.on_board[vehicle, part]:
                    return False
        trip = last + 1
    return True


@compiled_inside
def detour(facts: Facts, routes: Routes, vehicle: int, gap: int, item: int) -> int:
    """Metres more with an item in a gap."""
    here, node = routes.forward[vehicle, gap, NODE], node_of(facts, vehicle, item)
    there = facts.vehicle[vehicle, END]
    if gap < routes.tour[vehicle, LENGTH]:
        there = node_of(facts, vehicle, routes.stops[vehicle, gap])
    return int(facts.roads[1, here, node] + facts.roads[1, node, there] - facts.roads[1, here, there])


@compiled_inside
def detour_of_two(
    facts: Facts, routes: Routes, vehicle: int, first_gap: int, first: int, gap: int, item: int
) -> int:
    """Metres more with two items, in the same gap or each in its own."""
    if first_gap < gap:
        return detour(facts, routes, vehicle, first_gap, first) + detour(facts, routes, vehicle, gap, item)
    here, one, two = (
        routes.forward[vehicle, gap, NODE],
        node_of(facts, vehicle, first),
        node_of(facts, vehicle, item),
    )
    there = facts.vehicle[vehicle, END]
    if gap < routes.tour[vehicle, LENGTH]:
        there = node_of(facts, vehicle, routes.stops[vehicle, gap])
    way = facts.roads[1, here, one] + facts.roads[1, one, two] + facts.roads[1, two, there]
    return int(way - facts.roads[1, here, there])


@compiled_inside
def cost_by_sums(
    facts: Facts, routes: Routes, vehicle: int, gap: int, first: int, item: int, metres: int, extra: float
) -> float:
    """Money of a tour with one or two more items in a gap, where each visit has one hard window and nobody a break."""
    clock = routes.forward[vehicle, gap, READY]
    waited, slack = routes.forward[vehicle, gap, WAITED], routes.forward[vehicle, gap, SLACK]
    here, visits, row = routes.forward[vehicle, gap, NODE], len(facts.penalty), facts.vehicle[vehicle, KIND]
    for number in range(2):
        added = first if number == 0 else item
        if added < 0:
            continue
        node = node_of(facts, vehicle, added)
        clock += facts.roads[0, here, node]
        here = node
        if added == visits:
            clock += facts.vehicle[vehicle, RELOAD_SECONDS]
            continue
        opens, closes = facts.windows[added, 0, 0], facts.windows[added, 0, 1]
        if routes.state[added, PINNED] != FREE:
            opens, closes = routes.state[added, PINNED], routes.state[added, PINNED]
        if clock > closes:
            return math.inf
        slack = min(slack, waited + closes - clock)
        if clock < opens:
            waited += opens - clock
            clock = opens
        clock += facts.service[row, added]
    there = facts.vehicle[vehicle, END]
    if gap < routes.tour[vehicle, LENGTH]:
        there = node_of(facts, vehicle, routes.stops[vehicle, gap])
    clock += facts.roads[0, here, there]
    latest = routes.backward[vehicle, gap, AFTER_LATEST]
    if clock > latest:
        return math.inf
    after = routes.backward[vehicle, gap, AFTER_TIME]
    end = max(clock + after, routes.backward[vehicle, gap, AFTER_END])
    slack = min(slack, waited + latest - clock)
    waited += end - clock - after
    depart = facts.vehicle[vehicle, SHIFT_START] + min(waited, slack)
    return money(facts, vehicle, metres, extra, 0.0, depart, end)


@compiled_inside
def cost_by_walk(
    facts: Facts, routes: Routes, vehicle: int, first_gap: int, first: int, gap: int, item: int, metres: int,
    extra: float,
) -> float:  # fmt: skip
    """Money of a tour with two more items, timed from the first of them on."""
    if len(facts.factors) > 0:
        length = lay_out(routes, vehicle, first_gap, first, gap, item)
        return time_tour(facts, routes, vehicle, routes.trial, length, metres, extra)
    for column in range(8):
        routes.scratch[column] = routes.forward[vehicle, first_gap, column]
    routes.value[LATE] = routes.late[vehicle, first_gap, 0]
    routes.value[LATE + 1] = routes.late[vehicle, first_gap, 1]
    here, length = routes.forward[vehicle, first_gap, NODE], routes.tour[vehicle, LENGTH]
    for position in range(first_gap, length + 1):
        for number in range(3):
            added = -1
            if number == 0 and position == first_gap:
                added = first
            elif number == 1 and position == gap:
                added = item
            elif number == 2 and position < length:
                added = routes.stops[vehicle, position]
            if added < 0:
                continue
            extend(facts, routes, vehicle, here, added)
            if routes.scratch[READY] == NEVER and routes.scratch[READY_B] == NEVER:
                return math.inf
            here = node_of(facts, vehicle, added)
    return finish(facts, routes, vehicle, here, metres, extra, facts.vehicle[vehicle, SHIFT_START])


@compiled_inside
def cost_with(
    facts: Facts, routes: Routes, vehicle: int, first_gap: int, first: int, gap: int, item: int, metres: int,
    extra: float,
) -> float:  # fmt: skip
    """Money of a tour with one more item (`first` is -1) or two; infinite when it cannot be."""
    if facts.is_rich == 0 and (first < 0 or first_gap == gap):
        return cost_by_sums(facts, routes, vehicle, gap, first, item, metres, extra)
    if len(facts.factors) == 0 and first < 0:
        here = routes.forward[vehicle, gap, NODE]
        there = facts.vehicle[vehicle, END]
        if gap < routes.tour[vehicle, LENGTH]:
            there = node_of(facts, vehicle, routes.stops[vehicle, gap])
        ready = routes.forward[vehicle, gap, READY] + facts.roads[0, here, item]
        ready = max(ready, facts.windows[item, 0, 0]) + facts.service[facts.vehicle[vehicle, KIND], item]
        if ready + facts.roads[0, item, there] > routes.backward[vehicle, gap, AFTER_LATEST]:
            return math.inf
    return cost_by_walk(
        facts, routes, vehicle, first_gap if first >= 0 else gap, first, gap, item, metres, extra
    )


@compiled_inside
def best_place(
    facts: Facts, routes: Routes, visit: int, may_overlook: bool, is_open: BoolArray
) -> tuple[float, int, int, int, int, int]:
    """The cheapest place for a visit among the vehicles that are open to it.

    Returns:
        Money more; vehicle, -1 if there is none cheaper than leaving it out; then first gap, first item, gap, item as
        `insert` wants them: the visit alone, or with a reload before or after it.
    """
    best, reload_item = facts.penalty[visit], len(facts.penalty)
    found = (best, NONE, NONE, NONE, NONE, NONE)
    for vehicle in range(len(routes.tour)):
        row, length = facts.vehicle[vehicle, KIND], routes.tour[vehicle, LENGTH]
        sibling = facts.vehicle[vehicle, SIBLING]
        if not is_open[vehicle] or facts.service[row, visit] < 0 or length + 2 > routes.stops.shape[1]:
            continue
        if length == 0 and sibling >= 0 and routes.tour[sibling, LENGTH] == 0 and is_open[sibling]:
            continue
        base, metres = routes.money[vehicle, COST], routes.tour[vehicle, METRES]
        extra, per_metre = (
            routes.money[vehicle, EXTRA] + facts.extra[row, visit],
            facts.rate[vehicle, PER_KM] / 1000.0,
        )
        least = facts.extra[row, visit] + (facts.rate[vehicle, FIXED] if length == 0 else 0.0)
        may_reload = routes.tour[vehicle, RELOADS] < facts.vehicle[vehicle, MOST_RELOADS]
        for gap in range(length + 1):
            if may_overlook and random_below(routes, _BLINK) == 0:
                continue
            more = detour(facts, routes, vehicle, gap, visit)
            if per_metre * more + least >= best:
                continue
            if fits(facts, routes, vehicle, gap, visit):
                cost = cost_with(facts, routes, vehicle, gap, NONE, gap, visit, metres + more, extra) - base
                if cost < best:
                    best = cost
                    found = (best, vehicle, gap, NONE, gap, visit)
            elif may_reload:
                least_gap = 0 if length <= _SHORT else gap
                for first_gap in range(least_gap, gap + 2):
                    # The last round has the reload after the visit.
                    reload_gap, first, item = first_gap, reload_item, visit
                    if first_gap > gap:
                        reload_gap, first, item = gap, visit, reload_item
                    more = detour_of_two(facts, routes, vehicle, reload_gap, first, gap, item)
                    if per_metre * more + least >= best:
                        continue
                    cost = cost_with(
                        facts, routes, vehicle, reload_gap, first, gap, item, metres + more, extra
                    )
                    if cost - base >= best:
                        continue
                    trial = lay_out(routes, vehicle, reload_gap, first, gap, item)
                    if trial_fits(facts, routes, vehicle, trial):
                        best = cost - base
                        found = (best, vehicle, reload_gap, first, gap, item)
    return found


@compiled_inside
def insert(
    facts: Facts, routes: Routes, vehicle: int, first_gap: int, first: int, gap: int, item: int
) -> None:
    """Put one item (`first` is -1) or two into a tour."""
    touch(routes, vehicle)
    length = lay_out(routes, vehicle, first_gap, first, gap, item)
    for position in range(length):
        routes.stops[vehicle, position] = routes.trial[position]
    routes.tour[vehicle, LENGTH] = length
    refresh(facts, routes, vehicle)


@compiled_inside
def touch(routes: Routes, vehicle: int) -> None:
    """Keep a tour as it is, once in an iteration, before it is changed."""
    if routes.tour[vehicle, IS_TOUCHED] == 0:
        routes.tour[vehicle, IS_TOUCHED] = 1
        routes.tour[routes.scratch[TOUCHED_COUNT], TOUCHED] = vehicle
        routes.scratch[TOUCHED_COUNT] += 1
        routes.tour[vehicle, KEPT_LENGTH] = routes.tour[vehicle, LENGTH]
        for position in range(routes.tour[vehicle, LENGTH]):
            routes.copies[0, vehicle, position] = routes.stops[vehicle, position]


@compiled_inside
def cut_out(facts: Facts, routes: Routes, vehicle: int, position: int) -> None:
    """Take one item out of a tour, which is to be refreshed afterwards; a visit becomes absent."""
    item = routes.stops[vehicle, position]
    touch(routes, vehicle)
    for later in range(position + 1, routes.tour[vehicle, LENGTH]):
        routes.stops[vehicle, later - 1] = routes.stops[vehicle, later]
    routes.tour[vehicle, LENGTH] -= 1
    if item < len(facts.penalty):
        routes.state[item, VEHICLE_OF] = -1
        routes.state[item, PINNED] = FREE
        routes.state[routes.scratch[ABSENT_COUNT], ABSENT] = item
        routes.scratch[ABSENT_COUNT] += 1


@compiled_inside
def drop_reloads(facts: Facts, routes: Routes, vehicle: int) -> None:
    """Take out the reloads that a tour can do without, and refresh it."""
    position = 0
    while position < routes.tour[vehicle, LENGTH]:
        if routes.stops[vehicle, position] == len(facts.penalty):
            length = 0
            for other in range(routes.tour[vehicle, LENGTH]):
                if other != position:
                    routes.trial[length] = routes.stops[vehicle, other]
                    length += 1
            if trial_fits(facts, routes, vehicle, length):
                cut_out(facts, routes, vehicle, position)
                continue
        position += 1
    refresh(facts, routes, vehicle)


__all__ = [
    "best_place", "cost_with", "cut_out", "detour", "drop_reloads", "fits", "insert", "random_below",
    "touch",
]  # fmt: skip
