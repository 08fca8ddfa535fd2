"""Every plan for a generated delivery day keeps all rules, and searching never makes it worse."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize import RankedRoads, RoutePlan, RoutingProblem, check_routes, plan_fixed, plan_routes
from tests.delivery_days import HOUR, delivery_day

FIELDS = st.integers(0, 40_000)


@st.composite
def delivery_days(draw: st.DrawFn) -> RoutingProblem:
    stops, types = draw(st.integers(0, 7)), draw(st.integers(1, 3))

    def each(count: int, values: st.SearchStrategy[int]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=count, max_size=count)), dtype=np.int64)

    metres = each((stops + 1) ** 2, FIELDS).reshape(stops + 1, stops + 1)
    np.fill_diagonal(metres, 0)
    opens = each(stops, st.integers(0, 10)) * HOUR
    closes = opens + each(stops, st.integers(0, 5 * HOUR))
    # Wide windows may have a pause in their middle.
    pause = each(stops, st.integers(0, 1)) * (closes - opens) // 3
    starts = each(types, st.integers(-2, 6)) * HOUR
    facts: dict[str, Any] = {
        "weight_grams": each(stops, st.integers(0, 6_000)),
        "volume_millilitres": each(stops, st.integers(0, 6_000)),
        "service_seconds": each(stops, st.integers(0, 2 * HOUR)),
        "opens_second": opens,
        "closes_second": closes,
        "pause_starts_second": opens + pause,
        "pause_ends_second": opens + 2 * pause,
        "vehicle_count": each(types, st.integers(0, 3)),
        "capacity_grams": each(types, st.integers(0, 12_000)),
        "capacity_millilitres": each(types, st.integers(0, 12_000)),
        "shift_start_second": starts,
        "shift_end_second": starts + each(types, st.integers(0, 16)) * HOUR,
        "cost_per_trip": each(types, st.integers(0, 100)) * 1.0,
        "cost_per_km": each(types, st.integers(0, 20)) * 0.1,
        "cost_per_hour": each(types, st.integers(0, 40)) * 1.0,
        "turnaround_seconds": draw(st.integers(0, HOUR)),
        "serves_everyone": draw(st.booleans()),
    }
    return delivery_day(metres, **facts)


def rank(day: RoutingProblem, plan: RoutePlan) -> tuple[int, int, float]:
    late = sum(
        max(0, arrival - int(day.closes_second[stop]))
        for trip in plan.trips
        for stop, arrival in zip(trip.stops, trip.arrival_seconds, strict=True)
    )
    return len(plan.unserved), late, plan.cost


@given(day=delivery_days(), data=st.data())
@settings(max_examples=100)
def test_roads_that_were_ranked_before_make_the_same_plan(day: RoutingProblem, data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.integers(0, day.stop_count - 1)) if day.stop_count else st.just(set()))
    stops = np.array(sorted(chosen), dtype=np.int64)
    some, roads = day.of_stops(stops), RankedRoads(day.travel_seconds, day.distance_metres)
    ranked = plan_routes(some, method="savings", roads=roads, places=stops + 1)
    assert ranked == plan_routes(some, method="savings")


@given(day=delivery_days())
@settings(max_examples=150)
def test_built_and_given_routes_keep_all_rules(day: RoutingProblem) -> None:
    built = plan_routes(day, method="savings")
    assert check_routes(day, built) == ()
    fixed = plan_fixed(day, [trip.stops for trip in built.trips])
    assert check_routes(day, fixed) == ()
    assert len(fixed.unserved) + sum(len(trip.stops) for trip in fixed.trips) == day.stop_count


@given(day=delivery_days())
def test_searching_never_makes_a_plan_worse(day: RoutingProblem) -> None:
    searched = plan_routes(day, method="ortools", solution_limit=20)
    assert check_routes(day, searched) == ()
    assert rank(day, searched) <= rank(day, plan_routes(day, method="savings"))
