"""The linear program over routes that are known so far, solved again each time that routes join it.

Routes r with cost c[r] and stops A[r]; u[i] = stop i is left out at p[i]; x[r] = how much of a route is used.

    min   sum of c[r] x[r] + sum of p[i] u[i]
    s.t.  sum over r with i in A[r] of x[r] + u[i] = 1      for each stop i   (>= 1 where it may be covered twice)
          sum over r of group g of x[r] <= L[g]             for each group g
          x, u >= 0

A stop that must be served has a p[i] that is large, not infinite: the program always has an answer, and one for which
less is forbidden stays a bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimize.arguments import FloatArray, IntArray
from optimize.routing.pools import NO_GROUP


@dataclass(frozen=True, eq=False)
class Column:
    """A route as the program sees it."""

    cost: float
    stops: IntArray
    """One named twice counts twice."""
    group: int = NO_GROUP
    extra: FloatArray | None = None
    """(extra rows,) coefficients in rows added later; None = none."""


@dataclass(frozen=True, eq=False)
class MasterSolution:
    """The optimum over the routes known so far."""

    value: float
    """Money."""
    stop_duals: FloatArray
    """(n,): what one stop less would save."""
    group_duals: FloatArray
    """(g,): what one route more of a group would change; never above 0."""
    row_duals: FloatArray
    """(extra rows,): what one less required would save; never below 0."""
    left_out: FloatArray
    """(n,): how much of each stop is left out."""
    route_values: FloatArray
    """(routes,): how much of each route is used, in the order in which they joined."""
    pivots: int
    """Simplex iterations: the measure of work."""


class RouteMaster:
    """A linear program that grows by columns and starts each solve from the last basis."""

    def __init__(self, penalty: FloatArray, group_limits: FloatArray, *, is_covering: bool) -> None:
        """Begin with no routes.

        Args:
            penalty: (n,) finite money for leaving a stop out.
            group_limits: (g,) most routes of each group.
            is_covering: Whether a stop may be in several routes.
        """
        from ortools.math_opt.python import mathopt

        self._model: Any = mathopt.Model()
        most = np.inf if is_covering else 1.0
        self._stops = [self._model.add_linear_constraint(lb=1.0, ub=most) for _ in penalty]
        self._groups = [self._model.add_linear_constraint(ub=float(limit)) for limit in group_limits]
        self._left_out = [
            self._column(money, [row]) for row, money in zip(self._stops, penalty.tolist(), strict=True)
        ]
        self._is_covering = is_covering
        # Without presolve, and by the primal method, the last basis is where the next solve starts.
        self._parameters = mathopt.SolveParameters(
            lp_algorithm=mathopt.LPAlgorithm.PRIMAL_SIMPLEX, presolve=mathopt.Emphasis.OFF
        )
        self._routes: list[Any] = []
        self._extra: list[Any] = []
        self._solver: Any = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def add(self, columns: Iterable[Column]) -> None:
        """Add routes."""
        for column in columns:
            rows = [self._stops[stop] for stop in column.stops.tolist()]
            if column.group != NO_GROUP:
                rows.append(self._groups[column.group])
            variable = self._column(column.cost, rows)
            self._routes.append(variable)
            if column.extra is not None:
                for row in np.flatnonzero(column.extra).tolist():
                    self._extra[row].set_coefficient(variable, float(column.extra[row]))

    def add_row(self, least: float, of_routes: FloatArray, of_left_out: FloatArray) -> None:
        """Require that a sum is no less than a number.

        Args:
            least: That number.
            of_routes: (routes,) coefficients of the routes, in the order in which they joined.
            of_left_out: (n,) coefficients of stops that are left out.
        """
        row = self._model.add_linear_constraint(lb=least)
        variables = [*self._routes, *self._left_out]
        coefficients = np.concatenate([of_routes, of_left_out])
        for index in np.flatnonzero(coefficients).tolist():
            row.set_coefficient(variables[index], float(coefficients[index]))
        self._extra.append(row)

    def _result(self) -> Any:
        """From the last basis; where numbers go wrong on the way, from scratch by another solver."""
        from ortools.math_opt.python import mathopt

        try:
            return self._solver.solve(params=self._parameters)
        except (
            Exception
        ):  # the solver's binding raises errors of several kinds for one that it calls internal
            self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
        try:
            return mathopt.solve(self._model, mathopt.SolverType.HIGHS)
        except Exception:
            return None

    def set_penalties(self, penalty: FloatArray) -> None:
        """Change the (n,) money for leaving stops out."""
        for variable, money in zip(self._left_out, penalty.tolist(), strict=True):
            self._model.objective.set_linear_coefficient(variable, money)

    def _column(self, cost: float, rows: list[Any]) -> Any:
        variable = self._model.add_variable(lb=0.0)
        self._model.objective.set_linear_coefficient(variable, cost)
        times: dict[Any, float] = {}
        for row in rows:
            times[row] = times.get(row, 0.0) + 1.0
        for row, coefficient in times.items():
            row.set_coefficient(variable, coefficient)
        return variable

    def solve(self) -> MasterSolution | None:
        """Optimum over the routes known so far; None where the solver fails."""
        result = self._result()
        if (
            result is None
            or not result.has_dual_feasible_solution()
            or not result.has_primal_feasible_solution()
        ):
            return None
        stop_duals = np.array(result.dual_values(self._stops), dtype=np.float64)
        group_duals = np.array(result.dual_values(self._groups), dtype=np.float64)
        if self._is_covering:
            stop_duals = np.maximum(stop_duals, 0.0)
        return MasterSolution(
            value=float(result.objective_value()),
            stop_duals=stop_duals,
            group_duals=np.minimum(group_duals, 0.0),
            row_duals=np.maximum(np.array(result.dual_values(self._extra), dtype=np.float64), 0.0),
            left_out=np.array(result.variable_values(self._left_out), dtype=np.float64),
            route_values=np.array(result.variable_values(self._routes), dtype=np.float64),
            pivots=int(result.solve_stats.simplex_iterations),
        )


__all__ = ["Column", "MasterSolution", "RouteMaster"]
