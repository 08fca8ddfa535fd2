"""Tours under each rule: once where it bites and once where it does not; and what must not change an optimum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.plan import (
    BREAK,
    BREAK_ON_ARRIVAL,
    RELOAD,
    ToursPlan,
    ToursStatus,
    UnservedReason,
)
from optimize.routing.tours.problem import Lateness, Roads, Tours, Vehicles, Visits
from optimize.routing.tours.quoting import quote
from optimize.routing.tours.repairing import is_possible
from optimize.routing.tours.searching import first_tours, repair, search_tours
from tests.tours_by_hand import best_by_trying, random_tours, roads_between

HOUR = 3600


def planned(problem: Tours, **how: Any) -> ToursPlan:
    plan = search_tours(problem, **({"iterations": 300} | how))
    assert not check_tours(problem, plan)
    return plan


def on_a_line(kilometres: list[int], visits: dict[str, Any], vehicles: dict[str, Any], **table: Any) -> Tours:
    """Visits at these distances from place 0, a kilometre a minute; one vehicle unless more start there."""
    places = np.array([0, *kilometres])
    apart = np.abs(places[:, None] - places[None])
    start = vehicles.pop("start_place", [0])
    factors = table.pop("factors", None)
    return Tours.of(
        Visits.of(np.arange(1, len(places)), **visits),
        Vehicles.of(start, **vehicles),
        Roads(apart * 60, apart * 1000, factors),
        **table,
    )


# One rule, where it bites and where it does not


@pytest.mark.parametrize(("capacity", "tours"), [(3, 2), (4, 1)])
def test_capacity(capacity: int, tours: int) -> None:
    fleet = {"start_place": [0, 0], "capacity": [[9, capacity]] * 2, "cost_fixed": [10.0] * 2}
    plan = planned(on_a_line([1, 2], {"load": [[1, 2], [1, 2]]}, fleet))
    assert len(plan.tours) == tours


@pytest.mark.parametrize(("collected", "tours"), [([0, 2], 1), ([2, 3], 2)])
def test_returns_need_room_at_every_moment(collected: list[int], tours: int) -> None:
    fleet = {"start_place": [0, 0], "capacity": [[4]] * 2, "cost_fixed": [10.0] * 2}
    plan = planned(on_a_line([1, 2], {"load": [[2], [2]], "collected": np.array([collected]).T}, fleet))
    assert len(plan.tours) == tours


@pytest.mark.parametrize(("reloads", "left_out"), [(0, 1), (1, 0)])
def test_a_reload_makes_a_second_trip(reloads: int, left_out: int) -> None:
    fleet = {"capacity": [[1]], "reload_place": [0], "reload_seconds": [600], "most_reloads": [reloads]}
    plan = planned(on_a_line([1, 2], {"load": [[1], [1]]}, fleet))
    assert (plan.must_unserved, sum(tour.stops.count(RELOAD) for tour in plan.tours)) == (left_out, reloads)


@pytest.mark.parametrize(("wrench", "order"), [(1, (0,)), (0, (RELOAD, 0))])
def test_a_missing_tool_is_fetched_first(wrench: int, order: tuple[int, ...]) -> None:
    fleet = {"on_board": [[wrench]], "reload_place": [0], "most_reloads": [1]}
    plan = planned(on_a_line([5], {"parts": [[1]], "is_tool": [True]}, fleet))
    assert plan.tours[0].order == order


@pytest.mark.parametrize(("second_opens", "start"), [(1200, 1200), (3600, 3600)])
def test_who_misses_a_window_waits_for_the_next(second_opens: int, start: int) -> None:
    windows = {"window_opens": [[0, second_opens]], "window_closes": [[500, 9000]]}
    plan = planned(on_a_line([10], windows, {}))
    assert plan.tours[0].start_seconds == (start,)
    assert plan.tours[0].depart_second == start - 600


@pytest.mark.parametrize(("longest", "tours"), [(10_000, 1), (5_000, 2)])
def test_longest_tour(longest: int, tours: int) -> None:
    fleet = {"start_place": [0, 0], "longest_seconds": [longest] * 2, "cost_fixed": [10.0] * 2}
    plan = planned(on_a_line([20, 10], {}, fleet, service_seconds=[[1500, 1500]] * 2))
    assert len(plan.tours) == tours


@pytest.mark.parametrize(("latest", "breaks"), [(2 * HOUR, 1), (6 * HOUR, 0)])
def test_a_break_is_taken_only_by_who_is_out_over_its_time(latest: int, breaks: int) -> None:
    fleet = {"break_seconds": [1800], "break_earliest_second": [HOUR], "break_latest_second": [latest]}
    visits = {"window_opens": [[0], [3 * HOUR]], "window_closes": [[1000], [4 * HOUR]]}
    tour = planned(on_a_line([10, 20], visits, fleet)).tours[0]
    assert tour.stops.count(BREAK) + tour.stops.count(BREAK_ON_ARRIVAL) == breaks


def test_a_tour_that_begins_after_the_time_of_the_break_needs_none() -> None:
    fleet = {"break_seconds": [1800], "break_earliest_second": [HOUR], "break_latest_second": [2 * HOUR]}
    tour = planned(on_a_line([10], {"window_opens": [[9 * HOUR]]}, fleet)).tours[0]
    assert (tour.depart_second, tour.stops) == (9 * HOUR - 600, (0,))


@pytest.mark.parametrize(("limit", "end"), [(40 * 60, 40 * 60), (30 * 60, 40 * 60 + 900)])
def test_driver_rule(limit: int, end: int) -> None:
    fleet = {"break_seconds": [900], "longest_driving_seconds": [limit]}
    assert planned(on_a_line([10, 20], {}, fleet)).tours[0].end_second == end


@pytest.mark.parametrize(("rate", "late"), [(1.0, True), (100.0, False)])
def test_lateness_is_weighed_against_kilometres(rate: float, late: bool) -> None:
    visits = {"due_second": [10**9, 1200], "lateness_class": [-1, 0]}
    # Due first at 20 km means driving past the first one, which takes two hours there.
    problem = on_a_line(
        [10, -20],
        visits,
        {"cost_per_km": [1.0], "end_place": [-1]},
        service_seconds=[[7200, 0]],
        lateness=Lateness.per_hour(rate),
    )
    assert (planned(problem).money.lateness > 0) == late


def test_lateness_follows_its_curve() -> None:
    curve = Lateness(np.array([[0, 600, 1200]]), np.array([[0.0, 10.0, 40.0]]))
    for late, cost in ((0, 0.0), (300, 5.0), (600, 10.0), (900, 25.0), (1800, 70.0)):
        problem = on_a_line([60], {"due_second": [HOUR - late], "lateness_class": [0]}, {}, lateness=curve)
        assert planned(problem).money.lateness == pytest.approx(cost)


@pytest.mark.parametrize(("worth", "is_served"), [(19.0, False), (21.0, True)])
def test_a_visit_is_made_when_it_is_worth_it(worth: float, is_served: bool) -> None:
    problem = on_a_line([10], {"unserved_cost": [worth]}, {"cost_per_km": [1.0]})
    plan = planned(problem)
    assert bool(plan.tours) == is_served
    if not is_served:
        assert plan.unserved[0].reason is UnservedReason.COST
        assert plan.unserved[0].relaxation == "it would cost 20.00"


@pytest.mark.parametrize(("balance", "tours"), [(0.0, 1), (50.0, 2)])
def test_balance_evens_tours_out(balance: float, tours: int) -> None:
    fleet = {"start_place": [0, 0], "balance_cost": [balance] * 2, "cost_fixed": [30.0] * 2}
    plan = planned(on_a_line([1, 1], {}, fleet, service_seconds=[[HOUR, HOUR]] * 2))
    assert len(plan.tours) == tours


def test_overtime_is_charged_after_the_regular_end() -> None:
    fleet = {"regular_end_second": [HOUR], "shift_end_second": [9 * HOUR], "overtime_cost_per_hour": [30.0]}
    plan = planned(on_a_line([30], {}, fleet, service_seconds=[[HOUR]]))
    assert plan.money.overtime == pytest.approx(30.0)


@pytest.mark.parametrize(("end_place", "metres"), [(0, 20_000), (-1, 10_000), (2, 10_000)])
def test_tours_end_at_their_own_place_or_with_the_last_visit(end_place: int, metres: int) -> None:
    problem = on_a_line(
        [10, 10], {"unserved_cost": [np.inf, 0.0]}, {"end_place": [end_place], "cost_per_km": [1.0]}
    )
    assert planned(problem).tours[0].distance_metres == metres


def test_rush_hour_is_avoided_and_arrivals_are_exact() -> None:
    factors = np.ones(24)
    factors[1] = 3.0
    problem = on_a_line([30], {"window_opens": [[0]]}, {"cost_per_hour": [1.0]}, factors=factors)
    # Half an hour there; of half an hour back from 00:30 on nothing falls into the slow hour.
    assert planned(problem).tours[0].end_second == HOUR
    later = replace(problem, vehicles=replace(problem.vehicles, shift_start_second=np.array([HOUR - 900])))
    tour = planned(later).tours[0]
    # A quarter before one o'clock, the other takes three times as long; back half an hour at that speed.
    assert tour.arrival_seconds == (HOUR + 2700,)
    assert tour.end_second == 2 * HOUR + 1500


def test_skills_prefer_and_exclude() -> None:
    table = {"allowed": [[True, False], [True, True]], "extra_cost": [[5.0, 0.0], [0.0, 0.0]]}
    fleet = {"start_place": [0, 0], "cost_per_km": [1.0, 1.1]}
    plan = planned(on_a_line([10, -10], {}, fleet, **table))
    assert {tour.vehicle: tour.order for tour in plan.tours}.get(0) is None
    cheaper = {**table, "extra_cost": [[1.0, 0.0], [0.0, 0.0]]}
    plan = planned(on_a_line([10, -10], {}, {"start_place": [0, 0], "cost_per_km": [1.0, 1.1]}, **cheaper))
    assert plan.orders == {0: (0,), 1: (1,)}


# Why a visit is left out


@pytest.mark.parametrize(
    ("visits", "vehicles", "table", "reason", "relaxation"),
    [
        ({}, {}, {"allowed": [[False]]}, UnservedReason.NOBODY, ""),
        (
            {"load": [[9]]},
            {"capacity": [[7]]},
            {},
            UnservedReason.CAPACITY,
            "capacity 9 of vehicle 0 instead of 7",
        ),
        (
            {"parts": [[2]]},
            {"on_board": [[1]]},
            {},
            UnservedReason.PARTS,
            "1 of part 0 more aboard vehicle 0",
        ),
        (
            {"window_closes": [[500]]},
            {},
            {},
            UnservedReason.TIME_WINDOW,
            "closes at 00:10:00 instead of 00:08:20",
        ),
        ({}, {"shift_end_second": [1000]}, {}, UnservedReason.SHIFT, "vehicle 0 may stay out 200 s longer"),
        ({}, {"longest_seconds": [1100]}, {}, UnservedReason.SHIFT, "vehicle 0 may stay out 100 s longer"),
    ],
)
def test_reasons(visits: Any, vehicles: Any, table: Any, reason: UnservedReason, relaxation: str) -> None:
    plan = planned(on_a_line([10], visits, dict(vehicles), **table))
    assert plan.status is ToursStatus.INFEASIBLE
    assert plan.unserved[0].reason is reason
    assert plan.unserved[0].relaxation.startswith(relaxation)


def test_when_all_vehicles_are_taken_one_more_would_do() -> None:
    plan = planned(on_a_line([10, -10], {}, {"shift_end_second": [1300]}))
    assert plan.status is ToursStatus.PARTIAL
    assert [(one.reason, one.relaxation) for one in plan.unserved] == [
        (UnservedReason.FLEET, "one more vehicle")
    ]


# What must not change an optimum


def _permuted(problem: Tours) -> Tours:
    order = np.arange(problem.visit_count)[::-1]
    visits = {name: getattr(problem.visits, name)[order] for name in problem.visits.spec if name != "is_tool"}
    tables = {name: getattr(problem, name)[:, order] for name in problem.spec}
    return replace(problem, visits=replace(problem.visits, **visits), **tables)


def _vehicles_permuted(problem: Tours) -> Tours:
    order = np.arange(problem.vehicle_count)[::-1]
    columns = {
        name: getattr(problem.vehicles, name)[order] for name in problem.vehicles.spec if name != "kind"
    }
    tables = {name: getattr(problem, name)[order] for name in problem.spec}
    return replace(problem, vehicles=replace(problem.vehicles, **columns), **tables)


def _a_day_later(problem: Tours) -> Tours:
    visits = {
        name: getattr(problem.visits, name) + 86_400
        for name in ("window_opens", "window_closes", "due_second")
    }
    names = ("shift_start_second", "shift_end_second", "regular_end_second")
    vehicles = {name: getattr(problem.vehicles, name) + 86_400 for name in names}
    return replace(
        problem, visits=replace(problem.visits, **visits), vehicles=replace(problem.vehicles, **vehicles)
    )


@pytest.mark.parametrize("change", [_permuted, _vehicles_permuted, _a_day_later])
def test_what_changes_nothing(change: Callable[[Tours], Tours]) -> None:
    problem = random_tours(11, 8, 3, late=True, windows=True, hours=True, skills=True)
    costs = [planned(one, iterations=4000).rank for one in (problem, change(problem))]
    assert costs[0] == pytest.approx(costs[1])


def test_money_scales() -> None:
    problem = random_tours(12, 7, 2, windows=True, optional=True)
    names = ("cost_fixed", "cost_per_km")
    dearer = replace(
        problem,
        vehicles=replace(problem.vehicles, **{name: 7 * getattr(problem.vehicles, name) for name in names}),
        visits=replace(problem.visits, unserved_cost=7 * problem.visits.unserved_cost),
    )
    assert planned(dearer, iterations=2000).cost == pytest.approx(7 * planned(problem, iterations=2000).cost)


@pytest.mark.parametrize("seed", range(3))
def test_wider_windows_never_lengthen_an_optimum(seed: int) -> None:
    problem = random_tours(seed, 5, 2, windows=True, hours=True)
    wider = replace(problem, visits=replace(problem.visits, window_closes=problem.visits.window_closes + 700))
    assert planned(wider, iterations=2000).rank <= best_by_trying(problem)


# The search


def test_the_same_search_gives_the_same_plan_and_another_seed_may_not() -> None:
    problem = random_tours(3, 30, 4, windows=True, goods=True, reload=True, skills=True)
    plans = [search_tours(problem, iterations=200, seed=seed) for seed in (1, 1, 2, 3)]
    assert plans[0] == plans[1]
    assert len({plan.cost for plan in plans}) > 1


def test_chunks_do_not_change_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimize.routing.tours import searching

    problem = random_tours(3, 30, 4, windows=True, goods=True, reload=True, skills=True)
    whole = search_tours(problem, iterations=300)
    monkeypatch.setattr(searching, "_LONGEST_CHUNK_SECONDS", 0.0)
    assert search_tours(problem, iterations=300) == whole


def test_an_interrupted_search_gives_its_best_plan() -> None:
    def stop(step: str, finished: int, wanted: int) -> None:
        if finished >= 8:
            raise KeyboardInterrupt

    problem = random_tours(3, 30, 4, windows=True)
    plan = planned(problem, iterations=10**6, progress=stop)
    assert plan.is_interrupted
    assert plan.iterations == 8
    assert plan.rank <= first_tours(problem).rank


def test_a_search_is_never_worse_than_its_start_and_leaves_frozen_tours_alone() -> None:
    problem = random_tours(5, 20, 3, windows=True, skills=True, hours=True)
    good = search_tours(problem, iterations=3000)
    again = planned(problem, iterations=5, start=good, frozen=[good.tours[0].vehicle])
    assert again.rank <= good.rank
    assert again.tours[0] == good.tours[0]


def test_tours_of_the_search_are_gathered() -> None:
    problem, pool = random_tours(5, 12, 3, windows=True), {}
    planned(problem, iterations=500, pool=pool)
    assert pool
    assert all(money > 0 for money in pool.values())


# Repair and quote


def test_repair_keeps_the_order_drops_what_no_longer_fits_and_inserts_what_is_new() -> None:
    problem = on_a_line([10, 20, 30], {"unserved_cost": [100.0, 100.0, 100.0]}, {"cost_per_km": [1.0]})
    plan = planned(problem)
    closed = replace(
        problem,
        visits=replace(problem.visits, window_closes=np.array([[10**9], [900], [10**9]])),
    )
    repaired = repair(closed, plan)
    assert [one.visit for one in repaired.unserved] == [1]
    assert set(repaired.tours[0].visits) == {0, 2}
    assert set(repair(problem, repaired).tours[0].visits) == {0, 1, 2}


def test_a_quote_is_the_detour_and_its_window() -> None:
    problem = on_a_line([10, 30, 20], {"unserved_cost": [np.inf, np.inf, 0.0]}, {"cost_per_km": [1.0]})
    plan = planned(problem)
    assert quote(problem, plan, 2).money == pytest.approx(0.0)
    farther = on_a_line([10, 30, 35], {"unserved_cost": [np.inf, np.inf, 0.0]}, {"cost_per_km": [1.0]})
    asked = quote(farther, plan, 2, windows=[(10 * HOUR, 12 * HOUR)])
    assert asked.money == pytest.approx(10.0)
    assert asked.start_second == 10 * HOUR
    refused = quote(farther, plan, 2, windows=[(0, 60)])
    assert refused.unserved is not None
    assert refused.unserved.reason is UnservedReason.TIME_WINDOW
    with pytest.raises(ValueError, match="windows"):
        quote(farther, plan, 2, windows=[(60, 0)])


# Strange problems


def test_nothing_to_do_and_nobody_to_do_it() -> None:
    nothing = on_a_line([], {}, {})
    assert planned(nothing).status is ToursStatus.NOTHING_TO_DO
    nobody = Tours.of(Visits.of([0]), Vehicles.of(np.zeros(0, int)), roads_between([(0, 0)]))
    plan = planned(nobody)
    assert plan.status is ToursStatus.INFEASIBLE
    assert plan.unserved[0].reason is UnservedReason.NOBODY


def test_all_in_one_place_costs_nothing_and_is_optimal() -> None:
    problem = on_a_line([0, 0, 0], {}, {"cost_per_km": [1.0]})
    assert planned(problem).status is ToursStatus.OPTIMAL


def test_roads_where_a_detour_is_shorter_do_not_break_the_search() -> None:
    draw = np.random.default_rng(1)
    lengths = draw.integers(1, 2000, (16, 16))
    visits = Visits.of(np.arange(1, 16), window_closes=draw.integers(2000, 6000, (15, 1)))
    vehicles = Vehicles.of([0] * 3, cost_per_km=[1.0] * 3, longest_seconds=[4000] * 3, kind=[0] * 3)
    planned(Tours.of(visits, vehicles, Roads(lengths, lengths)), iterations=2000)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"unserved_cost": [np.nan]}, "unserved_cost holds nan"),
        ({"load": [[-1]]}, "load holds -1"),
        ({"window_opens": [[5.5]]}, "not whole"),
        ({"window_opens": [[9]], "window_closes": [[3]]}, "visit 0 has no window"),
        ({"twin": [0]}, "its own twin"),
        ({"lateness_class": [0]}, "lateness_class"),
        ({"due_second": [1, 2]}, "due_second has shape"),
        ({"colour": [1]}, "unknown: colour"),
    ],
)
def test_wrong_problems_are_told(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        on_a_line([10], wrong, {})


def test_wrong_limits_are_told() -> None:
    problem = on_a_line([10], {}, {})
    with pytest.raises(ValueError, match="iterations"):
        search_tours(problem, iterations=-1)
    with pytest.raises(ValueError, match="seed"):
        search_tours(problem, iterations=1, seed=-1)
    with pytest.raises(ValueError, match="temperatures"):
        search_tours(problem, iterations=1, temperatures=(0.1, 1.0))


def test_orders_are_told_apart_by_what_is_possible() -> None:
    from optimize.routing.tours.loading import Work

    problem = on_a_line(
        [10, 20], {"load": [[3], [3]]}, {"capacity": [[4]], "reload_place": [0], "most_reloads": [1]}
    )
    work = Work.on(problem)
    assert is_possible(work, 0, [0])
    assert not is_possible(work, 0, [0, 1])
    assert is_possible(work, 0, [0, RELOAD, 1])
    assert not is_possible(work, 0, [0, RELOAD, RELOAD, 1])
