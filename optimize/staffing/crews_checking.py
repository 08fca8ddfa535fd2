"""An independent check of crews and of the work given outside: it shares no code with what makes them."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from optimize.broken import Broken
from optimize.staffing.crews_and_partners import CrewsPlan, FieldCrews
from scenarios import SolveStatus


class CrewsRule(Enum):
    """What a plan must keep."""

    PEOPLE = "people of each group are a whole number from 0 to those there are"
    DONE = "work has somebody outside who does it, or somebody here who can"
    GONE = "nobody is there who could do work that is given outside"
    FITS = "the work of people fits into their time"
    POOLS = "every pool of work keeps its promise as a queue of its own"
    LEAST = "nobody is alone where two are needed"
    ROOM = "partners take what is given to them"
    COST = "cost and objective are those of people, work and partners"
    BOUND = "the objective is not below the bound, and equal to it where it is called optimal"


BrokenCrewsRule = Broken[CrewsRule]


def check_crews(problem: FieldCrews, plan: CrewsPlan) -> tuple[BrokenCrewsRule, ...]:
    """Find every rule that a plan breaks; a plan that is none breaks none.

    Args:
        problem: as it was asked.
        plan: what was answered.
    """
    if plan.report.status is SolveStatus.INFEASIBLE:
        return ()
    broken: list[BrokenCrewsRule] = []

    def note(rule: CrewsRule, where: str) -> None:
        broken.append(BrokenCrewsRule(rule, where))

    groups = len(problem.team)
    if plan.people.shape != (groups,) or plan.is_own.shape != problem.load.shape:
        note(CrewsRule.PEOPLE, "plan")
        return tuple(broken)
    for group, number in enumerate(plan.people.tolist()):
        if not 0 <= number <= problem.most[group]:
            note(CrewsRule.PEOPLE, f"group {group}")
    cost, given = 0.0, 0.0
    for group, number in enumerate(plan.people.tolist()):
        cost += number * float(problem.cost[group])
    for station in range(len(problem.load)):
        here = [(g, int(plan.people[g])) for g in range(groups) if problem.team[g] == station]
        here = [(g, number) for g, number in here if number > 0]
        own = []
        for kind in range(problem.load.shape[1]):
            place = f"station {station}, kind {kind}"
            if problem.requests[station, kind] <= 0.0:
                cost += float(problem.own_cost[station, kind]) if plan.is_own[station, kind] else 0.0
                continue
            if plan.is_own[station, kind]:
                own.append(kind)
                cost += float(problem.own_cost[station, kind])
                if not any(problem.able[g, kind] for g, _ in here):
                    note(CrewsRule.DONE, place)
                continue
            cost += float(problem.outside_cost[station, kind])
            given += float(problem.requests[station, kind])
            if math.isinf(problem.outside_cost[station, kind]):
                note(CrewsRule.DONE, place)
            if any(problem.able[g, kind] for g, _ in here):
                note(CrewsRule.GONE, place)
        if own and sum(number for _, number in here) < problem.least[station]:
            note(CrewsRule.LEAST, f"station {station}")
        if not _fits(problem, station, own, here):
            note(CrewsRule.FITS, f"station {station}")
        for number, pool in enumerate(problem.pools):
            load = sum(float(problem.load[station, kind]) for kind in own if pool[kind])
            able = sum(n for g, n in here if any(problem.able[g, kind] and pool[kind] for kind in own))
            can = float(problem.carried[station, min(able, problem.carried.shape[1] - 1)])
            if load > can * (1.0 + 1e-6) + 1e-6:
                note(CrewsRule.POOLS, f"station {station}, pool {number}")
    if given > problem.room * (1.0 + 1e-6) + 1e-6:
        note(CrewsRule.ROOM, "partners")
    for partner, least in enumerate(problem.minimum.tolist()):
        left = max(least - float(problem.given_share[partner]) * given, 0.0)
        cost += left * float(problem.minimum_price[partner])
    near = 1e-6 * max(abs(cost), 1.0)
    if abs(plan.cost - cost) > near or abs((plan.report.objective or 0.0) - cost) > near:
        note(CrewsRule.COST, "plan")
    bound = plan.report.bound
    is_optimal = plan.report.status is SolveStatus.OPTIMAL
    if (bound is None and is_optimal) or (
        bound is not None and (bound > cost + near or (is_optimal and cost - bound > near))
    ):
        note(CrewsRule.BOUND, "plan")
    return tuple(broken)


def _fits(problem: FieldCrews, station: int, own: list[int], here: list[tuple[int, int]]) -> bool:
    """Whether all own work can be handed out: a maximum flow from kinds to groups."""
    if not own:
        return True
    minutes = float(problem.minutes[station])
    can_do = np.array([[bool(problem.able[g, kind]) for kind in own] for g, _ in here]).reshape(
        len(here), len(own)
    )
    time = np.array([number * minutes for _, number in here])
    load = np.array([float(problem.load[station, kind]) for kind in own])
    from scipy.optimize import linprog

    pairs = np.argwhere(can_do)
    if not len(pairs):
        return bool(load.sum() <= 1e-6)
    rows = np.zeros((len(own) + len(here), len(pairs)))
    for column, (group, kind) in enumerate(pairs):
        rows[kind, column] = 1.0
        rows[len(own) + group, column] = 1.0
    found = linprog(-np.ones(len(pairs)), A_ub=rows, b_ub=np.concatenate([load, time]), method="highs")
    return bool(-found.fun >= load.sum() * (1.0 - 1e-6) - 1e-6)


__all__ = ["BrokenCrewsRule", "CrewsRule", "check_crews"]
