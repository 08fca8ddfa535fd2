"""Set partitioning: the cheapest choice among routes that are known already.

Routes r with cost c[r] and stops A[r]; u[i] = 1 if stop i is left out at p[i] (none for a stop that must be served);
x[r] = 1 if a route is driven.

    min   sum of c[r] x[r] + sum of p[i] u[i]
    s.t.  sum over r with i in A[r] of x[r] + u[i] = 1      for each stop i   (>= 1 where it may be covered twice)
          sum over r of group g of x[r] <= L[g]             for each group g
          x, u in {0, 1}

Balinski & Quandt (1964), "On an integer program for a delivery problem". A stop may be covered twice where skipping a
stop never makes a route dearer or forbids it: then the wider model finds more, and the caller drops the spare visits.

Three steps. The linear relaxation is solved over a part of the pool; routes of negative reduced cost join it until none
is left. With bound z and an incumbent of cost U a route of reduced cost above U - z is in no better choice and leaves
the model. HiGHS solves the integer program over the rest, at most `route_limit` of the smallest reduced costs: a choice
with a route outside costs at least z plus the smallest reduced cost outside, so the bound stays true. The only clock
in it ends a solver that goes round in circles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray, count
from optimize.routing.master import Column, RouteMaster
from optimize.routing.pools import Members, RoutePool, pool_of, sub_pool, without_dearer_copies
from optimize.solving import Progress, no_progress
from scenarios import SolveStatus

_GAP = 1e-9
_LOOPING_SECONDS = 120
"""HiGHS was seen to map the same solution back without end; far more than the node limit takes."""
_ROUTES_PER_ROUND = 1000
_MOST_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class PoolChoice:
    """The routes chosen from a pool."""

    chosen: tuple[int, ...]
    """Indices of the routes, ascending."""
    unserved: tuple[int, ...]
    """Stops that none of them serves, ascending."""
    cost: float
    """Of the routes, and the penalties of stops left out; infinite where a stop that must be served is left out."""
    status: SolveStatus
    """`INFEASIBLE` where the pool is proven not to serve all that must be served, `FALLBACK` where nothing was found
    before the limit: a greedy rule then chose, and may leave such stops out."""
    bound: float
    """No choice from the pool costs less; infinite where none is possible."""
    stop_duals: FloatArray
    """(n,): what a stop adds to the cost, by the linear relaxation over the pool."""
    group_duals: FloatArray
    """(g,): what one route more of a group would change, never above 0."""
    routes_considered: int
    """Routes that were left for the integer program."""

    @property
    def gap(self) -> float:
        """(cost - bound) / cost; 0 where both are infinite or nothing costs anything."""
        if not math.isfinite(self.cost):
            return 0.0 if self.bound == self.cost else math.inf
        return max(0.0, self.cost - self.bound) / self.cost if self.cost > 0 else 0.0


def best_of_pool(
    costs: npt.ArrayLike,
    members: Members,
    stop_count: int,
    *,
    group: npt.ArrayLike | None = None,
    group_limits: npt.ArrayLike | None = None,
    unserved_penalty: npt.ArrayLike | None = None,
    must_serve: npt.ArrayLike | None = None,
    start: tuple[int, ...] | None = None,
    is_covering: bool = False,
    work_limit: int = 500,
    route_limit: int = 4000,
    seed: int = 1,
    progress: Progress = no_progress,
) -> PoolChoice:
    """Choose the cheapest set of routes from a pool.

    Args:
        costs: (r,) money of each route, 0 or more.
        members: Stops 0..n-1 of each route, in any order, each once: a row per route, or `CompressedRoutes`.
        stop_count: n.
        group: (r,) group of each route, -1 for none; None = none has one.
        group_limits: (g,) most routes of each group, e.g. vehicles of a type, of a depot, 1 for a person.
        unserved_penalty: (n,) money for leaving a stop out, infinite = never; None = every stop must be served.
        must_serve: (n,) truth values: stops that must be served whatever their penalty.
        start: Routes of a choice that keeps all rules: the answer never costs more. A stop that may be left out and
            is in none of them is left out.
        is_covering: Whether a stop may be in several chosen routes.
        work_limit: Most nodes of branch and bound.
        route_limit: Most routes in the integer program.
        seed: Of the integer program.
        progress: Told before each step.

    Returns:
        The choice, with bound and duals. Interrupted, it is the best one found so far, without a proof.

    Raises:
        ValueError: An argument has a wrong shape or value, or `start` breaks a rule.
    """
    count("work_limit", work_limit)
    count("route_limit", route_limit, least=1)
    pool = pool_of(costs, members, stop_count, group, group_limits, unserved_penalty, must_serve)
    incumbent = None if start is None else _checked_start(pool, start, is_covering)
    search = _Search(pool, is_covering, work_limit, route_limit, seed, incumbent)
    try:
        search.run(progress)
    except KeyboardInterrupt:
        search.is_cut_short = True
    return search.choice()


class _Search:
    """What is known so far: an incumbent, a bound, and how dear each route is beyond its stops."""

    def __init__(
        self,
        pool: RoutePool,
        is_covering: bool,
        nodes: int,
        routes: int,
        seed: int,
        incumbent: IntArray | None,
    ) -> None:
        self._pool, self._is_covering = pool, is_covering
        self._nodes, self._routes, self._seed = nodes, routes, seed
        self._incumbent = incumbent
        self._finite = _finite_penalties(pool)
        self._bound, self._relaxed = 0.0, -math.inf
        self._duals = np.zeros(pool.stop_count), np.zeros(len(pool.group_limits))
        self._considered = 0
        self._is_impossible = False
        self.is_cut_short = False

    def run(self, progress: Progress) -> None:
        """Bound, then branch: once for an incumbent where there is none, once more for the proof."""
        progress("routes of the pool", 0, 2)
        kept = without_dearer_copies(self._pool)
        reduced = self._relax(kept)
        progress("routes of the pool", 1, 2)
        if self._incumbent is None:
            self._branch(kept, reduced)
        if self._incumbent is not None and not self._is_proven():
            self._branch(kept, reduced)
        progress("routes of the pool", 2, 2)

    def _cost(self) -> float:
        return math.inf if self._incumbent is None else _cost(self._pool, self._incumbent)

    def _is_proven(self) -> bool:
        return self._bound >= self._cost() * (1 - _GAP)

    def _relax(self, kept: IntArray) -> FloatArray:
        """Solve the linear relaxation; the reduced costs at the duals of the best bound."""
        pool = sub_pool(self._pool, kept)
        master = RouteMaster(self._finite, pool.group_limits, is_covering=self._is_covering)
        is_in = np.zeros(len(kept), dtype=np.bool_)
        joining = _first_routes(pool, None if self._incumbent is None else np.isin(kept, self._incumbent))
        best, best_reduced = -math.inf, pool.costs.copy()
        for _ in range(_MOST_ROUNDS):
            is_in[joining] = True
            master.add(
                Column(float(pool.costs[r]), pool.route(r), int(pool.group[r])) for r in joining.tolist()
            )
            found = master.solve()
            if found is None:
                break
            reduced = pool.reduced_costs(found.stop_duals, found.group_duals)
            bound = _bound_at(pool, self._finite, found.stop_duals, found.group_duals, reduced)
            if bound > best:
                best, best_reduced = bound, reduced
                self._duals = found.stop_duals, found.group_duals
            order = np.argsort(reduced, kind="stable")[:_ROUTES_PER_ROUND]
            joining = order[(reduced[order] < -_GAP * (1 + abs(found.value))) & ~is_in[order]]
            if not len(joining):
                break
        self._relaxed = best
        self._bound = max(0.0, best)
        return best_reduced

    def _branch(self, kept: IntArray, reduced: FloatArray) -> None:
        """Solve the integer program over the routes that may be in a better choice."""
        margin = self._cost() - self._relaxed
        order = np.argsort(reduced, kind="stable")
        possible = order[reduced[order] <= margin + _GAP * (1 + abs(self._relaxed))]
        inside, outside = possible[: self._routes], possible[self._routes :]
        self._considered = len(inside)
        # Columns in the order of the pool: the order of reduced costs changes with the last digit of a dual.
        routes = np.sort(kept[inside])
        found = _IntegerProgram(self._pool, routes, self._is_covering).solve(
            self._nodes, self._seed, self._incumbent
        )
        if found.chosen is not None and (
            self._incumbent is None or _cost(self._pool, found.chosen) < self._cost() * (1 - _GAP)
        ):
            self._incumbent = found.chosen
        is_whole = len(inside) == len(order)
        self._is_impossible = found.is_impossible and is_whole
        with_others = math.inf if not len(outside) else self._relaxed + float(reduced[outside[0]])
        # Nothing outside `possible` beats the incumbent there was.
        self._bound = max(self._bound, min(found.bound, with_others, self._cost()))

    def choice(self) -> PoolChoice:
        """What is known, as it is told."""
        chosen, status = self._incumbent, SolveStatus.FEASIBLE
        if chosen is None:
            chosen = _greedy(self._pool, self._finite)
            status = SolveStatus.INFEASIBLE if self._is_impossible else SolveStatus.FALLBACK
        cost = _cost(self._pool, chosen)
        bound = math.inf if self._is_impossible else min(self._bound, cost)
        if status is not SolveStatus.INFEASIBLE and math.isfinite(cost) and bound >= cost * (1 - _GAP):
            status = SolveStatus.OPTIMAL
        return PoolChoice(
            chosen=tuple(chosen.tolist()),
            unserved=tuple(np.flatnonzero(_visits(self._pool, chosen) == 0).tolist()),
            cost=cost,
            status=status,
            bound=bound,
            stop_duals=self._duals[0],
            group_duals=self._duals[1],
            routes_considered=self._considered,
        )


@dataclass(frozen=True, eq=False)
class _Found:
    """What branch and bound found, and what it has not ruled out."""

    chosen: IntArray | None
    bound: float
    is_impossible: bool


class _IntegerProgram:
    """The model over some routes of a pool."""

    def __init__(self, pool: RoutePool, routes: IntArray, is_covering: bool) -> None:
        from ortools.math_opt import model_pb2
        from ortools.math_opt.python import mathopt

        self._pool, self._ids, self._is_covering = pool, routes, is_covering
        part = sub_pool(pool, routes)
        optional = np.flatnonzero(np.isfinite(pool.penalty))
        width, height = len(routes) + len(optional), pool.stop_count + len(pool.group_limits)
        proto = model_pb2.ModelProto()
        proto.variables.ids.extend(range(width))
        proto.variables.lower_bounds.extend([0.0] * width)
        proto.variables.upper_bounds.extend([1.0] * width)
        proto.variables.integers.extend([True] * width)
        proto.objective.linear_coefficients.ids.extend(range(width))
        proto.objective.linear_coefficients.values.extend([*part.costs, *pool.penalty[optional]])
        most = math.inf if is_covering else 1.0
        proto.linear_constraints.ids.extend(range(height))
        proto.linear_constraints.lower_bounds.extend(
            [1.0] * pool.stop_count + [-math.inf] * len(pool.group_limits)
        )
        proto.linear_constraints.upper_bounds.extend([most] * pool.stop_count + [*pool.group_limits])
        in_group = np.flatnonzero(part.group >= 0)
        rows = np.concatenate([part.stops, optional, pool.stop_count + part.group[in_group]])
        of_stops = np.repeat(np.arange(len(routes)), np.diff(part.starts))
        columns = np.concatenate([of_stops, len(routes) + np.arange(len(optional)), in_group])
        order = np.lexsort((columns, rows))
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend(rows[order].tolist())
        matrix.column_ids.extend(columns[order].tolist())
        matrix.coefficients.extend([1.0] * len(rows))
        self._model: Any = mathopt.Model.from_model_proto(proto)
        self._variables = list(self._model.variables())
        self._optional = optional

    def solve(self, node_limit: int, seed: int, hint: IntArray | None) -> _Found:
        from ortools.math_opt.python import mathopt

        # A gap of 1e-4, the solver's own, would call choices optimal that are not.
        parameters = mathopt.SolveParameters(
            relative_gap_tolerance=_GAP,
            absolute_gap_tolerance=0.0,
            node_limit=node_limit,
            random_seed=seed,
            time_limit=timedelta(seconds=_LOOPING_SECONDS),
        )
        try:
            result = mathopt.solve(
                self._model,
                mathopt.SolverType.HIGHS,
                params=parameters,
                model_params=mathopt.ModelSolveParameters(solution_hints=self._hints(hint)),
            )
        except Exception:  # the binding raises errors of several kinds for one that the solver calls internal
            return _Found(None, -math.inf, is_impossible=False)
        if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
            return _Found(None, math.inf, is_impossible=True)
        bound = float(result.termination.objective_bounds.dual_bound)
        chosen = None
        if result.has_primal_feasible_solution():
            values = np.array(result.variable_values(self._variables[: len(self._ids)]))
            chosen = self._ids[values > 0.5]
            if not _keeps_rules(self._pool, chosen, self._is_covering):
                chosen = None
        return _Found(chosen, bound if math.isfinite(bound) else -math.inf, is_impossible=False)

    def _hints(self, hint: IntArray | None) -> list[Any]:
        from ortools.math_opt.python import mathopt

        if hint is None or not np.isin(hint, self._ids).all():
            return []
        is_left_out = _visits(self._pool, hint)[self._optional] == 0
        values = [*np.isin(self._ids, hint).astype(float), *is_left_out.astype(float)]
        return [mathopt.SolutionHint(variable_values=dict(zip(self._variables, values, strict=True)))]


def _finite_penalties(pool: RoutePool) -> FloatArray:
    """Penalties of the relaxation: what must be served costs more to leave out than any route that serves it."""
    dear = 10.0 * (1.0 + float(pool.costs.max(initial=0.0)))
    return np.where(np.isfinite(pool.penalty), pool.penalty, dear)


def _first_routes(pool: RoutePool, is_started: npt.NDArray[np.bool_] | None) -> IntArray:
    """The incumbent's routes and, of all, those that are cheapest per stop."""
    first = np.argsort(pool.costs / np.diff(pool.starts), kind="stable")[:_ROUTES_PER_ROUND]
    return np.union1d(first, np.zeros(0, np.int64) if is_started is None else np.flatnonzero(is_started))


def _bound_at(
    pool: RoutePool, penalty: FloatArray, stop_duals: FloatArray, group_duals: FloatArray, reduced: FloatArray
) -> float:
    """The Lagrangean bound of any duals: no trust in the solver's tolerances."""
    fixed = math.fsum(stop_duals) + math.fsum(group_duals * pool.group_limits)
    return fixed + math.fsum(np.minimum(reduced, 0.0)) + math.fsum(np.minimum(penalty - stop_duals, 0.0))


def _visits(pool: RoutePool, chosen: IntArray) -> IntArray:
    visits = np.zeros(pool.stop_count, dtype=np.int64)
    for route in chosen.tolist():
        visits[pool.route(route)] += 1
    return visits


def _cost(pool: RoutePool, chosen: IntArray) -> float:
    left_out = np.flatnonzero(_visits(pool, chosen) == 0)
    return math.fsum([*pool.costs[chosen], *pool.penalty[left_out]])


def _keeps_rules(pool: RoutePool, chosen: IntArray, is_covering: bool) -> bool:
    visits = _visits(pool, chosen)
    groups = pool.group[chosen]
    taken = np.bincount(groups[groups >= 0], minlength=len(pool.group_limits))
    return bool(
        (is_covering or (visits <= 1).all())
        and np.isfinite(pool.penalty[visits == 0]).all()
        and (taken <= pool.group_limits).all()
    )


def _checked_start(pool: RoutePool, start: tuple[int, ...], is_covering: bool) -> IntArray:
    chosen = np.array(sorted(start), dtype=np.int64)
    if len(set(start)) != len(start) or (len(chosen) and not 0 <= chosen[0] <= chosen[-1] < len(pool.costs)):
        raise ValueError(f"start must be different routes from 0 to {len(pool.costs) - 1}, got {start!r}")
    if not _keeps_rules(pool, chosen, is_covering):
        raise ValueError(
            f"start must serve each stop once, as far as it must be, and keep group limits, got {start!r}"
        )
    return chosen


def _greedy(pool: RoutePool, penalty: FloatArray) -> IntArray:
    """Routes by cost per penalty they save, as long as they share no stop and their group has room."""
    worth = np.array([float(penalty[pool.route(route)].sum()) for route in range(len(pool.costs))])
    rate = pool.costs / np.maximum(worth, 1e-12)
    free = np.ones(pool.stop_count, dtype=np.bool_)
    room = pool.group_limits.copy()
    chosen: list[int] = []
    for route in np.argsort(rate, kind="stable").tolist():
        group = int(pool.group[route])
        if (
            pool.costs[route] <= worth[route]
            and free[pool.route(route)].all()
            and (group < 0 or room[group] >= 1)
        ):
            free[pool.route(route)] = False
            chosen.append(route)
            if group >= 0:
                room[group] -= 1
    return np.array(sorted(chosen), dtype=np.int64)


__all__ = ["PoolChoice", "best_of_pool"]
