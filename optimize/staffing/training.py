"""Whom to train in what, so that enough people have every skill at every level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.arguments import counts, not_negatives, positive
from optimize.counting import counted
from optimize.solving import PlanningError
from scenarios import SolveReport, SolveStatus, Unserved

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_HIGHEST_LEVEL = 5
_COST_STEPS_PER_UNIT = 1_000
_LARGEST_SUM = 2.0**60


@dataclass(frozen=True, eq=False)
class TrainingProblem:
    """People, what they can do, what is needed, and what training costs; levels 0 (cannot) to L."""

    level: IntArray
    """(people, skills): today."""
    required: IntArray
    """(skills, L): people with at least level 1, 2, ..., L."""
    cost: FloatArray
    """(skills, L): of bringing one person from the level below to level 1, 2, ..., L, in days or money."""
    largest_cost_per_person: float | None = None
    """Most training of one person, in the same unit; None = no limit."""

    def __post_init__(self) -> None:
        required = np.asarray(self.required)
        if required.ndim != 2 or not 1 <= required.shape[1] <= _HIGHEST_LEVEL or required.shape[0] == 0:
            raise ValueError(
                f"required has shape {required.shape}, not (skills, levels) with 1 to {_HIGHEST_LEVEL} levels"
            )
        level = np.asarray(self.level)
        if level.ndim != 2 or level.shape[1] != required.shape[0]:
            raise ValueError(f"level has shape {level.shape}, not (people, {required.shape[0]})")
        object.__setattr__(self, "level", counts("level", level, level.shape))
        object.__setattr__(self, "required", counts("required", required, required.shape))
        object.__setattr__(self, "cost", not_negatives("cost", self.cost, required.shape))
        if self.level.size and self.level.max() > required.shape[1]:
            raise ValueError(f"level holds {self.level.max()}, above the highest level {required.shape[1]}")
        if self.largest_cost_per_person is not None:
            positive("largest_cost_per_person", self.largest_cost_per_person)
        if (self.cost.sum() * _COST_STEPS_PER_UNIT * len(level) + 1.0) * (
            self.required.sum() + 1.0
        ) > _LARGEST_SUM:
            raise ValueError(f"cost holds {self.cost.max()!r}: too large to be told apart to a thousandth")

    @property
    def to_reach(self) -> FloatArray:
        """(people, skills, L): cost of bringing each person from today's level to each level."""
        upto = np.concatenate([np.zeros((len(self.cost), 1)), np.cumsum(self.cost, axis=1)], axis=1)
        today = np.take_along_axis(upto[None], self.level[:, :, None], axis=2)
        return np.asarray(np.maximum(0.0, upto[None, :, 1:] - today))


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """Levels after training."""

    level: IntArray
    """(people, skills)"""
    cost: float
    """Of all training."""
    report: SolveReport


def plan_training(
    problem: TrainingProblem, *, deterministic_time: float = 10.0, seed: int = 1
) -> TrainingPlan:
    """Least training so that enough people have every skill at every level.

    Binary y(p, s, l): person p has level l of skill s or a higher one afterwards; 1 where it is so today.
    min sum c(s, l) (y(p, s, l) - today) subject to y(p, s, l) <= y(p, s, l - 1), sum over p of y(p, s, l) >=
    required(s, l), and the training of each person at most the limit. CP-SAT, costs in thousandths of their unit.
    Where so many people cannot have a skill, by their number or their limit, as many are trained as can be: the
    shortfall comes first in the objective.

    Args:
        problem: People, needs, costs.
        deterministic_time: limit of work.
        seed: of the search.

    Returns:
        A plan that passed `check_training`.

    Raises:
        ValueError: a limit that is no number above 0.
        PlanningError: the plan breaks a rule.
    """
    positive("deterministic_time", deterministic_time)
    if not problem.level.size:
        return _plan(problem, problem.level, SolveStatus.OPTIMAL, 0.0, 0, seed, deterministic_time)
    model, reached = _build(problem)
    status, bound, values = _solve(model, reached, problem, deterministic_time, seed)
    if values is None:
        return _plan(problem, _constructed(problem), SolveStatus.FALLBACK, bound, 1, seed, deterministic_time)
    level = np.maximum(problem.level, values.sum(axis=2))
    return _plan(problem, level, status, bound, 0, seed, deterministic_time)


def check_training(problem: TrainingProblem, level: IntArray) -> tuple[str, ...]:
    """What is wrong with levels after training, beyond people that are missing: nothing where it is empty."""
    if level.shape != problem.level.shape:
        return (f"levels have shape {level.shape}, not {problem.level.shape}",)
    wrong = []
    if (level < problem.level).any():
        wrong.append("somebody has forgotten something")
    if (level > problem.required.shape[1]).any():
        wrong.append("somebody is above the highest level")
    limit = problem.largest_cost_per_person
    if not wrong and limit is not None and (_costs(problem, level) > limit * (1.0 + 1e-9)).any():
        wrong.append("somebody is trained for longer than the limit")
    return tuple(wrong)


def missing_people(problem: TrainingProblem, level: IntArray) -> IntArray:
    """(skills, L): people who are missing at each level."""
    have = (level[:, :, None] >= np.arange(1, problem.required.shape[1] + 1)).sum(axis=0)
    return np.asarray(np.maximum(0, problem.required - have))


def _costs(problem: TrainingProblem, level: IntArray) -> FloatArray:
    """(people,): cost of the training of each."""
    to_reach = np.concatenate([np.zeros((*level.shape, 1)), problem.to_reach], axis=2)
    return np.asarray(np.take_along_axis(to_reach, level[:, :, None], axis=2)[:, :, 0].sum(axis=1))


def _steps(values: FloatArray | float) -> Any:
    """Money or days as whole thousandths: the one place where digits are lost."""
    return np.rint(np.asarray(values) * _COST_STEPS_PER_UNIT).astype(np.int64)


def _build(problem: TrainingProblem) -> tuple[Any, dict[tuple[int, int, int], Any]]:
    """The model, and by person, skill and level above today's the variable that says whether it is reached."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    people, skills = problem.level.shape
    levels = problem.required.shape[1]
    reached: dict[tuple[int, int, int], Any] = {}
    for person in range(people):
        for skill in range(skills):
            for step in range(int(problem.level[person, skill]), levels):
                reached[person, skill, step] = model.new_bool_var(f"reached_{person}_{skill}_{step + 1}")
                if (person, skill, step - 1) in reached:
                    model.add_implication(reached[person, skill, step], reached[person, skill, step - 1])
    steps = _steps(problem.cost)
    short = []
    for skill in range(skills):
        for step in range(levels):
            today = int((problem.level[:, skill] > step).sum())
            needed = int(problem.required[skill, step]) - today
            if needed > 0:
                short.append(model.new_int_var(0, needed, f"short_{skill}_{step + 1}"))
                trained = [var for (_, of, at), var in reached.items() if (of, at) == (skill, step)]
                model.add(sum(trained) + short[-1] >= needed)
    if problem.largest_cost_per_person is not None:
        limit = int(np.floor(problem.largest_cost_per_person * _COST_STEPS_PER_UNIT + 1e-6))
        for person in range(people):
            own = [int(steps[of, at]) * var for (who, of, at), var in reached.items() if who == person]
            model.add(sum(own) <= limit)
    training = sum(int(steps[skill, step]) * var for (_, skill, step), var in reached.items())
    dearer_than_all = int(steps.sum()) * people + 1
    model.minimize(training + dearer_than_all * sum(short))
    return model, reached


def _solve(
    model: Any,
    reached: dict[tuple[int, int, int], Any],
    problem: TrainingProblem,
    deterministic_time: float,
    seed: int,
) -> tuple[SolveStatus, float | None, npt.NDArray[np.bool_] | None]:
    """Status, bound on the cost of training, and (people, skills, L) what is reached; None where nothing was found."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = deterministic_time
    # As in `optimize.staffing.cp_search`: otherwise the next Ctrl-C would end the process.
    solver.parameters.catch_sigint_signal = False
    outcome = solver.solve(model)
    if outcome not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return SolveStatus.FALLBACK, None, None
    values = problem.level[:, :, None] > np.arange(problem.required.shape[1])
    for place, variable in reached.items():
        values[place] = solver.boolean_value(variable)
    level = values.sum(axis=2)
    if outcome == cp_model.OPTIMAL:
        return SolveStatus.OPTIMAL, float(_costs(problem, level).sum()), values
    is_whole = not missing_people(problem, level).any()
    return (
        SolveStatus.FEASIBLE,
        solver.best_objective_bound / _COST_STEPS_PER_UNIT if is_whole else None,
        values,
    )


def _constructed(problem: TrainingProblem) -> IntArray:
    """A plan without search: the highest levels first, each by those whom it costs least and who have room for it."""
    level = problem.level.copy()
    limit = np.inf if problem.largest_cost_per_person is None else problem.largest_cost_per_person
    for step in range(problem.required.shape[1], 0, -1):
        for skill in range(len(problem.required)):
            while missing_people(problem, level)[skill, step - 1] > 0:
                tried = level.copy()
                tried[:, skill] = np.maximum(tried[:, skill], step)
                extra = _costs(problem, tried) - _costs(problem, level)
                can = (level[:, skill] < step) & (_costs(problem, tried) <= limit)
                if not can.any():
                    break
                person = int(np.where(can, extra, np.inf).argmin())
                level[person, skill] = step
    return level


def _plan(
    problem: TrainingProblem,
    level: IntArray,
    status: SolveStatus,
    bound: float | None,
    fallbacks: int,
    seed: int,
    deterministic_time: float,
) -> TrainingPlan:
    wrong = check_training(problem, level)
    if wrong:
        raise PlanningError(f"the training plan breaks a rule: {'; '.join(wrong)}")
    cost = float(_costs(problem, level).sum()) if level.size else 0.0
    report = SolveReport(
        solver="training mix, CP-SAT",
        status=status,
        objective=cost,
        bound=bound,
        unit="cost of training",
        seed=seed,
        work_limit=f"{deterministic_time:g} units of deterministic time",
        items=int(level.size),
        fallbacks=fallbacks,
        unserved=_unserved(problem, level),
    )
    return TrainingPlan(level, cost, report)


def _unserved(problem: TrainingProblem, level: IntArray) -> tuple[Unserved, ...]:
    missing = missing_people(problem, level)
    people = len(level)
    found = []
    for skill, step in zip(*np.nonzero(missing), strict=True):
        needed, short = int(problem.required[skill, step]), int(missing[skill, step])
        is_few = needed > people
        found.append(
            Unserved(
                item=f"skill {skill}, level {step + 1}",
                reason=f"{counted(needed, 'person')} needed, {people} there"
                if is_few
                else f"no time left for training: {short} of {counted(needed, 'person')}",
                relaxation=f"{counted(short, 'person')} more with it",
            )
        )
    return tuple(found)


__all__ = ["TrainingPlan", "TrainingProblem", "check_training", "missing_people", "plan_training"]
