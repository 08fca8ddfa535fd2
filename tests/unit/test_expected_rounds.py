"""Rounds of which stops fall out: mean length against every subset, and when stops have been unloaded."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from optimize import plan_routes
from optimize.routing.expected_rounds import expected_hours, expected_length, unloaded_seconds
from tests.delivery_days import HOUR, delivery_day, integers, on_a_line, scattered


def by_every_subset(legs: np.ndarray, stops: list[int], probability: np.ndarray) -> float:
    """The definition: each subset driven in the order of the round, weighted by its probability."""
    total = 0.0
    for present in product((False, True), repeat=len(stops)):
        chance, place, length = 1.0, 0, 0.0
        for stop, is_there in zip(stops, present, strict=True):
            chance *= probability[stop] if is_there else 1.0 - probability[stop]
            if is_there:
                length += float(legs[place, stop + 1])
                place = stop + 1
        total += chance * (length + float(legs[place, 0]))
    return total


@pytest.mark.parametrize("seed", range(4))
def test_the_mean_is_that_over_all_subsets(seed: int) -> None:
    random = np.random.default_rng(seed)
    legs = random.integers(1, 1_000, (8, 8))
    np.fill_diagonal(legs, 0)
    probability = random.random(7)
    stops = random.permutation(7)[:5].tolist()
    assert expected_length(legs, stops, probability) == pytest.approx(
        by_every_subset(legs, stops, probability)
    )


def test_with_everybody_there_it_is_the_round_and_with_nobody_nothing_is_driven() -> None:
    legs = scattered(4, seed=1)
    round_ = legs[0, 3] + legs[3, 1] + legs[1, 0]
    assert expected_length(legs, [2, 0], np.ones(4)) == pytest.approx(round_)
    assert expected_length(legs, [2, 0], np.zeros(4)) == 0.0


def test_hours_are_those_of_the_trip_less_what_falls_out() -> None:
    day = delivery_day(on_a_line(36_000, 72_000), service_seconds=integers(600, 1_200))
    plan = plan_routes(day, method="savings")
    (trip,) = plan.trips
    assert expected_hours(day, trip, np.ones(2)) == pytest.approx((2 * 7_200 + 1_800) / HOUR)
    # Without the farther stop an hour there, an hour back and ten minutes remain.
    near_only = np.where(day.distance_metres[0, 1:] == 36_000, 1.0, 0.0)
    assert expected_hours(day, trip, near_only) == pytest.approx((2 * 3_600 + 600) / HOUR)


def test_unloading_waits_for_the_window_and_its_pause() -> None:
    day = delivery_day(
        on_a_line(36_000, -36_000),
        service_seconds=integers(600, 600),
        opens_second=integers(2 * HOUR, 0),
        pause_starts_second=integers(0, 0) + 2 * HOUR,
        pause_ends_second=integers(2 * HOUR, 5 * HOUR),
        vehicle_count=integers(1),
    )
    plan = plan_routes(day, method="savings")
    left = {
        stop: second
        for trip in plan.trips
        for stop, second in zip(trip.stops, unloaded_seconds(day, trip), strict=True)
    }
    arrived = {
        stop: second
        for trip in plan.trips
        for stop, second in zip(trip.stops, trip.arrival_seconds, strict=True)
    }
    assert left[0] == max(arrived[0], 2 * HOUR) + 600
    in_pause = 2 * HOUR < arrived[1] < 5 * HOUR
    assert left[1] == (5 * HOUR if in_pause else arrived[1]) + 600
