"""Rosters: published optima, the best of all by trying all, one test per rule where it bites, and the checker."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from bench.nrp import read_instance
from optimize.solving import PlanningError
from optimize.staffing.rostering import solving
from optimize.staffing.rostering.checking import RosterRule, check_roster
from optimize.staffing.rostering.costs import OFF, IntArray, roster_cost
from optimize.staffing.rostering.problem import (
    Fairness,
    HourDemand,
    RosterPerson,
    RosterProblem,
    RosterShift,
    ShiftDemand,
    ShiftRequest,
    without_short_rest,
)
from optimize.staffing.rostering.roster import Roster
from optimize.staffing.rostering.solving import solve_roster
from scenarios import SolveReport, SolveStatus
from tests.reference import reference_path

DAY, NIGHT = RosterShift("D", 480), RosterShift("N", 480, ("D",), is_night=True)


ONLY_NIGHTS = (replace(NIGHT, not_followed_by=()),)


def somebody(name: str = "ann", **rules: Any) -> RosterPerson:
    given = {"min_minutes": 0, "max_minutes": 100_000, "max_consecutive_shifts": 14, **rules}
    return RosterPerson(name, **given)


def wanted(days: int, people: int = 1, shift: str = "D", **costs: int) -> tuple[ShiftDemand, ...]:
    return tuple(
        ShiftDemand(day, shift, people, **{"under_cost": 10, "over_cost": 5, **costs}) for day in range(days)
    )


def a_week(*people: RosterPerson, days: int = 7, **changes: Any) -> RosterProblem:
    given = {"shifts": (DAY,), "demands": wanted(days), **changes}
    return RosterProblem(days=days, people=people or (somebody(),), **given)


def solved(problem: RosterProblem) -> Roster:
    """The optimal roster, checked."""
    found = solve_roster(problem, work_limit=20)
    assert check_roster(found) == ()
    assert found.report.status in (SolveStatus.OPTIMAL, SolveStatus.INFEASIBLE)
    return found


def row(found: Roster, person: int = 0) -> str:
    """A person's days, off as dots."""
    return "".join(found.shift_id(person, day) or "." for day in range(found.problem.days))


# Published optima


@pytest.mark.parametrize(("instance", "optimum"), [(1, 607), (2, 828)])
def test_published_optima_are_found_and_proven(instance: int, optimum: int) -> None:
    found = solved(read_instance(reference_path(f"staffing/nrp/Instance{instance}.txt")))
    assert found.report.status is SolveStatus.OPTIMAL
    assert (found.report.objective, found.report.bound) == (optimum, optimum)


# One rule at a time: where it bites


def test_without_rules_every_day_is_worked() -> None:
    assert row(solved(a_week())) == "DDDDDDD"


def test_who_is_absent_is_off() -> None:
    assert row(solved(a_week(somebody(absent_days=(2, 5))))) == "DD.DD.D"


def test_no_day_follows_a_night() -> None:
    demands = (ShiftDemand(0, "N", 1, 10), ShiftDemand(1, "D", 1, 9), ShiftDemand(2, "D", 1, 10))
    found = solved(a_week(days=3, shifts=(DAY, NIGHT), demands=demands))
    assert row(found) == "N.D"
    assert found.report.unserved[0].item == "day 1, shift D: 0 of 1 people"


def test_a_shift_is_worked_no_more_than_its_most() -> None:
    assert row(solved(a_week(somebody(max_shifts={"D": 3})))).count("D") == 3


def test_minutes_have_a_least_and_a_most() -> None:
    assert row(solved(a_week(somebody(max_minutes=2 * 480 + 479)))).count("D") == 2
    idle = wanted(7, people=0)
    assert row(solved(a_week(somebody(min_minutes=2 * 480 + 1), demands=idle))).count("D") == 3


def test_a_demand_of_any_shift_is_met_by_any() -> None:
    """Two on duty, at least one of them with the skill, whatever their shifts."""
    people = (
        somebody("ann", max_shifts={"N": 0}, levels={"gas": 1}),
        somebody("bob", max_shifts={"D": 0}),
        somebody("cid", max_shifts={"N": 0}),
    )
    demands = (ShiftDemand(0, "", 2, 10, 5), ShiftDemand(0, "", 1, 10, 0, "gas"), ShiftDemand(0, "N", 1, 1))
    found = solved(a_week(*people, days=1, shifts=(DAY, NIGHT), demands=demands))
    assert [row(found, person) for person in range(3)] == ["D", "N", "."]
    short = solved(a_week(*people[:2], days=1, shifts=(DAY, NIGHT), demands=(ShiftDemand(0, "", 3, 10),)))
    assert short.report.unserved[0].item == "day 0, any shift: 2 of 3 people"
    assert short.report.unserved[0].reason == "only 2 people may work it on that day"


def test_runs_of_work_have_a_longest() -> None:
    assert row(solved(a_week(somebody(max_consecutive_shifts=2), days=8))) == "DD.DD.DD"


def test_days_worked_before_count_for_the_longest_run() -> None:
    tired = somebody(max_consecutive_shifts=3, worked_before=2)
    found = solved(a_week(tired, days=5))
    assert row(found) == "D.DDD"
    assert {told.rule for told in check_roster(ruled(found, worked_before=3))} == {RosterRule.LONGEST_RUN}
    assert row(solved(a_week(replace(tired, worked_before=3), days=4))) == ".DDD"
    assert row(solved(a_week(replace(tired, worked_before=0), days=4))).count("D") == 3


def test_days_off_before_the_first_day_of_work_count_where_somebody_worked_before() -> None:
    rested = somebody(min_consecutive_days_off=2, worked_before=1)
    demands = (ShiftDemand(0, "D", 0, 10, 15), ShiftDemand(1, "D", 1, 10))
    assert row(solved(a_week(rested, days=2, demands=demands))) == ".."
    assert row(solved(a_week(replace(rested, worked_before=0), days=2, demands=demands))) == ".D"


@pytest.mark.parametrize("rules", [{"max_shifts_per_week": 4}, {"max_minutes_per_week": 4 * 480 + 479}])
def test_weeks_from_monday_to_sunday_have_a_most(rules: dict[str, int]) -> None:
    """The horizon begins on a Thursday: four days, a whole week, three days."""
    found = solved(a_week(somebody(**rules), days=14, first_weekday=3))
    days = row(found)
    assert (days[:4].count("D"), days[4:11].count("D"), days[11:].count("D")) == (4, 4, 3)


def test_runs_of_work_have_a_shortest_but_not_at_the_ends() -> None:
    # Demand on days 0, 2 and 6 alone: the single day in the middle becomes a run of two, those at the ends need not.
    demands = tuple(ShiftDemand(day, "D", int(day in (0, 3, 6)), 10, 1) for day in range(7))
    found = solved(a_week(somebody(min_consecutive_shifts=2), demands=demands))
    assert (row(found)[0], row(found)[6], found.cost.total) == ("D", "D", 1)


def test_runs_of_days_off_have_a_shortest_but_not_at_the_ends() -> None:
    demands = tuple(ShiftDemand(day, "D", int(day not in (0, 3, 6)), 10, 15) for day in range(7))
    found = solved(a_week(somebody(min_consecutive_days_off=2), demands=demands))
    assert row(found) in (".D..DD.", ".DD..D.")


def test_weekends_have_a_most() -> None:
    found = solved(a_week(somebody(max_weekends=1), days=14))
    assert found.cost.under == 20
    assert row(found)[5:7] == ".." or row(found)[12:14] == ".."


def test_weekends_fall_where_the_first_weekday_says() -> None:
    found = solved(a_week(somebody(max_weekends=0), first_weekday=5))
    assert row(found) == "..DDDDD"


def test_weekend_is_one_whether_one_or_both_days_are_worked() -> None:
    # Sunday and the Saturday six days later lie in two weekends.
    found = solved(a_week(somebody(max_weekends=1), first_weekday=6))
    assert found.cost.under == 10


# One cost at a time


def test_people_missing_and_too_many_are_paid_for() -> None:
    found = solved(a_week(somebody(min_minutes=7 * 480), demands=wanted(3) + wanted(1, 3)))
    # Day 0 is demanded twice, once for one person and once for three.
    assert (found.cost.under, found.cost.over) == (20, 0)
    too_many = solved(a_week(somebody(min_minutes=7 * 480), demands=wanted(7, people=0)))
    assert too_many.cost.over == 35


def test_wishes_count_where_demand_does_not_care() -> None:
    requests = (ShiftRequest("ann", 1, "D", 3, True), ShiftRequest("ann", 2, "D", 2, False))
    found = solved(a_week(demands=(), requests=requests))
    assert row(found)[1:3] == "D."
    assert found.cost.total == 0
    absent = solved(a_week(somebody(absent_days=(1,)), demands=(), requests=requests))
    assert absent.cost.requests == 3


def test_only_those_with_the_level_count() -> None:
    people = (somebody("junior", levels={"gas": 1}), somebody("senior", levels={"gas": 3}))
    demands = wanted(3, skill="gas", level=2)  # type: ignore[arg-type]
    found = solved(a_week(*people, days=3, demands=demands))
    assert row(found, 1) == "DDD"
    assert found.cost.total == 0
    nobody = solved(a_week(people[0], days=3, demands=demands))
    assert nobody.report.unserved[0].reason == "only 0 people may work it on that day"


def test_overtime_is_worked_where_it_is_worth_its_cost() -> None:
    cheap = somebody(contract_minutes=960, overtime_cost_per_minute=1)
    assert row(solved(a_week(cheap, demands=wanted(7, under_cost=481)))) == "DDDDDDD"
    assert row(solved(a_week(cheap, demands=wanted(7, under_cost=479)))).count("D") == 2


def test_breaks_take_people_away_within_hours() -> None:
    shift = RosterShift("D", 480, start_minute=8 * 60, break_minutes=60)
    hours = tuple(HourDemand(0, hour, 1, 1) for hour in range(8, 17))
    found = solved(a_week(days=1, shifts=(shift,), demands=(), hour_demands=hours))
    assert (row(found), found.cost.hours) == ("D", 60)


def test_a_night_counts_within_the_hours_of_the_next_day() -> None:
    night = RosterShift("N", 480, start_minute=22 * 60)
    hours = tuple(HourDemand(1, hour, 1, 1) for hour in range(6))
    found = solved(a_week(days=2, shifts=(night,), demands=(), hour_demands=hours))
    assert (row(found)[0], found.cost.total) == ("N", 0)


def test_fairness_spreads_nights_weekends_and_minutes() -> None:
    pair = (somebody("ann"), somebody("bob"))
    nights = a_week(*pair, days=4, shifts=ONLY_NIGHTS, demands=wanted(4, shift="N"))  # type: ignore[arg-type]
    weekends = a_week(*pair, days=14)
    for problem, fairness, count in (
        (nights, Fairness(cost_per_night=1), lambda one: one.count("N")),
        (weekends, Fairness(cost_per_weekend=1), lambda one: int(one[5:7] != "..") + int(one[12:14] != "..")),
        (weekends, Fairness(cost_per_minute=1), lambda one: one.count("D")),
    ):
        found = solved(replace(problem, fairness=fairness))
        assert found.cost.total == 0
        assert count(row(found, 0)) == count(row(found, 1)) > 0


def test_unequal_contracts_are_no_unfairness() -> None:
    pair = (somebody("full", contract_minutes=960), somebody("half", contract_minutes=480))
    found = solved(a_week(*pair, days=3, fairness=Fairness(cost_per_minute=1)))
    assert found.cost.total == 0
    assert (row(found, 0).count("D"), row(found, 1).count("D")) == (2, 1)


def test_who_may_work_no_nights_is_not_compared() -> None:
    pair = (somebody("ann", max_shifts={"N": 0}), somebody("bob"))
    demands = wanted(4, shift="N")  # type: ignore[arg-type]
    problem = a_week(*pair, days=4, shifts=ONLY_NIGHTS, demands=demands, fairness=Fairness(cost_per_night=1))
    assert solved(problem).cost.total == 0


# The best of all


def by_trying_all(problem: RosterProblem) -> int:
    """Least cost over all rosters that the checker passes."""
    report = SolveReport(solver="none", status=SolveStatus.FEASIBLE)
    rules = set(RosterRule) - {RosterRule.SHORTAGE, RosterRule.COST, RosterRule.STATUS}
    rows = []
    for person in problem.people:
        alone = replace(problem, people=(person,), demands=(), requests=(), hour_demands=())
        cost = roster_cost(alone, np.full((1, problem.days), OFF))
        rows.append(
            [
                days
                for days in product(range(-1, len(problem.shifts)), repeat=problem.days)
                if not rules
                & {rule.rule for rule in check_roster(Roster(alone, np.array([days]), cost, report))}
            ]
        )
    return min(roster_cost(problem, np.array(days)).total for days in product(*rows))


def at_random(seed: int) -> RosterProblem:
    draw = np.random.default_rng(seed).integers

    def person(number: int) -> RosterPerson:
        return RosterPerson(
            id=f"p{number}",
            min_minutes=480 * int(draw(0, 2)),
            max_minutes=480 * int(draw(3, 5)),
            max_consecutive_shifts=int(draw(2, 4)),
            min_consecutive_shifts=int(draw(1, 3)),
            min_consecutive_days_off=int(draw(1, 3)),
            max_weekends=int(draw(0, 2)),
            max_shifts={"N": int(draw(0, 3))},
            absent_days=tuple(np.flatnonzero(draw(0, 6, 5) == 0).tolist()),
            levels={"gas": int(draw(0, 3))},
            contract_minutes=960,
            overtime_cost_per_minute=int(draw(0, 2)),
        )

    demands = [
        ShiftDemand(day, shift, int(draw(0, 3)), int(draw(1, 900)), int(draw(0, 300)))
        for day in range(5)
        for shift in "DN"
    ] + [ShiftDemand(day, "D", 1, int(draw(1, 500)), 0, "gas", 2) for day in range(5)]
    requests = [
        ShiftRequest(f"p{draw(2)}", int(draw(5)), "DN"[draw(2)], int(draw(1, 300)), bool(draw(2)))
        for _ in range(5)
    ]
    shifts = (
        replace(DAY, start_minute=480, break_minutes=30),
        replace(NIGHT, start_minute=1320, minutes=600),
    )
    hours = [HourDemand(int(draw(5)), int(draw(24)), 1, int(draw(1, 4))) for _ in range(6)]
    fairness = Fairness(int(draw(0, 90)), int(draw(0, 90)), int(draw(0, 2)))
    people = (person(0), person(1))
    return RosterProblem(
        5, shifts, people, tuple(demands), tuple(requests), tuple(hours), fairness, first_weekday=3
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_roster_is_the_cheapest_of_all(seed: int) -> None:
    problem = at_random(seed)
    found = solved(problem)
    assert found.report.status is SolveStatus.OPTIMAL
    assert found.cost.total == by_trying_all(problem)


# What must not matter, and what can only help


def test_the_order_of_people_changes_nothing_in_cost() -> None:
    problem = at_random(3)
    assert solved(problem).cost.total == solved(replace(problem, people=problem.people[::-1])).cost.total


def test_costs_in_cents_are_a_hundred_times_those_in_euros() -> None:
    problem = replace(
        a_week(somebody(max_consecutive_shifts=3)), demands=wanted(7, under_cost=7, over_cost=3)
    )
    cents = replace(problem, demands=wanted(7, under_cost=700, over_cost=300))
    assert solved(cents).cost.total == 100 * solved(problem).cost.total


def test_one_more_person_never_costs_more_where_he_need_not_work() -> None:
    problem = replace(at_random(4), fairness=Fairness())
    more = replace(problem, people=(*problem.people, somebody("p9", levels={"gas": 2})))
    assert solved(more).cost.total <= solved(problem).cost.total


def test_a_looser_rule_never_costs_more() -> None:
    problem = replace(at_random(5), fairness=Fairness())
    looser = tuple(replace(person, max_weekends=9, min_consecutive_days_off=1) for person in problem.people)
    assert solved(replace(problem, people=looser)).cost.total <= solved(problem).cost.total


def test_the_same_problem_has_the_same_roster() -> None:
    problem = at_random(6)
    again = solve_roster(pickle.loads(pickle.dumps(problem)), work_limit=20)
    assert again.shift.tolist() == solved(problem).shift.tolist()


def large() -> RosterProblem:
    """Fourteen people, two weeks, two shifts: too much for a proof within little work."""
    return read_instance(reference_path("staffing/nrp/Instance2.txt"))


def test_little_work_gives_a_good_roster_and_a_bound_the_same_each_time() -> None:
    heard: list[tuple[str, int, int]] = []
    found = solve_roster(large(), work_limit=1, progress=lambda *told: heard.append(told))
    again = solve_roster(large(), work_limit=1)
    assert check_roster(found) == ()
    assert found.report.bound is not None
    assert found.report.bound <= 828 <= found.cost.total  # the published optimum
    assert found.shift.tolist() == again.shift.tolist()
    assert (found.report.objective, found.report.bound) == (again.report.objective, again.report.bound)
    assert heard[-1] == ("roster", 1, 1)
    assert [finished for _, finished, _ in heard] == sorted(finished for _, finished, _ in heard)


def test_where_no_search_finds_anything_the_rule_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving._Search, "improve", lambda self: None)
    found = solve_roster(large())
    assert (found.report.status, found.report.fallbacks) == (SolveStatus.FALLBACK, 14)
    assert check_roster(found) == ()


@pytest.mark.parametrize("seconds_later", [0.0, 0.3])
def test_an_interrupt_keeps_the_roster_in_hand(seconds_later: float) -> None:
    heard = 0

    def interrupt(step: str, finished: int, all_of_it: int) -> None:
        nonlocal heard
        heard += 1
        if heard == len(large().people) + 3:  # everybody, the whole, and two neighbourhoods
            threading.Timer(seconds_later, os.kill, (os.getpid(), signal.SIGINT)).start()

    found = solve_roster(large(), work_limit=4, progress=interrupt)
    assert heard < len(large().people) + 20
    assert check_roster(found) == ()
    assert found.report.status is SolveStatus.FEASIBLE


# What cannot be


def test_contradicting_rules_name_the_person_and_each_way_out() -> None:
    # Five of seven days are asked for, but at most two in a row with two off between: four.
    strict = somebody(
        "bob",
        min_minutes=5 * 480,
        max_consecutive_shifts=2,
        min_consecutive_days_off=2,
        absent_days=(0,),
    )
    found = solved(a_week(somebody(), strict))
    assert found.report.status is SolveStatus.INFEASIBLE
    assert row(found, 0) == "DDDDDDD"
    assert row(found, 1) == "......."
    named = found.report.unserved[0]
    assert named.item == "person bob"
    assert named.relaxation == ("min_minutes 1920 instead of 2400, or max_consecutive_shifts 5 instead of 2")
    for cure in (
        {"min_minutes": 1920},
        {"max_consecutive_shifts": 5},
    ):
        assert solved(a_week(somebody(), replace(strict, **cure))).report.status is SolveStatus.OPTIMAL


def test_who_is_away_too_long_needs_a_day_back() -> None:
    away = somebody("bob", min_minutes=3 * 480, absent_days=(0, 1, 2, 3, 4))
    relaxation = solved(a_week(away)).report.unserved[0].relaxation
    assert relaxation == "min_minutes 960 instead of 1440, or not absent on day 0"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: a_week(days=0), "days=0"),
        (lambda: replace(a_week(), days=7.5), "days=7.5"),
        (lambda: a_week(somebody(min_minutes=-1)), r"people\['ann'\]\.min_minutes=-1"),
        (lambda: a_week(somebody(min_minutes=float("nan"))), "min_minutes=nan"),
        (lambda: a_week(somebody(min_minutes=10, max_minutes=5)), "min_minutes=10"),
        (lambda: a_week(somebody(max_minutes=10**9)), "max_minutes=1000000000"),
        (lambda: a_week(somebody(max_consecutive_shifts=0)), "max_consecutive_shifts=0"),
        (lambda: a_week(somebody(min_consecutive_shifts=15)), "min_consecutive_shifts=15"),
        (lambda: a_week(somebody(min_consecutive_days_off=0)), "min_consecutive_days_off=0"),
        (lambda: a_week(somebody(max_weekends=-1)), "max_weekends=-1"),
        (lambda: a_week(somebody(absent_days=(7,))), "absent_days=7"),
        (lambda: a_week(somebody(max_shifts={"X": 1})), "max_shifts='X': is not known"),
        (lambda: a_week(somebody(levels={"gas": -1})), r"levels\['gas'\]=-1"),
        (lambda: a_week(somebody(contract_minutes=-5)), "contract_minutes=-5"),
        (lambda: a_week(somebody(), somebody()), "id 'ann' is used twice"),
        (lambda: a_week(shifts=(DAY, DAY)), "id 'D' is used twice"),
        (lambda: a_week(shifts=()), "at least one"),
        (lambda: a_week(shifts=(RosterShift("D", 0),)), "minutes=0"),
        (lambda: a_week(shifts=(RosterShift("D", 480, ("X",)),)), "not_followed_by='X'"),
        (lambda: a_week(shifts=(RosterShift("D", 1440, break_minutes=1),)), "break_minutes=1"),
        (lambda: a_week(demands=wanted(8)), r"demands\[7\]\.day=7"),
        (lambda: a_week(demands=wanted(1, people=-1)), "people=-1"),
        (lambda: a_week(demands=wanted(1, under_cost=10**10)), "under_cost=10000000000"),
        (lambda: a_week(demands=(ShiftDemand(0, "D", 1, 1, 0, "gas"),)), "skill='gas'"),
        (lambda: a_week(requests=(ShiftRequest("anne", 0, "D", 1, True),)), "did you mean `ann`"),
        (lambda: a_week(hour_demands=(HourDemand(0, 24, 1, 1),)), "hour=24"),
        (lambda: a_week(fairness=Fairness(cost_per_night=-1)), "fairness.cost_per_night=-1"),
        (lambda: a_week(first_weekday=7), "first_weekday=7"),
        (lambda: solve_roster(a_week(), work_limit=0), "work_limit=0"),
        (lambda: solve_roster(a_week(), work_limit=float("nan")), "work_limit=nan"),
    ],
)
def test_bad_input_is_refused_by_name_value_and_rule(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_too_little_work_for_one_person_says_so() -> None:
    with pytest.raises(PlanningError, match="work_limit"):
        solve_roster(large(), work_limit=1e-9)


def test_short_rest_forbids_successions() -> None:
    early, late, night = without_short_rest(
        (
            RosterShift("E", 480, start_minute=6 * 60),
            RosterShift("L", 480, start_minute=14 * 60),
            RosterShift("N", 480, start_minute=22 * 60),
        ),
        rest_hours=11,
    )
    assert early.not_followed_by == ()
    assert late.not_followed_by == ("E",)
    assert night.not_followed_by == ("E", "L")


# The checker: a fault of each kind


def checked_world() -> Roster:
    """A roster that keeps all rules tightly, so that each small change breaks one."""
    person = RosterPerson(
        "ann", 5 * 480, 5 * 480, 3, 2, 2, 1, {"D": 4, "N": 1}, absent_days=(0,), contract_minutes=4 * 480,
        overtime_cost_per_minute=1, levels={"gas": 1},
    )  # fmt: skip
    demands = (*wanted(9, under_cost=700), ShiftDemand(2, "D", 2, 50, 0, "gas"))
    return solved(
        RosterProblem(
            9,
            (replace(DAY, start_minute=480, break_minutes=60), replace(NIGHT, start_minute=1320)),
            (person, somebody("bob", max_minutes=0)),
            demands,
            (ShiftRequest("ann", 8, "N", 5000, True), ShiftRequest("ann", 1, "D", 9, False)),
            (HourDemand(2, 12, 1, 1),),
            Fairness(1, 1, 1),
        )
    )


def ruled(found: Roster, **rules: Any) -> Roster:
    """The same roster, under stricter rules for the first person."""
    first, *others = found.problem.people
    people = (replace(first, **rules), *others)
    return replace(found, problem=replace(found.problem, people=people))


def with_row(found: Roster, days: str) -> Roster:
    shift = found.shift.copy()
    shift[0] = [-1 if day == "." else "DN".index(day) for day in days]
    return replace(found, shift=shift)


def reported(found: Roster, **changes: Any) -> Roster:
    return replace(found, report=found.report.model_copy(update=changes))


def test_the_world_of_the_checker_is_tight() -> None:
    found = checked_world()
    assert row(found)[0] == "."
    assert row(found).count("D") == 4
    assert row(found)[8] == "N"


@pytest.mark.parametrize(
    ("rule", "mutate"),
    [
        (RosterRule.SHAPE, lambda found: replace(found, shift=found.shift[:, 1:])),
        (RosterRule.SHAPE, lambda found: replace(found, shift=found.shift[1:])),
        (RosterRule.SHAPE, lambda found: replace(found, shift=found.shift + 2)),
        (RosterRule.ABSENCE, lambda found: with_row(found, "D.DDD..DN")),
        (RosterRule.SUCCESSION, lambda found: with_row(found, "..ND..DDD")),
        (RosterRule.MOST_SHIFTS, lambda found: with_row(found, "..DDD..NN")),
        (RosterRule.MIN_MINUTES, lambda found: with_row(found, "..DD...DN")),
        (RosterRule.MAX_MINUTES, lambda found: with_row(found, "..DDD.DDN")),
        (RosterRule.WEEK, lambda found: ruled(found, max_shifts_per_week=2)),
        (RosterRule.WEEK, lambda found: ruled(found, max_minutes_per_week=3 * 480 - 1)),
        (RosterRule.DAYS_OFF, lambda found: ruled(found, worked_before=1, min_consecutive_days_off=3)),
        (RosterRule.LONGEST_RUN, lambda found: with_row(found, "..DDDD..N")),
        (RosterRule.SHORTEST_RUN, lambda found: with_row(found, "..D..DDDN")),
        (RosterRule.DAYS_OFF, lambda found: with_row(found, "..DDD.DDN")),
        (RosterRule.NAMED, lambda found: reported(found, status=SolveStatus.INFEASIBLE)),
        (RosterRule.NAMED, lambda found: reported(found, unserved=(*found.report.unserved, NAMED))),
        (RosterRule.SHORTAGE, lambda found: reported(found, unserved=())),
        (RosterRule.SHORTAGE, lambda found: reported(found, unserved=found.report.unserved[1:])),
        (RosterRule.COST, lambda found: with_row(found, "..DD..DDN")),
        (RosterRule.COST, lambda found: reported(found, objective=found.cost.total - 1.0)),
        (RosterRule.STATUS, lambda found: reported(found, bound=found.cost.total + 1.0)),
        (RosterRule.STATUS, lambda found: reported(found, bound=found.cost.total - 1.0)),
        *(
            (RosterRule.COST, lambda found, kind=kind: costing(found, kind))
            for kind in ("under", "over", "hours", "requests", "overtime", "fairness")
        ),
    ],
)
def test_the_checker_sees_every_kind_of_fault(rule: RosterRule, mutate: Callable[[Roster], Roster]) -> None:
    assert rule in {broken.rule for broken in check_roster(mutate(checked_world()))}


def test_the_checker_sees_a_weekend_too_many() -> None:
    found = solved(a_week(somebody(max_weekends=1), days=14))
    everywhere: IntArray = np.zeros((1, 14), dtype=np.int64)
    assert RosterRule.WEEKENDS in {rule.rule for rule in check_roster(replace(found, shift=everywhere))}


def costing(found: Roster, kind: str) -> Roster:
    return replace(found, cost=replace(found.cost, **{kind: getattr(found.cost, kind) + 1}))


NAMED = (
    solve_roster(a_week(somebody(min_minutes=480, max_shifts={"D": 0})))
    .report.unserved[0]
    .model_copy(update={"item": "person bob"})
)
