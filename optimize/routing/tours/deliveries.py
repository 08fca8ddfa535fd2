"""A day's deliveries from one depot as a rich routing problem, and its tours as trips again."""

from __future__ import annotations

import numpy as np

from optimize.routing.arrays import arrays_of, empty_fleet
from optimize.routing.decoding import decode
from optimize.routing.problem import RoutePlan, RoutingProblem, Trip
from optimize.routing.tours.plan import RELOAD, Tour, TourMoney, ToursPlan, ToursStatus
from optimize.routing.tours.problem import LATEST_SECOND, IntArray, Lateness, Roads, Tours, Vehicles, Visits
from optimize.routing.tours.searching import search_tours
from optimize.solving import Progress, no_progress

METHOD = "ruin_recreate"
_SPARE_VEHICLES = 8
_MOST_RELOADS = 12
_SHORT_SEARCH = 1_000
"""Iterations below which there is no time to leave a start that is worse than the plan at hand."""


def plan_deliveries(
    problem: RoutingProblem,
    built: RoutePlan,
    *,
    iterations: int,
    seed: int = 1,
    progress: Progress = no_progress,
) -> RoutePlan:
    """Search for a day's trips by ruin and recreate.

    A vehicle's trips are one tour with reloads. While searching, its hours run from first departure to last return;
    the plan charges each trip its own.

    Args:
        problem: One day's deliveries.
        built: A plan of the day, which tells how many vehicles are worth looking at; a short search starts from it, a
            long one finds better plans from its own.
        iterations: Of the search.
        seed: Of its random numbers.
        progress: Told how far it is.

    Returns:
        The trips; whoever uses them checks and compares them.
    """
    tours = tours_of(problem, most_vehicles=len(built.trips) + len(built.unserved) + _SPARE_VEHICLES)
    start = start_of(built, tours.vehicles.kind) if iterations < _SHORT_SEARCH else None
    plan = search_tours(tours, iterations=iterations, seed=seed, start=start, progress=progress)
    return trips_of(problem, plan, tours.vehicles.kind)


def tours_of(problem: RoutingProblem, most_vehicles: int | None = None) -> Tours:
    """The rich problem of a day's deliveries: a kind for each type of vehicle, a place for the depot and each stop.

    With `serves_everyone` a stop's last window stays open and each second after its closing costs more than any
    plan, so that plans are compared by stops left out, then by seconds late, then by cost. Where no window closes
    before the last shift ends nobody can be late, and the problem says so: it is searched several times faster.

    Args:
        problem: One day's deliveries.
        most_vehicles: Of each type; None = one for each stop.
    """
    n = problem.stop_count
    kinds = vehicle_types(problem, most_vehicles)
    has_pause = problem.pause_starts_second < problem.pause_ends_second
    # Without a pause the first window is the whole one, and the second repeats its end.
    first_close = np.where(has_pause, problem.pause_starts_second, problem.closes_second)
    second_open = np.where(has_pause, problem.pause_ends_second, problem.closes_second)
    may_be_late = bool((problem.closes_second < problem.shift_end_second.max(initial=0)).any())
    late = problem.serves_everyone and may_be_late
    last_close = np.full(n, LATEST_SECOND) if late else problem.closes_second
    if not has_pause.any():
        windows = problem.opens_second[:, None], last_close[:, None]
    else:
        windows = (
            np.stack([problem.opens_second, second_open], axis=1),
            np.stack([first_close, last_close], axis=1),
        )
    visits = Visits.of(
        np.arange(1, n + 1),
        load=np.stack([problem.weight_grams, problem.volume_millilitres], axis=1),
        window_opens=windows[0],
        window_closes=windows[1],
        due_second=problem.closes_second,
        lateness_class=np.full(n, 0 if late else -1),
    )
    vehicles = Vehicles.of(
        np.zeros(len(kinds), np.int64),
        capacity=np.stack([problem.capacity_grams[kinds], problem.capacity_millilitres[kinds]], axis=1),
        shift_start_second=problem.shift_start_second[kinds],
        shift_end_second=problem.shift_end_second[kinds],
        regular_end_second=problem.shift_end_second[kinds],
        cost_fixed=problem.cost_per_trip[kinds],
        cost_per_reload=problem.cost_per_trip[kinds],
        cost_per_km=problem.cost_per_km[kinds],
        cost_per_hour=problem.cost_per_hour[kinds],
        reload_place=np.zeros(len(kinds), np.int64),
        reload_seconds=np.full(len(kinds), problem.turnaround_seconds),
        most_reloads=np.full(len(kinds), min(n, _MOST_RELOADS)),
        kind=kinds,
    )
    return Tours.of(
        visits,
        vehicles,
        Roads(problem.travel_seconds, problem.distance_metres),
        lateness=Lateness.per_hour(3600.0 * _dearest(problem)) if late else Lateness.per_hour(),
        service_seconds=np.tile(problem.service_seconds, (problem.type_count, 1)),
        allowed=np.ones((problem.type_count, n), np.bool_),
        extra_cost=np.zeros((problem.type_count, n)),
    )


def vehicle_types(problem: RoutingProblem, most_vehicles: int | None = None) -> IntArray:
    """Type of each vehicle of `tours_of`."""
    most = problem.stop_count if most_vehicles is None else min(problem.stop_count, most_vehicles)
    return np.repeat(np.arange(problem.type_count), np.minimum(problem.vehicle_count, most))


def start_of(plan: RoutePlan, kinds: IntArray) -> ToursPlan:
    """Trips as tours to start a search from: their order alone counts; `kinds` is the type of each vehicle."""
    chains: dict[tuple[int, int], list[Trip]] = {}
    for trip in plan.trips:
        chains.setdefault((trip.vehicle_type, trip.vehicle), []).append(trip)
    free = {kind: np.flatnonzero(kinds == kind).tolist() for kind in set(kinds.tolist())}
    tours = []
    for (kind, _), trips in sorted(chains.items(), key=lambda chain: chain[0]):
        first, *others = sorted(trips, key=lambda trip: trip.depart_second)
        stops = list(first.stops)
        for trip in others:
            stops += [RELOAD, *trip.stops]
        untimed = (0,) * len(stops)
        tours.append(Tour(free[kind].pop(0), 0, tuple(stops), untimed, untimed, 0, 0))
    return ToursPlan(tuple(tours), (), 0, TourMoney(), ToursStatus.SERVED)


def trips_of(problem: RoutingProblem, plan: ToursPlan, kinds: IntArray) -> RoutePlan:
    """Tours as trips, each departing as late as costs nothing; `kinds` is the type of each vehicle."""
    arrays = arrays_of(problem)
    fleet = empty_fleet(arrays)
    free = {kind: np.flatnonzero(fleet.vehicle_type == kind).tolist() for kind in range(problem.type_count)}
    for tour in plan.tours:
        vehicle = free[int(kinds[tour.vehicle])].pop(0)
        for trip in _trips(tour.order):
            row = int(fleet.used[0])
            fleet.stops[row, : len(trip)] = np.array(trip) + 1
            fleet.length[row] = len(trip)
            fleet.chain[vehicle, fleet.chain_length[vehicle]] = row
            fleet.chain_length[vehicle] += 1
            fleet.used[0] += 1
    return decode(problem, fleet, METHOD)


def _trips(order: tuple[int, ...]) -> list[list[int]]:
    trips: list[list[int]] = [[]]
    for item in order:
        if item >= 0:
            trips[-1].append(item)
        elif trips[-1]:
            trips.append([])
    return [trip for trip in trips if trip]


def _dearest(problem: RoutingProblem) -> float:
    """More money than any plan costs that is worth looking at: each stop on its own tour, and a unit."""
    n = problem.stop_count
    metres = float(problem.distance_metres.max(initial=0)) * 2 * n
    hours = float((problem.shift_end_second - problem.shift_start_second).max(initial=0)) / 3600.0 * n
    cost = (
        problem.cost_per_km.max(initial=0.0) * metres / 1000.0
        + problem.cost_per_hour.max(initial=0.0) * hours
    )
    return min(1e8, float(np.ceil(cost + problem.cost_per_trip.max(initial=0.0) * n)) + 1.0)


__all__ = ["plan_deliveries", "start_of", "tours_of", "trips_of", "vehicle_types"]
