"""Lower bounds on routes: never above the optimum by trying all, equal to published ones where they can be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.routing.bounds.column_generation import RouteBound, lower_bound
from optimize.routing.bounds.pricing import Pricer
from scenarios import SolveStatus
from tests.route_optima import optimum_by_trying_all
from tests.vrp_files import PublishedInstance, multi_depot, small_cvrp, solomon


@st.composite
def little_problems(draw: st.DrawFn) -> dict[str, Any]:
    """Up to five stops anywhere on a grid, with or without windows, a longest route, a second depot."""
    depots = draw(st.integers(1, 2))
    size = depots + draw(st.integers(1, 5))
    points = np.array(draw(st.lists(st.tuples(*[st.integers(0, 9)] * 2), min_size=size, max_size=size)))
    legs = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    if draw(st.booleans()):
        legs = np.round(legs)
    detours = draw(st.lists(st.integers(0, 3), min_size=size * size, max_size=size * size))
    travel = legs + (np.array(detours).reshape(size, size) if draw(st.booleans()) else 0)
    opens, closes = np.zeros(size), np.full(size, np.inf)
    if draw(st.booleans()):
        opens[depots:] = draw(st.lists(st.integers(0, 20), min_size=size - depots, max_size=size - depots))
        closes[depots:] = opens[depots:] + draw(st.integers(4, 30))
        closes[:depots] = 70
    return {
        "cost": legs, "travel": travel, "demand": draw(st.lists(st.integers(0, 5), min_size=size, max_size=size)),
        "capacity": draw(st.integers(5, 12)), "opens": opens, "closes": closes,
        "service": np.full(size, draw(st.integers(0, 3))) * (np.arange(size) >= depots),
        "depots": list(range(depots)), "vehicles": [draw(st.integers(1, 3)) for _ in range(depots)],
        "longest_route": draw(st.sampled_from([math.inf, 40.0])),
    }  # fmt: skip


@given(asked=little_problems(), ng_size=st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_no_bound_is_above_the_optimum(asked: dict[str, Any], ng_size: int) -> None:
    optimum = optimum_by_trying_all(asked)
    found = lower_bound(**asked, ng_size=ng_size)
    assert found.bound <= optimum + 1e-9
    assert found.status is not SolveStatus.INFEASIBLE or math.isinf(optimum)
    for limit in (0, 100, 3000):
        assert lower_bound(**asked, ng_size=ng_size, work_limit=limit).bound <= optimum + 1e-9
    scaled = asked | {
        name: np.asarray(asked[name]) * 8.0 for name in ("cost", "travel", "opens", "closes", "service")
    }
    scaled["longest_route"] *= 8.0
    if not (asked["cost"] == np.floor(asked["cost"])).all():
        assert lower_bound(**scaled, ng_size=ng_size).bound == pytest.approx(8.0 * found.bound, abs=1e-5)


@given(asked=little_problems(), turn=st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_numbering_of_places_changes_nothing(asked: dict[str, Any], turn: Any) -> None:
    order = list(range(len(asked["cost"])))
    turn.shuffle(order)
    square = np.ix_(order, order)
    permuted = asked | {name: np.asarray(asked[name])[square] for name in ("cost", "travel")}
    permuted |= {name: np.asarray(asked[name])[order] for name in ("demand", "opens", "closes", "service")}
    permuted["depots"] = [order.index(depot) for depot in asked["depots"]]
    # Every stop remembers all others: which ones are near is a tie.
    first, second = lower_bound(**asked, ng_size=8), lower_bound(**permuted, ng_size=8)
    assert first.bound == pytest.approx(second.bound, abs=1e-5)


def gap(instance: PublishedInstance, found: RouteBound) -> float:
    assert found.bound <= instance.optimum * (1 + 1e-6)
    return (instance.optimum - found.bound) / instance.optimum


@pytest.mark.parametrize(("name", "stops"), [("C101", 100), ("R102", 100), ("C208", 25), ("R102", 50)])
def test_the_bound_is_the_optimum_where_the_linear_program_has_no_gap(name: str, stops: int) -> None:
    instance = solomon(name, stops)
    found = lower_bound(**instance.arguments)
    assert found.is_converged
    assert gap(instance, found) < 1e-6


@pytest.mark.parametrize(("name", "stops", "published"), [("R102", 25, 546.333), ("R104", 25, 416.9)])
def test_published_linear_bounds_are_met(name: str, stops: int, published: float) -> None:
    """Elementary routes: Kohl, Desrosiers, Madsen, Solomon & Soumis (1999), table of R1."""
    found = lower_bound(**solomon(name, stops).arguments, ng_size=20, cut_limit=0)
    assert found.bound == pytest.approx(published, abs=0.05)


@pytest.mark.parametrize(
    ("name", "stops", "gap_without"), [("RC101", 25, 0.11), ("RC103", 50, 0.09), ("R102", 25, 1e-3)]
)
def test_sets_that_one_vehicle_cannot_serve_close_the_gap(name: str, stops: int, gap_without: float) -> None:
    instance = solomon(name, stops)
    assert gap(instance, lower_bound(**instance.arguments, cut_limit=0)) > gap_without
    assert gap(instance, lower_bound(**instance.arguments)) < 1e-6


def test_sets_that_fill_more_vehicles_raise_the_bound() -> None:
    """Three stops, two of which fit a vehicle: mixtures of pairs need one and a half vehicles, plans two."""
    legs = np.zeros((4, 4))
    legs[0], legs[:, 0] = 5.5, 5.5
    asked = square(
        cost=legs, travel=legs, demand=[0, 1, 1, 1], opens=[0] * 4, closes=[99] * 4, service=[0] * 4
    )
    assert lower_bound(**asked, cut_limit=0).bound == pytest.approx(16.5)
    assert lower_bound(**asked).bound == pytest.approx(22)
    assert lower_bound(**asked | {"capacity": 3}).bound == pytest.approx(11)
    alike = asked | {"capacity": 3, "travel": np.where(legs > 0, 1.0, 9.0), "closes": [99, 12, 12, 12]}
    assert lower_bound(**alike, cut_limit=0).bound == pytest.approx(16.5)
    assert lower_bound(**alike).bound == pytest.approx(22)


def test_plain_capacity_and_several_depots() -> None:
    capacity = small_cvrp("P-n16-k8")
    assert 0 <= gap(capacity, lower_bound(**capacity.arguments)) < 0.04
    depots = multi_depot("p01")
    assert 0 <= gap(depots, lower_bound(**depots.arguments, work_limit=600_000_000)) < 0.05


def test_more_memory_never_lowers_the_bound_and_a_limit_never_raises_it() -> None:
    asked = solomon("R108", 25).arguments
    bounds = [lower_bound(**asked, ng_size=size, cut_limit=0).bound for size in (1, 4, 10)]
    assert bounds == sorted(bounds) and bounds[0] < bounds[2]
    limited = [lower_bound(**asked, work_limit=limit).bound for limit in (0, 10**6, 10**7, 10**9)]
    assert limited == sorted(limited)
    assert lower_bound(**asked, work_limit=10**6).status is SolveStatus.FEASIBLE


def test_one_vehicle_less_costs_what_its_dual_says_or_more() -> None:
    instance = solomon("R102", 25)
    asked = instance.arguments
    free = lower_bound(**asked)
    fewer = lower_bound(**asked | {"vehicles": [5]})
    assert free.depot_duals[0] == 0 and fewer.depot_duals[0] < 0
    assert fewer.bound > free.bound + 1


def test_wider_windows_never_raise_the_bound() -> None:
    asked = solomon("C101", 25).arguments
    wider = asked | {"opens": asked["opens"] * (np.arange(26) % 2), "closes": asked["closes"]}
    assert lower_bound(**wider).bound <= lower_bound(**asked).bound + 1e-6


def test_known_routes_change_the_way_and_not_the_bound() -> None:
    asked = solomon("R104", 25).arguments
    first = lower_bound(**asked)
    again = lower_bound(**asked, pool=[(tuple(stops), depot) for stops, depot in first.routes])
    assert again.bound == pytest.approx(first.bound, abs=1e-4)
    assert again.iterations < first.iterations


def square(**changed: Any) -> dict[str, Any]:
    """A depot and two stops, a mile apart each."""
    legs = np.ones((3, 3)) - np.eye(3)
    return {
        "cost": legs, "travel": legs, "demand": [0, 1, 1], "capacity": 2, "opens": [0, 0, 0],
        "closes": [9, 9, 9], "service": [0, 0, 0], "depots": [0], "vehicles": [2],
    } | changed  # fmt: skip


def test_by_hand() -> None:
    assert lower_bound(**square()).bound == 3
    assert lower_bound(**square(capacity=1)).bound == 4
    assert lower_bound(**square(longest_route=2.5)).bound == 4
    together = square(cost=np.zeros((3, 3)), travel=np.zeros((3, 3)))
    assert lower_bound(**together).bound == 0
    one = square(cost=[[0, 2.5], [2.5, 0]], travel=[[0, 1], [1, 0]])
    one |= {"demand": [0, 1], "opens": [0, 0], "closes": [9, 9], "service": [0, 0]}
    assert lower_bound(**one).bound == pytest.approx(5)


def test_what_nobody_can_serve_is_named() -> None:
    for changed in ({"demand": [0, 1, 3]}, {"closes": [9, 9, 0.5]}, {"opens": [0, 0, 8.5]}):
        found = lower_bound(**square(**changed))
        assert (found.status, found.unservable, found.bound) == (SolveStatus.INFEASIBLE, (2,), math.inf)
    apart = np.where(np.arange(3) == 2, np.inf, square()["cost"])
    assert lower_bound(**square(cost=apart)).unservable == (2,)
    assert lower_bound(**square(vehicles=[0])).unservable == (1, 2)


def test_an_interrupt_keeps_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, calls = solomon("R104", 25).arguments, []
    whole = lower_bound(**asked)
    price = Pricer.price_at

    def interrupted(self: Pricer, *duals: Any) -> None:
        calls.append(duals)
        if len(calls) > 15:
            raise KeyboardInterrupt
        price(self, *duals)

    monkeypatch.setattr(Pricer, "price_at", interrupted)
    found = lower_bound(**asked)
    assert found.status is SolveStatus.FEASIBLE
    assert 0 < found.bound < whole.bound


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cost": np.zeros((2, 3))}, "cost must be a square of 2 or more places"),
        ({"cost": np.full((3, 3), np.nan)}, "cost must be from 0 to 1e[+]15, or infinite, got nan"),
        ({"travel": -np.ones((3, 3))}, "travel must be from 0"),
        ({"travel": np.ones((2, 2))}, r"travel must have shape \(3, 3\), got \(2, 2\)"),
        ({"demand": [0, 1, np.inf]}, "demand must be from 0"),
        ({"opens": [0, np.nan, 0]}, "opens must be"),
        ({"closes": [9, np.nan, 9]}, "closes must be"),
        ({"service": [0, -1, 0]}, "service must be from 0"),
        ({"capacity": -1}, "capacity must be from 0"),
        ({"longest_route": np.nan}, "longest_route must be"),
        ({"depots": []}, "depots must be one or more"),
        ({"depots": [3]}, "depots must be places from 0 to 2"),
        ({"depots": [0, 0]}, "depots must be one or more different places"),
        ({"vehicles": [1, 1]}, "vehicles must be 1 whole numbers"),
        ({"vehicles": [-1]}, "vehicles must be 1 whole numbers"),
        ({"pool": [((0, 1), 0)]}, r"pool\[0\] must name one or more places of stops"),
        ({"pool": [((1,), 1)]}, r"pool\[0\] must name a depot from 0 to 0"),
        ({"cut_limit": -1}, "cut_limit is -1"),
        ({"ng_size": 0}, "ng_size must be from 1 to 32"),
        ({"work_limit": -1}, "work_limit must be at least 0"),
    ],
)
def test_bad_input_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lower_bound(**square(**changed))
