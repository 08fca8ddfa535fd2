"""Compiled steps that insert the two visits of a crew, which start in the same second on different vehicles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import (
    COST,
    EXTRA,
    FREE,
    KIND,
    LENGTH,
    METRES,
    NEVER,
    NODE,
    NONE,
    PINNED,
    READY,
    READY_B,
    SIBLING,
    TWIN,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.changing import insert
from optimize.routing.tours.drawing import random_below
from optimize.routing.tours.inserting import cost_with, detour, fits
from optimize.routing.tours.problem import BoolArray
from optimize.routing.tours.timing import drive, earliest_start

_ONE: Any = np.int64(0)
_OTHER: Any = np.int64(1)
_KEPT = 64
_MOST_PAIRS = 800


@compiled_inside
def gather(
    facts: Facts, routes: Routes, visit: int, side: int, may_overlook: bool, is_open: BoolArray
) -> int:
    """Collect the cheapest places of one visit, its start being free, into a side of `Routes.chosen`.

    Returns:
        How many there are, cheapest first; places on the same vehicle that start in the same second count once.
    """
    count = 0
    for vehicle in range(len(routes.tour)):
        row, length = facts.vehicle[vehicle, KIND], routes.tour[vehicle, LENGTH]
        if not is_open[vehicle] or facts.service[row, visit] < 0 or length + 2 > routes.stops.shape[1]:
            continue
        # One empty vehicle of a kind is not enough here: a crew takes two.
        sibling = facts.vehicle[vehicle, SIBLING]
        if length == 0 and sibling >= 0 and routes.tour[sibling, LENGTH] == 0:
            further = facts.vehicle[sibling, SIBLING]
            if further >= 0 and routes.tour[further, LENGTH] == 0:
                continue
        extra = routes.money[vehicle, EXTRA] + facts.extra[row, visit]
        for gap in range(length + 1):
            if (may_overlook and random_below(routes, 100) == 0) or not fits(
                facts, routes, vehicle, gap, visit
            ):
                continue
            metres = routes.tour[vehicle, METRES] + detour(facts, routes, vehicle, gap, visit)
            limit = math.inf
            if count == _KEPT:
                limit = routes.chosen_cost[side, count - 1] + routes.money[vehicle, COST]
            cost = (
                cost_with(facts, routes, vehicle, gap, NONE, gap, visit, metres, extra, limit)
                - routes.money[vehicle, COST]
            )
            if cost == math.inf or (count == _KEPT and cost >= routes.chosen_cost[side, count - 1]):
                continue
            ready = min(routes.forward[vehicle, gap, READY], routes.forward[vehicle, gap, READY_B])
            arrival = drive(facts, ready, routes.forward[vehicle, gap, NODE], visit)
            start, _ = earliest_start(facts, routes.state, visit, arrival)
            count = min(count + 1, _KEPT)
            at = count - 1
            while at > 0 and routes.chosen_cost[side, at - 1] > cost:
                routes.chosen_cost[side, at] = routes.chosen_cost[side, at - 1]
                for column in range(3):
                    routes.chosen[side, at, column] = routes.chosen[side, at - 1, column]
                at -= 1
            routes.chosen_cost[side, at] = cost
            routes.chosen[side, at, 0], routes.chosen[side, at, 1], routes.chosen[side, at, 2] = (
                vehicle,
                gap,
                start,
            )
    return count


@compiled_inside
def common_start(facts: Facts, routes: Routes, one: int, other: int, earliest: int) -> int:
    """Earliest second from `earliest` on that lies in windows of both; `NEVER` without."""
    start, later = earliest, NEVER
    for _ in range(2 * facts.windows.shape[1] + 2):
        later, _ = earliest_start(facts, routes.state, one, start)
        if later < NEVER:
            later, _ = earliest_start(facts, routes.state, other, later)
        if later in (start, NEVER):
            break
        start = later
    return later


@compiled_inside
def cost_pinned(facts: Facts, routes: Routes, visit: int, side: int, place: int, start: int) -> float:
    """Money more for a visit at one of its collected places when it starts then."""
    vehicle, gap = routes.chosen[side, place, 0], routes.chosen[side, place, 1]
    metres = routes.tour[vehicle, METRES] + detour(facts, routes, vehicle, gap, visit)
    extra = routes.money[vehicle, EXTRA] + facts.extra[facts.vehicle[vehicle, KIND], visit]
    routes.state[visit, PINNED] = start
    cost = (
        cost_with(facts, routes, vehicle, gap, NONE, gap, visit, metres, extra, math.inf)
        - routes.money[vehicle, COST]
    )
    routes.state[visit, PINNED] = FREE
    return float(cost)


@compiled_inside
def insert_crew(facts: Facts, routes: Routes, visit: int, may_overlook: bool, is_open: BoolArray) -> bool:
    """Insert both visits of a crew at the cheapest two places with a common start that were found.

    Each visit's places come cheapest first at a free start, whose money bounds that at an agreed one from below, so
    pairs whose sum is no better are left aside.

    Returns:
        Whether there was a pair cheaper than leaving both out.
    """
    twin = facts.visit[visit, TWIN]
    ones = gather(facts, routes, visit, _ONE, may_overlook, is_open)
    others = gather(facts, routes, twin, _OTHER, may_overlook, is_open)
    best, tried = facts.penalty[visit] + facts.penalty[twin], 0
    one_place, other_place, agreed = -1, -1, 0
    for one in range(ones):
        for other in range(others):
            least = routes.chosen_cost[0, one] + routes.chosen_cost[1, other]
            if least >= best or tried >= _MOST_PAIRS:
                break
            if routes.chosen[0, one, 0] == routes.chosen[1, other, 0]:
                continue
            tried += 1
            earliest = max(routes.chosen[0, one, 2], routes.chosen[1, other, 2])
            start = common_start(facts, routes, visit, twin, earliest)
            if start == NEVER:
                continue
            cost = cost_pinned(facts, routes, visit, _ONE, one, start)
            if cost < best:
                cost += cost_pinned(facts, routes, twin, _OTHER, other, start)
            if cost < best:
                best, one_place, other_place, agreed = cost, one, other, start
    if one_place < 0:
        return False
    routes.state[visit, PINNED], routes.state[twin, PINNED] = agreed, agreed
    first, first_gap = routes.chosen[0, one_place, 0], routes.chosen[0, one_place, 1]
    second, second_gap = routes.chosen[1, other_place, 0], routes.chosen[1, other_place, 1]
    insert(facts, routes, first, first_gap, NONE, first_gap, visit)
    insert(facts, routes, second, second_gap, NONE, second_gap, twin)
    return True


__all__ = ["common_start", "insert_crew"]
