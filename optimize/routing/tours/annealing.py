"""Compiled steps of the search: ruin, recreate, and accept or take back by simulated annealing."""

from __future__ import annotations

import math

from optimize.compilation import compiled, compiled_inside
from optimize.routing.tours.arrays import (
    ABSENT,
    ABSENT_COUNT,
    BEST_LENGTH,
    BEST_MONEY,
    BEST_MUST,
    BEST_PINNED,
    COST,
    FREE,
    IS_TOUCHED,
    KEPT_LENGTH,
    KEPT_PINNED,
    KEPT_VEHICLE_OF,
    LENGTH,
    MONEY,
    MUST,
    MUST_WEIGHT,
    PINNED,
    TEMPERATURE,
    TOUCHED,
    TOUCHED_COUNT,
    VEHICLE_OF,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.drawing import random_below
from optimize.routing.tours.keeping import refresh
from optimize.routing.tours.problem import BoolArray
from optimize.routing.tours.recreating import draw_order, insert_absent, set_aside, sort_absent
from optimize.routing.tours.ruining import ruin

START_FROM, IMPROVE, QUOTE, TIME = range(4)
NO_ROW = -2
_SHARES = 2**31


@compiled_inside
def evaluate(facts: Facts, routes: Routes) -> tuple[float, float]:
    """Visits left out that must be served, and money of everything else."""
    must, cost = 0.0, 0.0
    for vehicle in range(len(routes.tour)):
        cost += routes.money[vehicle, COST]
    for position in range(routes.scratch[ABSENT_COUNT]):
        penalty = facts.penalty[routes.state[position, ABSENT]]
        if penalty == math.inf:
            must += 1.0
        else:
            cost += penalty
    return must, cost


@compiled_inside
def keep_best(facts: Facts, routes: Routes) -> None:
    """Copy the tours as the best so far."""
    for vehicle in range(len(routes.tour)):
        routes.tour[vehicle, BEST_LENGTH] = routes.tour[vehicle, LENGTH]
        for position in range(routes.tour[vehicle, LENGTH]):
            routes.copies[1, vehicle, position] = routes.stops[vehicle, position]
    for visit in range(len(facts.penalty)):
        routes.state[visit, BEST_PINNED] = routes.state[visit, PINNED]
    routes.value[BEST_MUST], routes.value[BEST_MONEY] = routes.value[MUST], routes.value[MONEY]


@compiled_inside
def start_from(facts: Facts, routes: Routes) -> None:
    """Time all tours anew, list who is left out, and take that as the best so far."""
    for visit in range(len(facts.penalty)):
        routes.state[visit, VEHICLE_OF] = -1
    for vehicle in range(len(routes.tour)):
        routes.tour[vehicle, IS_TOUCHED] = 0
        refresh(facts, routes, vehicle)
    routes.scratch[ABSENT_COUNT], routes.scratch[TOUCHED_COUNT] = 0, 0
    for visit in range(len(facts.penalty)):
        if routes.state[visit, VEHICLE_OF] < 0:
            routes.state[visit, PINNED] = FREE
            routes.state[routes.scratch[ABSENT_COUNT], ABSENT] = visit
            routes.scratch[ABSENT_COUNT] += 1
    routes.value[MUST], routes.value[MONEY] = evaluate(facts, routes)
    keep_best(facts, routes)


@compiled_inside
def _anneal(
    facts: Facts, routes: Routes, iterations: int, cooling: float, row: int, is_open: BoolArray
) -> None:
    """Ruin and recreate so often or, with a row of keys, insert once the visits left out overlooking no place."""
    value, is_search = routes.value, row == NO_ROW
    for _ in range(iterations):
        keys, first, blocked = row, 0, -1
        if is_search:
            for visit in range(len(facts.penalty)):
                routes.state[visit, KEPT_VEHICLE_OF] = routes.state[visit, VEHICLE_OF]
                routes.state[visit, KEPT_PINNED] = routes.state[visit, PINNED]
            first = set_aside(routes)
            blocked = ruin(facts, routes, is_open)
            if blocked >= 0:
                is_open[blocked] = False
            keys = draw_order(routes)
        sort_absent(facts, routes, keys, first)
        insert_absent(facts, routes, is_search, is_open, first)
        if blocked >= 0:
            is_open[blocked] = True
        must, cost = evaluate(facts, routes)
        worse = -math.inf
        if is_search:
            share = (random_below(routes, _SHARES) + 1.0) / _SHARES
            worse = (must - value[MUST]) * value[MUST_WEIGHT] + cost - value[MONEY]
            worse += value[TEMPERATURE] * math.log(share)
        if worse < 0.0:
            value[MUST], value[MONEY] = must, cost
            is_better = (
                cost < value[BEST_MONEY] - 1e-9 if must == value[BEST_MUST] else must < value[BEST_MUST]
            )
            if is_better:
                keep_best(facts, routes)
        else:
            _take_back(facts, routes)
        for number in range(routes.scratch[TOUCHED_COUNT]):
            routes.tour[routes.tour[number, TOUCHED], IS_TOUCHED] = 0
        routes.scratch[TOUCHED_COUNT] = 0
        value[TEMPERATURE] *= cooling


@compiled_inside
def _take_back(facts: Facts, routes: Routes) -> None:
    """Put every touched tour back."""
    for number in range(routes.scratch[TOUCHED_COUNT]):
        vehicle = routes.tour[number, TOUCHED]
        routes.tour[vehicle, LENGTH] = routes.tour[vehicle, KEPT_LENGTH]
        for position in range(routes.tour[vehicle, LENGTH]):
            routes.stops[vehicle, position] = routes.copies[0, vehicle, position]
    routes.scratch[ABSENT_COUNT] = 0
    for visit in range(len(facts.penalty)):
        routes.state[visit, VEHICLE_OF] = routes.state[visit, KEPT_VEHICLE_OF]
        routes.state[visit, PINNED] = routes.state[visit, KEPT_PINNED]
        if routes.state[visit, VEHICLE_OF] < 0:
            routes.state[routes.scratch[ABSENT_COUNT], ABSENT] = visit
            routes.scratch[ABSENT_COUNT] += 1
    for number in range(routes.scratch[TOUCHED_COUNT]):
        refresh(facts, routes, routes.tour[number, TOUCHED])


@compiled
def advance(
    facts: Facts, routes: Routes, task: int, iterations: int, cooling: float, row: int, is_open: BoolArray
) -> None:
    """Work on tours; the one door for Python, so that everything behind it is compiled once.

    Args:
        facts: The problem.
        routes: Tours; changed. All that lasts is in there, so a search may be cut anywhere and taken up again.
        task: `START_FROM` the items that `routes` has; `IMPROVE` by ruin and recreate, or fill by a row of keys.
        iterations: How many.
        cooling: Factor of the temperature after each.
        row: Of `Facts.order`, or -1 for a random order: insert once all that is left out; `NO_ROW` to ruin and
            recreate.
        is_open: (m,) vehicles whose tours may change.
    """
    if task == START_FROM:
        start_from(facts, routes)
    elif task == IMPROVE:
        _anneal(facts, routes, iterations, cooling, row, is_open)


__all__ = ["IMPROVE", "NO_ROW", "START_FROM", "advance"]
