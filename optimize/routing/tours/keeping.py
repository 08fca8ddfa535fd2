"""Compiled steps that keep, for each gap of a tour, what an insertion there needs to know."""

from __future__ import annotations

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import (
    AFTER_END,
    AFTER_LATEST,
    AFTER_TIME,
    COST,
    DEPARTS_LATER,
    END,
    EXTRA,
    FIRST_RELOAD,
    FREE,
    KIND,
    LATE,
    LENGTH,
    METRES,
    NEVER,
    NODE,
    PER_RELOAD,
    PINNED,
    RELOAD_SECONDS,
    RELOADS,
    SHIFT_END,
    SHIFT_START,
    START,
    VEHICLE_OF,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.timing import begin, extend, finish, node_of, time_tour


@compiled_inside
def refresh(facts: Facts, routes: Routes, vehicle: int) -> None:
    """Work out everything that `Routes` keeps of a tour whose items are new."""
    length, visits, row = routes.tour[vehicle, LENGTH], len(facts.penalty), facts.vehicle[vehicle, KIND]
    stops, here = routes.stops[vehicle], facts.vehicle[vehicle, START]
    metres, extra = 0, 0.0
    for part in range(facts.parts.shape[1]):
        routes.used[vehicle, part] = 0
    routes.tour[vehicle, FIRST_RELOAD], routes.tour[vehicle, RELOADS] = length, 0
    begin(routes, facts.vehicle[vehicle, SHIFT_START])
    keep_labels(routes, vehicle, 0, here)
    for gap in range(length):
        item = stops[gap]
        there = node_of(facts, vehicle, item)
        metres += facts.roads[1, here, there]
        extend(facts, routes, vehicle, here, item)
        keep_labels(routes, vehicle, gap + 1, there)
        if item == visits:
            routes.tour[vehicle, FIRST_RELOAD] = min(routes.tour[vehicle, FIRST_RELOAD], gap)
            routes.tour[vehicle, RELOADS] += 1
            extra += facts.rate[vehicle, PER_RELOAD]
        else:
            extra += facts.extra[row, item]
            routes.state[item, VEHICLE_OF] = vehicle
            if routes.tour[vehicle, FIRST_RELOAD] == length:
                for part in range(facts.parts.shape[1]):
                    routes.used[vehicle, part] += facts.parts[item, part]
        here = there
    metres += facts.roads[1, here, facts.vehicle[vehicle, END]]
    routes.tour[vehicle, METRES], routes.money[vehicle, EXTRA], routes.money[vehicle, COST] = (
        metres,
        extra,
        0.0,
    )
    refresh_backward(facts, routes, vehicle)
    for dimension in range(facts.goods.shape[2]):
        refresh_peaks(facts, routes, vehicle, dimension)
    if length > 0:
        if facts.is_rich < DEPARTS_LATER:
            earliest = facts.vehicle[vehicle, SHIFT_START]
            routes.money[vehicle, COST] = finish(facts, routes, vehicle, here, metres, extra, earliest)
        else:
            routes.money[vehicle, COST] = time_tour(facts, routes, vehicle, stops, length, metres, extra)


@compiled_inside
def keep_labels(routes: Routes, vehicle: int, gap: int, here: int) -> None:
    """Write the labels into the forward row of a gap."""
    for column in range(8):
        routes.forward[vehicle, gap, column] = routes.scratch[column]
    routes.forward[vehicle, gap, NODE] = here
    routes.late[vehicle, gap, 0] = routes.value[LATE]
    routes.late[vehicle, gap, 1] = routes.value[LATE + 1]


@compiled_inside
def refresh_backward(facts: Facts, routes: Routes, vehicle: int) -> None:
    """Sums from arriving at an item to the end; latest arrivals hold for late windows and without breaks."""
    length, visits = routes.tour[vehicle, LENGTH], len(facts.penalty)
    there = facts.vehicle[vehicle, END]
    seconds, end, latest = 0, -NEVER, facts.vehicle[vehicle, SHIFT_END]
    routes.backward[vehicle, length, AFTER_TIME] = 0
    routes.backward[vehicle, length, AFTER_END] = end
    routes.backward[vehicle, length, AFTER_LATEST] = latest
    for back in range(length):
        position = length - 1 - back
        item = routes.stops[vehicle, position]
        here = node_of(facts, vehicle, item)
        stay = facts.vehicle[vehicle, RELOAD_SECONDS]
        if item < visits:
            stay = facts.service[facts.vehicle[vehicle, KIND], item]
        leg = facts.roads[0, here, there] if len(facts.factors) == 0 else 0
        seconds += stay + leg
        latest -= stay + leg
        if item < visits:
            opens, closes = facts.windows[item, 0, 0], facts.windows[item, facts.windows.shape[1] - 1, 1]
            for window in range(1, facts.windows.shape[1]):
                closes = max(closes, facts.windows[item, window - 1, 1])
            if routes.state[item, PINNED] != FREE:
                opens, closes = routes.state[item, PINNED], routes.state[item, PINNED]
            end = max(end, opens + seconds)
            latest = min(latest, closes)
        routes.backward[vehicle, position, AFTER_TIME] = seconds
        routes.backward[vehicle, position, AFTER_END] = end
        routes.backward[vehicle, position, AFTER_LATEST] = latest
        there = here


@compiled_inside
def refresh_peaks(facts: Facts, routes: Routes, vehicle: int, dimension: int) -> None:
    """Most goods aboard within a trip, before and after each gap."""
    length, visits, trip = routes.tour[vehicle, LENGTH], len(facts.penalty), 0
    while trip <= length:
        last = trip
        aboard = 0
        while last < length and routes.stops[vehicle, last] < visits:
            aboard += facts.goods[0, routes.stops[vehicle, last], dimension]
            last += 1
        # Gaps trip..last belong to this trip: after the reload before it, up to the next or the end.
        peak = aboard
        routes.peaks[vehicle, trip, 0, dimension] = peak
        routes.peaks[vehicle, trip, 1, dimension] = aboard
        for position in range(trip, last):
            item = routes.stops[vehicle, position]
            aboard += facts.goods[1, item, dimension] - facts.goods[0, item, dimension]
            peak = max(peak, aboard)
            routes.peaks[vehicle, position + 1, 0, dimension] = peak
            routes.peaks[vehicle, position + 1, 1, dimension] = aboard
        for back in range(last - trip):
            gap = last - 1 - back
            routes.peaks[vehicle, gap, 1, dimension] = max(
                routes.peaks[vehicle, gap, 1, dimension], routes.peaks[vehicle, gap + 1, 1, dimension]
            )
        trip = last + 1
