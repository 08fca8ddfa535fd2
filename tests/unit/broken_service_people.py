"""Broken technicians, loops and partners, one rule each; see `tests.unit.broken_inputs`."""

from __future__ import annotations

from tests.unit.broken_inputs import Broken, yaml

_INITIAL, _POLICY = "initial:", "policy:\n"
_STATION = "stations: [{station_id: east}]"
_STREAM = (
    "{id: jobs, station_id: east, between_minutes: {kind: constant, value: 60}, "
    "minutes: {kind: constant, value: 20}, skill_id: white}"
)
_SHIFT = "{id: day, start_hour: 8, hours: 9}"
_GROUP = "{id: team, station_id: east, count: 2, shift_id: day, skills: {white: 2}}"


def _world(name: str, code: str, facts: str, workforce: str, says: str, policy: str = "") -> Broken:
    """A station with jobs and people.

    Args:
        name: of the case.
        code: of the message.
        facts: further lines of `service`.
        workforce: lines of `policy.service.workforce`.
        says: words of the message.
        policy: further lines of `policy.service`.
    """
    service = f"service:\n  {_STATION}\n  job_streams: [{_STREAM}]\n{facts}{_INITIAL}"
    people = f"{_POLICY}  service:\n    workforce:\n{workforce}{policy}"
    case = yaml(name, code, _INITIAL, service, says)
    return Broken(name, code, changes=(*case.changes, (_POLICY, people)), says=says)


def _people(
    name: str, code: str, *, shift: str = _SHIFT, group: str = _GROUP, more: str = "", says: str
) -> Broken:
    return _world(name, code, "", f"      shifts: [{shift}]\n      groups: [{group}]\n{more}", says)


def _facts(name: str, code: str, facts: str, says: str, policy: str = "") -> Broken:
    workforce = f"      shifts: [{_SHIFT}]\n      groups: [{_GROUP}]\n"
    return _world(name, code, f"  {facts}\n", workforce, says, policy)


PEOPLE = [
    _people(
        "roster of somebody unknown",
        "E501",
        more="      roster: [{¦technician_id: team-3, date: 2026-01-06, shift_id: day}]\n",
        says="no technician of this name",
    ),
    _people(
        "roster without a day of rest",
        "E504",
        more="      limits: {max_consecutive_days: 1}\n      roster:\n"
        "        - {technician_id: team-1, date: 2026-01-06, shift_id: day}\n"
        "        - {technician_id: team-1, ¦date: 2026-01-07, shift_id: day}\n",
        says="is working day 2 in a row",
    ),
    _people(
        "cover of an unknown station",
        "E501",
        more="      cover: [{¦station_id: west, weekday: mon, people: 1}]\n",
        says="no station of this name",
    ),
    _people(
        "team of no station", "E501", group=_GROUP.replace("station_id: east", "¦station_id: aest"),
        says="did you mean `east`?",
    ),
    _people(
        "team without a shift", "E501", group=_GROUP.replace("shift_id: day", "¦shift_id: dya"), says="no shift"
    ),
    _people("level out of bounds", "E503", group=_GROUP.replace("white: 2", "¦white: 6"), says="between 1 and 5"),
    _people(
        "working time twice", "E502", shift=f"{_SHIFT}, {{¦id: day, start_hour: 9, hours: 9}}",
        says="already belongs",
    ),
    _people(
        "break as long as the working time", "E504", shift="{id: day, start_hour: 8, hours: 2, ¦break_minutes: 120}",
        says="as long as the shift",
    ),
    _people(
        "technician of the table and of a team", "E502", group=_GROUP.replace("id: team", "¦id: team", 1),
        more="      technicians: [{technician_id: team-2, station_id: east, shift_id: day}]\n", says="has team-2",
    ),
    _people(
        "skill of nobody", "E501",
        more="      technicians: [{technician_id: Ann, station_id: east, shift_id: day}]\n"
        "      skills: [{¦technician_id: Anna, skill_id: white, level: 1}]\n",
        says="did you mean `Ann`?",
    ),
    _facts(
        "success above one", "E503", "people: {skill: {¦success_shares: [1, 1, 1, 1, 1.5]}}",
        "between 0 and 1",
    ),
    _facts(
        "recruits before they are looked for", "E504",
        "people: {attrition: {¦hiring_days: {kind: constant, value: -3}}}", "must not be negative",
    ),
    _facts("partner of no territory", "E501", "partners: [{id: near, station_ids: [¦west]}]", "no station"),
    _facts("partner twice", "E502", "partners: [{id: near}, {¦id: near}]", "already belongs"),
    _facts(
        "partner that is not there", "E501", "partners: [{id: near}]", "did you mean `near`?",
        "    outsourcing: {partner_ids: [¦neer]}\n",
    ),
]  # fmt: skip
