"""What a roster costs, from the roster alone."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from optimize.staffing.rostering.problem import (
    HourDemand,
    RosterPerson,
    RosterProblem,
    RosterShift,
    ShiftDemand,
)

IntArray = npt.NDArray[np.int64]
OFF = -1
"""A day off in a roster."""


@dataclass(frozen=True)
class RosterCost:
    """Cost by reason, in the unit of the problem."""

    under: int
    """People missing on shifts."""
    over: int
    """People too many on shifts."""
    hours: int
    """Minutes of people missing within clock hours."""
    requests: int
    """Wishes not met."""
    overtime: int
    fairness: int

    @property
    def total(self) -> int:
        """All of it: the objective."""
        return sum(getattr(self, entry.name) for entry in fields(self))


def roster_cost(problem: RosterProblem, roster: IntArray) -> RosterCost:
    """Work out the cost of a roster; whether it keeps the rules is not looked at.

    Args:
        problem: Demand, wishes and their costs.
        roster: (people, days) index of the shift worked, -1 = off.
    """
    people = {person: number for number, person in enumerate(problem.person_ids)}
    shifts = {shift: number for number, shift in enumerate(problem.shift_ids)}
    under = over = 0
    for demand in problem.demands:
        there = people_there(problem, demand, roster)
        under += demand.under_cost * max(0, demand.people - there)
        over += demand.over_cost * max(0, there - demand.people)
    hours = 0
    for wanted in problem.hour_demands:
        minutes = sum(
            share * int((roster[:, day] == shift).sum()) for day, shift, share in present(problem, wanted)
        )
        hours += wanted.under_cost_per_minute * max(0, wanted.people * 60 - minutes)
    requests = sum(
        request.cost
        for request in problem.requests
        if (roster[people[request.person], request.day] == shifts[request.shift]) != request.is_wanted
    )
    return RosterCost(under, over, hours, requests, _overtime(problem, roster), _unfairness(problem, roster))


def counted(problem: RosterProblem, demand: ShiftDemand) -> npt.NDArray[np.bool_]:
    """(people,): who counts for a demand."""
    return np.array(
        [not demand.skill or person.levels.get(demand.skill, 0) >= demand.level for person in problem.people],
        dtype=bool,
    )


def people_there(problem: RosterProblem, demand: ShiftDemand, roster: IntArray) -> int:
    """People of a roster who count for a demand."""
    worked = roster[:, demand.day]
    is_there = worked == problem.shift_ids.index(demand.shift) if demand.shift else worked != OFF
    return int((is_there & counted(problem, demand)).sum())


def present(problem: RosterProblem, wanted: HourDemand) -> list[tuple[int, int, int]]:
    """Day, shift and minutes of all that puts somebody on duty within an hour, shifts of the day before included."""
    found = []
    begins = wanted.hour * 60
    for number, shift in enumerate(problem.shifts):
        for day, offset in ((wanted.day, 0), (wanted.day - 1, 1440)):
            minutes = sum(
                max(0, min(end, begins + offset + 60) - max(start, begins + offset))
                for start, end in duty_minutes(shift)
            )
            if day >= 0 and minutes > 0:
                found.append((day, number, minutes))
    return found


def duty_minutes(shift: RosterShift) -> tuple[tuple[int, int], tuple[int, int]]:
    """From when to when somebody is there, before and after his break, in minutes after midnight."""
    first = shift.start_minute + shift.minutes // 2
    second = first + shift.break_minutes
    return (shift.start_minute, first), (second, shift.start_minute + shift.minutes + shift.break_minutes)


def extra_from(person: RosterPerson) -> int:
    """Minutes from which working time counts as more than is due."""
    return person.min_minutes if person.contract_minutes is None else person.contract_minutes


def may_work_nights(problem: RosterProblem, person: RosterPerson) -> bool:
    """Whether some night shift is open to somebody."""
    return any(shift.is_night and person.max_shifts.get(shift.id, 1) > 0 for shift in problem.shifts)


def worked_minutes(problem: RosterProblem, roster: IntArray) -> IntArray:
    """(people,): working time of the horizon."""
    lengths = np.array([*(shift.minutes for shift in problem.shifts), 0], dtype=np.int64)
    minutes: IntArray = lengths[roster].sum(axis=1)
    return minutes


def _overtime(problem: RosterProblem, roster: IntArray) -> int:
    return sum(
        person.overtime_cost_per_minute * max(0, minutes - person.contract_minutes)
        for person, minutes in zip(problem.people, worked_minutes(problem, roster).tolist(), strict=True)
        if person.contract_minutes is not None
    )


def _unfairness(problem: RosterProblem, roster: IntArray) -> int:
    fairness = problem.fairness
    weekends = [sum(bool((row[list(days)] != OFF).any()) for days in problem.weekends) for row in roster]
    is_night = np.array([*(shift.is_night for shift in problem.shifts), False])
    nights = [
        int(is_night[row].sum())
        for person, row in zip(problem.people, roster, strict=True)
        if may_work_nights(problem, person)
    ]
    extra = [
        minutes - extra_from(person)
        for person, minutes in zip(problem.people, worked_minutes(problem, roster).tolist(), strict=True)
    ]
    return sum(
        cost * (max(counts) - min(counts))
        for cost, counts in (
            (fairness.cost_per_weekend, weekends),
            (fairness.cost_per_night, nights),
            (fairness.cost_per_minute, extra),
        )
        if counts
    )


__all__ = ["OFF", "RosterCost", "roster_cost"]
