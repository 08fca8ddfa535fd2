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
    there: Sequence[tuple[Sequence[Person], int]],
    new: int,
    levels: Sequence[tuple[str, int]],
    shifts: Sequence[ServiceShift],
    taken_ids: Iterable[str],
) -> tuple[Person, ...]:
    """A crew of some of those who are there and of new people.

    Of each group stay, one after the other, those whose shifts leave the barest weekday of the crew with most people;
    among equals the first. Who is new works the shift of which the same is true.

    Args:
        station_id: whose crew.
        there: groups of those who are there now, and how many of each stay.
        new: how many are new.
        levels: skill and level of those.
        shifts: that can be worked.
        taken_ids: names that nobody new may have.
    """
    crew: list[Person] = []
    for group, stay in there:
        left = list(group)
        for _ in range(min(stay, len(left))):
            wanted = [shift for shift in shifts if any(person.shift_id == shift.id for person in left)]
            barest = _barest(crew, shifts, wanted)
            crew.append(left.pop(next(at for at, person in enumerate(left) if person.shift_id == barest)))
    taken, number = set(taken_ids), 0
    for _ in range(new):
        number += 1
        while f"new-{station_id}-{number}" in taken:
            number += 1
        shift = _barest(crew, shifts, shifts)
        crew.append(Person(f"new-{station_id}-{number}", station_id, shift, tuple(levels)))
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


def _barest(crew: Sequence[Person], shifts: Sequence[ServiceShift], choice: Sequence[ServiceShift]) -> str:
    """The shift after which the weekday with the fewest people has most, then the one with the next fewest."""
    on_duty = presence(crew, shifts)
    return max(choice, key=lambda shift: tuple(sorted((on_duty + _weekdays(shift)).tolist()))).id


def _weekdays(shift: ServiceShift) -> IntArray:
    return np.array([day in shift.weekdays for day in WEEKDAYS], np.int64)


def _degrees(value: Any) -> float | None:
    return None if value is None or isnan(value) else float(value)


__all__ = ["Person", "crew_of", "people_of", "presence", "tables_of"]
