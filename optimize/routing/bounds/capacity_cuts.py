"""Rounded capacity inequalities: as many vehicles enter a set of stops as its load fills.

S a set of stops with load d(S), Q the largest capacity, a[S, r] how often route r enters S from outside:

    sum over r of a[S, r] x[r] >= ceil(d(S) / Q)

holds for every plan, and cuts off mixtures of routes. Laporte & Nobert (1983), "A branch and bound algorithm for the
capacitated vehicle routing problem". Its dual is a price on the legs into S, so that pricing stays what it is. Sets are
grown greedily from each stop by the flow to the set (Augerat et al. 1998, "Separating capacity constraints in the CVRP
using tabu search", without the tabu search): not all violated ones are found, which makes the bound smaller, not wrong.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray

_VIOLATION = 0.03
_PER_ROUND = 30
_MOST = 400
_ROUNDING = 1e-9


class CapacityCuts:
    """Sets of stops that more vehicles must enter than a linear program sends there."""

    def __init__(self, demand: FloatArray, capacity: float) -> None:
        """Begin with no sets.

        Args:
            demand: (n,) load of each stop.
            capacity: Of the largest vehicle.
        """
        self._demand, self._capacity = demand, capacity
        self._is_in = np.zeros((0, len(demand)), dtype=np.bool_)
        self._known: set[bytes] = set()
        self.least: FloatArray = np.zeros(0)
        """(cuts,) vehicles that enter each set at the least."""

    def leg_prices(self, duals: FloatArray) -> FloatArray:
        """(n, n): sum of the (cuts,) duals of the sets that a leg from row to column enters."""
        prices: FloatArray = (~self._is_in).T.astype(np.float64) @ (duals[:, None] * self._is_in)
        return prices

    def leave_prices(self, duals: FloatArray) -> FloatArray:
        """(n,): the same of a leg from a depot."""
        prices: FloatArray = duals @ self._is_in.astype(np.float64)
        return prices

    def entries(self, stops: IntArray) -> FloatArray:
        """(cuts,): how often a route enters each set."""
        inside = self._is_in[:, stops]
        count: FloatArray = inside[:, 0] + (inside[:, 1:] & ~inside[:, :-1]).sum(axis=1, dtype=np.float64)
        return count

    def separate(self, flow: FloatArray, visits: FloatArray) -> int:
        """Add sets that too few vehicles enter.

        Args:
            flow: (n, n) how often the routes of the program go from row to column.
            visits: (n,) how often they visit each stop.

        Returns:
            How many sets there are more.
        """
        if self._capacity <= 0 or len(self.least) >= _MOST:
            return 0
        found = sorted(self._violated(flow, visits).items(), key=lambda item: (-item[1], item[0]))[:_PER_ROUND]
        stops = len(self._demand)
        for packed, _ in found:
            self._known.add(packed)
            is_in = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=stops).astype(np.bool_)
            self._is_in = np.vstack([self._is_in, is_in])
            self.least = np.append(self.least, self._vehicles(self._demand[is_in].sum()))
        return len(found)

    def _vehicles(self, load: npt.ArrayLike) -> FloatArray:
        needed: FloatArray = np.ceil(np.asarray(load) / self._capacity * (1 - _ROUNDING) - _ROUNDING)
        return needed

    def _violated(self, flow: FloatArray, visits: FloatArray) -> dict[bytes, float]:
        """Sets grown from every stop at once, a row each, with the vehicles that each lacks."""
        stops = len(visits)
        both_ways = flow + flow.T
        is_in = np.eye(stops, dtype=np.bool_)
        to_set, rows = both_ways.copy(), np.arange(stops)
        load, entering = self._demand.copy(), visits.copy()
        lacking: dict[bytes, float] = {}
        for _ in range(stops - 1):
            # Where no flow leads on, the largest load fills the next vehicle soonest.
            nearest = to_set + 1e-6 * self._demand[None, :] / self._capacity
            following = np.where(is_in, -1.0, nearest).argmax(axis=1)
            entering += visits[following] - to_set[rows, following]
            load += self._demand[following]
            is_in[rows, following] = True
            to_set += both_ways[following]
            violation = self._vehicles(load) - entering
            for row in np.flatnonzero(violation > _VIOLATION):
                packed = np.packbits(is_in[row]).tobytes()
                if packed not in self._known:
                    lacking[packed] = float(violation[row])
        return lacking


__all__ = ["CapacityCuts"]
