"""Plans of a district's technicians by search, beside those they are measured against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.routing.day_insertion import DayArrays, insert_cheapest
from optimize.routing.tours.crew_arrays import CrewWork
from optimize.routing.tours.crew_problem import CrewProblem

_NO_LIMIT = 1 << 60
WARM_HOURS, COOLED_SHARE = 0.2, 0.02
"""The search takes a turn for the worse of about so much driving at first, and of that share of it in the end."""


@dataclass(frozen=True)
class CrewPlan:
    """Who does what.

    Attributes:
        sequences: jobs of each technician in order.
        left_out: jobs for another day, by number.
        cost: money it is expected to cost, jobs left out included.
        rule_cost: the same of what the rule would do: fit new jobs into the plan so far, or plan from scratch.
        repaired_cost: the same of the plan so far, mended; None where there was none.
        iterations: of the search.
        is_fallback: the search found nothing, and it is the rule's plan.
    """

    sequences: tuple[tuple[int, ...], ...]
    left_out: tuple[int, ...]
    cost: float
    rule_cost: float
    repaired_cost: float | None
    iterations: int
    is_fallback: bool


def plan_crew(
    problem: CrewProblem, incumbent: Sequence[Sequence[int]] | None, iterations: int, seed: int = 1
) -> CrewPlan:
    """Search for who does what, from the rule's plan: cheapest insertion of what is new into the plan so far.

    Args:
        problem: who, what, how far.
        incumbent: jobs of each technician in order by the plan so far; None where there is none.
        iterations: of the search; with none of them the rule's plan comes back.
        seed: of its random numbers.

    Returns:
        A plan that costs no more than the rule's.
    """
    day, jobs = problem.day, len(problem.day.work)
    people = len(day.starts)
    rule = plan_by_rule(day, [()] * people if incumbent is None else incumbent)
    if not jobs or not people or not day.can_do.any():
        return _rule_plan(problem, rule, incumbent)
    work = CrewWork(problem, seed)
    rule_cost = work.load(rule)
    if iterations:
        work.search(iterations, problem.driving_cost_per_hour * WARM_HOURS, COOLED_SHARE)
    orders, _ = work.tours()
    sequences = [tuple(visit for visit in orders[one] if visit < jobs) for one in range(people)]
    if not any(sequences) and any(rule):
        return _rule_plan(problem, rule, incumbent)
    return CrewPlan(
        tuple(sequences), _left_out(jobs, sequences), work.cost, rule_cost,
        None if incumbent is None else rule_cost, iterations, is_fallback=False,
    )  # fmt: skip


def plan_by_rule(day: DayArrays, sequences: Sequence[Sequence[int]]) -> list[list[int]]:
    """Cheapest insertion: so that all are in time, then of the others as it can be done.

    Args:
        day: who, what, how far.
        sequences: what is planned already, in an order that stays.
    """
    nothing_frozen = [0] * len(day.starts)
    planned = insert_cheapest(day, sequences, nothing_frozen)
    placed = np.zeros(len(day.work), np.bool_)
    placed[[job for sequence in planned for job in sequence]] = True
    if placed.all():
        return planned
    return insert_cheapest(
        day._replace(until=np.where(placed, day.until, _NO_LIMIT)), planned, nothing_frozen
    )


def _rule_plan(
    problem: CrewProblem, rule: Sequence[Sequence[int]], incumbent: Sequence[Sequence[int]] | None
) -> CrewPlan:
    """The rule's plan where there is nothing to search."""
    left = _left_out(len(problem.day.work), rule)
    cost = float(problem.left_out_cost[list(left)].sum())
    return CrewPlan(
        tuple(map(tuple, rule)), left, cost, cost, None if incumbent is None else cost, 0,
        is_fallback=True,
    )  # fmt: skip


def _left_out(jobs: int, sequences: Sequence[Sequence[int]]) -> tuple[int, ...]:
    placed = {job for sequence in sequences for job in sequence}
    return tuple(job for job in range(jobs) if job not in placed)


__all__ = ["COOLED_SHARE", "WARM_HOURS", "CrewPlan", "plan_by_rule", "plan_crew"]
