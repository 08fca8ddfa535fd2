"""Compiled steps of route building: timing a trip, merging, cutting, packing onto vehicles.

Stops are 1-based here, as rows of the matrices. A trip is a row of stops and its length.
"""

from __future__ import annotations

import numpy as np

from optimize.compilation import compiled
from optimize.routing.arrays import Arrays, Fleet
from optimize.routing.problem import FloatArray, IntArray

_NEVER = 2**62
_SECONDS_PER_HOUR, _METRES_PER_KM = 3600.0, 1000.0

TIMED = 5
"""Columns that `time_fleet` writes for a trip: trip, departure, return, seconds late, metres."""
FLEET, CAPACITY, SHIFT, TIME_WINDOW = range(4)


@compiled
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


@compiled
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


@compiled
def holds(data: Arrays, stops: IntArray, length: int, vehicle_type: int) -> bool:
    """Whether the load of a trip fits a vehicle of this type, by weight and by volume."""
    grams, millilitres = 0, 0
    for position in range(length):
        grams += data.weight[stops[position]]
        millilitres += data.volume[stops[position]]
    return bool(
        grams <= data.capacity_grams[vehicle_type] and millilitres <= data.capacity_millilitres[vehicle_type]
    )


@compiled
def cheapest_alone(data: Arrays, stops: IntArray, length: int) -> float:
    """Cost of a trip as the only one of the best vehicle that can make it on time; infinite where none can."""
    best = np.inf
    for vehicle_type in range(len(data.available)):
        if data.available[vehicle_type] > 0 and holds(data, stops, length, vehicle_type):
            depart, back, late = time_trip(data, stops, length, data.shift_start[vehicle_type])
            if late == 0 and back <= data.shift_end[vehicle_type]:
                best = min(best, trip_cost(data, stops, length, vehicle_type, back - depart))
    return best


@compiled
def merge_by_savings(
    data: Arrays,
    tails: IntArray,
    heads: IntArray,
    routes: IntArray,
    length: IntArray,
    cost: FloatArray,
    scratch: IntArray,
) -> None:
    """Join routes end to end, pair after pair (Clarke & Wright 1964, parallel version).

    A pair (i, j) joins the route that ends with i to the one that starts with j; either route is turned round where
    that makes it so. They stay joined if some vehicle can make the joint trip on time at no more than the sum of
    both costs. Stops that cannot be served alone on time are in no route.

    Args:
        data: The problem.
        tails: i of each pair, largest saving first.
        heads: j of each pair.
        routes: (n, n) receives the stops of each route.
        length: (n,) receives their numbers, 0 for routes that are gone.
        cost: (n,) receives the cost of each route alone.
        scratch: (2, n + 1) to work in.
    """
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


@compiled
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


@compiled
def pack(
    data: Arrays,
    fleet: Fleet,
    routes: IntArray,
    length: IntArray,
    order: IntArray,
    types: IntArray,
    ready: IntArray,
) -> None:
    """Give each route to the first type that holds it, there to the vehicle that is back from it first.

    Routes go to the end of a vehicle's chain, so `order` should put the most urgent first.

    Args:
        data: The problem.
        fleet: Changed in place.
        routes: (m, n) stops.
        length: (m,) stops of each route.
        order: Routes in the order in which they choose.
        types: Vehicle types in the order of preference.
        ready: (vehicles,) receives the second at which each could leave again.
    """
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
                break


@compiled
def cut_rounds(data: Arrays, stops: IntArray, round_of: IntArray, piece_of: IntArray, trial: IntArray) -> int:
    """Cut rounds where the next stop would break a capacity, a window or the shift of every type.

    Args:
        data: The problem.
        stops: (m,) stops of all rounds in the order of the visits.
        round_of: (m,) round of each, ascending.
        piece_of: (m,) receives the piece of each; -1 for stops that nobody can serve alone on time.
        trial: (2, m) to work in.

    Returns:
        How many pieces there are.
    """
    piece, alone, pieces, size = trial[0], trial[1], 0, 0
    for index in range(len(stops)):
        if index > 0 and round_of[index] != round_of[index - 1]:
            size = 0
        piece[size], alone[0] = stops[index], stops[index]
        if size == 0 or cheapest_alone(data, piece, size + 1) == np.inf:
            if cheapest_alone(data, alone, 1) == np.inf:
                piece_of[index] = -1
                continue
            piece[0], size = stops[index], 0
            pieces += 1
        size += 1
        piece_of[index] = pieces - 1
    return pieces


@compiled
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


@compiled
def time_fleet(data: Arrays, fleet: Fleet, timed: IntArray, arrivals: IntArray) -> float:
    """Time all trips, vehicle by vehicle.

    Args:
        data: The problem.
        fleet: The trips.
        timed: (trips, TIMED) receives a row per trip.
        arrivals: (trips, n) receives the arrival at each of its stops.

    Returns:
        Money for all trips.
    """
    number, money = 0, 0.0
    for vehicle in range(len(fleet.vehicle_type)):
        vehicle_type = fleet.vehicle_type[vehicle]
        ready = data.shift_start[vehicle_type]
        for place in range(fleet.chain_length[vehicle]):
            trip = fleet.chain[vehicle, place]
            stops, length = fleet.stops[trip], fleet.length[trip]
            depart, back, late = time_trip(data, stops, length, ready)
            ready = back + data.turnaround
            money += trip_cost(data, stops, length, vehicle_type, back - depart)
            clock, metres, node = depart, 0, 0
            for position in range(length):
                following = stops[position]
                clock += data.travel[node, following]
                metres += data.distance[node, following]
                arrivals[number, position] = clock
                if data.pause_starts[following] < clock < data.pause_ends[following]:
                    clock = data.pause_ends[following]
                clock = max(clock, data.opens[following]) + data.service[following]
                node = following
            timed[number, 0], timed[number, 1], timed[number, 2] = trip, depart, back
            timed[number, 3], timed[number, 4] = late, metres + data.distance[node, 0]
            number += 1
    return money


@compiled
def why_left_out(
    data: Arrays, left_out: IntArray, serves_everyone: bool, alone: IntArray, reasons: IntArray
) -> None:
    """Why stops are left out: what keeps each from every vehicle even as the only stop of the day, else the fleet.

    Args:
        data: The problem.
        left_out: (m,) stops.
        serves_everyone: Whether windows may be missed.
        alone: (1,) to work in.
        reasons: (m,) receives FLEET, CAPACITY, SHIFT or TIME_WINDOW.
    """
    for number in range(len(left_out)):
        alone[0] = left_out[number]
        some, fitting, least_late = False, False, _NEVER
        for vehicle_type in range(len(data.available)):
            if data.available[vehicle_type] == 0:
                continue
            some = True
            if not holds(data, alone, 1, vehicle_type):
                continue
            fitting = True
            _, back, late = time_trip(data, alone, 1, data.shift_start[vehicle_type])
            if back <= data.shift_end[vehicle_type]:
                least_late = min(least_late, late)
        reasons[number] = FLEET
        if some and not fitting:
            reasons[number] = CAPACITY
        elif some and least_late == _NEVER:
            reasons[number] = SHIFT
        elif some and least_late > 0 and not serves_everyone:
            reasons[number] = TIME_WINDOW
