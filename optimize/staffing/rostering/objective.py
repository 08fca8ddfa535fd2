"""What a roster costs as terms of its model, one function per reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from optimize.staffing.rostering.costs import counted, extra_from, may_work_nights, present
from optimize.staffing.rostering.rules import minutes_worked, weekends_worked
from optimize.staffing.rostering.variables import Cells, is_open


def costs(model: Any, cells: Cells) -> Iterator[Any]:
    """All costs; their sum is that of `roster_cost`.

    Args:
        model: Where auxiliary variables go.
        cells: Variables and constants.

    Yields:
        Terms, numbers among them.
    """
    yield from _shift_demands(model, cells)
    yield from _hour_demands(model, cells)
    yield from _requests(cells)
    yield from _overtime(model, cells)
    yield from _unfairness(model, cells)


def _shift_demands(model: Any, cells: Cells) -> Iterator[Any]:
    for demand in cells.problem.demands:
        people = np.flatnonzero(counted(cells.problem, demand)).tolist()
        if demand.shift:
            shift = cells.number_of[demand.shift]
            there = [cells.works(person, demand.day, shift) for person in people]
        else:
            there = [cells.is_on(person, demand.day) for person in people]
        yield from _missing_and_too_many(
            model, there, [1] * len(there), demand.people, demand.under_cost, demand.over_cost
        )


def _hour_demands(model: Any, cells: Cells) -> Iterator[Any]:
    people = range(len(cells.problem.people))
    for wanted in cells.problem.hour_demands:
        terms = [
            (minutes, cells.works(person, day, shift))
            for day, shift, minutes in present(cells.problem, wanted)
            for person in people
        ]
        shares, there = [share for share, _ in terms], [term for _, term in terms]
        yield from _missing_and_too_many(
            model, there, shares, wanted.people * 60, wanted.under_cost_per_minute, 0
        )


def _missing_and_too_many(
    model: Any, there: list[Any], shares: list[int], wanted: int, under_cost: int, over_cost: int
) -> Iterator[Any]:
    """Cost of the difference between what is there and what is wanted."""
    fixed = sum(share * term for share, term in zip(shares, there, strict=True) if not is_open(term))
    loose = [(share, term) for share, term in zip(shares, there, strict=True) if is_open(term)]
    short = wanted - fixed
    most = sum(share for share, _ in loose)
    missing = model.new_int_var(max(0, short - most), max(0, short), "")
    too_many = model.new_int_var(max(0, -short), max(0, most - short), "")
    model.add(sum(share * term for share, term in loose) + missing - too_many == short)
    if under_cost:
        yield under_cost * missing
    if over_cost:
        yield over_cost * too_many


def _requests(cells: Cells) -> Iterator[Any]:
    people = {person: number for number, person in enumerate(cells.problem.person_ids)}
    for request in cells.problem.requests:
        works = cells.works(people[request.person], request.day, cells.number_of[request.shift])
        yield request.cost * (1 - works if request.is_wanted else works)


def _overtime(model: Any, cells: Cells) -> Iterator[Any]:
    for number, person in enumerate(cells.problem.people):
        if person.contract_minutes is not None and person.overtime_cost_per_minute:
            overtime = model.new_int_var(0, max(0, _most_minutes(cells) - person.contract_minutes), "")
            model.add(overtime >= minutes_worked(cells, number) - person.contract_minutes)
            yield person.overtime_cost_per_minute * overtime


def _unfairness(model: Any, cells: Cells) -> Iterator[Any]:
    problem, fairness = cells.problem, cells.problem.fairness
    days, people = range(problem.days), range(len(problem.people))
    if fairness.cost_per_weekend:
        worked = [
            sum(weekends_worked(model, cells, [cells.is_on(person, day) for day in days], is_exact=True))
            for person in people
        ]
        yield fairness.cost_per_weekend * _spread(model, worked, 0, len(problem.weekends))
    if fairness.cost_per_night:
        nights = [index for index, shift in enumerate(problem.shifts) if shift.is_night]
        worked = [
            sum(cells.works(person, day, night) for day in days for night in nights)
            for person in people
            if may_work_nights(problem, problem.people[person])
        ]
        yield fairness.cost_per_night * _spread(model, worked, 0, problem.days)
    if fairness.cost_per_minute:
        extra = [minutes_worked(cells, person) - extra_from(problem.people[person]) for person in people]
        least = -max(map(extra_from, problem.people))
        yield fairness.cost_per_minute * _spread(model, extra, least, _most_minutes(cells))


def _spread(model: Any, counts: list[Any], least: int, most: int) -> Any:
    """Difference between the largest and the smallest of some counts; at a cost it is exactly that."""
    if not counts:
        return 0
    high, low = model.new_int_var(least, most, ""), model.new_int_var(least, most, "")
    for count in counts:
        model.add(high >= count)
        model.add(low <= count)
    return high - low


def _most_minutes(cells: Cells) -> int:
    return cells.problem.days * max(shift.minutes for shift in cells.problem.shifts)


__all__ = ["costs"]
