"""Independent check of fixed-charge plans: plain Python on the problem's numbers, no code shared with the solvers."""

from __future__ import annotations

from math import inf, isfinite

from optimize.network.fixed_charge import FixedCharge, FlowPlan
from scenarios import SolveStatus

_CLOSE = 1e-6


def check_flow_plan(problem: FixedCharge, plan: FlowPlan, *, single_source: bool) -> tuple[str, ...]:
    """All that is wrong with a plan, one line each; empty where nothing is.

    Args:
        problem: points and sites.
        plan: to be checked.
        single_source: points have to be served whole.
    """
    if not plan.open_sites:
        return _without_sites(plan)
    wrong = [*_sites(problem, plan), *_flows(problem, plan, single_source)]
    wrong += _capacities(problem, plan)
    wrong += _promises(problem, plan)
    wrong += _costs(problem, plan)
    return tuple(wrong)


def _without_sites(plan: FlowPlan) -> tuple[str, ...]:
    if plan.objective != inf:
        return (f"nothing is open but the objective is {plan.objective:g}",)
    if plan.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE):
        return (f"nothing is open but the status is {plan.status.value}",)
    return ()


def _sites(problem: FixedCharge, plan: FlowPlan) -> list[str]:
    wrong = [f"required site {site} is closed" for site in problem.required if site not in plan.open_sites]
    wrong += [f"site {site} is open and not to be had" for site in plan.open_sites if site in problem.closed]
    number = len(set(plan.open_sites))
    if number != len(plan.open_sites) or list(plan.open_sites) != sorted(plan.open_sites):
        wrong.append("open sites are not in rising order")
    if number < problem.fewest_sites:
        wrong.append(f"{number} sites are open, fewer than {problem.fewest_sites}")
    if problem.most_sites is not None and number > problem.most_sites:
        wrong.append(f"{number} sites are open, more than {problem.most_sites}")
    return wrong


def _flows(problem: FixedCharge, plan: FlowPlan, single_source: bool) -> list[str]:
    wrong = []
    for point, row in enumerate(plan.share.tolist()):
        if abs(sum(row) - 1.0) > _CLOSE:
            wrong.append(f"point {point} is served {sum(row):.9g} times")
        for site, part in enumerate(row):
            if part < 0.0:
                wrong.append(f"point {point} gets {part:g} from site {site}")
            if part <= 0.0:
                continue
            if site not in plan.open_sites:
                wrong.append(f"point {point} is served from site {site}, which is closed")
            if not isfinite(float(problem.cost[point, site])):
                wrong.append(f"point {point} is served from site {site}, which may not serve it")
            if single_source and part != 1.0:
                wrong.append(f"point {point} is split")
    return wrong


def _capacities(problem: FixedCharge, plan: FlowPlan) -> list[str]:
    if problem.capacity is None:
        return []
    wrong = []
    demand, share = problem.demand.tolist(), plan.share.tolist()
    for site in plan.open_sites:
        load = sum(amount * row[site] for amount, row in zip(demand, share, strict=True))
        capacity = float(problem.capacity[site])
        if load > capacity + _CLOSE * max(capacity, *demand):
            wrong.append(f"site {site} serves {load:.9g}, more than {capacity:.9g}")
    return wrong


def _promises(problem: FixedCharge, plan: FlowPlan) -> list[str]:
    wrong = []
    for promise in problem.promises:
        total = sum(promise.weight.tolist())
        near = sum(
            weight * part
            for weight, row, is_near in zip(
                promise.weight.tolist(), plan.share.tolist(), promise.is_near.tolist(), strict=True
            )
            for part, close in zip(row, is_near, strict=True)
            if close
        )
        if near < (promise.least_share - _CLOSE) * total:
            reached = near / total
            wrong.append(f"{promise.name}: {reached:.6g} is near, less than {promise.least_share:g}")
    return wrong


def _costs(problem: FixedCharge, plan: FlowPlan) -> list[str]:
    wrong = []
    sites = problem.constant + sum(float(problem.fixed_cost[site]) for site in plan.open_sites)
    travel = sum(
        part * float(problem.cost[point, site])
        for point, row in enumerate(plan.share.tolist())
        for site, part in enumerate(row)
        if part > 0.0
    )
    size = max(abs(sites), abs(travel), 1e-300)
    for name, told, true in (
        ("site cost", plan.site_cost, sites),
        ("travel cost", plan.travel_cost, travel),
        ("objective", plan.objective, sites + travel),
    ):
        if not abs(told - true) <= 1e-9 * size:
            wrong.append(f"{name} is {true:.12g}, not {told:.12g}")
    if plan.bound > plan.objective + 1e-9 * size:
        wrong.append(f"bound {plan.bound:.12g} is above the objective {plan.objective:.12g}")
    if plan.status is SolveStatus.OPTIMAL and plan.objective - plan.bound > 1e-9 * max(
        abs(plan.objective), 1e-300
    ):
        wrong.append(f"status is optimal with a gap of {plan.gap:.3g}")
    return wrong


__all__ = ["check_flow_plan"]
