"""Mixed-integer programmes of splits: built with names, solved to a proof, polished by a linear programme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import ShadowPrice, SolveReport, SolveStatus, Unserved

FloatArray = npt.NDArray[np.float64]

GAP = 1e-9
"""Relative gap within which the search calls an answer the best."""
NODE_LIMIT = 20_000
"""Work after which a search stops: no clock in it."""
_PROVEN = 1e-6
"""Gap that rounding in floating point may leave of a proof."""
_NO_PRICE = 1e-9


@dataclass(frozen=True, eq=False)
class Solved:
    """What a search has found."""

    status: SolveStatus
    """`FALLBACK` where it has found nothing: neither an answer nor a proof that there is none."""
    values: dict[Any, float]
    """Of the variables, integers whole."""
    bound: float | None
    """No answer costs less."""
    prices: tuple[ShadowPrice, ...] = ()
    """What one more unit of each named limit saves, with the integers as they are."""

    @property
    def is_found(self) -> bool:
        """Whether there is an answer."""
        return self.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)

    def of(self, variables: npt.NDArray[np.object_]) -> FloatArray:
        """Values of an array of variables; 0 where there is none."""
        flat = [0.0 if variable is None else self.values[variable] for variable in variables.ravel()]
        return np.array(flat, np.float64).reshape(variables.shape)


class Programme:
    """minimise c x, A x <= b, some of x whole; solved by branch and bound (HiGHS through OR-Tools MathOpt).

    Costs are divided by `scale`, so that tolerances mean the same for cents and for millions. Once the integers are
    known, the linear programme that is left is solved again (GLOP): its corner is cleaner, and it has shadow prices.

    Args:
        scale: money that counts as 1.
        seed: of the search.
    """

    def __init__(self, scale: float, seed: int = 1) -> None:
        from ortools.math_opt.python import mathopt

        self._mathopt = mathopt
        self._model: Any = mathopt.Model()
        self._scale = scale if scale > 0 else 1.0
        self._seed = seed
        self._integers: list[Any] = []
        self._limits: list[tuple[str, float, Any]] = []

    def amount(self, most: float = np.inf) -> Any:
        """A variable from 0 to `most`."""
        return self._model.add_variable(lb=0.0, ub=float(most))

    def choice(self) -> Any:
        """A variable that is 0 or 1."""
        variable = self._model.add_binary_variable()
        self._integers.append(variable)
        return variable

    def whole(self, most: float) -> Any:
        """A whole number from 0 to `most`."""
        variable = self._model.add_integer_variable(lb=0.0, ub=most)
        self._integers.append(variable)
        return variable

    def amounts(self, allowed: npt.NDArray[np.bool_], most: float = 1.0) -> npt.NDArray[np.object_]:
        """An array of amounts; None where it is not allowed."""
        made = np.full(allowed.shape, None, np.object_)
        for index in zip(*np.nonzero(allowed), strict=True):
            made[index] = self.amount(most)
        return made

    def choices(self, count: int) -> list[Any]:
        """Some choices."""
        return [self.choice() for _ in range(count)]

    def sum(self, variables: Iterable[Any], factors: Sequence[float] | FloatArray | None = None) -> Any:
        """Sum of those variables that there are, each times its factor."""
        terms = [
            variable if factors is None else float(factors[index]) * variable
            for index, variable in enumerate(variables)
            if variable is not None
        ]
        return self._mathopt.LinearSum(terms)

    def hold(self, constraint: Any, limit: str = "", unit: float = 1.0) -> None:
        """Add a constraint.

        Args:
            constraint: as MathOpt writes it.
            limit: name under which its shadow price is told; none when empty.
            unit: one of the right-hand side stands for so many of the named limit, times the days of a period: prices
                are per day.
        """
        row = self._model.add_linear_constraint(constraint)
        if limit:
            self._limits.append((limit, unit, row))

    def minimise(self, cost: Any) -> None:
        """Say what is to be least, in money."""
        self._model.minimize(cost * (1.0 / self._scale))

    def solve(self, node_limit: int = NODE_LIMIT) -> Solved:
        """Search until a proof, or until the work limit.

        A search that the user interrupts has found nothing.
        """
        mathopt = self._mathopt
        parameters = mathopt.SolveParameters(
            relative_gap_tolerance=GAP,
            absolute_gap_tolerance=0.0,
            node_limit=node_limit,
            random_seed=self._seed,
        )
        try:
            result = mathopt.solve(self._model, mathopt.SolverType.HIGHS, params=parameters)
        except KeyboardInterrupt:
            return Solved(SolveStatus.FALLBACK, {}, None)
        reason = result.termination.reason
        if not result.has_primal_feasible_solution():
            is_proof = reason in (
                mathopt.TerminationReason.INFEASIBLE,
                mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED,
            )
            return Solved(SolveStatus.INFEASIBLE if is_proof else SolveStatus.FALLBACK, {}, None)
        bound = result.termination.objective_bounds.dual_bound * self._scale
        status = SolveStatus.OPTIMAL if reason == mathopt.TerminationReason.OPTIMAL else SolveStatus.FEASIBLE
        values, prices = self._polished(result)
        return Solved(status, values, bound if np.isfinite(bound) else None, prices)

    def _polished(self, result: Any) -> tuple[dict[Any, float], tuple[ShadowPrice, ...]]:
        """Values and prices with the integers as they were found."""
        mathopt = self._mathopt
        values = dict(result.variable_values())
        for variable in self._integers:
            whole = float(round(values[variable]))
            variable.lower_bound = variable.upper_bound = whole
            variable.integer = False
            values[variable] = whole
        linear = mathopt.solve(self._model, mathopt.SolverType.GLOP)
        if linear.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return values, ()
        values.update(linear.variable_values())
        values.update({variable: float(round(values[variable])) for variable in self._integers})
        duals = linear.dual_values()
        prices = tuple(
            ShadowPrice(limit=name, price=abs(duals[row]) * self._scale / unit)
            for name, unit, row in self._limits
            if abs(duals[row]) * self._scale > _NO_PRICE
        )
        return values, prices


def left_out() -> FloatArray:
    """Stands for the usual value of an array that is not given."""
    return np.zeros(0)


def proven(status: SolveStatus, objective: float, bound: float | None) -> tuple[SolveStatus, float | None]:
    """Status and bound beside an objective that was worked out afresh; a bound above it is rounding."""
    if bound is None:
        return status, None
    least = min(bound, objective)
    is_close = objective - least <= _PROVEN * max(abs(objective), 1.0)
    if status is SolveStatus.OPTIMAL and not is_close:
        return SolveStatus.FEASIBLE, least
    return status, least


def unless_broken(report: SolveReport, findings: Sequence[str]) -> SolveReport:
    """The report of a fallback rule's answer; where the check finds fault with it, it is none.

    Args:
        report: of the answer.
        findings: of the check.
    """
    if not findings:
        return report
    told = Unserved(
        item="all that is asked for",
        reason=f"the search found nothing in its work limit, and a simple rule breaks: {findings[0]}",
        relaxation="a higher node_limit",
    )
    update = {"status": SolveStatus.INFEASIBLE, "unserved": (*report.unserved, told)}
    return report.model_copy(update=update)


__all__ = ["GAP", "NODE_LIMIT", "FloatArray", "Programme", "Solved", "left_out", "proven", "unless_broken"]
