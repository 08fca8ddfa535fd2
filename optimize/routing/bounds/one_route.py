"""Whether one vehicle can serve a set of stops in time."""

from __future__ import annotations

import numpy as np

from optimize.arguments import FloatArray, IntArray
from optimize.compilation import compiled
from optimize.routing.bounds.network import Network

MOST_STOPS = 10


@compiled
def _serves(network: Network, stops: IntArray, earliest: FloatArray) -> bool:
    """Earliest service of each last stop of each part of a set: dynamic programming over parts.

    Args:
        network: The depot's routes.
        stops: (m,) the set.
        earliest: (2**m, m) or more, to work in.
    """
    size = len(stops)
    for part in range(1, 1 << size):
        for last in range(size):
            earliest[part, last] = np.inf
            if not (part >> last) & 1:
                continue
            stop = stops[last]
            before = part ^ (1 << last)
            reached = np.inf
            if before == 0:
                if network.leave_cost[stop] < np.inf:
                    reached = network.arrival[stop]
            else:
                for previous in range(size):
                    if (before >> previous) & 1 and network.cost[stops[previous], stop] < np.inf:
                        reached = min(
                            reached, earliest[before, previous] + network.step[stops[previous], stop]
                        )
            reached = max(reached, network.opens[stop])
            if reached <= network.closes[stop]:
                earliest[part, last] = reached
    whole = (1 << size) - 1
    for last in range(size):
        stop = stops[last]
        if earliest[whole, last] <= network.home_by[stop] and network.return_cost[stop] < np.inf:
            return True
    return False


class OneRoute:
    """Remembers which sets one vehicle can serve."""

    def __init__(self, networks: tuple[Network, ...]) -> None:
        """Of any of these depots."""
        self._networks = networks
        self._earliest = np.zeros((1 << MOST_STOPS, MOST_STOPS))
        self._known: dict[bytes, bool] = {}

    def serves(self, stops: IntArray) -> bool:
        """Whether a vehicle of some depot can serve up to `MOST_STOPS` stops, in any order; loads are not looked at."""
        key = stops.tobytes()
        if key not in self._known:
            self._known[key] = any(_serves(network, stops, self._earliest) for network in self._networks)
        return self._known[key]


__all__ = ["MOST_STOPS", "OneRoute"]
