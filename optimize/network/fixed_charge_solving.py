"""Fixed-charge location solved to the proof: one plan, the best few, and the curve over the number of sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimize.arguments import count
from optimize.network.fixed_charge import FixedCharge, FlowPlan
from optimize.network.fixed_charge_leaves import Leaf
from optimize.network.fixed_charge_model import promised_search
from optimize.network.fixed_charge_obstacles import obstacles
from optimize.network.fixed_charge_search import TOLERANCE, Searched, search
from optimize.solving import Progress, no_progress
from scenarios import SolveStatus

NODE_LIMIT = 50_000


def least_cost_sites(
    problem: FixedCharge,
    *,
    single_source: bool = False,
    node_limit: int = NODE_LIMIT,
    progress: Progress = no_progress,
) -> FlowPlan:
    """The cheapest choice of sites and of who is served from where.

    Lagrangean branch and bound (`fixed_charge_search`); with promises of coverage an integer program over what the
    Lagrangean bound leaves (`fixed_charge_model`).

    Args:
        problem: points, sites, costs.
        single_source: every point is served by one site; otherwise its demand may be split. Without capacities
            points are always served whole.
        node_limit: of the search tree; reaching it, or an interruption, leaves a plan with status FEASIBLE, or FALLBACK
            where all sites that may be open are.
        progress: told how far the search is.

    Returns:
        A plan whose gap is within 1e-9 where its status is OPTIMAL. INFEASIBLE where there is none, with the points
        that stand in the way.
    """
    return best_site_sets(problem, 1, single_source=single_source, node_limit=node_limit, progress=progress)[
        0
    ]


def best_site_sets(
    problem: FixedCharge,
    wanted: int,
    *,
    single_source: bool = False,
    node_limit: int = NODE_LIMIT,
    progress: Progress = no_progress,
) -> tuple[FlowPlan, ...]:
    """The cheapest plans that differ in their open sites, the best one first; otherwise as `least_cost_sites`.

    Args:
        problem: points, sites, costs.
        wanted: how many; fewer come back where there are no more, at least one.
        single_source: every point is served by one site.
        node_limit: of the search tree.
        progress: told how far the search is.
    """
    count("wanted", wanted, 1)
    is_whole = single_source or problem.capacity is None
    find = promised_search if problem.promises else search
    found = find(problem, is_whole=is_whole, wanted=wanted, node_limit=node_limit, progress=progress)
    if found.leaves:
        return tuple(_plan(problem, leaf, found) for leaf in found.leaves)
    return (_without(problem, found, is_whole),)


def cost_by_number(
    problem: FixedCharge,
    numbers: Sequence[int],
    *,
    single_source: bool = False,
    node_limit: int = NODE_LIMIT,
    progress: Progress = no_progress,
) -> tuple[FlowPlan, ...]:
    """What one more site buys: the best plan for each number of open sites.

    Args:
        problem: points, sites, costs; its own limits of the number are replaced.
        numbers: of open sites, from 1 to all.
        single_source: every point is served by one site.
        node_limit: of each search tree.
        progress: told how far the curve is.

    Returns:
        A plan per number, in the order asked; INFEASIBLE where no such plan exists.
    """
    plans = []
    for place, number in enumerate(numbers):
        count("numbers", number, 1, problem.sites)
        progress("numbers of sites", place, len(numbers))
        exactly = replace(problem, fewest_sites=number, most_sites=number)
        plans.append(least_cost_sites(exactly, single_source=single_source, node_limit=node_limit))
    return tuple(plans)


def _plan(problem: FixedCharge, leaf: Leaf, found: Searched) -> FlowPlan:
    sites = problem.constant + float(problem.fixed_cost[list(leaf.open_sites)].sum())
    bound = min(found.bound, leaf.cost)
    distance = leaf.cost - bound
    proven = found.is_complete or distance <= 10 * TOLERANCE * max(abs(leaf.cost), 1e-300)
    return FlowPlan(
        status=SolveStatus.OPTIMAL if proven else SolveStatus.FEASIBLE,
        open_sites=leaf.open_sites,
        share=leaf.share,
        objective=leaf.cost,
        site_cost=sites,
        travel_cost=leaf.cost - sites,
        bound=leaf.cost if proven else bound,
        work=found.nodes,
        solver=found.solver,
    )


def _without(problem: FixedCharge, found: Searched, is_whole: bool) -> FlowPlan:
    """The answer where the search has no plan."""
    unserved = obstacles(problem, is_whole)
    impossible = found.is_complete or bool(unserved)
    return FlowPlan(
        status=SolveStatus.INFEASIBLE if impossible else SolveStatus.FALLBACK,
        open_sites=(),
        share=np.zeros(problem.cost.shape),
        objective=np.inf,
        site_cost=np.inf,
        travel_cost=0.0,
        bound=np.inf if impossible else found.bound,
        work=found.nodes,
        solver=found.solver,
        unserved=unserved,
    )


__all__ = ["NODE_LIMIT", "best_site_sets", "cost_by_number", "least_cost_sites"]
