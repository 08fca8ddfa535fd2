"""What load a crew carries so that calls are begun in time: pooling, by the queue M/G/c."""

from __future__ import annotations

from math import inf

import numpy as np

from optimize.arguments import FloatArray
from optimize.network.station_problem import SitingProblem
from optimize.staffing.queues import mgc

_HALVINGS = 45


def carried_loads(problem: SitingProblem, mean_job_minutes: float, crews: int) -> FloatArray:
    """Largest load (technicians busy on average) that 0, 1, ... `crews` technicians carry.

    Load / technicians stays at or below the largest utilisation, and P(wait <= promised) of the queue M/G/c at or above
    the promised share; jobs wait for the next free technician of their station. The share falls with the load, so that
    the largest load is found by halving.

    Args:
        problem: promise and ceiling of utilisation.
        mean_job_minutes: travel and work of one job.
        crews: of the last entry.

    Returns:
        (crews + 1,), rising; per technician it rises as well, which is what pooling gives.
    """
    ceiling: FloatArray = problem.largest_utilisation * np.arange(crews + 1.0)
    if problem.promised_wait_minutes is None or mean_job_minutes <= 0.0:
        return ceiling
    loads = np.zeros(crews + 1)
    for crew in range(1, crews + 1):
        low, high = 0.0, float(ceiling[crew])
        if _share(problem, mean_job_minutes, high, crew) >= problem.waited_share:
            loads[crew] = high
            continue
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            if _share(problem, mean_job_minutes, middle, crew) >= problem.waited_share:
                low = middle
            else:
                high = middle
        loads[crew] = low
    return loads


def crew_needed(problem: SitingProblem, mean_job_minutes: float, load: float, most: int) -> int:
    """Fewest technicians that carry a load; `most` + 1 where that many do not."""
    if load <= 0.0:
        return 1
    for crew in range(1, most + 1):
        if load > problem.largest_utilisation * crew * (1.0 + 1e-9):
            continue
        if problem.promised_wait_minutes is None:
            return crew
        if _share(problem, mean_job_minutes, load, crew) >= problem.waited_share - 1e-9:
            return crew
    return most + 1


def _share(problem: SitingProblem, mean_job_minutes: float, load: float, crew: int) -> float:
    """Share of jobs begun within the promised wait."""
    minutes = inf if problem.promised_wait_minutes is None else problem.promised_wait_minutes
    if load <= 0.0:
        return 1.0
    return mgc(load / mean_job_minutes, mean_job_minutes, problem.job_scv, crew).answered_within(minutes)


__all__ = ["carried_loads", "crew_needed"]
