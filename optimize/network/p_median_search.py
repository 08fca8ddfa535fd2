"""Branch and bound for p-medians: Lagrangean bounds, fixing by reduced costs, interchange for good plans."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from optimize.arguments import FloatArray, IntArray
from optimize.network.interchange import interchange
from optimize.network.p_median_kernels import (
    OUT_OF_REACH,
    WORKING,
    Allowed,
    ByteArray,
    Dual,
    Near,
    Room,
    bound_node,
    branching_site,
    shorten,
)
from optimize.network.results import PROOF_GAP
from optimize.network.site_rules import CLOSED, FREE, OPEN, CheckedRules

_ROOT_STEP, _NODE_STEP = 1.5, 1.0
_GLANCE, _ROOT, _PATIENT_ROOT, _NODE = (1, 1, 1), (1, 1, 30), (1, 1, 100), (3, 30, 20)
"""Rounds of ascent at least and at most, and its patience: first look, root, root with penalties, and node."""
_HOPE = 1.5
_WORTH_TRYING = 1e-4
"""Relative rise of the bound after which the sites chosen by the dual are tried as a plan."""
_NEAR_TO_WHOLE, _STRICTER = 1e-6, 0.9
_ROUNDING = 1e-11
_EXCHANGE_WORK = 50_000_000
_SHAKES, _MOST_SHAKEN, _SEED = 60, 4, 1


class Checkpoint(Protocol):
    """Told between steps of a long search how far it is; stops it with what it has."""

    def __call__(self, objective: float, bound: float) -> bool:
        """Whether to stop, given cost of the best plan so far and what is proven."""
        ...


def never_stop(objective: float, bound: float) -> bool:
    """Go on to the proof."""
    del objective, bound
    return False


@dataclass(frozen=True)
class Medians:
    """What a search found."""

    best: tuple[tuple[float, tuple[int, ...]], ...]
    """Cost and sites of the best sets, best first."""
    bound: float
    """No set but those of `best` costs less; where the proof is complete, the cost of the last of them."""
    is_proven: bool
    """Whether nothing better, and no better order, exists."""
    work: int
    """Iterations of the dual ascent."""
    was_interrupted: bool
    """Whether somebody pressed Ctrl-C."""


class _Node(NamedTuple):
    kind: ByteArray
    multipliers: FloatArray
    bound: float
    depth: int


class MedianSearch:
    """The k best sets of p sites for given costs.

    A node of the tree is a state per site and the multipliers of its parent. Depth first, the branch that opens first.
    """

    def __init__(
        self,
        cost: FloatArray,
        sites: int,
        rules: CheckedRules,
        wanted: int = 1,
        enough: float = math.inf,
        penalty: float = math.inf,
        gap: float = PROOF_GAP,
    ) -> None:
        """Sort the sites of each customer.

        Args:
            cost: (customers, sites) of serving each from each, finite.
            sites: how many are open.
            rules: what all sets have to keep.
            wanted: how many of the best sets.
            enough: cost at which the search may end; infinite = it ends with the best there is. A bound above it ends
                the search too.
            penalty: a cost from this on stands for what is impossible.
            gap: relative gap within which a plan counts as proven where costs are not whole.
        """
        self._cost, self._wanted, self._enough, self._penalty = cost, wanted, enough, penalty
        self._share = 1.0 - _STRICTER * gap
        self._of_site = np.ascontiguousarray(cost.T)
        customers, candidates = cost.shape
        self._allowed = Allowed(sites, rules.region, rules.least)
        self._kind = rules.kind.copy()
        self._near, self._first = self._sorted(cost)
        regions = len(rules.least)
        self._room = Room(
            np.empty(candidates), np.empty(candidates, np.int8), np.empty(candidates, np.int64),
            np.empty(regions, np.int64), np.empty(max(customers, 2 * regions)),
        )  # fmt: skip
        self._exchange_room = (
            np.empty((2, customers)), np.empty((2, customers), np.int64), np.empty(sites + regions),
        )  # fmt: skip
        self._pool: dict[tuple[int, ...], float] = {}
        self._is_whole = bool((cost == np.floor(cost)).all())
        self._stack: list[_Node] = []
        self._current = -math.inf
        self._work = 0
        self._is_rooted = False
        self._hoped = 0.0

    def _sorted(self, cost: FloatArray) -> tuple[Near, FloatArray]:
        """Lists of the sites of each customer, and the multipliers to begin with."""
        able = np.flatnonzero(self._kind != CLOSED)
        order = np.argsort(cost[:, able], axis=1, kind="stable")
        sites = able[order]
        costs = np.take_along_axis(cost, sites, axis=1)
        last = costs[:, -1].copy()
        reach = (costs < last[:, None]).sum(axis=1)
        width = int(reach.max())
        near = Near(
            np.ascontiguousarray(sites[:, :width], np.int32),
            np.ascontiguousarray(costs[:, :width]),
            reach,
            last,
        )
        shorten(near, self._kind, near)
        # As many sites lie nearer than this one as are opened on average; one that may serve, if any may.
        possible = np.maximum((costs < self._penalty).sum(axis=1) - 1, 0)
        rank = np.minimum(min(len(able) // self._allowed.sites, len(able) - 1), possible)
        return near, costs[np.arange(len(costs)), rank]

    def offer(self, chosen: IntArray) -> float:
        """Take note of a set of sites; the k best are kept.

        Args:
            chosen: (p,) its sites.

        Returns:
            Its cost, exactly rounded: in which order sites and customers come does not matter.
        """
        key = tuple(sorted(chosen.tolist()))
        known = self._pool.get(key)
        if known is not None:
            return known
        value = math.fsum(self._cost[:, list(key)].min(axis=1).tolist())
        self._pool[key] = value
        if len(self._pool) > self._wanted:
            del self._pool[max(self._pool, key=lambda sites: (self._pool[sites], sites))]
        return value

    def improve(self, chosen: IntArray, kind: ByteArray) -> float:
        """Exchange sites as long as that helps, and take note of the result.

        Args:
            chosen: (p,) sites to start from; written.
            kind: (sites,) state of each: closed ones do not enter, open ones do not leave.

        Returns:
            Cost of the result.
        """
        steps = max(2 * len(self._of_site), _EXCHANGE_WORK // self._cost.shape[0])
        start = 0
        while start >= 0:
            _, _, start = interchange(
                self._of_site, kind, self._allowed, chosen, *self._exchange_room, steps, start
            )
        return self.offer(chosen)

    def run(self, most_work: int, checkpoint: Checkpoint = never_stop) -> Medians:
        """Search until the proof, the limit, a stop, or an interrupt; a further call goes on from there.

        Args:
            most_work: iterations of the dual ascent in all.
            checkpoint: asked between steps.
        """
        is_finished = was_interrupted = False
        try:
            if not self._is_rooted:
                self._is_rooted = self._ascend_root(most_work, checkpoint)
            is_finished = self._is_rooted and self._explore(most_work, checkpoint)
        except KeyboardInterrupt:
            if not self._pool:
                raise
            was_interrupted = True
        best = tuple(sorted((value, sites) for sites, value in self._pool.items()))
        bound = self._open_bound()
        if is_finished:
            is_exact = self._is_whole and self._enough == math.inf
            bound = best[-1][0] if is_exact else min(max(self._cutoff(), 0.0), best[-1][0])
        return Medians(best, max(bound, 0.0), is_finished, self._work, was_interrupted)

    @property
    def explored(self) -> float:
        """Share of the tree that is done, from 0 to 1, were all its branches as deep as each other."""
        return 1.0 - math.fsum(2.0**-node.depth for node in self._stack) if self._is_rooted else 0.0

    def _upper(self) -> float:
        return max(self._pool.values())

    def _cutoff(self) -> float:
        """Above it a bound proves that there is nothing better: whole costs leave no room below the next number."""
        if len(self._pool) < self._wanted:
            return math.inf
        upper = self._upper()
        if upper <= 0.0 or upper <= self._enough < math.inf:
            return -math.inf
        margin = _NEAR_TO_WHOLE + _ROUNDING * upper
        cutoff = upper - 1 + margin if self._is_whole and margin < 0.5 else upper * self._share
        return min(cutoff, self._enough + margin)

    def _open_bound(self) -> float:
        return min([self._current, *(node.bound for node in self._stack)], default=-math.inf)

    def _ascend_root(self, most_work: int, checkpoint: Checkpoint) -> bool:
        """Bounds and plans without branching; the first node is stacked where they are no proof.

        Returns:
            False for a stop.
        """
        near, kind = self._near, self._kind.copy()
        self._hoped = _HOPE * float(self._first.sum())
        first = self._dual(self._first, 0.0)
        self._bound(near, kind, first, math.inf, _GLANCE)
        self.improve(np.flatnonzero(first.chosen), kind)
        if self._wanted > 1:
            self._offer_neighbours()
        dual = self._dual(self._first, _ROOT_STEP)
        # What must not be left unserved has prices far from the first guess.
        effort = _PATIENT_ROOT if bool((self._cost >= self._penalty).any()) else _ROOT
        tried_at, outcome = -math.inf, WORKING
        while outcome == WORKING:
            outcome = self._bound(near, kind, dual, self._cutoff(), effort)
            self._current = float(dual.figures[0])
            if self._current > tried_at + _WORTH_TRYING * abs(tried_at) or outcome != WORKING:
                self.improve(np.flatnonzero(dual.chosen), kind)
                tried_at = self._current
            if outcome == WORKING and (checkpoint(self._upper(), self._current) or self._work >= most_work):
                return False
        if self._current <= self._cutoff():
            self._shake(np.flatnonzero(dual.chosen), kind)
        if self._current <= self._cutoff():
            self._stack.append(_Node(kind, dual.best.copy(), self._current, 0))
        self._current = math.inf
        return True

    def _shake(self, chosen: IntArray, kind: ByteArray) -> None:
        """Change a few undecided sites at random and exchange again; on from there where that is no worse."""
        random = np.random.default_rng(_SEED)
        best = self.improve(chosen, kind)
        for turn in range(_SHAKES):
            shaken = chosen.copy()
            inside = np.flatnonzero(kind[chosen] == FREE)
            outside = np.setdiff1d(np.flatnonzero(kind == FREE), chosen)
            changed = min(1 + turn % _MOST_SHAKEN, len(inside), len(outside))
            shaken[random.choice(inside, changed, replace=False)] = random.choice(
                outside, changed, replace=False
            )
            if self._keeps_regions(shaken):
                value = self.improve(shaken, kind)
                if value <= best:
                    best, chosen = value, shaken

    def _keeps_regions(self, chosen: IntArray) -> bool:
        counts = np.bincount(self._allowed.region[chosen], minlength=len(self._allowed.least))
        return bool((counts >= self._allowed.least).all())

    def _explore(self, most_work: int, checkpoint: Checkpoint) -> bool:
        """Branch until nothing is left; False for a stop."""
        near = Near(
            self._near.site.copy(), self._near.cost.copy(), self._near.reach.copy(), self._near.last.copy()
        )
        while self._stack:
            if self._work >= most_work or checkpoint(self._upper(), self._open_bound()):
                return False
            node = self._stack[-1]
            self._current = node.bound
            self._stack.pop()
            if node.bound <= self._cutoff() and self._is_possible(node.kind):
                self._branch(node, near)
            self._current = math.inf
        return True

    def _branch(self, node: _Node, near: Near) -> None:
        kind = node.kind
        opened, able = np.flatnonzero(kind == OPEN), np.flatnonzero(kind != CLOSED)
        if self._allowed.sites in (len(opened), len(able)):
            self.offer(opened if len(opened) == self._allowed.sites else able)
            return
        shorten(self._near, kind, near)
        dual = self._dual(node.multipliers, _NODE_STEP)
        outcome = self._bound(near, kind, dual, self._cutoff(), _NODE)
        chosen = np.flatnonzero(dual.chosen)
        best = min(self._pool.values())
        if self.offer(chosen) < best:
            self.improve(chosen, self._kind)
        bound = max(float(dual.figures[0]), node.bound)
        if outcome == OUT_OF_REACH or bound > self._cutoff():
            return
        site = branching_site(kind, dual)
        if site < 0:
            self._stack.append(_Node(kind, dual.best, bound, node.depth))
            return
        for state in (CLOSED, OPEN):
            child = kind.copy()
            child[site] = state
            self._stack.append(_Node(child, dual.best, bound, node.depth + 1))

    def _dual(self, multipliers: FloatArray, step: float) -> Dual:
        sites = self._cost.shape[1]
        return Dual(
            multipliers.copy(), multipliers.copy(), np.zeros(sites), np.zeros(sites, np.int8), np.zeros(sites),
            np.array([-math.inf, step, 0.0]),
        )  # fmt: skip

    def _bound(
        self, near: Near, kind: ByteArray, dual: Dual, cutoff: float, effort: tuple[int, int, int]
    ) -> int:
        # Steps towards a cost full of penalties would be far too long.
        target = min(self._upper() if self._pool else 0.0, max(self._hoped, _HOPE * float(dual.figures[0])))
        outcome, spent = bound_node(near, kind, self._allowed, dual, self._room, target, cutoff, *effort)
        self._work += spent
        return outcome

    def _is_possible(self, kind: ByteArray) -> bool:
        region, least = self._allowed.region, self._allowed.least
        opened = np.bincount(region[kind == OPEN], minlength=len(least))
        able = np.bincount(region[kind != CLOSED], minlength=len(least))
        needed = int(np.maximum(opened, least).sum())
        return bool((able >= least).all()) and needed <= self._allowed.sites <= int(able.sum())

    def _offer_neighbours(self) -> None:
        """Offer every set that differs in one site from the best known."""
        chosen = min(self._pool, key=lambda sites: (self._pool[sites], sites))
        outside = [site for site in np.flatnonzero(self._kind != CLOSED).tolist() if site not in chosen]
        for leaves in chosen:
            rest = [site for site in chosen if site != leaves]
            for enters in outside if self._kind[leaves] == FREE else []:
                swapped = np.array([*rest, enters])
                if self._keeps_regions(swapped):
                    self.offer(swapped)


__all__ = ["Checkpoint", "MedianSearch", "Medians", "never_stop"]
