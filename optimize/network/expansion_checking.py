"""Independent check of expansion plans: plain Python on the problem's numbers, no code shared with the solver."""

from __future__ import annotations

from math import inf, isfinite

from optimize.network.expansion import ExpansionPlan
from optimize.network.expansion_problem import Expansion
from scenarios import SolveStatus

_CLOSE = 1e-6


def check_expansion_plan(problem: Expansion, plan: ExpansionPlan) -> tuple[str, ...]:
    """All that is wrong with a plan, one line each; empty where nothing is.

    Args:
        problem: years, points, sites.
        plan: to be checked.
    """
    if plan.objective == inf:
        if plan.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE):
            return (f"there is no plan but the status is {plan.status.value}",)
        return ()
    wrong: list[str] = []
    for year in range(len(problem.demand)):
        wrong += _served(problem, plan, year)
        wrong += _sites(problem, plan, year)
        wrong += _near(problem, plan, year)
    return (*wrong, *_history(problem, plan), *_money(problem, plan))


def _served(problem: Expansion, plan: ExpansionPlan, year: int) -> list[str]:
    wrong = []
    for point, row in enumerate(plan.share[year].tolist()):
        if abs(sum(row) - 1.0) > _CLOSE or min(row) < 0.0:
            wrong.append(f"year {year}: point {point} is served {sum(row):.9g} times")
        if problem.single_source and max(row) != 1.0:
            wrong.append(f"year {year}: point {point} is split")
        for site, part in enumerate(row):
            if part > 0.0 and not plan.is_open[year, site]:
                wrong.append(f"year {year}: point {point} is served from site {site}, which is closed")
            if part > 0.0 and not isfinite(float(problem.unit_cost[point, site])):
                wrong.append(f"year {year}: point {point} is served from site {site}, which may not serve it")
    return wrong


def _sites(problem: Expansion, plan: ExpansionPlan, year: int) -> list[str]:
    wrong = []
    number = sum(plan.is_open[year].tolist())
    if number < problem.fewest_sites:
        wrong.append(f"year {year}: {number} sites are open, fewer than {problem.fewest_sites}")
    if problem.most_sites is not None and number > problem.most_sites:
        wrong.append(f"year {year}: {number} sites are open, more than {problem.most_sites}")
    demand, share = problem.demand[year].tolist(), plan.share[year].tolist()
    for site in range(len(problem.capacity)):
        steps = int(plan.steps[year, site])
        if not 0 <= steps <= (problem.most_steps if plan.is_open[year, site] else 0):
            wrong.append(f"year {year}: site {site} has {steps} steps")
        room = float(problem.capacity[site]) + steps * float(problem.step_capacity[site])
        load = sum(
            amount * row[site] * float(problem.unit_load[point, site])
            for point, (amount, row) in enumerate(zip(demand, share, strict=True))
        )
        if problem.is_required[site] and not plan.is_open[year, site]:
            wrong.append(f"year {year}: site {site} is required and closed")
        if plan.is_open[year, site] and load > room + _CLOSE * max(room, load):
            wrong.append(f"year {year}: site {site} serves {load:.9g}, more than {room:.9g}")
    return wrong


def _near(problem: Expansion, plan: ExpansionPlan, year: int) -> list[str]:
    wrong = []
    for number, promise in enumerate(problem.near):
        served = total = 0.0
        for point in promise.points:
            amount = float(problem.demand[year, point])
            total += amount
            for site, part in enumerate(plan.share[year, point].tolist()):
                served += amount * part if promise.is_near[point, site] else 0.0
        if served < promise.least_share * total * (1.0 - _CLOSE):
            wrong.append(f"year {year}: {served:.9g} of {total:.9g} are near (promise {number})")
    return wrong


def _history(problem: Expansion, plan: ExpansionPlan) -> list[str]:
    wrong = []
    for site, exists in enumerate(problem.is_existing.tolist()):
        opened, before = 0, exists
        for year in range(len(problem.demand)):
            now = bool(plan.is_open[year, site])
            opened += now and not before
            before = now
        if opened > (0 if exists else 1):
            wrong.append(f"site {site} is opened {opened} times")
    return wrong


def _money(problem: Expansion, plan: ExpansionPlan) -> list[str]:
    total = 0.0
    for year in range(len(problem.demand)):
        spent = 0.0
        for site in range(len(problem.capacity)):
            before = bool(problem.is_existing[site] if year == 0 else plan.is_open[year - 1, site])
            now = bool(plan.is_open[year, site])
            steps = int(plan.steps[year, site])
            steps_before = int(plan.steps[year - 1, site] if year else problem.existing_steps[site])
            spent += float(problem.yearly_cost[site]) * now
            spent += float(problem.opening_cost[site]) * (now and not before)
            spent += float(problem.closing_cost[site]) * (before and not now)
            spent += float(problem.step_yearly_cost[site]) * steps
            spent += float(problem.step_cost[site]) * max(0, steps - steps_before)
            for point, amount in enumerate(problem.demand[year].tolist()):
                part = float(plan.share[year, point, site])
                spent += amount * part * float(problem.unit_cost[point, site]) if part > 0.0 else 0.0
        total += spent / (1.0 + problem.interest) ** year
    wrong = []
    size = max(abs(total), 1e-300)
    if not abs(total - plan.objective) <= 1e-9 * size:
        wrong.append(f"present value is {total:.12g}, not {plan.objective:.12g}")
    if plan.bound > plan.objective + 1e-9 * size:
        wrong.append(f"bound {plan.bound:.12g} is above the objective {plan.objective:.12g}")
    if plan.status is SolveStatus.OPTIMAL and plan.objective - plan.bound > 1e-9 * size:
        wrong.append(f"status is optimal with a gap of {plan.gap:.3g}")
    return wrong


__all__ = ["check_expansion_plan"]
