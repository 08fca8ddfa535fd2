"""Plans of technicians for a district: the lean arrays are those of the checked problem, and plans are worth it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimize.routing.day_insertion import DayArrays
from optimize.routing.tours.arrays import facts_of
from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.crew_arrays import CrewWork, crew_facts
from optimize.routing.tours.crew_problem import SLACK_SECONDS, CrewProblem, Visited, tours_of_crew
from optimize.routing.tours.decoding import decode
from optimize.routing.tours.dispatching import plan_crew
from optimize.routing.tours.hindsight import DrivenDay, weigh_day
from optimize.routing.tours.loading import Work

HOUR = 3_600
NO_LIMIT = 1 << 60


def random_problem(seed: int, jobs: int = 14, people: int = 4, crews: bool = False) -> CrewProblem:
    chance = np.random.default_rng(seed)
    points = chance.uniform(0, HOUR, (people + jobs + people, 2))
    opens = np.where(chance.random(jobs) < 0.5, chance.choice([8, 12, 15], jobs) * HOUR, 0)
    until = np.where(opens > 0, opens + 3 * HOUR, chance.integers(9, 40, jobs) * HOUR)
    due = until - SLACK_SECONDS
    return CrewProblem(
        day=DayArrays(
            drive=np.rint(np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))).astype(np.int64),
            starts=np.full(people, 8 * HOUR),
            latest=np.full(people, 18 * HOUR),
            pause=np.full(people, HOUR),
            pause_from=np.full(people, 12 * HOUR),
            can_do=chance.random((people, jobs)) < 0.8,
            opens=opens,
            until=due,
            work=chance.integers(HOUR // 2, 2 * HOUR, jobs),
        ),
        regular_end=np.full(people, 17 * HOUR),
        due=due,
        is_promised=opens > 0,
        left_out_cost=chance.uniform(200, 900, jobs),
        people=np.where(chance.random(jobs) < 0.2, 2, 1) if crews else np.ones(jobs, np.int64),
        helps=np.ones((people, jobs), np.bool_),
        driving_cost_per_hour=60.0,
        overtime_cost_per_hour=45.0,
        late_cost_per_hour=60.0,
        broken_promise_cost=240.0,
    )


class TestArrays:
    @pytest.mark.parametrize("seed", range(6))
    def test_they_are_those_of_the_checked_problem(self, seed: int) -> None:
        problem = random_problem(seed, crews=seed % 2 == 1)
        lean, full = crew_facts(problem, Visited.of(problem)), facts_of(tours_of_crew(problem))
        for name, array in full._asdict().items():
            assert np.array_equal(getattr(lean, name), array), name
            assert np.asarray(getattr(lean, name)).dtype == np.asarray(array).dtype, name

    def test_money_is_that_of_the_checked_plan(self) -> None:
        problem = random_problem(3, crews=True)
        crew = CrewWork(problem, 1)
        crew.load([[0], [1], [2], [3]])
        crew.search(50, 5.0, 0.1)
        full = Work.on(tours_of_crew(problem))
        full.load(*crew.tours())
        plan = decode(full, iterations=0)
        assert check_tours(full.problem, plan) == ()
        assert plan.cost == pytest.approx(crew.cost)


class TestHindsight:
    @pytest.mark.parametrize("seed", range(4))
    def test_tours_taken_over_cost_what_they_did(self, seed: int) -> None:
        problem = random_problem(seed, crews=True)
        first = CrewWork(problem, 1)
        first.load([[], [], [], []])
        first.search(80, 5.0, 0.1)
        orders, starts = first.tours()
        assert CrewWork(problem, 1).take([orders[one] for one in range(4)], starts) == pytest.approx(
            first.cost
        )

    def test_what_was_done_can_be_done(self) -> None:
        """Ten hours of work in a shift of nine: taken over all the same, an hour of it after the shift."""
        day = replace(alone(work=[6 * HOUR, 4 * HOUR], ends=17, pause=HOUR), overtime_cost_per_hour=30.0)
        assert CrewWork(day, 1).take([[0, 1]], {}) == pytest.approx(30.0)

    def test_lateness_is_counted_in_seconds(self) -> None:
        """Two jobs of an hour, due at half past eight: the second is half an hour late."""
        day = alone(work=[HOUR, HOUR], ends=17, pause=0)
        work = CrewWork(replace(day, due=np.full(2, 8 * HOUR + HOUR // 2), is_certain=True), 1)
        assert work.take([[0, 1]], {}) == pytest.approx(30.0)
        assert work.late_seconds() == HOUR // 2
        assert work.cost == pytest.approx(30.0)

    def test_a_promise_is_broken_from_the_first_second(self) -> None:
        day = alone(work=[HOUR, HOUR], ends=17, pause=0)
        due = np.array([8 * HOUR, 9 * HOUR - 1])
        for promised, money in ((True, 500.0), (False, 0.0)):
            one = replace(
                day, due=due, is_certain=True, is_promised=np.full(2, promised), broken_promise_cost=500.0
            )
            assert CrewWork(one, 1).take([[0, 1]], {}) == pytest.approx(money + 60.0 / HOUR)

    @pytest.mark.parametrize("seed", range(4))
    def test_perfect_information_finds_the_better_order(self, seed: int) -> None:
        """Jobs in any order, as they were driven: perfect information is no dearer, and mostly cheaper."""
        problem = replace(random_problem(seed, jobs=8), is_certain=True, left_out_cost=np.full(8, 1e7))
        problem = replace(problem, day=problem.day._replace(can_do=np.ones((4, 8), np.bool_)))
        driven = DrivenDay(problem, problem, [[0, 4], [1, 5], [2, 6], [3, 7]], {}, np.zeros(8, np.bool_))
        worth = weigh_day(driven, 200)
        assert worth.planned == worth.realised
        assert worth.perfect < worth.realised < 1e7

    def test_who_knows_that_nobody_is_at_home_does_not_go(self) -> None:
        away = np.where(np.eye(4, dtype=bool), 0, HOUR)
        day = alone(work=[HOUR, HOUR], ends=20, pause=0)
        day = replace(day, day=day.day._replace(drive=away), left_out_cost=np.array([1e7, 0.0]))
        worth = weigh_day(DrivenDay(day, day, [[0, 1]], {}, np.array([False, True])), 20)
        assert (worth.realised, worth.perfect) == pytest.approx((180.0, 120.0))


class TestPlans:
    @pytest.mark.parametrize("seed", range(5))
    def test_a_search_is_never_dearer_than_the_rule(self, seed: int) -> None:
        problem = random_problem(seed, crews=True)
        plan = plan_crew(problem, None, 60)
        assert plan.cost <= plan.rule_cost + 1e-6
        assert plan.repaired_cost is None

    def test_a_search_is_cheaper_over_some_days(self) -> None:
        plans = [plan_crew(random_problem(seed), None, 100) for seed in range(5)]
        assert sum(plan.cost for plan in plans) < 0.95 * sum(plan.rule_cost for plan in plans)

    def test_every_job_is_given_or_left_out_once(self) -> None:
        problem = random_problem(2, crews=True)
        plan = plan_crew(problem, None, 60)
        given = [job for sequence in plan.sequences for job in sequence]
        assert sorted([*given, *plan.left_out]) == list(range(14))

    def test_only_who_can_is_sent(self) -> None:
        problem = random_problem(4)
        plan = plan_crew(problem, None, 60)
        for technician, sequence in enumerate(plan.sequences):
            assert problem.day.can_do[technician, list(sequence)].all()

    def test_the_plan_so_far_is_what_a_plan_is_measured_by(self) -> None:
        problem = random_problem(1)
        before = plan_crew(problem, None, 100)
        again = plan_crew(problem, before.sequences, 0)
        assert again.repaired_cost == pytest.approx(before.cost)

    def test_the_same_seed_gives_the_same_plan(self) -> None:
        problem = random_problem(5)
        assert plan_crew(problem, None, 80, seed=7) == plan_crew(problem, None, 80, seed=7)

    def test_nobody_who_can_is_told_as_fallback(self) -> None:
        problem = random_problem(0)
        nobody = replace(problem, day=problem.day._replace(can_do=np.zeros_like(problem.day.can_do)))
        plan = plan_crew(nobody, None, 50)
        assert plan.is_fallback
        assert plan.cost == pytest.approx(problem.left_out_cost.sum())

    def test_coming_late_to_an_agreed_window_is_avoided_before_one_that_is_only_due(self) -> None:
        """One technician, two jobs next door that both end a window at nine: the promise goes first."""
        near = np.where(np.eye(4, dtype=bool), 0, 60)
        both = CrewProblem(
            day=DayArrays(
                drive=near, starts=np.array([8 * HOUR]), latest=np.array([20 * HOUR]), pause=np.array([0]),
                pause_from=np.array([0]), can_do=np.ones((1, 2), np.bool_), opens=np.zeros(2, np.int64),
                until=np.full(2, NO_LIMIT), work=np.array([2 * HOUR, 2 * HOUR]),
            ),
            regular_end=np.array([20 * HOUR]), due=np.full(2, 9 * HOUR - SLACK_SECONDS),
            is_promised=np.array([False, True]), left_out_cost=np.full(2, 1e4), people=np.ones(2, np.int64),
            helps=np.ones((1, 2), np.bool_), driving_cost_per_hour=60.0, overtime_cost_per_hour=0.0,
            late_cost_per_hour=60.0, broken_promise_cost=0.0,
        )  # fmt: skip
        assert plan_crew(both, None, 30).sequences == ((1, 0),)
        turned = replace(both, is_promised=np.array([True, False]))
        assert plan_crew(turned, None, 30).sequences == ((0, 1),)

    @pytest.mark.parametrize(("surplus", "visited"), [(0, 2), (1, 1)])
    def test_a_break_takes_its_time_out_of_the_shift(self, surplus: int, visited: int) -> None:
        """Ten hours, one of them a break: nine of work are done, and a second more is not."""
        day = alone(work=[6 * HOUR, 3 * HOUR + surplus], ends=18, pause=HOUR)
        assert len(plan_crew(day, None, 30).sequences[0]) == visited

    @pytest.mark.parametrize(("price", "first"), [(0.0, 1), (500.0, 0)])
    def test_a_promise_goes_before_shorter_work_where_it_is_dear(self, price: float, first: int) -> None:
        """Eight hours of promised work and one due long ago: either way about the other waits."""
        day = alone(work=[8 * HOUR, HOUR], ends=20, pause=0)
        one = replace(
            day,
            due=np.array([int(8.25 * HOUR), 8 * HOUR]),
            is_promised=np.array([True, False]),
            broken_promise_cost=price,
        )
        assert plan_crew(one, None, 30).sequences[0][0] == first


def alone(work: list[int], ends: int, pause: int) -> CrewProblem:
    """One technician from eight o'clock on, with jobs next door."""
    jobs = len(work)
    return CrewProblem(
        day=DayArrays(
            drive=np.zeros((jobs + 2, jobs + 2), np.int64), starts=np.array([8 * HOUR]), latest=np.array([ends * HOUR]),
            pause=np.array([pause]), pause_from=np.array([12 * HOUR]), can_do=np.ones((1, jobs), np.bool_),
            opens=np.zeros(jobs, np.int64), until=np.full(jobs, NO_LIMIT), work=np.array(work),
        ),
        regular_end=np.array([ends * HOUR]), due=np.full(jobs, ends * HOUR),
        is_promised=np.zeros(jobs, np.bool_), left_out_cost=np.full(jobs, 1e4), people=np.ones(jobs, np.int64),
        helps=np.ones((1, jobs), np.bool_), driving_cost_per_hour=60.0, overtime_cost_per_hour=0.0,
        late_cost_per_hour=60.0, broken_promise_cost=0.0,
    )  # fmt: skip
