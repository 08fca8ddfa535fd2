"""Compiled steps that find the cheapest place for a visit."""

from __future__ import annotations

import math

from optimize.compilation import compiled_in_place, compiled_inside
from optimize.routing.tours.arrays import (
    AFTER_END,
    AFTER_LATEST,
    AFTER_TIME,
    COST,
    DEPART,
    DEPARTS_LATER,
    END,
    ENDS,
    EXTRA,
    FIRST_RELOAD,
    FIXED,
    FREE,
    KIND,
    LATE,
    LATENESS,
    LENGTH,
    LONGEST,
    METRES,
    MOST_RELOADS,
    NEARBY,
    NEVER,
    NODE,
    NONE,
    PER_KM,
    PER_RELOAD,
    PINNED,
    READY,
    READY_B,
    RELOAD_SECONDS,
    RELOADS,
    SHIFT_START,
    SIBLING,
    SLACK,
    VEHICLE_OF,
    WAITED,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.changing import lay_out, trial_fits
from optimize.routing.tours.drawing import random_below
from optimize.routing.tours.problem import BoolArray
from optimize.routing.tours.timing import extend, finish, lateness, money, node_of, time_tour

_APART = 12
"""A new reload comes at most so many gaps before the visit that needs it."""
_SMALL, _NEIGHBOURS = 150, 50
"""With more visits than that, tours with one of so many nearest visits are looked at first."""
_BLINK = 100
"""One place in so many is overlooked."""


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
    cost = finish(facts, routes, vehicle, here, metres, extra, facts.vehicle[vehicle, SHIFT_START])
    is_long = routes.scratch[ENDS] - routes.scratch[DEPART] > facts.vehicle[vehicle, LONGEST]
    # Where departure is settled by halving, a tour that slack alone leaves too long is not looked at further.
    return math.inf if is_long and facts.is_rich == DEPARTS_LATER else cost


@compiled_inside
def cost_with(
    facts: Facts, routes: Routes, vehicle: int, first_gap: int, first: int, gap: int, item: int, metres: int,
    extra: float,
) -> float:  # fmt: skip
    """Money of a tour with one more item (`first` is -1) or two; infinite when it cannot be."""
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
        ready = routes.forward[vehicle, gap, READY] + facts.roads[0, here, item]
        ready = max(ready, facts.windows[item, 0, 0]) + facts.service[facts.vehicle[vehicle, KIND], item]
        if ready + facts.roads[0, item, there] > routes.backward[vehicle, gap, AFTER_LATEST]:
            return math.inf
    return cost_by_walk(
        facts, routes, vehicle, first_gap if first >= 0 else gap, first, gap, item, metres, extra
    )


@compiled_inside
def best_with_reload(
    facts: Facts, routes: Routes, vehicle: int, visit: int, best: float
) -> tuple[float, int, int, int, int, int]:
    """The cheapest place for a visit together with a new reload, in gaps where goods do not allow it alone.

    The reload comes before the visit, in the same gap or up to `_APART` gaps earlier, or right after it.

    Returns:
        As `best_place_among`; `best` is what is to be undercut.
    """
    reload_item, length, row = len(facts.penalty), routes.tour[vehicle, LENGTH], facts.vehicle[vehicle, KIND]
    extra = routes.money[vehicle, EXTRA] + facts.extra[row, visit] + facts.rate[vehicle, PER_RELOAD]
    base, metres = routes.money[vehicle, COST], routes.tour[vehicle, METRES]
    per_metre = facts.rate[vehicle, PER_KM] / 1000.0
    least = facts.extra[row, visit] + facts.rate[vehicle, PER_RELOAD]
    found = (best, NONE, NONE, NONE, NONE, NONE)
    for reload_gap in range(length + 1):
        # Forward state with the reload, carried on from gap to gap where tours are timed by sums.
        clock, waited, slack, here = go_on(
            facts, routes, vehicle, routes.forward[vehicle, reload_gap, READY],
            routes.forward[vehicle, reload_gap, WAITED], routes.forward[vehicle, reload_gap, SLACK],
            routes.forward[vehicle, reload_gap, NODE], reload_item,
        )  # fmt: skip
        for gap in range(reload_gap, min(length, reload_gap + _APART) + 1):
            if gap > reload_gap and facts.is_rich == 0:
                passed = routes.stops[vehicle, gap - 1]
                clock, waited, slack, here = go_on(facts, routes, vehicle, clock, waited, slack, here, passed)
                if clock >= NEVER:
                    break
            if not fits(facts, routes, vehicle, gap, visit):
                for order in range(2 if gap == reload_gap else 1):
                    first, item = (reload_item, visit) if order == 0 else (visit, reload_item)
                    more = detour_of_two(facts, routes, vehicle, reload_gap, first, gap, item)
                    if per_metre * more + least >= found[0]:
                        continue
                    if facts.is_rich == 0 and order == 0:
                        cost = cost_by_sums(
                            facts,
                            routes,
                            vehicle,
                            gap,
                            clock,
                            waited,
                            slack,
                            here,
                            item,
                            metres + more,
                            extra,
                        )
                    else:
                        cost = cost_with(
                            facts, routes, vehicle, reload_gap, first, gap, item, metres + more, extra
                        )
                    if cost - base < found[0]:
                        trial = lay_out(routes, vehicle, reload_gap, first, gap, item)
                        if trial_fits(facts, routes, vehicle, trial):
                            found = (cost - base, vehicle, reload_gap, first, gap, item)
    return found


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


@compiled_inside
def best_place(
    facts: Facts, routes: Routes, visit: int, may_overlook: bool, is_open: BoolArray
) -> tuple[float, int, int, int, int, int]:
    """The cheapest place for a visit; of a large problem only among tours with visits near it, if that is possible.

    Returns:
        As `best_place_among`.
    """
    is_near = len(facts.penalty) > _SMALL
    if is_near:
        for vehicle in range(len(routes.tour)):
            routes.tour[vehicle, NEARBY] = -1
        for rank in range(min(_NEIGHBOURS, facts.near.shape[1])):
            vehicle = routes.state[facts.near[visit, rank], VEHICLE_OF]
            if vehicle >= 0:
                routes.tour[vehicle, NEARBY] = visit
    found = best_place_among(facts, routes, visit, may_overlook, is_open, is_near)
    if is_near and found[1] < 0:
        found = best_place_among(facts, routes, visit, may_overlook, is_open, not is_near)
    return found


@compiled_inside
def best_place_among(
    facts: Facts, routes: Routes, visit: int, may_overlook: bool, is_open: BoolArray, is_near: bool
) -> tuple[float, int, int, int, int, int]:
    """The cheapest place for a visit among the vehicles that are open and, if wanted, nearby.

    Returns:
        Money more; vehicle, -1 if there is none cheaper than leaving it out; then first gap, first item, gap, item as
        `insert` wants them: the visit alone, or with a reload before or after it.
    """
    best = facts.penalty[visit]
    found = (best, NONE, NONE, NONE, NONE, NONE)
    for vehicle in range(len(routes.tour)):
        if is_near and routes.tour[vehicle, NEARBY] != visit and routes.tour[vehicle, LENGTH] > 0:
            continue
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
        wants_reload = False
        may_reload = routes.tour[vehicle, RELOADS] < facts.vehicle[vehicle, MOST_RELOADS]
        for gap in range(length + 1):
            if may_overlook and random_below(routes, _BLINK) == 0:
                continue
            more = detour(facts, routes, vehicle, gap, visit)
            if per_metre * more + least >= best:
                continue
            if facts.is_rich > 0 and facts.visit[visit, LATENESS] >= 0:
                # What its own lateness costs there at least; the walk to the end is dear.
                ready = routes.forward[vehicle, gap, READY]
                ready += facts.roads[0, routes.forward[vehicle, gap, NODE], visit]
                if (
                    len(facts.factors) == 0
                    and per_metre * more + least + lateness(facts, visit, ready) >= best
                ):
                    continue
            if fits(facts, routes, vehicle, gap, visit):
                if facts.is_rich == 0:
                    cost = cost_by_sums(
                        facts, routes, vehicle, gap, routes.forward[vehicle, gap, READY],
                        routes.forward[vehicle, gap, WAITED], routes.forward[vehicle, gap, SLACK],
                        routes.forward[vehicle, gap, NODE], visit, metres + more, extra,
                    )  # fmt: skip
                else:
                    cost = cost_with(facts, routes, vehicle, gap, NONE, gap, visit, metres + more, extra)
                cost -= base
                if cost < best:
                    best = cost
                    found = (best, vehicle, gap, NONE, gap, visit)
            elif may_reload:
                wants_reload = True
        if wants_reload:
            with_reload = best_with_reload(facts, routes, vehicle, visit, best)
            if with_reload[0] < best:
                best, found = with_reload[0], with_reload
    return found


__all__ = ["best_place", "cost_with", "detour", "fits"]
