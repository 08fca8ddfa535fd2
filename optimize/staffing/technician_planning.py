"""Technicians by station: from expected visits to people, from people to names, and what that promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.outlook import FieldOutlook, Outlook
from optimize.solving import Progress
from optimize.staffing.crews_and_partners import CrewsPlan, crews_and_partners
from optimize.staffing.roster_cover import least_people
from optimize.staffing.technician_problem import (
    TRAVEL_SCV,
    TechnicianProblem,
    full_rounds,
    technician_problem,
    worked_minutes,
)
from optimize.staffing.technician_promises import promises_of
from optimize.staffing.technician_tables import Person, crew_of, people_of, tables_of
from optimize.staffing.technician_terms import DutyTerms, duty_terms
from optimize.staffing.travel import technicians_needed
from optimize.staffing.unsolved import unsolved
from scenarios import Basis, PlanPart, Promise, Scenario, Unserved

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PATH = "policy.optimised.technicians"

_MONTH_DAYS = 28.0


def plan_technicians(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Technicians and work for partners that complete requests as promised, at the least cost.

    Build: visits, minutes and roads of the outlook (`technician_problem`); the month's load is taken where it lies with
    the probability asked for, its count of visits as normal around Poisson with the spread of their minutes. Solve:
    people by what they can do, and work given outside, by `crews_and_partners`. Decode: those who are there stay as far
    as they are needed, shifts are those of the policy (`crew_of`); what nobody at a station can do is what the policy
    gives to partners at once.

    Returns:
        Fields of `Decisions`, and one part with promises; no fields where nobody can be employed.
    """
    wanted, field = scenario.policy.optimised.technicians, outlook.field
    if wanted is None:
        return {}, ()
    service, policy = scenario.service, scenario.policy.service
    shifts = policy.workforce.shifts
    if service is None or field is None or service.stations is None:
        reason = "there is no station that anybody could start from"
        return {}, (unsolved(PATH, "sizing", "technicians", reason, "give `service.stations`"),)
    if not shifts:
        reason = "there is no shift that anybody could work"
        return {}, (
            unsolved(PATH, "sizing", "technicians", reason, "give `policy.service.workforce.shifts`"),
        )
    names = [str(name) for name in service.stations["station_id"]]
    is_open = np.array([not policy.open_stations or name in policy.open_stations for name in names])
    rows = np.flatnonzero(is_open)
    terms = duty_terms(scenario, service, field)
    progress("technicians", 0, len(rows))
    certain = _in_month(field, rows, scenario.policy.optimised.month_probability)
    there = people_of(policy.workforce)
    least = least_people(service)
    if least > 1:
        least = int(np.ceil(least / terms.presence_share - 1e-9))
    problem = technician_problem(scenario, service, field, rows, there, certain, terms, least)
    plan = crews_and_partners(problem.crews, seed=scenario.policy.optimised.seed)
    progress("technicians", len(rows), len(rows))
    stations = [names[row] for row in rows]
    if not plan.is_solved:
        return {}, (_part(plan, problem, stations, (), terms.notes, ()),)
    people = _people(scenario, field, problem, plan, stations, there)
    never = tuple(_named(item, stations) for item in _never_kept(scenario, field, problem, plan, terms))
    promises = promises_of(scenario, service, field, problem, plan, people, terms)
    part = _part(plan, problem, stations, people, (*terms.notes, *never), promises)
    return dict(tables_of(people)), (part,)


def _in_month(field: FieldOutlook, rows: IntArray, probability: float) -> FloatArray:
    """(stations,) load of a month that is not exceeded with a probability, over the mean."""
    from scipy.special import ndtri

    visits = field.visits_per_day[rows].sum(axis=1) * _MONTH_DAYS
    spread = (1.0 + field.on_site_scv[rows]) / np.maximum(visits, 1e-9)
    return np.where(visits > 0.0, 1.0 + float(ndtri(probability)) * np.sqrt(spread), 1.0)


def _people(
    scenario: Scenario,
    field: FieldOutlook,
    problem: TechnicianProblem,
    plan: CrewsPlan,
    names: Sequence[str],
    there: Sequence[Person],
) -> tuple[Person, ...]:
    """The crews of all stations: those who stay in their order, then new ones."""
    shifts, taken = scenario.policy.service.workforce.shifts, [person.id for person in there]
    order = {person.id: at for at, person in enumerate(there)}
    levels = [(skill, int(level)) for skill, level in zip(field.skill_ids, field.level_needed, strict=True)]
    crews: list[Person] = []
    for station, name in enumerate(names):
        mine = np.flatnonzero(problem.crews.team == station).tolist()
        stay = [(problem.members[at], int(plan.people[at])) for at in mine if problem.members[at]]
        new = sum(int(plan.people[at]) for at in mine if not problem.members[at])
        crew = crew_of(name, stay, new, [item for item in levels if item[1]], shifts, taken)
        crews += sorted(crew, key=lambda person: order.get(person.id, len(order)))
    return tuple(crews)


def _part(
    plan: CrewsPlan,
    problem: TechnicianProblem,
    names: Sequence[str],
    people: Sequence[Person],
    notes: Sequence[Unserved],
    promises: tuple[Promise, ...],
) -> PlanPart:
    outside = [name for name, is_own in zip(names, plan.is_own, strict=True) if not is_own.all()]
    given = f"; partners do some or all work of {', '.join(outside)}" if outside else ""
    named = tuple(_named(item, names) for item in plan.report.unserved)
    update = {
        "solver": f"{plan.report.solver}, crews as queues M/G/c with travel{given}",
        "unserved": (*notes, *problem.notes, *named),
        "items": len(people),
    }
    return PlanPart(
        path=PATH,
        kind="own_or_partner_sizing",
        basis=Basis.OPTIMISED,
        cells=len(people),
        report=plan.report.model_copy(update=update),
        promises=promises,
    )


def _named(item: Unserved, names: Sequence[str]) -> Unserved:
    """With the station's name in the place of its number."""
    words = item.item.split()
    if words[-2:-1] == ["station"]:
        words[-1] = names[int(words[-1])]
    return item.model_copy(update={"item": " ".join(words)})


def _never_kept(
    scenario: Scenario, field: FieldOutlook, problem: TechnicianProblem, plan: CrewsPlan, terms: DutyTerms
) -> tuple[Unserved, ...]:
    """Stations whose promise no number of people keeps, with one that they could."""
    wanted, rows = scenario.policy.optimised.technicians, problem.rows
    assert wanted is not None
    _, road = full_rounds(field, rows, worked_minutes(scenario, terms) * wanted.largest_utilisation)
    alone = technicians_needed(
        (problem.work.visits[rows] * plan.is_own).sum(axis=1, keepdims=True),
        field.on_site_minutes[rows],
        field.on_site_scv[rows],
        road,
        on_duty_minutes_per_day=worked_minutes(scenario, terms),
        promised_minutes=terms.promised_minutes,
        completed_share=wanted.completed_share,
        largest_utilisation=wanted.largest_utilisation,
        travel_scv=TRAVEL_SCV,
    )
    return alone.unserved


__all__ = ["plan_technicians"]
