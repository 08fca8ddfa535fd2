"""The search finds the optimum of problems small enough to try everything."""

from __future__ import annotations

import pytest

from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.search import search_plain
from tests.plain_worlds import optimum, random_problem

KINDS = {
    "capacity": {},
    "asymmetric": {"symmetric": False},
    "windows": {"windows": True},
    "asymmetric windows": {"windows": True, "symmetric": False},
    "longest route": {"longest": True},
    "asymmetric longest route": {"longest": True, "symmetric": False},
    "windows and longest route": {"windows": True, "longest": True},
    "all of it, asymmetric": {
        "windows": True,
        "longest": True,
        "symmetric": False,
        "depots": 2,
        "vehicles": 1,
    },
    "two depots": {"depots": 2},
    "two depots, one vehicle each": {"depots": 2, "vehicles": 1},
    "one vehicle": {"vehicles": 1},
    "two vehicles, windows": {"vehicles": 2, "windows": True},
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", KINDS)
def test_the_optimum_is_found(kind: str, seed: int) -> None:
    problem = random_problem(seed, **KINDS[kind])
    found = search_plain(problem, 2000)
    assert check_plain(problem, found) == ()
    assert (len(found.unserved), found.cost) == optimum(problem)
