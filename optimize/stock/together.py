"""One policy per SKU and place, chosen together under a budget, shelf space and order lines a day.

    minimise    sum_ij c_ij x_ij
    subject to  sum_j x_ij = 1                        for every cell i
                sum_ij v_ij x_ij <= budget            mean value of stock on hand
                sum_ij g_ij x_ij <= lines_limit       order lines a day
                sum_{i at p, j} l_ij x_ij <= shelf_p  litres, for every place p
                x_ij in {0, 1}

a multiple-choice knapsack with several constraints (Kellerer, Pferschy and Pisinger, 2004, Knapsack Problems, chapter
11) over candidate policies that were evaluated exactly. The linear relaxation gives the bound and the shadow prices;
rounding, reduced-cost fixing and an integer programme over what is still open give the choice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimize.solving import Progress, no_progress
from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.together_model import BUDGET, FIRST_SHELF, LINES, WITHIN, Model, build
from optimize.stock.together_search import Search, search
from scenarios import ShadowPrice, SolveReport, SolveStatus, Unserved

BUDGET_PATH = "policy.optimised.limits.budget"
SHELF_PATH = "policy.optimised.limits.shelf_litres_per_store"
LINES_PATH = "policy.optimised.limits.lines_per_day"
_METHOD = "multiple-choice knapsack: linear relaxation, reduced-cost fixing, HiGHS by MathOpt"
_NODES = 200
_MOST_TRIED = 10


@dataclass(frozen=True, eq=False)
class Candidates:
    """What can be chosen: k policies for each of n cells."""

    cost_per_day: FloatArray
    """(n, k) money; infinite = no such candidate."""
    value: FloatArray
    """(n, k) mean value of stock on hand."""
    litres: FloatArray
    """(n, k) shelf space."""
    lines_per_day: FloatArray
    """(n, k)"""
    place: IntArray
    """(n,) from 0."""


@dataclass(frozen=True, eq=False)
class TogetherResult:
    """A candidate for every cell and what they take together."""

    choice: IntArray
    """(n,); where no choice keeps the limits, one that keeps the relaxed ones."""
    report: SolveReport
    cost_per_day: float
    value: float
    litres: FloatArray
    """(places,)"""
    lines_per_day: float
    is_within_limits: bool
    is_within_relaxed: bool
    """Whether it keeps the limits as the report relaxes them; if not, it is the cheapest of every cell alone."""


def choose_together(
    cost_per_day: FloatArray,
    value: FloatArray,
    litres: FloatArray,
    lines_per_day: FloatArray,
    place: IntArray,
    budget: float | None = None,
    shelf_litres: FloatArray | None = None,
    lines_limit: float | None = None,
    *,
    seed: int = 1,
    work_limit: int = _NODES,
    progress: Progress = no_progress,
) -> TogetherResult:
    """Choose one candidate policy per cell at least cost within common limits.

    Cells are put in an order of their own first, so the order in which they are given does not matter. Limits hold up
    to one part in 10^9. Shadow prices are those of the linear relaxation.

    Args:
        cost_per_day: (n, k) money; infinite = no such candidate.
        value: (n, k) mean value of stock on hand.
        litres: (n, k) shelf space.
        lines_per_day: (n, k) order lines.
        place: (n,) from 0.
        budget: Largest value of all stock; None = no limit.
        shelf_litres: (places,) of each place; None = no limit, infinite = none for that place.
        lines_limit: Most order lines a day; None = no limit.
        seed: Of the integer programme.
        work_limit: Nodes of the tree of one integer programme.
        progress: Told which step is done.

    Returns:
        The choice. Where the limits cannot all be kept, its report says so, with the smallest relaxation of each limit
        that alone would do, and the choice is one that keeps the relaxed limits.

    Raises:
        ValueError: an array or a limit is out of bounds.
    """
    given = Candidates(*_checked(cost_per_day, value, litres, lines_per_day, place))
    places = _places(given.place, shelf_litres)
    limits = np.full(FIRST_SHELF + places, np.inf)
    limits[BUDGET] = np.inf if budget is None else budget
    limits[LINES] = np.inf if lines_limit is None else lines_limit
    if shelf_litres is not None:
        limits[FIRST_SHELF:] = shelf_litres
    if np.isnan(limits).any() or (limits <= 0.0).any():
        raise ValueError("budget, shelf_litres and lines_limit must be above 0")
    if seed < 0 or work_limit < 1:
        raise ValueError(f"seed must be at least 0 and work_limit at least 1, got {seed} and {work_limit}")
    order = np.lexsort(
        np.concatenate([given.cost_per_day, given.value, given.litres, given.lines_per_day], axis=1).T[::-1]
    )
    order = order[np.argsort(given.place[order], kind="stable")]
    ordered = Candidates(*(column[order] for column in vars(given).values()))
    model = _model(ordered, limits)
    outcome = search(model, seed, work_limit, progress)
    unserved: tuple[Unserved, ...] = ()
    relaxed = limits
    if outcome.choice is None:
        unserved, relaxed = _relaxations(ordered, limits, seed, work_limit, outcome)
        model = _model(ordered, relaxed)
        outcome = replace(search(model, seed, work_limit, progress), is_proven=outcome.is_proven)
    chosen = outcome.choice if outcome.choice is not None else np.argmin(model.cost, axis=1)
    choice = np.empty(len(order), np.int64)
    choice[order] = chosen
    report = _report(model, outcome, chosen, unserved, seed, work_limit)
    rows, cells = np.arange(len(choice)), given
    return TogetherResult(
        choice=choice,
        report=report,
        cost_per_day=float(cells.cost_per_day[rows, choice].sum()),
        value=float(cells.value[rows, choice].sum()),
        litres=np.bincount(cells.place, cells.litres[rows, choice], places).astype(np.float64),
        lines_per_day=float(cells.lines_per_day[rows, choice].sum()),
        is_within_limits=is_within(given, choice, limits),
        is_within_relaxed=outcome.choice is not None,
    )


def is_within(candidates: Candidates, choice: IntArray, limits: FloatArray) -> bool:
    """Check a choice against limits (budget, lines, shelf of each place), from the candidates alone."""
    rows = np.arange(len(choice))
    if not np.isfinite(candidates.cost_per_day[rows, choice]).all():
        return False
    shelves = np.bincount(candidates.place, candidates.litres[rows, choice], len(limits) - FIRST_SHELF)
    value, lines = candidates.value[rows, choice].sum(), candidates.lines_per_day[rows, choice].sum()
    return bool((np.concatenate([[value, lines], shelves]) <= limits * (1.0 + 2.0 * WITHIN)).all())


def _model(candidates: Candidates, limits: FloatArray) -> Model:
    return build(
        candidates.cost_per_day, candidates.value, candidates.litres, candidates.lines_per_day, candidates.place, limits
    )  # fmt: skip


def _relaxations(
    candidates: Candidates, limits: FloatArray, seed: int, work_limit: int, failed: Search
) -> tuple[tuple[Unserved, ...], FloatArray]:
    """For each limit the least that would do if only it were relaxed, and limits that can be kept.

    The least of a limit is found by minimising what counts towards it under the others. Where no single one is enough,
    those that even the most frugal choice exceeds are relaxed to it, and then the budget as far as is needed.
    """
    reason = "no choice keeps all limits" if failed.is_proven else "no choice within all limits was found"
    relaxed = np.maximum(limits, _least_alone(candidates, len(limits)) * (1.0 + WITHIN))
    exceeded = np.flatnonzero(relaxed > limits * (1.0 + WITHIN))
    in_the_way = np.flatnonzero(np.isfinite(limits) & (failed.relaxation.price > 0.0))
    tried = exceeded if exceeded.size else in_the_way[:_MOST_TRIED]
    alone: list[tuple[int, float]] = []
    if exceeded.size <= 1:
        for limit in tried:
            least = _least(candidates, limits, int(limit), seed, work_limit)
            if least is not None:
                alone.append((int(limit), least))
    if alone:
        relaxed = limits.copy()
        first, least = alone[0]
        relaxed[first] = max(least * (1.0 + WITHIN), limits[first])
        return tuple(
            Unserved(
                item=_path(limit), reason=reason, relaxation=f"{least:.10g} instead of {limits[limit]:.10g}"
            )
            for limit, least in alone
        ), relaxed
    pivot = BUDGET if np.isfinite(limits[BUDGET]) else LINES
    free = np.where(np.arange(len(limits)) == pivot, np.inf, relaxed)
    least = _least(candidates, free, pivot, seed, work_limit)
    if least is None:
        free[LINES] = relaxed[LINES] = np.inf
        least = _least(candidates, free, pivot, seed, work_limit)
    relaxed[pivot] = max(relaxed[pivot], np.inf if least is None else least * (1.0 + WITHIN))
    if np.isinf(relaxed[LINES]) and np.isfinite(limits[LINES]):
        fewest = _least(candidates, relaxed, LINES, seed, work_limit)
        relaxed[LINES] = np.inf if fewest is None else max(fewest * (1.0 + WITHIN), limits[LINES])
    changed = np.flatnonzero(relaxed > limits * (1.0 + 2.0 * WITHIN))
    return tuple(
        Unserved(
            item=_path(int(limit)),
            reason=reason,
            relaxation=f"{relaxed[limit]:.10g} instead of {limits[limit]:.10g}, with the other limits named here"
            if np.isfinite(relaxed[limit])
            else f"no {_path(int(limit)).rsplit('.', 1)[1]} at all",
        )
        for limit in changed
    ), relaxed


def _counted(candidates: Candidates, limit: int) -> FloatArray:
    """What candidates count towards one limit: (n, k)."""
    if limit == BUDGET:
        return candidates.value
    if limit == LINES:
        return candidates.lines_per_day
    return np.where((candidates.place == limit - FIRST_SHELF)[:, None], candidates.litres, 0.0)


def _least_alone(candidates: Candidates, count: int) -> FloatArray:
    """Least that can count towards each limit if there were no others: (limits,)."""
    known = np.isfinite(candidates.cost_per_day)
    value, lines, litres = (
        np.where(known, column, np.inf).min(axis=1, initial=np.inf)
        for column in (candidates.value, candidates.lines_per_day, candidates.litres)
    )
    shelves = np.bincount(candidates.place, litres, count - FIRST_SHELF)
    return np.concatenate([[value.sum(), lines.sum()], shelves])


def _least(
    candidates: Candidates, limits: FloatArray, limit: int, seed: int, work_limit: int
) -> float | None:
    """Least that counts towards one limit under the others; None where the others cannot be kept."""
    counted = _counted(candidates, limit)
    frugal = replace(candidates, cost_per_day=np.where(np.isfinite(candidates.cost_per_day), counted, np.inf))
    others = np.where(np.arange(len(limits)) == limit, np.inf, limits)
    found = search(_model(frugal, others), seed, work_limit, no_progress)
    if found.choice is None:
        return None
    return float(counted[np.arange(len(counted)), found.choice].sum())


def _report(
    model: Model,
    outcome: Search,
    chosen: IntArray,
    unserved: tuple[Unserved, ...],
    seed: int,
    work_limit: int,
) -> SolveReport:
    price = outcome.relaxation.price * model.scale
    prices = tuple(
        ShadowPrice(limit=_path(int(limit)), price=float(price[limit] / model.limits[limit]))
        for limit in np.flatnonzero((price > 1e-12 * model.scale) & np.isfinite(model.limits))
    )
    if unserved:
        status = SolveStatus.INFEASIBLE
    elif outcome.is_proven:
        status = SolveStatus.OPTIMAL
    else:
        status = SolveStatus.FALLBACK if outcome.is_rounded else SolveStatus.FEASIBLE
    objective = model.offset + model.scale * model.cost_of(chosen)
    bound = objective if outcome.is_proven else model.offset + model.scale * outcome.bound
    return SolveReport(
        solver=_METHOD,
        status=status,
        objective=None if unserved else objective,
        bound=None if unserved else min(bound, objective),
        unit="money per day",
        seed=seed,
        work_limit=f"{work_limit} nodes of each integer programme",
        items=len(chosen),
        fallbacks=len(chosen) if status is SolveStatus.FALLBACK else 0,
        unserved=unserved,
        shadow_prices=() if unserved else prices,
    )


def _path(limit: int) -> str:
    if limit < FIRST_SHELF:
        return BUDGET_PATH if limit == BUDGET else LINES_PATH
    return f"{SHELF_PATH}[{limit - FIRST_SHELF}]"


def _places(place: IntArray, shelf_litres: FloatArray | None) -> int:
    least = int(place.max(initial=-1)) + 1
    if shelf_litres is None:
        return least
    if np.ndim(shelf_litres) != 1 or len(shelf_litres) < least:
        raise ValueError(
            f"shelf_litres must have one value per place ({least}), got {np.shape(shelf_litres)}"
        )
    return len(shelf_litres)


def _checked(
    cost_per_day: FloatArray,
    value: FloatArray,
    litres: FloatArray,
    lines_per_day: FloatArray,
    place: IntArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, IntArray]:
    """Arrays of the right kind, or a ValueError."""
    names = ("cost_per_day", "value", "litres", "lines_per_day")
    columns = [np.asarray(column, np.float64) for column in (cost_per_day, value, litres, lines_per_day)]
    shape = columns[0].shape
    if len(shape) != 2 or shape[1] < 1:
        raise ValueError(f"cost_per_day must be (cells, candidates), got {shape}")
    known = np.isfinite(columns[0])
    if np.isnan(columns[0]).any() or (columns[0] == -np.inf).any():
        raise ValueError("cost_per_day must be a number, or infinite where there is no candidate")
    if not known.any(axis=1).all():
        cell = int(np.flatnonzero(~known.any(axis=1))[0])
        raise ValueError(
            f"cost_per_day must be finite for one candidate of every cell, got none in cell {cell}"
        )
    for name, column in zip(names[1:], columns[1:], strict=True):
        if column.shape != shape:
            raise ValueError(f"{name} must have the shape of cost_per_day {shape}, got {column.shape}")
        wrong = known & ~((column >= 0.0) & np.isfinite(column))
        if wrong.any():
            raise ValueError(f"{name} must be finite and at least 0, got {column[wrong][0]}")
    places = np.asarray(place, np.int64)
    if places.shape != shape[:1] or (places < 0).any():
        raise ValueError(f"place must be {shape[0]} numbers of places from 0")
    return columns[0], columns[1], columns[2], columns[3], places


__all__ = [
    "BUDGET_PATH",
    "LINES_PATH",
    "SHELF_PATH",
    "Candidates",
    "TogetherResult",
    "choose_together",
    "is_within",
]
