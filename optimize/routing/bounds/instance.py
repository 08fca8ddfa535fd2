"""The arguments of `lower_bound`, checked and put in order: stops apart from depots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, IntArray, floats
from optimize.routing.bounds.network import Network, network_of

_MORE = 1.01


@dataclass(frozen=True, eq=False)
class Instance:
    """Stops 0..n-1, and a network of routes for each depot."""

    stops: IntArray
    """(n,) place of each stop."""
    place_count: int
    vehicles: IntArray
    """(k,)."""
    stop_cost: FloatArray
    """(n, n)."""
    demand: FloatArray
    """(n,)."""
    largest_capacity: float
    """Of the depots' vehicles."""
    networks: tuple[Network, ...]
    """One a depot."""
    pool: tuple[tuple[IntArray, int], ...]
    """Routes by stop, and their depot."""
    leave_out_cost: FloatArray
    """(n,) money for leaving a stop out; infinite where it must be served."""
    dear: float
    """More than any plan costs."""
    least_route: float
    """No route costs less."""
    is_whole: bool
    """Whether all costs are whole numbers."""

    @property
    def stop_count(self) -> int:
        """How many stops, n."""
        return len(self.stops)

    @property
    def alone(self) -> list[tuple[int, int]]:
        """Stops that a depot can serve on a route of their own, with that depot."""
        return [
            (stop, depot)
            for depot, network in enumerate(self.networks)
            for stop in np.flatnonzero(
                (network.leave_cost < np.inf)
                & (network.return_cost < np.inf)
                & (network.arrival <= network.home_by)
            ).tolist()
        ]

    @property
    def alone_cost(self) -> FloatArray:
        """(n,): cheapest way from a depot to a stop and back, in time or not, or what leaving it out costs."""
        ways = np.array([network.leave_cost + network.return_cost for network in self.networks]).min(axis=0)
        cost: FloatArray = np.minimum(np.maximum(ways, self.dear * 1e-6), self.dearest)
        return cost

    @property
    def dearest(self) -> FloatArray:
        """(n,): the most that leaving a stop out may cost the program."""
        return np.minimum(self.leave_out_cost, self.dear)

    def route_cost(self, stops: IntArray, depot: int) -> float:
        """Money for a route."""
        network = self.networks[depot]
        legs = [
            network.leave_cost[stops[0]],
            *network.cost[stops[:-1], stops[1:]],
            network.return_cost[stops[-1]],
        ]
        return math.fsum(legs)


def instance_of(
    cost: npt.ArrayLike,
    travel: npt.ArrayLike,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    opens: npt.ArrayLike,
    closes: npt.ArrayLike,
    service: npt.ArrayLike,
    depots: Sequence[int],
    vehicles: Sequence[int],
    longest_route: float,
    pool: Sequence[tuple[Sequence[int], int]],
) -> Instance:
    """Check the arguments of `lower_bound`, which says what they are."""
    money = _values("cost", cost, None, 0.0)
    if money.ndim != 2 or money.shape[0] != money.shape[1] or len(money) < 2:
        raise ValueError(f"cost must be a square of 2 or more places, got shape {money.shape}")
    places = len(money)
    minutes = _values("travel", travel, (places, places), 0.0)
    loads = _values("demand", demand, (places,), 0.0, is_finite=True)
    begins = _values("opens", opens, (places,), -LARGEST, is_finite=True)
    ends = _values("closes", closes, (places,), -LARGEST)
    work = _values("service", service, (places,), 0.0, is_finite=True)
    longest = float(_values("longest_route", longest_route, (), 0.0))
    homes = np.array(depots)
    if (
        homes.ndim != 1
        or not len(homes)
        or homes.dtype.kind not in "iu"
        or len(set(homes.tolist())) < len(homes)
    ):
        raise ValueError(f"depots must be one or more different places, got {depots!r}")
    if homes.min() < 0 or homes.max() >= places or len(homes) == places:
        raise ValueError(f"depots must be places from 0 to {places - 1}, and not all of them, got {depots!r}")
    fleet = np.array(vehicles)
    if fleet.shape != homes.shape or fleet.dtype.kind not in "iu" or fleet.min() < 0:
        raise ValueError(f"vehicles must be {len(homes)} whole numbers of 0 or more, got {vehicles!r}")
    room = _values(
        "capacity", np.broadcast_to(np.asarray(capacity), homes.shape), homes.shape, 0.0, is_finite=True
    )
    stops = np.setdiff1d(np.arange(places), homes)
    networks = []
    for home, most, count in zip(homes.tolist(), room.tolist(), fleet.tolist(), strict=True):
        order = np.concatenate([[home], stops])
        square = np.ix_(order, order)
        # A depot without vehicles serves nobody.
        legs = money[square] if count else np.full_like(money[square], np.inf)
        networks.append(
            network_of(
                legs, minutes[square], loads[order], most, begins[order], ends[order], work[order], longest
            )
        )
    known = np.where(money < np.inf, money, 0.0)
    legs_from_homes = known[homes][:, stops]
    least = [float(n.leave_cost.min() + n.return_cost.min()) for n in networks]
    return Instance(
        stops=stops,
        place_count=places,
        vehicles=fleet.astype(np.int64),
        stop_cost=money[np.ix_(stops, stops)],
        demand=loads[stops],
        largest_capacity=float(room.max()),
        networks=tuple(networks),
        pool=_routes(pool, stops, places, networks),
        leave_out_cost=np.full(len(stops), np.inf),
        dear=_MORE * float(known[stops].max(axis=1).sum() + legs_from_homes.max(axis=0).sum()) or 1.0,
        least_route=min(least),
        is_whole=bool((known == np.floor(known)).all()),
    )


def _values(
    name: str, values: npt.ArrayLike, shape: tuple[int, ...] | None, least: float, *, is_finite: bool = False
) -> FloatArray:
    array = floats(name, values)
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    wrong = ~((array >= least) & ((array <= LARGEST) | (np.isposinf(array) & (not is_finite))))
    if wrong.any():
        rule = f"from {least:g} to {LARGEST:g}" + ("" if is_finite else ", or infinite")
        raise ValueError(f"{name} must be {rule}, got {array[wrong].flat[0]:g}")
    return array


def _routes(
    pool: Sequence[tuple[Sequence[int], int]], stops: IntArray, places: int, networks: list[Network]
) -> tuple[tuple[IntArray, int], ...]:
    """The pool by stop; routes that a vehicle cannot drive leg by leg are left out."""
    number = np.full(places, -1, dtype=np.int64)
    number[stops] = np.arange(len(stops))
    routes = []
    for index, (visited, depot) in enumerate(pool):
        row = np.asarray(visited, dtype=np.int64)
        if row.ndim != 1 or not len(row) or row.min() < 0 or row.max() >= places or (number[row] < 0).any():
            raise ValueError(f"pool[{index}] must name one or more places of stops, got {visited!r}")
        if not 0 <= depot < len(networks):
            raise ValueError(f"pool[{index}] must name a depot from 0 to {len(networks) - 1}, got {depot!r}")
        route, network = number[row], networks[depot]
        legs = [
            network.leave_cost[route[0]],
            *network.cost[route[:-1], route[1:]],
            network.return_cost[route[-1]],
        ]
        if np.isfinite(legs).all():
            routes.append((route, int(depot)))
    return tuple(routes)


__all__ = ["Instance", "instance_of"]
