"""The best choice from a pool of routes: by hand, by trying all, and the checker itself."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import chain, combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.routing.master import RouteMaster
from optimize.routing.partitioning import PoolChoice, best_of_pool
from optimize.routing.pool_checking import PoolRule, check_choice
from optimize.routing.pools import CompressedRoutes
from scenarios import SolveStatus

COSTS = [4.0, 4.0, 4.0, 5.0, 3.0]
MEMBERS = [[0, 1], [1, 2], [0, 2], [0, 1, 2], [2]]


def arrays(members: list[list[int]]) -> list[Any]:
    return [np.array(row) for row in members]


def best(**given_: Any) -> PoolChoice:
    asked: dict[str, Any] = {"costs": COSTS, "members": MEMBERS, "stop_count": 3} | given_
    choice = best_of_pool(**asked | {"members": arrays(asked["members"])})
    names = ("group", "group_limits", "unserved_penalty", "must_serve", "is_covering")
    told = {name: asked[name] for name in names if asked.get(name) is not None}
    broken = check_choice(choice, asked["costs"], asked["members"], asked["stop_count"], **told)
    assert broken == ()
    return choice


def by_trying_all(
    costs: list[float],
    members: list[list[int]],
    penalties: list[float],
    group: list[int],
    limits: list[int],
    is_covering: bool,
) -> float:
    """The least cost over all sets of routes."""
    least, every = math.inf, range(len(costs))
    for chosen in chain.from_iterable(combinations(every, size) for size in range(len(costs) + 1)):
        visits = [sum(stop in members[r] for r in chosen) for stop in range(len(penalties))]
        if not is_covering and max(visits) > 1:
            continue
        if any(sum(group[r] == g for r in chosen) > limit for g, limit in enumerate(limits)):
            continue
        cost = sum(costs[r] for r in chosen) + sum(
            p for p, v in zip(penalties, visits, strict=True) if v == 0
        )
        least = min(least, cost)
    return least


def test_the_whole_beats_the_halves() -> None:
    choice = best()
    assert (choice.chosen, choice.cost, choice.status) == ((3,), 5.0, SolveStatus.OPTIMAL)
    assert (choice.bound, choice.gap, choice.unserved) == (5.0, 0.0, ())


def test_a_relaxation_below_the_optimum_is_branched_on() -> None:
    """Three pairs that overlap in a ring: the relaxation takes half of each for 6, one route of all costs 7."""
    choice = best(costs=[4.0, 4.0, 4.0, 7.0], members=MEMBERS[:4])
    assert (choice.chosen, choice.cost, choice.bound) == ((3,), 7.0, 7.0)
    assert math.fsum(choice.stop_duals) == pytest.approx(6.0)


def test_a_group_limit_bites_and_is_not_felt_where_it_is_wide() -> None:
    wide = best(group=[0, 0, 0, 1, 0], group_limits=[5, 5])
    tight = best(group=[0, 0, 0, 1, 0], group_limits=[5, 0])
    assert wide.chosen == (3,) and np.all(wide.group_duals == 0)
    assert (tight.chosen, tight.cost) == ((0, 4), 7.0)


def test_a_stop_is_left_out_where_that_is_cheaper() -> None:
    choice = best(unserved_penalty=[9.0, 9.0, 0.5])
    assert (choice.chosen, choice.unserved, choice.cost) == ((0,), (2,), 4.5)
    assert best(unserved_penalty=[9.0, 9.0, 0.5], must_serve=np.array([False, False, True])).chosen == (3,)
    assert best(unserved_penalty=[9.0, 9.0, math.inf]).chosen == (3,)
    assert best(unserved_penalty=[0.0, 0.0, 0.0]).chosen == ()


def test_a_stop_is_covered_twice_where_it_may_be() -> None:
    given_ = {"costs": [2.0, 2.0, 9.0], "members": [[0, 1], [1, 2], [0, 1, 2]]}
    assert best(**given_).chosen == (2,)
    assert best(**given_, is_covering=True).chosen == (0, 1)


def test_a_pool_that_cannot_serve_all_is_told() -> None:
    choice = best(costs=[4.0], members=[[0, 1]])
    assert (choice.status, choice.unserved, choice.bound) == (SolveStatus.INFEASIBLE, (2,), math.inf)
    assert (choice.chosen, choice.gap) == ((0,), 0.0)
    assert best(costs=[], members=[]).status is SolveStatus.INFEASIBLE


def test_the_start_is_kept_where_nothing_is_better_and_bettered_where_something_is() -> None:
    assert best(costs=[1.0, 1.0], members=[[0, 1, 2], [2, 1, 0]], start=(1,)).chosen == (1,)
    assert best(start=(0, 4)).chosen == (3,)


def test_without_branching_the_start_stays_with_the_bound_of_the_relaxation() -> None:
    pool = {"costs": [4.0, 4.0, 4.0, 9.0, 3.1], "members": MEMBERS}
    choice = best(**pool, start=(3,), route_limit=1, work_limit=0)
    assert (choice.chosen, choice.status) == ((3,), SolveStatus.FEASIBLE)
    assert choice.bound == pytest.approx(6.0) and choice.gap == pytest.approx(1 / 3)


def test_a_greedy_rule_chooses_where_the_limit_leaves_no_room() -> None:
    choice = best(costs=[1.0, 2.0, 9.0], members=[[0], [1], [0, 1, 2]], route_limit=1)
    assert (choice.status, choice.unserved) == (SolveStatus.FALLBACK, (2,))


def test_compressed_routes_and_rows_give_the_same_answer() -> None:
    rows = CompressedRoutes(np.array([0, 2, 4, 6, 9, 10]), np.array([0, 1, 1, 2, 0, 2, 0, 1, 2, 2]))
    assert best_of_pool(COSTS, rows, 3).chosen == best().chosen


def test_an_interrupt_keeps_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: RouteMaster) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RouteMaster, "solve", interrupted)
    choice = best(start=(0, 4))
    assert (choice.chosen, choice.status, choice.bound) == ((0, 4), SolveStatus.FEASIBLE, 0.0)
    assert choice.gap == 1.0


def test_a_linear_solver_that_fails_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    from ortools.math_opt.python import mathopt

    def failing(*_: Any, **__: Any) -> None:
        raise AttributeError("an error of the binding")

    monkeypatch.setattr(mathopt.IncrementalSolver, "solve", failing)
    assert (best().chosen, best().status) == ((3,), SolveStatus.OPTIMAL)
    monkeypatch.setattr(mathopt, "solve", failing)
    choice = best(start=(0, 4))
    assert (choice.chosen, choice.status, choice.bound) == ((0, 4), SolveStatus.FEASIBLE, 0.0)
    assert best().status is SolveStatus.FALLBACK


@st.composite
def pools(draw: st.DrawFn) -> dict[str, Any]:
    stops = draw(st.integers(1, 5))
    members = draw(
        st.lists(st.sets(st.integers(0, stops - 1), min_size=1).map(sorted), min_size=1, max_size=9)
    )
    size = len(members)
    costs = draw(st.lists(st.integers(0, 20).map(float), min_size=size, max_size=size))
    penalties = draw(st.lists(st.sampled_from([1.0, 7.0, math.inf]), min_size=stops, max_size=stops))
    group = draw(st.lists(st.integers(-1, 1), min_size=size, max_size=size))
    limits = draw(st.lists(st.integers(0, 3), min_size=2, max_size=2))
    return {
        "costs": costs, "members": members, "stop_count": stops, "unserved_penalty": penalties, "group": group,
        "group_limits": limits, "is_covering": draw(st.booleans()),
    }  # fmt: skip


@given(pool=pools(), turn=st.randoms(use_true_random=False), few=st.booleans())
@settings(max_examples=120, deadline=None)
def test_no_choice_of_any_pool_is_better(pool: dict[str, Any], turn: Any, few: bool) -> None:
    optimum = by_trying_all(
        pool["costs"], pool["members"], pool["unserved_penalty"], pool["group"], pool["group_limits"],
        pool["is_covering"],
    )  # fmt: skip
    choice = best(**pool)
    if math.isinf(optimum):
        assert choice.status is SolveStatus.INFEASIBLE
    else:
        assert (choice.cost, choice.status) == (optimum, SolveStatus.OPTIMAL)
    order = list(range(len(pool["costs"])))
    turn.shuffle(order)
    permuted = {name: [pool[name][r] for r in order] for name in ("costs", "members", "group")}
    assert best(**pool | permuted).cost == choice.cost or choice.status is SolveStatus.INFEASIBLE
    scaled = best(**pool | {"costs": [1e4 * c for c in pool["costs"]], "unserved_penalty": [
        1e4 * p for p in pool["unserved_penalty"]]})  # fmt: skip
    assert math.isinf(optimum) or scaled.cost == pytest.approx(1e4 * optimum)
    if few and math.isfinite(optimum):
        limited = best(**pool, start=choice.chosen, route_limit=1, work_limit=0)
        assert limited.cost == optimum and limited.bound <= optimum


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"costs": [1.0, math.nan, 1.0, 1.0, 1.0]}, r"costs\[1\] must be at least 0"),
        ({"costs": [1.0]}, "members must be 1 routes"),
        ({"members": [[0], [1], [2], [3], [0]]}, "members must be stops from 0 to 2, got 3"),
        ({"members": [[0], [1], [2], [1, 1], [0]]}, r"members\[3\] must name each stop once, got 1 twice"),
        ({"members": [[0], [1], [2], [], [0]]}, r"members\[3\] must be one or more stops"),
        ({"stop_count": 0}, "stop_count must be at least 1, got 0"),
        ({"group": [0, 0, 0, 0, 2], "group_limits": [1, 1]}, "group must be from -1 to 1, got 2"),
        ({"group": [0], "group_limits": [1]}, "group must be 5 groups"),
        ({"group": [0] * 5, "group_limits": [-1]}, r"group_limits\[0\] must be at least 0"),
        ({"group": [0] * 5, "group_limits": [1.5]}, "group_limits must be whole numbers, got 1.5"),
        ({"unserved_penalty": [1.0]}, r"unserved_penalty must have shape \(3,\)"),
        ({"unserved_penalty": [1.0, math.nan, 1.0]}, "unserved_penalty must be at least 0, got nan"),
        ({"must_serve": [1, 0, 1]}, "must_serve must be 3 truth values"),
        ({"start": (0,)}, "start must serve each stop once"),
        ({"start": (0, 1)}, "start must serve each stop once"),
        ({"start": (9,)}, "start must be different routes from 0 to 4"),
        ({"work_limit": -1}, "work_limit is -1"),
        ({"route_limit": 0}, "route_limit is 0"),
    ],
)
def test_bad_input_is_refused(changed: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"costs": COSTS, "members": MEMBERS, "stop_count": 3} | changed
    with pytest.raises(ValueError, match=message):
        best_of_pool(**asked | {"members": [np.array(row, dtype=np.int64) for row in asked["members"]]})


GOOD = {"group": [0, 0, 0, 1, 0], "group_limits": [5, 0], "unserved_penalty": [9.0, 9.0, math.inf]}


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        (PoolRule.KNOWN, {"chosen": (0, 5)}),
        (PoolRule.KNOWN, {"chosen": (4, 0)}),
        (PoolRule.ONCE, {"chosen": (0, 2), "cost": 8.0}),
        (PoolRule.UNSERVED, {"unserved": (1,)}),
        (PoolRule.MUST, {"chosen": (0,), "unserved": (2,), "cost": math.inf}),
        (PoolRule.GROUP, {"chosen": (3,), "cost": 5.0, "bound": 5.0}),
        (PoolRule.COST, {"cost": 7.5}),
        (PoolRule.BOUND, {"bound": 7.5}),
        (PoolRule.BOUND, {"bound": 6.5}),
        (PoolRule.DUALS, {"group_duals": np.array([0.0, 0.5])}),
    ],
)
def test_the_checker_sees_each_broken_rule(rule: PoolRule, change: dict[str, Any]) -> None:
    good = best(**GOOD)
    assert (good.chosen, good.cost) == ((0, 4), 7.0)
    broken = check_choice(replace(good, **change), COSTS, MEMBERS, 3, **GOOD)  # type: ignore[arg-type]
    assert rule in {found.rule for found in broken}
