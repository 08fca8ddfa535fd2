"""Routes of one depot as paths that use up two resources: what the compiled pricing reads.

The first resource has a window at each stop and may be waited for: it is time, or load where no time is binding. The
second only adds up: load, or nothing where load is the first.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray

SmallArray = npt.NDArray[np.int16]

USUAL_CELLS = 400
"""Cells into which a resource is cut: completion bounds take n * n * cells steps."""
MOST_CELLS = 2000
"""Where some step is short, which must leave its cell."""
_ROOM = 1e-12


class Network(NamedTuple):
    """Stops 0..n-1 and one depot."""

    cost: FloatArray
    """(n, n) money from row to column; infinite where no route can drive it."""
    step: FloatArray
    """(n, n) first resource from service at the row to arrival at the column."""
    leave_cost: FloatArray
    """(n,) money from the depot; infinite where the stop cannot be served at all."""
    arrival: FloatArray
    """(n,) first resource at a stop that is the first one of a route."""
    return_cost: FloatArray
    """(n,) money to the depot."""
    opens: FloatArray
    """(n,) least value of the first resource at a stop."""
    closes: FloatArray
    """(n,) largest one, from which the depot can still be reached in time."""
    home_by: FloatArray
    """(n,) largest one from which it is reached directly."""
    load: FloatArray
    """(n,) second resource that a stop takes."""
    capacity: float
    """Of the second resource."""
    cells: int
    """Cells of the resource by which completion bounds are kept: each leg leaves its cell."""
    cell_size: float
    """Units of that resource per cell."""
    is_cut_by_load: bool
    """Whether that is the second resource."""


class Memory(NamedTuple):
    """Which earlier stops a path remembers, by the ng-route relaxation: at each stop only those near it."""

    near: IntArray
    """(n, m) stops that are remembered at a stop: itself first."""
    place: SmallArray
    """(n, n) place of the column in `near` of the row, -1 where it is not in it."""


def memory_of(cost: FloatArray, size: int) -> Memory:
    """The nearest stops of each, itself first: by the smaller of the costs there and back, ties by number."""
    stops = len(cost)
    both_ways = np.minimum(cost, cost.T)
    np.fill_diagonal(both_ways, -1.0)
    near = np.argsort(both_ways, axis=1, kind="stable")[:, : min(size, stops)].astype(np.int64)
    place = np.full((stops, stops), -1, dtype=np.int16)
    np.put_along_axis(place, near, np.arange(near.shape[1], dtype=np.int16)[None, :], axis=1)
    return Memory(np.ascontiguousarray(near), place)


def network_of(
    cost: FloatArray,
    travel: FloatArray,
    demand: FloatArray,
    capacity: float,
    opens: FloatArray,
    closes: FloatArray,
    service: FloatArray,
    longest_route: float,
) -> Network:
    """Routes of the depot in row 0; the other rows are the stops.

    Args:
        cost: (n + 1, n + 1) money.
        travel: (n + 1, n + 1) time.
        demand: (n + 1,) load.
        capacity: Of a vehicle.
        opens: (n + 1,) earliest start of service, or departure.
        closes: (n + 1,) latest start of service, or return.
        service: (n + 1,) time.
        longest_route: Most travel and service of a route; left out where routes may have to wait, which is no limit
            less for time windows and makes the bound smaller, not wrong.
    """
    starts = float(opens[0])
    is_waiting = bool((opens[1:] > starts).any())
    ends = float(closes[0]) if is_waiting else min(float(closes[0]), starts + longest_route)
    step = service[1:, None] + travel[1:, 1:]
    arrival = np.maximum(opens[1:], starts + service[0] + travel[0, 1:])
    longest = float(arrival[arrival < np.inf].max(initial=starts)) + float(
        np.where(step < np.inf, step, 0.0).max(axis=1).sum()
    )
    # Sums are rounded: a little room forbids no route that the exact ones allow.
    ends = min(ends, longest + float(travel[1:, 0].max(where=travel[1:, 0] < np.inf, initial=0.0)))
    room = _ROOM * (abs(starts) + abs(ends))
    home_by = ends + room - service[1:] - travel[1:, 0]
    latest = np.minimum(closes[1:] + room, _latest_by_any_way(home_by, step))
    if not is_waiting and (latest >= longest).all():
        return _by_load(cost, demand, capacity * (1 + _ROOM))
    loads, capacity = demand[1:], capacity * (1 + _ROOM)
    is_served = (arrival <= latest) & (loads <= capacity)
    possible = np.maximum(opens[1:], arrival)[:, None] + step <= latest[None, :]
    possible &= loads[:, None] + loads[None, :] <= capacity
    possible &= is_served[:, None] & is_served[None, :]
    possible &= cost[1:, 1:] < np.inf
    np.fill_diagonal(possible, False)
    last = float(latest[is_served].max(initial=starts))
    is_cut_by_load = not _is_growing(step[possible], last - starts)
    if is_cut_by_load:
        loads, capacity = _growing(loads, capacity)
    cells, size = _cells(loads, capacity) if is_cut_by_load else _cells(step[possible], last - starts)
    return Network(
        cost=np.where(possible, cost[1:, 1:], np.inf),
        step=step,
        leave_cost=np.where(is_served, cost[0, 1:], np.inf),
        arrival=arrival - starts,
        return_cost=cost[1:, 0].copy(),
        opens=np.maximum(opens[1:] - starts, 0.0),
        closes=latest - starts,
        home_by=home_by - starts,
        load=loads.copy(),
        capacity=capacity,
        cells=cells,
        cell_size=size,
        is_cut_by_load=is_cut_by_load,
    )


def _by_load(cost: FloatArray, demand: FloatArray, capacity: float) -> Network:
    loads, capacity = _growing(demand[1:], capacity)
    stops = len(loads)
    is_served = loads <= capacity
    possible = (loads[:, None] + loads[None, :] <= capacity) & is_served[:, None] & is_served[None, :]
    possible &= cost[1:, 1:] < np.inf
    np.fill_diagonal(possible, False)
    cells, size = _cells(loads, capacity)
    return Network(
        cost=np.where(possible, cost[1:, 1:], np.inf),
        step=np.ascontiguousarray(np.broadcast_to(loads, (stops, stops))),
        leave_cost=np.where(is_served, cost[0, 1:], np.inf),
        arrival=loads.copy(),
        return_cost=cost[1:, 0].copy(),
        opens=np.zeros(stops),
        closes=np.full(stops, capacity),
        home_by=np.full(stops, capacity),
        load=np.zeros(stops),
        capacity=0.0,
        cells=cells,
        cell_size=size,
        is_cut_by_load=False,
    )


def _latest_by_any_way(home_by: FloatArray, step: FloatArray) -> FloatArray:
    """Latest service from which the depot is reached, directly or over stops on the way."""
    latest = home_by
    while True:
        over_others = (latest[None, :] - step).max(axis=1)
        later = np.maximum(latest, over_others)
        if (later <= latest).all():
            return latest
        latest = later


def _is_growing(steps: FloatArray, most: float) -> bool:
    """Whether each step uses up enough of a resource to count cells of it."""
    return not len(steps) or bool(steps.min() > 0 and most / steps.min() <= MOST_CELLS)


def _growing(loads: FloatArray, capacity: float) -> tuple[FloatArray, float]:
    """Loads that grow with each stop: a route visits no stop twice, so there is room for what is added to each."""
    if _is_growing(loads, capacity):
        return loads, capacity
    if loads.sum() <= capacity:
        return np.ones(len(loads)), float(len(loads))
    least = capacity / USUAL_CELLS
    return np.maximum(loads, least), capacity + least * int((loads < least).sum())


def _cells(steps: FloatArray, most: float) -> tuple[int, float]:
    """Cells so small that each step leaves its cell, and their size."""
    if not len(steps):
        return 1, 2.0 * most + 1.0
    if (steps == np.floor(steps)).all() and most < USUAL_CELLS:
        return int(most) + 1, 1.0
    cells = max(USUAL_CELLS, math.ceil(most / float(steps.min())) + 1)
    return cells, max(most, float(steps.min())) / (cells - 1)


__all__ = ["Memory", "Network", "memory_of", "network_of"]
