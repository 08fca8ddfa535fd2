"""Reads the published uncapacitated p-median instances of the OR-Library (Beasley, 1985)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class PMedian:
    """A graph whose nodes are customers and sites at once."""

    name: str
    distance: npt.NDArray[np.float64]
    """(nodes, nodes) shortest paths, whole numbers."""
    sites: int
    """How many are to be open."""
    median: float
    """Published optimum: sum of distances to the nearest open site."""
    centre: float
    """Published optimum: largest of these distances."""


def read_distances(path: Path) -> tuple[npt.NDArray[np.float64], int]:
    """Shortest paths of an instance, and how many sites it opens; the last of repeated edges counts."""
    from scipy.sparse.csgraph import shortest_path

    numbers = np.array(path.read_text(encoding="utf-8").split(), np.int64)
    nodes, edges, sites = numbers[:3].tolist()
    length = np.zeros((nodes, nodes))
    for one, other, cost in numbers[3 : 3 + 3 * edges].reshape(-1, 3).tolist():
        length[one - 1, other - 1] = length[other - 1, one - 1] = cost
    return np.rint(shortest_path(length, method="D", directed=False)), sites


def read_instances(folder: Path, names: tuple[str, ...] = ()) -> list[PMedian]:
    """The instances of `opt.csv` in a folder, or those named."""
    found = []
    with (folder / "opt.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            name = row["instance"]
            if not names or name in names:
                distance, sites = read_distances(folder / f"{name}.txt")
                optima = float(row["pmedian_opt"]), float(row["pcenter_opt"])
                found.append(PMedian(name, distance, sites, *optima))
    return found
