"""Partners by themselves: who gets which job, how it goes, what it costs, and the review that moves shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.aftersales.requests import Cause, Kind, Outcome, Request
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY
from tests.people_rooms import Bench
from tests.service_worlds import constant, job_stream, mode, product, service_world

DAY = SECONDS_PER_DAY
PARTNER: dict[str, Any] = {
    "id": "near", "response_days": constant(2), "success_share": 1.0, "relapse_share": 0.0, "price_per_job": 50.0,
    "price_per_hour": 30.0, "jobs_per_day": 10_000, "manner": 0.9,
}  # fmt: skip
SKILLED = [job_stream(name, 60.0, 30.0, skill_id=name) for name in ("brown", "white")]


def bench(*partners: dict[str, Any], days: int = 28, **outsourcing: Any) -> Bench:
    hired = [{**PARTNER, **partner} for partner in partners or ({},)]
    policy = {"partner_ids": [partner["id"] for partner in hired], **outsourcing}
    room = Bench(
        service_world(
            days=days,
            streams=SKILLED,
            products=[product()],
            modes=[mode(price=90.0)],
            skills={"brown": 1, "white": 1},
            service={"partners": hired},
            policy={"service": {"outsourcing": policy}},
        )
    )
    room.open()
    return room


def taken(room: Bench, number: int, offered_second: int = -1) -> list[Request]:
    """Those of so many requests that some partner takes."""
    requests = [room.request(f"{room.context.now} {index}") for index in range(number)]
    return [request for request in requests if room.partners.takes(request, offered_second)]


class TestWhoTakesWhat:
    def test_nobody_without_partners(self) -> None:
        room = Bench(service_world(days=7))
        assert not room.partners.takes(room.request("x"), -1)

    def test_overflow_only_when_the_wait_is_too_long(self) -> None:
        room = bench(when_wait_exceeds_days=3)
        assert not taken(room, 10, 3 * DAY)
        assert len(taken(room, 10, 3 * DAY + 1)) == 10
        assert len(taken(room, 10, -1)) == 10

    def test_a_share_of_jobs_goes_from_the_start(self) -> None:
        assert len(taken(bench(share_of_jobs=0.25), 2_000, 0)) == pytest.approx(500, abs=80)

    def test_capacity_of_a_day(self) -> None:
        room = bench({"jobs_per_day": 4})
        assert len(taken(room, 10)) == 4
        room.go_on(DAY)
        assert len(taken(room, 10)) == 4

    def test_skill_and_territory(self) -> None:
        room = bench({"skill_ids": ["white"]})
        white, brown = room.request("white"), room.request("brown")
        white.skill = white.true_skill = room.context.facts.skill("white")
        brown.skill = room.context.facts.skill("brown")
        assert room.partners.takes(white, -1)
        assert not room.partners.takes(brown, -1)
        elsewhere = bench({"station_ids": ["ST"]})
        request = elsewhere.request("x")
        request.station = 7
        assert not elsewhere.partners.takes(request, -1)

    def test_a_job_for_which_a_part_was_ordered_stays(self) -> None:
        room = bench()
        request = room.request("x")
        request.part_asked_second = 0
        assert not room.partners.takes(request, -1)

    def test_equal_shares_to_begin_with(self) -> None:
        room = bench({}, {"id": "far"})
        of_first = sum(request.partner == 0 for request in taken(room, 2_000))
        assert of_first == pytest.approx(1_000, abs=100)


class TestTheJob:
    def test_stamps_money_and_row_of_a_job_done_at_once(self) -> None:
        room = bench()
        (request,) = taken(room, 1)
        room.go_on(10 * DAY)
        arrived = 2 * DAY
        assert (request.first_arrived_second, request.diagnosed_second) == (arrived, arrived + 900)
        assert request.completed_second == request.closed_second == arrived + 3_600
        assert (request.outcome, request.visits, request.partner) == (Outcome.DONE_BY_PARTNER, 1, 0)
        assert (request.manner_ppm, request.first_cause) == (900_000, Cause.NONE)
        assert room.neighbours.back == [request.number]
        charges, jobs = room.tables["charges"], room.tables["partner_jobs"]
        assert (charges["reason"].tolist(), charges["amount_minor"].tolist()) == ([Charge.PARTNERS], [8_000])
        assert [int(jobs[name][0]) for name in ("handed_second", "visited_second", "ended_second")] == [
            0, arrived, arrived + 3_600,
        ]  # fmt: skip
        assert (jobs["amount_minor"].tolist(), jobs["is_done"].tolist()) == ([8_000], [1])

    def test_what_the_customer_pays_the_house_does_not(self) -> None:
        room = bench()
        for name, is_warranty in (("free", 1), ("billed", 0)):
            request = room.request(name)
            request.mode, request.is_warranty = 0, is_warranty
            assert room.partners.takes(request, -1)
        room.go_on(10 * DAY)
        charges = room.tables["charges"]
        assert (charges["quantity"].tolist(), charges["amount_minor"].tolist()) == ([1, 1], [8_000, 0])

    def test_the_others_take_a_second_visit_as_long_after(self) -> None:
        room = bench({"success_share": 0.0})
        (request,) = taken(room, 1)
        room.go_on(10 * DAY)
        assert request.visits == 2 and request.first_cause == Cause.FAILED_REPAIR
        assert request.completed_second == 2 * DAY + 3_600 + 2 * DAY + 2_700

    def test_success_at_the_first_visit_is_a_share(self) -> None:
        room = bench({"success_share": 0.85})
        taken(room, 2_000)
        room.go_on(20 * DAY)
        visits = room.tables["partner_jobs"]["visits"]
        assert np.mean(visits == 1) == pytest.approx(0.85, abs=0.035)

    def test_who_turns_out_to_lack_the_skill_hands_the_job_back(self) -> None:
        room = bench({"skill_ids": ["white"]})
        request = room.request("misjudged")
        request.skill, request.true_skill = (room.context.facts.skill(name) for name in ("white", "brown"))
        assert room.partners.takes(request, -1)
        room.go_on(10 * DAY)
        assert room.neighbours.admitted == [request]
        assert (request.visits, request.first_cause, request.partner) == (1, Cause.WRONG_SKILL, -1)
        assert request.skill == request.true_skill
        assert not room.partners.takes(request, -1)
        assert len(room.tables["charges"]) == 0
        assert room.tables["partner_jobs"]["is_done"].tolist() == [0]

    def test_bad_repairs_fail_again_by_the_partners_share(self) -> None:
        room = bench({"relapse_share": 0.2})
        taken(room, 2_000)
        room.go_on(20 * DAY)
        assert len(room.neighbours.relapses) == pytest.approx(400, abs=75)

    def test_an_installation_is_a_visit(self) -> None:
        room = bench({"relapse_share": 1.0})
        request = room.request("new", Kind.INSTALLATION)
        assert room.partners.takes(request, -1)
        room.go_on(10 * DAY)
        assert (room.neighbours.visits, room.neighbours.relapses) == ([request.number], [])

    def test_what_is_under_way_at_the_end_is_written_down_as_far_as_it_went(self) -> None:
        room = bench({"success_share": 0.0}, days=3)
        visited = taken(room, 1)[0]
        room.go_on(2 * DAY)
        waiting = taken(room, 1)[0]
        room.close()
        assert (visited.first_arrived_second, visited.visits, visited.completed_second) == (2 * DAY, 1, -1)
        assert (waiting.first_arrived_second, waiting.visits) == (-1, 0)
        jobs = room.tables["partner_jobs"]
        assert jobs["visited_second"].tolist() == [2 * DAY, -1]
        assert jobs["ended_second"].tolist() == [-1, -1]
        assert len(room.tables["requests"]) == 2


class TestMinimum:
    def test_jobs_that_were_promised_and_not_given_are_paid(self) -> None:
        room = bench({"minimum_jobs_per_month": 30}, days=57)
        taken(room, 12)
        room.close()
        charges = room.tables["charges"]
        minimum = charges["reason"] == Charge.PARTNER_MINIMUM
        assert charges["quantity"][minimum].tolist() == [18, 30]
        assert charges["amount_minor"][minimum].tolist() == [90_000, 150_000]
        assert charges["charged_second"][minimum].tolist() == [28 * DAY - 1, 56 * DAY - 1]

    def test_nothing_when_enough_was_given(self) -> None:
        room = bench({"minimum_jobs_per_month": 12}, days=29)
        taken(room, 12)
        room.close()
        assert Charge.PARTNER_MINIMUM not in room.tables["charges"]["reason"]


class TestReview:
    GOOD, BAD = {"id": "good", "success_share": 1.0}, {"id": "bad", "success_share": 0.2}

    def reviewed(self, **rules: Any) -> Bench:
        room = bench(self.GOOD, self.BAD, days=200, review={"every_days": 28, **rules})
        for day in range(0, 196, 2):
            room.go_on(day * DAY + 1)
            taken(room, 8)
        room.close()
        return room

    def test_shares_move_to_the_better_one(self) -> None:
        room = self.reviewed()
        rows = room.tables["partner_reviews"]
        good = rows["share_after_ppm"][rows["partner"] == 0].tolist()
        assert 500_000 < good[0] < good[-1] and min(good[1:]) > 700_000
        assert np.all(rows["quality_ppm"][rows["partner"] == 0] == 1_000_000)
        jobs = room.tables["partner_jobs"]
        late = jobs["handed_second"] > 100 * DAY
        assert np.mean(jobs["partner"][late] == 0) > 0.7

    def test_nobody_falls_below_the_least_share(self) -> None:
        after = self.reviewed(step=1.0, least_share=0.2).tables["partner_reviews"]
        assert np.all(after["share_after_ppm"] > 165_000)  # 0.2 over what the shares then add up to

    def test_shares_add_up_and_follow_each_other(self) -> None:
        rows = self.reviewed().tables["partner_reviews"]
        before, after = rows["share_before_ppm"].reshape(-1, 2), rows["share_after_ppm"].reshape(-1, 2)
        assert np.all(np.abs(after.sum(axis=1) - 1_000_000) <= 1)
        assert np.all(before[1:] == after[:-1])

    def test_the_audit_counts(self) -> None:
        rules = {"every_days": 28, "quality_weight": 0, "on_time_weight": 0, "audit_weight": 1}
        room = bench({"communication": 100.0}, {"id": "far", "growth": 0.0}, days=30, review=rules)
        room.close()
        rows = room.tables["partner_reviews"]
        assert rows["score_points"].tolist() == [6_000, 4_000]
