"""What nobody may be asked to do: the rules of one person, one function each."""

from __future__ import annotations

from typing import Any

from optimize.staffing.rostering.problem import RosterPerson
from optimize.staffing.rostering.variables import Cells, is_open


def add_rules(model: Any, cells: Cells, number: int, person: RosterPerson) -> None:
    """Add all rules of a person.

    Args:
        model: Where to.
        cells: Variables and constants.
        number: Index of the person.
        person: His contract.
    """
    on = [cells.is_on(number, day) for day in range(cells.problem.days)]
    known = [*[1] * person.worked_before, *on]
    _add_successions(model, cells, number)
    _add_most_shifts(model, cells, number, person)
    _add_minutes(model, cells, number, person)
    _add_weeks(model, cells, number, person)
    _add_longest_run(model, known, person.max_consecutive_shifts)
    _add_shortest_runs(model, known, person.min_consecutive_shifts, is_of_work=True)
    _add_shortest_runs(model, known, person.min_consecutive_days_off, is_of_work=False)
    _add_weekends(model, cells, on, person.max_weekends)


def _add_successions(model: Any, cells: Cells, number: int) -> None:
    """Shifts that forbid at least what another forbids join its clique: tighter than pair by pair."""
    shifts = cells.problem.shifts
    for shift in shifts:
        forbidden = set(shift.not_followed_by)
        if not forbidden:
            continue
        alike = [cells.number_of[other.id] for other in shifts if forbidden <= set(other.not_followed_by)]
        followers = [cells.number_of[name] for name in shift.not_followed_by]
        for day in range(cells.problem.days - 1):
            today = [cells.works(number, day, one) for one in alike]
            tomorrow = [cells.works(number, day + 1, one) for one in followers]
            if any(map(is_open, today)) or any(map(is_open, tomorrow)):
                model.add(sum(today) + sum(tomorrow) <= 1)


def _add_most_shifts(model: Any, cells: Cells, number: int, person: RosterPerson) -> None:
    for name, most in person.max_shifts.items():
        worked = [cells.works(number, day, cells.number_of[name]) for day in range(cells.problem.days)]
        if sum(map(is_open, worked)) + sum(term for term in worked if not is_open(term)) > most:
            model.add(sum(worked) <= most)


def minutes_worked(cells: Cells, number: int) -> Any:
    """Working time of a person as an expression."""
    return sum(
        shift.minutes * cells.works(number, day, index)
        for day in range(cells.problem.days)
        for index, shift in enumerate(cells.problem.shifts)
    )


def _add_minutes(model: Any, cells: Cells, number: int, person: RosterPerson) -> None:
    model.add_linear_constraint(minutes_worked(cells, number), person.min_minutes, person.max_minutes)
    lengths = {shift.minutes for shift in cells.problem.shifts if person.max_shifts.get(shift.id, 1) > 0}
    if len(lengths) == 1:
        # Where all his shifts are of one length, whole shifts bound the days worked tighter than minutes do.
        length = lengths.pop()
        days = sum(cells.is_on(number, day) for day in range(cells.problem.days))
        model.add_linear_constraint(days, -(-person.min_minutes // length), person.max_minutes // length)


def _add_weeks(model: Any, cells: Cells, number: int, person: RosterPerson) -> None:
    shifts = list(enumerate(cells.problem.shifts))
    longest = max(shift.minutes for _, shift in shifts)
    for days in cells.problem.weeks:
        on = [cells.is_on(number, day) for day in days]
        if not any(map(is_open, on)):
            continue
        if len(days) > person.max_shifts_per_week:
            model.add(sum(on) <= person.max_shifts_per_week)
        if len(days) * longest > person.max_minutes_per_week:
            minutes = sum(
                shift.minutes * cells.works(number, day, index) for day in days for index, shift in shifts
            )
            model.add(minutes <= person.max_minutes_per_week)


def _add_longest_run(model: Any, on: list[Any], most: int) -> None:
    for first in range(len(on) - most):
        run = on[first : first + most + 1]
        if any(map(is_open, run)):
            model.add_bool_or([_not(day) for day in run])


def _add_shortest_runs(model: Any, on: list[Any], fewest: int, *, is_of_work: bool) -> None:
    """No run between two days of the other kind is too short; one that touches an end of the horizon may be."""
    within, outside = (_not, _same) if is_of_work else (_same, _not)
    for length in range(1, fewest):
        for before in range(len(on) - length - 1):
            run = on[before : before + length + 2]
            if any(map(is_open, run)):
                model.add_bool_or([outside(run[0]), *(within(day) for day in run[1:-1]), outside(run[-1])])


def _add_weekends(model: Any, cells: Cells, on: list[Any], most: int) -> None:
    if most < len(cells.problem.weekends):
        model.add(sum(weekends_worked(model, cells, on)) <= most)


def weekends_worked(model: Any, cells: Cells, on: list[Any], *, is_exact: bool = False) -> list[Any]:
    """For each weekend a variable or number that is 1 where somebody works in it, and, if exact, 0 where not."""
    found = []
    for days in cells.problem.weekends:
        worked = [on[day] for day in days]
        loose = [term for term in worked if is_open(term)]
        if not loose or any(term == 1 for term in worked if not is_open(term)):
            found.append(max(term for term in worked if not is_open(term)))
            continue
        weekend = model.new_bool_var("")
        for term in loose:
            model.add_implication(term, weekend)
        if is_exact:
            model.add_bool_or([weekend.negated(), *loose])
        found.append(weekend)
    return found


def _same(term: Any) -> Any:
    return term


def _not(term: Any) -> Any:
    return term.negated() if is_open(term) else 1 - term


__all__ = ["add_rules", "minutes_worked", "weekends_worked"]
