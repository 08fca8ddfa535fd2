"""Inequalities on sets of stops: as many vehicles enter a set as its load fills, and two where one is not in time.

S a set of stops with load d(S), Q the largest capacity, a[S, r] how often route r enters S from outside:

    sum over r of a[S, r] x[r] >= max(ceil(d(S) / Q), 2 if no single route serves S in time)

holds for every plan, and cuts off mixtures of routes. Laporte & Nobert (1983), "A branch and bound algorithm for the
capacitated vehicle routing problem"; Kohl, Desrosiers, Madsen, Solomon & Soumis (1999), "2-path cuts for the vehicle
routing problem with time windows". Its dual is a price on the legs into S, so that pricing stays what it is. Sets are
grown greedily from each stop by the flow to the set (Augerat et al. 1998, "Separating capacity constraints in the CVRP
using tabu search", without the tabu search): not all violated ones are found, which makes the bound smaller, not wrong.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray
from optimize.routing.bounds.network import Network
from optimize.routing.bounds.one_route import MOST_STOPS, OneRoute

_VIOLATION = 0.03
_PER_ROUND = 30
_ROUNDING = 1e-9


class CapacityCuts:
    """Sets of stops that more vehicles must enter than a linear program sends there."""

    def __init__(self, demand: FloatArray, capacity: float, networks: tuple[Network, ...], most: int) -> None:
        """Begin with no sets.

        Args:
            demand: (n,) load of each stop.
            capacity: Of the largest vehicle.
            networks: Routes of each depot.
            most: Inequalities.
        """
        self._demand, self._capacity = demand, max(capacity, 1e-300)
        self._most = most
        self._one_route = OneRoute(networks)
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
        if len(self.least) >= self._most:
            return 0
        violated = self._violated(flow, visits)
        found = sorted(violated.items(), key=lambda item: (-item[1][0], item[0]))[
            : min(_PER_ROUND, self._most - len(self.least))
        ]
        stops = len(self._demand)
        for packed, (_, least) in found:
            self._known.add(packed)
            is_in = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=stops).astype(np.bool_)
            self._is_in = np.vstack([self._is_in, is_in])
            self.least = np.append(self.least, least)
        return len(found)

    def _vehicles(self, load: npt.ArrayLike) -> FloatArray:
        needed: FloatArray = np.ceil(np.asarray(load) / self._capacity * (1 - _ROUNDING) - _ROUNDING)
        return needed

    def _violated(self, flow: FloatArray, visits: FloatArray) -> dict[bytes, tuple[float, float]]:
        """Sets grown from every stop at once, a row each, with the vehicles that each lacks and needs."""
        stops = len(visits)
        both_ways = flow + flow.T
        is_in = np.eye(stops, dtype=np.bool_)
        to_set, rows = both_ways.copy(), np.arange(stops)
        load, entering = self._demand.copy(), visits.copy()
        lacking: dict[bytes, tuple[float, float]] = {}
        for size in range(2, stops + 1):
            # Where no flow leads on, the largest load fills the next vehicle soonest.
            nearest = to_set + 1e-6 * self._demand[None, :] / self._capacity
            following = np.where(is_in, -1.0, nearest).argmax(axis=1)
            entering += visits[following] - to_set[rows, following]
            load += self._demand[following]
            is_in[rows, following] = True
            to_set += both_ways[following]
            needed = self._vehicles(load)
            for row in np.flatnonzero(
                np.maximum(needed, 2 if size <= MOST_STOPS else 0) - entering > _VIOLATION
            ):
                least = float(needed[row])
                if least < 2 and size <= MOST_STOPS and self._one_route.serves(np.flatnonzero(is_in[row])):
                    continue
                packed = np.packbits(is_in[row]).tobytes()
                least = max(least, 2.0) if size <= MOST_STOPS else least
                if packed not in self._known and least - entering[row] > _VIOLATION:
                    lacking[packed] = (least - float(entering[row]), least)
        return lacking


__all__ = ["CapacityCuts"]
