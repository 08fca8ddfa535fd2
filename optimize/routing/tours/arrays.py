"""A rich routing problem, and tours in the making, as the compiled functions read them.

Items of a tour are visits 0..n-1, `reload_item` n and `end_item` n + 1. Nodes of the matrices are the visits, then the
places that vehicles name, then nowhere, from and to which no time passes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.routing.tours.problem import LATEST_SECOND, BoolArray, FloatArray, IntArray, Tours

BitsArray = npt.NDArray[np.uint64]

NEVER = 2**60
FREE = -(2**60)
"""In `Routes.pinned`: no start is agreed on."""

DUE, LATENESS, TWIN = range(3)
(
    START, END, RELOADING, SHIFT_START, REGULAR_END, SHIFT_END, LONGEST, BREAK, BREAK_EARLIEST, BREAK_LATEST,
    LONGEST_DRIVING, RELOAD_SECONDS, MOST_RELOADS, KIND, SIBLING,
) = range(15)  # fmt: skip
FIXED, PER_KM, PER_HOUR, OVERTIME, BALANCE, PER_RELOAD = range(6)
READY, WAITED, SLACK, DRIVEN, READY_B, WAITED_B, SLACK_B, DRIVEN_B, NODE = range(9)
AFTER_TIME, AFTER_END, AFTER_LATEST = range(3)
LENGTH, METRES, FIRST_RELOAD, RELOADS, TOUCHED, IS_TOUCHED, KEPT_LENGTH, BEST_LENGTH, NEARBY, STRINGS = range(
    10
)
COST, EXTRA = range(2)
VEHICLE_OF, PINNED, ABSENT, KEPT_VEHICLE_OF, KEPT_PINNED, BEST_PINNED = range(6)
DEPART, ENDS, BREAK_MODE, WAITING, ABSENT_COUNT, TOUCHED_COUNT = range(8, 14)
LATE, MUST, MONEY, BEST_MUST, BEST_MONEY, TEMPERATURE, MUST_WEIGHT = 0, 2, 3, 4, 5, 6, 7

NONE: Any = np.int64(-1)
"""No item. Typed, because plain constants have each function that gets them compiled anew."""
DEPARTS_LATER = 2
NEAR = 120
"""Nearest visits that removals look at."""


class Facts(NamedTuple):
    """A problem. N nodes; other letters as in `problem`. Few arrays with columns: each adds to every call.

    Attributes:
        roads: (2, N, N) travel seconds and metres.
        factors: (24,) or empty.
        windows: (n, w, 2) opening and closing, by time, released; those not used close before they open.
        visit: (n, 3) due second, class of lateness, twin.
        goods: (2, n, d) load and collected.
        parts: (n, q)
        is_tool: (q,)
        penalty: (n,) unserved cost, infinite where it must be served.
        vehicle: (m, 15) columns as named above; places are nodes, the sibling is the vehicle before of the same kind.
        rate: (m, 6) money, columns as named above.
        capacity: (m, d)
        on_board: (m, q)
        service: (k, n) seconds; -1 = not allowed.
        extra: (k, n)
        curves: (2, c, b) seconds and money of lateness.
        near: (n, up to 120) visits by seconds and metres to and from, itself first.
        order: (o, n) keys by which visits may be sorted before they are inserted.
        is_rich: 0 = one hard window each, no breaks: insertions are timed by sums kept for each gap; 1 = stop by stop;
            `DEPARTS_LATER` = moreover speeds vary or there are several windows, so that slack does not tell the
            departure: it is settled by halving.
    """

    roads: IntArray
    factors: FloatArray
    windows: IntArray
    visit: IntArray
    goods: IntArray
    parts: IntArray
    is_tool: BoolArray
    penalty: FloatArray
    vehicle: IntArray
    rate: FloatArray
    capacity: IntArray
    on_board: IntArray
    service: IntArray
    extra: FloatArray
    curves: FloatArray
    near: IntArray
    order: FloatArray
    is_rich: int


class Routes(NamedTuple):
    """Tours in the making. Gap i of a tour lies before its item i; r is the most items of a tour.

    Attributes:
        stops: (m, r) items.
        copies: (2, m, r) items as they were before this iteration, and those of the best tours so far.
        tour: (m, 10) columns: items, metres, item number of the first reload (else the length), reloads; list of tours
            touched in this iteration, whether touched, items before it, items of the best, the visit that it is near,
            strings taken out in this iteration.
        money: (m, 2) of each tour, 0 of an empty one; thereof for who does what, and for reloads.
        forward: (m, r + 1, 9) what holds when a vehicle is ready to leave for gap i, without and with its break
            taken: second, waited so far, by how much departure may still be put off, driven since the last break.
        late: (m, r + 1, 2) money for lateness so far, without and with the break.
        backward: (m, r + 1, 3) of arriving at item i: least seconds until the end, earliest end, latest arrival.
        peaks: (m, r + 1, 2, d) most goods aboard within the trip before and after gap i.
        used: (m, q) parts of the first trip.
        state: (n, 6) vehicle of each visit, -1 = left out; start that twins have agreed on, or `FREE`; list of visits
            left out, in the order in which they will be inserted; the first two before this iteration; pinned in the
            best.
        scratch: (16,) forward state of the tour being timed; of the one timed last its departure, end, how it takes
            its break, how long it waits; visits left out; tours touched.
        value: (8,) lateness of the tour being timed, without and with break; must-serve visits left out and money, now
            and of the best; temperature; weight of a must-serve visit.
        trial: (r + 2,) items of a tour being tried.
        bits: (1,) state of the random numbers.
        chosen: (2, 64, 3) places for the visits of a crew: vehicle, gap, earliest start.
        chosen_cost: (2, 64) money of each.
    """

    stops: IntArray
    copies: IntArray
    tour: IntArray
    money: FloatArray
    forward: IntArray
    late: FloatArray
    backward: IntArray
    peaks: IntArray
    used: IntArray
    state: IntArray
    scratch: IntArray
    value: FloatArray
    trial: IntArray
    bits: BitsArray
    chosen: IntArray
    chosen_cost: FloatArray


def facts_of(problem: Tours) -> Facts:
    """Contiguous arrays of the types for which the functions are compiled."""
    visits, vehicles = problem.visits, problem.vehicles
    named = np.unique(np.concatenate([vehicles.start_place, vehicles.end_place, vehicles.reload_place]))
    named = named[named >= 0]
    places = np.concatenate([visits.place, named])
    nowhere = len(places)
    node_of = np.full(problem.sizes["p"] + 1, nowhere)  # its last entry is that of place -1
    node_of[named] = len(visits.place) + np.arange(len(named))
    windows = _windows(problem)
    factors = problem.roads.hour_factors
    needs_break = (vehicles.break_seconds > 0) & (
        (vehicles.break_latest_second < LATEST_SECOND) | (vehicles.longest_driving_seconds > 0)
    )
    is_rich = (visits.lateness_class >= 0).any() or needs_break.any()
    roads = np.stack(
        [
            _matrix(between, places)
            for between in (problem.roads.travel_seconds, problem.roads.distance_metres)
        ]
    )
    columns = (
        node_of[vehicles.start_place], node_of[vehicles.end_place], node_of[vehicles.reload_place],
        vehicles.shift_start_second, vehicles.regular_end_second, vehicles.shift_end_second,
        vehicles.longest_seconds, vehicles.break_seconds, vehicles.break_earliest_second,
        vehicles.break_latest_second, vehicles.longest_driving_seconds, vehicles.reload_seconds,
        vehicles.most_reloads, vehicles.kind, _siblings(vehicles.kind),
    )  # fmt: skip
    rates = (
        vehicles.cost_fixed, vehicles.cost_per_km, vehicles.cost_per_hour, vehicles.overtime_cost_per_hour,
        vehicles.balance_cost, vehicles.cost_per_reload,
    )  # fmt: skip
    return Facts(
        roads=roads,
        factors=np.zeros(0) if factors is None else np.ascontiguousarray(factors, np.float64),
        windows=windows,
        visit=_whole(np.stack([visits.due_second, visits.lateness_class, visits.twin], axis=1)),
        goods=_whole(np.stack([visits.load, visits.collected])),
        parts=_whole(visits.parts),
        is_tool=np.ascontiguousarray(visits.is_tool),
        penalty=_money(visits.unserved_cost),
        vehicle=_whole(np.stack(columns, axis=1)),
        rate=_money(np.stack(rates, axis=1)),
        capacity=_whole(vehicles.capacity),
        on_board=_whole(vehicles.on_board),
        service=_whole(np.where(problem.allowed, problem.service_seconds, -1)),
        extra=_money(problem.extra_cost),
        curves=_money(np.stack([problem.lateness.seconds, problem.lateness.cost])),
        near=_near(roads, problem.visit_count),
        order=_orders(problem, windows),
        is_rich=DEPARTS_LATER if windows.shape[1] > 1 or factors is not None else int(is_rich),
    )


def empty_routes(problem: Tours, facts: Facts, seed: int = 1) -> Routes:
    """No tours; every visit is left out."""
    sizes = problem.sizes
    return routes_for(
        problem.visit_count, problem.vehicle_count, sizes["d"], sizes["q"], _most_items(problem, facts), seed
    )


def routes_for(n: int, m: int, d: int, q: int, row: int, seed: int = 1) -> Routes:
    """No tours of n visits, m vehicles, d load dimensions, q parts and tools; at most `row` items in each."""

    def whole(*shape: int) -> IntArray:
        return np.zeros(shape, np.int64)

    state = whole(n, 6)
    state[:, [VEHICLE_OF, KEPT_VEHICLE_OF]] = -1
    state[:, [PINNED, KEPT_PINNED, BEST_PINNED]] = FREE
    return Routes(
        stops=whole(m, row),
        copies=whole(2, m, row),
        tour=whole(m, 10),
        money=np.zeros((m, 2)),
        forward=whole(m, row + 1, 9),
        late=np.zeros((m, row + 1, 2)),
        backward=whole(m, row + 1, 3),
        peaks=whole(m, row + 1, 2, d),
        used=whole(m, q),
        state=state,
        scratch=whole(16),
        value=np.zeros(8),
        trial=whole(row + 2),
        bits=_first_bits(seed),
        chosen=whole(2, 64, 3),
        chosen_cost=np.zeros((2, 64)),
    )


def _first_bits(seed: int) -> BitsArray:
    """A state that is never 0 and differs in many bits between neighbouring seeds (SplitMix64)."""
    mask = 2**64 - 1
    bits = (seed + 0x9E3779B97F4A7C15) & mask
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & mask
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & mask
    return np.array([(bits ^ (bits >> 31)) | 1], dtype=np.uint64)


def _whole(array: npt.ArrayLike) -> IntArray:
    return np.ascontiguousarray(array, np.int64)


def _money(array: npt.ArrayLike) -> FloatArray:
    return np.ascontiguousarray(array, np.float64)


def _matrix(between_places: IntArray, places: IntArray) -> IntArray:
    matrix = np.zeros((len(places) + 1, len(places) + 1), np.int64)
    matrix[:-1, :-1] = between_places[np.ix_(places, places)]
    return matrix


def _windows(problem: Tours) -> IntArray:
    """Windows of each visit by time, cut at the release and joined where they overlap."""
    visits = problem.visits
    opens = np.maximum(visits.window_opens, visits.release_second[:, None])
    opens = np.where(opens <= visits.window_closes, opens, NEVER)
    closes = np.where(opens < NEVER, visits.window_closes, -NEVER)
    order = np.argsort(opens, axis=1, kind="stable")
    windows = np.stack([np.take_along_axis(opens, order, 1), np.take_along_axis(closes, order, 1)], axis=2)
    for column in range(1, windows.shape[1]):
        joined = (windows[:, column, 0] <= windows[:, column - 1, 1]) & (windows[:, column, 0] < NEVER)
        windows[joined, column, 0] = windows[joined, column - 1, 0]
        windows[joined, column, 1] = np.maximum(windows[joined, column, 1], windows[joined, column - 1, 1])
        windows[joined, column - 1] = (NEVER, -NEVER)
    order = np.argsort(windows[:, :, 0], axis=1, kind="stable")
    windows = np.take_along_axis(windows, order[:, :, None], 1)
    used = int((windows[:, :, 0] < NEVER).sum(axis=1).max(initial=1))
    return _whole(windows[:, : max(1, used)])


def _siblings(kinds: IntArray) -> IntArray:
    last_of: dict[int, int] = {}
    siblings = np.full(len(kinds), -1)
    for vehicle, kind in enumerate(kinds.tolist()):
        siblings[vehicle] = last_of.get(kind, -1)
        last_of[kind] = vehicle
    return siblings


def _near(roads: IntArray, n: int) -> IntArray:
    """Nearest visits by seconds and metres there and back, each measured by its mean; ties fall by number."""
    apart = np.zeros((n, n))
    for matrix in roads[:, :n, :n].astype(np.float64):
        apart += (matrix + matrix.T) / max(1.0, float(matrix.mean()) if n else 1.0)
    np.fill_diagonal(apart, -1.0)
    keep = min(n, NEAR)
    nearest = np.broadcast_to(np.arange(n), (n, n))
    if keep < n:
        nearest = np.argpartition(apart, keep - 1, axis=1)[:, :keep]
        nearest.sort(axis=1)
    by_distance = np.argsort(np.take_along_axis(apart, nearest, 1), axis=1, kind="stable")
    return _whole(np.take_along_axis(nearest, by_distance, 1))


def _orders(problem: Tours, windows: IntArray) -> FloatArray:
    """Keys, least first: large, far, near, short window, early window, late closing, few who may, dear to leave out."""
    visits, n = problem.visits, problem.visit_count
    largest = problem.vehicles.capacity.max(axis=0, initial=1).clip(1)
    large = (np.maximum(visits.load, visits.collected) / largest).sum(axis=1)
    starts = np.unique(problem.vehicles.start_place)
    far = (
        problem.roads.travel_seconds[np.ix_(starts, visits.place)].mean(axis=0)
        if len(starts)
        else np.zeros(n)
    )
    opens, closes = windows[:, 0, 0], windows[:, :, 1].max(axis=1)
    able = problem.allowed[problem.vehicles.kind].sum(axis=0)
    cost = np.where(np.isfinite(visits.unserved_cost), visits.unserved_cost, 1e300)
    return _money(np.stack([-large, -far, far, closes - opens, opens, -closes, able, -cost]))


def _most_items(problem: Tours, facts: Facts) -> int:
    """Items that a tour can hold at most, by goods and by time."""
    n, most_reloads = problem.visit_count, int(problem.vehicles.most_reloads.max(initial=0))
    most = n
    for dimension in range(problem.sizes["d"]):
        for goods in facts.goods:
            filled = np.cumsum(np.sort(goods[:, dimension])) <= facts.capacity[:, dimension].max(initial=0)
            most = min(most, int(filled.sum()) * (most_reloads + 1))
    if n and problem.vehicle_count and not len(facts.factors):
        shift = facts.vehicle[:, SHIFT_END] - facts.vehicle[:, SHIFT_START]
        longest = int(np.minimum(shift, facts.vehicle[:, LONGEST]).max())
        legs = facts.roads[0, :-1, :n].copy()
        legs[np.arange(n), np.arange(n)] = NEVER // 4
        stays = legs.min(axis=0) + facts.service.min(axis=0, initial=NEVER).clip(0)
        most = min(most, int((np.cumsum(np.sort(stays)) <= longest).sum()))
    return most + min(most_reloads, n) + 1


__all__ = ["Facts", "Routes", "empty_routes", "facts_of", "routes_for"]
