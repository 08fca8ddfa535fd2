"""The roster of one station, stretch by stretch: each knows what was worked before it.

A stretch is some whole weeks, the first and the last as the horizon cuts them. A person is due so many working days
a week; who has worked less than his colleagues before is due so much more, which shares hours out over the stretches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.staffing.roster_cover import StationCover
from optimize.staffing.rostering.costs import OFF
from optimize.staffing.rostering.problem import (
    Fairness,
    RosterPerson,
    RosterProblem,
    RosterShift,
    ShiftDemand,
    without_short_rest,
)
from optimize.staffing.rostering.roster import Roster
from optimize.staffing.rostering.solving import solve_roster
from optimize.staffing.technician_tables import Person
from optimize.staffing.working_weeks import DAYS_PER_WEEK, days_per_week, most_days_per_week, working_minutes
from scenarios import WEEKDAYS, OptimisedRosters, Policy, ServiceShift

IntArray = npt.NDArray[np.int64]

MISSING, MISSING_SKILL, BELOW_EVEN = 10_000, 5_000, 1_000
"""Cost of a person missing from the cover, of one with a skill, and of one below an even spread over weekdays."""
_OVERTIME_PER_MINUTE = 5
"""A day of overtime costs less than somebody missing from the cover and more than an uneven spread."""
_FAIRNESS = Fairness(cost_per_weekend=300, cost_per_minute=1)
_HURRIED_WORK = 0.2
"""Work for what is left when the user has interrupted: each person gets a roster, and little more."""


@dataclass(frozen=True)
class StationTask:
    """A station's crew, what it is to cover and when."""

    crew: tuple[Person, ...]
    cover: StationCover
    days_off: dict[str, frozenset[int]]
    """Leave by person, days of the run."""
    first_weekday: int
    """Of day 0, Monday = 0."""
    days: int


@dataclass(frozen=True, eq=False)
class StationRoster:
    """The answer."""

    shift: IntArray
    """(people, days): index of the shift in the policy, -1 = off."""
    stretches: tuple[Roster, ...]


def roster_station(task: StationTask, policy: Policy, wanted: OptimisedRosters, seed: int) -> StationRoster:
    """Roster all days of a station.

    Args:
        task: people, cover, days.
        policy: shifts and limits.
        wanted: what is asked for.
        seed: of the searches.
    """
    shifts = policy.service.workforce.shifts
    known = _roster_shifts(shifts, policy.service.workforce.limits.rest_hours)
    of_person = np.array([_position(shifts, person.shift_id) for person in task.crew])
    roster = np.full((len(task.crew), task.days), OFF, np.int64)
    ahead = np.zeros(len(task.crew))
    """Minutes worked beyond those due, so far."""
    solved: list[Roster] = []
    was_interrupted = False
    for first, stop in _stretches(task, wanted.weeks_at_once):
        people = tuple(
            _person(task, policy, number, (first, stop), _run_before(roster[number, :first]), ahead)
            for number in range(len(task.crew))
        )
        problem = RosterProblem(
            days=stop - first,
            shifts=known,
            people=people,
            demands=tuple(_demands(task, policy, (first, stop))),
            fairness=_FAIRNESS,
            first_weekday=(task.first_weekday + first) % DAYS_PER_WEEK,
        )
        work = min(wanted.work, _HURRIED_WORK) if was_interrupted else wanted.work
        found = solve_roster(problem, seed=seed, work_limit=work)
        was_interrupted |= found.was_interrupted
        roster[:, first:stop] = np.where(found.shift == OFF, OFF, of_person[:, np.newaxis])
        minutes = np.array([known[at].minutes for at in of_person]) * (found.shift != OFF).sum(axis=1)
        ahead += minutes - np.array(
            [_due_minutes(task, policy, n, (first, stop)) for n in range(len(people))]
        )
        ahead -= ahead.mean()
        solved.append(found)
    return StationRoster(roster, tuple(solved))


def _stretches(task: StationTask, weeks: int) -> Iterator[tuple[int, int]]:
    """First day and the day after the last, weeks whole from Monday on."""
    monday = -task.first_weekday
    while monday < task.days:
        stop = monday + weeks * DAYS_PER_WEEK
        yield max(monday, 0), min(stop, task.days)
        monday = stop


def _roster_shifts(shifts: Sequence[ServiceShift], rest_hours: float) -> tuple[RosterShift, ...]:
    plain = (
        RosterShift(
            id=shift.id,
            minutes=working_minutes(shift),
            start_minute=round(60 * shift.start_hour),
            break_minutes=round(shift.break_minutes),
        )
        for shift in shifts
    )
    return without_short_rest(plain, rest_hours)


def _position(shifts: Sequence[ServiceShift], name: str) -> int:
    return [shift.id for shift in shifts].index(name)


def _run_before(worked: IntArray) -> int:
    """Working days in a row at the end of what was worked."""
    off = np.flatnonzero(worked == OFF)
    return len(worked) - (int(off[-1]) + 1 if off.size else 0)


def _person(
    task: StationTask,
    policy: Policy,
    number: int,
    days: tuple[int, int],
    worked_before: int,
    ahead: npt.NDArray[np.float64],
) -> RosterPerson:
    person, limits = task.crew[number], policy.service.workforce.limits
    shifts = policy.service.workforce.shifts
    own = shifts[_position(shifts, person.shift_id)]
    due = _due_minutes(task, policy, number, days) - ahead[number]
    return RosterPerson(
        id=person.id,
        min_minutes=0,
        max_minutes=working_minutes(own) * (days[1] - days[0]),
        max_consecutive_shifts=limits.max_consecutive_days,
        max_shifts={shift.id: 0 for shift in shifts if shift.id != person.shift_id},
        absent_days=tuple(day - days[0] for day in range(*days) if not _may_work(task, own, person.id, day)),
        levels=dict(person.levels),
        contract_minutes=max(round(due), 0),
        overtime_cost_per_minute=_OVERTIME_PER_MINUTE,
        max_shifts_per_week=most_days_per_week(own, policy),
        worked_before=min(worked_before, limits.max_consecutive_days),
    )


def _may_work(task: StationTask, shift: ServiceShift, person_id: str, day: int) -> bool:
    weekday = WEEKDAYS[(task.first_weekday + day) % DAYS_PER_WEEK]
    return weekday in shift.weekdays and day not in task.days_off.get(person_id, frozenset())


def _due_minutes(task: StationTask, policy: Policy, number: int, days: tuple[int, int]) -> int:
    """Working time of a person in a stretch: the usual days of each week, in proportion to the days he can work."""
    person, shifts = task.crew[number], policy.service.workforce.shifts
    own = shifts[_position(shifts, person.shift_id)]
    share = days_per_week(own, policy) / len(own.weekdays)
    open_days = sum(_may_work(task, own, person.id, day) for day in range(*days))
    return working_minutes(own) * int(share * open_days + 0.5)


def _demands(task: StationTask, policy: Policy, days: tuple[int, int]) -> Iterator[ShiftDemand]:
    """Cover and skills by day, whatever the shift, and the even spread of everybody's usual days over weekdays."""
    shifts = policy.service.workforce.shifts
    for day in range(*days):
        weekday = (task.first_weekday + day) % DAYS_PER_WEEK
        wanted = task.cover.people[weekday]
        if wanted:
            yield ShiftDemand(day - days[0], "", wanted, MISSING)
            for skill, level, people in task.cover.by_skill:
                able = sum(person.level(skill) >= level for person in task.crew)
                if min(people, able):
                    yield ShiftDemand(
                        day - days[0], "", min(people, able), MISSING_SKILL, skill=skill, level=level
                    )
        if wanted > 1:
            # Twice the cost below one half: two days with one of two are better than one with nobody.
            yield ShiftDemand(day - days[0], "", -(-wanted // 2), MISSING)
        for shift in shifts:
            even = _even_spread(task, shift, weekday, policy)
            if even:
                yield ShiftDemand(day - days[0], shift.id, even, BELOW_EVEN)


def _even_spread(task: StationTask, shift: ServiceShift, weekday: int, policy: Policy) -> int:
    """Of the days that people of a shift work in a week, those of a weekday; the first ones get what is left over."""
    worked = [day for day in range(DAYS_PER_WEEK) if WEEKDAYS[day] in shift.weekdays]
    people = sum(person.shift_id == shift.id for person in task.crew)
    if weekday not in worked:
        return 0
    each, left = divmod(people * days_per_week(shift, policy), len(worked))
    return each + (worked.index(weekday) < left)


__all__ = ["MISSING", "StationRoster", "StationTask", "roster_station"]
