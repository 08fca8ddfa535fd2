"""Compiled steps that tell what a visit costs in a gap of a tour."""

from __future__ import annotations

import math

from optimize.compilation import compiled_in_place, compiled_inside
from optimize.routing.tours.arrays import (
    AFTER_END,
    AFTER_LATEST,
    AFTER_TIME,
    BREAK,
    BREAK_LATEST,
    DEPART,
    DEPARTS_LATER,
    END,
    ENDS,
    FIRST_RELOAD,
    FIXED,
    FREE,
    KIND,
    LATE,
    LENGTH,
    LONGEST,
    NEVER,
    NODE,
    PER_KM,
    PINNED,
    READY,
    READY_B,
    RELOAD_SECONDS,
    SHIFT_END,
    SHIFT_START,
    SLACK,
    WAITED,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.changing import lay_out
from optimize.routing.tours.timing import extend, finish, has_break, money, node_of, time_tour


@compiled_in_place
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


@compiled_in_place
def detour(facts: Facts, routes: Routes, vehicle: int, gap: int, item: int) -> int:
    """Metres more with an item in a gap."""
    here, node = routes.forward[vehicle, gap, NODE], node_of(facts, vehicle, item)
    there = facts.vehicle[vehicle, END]
    if gap < routes.tour[vehicle, LENGTH]:
        there = node_of(facts, vehicle, routes.stops[vehicle, gap])
    return int(facts.roads[1, here, node] + facts.roads[1, node, there] - facts.roads[1, here, there])


@compiled_in_place
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


@compiled_in_place
def cost_by_sums(
    facts: Facts, routes: Routes, vehicle: int, gap: int, clock: int, waited: int, slack: int, here: int, item: int,
    metres: int, extra: float,
) -> float:  # fmt: skip
    """Money of a tour with an item in a gap, where each visit has one hard window and nobody a break.

    The vehicle is ready to leave `here` for the gap at `clock`, with waiting and slack as in `Routes.forward`.
    """
    node = node_of(facts, vehicle, item)
    clock += facts.roads[0, here, node]
    if item == len(facts.penalty):
        clock += facts.vehicle[vehicle, RELOAD_SECONDS]
    else:
        opens, closes = facts.windows[item, 0, 0], facts.windows[item, 0, 1]
        if routes.state[item, PINNED] != FREE:
            opens, closes = routes.state[item, PINNED], routes.state[item, PINNED]
        if clock > closes:
            return math.inf
        slack = min(slack, waited + closes - clock)
        if clock < opens:
            waited += opens - clock
            clock = opens
        clock += facts.service[facts.vehicle[vehicle, KIND], item]
    there = facts.vehicle[vehicle, END]
    if gap < routes.tour[vehicle, LENGTH]:
        there = node_of(facts, vehicle, routes.stops[vehicle, gap])
    clock += facts.roads[0, node, there]
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
    extra: float, limit: float,
) -> float:  # fmt: skip
    """Money of a tour with one more item or two, timed from the first of them on; infinite as in `cost_with`."""
    if len(facts.factors) > 0:
        length = lay_out(routes, vehicle, first_gap, first, gap, item)
        return time_tour(facts, routes, vehicle, routes.trial, length, metres, extra)
    for column in range(8):
        routes.scratch[column] = routes.forward[vehicle, first_gap, column]
    routes.value[LATE] = routes.late[vehicle, first_gap, 0]
    routes.value[LATE + 1] = routes.late[vehicle, first_gap, 1]
    here, length = routes.forward[vehicle, first_gap, NODE], routes.tour[vehicle, LENGTH]
    on_time = facts.rate[vehicle, FIXED] + facts.rate[vehicle, PER_KM] * (metres / 1000.0) + extra
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
            late = math.inf
            if routes.scratch[READY] < NEVER:
                late = routes.value[LATE]
            if routes.scratch[READY_B] < NEVER:
                late = min(late, routes.value[LATE + 1])
            if on_time + late >= limit:  # also when neither label can be
                return math.inf
            here = node_of(facts, vehicle, added)
    cost = finish(facts, routes, vehicle, here, metres, extra, facts.vehicle[vehicle, SHIFT_START])
    is_long = routes.scratch[ENDS] - routes.scratch[DEPART] > facts.vehicle[vehicle, LONGEST]
    # Where departure is settled by halving, a tour that slack alone leaves too long is not looked at further.
    return math.inf if is_long and facts.is_rich == DEPARTS_LATER else cost


@compiled_inside
def is_break_too_much(
    facts: Facts, routes: Routes, vehicle: int, gap: int, item: int, comes: int, clock: int
) -> bool:
    """Whether a tour with an item in a gap is sure to owe a break for which its shift has no time.

    Without a break the vehicle arrives at the item at `comes`, and at what comes after it at `clock`.
    """
    due, after = facts.vehicle[vehicle, BREAK_LATEST], routes.backward[vehicle, gap, AFTER_TIME]
    waited = routes.forward[vehicle, gap, WAITED] + max(0, facts.windows[item, 0, 0] - comes)
    is_owed = (
        clock + after > due
        # no waiting later on, so that departure cannot be put off until no break is owed any more
        and clock + after >= routes.backward[vehicle, gap, AFTER_END]
        and facts.vehicle[vehicle, SHIFT_START] + waited <= due
        and facts.is_rich < DEPARTS_LATER
    )
    if not is_owed:
        return False
    arrives = routes.forward[vehicle, gap, READY_B] - routes.forward[vehicle, gap, READY] + comes
    rested = max(arrives, facts.windows[item, 0, 0]) + clock - max(comes, facts.windows[item, 0, 0])
    return bool(
        min(rested, clock + facts.vehicle[vehicle, BREAK]) + after > facts.vehicle[vehicle, SHIFT_END]
    )


@compiled_inside
def cost_with(
    facts: Facts, routes: Routes, vehicle: int, first_gap: int, first: int, gap: int, item: int, metres: int,
    extra: float, limit: float,
) -> float:  # fmt: skip
    """Money of a tour with one more item (`first` is -1) or two.

    Infinite when it cannot be, or where lateness is seen on the way to bring it to `limit`.
    """
    if facts.is_rich == 0 and first < 0:
        return cost_by_sums(
            facts, routes, vehicle, gap, routes.forward[vehicle, gap, READY], routes.forward[vehicle, gap, WAITED],
            routes.forward[vehicle, gap, SLACK], routes.forward[vehicle, gap, NODE], item, metres, extra,
        )  # fmt: skip
    if len(facts.factors) == 0 and first < 0:
        here = routes.forward[vehicle, gap, NODE]
        there = facts.vehicle[vehicle, END]
        if gap < routes.tour[vehicle, LENGTH]:
            there = node_of(facts, vehicle, routes.stops[vehicle, gap])
        comes = routes.forward[vehicle, gap, READY] + facts.roads[0, here, item]
        stay = facts.service[facts.vehicle[vehicle, KIND], item]
        clock = max(comes, facts.windows[item, 0, 0]) + stay + facts.roads[0, item, there]
        if clock > routes.backward[vehicle, gap, AFTER_LATEST]:
            return math.inf
        if has_break(facts, vehicle) and is_break_too_much(facts, routes, vehicle, gap, item, comes, clock):
            return math.inf
    return cost_by_walk(
        facts, routes, vehicle, first_gap if first >= 0 else gap, first, gap, item, metres, extra, limit
    )


@compiled_inside
def go_on(
    facts: Facts, routes: Routes, vehicle: int, clock: int, waited: int, slack: int, here: int, item: int
) -> tuple[int, int, int, int]:
    """Pass through an item, where each visit has one hard window and nobody a break.

    Returns:
        Ready, waited, slack as in `Routes.forward`, and the node; ready is `NEVER` if it is too late.
    """
    node = node_of(facts, vehicle, item)
    clock += facts.roads[0, here, node]
    if item == len(facts.penalty):
        return clock + facts.vehicle[vehicle, RELOAD_SECONDS], waited, slack, node
    opens, closes = facts.windows[item, 0, 0], facts.windows[item, 0, 1]
    if routes.state[item, PINNED] != FREE:
        opens, closes = routes.state[item, PINNED], routes.state[item, PINNED]
    if clock > closes:
        return NEVER, waited, slack, node
    slack = min(slack, waited + closes - clock)
    if clock < opens:
        waited += opens - clock
        clock = opens
    return clock + facts.service[facts.vehicle[vehicle, KIND], item], waited, slack, node


__all__ = ["cost_by_sums", "cost_with", "detour", "detour_of_two", "fits", "go_on"]
