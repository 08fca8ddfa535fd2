"""A plan of the day by cheapest insertion: the rule that optimised plans of technicians are measured against.

Solomon (1987), Algorithms for the vehicle routing and scheduling problems with time window constraints, Operations
Research 35: each job in turn goes where it adds least driving and everybody still comes in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class DayArrays(NamedTuple):
    """Technicians t and jobs n. Places: where technicians are, jobs, then where they go home. Seconds throughout.

    Attributes:
        drive: (t + n + t, t + n + t) expected.
        starts: (t,) from when on they can set out.
        latest: (t,) no visit ends later.
        pause: (t,) break still to be taken; 0 for none.
        pause_from: (t,) before the first visit that begins after it.
        can_do: (t, n)
        opens: (n,) nobody sets out before.
        until: (n,) arrival at the latest.
        work: (n,) expected.
    """

    drive: IntArray
    starts: IntArray
    latest: IntArray
    pause: IntArray
    pause_from: IntArray
    can_do: BoolArray
    opens: IntArray
    until: IntArray
    work: IntArray


def insert_cheapest(
    day: DayArrays, sequences: Sequence[Sequence[int]], frozen: Sequence[int]
) -> list[list[int]]:
    """Give jobs to technicians; jobs are taken by the end of their window, then in the order given.

    Args:
        day: who, what, how far.
        sequences: what is planned already, in an order that stays: jobs of each technician.
        frozen: nothing is put before so many first jobs of each technician.

    Returns:
        Jobs of each technician in order; jobs in no sequence are left over. A job that is too late in any case does
        not forbid others where the end of its window lies beyond all time.
    """
    technicians, jobs = len(day.starts), len(day.work)
    order = np.zeros((technicians, jobs + 1), np.int64)
    length = np.array([len(sequence) for sequence in sequences], np.int64)
    is_left = np.ones(jobs, np.bool_)
    for technician, sequence in enumerate(sequences):
        order[technician, : len(sequence)] = sequence
        is_left[order[technician, : len(sequence)]] = False
    left = np.flatnonzero(is_left)
    left = left[np.argsort(day.until[left], kind="stable")]
    _insert_all(day, order, length, np.array(frozen, np.int64), left)
    return [order[technician, : length[technician]].tolist() for technician in range(technicians)]


@compiled
def _insert_all(day: DayArrays, order: IntArray, length: IntArray, frozen: IntArray, left: IntArray) -> None:
    for number in range(len(left)):
        job = left[number]
        least = (-(2**62), -1, -1)
        while True:
            # The next dearest place in the order of driving, technician, position, until one is in time.
            best, technician, position = 2**62, -1, -1
            for one in range(len(day.starts)):
                if not day.can_do[one, job]:
                    continue
                for at in range(frozen[one], length[one] + 1):
                    more = _detour(day, order, length, one, at, job)
                    if more < best and (more, one, at) > least:
                        best, technician, position = more, one, at
            if technician < 0:
                break
            if _is_in_time(day, order, length, technician, position, job):
                for later in range(length[technician] - position):
                    last = length[technician] - later
                    order[technician, last] = order[technician, last - 1]
                order[technician, position] = job
                length[technician] += 1
                break
            least = (best, technician, position)


@compiled
def _detour(
    day: DayArrays, order: IntArray, length: IntArray, technician: int, position: int, job: int
) -> int:
    people = len(day.starts)
    before = technician
    if position > 0:
        before = people + order[technician, position - 1]
    after = people + len(day.work) + technician
    if position < length[technician]:
        after = people + order[technician, position]
    here = people + job
    more: int = day.drive[before, here] + day.drive[here, after] - day.drive[before, after]
    return more


@compiled
def _is_in_time(
    day: DayArrays, order: IntArray, length: IntArray, technician: int, position: int, job: int
) -> bool:
    people = len(day.starts)
    second, place, pause = day.starts[technician], technician, day.pause[technician]
    for at in range(length[technician] + 1):
        if at == position:
            visited = job
        elif at < position:
            visited = order[technician, at]
        else:
            visited = order[technician, at - 1]
        if pause > 0 and second >= day.pause_from[technician]:
            second += pause
            pause = 0
        second = max(second, day.opens[visited]) + day.drive[place, people + visited]
        if second > day.until[visited]:
            return False
        second += day.work[visited]
        if second > day.latest[technician]:
            return False
        place = people + visited
    return True


__all__ = ["DayArrays", "insert_cheapest"]
