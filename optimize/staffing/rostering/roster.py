"""A roster: who works which shift on which day."""

from __future__ import annotations

from dataclasses import dataclass

from optimize.staffing.rostering.costs import OFF, IntArray, RosterCost
from optimize.staffing.rostering.problem import RosterProblem
from scenarios import SolveReport


@dataclass(frozen=True, eq=False)
class Roster:
    """The answer to a `RosterProblem`. Immutable and picklable."""

    problem: RosterProblem
    shift: IntArray
    """(people, days): index of the shift worked, -1 = off."""
    cost: RosterCost
    """By reason; its total is the report's objective."""
    report: SolveReport
    """Status `INFEASIBLE` where the rules of somebody contradict each other: he stays off and is named, all others
    are rostered. Who is missing on which shift is named, too."""
    was_interrupted: bool = False
    """Whether the user ended the search before the work limit did."""

    def shift_id(self, person: int, day: int) -> str:
        """Shift of a person on a day, empty = off."""
        shift = int(self.shift[person, day])
        return "" if shift == OFF else self.problem.shift_ids[shift]

    def summary(self) -> str:
        """One line per person: shifts by their ids, days off as dots."""
        width = max(map(len, self.problem.shift_ids))
        name_width = max(map(len, self.problem.person_ids))
        days = range(self.problem.days)
        return "\n".join(
            f"{name:<{name_width}} "
            + " ".join(f"{self.shift_id(number, day) or '.':<{width}}" for day in days).rstrip()
            for number, name in enumerate(self.problem.person_ids)
        )


__all__ = ["Roster"]
