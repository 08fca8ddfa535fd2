"""Why something is not in a roster, and the smallest change that would put it there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from optimize.staffing.cp_search import search
from optimize.staffing.rostering.costs import OFF, IntArray, people_there
from optimize.staffing.rostering.model import build
from optimize.staffing.rostering.problem import RosterPerson, RosterProblem, ShiftDemand
from optimize.staffing.rostering.rules import minutes_worked
from scenarios import SolveStatus, Unserved

_WORK_LIMIT = 5.0
_STEPS = 14
"""A rule on days is loosened by two weeks at most."""


def contradictory(problem: RosterProblem, person: int) -> Unserved:
    """Say of somebody whose rules cannot all be kept which single rule would have to give way, and how far.

    Args:
        problem: Where he stands in.
        person: His index.
    """
    one = problem.people[person]
    ways = list(_ways(_alone(problem, one)))
    return Unserved(
        item=f"person {one.id}",
        reason="no roster keeps all of his rules",
        relaxation=", or ".join(ways),
    )


def _alone(problem: RosterProblem, person: RosterPerson) -> RosterProblem:
    return replace(problem, people=(replace(person, levels={}),), demands=(), requests=(), hour_demands=())


def _ways(alone: RosterProblem) -> Iterator[str]:
    person = alone.people[0]
    idle = replace(alone, people=(replace(person, min_minutes=0),))
    most = _most_minutes(idle)
    if most is not None and most < person.min_minutes:
        yield f"min_minutes {most} instead of {person.min_minutes}"
    for rule, step in (
        ("max_consecutive_shifts", 1),
        ("max_shifts_per_week", 1),
        ("min_consecutive_shifts", -1),
        ("min_consecutive_days_off", -1),
        ("max_weekends", 1),
    ):
        stated = getattr(person, rule)
        for size in range(1, _STEPS + 1):
            value = stated + step * size
            if value < 1 or value > alone.days:
                break
            if _is_possible(alone, replace(person, **{rule: value})):
                yield f"{rule} {value} instead of {stated}"
                break
    for day in sorted(person.absent_days):
        others = tuple(other for other in person.absent_days if other != day)
        if _is_possible(alone, replace(person, absent_days=others)):
            yield f"not absent on day {day}"
            break


def _is_possible(alone: RosterProblem, person: RosterPerson) -> bool:
    return _solve(replace(alone, people=(person,)), maximises=False) is not None


def _most_minutes(alone: RosterProblem) -> int | None:
    """Most minutes that somebody can work; None where his rules contradict each other however little he works."""
    return _solve(alone, maximises=True)


def _solve(alone: RosterProblem, *, maximises: bool) -> int | None:
    shape = (1, alone.days)
    model = build(alone, np.full(shape, OFF, dtype=np.int64), np.ones(shape, dtype=bool))
    minutes: Any = minutes_worked(model.cells, 0)
    if maximises:
        model.model.maximize(minutes)
    found = search(model.model, seed=1, work_limit=_WORK_LIMIT)
    if not found.has_solution or found.objective is None:
        return None
    return round(found.objective) if maximises else 0


def missing_people(problem: RosterProblem, roster: IntArray, status: SolveStatus) -> Iterator[Unserved]:
    """Name every demand that a roster leaves short.

    Args:
        problem: Demand.
        roster: (people, days) shifts worked, -1 = off.
        status: How far the search got.
    """
    for demand in problem.demands:
        there = people_there(problem, demand, roster)
        if there >= demand.people or demand.under_cost == 0:
            continue
        able = sum(_is_able(person, demand) for person in problem.people)
        reason = "no cheaper roster was found within the work limit"
        if able < demand.people:
            reason = f"only {able} people may work it on that day"
        elif status is SolveStatus.OPTIMAL:
            reason = "every roster that has them costs more elsewhere"
        yield Unserved(
            item=f"{demand.name}: {there} of {demand.people} people",
            reason=reason,
            relaxation=f"{demand.people - there} more who can work it",
        )


def _is_able(person: RosterPerson, demand: ShiftDemand) -> bool:
    has_skill = not demand.skill or person.levels.get(demand.skill, 0) >= demand.level
    may_work = not demand.shift or person.max_shifts.get(demand.shift, 1) > 0
    return has_skill and may_work and demand.day not in person.absent_days


__all__ = ["contradictory", "missing_people"]
