"""Compiled location-allocation in the plane: points to their nearest site, sites to the median of their points.

Cooper (1963, Operations Research 11) with the step of Weiszfeld (1937), made safe where a site meets a point by Vardi
and Zhang (2000, Proceedings of the National Academy of Sciences 97).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@compiled
def _step(
    x: FloatArray, y: FloatArray, weight: FloatArray, nearest: IntArray, site: int, at: FloatArray
) -> float:
    """Move one site a step towards the median of its points; how far it moved."""
    top_x, top_y, bottom, pull_x, pull_y, here = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for point in range(len(x)):
        if nearest[point] != site or weight[point] == 0.0:
            continue
        away_x, away_y = x[point] - at[site, 0], y[point] - at[site, 1]
        distance = np.sqrt(away_x * away_x + away_y * away_y)
        if distance == 0.0:
            here += weight[point]
            continue
        part = weight[point] / distance
        top_x += part * x[point]
        top_y += part * y[point]
        pull_x += part * away_x
        pull_y += part * away_y
        bottom += part
    if bottom == 0.0:
        return 0.0
    pull = np.sqrt(pull_x * pull_x + pull_y * pull_y)
    if pull <= here:
        return 0.0
    # A point under the site holds it back: only the pull beyond its weight moves it.
    free = 1.0 - here / pull
    new_x = free * top_x / bottom + (1.0 - free) * at[site, 0]
    new_y = free * top_y / bottom + (1.0 - free) * at[site, 1]
    moved: float = abs(new_x - at[site, 0]) + abs(new_y - at[site, 1])
    at[site, 0], at[site, 1] = new_x, new_y
    return moved


@compiled
def allocate(x: FloatArray, y: FloatArray, weight: FloatArray, at: FloatArray, nearest: IntArray) -> float:
    """Give each point its nearest site, the first of equals; the weighted sum of distances."""
    total = 0.0
    for point in range(len(x)):
        best, least = 0, np.inf
        for site in range(len(at)):
            away_x, away_y = x[point] - at[site, 0], y[point] - at[site, 1]
            square = away_x * away_x + away_y * away_y
            if square < least:
                best, least = site, square
        nearest[point] = best
        total += weight[point] * np.sqrt(least)
    return total


@compiled
def settle(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    at: FloatArray,
    nearest: IntArray,
    is_free: npt.NDArray[np.bool_],
    tolerance: float,
    rounds: int,
) -> float:
    """Alternate between both until no free site moves by more than a tolerance; the weighted sum of distances."""
    total = allocate(x, y, weight, at, nearest)
    for _ in range(rounds):
        moved = 0.0
        for site in range(len(at)):
            if is_free[site]:
                for _ in range(4):
                    moved = max(moved, _step(x, y, weight, nearest, site, at))
        total = allocate(x, y, weight, at, nearest)
        if moved <= tolerance:
            break
    return total


__all__ = ["FloatArray", "IntArray", "allocate", "settle"]
