"""p-median: sites that serve all customers at the least total cost, the next best sets, and what one more is worth.

    min  sum_ij w_i c_ij x_ij    over x_ij >= 0 and y_j in {0, 1}
    s.t. sum_j x_ij = 1          each customer i is served,
         x_ij <= y_j             by an open site,
         sum_j y_j = p           of which there are p,
         y_j = 1, y_j = 0        where sites are kept or forbidden,
         sum_{j in r} y_j >= l_r in each region r

(ReVelle and Swain, 1970; Hakimi, 1964). Solved by Lagrangean relaxation of the first rows, interchange, fixing by
reduced costs and branching (Narula, Ogbu and Samuelsson, 1977; Beasley, 1985). Whole costs prove a plan as soon as the
bound is above its cost less one; others within a relative gap of 1e-9.

A cost may be infinite: that site cannot serve that customer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, count, not_negatives
from optimize.network.p_median_search import Checkpoint, MedianSearch, never_stop
from optimize.network.results import NOBODY, SitePlan, UnservedCustomer
from optimize.network.site_rules import CLOSED, NO_RULES, CheckedRules, SiteRules
from optimize.network.travel_costs import travel_matrix
from scenarios import SolveStatus

MOST_WORK = 1_000_000
"""Iterations of the dual ascent after which a search ends without a proof, unless told otherwise."""

_REACHING_WORK = 20_000
_SOLVER = "Lagrangean branch and bound"


def p_median(
    cost: npt.ArrayLike,
    sites: int,
    *,
    weight: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: int = MOST_WORK,
    checkpoint: Checkpoint = never_stop,
) -> SitePlan:
    """Open so many sites that serving every customer from its cheapest one costs least.

    Args:
        cost: (customers, sites) of serving one unit of each customer from each site; infinite = impossible.
        sites: how many are open, kept ones included.
        weight: (customers,) units of each; None = 1. Customers of weight 0 count for nothing.
        rules: sites kept or forbidden, and how many each region has at least.
        most_work: iterations of the dual ascent.
        checkpoint: asked now and then whether to stop with the best plan so far.

    Returns:
        The plan. Where no set of so many sites reaches all customers, it is the one that leaves the fewest unserved
        and serves the others at least cost, its status is infeasible and each unserved customer is named.

    Raises:
        ValueError: An argument is wrong, or so many sites contradict the rules.
    """
    plans = k_best_medians(
        cost, sites, 1, weight=weight, rules=rules, most_work=most_work, checkpoint=checkpoint
    )
    return plans[0]


def k_best_medians(
    cost: npt.ArrayLike,
    sites: int,
    plans: int,
    *,
    weight: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: int = MOST_WORK,
    checkpoint: Checkpoint = never_stop,
) -> tuple[SitePlan, ...]:
    """The best sets of so many sites, each different from the others.

    One search keeps so many sets and leaves no branch that could hold a better one than the last of them; it takes
    longer the more sets lie close together, minutes rather than seconds for more than some hundred.

    Args:
        cost: as for `p_median`, as are all other arguments.
        sites: see there.
        plans: how many; fewer are returned where there are fewer sets.
        weight: see there.
        rules: see there.
        most_work: see there.
        checkpoint: see there.

    Returns:
        Plans, best first. An optimal one in place r is proven to be the r-th best.

    Raises:
        ValueError: as for `p_median`.
    """
    task = _task(cost, weight, rules)
    wanted = count("plans", plans, 1)
    search = MedianSearch(
        task.finite, task.rules.check_count(sites), task.rules, wanted, penalty=task.penalty
    )
    return tuple(_decoded(task, search, sites, count("most_work", most_work, 1, int(LARGEST)), checkpoint))


def p_median_curve(
    cost: npt.ArrayLike,
    fewest: int,
    most: int,
    *,
    weight: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: int = MOST_WORK,
    checkpoint: Checkpoint = never_stop,
) -> tuple[SitePlan, ...]:
    """What does one more site buy? The best plan for each number of sites.

    Each search starts from the plan before it with one more site, so that objectives never rise; and as no set can be
    better than the same set and one more, bounds never rise either.

    Args:
        cost: as for `p_median`, as are all other arguments.
        fewest: the first number of sites.
        most: the last one.
        weight: see there.
        rules: see there.
        most_work: see there, for each number of sites.
        checkpoint: see there.

    Returns:
        (most - fewest + 1) plans; fewer after an interrupt.

    Raises:
        ValueError: as for `p_median`, or `most` is below `fewest`.
    """
    task = _task(cost, weight, rules)
    first = task.rules.check_count(fewest)
    last = count("most", task.rules.check_count(most), first)
    work = count("most_work", most_work, 1, int(LARGEST))
    plans: list[SitePlan] = []
    for sites in range(first, last + 1):
        search = MedianSearch(task.finite, sites, task.rules, penalty=task.penalty)
        if plans:
            search.offer(_one_more(task, plans[-1].open_sites))
        plans += _decoded(task, search, sites, work, checkpoint)
        if task.was_interrupted:
            break
    for place in range(len(plans) - 2, -1, -1):
        bound = max(plans[place].bound, min(plans[place + 1].bound, plans[place].objective))
        plans[place] = replace(plans[place], bound=bound)
    return tuple(plans)


@dataclass(eq=False)
class _Task:
    """What is asked, checked."""

    cost: FloatArray
    """(customers, sites) of one unit; infinite = impossible."""
    finite: FloatArray
    """(customers, sites) of all units, with a penalty above any plan that serves everybody for the impossible."""
    weight: FloatArray
    penalty: float
    rules: CheckedRules
    was_interrupted: bool = False


def _task(cost: npt.ArrayLike, weight: npt.ArrayLike | None, rules: SiteRules) -> _Task:
    costs = travel_matrix("cost", cost)
    customers, sites = costs.shape
    units = (
        np.ones(customers) if weight is None else not_negatives("weight", np.asarray(weight), (customers,))
    )
    impossible = np.isposinf(costs)
    finite = np.where(impossible, 0.0, costs) * units[:, None]
    penalty = 2.0 * (1.0 + float(np.ceil(finite.max(axis=1).sum())))
    finite[impossible & (units > 0)[:, None]] = penalty
    return _Task(costs, finite, units, penalty, rules.checked(sites))


def _one_more(task: _Task, open_sites: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """These sites and the one that lowers their cost most."""
    nearest = task.finite[:, list(open_sites)].min(axis=1)
    left = [site for site in np.flatnonzero(task.rules.kind != CLOSED).tolist() if site not in open_sites]
    costs = np.minimum(task.finite[:, left], nearest[:, None]).sum(axis=0)
    return np.array([*open_sites, left[int(np.argmin(costs))]])


def _decoded(
    task: _Task, search: MedianSearch, sites: int, most_work: int, checkpoint: Checkpoint
) -> list[SitePlan]:
    is_hopeless = bool((task.finite >= task.penalty).any()) and _offer_reaching(task, search, sites)
    found = search.run(1 if task.was_interrupted else most_work, checkpoint)
    task.was_interrupted |= found.was_interrupted
    plans = []
    for value, open_sites in found.best:
        bound = min(value, found.bound)
        assigned = np.array(open_sites)[np.argmin(task.cost[:, list(open_sites)], axis=1)]
        served = np.isfinite(task.cost[np.arange(len(assigned)), assigned])
        assigned[~served] = NOBODY
        missing = np.flatnonzero(~served & (task.weight > 0)).tolist()
        status = SolveStatus.OPTIMAL if found.is_proven else SolveStatus.FEASIBLE
        if missing:
            # A set that serves everybody costs less than half a penalty.
            is_impossible = is_hopeless or found.is_proven or found.bound > 0.5 * task.penalty
            status = SolveStatus.INFEASIBLE if is_impossible else SolveStatus.FALLBACK
            value = float("inf")
            bound = value if is_impossible else bound
        unserved = tuple(_unserved(task, customer, sites) for customer in missing)
        plans.append(SitePlan(status, open_sites, assigned, value, bound, found.work, _SOLVER, unserved))
    return plans


def _offer_reaching(task: _Task, search: MedianSearch, sites: int) -> bool:
    """Let the search begin with sites that reach everybody, or as many as a short search can.

    Returns:
        Whether it is proven that none reach everybody.
    """
    misses = (task.finite >= task.penalty).astype(np.float64)
    found = MedianSearch(misses, sites, task.rules, enough=0.0).run(_REACHING_WORK)
    search.offer(np.array(found.best[0][1]))
    task.was_interrupted |= found.was_interrupted
    return found.is_proven and found.best[0][0] > 0


def _unserved(task: _Task, customer: int, sites: int) -> UnservedCustomer:
    reaches = np.isfinite(task.cost[customer])
    able = reaches & (task.rules.kind != CLOSED)
    if able.any():
        nearest = int(np.argmin(np.where(able, task.cost[customer], np.inf)))
        return UnservedCustomer(
            customer, f"{sites} sites cannot reach everybody", f"site {nearest} opens too"
        )
    if reaches.any():
        nearest = int(np.argmin(task.cost[customer]))
        return UnservedCustomer(customer, "no site that may open reaches it", f"site {nearest} may open")
    return UnservedCustomer(customer, "no site reaches it")


__all__ = ["MOST_WORK", "k_best_medians", "p_median", "p_median_curve"]
