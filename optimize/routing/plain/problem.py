"""What has to be visited from which depots under few rules, and the routes that do it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from optimize.arguments import IntArray
from scenarios import SolveStatus

LARGEST_LEG = 2**29
"""Of a cost or a travel time, so that the cost of an insertion fits 32 bits."""
LARGEST_AMOUNT = 2**48
"""Of a load, a time or a capacity; also the end of days for a stop without a time window."""


class PlainReason(Enum):
    """Why a stop is in no route: the first of these that is true of it, in this order."""

    CAPACITY = "larger than any vehicle"
    TIME_WINDOW = "no vehicle is there in its window and back in time"
    LONGEST_ROUTE = "there and back takes longer than a route may"
    FLEET = "all vehicles that could are taken"


@dataclass(frozen=True, eq=False)
class PlainProblem:
    """A capacitated routing problem, with time windows and a longest route or without. k depots, n stops, p = k + n.

    Routes start and end at the same depot. The aim is the least total cost of the legs, however many vehicles that
    takes, after the least number of stops left out. All numbers are integers in units of the caller's choice; see
    `plain_problem` for defaults.

    Attributes:
        cost: (p, p) of the leg from row to column; depots first, then stops. Need not be symmetric.
        travel: (p, p) its time.
        demand: (n,) load of each stop.
        service: (n,) time at each stop.
        opens: (n,) earliest start of service; who comes earlier waits.
        closes: (n,) latest start of service.
        capacity: (k,) of a vehicle of each depot.
        vehicles: (k,) of each depot, each for one route; -1 = as many as it takes.
        depot_opens: (k,) earliest departure.
        depot_closes: (k,) latest return.
        longest_route: Longest time from departure to return, waiting on the way included; a vehicle departs as late
            as shortens that. None = no limit.
    """

    cost: IntArray
    travel: IntArray
    demand: IntArray
    service: IntArray
    opens: IntArray
    closes: IntArray
    capacity: IntArray
    vehicles: IntArray
    depot_opens: IntArray
    depot_closes: IntArray
    longest_route: int | None

    def __post_init__(self) -> None:
        """Check shapes, kinds and values.

        Raises:
            ValueError: with everything that is wrong.
        """
        wrong = self._wrong_shapes()
        if not wrong:
            wrong = self._wrong_values()
        if not wrong and (self.opens > self.closes).any():
            stop = int(np.argmax(self.opens > self.closes))
            wrong = [f"stop {stop} closes at {self.closes[stop]}, before it opens at {self.opens[stop]}"]
        if not wrong and (self.depot_opens > self.depot_closes).any():
            wrong = ["a depot closes before it opens"]
        if wrong:
            raise ValueError("; ".join(wrong))

    @property
    def stop_count(self) -> int:
        """Stops, n."""
        return len(self.demand)

    @property
    def depot_count(self) -> int:
        """Depots, k."""
        return len(self.capacity)

    @property
    def has_windows(self) -> bool:
        """Whether any time of day matters: then arrivals are checked."""
        return bool(
            (self.opens > 0).any()
            or (self.closes < LARGEST_AMOUNT).any()
            or (self.depot_opens > 0).any()
            or (self.depot_closes < LARGEST_AMOUNT).any()
        )

    def _wrong_shapes(self) -> list[str]:
        stops, depots = np.shape(self.demand), np.shape(self.capacity)
        if len(stops) != 1 or len(depots) != 1 or depots[0] == 0:
            return [f"demand has shape {stops} and capacity {depots}, not (n,) and (k,) with k of 1 or more"]
        nodes = stops[0] + depots[0]
        expected: dict[str, tuple[int, ...]] = dict.fromkeys(("cost", "travel"), (nodes, nodes))
        expected |= dict.fromkeys(("demand", "service", "opens", "closes"), stops)
        expected |= dict.fromkeys(("capacity", "vehicles", "depot_opens", "depot_closes"), depots)
        wrong = []
        for name, shape in expected.items():
            value = getattr(self, name)
            if np.shape(value) != shape:
                wrong.append(f"{name} has shape {np.shape(value)}, not {shape}")
            elif value.dtype != np.int64:
                wrong.append(f"{name} holds {value.dtype}, not int64")
        return wrong

    def _wrong_values(self) -> list[str]:
        most = dict.fromkeys(("cost", "travel"), LARGEST_LEG)
        least = {"vehicles": -1}
        wrong = []
        for name in (
            "cost", "travel", "demand", "service", "opens", "closes", "capacity", "vehicles", "depot_opens",
            "depot_closes",
        ):  # fmt: skip
            value = getattr(self, name)
            lowest, highest = least.get(name, 0), most.get(name, LARGEST_AMOUNT)
            bad = (value < lowest) | (value > highest)
            if bad.any():
                wrong.append(f"{name} holds {value[bad][0]}, not a number from {lowest} to {highest}")
        if self.longest_route is not None and not 0 <= self.longest_route <= LARGEST_AMOUNT:
            wrong.append(f"longest_route is {self.longest_route}, not from 0 to {LARGEST_AMOUNT}")
        return wrong


def plain_problem(
    cost: npt.ArrayLike,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    *,
    travel: npt.ArrayLike | None = None,
    service: npt.ArrayLike = 0,
    opens: npt.ArrayLike = 0,
    closes: npt.ArrayLike = LARGEST_AMOUNT,
    vehicles: npt.ArrayLike = -1,
    depot_opens: npt.ArrayLike = 0,
    depot_closes: npt.ArrayLike = LARGEST_AMOUNT,
    longest_route: int | None = None,
) -> PlainProblem:
    """Make a problem of as much as there is: what is left out sets no limit, one number holds for all.

    Args:
        cost: (p, p); the number of depots is p less the number of stops.
        demand: (n,) or 0.
        capacity: (k,) or one number.
        travel: (p, p); None = the cost.
        service: (n,) or one number; so are `opens` and `closes`.
        opens: See `PlainProblem`, as for the rest.
        closes: See there.
        vehicles: (k,) or one number; so are `depot_opens` and `depot_closes`.
        depot_opens: See there.
        depot_closes: See there.
        longest_route: See there.

    Returns:
        The problem.

    Raises:
        ValueError: A number is fractional, infinite, none, out of bounds or of another shape.
    """
    legs = whole("cost", cost)
    loads = whole("demand", demand)
    if legs.ndim != 2 or legs.shape[0] != legs.shape[1] or loads.ndim != 1 or len(legs) <= len(loads):
        raise ValueError(
            f"cost has shape {legs.shape} and demand {loads.shape}, not (k + n, k + n) and (n,) with k of 1 or more"
        )
    stops, depots = len(loads), len(legs) - len(loads)
    return PlainProblem(
        cost=legs,
        travel=legs if travel is None else whole("travel", travel),
        demand=loads,
        service=whole("service", service, stops),
        opens=whole("opens", opens, stops),
        closes=whole("closes", closes, stops),
        capacity=whole("capacity", capacity, depots),
        vehicles=whole("vehicles", vehicles, depots),
        depot_opens=whole("depot_opens", depot_opens, depots),
        depot_closes=whole("depot_closes", depot_closes, depots),
        longest_route=longest_route,
    )


def whole(name: str, values: npt.ArrayLike, length: int | None = None) -> IntArray:
    """Whole numbers of any shape, or ValueError; `length` spreads a single one."""
    try:
        array = np.asarray(values)
        numbers = array.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be whole numbers, got {values!r}") from None
    wrong = ~(np.isfinite(numbers) & (numbers == np.floor(numbers)) & (np.abs(numbers) <= LARGEST_AMOUNT))
    if wrong.any():
        raise ValueError(f"{name} holds {array[wrong].flat[0]!r}, not a whole number up to {LARGEST_AMOUNT}")
    result = array.astype(np.int64)
    return np.full(length, result) if length is not None and result.ndim == 0 else result


@dataclass(frozen=True)
class PlainRoute:
    """One route of one vehicle.

    Attributes:
        depot: 0-based, where it starts and ends.
        stops: 0-based, in the order of the visits; at least one.
        cost: Of its legs.
    """

    depot: int
    stops: tuple[int, ...]
    cost: int


@dataclass(frozen=True)
class PlainUnserved:
    """A stop that no route visits.

    Attributes:
        stop: 0-based.
        reason: Why.
        short_by: The smallest relaxation, in the unit of the reason: load that the largest vehicle would have to take
            in addition, time by which a window or the longest route would have to be longer, or one vehicle. Each is
            what the stop needs for a route of its own.
    """

    stop: int
    reason: PlainReason
    short_by: int


@dataclass(frozen=True)
class PlainSolution:
    """Routes, and how they were found.

    Attributes:
        routes: Sorted by depot and first stop.
        cost: Of all routes.
        unserved: Sorted by stop.
        status: `FEASIBLE`, or `INFEASIBLE` where stops are left out. A search proves nothing else.
        iterations: Ruin-and-recreate steps, or the peer's count of its own.
        pool: Distinct routes met at accepted solutions, those of this solution first, without copies; for a set
            partitioning model.
        was_interrupted: Ctrl-C ended the search early.
    """

    routes: tuple[PlainRoute, ...]
    cost: int
    unserved: tuple[PlainUnserved, ...]
    status: SolveStatus
    iterations: int
    pool: tuple[PlainRoute, ...] = ()
    was_interrupted: bool = False


__all__ = [
    "LARGEST_AMOUNT", "LARGEST_LEG", "PlainProblem", "PlainReason", "PlainRoute", "PlainSolution", "PlainUnserved",
    "plain_problem", "whole",
]  # fmt: skip
