"""One way to run CP-SAT: one worker, a seed, a limit of deterministic work, and an outcome that is never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from scenarios import SolveStatus


@dataclass(frozen=True)
class Found:
    """What a search ended with."""

    status: SolveStatus | None
    """Proven optimal, feasible, proven infeasible; None where the work limit came before any of these."""
    objective: float | None
    bound: float | None
    work: float
    """Deterministic work done, in CP-SAT's units: about seconds of one core."""
    value: Callable[[Any], int]
    """Value of a variable; only where there is a solution."""

    was_interrupted: bool
    """Whether somebody pressed Ctrl-C; what the search had is kept."""

    @property
    def has_solution(self) -> bool:
        """Whether variables have values."""
        return self.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)


def search(
    model: Any,
    *,
    seed: int,
    work_limit: float,
    hint: Mapping[Any, int] | None = None,
) -> Found:
    """Run CP-SAT on a model; an interrupt from the keyboard ends the search with the best that it has.

    Args:
        model: A `CpModel` with an objective.
        seed: Seed of the search.
        work_limit: Most deterministic work. There is no clock in it: same model, same answer.
        hint: Values of variables to start from.
    """
    from ortools.sat.python import cp_model

    model.clear_hints()
    for variable, value in (hint or {}).items():
        model.add_hint(variable, value)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work_limit
    solver.parameters.linearization_level = 2
    # CP-SAT's own handling of Ctrl-C takes it away from Python for good: the next one would end the process.
    solver.parameters.catch_sigint_signal = False
    answer, was_interrupted = _solve(solver, model)
    status = _STATUS.get(solver.status_name(answer))
    work = solver.response_proto.deterministic_time
    solved = status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)
    return Found(
        status=status,
        objective=solver.objective_value if solved else None,
        bound=solver.best_objective_bound if status is not SolveStatus.INFEASIBLE else None,
        work=work,
        value=solver.value,
        was_interrupted=was_interrupted,
    )


_STATUS = {
    "OPTIMAL": SolveStatus.OPTIMAL,
    "FEASIBLE": SolveStatus.FEASIBLE,
    "INFEASIBLE": SolveStatus.INFEASIBLE,
}


def _solve(solver: Any, model: Any) -> tuple[Any, bool]:
    """Solve in a thread, so that an interrupt reaches Python at once; then tell the solver to stop."""
    was_interrupted = False
    with ThreadPoolExecutor(max_workers=1) as thread:
        solving = thread.submit(solver.solve, model)
        while True:
            try:
                return solving.result(), was_interrupted
            except KeyboardInterrupt:
                was_interrupted = True
                solver.stop_search()


__all__ = ["Found", "search"]
