"""Savings: trips by joining routes, packed onto vehicles that may go out several times a shift.

Sets and symbols: depot 0, stops 1..n, vehicle types k. For a trip R = (0, r1, .., rm, 0) on type k

    cost_k(R) = f_k + g_k * km(R) + h_k * hours(R)       f, g, h: cost per trip, per km, per hour

with hours from departure to return, waiting included. Each stop starts as its own route. The saving of joining a
route that ends with i to one that starts with j is, on the reference type (the one with the largest capacity),

    s(i, j) = f + c(i, 0) + c(0, j) - c(i, j),           c: money for one leg by distance and travel time

(Clarke & Wright 1964, Scheduling of Vehicles from a Central Depot to a Number of Delivery Points, Operations Research
12, 568-581; they have symmetric distances and no f and h). Pairs are tried from the largest saving down, and joined
where some type can make the joint trip (both capacities, windows, shift) at no more than the true cost of the two.

Packing: routes, the one that must leave first in front, choose the smallest type that can take them after what its
vehicles do already, there the vehicle that is back first. Routes for which there is none are taken apart, their stops
inserted where they cost least: on time first; then, where everyone is to be served, with the least lateness.
"""

from __future__ import annotations

import numpy as np

from optimize.routing.arrays import Arrays, Fleet, arrays_of, empty_fleet
from optimize.routing.kernels import cheapest_alone, insert, latest_departures, merge_by_savings, pack
from optimize.routing.problem import IntArray, RoutingProblem

_SECONDS_PER_HOUR = 3600.0
_METRES_PER_KM = 1000.0


def savings_fleet(problem: RoutingProblem) -> Fleet:
    """Build routes by savings and give them to vehicles."""
    arrays = arrays_of(problem)
    fleet = empty_fleet(arrays)
    if len(fleet.vehicle_type) and problem.stop_count:
        stops = problem.stop_count
        routes, length = np.zeros((stops, stops), dtype=np.int64), np.zeros(stops, dtype=np.int64)
        scratch = np.zeros((2, stops + 1), dtype=np.int64)
        merge_by_savings(arrays, *_pairs_by_saving(arrays), routes, length, np.zeros(stops), scratch)
        assign(arrays, fleet, routes, length, problem.serves_everyone)
    return fleet


def assign(arrays: Arrays, fleet: Fleet, routes: IntArray, length: IntArray, serves_everyone: bool) -> None:
    """Pack routes onto vehicles that are still idle, and insert the stops of those that find none.

    Args:
        arrays: The problem.
        fleet: Changed in place.
        routes: (m, n) 1-based stops.
        length: (m,) stops of each route; empty ones are passed over.
        serves_everyone: Whether stops may be served late.
    """
    kept = np.flatnonzero(length > 0)
    routes, length = routes[kept], length[kept]
    urgency = np.zeros(len(length), dtype=np.int64)
    latest_departures(arrays, routes, length, int(arrays.shift_end[arrays.available > 0].max()), urgency)
    order = np.argsort(urgency, kind="stable")
    smallest_first = np.lexsort((arrays.capacity_millilitres, arrays.capacity_grams))
    ready = np.zeros(len(fleet.vehicle_type), dtype=np.int64)
    pack(arrays, fleet, routes, length, order, smallest_first, ready)
    insert_missing(arrays, fleet, serves_everyone)


def insert_missing(arrays: Arrays, fleet: Fleet, serves_everyone: bool) -> None:
    """Insert all stops that are in no trip yet, those whose windows close first in front."""
    planned = np.zeros(len(arrays.weight), dtype=np.bool_)
    planned[0] = True
    for trip in range(int(fleet.used[0])):
        planned[fleet.stops[trip, : fleet.length[trip]]] = True
    missing = np.flatnonzero(~planned)
    missing = missing[np.argsort(arrays.closes[missing], kind="stable")]
    trial = np.zeros(len(arrays.weight), dtype=np.int64)
    for may_be_late in (False, True) if serves_everyone else (False,):
        if len(missing):
            homeless = np.zeros(len(missing), dtype=np.int64)
            missing = homeless[: insert(arrays, fleet, missing, may_be_late, trial, homeless)]


def split_to_fit(arrays: Arrays, sequence: IntArray) -> list[IntArray]:
    """Cut a sequence of stops where the next one would break a capacity, a window or the shift of every type.

    Args:
        arrays: The problem.
        sequence: 1-based stops in the order of the visits.

    Returns:
        Pieces in order; stops that nobody can serve alone on time are in none.
    """
    pieces: list[IntArray] = []
    piece = sequence[:0]
    for stop in sequence:
        alone = np.array([stop], dtype=np.int64)
        longer = np.append(piece, alone)
        if np.isfinite(cheapest_alone(arrays, longer, len(longer))):
            piece = longer
        elif np.isfinite(cheapest_alone(arrays, alone, 1)):
            pieces.append(piece)
            piece = alone
    if len(piece):
        pieces.append(piece)
    return pieces


def _pairs_by_saving(arrays: Arrays) -> tuple[IntArray, IntArray]:
    """Ordered pairs of stops whose joining saves money, or costs none; equal savings by distance, then by number."""
    on_offer = np.flatnonzero(arrays.available > 0)
    sizes = (arrays.capacity_millilitres[on_offer], arrays.capacity_grams[on_offer])
    reference = on_offer[np.lexsort(sizes)[-1]]
    leg = arrays.cost_per_km[reference] * (arrays.distance / _METRES_PER_KM)
    leg = leg + arrays.cost_per_hour[reference] * (arrays.travel / _SECONDS_PER_HOUR)
    saving = arrays.cost_per_trip[reference] + leg[1:, :1] + leg[:1, 1:] - leg[1:, 1:]
    metres = arrays.distance[1:, :1] + arrays.distance[:1, 1:] - arrays.distance[1:, 1:]
    pays = saving >= 0.0
    np.fill_diagonal(pays, False)
    tails, heads = np.nonzero(pays)
    order = np.lexsort((-metres[tails, heads], -saving[tails, heads]))
    return tails[order] + 1, heads[order] + 1
