"""Roads between customers: the same distances as between stores, and hours that differ in speed."""

from __future__ import annotations

import numpy as np
import pytest

from optimize import road_metres
from scenarios import Roads
from sim.field.roads import ServiceRoads, place_at

CITIES = [(31.23, 121.47), (31.30, 121.62), (30.25, 120.17), (39.90, 116.40), (-33.9, 151.2)]


def roads(**terms: object) -> ServiceRoads:
    return ServiceRoads(Roads.model_validate({"detour_factor": 1.3, "speed_km_per_hour": 36.0, **terms}))


def test_distances_are_those_of_the_trucks() -> None:
    latitude, longitude = np.array(CITIES).T
    expected = road_metres(latitude, longitude, 1.3)
    places = [place_at(*city) for city in CITIES]
    found = [[roads().metres(start, end) for end in places] for start in places]
    assert np.array(found) == pytest.approx(expected, abs=1)


def test_the_quick_answer_is_the_exact_one() -> None:
    there = [place_at(*city) for city in CITIES]
    for start in there:
        for end in there:
            needed = roads().expected_seconds(roads().metres(start, end))
            for seconds in (needed - 1, needed, 2 * needed + 5):
                assert roads().is_near(start, end, seconds) == (needed <= seconds)


def test_a_plane_is_good_enough_within_a_district() -> None:
    near = [place_at(31.2 + 0.05 * north, 121.4 + 0.05 * east) for north in range(4) for east in range(4)]
    exact = [[roads().expected_seconds(roads().metres(start, end)) for end in near] for start in near]
    assert roads().plane_seconds(near) == pytest.approx(np.array(exact), rel=0.005, abs=1)


def test_nobody_arrives_earlier_by_leaving_later() -> None:
    rush = roads(hour_factors=[1.0] * 8 + [3.0] + [1.0] * 15)
    arrivals = [second + rush.seconds(20_000, second, 1.0) for second in range(6 * 3_600, 11 * 3_600, 60)]
    assert (np.diff(arrivals) >= 0).all()
    assert rush.seconds(20_000, 8 * 3_600, 1.0) > rush.seconds(20_000, 6 * 3_600, 1.0)
    assert rush.seconds(20_000, 6 * 3_600, 1.0) == 2_000
