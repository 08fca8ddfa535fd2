"""A lower bound on the money of rich tours: column generation over tours that may break some of the rules.

Vehicles of one kind are the vehicles of one depot in `optimize.routing.bounds`, each kind with its own legs, service
times, skills and prices. What a tour must pay at least: its vehicle, kilometres, hours of driving and service, and the
extra cost of who does what. Left out, which can only make tours cheaper: waiting, breaks, lateness, overtime and
balance, crews (either visit may come at any time), parts, goods taken back, all but the scarcest dimension of the load
(that one too where a vehicle may reload), gaps between windows. Where speed changes with the hour, roads take as long
as in their quickest hour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from optimize.arguments import FloatArray, IntArray, count
from optimize.routing.bounds.column_generation import bound_instance
from optimize.routing.bounds.instance import Instance
from optimize.routing.bounds.network import Network, network_of
from optimize.routing.tours.problem import Tours
from optimize.solving import Progress, no_progress
from scenarios import SolveStatus

_SECONDS_PER_HOUR, _METRES_PER_KM = 3600.0, 1000.0
_NG_SIZE = 8
_MORE = 1.01
_MOST_WORK = 10**13

KnownTours = Iterable[tuple[int, tuple[int, ...]]]
"""Vehicle, and its visits in order."""


@dataclass(frozen=True, eq=False)
class ToursBound:
    """A bound, and the tours it is made of."""

    bound: float
    """No plan that makes all visits that must be made costs less; infinite where there is none."""
    status: SolveStatus
    """`OPTIMAL` where the relaxation is solved, `FEASIBLE` at a limit or an interrupt, `INFEASIBLE`: see `bound`."""
    visit_duals: FloatArray
    """(n,) what a visit adds to the bound."""
    tours: tuple[tuple[int, tuple[int, ...]], ...]
    """Tours of the relaxation, by a vehicle of their kind; they may break rules that it leaves out."""


def bound_tours(
    problem: Tours, known: KnownTours = (), *, work_limit: int = 400_000_000, progress: Progress = no_progress
) -> ToursBound:
    """Bound the money of any plan from below.

    Args:
        problem: What is to be planned.
        known: Tours that the linear program begins with; reloads in them are passed over.
        work_limit: Most steps, about 100 to 200 million a second; the bound holds wherever the search stops.
        progress: Told once an iteration.

    Raises:
        ValueError: `work_limit` is negative.
    """
    count("work_limit", work_limit, most=_MOST_WORK)
    kinds = [int(kind) for kind in np.unique(problem.vehicles.kind)]
    able = problem.allowed[kinds].any(axis=0) if kinds else np.zeros(problem.visit_count, bool)
    left_out, duals = problem.visits.unserved_cost, np.zeros(problem.visit_count)
    visits = np.flatnonzero(able)
    if len(visits):
        leaves = [_network(problem, kind, visits).leave_cost for kind in kinds]
        visits = visits[np.isfinite(leaves).any(axis=0)]
    nobody = np.setdiff1d(np.arange(problem.visit_count), visits)
    duals[nobody] = left_out[nobody]
    if np.isinf(left_out[nobody]).any():
        return ToursBound(math.inf, SolveStatus.INFEASIBLE, duals, ())
    spared = math.fsum(left_out[nobody])
    if not len(visits):
        return ToursBound(spared, SolveStatus.OPTIMAL, duals, ())
    networks = [_network(problem, kind, visits) for kind in kinds]
    instance = _instance(problem, kinds, visits, networks, known)
    found = bound_instance(instance, _NG_SIZE, work_limit, 0, progress)
    duals[visits] = found.stop_duals
    first = {kind: int(np.flatnonzero(problem.vehicles.kind == kind)[0]) for kind in kinds}
    return ToursBound(
        bound=spared + found.linear_bound,
        status=found.status,
        visit_duals=duals,
        tours=tuple(
            (first[kinds[row]], tuple(visits[places].tolist()))
            for places, row in found.routes
            if len(set(places.tolist())) == len(places)
        ),
    )


def _network(problem: Tours, kind: int, visits: IntArray) -> Network:
    """Tours of one vehicle of a kind over some visits."""
    fleet, wanted = problem.vehicles, problem.visits
    vehicle = int(np.flatnonzero(fleet.kind == kind)[0])
    places, start, end = wanted.place[visits], fleet.start_place[vehicle], fleet.end_place[vehicle]
    service = np.concatenate([[0], problem.service_seconds[kind, visits]]).astype(np.float64)
    seconds, metres = (
        _legs(table, places, int(start), int(end))
        for table in (_quickest_seconds(problem), problem.roads.distance_metres.astype(np.float64))
    )
    per_hour = float(fleet.cost_per_hour[vehicle]) / _SECONDS_PER_HOUR
    money = float(fleet.cost_per_km[vehicle]) / _METRES_PER_KM * metres + per_hour * (seconds + service)
    money[:, 1:] += problem.extra_cost[kind, visits]
    money[0, 1:] += float(fleet.cost_fixed[vehicle])
    money[:, 1:][:, ~problem.allowed[kind, visits]] = np.inf
    opens = np.maximum(wanted.release_second, _first_opening(problem))[visits]
    closes = wanted.window_closes.max(axis=1)[visits]
    load, capacity = _scarcest(problem, vehicle, visits)
    return network_of(
        money,
        seconds,
        np.concatenate([[0.0], load]),
        capacity,
        np.concatenate([[fleet.shift_start_second[vehicle]], opens]).astype(np.float64),
        np.concatenate([[fleet.shift_end_second[vehicle]], closes]).astype(np.float64),
        service,
        float(fleet.longest_seconds[vehicle]),
    )


def _legs(table: FloatArray, places: IntArray, start: int, end: int) -> FloatArray:
    """(n + 1, n + 1): row 0 from the start place, column 0 to the end place, which an open tour never drives to."""
    legs = np.zeros((len(places) + 1, len(places) + 1))
    legs[1:, 1:] = table[np.ix_(places, places)]
    legs[0, 1:] = table[start, places]
    if end >= 0:
        legs[1:, 0] = table[places, end]
    return legs


def _quickest_seconds(problem: Tours) -> FloatArray:
    factors = problem.roads.hour_factors
    least = 1.0 if factors is None else float(factors.min())
    seconds: FloatArray = np.floor(problem.roads.travel_seconds * least)
    return seconds


def _first_opening(problem: Tours) -> IntArray:
    """(n,): opening of the first window that is used."""
    visits = problem.visits
    is_used = visits.window_opens <= visits.window_closes
    opens: IntArray = np.where(is_used, visits.window_opens, np.iinfo(np.int64).max).min(axis=1)
    return opens


def _scarcest(problem: Tours, vehicle: int, visits: IntArray) -> tuple[FloatArray, float]:
    """Load and capacity in the dimension that all visits together overfill most; no limit where one may reload."""
    load, capacity = problem.visits.load[visits], problem.vehicles.capacity[vehicle]
    if not load.shape[1] or problem.vehicles.most_reloads[vehicle] > 0 or not len(visits):
        return np.zeros(len(visits)), 0.0
    dimension = int(np.argmax(load.sum(axis=0) / np.maximum(capacity, 1)))
    return load[:, dimension].astype(np.float64), float(capacity[dimension])


def _instance(
    problem: Tours, kinds: list[int], visits: IntArray, networks: list[Network], known: KnownTours
) -> Instance:
    legs = np.array([network.cost for network in networks])
    ways = [network.leave_cost + network.return_cost for network in networks]
    leave_out = problem.visits.unserved_cost[visits]
    finite = np.where(np.isfinite(legs), legs, 0.0).max(axis=(0, 2))
    alone = np.where(np.isfinite(ways), ways, 0.0).max(axis=0)
    optional = np.where(np.isfinite(leave_out), leave_out, 0.0)
    number = {int(visit): place for place, visit in enumerate(visits)}
    pool = []
    for vehicle, order in known:
        row, stops = (
            kinds.index(int(problem.vehicles.kind[vehicle])),
            [number.get(item) for item in order if item >= 0],
        )
        route = np.array([stop for stop in stops if stop is not None], np.int64)
        network = networks[row]
        legs_known = [network.leave_cost[route[:1]], network.cost[route[:-1], route[1:]]]
        if len(route) == len(stops) > 0 and np.isfinite(np.concatenate(legs_known)).all():
            pool.append((route, row))
    return Instance(
        stops=np.arange(len(visits)),
        place_count=len(visits),
        vehicles=np.array([int((problem.vehicles.kind == kind).sum()) for kind in kinds]),
        stop_cost=legs.min(axis=0),
        demand=np.zeros(len(visits)),
        largest_capacity=0.0,
        networks=tuple(networks),
        pool=tuple(pool),
        leave_out_cost=leave_out,
        dear=_MORE * float(finite.sum() + alone.sum() + optional.sum()) or 1.0,
        least_route=min(float(network.leave_cost.min() + network.return_cost.min()) for network in networks),
        is_whole=False,
    )


__all__ = ["ToursBound", "bound_tours"]
