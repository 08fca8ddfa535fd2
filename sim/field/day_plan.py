"""Plans of a day: who visits whom in which order. Arrays in, sequences out, so that an optimiser can take the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DayProblem:
    """Technicians of a district and jobs for them. Places: where technicians are, jobs, then where they go home."""

    drive_seconds: IntArray
    """(t + n + t, t + n + t) expected."""
    starts_second: IntArray
    """(t,) from when on they can set out."""
    latest_second: IntArray
    """(t,) no visit ends later."""
    break_seconds: IntArray
    """(t,) still to be taken; 0 for none."""
    break_from_second: IntArray
    """(t,) before the first visit that begins after it."""
    can_do: npt.NDArray[np.bool_]
    """(t, n)."""
    from_second: IntArray
    """(n,) nobody sets out before."""
    until_second: IntArray
    """(n,) arrival at the latest."""
    work_seconds: IntArray
    """(n,) expected."""


class DayPlanner(Protocol):
    """Makes plans of a day."""

    def plan(
        self, problem: DayProblem, sequences: Sequence[Sequence[int]], frozen: Sequence[int]
    ) -> list[list[int]]:
        """Give jobs to technicians.

        Args:
            problem: who, what, how far.
            sequences: what is planned already: jobs of each technician in order.
            frozen: so many first jobs of each technician stay as they are, and nothing is put before them.

        Returns:
            Jobs of each technician in order; jobs in no sequence are left over.
        """


class CheapestInsertion:
    """Each job in turn goes where it adds least driving and everybody still comes in time (Solomon 1987).

    Jobs are taken by the end of their window, then in the order given. What is planned already keeps its order.
    """

    def plan(
        self, problem: DayProblem, sequences: Sequence[Sequence[int]], frozen: Sequence[int]
    ) -> list[list[int]]:
        """See `DayPlanner.plan`."""
        routes = _Routes(problem)
        planned = [list(sequence) for sequence in sequences]
        given = {job for sequence in planned for job in sequence}
        left = [job for job in range(len(problem.work_seconds)) if job not in given]
        for job in sorted(left, key=lambda job: (problem.until_second[job], job)):
            places = sorted(
                (routes.extra_drive(technician, sequence, position, job), technician, position)
                for technician, sequence in enumerate(planned)
                if routes.can_do[technician][job]
                for position in range(frozen[technician], len(sequence) + 1)
            )
            for _, technician, position in places:
                sequence = planned[technician]
                longer = [*sequence[:position], job, *sequence[position:]]
                if routes.is_in_time(technician, longer):
                    planned[technician] = longer
                    break
        return planned


class _Routes:
    """The problem as lists, which are faster than arrays element by element."""

    def __init__(self, problem: DayProblem) -> None:
        self.can_do: list[list[bool]] = problem.can_do.tolist()
        self._drive: list[list[int]] = problem.drive_seconds.tolist()
        self._starts: list[int] = problem.starts_second.tolist()
        self._latest: list[int] = problem.latest_second.tolist()
        self._break: list[int] = problem.break_seconds.tolist()
        self._break_from: list[int] = problem.break_from_second.tolist()
        self._from: list[int] = problem.from_second.tolist()
        self._until: list[int] = problem.until_second.tolist()
        self._work: list[int] = problem.work_seconds.tolist()
        self._technicians, self._jobs = len(self._starts), len(self._work)

    def extra_drive(self, technician: int, sequence: list[int], position: int, job: int) -> int:
        """Seconds of driving that a job adds at a position."""
        first = self._technicians
        before = first + sequence[position - 1] if position else technician
        home = first + self._jobs + technician
        after = first + sequence[position] if position < len(sequence) else home
        here = first + job
        return self._drive[before][here] + self._drive[here][after] - self._drive[before][after]

    def is_in_time(self, technician: int, sequence: list[int]) -> bool:
        """Whether everybody is visited within his window and the last visit ends in time.

        Jobs that are too late in any order do not forbid others: their window ends with the end of time.
        """
        second, place = self._starts[technician], technician
        pause, pause_from = self._break[technician], self._break_from[technician]
        latest = self._latest[technician]
        for job in sequence:
            if pause and second >= pause_from:
                second, pause = second + pause, 0
            here = self._technicians + job
            second = max(second, self._from[job]) + self._drive[place][here]
            if second > self._until[job]:
                return False
            second += self._work[job]
            if second > latest:
                return False
            place = here
        return True
