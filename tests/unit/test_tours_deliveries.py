"""A day's deliveries by ruin and recreate: against trying all, the savings method, and published optima."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from optimize.routing.checking import check_routes
from optimize.routing.decoding import seconds_late
from optimize.routing.planning import plan_routes
from optimize.routing.problem import RoutePlan, RouteStatus, RoutingProblem
from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.deliveries import tours_of, trips_of
from optimize.routing.tours.searching import search_tours
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


def searched(day: RoutingProblem, iterations: int = 1000) -> RoutePlan:
    plan = plan_routes(day, method="ruin_recreate", iterations=iterations)
    assert not check_routes(day, plan)
    return plan


def day_with_pauses(seed: int) -> RoutingProblem:
    """Half of the six stops take goods in two windows with hours between them; two fit into a van."""
    opens = np.random.default_rng(seed).integers(0, 8, 6) * HOUR
    twice = np.arange(6) % 2 == 0
    closes = opens + np.where(twice, 8, 2) * HOUR
    return delivery_day(
        scattered(6, seed),
        opens_second=opens,
        closes_second=closes,
        pause_starts_second=np.where(twice, opens + HOUR, closes),
        pause_ends_second=np.where(twice, opens + 6 * HOUR, closes),
        weight_grams=np.full(6, 4_000),
        vehicle_count=integers(6),
    )


@pytest.mark.parametrize("seed", range(4))
def test_small_days_with_pauses_are_planned_at_least_cost(seed: int) -> None:
    day = day_with_pauses(seed)
    plan = searched(day)
    assert (plan.status, plan.method) == (RouteStatus.ON_TIME, "ruin_recreate")
    assert plan.cost == pytest.approx(least_cost(day))


def test_one_vehicle_makes_several_trips() -> None:
    day = delivery_day(
        on_a_line(10_000, -10_000, 20_000),
        weight_grams=np.full(3, 9_000),
        vehicle_count=integers(1),
        turnaround_seconds=600,
    )
    plan = searched(day)
    assert sorted(trip.stops for trip in plan.trips) == [(0,), (1,), (2,)]
    assert {trip.vehicle for trip in plan.trips} == {0}
    assert plan.cost == pytest.approx(3 * 10 + 80)


def test_windows_that_outlast_all_shifts_cost_nothing_in_the_search() -> None:
    """Nobody can be late: the problem has hard windows alone, and the plan is that of windows that may be missed."""
    day = delivery_day(scattered(8, 3), serves_everyone=True, vehicle_count=integers(3))
    ends = int(day.shift_end_second.max())
    outlasting, closing = (replace(day, closes_second=np.full(8, ends - before)) for before in (0, 1))
    assert (tours_of(outlasting).visits.lateness_class == -1).all()
    assert (tours_of(closing).visits.lateness_class == 0).all()
    assert searched(outlasting, 60).trips == searched(closing, 60).trips


def test_whoever_serves_everyone_is_late_as_little_as_can_be() -> None:
    day = delivery_day(
        on_a_line(36_000, -36_000),
        closes_second=integers(HOUR, HOUR),
        vehicle_count=integers(1),
        serves_everyone=True,
    )
    plan = searched(day)
    assert plan.status is RouteStatus.LATE
    assert seconds_late(day, plan) == 2 * HOUR
    # On time would be possible with two vehicles, at the price of another trip.
    assert searched(replace(day, vehicle_count=integers(2))).status is RouteStatus.ON_TIME


def test_mixed_fleets_take_the_cheaper_vehicle_that_holds_the_goods() -> None:
    day = delivery_day(
        on_a_line(10_000, 11_000),
        vehicle_count=integers(1, 1),
        capacity_grams=integers(1_500, 10_000),
        capacity_millilitres=integers(10_000, 10_000),
        shift_start_second=integers(0, 0),
        shift_end_second=integers(24 * HOUR, 24 * HOUR),
        cost_per_trip=np.array([10.0, 10.0]),
        cost_per_km=np.array([1.0, 3.0]),
        cost_per_hour=np.array([0.0, 0.0]),
    )
    assert {trip.vehicle_type for trip in searched(day).trips} == {0}
    dear_trips = replace(day, cost_per_trip=np.array([100.0, 10.0]))
    assert {trip.vehicle_type for trip in searched(dear_trips).trips} == {1}


def test_tours_and_trips_agree_on_money_where_vehicles_make_one_trip() -> None:
    day = delivery_day(
        scattered(20, 1),
        vehicle_count=integers(20),
        opens_second=np.arange(20) % 4 * HOUR,
        cost_per_hour=np.array([25.0]),
        turnaround_seconds=24 * HOUR,
    )
    problem = tours_of(day)
    tours = search_tours(problem, iterations=300)
    assert not check_tours(problem, tours)
    trips = trips_of(day, tours, problem.vehicles.kind)
    assert trips.cost == pytest.approx(tours.cost)
    assert trips.distance_metres == sum(tour.distance_metres for tour in tours.tours)


def test_augerats_instances() -> None:
    with reference_path("vrp/cvrp_small/bks.csv").open() as file:
        best = {row["instance"]: float(row["bks"]) for row in csv.DictReader(file)}
    names = ["A-n32-k5", "A-n37-k6", "A-n45-k7"]
    gaps = [searched(augerat(name), 4000).cost / best[name] - 1.0 for name in names]
    assert min(gaps) >= 0.0
    assert np.mean(gaps) < 0.015


def test_a_clustered_instance_with_windows() -> None:
    with reference_path("vrp/solomon/bks.csv").open() as file:
        best = {row["instance"]: float(row["distmin_bks_distance"]) for row in csv.DictReader(file)}
    assert best["C101"] <= searched(solomon("C101"), 1000).cost <= best["C101"] * 1.001


def test_the_same_day_gets_the_same_plan() -> None:
    day = replace(
        delivery_day(scattered(25, 3), vehicle_count=integers(3)),
        opens_second=np.arange(25) % 5 * HOUR,
        cost_per_hour=np.array([25.0]),
    )
    assert len({searched(day, 200) for _ in range(3)}) == 1
