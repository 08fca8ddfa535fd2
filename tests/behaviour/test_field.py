"""Field service at its extremes, and what each rule of dispatch and each appointment is good for."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from scenarios import Scenario
from sim import RunResult
from sim.aftersales.requests import Cause, Outcome, PartSource, Request, Urgency
from sim.books.charges import Charge
from sim.contact.direct import DirectReports
from sim.workforce.workforce import Technicians
from tests.factory import merged
from tests.field_worlds import (
    DAY_SHIFT,
    FAR,
    IntArray,
    busy_world,
    crew,
    dispatching,
    metres_per_visit,
    promised_once,
    requests_of,
)
from tests.service_worlds import STATION, constant, job_stream, mode, run, service_world

HOUR = 3_600
DAY = 86_400


@pytest.fixture(scope="module")
def busy() -> RunResult:
    return run(busy_world())


def visited(scenario: Scenario) -> int:
    return len(run(scenario).tables["visits"])


class TestNobody:
    def test_no_technicians(self) -> None:
        people: dict[str, Any] = {"service": {"workforce": {"groups": []}}}
        result = run(busy_world(policy=people))
        assert not len(result.tables["visits"])
        assert (requests_of(result)["outcome"] == Outcome.OPEN).all()

    def test_no_skills(self) -> None:
        people = {"service": {"workforce": {"groups": [crew("T", 2, level=0)]}}}
        result = run(busy_world(policy=people))
        requests, seen = requests_of(result), result.tables["visits"]["request"]
        assert len(seen)
        assert (requests["mode"][seen] == 2).all()  # hoses need no skill

    def test_everybody_ill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Technicians, "duty", lambda self, technician, day: None)
        assert not visited(busy_world())


class TestRecords:
    def test_stages_come_one_after_the_other(self, busy: RunResult) -> None:
        requests = requests_of(busy)
        stages = (
            "reported",
            "taken",
            "first_departed",
            "first_arrived",
            "diagnosed",
            "completed",
            "settled",
            "closed",
        )
        for before, after in pairwise(stages):
            earlier, later = requests[f"{before}_second"], requests[f"{after}_second"]
            reached = later >= 0
            assert ((earlier <= later) & (earlier >= 0))[reached].all()
        assert set(requests["outcome"]) >= {Outcome.DONE, Outcome.DECLINED}

    def test_nobody_is_at_two_places(self, busy: RunResult) -> None:
        visits = busy.tables["visits"]
        for who in range(4):
            mine = (visits["technician"] == who) & (visits["ended_second"] >= 0)
            begins, ends = visits["departed_second"][mine], visits["ended_second"][mine]
            order = np.argsort(begins, kind="stable")
            assert (begins[order][1:] >= ends[order][:-1]).all()

    def test_promises_begin_with_the_window(self, busy: RunResult) -> None:
        requests = requests_of(busy)
        once = promised_once(requests)
        early = requests["first_departed_second"] < requests["promised_from_second"]
        assert once.sum() > 50
        assert not early[once].any()
        booked_for = requests["promised_from_second"][once] // DAY - requests["taken_second"][once] // DAY
        assert booked_for.min() >= 1

    def test_urgent_jobs_go_ahead(self, busy: RunResult) -> None:
        requests = requests_of(busy)
        first = (
            (requests["visits"] == 1) & (requests["outcome"] > 0) & (requests["urgency"] == Urgency.URGENT)
        )
        assert first.sum() > 10
        assert (requests["promised_from_second"][first] < 0).all()

    def test_late_jobs_are_exceptions(self, busy: RunResult) -> None:
        """One for each window that went by before anybody set out."""
        requests = requests_of(busy)
        once = promised_once(requests)
        late = requests["first_departed_second"] > requests["promised_until_second"]
        assert (requests["exceptions"] == late)[once].all()

    def test_two_wait_for_the_later_one(self, busy: RunResult) -> None:
        visits, days = busy.tables["visits"], busy.tables["technician_days"]
        pair = visits["helper"] >= 0
        assert pair.sum() > 5
        assert (visits["helper"] != visits["technician"])[pair].all()
        assert (visits["began_second"] >= visits["arrived_second"])[pair].all()
        assert (visits["began_second"] > visits["arrived_second"])[pair].any()
        assert days["waiting_seconds"].sum() > 0
        people = requests_of(busy)["mode"][visits["request"]]
        assert (pair == (people == 1)).all()  # drums take two

    def test_quotes_are_declined_for_a_fee(self) -> None:
        costs = {"service": {"visit_fee": 10.0, "consumables_per_job": 2.0, "van_per_km": 1.0}}
        result = run(busy_world(costs=costs))
        requests, charges = requests_of(result), result.tables["charges"]
        amount = {reason: charges["amount_minor"][charges["reason"] == reason].sum() for reason in Charge}
        declined = requests["outcome"] == Outcome.DECLINED
        assert amount[Charge.VISIT_FEES] == 1_000 * declined.sum() > 0
        paid = requests["paid_minor"][requests["outcome"] == Outcome.DONE]
        assert amount[Charge.REPAIRS_SOLD] == paid.sum() > 0
        worked = (result.tables["visits"]["cause"] != Cause.ABSENT) & (
            result.tables["visits"]["ended_second"] >= 0
        )
        assert amount[Charge.CONSUMABLES] == 200 * worked.sum()
        metres = result.tables["technician_days"]["metres"].sum()
        assert amount[Charge.VAN_DISTANCE] == pytest.approx(metres / 10, rel=0.01)

    def test_acceptance_falls_with_price(self) -> None:
        def declined(half_price: float) -> int:
            repair = {"quote_half_price": half_price}
            return int(
                (
                    requests_of(run(busy_world(service={"repair": repair})))["outcome"] == Outcome.DECLINED
                ).sum()
            )

        assert declined(0.0) == 0
        assert declined(200.0) < declined(60.0) < declined(20.0)


def waits(result: RunResult, chosen: Mapping[str, Any] | None = None) -> IntArray:
    requests = requests_of(result)
    keep = requests["first_departed_second"] >= 0
    for name, value in (chosen or {}).items():
        keep &= requests[name] == value
    return np.asarray((requests["first_departed_second"] - requests["reported_second"])[keep])


class TestRules:
    """Paired runs of the busy world without appointments, where jobs pile up overnight."""

    @staticmethod
    def run_by(**terms: Any) -> RunResult:
        policy = merged({"service": {"appointments": None}}, dispatching(**terms))
        return run(busy_world(days=56, policy=policy))

    def test_urgent_jobs_are_sooner_by_sla(self) -> None:
        urgent = {"urgency": int(Urgency.URGENT)}
        general = {"urgency": int(Urgency.GENERAL)}
        by_sla, first_come = self.run_by(rule="sla_priority"), self.run_by(rule="first_come")
        assert waits(by_sla, urgent).mean() < waits(first_come, urgent).mean()
        assert waits(by_sla, general).mean() > waits(first_come, general).mean()

    def test_nearest_drives_less(self) -> None:
        assert metres_per_visit(self.run_by(rule="nearest")) < 0.9 * metres_per_visit(self.run_by())

    def test_pooled_waits_less_and_drives_more(self) -> None:
        own, pooled = self.run_by(area="territory"), self.run_by(area="pooled")
        assert waits(pooled).mean() < waits(own).mean()
        home = np.array([0, 0, 1, 1])
        visits, stations = pooled.tables["visits"], requests_of(pooled)["station"]
        assert (home[visits["technician"]] != stations[visits["request"]]).any()
        visits, stations = own.tables["visits"], requests_of(own)["station"]
        assert (home[visits["technician"]] == stations[visits["request"]]).all()


def door_jobs(name: str, per_day: float, minutes: float, **fields: Any) -> dict[str, Any]:
    """Jobs at a station's door, always equally long."""
    return {**job_stream(name, 1440 / per_day, minutes), "minutes": constant(minutes), **fields}


def test_scarce_skills_are_kept_for_those_who_need_them() -> None:
    """An all-rounder helps with common jobs only when no rare one waits."""

    def rare_wait(rule: str) -> float:
        people = [
            {"id": "C", "station_id": STATION, "count": 2, "shift_id": "day", "skills": {"common": 1}},
            {
                "id": "R",
                "station_id": STATION,
                "count": 1,
                "shift_id": "day",
                "skills": {"common": 1, "rare": 1},
            },
        ]
        streams = [
            door_jobs("common", 34.0, 40.0, skill_id="common"),
            door_jobs("rare", 6.0, 40.0, skill_id="rare"),
        ]
        workforce = {"shifts": [DAY_SHIFT], "groups": people}
        policy = {"service": {"dispatch": {"rule": rule}, "workforce": workforce}}
        return float(waits(run(service_world(days=42, streams=streams, policy=policy)), {"stream": 1}).mean())

    assert rare_wait("scarce_skill_first") < 0.8 * rare_wait("first_come")


def test_earliest_due_goes_first() -> None:
    """Whoever sets out by this rule finds no job waiting whose time is up earlier."""
    result = run(
        service_world(
            days=14,
            streams=[door_jobs("A", 14.0, 50.0, priority=0), door_jobs("B", 14.0, 50.0, priority=2)],
            policy={
                "service": {
                    "dispatch": {"rule": "earliest_due"},
                    "workforce": {"shifts": [{**DAY_SHIFT, "id": "always"}]},
                }
            },
        )
    )
    requests = requests_of(result)
    begun = requests["first_departed_second"]
    for number in np.flatnonzero(begun >= 0):
        now = begun[number]
        waiting = (requests["taken_second"] < now) & ((begun > now) | (begun < 0))
        assert (requests["response_due_second"][waiting] >= requests["response_due_second"][number]).all()


def test_no_job_is_begun_that_ends_too_late() -> None:
    """Times are as expected here, so nobody works longer than the rule says."""
    for minutes in (0, 30, 90):
        result = run(
            service_world(
                days=14,
                streams=[door_jobs("jobs", 60.0, 50.0)],
                policy={
                    "service": {
                        "dispatch": {"overtime_minutes": minutes},
                        "workforce": {"shifts": [{**DAY_SHIFT, "id": "always"}]},
                    }
                },
            )
        )
        overtime = result.tables["technician_days"]["overtime_seconds"]
        assert overtime.max() <= 60 * minutes
        assert (overtime > 0).any() == (minutes > 0)


def overbooked(**dispatch: Any) -> RunResult:
    """Two stations a few km apart: one has promised more than it can do, the other has hardly anything to do."""
    policy = {
        "service": {
            "appointments": {"load_share": 1.6},
            "dispatch": dispatch,
            "workforce": {"groups": [crew("T", 1), crew("F", 3, FAR)]},
        }
    }
    return run(busy_world(policy=policy))


def test_late_jobs_go_to_whoever_is_free() -> None:
    alone, helped = overbooked(), overbooked(when_late="redispatch")
    home = np.array([0, 1, 1, 1])
    visits, stations = alone.tables["visits"], requests_of(alone)["station"]
    assert (home[visits["technician"]] == stations[visits["request"]]).all()
    assert requests_of(alone)["exceptions"].sum() > 10
    visits, stations = helped.tables["visits"], requests_of(helped)["station"]
    elsewhere = home[visits["technician"]] != stations[visits["request"]]
    assert elsewhere.any()
    assert (visits["is_redispatched"][elsewhere] == 1).all()
    assert waits(helped).mean() < waits(alone).mean()


def shares(values: npt.NDArray[np.bool_]) -> float:
    return float(values.mean())


def test_absence_and_failure_happen_as_often_as_said(busy: RunResult) -> None:
    """About one visit in ten finds nobody; about one repair in five by people of level 3 does not hold."""
    cause = busy.tables["visits"]["cause"]
    assert 0.05 < shares(cause == Cause.ABSENT) < 0.16
    assert 0.1 < shares(cause == Cause.FAILED_REPAIR) < 0.3
    again = requests_of(busy)["visits"] > 1
    assert (requests_of(busy)["first_cause"][again] > 0).all()


@pytest.fixture(scope="module")
def with_parts() -> RunResult:
    """Pumps lie at the station and one in each van; what is not in the van waits for a second visit."""
    modes = [
        mode("pump", skill_id="white", level=2, weight=6, part_id="pump"),
        mode("hose", weight=3),
    ]
    rules = [
        {"echelon": "dc", "reorder_point_units": 20, "order_up_to_units": 60},
        {"echelon": "station", "reorder_point_units": 6, "order_up_to_units": 12},
        {"echelon": "van", "reorder_point_units": 0, "order_up_to_units": 1},
    ]
    part = {"part_id": "pump", "purchase_cost": 20.0}
    return run(
        busy_world(
            days=42,
            service={"failure_modes": modes, "parts": {"parts": [part]}},
            policy={"service": {"parts": {"rules": rules}}},
        )
    )


class TestParts:
    def test_the_next_visit_brings_the_part(self, with_parts: RunResult) -> None:
        requests, visits = requests_of(with_parts), with_parts.tables["visits"]
        missing = visits["request"][visits["cause"] == Cause.MISSING_PART]
        assert len(missing) > 20
        assert len(set(missing.tolist())) == len(missing)  # nobody waits for it twice
        done = missing[requests["outcome"][missing] == Outcome.DONE]
        assert len(done) > 10
        for number in done:
            mine = visits["request"] == number
            begun = visits["departed_second"][mine & (visits["part_source"] >= PartSource.STATION)]
            assert len(begun)
            assert (
                begun.min() >= requests["part_ready_second"][number] >= requests["part_asked_second"][number]
            )

    def test_each_part_is_put_in_once(self, with_parts: RunResult) -> None:
        """A repair that does not hold leaves the part in place."""
        visits = with_parts.tables["visits"]
        put_in = visits["request"][visits["part_source"] != PartSource.NONE]
        assert len(put_in) == len(set(put_in.tolist()))

    def test_a_part_that_comes_during_the_shift_is_fetched(self, with_parts: RunResult) -> None:
        """Urgent ones go on the same day, by way of the station: never without driving."""
        requests, visits = requests_of(with_parts), with_parts.tables["visits"]
        ready = requests["part_ready_second"][visits["request"]]
        same_day = (visits["part_source"] == PartSource.STATION) & (
            ready // DAY == visits["departed_second"] // DAY
        )
        assert same_day.any()
        assert (visits["metres"][same_day] > 0).all()


def misjudged(result: RunResult) -> npt.NDArray[np.bool_]:
    requests = requests_of(result)
    return np.asarray(requests["judged_mode"] != requests["mode"])


def test_who_lacks_the_skill_leaves_and_another_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Triage takes every failure for a hose, which anybody can mend; half of the technicians can mend nothing else."""
    report = DirectReports.report

    def mistaken(self: DirectReports, request: Request) -> None:
        request.judged_mode, request.skill, request.level, request.people = 2, -1, 1, 1
        report(self, request)

    monkeypatch.setattr(DirectReports, "report", mistaken)
    people = [crew("T", 1, level=0), crew("U", 2), crew("F", 1, FAR, level=0), crew("G", 2, FAR)]
    result = run(busy_world(policy={"service": {"workforce": {"groups": people}}}))
    requests, visits = requests_of(result), result.tables["visits"]
    wrong = visits["cause"] == Cause.WRONG_SKILL
    assert wrong.sum() > 20
    assert misjudged(result).any()
    assert (requests["mode"][visits["request"][wrong]] != 2).all()
    again = requests["first_cause"] == Cause.WRONG_SKILL
    assert (requests["outcome"][again] == Outcome.DONE).mean() > 0.6
    per_request = np.bincount(visits["request"][wrong], minlength=len(requests["mode"]))
    assert per_request.max() == 1  # what it takes is known from then on
