"""Maximal cover: so many sites within reach of as much weight as possible.

With a_ij = 1 where site j is within the radius of customer i (Church and ReVelle, 1974):

    max  sum_i w_i z_i    s.t.  z_i <= sum_j a_ij y_j,   sum_j y_j = p,   z_i, y_j in {0, 1},   and the rules of sites.

It is a p-median of costs w_i (1 - a_ij) and is solved as one where sites are few; by CP-SAT where they are many and the
tree of the former grows deep.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, count, not_negatives, positive
from optimize.network.assigning import beyond, nearest_open
from optimize.network.cover_model import BoolArray, CoverModel, as_whole
from optimize.network.p_median_search import Checkpoint, MedianSearch, never_stop
from optimize.network.results import NOBODY, PROOF_GAP, SitePlan, UnservedCustomer
from optimize.network.set_cover import MOST_WORK
from optimize.network.site_rules import CLOSED, NO_RULES, CheckedRules, SiteRules
from optimize.network.travel_costs import travel_matrix, within
from scenarios import SolveStatus

_FIRST_LOOK, _PATIENT_LOOK = 15_000, 500_000
_LEAST_GAP = 1e-12
_DEEP = 0.05
"""Share of the tree done in the first look below which another method goes on."""


def maximal_cover(
    distance: npt.ArrayLike,
    radius: npt.ArrayLike,
    sites: int,
    *,
    weight: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: float = MOST_WORK,
    checkpoint: Checkpoint = never_stop,
) -> SitePlan:
    """Open so many sites that as much weight as possible lies within the radius of one.

    Args:
        distance: (customers, sites); infinite = not connected.
        radius: how far is near enough, one for all or one per customer.
        sites: how many are open, kept ones included.
        weight: (customers,) of each; None = 1.
        rules: sites kept or forbidden, and how many each region has at least.
        most_work: deterministic work of CP-SAT, about seconds of one core, where the other search does not end.
        checkpoint: asked now and then whether to stop, with weight not covered and its bound.

    Returns:
        The plan; its objective is the weight covered, its bound above it. Customers beyond the radius are assigned to
        nobody, and named with the radius that would do.

    Raises:
        ValueError: An argument is wrong, or so many sites contradict the rules.
    """
    return k_best_maximal_covers(
        distance, radius, sites, 1, weight=weight, rules=rules, most_work=most_work, checkpoint=checkpoint
    )[0]


def k_best_maximal_covers(
    distance: npt.ArrayLike,
    radius: npt.ArrayLike,
    sites: int,
    plans: int,
    *,
    weight: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: float = MOST_WORK,
    checkpoint: Checkpoint = never_stop,
) -> tuple[SitePlan, ...]:
    """The sets of so many sites that cover most, each of other sites.

    More than one come from a single search without CP-SAT, in which no branch may be left that ties with the last:
    with few customers left out there are many of them, and it may end at its limit without a proof.

    Args:
        distance: as for `maximal_cover`, as are all other arguments.
        radius: see there.
        sites: see there.
        plans: how many; fewer are returned where there are fewer sets.
        weight: see there.
        rules: see there.
        most_work: see there.
        checkpoint: see there.

    Returns:
        Plans, best first. An optimal one in place r is proven to be the r-th best.

    Raises:
        ValueError: as for `maximal_cover`.
    """
    matrix = travel_matrix("distance", distance)
    covers = within(matrix, radius)
    customers, candidates = covers.shape
    checked = rules.checked(candidates)
    number = checked.check_count(sites)
    units = not_negatives(
        "weight", np.ones(customers) if weight is None else np.asarray(weight), (customers,)
    )
    limit, wanted = positive("most_work", most_work), count("plans", plans, 1)
    total = math.fsum(units.tolist())
    # The gap is one of what is covered, at least by one site, and not of what is missed.
    able = checked.kind != CLOSED
    least = float((covers * units[:, None])[:, able].sum(axis=0).max())
    gap = max(PROOF_GAP * least / max(total, least, 1.0 / LARGEST), _LEAST_GAP)
    search = MedianSearch(np.where(covers, 0.0, units[:, None]), number, checked, wanted, gap=gap)
    stopped = _Stopped(checkpoint)
    found = search.run(_FIRST_LOOK, stopped)
    is_over = found.is_proven or found.was_interrupted or stopped.is_so
    if not is_over and (wanted > 1 or search.explored >= _DEEP):
        found = search.run(_PATIENT_LOOK, stopped)
        is_over = found.is_proven or found.was_interrupted or stopped.is_so or wanted > 1
    outcome = _Outcome(list(found.best), found.bound, found.is_proven, found.work)
    if not is_over:
        outcome = _by_integer_programming(covers, units, number, checked, outcome, limit)
    never = _missed(units, covers, tuple(np.flatnonzero(able).tolist()))
    answers = []
    for missed, open_sites in outcome.best:
        lowest = min(missed, max(outcome.bound, never))
        if outcome.is_proven and missed - lowest <= PROOF_GAP * (total - missed):
            lowest = missed
        status = SolveStatus.OPTIMAL if outcome.is_proven else SolveStatus.FEASIBLE
        assigned = nearest_open(matrix, open_sites, covers)
        left = np.flatnonzero(assigned == NOBODY).tolist()
        unserved = tuple(_left_out(row, matrix[row], open_sites, checked) for row in left)
        answers.append(
            SitePlan(
                status, open_sites, assigned, total - missed, total - lowest, outcome.work, outcome.solver,
                unserved, is_maximised=True,
            )
        )  # fmt: skip
    return tuple(answers)


def _left_out(
    customer: int, distance: FloatArray, open_sites: tuple[int, ...], rules: CheckedRules
) -> UnservedCustomer:
    nearest = float(distance[list(open_sites)].min())
    if math.isfinite(nearest):
        return UnservedCustomer(customer, "beyond the radius of the open sites", f"radius {nearest:.10g}")
    return beyond(customer, distance, 1, rules)


@dataclass
class _Outcome:
    """Weight missed and sites of the best sets, below what nobody can get, and who says so."""

    best: list[tuple[float, tuple[int, ...]]]
    bound: float
    is_proven: bool
    work: int
    solver: str = "Lagrangean branch and bound"


def _by_integer_programming(
    covers: BoolArray, units: FloatArray, sites: int, rules: CheckedRules, known: _Outcome, most_work: float
) -> _Outcome:
    whole, scale = as_whole(units)
    model = CoverModel(covers, rules)
    model.open_count(sites)
    model.cover_most(whole)
    missed, open_sites = known.best[0]
    found, others = model.solve(most_work, open_sites)
    if others and _missed(units, covers, others) < missed:
        missed, open_sites = _missed(units, covers, others), others
    lost = 0.0 if scale == 1.0 else 0.5 * len(units)
    bound = max(known.bound, ((found.bound or 0.0) - lost) / scale)
    is_proven = found.status is SolveStatus.OPTIMAL
    return _Outcome([(missed, open_sites)], bound, is_proven, known.work + round(1000 * found.work), "CP-SAT")


class _Stopped:
    """A checkpoint that remembers whether it was told to stop."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self.is_so = False

    def __call__(self, objective: float, bound: float) -> bool:
        self.is_so = self._checkpoint(objective, bound)
        return self.is_so


def _missed(weight: FloatArray, covers: BoolArray, sites: tuple[int, ...]) -> float:
    return math.fsum(weight[~covers[:, list(sites)].any(axis=1)].tolist())


__all__ = ["k_best_maximal_covers", "maximal_cover"]
