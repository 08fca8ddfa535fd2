"""Branch and bound over which sites are open, with the Lagrangean bound of `lagrangean_kernels` at every node.

Nodes are taken by rising bound; the free site whose Lagrangean value is nearest to 0 is opened in one child and closed
in the other. Plans are looked for below a cutoff that starts a little above the bound of the root and moves up where
nothing is found, so that most sites and pairs are settled by their reduced costs at once (as cut-and-solve does, Yang,
Chu and Chen 2012, European Journal of Operational Research 221); the answer does not depend on it. A node without free
sites is an assignment problem: `fixed_charge_leaves` solves it exactly where few choices are left; otherwise one point
is given to a site in one child and kept from it in the other.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray
from optimize.network.fixed_charge import FixedCharge
from optimize.network.fixed_charge_leaves import Leaf, best_assignment
from optimize.network.lagrangean_kernels import CLOSED, FREE, OPEN, Relaxation, bound, climb, fix
from optimize.solving import Progress, no_progress

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

TOLERANCE = 1e-10
"""Share of the cost by which a better plan may be missed."""
_SLACKS = (0.01, 0.05, 0.25, np.inf)
_ROOT_STEPS, _NODE_STEPS = 1000, 120
_ROOT_REACH, _WHOLE_REACH, _NODE_REACH = 0.05, 0.01, 0.003
_ROOM = 1.0 + 1e-10
_LEAF_STEPS = 300
_LEAF_SLACK = 0.0005
_TRIAL_NODES = 100
_MOST_CHOICES = 60
_ENDED = 1e-6
_PAIRS_PER_CALL = 40_000_000


class _Node(NamedTuple):
    bound: float
    number: int
    state: IntArray
    multiplier: FloatArray
    possible: npt.NDArray[np.uint8]
    """Bits of (sites, points)."""
    is_leaf: bool = False
    """All sites are settled, and the bound is worked out."""
    is_split: bool = False
    """Some points are given to sites, or kept from them."""


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found and proved."""

    leaves: tuple[Leaf, ...]
    """The best plans of different sets of sites, the best one first."""
    bound: float
    """No plan that is not among them costs less."""
    nodes: int
    is_complete: bool
    solver: str = "Lagrangean branch and bound"


@dataclass(frozen=True, eq=False)
class Settled:
    """What the bound of the root says about plans below a cutoff."""

    bound: float
    state: IntArray
    """(sites,): `FREE`, `CLOSED` or `OPEN`."""
    possible: BoolArray
    """(sites, points)."""
    multiplier: FloatArray


def settled(problem: FixedCharge, is_whole: bool, cutoff: float, start: Settled | None = None) -> Settled:
    """Settle sites, and pairs where points are served whole, for plans that cost no more than a cutoff.

    Args:
        problem: points and sites.
        is_whole: every point is served by one site.
        cutoff: with the problem's constant.
        start: an earlier answer, whose multipliers are used again.
    """
    tree = _Tree(problem, is_whole, 1, 0, no_progress)
    possible = np.isfinite(tree.work.cost) & (tree.work.state != CLOSED)[:, None]
    if start is not None:
        multiplier = start.multiplier
    else:
        root = tree.root_node()
        if root.bound == np.inf:
            return Settled(np.inf, tree.work.state, possible, root.multiplier)
        multiplier = root.multiplier
    lower = fix(tree.work, multiplier, cutoff - problem.constant, possible, np.zeros((2, problem.sites)))
    return Settled(lower + problem.constant, tree.work.state, possible, multiplier)


def search(
    problem: FixedCharge,
    *,
    is_whole: bool,
    wanted: int = 1,
    node_limit: int = 50_000,
    progress: Progress = no_progress,
) -> Searched:
    """The cheapest plans without regard to `promises`.

    Args:
        problem: points and sites.
        is_whole: every point is served by one site.
        wanted: how many plans; they differ in their open sites.
        node_limit: of the tree; an interruption from the keyboard ends it as well.
        progress: told how far the search is.
    """
    tree = _Tree(problem, is_whole, wanted, node_limit, progress)
    try:
        tree.grow()
    except KeyboardInterrupt:
        # The node at work is lost: only the bound of the root is sure.
        tree.is_complete, tree.loose = False, tree.root
    return tree.outcome()


def relaxation(problem: FixedCharge, is_whole: bool) -> Relaxation:
    """Arrays for the compiled bound."""
    points, sites = problem.points, problem.sites
    demand = problem.demand
    total = float(demand.sum())
    capacity = np.full(sites, total) if problem.capacity is None else np.minimum(problem.capacity, total)
    capacity = capacity * _ROOM  # sums of the same demand in another order still fit
    state = np.full(sites, FREE)
    state[list(problem.required)] = OPEN
    state[list(problem.closed)] = CLOSED
    largest = np.sort(capacity[state != CLOSED])[::-1]
    enough = int(np.searchsorted(np.cumsum(largest), total)) + 1
    most = sites if problem.most_sites is None else min(problem.most_sites, sites)
    return Relaxation(
        cost=np.array(problem.cost.T, order="C"),
        fixed=problem.fixed_cost.copy(),
        capacity=capacity,
        demand=demand.copy(),
        state=state.astype(np.int64),
        limits=np.array([max(problem.fewest_sites, enough), most, int(is_whole)], np.int64),
        order=np.tile(np.arange(points), (sites, 1)),
        share=np.zeros((sites, points)),
        value=np.zeros(sites),
        weight=np.zeros(sites),
        profit=np.zeros(points),
        size=np.zeros(points),
        chosen=np.zeros(points, np.int64),
        kept=np.zeros(points, np.int64),
        key=np.zeros(points),
        ranked=np.arange(sites),
        site_profit=np.zeros(sites),
        site_size=np.zeros(sites),
        item_site=np.zeros(sites, np.int64),
        site_chosen=np.zeros(sites, np.int64),
        site_kept=np.zeros(sites, np.int64),
    )


def is_integral(problem: FixedCharge) -> bool:
    """Whether every cost of a plan that serves points whole is an integer."""
    costs = np.concatenate([problem.cost[np.isfinite(problem.cost)], problem.fixed_cost])
    return bool((costs == np.rint(costs)).all() and np.abs(costs).sum() < 1e12)


class _Tree:
    """The state of one search."""

    def __init__(
        self, problem: FixedCharge, is_whole: bool, wanted: int, node_limit: int, progress: Progress
    ) -> None:
        self.problem, self.is_whole, self.wanted = problem, is_whole, wanted
        self.node_limit, self.progress = node_limit, progress
        self.is_integral = is_whole and is_integral(problem)
        self.work = relaxation(problem, is_whole)
        self.cost = self.work.cost.copy()
        self.leaves: dict[tuple[int, ...], Leaf] = {}
        self.nodes = self.made = 0
        self.cutoff = self.loose = np.inf
        self.heap: list[_Node] = []
        self.root = -np.inf
        self.is_complete = True

    def grow(self) -> None:
        """Search below rising cutoffs until there are plans enough."""
        root = self.root_node()
        self.root = root.bound
        if not root.bound < np.inf:
            return
        for slack in _SLACKS:
            self._tighten()
            self.cutoff = min(self.cutoff, root.bound + slack * max(abs(root.bound), 1e-9))
            self.heap = [root]
            while self.heap:
                if self.nodes >= self.node_limit:
                    self.is_complete = False
                    return
                self._visit(heapq.heappop(self.heap))
            if len(self.leaves) >= self.wanted:
                return
            self.cutoff = np.inf

    def outcome(self) -> Searched:
        """What was found, and the bound of all that was not."""
        leaves = sorted(self.leaves.values(), key=lambda leaf: (leaf.cost, leaf.open_sites))[: self.wanted]
        if self.is_complete:
            lower = leaves[-1].cost if len(leaves) == self.wanted else np.inf
        else:
            lower = max(min([self.cutoff, self.loose, *(node.bound for node in self.heap)]), self.root)
            lower += self.problem.constant
        return Searched(tuple(leaves), lower, self.nodes, self.is_complete)

    def root_node(self) -> _Node:
        """Multipliers from the second-cheapest site of each point, those of shares first: they are quick to find."""
        work, cost = self.work, self.problem.cost.copy()
        cost[:, work.state == CLOSED] = np.inf
        nearest = np.sort(cost, axis=1)[:, : min(2, self.problem.sites)]
        start = np.where(np.isfinite(nearest[:, -1]), nearest[:, -1], nearest[:, 0])
        possible = np.packbits(np.isfinite(work.cost) & (work.state != CLOSED)[:, None])
        if not np.isfinite(start).all() or bound(work, start) == np.inf:
            return _Node(np.inf, 0, work.state.copy(), start, possible)
        if self.is_whole and self.problem.capacity is not None:
            work.limits[2] = 0
            start, _ = self._climb(start, _ROOT_STEPS, _ROOT_REACH)
            work.limits[2] = 1
            best, found = self._climb(start, _ROOT_STEPS, _WHOLE_REACH)
        else:
            best, found = self._climb(start, _ROOT_STEPS, _ROOT_REACH)
        return _Node(found, 0, work.state.copy(), best, possible)

    def _climb(self, start: FloatArray, steps: int, reach: float) -> tuple[FloatArray, float]:
        """Better multipliers and their bound, in calls that are short enough to be interrupted."""
        multiplier, best, direction = start.copy(), start.copy(), np.zeros(len(start))
        memory = np.array([-np.inf, reach, 0.0])
        at_once = max(1, _PAIRS_PER_CALL // self.problem.cost.size)
        for done in range(0, steps, at_once):
            climb(self.work, multiplier, best, direction, memory, self.cutoff, min(at_once, steps - done))
            if memory[1] < _ENDED or memory[0] > self.cutoff:
                break
        return best, float(memory[0])

    def _visit(self, node: _Node) -> None:
        """Bound a node, settle what its bound settles, and branch or solve what is left."""
        if node.bound > self.cutoff:
            return
        self.nodes += not node.is_leaf
        self.progress("nodes", self.nodes, 0)
        work, problem = self.work, self.problem
        work.state[:] = node.state
        shape = work.cost.shape
        possible = np.unpackbits(node.possible, count=work.cost.size).astype(np.bool_).reshape(shape)
        if self.is_whole:
            np.copyto(work.cost, np.where(possible, self.cost, np.inf))
        if node.is_leaf:
            self._solve_leaf(node, possible)
            return
        best, found = self._climb(node.multiplier, _NODE_STEPS, _NODE_REACH)
        if found > self.cutoff:
            return
        either = np.zeros((2, problem.sites))
        found = max(fix(work, best, self.cutoff, possible, either), node.bound)
        if found > self.cutoff or not possible.any(axis=0).all():
            return
        free = np.flatnonzero(work.state == FREE)
        bits = np.packbits(possible)
        if not len(free):
            if not node.is_split:
                best, found = self._climb(best, _LEAF_STEPS, _NODE_REACH)
            lower = max(found, node.bound)
            leaf = _Node(lower, self._next(), work.state.copy(), best, bits, True, node.is_split)
            heapq.heappush(self.heap, leaf)  # solved when no other node promises more
            return
        site = free[np.argmin(np.abs(work.value[free]))]
        for choice in (CLOSED, OPEN):
            state = work.state.copy()
            state[site] = choice
            lower = max(found, float(either[0 if choice == CLOSED else 1, site]))
            heapq.heappush(self.heap, _Node(lower, self._next(), state, best, bits))

    def _solve_leaf(self, node: _Node, possible: BoolArray) -> None:
        """Serve all points from the sites that are settled open, or divide that problem further."""
        sites = tuple(np.flatnonzero(self.work.state == OPEN).tolist())
        most = self.problem.most_sites
        if len(sites) < self.problem.fewest_sites or (most is not None and len(sites) > most):
            return
        if not self.is_whole or self.problem.capacity is None:
            self._keep(best_assignment(self.problem, sites, possible, self.is_whole))
            return
        lower, either = bound(self.work, node.multiplier), np.zeros((2, self.problem.sites))
        if not node.is_split:
            guess = min(self.cutoff, lower + _LEAF_SLACK * max(abs(lower), 1e-9))
            left = possible.copy()
            if fix(self.work, node.multiplier, guess, left, either) <= guess:
                leaf = best_assignment(self.problem, sites, left, True, _TRIAL_NODES)
                self._keep(leaf, is_trial=True)
                if leaf.is_proven and leaf.cost - self.problem.constant <= guess:
                    return
            if guess >= self.cutoff and leaf.is_proven:
                return
        if fix(self.work, node.multiplier, self.cutoff, possible, either) > self.cutoff:
            return
        if not possible.any(axis=0).all():
            return
        if int(possible.sum()) - self.problem.points <= _MOST_CHOICES:
            leaf = best_assignment(self.problem, sites, possible, True)
            self._keep(leaf)
            if not leaf.is_proven:
                self.loose = min(self.loose, node.bound)
            return
        self._divide(node, max(lower, node.bound), possible)

    def _divide(self, node: _Node, lower: float, possible: BoolArray) -> None:
        """One point is served from a site in one child, and not from it in the other.

        It is the largest point that the relaxation serves from no site or from several, and the cheapest of them.
        """
        served = self.work.share.T @ self.work.weight
        is_open = possible.sum(axis=0) > 1
        doubt = np.where(is_open, 1e-3 + (np.abs(served - 1.0) > 1e-6), 0.0) * (1e-9 + self.problem.demand)
        point = int(doubt.argmax())
        taken = possible[:, point] & (self.work.share[:, point] > 0)
        which = np.flatnonzero(taken if taken.any() else possible[:, point])
        site = which[self.problem.cost[point, which].argmin()]
        for is_served in (True, False):
            child = possible.copy()
            if is_served:
                child[:, point] = False
            child[site, point] = is_served
            state, bits = self.work.state.copy(), np.packbits(child)
            heapq.heappush(self.heap, _Node(lower, self._next(), state, node.multiplier, bits, False, True))

    def _keep(self, leaf: Leaf, *, is_trial: bool = False) -> None:
        if not leaf.is_proven and not is_trial:
            self.is_complete = False
        known = self.leaves.get(leaf.open_sites)
        is_better = leaf.cost < (np.inf if known is None else known.cost)
        if is_better and leaf.cost - self.problem.constant <= self.cutoff:
            self.leaves[leaf.open_sites] = leaf
            self._tighten()

    def _next(self) -> int:
        """Nodes of the same bound are taken in the order in which they were made."""
        self.made += 1
        return self.made

    def _tighten(self) -> None:
        """Look only for plans that are better than the worst that is wanted."""
        if len(self.leaves) < self.wanted:
            return
        worst = sorted(leaf.cost for leaf in self.leaves.values())[self.wanted - 1] - self.problem.constant
        step = 1.0 - 1e-6 if self.is_integral else TOLERANCE * abs(worst)
        self.cutoff = min(self.cutoff, worst - step)


__all__ = ["TOLERANCE", "Searched", "Settled", "is_integral", "relaxation", "search", "settled"]
