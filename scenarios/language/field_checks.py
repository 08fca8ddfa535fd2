"""Checks of field service: windows in order, and somebody who can be where and when jobs are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scenarios.language.distributions import Distribution
from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach
from scenarios.language.service import Service
from scenarios.language.service_policy import ServicePolicy, ServiceShift

_APPOINTMENTS = "policy.service.appointments"
_DISPATCH = "policy.service.dispatch"
_WORKFORCE = "policy.service.workforce"
_HOURS_PER_DAY = 24
_MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class _Crew:
    """Technicians who are alike, at one station."""

    station: str
    count: int
    shift: str
    levels: Mapping[str, int]


@dataclass(frozen=True)
class _Work:
    """A kind of job as facts describe it."""

    path: str
    skill: str
    level: int
    people: int
    times: tuple[Distribution, ...]

    @property
    def minutes(self) -> float:
        """Mean time at the customer's."""
        return sum(time.mean() for time in self.times)


def windows(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Windows of appointments begin before they end, within the day, one after the other, while somebody works."""
    del reach
    service, terms = scenario.service, scenario.policy.service.appointments
    if terms is None:
        return
    if service is None:
        yield places.problem("W602", _APPOINTMENTS, "there is no block `service`: nobody is visited")
        return
    shifts = _shifts(scenario.policy.service)
    before = 0.0
    for index, (begins, ends) in enumerate(terms.windows):
        path = f"{_APPOINTMENTS}.windows[{index}]"
        if not 0 <= begins < ends <= _HOURS_PER_DAY:
            rule = "a window must end after it begins, within the day, 0 to 24"
            yield places.problem("E504", path, rule, f"{begins:g} to {ends:g}")
        elif begins < before:
            rule = f"windows must be given in order; the one before ends at {before:g}"
            yield places.problem("E504", path, rule, f"{begins:g} to {ends:g}")
        elif shifts and not any(_meets(shift, begins, ends) for shift in shifts):
            rule = "nobody's shift falls into this window, so it is never offered"
            yield places.problem("W601", path, rule, f"{begins:g} to {ends:g}")
        before = max(before, ends)
    if terms.earliest_days == 0 and not terms.urgent_same_day:
        path = f"{_APPOINTMENTS}.urgent_same_day"
        yield places.problem("W602", path, "all jobs are offered windows of the same day", False)


def somebody_comes(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Every open station has technicians, at the level and in the number that jobs take, on shifts long enough."""
    del reach
    service, policy = scenario.service, scenario.policy.service
    if service is None or service.stations is None:
        return
    opened = set(policy.open_stations) or set(service.stations["station_id"])
    crews = [crew for crew in _crews(policy) if crew.station in opened and crew.count]
    is_pooled, has_partners = policy.dispatch.area == "pooled", bool(policy.outsourcing.partner_ids)
    if has_partners:
        return
    manned = {crew.station for crew in crews}
    if not is_pooled or not crews:
        for station in sorted(opened - manned):
            rule = f"station {station} has no technicians: jobs of its territory are never done"
            yield places.problem("W601", _WORKFORCE, rule, hint="add some, or close the station")
    shifts = {shift.id: shift for shift in policy.workforce.shifts}
    for work in _works(service):
        able = [crew for crew in crews if _can(crew, work.skill, work.level)]
        if not able:
            known = any(_can(crew, work.skill, 1) for crew in crews)
            if known:  # who lacks the skill altogether is told elsewhere
                rule = f"nobody has skill {work.skill} at this level, so such jobs are never done"
                yield places.problem("W601", f"{work.path}.level", rule, work.level)
            continue
        if work.people > 1 and not _has_pair(able, crews, work):
            rule = "no station has two technicians for it, so such jobs are never done"
            yield places.problem("W601", f"{work.path}.people", rule, work.people)
        longest = max((shifts[crew.shift].hours for crew in able if crew.shift in shifts), default=None)
        if longest is None:
            continue
        limit = longest * _MINUTES_PER_HOUR + policy.dispatch.overtime_minutes
        if work.minutes > limit:
            rule = (
                f"takes {work.minutes:g} minutes on average; the longest shift and `{_DISPATCH}.overtime_minutes` are "
                f"{limit:g}: such jobs are never begun"
            )
            yield places.problem("W601", work.path, rule)


def terms_that_matter(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Terms of dispatch have something to act on."""
    del reach
    service, policy = scenario.service, scenario.policy.service
    dispatch = policy.dispatch
    if service is None:
        return
    if dispatch.when_late == "redispatch":
        path = f"{_DISPATCH}.when_late"
        if policy.appointments is None:
            yield places.problem("W602", path, "without appointments no job is late", "redispatch")
        elif dispatch.area == "pooled":
            rule = "`area` is `pooled`: every job is everybody's from the start"
            yield places.problem("W602", path, rule, "redispatch")


def _meets(shift: ServiceShift, begins: float, ends: float) -> bool:
    """Whether a shift and a window overlap; a night shift also covers the morning after."""
    starts, stops = shift.start_hour, shift.start_hour + shift.hours
    return (starts < ends and begins < stops) or begins < stops - _HOURS_PER_DAY


def _shifts(policy: ServicePolicy) -> list[ServiceShift]:
    """Shifts that somebody works."""
    used = {crew.shift for crew in _crews(policy) if crew.count}
    return [shift for shift in policy.workforce.shifts if shift.id in used]


def _crews(policy: ServicePolicy) -> list[_Crew]:
    """All technicians: those of the table one by one, then groups."""
    workforce = policy.workforce
    levels: dict[str, dict[str, int]] = {}
    if workforce.skills is not None:
        matrix = workforce.skills
        rows = zip(matrix["technician_id"], matrix["skill_id"], matrix["level"], strict=True)
        for name, skill, level in rows:
            levels.setdefault(name, {})[skill] = int(level)
    crews = []
    if workforce.technicians is not None:
        table = workforce.technicians
        people = zip(table["technician_id"], table["station_id"], table["shift_id"], strict=True)
        crews = [_Crew(station, 1, shift, levels.get(name, {})) for name, station, shift in people]
    crews += [
        _Crew(group.station_id, group.count, group.shift_id, group.skills) for group in workforce.groups
    ]
    return crews


def _can(crew: _Crew, skill: str, level: int) -> bool:
    return not skill or crew.levels.get(skill, 0) >= level


def _has_pair(able: list[_Crew], crews: list[_Crew], work: _Work) -> bool:
    """Whether somebody who can do it has a colleague at his station who can help."""
    return any(
        sum(other.count for other in crews if other.station == crew.station and _can(other, work.skill, 1))
        > 1
        for crew in able
    )


def _works(service: Service) -> Iterator[_Work]:
    """Every kind of job."""
    for index, mode in enumerate(service.failure_modes):
        times = (mode.diagnosis_minutes, mode.repair_minutes)
        path = f"service.failure_modes[{index}]"
        yield _Work(path, mode.skill_id, mode.level, mode.people, times)
    for index, product in enumerate(service.products):
        path = f"service.products[{index}]"
        if product.installation is not None:
            block = product.installation
            place = f"{path}.installation"
            yield _Work(place, block.skill_id, block.level, block.people, (block.minutes,))
        if product.maintenance is not None:
            visit = product.maintenance
            yield _Work(f"{path}.maintenance", visit.skill_id, visit.level, 1, (visit.minutes,))
    for index, job in enumerate(service.job_streams):
        path = f"service.job_streams[{index}]"
        yield _Work(path, job.skill_id, job.level, job.people, (job.minutes,))


CHECKS = (windows, somebody_comes, terms_that_matter)
