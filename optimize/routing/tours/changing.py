"""Compiled steps that change tours: put items in, take them out."""

from __future__ import annotations

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import (
    ABSENT,
    ABSENT_COUNT,
    FREE,
    IS_TOUCHED,
    KEPT_LENGTH,
    LENGTH,
    PINNED,
    TOUCHED,
    TOUCHED_COUNT,
    VEHICLE_OF,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.keeping import refresh


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


__all__ = ["cut_out", "drop_reloads", "insert", "lay_out", "touch", "trial_fits"]
