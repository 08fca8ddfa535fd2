"""Covers: the cheapest sites within reach of everybody, and so many sites within reach of the most.

Set cover (Toregas, Swain, ReVelle and Bergman, 1971), with a_ij = 1 where site j is within the radius of customer i:

    min  sum_j f_j y_j    s.t.  sum_j a_ij y_j >= t_i,   y_j in {0, 1}

Maximal cover (Church and ReVelle, 1974):

    max  sum_i w_i z_i    s.t.  z_i <= sum_j a_ij y_j,   sum_j y_j = p,   z_i, y_j in {0, 1}

Either keeps the rules of sites. A maximal cover is a p-median of costs w_i (1 - a_ij): it is solved as one where sites
are few, and by CP-SAT where they are many and the tree of the former grows deep.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, IntArray, count, counts, not_negatives, positive
from optimize.network.cover_model import BoolArray, CoverModel, as_whole
from optimize.network.p_median_search import Checkpoint, MedianSearch, never_stop
from optimize.network.results import NOBODY, PROOF_GAP, SitePlan, UnservedCustomer
from optimize.network.site_rules import CLOSED, NO_RULES, OPEN, CheckedRules, SiteRules
from optimize.network.travel_costs import travel_matrix, within
from scenarios import SolveStatus

MOST_WORK = 60.0
"""Deterministic work of CP-SAT, about seconds of one core, after which it ends without a proof."""

_FIRST_LOOK, _PATIENT_LOOK = 15_000, 500_000
_LEAST_GAP = 1e-12
_DEEP = 0.05
"""Share of the tree done in the first look below which another method goes on."""


def set_cover(
    distance: npt.ArrayLike,
    radius: npt.ArrayLike,
    *,
    site_cost: npt.ArrayLike | None = None,
    times: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: float = MOST_WORK,
) -> SitePlan:
    """Open the cheapest sites such that everybody has one, or several, within the radius.

    Args:
        distance: (customers, sites); infinite = not connected.
        radius: how far is near enough, one for all or one per customer.
        site_cost: (sites,) of each open site, kept ones included; None = 1, so that the fewest are opened.
        times: (customers,) how many open sites have to be within the radius; None = 1.
        rules: sites kept or forbidden, and how many each region has at least.
        most_work: deterministic work, about seconds of one core.

    Returns:
        The plan; each customer is assigned to the nearest open site. Where somebody cannot be covered its status is
        infeasible, it covers all others, and each that is not is named with the radius that would do.

    Raises:
        ValueError: An argument is wrong.
    """
    matrix = travel_matrix("distance", distance)
    covers = within(matrix, radius)
    customers, sites = covers.shape
    checked = rules.checked(sites)
    cost = (
        np.ones(sites) if site_cost is None else not_negatives("site_cost", np.asarray(site_cost), (sites,))
    )
    needed = (
        np.ones(customers, np.int64) if times is None else counts("times", np.asarray(times), (customers,))
    )
    able = covers & (checked.kind != CLOSED)[None, :]
    reachable = able.sum(axis=1)
    impossible = reachable < needed
    asked = np.minimum(needed, reachable)
    start = _greedy_cover(able, asked, cost, checked)
    whole, scale = as_whole(cost)
    model = CoverModel(covers, checked)
    model.cover_all(asked)
    model.cheapest(whole)
    found, open_sites = model.solve(positive("most_work", most_work), start)
    status = found.status if found.has_solution and found.status else SolveStatus.FALLBACK
    if not found.has_solution or _cost(cost, start) < _cost(cost, open_sites):
        open_sites = start
    objective = _cost(cost, open_sites)
    lowest = max(0.0, (found.bound or 0.0) - (0.0 if scale == 1.0 else 0.5 * sites)) / scale
    bound = min(objective, lowest)
    if status is SolveStatus.OPTIMAL and scale == 1.0:
        bound = objective
    unserved = tuple(
        _beyond(customer, matrix[customer], int(needed[customer]), checked)
        for customer in np.flatnonzero(impossible).tolist()
    )
    if unserved:
        status, objective, bound = SolveStatus.INFEASIBLE, math.inf, math.inf
    assigned = nearest_open(matrix, open_sites, covers)
    return SitePlan(
        status, open_sites, assigned, objective, bound, round(1000 * found.work), "CP-SAT", unserved
    )


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
    matrix = travel_matrix("distance", distance)
    covers = within(matrix, radius)
    checked = rules.checked(covers.shape[1])
    number = checked.check_count(sites)
    units = (
        np.ones(len(covers))
        if weight is None
        else not_negatives("weight", np.asarray(weight), (len(covers),))
    )
    limit = positive("most_work", most_work)
    total = math.fsum(units.tolist())
    # The gap is one of what is covered, at least by one site, and not of what is missed.
    least = float((covers * units[:, None])[:, checked.kind != CLOSED].sum(axis=0).max())
    gap = max(PROOF_GAP * least / max(total, least, 1.0 / LARGEST), _LEAST_GAP)
    search = MedianSearch(np.where(covers, 0.0, units[:, None]), number, checked, gap=gap)
    stopped = _Stopped(checkpoint)
    found = search.run(_FIRST_LOOK, stopped)
    if not (found.is_proven or found.was_interrupted or stopped.is_so) and search.explored >= _DEEP:
        found = search.run(_PATIENT_LOOK, stopped)
    (missed, open_sites), lowest, is_proven, work = found.best[0], found.bound, found.is_proven, found.work
    solver = "Lagrangean branch and bound"
    if not (is_proven or found.was_interrupted or stopped.is_so):
        whole, scale = as_whole(units)
        model = CoverModel(covers, checked)
        model.open_count(number)
        model.cover_most(whole)
        other, others = model.solve(limit, open_sites)
        if others and _missed(units, covers, others) < missed:
            missed, open_sites = _missed(units, covers, others), others
        lowest = max(lowest, ((other.bound or 0.0) - (0.0 if scale == 1.0 else 0.5 * len(units))) / scale)
        is_proven, solver, work = (
            other.status is SolveStatus.OPTIMAL,
            "CP-SAT",
            work + round(1000 * other.work),
        )
    able = tuple(np.flatnonzero(checked.kind != CLOSED).tolist())
    lowest = min(missed, max(lowest, _missed(units, covers, able)))
    if is_proven and missed - lowest <= PROOF_GAP * (total - missed):
        lowest = missed
    assigned = nearest_open(matrix, open_sites, covers)
    return SitePlan(
        SolveStatus.OPTIMAL if is_proven else SolveStatus.FEASIBLE, open_sites, assigned, total - missed,
        total - lowest, work, solver,
        tuple(_beyond(row, matrix[row], 1, checked) for row in np.flatnonzero(assigned == NOBODY).tolist()),
        is_maximised=True,
    )  # fmt: skip


def nearest_open(distance: FloatArray, open_sites: tuple[int, ...], covers: BoolArray) -> IntArray:
    """The nearest open site of each customer that covers it, the first of several; `NOBODY` for none."""
    if not open_sites:
        return np.full(len(distance), NOBODY)
    sites = np.array(open_sites)
    near = np.where(covers[:, sites], distance[:, sites], np.inf)
    nearest = sites[np.argmin(near, axis=1)]
    assigned: IntArray = np.where(covers[:, sites].any(axis=1), nearest, NOBODY)
    return assigned


class _Stopped:
    """A checkpoint that remembers whether it was told to stop."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self.is_so = False

    def __call__(self, objective: float, bound: float) -> bool:
        self.is_so = self._checkpoint(objective, bound)
        return self.is_so


def _cost(cost: FloatArray, sites: tuple[int, ...]) -> float:
    return math.fsum(cost[list(sites)].tolist())


def _missed(weight: FloatArray, covers: BoolArray, sites: tuple[int, ...]) -> float:
    return math.fsum(weight[~covers[:, list(sites)].any(axis=1)].tolist())


def _greedy_cover(
    able: BoolArray, needed: IntArray, cost: FloatArray, rules: CheckedRules
) -> tuple[int, ...]:
    """Open the site with the most wanted covers per cost, again and again; what regions miss comes cheapest first."""
    is_open = rules.kind == OPEN
    for region in np.flatnonzero(rules.least).tolist():
        inside = np.flatnonzero((rules.region == region) & (rules.kind != CLOSED))
        missing = int(rules.least[region] - is_open[inside].sum())
        closed = inside[~is_open[inside]]
        is_open[closed[np.argsort(cost[closed], kind="stable")[: max(missing, 0)]]] = True
    while True:
        short = needed - able[:, is_open].sum(axis=1)
        if not (short > 0).any():
            return tuple(np.flatnonzero(is_open).tolist())
        gain = able[short > 0].sum(axis=0) / np.maximum(cost, 1.0 / LARGEST)
        gain[is_open] = -1.0
        is_open[int(np.argmax(gain))] = True


def _beyond(customer: int, distance: FloatArray, times: int, rules: CheckedRules) -> UnservedCustomer:
    able = np.sort(distance[rules.kind != CLOSED])
    wanted = count("times", times)
    if wanted > len(able) or not math.isfinite(able[wanted - 1]):
        return UnservedCustomer(customer, f"fewer than {wanted} sites that may open are connected with it")
    return UnservedCustomer(customer, "beyond the radius", f"radius {able[wanted - 1]:.10g}")


__all__ = ["MOST_WORK", "maximal_cover", "nearest_open", "set_cover"]
