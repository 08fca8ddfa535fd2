"""Technicians by themselves: presence, skill, morale, pay, scores, coming and going."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from math import exp, log2
from typing import Any

import numpy as np
import pytest

from sim.aftersales.requests import WorkforceEvent
from sim.aftersales.rooms import Duty
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY
from tests.factory import merged
from tests.people_rooms import Bench
from tests.service_worlds import STATION, constant, job_stream, service_world

DAY_SHIFT = {
    "id": "day",
    "start_hour": 8,
    "hours": 9,
    "break_minutes": 60,
    "weekdays": ["mon", "tue", "wed", "fri"],
}
SHIFT_SECONDS = 9 * 3600
SKILLS = {"brown": 3, "white": 2}
STREAMS = [job_stream(name, 60.0, 30.0, skill_id=name) for name in SKILLS]


def bench(days: int = 364, technicians: int = 20, shift: dict[str, Any] = DAY_SHIFT, **blocks: Any) -> Bench:
    scenario = service_world(
        days=days, technicians=technicians, shift=shift, skills=SKILLS, streams=STREAMS, **blocks
    )
    return Bench(scenario)


def laid(*changes: dict[str, Any]) -> dict[str, Any]:
    """Changes laid one over the other."""
    return reduce(merged, changes, {})


def people(**blocks: Any) -> dict[str, Any]:
    return {"service": {"people": blocks}}


def workforce(**values: Any) -> dict[str, Any]:
    return {"policy": {"service": {"workforce": values}}}


ILL = people(absence={"episodes_per_year": 6, "length_days": constant(4)})
TRAINED = workforce(training_days_per_year=6)


class TestPresence:
    def test_shifts_training_and_illness_add_up_to_the_roster(self) -> None:
        room = bench(**laid(ILL, TRAINED))
        room.run()
        rows, days = room.tables["technician_days"], room.context.world.days
        for technician in range(20):
            at_work = sum(room.workforce.duty(technician, day) is not None for day in range(days))
            away = int((rows["technician"] == technician).sum())
            assert at_work + away == days // 7 * len(DAY_SHIFT["weekdays"])
        assert rows["is_absent"].sum() > 0 and rows["is_training"].sum() > 0
        assert np.all(rows["is_absent"] + rows["is_training"] == 1)
        assert np.all(rows["shift_seconds"] == SHIFT_SECONDS)

    def test_a_duty_is_the_shift_in_absolute_seconds(self) -> None:
        room = bench(days=14)
        room.open()
        start = 7 * SECONDS_PER_DAY + 8 * 3600
        assert room.workforce.duty(0, 7) == Duty(start, start + SHIFT_SECONDS, 3600)
        assert room.workforce.duty(0, 3) is None  # a Thursday
        assert room.workforce.planned_duty(0, 3 + 7 * 9) is None
        assert room.workforce.planned_duty(0, 7 * 9) is not None  # beyond the horizon

    def test_illness_is_unforeseen_and_training_is_not(self) -> None:
        room = bench(**laid(ILL, TRAINED))
        room.open()
        ill = trained = 0
        for technician in range(20):
            for day in range(0, 364, 7):  # Mondays
                planned, actual = (
                    room.workforce.planned_duty(technician, day),
                    room.workforce.duty(technician, day),
                )
                ill += planned is not None and actual is None
                trained += planned is None
                assert actual is None or actual == planned
        assert ill > 20 and trained > 10

    def test_everybody_may_be_ill(self) -> None:
        room = bench(days=28, **people(absence={"episodes_per_year": 365}))
        room.run()
        assert all(
            room.workforce.duty(technician, day) is None for technician in range(20) for day in range(28)
        )
        assert len(room.tables["technician_days"]) == 20 * 16

    def test_training_days_come_as_often_as_they_should_on_working_days(self) -> None:
        room = bench(days=728, **TRAINED)
        room.run()
        rows = room.tables["technician_days"]
        per_person = np.bincount(rows["technician"])
        assert np.all(np.abs(per_person - 12) <= 1)
        assert set((rows["day"] % 7).tolist()) <= {0, 1, 2, 4}
        assert len(set(rows["day"].tolist())) > 60  # spread over the year

    def test_one_more_technician_changes_nobody_elses_days(self) -> None:
        few, many = (bench(technicians=number, **laid(ILL, TRAINED)) for number in (5, 6))
        few.open(), many.open()
        for technician in range(5):
            for day in range(364):
                assert few.workforce.duty(technician, day) == many.workforce.duty(technician, day)

    def test_a_run_that_begins_later_has_the_same_training_days(self) -> None:
        early, late = (
            bench(days=364, **TRAINED),
            bench(days=200, **laid(TRAINED, {"horizon": {"start_date": "2025-04-07"}})),
        )
        early.open(), late.open()
        shift = 91
        for technician in range(20):
            for day in range(200):
                is_duty = [
                    room.workforce.planned_duty(technician, at) is None
                    for room, at in ((early, day + shift), (late, day))
                ]
                assert is_duty[0] == is_duty[1]


class TestSkill:
    EFFECTS = people(
        skill={
            "minutes_factors": [1.5, 1.2, 1.0, 0.9, 0.8],
            "success_shares": [0.5, 0.7, 0.8, 0.9, 0.95],
            "relapse_factors": [3, 2, 1.5, 1.2, 1],
        }
    )

    def test_tables_by_level(self) -> None:
        room = bench(days=7, **self.EFFECTS)
        brown, white = (room.context.facts.skill(name) for name in ("brown", "white"))
        assert room.workforce.minutes_factor(0, brown) == 1.0
        assert room.workforce.minutes_factor(0, white) == 1.2
        assert room.workforce.minutes_factor(0, -1) == 1.0  # the best he has
        assert room.workforce.success_share(0, white) == 0.7
        assert room.workforce.relapse_factor(0, brown) == 1.5

    def test_without_any_skill_nobody_is_worse_than_others(self) -> None:
        scenario = service_world(days=7, streams=[job_stream("job", 60.0, 30.0)], **self.EFFECTS)
        assert Bench(scenario).workforce.minutes_factor(0, -1) == 0.8

    def test_times_fall_by_the_progress_ratio_with_each_doubling_down_to_a_floor(self) -> None:
        learning = {"progress_ratio": 0.85, "reference_jobs": 500, "least_factor": 0.65}
        room = bench(days=7, technicians=1, loops={"skill": True}, **people(learning=learning))
        room.open()
        factors = {}
        for jobs in range(501, 4_001):
            room.workforce.done(0, 0, room.request(str(jobs)), is_fixed=True)
            if jobs in (1_000, 2_000, 4_000):
                before = room.workforce.minutes_factor(0, 0)
                room.work(0, 0, shift_seconds=1)
                factors[jobs] = room.workforce.minutes_factor(0, 0)
                assert factors[jobs] < before  # it changes when the day is over
        assert factors[1_000] == pytest.approx(0.85, rel=1e-12)
        assert factors[2_000] == pytest.approx((2_000 / 500) ** log2(0.85), rel=1e-12)
        assert factors[4_000] == 0.65

    def test_a_level_rises_after_so_many_jobs_of_its_skill(self) -> None:
        learning = {"jobs_per_level": 10}
        room = bench(
            days=7, technicians=1, loops={"skill": True}, **laid(self.EFFECTS, people(learning=learning))
        )
        room.open()
        white = room.context.facts.skill("white")
        for job in range(10):
            assert room.workforce.levels(0)[white] == 2
            room.workforce.done(0, white, room.request(str(job)), is_fixed=True)
        room.work(0, 0, shift_seconds=1)
        assert room.workforce.levels(0)[white] == 3
        assert room.workforce.success_share(0, white) == 0.8
        events = room.tables["workforce_events"]
        assert (events["event"].tolist(), events["value"].tolist()) == (
            [WorkforceEvent.LEVEL_GAINED],
            [white],
        )

    def test_what_is_learnt_when_the_run_ends_is_learnt_in_its_last_second(self) -> None:
        learning = people(learning={"jobs_per_level": 1})
        room = bench(days=7, technicians=1, loops={"skill": True}, **learning)
        room.open()
        room.go_on(room.context.end_second)
        room.workforce.done(0, 0, room.request("last"), is_fixed=True)
        room.work(0, 6, shift_seconds=1)
        assert room.tables["workforce_events"]["second"].tolist() == [room.context.end_second - 1]

    def test_training_counts_as_jobs_in_the_weakest_skill(self) -> None:
        learning = {"jobs_per_level": 50, "jobs_per_training_day": 25}
        room = bench(loops={"skill": True}, technicians=1, **laid(TRAINED, people(learning=learning)))
        room.run()
        white = room.context.facts.skill("white")
        events = room.tables["workforce_events"]
        trained = int((events["event"] == WorkforceEvent.TRAINED).sum())
        assert trained in (5, 6, 7)
        # the first two days lift white to 3, where both are alike and brown is next
        assert room.workforce.levels(0)[white] >= 3
        gained = int((events["event"] == WorkforceEvent.LEVEL_GAINED).sum())
        assert gained == trained // 2

    def test_what_did_not_succeed_teaches_nothing(self) -> None:
        room = bench(days=7, technicians=1, loops={"skill": True})
        room.workforce.done(0, 0, room.request("x"), is_fixed=False)
        assert room.work(0, 0, shift_seconds=1)[-1] == 500


class TestMorale:
    def after_weeks(self, weeks: int, *changes: dict[str, Any], **row: int) -> Bench:
        room = bench(days=7 * weeks + 1, technicians=1, **laid({"loops": {"morale": True}}, *changes))
        room.open()
        for day in range(7 * weeks):
            room.go_on((day + 1) * SECONDS_PER_DAY - 1)
            if room.workforce.duty(0, day) is not None:
                room.work(0, day, **row)
        room.go_on(7 * weeks * SECONDS_PER_DAY + 1)
        return room

    def test_it_nears_what_the_weeks_suggest_at_the_stated_speed(self) -> None:
        room = self.after_weeks(
            5, people(morale={"weeks": 4}), shift_seconds=1_000, driving_seconds=500, work_seconds=500,
            overtime_seconds=100,
        )  # fmt: skip
        target = 0.7 - 1.0 * (1.0 - 0.85) - 1.5 * 0.1
        expected = target + (0.7 - target) * exp(-5 / 4)
        assert room.workforce.manner_ppm(0) == pytest.approx(expected * 1e6, abs=1)

    def test_it_makes_slower_and_worse(self) -> None:
        tired = self.after_weeks(
            20, people(skill={"success_shares": [0.8] * 5}), shift_seconds=1_000, work_seconds=1_200,
            overtime_seconds=200,
        )  # fmt: skip
        morale = tired.workforce.manner_ppm(0) / 1e6
        below = (0.7 - morale) / 0.7
        assert tired.workforce.minutes_factor(0, 0) == pytest.approx(1 + 0.2 * below, abs=1e-6)
        assert tired.workforce.success_share(0, 0) == pytest.approx(0.8 * (1 - 0.1 * below), abs=1e-6)

    def test_each_condition_of_work_lifts_it(self) -> None:
        row = {"shift_seconds": 1_000, "work_seconds": 500}
        usual = self.after_weeks(4, **row).workforce.manner_ppm(0)
        for better in (
            {"pay_factor": 1.2},
            {"incentive_share": 0.2},
            {"security": 1},
            {"training_days_per_year": 10},
        ):
            assert self.after_weeks(4, workforce(**better), **row).workforce.manner_ppm(0) > usual

    def test_without_the_loop_it_stays_and_does_nothing(self) -> None:
        room = self.after_weeks(
            4, {"loops": {"morale": False}}, people(morale={"starts_at": 0.3, "minutes_at_zero": 3}),
            shift_seconds=1_000, work_seconds=1_500,
        )  # fmt: skip
        assert room.workforce.manner_ppm(0) == 300_000
        assert room.workforce.minutes_factor(0, 0) == 1.0


class TestComingAndGoing:
    LEAVING = people(
        attrition={
            "per_year": 4, "notice_days": 10, "hiring_days": constant(24), "recruit_jobs": 40, "cost_per_hire": 500.0,
        }
    )  # fmt: skip

    def room(self, *changes: dict[str, Any], days: int = 364) -> Bench:
        room = bench(days=days, **laid({"loops": {"attrition": True}}, self.LEAVING, *changes))
        room.run()
        return room

    def test_notice_last_day_and_who_follows(self) -> None:
        room = self.room()
        events = room.tables["workforce_events"]
        day = events["second"] // SECONDS_PER_DAY
        for technician in range(20):
            his = events["technician"] == technician
            story = list(
                zip(
                    events["event"][his].tolist(),
                    day[his].tolist(),
                    events["value"][his].tolist(),
                    strict=True,
                )
            )
            for (before, then, _), (after, later, _) in pairwise(story):
                if before == WorkforceEvent.NOTICE:
                    assert (after, later - then) == (WorkforceEvent.LEFT, 10)
                if before == WorkforceEvent.LEFT:
                    assert (after, later - then) == (WorkforceEvent.HIRED, 14)
            hired = [value for event, _, value in story if event == WorkforceEvent.HIRED]
            assert hired == list(range(2, 2 + len(hired)))
        told = [event == WorkforceEvent.HIRED for event in events["event"].tolist() if event in (1, 2)]
        assert [is_employed for _, is_employed in room.neighbours.availability] == told
        assert sum(told) > 20

    def test_nobody_works_while_the_position_is_vacant(self) -> None:
        room = self.room()
        events = room.tables["workforce_events"]
        left = np.flatnonzero(events["event"] == WorkforceEvent.LEFT)[0]
        technician, gone = int(events["technician"][left]), int(events["second"][left]) // SECONDS_PER_DAY
        at_work = [room.workforce.duty(technician, day) is not None for day in range(gone, gone + 14)]
        assert not any(at_work)
        assert any(room.workforce.duty(technician, day) is not None for day in range(gone - 7, gone))
        assert any(room.workforce.duty(technician, day) is not None for day in range(gone + 14, gone + 21))

    def test_a_recruit_knows_less(self) -> None:
        room = self.room(people(attrition={"recruit_level_loss": 2}))
        someone = room.neighbours.availability[-1][0]
        assert list(room.workforce.levels(someone)) == [1, 1]
        assert room.work(someone, 0, shift_seconds=1)[-1] == 40

    def test_hires_are_paid_for(self) -> None:
        room = self.room()
        charges, events = room.tables["charges"], room.tables["workforce_events"]
        hires = charges["reason"] == Charge.HIRING
        hired = int((events["event"] == WorkforceEvent.HIRED).sum())
        assert charges["quantity"][hires].sum() == hired
        assert charges["amount_minor"][hires].sum() == hired * 50_000

    def test_nobody_follows_where_positions_are_not_filled(self) -> None:
        room = self.room(workforce(replaces_leavers=False))
        events = room.tables["workforce_events"]["event"]
        assert WorkforceEvent.LEFT in events and WorkforceEvent.HIRED not in events
        gone = {technician for technician, _ in room.neighbours.availability}
        assert all(room.workforce.planned_duty(technician, 363 + 8) is None for technician in gone)

    def test_a_night_shift_is_finished_before_somebody_leaves(self) -> None:
        nights = workforce(shifts=[{"id": "day", "start_hour": 22, "hours": 8}])
        room = self.room(nights)
        seconds = room.tables["workforce_events"]
        left = seconds["second"][seconds["event"] == WorkforceEvent.LEFT]
        assert len(left) and np.all(left % SECONDS_PER_DAY == 6 * 3600)

    def test_one_more_technician_changes_nobody_elses_career(self) -> None:
        stories = []
        for number in (5, 6):
            room = bench(technicians=number, **laid({"loops": {"attrition": True}}, self.LEAVING))
            room.run()
            events = room.tables["workforce_events"]
            his = events["technician"] < 5
            stories.append(np.array([column[his] for column in events.columns.values()]))
        assert np.array_equal(*stories)

    def test_a_miserable_team_leaves_sooner(self) -> None:
        def leavers(morale: float) -> int:
            events = self.room(people(morale={"starts_at": morale})).tables["workforce_events"]["event"]
            return int((events == WorkforceEvent.LEFT).sum())

        assert leavers(0.4) > 1.5 * leavers(0.7) > 1.5 * leavers(1.0)


PRICES = {
    "costs": {
        "labour": {"overtime_factor": 1.5},
        "service": {"technician_per_hour": 36.0, "van_per_day": 12.0, "per_training_day": 80.0},
    }
}


class TestPay:
    def test_what_is_charged_is_what_the_days_say(self) -> None:
        terms = workforce(pay_factor=1.25, incentive_share=0.1, training_days_per_year=12)
        room = bench(days=56, **laid(PRICES, ILL, terms))
        room.open()
        for day in range(56):
            room.go_on(day * SECONDS_PER_DAY + 1)
            for technician in range(20):
                if room.workforce.duty(technician, day) is not None:
                    room.work(
                        technician, day, shift_seconds=SHIFT_SECONDS, overtime_seconds=100 * (technician % 3),
                        visits=technician % 4, failed=technician % 2,
                    )  # fmt: skip
        room.close()
        days, charges = room.tables["technician_days"], room.tables["charges"]

        def charged(reason: Charge) -> tuple[int, int]:
            rows = charges["reason"] == reason
            return int(charges["quantity"][rows].sum()), int(charges["amount_minor"][rows].sum())

        # 36 an hour is a minor unit a second; with the pay factor 1.25
        shift, overtime = int(days["shift_seconds"].sum()), int(days["overtime_seconds"].sum())
        rewarded = int(((days["visits"] > 0) & (days["failed"] == 0)).sum())
        trained, driven = int(days["is_training"].sum()), int((days["visits"] > 0).sum())
        assert trained > 0 and rewarded > 0 and days["is_absent"].sum() > 0
        assert charged(Charge.TECHNICIAN_SHIFT) == (shift, pytest.approx(1.25 * shift, abs=56))
        assert charged(Charge.TECHNICIAN_OVERTIME) == (overtime, pytest.approx(1.5 * 1.25 * overtime, abs=56))
        assert charged(Charge.VAN_DAYS) == (driven, 1_200 * driven)
        assert charged(Charge.TRAINING) == (trained, 8_000 * trained)
        assert charged(Charge.INCENTIVES) == (
            rewarded,
            pytest.approx(0.125 * rewarded * SHIFT_SECONDS, abs=56),
        )

    def test_a_day_is_paid_on_its_day(self) -> None:
        room = bench(days=3, **PRICES)
        room.open()
        room.go_on(SECONDS_PER_DAY - 1)
        room.work(0, 0, shift_seconds=3600)
        room.close()
        assert room.tables["charges"]["charged_second"].tolist() == [SECONDS_PER_DAY - 1]


class TestScores:
    def test_points_follow_from_what_was_seen(self) -> None:
        room = bench(days=29, technicians=2, **people(morale={"starts_at": 0.6}))
        room.open()
        for technician, (visits, fixed) in enumerate(((10, 9), (10, 3))):
            for number in range(visits):
                request = room.request(f"{technician} {number}")
                request.promised_until_second = 1_000
                request.first_arrived_second = 900 if number % 2 else 1_100
                room.workforce.done(technician, 0, request, is_fixed=number < fixed)
            room.work(technician, 0, shift_seconds=36_000, visits=visits)
        room.workforce.fails_again(0, 5 * SECONDS_PER_DAY)
        room.workforce.fails_again(0, 40 * SECONDS_PER_DAY)
        room.close()
        scores = room.tables["technician_scores"]
        assert scores["reviewed_second"].tolist() == [28 * SECONDS_PER_DAY] * 2
        assert scores["satisfaction_points"].tolist() == [5_500, 5_500]  # manner 0.6, half the promises
        assert scores["quality_points"].tolist() == [8_000, 3_000]  # one of nine has failed again by now
        assert scores["efficiency_points"].tolist() == [
            7_500,
            2_500,
        ]  # 0.9 and 0.3 jobs an hour, on average 0.6
        assert scores["growth_points"].tolist() == [7_500, 2_500]
        assert scores["score_points"].tolist() == [7_125, 3_375]

    def test_who_had_no_visit_has_no_score(self) -> None:
        room = bench(days=57, technicians=1)
        room.run()
        assert len(room.tables["technician_scores"]) == 0


def test_who_belongs_to_another_station_is_charged_to_its_centre() -> None:
    centres = {
        "network": {
            "distribution_centres": [{"id": "DC", "stock": "unlimited"}, {"id": "EAST", "stock": "unlimited"}]
        },
        "service": {"stations": [{"station_id": STATION, "dc_id": "EAST"}]},
    }
    room = bench(days=7, **centres)
    room.open()
    room.work(0, 0, shift_seconds=3600)
    room.close()
    assert room.tables["charges"]["centre"].tolist() == [1]
