from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.peers import search_with_ortools, search_with_pyvrp
from optimize.routing.plain.problem import PlainProblem, PlainSolution, plain_problem
from tests.plain_worlds import optimum, random_problem


def by_pyvrp(problem: PlainProblem) -> PlainSolution:
    pytest.importorskip("pyvrp")
    return search_with_pyvrp(problem, 300)


def by_ortools(problem: PlainProblem) -> PlainSolution:
    return search_with_ortools(problem, 100)


@pytest.mark.parametrize("search", [by_pyvrp, by_ortools])
@pytest.mark.parametrize("kind", [{}, {"windows": True}, {"longest": True}, {"depots": 2, "vehicles": 3}])
def test_peers_solve_the_same_problem(
    search: Callable[[PlainProblem], PlainSolution], kind: dict[str, int]
) -> None:
    problem = random_problem(4, **kind)
    found = search(problem)
    assert check_plain(problem, found) == ()
    assert (len(found.unserved), found.cost) == optimum(problem)


@pytest.mark.parametrize("search", [by_pyvrp, by_ortools])
def test_a_search_stops_when_told(search: Callable[[PlainProblem], PlainSolution]) -> None:
    problem, seen = random_problem(4, stops=20), []

    def stop(best: int | None) -> bool:
        seen.append(best)
        return len(seen) >= 5

    if search is by_pyvrp:
        pytest.importorskip("pyvrp")
        assert search_with_pyvrp(problem, 10**9, stop=stop).iterations <= 5
    else:
        search_with_ortools(problem, 10**9, stop=stop)
    assert len(seen) >= 5


def test_pyvrp_finds_nothing_where_a_stop_cannot_be_served() -> None:
    problem = plain_problem([[0, 1, 1], [1, 0, 1], [1, 1, 0]], [1, 9], 5)
    assert len(by_pyvrp(problem).unserved) == 2
    assert [one.stop for one in by_ortools(problem).unserved] == [1]


def test_no_stops_and_one_stop() -> None:
    for problem in (plain_problem([[0]], [], 1), plain_problem([[0, 3], [4, 0]], [1], 1)):
        assert check_plain(problem, by_ortools(problem)) == ()


def test_a_missing_pyvrp_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvrp", None)
    with pytest.raises(ModuleNotFoundError, match="pip install 'dualedge"):
        search_with_pyvrp(random_problem(1), 1)
