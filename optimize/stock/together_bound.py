"""The linear relaxation of choosing together: prices of limits, and a bound that holds.

The dual function over prices p >= 0 of the limits is
    L(p) = -sum_r p_r + sum_i min_j (c_ij + sum_r p_r a_rij)
and its largest value is that of the linear relaxation, since each cell's own problem has whole solutions (Geoffrion,
1974, Lagrangean relaxation for integer programming). A smoothed version of it is climbed by L-BFGS-B to good prices;
a linear programme over the candidates that matter at those prices, joined by those it turns out to lack, ends exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.together_kernels import reduced_costs, smoothed_dual
from optimize.stock.together_model import BoolArray, Model

_SOFTNESS = (1.0, 0.1, 0.01)
_STEPS = 80
_MOST_ROUNDS = 40
_CLOSED = 1e-10
_PENALTY = 1e4
_FIRST_CANDIDATES = 3


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Solution of the linear relaxation."""

    price: FloatArray
    """(limits,)"""
    bound: float
    """Value of the dual function at these prices."""
    reduced: FloatArray
    """(n, k) cost of candidates at these prices above the least of the cell."""
    choice: IntArray
    """(n,) candidate with the largest share per cell."""
    excess: float
    """Shares of limits that mixed candidates exceed all the same, at a high price for it."""


def relax(model: Model) -> Relaxation:
    """Solve the linear relaxation."""
    price = _good_prices(model)
    reduced, least = np.empty_like(model.cost), np.empty(len(model.cost))
    bound = reduced_costs(model.cost, model.use, model.rows, price, reduced, least)
    kept = _near(reduced)
    best = (bound, price)
    choice, excess = np.argmin(reduced, axis=1), 0.0
    for _ in range(_MOST_ROUNDS):
        value, now, choice, excess = _restricted(model, kept)
        bound = reduced_costs(model.cost, model.use, model.rows, now, reduced, least)
        if bound > best[0]:
            best = (bound, now)
        if value - best[0] <= _CLOSED * max(1.0, abs(value)):
            break
        lacking = (reduced <= 0.0) & ~kept
        if not lacking.any():
            break
        # A cell that was settled gets its whole choice back as soon as it lacks something.
        kept |= lacking
    bound = reduced_costs(model.cost, model.use, model.rows, best[1], reduced, least)
    return Relaxation(best[1], bound, reduced, choice, excess)


def _good_prices(model: Model) -> FloatArray:
    """Prices near the best, by climbing the dual function with ever less smoothing."""
    from scipy.optimize import minimize

    finite = np.isfinite(model.cost)
    spread = np.where(finite, model.cost, 0.0).max(axis=1, initial=0.0)
    typical = float(spread.mean()) if spread.any() else 1.0 / max(len(spread), 1)
    price = np.zeros(len(model.limits))

    for softness in _SOFTNESS:
        soft = softness * np.maximum(spread, 1e-3 * typical)

        def negative(trial: FloatArray, soft: FloatArray = soft) -> tuple[float, FloatArray]:
            gradient = np.empty_like(trial)
            value = smoothed_dual(model.cost, model.use, model.rows, trial, soft, gradient)
            return -value, -gradient

        found = minimize(
            negative,
            price,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, _PENALTY)] * len(price),
            options={"maxiter": _STEPS, "maxcor": 20, "ftol": 1e-13, "gtol": 1e-9},
        )
        price = np.asarray(found.x, np.float64)
    return price


def _near(reduced: FloatArray) -> BoolArray:
    """The best candidates of the cells whose runner-up is nearest, and the best alone of all others."""
    ordered = np.sort(reduced, axis=1)
    kept: BoolArray = reduced <= 0.0
    if reduced.shape[1] > 1:
        cells = min(len(reduced), 2_000)
        close = np.argsort(ordered[:, 1], kind="stable")[:cells]
        last = min(_FIRST_CANDIDATES, reduced.shape[1]) - 1
        kept[close] |= np.isfinite(reduced[close]) & (reduced[close] <= ordered[close, last][:, None])
    return kept


def _restricted(model: Model, kept: BoolArray) -> tuple[float, FloatArray, IntArray, float]:
    """The linear relaxation over the candidates that are kept; limits may be exceeded at a high price.

    Returns:
        Value, prices of the limits, candidate with the largest share per cell, shares by which limits are exceeded.
    """
    from scipy import sparse
    from scipy.optimize import linprog

    limits, choice = len(model.limits), np.argmax(kept, axis=1)
    is_open = kept.sum(axis=1) > 1
    settled = np.flatnonzero(~is_open)
    fixed_use = np.bincount(
        model.rows[settled].ravel(), model.use[settled, choice[settled]].ravel(), minlength=limits
    )
    fixed_cost = float(model.cost[settled, choice[settled]].sum())
    cell, candidate = np.nonzero(kept & is_open[:, None])
    number = np.cumsum(is_open) - 1
    columns = np.arange(len(cell))
    uses = sparse.coo_array(
        (model.use[cell, candidate].ravel(), (model.rows[cell].ravel(), np.repeat(columns, 3))),
        shape=(limits, len(cell)),
    )
    cells = sparse.coo_array(
        (np.ones(len(cell)), (number[cell], columns)), shape=(int(is_open.sum()), len(cell) + limits)
    )
    found = linprog(
        np.concatenate([model.cost[cell, candidate], np.full(limits, _PENALTY)]),
        A_ub=sparse.hstack([uses, -sparse.eye_array(limits)]).tocsr(),
        b_ub=1.0 - fixed_use,
        A_eq=cells.tocsr() if is_open.any() else None,
        b_eq=np.ones(int(is_open.sum())) if is_open.any() else None,
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    share = np.zeros(kept.shape)
    share[cell, candidate] = found.x[: len(cell)]
    choice[is_open] = np.argmax(share[is_open], axis=1)
    price = np.maximum(-np.asarray(found.ineqlin.marginals), 0.0)
    return float(found.fun) + fixed_cost, price, choice, float(found.x[len(cell) :].sum())


__all__ = ["Relaxation", "relax"]
