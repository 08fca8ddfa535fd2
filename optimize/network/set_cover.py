"""Set cover: the cheapest sites within reach of everybody.

With a_ij = 1 where site j is within the radius of customer i (Toregas, Swain, ReVelle and Bergman, 1971):

    min  sum_j f_j y_j    s.t.  sum_j a_ij y_j >= t_i,   y_j in {0, 1},   and the rules of sites.

Solved by CP-SAT, which starts from a greedy cover.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, IntArray, count, counts, not_negatives, positive
from optimize.network.assigning import beyond, nearest_open
from optimize.network.cover_model import BoolArray, CoverModel, as_whole
from optimize.network.results import SitePlan
from optimize.network.site_rules import CLOSED, NO_RULES, OPEN, CheckedRules, SiteRules
from optimize.network.travel_costs import travel_matrix, within
from scenarios import SolveStatus

MOST_WORK = 60.0
"""Deterministic work of CP-SAT, about seconds of one core, after which it ends without a proof."""


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
    return k_best_set_covers(
        distance, radius, 1, site_cost=site_cost, times=times, rules=rules, most_work=most_work
    )[0]


def k_best_set_covers(
    distance: npt.ArrayLike,
    radius: npt.ArrayLike,
    plans: int,
    *,
    site_cost: npt.ArrayLike | None = None,
    times: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: float = MOST_WORK,
) -> tuple[SitePlan, ...]:
    """The cheapest covers, each of other sites: every one found is forbidden before the next is searched.

    Args:
        distance: as for `set_cover`, as are all other arguments.
        radius: see there.
        plans: how many; fewer are returned where there are fewer, or at the limit of work. Each takes as long as the
            first, and a little longer than the one before.
        site_cost: see there.
        times: see there.
        rules: see there.
        most_work: see there, for each plan.

    Returns:
        Plans, best first. An optimal one in place r is proven to be the r-th best.

    Raises:
        ValueError: as for `set_cover`.
    """
    matrix = travel_matrix("distance", distance)
    covers = within(matrix, radius)
    customers, sites = covers.shape
    checked = rules.checked(sites)
    cost = (
        np.ones(sites) if site_cost is None else not_negatives("site_cost", np.asarray(site_cost), (sites,))
    )
    needed = counts(
        "times", np.ones(customers, np.int64) if times is None else np.asarray(times), (customers,)
    )
    limit, wanted = positive("most_work", most_work), count("plans", plans, 1)
    able = covers & (checked.kind != CLOSED)[None, :]
    asked = np.minimum(needed, able.sum(axis=1))
    unserved = tuple(
        beyond(customer, matrix[customer], int(needed[customer]), checked)
        for customer in np.flatnonzero(asked < needed).tolist()
    )
    whole, scale = as_whole(cost)
    lost = 0.0 if scale == 1.0 else 0.5 * sites
    model = CoverModel(covers, checked)
    model.cover_all(asked)
    model.cheapest(whole)
    start: tuple[int, ...] | None = _greedy_cover(able, asked, cost, checked)
    found_plans: list[SitePlan] = []
    while len(found_plans) < wanted:
        found, open_sites = model.solve(limit, start)
        status, work = found.status, round(1000 * found.work)
        if status not in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE):
            if start is None:
                break
            status, open_sites = SolveStatus.FALLBACK, start
        objective = _cost(cost, open_sites)
        bound = min(objective, max(0.0, (found.bound or 0.0) - lost) / scale)
        if status is SolveStatus.OPTIMAL and scale == 1.0:
            bound = objective
        if unserved:
            status, objective, bound = SolveStatus.INFEASIBLE, math.inf, math.inf
        assigned = nearest_open(matrix, open_sites, covers)
        found_plans.append(SitePlan(status, open_sites, assigned, objective, bound, work, "CP-SAT", unserved))
        if found.was_interrupted:
            break
        model.is_not(open_sites)
        start = None
    return tuple(found_plans)


def _cost(cost: FloatArray, sites: tuple[int, ...]) -> float:
    return math.fsum(cost[list(sites)].tolist())


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


__all__ = ["MOST_WORK", "k_best_set_covers", "set_cover"]
