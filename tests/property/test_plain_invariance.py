"""What must not change the optimum, does not: names of stops and depots, units, the zero of the clock, direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.routing.plain.problem import PlainProblem
from optimize.routing.plain.search import search_plain
from tests.plain_worlds import random_problem

PER_STOP = ("demand", "service", "opens", "closes")
PER_DEPOT = ("capacity", "vehicles", "depot_opens", "depot_closes")


def permuted(problem: PlainProblem, depots: list[int], stops: list[int]) -> PlainProblem:
    nodes = [*depots, *(problem.depot_count + stop for stop in stops)]
    changes = {name: getattr(problem, name)[stops] for name in PER_STOP}
    changes |= {name: getattr(problem, name)[depots] for name in PER_DEPOT}
    changes |= {name: getattr(problem, name)[np.ix_(nodes, nodes)] for name in ("cost", "travel")}
    return replace(problem, **changes)


def scaled(problem: PlainProblem, factor: int) -> PlainProblem:
    times = ("travel", "service", "opens", "closes", "depot_opens", "depot_closes")
    changes = {name: getattr(problem, name) * factor for name in ("cost", "demand", "capacity", *times)}
    return replace(problem, **changes, longest_route=problem.longest_route * factor)


def shifted(problem: PlainProblem, later: int) -> PlainProblem:
    times = ("opens", "closes", "depot_opens", "depot_closes")
    return replace(problem, **{name: getattr(problem, name) + later for name in times})


def best(problem: PlainProblem) -> tuple[int, int]:
    found = search_plain(problem, 3000)
    return len(found.unserved), found.cost


@pytest.mark.parametrize("seed", range(3))
def test_nothing_but_the_problem_matters(seed: int) -> None:
    problem = random_problem(seed, stops=8, depots=2, windows=True, longest=True, symmetric=False, vehicles=2)
    unserved, cost = best(problem)
    assert best(permuted(problem, [1, 0], [3, 1, 7, 0, 2, 6, 5, 4])) == (unserved, cost)
    assert best(shifted(problem, 1000)) == (unserved, cost)
    assert best(scaled(problem, 1000)) == (unserved, 1000 * cost)


@pytest.mark.parametrize("seed", range(3))
def test_routes_without_times_may_be_driven_the_other_way(seed: int) -> None:
    problem = random_problem(seed, stops=8, symmetric=False)
    assert best(replace(problem, cost=problem.cost.T.copy())) == best(problem)


@pytest.mark.parametrize("seed", range(2))
def test_one_vehicle_more_never_costs_a_stop(seed: int) -> None:
    problem = random_problem(seed, stops=8, vehicles=1)
    assert best(replace(problem, vehicles=problem.vehicles + 1))[0] <= best(problem)[0]
