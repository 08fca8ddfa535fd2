"""Shifts of agents that cover people by hour, within the hours that are served."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.solving import Progress
from optimize.staffing.agent_forecast import AgentWork
from optimize.staffing.agent_targets import open_hours
from optimize.staffing.covering import ShiftCover, cover
from optimize.staffing.shift_patterns import EVERY_DAY, ShiftPattern, patterns_from
from optimize.staffing.varying import requirements_by_hour
from scenarios import OptimisedAgents

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SLOTS_PER_HOUR = 2
"""Half-hours, as breaks are often longer than one."""
_WEEKDAY_SETS = (EVERY_DAY, (0, 1, 2, 3, 4), (5, 6))


def served_calls(wanted: OptimisedAgents, work: AgentWork) -> FloatArray:
    """(7, 24) calls to be planned for in the hours that are served."""
    served = open_hours(wanted)
    calls = np.where(served, work.calls, 0.0)
    if work.patience_minutes is None:
        # Who calls while it is closed is still there when it opens.
        calls[:, int(np.flatnonzero(served)[0])] += np.where(served, 0.0, work.calls).sum(axis=1)
    return calls


def people_needed(
    wanted: OptimisedAgents, work: AgentWork, calls: FloatArray, answered: float, abandoned: float | None
) -> IntArray:
    """(7, 24) fewest people with whom each hour that is served keeps its promise; such an hour has somebody there.

    Args:
        wanted: the hours that are served.
        work: of a call.
        calls: (7, 24) to be planned for.
        answered: share of the calls of each hour to be answered in time.
        abandoned: most calls of each hour that may be given up.
    """
    needed = np.zeros((7, 24), np.int64)
    if calls.any():
        needed = requirements_by_hour(
            calls.ravel(),
            work.minutes,
            work.patience_minutes,
            answered,
            work.within_minutes,
            abandoned_share=abandoned,
            redial_share=work.redial_share,
            redial_minutes=work.redial_minutes,
        ).reshape(7, 24)
    return np.where(open_hours(wanted), np.maximum(needed, 1), 0)


def slots_open(wanted: OptimisedAgents) -> npt.NDArray[np.bool_]:
    """(slots,) parts of a day in which somebody has to be there."""
    clock = np.arange(24 * SLOTS_PER_HOUR) / SLOTS_PER_HOUR
    return np.asarray((clock + 1.0 / SLOTS_PER_HOUR > wanted.opens_hour) & (clock < wanted.closes_hour))


def patterns_of(wanted: OptimisedAgents, is_daily: bool) -> tuple[ShiftPattern, ...]:
    """Shifts that may be worked, on all days where these are alike."""
    return patterns_from(
        [hours for hours in wanted.shift_hours if hours <= wanted.closes_hour - wanted.opens_hour],
        wanted.break_minutes,
        wanted.opens_hour,
        wanted.closes_hour,
        weekday_sets=(EVERY_DAY,) if is_daily else _WEEKDAY_SETS,
    )


def covered(wanted: OptimisedAgents, needed: IntArray, seed: int, progress: Progress) -> ShiftCover:
    """Shifts with the fewest paid hours that cover people by hour, (7, 24)."""
    by_slot = np.repeat(needed, SLOTS_PER_HOUR, axis=1) * slots_open(wanted)
    is_daily = bool((by_slot == by_slot[0]).all())
    return cover(
        by_slot[:1] if is_daily else by_slot, patterns_of(wanted, is_daily), seed=seed, progress=progress
    )


__all__ = ["SLOTS_PER_HOUR", "covered", "patterns_of", "people_needed", "served_calls", "slots_open"]
