"""Loops and levers of the workforce, one by one, on the same random world with and without; and what does nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, ClassVar

import numpy as np
import pytest

from scenarios import Scenario
from sim import RunResult
from sim.aftersales.requests import Kind, Outcome, WorkforceEvent
from sim.books.charges import Charge
from study.statistics import Interval, mean_interval
from tests.factory import merged
from tests.service_worlds import constant, installed, mode, product, run, service_world

Blocks = dict[str, Any]
Measure = Callable[[RunResult], float]

REPLICATIONS = 5
CONFIDENCE = 0.99
DAYS = 56
OFFICE = {"start_hour": 8, "hours": 9, "break_minutes": 60}


def team(*changes: Blocks, technicians: int = 3, units: int = 2_700, days: int = DAYS) -> Scenario:
    """A team that repairs washers, four jobs a day each; levels make times, success and relapses differ."""
    base: Blocks = {
        "service": {
            "repair": {"relapse_share": 0.1},
            "people": {
                "skill": {
                    "minutes_factors": [1.3, 1.15, 1.0, 0.9, 0.85],
                    "success_shares": [0.6, 0.7, 0.8, 0.9, 0.95],
                    "relapse_factors": [2.5, 2, 1.5, 1.2, 1],
                }
            },
        }
    }
    return service_world(
        days=days,
        products=[product(per_year=1.7)],
        modes=[mode(skill_id="white", repair_minutes={"kind": "gamma", "mean": 50, "cv": 0.4})],
        base=[installed(units)],
        technicians=technicians,
        shift=OFFICE,
        skills={"white": 2},
        **reduce(merged, changes, base),
    )


def loops(*names: str) -> Blocks:
    return {"loops": dict.fromkeys(names, True)}


def people(**blocks: Any) -> Blocks:
    return {"service": {"people": blocks}}


def workforce(**values: Any) -> Blocks:
    return {"policy": {"service": {"workforce": values}}}


def interval(without: Scenario, having: Scenario, measure: Measure) -> Interval:
    """Of what the second has more than the first, on the same random worlds."""
    differences = [
        measure(having_run) - measure(plain)
        for having_run, plain in zip(runs(having), runs(without), strict=True)
    ]
    return mean_interval(np.array(differences), CONFIDENCE)


def rises(without: Scenario, having: Scenario, measure: Measure) -> None:
    found = interval(without, having, measure)
    assert found.low > 0, f"{found.low:.4g} .. {found.high:.4g}"


def falls(without: Scenario, having: Scenario, measure: Measure) -> None:
    found = interval(without, having, measure)
    assert found.high < 0, f"{found.low:.4g} .. {found.high:.4g}"


def runs(scenario: Scenario) -> list[RunResult]:
    """Replications of a world, run once."""
    if scenario.digest not in _RUNS:
        _RUNS[scenario.digest] = [run(scenario, replication=number) for number in range(REPLICATIONS)]
    return _RUNS[scenario.digest]


_RUNS: dict[str, list[RunResult]] = {}


def minutes_of_work(result: RunResult) -> float:
    visits = result.tables["visits"]
    return float(np.mean(visits["ended_second"] - visits["began_second"])) / 60


def failed_share(result: RunResult) -> float:
    return float(np.mean(result.tables["visits"]["cause"] > 0))


def log_wait(result: RunResult) -> float:
    """Logarithm of the mean time from report to first visit; who waits at the end has waited until then."""
    requests = result.tables["requests"]
    arrived = np.where(requests["first_arrived_second"] >= 0, requests["first_arrived_second"], DAYS * 86_400)
    return float(np.log(np.mean(arrived - requests["reported_second"])))


def morale(result: RunResult) -> float:
    return float(result.tables["technician_days"]["morale_ppm"].mean()) / 1e6


def leavers(result: RunResult) -> float:
    return float((result.tables["workforce_events"]["event"] == WorkforceEvent.LEFT).sum())


def reworks(result: RunResult) -> float:
    requests = result.tables["requests"]
    return float((requests["kind"] == Kind.REWORK).sum() / (requests["kind"] == Kind.REPAIR).sum())


LEARNING = people(learning={"reference_jobs": 500, "jobs_per_level": 150, "jobs_per_training_day": 60})
NERVOUS = people(
    attrition={"per_year": 1.5, "morale_sensitivity": 6, "notice_days": 7, "hiring_days": constant(14)}
)
MOODY = people(
    morale={"weeks": 2, "per_pay": 1.0, "per_incentive": 1.0, "minutes_at_zero": 2.0, "success_at_zero": 0.6}
)


class TestLoops:
    def test_skill_makes_faster_and_better(self) -> None:
        pair = team(LEARNING), team(LEARNING, loops("skill"))
        falls(*pair, minutes_of_work)
        falls(*pair, failed_share)

    def test_overload_and_morale_make_slower_and_worse(self) -> None:
        pair = team(MOODY, technicians=2), team(MOODY, loops("morale"), technicians=2)
        falls(*pair, morale)
        rises(*pair, minutes_of_work)
        rises(*pair, failed_share)

    def test_attrition_makes_customers_wait(self) -> None:
        leaving = people(
            attrition={"per_year": 10, "notice_days": 7, "hiring_days": constant(30)},
            morale={"starts_at": 0.4},
        )
        rises(team(leaving), team(leaving, loops("attrition")), log_wait)

    def test_low_morale_drives_people_away(self) -> None:
        unhappy = people(morale={"per_utilisation": 6, "weeks": 1})
        terms = {"technicians": 4, "units": 4_600}
        without = team(NERVOUS, unhappy, loops("attrition"), **terms)
        rises(without, team(NERVOUS, unhappy, loops("attrition", "morale"), **terms), leavers)


class TestLevers:
    def test_training_makes_faster_and_better(self) -> None:
        without = team(LEARNING, loops("skill"))
        having = team(LEARNING, loops("skill"), workforce(training_days_per_year=40))
        falls(without, having, failed_share)
        falls(without, having, minutes_of_work)

    @pytest.mark.parametrize("lever", [{"incentive_share": 0.3}, {"pay_factor": 1.3}, {"security": 1.0}])
    def test_incentives_pay_and_security_lift_morale(self, lever: dict[str, float]) -> None:
        rises(team(MOODY, loops("morale")), team(MOODY, loops("morale"), workforce(**lever)), morale)

    def test_pay_keeps_people(self) -> None:
        poor, rich = (
            team(NERVOUS, MOODY, loops("morale", "attrition"), workforce(pay_factor=factor), technicians=12)
            for factor in (0.7, 1.3)
        )
        falls(poor, rich, leavers)

    def test_inspection_spares_reworks(self) -> None:
        falls(team(), team({"policy": {"service": {"inspection_share": 1.0}}}), reworks)


def same(first: RunResult, second: RunResult) -> bool:
    return all(
        np.array_equal(first.tables[name].columns[column], second.tables[name].columns[column])
        for name in first.tables
        for column in first.tables[name].columns
    )


class TestOff:
    @pytest.mark.parametrize(
        "blocks",
        [
            people(learning={"progress_ratio": 0.6, "reference_jobs": 5, "jobs_per_level": 1}),
            people(morale={"neutral": 0.2, "minutes_at_zero": 3, "success_at_zero": 0.1, "weeks": 1}),
            people(attrition={"per_year": 10, "notice_days": 0, "recruit_level_loss": 4}),
        ],
        ids=["skill", "morale", "attrition"],
    )
    def test_a_loop_that_is_off_leaves_no_trace(self, blocks: Blocks) -> None:
        assert same(run(team(days=28)), run(team(blocks, days=28)))

    def test_a_loop_that_is_on_does(self) -> None:
        plain = run(team(days=28))
        for name in ("skill", "morale", "attrition"):
            assert not same(plain, run(team(loops(name), people(attrition={"per_year": 10}), days=28)))


class TestExtremes:
    def test_everybody_ill(self) -> None:
        result = run(team(people(absence={"episodes_per_year": 365}), days=28))
        assert len(result.tables["requests"]) > 100
        assert len(result.tables["visits"]) == 0
        assert np.all(result.tables["technician_days"]["is_absent"] == 1)

    def test_the_payroll_is_what_the_days_add_up_to(self) -> None:
        ill = people(absence={"episodes_per_year": 12})
        result = run(team(ill, workforce(training_days_per_year=12), days=56))
        days, charges = result.tables["technician_days"], result.tables["charges"]
        quantities = np.bincount(charges["reason"], weights=charges["quantity"], minlength=len(Charge))
        assert quantities[Charge.TECHNICIAN_SHIFT] == days["shift_seconds"].sum()
        assert quantities[Charge.TECHNICIAN_OVERTIME] == days["overtime_seconds"].sum()
        assert quantities[Charge.VAN_DAYS] == (days["visits"] > 0).sum()
        assert quantities[Charge.TRAINING] == days["is_training"].sum() > 0
        assert np.all(days["visits"][days["is_absent"] + days["is_training"] > 0] == 0)


class TestPartners:
    """Partners through the engine."""

    PARTNER: ClassVar[Blocks] = {
        "service": {"partners": [{"id": "near", "response_days": constant(1), "price_per_job": 60.0}]},
        "policy": {"service": {"outsourcing": {"partner_ids": ["near"], "when_wait_exceeds_days": 1}}},
    }

    def test_overflow_only_when_own_people_cannot_keep_up(self) -> None:
        enough, short = (run(team(self.PARTNER, technicians=number, units=1_500)) for number in (6, 1))
        assert len(enough.tables["partner_jobs"]) == 0
        assert len(short.tables["partner_jobs"]) > 100
        requests = short.tables["requests"]
        done = requests["outcome"] == Outcome.DONE_BY_PARTNER
        assert done.sum() == short.tables["partner_jobs"]["is_done"].sum()
        assert np.all(requests["partner"][done] == 0)
        charges = short.tables["charges"]
        assert charges["quantity"][charges["reason"] == Charge.PARTNERS].sum() == done.sum()

    def test_with_no_own_people_partners_do_it_all(self) -> None:
        result = run(team(self.PARTNER, technicians=0, units=1_000))
        requests = result.tables["requests"]
        assert set(requests["outcome"].tolist()) == {Outcome.OPEN, Outcome.DONE_BY_PARTNER}
        assert len(result.tables["visits"]) == 0

    def test_overflow_makes_customers_wait_less(self) -> None:
        falls(team(technicians=2), team(self.PARTNER, technicians=2), log_wait)
