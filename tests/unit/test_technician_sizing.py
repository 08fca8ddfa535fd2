"""Technicians per station: roads, promises, skills."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

import numpy as np
import pytest

from optimize.staffing.queues import erlang_c
from optimize.staffing.travel import TechnicianSizing, Territory, nested_levels_needed, technicians_needed


def sizing(visits: Any = ((3.0, 9.0),), **fields: Any) -> TechnicianSizing:
    stations = len(visits)
    given: dict[str, Any] = {
        "on_site_minutes": np.full(stations, 45.0),
        "on_site_scv": np.full(stations, 0.5),
        "travel": np.full(stations, 20.0),
        "on_duty_minutes_per_day": 480.0,
        "promised_minutes": 240.0,
        "completed_share": 0.9,
        **fields,
    }
    return technicians_needed(np.array(visits), **given)


def test_rounds_are_as_long_as_random_stops_make_them() -> None:
    """The best round through random points of a square, by improving it stretch by stretch."""
    random = np.random.default_rng(3)
    points = random.random((300, 2)) * 20.0
    order = list(range(300))
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    # Nearest neighbour, then two-opt: a few per cent above the shortest round.
    route, left = [0], set(order[1:])
    while left:
        following = min(left, key=lambda stop: apart[route[-1], stop])
        route.append(following)
        left.remove(following)
    is_better = True
    while is_better:
        is_better = False
        for first in range(299):
            ahead = np.array(route)
            seconds = np.arange(first + 2, 300)
            after = ahead[(seconds + 1) % 300]
            gain = (
                apart[ahead[first], ahead[first + 1]] + apart[ahead[seconds], after]
                - apart[ahead[first], ahead[seconds]] - apart[ahead[first + 1], after]
            )  # fmt: skip
            if seconds.size and gain.max() > 1e-9:
                last = int(seconds[gain.argmax()])
                route[first + 1 : last + 1] = route[first + 1 : last + 1][::-1]
                is_better = True
    length = sum(apart[route[i], route[(i + 1) % 300]] for i in range(300))
    place = Territory(area_km2=400.0, km_per_hour=60.0, road_factor=1.0, depot_km=0.0)
    assert place.tour_minutes(300.0, 1) == pytest.approx(length / 300, rel=0.12)


def test_the_nearest_of_random_technicians_is_as_near_as_the_square_root_law_says() -> None:
    random = np.random.default_rng(5)
    place = Territory(area_km2=100.0, km_per_hour=60.0, road_factor=1.0)
    technicians, visits = random.random((400, 25, 2)) * 10.0, random.random((400, 1, 2)) * 10.0
    # On a torus there is no edge beyond which nobody is.
    gaps = np.abs(technicians - visits)
    nearest = np.hypot(*np.minimum(gaps, 10.0 - gaps).transpose(2, 0, 1)).min(axis=1)
    half_width = 3.3 * nearest.std() / 20
    assert abs(place.response_minutes(25) - nearest.mean()) < half_width + 0.02


def test_more_technicians_drive_out_more_often() -> None:
    place = Territory(area_km2=400.0, km_per_hour=50.0)
    ways = [place.tour_minutes(40.0, people) for people in (1, 5, 10, 40, 80)]
    assert ways == sorted(ways) and ways[0] < ways[1] and ways[3] == ways[4]


def test_the_promise_is_kept_and_one_fewer_would_not_keep_it() -> None:
    found = sizing([[3.0, 9.0], [0.0, 60.0], [1.0, 2.0]])
    assert (found.completed_share >= 0.9).all() and (found.utilisation <= 0.9).all() and not found.unserved
    load = np.array([12.0, 60.0, 3.0]) * 65.0 / 480.0
    np.testing.assert_allclose(found.utilisation, load / found.on_duty)
    for station, people in enumerate(found.on_duty):
        rate = [12.0, 60.0, 3.0][station] / 480.0
        fewer = erlang_c(rate, 65.0, int(people) - 1)
        # Exponential work of the mean waits longer than this work does: an upper bound of what one fewer keep.
        assert fewer.utilisation > 0.9 or fewer.answered_within(240.0 - 65.0) < 0.93


def test_promise_of_a_simulated_crew() -> None:
    """First come, first served, played visit by visit: within a few per cent of the promise."""
    found = sizing([[0.0, 30.0]], completed_share=0.85, promised_minutes=150.0, largest_utilisation=0.95)
    random = np.random.default_rng(8)
    visits = 60_000
    came = np.cumsum(random.exponential(480.0 / 30.0, visits))
    work = random.gamma(2.0, 22.5, visits) + random.gamma(1 / 0.27, 0.27 * 20.0, visits)
    free = np.zeros(int(found.on_duty[0]))
    done = np.zeros(visits)
    for visit in range(visits):
        who = int(free.argmin())
        done[visit] = free[who] = max(came[visit], free[who]) + work[visit]
    assert found.completed_share[0] == pytest.approx(np.mean(done - came <= 150.0), abs=0.02)


def test_who_has_a_skill_is_among_the_others() -> None:
    found = sizing([[12.0, 2.0, 20.0], [0.0, 0.0, 5.0]])
    assert (found.on_duty_by_skill <= found.on_duty[:, None]).all()
    assert found.on_duty_by_skill[0, 0] >= found.on_duty_by_skill[0, 1] >= 1
    assert (found.on_duty_by_skill[1] == 0).all() and found.on_duty[1] >= 1


def test_absence_is_made_up_for() -> None:
    found = sizing([[0.0, 60.0]], presence_share=0.8)
    assert found.employed[0] == int(np.ceil(found.on_duty[0] / 0.8))
    np.testing.assert_array_equal(sizing([[0.0, 60.0]]).employed, sizing([[0.0, 60.0]]).on_duty)


def test_a_promise_shorter_than_the_work_is_named_with_one_that_could_be_kept() -> None:
    found = sizing([[0.0, 6.0], [0.0, 4.0]], promised_minutes=60.0)
    assert [miss.item for miss in found.unserved] == ["station 0", "station 1"]
    assert "take longer than 60 minutes at" in found.unserved[0].reason
    enough = float(found.unserved[0].relaxation.split()[1])
    assert not sizing([[0.0, 6.0], [0.0, 4.0]], promised_minutes=enough).unserved
    assert sizing([[0.0, 6.0]], promised_minutes=enough - 4.0).unserved


def test_a_larger_territory_needs_more_people() -> None:
    people = [
        sizing([[0.0, 60.0]], travel=[Territory(area_km2=area, km_per_hour=40.0)]).on_duty[0]
        for area in (10.0, 400.0, 3_000.0)
    ]
    assert people == sorted(people) and people[0] < people[2]


def test_units_and_order_do_not_matter() -> None:
    visits = [[3.0, 9.0, 4.0], [0.0, 30.0, 1.0]]
    found = sizing(visits)
    turned = sizing(visits[::-1])
    np.testing.assert_array_equal(turned.on_duty[::-1], found.on_duty)
    skills = sizing([[row[1], row[0], row[2]] for row in visits])
    np.testing.assert_array_equal(skills.on_duty_by_skill[:, ::-1], found.on_duty_by_skill)
    seconds = sizing(
        visits,
        on_site_minutes=np.full(2, 2_700.0),
        travel=np.full(2, 1_200.0),
        on_duty_minutes_per_day=28_800.0,
        promised_minutes=14_400.0,
    )
    np.testing.assert_array_equal(seconds.on_duty, found.on_duty)
    np.testing.assert_allclose(seconds.completed_share, found.completed_share, rtol=1e-9)


def test_a_stricter_promise_never_needs_fewer() -> None:
    needed = [sizing([[0.0, 40.0]], promised_minutes=minutes).on_duty[0] for minutes in (480.0, 240.0, 160.0)]
    assert needed == sorted(needed)
    ceilings = [sizing([[0.0, 40.0]], largest_utilisation=ceiling).on_duty[0] for ceiling in (0.95, 0.7, 0.4)]
    assert ceilings == sorted(ceilings) and ceilings[2] > ceilings[0]


def test_levels_are_nested() -> None:
    people = nested_levels_needed(np.array([900.0, 300.0, 500.0]), 480.0, 0.8)
    # The highest level takes 500 of 384 minutes; those and the middle one 800; all 1,700.
    np.testing.assert_array_equal(people, [5, 3, 2])
    np.testing.assert_array_equal(nested_levels_needed(np.array([0.0, 0.0]), 480.0), [0, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sizing([[nan, 1.0]]), "visits_per_day holds .*nan"),
        (lambda: sizing([[-1.0, 1.0]]), "visits_per_day holds .*-1.0"),
        (lambda: sizing([[1.0]], on_site_minutes=np.ones(2)), "on_site_minutes has shape"),
        (lambda: sizing([[1.0]], on_site_minutes=[0.0], travel=[0.0]), "both 0"),
        (lambda: sizing([[1.0]], promised_minutes=0.0), "promised_minutes .*0.0"),
        (lambda: sizing([[1.0]], completed_share=1.0), "completed_share .*1.0"),
        (lambda: sizing([[1.0]], largest_utilisation=0.0), "largest_utilisation .*0.0"),
        (lambda: sizing([[1.0]], presence_share=0.0), "presence_share .*0.0"),
        (lambda: sizing([[1e9]]), "more than 2000 technicians"),
        (lambda: sizing([[1.0], [1.0]], travel=[Territory(1.0, 50.0)]), "1 territories, not 2"),
        (lambda: sizing([1.0]), "visits_per_day has shape"),
        (lambda: Territory(0.0, 50.0), "area_km2 .*0.0"),
        (lambda: Territory(1.0, 50.0, depot_km=-1.0), "depot_km .*-1.0"),
        (lambda: Territory(1.0, 50.0).tour_minutes(0.0, 1), "visits_per_day .*0.0"),
        (lambda: Territory(1.0, 50.0).response_minutes(0.0), "free_technicians .*0.0"),
        (lambda: nested_levels_needed(np.array([1.0]), 0.0), "on_duty_minutes_per_day .*0.0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
