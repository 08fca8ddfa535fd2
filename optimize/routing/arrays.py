"""A routing problem, and the trips of a fleet, as the compiled functions read them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimize.routing.problem import FloatArray, IntArray, RoutingProblem


class Arrays(NamedTuple):
    """A routing problem as the compiled functions read it; stop arrays start with a row for the depot."""

    travel: IntArray
    distance: IntArray
    weight: IntArray
    volume: IntArray
    service: IntArray
    opens: IntArray
    closes: IntArray
    pause_starts: IntArray
    pause_ends: IntArray
    available: IntArray
    capacity_grams: IntArray
    capacity_millilitres: IntArray
    shift_start: IntArray
    shift_end: IntArray
    cost_per_trip: FloatArray
    cost_per_km: FloatArray
    cost_per_hour: FloatArray
    turnaround: int


class Fleet(NamedTuple):
    """Which vehicle makes which trips: rows of stops, and a chain of trips for each vehicle.

    Attributes:
        stops: (n, n) stops of each trip.
        length: (n,) stops in each trip.
        used: (1,) trips made so far.
        vehicle_type: (vehicles,) type of each.
        chain: (vehicles, n) trips of each vehicle in order.
        chain_length: (vehicles,) trips of each vehicle.
    """

    stops: IntArray
    length: IntArray
    used: IntArray
    vehicle_type: IntArray
    chain: IntArray
    chain_length: IntArray


def arrays_of(problem: RoutingProblem) -> Arrays:
    """Contiguous copies with the types for which the functions are compiled; never more vehicles than stops."""

    def integers(values: IntArray) -> IntArray:
        return np.ascontiguousarray(values, dtype=np.int64)

    def with_depot(values: IntArray) -> IntArray:
        return np.concatenate([np.zeros(1, dtype=np.int64), integers(values)])

    def money(values: FloatArray) -> FloatArray:
        return np.ascontiguousarray(values, dtype=np.float64)

    return Arrays(
        travel=integers(problem.travel_seconds),
        distance=integers(problem.distance_metres),
        weight=with_depot(problem.weight_grams),
        volume=with_depot(problem.volume_millilitres),
        service=with_depot(problem.service_seconds),
        opens=with_depot(problem.opens_second),
        closes=with_depot(problem.closes_second),
        pause_starts=with_depot(problem.pause_starts_second),
        pause_ends=with_depot(problem.pause_ends_second),
        available=np.minimum(integers(problem.vehicle_count), problem.stop_count),
        capacity_grams=integers(problem.capacity_grams),
        capacity_millilitres=integers(problem.capacity_millilitres),
        shift_start=integers(problem.shift_start_second),
        shift_end=integers(problem.shift_end_second),
        cost_per_trip=money(problem.cost_per_trip),
        cost_per_km=money(problem.cost_per_km),
        cost_per_hour=money(problem.cost_per_hour),
        turnaround=int(problem.turnaround_seconds),
    )


def empty_fleet(arrays: Arrays) -> Fleet:
    """All vehicles at the depot, type by type."""
    stops = len(arrays.weight) - 1
    vehicle_type = np.repeat(np.arange(len(arrays.available), dtype=np.int64), arrays.available)
    return Fleet(
        stops=np.zeros((stops, stops), dtype=np.int64),
        length=np.zeros(stops, dtype=np.int64),
        used=np.zeros(1, dtype=np.int64),
        vehicle_type=vehicle_type,
        chain=np.zeros((len(vehicle_type), stops), dtype=np.int64),
        chain_length=np.zeros(len(vehicle_type), dtype=np.int64),
    )
