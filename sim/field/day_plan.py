"""Plans of a day: who visits whom in which order. Arrays in, sequences out, so that an optimiser can take the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from optimize.inside import DayArrays, insert_cheapest

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

    @property
    def arrays(self) -> DayArrays:
        """The same as compiled steps take it."""
        return DayArrays(
            self.drive_seconds, self.starts_second, self.latest_second, self.break_seconds,
            self.break_from_second, self.can_do, self.from_second, self.until_second, self.work_seconds,
        )  # fmt: skip


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
    """Each job in turn goes where it adds least driving and everybody still comes in time.

    See `optimize.insert_cheapest`.
    """

    def plan(
        self, problem: DayProblem, sequences: Sequence[Sequence[int]], frozen: Sequence[int]
    ) -> list[list[int]]:
        """See `DayPlanner.plan`."""
        return insert_cheapest(problem.arrays, sequences, frozen)
