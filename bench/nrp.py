"""Reader of the shift scheduling benchmark instances of Curtois and Qu (2014)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from optimize.staffing.rostering.problem import (
    RosterPerson,
    RosterProblem,
    RosterShift,
    ShiftDemand,
    ShiftRequest,
)


def read_instance(path: Path) -> RosterProblem:
    """Read an instance.

    Args:
        path: Text file with a line `SECTION_..` before each table.

    Returns:
        The problem; all instances start on a Monday.
    """
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in path.read_text().splitlines():
        if line.startswith("SECTION_"):
            rows = sections.setdefault(line.strip().removeprefix("SECTION_"), [])
        elif line.strip() and not line.startswith("#"):
            rows.append(line.strip().split(","))
    off = {name: tuple(map(int, days)) for name, *days in sections["DAYS_OFF"]}
    return RosterProblem(
        days=int(sections["HORIZON"][0][0]),
        shifts=tuple(
            RosterShift(name, int(minutes), tuple(filter(None, forbidden.split("|"))))
            for name, minutes, forbidden in sections["SHIFTS"]
        ),
        people=tuple(_person(row, off.get(row[0], ())) for row in sections["STAFF"]),
        demands=tuple(
            ShiftDemand(int(day), shift, int(people), int(under), int(over))
            for day, shift, people, under, over in sections["COVER"]
        ),
        requests=(
            *_requests(sections["SHIFT_ON_REQUESTS"], is_wanted=True),
            *_requests(sections["SHIFT_OFF_REQUESTS"], is_wanted=False),
        ),
    )


def _person(row: list[str], off: tuple[int, ...]) -> RosterPerson:
    name, most_shifts, *numbers = row
    most_minutes, least_minutes, longest, shortest, rest, weekends = map(int, numbers)
    limits = (pair.split("=") for pair in most_shifts.split("|"))
    return RosterPerson(
        id=name,
        min_minutes=least_minutes,
        max_minutes=most_minutes,
        max_consecutive_shifts=longest,
        min_consecutive_shifts=shortest,
        min_consecutive_days_off=rest,
        max_weekends=weekends,
        max_shifts={shift: int(most) for shift, most in limits},
        absent_days=off,
    )


def _requests(rows: list[list[str]], *, is_wanted: bool) -> Iterator[ShiftRequest]:
    for person, day, shift, weight in rows:
        yield ShiftRequest(person, int(day), shift, int(weight), is_wanted)
