"""Sites over several years: which open, grow and close when, while demand grows and money is discounted.

    min  sum_t r_t [ sum_i (f_i z_it + o_i a_it + e_i b_it + g_i n_it + h_i m_it) + sum_ij k_ij d_jt x_ijt ]
    s.t. sum_i x_ijt = 1;  x_ijt <= z_it;  sum_j u_ij d_jt x_ijt <= s_i z_it + q_i n_it;  n_it <= N_i z_it
         z_it - z_i,t-1 = a_it - b_it;  sum_t a_it <= 1 (0 for a site that exists)
         m_it >= n_it - n_i,t-1;  fewest_t <= sum_i z_it <= most_t

for year t: z open, a opened, b closed, n capacity steps in place (g: yearly cost of one), m steps bought (h: price),
u capacity that a unit of demand takes; sites that are required stay open, and of some points' demand a share is near;
r_t = (1 + interest)^-t with t = 0 for the first year, so that its money counts in full. Dynamic capacitated location
with modular capacities: Melo, Nickel and Saldanha da Gama 2006, Computers & Operations Research 33. Integer programming
by HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray
from optimize.network.expansion_problem import Expansion
from optimize.network.results import UnservedCustomer
from optimize.network.rows import Rows
from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_SCALE = 1e6
_GAP = 1e-10
_PROVEN = 1e-9
_LEAST_SHARE = 1e-9
_SOLVER = "integer program (HiGHS) over all years"


@dataclass(frozen=True, eq=False)
class ExpansionPlan:
    """What is open in each year, with how many steps, and who is served from where."""

    status: SolveStatus
    is_open: BoolArray
    """(years, sites)."""
    steps: IntArray
    """(years, sites)."""
    share: FloatArray
    """(years, points, sites)."""
    yearly_parts: FloatArray
    """(years, 5): running, opening, closing, steps, travel; money of the year, not discounted."""
    objective: float
    """Present value; infinite without a plan."""
    bound: float
    work: int
    """Nodes of the search tree."""
    solver: str = _SOLVER
    unserved: tuple[UnservedCustomer, ...] = ()

    @property
    def gap(self) -> float:
        """Distance of objective and bound, relative to the objective."""
        if not np.isfinite(self.objective):
            return 0.0 if self.objective == self.bound else float("inf")
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-12)


def expand(problem: Expansion, *, node_limit: int = 100_000) -> ExpansionPlan:
    """The cheapest way to open, enlarge and close sites over the years.

    Args:
        problem: years, points, sites.
        node_limit: of the search tree; reaching it leaves FEASIBLE, or FALLBACK without a plan.
    """
    from scipy.optimize import Bounds, milp

    model = _Model(problem)
    blocked = [
        point for point in range(problem.demand.shape[1]) if not np.isfinite(problem.unit_cost[point]).any()
    ]
    if blocked:
        reason = tuple(
            UnservedCustomer(point, "no site may serve it", "a longer radius") for point in blocked
        )
        return _without(problem, SolveStatus.INFEASIBLE, np.inf, 0, reason)
    scale = _SCALE / max(float(np.abs(model.cost).sum()), 1e-300)
    try:
        found = milp(
            model.cost * scale,
            integrality=model.integrality,
            bounds=Bounds(model.lower, model.upper),
            constraints=model.rows.constraints(),
            options={"mip_rel_gap": _GAP, "node_limit": node_limit},
        )
    except KeyboardInterrupt:
        return _without(problem, SolveStatus.FALLBACK, 0.0, 0, ())
    nodes = int(getattr(found, "mip_node_count", None) or 0)
    bound = getattr(found, "mip_dual_bound", None)
    lower = 0.0 if bound is None or not np.isfinite(bound) else float(bound) / scale
    if found.x is None:
        if found.status != 2:
            return _without(problem, SolveStatus.FALLBACK, lower, nodes, ())
        return _without(problem, SolveStatus.INFEASIBLE, np.inf, nodes, _short(problem))
    return model.decoded(found.x, lower, nodes)


def _short(problem: Expansion) -> tuple[UnservedCustomer, ...]:
    """The first year in which all sites together are too small, told at its largest point."""
    most = len(problem.capacity) if problem.most_sites is None else problem.most_sites
    largest = np.sort(problem.capacity + problem.most_steps * problem.step_capacity)[::-1][:most].sum()
    loads = np.where(np.isfinite(problem.unit_cost), problem.unit_load, np.inf).min(axis=1)
    for year, jobs in enumerate(problem.demand):
        demand = jobs * loads
        if demand.sum() > largest:
            reason = f"year {year}: sites hold {largest:g} of a demand of {demand.sum():g}"
            return (
                UnservedCustomer(int(demand.argmax()), reason, f"{demand.sum() - largest:g} more capacity"),
            )
    return ()


def _without(
    problem: Expansion, status: SolveStatus, bound: float, nodes: int, unserved: tuple[UnservedCustomer, ...]
) -> ExpansionPlan:
    years, points = problem.demand.shape
    sites = len(problem.capacity)
    none = np.zeros((years, sites))
    return ExpansionPlan(
        status, none.astype(np.bool_), none.astype(np.int64), np.zeros((years, points, sites)), np.zeros((years, 5)),
        np.inf, bound, nodes, unserved=unserved,
    )  # fmt: skip


class _Model:
    """Columns by year: open, opened, closed, steps, bought (sites each), then a share per allowed pair."""

    def __init__(self, problem: Expansion) -> None:
        self.problem = problem
        self.years, self.points = problem.demand.shape
        self.sites = len(problem.capacity)
        self.point, self.site = np.nonzero(np.isfinite(problem.unit_cost))
        self.pairs = len(self.point)
        reached = np.where(np.isfinite(problem.unit_cost), problem.unit_load, np.inf).min(axis=1)
        self.least_load = np.where(np.isfinite(reached), reached, 0.0)
        self.block = 5 * self.sites + self.pairs
        self.rows = Rows(self.years * self.block)
        yearly = np.concatenate(
            [
                problem.yearly_cost,
                problem.opening_cost,
                problem.closing_cost,
                problem.step_yearly_cost,
                problem.step_cost,
            ]
        )
        travel = problem.demand[:, self.point] * problem.unit_cost[self.point, self.site]
        self.cost = np.concatenate(
            [r * np.append(yearly, travel[t]) for t, r in enumerate(problem.discount.tolist())]
        )
        upper = np.ones(self.block)
        upper[3 * self.sites : 5 * self.sites] = problem.most_steps
        self.upper = np.tile(upper, self.years)
        lower = np.zeros(self.block)
        lower[: self.sites] = problem.is_required
        self.lower = np.tile(lower, self.years)
        integrality = np.ones(self.block)
        integrality[self.sites : 3 * self.sites] = integrality[4 * self.sites : 5 * self.sites] = 0
        integrality[5 * self.sites :] = int(problem.single_source)
        self.integrality = np.tile(integrality, self.years)
        for year in range(self.years):
            self._serve(year)
            for site in range(self.sites):
                self._carry(year, site)
                self._change(year, site)
        for site in range(self.sites):
            opened = [self._column(year, 1, site) for year in range(self.years)]
            self.rows.add(opened, np.ones(self.years), 0.0, 0.0 if problem.is_existing[site] else 1.0)

    def _column(self, year: int, kind: int, site: int) -> int:
        return year * self.block + kind * self.sites + site

    def _serve(self, year: int) -> None:
        problem = self.problem
        first = year * self.block + 5 * self.sites
        for point in range(self.points):
            pairs = first + np.flatnonzero(self.point == point)
            self.rows.add(pairs, np.ones(len(pairs)), 1.0, 1.0)
        opened = [self._column(year, 0, site) for site in range(self.sites)]
        most = self.sites if problem.most_sites is None else problem.most_sites
        self.rows.add(opened, np.ones(self.sites), problem.fewest_sites, most)
        total = float(problem.demand[year] @ self.least_load)
        if total > 0:
            steps = [self._column(year, 3, site) for site in range(self.sites)]
            room = np.concatenate([problem.capacity, problem.step_capacity]) / total
            self.rows.add([*opened, *steps], np.minimum(room, 1.0), 1.0 - 1e-12, np.inf)
        for promise in problem.near:
            mine = np.isin(self.point, promise.points)
            weight = np.where(mine, problem.demand[year, self.point], 0.0)
            size = float(problem.demand[year, list(promise.points)].sum())
            if size > 0.0:
                near = np.flatnonzero(mine & promise.is_near[self.point, self.site])
                self.rows.add(first + near, weight[near] / size, promise.least_share - 1e-12, np.inf)

    def _carry(self, year: int, site: int) -> None:
        problem, rows = self.problem, self.rows
        mine = np.flatnonzero(self.site == site)
        pairs = year * self.block + 5 * self.sites + mine
        opened, steps = self._column(year, 0, site), self._column(year, 3, site)
        for pair in pairs.tolist():
            rows.add([pair, opened], [1.0, -1.0], -np.inf, 0.0)
        demand = problem.demand[year, self.point[mine]] * problem.unit_load[self.point[mine], site]
        unit, total = max(float(demand.max(initial=0.0)), 1e-300), float(demand.sum())
        room = [
            -min(float(problem.capacity[site]), total) / unit,
            -min(float(problem.step_capacity[site]), total) / unit,
        ]
        rows.add([*pairs.tolist(), opened, steps], [*(demand / unit).tolist(), *room], -np.inf, 0.0)
        rows.add([steps, opened], [1.0, -float(problem.most_steps)], -np.inf, 0.0)

    def _change(self, year: int, site: int) -> None:
        opened, started, closed, steps, bought = (self._column(year, kind, site) for kind in range(5))
        if year == 0:
            before = float(self.problem.is_existing[site])
            self.rows.add([opened, started, closed], [1.0, -1.0, 1.0], before, before)
            self.rows.add([bought, steps], [1.0, -1.0], -float(self.problem.existing_steps[site]), np.inf)
            return
        earlier, steps_before = self._column(year - 1, 0, site), self._column(year - 1, 3, site)
        self.rows.add([opened, earlier, started, closed], [1.0, -1.0, -1.0, 1.0], 0.0, 0.0)
        self.rows.add([bought, steps, steps_before], [1.0, -1.0, 1.0], 0.0, np.inf)

    def decoded(self, values: Any, lower: float, nodes: int) -> ExpansionPlan:
        """The plan behind the columns; its money is worked out from the plan itself."""
        problem = self.problem
        table = np.asarray(values, np.float64).reshape(self.years, self.block)
        is_open = table[:, : self.sites] > 0.5
        steps = np.where(is_open, np.rint(table[:, 3 * self.sites : 4 * self.sites]), 0).astype(np.int64)
        flow = table[:, 5 * self.sites :]
        share = np.zeros((self.years, self.points, self.sites))
        share[:, self.point, self.site] = (
            np.rint(flow) if problem.single_source else np.where(flow < _LEAST_SHARE, 0.0, flow)
        )
        share /= share.sum(axis=2, keepdims=True)
        parts = money_by_year(problem, is_open, steps, share)
        objective = float(problem.discount @ parts.sum(axis=1))
        proven = objective - lower <= _PROVEN * max(abs(objective), 1e-12)
        return ExpansionPlan(
            status=SolveStatus.OPTIMAL if proven else SolveStatus.FEASIBLE,
            is_open=is_open,
            steps=steps,
            share=share,
            yearly_parts=parts,
            objective=objective,
            bound=min(lower, objective),
            work=nodes,
        )


def money_by_year(problem: Expansion, is_open: BoolArray, steps: IntArray, share: FloatArray) -> FloatArray:
    """(years, 5): running, opening, closing, steps, travel of a plan, in money of each year."""
    before = np.vstack([problem.is_existing, is_open[:-1]])
    steps_before = np.vstack([problem.existing_steps, steps[:-1]])
    bought = np.maximum(steps - steps_before, 0)
    cost = np.where(np.isfinite(problem.unit_cost), problem.unit_cost, 0.0)
    travel = np.einsum("tj,tjs,js->t", problem.demand, share, cost)
    return np.stack(
        [
            is_open @ problem.yearly_cost,
            (is_open & ~before) @ problem.opening_cost,
            (before & ~is_open) @ problem.closing_cost,
            steps @ problem.step_yearly_cost + bought @ problem.step_cost,
            travel,
        ],
        axis=1,
    )


__all__ = ["ExpansionPlan", "expand", "money_by_year"]
