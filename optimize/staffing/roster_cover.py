"""How many technicians a station wants at work on each weekday, in all and with each skill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.outlook import FieldOutlook
from optimize.staffing.technician_tables import Person
from optimize.staffing.working_weeks import DAYS_PER_WEEK, working_minutes
from scenarios import WEEKDAYS, Partner, Service, ServiceShift, WorkforcePolicy


@dataclass(frozen=True)
class StationCover:
    """What a station wants at work."""

    people: tuple[int, ...]
    """By weekday, Monday first."""
    by_skill: tuple[tuple[str, int, int], ...] = ()
    """Skill, level, and technicians who have it, on every weekday on which any are wanted."""


def cover_of_load(
    field: FieldOutlook,
    row: int,
    crew: Sequence[Person],
    shifts: dict[str, ServiceShift],
    largest_utilisation: float,
    presence: float,
    least: int,
) -> StationCover:
    """Technicians who can do a week's expected work on the weekdays on which the crew's shifts are worked.

    Args:
        field: what is to be expected.
        row: the station's, in the table of stations.
        crew: who works there.
        shifts: by id.
        largest_utilisation: work and road over time on duty.
        presence: of those rostered, the share that is neither ill nor in training.
        least: people without whom some work cannot be done.
    """
    worked = [_works(crew, shifts, weekday) for weekday in range(DAYS_PER_WEEK)]
    visits = field.visits_per_day[row]
    minutes = float(field.on_site_minutes[row] + field.travel_minutes[row])
    if not crew or not any(worked) or not visits.sum() > 0.0:
        return StationCover((0,) * DAYS_PER_WEEK)
    on_duty = float(np.mean([working_minutes(shifts[person.shift_id]) for person in crew]))
    one_does = on_duty * largest_utilisation * presence * sum(worked) / DAYS_PER_WEEK

    def people(load: float) -> int:
        return int(np.ceil(load * minutes / one_does - 1e-9))

    wanted = max(people(float(visits.sum())), least)
    by_skill = tuple(
        (skill, max(int(field.level_needed[at]), 1), people(float(visits[at])))
        for at, skill in enumerate(field.skill_ids)
        if visits[at] > 0.0
    )
    return StationCover(tuple(wanted if any_shift else 0 for any_shift in worked), by_skill)


def own_work(
    field: FieldOutlook, row: int, crew: Sequence[Person], partners: Sequence[Partner], station_id: str
) -> FieldOutlook:
    """What is to be expected of a station without the work that partners do because nobody of its crew can.

    Args:
        field: what is to be expected.
        row: the station's, in the table of stations.
        crew: who works there.
        partners: those that the policy uses.
        station_id: name of the station.
    """
    work, names = field.work, [*field.skill_ids, ""]
    mine = [partner for partner in partners if not partner.station_ids or station_id in partner.station_ids]
    if work is None or not mine:
        return field

    def stays(name: str, level: int) -> bool:
        if not name or any(person.level(name) >= level for person in crew):
            return True
        return not any(not partner.skill_ids or name in partner.skill_ids for partner in mine)

    kinds = list(zip(work.skill.tolist(), work.level.tolist(), strict=True))
    is_there = work.visits[row] > 0.0
    is_own = np.array([stays(names[skill], level) for skill, level in kinds])
    gone = is_there & ~is_own
    if not gone.any():
        return field
    visits, on_site = field.visits_per_day.copy(), field.on_site_minutes.copy()
    level_needed = field.level_needed.copy()
    minutes = on_site[row] * visits[row].sum() - work.on_site_minutes[row, gone].sum()
    for skill in {skill for (skill, _), is_gone in zip(kinds, gone, strict=True) if is_gone}:
        left = [at for at in np.flatnonzero(is_there & is_own) if kinds[at][0] == skill]
        visits[row, skill] = work.visits[row, left].sum()
        if names[skill]:
            level_needed[skill] = max((kinds[at][1] for at in left), default=0)
    on_site[row] = max(minutes, 0.0) / max(float(visits[row].sum()), 1e-300)
    return replace(field, visits_per_day=visits, on_site_minutes=on_site, level_needed=level_needed)


def stated_cover(workforce: WorkforcePolicy, station_id: str) -> StationCover:
    """What the policy itself wants; nobody where it says nothing of the station."""
    table, people = workforce.cover, [0] * DAYS_PER_WEEK
    if table is not None:
        for name, weekday, wanted in zip(table["station_id"], table["weekday"], table["people"], strict=True):
            if name == station_id:
                people[WEEKDAYS.index(weekday)] = int(wanted)
    return StationCover(tuple(people))


def least_people(service: Service) -> int:
    """People on duty without whom some work cannot be done."""
    work = [mode.people for mode in service.failure_modes] + [stream.people for stream in service.job_streams]
    work += [item.installation.people for item in service.products if item.installation is not None]
    return max([1, *work])


def _works(crew: Sequence[Person], shifts: dict[str, ServiceShift], weekday: int) -> bool:
    return any(WEEKDAYS[weekday] in shifts[person.shift_id].weekdays for person in crew)


__all__ = ["StationCover", "cover_of_load", "least_people", "own_work", "stated_cover"]
