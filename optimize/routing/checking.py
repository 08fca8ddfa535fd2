"""An independent check of route plans: it shares no code with what makes them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import Enum
from itertools import accumulate, pairwise
from typing import NamedTuple

from optimize.broken import Broken
from optimize.routing.problem import RoutePlan, RouteStatus, RoutingProblem, Trip, UnservedReason


class RouteRule(Enum):
    """What a plan must keep."""

    EVERY_STOP_ONCE = "each stop is in one trip or unserved, once"
    KNOWN_VEHICLE = "the vehicle exists"
    NOT_EMPTY = "a trip has stops"
    WEIGHT = "the load's weight fits"
    VOLUME = "the load's volume fits"
    ARRIVAL = "arrivals follow from departure, travel, waiting and unloading"
    RETURN = "so does the return"
    WINDOW = "arrivals are not after the window closes"
    SHIFT = "trips lie within the shift"
    TURNAROUND = "a vehicle is back and turned round before it leaves again"
    REASON = "the reason for leaving out a stop can be true"
    STATUS = "the status says what the plan is"
    DISTANCE = "the distance is that of the trips"
    COST = "the cost is that of the trips"


BrokenRule = Broken[RouteRule]


def check_routes(problem: RoutingProblem, plan: RoutePlan) -> tuple[BrokenRule, ...]:
    """Find every rule that a plan breaks.

    Args:
        problem: What was to be planned.
        plan: The plan.

    Returns:
        Broken rules; empty for a good plan. Totals and turnarounds are looked at only where the trips name
        existing stops and vehicles.
    """
    facts = _plain(problem)
    broken = list(_each_stop_once(facts, plan))
    for number, trip in enumerate(plan.trips):
        broken += [BrokenRule(rule, f"trip {number}") for rule in _unknowns(facts, trip)]
    if broken:
        return tuple(broken)
    all_legs = _all_legs(problem, plan)
    for number, (trip, legs) in enumerate(zip(plan.trips, all_legs, strict=True)):
        rules = [*_load(facts, trip), *_times(facts, trip, legs.seconds)]
        broken += [BrokenRule(rule, f"trip {number}") for rule in rules]
    return (
        *broken,
        *_turnarounds(facts, plan),
        *_reasons(facts, plan),
        *_totals(facts, plan, [sum(legs.metres) for legs in all_legs]),
    )


@dataclass(frozen=True)
class _Plain:
    """A problem without its roads, in lists, of which single numbers are read several times faster than of arrays."""

    weight_grams: list[int]
    volume_millilitres: list[int]
    service_seconds: list[int]
    opens_second: list[int]
    closes_second: list[int]
    pause_starts_second: list[int]
    pause_ends_second: list[int]
    vehicle_count: list[int]
    capacity_grams: list[int]
    capacity_millilitres: list[int]
    shift_start_second: list[int]
    shift_end_second: list[int]
    cost_per_trip: list[float]
    cost_per_km: list[float]
    cost_per_hour: list[float]
    turnaround_seconds: int
    serves_everyone: bool


def _plain(problem: RoutingProblem) -> _Plain:
    values = {field.name: getattr(problem, field.name) for field in fields(_Plain)}
    return _Plain(
        **{name: getattr(value, "tolist", lambda value=value: value)() for name, value in values.items()}
    )


class _Legs(NamedTuple):
    """The legs of a trip in their order, the way back to the depot last."""

    seconds: list[int]
    metres: list[int]


def _all_legs(problem: RoutingProblem, plan: RoutePlan) -> list[_Legs]:
    """The legs of each trip: those alone are read off the roads, all in one go, as there are many more roads."""
    places = [[0, *(stop + 1 for stop in trip.stops), 0] for trip in plan.trips]
    here = [place for trip in places for place in trip[:-1]]
    there = [place for trip in places for place in trip[1:]]
    seconds, metres = (of[here, there].tolist() for of in (problem.travel_seconds, problem.distance_metres))
    ends = list(accumulate((len(trip) - 1 for trip in places), initial=0))
    return [_Legs(seconds[start:stop], metres[start:stop]) for start, stop in pairwise(ends)]


def _each_stop_once(facts: _Plain, plan: RoutePlan) -> Iterator[BrokenRule]:
    named = [stop for trip in plan.trips for stop in trip.stops] + [stop for stop, _ in plan.unserved]
    if sorted(named) == list(range(len(facts.weight_grams))):
        return
    times = Counter(named)
    for stop in sorted({*range(len(facts.weight_grams)), *times}):
        if times[stop] != 1 or not 0 <= stop < len(facts.weight_grams):
            yield BrokenRule(RouteRule.EVERY_STOP_ONCE, f"stop {stop}")


def _unknowns(facts: _Plain, trip: Trip) -> Iterator[RouteRule]:
    known = 0 <= trip.vehicle_type < len(facts.vehicle_count)
    if not known or not 0 <= trip.vehicle < facts.vehicle_count[trip.vehicle_type]:
        yield RouteRule.KNOWN_VEHICLE
    if not trip.stops:
        yield RouteRule.NOT_EMPTY
    if len(trip.arrival_seconds) != len(trip.stops):
        yield RouteRule.ARRIVAL


def _load(facts: _Plain, trip: Trip) -> Iterator[RouteRule]:
    if sum(facts.weight_grams[stop] for stop in trip.stops) > facts.capacity_grams[trip.vehicle_type]:
        yield RouteRule.WEIGHT
    millilitres = sum(facts.volume_millilitres[stop] for stop in trip.stops)
    if millilitres > facts.capacity_millilitres[trip.vehicle_type]:
        yield RouteRule.VOLUME


def _times(facts: _Plain, trip: Trip, leg_seconds: list[int]) -> Iterator[RouteRule]:
    clock = trip.depart_second
    for stop, arrival, leg in zip(trip.stops, trip.arrival_seconds, leg_seconds[:-1], strict=True):
        if arrival != clock + leg:
            yield RouteRule.ARRIVAL
        if arrival > facts.closes_second[stop] and not facts.serves_everyone:
            yield RouteRule.WINDOW
        begins = max(arrival, facts.opens_second[stop])
        pause = range(facts.pause_starts_second[stop] + 1, facts.pause_ends_second[stop])
        clock = (pause.stop if begins in pause else begins) + facts.service_seconds[stop]
    if trip.return_second != clock + leg_seconds[-1]:
        yield RouteRule.RETURN
    begins, ends = facts.shift_start_second[trip.vehicle_type], facts.shift_end_second[trip.vehicle_type]
    if trip.depart_second < begins or trip.return_second > ends:
        yield RouteRule.SHIFT


def _turnarounds(facts: _Plain, plan: RoutePlan) -> Iterator[BrokenRule]:
    by_vehicle: dict[tuple[int, int], list[Trip]] = {}
    for trip in plan.trips:
        by_vehicle.setdefault((trip.vehicle_type, trip.vehicle), []).append(trip)
    for (vehicle_type, vehicle), trips in by_vehicle.items():
        in_time = sorted(trips, key=lambda trip: (trip.depart_second, trip.return_second))
        for earlier, later in pairwise(in_time):
            if later.depart_second < earlier.return_second + facts.turnaround_seconds:
                yield BrokenRule(RouteRule.TURNAROUND, f"vehicle {vehicle} of type {vehicle_type}")


def _reasons(facts: _Plain, plan: RoutePlan) -> Iterator[BrokenRule]:
    for stop, reason in plan.unserved:
        fits = any(
            facts.vehicle_count[kind] > 0
            and facts.weight_grams[stop] <= facts.capacity_grams[kind]
            and facts.volume_millilitres[stop] <= facts.capacity_millilitres[kind]
            for kind in range(len(facts.vehicle_count))
        )
        too_large = not fits and any(facts.vehicle_count)
        excused = reason is UnservedReason.TIME_WINDOW and facts.serves_everyone
        if (reason is UnservedReason.CAPACITY) != too_large or excused:
            yield BrokenRule(RouteRule.REASON, f"stop {stop}")


def _totals(facts: _Plain, plan: RoutePlan, lengths_metres: list[int]) -> Iterator[BrokenRule]:
    cost, late = 0.0, False
    for trip, length in zip(plan.trips, lengths_metres, strict=True):
        hours = (trip.return_second - trip.depart_second) / 3600.0
        cost += facts.cost_per_trip[trip.vehicle_type]
        cost += facts.cost_per_km[trip.vehicle_type] * length / 1000.0
        cost += facts.cost_per_hour[trip.vehicle_type] * hours
        late |= any(
            arrival > facts.closes_second[stop]
            for stop, arrival in zip(trip.stops, trip.arrival_seconds, strict=True)
        )
    if plan.distance_metres != sum(lengths_metres):
        yield BrokenRule(RouteRule.DISTANCE, "plan")
    if not math.isclose(plan.cost, cost, rel_tol=1e-9, abs_tol=1e-9):
        yield BrokenRule(RouteRule.COST, "plan")
    served = RouteStatus.LATE if late else RouteStatus.ON_TIME
    if plan.unserved:
        served = RouteStatus.PARTIAL
    elif not plan.trips:
        served = RouteStatus.NOTHING_TO_DO
    if plan.status is not served:
        yield BrokenRule(RouteRule.STATUS, "plan")
