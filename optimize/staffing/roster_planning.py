"""Rosters of technicians, from policy and expected work to a table of who works on which date: the planner step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.outlook import FieldOutlook, Outlook
from optimize.solving import Progress
from optimize.staffing.roster_cover import cover_of_load, least_people, own_work, stated_cover
from optimize.staffing.roster_stretches import StationRoster, StationTask, roster_station
from optimize.staffing.rostering.costs import OFF
from optimize.staffing.technician_promises import premises_of_people
from optimize.staffing.technician_tables import Person, people_of
from optimize.staffing.technician_terms import presence_of_rostered
from optimize.staffing.unsolved import unsolved
from optimize.staffing.working_weeks import DAYS_PER_WEEK, days_per_week
from scenarios import (
    WEEKDAYS,
    Basis,
    CoverRow,
    OptimisedRosters,
    PlanPart,
    Promise,
    RosterRow,
    Scenario,
    Service,
    SolveReport,
    SolveStatus,
    Unserved,
    columns_of,
)

IntArray = npt.NDArray[np.int64]

PATH = "policy.optimised.rosters"

_KIND = "fair_rosters"
_SOLVER = "rosters by CP-SAT and large neighbourhood search, station by station"


def plan_rosters(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Who of the technicians works on which date.

    Build: people as employed or as decided before; the cover that the policy states, or that does the expected work;
    limits and leave. Solve: `roster_station`, some weeks at a time. Decode: a row per person and date worked.

    Returns:
        Fields of `Decisions`, and one part with promises; no fields where there is nobody to roster.
    """
    wanted, service, field = scenario.policy.optimised.rosters, scenario.service, outlook.field
    if wanted is None:
        return {}, ()
    policy = scenario.policy.service
    people = people_of(policy.workforce)
    if service is None or service.stations is None or field is None or not people:
        reason = "there is nobody who could be rostered"
        hint = "give technicians in `policy.service.workforce`, or plan them: `policy.optimised.technicians`"
        return {}, (unsolved(PATH, _KIND, "roster", reason, hint),)
    stations = [
        (row, str(name))
        for row, name in enumerate(service.stations["station_id"])
        if not policy.open_stations or name in policy.open_stations
    ]
    tasks = {
        name: _task(scenario, service, field, wanted, row, name, people)
        for row, name in stations
        if any(person.station_id == name for person in people)
    }
    found: dict[str, StationRoster] = {}
    for number, (name, task) in enumerate(tasks.items()):
        progress("rosters", number, len(tasks))
        found[name] = roster_station(task, scenario.policy, wanted, scenario.policy.optimised.seed)
    progress("rosters", len(tasks), len(tasks))
    decided: dict[str, Any] = {"roster": _table(scenario, tasks, found)}
    if policy.workforce.cover is None:
        decided["cover"] = _cover_table(tasks)
    report = _report(scenario, wanted, tasks, found)
    return decided, (
        PlanPart(
            path=PATH,
            kind=_KIND,
            basis=Basis.OPTIMISED,
            cells=sum(int((roster.shift != OFF).sum()) for roster in found.values()),
            report=report,
            promises=tuple(_promises(scenario, service, tasks, found)),
        ),
    )


def _task(
    scenario: Scenario,
    service: Service,
    field: FieldOutlook,
    wanted: OptimisedRosters,
    row: int,
    name: str,
    people: Sequence[Person],
) -> StationTask:
    workforce, start = scenario.policy.service.workforce, scenario.horizon.start_date
    crew = tuple(person for person in people if person.station_id == name)
    if workforce.cover is not None:
        cover = stated_cover(workforce, name)
    else:
        used = scenario.policy.service.outsourcing.partner_ids
        partners = [partner for partner in service.partners if partner.id in used]
        cover = cover_of_load(
            own_work(field, row, crew, partners, name),
            row,
            crew,
            {shift.id: shift for shift in workforce.shifts},
            wanted.largest_utilisation,
            presence_of_rostered(scenario, service),
            least_people(service),
        )
    days_off: dict[str, set[int]] = {}
    if wanted.days_off is not None:
        for person, on in zip(wanted.days_off["technician_id"], wanted.days_off["date"], strict=True):
            days_off.setdefault(str(person), set()).add((on - start).days)
    return StationTask(
        crew=crew,
        cover=cover,
        days_off={person: frozenset(days) for person, days in days_off.items()},
        first_weekday=start.weekday(),
        days=scenario.horizon.days,
    )


def _table(scenario: Scenario, tasks: dict[str, StationTask], found: dict[str, StationRoster]) -> Any:
    """A row per person and date worked, by person in the order of the scenario."""
    shifts, start = scenario.policy.service.workforce.shifts, scenario.horizon.start_date
    rows = [
        (person.id, start + timedelta(days=day), shifts[shift].id)
        for name, roster in found.items()
        for person, worked in zip(tasks[name].crew, roster.shift.tolist(), strict=True)
        for day, shift in enumerate(worked)
        if shift != OFF
    ]
    people, dates, names = ([row[column] for row in rows] for column in range(3))
    return columns_of(RosterRow, {"technician_id": people, "date": dates, "shift_id": names})


def _cover_table(tasks: dict[str, StationTask]) -> Any:
    rows = [
        (name, WEEKDAYS[weekday], people)
        for name, task in tasks.items()
        for weekday, people in enumerate(task.cover.people)
        if people
    ]
    stations, weekdays, people = ([row[column] for row in rows] for column in range(3))
    return columns_of(CoverRow, {"station_id": stations, "weekday": weekdays, "people": people})


def _report(
    scenario: Scenario,
    wanted: OptimisedRosters,
    tasks: dict[str, StationTask],
    found: dict[str, StationRoster],
) -> SolveReport:
    """All stretches together: proven where each of them is."""
    reports = [stretch.report for roster in found.values() for stretch in roster.stretches]
    fallbacks = sum(report.status is SolveStatus.FALLBACK for report in reports)
    is_proven = all(report.status is SolveStatus.OPTIMAL for report in reports)
    status = SolveStatus.OPTIMAL if is_proven else SolveStatus.FEASIBLE
    if fallbacks == len(reports):
        status = SolveStatus.FALLBACK
    return SolveReport(
        solver=_SOLVER,
        status=status,
        objective=sum(report.objective or 0.0 for report in reports),
        bound=sum(report.bound or 0.0 for report in reports),
        unit="points",
        seed=scenario.policy.optimised.seed,
        work_limit=f"{wanted.work:g} units of deterministic work for {wanted.weeks_at_once} weeks of a station",
        items=len(reports),
        fallbacks=fallbacks,
        unserved=tuple(_short(scenario, tasks, found)),
    )


def _short(
    scenario: Scenario, tasks: dict[str, StationTask], found: dict[str, StationRoster]
) -> Iterator[Unserved]:
    """Stations that have fewer at work than are wanted, with what would do."""
    shifts = {shift.id: shift for shift in scenario.policy.service.workforce.shifts}
    for name, task in tasks.items():
        there, wanted = _there(found[name]), _wanted(task)
        short = np.maximum(wanted - there, 0)
        if not short.any():
            continue
        usual = [days_per_week(shifts[person.shift_id], scenario.policy) for person in task.crew]
        least = max(round(float(np.mean(usual))), 1)
        weekly = sum(task.cover.people)
        more = max(-(-(weekly - sum(usual)) // least), int(short.max()) if weekly <= sum(usual) else 1)
        yield Unserved(
            item=f"station {name}: cover of {int((short > 0).sum())} of {int((wanted > 0).sum())} days",
            reason=f"{weekly} days of work are wanted a week; {len(task.crew)} technicians usually work {sum(usual)}, "
            "and leave and limits bind some of them",
            relaxation=f"{more} more technician{'s' * (more != 1)}, or more `days_per_week`, or less cover"
            + ", as where partners do the rest" * bool(scenario.policy.service.outsourcing.partner_ids),
        )


def _there(roster: StationRoster) -> IntArray:
    """(days,) at work."""
    there: IntArray = (roster.shift != OFF).sum(axis=0)
    return there


def _wanted(task: StationTask) -> IntArray:
    """(days,) wanted at work."""
    return np.array(task.cover.people, np.int64)[(task.first_weekday + np.arange(task.days)) % DAYS_PER_WEEK]


def _promises(
    scenario: Scenario, service: Service, tasks: dict[str, StationTask], found: dict[str, StationRoster]
) -> Iterator[Promise]:
    """Cover, hours and their spread over the days that count, if everybody comes."""
    premises, warm_up = premises_of_people(scenario, service), scenario.horizon.warm_up_days
    met = wanted = 0
    hours: list[float] = []
    shifts = scenario.policy.service.workforce.shifts
    lengths = np.array([*(shift.hours for shift in shifts), 0.0])
    weeks = (scenario.horizon.days - warm_up) / DAYS_PER_WEEK
    for name, task in tasks.items():
        need = _wanted(task)[warm_up:]
        met += int((_there(found[name])[warm_up:] >= need)[need > 0].sum())
        wanted += int((need > 0).sum())
        hours += (lengths[found[name].shift[:, warm_up:]].sum(axis=1) / weeks).tolist()
    if wanted:
        yield Promise(
            measure="cover_met_share",
            forecast=met / wanted,
            premises=premises,
            method="days of the roster with the cover that is wanted",
        )
    yield Promise(
        measure="duty_hours_per_week",
        forecast=float(np.mean(hours)),
        premises=premises,
        method="shifts of the roster",
    )
    yield Promise(
        measure="duty_hours_spread",
        forecast=float(np.ptp(hours)),
        premises=premises,
        method="shifts of the roster",
    )


__all__ = ["PATH", "plan_rosters"]
