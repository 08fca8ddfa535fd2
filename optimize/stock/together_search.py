"""Whole choices from the linear relaxation: rounding and repair, then an integer programme over what is still open.

With a whole choice of cost U and a bound L, a candidate whose reduced cost exceeds U - L is in no better choice
(reduced-cost fixing: Nemhauser and Wolsey, 1988, Integer and Combinatorial Optimization, II.5.3). What is left, the
core, goes to HiGHS by MathOpt; where it is complete and solved, the choice is proven.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from optimize.solving import Progress
from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.together_bound import Relaxation, relax
from optimize.stock.together_kernels import best_move
from optimize.stock.together_model import WITHIN, BoolArray, Model

_LARGEST_CORE = 3_000
_MOST_MOVES = 400
_MOST_CORES = 3
_GAP = 1e-9
_CORE_RANGE = 1e3


@dataclass(frozen=True, eq=False)
class Search:
    """Outcome in the model's units."""

    choice: IntArray | None
    """(n,) None = none was found."""
    bound: float
    is_proven: bool
    """The choice is best, or none exists where it is None."""
    is_rounded: bool
    """No integer programme found a choice; rounding and repair did."""
    relaxation: Relaxation
    """Without costs where even mixed candidates exceed the limits: limits in the way have a price then."""


def search(model: Model, seed: int, node_limit: int, progress: Progress) -> Search:
    """Choose a candidate per cell at least cost within the limits.

    Args:
        model: Problem.
        seed: Of the integer programme.
        node_limit: Nodes of its tree.
        progress: Told which step is done.
    """
    progress("linear relaxation", 0, 2)
    relaxation = relax(model)
    if relaxation.excess > WITHIN:
        without_costs = relax(replace(model, cost=np.where(np.isfinite(model.cost), 0.0, np.inf)))
        if without_costs.excess > WITHIN:
            return Search(None, np.inf, True, False, without_costs)
    choice = round_off(model, relaxation)
    progress("integer programme", 1, 2)
    is_rounded, is_proven, bound = True, False, relaxation.bound
    try:
        # A second core after a better choice is smaller, and often complete.
        for _ in range(_MOST_CORES):
            most = np.inf if choice is None else model.cost_of(choice) - relaxation.bound
            if most <= _GAP:
                return Search(choice, bound, True, is_rounded, relaxation)
            found, core_bound, is_complete = _solve_core(model, relaxation, most, seed, node_limit)
            is_rounded &= found is None
            is_better = choice is None or (found is not None and model.cost_of(found) < model.cost_of(choice))
            choice = found if is_better else choice
            if is_complete:
                ceiling = np.inf if choice is None else model.cost_of(choice)
                bound = max(bound, min(core_bound, ceiling))
                is_proven = bool(bound >= ceiling - _GAP * max(abs(ceiling), most)) or choice is None
            if is_complete or not is_better:
                break
    except KeyboardInterrupt:
        if choice is None:
            raise
    progress("integer programme", 2, 2)
    return Search(choice, bound, is_proven, is_rounded, relaxation)


def round_off(model: Model, relaxation: Relaxation) -> IntArray | None:
    """Round the relaxation to whole candidates, undo what exceeds limits, then take savings; None where that fails."""
    choice = relaxation.choice.copy()
    price = relaxation.price + np.finfo(np.float64).tiny
    for _ in range(_MOST_MOVES + len(model.limits)):
        room = 1.0 - model.used(choice)
        room[(room < 0.0) & (room >= -0.5 * WITHIN)] = 0.0
        cell, candidate = best_move(model.cost, model.use, model.rows, price, room, choice)
        if cell < 0:
            break
        choice[cell] = candidate
    return choice if model.holds(choice) else None


def _solve_core(
    model: Model, relaxation: Relaxation, most: float, seed: int, node_limit: int
) -> tuple[IntArray | None, float, bool]:
    """Solve the candidates whose reduced cost is at most `most`, or the nearest of them where they are too many.

    Returns:
        Choice, bound on its cost within the core, whether nothing was left out and the solver came to an end.
    """
    kept = relaxation.reduced <= most * (1.0 + 1e-9) if np.isfinite(most) else np.isfinite(relaxation.reduced)
    choice = np.argmin(relaxation.reduced, axis=1)
    is_open = kept.sum(axis=1) > 1
    is_complete = True
    if int(kept[is_open].sum()) > _LARGEST_CORE:
        kept, is_complete = _nearest(relaxation, kept), False
        is_open = kept.sum(axis=1) > 1
    room = 1.0 - model.used(choice)
    rows, cells = model.rows, np.flatnonzero(is_open)
    np.add.at(room, rows[cells].ravel(), model.use[cells, choice[cells]].ravel())
    picked, bound, ended = _integer_programme(model, kept, cells, room, seed, node_limit)
    settled = model.cost_of(choice) - float(model.cost[cells, choice[cells]].sum())
    if picked is None:
        return None, settled + bound, is_complete and ended
    choice[cells] = picked
    return (choice if model.holds(choice) else None), settled + bound, is_complete and ended


def _nearest(relaxation: Relaxation, kept: BoolArray) -> BoolArray:
    """As many candidates as fit into the core, those of least reduced cost, and the best of every cell."""
    reduced = np.where(kept & (relaxation.reduced > 0.0), relaxation.reduced, np.inf)
    border = np.partition(reduced.ravel(), _LARGEST_CORE // 2)[_LARGEST_CORE // 2]
    first = np.zeros_like(kept)
    first[np.arange(len(kept)), np.argmin(relaxation.reduced, axis=1)] = True
    nearest: BoolArray = first | (reduced < border)
    return nearest


def _integer_programme(
    model: Model, kept: BoolArray, cells: IntArray, room: FloatArray, seed: int, node_limit: int
) -> tuple[IntArray | None, float, bool]:
    """Minimise sum c x, one candidate per open cell, within the room that settled cells leave.

    Costs and rows are scaled to the size of the core's own, so that the solver's tolerances are small against them.

    Returns:
        Candidate per open cell, bound on their cost, whether the solver came to an end.
    """
    from ortools.math_opt.python import mathopt

    cell, candidate = np.nonzero(kept[cells])
    if not len(cell):
        holds = bool((room >= -WITHIN).all())
        return (np.zeros(0, np.int64), 0.0, True) if holds else (None, np.inf, True)
    cost = model.cost[cells[cell], candidate]
    base = np.where(kept[cells], model.cost[cells], np.inf).min(axis=1)
    scale = _CORE_RANGE / max(float((cost - base[cell]).max()), 1e-300)
    programme = mathopt.Model()
    taken = [programme.add_binary_variable() for _ in range(len(cell))]
    programme.minimize(
        mathopt.LinearSum(
            float(price) * variable
            for price, variable in zip((cost - base[cell]) * scale, taken, strict=True)
        )
    )
    starts = np.searchsorted(cell, np.arange(len(cells) + 1))
    for start, stop in pairwise(starts):
        programme.add_linear_constraint(mathopt.LinearSum(taken[start:stop]) == 1.0)
    for row in np.unique(model.rows[cells]):
        kinds = model.rows[cells[cell]] == row
        used = np.where(kinds, model.use[cells[cell], candidate], 0.0).sum(axis=1)
        largest = float(used.max(initial=0.0))
        if largest <= 0.0:
            continue
        terms = [
            float(amount) * taken[column] for column, amount in enumerate(used / largest) if amount > 0.0
        ]
        programme.add_linear_constraint(
            mathopt.LinearSum(terms) <= float((room[row] + 0.5 * WITHIN) / largest)
        )
    parameters = mathopt.SolveParameters(
        random_seed=seed,
        node_limit=node_limit,
        relative_gap_tolerance=_GAP,
        absolute_gap_tolerance=0.0,
    )
    result = mathopt.solve(programme, mathopt.SolverType.HIGHS, params=parameters)
    reason = result.termination.reason
    ended = reason in (mathopt.TerminationReason.OPTIMAL, mathopt.TerminationReason.INFEASIBLE)
    if reason is mathopt.TerminationReason.INFEASIBLE:
        return None, np.inf, True
    bound = float(result.termination.objective_bounds.dual_bound) / scale + float(base.sum())
    if not result.has_primal_feasible_solution():
        return None, bound, ended
    share = np.zeros((len(cells), kept.shape[1]))
    share[cell, candidate] = result.variable_values(taken)
    return np.argmax(share, axis=1), bound, ended


__all__ = ["Search", "round_off", "search"]
