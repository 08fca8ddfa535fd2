"""The roster as a constraint model, whole or with a part of a known roster held fixed.

x[p, d, s] = 1 if person p works shift s on day d, w[p, d] = sum over s of x[p, d, s] <= 1 whether he works at all,
k[p, e] = 1 if he works in weekend e. With a person's least and most consecutive shifts a, b, least days off o:

    min   sum of costs of people missing and too many, minutes missing, wishes, overtime, spread
    s.t.  x[p, d, s] = 0                                    absent, or not his shift
          x[p, d, s] + x[p, d + 1, u] <= 1                  u may not follow s; by cliques of shifts s alike
          sum over d of x[p, d, s] <= most shifts s
          least minutes <= sum of minutes[s] x[p, d, s] <= most minutes
          sum of w[p, d] <= most days, of minutes[s] x[p, d, s] <= most minutes      each week, Monday to Sunday
          w[p, d] + .. + w[p, d + b] <= b                   each run of b + 1 days, those before the first included
          not (off, on for i days, off)                     each i < a
          not (on, off for i days, on)                      each i < o
          w[p, d] <= k[p, e], d in e;   sum of k[p, e] <= most weekends
          sum of x[p, d, s] + missing - too many = demand   over people whose skill counts

The rules and costs are those of Curtois and Qu (2014), "Computational results on new staff scheduling benchmark
instances", and weeks, hours, skills, overtime and fairness besides. Where days of a person are held fixed, constants
stand in the place of their variables: what remains is the model of a neighbourhood of a roster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimize.staffing.cp_search import Found
from optimize.staffing.rostering.costs import OFF, IntArray
from optimize.staffing.rostering.objective import costs
from optimize.staffing.rostering.problem import RosterPerson, RosterProblem
from optimize.staffing.rostering.rules import add_rules
from optimize.staffing.rostering.variables import BoolArray, Cells


@dataclass(frozen=True, eq=False)
class RosterModel:
    """A model and what its variables stand for."""

    cells: Cells
    model: Any

    def hint(self) -> dict[Any, int]:
        """The known roster as values of the variables."""
        roster = self.cells.roster
        return {x: int(roster[person, day] == shift) for (person, day, shift), x in self.cells.x.items()}

    def decode(self, found: Found) -> IntArray:
        """The roster that a search has found, (people, days)."""
        roster = np.where(self.cells.free, OFF, self.cells.roster)
        for (person, day, shift), x in self.cells.x.items():
            if found.value(x):
                roster[person, day] = shift
        return roster


def build(problem: RosterProblem, roster: IntArray, free: BoolArray) -> RosterModel:
    """Build the model of what may change in a roster.

    Args:
        problem: What the roster has to do.
        roster: (people, days) shifts worked, -1 = off.
        free: (people, days) days that may change. Rules of people without any are not looked at.

    Returns:
        The model; its objective is the cost of the whole roster.
    """
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    cells = Cells(problem, roster, free)
    for number, person in enumerate(problem.people):
        if free[number].any():
            _add_cells(model, cells, number, person)
            add_rules(model, cells, number, person)
    model.minimize(sum(costs(model, cells)))
    return RosterModel(cells, model)


def _add_cells(model: Any, cells: Cells, number: int, person: RosterPerson) -> None:
    allowed = [
        shift for shift, name in enumerate(cells.problem.shift_ids) if person.max_shifts.get(name, 1) > 0
    ]
    for day in np.flatnonzero(cells.free[number]).tolist():
        of_day = []
        if day not in person.absent_days:
            of_day = [model.new_bool_var(f"{person.id} {day} {shift}") for shift in allowed]
        cells.x.update({(number, day, shift): x for shift, x in zip(allowed, of_day, strict=False)})
        if len(of_day) > 1:
            cells.on[number, day] = model.new_bool_var(f"{person.id} {day}")
            model.add(sum(of_day) == cells.on[number, day])
        else:
            cells.on[number, day] = of_day[0] if of_day else 0


__all__ = ["RosterModel", "build"]
