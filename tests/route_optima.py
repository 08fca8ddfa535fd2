"""The optimum of small routing problems by trying everything."""

from __future__ import annotations

import math
from itertools import pairwise, permutations
from typing import Any


def route_cost(asked: dict[str, Any], depot: int, stops: tuple[int, ...]) -> float:
    """Cost of a route, infinite where it breaks a limit: by walking along it."""
    clock, busy, cost = float(asked["opens"][depot]), 0.0, 0.0
    if sum(asked["demand"][stop] for stop in stops) > asked["capacity"]:
        return math.inf
    for here, there in pairwise((depot, *stops, depot)):
        clock += asked["service"][here] + asked["travel"][here][there]
        busy += asked["service"][here] + asked["travel"][here][there]
        cost += asked["cost"][here][there]
        if there in stops:
            clock = max(clock, asked["opens"][there])
        if clock > asked["closes"][there]:
            return math.inf
    return cost if busy <= asked.get("longest_route", math.inf) else math.inf


def optimum_by_trying_all(asked: dict[str, Any]) -> float:
    """Best route of each depot and set of stops, then best split of the stops over the vehicles."""
    depots, places = asked["depots"], len(asked["cost"])
    stops = [place for place in range(places) if place not in depots]
    best: list[dict[int, float]] = [{} for _ in depots]
    for number, depot in enumerate(depots):
        for size in range(1, len(stops) + 1):
            for order in permutations(range(len(stops)), size):
                key = sum(1 << stop for stop in order)
                cost = route_cost(asked, depot, tuple(stops[stop] for stop in order))
                best[number][key] = min(best[number].get(key, math.inf), cost)

    def split(left: int, fleet: tuple[int, ...]) -> float:
        if not left:
            return 0.0
        first = left & -left
        least = math.inf
        for number, room in enumerate(fleet):
            for key, cost in best[number].items():
                if room and key & first and key & left == key and cost < math.inf:
                    rest = (*fleet[:number], room - 1, *fleet[number + 1 :])
                    least = min(least, cost + split(left & ~key, rest))
        return least

    return split((1 << len(stops)) - 1, tuple(asked["vehicles"]))
