"""From trips on vehicles to a plan with times, costs and reasons."""

from __future__ import annotations

import numpy as np

from optimize.routing.arrays import Arrays, Fleet, arrays_of
from optimize.routing.kernels import (
    CAPACITY,
    FLEET,
    SHIFT,
    TIME_WINDOW,
    TIMED,
    time_fleet,
    why_left_out,
)
from optimize.routing.problem import (
    IntArray,
    RoutePlan,
    RouteStatus,
    RoutingProblem,
    Trip,
    UnservedReason,
)

_REASONS = {
    FLEET: UnservedReason.FLEET,
    CAPACITY: UnservedReason.CAPACITY,
    SHIFT: UnservedReason.SHIFT,
    TIME_WINDOW: UnservedReason.TIME_WINDOW,
}


def decode(problem: RoutingProblem, fleet: Fleet, method: str, arrays: Arrays | None = None) -> RoutePlan:
    """Time all trips, add up cost and distance, say why stops are left out; `arrays` spare making them again."""
    arrays = arrays if arrays is not None else arrays_of(problem)
    count = int(fleet.chain_length.sum())
    timed = np.zeros((count, TIMED), dtype=np.int64)
    arrivals = np.zeros((count, problem.stop_count), dtype=np.int64)
    cost = float(time_fleet(arrays, fleet, timed, arrivals))
    chained, departs, back, late, metres = timed.T
    vehicle = np.repeat(np.arange(len(fleet.vehicle_type)), fleet.chain_length)
    vehicle_type = fleet.vehicle_type[vehicle]
    first_of_type = np.cumsum(arrays.available) - arrays.available
    stops, length = fleet.stops[chained] - 1, fleet.length[chained]
    columns = (vehicle_type, vehicle - first_of_type[vehicle_type], departs, stops, arrivals, back, length)
    trips = tuple(
        Trip(kind, number, leaves, tuple(row[:size]), tuple(seconds[:size]), returns)
        for kind, number, leaves, row, seconds, returns, size in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )
    is_served = np.zeros(problem.stop_count, dtype=np.bool_)
    is_served[[stop for trip in trips for stop in trip.stops]] = True
    unserved = _left_out(arrays, np.flatnonzero(~is_served), problem.serves_everyone)
    if unserved:
        status = RouteStatus.PARTIAL
    elif not trips:
        status = RouteStatus.NOTHING_TO_DO
    else:
        status = RouteStatus.LATE if late.any() else RouteStatus.ON_TIME
    return RoutePlan(trips, unserved, status, method, cost, int(metres.sum()), used_fallback=False)


def _left_out(
    arrays: Arrays, stops: IntArray, serves_everyone: bool
) -> tuple[tuple[int, UnservedReason], ...]:
    """0-based stops that are in no trip, and why."""
    if not len(stops):
        return ()
    alone, reasons = np.zeros(1, dtype=np.int64), np.zeros(len(stops), dtype=np.int64)
    why_left_out(arrays, stops + 1, serves_everyone, alone, reasons)
    return tuple(
        (stop, _REASONS[reason]) for stop, reason in zip(stops.tolist(), reasons.tolist(), strict=True)
    )


def seconds_late(problem: RoutingProblem, plan: RoutePlan) -> int:
    """Seconds by which arrivals miss their windows, summed over all stops."""
    return sum(
        max(0, arrival - int(problem.closes_second[stop]))
        for trip in plan.trips
        for stop, arrival in zip(trip.stops, trip.arrival_seconds, strict=True)
    )
