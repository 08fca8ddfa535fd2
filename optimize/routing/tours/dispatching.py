"""Technicians of a district and the jobs that wait: a plan made by search, beside those it is measured against.

What is known is a `DayArrays`; what a plan costs is driving, overtime, late arrivals and jobs left for another day. It
is solved as a tours problem: nobody need be visited, all windows are soft at their end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.routing.day_insertion import DayArrays, insert_cheapest
from optimize.routing.tours.annealing import IMPROVE, NO_ROW, advance
from optimize.routing.tours.arrays import COST, FREE, MUST_WEIGHT, PINNED, TEMPERATURE
from optimize.routing.tours.loading import BY_WINDOW, Work
from optimize.routing.tours.problem import (
    LATEST_SECOND,
    BoolArray,
    FloatArray,
    IntArray,
    Lateness,
    Roads,
    Tours,
    Vehicles,
    Visits,
)

_SECONDS_PER_HOUR = 3600
_SLACK_SECONDS = 1800
_SLACK_SHARE = 0.25
"""Coming within the slack before the end of a window costs so much of what it costs to be as late after it."""
_BREAK_SPREAD_SECONDS = 10_800
"""The break begins within so much time, which leaves room for a job that is under way."""
_NO_LIMIT = 1 << 60
_WARM_HOURS, _COOLED_SHARE = 0.2, 0.02
"""The search takes a turn for the worse of about so much driving at first, and of that share of it in the end."""


@dataclass(frozen=True, eq=False)
class CrewProblem:
    """Technicians t and jobs n as they are known at one moment.

    Attributes:
        day: who, what, how far; its `until` is what the rule of cheapest insertion goes by.
        regular_end: (t,) later is overtime, the way home included.
        due: (n,) an arrival after it is late.
        left_out_cost: (n,) money for leaving it for another day.
        people: (n,) 1, or 2 who start together.
        helps: (t, n) who may be the second.
        driving_cost_per_hour: money.
        overtime_cost_per_hour: money.
        late_cost_per_hour: money.
    """

    day: DayArrays
    regular_end: IntArray
    due: IntArray
    left_out_cost: FloatArray
    people: IntArray
    helps: BoolArray
    driving_cost_per_hour: float
    overtime_cost_per_hour: float
    late_cost_per_hour: float


@dataclass(frozen=True)
class CrewPlan:
    """Who does what.

    Attributes:
        sequences: jobs of each technician in order.
        left_out: jobs for another day, by number.
        cost: money it is expected to cost, jobs left out included.
        repaired_cost: the same of the plan followed so far, new jobs inserted; None where there was none.
        rule_cost: the same of cheapest insertion from scratch.
        iterations: of the search.
        is_fallback: the search found nothing; it is the plan of cheapest insertion.
    """

    sequences: tuple[tuple[int, ...], ...]
    left_out: tuple[int, ...]
    cost: float
    repaired_cost: float | None
    rule_cost: float
    iterations: int
    is_fallback: bool


def tours_of_crew(problem: CrewProblem) -> Tours:
    """The tours problem: job j is visit j; after them come the second visits of jobs of two, in their order."""
    day = problem.day
    people, jobs = len(day.starts), len(day.work)
    pairs = np.flatnonzero(problem.people > 1)
    row = np.concatenate([np.arange(jobs), pairs])
    twin = np.full(len(row), -1)
    twin[pairs], twin[jobs:] = jobs + np.arange(len(pairs)), pairs
    # Nobody sets out before a window opens, so nobody arrives before the shortest way to it has gone by.
    ways = day.drive[: people + jobs, people : people + jobs].copy()
    ways[people + np.arange(jobs), np.arange(jobs)] = _NO_LIMIT
    nearest = ways.min(axis=0, initial=LATEST_SECOND)
    opens = np.where(day.opens > 0, day.opens + nearest, 0)
    home = people + jobs + np.arange(people)
    way_home = day.drive[people : people + jobs, people + jobs :]
    late = problem.late_cost_per_hour
    break_latest = np.maximum(day.pause_from + _BREAK_SPREAD_SECONDS, day.starts)
    return Tours(
        Visits.of(
            people + row,
            window_opens=opens[row][:, None],
            window_closes=np.full((len(row), 1), LATEST_SECOND),
            due_second=problem.due[row],
            lateness_class=np.where(np.arange(len(row)) < jobs, 0, -1),
            unserved_cost=(problem.left_out_cost / problem.people)[row],
            twin=twin,
        ),
        Vehicles.of(
            np.arange(people),
            end_place=home,
            shift_start_second=day.starts,
            regular_end_second=problem.regular_end,
            shift_end_second=day.latest + (np.rint(way_home.mean(axis=0)).astype(np.int64) if jobs else 0),
            overtime_cost_per_hour=np.full(people, problem.overtime_cost_per_hour),
            break_seconds=day.pause,
            break_earliest_second=day.pause_from,
            break_latest_second=break_latest,
            cost_per_km=np.full(people, problem.driving_cost_per_hour * 1000 / _SECONDS_PER_HOUR),
        ),
        Roads(day.drive, day.drive),
        Lateness(
            np.array([[0, _SLACK_SECONDS, _SLACK_SECONDS + _SECONDS_PER_HOUR]]),
            np.array([[0.0, late * _SLACK_SHARE / 2, late * (_SLACK_SHARE / 2 + 1)]]),
        ),
        allowed=np.hstack([day.can_do, problem.helps[:, pairs]]),
        service_seconds=np.broadcast_to(day.work[row], (people, len(row))).copy(),
        extra_cost=np.zeros((people, len(row))),
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


def plan_crew(
    problem: CrewProblem, incumbent: Sequence[Sequence[int]] | None, iterations: int, seed: int = 1
) -> CrewPlan:
    """Search for who does what, from the better of the plan followed so far, repaired, and the rule's.

    Args:
        problem: who, what, how far.
        incumbent: jobs of each technician in order by the plan followed so far; None where there is none.
        iterations: of the search; with none of them the better of the two comes back.
        seed: of its random numbers.

    Returns:
        A plan that costs no more than either, unless it is the fallback.
    """
    day = problem.day
    jobs, nothing = len(day.work), [()] * len(day.starts)
    rule = plan_by_rule(day, nothing)
    work = Work.on(tours_of_crew(problem), seed)
    rule_cost = _load(work, problem, rule)
    repaired_cost = None
    if incumbent is not None:
        best, starts = work.orders, _agreed(work)
        repaired_cost = _load(work, problem, plan_by_rule(day, incumbent))
        if repaired_cost > rule_cost:
            work.load(best, starts)
    if iterations:
        _search(work, problem, iterations)
    sequences = [
        [stop for stop in work.orders.get(technician, ()) if stop < jobs]
        for technician in range(len(nothing))
    ]
    return CrewPlan(
        tuple(map(tuple, sequences)),
        _left_out(jobs, sequences),
        work.rank[1],
        repaired_cost,
        rule_cost,
        iterations,
        is_fallback=False,
    )


def _load(work: Work, problem: CrewProblem, sequences: Sequence[Sequence[int]]) -> float:
    """Take over sequences of jobs, without what does not fit from the end; money of that.

    Jobs of two are put in where they cost least, as sequences do not say who helps.
    """
    routes, single = work.routes, problem.people == 1
    orders = {
        technician: [job for job in sequence if single[job]][: routes.stops.shape[1]]
        for technician, sequence in enumerate(sequences)
    }
    work.load(orders, {})
    while not np.isfinite(routes.money[:, COST]).all():
        for technician in np.flatnonzero(~np.isfinite(routes.money[:, COST])).tolist():
            orders[technician].pop()
        work.load(orders, {})
    if not single.all():
        jobs = len(problem.day.work)
        penalty = work.facts.penalty.copy()
        penalty[:jobs][single] = 0.0
        replace(work, facts=work.facts._replace(penalty=penalty)).fill(BY_WINDOW)
        work.load(work.orders, _agreed(work))
    return work.rank[1]


def _agreed(work: Work) -> dict[int, int]:
    """Starts that the two of a crew have agreed on."""
    agreed = work.routes.state[:, PINNED]
    return {visit: int(agreed[visit]) for visit in np.flatnonzero(agreed != FREE).tolist()}


def _search(work: Work, problem: CrewProblem, iterations: int) -> None:
    """Ruin and recreate, cooling down from a few minutes of driving, and end with the best."""
    warm = problem.driving_cost_per_hour * _WARM_HOURS
    work.routes.value[TEMPERATURE] = warm
    work.routes.value[MUST_WEIGHT] = 1.0
    cooling = _COOLED_SHARE ** (1.0 / iterations)
    advance(work.facts, work.routes, IMPROVE, iterations, cooling, NO_ROW, work.is_open)
    work.load_best()


def _left_out(jobs: int, sequences: Sequence[Sequence[int]]) -> tuple[int, ...]:
    placed = {job for sequence in sequences for job in sequence}
    return tuple(job for job in range(jobs) if job not in placed)


__all__ = ["CrewPlan", "CrewProblem", "plan_by_rule", "plan_crew", "tours_of_crew"]
