"""Technicians one by one: who there is, who stays, who is new, and the tables of a plan that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import WEEKDAYS, Columns, ServiceShift, SkillRow, TechnicianRow, WorkforcePolicy

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Person:
    """A technician as employed."""

    id: str
    station_id: str
    shift_id: str
    levels: tuple[tuple[str, int], ...]
    """Skill and level."""
    latitude: float | None = None
    longitude: float | None = None
    minutes_factor: float = 1.0
    experience_jobs: float = 500.0

    def level(self, skill: str) -> int:
        """Level of a skill, 0 where it is missing."""
        return dict(self.levels).get(skill, 0)


def people_of(workforce: WorkforcePolicy) -> tuple[Person, ...]:
    """All technicians of a policy: those of the table first, then those of the groups, in their order."""
    levels: dict[str, list[tuple[str, int]]] = {}
    if workforce.skills is not None:
        matrix = workforce.skills
        for name, skill, level in zip(
            matrix["technician_id"], matrix["skill_id"], matrix["level"], strict=True
        ):
            levels.setdefault(str(name), []).append((str(skill), int(level)))
    people = []
    table = workforce.technicians
    for row in range(0 if table is None else len(table)):
        assert table is not None
        name = str(table["technician_id"][row])
        people.append(
            Person(
                id=name,
                station_id=str(table["station_id"][row]),
                shift_id=str(table["shift_id"][row]),
                levels=tuple(levels.get(name, ())),
                latitude=_degrees(table["latitude"][row]),
                longitude=_degrees(table["longitude"][row]),
                minutes_factor=float(table["minutes_factor"][row]),
                experience_jobs=float(table["experience_jobs"][row]),
            )
        )
    for group in workforce.groups:
        people += [
            Person(
                id=f"{group.id}-{member + 1}",
                station_id=group.station_id,
                shift_id=group.shift_id,
                levels=tuple(group.skills.items()),
                minutes_factor=group.minutes_factor,
                experience_jobs=group.experience_jobs,
            )
            for member in range(group.count)
        ]
    return tuple(people)


def crew_of(
    station_id: str,
    there: Sequence[Person],
    employed: int,
    by_skill: dict[str, tuple[int, int]],
    shifts: Sequence[ServiceShift],
    taken_ids: Iterable[str],
) -> tuple[Person, ...]:
    """A crew of so many of whom enough have each skill: as many of those who are there as can be, then new ones.

    Of those who are there stays, one after the other, who has most of the skills that are still short; among equals the
    first. A skill of which they do not have enough goes before a place for somebody who is there. Who is new has
    every skill that is asked for at its level, and works the shift that has the fewest people on its barest weekday.

    Args:
        station_id: whose crew.
        there: who is there now, in their order.
        employed: people wanted.
        by_skill: skill -> people who have to have it, and at which level.
        shifts: that can be worked.
        taken_ids: names that nobody new may have.
    """
    missing = max(
        [
            0,
            *(
                wanted - sum(_has(p, skill, level) for p in there)
                for skill, (wanted, level) in by_skill.items()
            ),
        ]
    )
    new = max(missing, employed - len(there))
    kept = _best(there, max(employed - new, 0), {s: (n - new, level) for s, (n, level) in by_skill.items()})
    levels = tuple((skill, level) for skill, (wanted, level) in by_skill.items() if wanted > 0)
    crew, taken, number = list(kept), set(taken_ids), 0
    for _ in range(new):
        number += 1
        while f"new-{station_id}-{number}" in taken:
            number += 1
        crew.append(Person(f"new-{station_id}-{number}", station_id, _barest(crew, shifts), levels))
    return tuple(crew)


def presence(crew: Sequence[Person], shifts: Sequence[ServiceShift]) -> IntArray:
    """(7,) people on duty by weekday, Monday first."""
    by_id = {shift.id: _weekdays(shift) for shift in shifts}
    days = np.array([by_id[person.shift_id] for person in crew], np.int64).reshape(-1, 7)
    return np.asarray(days.sum(axis=0))


def tables_of(people: Sequence[Person]) -> dict[str, Columns[Any]]:
    """The tables `technicians` and `skills` of a plan."""
    technicians = {
        "technician_id": np.array([person.id for person in people], object),
        "station_id": np.array([person.station_id for person in people], object),
        "shift_id": np.array([person.shift_id for person in people], object),
        "latitude": np.array([person.latitude for person in people], np.float64),
        "longitude": np.array([person.longitude for person in people], np.float64),
        "minutes_factor": np.array([person.minutes_factor for person in people], np.float64),
        "experience_jobs": np.array([person.experience_jobs for person in people], np.float64),
    }
    rows = [(person.id, skill, level) for person in people for skill, level in person.levels if level > 0]
    skills = {
        "technician_id": np.array([row[0] for row in rows], object),
        "skill_id": np.array([row[1] for row in rows], object),
        "level": np.array([row[2] for row in rows], np.int64),
    }
    for column in (*technicians.values(), *skills.values()):
        column.setflags(write=False)
    return {"technicians": Columns(TechnicianRow, technicians), "skills": Columns(SkillRow, skills)}


def _best(there: Sequence[Person], number: int, wanted: dict[str, tuple[int, int]]) -> list[Person]:
    """So many of those who are there, in their order, with as many of the skills as can be."""
    chosen: list[int] = []
    short = {skill: count for skill, (count, _) in wanted.items()}
    left = list(range(len(there)))
    while left and len(chosen) < number:
        gains = [
            sum(short[skill] > 0 and _has(there[index], skill, level) for skill, (_, level) in wanted.items())
            for index in left
        ]
        index = left.pop(int(np.argmax(gains)))
        chosen.append(index)
        for skill, (_, level) in wanted.items():
            short[skill] -= _has(there[index], skill, level)
    return [there[index] for index in sorted(chosen)]


def _has(person: Person, skill: str, level: int) -> bool:
    return person.level(skill) >= level


def _barest(crew: Sequence[Person], shifts: Sequence[ServiceShift]) -> str:
    """The shift after which the weekday with the fewest people has most, then the one with the next fewest."""
    on_duty = presence(crew, shifts)
    return max(shifts, key=lambda shift: tuple(sorted((on_duty + _weekdays(shift)).tolist()))).id


def _weekdays(shift: ServiceShift) -> IntArray:
    return np.array([day in shift.weekdays for day in WEEKDAYS], np.int64)


def _degrees(value: Any) -> float | None:
    return None if value is None or isnan(value) else float(value)


__all__ = ["Person", "crew_of", "people_of", "presence", "tables_of"]
