"""What a scenario may not say of appointments, dispatch and who does what; each case is one rule, at its path."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.factory import merged
from tests.service_worlds import STATION, constant, job_stream, service_world

JOB = job_stream("job", 60.0, 30.0, skill_id="white", level=2)
SHIFT = {"id": "always", "start_hour": 8, "hours": 9}
GOOD: dict[str, Any] = {"policy": {"service": {"appointments": {}}}}
_APPOINTMENTS = "policy.service.appointments"
_DISPATCH = "policy.service.dispatch"
_STREAM = "service.job_streams[0]"


def found(changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and paths of all problems of a good world with some changes, demand apart."""
    scenario = service_world(
        days=14, streams=[JOB], technicians=2, shift=SHIFT, skills={"white": 2}, **merged(GOOD, changes)
    )
    problems = check(scenario)
    return [(problem.code, problem.path) for problem in problems if not problem.path.startswith("demand")]


def appointments(**terms: Any) -> dict[str, Any]:
    return {"policy": {"service": {"appointments": terms}}}


def dispatch(**terms: Any) -> dict[str, Any]:
    return {"policy": {"service": {"dispatch": terms}}}


def stream(**terms: Any) -> dict[str, Any]:
    return {"service": {"job_streams": [{**JOB, **terms}]}}


def test_the_good_world_is_good() -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("code", "path", "changes"),
    [
        ("E504", f"{_APPOINTMENTS}.windows[1]", appointments(windows=[(8, 12), (17, 12)])),
        ("E504", f"{_APPOINTMENTS}.windows[1]", appointments(windows=[(8, 12), (12, 25)])),
        ("E504", f"{_APPOINTMENTS}.windows[1]", appointments(windows=[(12, 17), (8, 12)])),
        ("W601", f"{_APPOINTMENTS}.windows[1]", appointments(windows=[(8, 12), (18, 21)])),
        ("W602", f"{_APPOINTMENTS}.urgent_same_day", appointments(earliest_days=0, urgent_same_day=False)),
        ("W601", f"{_STREAM}.level", stream(level=3)),
        ("W601", _STREAM, stream(minutes=constant(700))),
        (
            "W601",
            "policy.service.workforce",
            {"service": {"stations": [{"station_id": STATION}, {"station_id": "EMPTY"}]}},
        ),
        (
            "W602",
            f"{_DISPATCH}.when_late",
            dispatch(when_late="redispatch", area="pooled"),
        ),
        (
            "W602",
            f"{_DISPATCH}.when_late",
            {"policy": {"service": {"appointments": None, "dispatch": {"when_late": "redispatch"}}}},
        ),
    ],
)
def test_what_makes_no_sense_is_told_at_its_place(code: str, path: str, changes: dict[str, Any]) -> None:
    assert found(changes) == [(code, path)]


def test_two_are_needed_where_two_are() -> None:
    alone = {
        "id": "T", "station_id": STATION, "count": 1, "shift_id": "always", "skills": {"white": 2},
    }  # fmt: skip
    changes = merged(stream(people=2), {"policy": {"service": {"workforce": {"groups": [alone]}}}})
    assert found(changes) == [("W601", f"{_STREAM}.people")]
    assert found(stream(people=2)) == []


def test_partners_do_what_nobody_can() -> None:
    partners = {
        "service": {"partners": [{"id": "P"}]},
        "policy": {"service": {"outsourcing": {"partner_ids": ["P"]}}},
    }
    assert found(merged(stream(level=3), partners)) == []


def test_stations_pooled_need_no_people_of_their_own() -> None:
    two = {"service": {"stations": [{"station_id": STATION}, {"station_id": "EMPTY"}]}}
    assert found(merged(two, dispatch(area="pooled"))) == []


def test_night_shifts_cover_the_morning() -> None:
    night = {
        "policy": {"service": {"workforce": {"shifts": [{"id": "always", "start_hour": 20, "hours": 9}]}}}
    }
    assert found(merged(night, appointments(windows=[(3, 5), (20, 24)]))) == []
