"""Where the time from report to repair goes, and what is open meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import Outcome
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.kpis.aftersales.records import NAN, ServiceRecords, mean, over, part_of
from sim.records import IntArray

STAGES = ("call", "visit_wait", "travel", "on_site", "part_wait", "return_wait")
"""Stages of a repair in the order in which they are first reached."""

FloatArray = npt.NDArray[np.float64]


def stage_seconds(s: ServiceRecords) -> FloatArray:
    """Seconds of each repair by stage: what lies between visits waits for a part or for the next visit.

    Returns:
        (repairs, stages) of repairs and rework that own technicians have completed; a row sums to the time from
        report to the end of the repair.
    """
    done = part_of(
        s.repairs, (s.repairs["outcome"] == Outcome.DONE) & (s.repairs["first_departed_second"] >= 0)
    )
    number = 1 + max(int(done["request"].max(initial=-1)), 0)
    place = np.full(number, -1)
    place[done["request"]] = np.arange(done.count)
    visits = s.all_rows("visits")
    inside = visits["request"] < number
    mine = np.where(inside, place[np.where(inside, visits["request"], 0)], -1)
    kept, owner = part_of(visits, mine >= 0), mine[mine >= 0]
    completed = done["completed_second"]
    ended = np.minimum(kept["ended_second"], completed[owner])
    travel, on_site = (
        np.bincount(owner, weights=seconds.astype(np.float64), minlength=done.count)
        for seconds in (
            kept["arrived_second"] - kept["departed_second"],
            (ended - kept["arrived_second"]).clip(0),
        )
    )
    call = done["taken_second"] - done["reported_second"]
    wait = done["first_departed_second"] - done["taken_second"]
    between = completed - done["first_departed_second"] - travel - on_site
    has_waited = (done["part_asked_second"] >= 0) & (done["part_ready_second"] >= 0)
    part = np.where(has_waited, done["part_ready_second"] - done["part_asked_second"], 0)
    part = np.minimum(part, between).clip(0)
    return np.stack([call, wait, travel, on_site, part, between - part], axis=1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Backlog:
    """Open requests at the end of each day, warm-up included."""

    requests: IntArray
    """(days,)"""
    age_seconds: IntArray
    """(days,) time since their reports, summed."""


def backlog(s: ServiceRecords) -> Backlog:
    """Count what is open when each day ends."""
    rows = s.all_rows("requests")
    edges = np.arange(1, s.end_second // SECONDS_PER_DAY + 1) * SECONDS_PER_DAY
    closed = np.where(rows["closed_second"] < 0, np.iinfo(np.int64).max, rows["closed_second"])
    reported = np.sort(rows["reported_second"])
    by_closing = np.argsort(closed, kind="stable")
    sums = np.concatenate([[0], np.cumsum(reported)])
    closed_sums = np.concatenate([[0], np.cumsum(rows["reported_second"][by_closing])])
    came = np.searchsorted(reported, edges, side="right")
    went = np.searchsorted(closed[by_closing], edges, side="right")
    number = came - went
    return Backlog(number, number * edges - (sums[came] - closed_sums[went]))


def time_kpis(s: ServiceRecords) -> dict[str, float]:
    """Time to repair by stage, and the backlog; repairs count by the day on which they were reported."""
    hours = stage_seconds(s) / SECONDS_PER_HOUR
    found = backlog(s)
    first = s.labels.warm_up_days
    open_requests = found.requests[first:]
    return {
        "time_to_repair_hours": mean(hours.sum(axis=1)),
        **{f"repair_{stage}_hours": mean(hours[:, place]) for place, stage in enumerate(STAGES)},
        "service_backlog": mean(open_requests) if s.all_rows("requests").count else NAN,
        "backlog_age_days": over(found.age_seconds[first:].sum() / SECONDS_PER_DAY, int(open_requests.sum())),
    }
