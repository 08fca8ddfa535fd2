"""Compiled insertion of stops into the trips of a fleet; stops are 1-based, as in `optimize.routing.kernels`."""

from __future__ import annotations

import numpy as np

from optimize.compilation import compiled
from optimize.routing.arrays import Arrays, Fleet
from optimize.routing.kernels import append_trip, holds, time_trip, trip_cost
from optimize.routing.problem import IntArray

_NEVER = 2**62


@compiled
def time_chain(
    data: Arrays,
    fleet: Fleet,
    vehicle: int,
    changed: int,
    stops: IntArray,
    length: int,
    added: bool,
    most_late: int,
) -> tuple[bool, int, float]:
    """Time a vehicle's trips with one of them changed, or with one more before it, as long as they are good enough.

    Args:
        data: The problem.
        fleet: The trips as they are.
        vehicle: Whose chain.
        changed: Position of the changed trip, or of the one before which a trip is added; negative for none.
        stops: Of the changed or added trip.
        length: Its number of stops.
        added: Whether it comes on top.
        most_late: Seconds late that are not too many.

    Returns:
        Whether the vehicle is back within its shift and not too late; if so, seconds late and money.
    """
    vehicle_type = fleet.vehicle_type[vehicle]
    ready, late, cost = data.shift_start[vehicle_type], 0, 0.0
    shift_end = data.shift_end[vehicle_type]
    trips = fleet.chain_length[vehicle]
    for position in range(trips + 1):
        if position == changed:
            depart, back, seconds_late = time_trip(data, stops, length, ready)
            late += seconds_late
            if late > most_late or back > shift_end:
                return False, late, cost
            cost += trip_cost(data, stops, length, vehicle_type, back - depart)
            ready = back + data.turnaround
        if position < trips and (added or position != changed):
            trip = fleet.chain[vehicle, position]
            depart, back, seconds_late = time_trip(data, fleet.stops[trip], fleet.length[trip], ready)
            late += seconds_late
            if late > most_late or back > shift_end:
                return False, late, cost
            cost += trip_cost(data, fleet.stops[trip], fleet.length[trip], vehicle_type, back - depart)
            ready = back + data.turnaround
    return True, late, cost


@compiled
def insert(
    data: Arrays, fleet: Fleet, left: IntArray, may_be_late: bool, trial: IntArray, homeless: IntArray
) -> int:
    """Insert stops one after the other where they add the least lateness, then the least money.

    Every position of every trip is tried and a trip of its own at every position of every chain; shifts and
    capacities always hold.

    Args:
        data: The problem.
        fleet: Changed in place.
        left: (m,) stops in the order of insertion.
        may_be_late: Whether windows may be missed; where not, only insertions on time are made.
        trial: (n + 1,) to work in.
        homeless: (m,) receives the stops for which there is no place.

    Returns:
        How many there are.
    """
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
            _, late_before, cost_before = time_chain(data, fleet, vehicle, -1, trial, 0, False, _NEVER)
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
                    is_good, late, cost = time_chain(
                        data, fleet, vehicle, index, trial, size + 1, added, late_before + best_late
                    )
                    late, cost = late - late_before, cost - cost_before
                    if is_good and (late < best_late or (late == best_late and cost < best_cost)):
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
