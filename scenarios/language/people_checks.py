"""Checks of the people of after-sales service and of partners: who is named exists, and loops have what they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scenarios.language.distributions import Distribution
from scenarios.language.errors import Problem
from scenarios.language.people import LEVELS
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach

_WORKFORCE = "policy.service.workforce"
_OUTSOURCING = "policy.service.outsourcing"


def names(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Stations, shifts, technicians, skills and partners that are named exist, and ids are given once."""
    del reach
    service, workforce = scenario.service, scenario.policy.service.workforce
    if service is None:
        return
    stations = set() if service.stations is None else set(service.stations["station_id"])
    shifts, table = [shift.id for shift in workforce.shifts], workforce.technicians
    needed = needed_skills(scenario)
    yield from places.given_twice(f"{_WORKFORCE}.shifts", shifts)
    yield from places.given_twice(f"{_WORKFORCE}.groups", [group.id for group in workforce.groups])
    people = set() if table is None else set(table["technician_id"])
    if table is not None:
        path = f"{_WORKFORCE}.technicians"
        yield from places.unknown_in_column(path, table, "station_id", stations, "station")
        yield from places.unknown_in_column(path, table, "shift_id", shifts, "shift")
    if workforce.skills is not None:
        path = f"{_WORKFORCE}.skills"
        yield from places.unknown_in_column(path, workforce.skills, "technician_id", people, "technician")
    for index, group in enumerate(workforce.groups):
        path = f"{_WORKFORCE}.groups[{index}]"
        yield from places.unknown_ids(f"{path}.station_id", [group.station_id], stations, "station")
        yield from places.unknown_ids(f"{path}.shift_id", [group.shift_id], shifts, "shift")
        clash = sorted(people & {f"{group.id}-{member + 1}" for member in range(group.count)})
        if clash:
            yield places.problem(
                "E502", f"{path}.id", f"the table of technicians has {clash[0]}, too", group.id
            )
    yield from places.given_twice("service.partners", [partner.id for partner in service.partners])
    for index, partner in enumerate(service.partners):
        path = f"service.partners[{index}]"
        yield from places.unknown_ids(f"{path}.station_ids", partner.station_ids, stations, "station")
        yield from places.unknown_ids(f"{path}.skill_ids", partner.skill_ids, needed, "skill")
    used = scenario.policy.service.outsourcing.partner_ids
    known = [partner.id for partner in service.partners]
    yield from places.unknown_ids(f"{_OUTSOURCING}.partner_ids", used, known, "partner")
    if len(set(used)) < len(used):
        yield places.problem("E502", f"{_OUTSOURCING}.partner_ids", "names a partner twice")


def tables_by_level(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Levels are 1 to 5, and what they do are times above 0 and shares between 0 and 1."""
    del reach
    service = scenario.service
    if service is None:
        return
    skill, path = service.people.skill, "service.people.skill"
    if min(skill.minutes_factors) <= 0:
        yield places.problem(
            "E503", f"{path}.minutes_factors", "a factor must be above 0", min(skill.minutes_factors)
        )
    if min(skill.success_shares) < 0 or max(skill.success_shares) > 1:
        yield places.problem("E503", f"{path}.success_shares", "a share lies between 0 and 1")
    if min(skill.relapse_factors) < 0:
        yield places.problem("E503", f"{path}.relapse_factors", "a factor must not be negative")
    elif service.repair.relapse_share * max(skill.relapse_factors) > 1:
        rule = f"times `service.repair.relapse_share`, {service.repair.relapse_share:g}, a share is above 1"
        yield places.problem("E503", f"{path}.relapse_factors", rule, max(skill.relapse_factors))
    for index, group in enumerate(scenario.policy.service.workforce.groups):
        for name, level in group.skills.items():
            if not 1 <= level <= LEVELS:
                where = f"{_WORKFORCE}.groups[{index}].skills.{name}"
                yield places.problem("E503", where, f"a level lies between 1 and {LEVELS}", level)


def times(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Breaks are shorter than shifts, weekdays are named once, durations are not negative."""
    del reach
    service = scenario.service
    if service is None:
        return
    for index, shift in enumerate(scenario.policy.service.workforce.shifts):
        path = f"{_WORKFORCE}.shifts[{index}]"
        if shift.break_minutes >= 60 * shift.hours:
            rule = "the break is as long as the shift"
            yield places.problem("E504", f"{path}.break_minutes", rule, shift.break_minutes)
        if len(set(shift.weekdays)) < len(shift.weekdays):
            yield places.problem("E502", f"{path}.weekdays", "names a weekday twice")
    durations: list[tuple[str, Distribution]] = [
        ("service.people.absence.length_days", service.people.absence.length_days),
        ("service.people.attrition.hiring_days", service.people.attrition.hiring_days),
        ("service.repair.relapse_days", service.repair.relapse_days),
    ]
    durations += [
        (f"service.partners[{index}].response_days", partner.response_days)
        for index, partner in enumerate(service.partners)
    ]
    for path, distribution in durations:
        if float(distribution.quantile(0.0)) < 0:
            yield places.problem("E504", path, "must not be negative")


def somebody_can(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """What is needed somebody knows, and what somebody knows is needed."""
    del reach
    service, workforce = scenario.service, scenario.policy.service.workforce
    if service is None:
        return
    needed, known = needed_skills(scenario), known_skills(scenario)
    partners = [
        partner
        for partner in service.partners
        if partner.id in scenario.policy.service.outsourcing.partner_ids
    ]
    anything = any(not partner.skill_ids for partner in partners)
    known_outside = {name for partner in partners for name in partner.skill_ids}
    for name in sorted(needed - known - known_outside):
        if not anything and service.stations is not None:
            yield places.problem("W601", _WORKFORCE, f"nobody has skill {name}, so such jobs are never done")
    path = f"{_WORKFORCE}.skills"
    if workforce.skills is not None:
        idle = np.array([name not in needed for name in workforce.skills["skill_id"]])
        yield from places.rows("W602", path, workforce.skills, idle, "skill_id", "nothing takes this skill")
    for index, group in enumerate(workforce.groups):
        for name in sorted(set(group.skills) - needed):
            where = f"{_WORKFORCE}.groups[{index}].skills.{name}"
            yield places.problem("W602", where, "nothing takes this skill", name)


def effects(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Loops, levers and reviews have something to act on."""
    del reach
    service, loops, policy = scenario.service, scenario.loops, scenario.policy.service
    workforce, outsourcing = policy.workforce, policy.outsourcing
    has_people = workforce.technicians is not None or any(group.count for group in workforce.groups)
    if service is None:
        if has_people:
            yield places.problem("W602", _WORKFORCE, "there is no block `service`: nobody has anything to do")
        for name in ("skill", "morale", "attrition"):
            if getattr(loops, name):
                yield places.problem("W602", f"loops.{name}", "there is no block `service`")
        return
    for name in ("skill", "morale", "attrition"):
        if getattr(loops, name) and not has_people:
            yield places.problem("W602", f"loops.{name}", "there are no technicians")
    if workforce.security and not loops.morale:
        yield places.problem("W602", f"{_WORKFORCE}.security", "`loops.morale` is off", workforce.security)
    if policy.inspection_share and not service.repair.relapse_share:
        rule = "`service.repair.relapse_share` is 0: no repair by own technicians is bad"
        yield places.problem("W602", "policy.service.inspection_share", rule, policy.inspection_share)
    if outsourcing.share_of_jobs and not outsourcing.partner_ids:
        path = f"{_OUTSOURCING}.share_of_jobs"
        yield places.problem("W602", path, "no partner is used", outsourcing.share_of_jobs)
    if outsourcing.review is not None and len(outsourcing.partner_ids) < 2:
        yield places.problem("W602", f"{_OUTSOURCING}.review", "a review moves shares between partners")


def needed_skills(scenario: Scenario) -> set[str]:
    """Skills that some work takes."""
    service = scenario.service
    if service is None:
        return set()
    named = {mode.skill_id for mode in service.failure_modes} | {job.skill_id for job in service.job_streams}
    for product in service.products:
        named |= {
            block.skill_id for block in (product.installation, product.maintenance) if block is not None
        }
    return named - {""}


def known_skills(scenario: Scenario) -> set[str]:
    """Skills that some technician has."""
    workforce = scenario.policy.service.workforce
    matrix: Sequence[str] = () if workforce.skills is None else tuple(workforce.skills["skill_id"])
    return set(matrix) | {name for group in workforce.groups if group.count for name in group.skills}


CHECKS = (names, tables_by_level, times, somebody_can, effects)
