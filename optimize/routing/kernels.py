"""Compiled steps of route building: timing a trip, merging, packing onto vehicles, inserting.

All compiled functions call only functions of this file, so the time stamp with which Numba marks its cache is enough.
Stops are 1-based here, as rows of the matrices. A trip is a row of stops and its length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

from optimize.routing.arrays import Arrays, Fleet
from optimize.routing.problem import FloatArray, IntArray

_Function = TypeVar("_Function", bound=Callable[..., Any])

_NEVER = 2**62
_SECONDS_PER_HOUR = 3600.0
_METRES_PER_KM = 1000.0


def _compiled(function: _Function) -> _Function:
    """Compile a function that makes no arrays: their references are not counted, which takes longer than a trip."""
    compile_lazily: Any = numba.njit
    compiled: _Function = compile_lazily(cache=True, error_model="numpy", nogil=True, _nrt=False)(function)
    return compiled


@_compiled
def time_trip(data: Arrays, stops: IntArray, length: int, earliest: int) -> tuple[int, int, int]:
    """Time a trip that may leave from `earliest` on.

    Leaving at `earliest` brings the vehicle back first and late the least. From there the departure is moved back
    as far as that changes neither: by the waiting on the way, or by the smallest slack of a window (forward time
    slack, Savelsbergh 1992, The Vehicle Routing Problem with Time Windows: Minimizing Route Duration, eq. 2). Whoever
    comes before a pause is not moved into it.

    Returns:
        Departure, return, seconds late summed over the stops.
    """
    clock, waited, late, slack, node = earliest, 0, 0, _NEVER, 0
    for position in range(length):
        following = stops[position]
        clock += data.travel[node, following]
        latest, resumes = data.closes[following], clock
        if clock < data.pause_ends[following]:
            if clock > data.pause_starts[following]:
                resumes = data.pause_ends[following]
            else:
                latest = data.pause_starts[following]
        slack = min(slack, waited + max(0, latest - clock))
        late += max(0, clock - data.closes[following])
        wait = max(resumes, data.opens[following]) - clock
        waited += wait
        clock += wait + data.service[following]
        node = following
    return earliest + min(waited, slack), clock + data.travel[node, 0], late


@_compiled
def trip_cost(data: Arrays, stops: IntArray, length: int, vehicle_type: int, seconds: int) -> float:
    """Money for a trip of so many seconds on a vehicle of this type."""
    metres, node = 0, 0
    for position in range(length):
        metres += data.distance[node, stops[position]]
        node = stops[position]
    metres += data.distance[node, 0]
    return float(
        data.cost_per_trip[vehicle_type]
        + data.cost_per_km[vehicle_type] * (metres / _METRES_PER_KM)
        + data.cost_per_hour[vehicle_type] * (seconds / _SECONDS_PER_HOUR)
    )


@_compiled
def holds(data: Arrays, stops: IntArray, length: int, vehicle_type: int) -> bool:
    """Whether the load of a trip fits a vehicle of this type, by weight and by volume."""
    grams, millilitres = 0, 0
    for position in range(length):
        grams += data.weight[stops[position]]
        millilitres += data.volume[stops[position]]
    return bool(
        grams <= data.capacity_grams[vehicle_type] and millilitres <= data.capacity_millilitres[vehicle_type]
    )


@_compiled
def cheapest_alone(data: Arrays, stops: IntArray, length: int) -> float:
    """Cost of a trip as the only one of the best vehicle that can make it on time; infinite where none can."""
    best = np.inf
    for vehicle_type in range(len(data.available)):
        if data.available[vehicle_type] > 0 and holds(data, stops, length, vehicle_type):
            depart, back, late = time_trip(data, stops, length, data.shift_start[vehicle_type])
            if late == 0 and back <= data.shift_end[vehicle_type]:
                best = min(best, trip_cost(data, stops, length, vehicle_type, back - depart))
    return best


def merge_by_savings(data: Arrays, tails: IntArray, heads: IntArray) -> tuple[IntArray, IntArray]:
    """Join routes end to end, pair after pair (Clarke & Wright 1964, parallel version).

    A pair (i, j) joins the route that ends with i to the one that starts with j; either route is turned round where
    that makes it so. They stay joined if some vehicle can make the joint trip on time at no more than the sum of
    both costs. Stops that cannot be served alone on time are in no route.

    Args:
        data: The problem.
        tails: i of each pair, largest saving first.
        heads: j of each pair.

    Returns:
        (n, n) stops of each route and (n,) their numbers, 0 for routes that are gone.
    """
    stops = len(data.weight) - 1
    routes = np.zeros((stops, stops), dtype=np.int64)
    length = np.zeros(stops, dtype=np.int64)
    cost, scratch = np.zeros(stops), np.zeros((2, stops + 1), dtype=np.int64)
    _merge(data, tails, heads, routes, length, cost, scratch)
    return routes, length


@_compiled
def _merge(
    data: Arrays,
    tails: IntArray,
    heads: IntArray,
    routes: IntArray,
    length: IntArray,
    cost: FloatArray,
    scratch: IntArray,
) -> None:
    """See `merge_by_savings`; (n,) costs of routes and (2, n + 1) to work in."""
    stops, route_of, joint = len(data.weight) - 1, scratch[0], scratch[1]
    for stop in range(1, stops + 1):
        routes[stop - 1, 0] = stop
        route_of[stop] = stop - 1
        cost[stop - 1] = cheapest_alone(data, routes[stop - 1], 1)
        length[stop - 1] = 1 if cost[stop - 1] < np.inf else 0
    for pair in range(len(tails)):
        tail, head = tails[pair], heads[pair]
        first, second = route_of[tail], route_of[head]
        size, added = length[first], length[second]
        if first == second or size == 0 or added == 0:
            continue
        ends, starts = routes[first, size - 1] == tail, routes[second, 0] == head
        if not (ends or routes[first, 0] == tail) or not (starts or routes[second, added - 1] == head):
            continue
        for position in range(size):
            joint[position] = routes[first, position if ends else size - 1 - position]
        for position in range(added):
            joint[size + position] = routes[second, position if starts else added - 1 - position]
        joint_cost = cheapest_alone(data, joint, size + added)
        if joint_cost <= cost[first] + cost[second]:
            length[first], length[second], cost[first] = size + added, 0, joint_cost
            for position in range(size + added):
                routes[first, position] = joint[position]
                route_of[joint[position]] = first


@_compiled
def append_trip(fleet: Fleet, vehicle: int, position: int, stops: IntArray, length: int) -> None:
    """Give a vehicle a new trip at this position of its chain."""
    trip = fleet.used[0]
    fleet.used[0] += 1
    fleet.length[trip] = length
    for index in range(length):
        fleet.stops[trip, index] = stops[index]
    for later in range(fleet.chain_length[vehicle], position, -1):
        fleet.chain[vehicle, later] = fleet.chain[vehicle, later - 1]
    fleet.chain[vehicle, position] = trip
    fleet.chain_length[vehicle] += 1


def pack(
    data: Arrays, fleet: Fleet, routes: IntArray, length: IntArray, order: IntArray, types: IntArray
) -> IntArray:
    """Give each route to the first type that holds it, there to the vehicle that is back from it first.

    Routes go to the end of a vehicle's chain, so `order` should put the most urgent first.

    Args:
        data: The problem.
        fleet: Changed in place.
        routes: (m, n) stops.
        length: (m,) stops of each route.
        order: Routes in the order in which they choose.
        types: Vehicle types in the order of preference.

    Returns:
        (m,) 1 where a route found a vehicle.
    """
    placed = np.zeros(len(length), dtype=np.int64)
    _pack(
        data, fleet, routes, length, order, types, np.zeros(len(fleet.vehicle_type), dtype=np.int64), placed
    )
    return placed


@_compiled
def _pack(
    data: Arrays,
    fleet: Fleet,
    routes: IntArray,
    length: IntArray,
    order: IntArray,
    types: IntArray,
    ready: IntArray,
    placed: IntArray,
) -> None:
    """See `pack`; (vehicles,) seconds at which they are back."""
    for vehicle in range(len(ready)):
        ready[vehicle] = data.shift_start[fleet.vehicle_type[vehicle]]
    for route in order:
        for vehicle_type in types:
            if not holds(data, routes[route], length[route], vehicle_type):
                continue
            chosen, first_back = -1, data.shift_end[vehicle_type] + 1
            for vehicle in range(len(ready)):
                if fleet.vehicle_type[vehicle] == vehicle_type:
                    _, back, late = time_trip(data, routes[route], length[route], ready[vehicle])
                    if late == 0 and back < first_back:
                        chosen, first_back = vehicle, back
            if chosen >= 0:
                append_trip(fleet, chosen, fleet.chain_length[chosen], routes[route], length[route])
                ready[chosen] = first_back + data.turnaround
                placed[route] = 1
                break


@_compiled
def time_chain(
    data: Arrays, fleet: Fleet, vehicle: int, changed: int, stops: IntArray, length: int, added: bool
) -> tuple[bool, int, float]:
    """Time a vehicle's trips with one of them changed, or with one more before it.

    Args:
        data: The problem.
        fleet: The trips as they are.
        vehicle: Whose chain.
        changed: Position of the changed trip, or of the one before which a trip is added; negative for none.
        stops: Of the changed or added trip.
        length: Its number of stops.
        added: Whether it comes on top.

    Returns:
        Whether the vehicle is back within its shift, seconds late, money.
    """
    vehicle_type = fleet.vehicle_type[vehicle]
    ready, late, cost = data.shift_start[vehicle_type], 0, 0.0
    trips = fleet.chain_length[vehicle]
    for position in range(trips + 1):
        if position == changed:
            depart, back, seconds_late = time_trip(data, stops, length, ready)
            late += seconds_late
            cost += trip_cost(data, stops, length, vehicle_type, back - depart)
            ready = back + data.turnaround
        if position < trips and (added or position != changed):
            trip = fleet.chain[vehicle, position]
            depart, back, seconds_late = time_trip(data, fleet.stops[trip], fleet.length[trip], ready)
            late += seconds_late
            cost += trip_cost(data, fleet.stops[trip], fleet.length[trip], vehicle_type, back - depart)
            ready = back + data.turnaround
    return ready - data.turnaround <= data.shift_end[vehicle_type], late, cost


def insert(data: Arrays, fleet: Fleet, left: IntArray, may_be_late: bool) -> IntArray:
    """Insert stops one after the other where they add the least lateness, then the least money.

    Every position of every trip is tried and a trip of its own at every position of every chain; shifts and
    capacities always hold.

    Args:
        data: The problem.
        fleet: Changed in place.
        left: Stops in the order of insertion.
        may_be_late: Whether windows may be missed; where not, only insertions on time are made.

    Returns:
        Stops for which there is no place.
    """
    homeless = np.zeros(len(left), dtype=np.int64)
    missed = _insert(data, fleet, left, may_be_late, np.zeros(len(data.weight), dtype=np.int64), homeless)
    return homeless[:missed]


@_compiled
def _insert(
    data: Arrays, fleet: Fleet, left: IntArray, may_be_late: bool, trial: IntArray, homeless: IntArray
) -> int:
    """See `insert`; (n,) to work in and (stops,) for those without a place, whose number is returned."""
    missed = 0
    for stop in left:
        best_late, best_cost = _NEVER if may_be_late else 0, np.inf
        best_vehicle, best_trip, best_position = -1, -1, -1
        idle_type = -1
        for vehicle in range(len(fleet.vehicle_type)):
            trips = fleet.chain_length[vehicle]
            vehicle_type = fleet.vehicle_type[vehicle]
            # Vehicles of a type are alike, so one idle one speaks for the others.
            if trips == 0 and vehicle_type == idle_type:
                continue
            if trips == 0:
                idle_type = vehicle_type
            _, late_before, cost_before = time_chain(data, fleet, vehicle, -1, trial, 0, False)
            for place in range(2 * trips + 1):
                added, index = place % 2 == 0, place // 2
                size = 0
                if not added:
                    trip = fleet.chain[vehicle, index]
                    size = fleet.length[trip]
                    for position in range(size):
                        trial[position + 1] = fleet.stops[trip, position]
                trial[0] = stop
                if not holds(data, trial, size + 1, vehicle_type):
                    continue
                for position in range(size + 1):
                    if position > 0:
                        trial[position - 1], trial[position] = trial[position], trial[position - 1]
                    in_shift, late, cost = time_chain(data, fleet, vehicle, index, trial, size + 1, added)
                    late, cost = late - late_before, cost - cost_before
                    if in_shift and (late < best_late or (late == best_late and cost < best_cost)):
                        best_late, best_cost = late, cost
                        best_vehicle, best_trip = vehicle, place
                        best_position = position
        if best_vehicle < 0:
            homeless[missed] = stop
            missed += 1
        elif best_trip % 2 == 0:
            trial[0] = stop
            append_trip(fleet, best_vehicle, best_trip // 2, trial, 1)
        else:
            trip = fleet.chain[best_vehicle, best_trip // 2]
            for position in range(fleet.length[trip], best_position, -1):
                fleet.stops[trip, position] = fleet.stops[trip, position - 1]
            fleet.stops[trip, best_position] = stop
            fleet.length[trip] += 1
    return missed


@_compiled
def latest_departures(
    data: Arrays, routes: IntArray, length: IntArray, shift_end: int, latest: IntArray
) -> None:
    """Last departure of each route that meets all windows and a shift end, waiting aside.

    Args:
        data: The problem.
        routes: (m, n) stops.
        length: (m,) stops of each route.
        shift_end: When the last vehicle has to be back.
        latest: (m,) receives them.
    """
    for route in range(len(length)):
        best, underway, node = _NEVER, 0, 0
        for position in range(length[route]):
            following = routes[route, position]
            underway += data.travel[node, following]
            best = min(best, data.closes[following] - underway)
            underway += data.service[following]
            node = following
        latest[route] = min(best, shift_end - (underway + data.travel[node, 0]))
