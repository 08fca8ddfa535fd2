"""What some stations more or fewer would cost, one step after the other from a plan: quick, and without a proof."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.network.crew_capacity import crew_needed
from optimize.network.station_problem import SitingPlan, SitingProblem, StationsPoint

_Open = npt.NDArray[np.bool_]


def neighbouring_points(
    problem: SitingProblem, plan: SitingPlan, fewer: int, more: int
) -> tuple[StationsPoint, ...]:
    """Close, and open, the station that is best to close or open next; every point goes to its nearest open station.

    Costs are those of plans that exist, so that the best ones cost no more; a bound is known of the plan alone.

    Args:
        problem: points, candidates, prices; promises of reach are not looked at.
        plan: where the steps begin.
        fewer: steps down, as far as stations may be closed.
        more: steps up, as far as there are others.

    Returns:
        Points by rising number of stations, the plan's own among them.
    """
    start = np.zeros(problem.stations, np.bool_)
    start[list(plan.open_stations)] = True
    coverage = plan.coverage[0] if plan.coverage else 1.0
    people = int(plan.technicians.sum())
    own = StationsPoint(
        int(start.sum()), plan.cost_per_day, plan.bound, plan.travel_minutes, coverage, people
    )
    kept = set(problem.required)
    points = [own]
    for step, count in ((False, fewer), (True, more)):
        is_open = start.copy()
        for _ in range(count):
            able = [
                station for station in np.flatnonzero(is_open != step).tolist() if step or station not in kept
            ]
            if not able or (not step and is_open.sum() <= 1):
                break
            tried = {station: _point(problem, _changed(is_open, station)) for station in able}
            best = min(tried, key=lambda station: (tried[station].cost_per_day, station))
            is_open = _changed(is_open, best)
            points.append(tried[best])
    return tuple(sorted(points, key=lambda point: point.stations))


def _changed(is_open: _Open, station: int) -> _Open:
    other = is_open.copy()
    other[station] = not other[station]
    return other


def _point(problem: SitingProblem, is_open: _Open) -> StationsPoint:
    """Cost with every point at its nearest open station."""
    nearest = np.where(is_open, problem.travel_minutes, np.inf).argmin(axis=1)
    rows, jobs = np.arange(problem.points), problem.jobs_per_day
    drive = problem.travel_minutes[rows, nearest]
    busy = jobs * (problem.work_minutes + problem.trips_per_job * drive)
    minutes = np.bincount(nearest, busy, problem.stations)
    number = np.bincount(nearest, jobs, problem.stations)
    people = 0
    for station in np.flatnonzero(is_open).tolist():
        mean = minutes[station] / number[station] if number[station] > 0.0 else 0.0
        load = minutes[station] / problem.on_duty_minutes
        people += crew_needed(problem, float(mean), float(load), problem.most_technicians)
    given_up = [station for station in problem.existing if not is_open[station]]
    cost = (
        float(problem.station_cost_per_day[is_open].sum())
        + float(problem.closing_cost_per_day[given_up].sum())
        + problem.technician_cost_per_day * people
        + problem.trips_per_job * problem.cost_per_km * float(jobs @ problem.travel_km[rows, nearest])
    )
    total = max(float(jobs.sum()), 1e-300)
    return StationsPoint(int(is_open.sum()), cost, -np.inf, float(jobs @ drive) / total, np.nan, people)


__all__ = ["neighbouring_points"]
