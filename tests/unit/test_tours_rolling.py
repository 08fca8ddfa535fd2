"""Plans while the day goes on: what is near stays, nothing gets worse, and what is done is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.plan import RELOAD, ToursPlan
from optimize.routing.tours.problem import Tours, Vehicles, Visits
from optimize.routing.tours.quoting import quote
from optimize.routing.tours.rolling import pinned, replan, rest_of_day
from optimize.routing.tours.searching import repair, search_tours
from tests.tours_by_hand import roads_between

HOUR = 3_600
ITERATIONS = 300


def day(seed: int, visits: int = 12, technicians: int = 3, *, starts: int = 8 * HOUR, **more: Any) -> Tours:
    """Technicians with homes around a town an hour wide, visits of half an hour to an hour, paid by the hour."""
    chance = np.random.default_rng(seed)
    points = chance.integers(0, HOUR, (visits + technicians + 1, 2))
    opens = chance.integers(8, 14, (visits, 1)) * HOUR
    given: dict[str, Any] = {"parts": np.zeros((visits, 2), int), "is_tool": [False, True]} | more
    return Tours.of(
        Visits.of(
            np.arange(visits), window_opens=opens, window_closes=opens + 4 * HOUR,
            unserved_cost=np.full(visits, 500.0), **given,
        ),
        Vehicles.of(
            visits + np.arange(technicians), shift_start_second=np.full(technicians, starts),
            shift_end_second=np.full(technicians, 18 * HOUR), cost_per_hour=np.full(technicians, 30.0),
            break_seconds=np.full(technicians, HOUR // 2), break_earliest_second=np.full(technicians, 12 * HOUR),
            break_latest_second=np.full(technicians, 14 * HOUR), on_board=np.full((technicians, 2), 2),
            reload_place=np.full(technicians, visits + technicians), most_reloads=np.ones(technicians),
        ),
        roads_between(points),
        service_seconds=chance.integers(HOUR // 2, HOUR, (technicians, visits)),
    )  # fmt: skip


def with_parts(seed: int) -> Tours:
    return day(seed, parts=np.random.default_rng(seed).integers(0, 2, (12, 2)), is_tool=[False, True])


def starts_of(plan: ToursPlan) -> dict[int, tuple[int, int]]:
    """Vehicle and second of each visit that is made."""
    return {
        stop: (tour.vehicle, start)
        for tour in plan.tours
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True)
        if stop >= 0
    }


def first_but(problem: Tours, left_out: int) -> ToursPlan:
    """A plan without one visit, as if nobody had known of it."""
    allowed = problem.allowed.copy()
    allowed[:, left_out] = False
    return search_tours(replace(problem, allowed=allowed), iterations=ITERATIONS)


class TestReplan:
    @pytest.mark.parametrize("seed", range(4))
    def test_never_worse_than_the_repaired_incumbent(self, seed: int) -> None:
        problem = with_parts(seed)
        incumbent = first_but(problem, 3)
        found = replan(problem, incumbent, 8 * HOUR, HOUR, ITERATIONS)
        assert found.rank <= repair(problem, incumbent).rank

    @pytest.mark.parametrize("seed", range(4))
    def test_what_begins_soon_stays(self, seed: int) -> None:
        problem = day(seed)
        incumbent = repair(problem, first_but(problem, 3))
        found = starts_of(replan(problem, incumbent, 8 * HOUR, 3 * HOUR, ITERATIONS))
        soon = {visit: where for visit, where in starts_of(incumbent).items() if where[1] <= 11 * HOUR}
        assert soon
        assert {visit: found[visit] for visit in soon} == soon

    def test_without_a_frozen_window_more_is_won(self) -> None:
        free, held = 0.0, 0.0
        for seed in range(4):
            problem = day(seed)
            incumbent = repair(problem, first_but(problem, 3))
            free += replan(problem, incumbent, 8 * HOUR, 0, ITERATIONS).cost
            held += replan(problem, incumbent, 8 * HOUR, 10 * HOUR, ITERATIONS).cost
        assert free < held

    def test_all_frozen_leaves_the_incumbent(self) -> None:
        problem = day(1)
        incumbent = search_tours(problem, iterations=ITERATIONS)
        found = replan(problem, incumbent, 8 * HOUR, 10 * HOUR, ITERATIONS)
        made = starts_of(incumbent)
        assert {visit: where for visit, where in starts_of(found).items() if visit in made} == made

    def test_crews_stay_together(self) -> None:
        problem = day(2, twin=[1, 0, *[-1] * 10])
        incumbent = search_tours(problem, iterations=ITERATIONS)
        found = replan(problem, incumbent, 8 * HOUR, 2 * HOUR, ITERATIONS)
        made = starts_of(found)
        assert made[0][1] == made[1][1]
        assert made[0][0] != made[1][0]

    def test_a_vehicle_in_the_past_is_refused(self) -> None:
        problem = day(1)
        with pytest.raises(ValueError, match=r"shift_start_second\[0\] is 28800, before now"):
            replan(problem, search_tours(problem, iterations=1), 9 * HOUR, 0, 1)

    def test_the_same_seed_gives_the_same_plan(self) -> None:
        problem = day(3)
        incumbent = first_but(problem, 3)
        assert replan(problem, incumbent, 8 * HOUR, HOUR, 100, seed=5) == replan(
            problem, incumbent, 8 * HOUR, HOUR, 100, seed=5
        )


class TestRestOfDay:
    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("hour", [9, 11, 13, 15])
    def test_the_rest_of_a_plan_can_go_on_as_it_is(self, seed: int, hour: int) -> None:
        problem = with_parts(seed)
        plan = search_tours(problem, iterations=ITERATIONS)
        left = rest_of_day(problem, plan, hour * HOUR)
        again = repair(left.problem, left.plan)
        made = {int(left.visits[visit]) for visit in starts_of(again)}
        begun = {stop for order in left.begun.values() for stop in order if stop != RELOAD}
        assert made | begun == set(starts_of(plan))
        assert not made & begun
        assert not check_tours(left.problem, again)
        # nobody is anywhere earlier or later than the first plan says
        before = starts_of(plan)
        for visit, (vehicle, start) in starts_of(again).items():
            assert before[int(left.visits[visit])][0] == vehicle
            assert start >= hour * HOUR or before[int(left.visits[visit])][1] == start

    def test_before_the_day_nothing_has_begun(self) -> None:
        problem = day(1)
        left = rest_of_day(problem, search_tours(problem, iterations=50), 7 * HOUR)
        assert left.begun == {}
        assert left.visits.tolist() == list(range(12))

    def test_unknown_visits_are_not_in_it(self) -> None:
        problem = day(1)
        known = np.arange(12) != 3
        left = rest_of_day(problem, first_but(problem, 3), 10 * HOUR, known)
        assert 3 not in left.visits

    def test_parts_used_are_gone(self) -> None:
        problem = with_parts(2)
        plan = search_tours(problem, iterations=ITERATIONS)
        left = rest_of_day(problem, plan, 17 * HOUR)
        for vehicle, order in left.begun.items():
            if RELOAD not in order:
                used = problem.visits.parts[list(order), 0].sum()
                assert left.problem.vehicles.on_board[vehicle, 0] == 2 - used
                assert left.problem.vehicles.on_board[vehicle, 1] == 2  # tools are not used up

    def test_who_is_on_the_road_starts_from_where_he_will_be(self) -> None:
        problem = day(1)
        plan = search_tours(problem, iterations=ITERATIONS)
        left = rest_of_day(problem, plan, 12 * HOUR)
        for vehicle, order in left.begun.items():
            assert left.problem.vehicles.start_place[vehicle] == problem.visits.place[order[-1]]
            start = starts_of(plan)[order[-1]][1]
            ends = start + problem.service_seconds[vehicle, order[-1]]
            assert left.problem.vehicles.shift_start_second[vehicle] == max(ends, 12 * HOUR)

    def test_goods_are_refused(self) -> None:
        problem = Tours.of(
            Visits.of([1], load=[[1]]), Vehicles.of([0], capacity=[[5]]), roads_between([[0, 0], [1, 1]])
        )
        with pytest.raises(ValueError, match="load dimensions"):
            rest_of_day(problem, search_tours(problem, iterations=1), 0)


class TestQuote:
    def test_it_is_what_inserting_costs(self) -> None:
        problem = day(1)
        without = first_but(problem, 3)
        asked = quote(problem, without, 3)
        assert asked.money == pytest.approx(repair(problem, without).cost - without.cost + 500.0)

    def test_a_narrower_window_is_never_cheaper(self) -> None:
        problem = day(1)
        plan = first_but(problem, 3)
        whole = quote(problem, plan, 3, windows=[(8 * HOUR, 16 * HOUR)])
        parts = [
            quote(problem, plan, 3, windows=[(hour * HOUR, (hour + 2) * HOUR)]) for hour in (8, 10, 12, 14)
        ]
        assert min(part.money for part in parts) >= whole.money - 1e-9

    def test_it_starts_in_the_window_that_was_asked_for(self) -> None:
        problem = day(1)
        asked = quote(problem, first_but(problem, 3), 3, windows=[(10 * HOUR, 12 * HOUR)])
        assert asked.start_second is not None
        assert 10 * HOUR <= asked.start_second <= 12 * HOUR


def test_pins_hold_only_what_has_started_by_then() -> None:
    problem = day(1)
    plan = search_tours(problem, iterations=50)
    held = pinned(problem, plan, 10 * HOUR)
    for visit, (vehicle, start) in starts_of(plan).items():
        is_held = start <= 10 * HOUR
        assert (held.visits.window_opens[visit, 0] == held.visits.window_closes[visit, 0]) == is_held
        assert held.allowed[:, visit].sum() == (1 if is_held else 3)
        assert held.allowed[vehicle, visit]
