"""Pairs of stops by what joining them saves, the most first: the formula is that of `optimize.routing.savings`."""

from __future__ import annotations

import numpy as np

from optimize.routing.problem import IntArray

_SECONDS_PER_HOUR = 3600.0
_METRES_PER_KM = 1000.0


class RankedRoads:
    """All pairs of places of one depot by saving, sorted once: they change with roads and costs, not with the day."""

    def __init__(self, travel_seconds: IntArray, distance_metres: IntArray) -> None:
        """Take (n + 1, n + 1) roads between the depot, place 0, and its places."""
        self._travel, self._distance = travel_seconds, distance_metres
        self._ranked: dict[tuple[float, float, float], tuple[IntArray, IntArray]] = {}

    def pairs(self, places: IntArray, costs: tuple[float, float, float]) -> tuple[IntArray, IntArray]:
        """`pairs_by_saving` of some places, (n,) ascending and each once, which are the stops of a day."""
        if costs not in self._ranked:
            self._ranked[costs] = pairs_by_saving(self._travel, self._distance, costs)
        stop_at = np.zeros(len(self._travel), dtype=np.int64)
        stop_at[places] = np.arange(1, len(places) + 1)
        tails, heads = (stop_at[ends] for ends in self._ranked[costs])
        called_at = (tails > 0) & (heads > 0)
        return tails[called_at], heads[called_at]


def pairs_by_saving(
    travel: IntArray, distance: IntArray, costs: tuple[float, float, float]
) -> tuple[IntArray, IntArray]:
    """Ordered pairs of stops whose joining saves money, or costs none; equal savings by distance, then by number.

    Args:
        travel: (n + 1, n + 1) seconds.
        distance: (n + 1, n + 1) metres.
        costs: Per trip, km and hour.

    Returns:
        First and second stop of each pair, 1-based.
    """
    per_trip, per_km, per_hour = costs
    leg = per_km * (distance / _METRES_PER_KM)
    leg = leg + per_hour * (travel / _SECONDS_PER_HOUR)
    saving = per_trip + leg[1:, :1] + leg[:1, 1:] - leg[1:, 1:]
    metres = distance[1:, :1] + distance[:1, 1:] - distance[1:, 1:]
    pays = saving >= 0.0
    np.fill_diagonal(pays, False)
    tails, heads = np.nonzero(pays)
    order = np.lexsort((-metres[tails, heads], -saving[tails, heads]))
    return tails[order] + 1, heads[order] + 1
