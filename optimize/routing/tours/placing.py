"""Compiled steps that find the cheapest place for a visit."""

from __future__ import annotations

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import (
    COST,
    EXTRA,
    FIXED,
    KIND,
    LATENESS,
    LENGTH,
    METRES,
    MOST_RELOADS,
    NEARBY,
    NEVER,
    NODE,
    NONE,
    PER_KM,
    PER_RELOAD,
    READY,
    RELOADS,
    SIBLING,
    SLACK,
    VEHICLE_OF,
    WAITED,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.changing import lay_out, trial_fits
from optimize.routing.tours.drawing import random_below
from optimize.routing.tours.inserting import cost_by_sums, cost_with, detour, detour_of_two, fits, go_on
from optimize.routing.tours.problem import BoolArray
from optimize.routing.tours.timing import lateness

_APART = 12
"""A new reload comes at most so many gaps before the visit that needs it."""
_SMALL, _NEIGHBOURS = 150, 50
"""With more visits than that, tours with one of so many nearest visits are looked at first."""
_BLINK = 100
"""One place in so many is overlooked."""


@compiled_inside
def best_with_reload(
    facts: Facts, routes: Routes, vehicle: int, visit: int, best: float
) -> tuple[float, int, int, int, int, int]:
    """The cheapest place for a visit together with a new reload, in gaps where goods do not allow it alone.

    The reload comes before the visit, in the same gap or up to `_APART` gaps earlier, or right after it.

    Returns:
        As `best_place_among`; `best` is what is to be undercut.
    """
    reload_item, length, row = len(facts.penalty), routes.tour[vehicle, LENGTH], facts.vehicle[vehicle, KIND]
    extra = routes.money[vehicle, EXTRA] + facts.extra[row, visit] + facts.rate[vehicle, PER_RELOAD]
    base, metres = routes.money[vehicle, COST], routes.tour[vehicle, METRES]
    per_metre = facts.rate[vehicle, PER_KM] / 1000.0
    least = facts.extra[row, visit] + facts.rate[vehicle, PER_RELOAD]
    found = (best, NONE, NONE, NONE, NONE, NONE)
    for reload_gap in range(length + 1):
        # Forward state with the reload, carried on from gap to gap where tours are timed by sums.
        clock, waited, slack, here = go_on(
            facts, routes, vehicle, routes.forward[vehicle, reload_gap, READY],
            routes.forward[vehicle, reload_gap, WAITED], routes.forward[vehicle, reload_gap, SLACK],
            routes.forward[vehicle, reload_gap, NODE], reload_item,
        )  # fmt: skip
        for gap in range(reload_gap, min(length, reload_gap + _APART) + 1):
            if gap > reload_gap and facts.is_rich == 0:
                passed = routes.stops[vehicle, gap - 1]
                clock, waited, slack, here = go_on(facts, routes, vehicle, clock, waited, slack, here, passed)
                if clock >= NEVER:
                    break
            if not fits(facts, routes, vehicle, gap, visit):
                for order in range(2 if gap == reload_gap else 1):
                    first, item = (reload_item, visit) if order == 0 else (visit, reload_item)
                    more = detour_of_two(facts, routes, vehicle, reload_gap, first, gap, item)
                    if per_metre * more + least >= found[0]:
                        continue
                    if facts.is_rich == 0 and order == 0:
                        cost = cost_by_sums(
                            facts,
                            routes,
                            vehicle,
                            gap,
                            clock,
                            waited,
                            slack,
                            here,
                            item,
                            metres + more,
                            extra,
                        )
                    else:
                        cost = cost_with(
                            facts, routes, vehicle, reload_gap, first, gap, item, metres + more, extra,
                            found[0] + base,
                        )  # fmt: skip
                    if cost - base < found[0]:
                        trial = lay_out(routes, vehicle, reload_gap, first, gap, item)
                        if trial_fits(facts, routes, vehicle, trial):
                            found = (cost - base, vehicle, reload_gap, first, gap, item)
    return found


@compiled_inside
def best_place(
    facts: Facts, routes: Routes, visit: int, may_overlook: bool, is_open: BoolArray
) -> tuple[float, int, int, int, int, int]:
    """The cheapest place for a visit; of a large problem only among tours with visits near it, if that is possible.

    Returns:
        As `best_place_among`.
    """
    is_near = len(facts.penalty) > _SMALL
    if is_near:
        for vehicle in range(len(routes.tour)):
            routes.tour[vehicle, NEARBY] = -1
        for rank in range(min(_NEIGHBOURS, facts.near.shape[1])):
            vehicle = routes.state[facts.near[visit, rank], VEHICLE_OF]
            if vehicle >= 0:
                routes.tour[vehicle, NEARBY] = visit
    found = best_place_among(facts, routes, visit, may_overlook, is_open, is_near)
    if is_near and found[1] < 0:
        found = best_place_among(facts, routes, visit, may_overlook, is_open, not is_near)
    return found


@compiled_inside
def best_place_among(
    facts: Facts, routes: Routes, visit: int, may_overlook: bool, is_open: BoolArray, is_near: bool
) -> tuple[float, int, int, int, int, int]:
    """The cheapest place for a visit among the vehicles that are open and, if wanted, nearby.

    Returns:
        Money more; vehicle, -1 if there is none cheaper than leaving it out; then first gap, first item, gap, item as
        `insert` wants them: the visit alone, or with a reload before or after it.
    """
    best = facts.penalty[visit]
    found = (best, NONE, NONE, NONE, NONE, NONE)
    for vehicle in range(len(routes.tour)):
        if is_near and routes.tour[vehicle, NEARBY] != visit and routes.tour[vehicle, LENGTH] > 0:
            continue
        row, length = facts.vehicle[vehicle, KIND], routes.tour[vehicle, LENGTH]
        sibling = facts.vehicle[vehicle, SIBLING]
        if not is_open[vehicle] or facts.service[row, visit] < 0 or length + 2 > routes.stops.shape[1]:
            continue
        if length == 0 and sibling >= 0 and routes.tour[sibling, LENGTH] == 0 and is_open[sibling]:
            continue
        base, metres = routes.money[vehicle, COST], routes.tour[vehicle, METRES]
        extra, per_metre = (
            routes.money[vehicle, EXTRA] + facts.extra[row, visit],
            facts.rate[vehicle, PER_KM] / 1000.0,
        )
        least = facts.extra[row, visit] + (facts.rate[vehicle, FIXED] if length == 0 else 0.0)
        wants_reload = False
        may_reload = routes.tour[vehicle, RELOADS] < facts.vehicle[vehicle, MOST_RELOADS]
        for gap in range(length + 1):
            if may_overlook and random_below(routes, _BLINK) == 0:
                continue
            more = detour(facts, routes, vehicle, gap, visit)
            if per_metre * more + least >= best:
                continue
            if facts.is_rich > 0 and facts.visit[visit, LATENESS] >= 0:
                # What its own lateness costs there at least; the walk to the end is dear.
                ready = routes.forward[vehicle, gap, READY]
                ready += facts.roads[0, routes.forward[vehicle, gap, NODE], visit]
                if (
                    len(facts.factors) == 0
                    and per_metre * more + least + lateness(facts, visit, ready) >= best
                ):
                    continue
            if fits(facts, routes, vehicle, gap, visit):
                if facts.is_rich == 0:
                    cost = cost_by_sums(
                        facts, routes, vehicle, gap, routes.forward[vehicle, gap, READY],
                        routes.forward[vehicle, gap, WAITED], routes.forward[vehicle, gap, SLACK],
                        routes.forward[vehicle, gap, NODE], visit, metres + more, extra,
                    )  # fmt: skip
                else:
                    cost = cost_with(
                        facts, routes, vehicle, gap, NONE, gap, visit, metres + more, extra, best + base
                    )
                cost -= base
                if cost < best:
                    best = cost
                    found = (best, vehicle, gap, NONE, gap, visit)
            elif may_reload:
                wants_reload = True
        if wants_reload:
            with_reload = best_with_reload(facts, routes, vehicle, visit, best)
            if with_reload[0] < best:
                best, found = with_reload[0], with_reload
    return found


__all__ = ["best_place"]
