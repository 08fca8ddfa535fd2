"""Readers of published routing instances: Solomon and Gehring-Homberger, VRPLIB, and Cordeau's with several depots.

Distances are Euclidean. Where a set is stated in real distances they are rounded to the nearest of 10,000 parts of the
unit, legs and times alike: less than 0.00005 a leg is lost, and a plan may be late by that much. VRPLIB sets round to
whole units by their own definition. Solomon's may be read in one decimal, truncated, as well: the convention of the
exact methods and of the DIMACS challenge, whose best known values are others.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from optimize.arguments import FloatArray
from optimize.routing.plain.problem import PlainProblem, plain_problem

_REAL_PARTS, _TRUNCATED_PARTS = 10_000, 10


@dataclass(frozen=True)
class Instance:
    """A published problem."""

    name: str
    family: str
    problem: PlainProblem
    parts: int
    """Integer units of the problem in one unit of the published value."""
    best_known: float
    """Published total distance."""

    def gap_percent(self, cost: int) -> float:
        """How much a cost lies above the best known one."""
        return 100.0 * (cost / self.parts / self.best_known - 1.0)


def instances(folder: Path, pattern: str = "*", *, is_truncated: bool = False) -> Iterator[Instance]:
    """Read all instances whose name or family matches.

    Args:
        folder: With a folder per family.
        pattern: As of file names, several separated by commas.
        is_truncated: Solomon's in one decimal, truncated; no other family has values in that convention.

    Yields:
        The instances, family by family.
    """
    families = [("solomon", _solomon(folder / "solomon", is_truncated))]
    if not is_truncated:
        families += [
            ("gh200", _gehring_homberger(folder / "gh200")),
            ("cvrplib_x", _vrplib(folder / "cvrplib_x", "*.vrp", fixes_vehicles=False)),
            ("cvrp_small", _vrplib(folder / "cvrp_small", "*/*.vrp", fixes_vehicles=True)),
            ("mdvrp_cordeau", _cordeau(folder / "mdvrp_cordeau")),
        ]
    for family, found in families:
        for path, best_known, parts, vehicles in found:
            if any(fnmatch(path.stem, one) or fnmatch(family, one) for one in pattern.split(",")):
                problem = _read(path, parts, vehicles)
                yield Instance(path.stem, family, problem, parts, best_known)


_Found = Iterator[tuple[Path, float, int, int]]
"""File, best known value, parts of the unit, vehicles (-1 = any number)."""


def _solomon(folder: Path, is_truncated: bool) -> _Found:
    for row in _rows(folder / "bks.csv"):
        truncated = float(row["dist_trunc1_100"])
        # No real distance is below the optimum in truncated ones: such an entry is an error of its source.
        real = [float(row[name]) for name in ("hier_bks_distance", "distmin_bks_distance")]
        if row["tour_verified_100"] == row["feasible_real_100"] == "1":
            real.append(float(row["dist_real_of_same_routes_100"]))
        best = truncated if is_truncated else min(value for value in real if value >= truncated)
        parts = _TRUNCATED_PARTS if is_truncated else _REAL_PARTS
        yield folder / "instances_100" / f"{row['instance']}.txt", best, parts, -1


def _gehring_homberger(folder: Path) -> _Found:
    """Their values hold for the fewest vehicles: with more of them a total may be shorter, and a gap negative."""
    for row in _rows(folder / "bks.csv"):
        yield folder / f"{row['instance']}.txt", float(row["distance"]), _REAL_PARTS, -1


def _vrplib(folder: Path, pattern: str, *, fixes_vehicles: bool) -> _Found:
    """The number in the name of the older sets is that of the vehicles; in X it is only a lower bound."""
    known = {row["instance"]: row for row in _rows(folder / "bks.csv")}
    for path in sorted(folder.glob(pattern)):
        row = known[path.stem]
        yield path, float(row["bks"]), 1, int(row["vehicles"]) if fixes_vehicles else -1


def _cordeau(folder: Path) -> _Found:
    for name, known in json.loads((folder / "BKS.json").read_text()).items():
        yield folder / f"{name}.txt", known["best_known_cost"], _REAL_PARTS, -1


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _read(path: Path, parts: int, vehicles: int) -> PlainProblem:
    if path.suffix == ".vrp":
        return read_vrplib(path.read_text(), vehicles)
    return (
        read_solomon(path.read_text(), parts) if _is_solomon(path) else read_cordeau(path.read_text(), parts)
    )


def _is_solomon(path: Path) -> bool:
    return "VEHICLE" in path.read_text()


def read_solomon(text: str, parts: int = _REAL_PARTS) -> PlainProblem:
    """Read an instance with time windows.

    Args:
        text: Of the file.
        parts: Integer units in a unit of distance and time: 10 truncates, any other number rounds.

    Returns:
        The problem, with the vehicles the file gives.
    """
    tables = [[float(cell) for cell in line.split()] for line in text.splitlines() if _is_numbers(line)]
    (vehicles, capacity), rows = tables[0], np.array(tables[1:])
    distances = _euclidean(rows[:, 1:3]) * parts
    legs = np.floor(distances + 1e-9) if parts == _TRUNCATED_PARTS else np.rint(distances)
    demand, opens, closes, service = rows[:, 3], *(parts * rows[:, 4:7]).T
    return plain_problem(
        legs, demand[1:], capacity, service=service[1:], opens=opens[1:], closes=closes[1:], vehicles=vehicles,
        depot_opens=opens[0], depot_closes=closes[0],
    )  # fmt: skip


def read_vrplib(text: str, vehicles: int = -1) -> PlainProblem:
    """Read an instance of VRPLIB with rounded Euclidean distances.

    Args:
        text: Of the file.
        vehicles: At most; -1 = any number.

    Returns:
        The problem.
    """
    capacity = re.search(r"CAPACITY\s*:\s*(\d+)", text)
    if capacity is None or not re.search(r"EDGE_WEIGHT_TYPE\s*:\s*EUC_2D", text):
        raise ValueError("not a capacitated instance with Euclidean distances")
    coordinates = _section(text, "NODE_COORD_SECTION")[:, 1:3]
    demand = _section(text, "DEMAND_SECTION")[:, 1]
    legs = np.floor(_euclidean(coordinates) + 0.5)
    return plain_problem(legs, demand[1:], int(capacity[1]), vehicles=vehicles)


def read_cordeau(text: str, parts: int = _REAL_PARTS) -> PlainProblem:
    """Read an instance with several depots.

    Args:
        text: Of the file.
        parts: Integer units in a unit of distance and time.

    Returns:
        The problem; a longest route of 0 is none.
    """
    lines = [[float(cell) for cell in line.split()] for line in text.splitlines() if line.strip()]
    _, vehicles, stops, depots = map(int, lines[0])
    limits = np.array([line[:2] for line in lines[1 : 1 + depots]])
    customers = np.array([line[:5] for line in lines[1 + depots : 1 + depots + stops]])
    places = np.array([line[1:3] for line in lines[1 + depots + stops : 1 + 2 * depots + stops]])
    legs = np.rint(_euclidean(np.concatenate((places, customers[:, 1:3]))) * parts)
    longest = int(limits[0, 0]) * parts
    return plain_problem(
        legs, customers[:, 4], limits[:, 1], service=parts * customers[:, 3], vehicles=vehicles,
        longest_route=longest or None,
    )  # fmt: skip


def clustered_problem(stops: int, seed: int = 1, stops_per_route: int = 12) -> PlainProblem:
    """A problem of our own, half of its stops in clusters, the depot in the middle of a square of 1,000.

    Args:
        stops: How many.
        seed: Of the generator.
        stops_per_route: About as many fill a vehicle.
    """
    random = np.random.default_rng(seed)
    centres = random.uniform(100, 900, (max(1, stops // 50), 2))
    near = centres[random.integers(len(centres), size=stops // 2)] + random.normal(0, 40, (stops // 2, 2))
    far = random.uniform(0, 1000, (stops - stops // 2, 2))
    places = np.concatenate(([[500.0, 500.0]], near, far))
    demand = random.integers(1, 100, stops)
    return plain_problem(np.rint(_euclidean(places)), demand, 50 * stops_per_route)


def _is_numbers(line: str) -> bool:
    return bool(re.fullmatch(r"\s*[\d.]+(\s+[\d.]+)+\s*", line))


def _section(text: str, name: str) -> FloatArray:
    body = re.split(r"\n[A-Z_]+", text.split(name)[1], maxsplit=1)[0]
    return np.array([[float(cell) for cell in line.split()] for line in body.splitlines() if line.strip()])


def _euclidean(places: FloatArray) -> FloatArray:
    steps = places[:, None, :] - places[None, :, :]
    distances: FloatArray = np.sqrt((steps**2).sum(axis=2))
    return distances
