"""Branch and bound over stations and their crews, with the Lagrangean bound of `crew_kernels` at every node.

As `fixed_charge_search`: nodes by rising bound, plans below a cutoff that rises where nothing is found. A node whose
stations are all settled open or closed is an integer program over the crews and pairs that the bound leaves.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray
from optimize.network.crew_kernels import CrewRelaxation, crew_bound, crew_climb, crew_fix
from optimize.network.crew_model import CrewLeaf, best_crews
from optimize.solving import Progress, no_progress

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

TOLERANCE = 1e-10
_ROOM = 1.0 + 1e-10
_SLACKS = (0.02, 0.08, 0.3, np.inf)
_LEAF_SLACKS = (0.005, np.inf)
_ROOT_STEPS, _NODE_STEPS, _LEAF_STEPS = 1500, 120, 300
_ROOT_REACH, _NODE_REACH = 0.05, 0.003
_ENDED = 1e-6
_PAIRS_PER_CALL = 20_000_000


@dataclass(frozen=True, eq=False)
class CrewProblem:
    """Points, stations and crews as plain arrays; symbols as in `crew_kernels`."""

    cost: FloatArray
    """(points, stations): of serving all of a point from a station."""
    load: FloatArray
    """(points, stations): what that brings to the station."""
    level_cost: FloatArray
    """(stations, levels): of a station with so many technicians; level 0 is closed."""
    level_capacity: FloatArray
    """(stations, levels): load that so many carry."""
    allowed: BoolArray
    """(stations, levels)."""
    reached: FloatArray
    """(promises, points, stations): what each pair adds to each promise."""
    reached_least: FloatArray
    """(promises,)."""
    least_crew: int
    """Technicians that all plans need together."""
    fewest: int
    most: int
    is_whole: bool


class _Node(NamedTuple):
    bound: float
    number: int
    allowed: npt.NDArray[np.uint8]
    multiplier: FloatArray
    possible: npt.NDArray[np.uint8]
    is_leaf: bool = False


@dataclass(frozen=True, eq=False)
class CrewSearched:
    """The best plan found and the bound of all others."""

    leaf: CrewLeaf | None
    bound: float
    nodes: int
    is_complete: bool


def crew_search(
    problem: CrewProblem, *, node_limit: int = 20_000, progress: Progress = no_progress
) -> CrewSearched:
    """The cheapest stations and crews.

    Args:
        problem: points, stations, crews.
        node_limit: of the tree; an interruption from the keyboard ends it as well.
        progress: told how far the search is.
    """
    tree = _CrewTree(problem, node_limit, progress)
    try:
        tree.grow()
    except KeyboardInterrupt:
        # The node at work is lost: only the bound of the root is sure.
        tree.is_complete, tree.loose = False, tree.root
    return tree.outcome()


def crew_relaxation(problem: CrewProblem) -> CrewRelaxation:
    """Arrays for the compiled bound."""
    points, stations = problem.cost.shape
    return CrewRelaxation(
        cost=np.array(problem.cost.T, order="C"),
        size=np.array(problem.load.T, order="C"),
        level_cost=np.array(problem.level_cost, order="C"),
        level_capacity=np.ascontiguousarray(problem.level_capacity * _ROOM),
        allowed=problem.allowed.copy(),
        # In points, as the other relaxed rows are: one step length suits them all.
        reached=np.ascontiguousarray(problem.reached.transpose(0, 2, 1)) * points,
        wanted=np.append(problem.reached_least * points, float(problem.least_crew)),
        limits=np.array([problem.fewest, problem.most, int(problem.is_whole)], np.int64),
        order=np.tile(np.arange(points), (stations, 1)),
        share=np.zeros((stations, points)),
        level_value=np.zeros(problem.level_cost.shape),
        level=np.zeros(stations, np.int64),
        gain=np.zeros(stations),
        weight=np.zeros(stations),
        worth=np.zeros(points),
        key=np.zeros(points),
        profit=np.zeros(points),
        load=np.zeros(points),
        chosen=np.zeros(points, np.int64),
        kept=np.zeros(points, np.int64),
    )


class _CrewTree:
    """The state of one search."""

    def __init__(self, problem: CrewProblem, node_limit: int, progress: Progress) -> None:
        self.problem, self.node_limit, self.progress = problem, node_limit, progress
        self.work = crew_relaxation(problem)
        self.best: CrewLeaf | None = None
        self.nodes = self.made = 0
        self.cutoff = self.upper = self.loose = np.inf
        self.root = -np.inf
        self.heap: list[_Node] = []
        self.is_complete = True
        self.floor: dict[bytes, float] = {}
        """Cost below which a settled choice of stations is known to have no plan."""

    def grow(self) -> None:
        """Search below rising cutoffs until there is a plan."""
        root = self._root()
        self.root = root.bound
        if not root.bound < np.inf:
            return
        for slack in _SLACKS:
            limit = root.bound + slack * max(abs(root.bound), 1e-9)
            self.cutoff = min(self.upper - TOLERANCE * abs(self.upper) if self.best else np.inf, limit)
            self.heap = [root]
            while self.heap:
                if self.nodes >= self.node_limit:
                    self.is_complete = False
                    return
                self._visit(heapq.heappop(self.heap))
            if self.upper <= limit:
                return

    def outcome(self) -> CrewSearched:
        """What was found, and the bound of all that was not."""
        if self.is_complete:
            return CrewSearched(self.best, np.inf if self.best is None else self.best.cost, self.nodes, True)
        lower = min([self.cutoff, self.loose, *(node.bound for node in self.heap)])
        return CrewSearched(self.best, max(min(lower, self.upper), self.root), self.nodes, False)

    def _root(self) -> _Node:
        work, problem = self.work, self.problem
        cost = np.where(problem.allowed[:, 1:].any(axis=1), problem.cost, np.inf)
        nearest = np.sort(cost, axis=1)[:, : min(2, cost.shape[1])]
        start = np.where(np.isfinite(nearest[:, -1]), nearest[:, -1], nearest[:, 0])
        start = np.append(start, np.zeros(len(work.wanted)))
        usable: BoolArray = np.asarray(problem.allowed[:, 1:].any(axis=1))
        possible = np.packbits(np.isfinite(work.cost) & usable[:, None])
        allowed = np.packbits(work.allowed)
        if not np.isfinite(start).all() or crew_bound(work, start) == np.inf:
            return _Node(np.inf, 0, allowed, start, possible)
        best, found = self._climb(start, _ROOT_STEPS, _ROOT_REACH)
        return _Node(found, 0, allowed, best, possible)

    def _climb(self, start: FloatArray, steps: int, reach: float) -> tuple[FloatArray, float]:
        multiplier, best, direction = start.copy(), start.copy(), np.zeros(len(start))
        memory = np.array([-np.inf, reach, 0.0])
        at_once = max(1, _PAIRS_PER_CALL // (self.problem.cost.size * (1 + len(self.work.reached))))
        for done in range(0, steps, at_once):
            now = min(at_once, steps - done)
            crew_climb(self.work, multiplier, best, direction, memory, self.cutoff, now)
            if memory[1] < _ENDED or memory[0] > self.cutoff:
                break
        return best, float(memory[0])

    def _visit(self, node: _Node) -> None:
        if node.bound > self.cutoff:
            return
        self.nodes += not node.is_leaf
        self.progress("nodes", self.nodes, 0)
        work = self.work
        allowed_now = np.unpackbits(node.allowed, count=work.allowed.size).astype(np.bool_)
        work.allowed[:] = allowed_now.reshape(work.allowed.shape)
        possible = (
            np.unpackbits(node.possible, count=work.cost.size).astype(np.bool_).reshape(work.cost.shape)
        )
        if node.is_leaf:
            self._solve_leaf(node.multiplier, possible)
            return
        best, found = self._climb(node.multiplier, _NODE_STEPS, _NODE_REACH)
        if found > self.cutoff:
            return
        found = max(crew_fix(work, best, self.cutoff, possible), node.bound)
        if found > self.cutoff or not possible.any(axis=0).all() or not work.allowed.any(axis=1).all():
            return
        opened: BoolArray = np.asarray(work.allowed[:, 1:].any(axis=1))
        free = np.flatnonzero(opened & work.allowed[:, 0])
        if not len(free):
            best, found = self._climb(best, _LEAF_STEPS, _NODE_REACH)
            self._push(max(found, node.bound), work.allowed, best, node.possible, is_leaf=True)
            return
        station = free[np.argmin(np.abs(work.gain[free]))]
        bits = np.packbits(possible)
        for is_open in (False, True):
            allowed = work.allowed.copy()
            allowed[station, 0] = not is_open
            allowed[station, 1:] &= is_open
            self._push(found, allowed, best, bits)

    def _push(
        self,
        lower: float,
        allowed: BoolArray,
        multiplier: FloatArray,
        possible: npt.NDArray[np.uint8],
        *,
        is_leaf: bool = False,
    ) -> None:
        self.made += 1
        node = _Node(lower, self.made, np.packbits(allowed), multiplier, possible, is_leaf)
        heapq.heappush(self.heap, node)

    def _solve_leaf(self, multiplier: FloatArray, possible: BoolArray) -> None:
        """Stations are settled; guesses at the cost of the best crews keep the integer program small."""
        work = self.work
        start = work.allowed.copy()
        stations = np.packbits(start[:, 0]).tobytes()
        if self.floor.get(stations, -np.inf) >= self.cutoff:
            return
        lower = crew_bound(work, multiplier)
        for slack in _LEAF_SLACKS:
            guess = min(self.cutoff, lower + slack * max(abs(lower), 1e-9))
            left = possible.copy()
            work.allowed[:] = start
            if crew_fix(work, multiplier, guess, left) <= guess:
                leaf, is_proven = best_crews(self.problem, work.allowed, left.T)
                if leaf is not None and leaf.cost < self.upper:
                    self.best, self.upper = leaf, leaf.cost
                    self.cutoff = min(self.cutoff, leaf.cost - TOLERANCE * abs(leaf.cost))
                if not is_proven:
                    self.is_complete, self.loose = False, min(self.loose, lower)
                    return
                if leaf is not None and leaf.cost <= guess:
                    self.floor[stations] = leaf.cost
                    return
            if guess >= self.cutoff:
                self.floor[stations] = guess
                return


__all__ = ["CrewProblem", "CrewSearched", "crew_relaxation", "crew_search"]
