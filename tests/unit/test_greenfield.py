"""Sites anywhere in the plane, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.network.circles import enclosing_circle
from optimize.network.greenfield import fewest_circles, smallest_radius, weber_sites
from scenarios import SolveStatus

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])


def _longest(points: np.ndarray, sites: np.ndarray) -> float:
    return float(np.hypot(*(points[:, None] - sites[None]).transpose(2, 0, 1)).min(axis=1).max())


def test_the_median_of_a_square_is_its_middle() -> None:
    plan = weber_sites(SQUARE, np.ones(4), 1)
    assert plan.sites[0] == pytest.approx([2.0, 2.0], abs=1e-6)
    assert plan.objective == pytest.approx(4 * np.sqrt(8.0))
    assert plan.status is SolveStatus.OPTIMAL
    assert plan.gap <= 1e-9


def test_the_fermat_point_of_a_triangle() -> None:
    triangle = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
    plan = weber_sites(triangle, np.ones(3), 1)
    assert plan.objective == pytest.approx(np.sqrt(3.0))


def test_a_point_that_outweighs_the_others_is_the_median() -> None:
    plan = weber_sites(SQUARE, np.array([5.0, 1.0, 1.0, 1.0]), 1)
    assert plan.sites[0] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert plan.objective == pytest.approx(8.0 + np.sqrt(32.0), rel=1e-6)


def test_two_clusters_get_a_site_each() -> None:
    points = np.vstack([SQUARE, SQUARE + 100.0])
    plan = weber_sites(points, np.ones(8), 2)
    assert plan.objective == pytest.approx(8 * np.sqrt(8.0))
    assert plan.status is SolveStatus.FEASIBLE
    assert 0.0 < plan.bound <= plan.objective


def test_as_many_sites_as_points_travel_nothing() -> None:
    plan = weber_sites(SQUARE, np.ones(4), 4)
    assert (plan.objective, plan.status) == (0.0, SolveStatus.OPTIMAL)


def test_fixed_sites_stay_where_they_are() -> None:
    points = np.vstack([SQUARE, SQUARE + 100.0])
    plan = weber_sites(points, np.ones(8), 1, fixed=np.array([[2.0, 2.0]]))
    assert plan.sites[0].tolist() == [2.0, 2.0]
    assert plan.sites[1] == pytest.approx([102.0, 102.0], abs=1e-5)


def test_moving_and_scaling_the_map() -> None:
    chance = np.random.default_rng(1)
    points, weight = chance.uniform(0, 10, (25, 2)), chance.uniform(1, 3, 25)
    plain = weber_sites(points, weight, 3)
    moved = weber_sites(points * 7.0 + 50.0, weight, 3)
    assert moved.objective == pytest.approx(plain.objective * 7.0, rel=1e-6)
    assert weber_sites(points, weight, 3).sites.tolist() == plain.sites.tolist()
    assert fewest_circles(points * 7.0 + 50.0, 21.0).objective == fewest_circles(points, 3.0).objective
    assert smallest_radius(points + 9.0, 3).objective == pytest.approx(smallest_radius(points, 3).objective)


def test_circles_cover_with_the_fewest() -> None:
    assert fewest_circles(SQUARE, np.sqrt(8.0)).objective == 1.0
    assert fewest_circles(SQUARE, 2.0).objective == 2.0
    assert fewest_circles(SQUARE, 1.99).objective == 4.0
    chance = np.random.default_rng(2)
    points = chance.uniform(0, 100, (40, 2))
    numbers = []
    for radius in (10.0, 20.0, 40.0, 80.0):
        plan = fewest_circles(points, radius)
        assert plan.status is SolveStatus.OPTIMAL
        assert _longest(points, plan.sites) <= radius * (1 + 1e-9)
        numbers.append(plan.objective)
    assert numbers == sorted(numbers, reverse=True)


def test_the_smallest_radius_and_the_fewest_circles_agree() -> None:
    chance = np.random.default_rng(3)
    points = chance.uniform(0, 100, (25, 2))
    for number in (1, 2, 4):
        plan = smallest_radius(points, number)
        assert plan.status is SolveStatus.OPTIMAL
        assert plan.gap <= 1e-9
        assert _longest(points, plan.sites) == pytest.approx(plan.objective)
        assert fewest_circles(points, plan.objective * (1 + 1e-7)).objective <= number
        assert fewest_circles(points, plan.objective * (1 - 1e-6)).objective > number


def test_smallest_circles() -> None:
    assert enclosing_circle(SQUARE)[1] == pytest.approx(np.sqrt(8.0))
    assert enclosing_circle(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]))[1] == pytest.approx(np.sqrt(2.0))
    assert enclosing_circle(np.array([[3.0, 1.0]] * 5))[1] == 0.0


def test_all_in_one_place() -> None:
    points = np.full((6, 2), 3.0)
    assert weber_sites(points, np.ones(6), 2).objective == 0.0
    assert smallest_radius(points, 2).objective == 0.0
    assert fewest_circles(points, 1.0).objective == 1.0


def test_bad_places_are_refused() -> None:
    with pytest.raises(ValueError, match="points has shape"):
        weber_sites(np.zeros((0, 2)), np.zeros(0), 1)
    with pytest.raises(ValueError, match="points holds nan"):
        fewest_circles(np.array([[0.0, np.nan]]), 1.0)
    with pytest.raises(ValueError, match="radius must be above 0"):
        fewest_circles(SQUARE, 0.0)
    with pytest.raises(ValueError, match="weight holds"):
        weber_sites(SQUARE, -np.ones(4), 1)
    with pytest.raises(ValueError, match="number is 0"):
        smallest_radius(SQUARE, 0)
