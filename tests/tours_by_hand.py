"""Small rich routing problems, and their optimum by trying everything."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from optimize.routing.tours.plan import RELOAD
from optimize.routing.tours.problem import Lateness, Roads, Tours, Vehicles, Visits


def roads_between(points: Any, factors: Any = None) -> Roads:
    """Straight roads, a metre a second, lengths rounded up so that no detour is shorter."""
    points = np.asarray(points, float)
    lengths = np.ceil(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(int)
    return Roads(lengths, lengths, factors)


def random_tours(seed: int, visits: int = 5, vehicles: int = 2, **features: bool) -> Tours:
    """A problem in a square of 1,000 s; each feature named adds a kind of constraint."""
    draw = np.random.default_rng(seed)
    has = features.get
    points = draw.integers(0, 1000, (visits + 2, 2))
    n, m = visits, vehicles
    given: dict[str, Any] = {"unserved_cost": np.full(n, 400.0) if has("optional") else np.full(n, np.inf)}
    opens = draw.integers(0, 2500, (n, 2 if has("two_windows") else 1))
    if has("windows") or has("two_windows"):
        given |= {"window_opens": opens, "window_closes": opens + draw.integers(300, 1500, opens.shape)}
        given["unserved_cost"] = np.full(n, 1000.0)
    if has("late"):
        given |= {"due_second": draw.integers(300, 2000, n), "lateness_class": draw.integers(-1, 2, n)}
    if has("goods") or has("reload"):
        given |= {"load": draw.integers(0, 5, (n, 2)), "unserved_cost": np.full(n, 2000.0)}
        given["collected"] = draw.integers(0, 4, (n, 2)) if has("returns") else np.zeros((n, 2))
    if has("parts"):
        given |= {"parts": draw.integers(0, 2, (n, 3)), "is_tool": [True, False, False]}
        given["unserved_cost"] = np.full(n, 2000.0)
    if has("crew"):
        given["twin"] = [1, 0, *[-1] * (n - 2)]
        given["unserved_cost"] = np.full(n, 3000.0)
    own: dict[str, Any] = {"cost_per_km": draw.integers(50, 200, m), "cost_fixed": draw.integers(0, 300, m)}
    own["end_place"] = [-1 if has("open") else 0] * m
    if has("hours"):
        own |= {"cost_per_hour": draw.integers(100, 900, m), "shift_end_second": [6000] * m}
        own |= {
            "regular_end_second": [2500] * m,
            "overtime_cost_per_hour": [700.0] * m,
            "balance_cost": [90.0] * m,
        }
    if has("longest"):
        own["longest_seconds"] = [2600] * m
    if has("break"):
        own |= {
            "break_seconds": [400] * m,
            "break_earliest_second": [900] * m,
            "break_latest_second": [1500] * m,
        }
    if has("driving"):
        own |= {"break_seconds": [300] * m, "longest_driving_seconds": [1500] * m}
    if has("goods") or has("reload"):
        own["capacity"] = np.full((m, 2), 8)
    if has("parts"):
        own["on_board"] = [[1, 2, 1], *[[0, 1, 2]] * (m - 1)]
    if has("reload"):
        own |= {
            "reload_place": [n + 1] * m,
            "reload_seconds": [60] * m,
            "cost_per_reload": [33.0] * m,
            "most_reloads": [1] * m,
        }
    if has("homes"):
        own["start_place"] = [0, *[n + 1] * (m - 1)]
    starts = own.pop("start_place", [0] * m)
    table: dict[str, Any] = {"service_seconds": draw.integers(10, 200, (m, n))}
    if has("skills"):
        table |= {"allowed": draw.random((m, n)) < 0.7, "extra_cost": draw.integers(0, 100, (m, n))}
        given["unserved_cost"] = np.full(n, 1500.0)
    factors = None
    if has("rush"):
        factors = np.where(np.arange(24) % 2 == 0, 1.0, 2.5)
    lateness = Lateness(
        np.array([[0, 300, 900], [0, 60, 120]]), np.array([[0.0, 30.0, 400.0], [0.0, 0.0, 50.0]])
    )
    return Tours.of(
        Visits.of(np.arange(1, n + 1), **given),
        Vehicles.of(starts, **own),
        roads_between(points, factors),
        lateness=lateness,
        **table,
    )


def best_by_trying(problem: Tours) -> tuple[int, float]:
    """Fewest visits left out that must be served, and least money then: all orders of all subsets on all vehicles."""
    n, m = problem.visit_count, problem.vehicle_count
    cheapest = [_cheapest_by_set(problem, vehicle) for vehicle in range(m)]
    costs = problem.visits.unserved_cost
    best = (n + 1, math.inf)
    for choice in itertools.product(range(m + 1), repeat=n):
        money, must = 0.0, 0
        for vehicle in range(m):
            money += cheapest[vehicle][sum(1 << visit for visit in range(n) if choice[visit] == vehicle)]
        for visit in range(n):
            if choice[visit] == m:
                must += int(math.isinf(costs[visit]))
                money += 0.0 if math.isinf(costs[visit]) else float(costs[visit])
        if money < math.inf:
            best = min(best, (must, money))
    return best


def _cheapest_by_set(problem: Tours, vehicle: int) -> list[float]:
    costs = [math.inf] * (1 << problem.visit_count)
    costs[0] = 0.0
    for code in range(1, len(costs)):
        chosen = [visit for visit in range(problem.visit_count) if code >> visit & 1]
        for order in itertools.permutations(chosen):
            for stops in _with_reloads(order, int(problem.vehicles.most_reloads[vehicle])):
                costs[code] = min(costs[code], money_of(problem, vehicle, stops))
    return costs


def _with_reloads(order: tuple[int, ...], most: int) -> Iterator[tuple[int, ...]]:
    yield order
    if most:
        for gap in range(len(order)):
            yield (*order[:gap], RELOAD, *order[gap:])


def money_of(problem: Tours, vehicle: int, stops: tuple[int, ...]) -> float:
    """Money of a tour that ends as early as it can and departs as late as that costs nothing; else infinite."""
    vehicles, visits = problem.vehicles, problem.visits
    made = [stop for stop in stops if stop >= 0]
    kind = vehicles.kind[vehicle]
    if not problem.allowed[kind, made].all() or not _goods_fit(problem, vehicle, stops):
        return math.inf
    earliest, best = int(vehicles.shift_start_second[vehicle]), math.inf
    has_break = vehicles.break_seconds[vehicle] > 0 and vehicles.break_latest_second[vehicle] < 10**9
    for breaks in [None, *(range(2 * len(stops) + 1) if has_break else ())]:
        first = _drive_through(problem, vehicle, stops, earliest, breaks)
        if first is None:
            continue
        low, high = earliest, first[0] + 1
        while high - low > 1:
            middle = (low + high) // 2
            then = _drive_through(problem, vehicle, stops, middle, breaks)
            if then is not None and then[0] == first[0] and then[1] <= first[1] + 1e-9:
                low = middle
            else:
                high = middle
        end, late = first
        due = int(vehicles.break_latest_second[vehicle])
        if has_break and breaks is None and low <= due < end:
            continue
        if end > vehicles.shift_end_second[vehicle] or end - low > vehicles.longest_seconds[vehicle]:
            continue
        places = [int(vehicles.start_place[vehicle])]
        places += [int(vehicles.reload_place[vehicle] if s == RELOAD else visits.place[s]) for s in stops]
        places += [int(vehicles.end_place[vehicle])] if vehicles.end_place[vehicle] >= 0 else []
        metres = sum(int(problem.roads.distance_metres[a, b]) for a, b in itertools.pairwise(places))
        hours = (end - low) / 3600
        over = max(0, end - int(vehicles.regular_end_second[vehicle])) / 3600
        money = vehicles.cost_fixed[vehicle] + vehicles.cost_per_reload[vehicle] * stops.count(RELOAD)
        money += vehicles.cost_per_km[vehicle] * metres / 1000
        money += vehicles.cost_per_hour[vehicle] * hours + vehicles.overtime_cost_per_hour[vehicle] * over
        money += vehicles.balance_cost[vehicle] * hours**2 + late + problem.extra_cost[kind, made].sum()
        best = min(best, float(money))
    return best


def _goods_fit(problem: Tours, vehicle: int, stops: tuple[int, ...]) -> bool:
    visits, vehicles = problem.visits, problem.vehicles
    trips = [
        list(trip) for is_reload, trip in itertools.groupby(stops, lambda s: s == RELOAD) if not is_reload
    ]
    if stops[0] == RELOAD:
        trips.insert(0, [])
    for trip in trips:
        for seen in range(len(trip) + 1):
            aboard = visits.collected[trip[:seen]].sum(axis=0) + visits.load[trip[seen:]].sum(axis=0)
            if (aboard > vehicles.capacity[vehicle]).any():
                return False
    for part in range(visits.parts.shape[1]):
        needs = [int(visits.parts[visit, part]) for visit in trips[0]]
        need = max(needs, default=0) if visits.is_tool[part] else sum(needs)
        if need > vehicles.on_board[vehicle, part]:
            return False
    return True


def _drive_through(
    problem: Tours, vehicle: int, stops: tuple[int, ...], depart: int, breaks: int | None
) -> tuple[int, float] | None:
    """End and lateness; the break is taken before leg `breaks / 2`, or on arrival there if that is odd."""
    vehicles, visits = problem.vehicles, problem.visits
    length, window = (
        int(vehicles.break_seconds[vehicle]),
        (
            int(vehicles.break_earliest_second[vehicle]),
            int(vehicles.break_latest_second[vehicle]),
        ),
    )
    clock, here, late = depart, int(vehicles.start_place[vehicle]), 0.0
    limit, driven = int(vehicles.longest_driving_seconds[vehicle]), 0
    for number, stop in enumerate((*stops, None)):
        if breaks == 2 * number:
            begin = max(clock, window[0])
            if begin > window[1]:
                return None
            clock = begin + length
        there = int(vehicles.end_place[vehicle])
        if stop is not None:
            there = int(vehicles.reload_place[vehicle] if stop == RELOAD else visits.place[stop])
        arrival = clock if there < 0 else _reach(problem, clock, here, there)
        if limit and driven + arrival - clock > limit:
            arrival, driven = arrival + length, arrival - clock
            if driven > limit:
                return None
        else:
            driven += arrival - clock
        if breaks == 2 * number + 1 and stop is not None:
            begin = max(arrival, window[0])
            if begin > window[1]:
                return None
            arrival = begin + length
        here, clock = there, arrival
        if stop == RELOAD:
            clock += int(vehicles.reload_seconds[vehicle])
        elif stop is not None:
            spans = zip(visits.window_opens[stop].tolist(), visits.window_closes[stop].tolist(), strict=True)
            ready = max(clock, int(visits.release_second[stop]))
            starts = [max(ready, opens) for opens, closes in spans if max(ready, opens) <= closes]
            if not starts:
                return None
            if limit and min(starts) - clock >= length:
                driven = 0
            clock = min(starts)
            late += _late(problem, stop, clock)
            clock += int(problem.service_seconds[vehicles.kind[vehicle], stop])
    return clock, late


def _reach(problem: Tours, clock: int, here: int, there: int) -> int:
    """Second by second: each second brings one over the factor of its hour nearer."""
    left, factors = float(problem.roads.travel_seconds[here, there]), problem.roads.hour_factors
    if factors is None:
        return clock + int(left)
    while left > 1e-7:
        left -= 1.0 / float(factors[clock // 3600 % 24])
        clock += 1
    return clock


def _late(problem: Tours, visit: int, start: int) -> float:
    row, late = int(problem.visits.lateness_class[visit]), start - int(problem.visits.due_second[visit])
    if row < 0 or late <= 0:
        return 0.0
    seconds, cost = problem.lateness.seconds[row], problem.lateness.cost[row]
    if late <= seconds[-1]:
        return float(np.interp(late, seconds, cost))
    return float(cost[-1] + (late - seconds[-1]) * (cost[-1] - cost[-2]) / (seconds[-1] - seconds[-2]))


def best_crew_by_trying(problem: Tours) -> tuple[int, float]:
    """As `best_by_trying` for two vehicles of whom visits 0 and 1 need both; they start as soon as both can."""
    n = problem.visit_count
    alone = [_cheapest_by_set(problem, vehicle) for vehicle in range(2)]
    costs, best = problem.visits.unserved_cost, (n + 1, math.inf)
    for choice in itertools.product(range(3), repeat=n):
        if (choice[0] == 2) != (choice[1] == 2) or (choice[0] < 2 and choice[0] == choice[1]):
            continue
        out = [visit for visit in range(n) if choice[visit] == 2]
        must = sum(math.isinf(costs[visit]) for visit in out)
        left = sum(float(costs[visit]) for visit in out if math.isfinite(costs[visit]))
        made = [[visit for visit in range(n) if choice[visit] == vehicle] for vehicle in range(2)]
        if choice[0] == 2:
            best = min(best, (must, left + sum(alone[v][sum(1 << x for x in made[v])] for v in range(2))))
            continue
        for orders in itertools.product(*(itertools.permutations(chosen) for chosen in made)):
            money = _money_of_crew(problem, orders, choice[0])
            best = min(best, (must, left + money))
    return best


def _money_of_crew(problem: Tours, orders: tuple[tuple[int, ...], ...], vehicle_of_first: int) -> float:
    visits, start = problem.visits, 0
    for visit, vehicle in ((0, vehicle_of_first), (1, 1 - vehicle_of_first)):
        before = orders[vehicle][: orders[vehicle].index(visit) + 1]
        reached = _drive_through(
            problem, vehicle, before, int(problem.vehicles.shift_start_second[vehicle]), None
        )
        if reached is None:
            return math.inf
        back = problem.roads.travel_seconds[visits.place[visit], problem.vehicles.end_place[vehicle]]
        start = max(start, reached[0] - int(back) - int(problem.service_seconds[vehicle, visit]))
    opens, closes = visits.window_opens.copy(), visits.window_closes.copy()
    start = max(start, int(opens[:2].max()))
    if (start > closes[:2]).any():
        return math.inf
    opens[:2] = closes[:2] = start
    pinned = replace(problem, visits=replace(visits, window_opens=opens, window_closes=closes))
    return sum(money_of(pinned, vehicle, orders[vehicle]) for vehicle in range(2))
