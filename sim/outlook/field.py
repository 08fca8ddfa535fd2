"""What technicians are expected to have to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize import FieldOutlook, FieldWork
from scenarios import Scenario
from sim.aftersales.facts import ServiceFacts
from sim.axes import Axes, frozen
from sim.outlook.crews import Crews
from sim.outlook.installed_base import BaseFlows
from sim.outlook.requests import RequestFlows, judged_otherwise_share
from sim.outlook.territories import Territories, choices_of
from sim.outlook.vans import missing_shares
from sim.outlook.visits import Job, expected_visits, minutes_of

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MINUTES_PER_DAY = 24.0 * 60.0
_USUAL_DAY_MINUTES = 480.0
_BUSY_SHARE = 0.85
_WAITING_SHARE = 0.22
"""Part of the visits of a day that wait when somebody has to choose one; as seen in runs with half-day windows."""


@dataclass(frozen=True)
class _Work:
    """Requests of one kind from one station."""

    per_day: float
    skill: int
    level: int
    job: Job
    margin: float = 0.0
    """What a customer pays for one, less parts at cost."""
    billed_share: float = 1.0
    """Of those that partners do, those that the house pays for."""


def field_outlook(
    scenario: Scenario,
    facts: ServiceFacts,
    axes: Axes,
    flows: BaseFlows,
    requests: RequestFlows,
    territories: Territories,
    crews: Crews,
) -> FieldOutlook:
    """Work out visits, their minutes and their roads by station, in the order of the scenario's table of stations.

    The number of visits of a request follows `sim.outlook.visits`; the abilities of technicians are means over those
    who can do the work, learning, morale and turnover left out. Where a visit takes two people, its minutes on site
    are those of both. Closed stations have no work; skills stand in alphabetical order, all those that anything needs
    or anybody has. Not in it: visits of jobs that overflow to partners, defective parts, waits of a crew of two for
    each other.
    """
    stations, skills = len(facts.station_ids), len(facts.skill_ids)
    part_use = _part_use(facts, requests)
    kinds = _kinds(facts)
    figures, squares = np.zeros((5, stations, len(kinds))), np.zeros(stations)
    missing = missing_shares(facts, axes, part_use)
    for station in range(stations):
        for item in _jobs(station, facts, requests, crews, missing[station]):
            moments = expected_visits(item.job)
            each = (1.0, moments.visits, moments.minutes, item.margin, item.billed_share)
            figures[:, station, kinds.index((item.skill, item.level))] += item.per_day * np.array(each)
            squares[station] += item.per_day * moments.squares
    of_kinds = figures[1]
    visits = np.zeros((stations, skills + 1))
    for kind, (skill, _) in enumerate(kinds):
        visits[:, skill] += of_kinds[:, kind]
    together = np.maximum(visits.sum(axis=1), 1e-300)
    mean = figures[2].sum(axis=1) / together
    home, between = _roads(facts, flows, territories, visits.sum(axis=1))
    travel = _travel(facts, home, between, visits.sum(axis=1), mean)
    spread = squares / together - mean * mean
    row = _rows(scenario, facts)
    number = 0 if facts.service.stations is None else len(facts.service.stations)
    scv = np.where(mean > 0.0, np.maximum(spread, 0.0) / np.maximum(mean, 1e-9) ** 2, 0.0)

    def placed(values: FloatArray) -> FloatArray:
        full = np.zeros((number, *values.shape[1:]))
        full[row] = values
        out: FloatArray = frozen(full)
        return out

    return FieldOutlook(
        visits_per_day=placed(visits),
        on_site_minutes=placed(mean),
        on_site_scv=placed(scv),
        travel_minutes=placed(travel),
        level_needed=frozen(_levels(facts)),
        part_use_per_day=placed(part_use),
        skill_ids=facts.skill_ids,
        home_minutes=placed(home),
        next_minutes=placed(between),
        work=FieldWork(
            frozen(np.array([skill % (skills + 1) for skill, _ in kinds], np.int64)),
            frozen(np.array([level for _, level in kinds], np.int64)),
            *(placed(figure) for figure in figures),
        ),
    )


def _jobs(
    station: int, facts: ServiceFacts, requests: RequestFlows, crews: Crews, missing: FloatArray
) -> Iterator[_Work]:
    """Everything that is done from a station."""
    service, repair = facts.service, facts.service.repair
    own = 1.0 - requests.outsourced_share
    at_home = {"absent_share": repair.absent_share, "absent_minutes": repair.absent_wait_minutes}
    repairs, reworks = requests.visited_repairs[station], requests.visited_reworks[station]
    otherwise = judged_otherwise_share(facts)
    for number, mode in enumerate(service.failure_modes):
        if repairs[number] + reworks[number] <= 0.0:
            continue
        skill = facts.skill(mode.skill_id)
        ability = crews.ability(station, skill, mode.level)
        quoted, declined = requests.quoted_share[number], requests.declined_share[number]
        parts, pays = requests.part_cost[number], requests.customer_pays_share[number]
        for per_day, is_quoted in ((repairs[number], 1.0), (reworks[number], 0.0)):
            yield _Work(
                per_day,
                skill,
                mode.level if skill >= 0 else 0,
                Job(
                    people=mode.people,
                    diagnosis=minutes_of(mode.diagnosis_minutes, ability.minutes_factor),
                    work=minutes_of(mode.repair_minutes, ability.minutes_factor),
                    wrong_skill_share=otherwise * _unable_share(station, number, facts, crews),
                    declined_share=declined * is_quoted,
                    quote_minutes=repair.quote_minutes * quoted * is_quoted,
                    missing_part_share=float(missing[number]),
                    failed_share=1.0 - ability.success_share,
                    settle_minutes=repair.settle_minutes,
                    **at_home,
                ),
                margin=requests.income[number] * is_quoted - parts * (1.0 - declined * is_quoted),
                billed_share=1.0 - pays * is_quoted,
            )
    for number, product in enumerate(service.products):
        for per_day, terms in (
            (requests.installations[station, number], product.installation),
            (requests.maintenance[station, number], product.maintenance),
        ):
            if terms is None or per_day <= 0.0:
                continue
            skill = facts.skill(terms.skill_id)
            factor = crews.ability(station, skill, terms.level).minutes_factor
            people = getattr(terms, "people", 1)
            work = minutes_of(terms.minutes, factor)
            settle = repair.settle_minutes
            job = Job(people, (0.0, 0.0), work, settle_minutes=settle, **at_home)
            yield _Work(per_day * own, skill, terms.level if skill >= 0 else 0, job)
    for stream in service.job_streams:
        if stream.station_id == facts.station_ids[station]:
            skill = facts.skill(stream.skill_id)
            factor = crews.ability(station, skill, stream.level).minutes_factor
            work, settle = minutes_of(stream.minutes, factor), repair.settle_minutes
            per_day = _MINUTES_PER_DAY / max(stream.between_minutes.mean(), 1e-9)
            job = Job(stream.people, (0.0, 0.0), work, settle_minutes=settle, **at_home)
            yield _Work(per_day * own, skill, stream.level if skill >= 0 else 0, job)


def _unable_share(station: int, number: int, facts: ServiceFacts, crews: Crews) -> float:
    """Technicians sent for another failure of the product, by weight, who lack what this one needs."""
    modes, product = facts.service.failure_modes, facts.product_of_mode[number]
    needed = (facts.skill(modes[number].skill_id), modes[number].level)
    total, unable = 0.0, 0.0
    for other, mode in enumerate(modes):
        if other == number or facts.product_of_mode[other] != product:
            continue
        total += mode.weight
        judged = (facts.skill(mode.skill_id), mode.level)
        is_alone = modes[number].people > mode.people
        unable += mode.weight * (1.0 if is_alone else crews.unable_share(station, judged, needed))
    return unable / total if total > 0.0 else 0.0


def _part_use(facts: ServiceFacts, requests: RequestFlows) -> FloatArray:
    """(stations, parts) units that repairs take."""
    taken = requests.visited_repairs * (1.0 - requests.declined_share) + requests.visited_reworks
    use = np.zeros((len(taken), len(facts.part_ids)))
    for number, mode in enumerate(facts.service.failure_modes):
        for part, share in zip(facts.parts_of_mode[number], facts.part_shares_of_mode[number], strict=True):
            use[:, part] += taken[:, number] * mode.part_probability * share
    return use


def _roads(
    facts: ServiceFacts, flows: BaseFlows, territories: Territories, visits: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """(stations,) minutes out to the first visit of a round and home from the last, and from one to the next."""
    return territories.round_minutes(
        flows.failures.sum(axis=0) + flows.maintenance.sum(axis=0),
        flows.installations.sum(axis=1),
        choices_of(facts.policy.dispatch.rule, _WAITING_SHARE * visits),
        facts.service.roads,
        _hours_on_duty(facts),
    )


def _travel(
    facts: ServiceFacts, home: FloatArray, between: FloatArray, visits: FloatArray, on_site: FloatArray
) -> FloatArray:
    """(stations,) minutes per visit, of the technicians that there are.

    Each makes a round as long as the visits that there are for him, but no longer than a working day and its overtime
    leave time for until the last visit: the way home is made after it.
    """
    shifts = {person.shift.id: person.shift for person in facts.technicians}.values()
    day = np.mean([60.0 * shift.hours - shift.break_minutes for shift in shifts] or [_USUAL_DAY_MINUTES])
    there = _present(facts)
    wanted = np.where(there > 0.0, visits / np.maximum(there, 1e-9), np.inf)
    day += min(facts.policy.dispatch.overtime_minutes, _MINUTES_PER_DAY - float(day))
    each = np.maximum(on_site + between, 1.0)
    longest = (float(day) * _BUSY_SHARE - home / 2.0 + between) / each
    of_round = np.maximum(np.minimum(wanted, longest), 1.0)
    travel: FloatArray = (home + (of_round - 1.0) * between) / of_round
    return travel


def _kinds(facts: ServiceFacts) -> list[tuple[int, int]]:
    """Skill and level of all work, in order; (-1, 0) is work that needs no skill."""
    return sorted({(facts.skill(name), level if name else 0) for name, level in _asked(facts)})


def _present(facts: ServiceFacts) -> FloatArray:
    """(stations,) technicians on duty on a mean day, illness left out."""
    present = np.zeros(len(facts.station_ids))
    for person in facts.technicians:
        present[person.station] += person.share_of_days
    return present


def _hours_on_duty(facts: ServiceFacts) -> FloatArray:
    """(24,) share of technicians' time in each clock hour; even where there are none."""
    there = np.zeros(24)
    for person in facts.technicians:
        first, stop = person.shift.start_hour, person.shift.start_hour + person.shift.hours
        hour = np.arange(48)
        inside = np.clip(np.minimum(hour + 1, stop) - np.maximum(hour, first), 0.0, 1.0)
        there += inside[:24] + inside[24:]
    return there / there.sum() if there.sum() > 0.0 else np.full(24, 1.0 / 24.0)


def _levels(facts: ServiceFacts) -> IntArray:
    """(skills,) highest level that anything asks for; 0 where nothing does."""
    needed = np.zeros(len(facts.skill_ids), np.int64)
    for name, level in _asked(facts):
        if name:
            at = facts.skill(name)
            needed[at] = max(needed[at], level)
    return needed


def _asked(facts: ServiceFacts) -> list[tuple[str, int]]:
    """Skill and level of everything that somebody may have to do."""
    asked = [(mode.skill_id, mode.level) for mode in facts.service.failure_modes]
    asked += [(stream.skill_id, stream.level) for stream in facts.service.job_streams]
    for product in facts.service.products:
        asked += [(item.skill_id, item.level) for item in (product.installation, product.maintenance) if item]
    return asked


def _rows(scenario: Scenario, facts: ServiceFacts) -> IntArray:
    """Rows of the table of stations that are open."""
    assert scenario.service is not None
    table = scenario.service.stations
    names = () if table is None else tuple(table["station_id"])
    return np.array([names.index(name) for name in facts.station_ids], np.int64)


__all__ = ["field_outlook"]
