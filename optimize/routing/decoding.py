"""From trips on vehicles to a plan with times, costs and reasons."""

from __future__ import annotations

import numpy as np

from optimize.routing.arrays import Arrays, Fleet, arrays_of
from optimize.routing.kernels import time_trip, trip_cost
from optimize.routing.problem import (
    RoutePlan,
    RouteStatus,
    RoutingProblem,
    Trip,
    UnservedReason,
)


def decode(problem: RoutingProblem, fleet: Fleet, method: str) -> RoutePlan:
    """Time all trips, add up cost and distance, say why stops are left out."""
    arrays = arrays_of(problem)
    trips: list[Trip] = []
    cost, metres, late = 0.0, 0, 0
    first_of_type = np.concatenate([[0], np.cumsum(arrays.available)])
    for vehicle, vehicle_type in enumerate(fleet.vehicle_type.tolist()):
        ready = int(arrays.shift_start[vehicle_type])
        for chained in fleet.chain[vehicle, : fleet.chain_length[vehicle]]:
            stops = fleet.stops[chained, : fleet.length[chained]]
            depart, back, seconds_late = time_trip(arrays, stops, len(stops), ready)
            ready = back + arrays.turnaround
            late += seconds_late
            cost += trip_cost(arrays, stops, len(stops), vehicle_type, back - depart)
            nodes = np.concatenate([[0], stops, [0]])
            metres += int(arrays.distance[nodes[:-1], nodes[1:]].sum())
            trips.append(
                Trip(
                    vehicle_type=vehicle_type,
                    vehicle=vehicle - int(first_of_type[vehicle_type]),
                    depart_second=int(depart),
                    stops=tuple((stops - 1).tolist()),
                    arrival_seconds=_arrivals(arrays, stops.tolist(), int(depart)),
                    return_second=int(back),
                )
            )
    served = {stop for trip in trips for stop in trip.stops}
    unserved = tuple(
        (stop, unserved_reason(arrays, stop + 1, problem.serves_everyone))
        for stop in range(problem.stop_count)
        if stop not in served
    )
    if unserved:
        status = RouteStatus.PARTIAL
    elif not trips:
        status = RouteStatus.NOTHING_TO_DO
    else:
        status = RouteStatus.LATE if late else RouteStatus.ON_TIME
    return RoutePlan(tuple(trips), unserved, status, method, float(cost), metres, used_fallback=False)


def unserved_reason(arrays: Arrays, stop: int, serves_everyone: bool) -> UnservedReason:
    """Why a stop is left out: what keeps it from every vehicle even as the only stop of the day, else the fleet.

    Args:
        arrays: The problem.
        stop: 1-based.
        serves_everyone: Whether windows may be missed.
    """
    available = np.flatnonzero(arrays.available > 0)
    if not len(available):
        return UnservedReason.FLEET
    holding = [
        vehicle_type
        for vehicle_type in available
        if arrays.weight[stop] <= arrays.capacity_grams[vehicle_type]
        and arrays.volume[stop] <= arrays.capacity_millilitres[vehicle_type]
    ]
    if not holding:
        return UnservedReason.CAPACITY
    alone = np.array([stop], dtype=np.int64)
    timed = [(time_trip(arrays, alone, 1, arrays.shift_start[k]), arrays.shift_end[k]) for k in holding]
    in_shift = [late for (_, back, late), shift_end in timed if back <= shift_end]
    if not in_shift:
        return UnservedReason.SHIFT
    if min(in_shift) > 0 and not serves_everyone:
        return UnservedReason.TIME_WINDOW
    return UnservedReason.FLEET


def seconds_late(problem: RoutingProblem, plan: RoutePlan) -> int:
    """Seconds by which arrivals miss their windows, summed over all stops."""
    return sum(
        max(0, arrival - int(problem.closes_second[stop]))
        for trip in plan.trips
        for stop, arrival in zip(trip.stops, trip.arrival_seconds, strict=True)
    )


def _arrivals(arrays: Arrays, stops: list[int], depart: int) -> tuple[int, ...]:
    clock, node, arrivals = depart, 0, []
    for stop in stops:
        clock += int(arrays.travel[node, stop])
        arrivals.append(clock)
        if arrays.pause_starts[stop] < clock < arrays.pause_ends[stop]:
            clock = int(arrays.pause_ends[stop])
        clock = max(clock, int(arrays.opens[stop])) + int(arrays.service[stop])
        node = stop
    return tuple(arrivals)
