"""Published routing instances, read from the reference data."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.reference import reference_path


@dataclass(frozen=True, eq=False)
class PublishedInstance:
    """Arguments of `lower_bound`, the depot first, and the published optimum."""

    arguments: dict[str, Any]
    optimum: float


def solomon(name: str, stops: int) -> PublishedInstance:
    """The first stops of one of Solomon's instances, in the convention of exact methods: truncated to a decimal."""
    text = reference_path(f"vrp/solomon/instances_100/{name}.txt").read_text().split("\n")
    vehicles, capacity = (int(word) for word in text[4].split())
    rows = np.array([[float(word) for word in line.split()] for line in text[9:] if line.strip()])[
        : stops + 1
    ]
    legs = np.floor(_distances(rows[:, 1:3]) * 10 + 1e-9) / 10
    with reference_path("vrp/solomon/bks.csv").open() as file:
        best = {row["instance"]: row for row in csv.DictReader(file)}
    arguments = {
        "cost": legs, "travel": legs, "demand": rows[:, 3], "capacity": capacity, "opens": rows[:, 4],
        "closes": rows[:, 5], "service": rows[:, 6], "depots": [0], "vehicles": [vehicles],
    }  # fmt: skip
    return PublishedInstance(arguments, float(best[name][f"dist_trunc1_{stops}"]))


def _distances(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    legs: npt.NDArray[np.float64] = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return legs


def small_cvrp(name: str) -> PublishedInstance:
    """A capacitated instance of the A, B, E or P sets: distances rounded to whole numbers."""
    words = reference_path(f"vrp/cvrp_small/{name[0]}/{name}.vrp").read_text().split()
    size = int(words[words.index("DIMENSION") + 2])
    capacity = int(words[words.index("CAPACITY") + 2])
    place, load = words.index("NODE_COORD_SECTION") + 1, words.index("DEMAND_SECTION") + 1
    rows = np.array(words[place : place + 3 * size], dtype=float).reshape(size, 3)
    demand = np.array(words[load : load + 2 * size], dtype=float).reshape(size, 2)[:, 1]
    legs = np.floor(_distances(rows[:, 1:]) + 0.5)
    with reference_path("vrp/cvrp_small/bks.csv").open() as file:
        best = {row["instance"]: row for row in csv.DictReader(file)}
    arguments = {
        "cost": legs, "travel": legs, "demand": demand, "capacity": capacity, "opens": np.zeros(size),
        "closes": np.full(size, np.inf), "service": np.zeros(size), "depots": [0], "vehicles": [size],
    }  # fmt: skip
    return PublishedInstance(arguments, float(best[name]["bks"]))


def multi_depot(name: str) -> PublishedInstance:
    """One of Cordeau's multi-depot instances, depots last; real distances, times are distances."""
    rows = [
        [float(word) for word in line.split()]
        for line in reference_path(f"vrp/mdvrp_cordeau/{name}.txt").read_text().split("\n")
        if line.strip()
    ]
    _, vehicles, stops, depots = (int(number) for number in rows[0][:4])
    limits, places = rows[1 : 1 + depots], rows[1 + depots : 1 + depots + stops + depots]
    legs = _distances(np.array([row[1:3] for row in places]))
    size = stops + depots
    arguments = {
        "cost": legs, "travel": legs, "demand": [row[4] for row in places], "capacity": limits[0][1],
        "opens": np.zeros(size), "closes": np.full(size, np.inf), "service": [row[3] for row in places],
        "depots": list(range(stops, size)), "vehicles": [vehicles] * depots,
        "longest_route": limits[0][0] or np.inf,
    }  # fmt: skip
    best = json.loads(reference_path("vrp/mdvrp_cordeau/BKS.json").read_text())
    return PublishedInstance(arguments, float(best[name]["best_known_cost"]))
