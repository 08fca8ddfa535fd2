"""Whatever the rules: every second of a technician is accounted for, and nobody's draws hang on who else is there."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import RunResult
from sim.aftersales.requests import Outcome
from tests.factory import merged
from tests.field_worlds import DAY_SHIFT, FAR, busy_world, crew, requests_of
from tests.service_worlds import constant, installed, job_stream, mode, product, run, service_world

DAY = 86_400

dispatches = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(
            ["first_come", "nearest", "sla_priority", "earliest_due", "scarce_skill_first"]
        ),
        "area": st.sampled_from(["territory", "pooled"]),
        "plan": st.sampled_from(["when_free", "day_plan"]),
        "frozen_minutes": st.sampled_from([0.0, 60.0, 600.0]),
        "overtime_minutes": st.sampled_from([0.0, 60.0, 1_440.0]),
        "when_late": st.sampled_from(["nothing", "redispatch"]),
    }
)
shifts = st.fixed_dictionaries(
    {
        "start_hour": st.sampled_from([0.0, 8.0, 18.0, 22.5]),
        "hours": st.sampled_from([4.0, 9.0, 24.0]),
        "break_minutes": st.sampled_from([0.0, 45.0, 120.0]),
    }
)


@given(
    dispatch=dispatches,
    shift=shifts,
    appointments=st.sampled_from([None, {}, {"earliest_days": 0, "load_share": 1.5}]),
    people=st.integers(1, 3),
    minutes=st.sampled_from([20, 300, 1_700]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_minutes_add_up(
    dispatch: dict[str, Any], shift: dict[str, Any], appointments: Any, people: int, minutes: int
) -> None:
    """Shift + overtime = driving + work + waiting + break + idle, each day of everybody; days do not overlap."""
    workforce = {
        "shifts": [{**DAY_SHIFT, **shift}],
        "groups": [crew("T", people), crew("F", 2, FAR)],
    }
    policy = {
        "service": {"dispatch": dispatch, "appointments": appointments, "workforce": workforce},
    }
    hose = mode("hose", weight=3, repair_minutes=constant(minutes))
    drum = mode("drum", skill_id="white", level=1, people=2)
    result = run(busy_world(days=10, policy=policy, service={"failure_modes": [hose, drum]}))
    days, visits = result.tables["technician_days"], result.tables["visits"]
    spent = sum(days[f"{head}_seconds"] for head in ("driving", "work", "waiting", "break", "idle"))
    assert (days["shift_seconds"] + days["overtime_seconds"] == spent).all()
    for head in ("driving", "work", "waiting", "break", "idle", "overtime"):
        assert (days[f"{head}_seconds"] >= 0).all()
    worked = days["is_absent"] + days["is_training"] == 0
    keys = days["technician"][worked] * 1_000 + days["day"][worked]
    assert len(np.unique(keys)) == len(keys)
    over = visits["ended_second"] >= 0
    people_there = 1 + (visits["helper"] >= 0)
    assert days["visits"].sum() == people_there[over].sum()
    if over.all():
        assert days["driving_seconds"].sum() >= visits["driving_seconds"].sum()
    for who in range(people + 2):
        mine = over & ((visits["technician"] == who) | (visits["helper"] == who))
        ends = np.sort(visits["ended_second"][mine])
        assert (np.diff(ends) >= 0).all()
    requests = requests_of(result)
    assert (
        np.bincount(visits["request"][over], minlength=len(requests["visits"])) == requests["visits"]
    ).all()


def starts(technicians: int, rule: str) -> np.ndarray[Any, Any]:
    """Second at which each job is begun, in the order in which they come; later than any where it is not."""
    streams = [
        job_stream("A", 14.0, 30.0, priority=0),
        {**job_stream("B", 40.0, 90.0, priority=0), "minutes": constant(70)},
    ]
    policy = {"service": {"dispatch": {"rule": rule, "area": "pooled", "overtime_minutes": 1440}}}
    requests = requests_of(
        run(service_world(days=25, streams=streams, technicians=technicians, policy=policy))
    )
    begun = requests["first_departed_second"]
    return np.where(begun < 0, 26 * DAY, begun)


def test_one_more_technician_makes_nobody_wait_longer() -> None:
    """Identical technicians, one queue, first come, first served: exact for each single job."""
    times = [starts(technicians, "first_come") for technicians in (4, 5, 6)]
    for fewer, more in pairwise(times):
        assert (more <= fewer).all()
        assert (more < fewer).any()


def traits(result: RunResult) -> dict[tuple[int, int], tuple[int, ...]]:
    """What is drawn for requests, by what does not change with who else is there."""
    requests = requests_of(result)
    names = ("mode", "urgency", "is_warranty", "segment")
    rows = zip(
        requests["reported_second"].tolist(),
        requests["product"].tolist(),
        *(requests[name].tolist() for name in names),
        strict=True,
    )
    return {(second, product_): tuple(rest) for second, product_, *rest in rows}


def spreads(result: RunResult) -> dict[int, float]:
    """Time of the first drive to a request over its distance, for long drives."""
    requests, visits = requests_of(result), result.tables["visits"]
    first = (visits["visit"] == 0) & (visits["metres"] > 2_000) & (visits["helper"] < 0)
    pace = visits["driving_seconds"][first] / visits["metres"][first]
    reported = requests["reported_second"][visits["request"][first]]
    return dict(zip(reported.tolist(), pace.tolist(), strict=True))


def absences(result: RunResult) -> dict[int, bool]:
    """Whether the first visit to a request found nobody."""
    requests, visits = requests_of(result), result.tables["visits"]
    first = visits["visit"] == 0
    reported = requests["reported_second"][visits["request"][first]]
    return dict(zip(reported.tolist(), (visits["cause"][first] == 1).tolist(), strict=True))


EDITS: dict[str, dict[str, Any]] = {
    "technician": {
        "policy": {"service": {"workforce": {"groups": [crew("NEW", 1), crew("T", 2), crew("F", 2, FAR)]}}}
    },
    "product": {
        "service": {
            "products": [
                product("dryer", per_year=0.0),
                product(per_year=1.6, warranty_months=24),
            ],
            "base": [
                installed(5, "dryer"),
                installed(1_000, age_months=12),
                installed(1_000, age_months=60),
            ],
        }
    },
    "station": {
        "service": {
            "stations": [
                {"station_id": "ST"},
                {"station_id": FAR, "latitude": 0.0, "longitude": 0.05},
                {"station_id": "NEW", "latitude": 50.0, "longitude": 0.0},
            ]
        }
    },
    "rule": {"policy": {"service": {"dispatch": {"rule": "nearest", "area": "pooled", "plan": "day_plan"}}}},
}


@pytest.mark.parametrize("edit", EDITS)
def test_edits_disturb_no_draws(edit: str) -> None:
    even: dict[str, Any] = {"service": {"roads": {"hour_factors": [1.0] * 24}}}
    before, after = run(busy_world(**even)), run(busy_world(**merged(even, EDITS[edit])))
    if edit != "product":
        assert traits(before) == traits(after)
    assert [key[0] for key in traits(before)] == [key[0] for key in traits(after)]
    here, there = absences(before), absences(after)
    both = here.keys() & there.keys()
    assert len(both) > 100
    assert all(here[second] == there[second] for second in both)
    pace, other = spreads(before), spreads(after)
    common = pace.keys() & other.keys()
    assert len(common) > 40
    for second in common:
        assert pace[second] == pytest.approx(other[second], rel=0.015)
    assert (requests_of(after)["outcome"] == Outcome.DONE).any()
