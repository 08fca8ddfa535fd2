"""Technicians by station: from expected visits to people, from people to names, and what that promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.outlook import FieldOutlook, Outlook
from optimize.solving import Progress
from optimize.staffing.queues import mgc
from optimize.staffing.roster_cover import least_people
from optimize.staffing.technician_tables import Person, crew_of, people_of, presence, tables_of
from optimize.staffing.travel import TechnicianSizing, technicians_needed
from optimize.staffing.unsolved import unsolved
from optimize.staffing.working_weeks import DAYS_PER_WEEK, days_per_week
from scenarios import (
    Basis,
    PlanPart,
    Policy,
    Premise,
    Promise,
    Scenario,
    Service,
    ServicePolicy,
    ServiceShift,
    SolveReport,
    SolveStatus,
    Unserved,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PATH = "policy.optimised.technicians"

_MONTH_DAYS = 28.0
_DAYS_PER_YEAR = 365.0
_LEAST_DAYS = 0.25
"""Working time that is left for a visit where appointments alone take as long as the promise."""
_TRAVEL_SCV = 0.27
_POINTS = 200


@dataclass(frozen=True, eq=False)
class DutyTerms:
    """What technicians of all stations have in common."""

    on_duty_minutes: float
    """Of a person on a working day, the break left out."""
    paid_minutes: float
    presence_share: float
    """Of the employed, those on duty on a mean day."""
    promised_minutes: float
    """Working time from request to completion."""
    notes: tuple[Unserved, ...]


def plan_technicians(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Fewest technicians per station that complete requests as promised.

    Build: visits, minutes and travel of the outlook; the month's load is taken where it lies with the probability
    asked for, its count of visits as normal around Poisson with the spread of their minutes. Solve: people on duty and
    with each skill by `technicians_needed`; two where some work takes two. Decode: those who are there stay as far as
    they are needed and have the skills (`crew_of`), shifts are those of the policy.

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
    sizing = technicians_needed(
        field.visits_per_day[rows] * certain[:, np.newaxis],
        field.on_site_minutes[rows],
        field.on_site_scv[rows],
        field.travel_minutes[rows],
        on_duty_minutes_per_day=terms.on_duty_minutes,
        promised_minutes=terms.promised_minutes,
        completed_share=wanted.completed_share,
        largest_utilisation=wanted.largest_utilisation,
        presence_share=terms.presence_share,
        travel_scv=_TRAVEL_SCV,
    )
    people = _people(scenario, service, field, rows, [names[row] for row in rows], sizing, terms)
    progress("technicians", len(rows), len(rows))
    report = _report(sizing, [names[row] for row in rows], people, terms, scenario)
    part = PlanPart(
        path=PATH,
        kind="travel_inflated_sizing",
        basis=Basis.OPTIMISED,
        cells=len(people),
        report=report,
        promises=tuple(_promises(scenario, service, field, rows, people, terms)),
    )
    return dict(tables_of(people)), (part,)


def duty_terms(scenario: Scenario, service: Service, field: FieldOutlook) -> DutyTerms:
    """Work out how long technicians are there and how long they have for a request.

    Args:
        scenario: with shifts, and `policy.optimised.technicians`.
        service: its facts of service.
        field: what is to be expected.
    """
    policy = scenario.policy.service
    shifts = policy.workforce.shifts
    worked = _mean_days(scenario) / 7.0
    on_duty = float(np.mean([60.0 * shift.hours - shift.break_minutes for shift in shifts]))
    days = _promised_days(service, policy, field, scenario)
    notes: tuple[Unserved, ...] = ()
    if days <= 0.0:
        days = _LEAST_DAYS
        notes = (
            Unserved(
                item="completion promise",
                reason="appointments alone take as long as is promised",
                relaxation="fewer `policy.service.appointments.earliest_days`, or longer `completion_hours` in "
                "`policy.service.sla`",
            ),
        )
    return DutyTerms(
        on_duty_minutes=on_duty,
        paid_minutes=float(np.mean([60.0 * shift.hours for shift in shifts])),
        presence_share=worked * presence_of_rostered(scenario, service),
        promised_minutes=on_duty * days,
        notes=notes,
    )


def presence_of_rostered(scenario: Scenario, service: Service) -> float:
    """Share of the days on which somebody is to work that are neither of illness nor of training."""
    absence, trained_days = service.people.absence, scenario.policy.service.workforce.training_days_per_year
    ill = min(absence.episodes_per_year * absence.length_days.mean() / _DAYS_PER_YEAR, 0.9)
    trained = min(trained_days * DAYS_PER_WEEK / (_DAYS_PER_YEAR * _mean_days(scenario)), 0.9)
    return (1.0 - ill) * (1.0 - trained)


def _promised_days(service: Service, policy: ServicePolicy, field: FieldOutlook, scenario: Scenario) -> float:
    """Days from request to completion that as many requests have at least as are to be completed in time.

    The days until the first appointments, and half a day for the window, do not count: nobody can come in them.
    """
    wanted = scenario.policy.optimised.technicians
    assert wanted is not None
    weights, days = [], []
    total = sum(mode.weight for mode in service.failure_modes) * sum(item.share for item in service.segments)
    of_streams = [1_440.0 / max(stream.between_minutes.mean(), 1e-9) for stream in service.job_streams]
    left = max(1.0 - sum(of_streams) / max(float(field.visits_per_day.sum()), 1e-9), 0.0)
    for segment in service.segments:
        promise = _promise_of(segment.id, policy)
        for mode in service.failure_modes:
            urgencies = sum(mode.urgency_shares) or 1.0
            for urgency, share in enumerate(mode.urgency_shares):
                weights.append(left * segment.share * mode.weight * share / urgencies / max(total, 1e-9))
                days.append(promise[urgency] / 24.0 - _booked_days(urgency, policy))
    first = _promise_of(service.segments[0].id, policy)
    for stream, per_day in zip(service.job_streams, of_streams, strict=True):
        weights.append(per_day / max(sum(of_streams), 1e-9) * (1.0 - left))
        days.append(first[stream.priority] / 24.0 - _booked_days(stream.priority, policy))
    if not sum(weights) > 0.0:
        return min(policy.sla[-1].completion_hours) / 24.0
    order = np.argsort(days, kind="stable")
    upto = np.cumsum(np.array(weights)[order]) / sum(weights)
    at = int(np.searchsorted(upto, 1.0 - wanted.completed_share - 1e-9, side="right"))
    return float(np.array(days)[order][min(at, len(days) - 1)])


def _booked_days(urgency: int, policy: ServicePolicy) -> float:
    terms = policy.appointments
    if terms is None or (urgency == 0 and terms.urgent_same_day):
        return 0.0
    return terms.earliest_days + 0.5


def _promise_of(segment: str, policy: ServicePolicy) -> tuple[float, float, float]:
    for promise in policy.sla:
        if not promise.segments or segment in promise.segments:
            return promise.completion_hours
    return policy.sla[-1].completion_hours


def _in_month(field: FieldOutlook, rows: IntArray, probability: float) -> FloatArray:
    """(stations,) load of a month that is not exceeded with a probability, over the mean."""
    from scipy.special import ndtri

    visits = field.visits_per_day[rows].sum(axis=1) * _MONTH_DAYS
    spread = (1.0 + field.on_site_scv[rows]) / np.maximum(visits, 1e-9)
    return np.where(visits > 0.0, 1.0 + float(ndtri(probability)) * np.sqrt(spread), 1.0)


def _people(
    scenario: Scenario,
    service: Service,
    field: FieldOutlook,
    rows: IntArray,
    names: Sequence[str],
    sizing: TechnicianSizing,
    terms: DutyTerms,
) -> tuple[Person, ...]:
    """The crews of all stations."""
    shifts = scenario.policy.service.workforce.shifts
    there = people_of(scenario.policy.service.workforce)
    taken = [person.id for person in there]
    least = least_people(service)
    crews: list[Person] = []
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        mine = [person for person in there if person.station_id == name]
        employed = int(sizing.employed[number])
        if employed:
            employed = max(
                employed, int(np.ceil(least / terms.presence_share - 1e-9)) if least > 1 else employed
            )
        by_skill = {
            skill: (
                min(
                    int(np.ceil(int(sizing.on_duty_by_skill[number, at]) / terms.presence_share - 1e-9)),
                    employed,
                ),
                int(field.level_needed[at]),
            )
            for at, skill in enumerate(field.skill_ids)
            if field.visits_per_day[row, at] > 0.0
        }
        crews += crew_of(name, mine, employed, by_skill, shifts, taken)
    return tuple(crews)


def _report(
    sizing: TechnicianSizing,
    names: Sequence[str],
    people: Sequence[Person],
    terms: DutyTerms,
    scenario: Scenario,
) -> SolveReport:
    unserved = tuple(
        item.model_copy(update={"item": f"station {names[int(item.item.split()[-1])]}"})
        for item in sizing.unserved
    )
    probability = scenario.policy.optimised.month_probability
    return SolveReport(
        solver=f"fewest people by M/G/c with travel, for a load not exceeded in {probability:.0%} of months",
        status=SolveStatus.FEASIBLE,
        objective=float(len(people)),
        unit="technicians",
        items=len(people),
        unserved=(*terms.notes, *unserved),
    )


def _promises(
    scenario: Scenario,
    service: Service,
    field: FieldOutlook,
    rows: IntArray,
    people: Sequence[Person],
    terms: DutyTerms,
) -> list[Promise]:
    """Utilisation of those planned at the mean load, and completion where requests simply queue."""
    premises = tuple(_premises(scenario, service))
    shifts = scenario.policy.service.workforce.shifts
    assert service.stations is not None
    visits = field.visits_per_day[rows].sum(axis=1)
    busy = float(visits @ (field.on_site_minutes[rows] + field.travel_minutes[rows]))
    crews = [
        [person for person in people if person.station_id == str(service.stations["station_id"][row])]
        for row in rows
    ]
    absent = terms.presence_share * 7.0 / _mean_days(scenario)
    paid = sum(_paid_minutes_per_day(crew, scenario.policy) for crew in crews) * absent
    promises = []
    if paid > 0.0:
        promises.append(
            Promise(
                measure="technician_utilisation",
                forecast=min(busy / paid, 1.0),
                premises=premises,
                method="work and road over time on duty",
            )
        )
    if _is_queue(scenario, service):
        shares = [
            _completed_share(field, int(row), crew, shifts, terms)
            for row, crew in zip(rows, crews, strict=True)
        ]
        promises.append(
            Promise(
                measure="completion_attainment",
                forecast=float(visits @ np.array(shares) / max(visits.sum(), 1e-300)),
                premises=premises,
                method="M/G/c",
            )
        )
    return promises


def _mean_days(scenario: Scenario) -> float:
    """Days of a week on which somebody works, over shifts."""
    policy = scenario.policy
    return float(np.mean([days_per_week(shift, policy) for shift in policy.service.workforce.shifts]))


def _paid_minutes_per_day(crew: Sequence[Person], policy: Policy) -> float:
    minutes = {
        shift.id: 60.0 * shift.hours * days_per_week(shift, policy) / 7.0
        for shift in policy.service.workforce.shifts
    }
    return sum(minutes[person.shift_id] for person in crew)


def _completed_share(
    field: FieldOutlook, row: int, crew: Sequence[Person], shifts: Sequence[ServiceShift], terms: DutyTerms
) -> float:
    """P(wait + way + work <= promised) at the mean load with as many people as on the barest day."""
    from scipy.special import gammaincinv

    visits = float(field.visits_per_day[row].sum())
    servers = int(presence(crew, shifts).min())
    site, way = float(field.on_site_minutes[row]), float(field.travel_minutes[row])
    if visits <= 0.0 or site + way <= 0.0:
        return 1.0
    if servers == 0:
        return 0.0
    mean = site + way
    scv = (float(field.on_site_scv[row]) * site * site + _TRAVEL_SCV * way * way) / (mean * mean)
    state = mgc(visits / terms.on_duty_minutes, mean, scv, servers)
    middle = (np.arange(_POINTS) + 0.5) / _POINTS
    takes = np.full(_POINTS, mean) if scv < 1e-9 else gammaincinv(1.0 / scv, middle) * mean * scv
    left = terms.promised_minutes - takes
    return float(
        np.mean([state.answered_within(float(minutes)) if minutes >= 0.0 else 0.0 for minutes in left])
    )


def _is_queue(scenario: Scenario, service: Service) -> bool:
    """Whether a request simply waits for the first of a crew that is always there."""
    policy = scenario.policy.service
    is_always_there = all(
        shift.hours == 24.0 and len(shift.weekdays) == 7 for shift in policy.workforce.shifts
    )
    is_first_come = policy.dispatch.rule == "first_come" and policy.dispatch.plan == "when_free"
    has_one_promise = len(policy.sla) == 1 and len(set(policy.sla[0].completion_hours)) == 1
    return (
        is_always_there
        and is_first_come
        and has_one_promise
        and policy.appointments is None
        and policy.dispatch.area == "territory"
        and not service.products
        and not policy.outsourcing.partner_ids
    )


def _premises(scenario: Scenario, service: Service) -> list[Premise]:
    load = [Premise.EXPECTED_LOAD] if service.products else []
    return [*load, *premises_of_people(scenario, service)]


def premises_of_people(scenario: Scenario, service: Service) -> tuple[Premise, ...]:
    """What promises about who is at work take for granted."""
    people, policy, loops = service.people, scenario.policy.service, scenario.loops
    is_away = people.absence.episodes_per_year > 0.0 or policy.workforce.training_days_per_year > 0.0
    is_moved = is_away or loops.skill or loops.morale or loops.attrition
    return (Premise.EVERYBODY_PRESENT,) if is_moved else ()


__all__ = ["DutyTerms", "duty_terms", "plan_technicians", "premises_of_people", "presence_of_rostered"]
