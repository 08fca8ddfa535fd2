"""Whatever people and partners are like, their days, pay and jobs add up, twice the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Scenario
from sim import RunResult
from sim.clock import SECONDS_PER_DAY
from tests.service_worlds import (
    constant,
    exponential,
    installed,
    job_stream,
    mode,
    product,
    run,
    service_world,
)

DAYS = 35

SHIFTS = [
    {"start_hour": 8, "hours": 9, "break_minutes": 60, "weekdays": ["mon", "tue", "thu", "fri"]},
    {"start_hour": 22, "hours": 8},
    {"start_hour": 0, "hours": 24},
]


def partner(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "price_per_job": 50.0, "minimum_jobs_per_month": 20, **fields}


@st.composite
def worlds(draw: st.DrawFn) -> Scenario:
    """A station, a base that fails often, people who come and go, two partners who do not know everything."""

    def one(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    people = {
        "absence": {"episodes_per_year": one(0, 10, 150), "length_days": exponential(3)},
        "attrition": {
            "per_year": one(1, 10), "notice_days": one(0, 5), "hiring_days": exponential(8), "cost_per_hire": 500.0,
        },
        "learning": {"jobs_per_level": 20},
        "skill": {
            "minutes_factors": [1.4, 1.2, 1, 0.9, 0.8], "success_shares": [0.6, 0.7, 0.8, 0.9, 0.95],
            "relapse_factors": [2, 1.5, 1.2, 1.1, 1],
        },
    }  # fmt: skip
    return service_world(
        days=DAYS,
        products=[product(per_year=3.0, warranty_months=one(0, 12))],
        modes=[
            mode("pump", skill_id="white", level=one(1, 3), price=one(0.0, 80.0)),
            mode("board", skill_id="brown", people=one(1, 2)),
        ],
        base=[installed(600)],
        streams=[job_stream("jobs", 300, 40)],
        technicians=one(0, 1, 4),
        shift=one(*SHIFTS),
        skills={"white": one(1, 3), "brown": 2},
        loops={name: one(True, False) for name in ("skill", "morale", "attrition")},
        service={
            "people": people,
            "repair": {"relapse_share": 0.2, "relapse_days": exponential(5), "absent_share": 0.05},
            "partners": [
                partner("near", skill_ids=["white"], jobs_per_day=one(2, 50), response_days=exponential(1)),
                partner("far", response_days=constant(2)),
            ],
        },
        costs={"service": {"technician_per_hour": 20.3, "van_per_day": 9.9, "per_inspection": 3.3}},
        policy={
            "service": {
                "inspection_share": one(0.0, 0.3),
                "outsourcing": {
                    "partner_ids": ["near", "far"],
                    "when_wait_exceeds_days": one(0, 1, 5),
                    "share_of_jobs": one(0.0, 0.3),
                    "review": {"every_days": 14},
                },
                "workforce": {
                    "incentive_share": one(0.0, 0.1),
                    "training_days_per_year": one(0, 20),
                    "replaces_leavers": one(True, False),
                },
            }
        },
    )


@given(worlds())
@settings(max_examples=12)
def test_days_jobs_and_draws(scenario: Scenario) -> None:
    result = run(scenario)  # its books are checked
    days, events = result.tables["technician_days"], result.tables["workforce_events"]
    keys = days["technician"] * DAYS + days["day"]
    assert len(np.unique(keys)) == len(keys)
    assert np.all(days["is_absent"] * days["is_training"] == 0)
    assert events["second"].max(initial=0) < DAYS * SECONDS_PER_DAY
    jobs = result.tables["partner_jobs"]
    over = jobs["ended_second"] >= 0
    assert np.all(jobs["visits"][over] >= 1) and np.all(jobs["is_done"][~over] == 0)
    reviews = result.tables["partner_reviews"]["share_after_ppm"].reshape(-1, 2)
    assert np.all(np.abs(reviews.sum(axis=1) - 1_000_000) <= 1)
    assert _same(result, run(scenario))


def _same(first: RunResult, second: RunResult) -> bool:
    return all(
        np.array_equal(column, second.tables[name][title])
        for name, table in first.tables.items()
        for title, column in table.columns.items()
    )
