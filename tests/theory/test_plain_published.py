"""Published instances: their own solutions pass our checker at their own cost, and the search finds the optimum."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bench.vrp_instances import Instance, instances
from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.problem import PlainProblem, PlainRoute, PlainSolution
from optimize.routing.plain.search import search_plain
from scenarios import SolveStatus
from tests.reference import reference_path


def read(pattern: str, *, is_truncated: bool = False) -> list[Instance]:
    found = list(instances(reference_path("vrp"), pattern, is_truncated=is_truncated))
    assert found
    return found


def solution(problem: PlainProblem, tours: list[list[int]]) -> PlainSolution:
    """Published tours, their stops numbered from 1, as a solution."""
    routes = []
    for tour in tours:
        nodes = [0, *tour, 0]
        cost = int(problem.cost[nodes[:-1], nodes[1:]].sum())
        routes.append(PlainRoute(0, tuple(node - 1 for node in tour), cost))
    return PlainSolution(tuple(routes), sum(route.cost for route in routes), (), SolveStatus.FEASIBLE, 0)


def vrplib_tours(path: Path) -> list[list[int]]:
    lines = [line for line in path.read_text().splitlines() if line.startswith("Route")]
    return [[int(stop) for stop in line.split(":")[1].split()] for line in lines]


@pytest.mark.parametrize("name", ["X-n101-k25", "X-n157-k13", "X-n303-k21", "X-n502-k39"])
def test_published_solutions_cost_what_is_published(name: str) -> None:
    (instance,) = read(name)
    found = solution(instance.problem, vrplib_tours(reference_path(f"vrp/cvrplib_x/{name}.sol")))
    assert check_plain(instance.problem, found) == ()
    assert found.cost == instance.best_known


def test_published_routes_with_windows_are_on_time() -> None:
    with reference_path("vrp/gh200/best_routes.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for instance in read("gh200"):
        tours = [
            [int(stop) for stop in row["customers"].split()]
            for row in rows
            if row["instance"] == instance.name
        ]
        found = solution(instance.problem, tours)
        assert check_plain(instance.problem, found) == ()
        assert abs(instance.gap_percent(found.cost)) < 1e-4


@pytest.mark.parametrize(("name", "steps"), [("A-n32-k5", 20_000), ("P-n16-k8", 5_000), ("E-n22-k4", 5_000)])
def test_proven_optima_are_found(name: str, steps: int) -> None:
    (instance,) = read(name)
    found = search_plain(instance.problem, steps)
    assert check_plain(instance.problem, found) == ()
    assert found.cost == instance.best_known


def test_both_conventions_of_distance_reach_their_optimum() -> None:
    for is_truncated in (False, True):
        (instance,) = read("C101", is_truncated=is_truncated)
        found = search_plain(instance.problem, 20_000)
        assert check_plain(instance.problem, found) == ()
        assert abs(instance.gap_percent(found.cost)) < 1e-3


def test_several_depots_and_a_longest_route() -> None:
    (instance,) = read("p13")
    assert instance.problem.depot_count == 2
    assert instance.problem.longest_route is not None
    found = search_plain(instance.problem, 60_000)
    assert check_plain(instance.problem, found) == ()
    assert instance.gap_percent(found.cost) < 1.0


def test_no_best_known_value_is_below_what_truncated_legs_need() -> None:
    truncated = {instance.name: instance.best_known for instance in read("solomon", is_truncated=True)}
    for instance in read("solomon"):
        assert truncated[instance.name] <= instance.best_known <= 1.02 * truncated[instance.name]
