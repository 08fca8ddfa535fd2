"""Compiled steps that take strings of neighbouring visits out of several tours.

Adjacent string removal of Christiaens & Vanden Berghe (2020), Slack induction by string removals for vehicle routing
problems, Transportation Science 54(2), section 5.2, eqs. 5-7: 10 visits on average, strings of 10 at most, half of them
with a preserved substring. What is a tour there is a trip here, from reload to reload.
"""

from __future__ import annotations

import math

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import (
    COST,
    LENGTH,
    RELOADS,
    STRINGS,
    TOUCHED,
    TOUCHED_COUNT,
    TWIN,
    VEHICLE_OF,
    Facts,
    Routes,
)  # fmt: skip
from optimize.routing.tours.changing import cut_out, drop_reloads
from optimize.routing.tours.drawing import random_below
from optimize.routing.tours.problem import BoolArray

_AVERAGE_REMOVED = 10
_LONGEST_STRING = 10
_SHARE = 1_000_000
_WHOLE, _MOST_OF_ONE = 20, 25
"""One iteration in so many takes out a whole tour, of a long one so many visits."""


@compiled_inside
def ruin(facts: Facts, routes: Routes, is_open: BoolArray) -> int:
    """Take strings of visits around a random one out of as many trips as are drawn, or now and then its whole tour.

    Returns:
        The vehicle that is to get nothing back in this iteration, so that others have to do without it; -1 = none.
    """
    visits, used, served = len(facts.penalty), 0, 0
    for vehicle in range(len(routes.tour)):
        routes.tour[vehicle, STRINGS] = 0
        if routes.tour[vehicle, LENGTH] > 0:
            used += 1 + routes.tour[vehicle, RELOADS]
            served += routes.tour[vehicle, LENGTH] - routes.tour[vehicle, RELOADS]
    if used == 0:
        return -1
    longest = min(float(_LONGEST_STRING), served / used)
    most_strings = 4.0 * _AVERAGE_REMOVED / (1.0 + longest) - 1.0
    strings = int(_share(routes) * most_strings + 1.0)
    seed, done, blocked = random_below(routes, visits), 0, -1
    owner = routes.state[seed, VEHICLE_OF]
    if random_below(routes, _WHOLE) == 0 and owner >= 0 and is_open[owner]:
        routes.tour[owner, STRINGS] = 1 + routes.tour[owner, RELOADS]
        _take_all(facts, routes, is_open, owner)
        done += 1
        if random_below(routes, 2) == 0:
            blocked = owner
    for rank in range(facts.near.shape[1]):
        if done >= strings:
            break
        visit = facts.near[seed, rank]
        vehicle = routes.state[visit, VEHICLE_OF]
        if vehicle < 0 or not is_open[vehicle]:
            continue
        if routes.tour[vehicle, STRINGS] > routes.tour[vehicle, RELOADS]:
            continue
        routes.tour[vehicle, STRINGS] += 1
        _take_string(facts, routes, is_open, vehicle, visit, longest)
        done += 1
    for number in range(routes.scratch[TOUCHED_COUNT]):
        _mend(facts, routes, routes.tour[number, TOUCHED])
    return blocked


@compiled_inside
def _take_all(facts: Facts, routes: Routes, is_open: BoolArray, vehicle: int) -> None:
    """Take out up to `_MOST_OF_ONE` visits of a tour from its end."""
    at = routes.tour[vehicle, LENGTH] - 1
    least = max(0, routes.tour[vehicle, LENGTH] - _MOST_OF_ONE)
    while at >= least:
        visit = routes.stops[vehicle, at]
        if visit < len(facts.penalty) and _may_go(facts, routes, visit, is_open):
            _take(facts, routes, vehicle, at)
        at -= 1


@compiled_inside
def _share(routes: Routes) -> float:
    return random_below(routes, _SHARE) / _SHARE


@compiled_inside
def _take_string(
    facts: Facts, routes: Routes, is_open: BoolArray, vehicle: int, visit: int, longest: float
) -> None:
    """Take visits in a row around one out of its trip or, half of the time, with some in between left in."""
    position = 0
    while routes.stops[vehicle, position] != visit:
        position += 1
    begins, ends = position, position + 1
    while begins > 0 and routes.stops[vehicle, begins - 1] < len(facts.penalty):
        begins -= 1
    while ends < routes.tour[vehicle, LENGTH] and routes.stops[vehicle, ends] < len(facts.penalty):
        ends += 1
    length = min(int(_share(routes) * min(longest, float(ends - begins)) + 1.0), ends - begins)
    spared = 0
    if length > 1 and random_below(routes, 2) == 0:
        while length + spared < ends - begins:
            spared += 1
            if random_below(routes, 100) >= 1:
                break
    span = length + spared
    first_least = max(begins, position - span + 1)
    first_most = min(position, ends - span)
    first = first_least + random_below(routes, first_most - first_least + 1)
    spared_from = first + random_below(routes, length + 1) if spared > 0 else first + span
    at, taken = first, first
    while taken < first + span:
        is_spared = spared_from <= taken < spared_from + spared
        if is_spared or not _may_go(facts, routes, routes.stops[vehicle, at], is_open):
            at += 1
        else:
            _take(facts, routes, vehicle, at)
        taken += 1


@compiled_inside
def _may_go(facts: Facts, routes: Routes, visit: int, is_open: BoolArray) -> bool:
    """Whether the other visit of its crew, which goes with it, stands in a tour that may change."""
    twin = facts.visit[visit, TWIN]
    return twin < 0 or routes.state[twin, VEHICLE_OF] < 0 or bool(is_open[routes.state[twin, VEHICLE_OF]])


@compiled_inside
def _take(facts: Facts, routes: Routes, vehicle: int, position: int) -> None:
    """Take a visit out, and its twin with it."""
    visit = routes.stops[vehicle, position]
    cut_out(facts, routes, vehicle, position)
    twin = facts.visit[visit, TWIN]
    if twin >= 0 and routes.state[twin, VEHICLE_OF] >= 0:
        other, at = routes.state[twin, VEHICLE_OF], 0
        while routes.stops[other, at] != twin:
            at += 1
        cut_out(facts, routes, other, at)


@compiled_inside
def _mend(facts: Facts, routes: Routes, vehicle: int) -> None:
    """Time what is left; where roads make a detour shorter than the way, what is left may not be possible: cut it."""
    drop_reloads(facts, routes, vehicle)
    while routes.tour[vehicle, LENGTH] > 0 and routes.money[vehicle, COST] == math.inf:
        last = routes.tour[vehicle, LENGTH] - 1
        if routes.stops[vehicle, last] < len(facts.penalty):
            _take(facts, routes, vehicle, last)
        else:
            cut_out(facts, routes, vehicle, last)
        drop_reloads(facts, routes, vehicle)


__all__ = ["ruin"]
