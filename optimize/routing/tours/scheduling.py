"""The compiled step that writes down when a tour does what."""

from __future__ import annotations

import math

from optimize.compilation import compiled
from optimize.routing.tours.arrays import (
    BREAK_MODE,
    DEPART,
    END,
    KIND,
    NONE,
    PER_RELOAD,
    SHIFT_START,
    START,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.problem import IntArray
from optimize.routing.tours.timing import BEFORE_LEG, ON_THE_WAY, begin, extend, move, node_of, time_tour

BEFORE, ARRIVAL, ON_THE_SPOT, STARTS, MODE = range(5)


@compiled
def schedule(facts: Facts, routes: Routes, vehicle: int, items: IntArray, times: IntArray) -> float:
    """Time a tour and write its schedule.

    Args:
        facts: The problem.
        routes: Of which only the room for calculations is changed, and agreed starts are read.
        vehicle: Whose tour.
        items: (l,) visits and reloads.
        times: (l + 1, 5) filled for each item and the end: begin of a break before the leg (`NEVER` without), arrival,
            begin of a break on arrival (`NEVER` without), start; the last column is scratch.

    Returns:
        Money; infinite when the tour cannot be, and then `times` means nothing. Departure and end are in
        `Routes.scratch`.
    """
    length, here, visits = len(items), facts.vehicle[vehicle, START], len(facts.penalty)
    metres, extra = 0, 0.0
    for position in range(length):
        item = items[position]
        there = node_of(facts, vehicle, item)
        metres += facts.roads[1, here, there]
        if item < visits:
            extra += facts.extra[facts.vehicle[vehicle, KIND], item]
        else:
            extra += facts.rate[vehicle, PER_RELOAD]
        here = there
    metres += facts.roads[1, here, facts.vehicle[vehicle, END]]
    cost = time_tour(facts, routes, vehicle, items, length, metres, extra)
    if cost == math.inf:
        return cost
    depart, break_mode = routes.scratch[DEPART], routes.scratch[BREAK_MODE]
    # Where the label with the break took it, looking back from the end.
    begin(routes, facts.vehicle[vehicle, SHIFT_START] if len(facts.factors) == 0 else depart)
    here = facts.vehicle[vehicle, START]
    for position in range(length):
        times[position, MODE] = extend(facts, routes, vehicle, here, items[position])
        here = node_of(facts, vehicle, items[position])
    taken_at, taken_how = NONE, ON_THE_WAY
    if break_mode == 1:
        taken_at, taken_how = NONE + length + 1, BEFORE_LEG
    elif break_mode == 2:
        taken_at = NONE + length
        while times[taken_at, MODE] == ON_THE_WAY:
            taken_at -= 1
        taken_how = times[taken_at, MODE]
    clock, driven, here = depart, 0, facts.vehicle[vehicle, START]
    for position in range(length + 1):
        item = items[position] if position < length else visits + 1
        mode = taken_how if position == taken_at else ON_THE_WAY
        clock, _, _, driven, arrival, start, before, on_arrival = move(
            facts, routes.state, vehicle, clock, 0, 0, driven, here, item, mode
        )
        times[position, BEFORE], times[position, ARRIVAL] = before, arrival
        times[position, ON_THE_SPOT], times[position, STARTS] = on_arrival, start
        here = node_of(facts, vehicle, item)
    return cost


__all__ = ["ARRIVAL", "BEFORE", "ON_THE_SPOT", "STARTS", "schedule"]
