"""An independent check of shift covers: it counts people second by second and shares no code with what makes them."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np
import numpy.typing as npt

from optimize.broken import Broken
from optimize.staffing.covering import ShiftCover
from scenarios import SolveStatus

_DAY = 24 * 3600


class CoverRule(Enum):
    """What a cover must keep."""

    PEOPLE = "there is a number of people, not negative, for each pattern"
    COVERED = "enough people are on duty unless the time is named as one that nobody can cover"
    IMPOSSIBLE = "a time is named as one that nobody can cover only where no pattern is on duty"
    ON_DUTY = "people on duty follow from people per pattern"
    PAID = "paid hours and the objective are those of the people"
    BOUND = "the objective is not below the bound, and equal to it where it is called optimal"
    STATUS = "the status is infeasible exactly where some time is not covered"


BrokenCoverRule = Broken[CoverRule]


def check_cover(required: npt.ArrayLike, cover: ShiftCover) -> tuple[BrokenCoverRule, ...]:
    """Find every rule that a shift cover breaks.

    Args:
        required: (7, slots) or (1, slots) people, as it was asked.
        cover: The cover.

    Returns:
        Broken rules; empty for a good cover.
    """
    needed = np.asarray(required)
    days, slots = needed.shape
    people = cover.people.tolist()
    if len(people) != len(cover.patterns) or min(people) < 0 or cover.on_duty.shape != needed.shape:
        return (BrokenCoverRule(CoverRule.PEOPLE, "cover"),)
    present = np.zeros(days * _DAY, dtype=np.int64)
    possible = np.zeros(days * _DAY, dtype=bool)
    paid = 0.0
    for pattern, count in zip(cover.patterns, people, strict=True):
        weekdays = pattern.weekdays if days == 7 else (0,)
        paid += count * pattern.hours * len(weekdays)
        on_duty = np.ones(round(pattern.hours * 3600), dtype=bool)
        pause = round(pattern.break_minutes * 60)
        begin = round(pattern.start_hour * 3600)
        # The middle is found on the clock, so that halves of a second fall as they do there.
        middle = (2 * begin + len(on_duty) - pause) // 2 - begin
        on_duty[middle : middle + pause] = False
        for day in weekdays:
            seconds = (np.flatnonzero(on_duty) + begin + day * _DAY) % (days * _DAY)
            possible[seconds] = True
            present[seconds] += count
    total = present.reshape(days, slots, -1).sum(axis=2)
    can: npt.NDArray[np.bool_] = np.asarray(possible.reshape(days, slots, -1).any(axis=2))
    length = _DAY // slots
    broken = []
    for day, slot in np.argwhere(total < needed * length).tolist():
        if can[day, slot]:
            broken.append(BrokenCoverRule(CoverRule.COVERED, f"day {day}, slot {slot}"))
    return (*broken, *_report(cover, needed, can, total / length, paid))


def _report(
    cover: ShiftCover,
    needed: npt.NDArray[np.int64],
    can: npt.NDArray[np.bool_],
    on_duty: npt.NDArray[np.float64],
    paid: float,
) -> tuple[BrokenCoverRule, ...]:
    report, broken = cover.report, []
    impossible = int(((needed > 0) & ~can).sum())
    if len(report.unserved) != impossible:
        broken.append(BrokenCoverRule(CoverRule.IMPOSSIBLE, "report"))
    if (report.status is SolveStatus.INFEASIBLE) != (impossible > 0):
        broken.append(BrokenCoverRule(CoverRule.STATUS, "report"))
    if not np.allclose(cover.on_duty, on_duty, rtol=0, atol=1e-9):
        broken.append(BrokenCoverRule(CoverRule.ON_DUTY, "cover"))
    same = math.isclose(cover.paid_hours, paid, rel_tol=1e-9, abs_tol=1e-9)
    if not same or report.objective is None or not math.isclose(report.objective, paid, abs_tol=1e-9):
        broken.append(BrokenCoverRule(CoverRule.PAID, "cover"))
    if report.bound is not None:
        proven = report.status is SolveStatus.OPTIMAL
        if paid < report.bound - 1e-9 or (proven and paid > report.bound + 1e-9):
            broken.append(BrokenCoverRule(CoverRule.BOUND, "report"))
    return tuple(broken)


__all__ = ["BrokenCoverRule", "CoverRule", "check_cover"]
