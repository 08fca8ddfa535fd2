"""Each limit of a plain problem, once where it bites and once where it does not; and what a wider limit does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.routing.plain.problem import PlainProblem, PlainRoute, plain_problem
from optimize.routing.plain.search import search_plain
from tests.plain_worlds import random_problem

STEPS = 1000
PLACES = [0, 10, 11, -10]
LEGS = [[abs(here - there) for there in PLACES] for here in PLACES]


def line(**limits: object) -> PlainProblem:
    """A depot at 0, stops at 10, 11 and -10: one route of 42 if nothing forbids it."""
    return plain_problem(**{"cost": LEGS, "demand": [1, 1, 1], "capacity": 3, **limits})


def is_short(problem: PlainProblem) -> bool:
    """Whether the shortest way of all is possible; left and right may still be two routes, at the same cost."""
    found = search_plain(problem, STEPS)
    return not found.unserved and found.cost == 42


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ({"capacity": 2}, {"capacity": 1}),
        ({"closes": [10, 11, 99]}, {"closes": [11, 10, 99], "opens": [11, 0, 0]}),
        ({"opens": [31, 0, 0], "closes": [32, 11, 99]}, {"opens": [32, 0, 0], "closes": [32, 11, 9]}),
        ({"depot_closes": 22}, {"depot_closes": 21}),
        ({"depot_opens": 1, "closes": 12}, {"depot_opens": 2, "closes": 12}),
        ({"longest_route": 22}, {"longest_route": 21}),
        # Waiting counts: whoever has to leave stop 0 at 100 waits at stop 1.
        (
            {"longest_route": 22, "opens": [0, 102, 0], "closes": [101, 102, 999]},
            {"longest_route": 22, "opens": [0, 102, 0], "closes": [100, 102, 999]},
        ),
        ({"service": 5, "depot_closes": 32}, {"service": 5, "depot_closes": 31}),
    ],
)
def test_a_limit_bites_where_it_is_tight(loose: dict[str, object], tight: dict[str, object]) -> None:
    assert is_short(line(**loose))
    assert not is_short(line(**tight))


def test_a_fleet_is_not_exceeded() -> None:
    assert not search_plain(line(capacity=2, vehicles=2), STEPS).unserved
    found = search_plain(line(capacity=2, vehicles=1), STEPS)
    assert len(found.unserved) == 1
    assert len(found.routes) == 1


def test_a_nearer_depot_is_used_until_its_vehicles_are_taken() -> None:
    legs = np.abs(np.subtract.outer([0, 100, 1, 2, 99], [0, 100, 1, 2, 99]))
    for vehicles, cost in (([1, 1], 6), ([0, 1], 198), ([1, 0], 198)):
        found = search_plain(plain_problem(legs, [1, 1, 1], [3, 3], vehicles=vehicles), STEPS)
        assert (found.cost, found.unserved) == (cost, ())


@pytest.mark.parametrize("seed", range(3))
def test_wider_limits_never_lengthen_the_best_routes(seed: int) -> None:
    problem = random_problem(seed, windows=True, longest=True)
    tight = search_plain(problem, 2000)
    for wider in (
        {"closes": problem.closes + 50},
        {"opens": np.maximum(problem.opens - 50, 0)},
        {"capacity": problem.capacity + 5},
        {"longest_route": problem.longest_route + 50},
    ):
        loose = search_plain(replace(problem, **wider), 2000)
        assert (len(loose.unserved), loose.cost) <= (len(tight.unserved), tight.cost)


def test_a_whole_tour_moves_to_the_depot_beside_it() -> None:
    """Depot 0 is far away and nearest to no stop; a start from there is driven from depot 1, opened in the gap."""
    places = np.array([[0, 900], [0, 0], [10, 10], [20, 0], [10, -10]])
    legs = np.rint(100 * np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)))
    problem = plain_problem(legs, [1, 1, 1], [3, 3], vehicles=1)
    far = [0, 4, 2, 3, 0]
    start = PlainRoute(0, (2, 0, 1), int(problem.cost[far[:-1], far[1:]].sum()))
    found = search_plain(problem, 200, start=[start])
    assert [(route.depot, len(route.stops)) for route in found.routes] == [(1, 3)]
    assert found.cost == 4 * 1414
