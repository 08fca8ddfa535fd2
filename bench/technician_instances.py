"""Readers of published technician routing instances: as tours problems, with what is known of their best answers.

Lengths without a unit become whole thousandths, rounded up, so that a tour in time here is in time in the reals too.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, dist
from pathlib import Path

import numpy as np

from optimize.routing.tours.problem import (
    FloatArray,
    IntArray,
    Lateness,
    Roads,
    Tours,
    Vehicles,
    Visits,
)
from optimize.routing.tours.skills import SkillDemands, Staff, qualify

SCALE = 1000
"""Thousandths to the unit of length, which is that of time."""
_MINUTE = 60
_NOBODY_CAME = 6100.0


@dataclass(frozen=True, eq=False)
class Published:
    """An instance, and in the reals what the problem holds in whole numbers.

    Attributes:
        name: of the instance.
        problem: what is to be solved; its money is in the unit of the published objective.
        points: (p, 2) coordinates of its places; none where travel times are given.
        opens: (n,) earliest start of service.
        closes: (n,) latest.
        service: (n,) time at each visit.
    """

    name: str
    problem: Tours
    points: FloatArray
    opens: FloatArray
    closes: FloatArray
    service: FloatArray


def read_pillac(path: Path, release: Path | None = None) -> Published:
    """Read an instance of Pillac, Gueret and Medaglia (2013), A parallel matheuristic for the technician routing and
    scheduling problem, Optimization Letters 7: technicians with homes, skills, tools and parts, of which one visit to
    the depot gives all. Money is time from leaving home to coming back, in all.

    Args:
        path: Text of the instance.
        release: Text that says when visits become known, for the dynamic case.

    Returns:
        Technician k starts and ends at place k + 1; visits are the places after them.
    """
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    rows = [[*line[0].split(), *line[1:]] for line in lines if line[0].strip()[:1].isdigit()]
    counts = rows[0]
    rows = [row for row in rows if len(row) >= 9]
    crew_size, skill_count = int(counts[0]), int(counts[1])
    table = np.array([[float(value) for value in row[1:6]] for row in rows])
    first = crew_size + 1
    crew, jobs = rows[1:first], rows[first:]
    has, needs = (_goods(group, skill_count) for group in (crew, jobs))
    is_tool = np.repeat([True, False], has.shape[1] // 2)
    able = qualify(
        Staff(_marks(crew, 6, skill_count), np.ones(crew_size)),
        SkillDemands(np.ceil(table[first:, 4] * SCALE).astype(np.int64), _marks(jobs, 6, skill_count)),
    )
    known = _release_times(release) if release is not None else {}
    points = table[:, :2]
    opens, closes = table[first:, 2], table[first:, 3]
    problem = Tours.of(
        Visits.of(
            np.arange(first, len(rows)),
            window_opens=_thousandths(opens)[:, None],
            window_closes=_thousandths(closes)[:, None],
            release_second=[_whole(known.get(place, -1.0)) for place in range(first, len(rows))],
            parts=needs,
            is_tool=is_tool,
        ),
        Vehicles.of(
            np.arange(1, first),
            shift_start_second=_thousandths(table[1:first, 2]),
            shift_end_second=_thousandths(table[1:first, 3]),
            cost_per_hour=np.full(crew_size, 3600.0 / SCALE),
            reload_place=np.zeros(crew_size),
            most_reloads=np.ones(crew_size),
            on_board=has,
        ),
        _plane(points),
        allowed=able.allowed,
        service_seconds=able.service_seconds,
    )
    return Published(path.name.partition(".")[0], problem, points, opens, closes, table[first:, 4])


def read_kovacs(tasks: Path, technicians: Path) -> Published:
    """Read an instance of Kovacs, Parragh, Doerner and Hartl (2012), Adaptive large neighborhood search for service
    technician routing and scheduling problems, Journal of Scheduling 15, in the variant without teams. Money is
    distance plus 200 + (sum of the skills asked for) ** 1.5 for every task given away.

    Args:
        tasks: Text of the tasks; the first row is the depot.
        technicians: Text of the technicians' levels.
    """
    rows = _number_rows(tasks)
    levels = _number_rows(technicians)[:, 1:].astype(np.int64)
    demanded = rows[1:, 8:].astype(np.int64).reshape(len(rows) - 1, levels.shape[1], -1)
    points, count = rows[:, 1:3], len(levels)
    opens, closes, service = rows[1:, 4], rows[1:, 5], rows[1:, 6]
    # the entry of level l is positive where the level is asked for
    required = ((demanded > 0) * np.arange(1, demanded.shape[2] + 1)).max(axis=2)
    able = qualify(Staff(levels, np.ones(count)), SkillDemands(_thousandths(service), required))
    problem = Tours.of(
        Visits.of(
            np.arange(1, len(rows)),
            window_opens=_thousandths(opens)[:, None],
            window_closes=_thousandths(closes)[:, None],
            unserved_cost=200.0 + demanded.sum(axis=(1, 2)) ** 1.5,
            is_outsourced=np.ones(len(rows) - 1, bool),
        ),
        Vehicles.of(
            np.zeros(count, np.int64),
            shift_end_second=np.full(count, _whole(rows[0, 5])),
            cost_per_km=np.ones(count),
        ),
        _plane(points),
        allowed=able.allowed,
        service_seconds=able.service_seconds,
    )
    return Published(tasks.stem, problem, points, opens, closes, service)


def read_gurobi_demo(folder: Path) -> Published:
    """Read the technician demonstration of a solver's web page: seven technicians, minutes, one day.

    Money is priority x (minutes that a job ends late + 6100 if nobody comes).

    Args:
        folder: With the three tables of the scenario.
    """
    customers, crew, distances = (
        _table(folder / f"data-Sce0_{name}.csv") for name in ("Customers", "Technicians", "Locations")
    )
    kinds = crew[0][3:]
    priority, minutes = ([float(value) for value in row[3:]] for row in crew[1:3])
    people, places = crew[3:], distances[0][1:]
    travel = np.zeros((len(places), len(places)), np.int64)
    for row, line in enumerate(distances[1:]):
        for column, text in enumerate(line[1:]):
            if text:
                travel[row, column] = travel[column, row] = _MINUTE * int(text)
    kind = [kinds.index(row[2]) for row in customers[1:]]
    begins, ends, due = (_MINUTE * np.array([int(row[at]) for row in customers[1:]]) for at in (3, 4, 5))
    work = (_MINUTE * np.array([minutes[number] for number in kind])).astype(np.int64)
    weight = np.array([priority[number] for number in kind])
    required = np.eye(len(kinds), dtype=np.int64)[kind]
    has = np.array([[int(mark or 0) for mark in row[3:]] for row in people])
    able = qualify(Staff(has, np.ones(len(people)), kinds), SkillDemands(work, required))
    rates = sorted(set(priority))
    problem = Tours.of(
        Visits.of(
            [places.index(row[1]) for row in customers[1:]],
            window_opens=begins[:, None],
            window_closes=ends[:, None],
            due_second=due - work,
            lateness_class=[rates.index(rate) for rate in weight],
            unserved_cost=weight * _NOBODY_CAME,
        ),
        Vehicles.of(
            [places.index(row[2]) for row in people],
            longest_seconds=[_MINUTE * int(row[1]) for row in people],
        ),
        Roads(travel, np.zeros_like(travel)),
        lateness=Lateness.per_hour(*(60.0 * rate for rate in rates)),
        allowed=able.allowed,
        service_seconds=able.service_seconds,
    )
    nothing = np.zeros((0, 2))
    return Published("gurobi demo", problem, nothing, begins / 1.0, ends / 1.0, work / 1.0)


def shortest_duration(published: Published, vehicle: int, order: Sequence[int]) -> float | None:
    """Time from leaving to coming back of a tour in the reals, left as late as that helps; None: it misses a window.

    Args:
        published: The instance, with coordinates.
        vehicle: Whose tour.
        order: Visits, and -1 for the reload place.
    """
    problem, points = published.problem, published.points.tolist()
    vehicles = problem.vehicles
    home, end = int(vehicles.start_place[vehicle]), int(vehicles.end_place[vehicle])
    place, second, slack, waited = (
        home,
        float(vehicles.shift_start_second[vehicle]) / SCALE,
        float("inf"),
        0.0,
    )
    began = second
    for stop in order:
        here = int(problem.visits.place[stop]) if stop >= 0 else int(vehicles.reload_place[vehicle])
        second += dist(points[place], points[here])
        if stop >= 0:
            waits = max(0.0, float(published.opens[stop]) - second)
            second, waited = second + waits, waited + waits
            if second > published.closes[stop] + 1e-9:
                return None
            slack = min(slack, waited + float(published.closes[stop]) - second)
            second += float(published.service[stop])
        place = here
    second += dist(points[place], points[end])
    return (
        None
        if second > vehicles.shift_end_second[vehicle] / SCALE + 1e-9
        else second - began - min(slack, waited)
    )


def _plane(points: FloatArray) -> Roads:
    apart = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    lengths = np.ceil(np.round(apart * SCALE, 6)).astype(np.int64)
    return Roads(lengths, lengths)


def _thousandths(values: FloatArray) -> IntArray:
    return np.round(values * SCALE).astype(np.int64)


def _whole(value: float) -> int:
    return ceil(value * SCALE)


def _goods(rows: Sequence[Sequence[str]], tools: int) -> IntArray:
    """Tools, 0 or 1 of each, then parts."""
    parts = np.array([[int(value) for value in row[8].strip(" []").split(",")] for row in rows])
    return np.hstack([_marks(rows, 7, tools), parts])


def _marks(rows: Sequence[Sequence[str]], column: int, count: int) -> IntArray:
    marks = np.zeros((len(rows), count), np.int64)
    for number, row in enumerate(rows):
        for value in filter(None, row[column].strip(" []").split(",")):
            marks[number, int(value)] = 1
    return marks


def _release_times(path: Path) -> dict[int, float]:
    rows = [line.split() for line in path.read_text().splitlines()[3:]]
    return {int(row[0]): float(row[1]) for row in rows if len(row) == 2 and row[0].isdigit()}


def _number_rows(path: Path) -> FloatArray:
    rows = [line.split() for line in path.read_text().splitlines()]
    return np.array([[float(value) for value in row] for row in rows if len(row) > 2 and row[0].isdigit()])


def _table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


__all__ = [
    "SCALE", "Published", "read_gurobi_demo", "read_kovacs", "read_pillac", "shortest_duration",
]  # fmt: skip
