"""A district's day after the event: what its tours cost, were expected to, and would have with perfect information."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimize.routing.tours.crew_arrays import CrewWork
from optimize.routing.tours.crew_problem import CrewProblem
from optimize.routing.tours.dispatching import COOLED_SHARE, WARM_HOURS
from optimize.routing.tours.problem import BoolArray


@dataclass(frozen=True, eq=False)
class DrivenDay:
    """Visits of a day as they were driven. Second visits of crews are numbered as in `crew_problem.Visited`.

    Attributes:
        happened: the visits with the work, the drives and the times that came to pass; all of it certain.
        expected: the same visits with the work and the drives that plans reckoned with; also certain.
        sequences: visits of each technician in the order in which they were driven.
        starts: second at which the two visits of a crew began.
        is_in_vain: (n,) nobody was at home; who knows it beforehand need not go.
    """

    happened: CrewProblem
    expected: CrewProblem
    sequences: Sequence[Sequence[int]]
    starts: Mapping[int, int]
    is_in_vain: BoolArray


@dataclass(frozen=True)
class DayWorth:
    """Money and lateness of a day.

    Attributes:
        planned: the sequences driven, had all gone as expected when each visit was set out for; nobody waits for the
            other of a crew.
        realised: the sequences driven, each visit as early as it could begin.
        realised_late_seconds: after promises, all visits together.
        perfect: of the best that the search found; never more than realised.
        perfect_late_seconds: after promises.
    """

    planned: float
    realised: float
    realised_late_seconds: int
    perfect: float
    perfect_late_seconds: int


def weigh_day(day: DrivenDay, iterations: int, seed: int = 1) -> DayWorth:
    """Weigh a day that is over against perfect information, all by one measure of cost.

    The search starts from what was driven, so it cannot do worse; it is no proof, so true regret can be larger.

    Args:
        day: at least one technician and one visit.
        iterations: of the search for what could have been done.
        seed: of its random numbers.
    """
    planned = CrewWork(day.expected, seed).take(day.sequences, {})
    work = CrewWork(day.happened, seed)
    realised = perfect = work.take(day.sequences, day.starts)
    late = perfect_late = work.late_seconds()
    pairs = np.flatnonzero(day.happened.people > 1)
    in_vain = np.concatenate([day.is_in_vain, day.is_in_vain[pairs]])
    work.take([[visit for visit in one if not in_vain[visit]] for one in day.sequences], day.starts)
    if iterations:
        work.search(iterations, day.happened.driving_cost_per_hour * WARM_HOURS, COOLED_SHARE)
    if work.cost < realised:
        perfect, perfect_late = work.cost, work.late_seconds()
    return DayWorth(planned, realised, late, perfect, perfect_late)


__all__ = ["DayWorth", "DrivenDay", "weigh_day"]
