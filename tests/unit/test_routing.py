"""Delivery routes: times by hand, optimum by trying all, published instances, and the checker itself."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimize import (
    RoutePlan,
    RouteStatus,
    RoutingProblem,
    Trip,
    UnservedReason,
    check_routes,
    plan_fixed,
    plan_routes,
    road_metres,
)
from optimize.routing.checking import RouteRule
from optimize.routing.distances import EARTH_RADIUS_METRES
from tests.delivery_days import (
    HOUR,
    augerat,
    delivery_day,
    integers,
    least_cost,
    on_a_line,
    scattered,
    solomon,
)
from tests.reference import reference_path

METHODS = ("savings", "ortools")


def reasons(plan: RoutePlan) -> dict[int, UnservedReason]:
    return dict(plan.unserved)


# Times of a trip


def test_the_departure_is_moved_back_by_the_waiting() -> None:
    day = delivery_day(on_a_line(36_000), opens_second=integers(10 * HOUR), service_seconds=integers(HOUR))
    assert plan_routes(day, method="savings").trips == (Trip(0, 0, 9 * HOUR, (0,), (10 * HOUR,), 12 * HOUR),)


def test_the_departure_is_moved_back_only_as_far_as_every_window_allows() -> None:
    # An hour to each of two stops: the first closes at 3, the second opens at 10.
    day = delivery_day(
        on_a_line(36_000, 72_000),
        opens_second=integers(0, 10 * HOUR),
        closes_second=integers(3 * HOUR, 11 * HOUR),
    )
    (trip,) = plan_routes(day, method="savings").trips
    assert (trip.depart_second, trip.arrival_seconds, trip.return_second) == (
        2 * HOUR,
        (3 * HOUR, 4 * HOUR),
        12 * HOUR,
    )


MORNING_AND_EVENING = {
    "opens_second": integers(0, 8 * HOUR),
    "closes_second": integers(24 * HOUR, 20 * HOUR),
    "pause_starts_second": integers(0, 10 * HOUR),
    "pause_ends_second": integers(0, 17 * HOUR),
}
"""The farther of two stops takes goods from 8 to 10 and from 17 to 20."""


@pytest.mark.parametrize(
    ("shift_starts", "arrives", "returns"),
    [
        (6, 8, 10),  # as the first window opens
        (8, 10, 12),  # as the first window closes
        (8.5, 17, 19),  # between the two: leaves later, so that it does not wait
        (16, 18, 20),
    ],
)
def test_a_vehicle_that_comes_between_two_windows_waits(
    shift_starts: float, arrives: int, returns: int
) -> None:
    day = delivery_day(
        on_a_line(72_000),
        **{name: values[1:] for name, values in MORNING_AND_EVENING.items()},
        shift_start_second=integers(round(shift_starts * HOUR)),
    )
    for method in METHODS:
        (trip,) = plan_routes(day, method=method).trips
        assert (trip.arrival_seconds, trip.return_second) == ((arrives * HOUR,), returns * HOUR)


def test_no_departure_is_moved_from_the_first_window_into_the_pause() -> None:
    """Two hours of waiting at the second stop would let the first wait, too, were it not for its pause."""
    day = delivery_day(
        on_a_line(36_000, 72_000),
        opens_second=integers(0, 12 * HOUR),
        closes_second=integers(24 * HOUR, 24 * HOUR),
        pause_starts_second=integers(9 * HOUR, 24 * HOUR),
        pause_ends_second=integers(20 * HOUR, 24 * HOUR),
    )
    (trip,) = plan_routes(day, method="savings").trips
    assert (trip.depart_second, trip.arrival_seconds) == (8 * HOUR, (9 * HOUR, 10 * HOUR))


@pytest.mark.parametrize("method", METHODS)
def test_a_pause_costs_time_on_the_way(method: str) -> None:
    """Nine hours at the nearer stop: then the farther one has its pause, and the trip waits for the evening."""
    day = delivery_day(
        on_a_line(36_000, 72_000),
        **MORNING_AND_EVENING,
        service_seconds=integers(9 * HOUR, 0),
        vehicle_count=integers(1),
        turnaround_seconds=24 * HOUR,
        shift_start_second=integers(0),
    )
    plan = plan_routes(day, method=method)
    assert plan.status is RouteStatus.ON_TIME
    (trip,) = plan.trips
    begins = dict(zip(trip.stops, trip.arrival_seconds, strict=True))
    assert 8 * HOUR <= begins[1] <= 10 * HOUR or begins[1] >= 17 * HOUR
    assert check_routes(day, plan) == ()


def test_without_windows_a_vehicle_leaves_when_its_shift_starts() -> None:
    day = delivery_day(on_a_line(36_000), shift_start_second=integers(5 * HOUR))
    assert plan_routes(day, method="savings").trips[0].depart_second == 5 * HOUR


def test_a_vehicle_goes_out_again_after_its_turnaround() -> None:
    day = delivery_day(
        on_a_line(36_000, -36_000),
        capacity_grams=integers(1_000),
        vehicle_count=integers(1),
        turnaround_seconds=HOUR,
    )
    for method in METHODS:
        plan = plan_routes(day, method=method)
        assert [(trip.depart_second, trip.return_second) for trip in plan.trips] == [
            (0, 2 * HOUR),
            (3 * HOUR, 5 * HOUR),
        ]
    assert plan_routes(replace(day, shift_end_second=integers(5 * HOUR - 1)), method="savings").unserved == (
        (1, UnservedReason.FLEET),
    )


# Which stops are served


@pytest.mark.parametrize("method", METHODS)
def test_stops_near_each_other_share_a_trip_and_those_apart_do_not_when_trips_are_free(method: str) -> None:
    day = delivery_day(on_a_line(30_000, 32_000, -30_000), cost_per_trip=np.array([0.0]))
    plan = plan_routes(day, method=method)
    assert plan.distance_metres == 64_000 + 60_000
    assert plan.cost == pytest.approx(124.0)
    assert plan.status is RouteStatus.ON_TIME


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"weight_grams": integers(10_001, 1)}, UnservedReason.CAPACITY),
        ({"volume_millilitres": integers(10_001, 1)}, UnservedReason.CAPACITY),
        ({"closes_second": integers(HOUR - 1, 24 * HOUR)}, UnservedReason.TIME_WINDOW),
        ({"service_seconds": integers(22 * HOUR + 1, 0)}, UnservedReason.SHIFT),
        ({"vehicle_count": integers(0)}, UnservedReason.FLEET),
    ],
)
def test_a_stop_left_out_says_why(
    method: str, changes: dict[str, np.ndarray], reason: UnservedReason
) -> None:
    plan = plan_routes(delivery_day(on_a_line(36_000, 18_000), **changes), method=method)
    assert reasons(plan)[0] is reason
    assert plan.status is RouteStatus.PARTIAL
    assert (1 in reasons(plan)) == (reason is UnservedReason.FLEET)


@pytest.mark.parametrize("method", METHODS)
def test_whoever_serves_everyone_serves_late_rather_than_not_at_all(method: str) -> None:
    day = delivery_day(on_a_line(36_000, 18_000), closes_second=integers(HOUR - 60, HOUR // 2))
    strict = plan_routes(day, method=method)
    assert reasons(strict) == {0: UnservedReason.TIME_WINDOW}
    plan = plan_routes(replace(day, serves_everyone=True), method=method)
    assert plan.status is RouteStatus.LATE
    assert not plan.unserved
    late = {
        stop: max(0, arrival - int(day.closes_second[stop]))
        for trip in plan.trips
        for stop, arrival in zip(trip.stops, trip.arrival_seconds, strict=True)
    }
    assert late == {0: 60, 1: 0}


def test_the_smallest_vehicle_that_holds_the_load_goes() -> None:
    fleet = {
        "vehicle_count": integers(1, 1),
        "capacity_grams": integers(10_000, 2_000),
        "capacity_millilitres": integers(10_000, 2_000),
        "shift_start_second": integers(0, 0),
        "shift_end_second": integers(24 * HOUR, 24 * HOUR),
        "cost_per_trip": np.array([10.0, 8.0]),
        "cost_per_km": np.array([1.0, 1.0]),
        "cost_per_hour": np.array([0.0, 0.0]),
    }
    small = plan_routes(delivery_day(on_a_line(1_000, 2_000), **fleet), method="savings")
    large = plan_routes(delivery_day(on_a_line(1_000, 2_000, 3_000), **fleet), method="savings")
    assert [trip.vehicle_type for trip in small.trips] == [1]
    assert [trip.vehicle_type for trip in large.trips] == [0]


def test_a_day_without_stops_has_nothing_to_do() -> None:
    for method in METHODS:
        plan = plan_routes(delivery_day(on_a_line()), method=method)
        assert (plan.status, plan.trips, plan.cost) == (RouteStatus.NOTHING_TO_DO, (), 0.0)


def test_one_stop_needs_no_search() -> None:
    plan = plan_routes(delivery_day(on_a_line(5_000)), method="ortools")
    assert plan.status is RouteStatus.ON_TIME


# Quality


def small_day(seed: int, windows: bool) -> RoutingProblem:
    random = np.random.default_rng(seed)
    opens = random.integers(0, 4, 6) * HOUR if windows else np.zeros(6, dtype=np.int64)
    return delivery_day(
        scattered(6, seed),
        weight_grams=random.integers(1_000, 6_000, 6),
        opens_second=opens,
        closes_second=opens + 3 * HOUR if windows else np.full(6, 24 * HOUR),
        service_seconds=np.full(6, 600),
        vehicle_count=integers(6),
    )


def day_with_pauses(seed: int) -> RoutingProblem:
    """Half of the stops take goods in two windows of an hour or two, with hours between them."""
    day = small_day(seed, True)
    twice = np.arange(6) % 2 == 0
    closes = np.where(twice, day.opens_second + 8 * HOUR, day.closes_second)
    return replace(
        day,
        closes_second=closes,
        pause_starts_second=np.where(twice, day.opens_second + HOUR, closes),
        pause_ends_second=np.where(twice, day.opens_second + 6 * HOUR, closes),
    )


def test_no_plan_with_pauses_beats_trying_all_and_the_search_reaches_it() -> None:
    days = [day_with_pauses(seed) for seed in range(6)]
    gaps = []
    for day in days:
        optimum = least_cost(day)
        savings, searched = (plan_routes(day, method=method) for method in METHODS)
        assert {savings.status, searched.status} == {RouteStatus.ON_TIME}
        assert optimum - 1e-9 <= searched.cost <= savings.cost
        gaps.append(searched.cost / optimum - 1.0)
    assert sum(gap < 1e-9 for gap in gaps) >= 5


def test_the_search_improves_plans_where_stops_have_pauses() -> None:
    """Its model knows pauses: what it finds is not thrown away for coming in one."""
    gains = []
    for seed in range(4):
        day = replace(
            delivery_day(scattered(24, seed), vehicle_count=integers(6), service_seconds=np.full(24, 600)),
            opens_second=np.full(24, 2 * HOUR),
            closes_second=np.full(24, 12 * HOUR),
            pause_starts_second=np.full(24, 3 * HOUR),
            pause_ends_second=np.full(24, 10 * HOUR),
            cost_per_hour=np.array([20.0]),
        )
        savings, searched = (plan_routes(day, method=method, solution_limit=100) for method in METHODS)
        assert not searched.unserved
        gains.append(savings.cost - searched.cost)
    assert min(gains) >= 0.0
    assert sum(gain > 0 for gain in gains) >= 3


@pytest.mark.parametrize("windows", [False, True])
def test_no_plan_beats_trying_all_and_the_search_nearly_always_reaches_it(windows: bool) -> None:
    gaps: dict[str, list[float]] = {method: [] for method in METHODS}
    for seed in range(6):
        day = small_day(seed, windows)
        optimum = least_cost(day)
        for method in METHODS:
            plan = plan_routes(day, method=method)
            assert plan.status is RouteStatus.ON_TIME
            gaps[method].append(plan.cost / optimum - 1.0)
    assert min(min(values) for values in gaps.values()) > -1e-9
    assert sum(gap < 1e-9 for gap in gaps["ortools"]) >= 5
    assert max(gaps["savings"]) < 0.25


def test_savings_on_augerats_instances() -> None:
    with reference_path("vrp/cvrp_small/bks.csv").open() as file:
        best = {row["instance"]: float(row["bks"]) for row in csv.DictReader(file)}
    names = ["A-n32-k5", "A-n37-k6", "A-n45-k7", "A-n60-k9", "A-n80-k10"]
    gaps = [plan_routes(augerat(name), method="savings").cost / best[name] - 1.0 for name in names]
    assert min(gaps) >= 0.0
    assert np.mean(gaps) < 0.07


def test_search_on_a_clustered_instance_with_windows() -> None:
    with reference_path("vrp/solomon/bks.csv").open() as file:
        best = {row["instance"]: float(row["distmin_bks_distance"]) for row in csv.DictReader(file)}
    day = solomon("C101")
    savings, searched = (plan_routes(day, method=method, solution_limit=100) for method in METHODS)
    assert best["C101"] <= searched.cost <= best["C101"] * 1.02
    assert searched.cost <= savings.cost < best["C101"] * 1.25


@pytest.mark.parametrize("method", METHODS)
def test_the_same_day_gets_the_same_plan(method: str) -> None:
    day = replace(
        delivery_day(scattered(25, 3), vehicle_count=integers(3)),
        opens_second=np.arange(25) % 5 * HOUR,
        cost_per_hour=np.array([25.0]),
    )
    plans = {plan_routes(day, method=method, solution_limit=60) for _ in range(5)}
    assert len(plans) == 1


# Given routes


def test_given_routes_keep_their_order_and_drop_who_is_absent() -> None:
    day = delivery_day(on_a_line(1_000, 2_000, 3_000))
    plan = plan_fixed(day, [[2, -1, 0, 7, 1]])
    assert [trip.stops for trip in plan.trips] == [(2, 0, 1)]
    assert plan.method == "fixed"


@pytest.mark.parametrize(
    ("changes", "trips"),
    [
        ({"weight_grams": integers(4_000, 4_000, 4_000)}, [(0, 1), (2,)]),
        ({"volume_millilitres": integers(4_000, 7_000, 3_000)}, [(0,), (1, 2)]),
        ({"service_seconds": np.full(3, 10 * HOUR)}, [(0, 1), (2,)]),
        (
            {"closes_second": integers(24 * HOUR, 24 * HOUR, 301), "service_seconds": np.full(3, 1)},
            [(0, 1), (2,)],
        ),
        ({}, [(0, 1, 2)]),
    ],
)
def test_given_routes_are_split_where_a_limit_breaks(
    changes: dict[str, np.ndarray], trips: list[tuple[int, ...]]
) -> None:
    plan = plan_fixed(delivery_day(on_a_line(1_000, 2_000, 3_000), **changes), [[0, 1, 2]])
    assert sorted(trip.stops for trip in plan.trips) == trips


def test_a_stop_that_nobody_reaches_does_not_split_its_given_route() -> None:
    day = delivery_day(on_a_line(1_000, 2_000, 3_000), closes_second=integers(HOUR, 199, HOUR))
    plan = plan_fixed(day, [[0, 1, 2]])
    assert [trip.stops for trip in plan.trips] == [(0, 2)]
    assert reasons(plan) == {1: UnservedReason.TIME_WINDOW}


def test_a_stop_that_no_given_route_names_is_inserted() -> None:
    plan = plan_fixed(delivery_day(on_a_line(1_000, 2_000, 3_000)), [[0, 2]])
    assert [trip.stops for trip in plan.trips] == [(0, 1, 2)]


def test_given_routes_may_not_name_a_stop_twice() -> None:
    with pytest.raises(ValueError, match=r"more than once: \[1\]"):
        plan_fixed(delivery_day(on_a_line(1_000, 2_000)), [[0, 1], [1]])


# The checker, shown a good plan with one thing wrong


CHECKED_DAY = delivery_day(
    on_a_line(36_000, -36_000, 18_000),
    capacity_grams=integers(2_000),
    weight_grams=integers(1_000, 2_000, 1_000),
    volume_millilitres=integers(1_000, 2_000, 1_000),
    closes_second=integers(20 * HOUR, 20 * HOUR, 20 * HOUR),
    vehicle_count=integers(1),
    turnaround_seconds=HOUR,
)


def good_plan() -> RoutePlan:
    plan = plan_routes(CHECKED_DAY, method="savings")
    assert [len(trip.stops) for trip in plan.trips] in ([1, 2], [2, 1])
    assert check_routes(CHECKED_DAY, plan) == ()
    return plan


def change_trip(**changes: object) -> Callable[[RoutePlan], RoutePlan]:
    return lambda plan: replace(plan, trips=(replace(plan.trips[0], **changes), *plan.trips[1:]))


def shift_trip(number: int, seconds: int) -> Callable[[RoutePlan], RoutePlan]:
    def shift(plan: RoutePlan) -> RoutePlan:
        trips = list(plan.trips)
        trip = trips[number]
        trips[number] = replace(
            trip,
            depart_second=trip.depart_second + seconds,
            arrival_seconds=tuple(arrival + seconds for arrival in trip.arrival_seconds),
            return_second=trip.return_second + seconds,
        )
        return replace(plan, trips=tuple(trips))

    return shift


@pytest.mark.parametrize(
    ("mutate", "rule"),
    [
        (lambda plan: replace(plan, trips=plan.trips[1:]), RouteRule.EVERY_STOP_ONCE),
        (lambda plan: replace(plan, trips=(*plan.trips, plan.trips[0])), RouteRule.EVERY_STOP_ONCE),
        (lambda plan: replace(plan, unserved=((0, UnservedReason.FLEET),)), RouteRule.EVERY_STOP_ONCE),
        (lambda plan: replace(plan, unserved=((9, UnservedReason.FLEET),)), RouteRule.EVERY_STOP_ONCE),
        (change_trip(vehicle=1), RouteRule.KNOWN_VEHICLE),
        (change_trip(vehicle_type=1), RouteRule.KNOWN_VEHICLE),
        (
            lambda plan: replace(plan, trips=(*plan.trips, Trip(0, 0, 23 * HOUR, (), (), 23 * HOUR))),
            RouteRule.NOT_EMPTY,
        ),
        (change_trip(depart_second=1), RouteRule.ARRIVAL),
        (change_trip(arrival_seconds=()), RouteRule.ARRIVAL),
        (change_trip(return_second=1), RouteRule.RETURN),
        (shift_trip(0, -1), RouteRule.SHIFT),
        (shift_trip(1, 20 * HOUR), RouteRule.SHIFT),
        (shift_trip(1, 19 * HOUR), RouteRule.WINDOW),
        (shift_trip(0, 1), RouteRule.TURNAROUND),
        (lambda plan: replace(plan, status=RouteStatus.LATE), RouteRule.STATUS),
        (lambda plan: replace(plan, distance_metres=plan.distance_metres + 1), RouteRule.DISTANCE),
        (lambda plan: replace(plan, cost=plan.cost + 0.001), RouteRule.COST),
    ],
)
def test_the_checker_finds_a_planted_fault(mutate: Callable[[RoutePlan], RoutePlan], rule: RouteRule) -> None:
    assert rule in {broken.rule for broken in check_routes(CHECKED_DAY, mutate(good_plan()))}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"capacity_grams": integers(1_999)}, RouteRule.WEIGHT),
        ({"capacity_millilitres": integers(1_999)}, RouteRule.VOLUME),
        ({"turnaround_seconds": HOUR + 1}, RouteRule.TURNAROUND),
        ({"closes_second": integers(0, 0, 0)}, RouteRule.WINDOW),
        ({"cost_per_hour": np.array([0.1])}, RouteRule.COST),
        ({"closes_second": integers(0, 0, 0), "serves_everyone": True}, RouteRule.STATUS),
    ],
)
def test_the_checker_finds_a_plan_that_suits_another_day(changes: dict[str, object], rule: RouteRule) -> None:
    assert {broken.rule for broken in check_routes(replace(CHECKED_DAY, **changes), good_plan())} >= {rule}


def test_the_checker_finds_goods_unloaded_in_a_pause() -> None:
    plan = good_plan()
    stop, arrival = plan.trips[0].stops[0], plan.trips[0].arrival_seconds[0]
    starts, ends = np.zeros((2, 3), np.int64)
    starts[stop], ends[stop] = arrival - 1, arrival + HOUR
    day = replace(CHECKED_DAY, pause_starts_second=starts, pause_ends_second=ends)
    assert {broken.rule for broken in check_routes(day, plan)} & {RouteRule.ARRIVAL, RouteRule.RETURN}


@pytest.mark.parametrize("reason", [UnservedReason.CAPACITY, UnservedReason.TIME_WINDOW])
def test_the_checker_doubts_impossible_reasons(reason: UnservedReason) -> None:
    day = delivery_day(on_a_line(1_000), serves_everyone=True)
    plan = RoutePlan((), ((0, reason),), RouteStatus.PARTIAL, "savings", 0.0, 0, False)
    assert [broken.rule for broken in check_routes(day, plan)] == [RouteRule.REASON]


# Input


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight_grams": integers(1)}, "weight_grams|travel_seconds"),
        ({"weight_grams": np.array([1.0, 2.0])}, "not integers"),
        ({"service_seconds": integers(-1, 0)}, "service_seconds is negative"),
        ({"opens_second": integers(25 * HOUR, 0)}, "closes before it opens"),
        (
            {"pause_starts_second": integers(2, 0), "pause_ends_second": integers(1, 0)},
            "a pause does not lie",
        ),
        ({"pause_ends_second": integers(25 * HOUR, 0)}, "a pause does not lie within its window"),
        ({"cost_per_km": np.array([math.nan])}, "cost_per_km is not finite"),
        ({"turnaround_seconds": -1}, "turnaround_seconds is negative"),
        ({"capacity_grams": integers(1, 2)}, r"capacity_grams has shape \(2,\), not \(1,\)"),
    ],
)
def test_a_broken_problem_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        delivery_day(on_a_line(1_000, 2_000), **changes)


def test_unknown_methods_and_empty_searches_are_refused() -> None:
    day = delivery_day(on_a_line(1_000))
    with pytest.raises(ValueError, match="method is 'magic'"):
        plan_routes(day, method="magic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="solution_limit is 0"):
        plan_routes(day, method="ortools", solution_limit=0)


def test_road_metres_are_great_circles_times_the_detour() -> None:
    quarter = math.pi / 2 * EARTH_RADIUS_METRES
    metres = road_metres(np.array([0.0, 90.0, 0.0]), np.array([0.0, 0.0, 180.0]), 1.3)
    assert metres[0, 1] == round(1.3 * quarter)
    assert metres[0, 2] == round(1.3 * 2 * quarter)
    assert (metres == metres.T).all()
    assert (np.diag(metres) == 0).all()
    with pytest.raises(ValueError, match="below 1"):
        road_metres(np.zeros(1), np.zeros(1), 0.9)


def test_the_facade_is_quick_to_import() -> None:
    code = "import sys, optimize; sys.exit(any(m in sys.modules for m in ('ortools', 'numba')))"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
