"""A pool of routes: which stops each one serves, what it costs and which limited group it draws on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, IntArray, floats, numbers

NO_GROUP = -1


class CompressedRoutes(NamedTuple):
    """Stops of many routes in one array."""

    starts: IntArray
    """(r + 1,): where each route begins, from 0 to the length of `stops`."""
    stops: IntArray
    """Stops of all routes, one route after the other."""


Members = Sequence[npt.ArrayLike] | CompressedRoutes


@dataclass(frozen=True, eq=False)
class RoutePool:
    """Routes among which to choose, n stops, r routes and g groups."""

    costs: FloatArray
    """(r,): money of each route."""
    starts: IntArray
    """(r + 1,): where the stops of each route begin in `stops`."""
    stops: IntArray
    """Stops 0..n-1 of all routes, one after the other; their order within a route does not matter."""
    stop_count: int
    """n."""
    group: IntArray
    """(r,): the group of each route (vehicles of a type or a depot, a person), or -1 for none."""
    group_limits: FloatArray
    """(g,): most routes of each group."""
    penalty: FloatArray
    """(n,): money for leaving a stop out; infinite where it must be served."""

    def reduced_costs(self, stop_duals: FloatArray, group_duals: FloatArray) -> FloatArray:
        """(r,): cost of each route less the duals of what it serves and takes."""
        sums = np.concatenate([np.zeros(1), np.cumsum(stop_duals[self.stops])])
        of_stops = sums[self.starts[1:]] - sums[self.starts[:-1]]
        with_none = np.concatenate([group_duals, np.zeros(1)])
        reduced: FloatArray = self.costs - of_stops - with_none[self.group]
        return reduced

    def route(self, index: int) -> IntArray:
        """Stops of a route."""
        return self.stops[self.starts[index] : self.starts[index + 1]]


def pool_of(
    costs: npt.ArrayLike,
    members: Members,
    stop_count: int,
    group: npt.ArrayLike | None,
    group_limits: npt.ArrayLike | None,
    unserved_penalty: npt.ArrayLike | None,
    must_serve: npt.ArrayLike | None,
) -> RoutePool:
    """Check the arguments of `best_of_pool`, which says what they are, and put them into one form."""
    money = numbers("costs", costs) if np.size(costs) else np.zeros(0)
    starts, stops = _rows(members, len(money))
    if stop_count < 1:
        raise ValueError(f"stop_count must be at least 1, got {stop_count!r}")
    wrong = (stops < 0) | (stops >= stop_count)
    if wrong.any():
        raise ValueError(f"members must be stops from 0 to {stop_count - 1}, got {stops[wrong][0]}")
    row = np.repeat(np.arange(len(money)), np.diff(starts))
    cells = np.sort(row * stop_count + stops)
    twice = cells[1:] == cells[:-1]
    if twice.any():
        route, stop = divmod(int(cells[1:][twice][0]), stop_count)
        raise ValueError(f"members[{route}] must name each stop once, got {stop} twice")
    limits = np.zeros(0) if group_limits is None else _limits(group_limits)
    return RoutePool(
        costs=money,
        starts=starts,
        stops=stops,
        stop_count=stop_count,
        group=_groups(group, len(money), len(limits)),
        group_limits=limits,
        penalty=_penalties(unserved_penalty, must_serve, stop_count),
    )


def without_dearer_copies(pool: RoutePool) -> IntArray:
    """Routes worth looking at: of those with the same stops and group the cheapest, the first one among equals."""
    best: dict[tuple[int, bytes], int] = {}
    for index in range(len(pool.costs)):
        key = (int(pool.group[index]), np.sort(pool.route(index)).tobytes())
        known = best.get(key)
        if known is None or pool.costs[index] < pool.costs[known]:
            best[key] = index
    return np.array(sorted(best.values()), dtype=np.int64)


def sub_pool(pool: RoutePool, kept: IntArray) -> RoutePool:
    """The pool of some of its routes, in the order given."""
    lengths = np.diff(pool.starts)[kept]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    places = np.arange(int(starts[-1])) + np.repeat(pool.starts[:-1][kept] - starts[:-1], lengths)
    return RoutePool(
        pool.costs[kept], starts, pool.stops[places], pool.stop_count, pool.group[kept], pool.group_limits,
        pool.penalty,
    )  # fmt: skip


def _rows(members: Members, route_count: int) -> tuple[IntArray, IntArray]:
    if isinstance(members, CompressedRoutes):
        starts, stops = _whole("members.starts", members.starts), _whole("members.stops", members.stops)
        if len(starts) != route_count + 1 or starts[0] != 0 or starts[-1] != len(stops):
            raise ValueError(
                f"members.starts must be {route_count + 1} places from 0 to {len(stops)}, got {starts.tolist()[:9]}"
            )
    else:
        rows = [_whole(f"members[{index}]", row) for index, row in enumerate(members)]
        if len(rows) != route_count:
            raise ValueError(f"members must be {route_count} routes, as many as costs, got {len(rows)}")
        starts = np.concatenate(
            [np.zeros(1, np.int64), np.cumsum([len(row) for row in rows], dtype=np.int64)]
        )
        stops = np.concatenate([np.zeros(0, np.int64), *rows])
    empty = np.diff(starts) < 1
    if empty.any():
        raise ValueError(f"members[{int(np.argmax(empty))}] must be one or more stops, got none")
    return starts, stops


def _whole(name: str, values: npt.ArrayLike) -> IntArray:
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be a row of whole numbers, got {array.dtype} of shape {array.shape}")
    return array.astype(np.int64)


def _limits(values: npt.ArrayLike) -> FloatArray:
    limits = numbers("group_limits", values) if np.size(values) else np.zeros(0)
    wrong = limits != np.floor(limits)
    if wrong.any():
        raise ValueError(f"group_limits must be whole numbers, got {limits[wrong][0]:g}")
    return limits


def _groups(group: npt.ArrayLike | None, route_count: int, group_count: int) -> IntArray:
    if group is None:
        return np.full(route_count, NO_GROUP, dtype=np.int64)
    array = _whole("group", group)
    if len(array) != route_count:
        raise ValueError(f"group must be {route_count} groups, one per route, got {len(array)}")
    wrong = (array < NO_GROUP) | (array >= group_count)
    if wrong.any():
        raise ValueError(f"group must be from -1 to {group_count - 1}, got {array[wrong][0]}")
    return array


def _penalties(
    unserved_penalty: npt.ArrayLike | None, must_serve: npt.ArrayLike | None, stop_count: int
) -> FloatArray:
    penalty = np.full(stop_count, np.inf)
    if unserved_penalty is not None:
        penalty = floats("unserved_penalty", unserved_penalty)
        if penalty.shape != (stop_count,):
            raise ValueError(f"unserved_penalty must have shape ({stop_count},), got {penalty.shape}")
        wrong = ~((penalty >= 0) & ((penalty <= LARGEST) | np.isinf(penalty)))
        if wrong.any():
            raise ValueError(f"unserved_penalty must be at least 0, got {penalty[wrong][0]}")
    if must_serve is not None:
        must = np.asarray(must_serve)
        if must.dtype != np.bool_ or must.shape != (stop_count,):
            raise ValueError(
                f"must_serve must be {stop_count} truth values, got {must.dtype} of shape {must.shape}"
            )
        penalty = np.where(must, np.inf, penalty)
    return penalty


__all__ = [
    "NO_GROUP",
    "CompressedRoutes",
    "Members",
    "RoutePool",
    "pool_of",
    "sub_pool",
    "without_dearer_copies",
]
