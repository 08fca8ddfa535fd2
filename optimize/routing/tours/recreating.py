"""Compiled steps that insert the visits left out, one after the other, each at its cheapest place."""

from __future__ import annotations

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import ABSENT, ABSENT_COUNT, NONE, TWIN, VEHICLE_OF, Facts, Routes
from optimize.routing.tours.changing import insert
from optimize.routing.tours.crews import insert_crew
from optimize.routing.tours.drawing import random_below
from optimize.routing.tours.placing import best_place
from optimize.routing.tours.problem import BoolArray

RANDOM_ORDER = NONE
_TRIED = 40
"""Of the visits left out before an iteration, so many are tried again in it."""


@compiled_inside
def draw_order(routes: Routes) -> int:
    """Draw by which row of `Facts.order` to sort, or `RANDOM_ORDER`: weights 4 random, 4 large, 2 far, 1 near, 2 each.

    The first four weights are those of the paper, as are 2 for windows (section 5.3 and 6.1.2 there).
    """
    ticket = random_below(routes, 21)
    if ticket < 4:
        return int(RANDOM_ORDER)
    if ticket < 8:
        return 0
    if ticket < 10:
        return 1
    if ticket < 11:
        return 2
    return 3 + (ticket - 11) // 2


@compiled_inside
def set_aside(routes: Routes) -> int:
    """Of many visits left out choose some at random, and put them last.

    Returns:
        The number of the first that is to be tried.
    """
    count = routes.scratch[ABSENT_COUNT]
    if count <= _TRIED:
        return 0
    for last in range(count - 1, count - 1 - _TRIED, -1):
        other = random_below(routes, last + 1)
        routes.state[last, ABSENT], routes.state[other, ABSENT] = (
            routes.state[other, ABSENT],
            routes.state[last, ABSENT],
        )
    return int(count - _TRIED)


@compiled_inside
def sort_absent(facts: Facts, routes: Routes, row: int, first: int) -> None:
    """Shuffle the visits left out from number `first` on, then sort them by a row of keys; ties stay shuffled."""
    count = routes.scratch[ABSENT_COUNT]
    for last in range(count - 1, first, -1):
        other = first + random_below(routes, last - first + 1)
        routes.state[last, ABSENT], routes.state[other, ABSENT] = (
            routes.state[other, ABSENT],
            routes.state[last, ABSENT],
        )
    if row < 0:
        return
    for position in range(first + 1, count):
        visit = routes.state[position, ABSENT]
        at = position
        while at > first and facts.order[row, routes.state[at - 1, ABSENT]] > facts.order[row, visit]:
            routes.state[at, ABSENT] = routes.state[at - 1, ABSENT]
            at -= 1
        routes.state[at, ABSENT] = visit


@compiled_inside
def insert_absent(facts: Facts, routes: Routes, may_overlook: bool, is_open: BoolArray, first: int) -> None:
    """Insert the visits left out from number `first` on; those that fit nowhere, or cost more than left out, stay."""
    left = first
    for position in range(first, routes.scratch[ABSENT_COUNT]):
        visit = routes.state[position, ABSENT]
        if routes.state[visit, VEHICLE_OF] >= 0:
            continue  # came in as the other half of a crew
        if facts.visit[visit, TWIN] >= 0:
            is_in = insert_crew(facts, routes, visit, may_overlook, is_open)
        else:
            _, vehicle, first_gap, first, gap, item = best_place(facts, routes, visit, may_overlook, is_open)
            is_in = vehicle >= 0
            if is_in:
                insert(facts, routes, vehicle, first_gap, first, gap, item)
        if not is_in:
            routes.state[left, ABSENT] = visit
            left += 1
    routes.scratch[ABSENT_COUNT] = left
    # A visit of a crew that stayed out came in later with its twin: it is not left out any more.
    kept = 0
    for position in range(left):
        if routes.state[routes.state[position, ABSENT], VEHICLE_OF] < 0:
            routes.state[kept, ABSENT] = routes.state[position, ABSENT]
            kept += 1
    routes.scratch[ABSENT_COUNT] = kept


__all__ = ["RANDOM_ORDER", "draw_order", "insert_absent", "set_aside", "sort_absent"]
