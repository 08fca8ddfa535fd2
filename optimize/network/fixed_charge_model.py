"""Fixed-charge location with promises of coverage, as an integer program over what the Lagrangean bound leaves.

The bound that disregards the promises is valid for the problem with them: what costs more than a guess by it is left
out of the model, and the answer is the optimum wherever it costs no more than the guess; otherwise the guess rises.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray
from optimize.network.fixed_charge import FixedCharge
from optimize.network.fixed_charge_leaves import Leaf
from optimize.network.fixed_charge_search import Searched, Settled, settled
from optimize.network.lagrangean_kernels import CLOSED, OPEN
from optimize.network.rows import Rows
from optimize.solving import Progress, no_progress

BoolArray = npt.NDArray[np.bool_]

_SCALE = 1e6
_SLACKS = (0.01, 0.05, 0.25, np.inf)
_GAP = 1e-10
_LEAST_SHARE = 1e-9
SOLVER = "integer program (HiGHS) after Lagrangean fixing"


def promised_search(
    problem: FixedCharge,
    *,
    is_whole: bool,
    wanted: int = 1,
    node_limit: int = 50_000,
    progress: Progress = no_progress,
) -> Searched:
    """The cheapest plans that keep the promises; arguments as `fixed_charge_search.search`."""
    leaves: list[Leaf] = []
    bound, nodes = -np.inf, 0
    try:
        for number in range(wanted):
            progress("plans", number, wanted)
            leaf, bound, used, is_complete = _next_best(problem, is_whole, leaves, node_limit)
            nodes += used
            if leaf is not None:
                leaves.append(leaf)
            if leaf is None or not is_complete:
                return Searched(tuple(leaves), bound, nodes, is_complete, SOLVER)
    except KeyboardInterrupt:
        return Searched(tuple(leaves), bound if leaves else -np.inf, nodes, False, SOLVER)
    return Searched(tuple(leaves), leaves[-1].cost, nodes, True, SOLVER)


def _next_best(
    problem: FixedCharge, is_whole: bool, known: list[Leaf], node_limit: int
) -> tuple[Leaf | None, float, int, bool]:
    """The best plan whose sites are none of the known sets, a bound of it, nodes, and whether it is proven."""
    nodes, upper, lower = 0, np.inf, -np.inf
    best: Leaf | None = None
    start = settled(problem, is_whole, np.inf)
    if start.bound == np.inf:
        return None, np.inf, 0, True
    for slack in _SLACKS:
        guess = min(upper, start.bound + slack * max(abs(start.bound), 1e-9))
        left = settled(problem, is_whole, guess, start)
        leaf, lower, used, is_solved = _Model(problem, is_whole, left, known).solve(node_limit)
        nodes += used
        if leaf is not None and leaf.cost < upper:
            best, upper = leaf, leaf.cost
        if not is_solved:
            return best, min(lower, guess, upper), nodes, False
        if best is not None and upper <= guess + _GAP * abs(guess):
            return best, upper, nodes, True
    return best, upper, nodes, True


class _Model:
    """One integer program: y of the sites that are left, x of the pairs that are left."""

    def __init__(self, problem: FixedCharge, is_whole: bool, left: Settled, known: list[Leaf]) -> None:
        self.problem, self.is_whole = problem, is_whole
        self.sites = np.flatnonzero(left.state != CLOSED)
        self.column = np.full(problem.sites, -1)
        self.column[self.sites] = np.arange(len(self.sites))
        self.point, self.site = np.nonzero(left.possible.T & (left.state != CLOSED)[None, :])
        self.first_pair = len(self.sites)
        self.is_served = len(np.unique(self.point)) == problem.points
        self.rows = Rows(self.first_pair + len(self.point))
        self._serve()
        self._open_enough()
        self._promise()
        for leaf in known:
            self._forbid(leaf.open_sites)
        self.least = np.zeros(self.rows.columns)
        self.least[self.column[np.flatnonzero(left.state == OPEN)]] = 1.0

    def _pair(self, where: BoolArray) -> npt.NDArray[np.int64]:
        return self.first_pair + np.flatnonzero(where)

    def _serve(self) -> None:
        problem, rows = self.problem, self.rows
        unit = max(float(problem.demand.max()), 1e-300)
        for point in range(problem.points):
            pairs = self._pair(self.point == point)
            rows.add(pairs, np.ones(len(pairs)), 1.0, 1.0)
        for column, site in enumerate(self.sites.tolist()):
            pairs = self._pair(self.site == site)
            for pair in pairs.tolist():
                rows.add([pair, column], [1.0, -1.0], -np.inf, 0.0)
            if problem.capacity is not None:
                size = problem.demand[self.point[pairs - self.first_pair]] / unit
                capacity = min(problem.capacity[site], problem.demand.sum()) / unit
                rows.add([*pairs.tolist(), column], [*size.tolist(), -capacity], -np.inf, 0.0)

    def _open_enough(self) -> None:
        problem = self.problem
        most = np.inf if problem.most_sites is None else problem.most_sites
        columns = np.arange(len(self.sites))
        self.rows.add(columns, np.ones(len(columns)), problem.fewest_sites, most)
        if problem.capacity is not None and problem.demand.sum() > 0:
            part = problem.capacity[self.sites] / problem.demand.sum()
            self.rows.add(columns, np.minimum(part, 1.0), 1.0 - 1e-12, np.inf)

    def _promise(self) -> None:
        for promise in self.problem.promises:
            total = float(promise.weight.sum())
            if total <= 0:
                continue
            is_near = promise.is_near[self.point, self.site]
            pairs = self._pair(is_near)
            weight = promise.weight[self.point[is_near]] / total
            self.rows.add(pairs, weight, promise.least_share, np.inf)

    def _forbid(self, open_sites: tuple[int, ...]) -> None:
        """Some site is open that was closed, or closed that was open."""
        is_open = np.zeros(self.problem.sites, np.bool_)
        is_open[list(open_sites)] = True
        opened = is_open[self.sites]
        sign = np.where(opened, -1.0, 1.0)
        # Sites of the known set that are settled closed make the row true for every plan.
        self.rows.add(np.arange(len(self.sites)), sign, 1.0 - float(is_open.sum()), np.inf)

    def solve(self, node_limit: int) -> tuple[Leaf | None, float, int, bool]:
        """A plan, a lower bound, nodes, and whether the model is solved."""
        from scipy.optimize import Bounds, milp

        if not self.is_served:
            return None, np.inf, 0, True
        problem = self.problem
        cost = np.concatenate([problem.fixed_cost[self.sites], problem.cost[self.point, self.site]])
        scale = _SCALE / max(float(np.abs(cost).sum()), 1e-300)
        whole = np.full(len(cost), int(self.is_whole))
        whole[: self.first_pair] = 1
        found = milp(
            cost * scale,
            integrality=whole,
            bounds=Bounds(self.least, 1.0),
            constraints=self.rows.constraints(),
            options={"mip_rel_gap": _GAP, "node_limit": node_limit},
        )
        nodes = int(getattr(found, "mip_node_count", None) or 0)
        lower = getattr(found, "mip_dual_bound", None)
        lower = -np.inf if lower is None else float(lower) / scale + problem.constant
        if found.x is None:
            return None, np.inf if found.status == 2 else lower, nodes, found.status == 2
        return self._leaf(found.x), lower, nodes, found.status == 0

    def _leaf(self, values: Any) -> Leaf:
        problem = self.problem
        opened = self.sites[values[: self.first_pair] > 0.5]
        flow = np.asarray(values[self.first_pair :], np.float64)
        share: FloatArray = np.zeros(problem.cost.shape)
        share[self.point, self.site] = (
            np.rint(flow) if self.is_whole else np.where(flow < _LEAST_SHARE, 0, flow)
        )
        share /= share.sum(axis=1, keepdims=True)
        used = share > 0
        travel = float((share[used] * problem.cost[used]).sum())
        cost = problem.constant + float(problem.fixed_cost[opened].sum()) + travel
        return Leaf(tuple(opened.tolist()), share, cost)


__all__ = ["SOLVER", "promised_search"]
