"""Shift covering: the fewest paid hours that put enough people on duty.

Patterns p in P with paid time h[p] of a week, a[p, t] the seconds of slot t that one person of the pattern is on duty,
r[t] the people needed in the slot and L its length in seconds; x[p] is the number of people who work the pattern.

    min   sum of h[p] x[p]
    s.t.  sum over p of a[p, t] x[p] >= L r[t]     for each slot t
          x[p] >= 0 and integer

Among plans of that cost, one with the fewest patterns in use is taken, as far as the limit goes: a second search
with the hours fixed and y[p] = 1 where x[p] > 0. A break counts in the mean of its slot: half an hour of it takes half
a person away. Dantzig (1954), "A comment on Edie's traffic delays at toll booths", without breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.counting import counted
from optimize.solving import Progress, no_progress
from optimize.staffing.shift_patterns import (
    EVERY_DAY,
    IntArray,
    ShiftPattern,
    patterns_from,
    presence_seconds,
)
from scenarios import SolveReport, SolveStatus, Unserved

FloatArray = npt.NDArray[np.float64]

_DAY = 24 * 3600
_MOST_PEOPLE = 1_000_000
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, eq=False)
class ShiftCover:
    """Who works which pattern."""

    patterns: tuple[ShiftPattern, ...]
    """As they were asked for."""
    people: IntArray
    """(patterns,): people of each, the same all week."""
    on_duty: FloatArray
    """(days, slots): mean people on duty, breaks taken off."""
    paid_hours: float
    """Of all, per week or, where one day stands for all, per day."""
    report: SolveReport
    """Objective and bound in paid hours; what no pattern can cover is in `unserved`."""

    @property
    def in_use(self) -> tuple[tuple[ShiftPattern, int], ...]:
        """Patterns that somebody works, with the number of people."""
        return tuple(
            (pattern, people)
            for pattern, people in zip(self.patterns, self.people.tolist(), strict=True)
            if people > 0
        )

    @property
    def paid_hours_per_week(self) -> float:
        """Of all."""
        return self.paid_hours * (7 // len(self.on_duty))

    def summary(self) -> str:
        """One line per pattern in use."""
        return "\n".join(
            f"{counted(people, 'person')} from {pattern.start_hour:g} h for {pattern.hours:g} h, "
            f"{counted(len(pattern.weekdays), 'day')}"
            for pattern, people in self.in_use
        )


def cover(
    required: npt.ArrayLike,
    patterns: Sequence[ShiftPattern],
    *,
    seed: int = 1,
    node_limit: int = 500,
    progress: Progress = no_progress,
) -> ShiftCover:
    """Cover the people required with the fewest paid hours.

    Args:
        required: (7, slots) or (1, slots) whole numbers of people: a week that repeats, Monday first, or a day that
            repeats, where weekdays of patterns do not count. Slots are equal parts of a day, e.g. 24 or 48.
        patterns: Shifts that may be worked; their order does not matter.
        seed: Seed of the search.
        node_limit: Most nodes of branch and bound in each of the two searches: no clock in it.
        progress: Told before each search.

    Returns:
        The cover. Status `INFEASIBLE` where some slot is on no pattern's duty: the others are covered all the same,
        and each such time is named with its reason. `FALLBACK` where the limit came before the solver had
        anything, or it was interrupted: then a greedy rule's cover.

    Raises:
        ValueError: Requirements are no whole numbers from 0 to a million or of a wrong shape, or no pattern is given.
    """
    needed = _checked(required)
    if not patterns:
        raise ValueError("patterns=(): at least one shift pattern is needed")
    days, slots = needed.shape
    order = sorted(range(len(patterns)), key=lambda index: (patterns[index], index))
    presence = presence_seconds((patterns[index] for index in order), days, slots)
    paid = np.array(
        [
            patterns[index].paid_seconds * (len(patterns[index].weekdays) if days > 1 else 1)
            for index in order
        ],
        dtype=np.int64,
    )
    never = (presence.max(axis=0) == 0) & (needed.ravel() > 0)
    demand = np.where(never, 0, needed.ravel()) * (_DAY // slots)
    people, report = _fewest_hours(presence, paid, demand, seed, node_limit, progress)
    if never.any():
        unserved = tuple(_uncovered(never.reshape(days, slots), needed))
        report = report.model_copy(update={"status": SolveStatus.INFEASIBLE, "unserved": unserved})
    asked = np.zeros(len(patterns), dtype=np.int64)
    asked[order] = people
    on_duty = (people @ presence).reshape(days, slots) / (_DAY // slots)
    return ShiftCover(tuple(patterns), asked, on_duty, int(people @ paid) / 3600, report)


def _checked(required: npt.ArrayLike) -> IntArray:
    given = np.asarray(required)
    if given.ndim != 2 or given.shape[0] not in (1, 7) or given.shape[1] < 1 or _DAY % given.shape[1]:
        raise ValueError(
            f"required: shape {given.shape} must be (7, slots) or (1, slots), slots dividing a day into whole seconds"
        )
    if given.dtype.kind not in "iuf":
        raise ValueError(f"required: type {given.dtype} must be whole numbers of people")
    wrong = ~((given >= 0) & (given <= _MOST_PEOPLE) & (given == np.floor(given)))
    if wrong.any():
        day, slot = np.argwhere(wrong)[0].tolist()
        raise ValueError(
            f"required[{day}, {slot}]={given[day, slot]}: must be a whole number from 0 to {_MOST_PEOPLE}"
        )
    return given.astype(np.int64)


def _fewest_hours(
    presence: IntArray, paid: IntArray, demand: IntArray, seed: int, node_limit: int, progress: Progress
) -> tuple[IntArray, SolveReport]:
    people = greedy_cover(presence, paid, demand)
    report = SolveReport(
        solver="shift covering by mixed-integer programming (HiGHS)",
        status=SolveStatus.OPTIMAL,
        objective=int(people @ paid) / 3600,
        bound=0.0,
        unit="paid hours",
        seed=seed,
        work_limit=f"2 x {node_limit} nodes",
        items=len(paid),
    )
    if not people.any():
        return people, report
    model = _Model(presence, paid, demand, seed, node_limit)
    progress("shift cover", 0, 2)
    found = _unless_interrupted(model.fewest_hours, people)
    progress("shift cover", 1, 2)
    report = report.model_copy(update={"bound": found.bound_seconds / 3600})
    if found.people is None:
        return people, report.model_copy(update={"status": SolveStatus.FALLBACK, "fallbacks": 1})
    people = found.people
    fewer = _unless_interrupted(model.fewest_patterns, people)
    if fewer.people is not None:
        people = fewer.people
    progress("shift cover", 2, 2)
    hours = int(people @ paid) / 3600
    status = SolveStatus.OPTIMAL if hours <= found.bound_seconds / 3600 else SolveStatus.FEASIBLE
    return people, report.model_copy(update={"status": status, "objective": hours})


@dataclass(frozen=True, eq=False)
class _Found:
    """People where the search has a plan that covers all, and the least paid seconds that it has not ruled out."""

    people: IntArray | None
    bound_seconds: int


def _unless_interrupted(solve: Callable[[IntArray], _Found], start: IntArray) -> _Found:
    """Solve; a search that somebody interrupts has found nothing, and what was in hand before it stays."""
    try:
        return solve(start)
    except KeyboardInterrupt:
        return _Found(None, 0)


class _Model:
    """The covering model; its two searches differ only in their objective."""

    def __init__(
        self, presence: IntArray, paid: IntArray, demand: IntArray, seed: int, node_limit: int
    ) -> None:
        from ortools.math_opt.python import mathopt

        self._presence, self._paid, self._demand = presence, paid, demand
        self._unit = int(np.gcd.reduce(paid))
        self._most = _most_of_one(presence, demand)
        self._model: Any = mathopt.Model()
        self._x = [self._model.add_integer_variable(lb=0, ub=float(most)) for most in self._most]
        # A gap of 1e-4, the solver's own, would call plans optimal that are not.
        self._parameters = mathopt.SolveParameters(
            relative_gap_tolerance=1e-9, node_limit=node_limit, random_seed=seed
        )
        for slot in np.flatnonzero(demand).tolist():
            seconds = presence[:, slot]
            unit = int(np.gcd.reduce(seconds))
            shares = [(share // unit, x) for share, x in zip(seconds.tolist(), self._x, strict=True) if share]
            self._model.add_linear_constraint(
                mathopt.fast_sum(share * x for share, x in shares) >= -(-int(demand[slot]) // unit)
            )
        paid_units = (paid // self._unit).tolist()
        self._hours = mathopt.fast_sum(units * x for units, x in zip(paid_units, self._x, strict=True))

    def fewest_hours(self, start: IntArray) -> _Found:
        self._model.minimize(self._hours)
        return self._solve(start, {})

    def fewest_patterns(self, start: IntArray) -> _Found:
        from ortools.math_opt.python import mathopt

        self._model.add_linear_constraint(self._hours <= int(self._paid @ start) // self._unit)
        used = [self._model.add_binary_variable() for _ in self._x]
        for x, is_used, most in zip(self._x, used, self._most.tolist(), strict=True):
            self._model.add_linear_constraint(x <= most * is_used)
        self._model.minimize(mathopt.fast_sum(used))
        return self._solve(start, dict(zip(used, (start > 0).astype(float).tolist(), strict=True)))

    def _solve(self, start: IntArray, start_used: dict[Any, float]) -> _Found:
        from ortools.math_opt.python import mathopt

        values = {**dict(zip(self._x, start.astype(float).tolist(), strict=True)), **start_used}
        hint = mathopt.SolutionHint(variable_values=values)
        result = mathopt.solve(
            self._model,
            mathopt.SolverType.HIGHS,
            params=self._parameters,
            model_params=mathopt.ModelSolveParameters(solution_hints=[hint]),
        )
        bound = result.termination.objective_bounds.dual_bound
        units = int(np.ceil(bound - 1e-6)) if np.isfinite(bound) and bound > 0 else 0
        people = None
        if result.has_primal_feasible_solution():
            people = np.rint(result.variable_values(self._x)).astype(np.int64)
            # The solver works in floating point: what it calls a cover is one only if it is one in whole seconds.
            if not (people @ self._presence >= self._demand).all():
                people = None
        return _Found(people, units * self._unit)


def _most_of_one(presence: IntArray, demand: IntArray) -> IntArray:
    """No optimal plan has more people of a pattern than would cover all its slots alone."""
    alone = -(-demand[None, :] // np.maximum(presence, 1))
    most: IntArray = np.where(presence > 0, alone, 0).max(axis=1)
    return most


def greedy_cover(presence: IntArray, paid: IntArray, demand: IntArray) -> IntArray:
    """Add the pattern with the most useful seconds per paid second until all is covered, then drop who is spare.

    Args:
        presence: (patterns, slots) seconds on duty.
        paid: (patterns,) seconds paid.
        demand: (slots,) seconds needed, each slot in some pattern.

    Returns:
        (patterns,) people.
    """
    people = np.zeros(len(paid), dtype=np.int64)
    short = demand.copy()
    while (short > 0).any():
        useful = np.minimum(presence, np.maximum(short, 0)[None, :]).sum(axis=1)
        best = int(np.argmax(useful / paid))
        # As many at once as are all fully useful where the first one is: large demands take no longer than small.
        helped = (presence[best] > 0) & (short > 0)
        count = max(1, int((short[helped] // presence[best][helped]).min()))
        people[best] += count
        short -= count * presence[best]
    for index in np.argsort(-paid, kind="stable").tolist():
        at_work = presence[index] > 0
        spare = int((-short[at_work] // presence[index][at_work]).min()) if at_work.any() else 0
        dropped = min(spare, int(people[index]))
        people[index] -= dropped
        short += dropped * presence[index]
    return people


def _uncovered(never: npt.NDArray[np.bool_], needed: IntArray) -> Iterator[Unserved]:
    days, slots = never.shape
    for day, slot in np.argwhere(never).tolist():
        begins, ends = slot * _DAY // slots, (slot + 1) * _DAY // slots
        when = f"{_WEEKDAYS[day] if days > 1 else 'every day'} {_clock(begins)}-{_clock(ends)}"
        yield Unserved(
            item=f"{when}, {counted(int(needed[day, slot]), 'person')}",
            reason="no shift pattern has anybody on duty then",
            relaxation=f"a pattern on duty at {_clock(begins)}",
        )


def _clock(second: int) -> str:
    minute = second // 60
    return f"{minute // 60:02d}:{minute % 60:02d}"


__all__ = ["EVERY_DAY", "ShiftCover", "ShiftPattern", "cover", "greedy_cover", "patterns_from"]
