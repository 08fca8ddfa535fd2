"""Rosters by CP-SAT: person by person, then neighbourhoods of the roster in hand, and the whole model for the bound.

1. People are rostered one after the other, those with the fewest shifts open to them first, each as cheaply as the
   demand still open allows. Demand is not hard, so that a roster exists if and only if each person has one of his own:
   whoever has none is named, with the rules that contradict each other.
2. The whole model is searched from there for a tenth of the work. Small problems are proven optimal here.
3. Large neighbourhood search (Shaw, CP 1998): some people, some days of everybody, or some people over half of the
   horizon are set free and searched together, all else held fixed. How large they are follows from how fast they are
   solved to the end.
4. The rest of the work goes to the whole model again, from the best roster: for the bound, and sometimes a better one.

Work is deterministic work of CP-SAT with one worker and an allowance per cell for making each model: there is no clock
in it, and the answer depends on nothing but the problem, the seed and the work limit.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

from optimize.solving import PlanningError, Progress, no_progress
from optimize.staffing.cp_search import Found, search
from optimize.staffing.rostering.costs import OFF, IntArray, roster_cost
from optimize.staffing.rostering.model import build
from optimize.staffing.rostering.problem import RosterProblem
from optimize.staffing.rostering.relaxation import contradictory, missing_people
from optimize.staffing.rostering.roster import Roster
from optimize.staffing.rostering.variables import BoolArray
from scenarios import SolveReport, SolveStatus

_FIRST_SHARE, _NEIGHBOURHOODS_UNTIL = 0.1, 0.75
_STEPS, _LEAST_STEP = 150, 0.2
"""A neighbourhood may take this part of all work, and never less than a fifth of a unit."""
_WORK_PER_CELL = 2e-5
"""Of making a model, per person, day and shift, and once more per free one: about what it takes in seconds."""
_GROWS, _SHRINKS = 1.1, 0.93


def solve_roster(
    problem: RosterProblem, *, seed: int = 1, work_limit: float = 60.0, progress: Progress = no_progress
) -> Roster:
    """Make a roster of least cost.

    Args:
        problem: People, rules, demand, wishes and costs.
        seed: Seed of the searches.
        work_limit: Deterministic work in all, about seconds of one core.
        progress: Told now and then how much of it is done.

    Returns:
        The roster, with bound and gap. An interrupt from the keyboard ends the search with the best roster so far.

    Raises:
        PlanningError: The work limit is too small to roster even one person.
        ValueError: The work limit is not positive.
    """
    if not 0 < work_limit < float("inf"):
        raise ValueError(f"work_limit={work_limit!r}: must be positive and finite")
    run = _Search(problem, seed, work_limit, progress)
    try:
        run.construct()
    except KeyboardInterrupt:
        raise PlanningError("interrupted before everybody had a roster") from None
    try:
        run.improve()
    except KeyboardInterrupt:
        run.was_interrupted = True
        progress("roster", int(work_limit), int(work_limit))
    return run.answer()


@dataclass
class _Search:
    """The best roster so far, and what is known of it."""

    problem: RosterProblem
    seed: int
    work_limit: float
    progress: Progress
    used: float = 0.0
    bound: int = 0
    is_constructed: bool = True
    """Whether no search has found a cheaper roster than the constructive rule's."""
    blocked: list[int] = field(default_factory=list)
    """People without any roster of their own."""
    was_interrupted: bool = False

    def __post_init__(self) -> None:
        shape = (len(self.problem.people), self.problem.days)
        self.roster: IntArray = np.full(shape, OFF, dtype=np.int64)
        self.cost = 0
        self.random = random.Random(self.seed)

    def construct(self) -> None:
        """Roster people one by one."""
        people = self.problem.people
        shifts = self.problem.shift_ids

        def choices(number: int) -> tuple[int, int]:
            person = people[number]
            allowed = sum(person.max_shifts.get(shift, 1) > 0 for shift in shifts)
            return allowed * (self.problem.days - len(set(person.absent_days))), number

        for number in sorted(range(len(people)), key=choices):
            free = np.zeros(self.roster.shape, dtype=bool)
            free[number] = True
            found = self._search(free, self.work_limit, is_hinted=False)
            if found.status is SolveStatus.INFEASIBLE:
                self.blocked.append(number)
            elif found.was_interrupted:
                raise KeyboardInterrupt
            elif not found.has_solution:
                raise PlanningError(
                    f"work_limit={self.work_limit:g}: too little to roster {people[number].id}"
                )
        self.cost = roster_cost(self.problem, self.roster).total
        self.is_constructed = True

    def improve(self) -> None:
        """Search the whole model, neighbourhoods, and the whole model again."""
        everything = self._everybody()
        if not everything.any():
            self.bound = self.cost
            return
        found = self._search(everything, _FIRST_SHARE * self.work_limit)
        self._learn(found)
        if found.was_interrupted:
            return
        neighbourhoods = _Neighbourhoods(self.random, everything)
        while self.used < _NEIGHBOURHOODS_UNTIL * self.work_limit and self.cost > self.bound:
            kind, free = neighbourhoods.draw()
            limit = max(self.work_limit / _STEPS, _LEAST_STEP)
            found = self._search(free, limit)
            if found.was_interrupted:
                return
            neighbourhoods.learn(kind, found.status is SolveStatus.OPTIMAL, found.work < limit / 2)
        if self.cost > self.bound and self.used < self.work_limit:
            self._learn(self._search(everything, self.work_limit - self.used))

    def answer(self) -> Roster:
        """The roster with its report."""
        status = SolveStatus.FEASIBLE
        if self.blocked:
            status = SolveStatus.INFEASIBLE
        elif self.cost <= self.bound:
            status = SolveStatus.OPTIMAL
        elif self.is_constructed:
            status = SolveStatus.FALLBACK
        report = SolveReport(
            solver="roster by CP-SAT and large neighbourhood search",
            status=status,
            objective=float(self.cost),
            bound=float(self.bound),
            unit="cost of the roster",
            seed=self.seed,
            work_limit=f"{self.work_limit:g} units of deterministic work",
            items=len(self.problem.people),
            fallbacks=len(self.problem.people) if status is SolveStatus.FALLBACK else 0,
            unserved=(
                *(contradictory(self.problem, person) for person in sorted(self.blocked)),
                *missing_people(self.problem, self.roster, status),
            ),
        )
        return Roster(
            self.problem, self.roster, roster_cost(self.problem, self.roster), report, self.was_interrupted
        )

    def _everybody(self) -> BoolArray:
        free = np.ones(self.roster.shape, dtype=bool)
        free[self.blocked] = False
        return free

    def _search(self, free: BoolArray, limit: float, *, is_hinted: bool = True) -> Found:
        """Search what is free and keep the roster if it is at least as good."""
        model = build(self.problem, self.roster, free)
        hint = model.hint() if is_hinted else None
        found = search(model.model, seed=self.seed, work_limit=limit, hint=hint)
        cells = (self.roster.size + int(free.sum())) * len(self.problem.shifts)
        self.was_interrupted |= found.was_interrupted
        self.used += found.work + _WORK_PER_CELL * cells
        if found.has_solution and found.objective is not None:
            cost = round(found.objective)
            if not is_hinted or cost <= self.cost:
                self.is_constructed &= cost >= self.cost
                self.roster, self.cost = model.decode(found), cost
        self.progress("roster", int(min(self.used, self.work_limit)), int(self.work_limit))
        return found

    def _learn(self, whole: Found) -> None:
        """Take the bound of a search of the whole model."""
        if whole.bound is not None:
            self.bound = max(self.bound, int(np.ceil(whole.bound - 1e-6)))


class _Neighbourhoods:
    """What is set free next, and how much of it."""

    def __init__(self, source: random.Random, everything: BoolArray) -> None:
        self._random = source
        self._everything = everything
        self._people = np.flatnonzero(everything.any(axis=1)).tolist()
        self._days = everything.shape[1]
        people = len(self._people)
        self._size = {"people": people / 5, "days": 7.0, "block": people / 2}
        self._largest = {"people": float(people), "days": float(self._days), "block": float(people)}

    def draw(self) -> tuple[str, BoolArray]:
        """A kind and the days of people that are free."""
        kind = self._random.choice(sorted(self._size))
        size = max(2, int(self._size[kind]))
        free = np.zeros_like(self._everything)
        if kind == "people":
            free[self._some_people(size)] = True
        elif kind == "days":
            free[:, self._window(size)] = True
        else:
            free[self._some_people(size), self._window(self._days // 2)] = True
        return kind, free & self._everything

    def learn(self, kind: str, was_solved: bool, was_quick: bool) -> None:
        """Larger next time where it was quick, smaller where the limit came first."""
        if not was_solved:
            self._size[kind] *= _SHRINKS
        elif was_quick:
            self._size[kind] = min(self._size[kind] * _GROWS, self._largest[kind])

    def _some_people(self, size: int) -> list[int]:
        return sorted(self._random.sample(self._people, min(size, len(self._people))))

    def _window(self, size: int) -> slice:
        """Days in a row; windows reach over both ends so that the first and the last days are free as often."""
        first = self._random.randrange(-(size // 2), max(1, self._days - size // 2))
        return slice(max(0, first), max(1, first + size))


__all__ = ["solve_roster"]
