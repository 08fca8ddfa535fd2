"""Technicians of a district and the jobs that wait, as they are known at one moment.

What is known is a `DayArrays`; what a plan costs is driving, overtime, late arrivals and jobs left for another day. As
a tours problem nobody need be visited, and all windows are soft at their end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from optimize.routing.day_insertion import DayArrays
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

SLACK_SECONDS = 1800
"""`CrewProblem.due` lies so long before the end of a window."""
_SLACK_SHARE, _PROMISED_SLACK_SHARE = 0.125, 0.5
"""Being due at the very end of a window costs so much of an hour's lateness, as things take longer at times."""
_BREACH_SECONDS = 600
"""Seconds after the end of an agreed window at which its cost comes to that of an hour and of a broken promise."""
_BREAK_SPREAD_SECONDS = 10_800
"""The break begins within so much time, which leaves room for a job that is under way."""
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, eq=False)
class CrewProblem:
    """Technicians t and jobs n.

    Attributes:
        day: who, what, how far; its `until` is what the rule of cheapest insertion goes by.
        regular_end: (t,) later is overtime, the way home included.
        due: (n,) an arrival after it costs; `SLACK_SECONDS` before the end of a window, or its end if all is certain.
        is_promised: (n,) the window was agreed with the customer.
        left_out_cost: (n,) money for leaving it for another day.
        people: (n,) 1, or 2 who start together.
        helps: (t, n) who may be the second.
        driving_cost_per_hour: money.
        overtime_cost_per_hour: money.
        late_cost_per_hour: money.
        broken_promise_cost: money for coming after the end of an agreed window, besides lateness.
        break_latest: (t,) the break begins no later; None: within three hours.
        is_certain: things take as long as it says, so nothing is due before the end of its window.
    """

    day: DayArrays
    regular_end: IntArray
    due: IntArray
    is_promised: BoolArray
    left_out_cost: FloatArray
    people: IntArray
    helps: BoolArray
    driving_cost_per_hour: float
    overtime_cost_per_hour: float
    late_cost_per_hour: float
    broken_promise_cost: float
    break_latest: IntArray | None = None
    is_certain: bool = False

    @property
    def driving_cost_per_kilosecond(self) -> float:
        """Seconds on the road stand for metres in the tours problem."""
        return self.driving_cost_per_hour * 1000 / _SECONDS_PER_HOUR

    @property
    def curves(self) -> FloatArray:
        """What lateness costs, see `curves_of`."""
        return curves_of(self.late_cost_per_hour, self.broken_promise_cost, self.is_certain)


@dataclass(frozen=True, eq=False)
class Visited:
    """The visits v of a problem: job j is visit j; then come the second visits of jobs of two, in their order.

    Attributes:
        job: (v,)
        twin: (v,) -1 = none.
        opens: (v,) nobody sets out before a window opens, so nobody is there before the shortest way has gone by.
        lateness_class: (v,) of the curves; -1 for second visits.
        unserved_cost: (v,) half of it each for a crew.
        allowed: (t, v)
        shift_end: (t,) back home; so long after the last visit may end as the way home takes on average.
        break_latest: (t,)
    """

    job: IntArray
    twin: IntArray
    opens: IntArray
    lateness_class: IntArray
    unserved_cost: FloatArray
    allowed: BoolArray
    shift_end: IntArray
    break_latest: IntArray

    @classmethod
    def of(cls, problem: CrewProblem) -> Visited:
        """The visits of a problem with at least one technician and one job."""
        day = problem.day
        people, jobs = len(day.starts), len(day.work)
        pairs = np.flatnonzero(problem.people > 1)
        job = np.concatenate([np.arange(jobs), pairs])
        twin = np.full(len(job), -1)
        twin[pairs], twin[jobs:] = jobs + np.arange(len(pairs)), pairs
        ways = day.drive[: people + jobs, people : people + jobs].copy()
        ways[people + np.arange(jobs), np.arange(jobs)] = LATEST_SECOND
        opens = np.where(day.opens > 0, day.opens + ways.min(axis=0), 0)
        lateness_class = np.where(problem.is_promised, 1, 0)[job]
        lateness_class[jobs:] = -1
        home = day.drive[people : people + jobs, people + jobs :].mean(axis=0)
        within = day.pause_from + _BREAK_SPREAD_SECONDS
        return cls(
            job=job,
            twin=twin,
            opens=opens[job],
            lateness_class=lateness_class,
            unserved_cost=(problem.left_out_cost / problem.people)[job],
            allowed=np.hstack([day.can_do, problem.helps[:, pairs]]),
            shift_end=day.latest + np.rint(home).astype(np.int64),
            break_latest=np.maximum(
                within if problem.break_latest is None else problem.break_latest, day.starts
            ),
        )


@cache
def curves_of(late_cost_per_hour: float, broken_promise_cost: float, is_certain: bool = False) -> FloatArray:
    """Seconds and money, (2, classes, points): of what is due by the SLA class, and of what was agreed.

    The price of a broken promise grows from nothing at `SLACK_SECONDS` before the end of the window to the whole of it
    soon after, as it grows ever more likely that the visit comes too late; where all is certain it falls due in the
    first second. Problems of one policy share the array.
    """
    if is_certain:
        after = np.array([0.0, 1.0, 1.0 + _SECONDS_PER_HOUR])
        late = late_cost_per_hour / _SECONDS_PER_HOUR * after
        return np.stack([[after, after], [late, late + broken_promise_cost * (after > 0)]])
    seconds = [
        0,
        SLACK_SECONDS,
        SLACK_SECONDS + _BREACH_SECONDS,
        SLACK_SECONDS + _BREACH_SECONDS + _SECONDS_PER_HOUR,
    ]
    gently = _SLACK_SHARE + _BREACH_SECONDS / _SECONDS_PER_HOUR
    hours = [[0.0, _SLACK_SHARE, gently, gently + 1], [0.0, _PROMISED_SLACK_SHARE, 1.0, 2.0]]
    broken = [[0.0] * len(seconds), [0.0, _PROMISED_SLACK_SHARE, 1.0, 1.0]]
    money = late_cost_per_hour * np.array(hours) + broken_promise_cost * np.array(broken)
    return np.stack([np.array([seconds, seconds], np.float64), money])


def tours_of_crew(problem: CrewProblem) -> Tours:
    """The tours problem that a search solves, in full."""
    day, visited = problem.day, Visited.of(problem)
    curves = problem.curves
    people, jobs = len(day.starts), len(day.work)
    shape = (people, len(visited.job))
    return Tours(
        Visits.of(
            people + visited.job,
            window_opens=visited.opens[:, None],
            due_second=problem.due[visited.job],
            lateness_class=visited.lateness_class,
            unserved_cost=visited.unserved_cost,
            twin=visited.twin,
        ),
        Vehicles.of(
            np.arange(people),
            end_place=people + jobs + np.arange(people),
            shift_start_second=day.starts,
            regular_end_second=problem.regular_end,
            shift_end_second=visited.shift_end,
            overtime_cost_per_hour=np.full(people, problem.overtime_cost_per_hour),
            break_seconds=day.pause,
            break_earliest_second=day.pause_from,
            break_latest_second=visited.break_latest,
            cost_per_km=np.full(people, problem.driving_cost_per_kilosecond),
        ),
        Roads(day.drive, day.drive),
        Lateness(curves[0].astype(np.int64), curves[1]),
        allowed=visited.allowed,
        service_seconds=np.broadcast_to(day.work[visited.job], shape).copy(),
        extra_cost=np.zeros(shape),
    )


__all__ = ["SLACK_SECONDS", "CrewProblem", "Visited", "curves_of", "tours_of_crew"]
