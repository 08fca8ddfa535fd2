"""What a scenario may not say of technicians, loops and partners; each case is one rule, at its path."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.factory import merged, tiny_scenario
from tests.service_worlds import STATION, constant, job_stream, service_world

JOB = job_stream("job", 60.0, 30.0, skill_id="white")
TERMS = {"id": "T", "station_id": STATION, "count": 1, "shift_id": "always", "skills": {"white": 2}}
GOOD: dict[str, Any] = {
    "service": {"partners": [{"id": "near"}, {"id": "far"}]},
    "policy": {"service": {"outsourcing": {"partner_ids": ["near", "far"]}}},
}


def found(changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and paths of all problems of people, of a good world with some changes."""
    blocks = merged(GOOD, changes)
    scenario = service_world(days=14, streams=[JOB], skills={"white": 2}, **blocks)
    problems = check(scenario)
    return [(problem.code, problem.path) for problem in problems if not problem.path.startswith("demand")]


def workforce(**values: Any) -> dict[str, Any]:
    return {"policy": {"service": {"workforce": values}}}


def people(**values: Any) -> dict[str, Any]:
    return {"service": {"people": values}}


def outsourcing(**values: Any) -> dict[str, Any]:
    return {"policy": {"service": {"outsourcing": values}}}


def technician(**values: Any) -> dict[str, Any]:
    return {"technician_id": "Ann", "station_id": STATION, "shift_id": "always", **values}


def group(**values: Any) -> dict[str, Any]:
    return workforce(groups=[{**TERMS, **values}])


def shift(**values: Any) -> dict[str, Any]:
    return workforce(shifts=[{"id": "always", "start_hour": 8, "hours": 8, **values}])


def test_the_good_world_is_good() -> None:
    assert found({}) == []


_WORKFORCE = "policy.service.workforce"
_OUTSOURCING = "policy.service.outsourcing"


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        (group(station_id="TS"), "E501", f"{_WORKFORCE}.groups[0].station_id"),
        (group(shift_id="never"), "E501", f"{_WORKFORCE}.groups[0].shift_id"),
        (group(skills={"white": 6}), "E503", f"{_WORKFORCE}.groups[0].skills.white"),
        (group(skills={"white": 1, "brown": 1}), "W602", f"{_WORKFORCE}.groups[0].skills.brown"),
        (
            workforce(technicians=[technician(station_id="TS")]),
            "E501",
            f"{_WORKFORCE}.technicians[0].station_id",
        ),
        (
            workforce(technicians=[technician(shift_id="nights")]),
            "E501",
            f"{_WORKFORCE}.technicians[0].shift_id",
        ),
        (workforce(technicians=[technician(technician_id="T-1")]), "E502", f"{_WORKFORCE}.groups[0].id"),
        (
            workforce(
                technicians=[technician()], skills=[{"technician_id": "Bob", "skill_id": "white", "level": 1}]
            ),
            "E501",
            f"{_WORKFORCE}.skills[0].technician_id",
        ),
        (
            workforce(
                technicians=[technician()], skills=[{"technician_id": "Ann", "skill_id": "brown", "level": 1}]
            ),
            "W602",
            f"{_WORKFORCE}.skills[0].skill_id",
        ),
        (shift(break_minutes=240, hours=4), "E504", f"{_WORKFORCE}.shifts[0].break_minutes"),
        (shift(weekdays=["mon", "mon"]), "E502", f"{_WORKFORCE}.shifts[0].weekdays"),
        (people(skill={"minutes_factors": [1, 1, 1, 1, 0]}), "E503", "service.people.skill.minutes_factors"),
        (people(skill={"success_shares": [1, 1, 1, 1, 2]}), "E503", "service.people.skill.success_shares"),
        (people(skill={"relapse_factors": [-1, 1, 1, 1, 1]}), "E503", "service.people.skill.relapse_factors"),
        (
            {
                "service": {
                    "repair": {"relapse_share": 0.5},
                    "people": {"skill": {"relapse_factors": [3, 1, 1, 1, 1]}},
                }
            },
            "E503",
            "service.people.skill.relapse_factors",
        ),
        (people(absence={"length_days": constant(-1)}), "E504", "service.people.absence.length_days"),
        (people(attrition={"hiring_days": constant(-1)}), "E504", "service.people.attrition.hiring_days"),
        ({"service": {"repair": {"relapse_days": constant(-1)}}}, "E504", "service.repair.relapse_days"),
        (
            {"service": {"partners": [{"id": "near"}, {"id": "near"}, {"id": "far"}]}},
            "E502",
            "service.partners[1].id",
        ),
        (
            {"service": {"partners": [{"id": "near", "station_ids": ["TS"]}, {"id": "far"}]}},
            "E501",
            "service.partners[0].station_ids[0]",
        ),
        (
            {"service": {"partners": [{"id": "near", "skill_ids": ["brown"]}, {"id": "far"}]}},
            "E501",
            "service.partners[0].skill_ids[0]",
        ),
        (
            {"service": {"partners": [{"id": "near", "response_days": constant(-1)}, {"id": "far"}]}},
            "E504",
            "service.partners[0].response_days",
        ),
        (outsourcing(partner_ids=["naer"]), "E501", f"{_OUTSOURCING}.partner_ids[0]"),
        (outsourcing(partner_ids=["near", "near"]), "E502", f"{_OUTSOURCING}.partner_ids"),
        (outsourcing(partner_ids=[], share_of_jobs=0.5), "W602", f"{_OUTSOURCING}.share_of_jobs"),
        (outsourcing(partner_ids=["near"], review={}), "W602", f"{_OUTSOURCING}.review"),
        (workforce(security=0.5), "W602", f"{_WORKFORCE}.security"),
        ({"policy": {"service": {"inspection_share": 0.5}}}, "W602", "policy.service.inspection_share"),
        ({"loops": {"morale": True}, **group(count=0)}, "W602", "loops.morale"),
    ],
)
def test_what_is_wrong(changes: dict[str, Any], code: str, path: str) -> None:
    assert (code, path) in [
        (said, at) for said, there in found(changes) for at in (there, there.removesuffix("[0]"))
    ]


def test_work_that_nobody_can_do_is_told() -> None:
    assert found(group(skills={})) == []  # a partner has all skills
    assert ("W601", "policy.service.workforce") in found(
        merged(group(skills={}), outsourcing(partner_ids=[]))
    )


def test_people_without_service_are_told() -> None:
    groups = {
        "shifts": [{"id": "day", "start_hour": 8, "hours": 8}],
        "groups": [{**TERMS, "shift_id": "day"}],
    }
    scenario = tiny_scenario(policy={"service": {"workforce": groups}}, loops={"skill": True})
    paths = [problem.path for problem in check(scenario) if problem.code == "W602"]
    assert paths == ["loops.skill", "policy.service.workforce"]
