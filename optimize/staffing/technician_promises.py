"""What technicians promise: how busy they are, what is given outside, and completion where requests simply queue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optimize.outlook import FieldOutlook
from optimize.staffing.crews_and_partners import CrewsPlan
from optimize.staffing.queues import mgc
from optimize.staffing.technician_problem import TRAVEL_SCV, TechnicianProblem
from optimize.staffing.technician_tables import Person, presence
from optimize.staffing.technician_terms import DutyTerms
from optimize.staffing.working_weeks import DAYS_PER_WEEK, days_per_week, mean_days_per_week
from scenarios import Policy, Premise, Promise, Scenario, Service, ServiceShift

FloatArray = npt.NDArray[np.float64]

_POINTS = 200


def promises_of(
    scenario: Scenario,
    service: Service,
    field: FieldOutlook,
    problem: TechnicianProblem,
    plan: CrewsPlan,
    people: Sequence[Person],
    terms: DutyTerms,
) -> tuple[Promise, ...]:
    """Forecasts at the mean load, parts that are missing beyond the outlook left out.

    Args:
        scenario: as asked.
        service: its facts of service.
        field: what is to be expected.
        problem: what was solved.
        plan: what was found.
        people: as employed.
        terms: of duty.
    """
    premises = tuple(_premises(scenario, service))
    shifts = scenario.policy.service.workforce.shifts
    assert service.stations is not None
    rows = problem.rows
    names = [str(service.stations["station_id"][row]) for row in rows]
    crews = [[person for person in people if person.station_id == name] for name in names]
    visits = (problem.work.visits[rows] * plan.is_own).sum(axis=1)
    site = (problem.work.on_site_minutes[rows] * plan.is_own).sum(axis=1)
    road = _road(field, problem, visits, np.array([presence(crew, shifts).mean() for crew in crews]))
    absent = terms.presence_share * DAYS_PER_WEEK / mean_days_per_week(scenario.policy)
    paid = sum(_paid_minutes_per_day(crew, scenario.policy) for crew in crews) * absent
    promises = []
    if paid > 0.0:
        promises.append(
            Promise(
                measure="technician_utilisation",
                forecast=float(site.sum() + visits @ road) / paid,
                premises=premises,
                method="work and road over time on duty",
            )
        )
    if problem.partners:
        promises.append(
            Promise(
                measure="outsourced_share",
                forecast=_outsourced_share(scenario, problem, plan),
                premises=premises,
                method="requests that nobody at their station can do; what overflows on bad days left out",
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
    return tuple(promises)


def _road(
    field: FieldOutlook, problem: TechnicianProblem, visits: FloatArray, on_duty: FloatArray
) -> FloatArray:
    """(stations,) minutes per visit, ways home included: rounds of crews that have time to spare are shorter."""
    if field.home_minutes is None or field.next_minutes is None:
        return problem.travel_minutes
    home, between = field.home_minutes[problem.rows], field.next_minutes[problem.rows]
    of_round = np.maximum(visits / np.maximum(on_duty, 1e-9), 1.0)
    return np.maximum(problem.travel_minutes, (home + (of_round - 1.0) * between) / of_round)


def _outsourced_share(scenario: Scenario, problem: TechnicianProblem, plan: CrewsPlan) -> float:
    requests = problem.work.requests[problem.rows]
    share = scenario.policy.service.outsourcing.share_of_jobs
    outside = float(requests[~plan.is_own].sum()) / max(float(requests.sum()), 1e-300)
    return share + (1.0 - share) * outside


def _paid_minutes_per_day(crew: Sequence[Person], policy: Policy) -> float:
    minutes = {
        shift.id: 60.0 * shift.hours * days_per_week(shift, policy) / DAYS_PER_WEEK
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
    scv = (float(field.on_site_scv[row]) * site * site + TRAVEL_SCV * way * way) / (mean * mean)
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


__all__ = ["premises_of_people", "promises_of"]
