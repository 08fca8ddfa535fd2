"""Reader of published capacitated location instances: OR-Library (Beasley) and Holmberg, Ronnqvist and Yuan (1999)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimize.network.fixed_charge import FixedCharge

_FILE_OF_SERIES = {4: 7, 5: 7, 6: 7, 7: 7, 8: 10, 9: 10, 10: 10, 11: 13, 12: 13, 13: 13}
_CAPACITY = {4: 5_000.0, 5: 10_000.0, 6: 15_000.0, 8: 5_000.0, 9: 15_000.0, 11: 5_000.0, 12: 15_000.0}
_FIXED_COST = {1: 7_500.0, 2: 12_500.0, 3: 17_500.0, 4: 25_000.0}


@dataclass(frozen=True)
class Published:
    """An instance and the optima that are known of it."""

    name: str
    problem: FixedCharge
    split_optimum: float | None
    single_optimum: float | None


def or_library(folder: Path, number: int) -> FixedCharge:
    """`cap41` to `cap134` of the OR-Library; series 4, 5 and 6 are series 7 with other capacities, and so on.

    Args:
        folder: Holds `orlib_cap`.
        number: Series and last digit, 41 to 134.
    """
    series, digit = divmod(number, 10)
    stored = 10 * _FILE_OF_SERIES[series] + (1 if digit in (1, 2) else 3)
    words = (folder / f"orlib_cap/cap{stored}.txt").read_text().split()
    sites, points = int(words[0]), int(words[1])
    values = np.array(words[2:], np.float64)
    capacity, fixed = values[: 2 * sites : 2].copy(), values[1 : 2 * sites : 2].copy()
    rest = values[2 * sites :].reshape(points, sites + 1)
    # cap51 is the one of its series, with the fixed cost of a last digit of 3; a zero stays zero.
    fixed[fixed > 0] = _FIXED_COST[3 if series == 5 else digit]
    capacity[:] = _CAPACITY.get(series, capacity[0])
    return FixedCharge(rest[:, 1:], fixed, rest[:, 0], capacity)


def single_source(folder: Path, library: str, name: str) -> FixedCharge:
    """An instance of `sscflp_holmberg` or `sscflp_orlib`.

    Args:
        folder: Holds the libraries.
        library: One of the two.
        name: Of the file, e.g. `p12`.
    """
    words = (folder / library / name).read_text().split()
    sites, points = int(words[0]), int(words[1])
    values = np.array(words[2:], np.float64)
    demand = values[2 * sites : 2 * sites + points]
    cost = values[2 * sites + points :].reshape(sites, points).T
    return FixedCharge(cost, values[1 : 2 * sites : 2], demand, values[: 2 * sites : 2])


def read_instances(folder: Path) -> list[Published]:
    """All instances of the three collections with what is known of them."""
    found = []
    for row in _rows(folder / "orlib_cap/capopt.csv"):
        problem = or_library(folder, int(row["instance"].removeprefix("cap")))
        found.append(Published(row["instance"], problem, float(row["published_opt"]), None))
    for library in ("sscflp_holmberg", "sscflp_orlib"):
        verified = {row["instance"]: row for row in _rows(folder / library / "verified.csv")}
        names = {name: float(row["our_single_source"]) for name, row in verified.items()}
        if library == "sscflp_holmberg":
            names |= {
                row["instance"]: float(row["single_source_optimum"])
                for row in _rows(folder / library / "opt.csv")
            }
        for name, optimum in sorted(names.items(), key=lambda entry: int(entry[0][1:])):
            split = float(verified[name]["our_split_opt"]) if name in verified else None
            label = f"{library.removeprefix('sscflp_')} {name}"
            found.append(Published(label, single_source(folder, library, name), split, optimum))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))
