"""Delivery days to plan routes for: by hand, at random, and from published instances."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from optimize import RoutingProblem
from tests.reference import reference_path

HOUR = 3600


def integers(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def delivery_day(metres: np.ndarray, **changes: Any) -> RoutingProblem:
    """Stops 10 m a second apart, one kilogram and one litre each, open all day; two vans from 0 to 24 h.

    A trip costs 10, a kilometre 1, an hour nothing.
    """
    stops = len(metres) - 1
    facts: dict[str, Any] = {
        "travel_seconds": metres // 10,
        "distance_metres": metres,
        "weight_grams": np.full(stops, 1_000),
        "volume_millilitres": np.full(stops, 1_000),
        "service_seconds": np.zeros(stops, dtype=np.int64),
        "opens_second": np.zeros(stops, dtype=np.int64),
        "closes_second": np.full(stops, 24 * HOUR),
        "pause_starts_second": np.zeros(stops, dtype=np.int64),
        "pause_ends_second": np.zeros(stops, dtype=np.int64),
        "vehicle_count": integers(2),
        "capacity_grams": integers(10_000),
        "capacity_millilitres": integers(10_000),
        "shift_start_second": integers(0),
        "shift_end_second": integers(24 * HOUR),
        "cost_per_trip": np.array([10.0]),
        "cost_per_km": np.array([1.0]),
        "cost_per_hour": np.array([0.0]),
        "turnaround_seconds": 0,
        "serves_everyone": False,
    }
    return RoutingProblem(**(facts | changes))


def on_a_line(*positions_metres: int) -> np.ndarray:
    """Distances between the depot at 0 and stops on a straight road."""
    places = integers(0, *positions_metres)
    return np.abs(places[:, None] - places[None, :])


def scattered(stops: int, seed: int, side_metres: int = 60_000) -> np.ndarray:
    """Distances in a square with the depot in its middle."""
    random = np.random.default_rng(seed)
    places = random.integers(0, side_metres, (stops + 1, 2)).astype(float)
    places[0] = side_metres / 2
    return euclidean(places)


def euclidean(places: np.ndarray) -> np.ndarray:
    gaps = places[:, None, :] - places[None, :, :]
    return np.rint(np.sqrt((gaps**2).sum(axis=2))).astype(np.int64)


def least_cost(problem: RoutingProblem) -> float:
    """Cheapest plan by trying every order of every subset; one vehicle type, a vehicle for each trip, free hours."""
    stops = range(problem.stop_count)
    tours: dict[int, float] = {}
    for mask in range(1, 1 << problem.stop_count):
        chosen = [stop for stop in stops if mask >> stop & 1]
        costs = [_tour_cost(problem, order) for order in permutations(chosen)]
        tours[mask] = min(costs)
    best = [0.0] + [np.inf] * ((1 << problem.stop_count) - 1)
    for mask in range(1, len(best)):
        part = mask
        while part:
            best[mask] = min(best[mask], best[mask ^ part] + tours[part])
            part = (part - 1) & mask
    return best[-1]


def _tour_cost(problem: RoutingProblem, order: tuple[int, ...]) -> float:
    chosen = list(order)
    clock, place, metres = int(problem.shift_start_second[0]), 0, 0
    fits = problem.weight_grams[chosen].sum() <= problem.capacity_grams[0]
    fits &= problem.volume_millilitres[chosen].sum() <= problem.capacity_millilitres[0]
    for stop in order:
        clock += int(problem.travel_seconds[place, stop + 1])
        metres += int(problem.distance_metres[place, stop + 1])
        fits &= clock <= problem.closes_second[stop]
        clock = max(clock, int(problem.opens_second[stop]))
        if problem.pause_starts_second[stop] < clock < problem.pause_ends_second[stop]:
            clock = int(problem.pause_ends_second[stop])
        clock += int(problem.service_seconds[stop])
        place = stop + 1
    metres += int(problem.distance_metres[place, 0])
    if not fits or clock + problem.travel_seconds[place, 0] > problem.shift_end_second[0]:
        return np.inf
    return float(problem.cost_per_trip[0] + problem.cost_per_km[0] * metres / 1000)


def augerat(name: str) -> RoutingProblem:
    """A capacitated instance of Augerat's set A; one cost unit per unit of distance, as many vehicles as stops."""
    words = [line.split() for line in reference_path(f"vrp/cvrp_small/A/{name}.vrp").read_text().splitlines()]
    starts = [index for index, line in enumerate(words) if line and line[0].endswith("_SECTION")]
    capacity = next(int(line[-1]) for line in words if line and line[0] == "CAPACITY")
    nodes = starts[1] - starts[0] - 1
    places = np.array(words[starts[0] + 1 : starts[0] + 1 + nodes], dtype=float)[:, 1:]
    demand = np.array(words[starts[1] + 1 : starts[1] + 1 + nodes], dtype=np.int64)[1:, 1]
    return delivery_day(
        euclidean(places) * 1000,
        travel_seconds=np.zeros((nodes, nodes), dtype=np.int64),
        weight_grams=demand,
        volume_millilitres=np.zeros_like(demand),
        vehicle_count=integers(nodes),
        capacity_grams=integers(capacity),
        cost_per_trip=np.array([0.0]),
    )


def solomon(name: str) -> RoutingProblem:
    """An instance with time windows, in thousandths of its unit of time and distance, rounded up."""
    text = reference_path(f"vrp/solomon/instances_100/{name}.txt").read_text()
    lines = [line.split() for line in text.splitlines()]
    vehicles, capacity = map(int, lines[4])
    rows = np.array([line for line in lines[9:] if line], dtype=np.int64)
    gaps = rows[:, None, 1:3] - rows[None, :, 1:3]
    metres = np.ceil(np.sqrt((gaps**2).sum(axis=2)) * 1000).astype(np.int64)
    return delivery_day(
        metres,
        travel_seconds=metres,
        weight_grams=rows[1:, 3],
        volume_millilitres=np.zeros_like(rows[1:, 3]),
        opens_second=rows[1:, 4] * 1000,
        closes_second=rows[1:, 5] * 1000,
        service_seconds=rows[1:, 6] * 1000,
        vehicle_count=integers(vehicles),
        capacity_grams=integers(capacity),
        shift_end_second=integers(int(rows[0, 5]) * 1000),
        cost_per_trip=np.array([0.0]),
    )
