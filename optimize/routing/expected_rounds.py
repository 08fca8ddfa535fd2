"""What a fixed round comes to on a mean day, when stores without goods are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimize.routing.problem import FloatArray, IntArray, RoutingProblem, Trip

_SECONDS_PER_HOUR = 3_600.0


def expected_length(legs: IntArray | FloatArray, stops: Sequence[int], probability: FloatArray) -> float:
    """Mean length of a round whose stops are there or not, independently, and keep their order.

    The probabilistic travelling salesman's sum over all pairs of stops that may follow each other (Jaillet 1988,
    "A priori solution of a traveling salesman problem in which a random subset of the customers are visited",
    Operations Research 36(6), equation 1): a leg from i to j is driven when both are there and nobody between is.

    Args:
        legs: (n + 1, n + 1), 0 is the depot.
        stops: 0-based stops in their order.
        probability: (n,) of each stop being there.

    Returns:
        In the unit of the legs.
    """
    nodes = [0, *(stop + 1 for stop in stops), 0]
    present = np.concatenate(([1.0], probability[list(stops)], [1.0]))
    total = 0.0
    for first in range(len(nodes) - 1):
        nobody_between = 1.0
        for then in range(first + 1, len(nodes)):
            both = present[first] * present[then]
            total += float(legs[nodes[first], nodes[then]]) * both * nobody_between
            nobody_between *= 1.0 - present[then]
    return total


def expected_hours(problem: RoutingProblem, trip: Trip, probability: FloatArray) -> float:
    """Mean hours from departure to return: those of the whole round less the legs and the unloading that are saved."""
    stops = list(trip.stops)
    nodes = np.array([0, *(stop + 1 for stop in stops), 0])
    whole = float(problem.travel_seconds[nodes[:-1], nodes[1:]].sum())
    saved = whole - expected_length(problem.travel_seconds, trip.stops, probability)
    saved += float(problem.service_seconds[stops] @ (1.0 - probability[stops]))
    out = float(trip.return_second - trip.depart_second)
    return max(0.0, out - saved) / _SECONDS_PER_HOUR


def unloaded_seconds(problem: RoutingProblem, trip: Trip) -> list[int]:
    """When each stop of a trip has been unloaded: from arrival on, or from when its window opens."""
    left = []
    for stop, arrival in zip(trip.stops, trip.arrival_seconds, strict=True):
        begins = max(arrival, int(problem.opens_second[stop]))
        if problem.pause_starts_second[stop] < begins < problem.pause_ends_second[stop]:
            begins = int(problem.pause_ends_second[stop])
        left.append(begins + int(problem.service_seconds[stop]))
    return left


__all__ = ["expected_hours", "expected_length", "unloaded_seconds"]
