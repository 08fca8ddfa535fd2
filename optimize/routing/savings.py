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

from collections.abc import Sequence

import numpy as np

from optimize.routing.arrays import Arrays, Fleet, empty_fleet
from optimize.routing.inserting import insert
from optimize.routing.kernels import cut_rounds, latest_departures, merge_by_savings, pack
from optimize.routing.problem import IntArray
from optimize.routing.ranking import RankedRoads, pairs_by_saving


def savings_fleet(
    arrays: Arrays, serves_everyone: bool, roads: RankedRoads | None = None, places: IntArray | None = None
) -> Fleet:
    """Build routes by savings and give them to vehicles.

    Args:
        arrays: The problem.
        serves_everyone: Whether stops may be served late.
        roads: Those that the problem's are a part of, where they are known.
        places: (n,) of the stops on these.
    """
    fleet = empty_fleet(arrays)
    stops = len(arrays.weight) - 1
    if len(fleet.vehicle_type) and stops:
        routes, length = np.zeros((stops, stops), dtype=np.int64), np.zeros(stops, dtype=np.int64)
        scratch = np.zeros((2, stops + 1), dtype=np.int64)
        if roads is not None and places is not None and (np.diff(places) > 0).all():
            pairs = roads.pairs(places, _reference_costs(arrays))
        else:
            pairs = pairs_by_saving(arrays.travel, arrays.distance, _reference_costs(arrays))
        merge_by_savings(arrays, *pairs, routes, length, np.zeros(stops), scratch)
        assign(arrays, fleet, routes, length, serves_everyone)
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


def split_to_fit(arrays: Arrays, rounds: Sequence[IntArray]) -> list[IntArray]:
    """Cut rounds where the next stop would break a capacity, a window or the shift of every type.

    Args:
        arrays: The problem.
        rounds: 1-based stops of each in the order of the visits.

    Returns:
        Pieces in order; stops that nobody can serve alone on time are in none.
    """
    if not rounds:
        return []
    stops = np.concatenate(rounds)
    round_of = np.repeat(np.arange(len(rounds)), [len(round_) for round_ in rounds])
    piece_of = np.zeros(len(stops), dtype=np.int64)
    pieces = cut_rounds(arrays, stops, round_of, piece_of, np.zeros((2, len(stops)), dtype=np.int64))
    return [stops[piece_of == piece] for piece in range(pieces)]


def _reference_costs(arrays: Arrays) -> tuple[float, float, float]:
    """Costs per trip, km and hour of the type with the largest capacity."""
    on_offer = np.flatnonzero(arrays.available > 0)
    sizes = (arrays.capacity_millilitres[on_offer], arrays.capacity_grams[on_offer])
    reference = on_offer[np.lexsort(sizes)[-1]]
    of_trip, of_km, of_hour = (
        float(costs[reference]) for costs in (arrays.cost_per_trip, arrays.cost_per_km, arrays.cost_per_hour)
    )
    return of_trip, of_km, of_hour
