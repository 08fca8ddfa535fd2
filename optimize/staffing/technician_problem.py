"""Technicians of a scenario as a problem on arrays: work with its roads, people who can be had, partners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.outlook import FieldOutlook, FieldWork
from optimize.staffing.crews_and_partners import FieldCrews, room_per_day
from optimize.staffing.technician_tables import Person
from optimize.staffing.technician_terms import DutyTerms, cost_of_duty, partner_on_time_share
from optimize.staffing.travel import carried_minutes
from scenarios import Partner, Scenario, Service, Unserved

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

TRAVEL_SCV = 0.27
_TURNED_AWAY_SHARE = 0.001
"""Of the requests given to partners, those that find them full: nobody else can do them, so that they wait for long."""
_MONTH_DAYS = 28.0
_DAYS_PER_YEAR = 365.0
_HOURS_PER_DAY = 24.0
_MINUTES_PER_HOUR = 60.0
_SPARE_PEOPLE = 3
_STAYS = 1e-4
"""Share by which somebody new costs more than somebody who is there, where hiring costs nothing."""


@dataclass(frozen=True, eq=False)
class TechnicianProblem:
    """What is to be solved, and what its groups of people mean."""

    crews: FieldCrews
    work: FieldWork
    rows: IntArray
    """(stations,): rows of the table of stations."""
    members: tuple[tuple[Person, ...], ...]
    """(groups,): those who are there now; empty for people who would be new."""
    travel_minutes: FloatArray
    """(stations,): per visit, on rounds that are full."""
    partners: tuple[Partner, ...]
    """Those whom work is given to."""
    notes: tuple[Unserved, ...]


def technician_problem(
    scenario: Scenario,
    service: Service,
    field: FieldOutlook,
    rows: IntArray,
    there: tuple[Person, ...],
    month_factor: FloatArray,
    terms: DutyTerms,
    least: int,
) -> TechnicianProblem:
    """Put together work, people and partners.

    A round ends at the last customer: its way home is made after the shift where there is no more time in it, as
    dispatch does, and paid as overtime. Work is that of a month as large as asked for; money that of the mean month.
    Somebody new can do all work; who is there, what his levels say. Partners get all work of a kind that nobody of a
    station can do, and no other: whatever own people can do waits for them first, and goes outside only when the wait
    exceeds `policy.service.outsourcing.when_wait_exceeds_days`.

    Args:
        scenario: with `policy.optimised.technicians`.
        service: its facts of service.
        field: what is to be expected.
        rows: (stations,): of the open stations.
        there: technicians of the policy.
        month_factor: (stations,): load of a month that is not exceeded with the probability asked for, over the mean.
        terms: of duty.
        least: people where there are any.
    """
    wanted = scenario.policy.optimised.technicians
    assert wanted is not None and service.stations is not None
    work = field.work or _by_skill(field)
    names = [str(name) for name in service.stations["station_id"]]
    on_duty = worked_minutes(scenario, terms)
    home, travel = full_rounds(field, rows, on_duty * wanted.largest_utilisation)
    load = work.on_site_minutes[rows] + work.visits[rows] * travel[:, np.newaxis]
    load *= month_factor[:, np.newaxis]
    partners, price, notes = _outside(scenario, service, field, work, rows, names)
    members, team, able = _people(field, work, rows, names, there)
    minutes = on_duty * wanted.largest_utilisation * terms.presence_share
    most = np.array([int(row.sum() / max(minutes, 1e-9)) + least + _SPARE_PEOPLE for row in load])
    carried = _carried(scenario, field, rows, travel, on_duty, terms, int(most.max(initial=1)))
    of_duty = cost_of_duty(scenario, terms) * terms.presence_share
    hiring = max(service.people.attrition.cost_per_hire / _DAYS_PER_YEAR, _STAYS * of_duty)
    is_new = np.array([not group for group in members], np.bool_)
    most_of = [
        most[station] + len(carried[station]) if new else len(group)
        for station, new, group in zip(team, is_new, members, strict=True)
    ]
    return TechnicianProblem(
        crews=FieldCrews(
            load=load,
            own_cost=_own_cost(scenario, service, work, rows, travel + home, home) - work.margin[rows],
            outside_cost=price,
            requests=work.requests[rows],
            carried=carried,
            minutes=np.full(len(rows), minutes),
            team=team,
            able=able,
            cost=np.where(is_new, of_duty + hiring, of_duty),
            most=np.array(most_of, np.int64),
            pools=_pools(work),
            least=np.full(len(rows), least, np.int64),
            room=_room(scenario, partners, work, rows),
            minimum=np.array([partner.minimum_jobs_per_month / _MONTH_DAYS for partner in partners]),
            minimum_price=np.array([partner.price_per_job for partner in partners]),
        ),
        work=work,
        rows=rows,
        members=members,
        travel_minutes=travel + home,
        partners=partners,
        notes=notes,
    )


def worked_minutes(scenario: Scenario, terms: DutyTerms) -> float:
    """Time on duty in which jobs are done, and half of the overtime they may run into, as they end anywhere in it."""
    shifts = scenario.policy.service.workforce.shifts
    if any(shift.hours >= _HOURS_PER_DAY for shift in shifts):
        return terms.on_duty_minutes
    return terms.on_duty_minutes + 0.5 * scenario.policy.service.dispatch.overtime_minutes


def full_rounds(field: FieldOutlook, rows: IntArray, minutes: float) -> tuple[FloatArray, FloatArray]:
    """(stations,) road per visit on rounds that fill a day: the way home shared by all visits, and all other roads.

    A round of v visits, A minutes out, B from one to the next and s at each takes A + (v - 1) B + v s.
    """
    if field.home_minutes is None or field.next_minutes is None:
        return np.zeros(len(rows)), field.travel_minutes[rows]
    out, between = field.home_minutes[rows] / 2.0, field.next_minutes[rows]
    each = np.maximum(field.on_site_minutes[rows] + between, 1e-9)
    visits = np.maximum((minutes - out + between) / each, 1.0)
    return out / visits, (out + (visits - 1.0) * between) / visits


def _by_skill(field: FieldOutlook) -> FieldWork:
    """Work as far as it is known: every visit a request, at the highest level of its skill."""
    visits = field.visits_per_day
    level = np.append(field.level_needed, 0)[: visits.shape[1]]
    return FieldWork(
        skill=np.arange(visits.shape[1]),
        level=np.resize(level, visits.shape[1]),
        requests=visits,
        visits=visits,
        on_site_minutes=visits * field.on_site_minutes[:, np.newaxis],
        margin=np.zeros(visits.shape),
        billed=visits,
    )


def _people(
    field: FieldOutlook, work: FieldWork, rows: IntArray, names: list[str], there: tuple[Person, ...]
) -> tuple[tuple[tuple[Person, ...], ...], IntArray, BoolArray]:
    """Groups of people who can do the same at the same station, and one of new people at each."""
    found: dict[tuple[int, tuple[bool, ...]], list[Person]] = {}
    place = {names[row]: station for station, row in enumerate(rows.tolist())}
    skills = [*field.skill_ids, ""]
    for person in there:
        if person.station_id not in place:
            continue
        able = tuple(
            not skills[skill] or person.level(skills[skill]) >= level
            for skill, level in zip(work.skill.tolist(), work.level.tolist(), strict=True)
        )
        found.setdefault((place[person.station_id], able), []).append(person)
    everything = (True,) * len(work.skill)
    keys = [*found, *((station, everything) for station in range(len(rows)))]
    members = (*(tuple(group) for group in found.values()), *((),) * len(rows))
    team = np.array([station for station, _ in keys], np.int64)
    return members, team, np.array([able for _, able in keys], np.bool_)


def _pools(work: FieldWork) -> BoolArray:
    """All work, and of every skill the work from each level up."""
    pools = {(True,) * len(work.skill)}
    for skill, level in zip(work.skill.tolist(), work.level.tolist(), strict=True):
        pools.add(tuple(((work.skill == skill) & (work.level >= level)).tolist()))
    return np.array(sorted(pools, reverse=True), np.bool_)


def _carried(
    scenario: Scenario,
    field: FieldOutlook,
    rows: IntArray,
    travel: FloatArray,
    on_duty: float,
    terms: DutyTerms,
    most: int,
) -> FloatArray:
    """(stations, employed + 1) minutes a day that so many employed carry; between whole people in proportion."""
    wanted = scenario.policy.optimised.technicians
    assert wanted is not None
    employed = np.arange(most + 1.0)
    carried = np.zeros((len(rows), most + 1))
    for station, row in enumerate(rows.tolist()):
        mean, scv = float(field.on_site_minutes[row]), float(field.on_site_scv[row])
        if mean + float(travel[station]) <= 0.0:
            continue
        by_present = carried_minutes(
            mean, scv, float(travel[station]), most,
            on_duty_minutes_per_day=on_duty, promised_minutes=terms.promised_minutes,
            completed_share=wanted.completed_share, largest_utilisation=wanted.largest_utilisation,
            travel_scv=TRAVEL_SCV,
        )  # fmt: skip
        carried[station] = np.interp(employed * terms.presence_share, employed, by_present)
    return carried


def _own_cost(
    scenario: Scenario, service: Service, work: FieldWork, rows: IntArray, road: FloatArray, home: FloatArray
) -> FloatArray:
    """(stations, kinds) money per day for road, material, and ways home after the shift."""
    costs = scenario.costs.service
    km = road / _MINUTES_PER_HOUR * service.roads.speed_km_per_hour
    wage = costs.technician_per_hour * scenario.policy.service.workforce.pay_factor
    late = home / _MINUTES_PER_HOUR * wage * scenario.costs.labour.overtime_factor
    per_visit = km * costs.van_per_km + costs.consumables_per_job + late
    return np.asarray(work.visits[rows] * per_visit[:, np.newaxis])


def _outside(
    scenario: Scenario,
    service: Service,
    field: FieldOutlook,
    work: FieldWork,
    rows: IntArray,
    names: list[str],
) -> tuple[tuple[Partner, ...], FloatArray, tuple[Unserved, ...]]:
    """Partners that keep the promise, and money per day for all work of a kind; those who can share it equally."""
    wanted, policy = scenario.policy.optimised.technicians, scenario.policy.service
    assert wanted is not None
    requests = work.requests[rows]
    total, able = np.zeros(requests.shape), np.zeros(requests.shape)
    used, notes = [], []
    skills = [*field.skill_ids, ""]
    minutes = work.on_site_minutes[rows] / np.maximum(requests, 1e-300)
    for partner in service.partners:
        if partner.id not in policy.outsourcing.partner_ids:
            continue
        on_time = partner_on_time_share(partner, service, policy, field)
        if on_time < wanted.completed_share:
            reason = f"{on_time:.1%} of its jobs are expected to be completed as promised"
            change = f"completed_share {np.floor(1e3 * on_time) / 1e3:.3f}"
            notes.append(Unserved(item=f"partner {partner.id}", reason=reason, relaxation=change))
            continue
        used.append(partner)
        serves = np.array([not partner.station_ids or names[row] in partner.station_ids for row in rows])
        knows = np.array(
            [not partner.skill_ids or not skills[k] or skills[k] in partner.skill_ids for k in work.skill]
        )
        can = serves[:, np.newaxis] & knows
        able += can
        total += can * (partner.price_per_job + partner.price_per_hour * minutes / _MINUTES_PER_HOUR)
    price = np.where(able > 0.0, work.billed[rows] * total / np.maximum(able, 1.0), np.inf)
    return tuple(used), price, tuple(notes)


def _room(scenario: Scenario, partners: tuple[Partner, ...], work: FieldWork, rows: IntArray) -> float:
    """Requests a day that partners seldom turn away, less what the policy gives them from the start."""
    most = sum(partner.jobs_per_day for partner in partners)
    outsourcing = scenario.policy.service.outsourcing
    share = outsourcing.share_of_jobs if outsourcing.partner_ids else 0.0
    given = share / max(1.0 - share, 1e-9) * float(work.requests[rows].sum())
    return max(room_per_day(most, _TURNED_AWAY_SHARE) - given, 0.0)


__all__ = ["TRAVEL_SCV", "TechnicianProblem", "full_rounds", "technician_problem", "worked_minutes"]
