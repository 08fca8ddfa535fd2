"""Stations, territories and technicians decided together.

Point j brings n_j (w_j + k t_ij) / T busy technicians to station i: n_j jobs a day of w_j minutes of work and k single
ways of t_ij minutes, T minutes on duty. A crew of c carries a load L_i(c) within its promised wait (`crew_capacity`),
more per head the larger it is. Chosen are stations, crews and territories of least cost per day (`crew_search`); where
the promised wait depends on the mean job of a territory, the mean of the last answer is used in the next round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray
from optimize.network.crew_capacity import carried_loads, crew_needed
from optimize.network.crew_model import CrewLeaf
from optimize.network.crew_search import CrewProblem, CrewSearched, crew_search
from optimize.network.results import UnservedCustomer
from optimize.network.station_problem import SitingPlan, SitingProblem, StationsPoint
from optimize.solving import Progress, no_progress
from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NODE_LIMIT = 3_000
_ROUNDS = 3
_CLOSE = 1e-9
_SOLVER = "Lagrangean branch and bound over stations and crews, assignment by HiGHS"


@dataclass(frozen=True, eq=False)
class _Answer:
    """A plan in the terms of the search, with the crews that its own territories need."""

    leaf: CrewLeaf
    found: CrewSearched
    is_consistent: bool
    """The crews of the search are those its territories need."""
    cost: float


def site_stations(
    problem: SitingProblem,
    *,
    with_curve: bool = True,
    node_limit: int = NODE_LIMIT,
    progress: Progress = no_progress,
) -> SitingPlan:
    """Open stations, give every demand point to one of them, and size the crews, at the least cost per day.

    Args:
        problem: points, candidates, prices, promises.
        with_curve: also solve for each number of stations up to two more than the best; each number is one search.
        node_limit: of each search; reaching it, or an interruption, gives FEASIBLE, or FALLBACK where every point goes
            to its nearest station because nothing better was found.
        progress: told how far the solve is.

    Returns:
        The plan. OPTIMAL: proven within 1e-9 for crews that carry what `crew_capacity` says at the mean job minutes of
        this plan's own territories. INFEASIBLE: with the points that stand in the way.
    """
    progress("stations", 0, 0)
    unserved = _obstacles(problem)
    if unserved:
        return _nothing(problem, unserved)
    plan = _solved(problem, node_limit, progress)
    if not with_curve or not plan.open_stations:
        return plan
    return replace(plan, curve=stations_curve(problem, plan, node_limit=node_limit, progress=progress))


def stations_curve(
    problem: SitingProblem,
    best: SitingPlan,
    *,
    node_limit: int = NODE_LIMIT,
    progress: Progress = no_progress,
) -> tuple[StationsPoint, ...]:
    """What one more station buys: the best plan for each number from the fewest to two more than the best.

    Args:
        problem: points, candidates, prices, promises.
        best: its best plan, which is not solved again.
        node_limit: of each search.
        progress: told how far the curve is.
    """
    most = problem.stations if problem.most_stations is None else problem.most_stations
    last = min(most, problem.stations, len(best.open_stations) + 2)
    first = max(problem.fewest_stations, len(set(problem.required)), 1)
    points = []
    for number in range(first, last + 1):
        progress("curve of stations", number - first, last + 1 - first)
        plan = best
        if number != len(best.open_stations):
            plan = _solved(
                replace(problem, fewest_stations=number, most_stations=number), node_limit, progress
            )
        coverage = plan.coverage[0] if plan.coverage else 1.0
        crew = int(plan.technicians.sum())
        points.append(
            StationsPoint(number, plan.cost_per_day, plan.bound, plan.travel_minutes, coverage, crew)
        )
    return tuple(points)


def _solved(problem: SitingProblem, node_limit: int, progress: Progress, rounds: int = _ROUNDS) -> SitingPlan:
    minutes = _territory_minutes(problem)
    best: _Answer | None = None
    rounds = 1 if problem.promised_wait_minutes is None else rounds
    work = 0
    for _ in range(rounds):
        arrays = _arrays(problem, minutes)
        found = crew_search(arrays, node_limit=node_limit, progress=progress)
        work += found.nodes
        if found.leaf is None:
            if best is None and found.is_complete:
                return _nothing(problem, ())
            break
        answer = _sized(problem, arrays, found, found.leaf)
        if (
            best is None
            or answer.cost < best.cost * (1 - _CLOSE)
            or (answer.is_consistent and answer.cost <= best.cost)
        ):
            best = answer
        if answer.is_consistent:
            break
        minutes = np.where(answer.leaf.level > 0, _mean_minutes(problem, answer.leaf.share), minutes)
    if best is None:
        return _nearest_plan(problem, arrays, found, work)
    return _plan(problem, best, work)


def _loads(problem: SitingProblem) -> FloatArray:
    minutes = problem.work_minutes[:, None] + problem.trips_per_job * problem.travel_minutes
    loads: FloatArray = problem.jobs_per_day[:, None] * minutes / problem.on_duty_minutes
    return loads


def _territory_minutes(problem: SitingProblem) -> FloatArray:
    """Mean minutes per job at each station if every point went to its nearest one."""
    nearest = problem.travel_minutes.argmin(axis=1)
    share = np.zeros(problem.travel_minutes.shape)
    share[np.arange(problem.points), nearest] = 1.0
    minutes = _mean_minutes(problem, share)
    everywhere = float(_loads(problem).min(axis=1).sum() * problem.on_duty_minutes)
    jobs = float(problem.jobs_per_day.sum())
    return np.where(minutes > 0, minutes, everywhere / jobs if jobs > 0 else 0.0)


def _mean_minutes(problem: SitingProblem, share: FloatArray) -> FloatArray:
    """(stations,): travel and work per job of each territory, 0 where it has no jobs."""
    jobs = problem.jobs_per_day @ share
    busy = (_loads(problem) * share).sum(axis=0) * problem.on_duty_minutes
    minutes: FloatArray = np.divide(busy, jobs, out=np.zeros(len(jobs)), where=jobs > 0)
    return minutes


def _arrays(problem: SitingProblem, minutes: FloatArray) -> CrewProblem:
    """The problem for the search, with crews sized at these mean minutes per job."""
    load = _loads(problem)
    stations = problem.stations
    largest = _levels_of(problem, float(load.max(axis=1).sum()))
    capacity = np.zeros((stations, largest + 1))
    for station in range(stations):
        capacity[station] = carried_loads(problem, float(minutes[station]), largest)
    enough = np.sort(np.where(np.isfinite(capacity), capacity, 0.0).max(axis=0))
    level_cost = (
        problem.technician_cost_per_day * np.arange(largest + 1) + problem.station_cost_per_day[:, None]
    )
    is_existing = np.zeros(stations, np.bool_)
    is_existing[list(problem.existing)] = True
    level_cost[:, 0] = np.where(is_existing, problem.closing_cost_per_day, 0.0)
    allowed = np.ones((stations, largest + 1), np.bool_)
    allowed[list(problem.required), 0] = False
    least_load = float(load.min(axis=1).sum())
    # Crews that are pooled carry no less than the same people apart, so that no plan needs fewer in all.
    fewest_crew = int(np.searchsorted(enough, least_load * (1 - _CLOSE)))
    jobs = max(float(problem.jobs_per_day.sum()), 1e-300)
    reached = np.zeros((len(problem.reach), *load.shape))
    least = np.zeros(len(problem.reach))
    for place in range(len(problem.reach)):
        weight = _weight(problem, place)
        reached[place] = _near(problem, place) * weight[:, None] / jobs
        least[place] = problem.reach[place].least_share * float(weight.sum()) / jobs * (1 - _CLOSE)
    most = stations if problem.most_stations is None else min(problem.most_stations, stations)
    return CrewProblem(
        cost=problem.jobs_per_day[:, None] * problem.trips_per_job * problem.travel_km * problem.cost_per_km,
        load=load,
        level_cost=level_cost,
        level_capacity=capacity,
        allowed=allowed,
        reached=reached,
        reached_least=least,
        least_crew=fewest_crew if fewest_crew <= largest else 0,
        fewest=problem.fewest_stations,
        most=most,
        is_whole=not problem.may_split,
    )


def _levels_of(problem: SitingProblem, load: float) -> int:
    """Technicians beyond which no station has a use for more."""
    minutes = load * problem.on_duty_minutes / max(float(problem.jobs_per_day.sum()), 1e-300)
    return min(problem.most_technicians, crew_needed(problem, minutes, load, problem.most_technicians) + 1)


def _weight(problem: SitingProblem, place: int) -> FloatArray:
    """(points,): jobs that count for a reach promise."""
    points = problem.reach[place].points
    if points is None:
        return problem.jobs_per_day
    weight = np.zeros(problem.points)
    weight[list(points)] = problem.jobs_per_day[list(points)]
    return weight


def _near(problem: SitingProblem, place: int) -> BoolArray:
    """(points, stations): what a reach promise calls near."""
    promise = problem.reach[place]
    near = np.ones(problem.travel_km.shape, np.bool_)
    if promise.radius_km is not None:
        near &= problem.travel_km <= promise.radius_km
    if promise.travel_minutes is not None:
        near &= problem.travel_minutes <= promise.travel_minutes
    return near


def _sized(problem: SitingProblem, arrays: CrewProblem, found: CrewSearched, leaf: CrewLeaf) -> _Answer:
    """Crews that the territories of a plan need at their own mean minutes per job."""
    if problem.promised_wait_minutes is None:
        return _Answer(leaf, found, True, leaf.cost)
    minutes = _mean_minutes(problem, leaf.share)
    load = (arrays.load * leaf.share).sum(axis=0)
    level = leaf.level.copy()
    for station in np.flatnonzero(level > 0).tolist():
        level[station] = crew_needed(
            problem, float(minutes[station]), float(load[station]), problem.most_technicians
        )
    extra = float(problem.technician_cost_per_day * (level - leaf.level).sum())
    if level.max(initial=0) > problem.most_technicians:
        extra = np.inf
    return _Answer(
        CrewLeaf(level, leaf.share, leaf.cost + extra),
        found,
        bool((level == leaf.level).all()),
        leaf.cost + extra,
    )


def _plan(problem: SitingProblem, answer: _Answer, work: int) -> SitingPlan:
    found, leaf = answer.found, answer.leaf
    proven = found.is_complete and answer.is_consistent
    bound = answer.cost if proven else min(found.bound, answer.cost)
    status = SolveStatus.OPTIMAL if proven else SolveStatus.FEASIBLE
    return _described(problem, leaf.level, leaf.share, status, bound, work, _SOLVER)


def _nearest_plan(problem: SitingProblem, arrays: CrewProblem, found: CrewSearched, work: int) -> SitingPlan:
    """Every point to its nearest station, as many people as that takes."""
    share = np.zeros(arrays.cost.shape)
    share[np.arange(problem.points), problem.travel_minutes.argmin(axis=1)] = 1.0
    minutes, load = _mean_minutes(problem, share), (arrays.load * share).sum(axis=0)
    level = np.array(
        [
            crew_needed(problem, float(minutes[station]), float(load[station]), problem.most_technicians)
            if share[:, station].any() or station in problem.required
            else 0
            for station in range(problem.stations)
        ],
        np.int64,
    )
    number = int((level > 0).sum())
    if level.max() > problem.most_technicians or not arrays.fewest <= number <= arrays.most:
        return replace(_nothing(problem, ()), status=SolveStatus.FALLBACK, bound=found.bound, work=work)
    reached = (arrays.reached * share).sum(axis=(1, 2))
    if (reached < arrays.reached_least).any():
        return replace(_nothing(problem, ()), status=SolveStatus.FALLBACK, bound=found.bound, work=work)
    return _described(problem, level, share, SolveStatus.FALLBACK, found.bound, work, "nearest station")


def _described(
    problem: SitingProblem,
    level: IntArray,
    share: FloatArray,
    status: SolveStatus,
    bound: float,
    work: int,
    solver: str,
) -> SitingPlan:
    jobs = problem.jobs_per_day
    load = (_loads(problem) * share).sum(axis=0)
    is_open = level > 0
    given_up = [station for station in set(problem.existing) if not is_open[station]]
    closing = float(problem.closing_cost_per_day[sorted(given_up)].sum())
    total = max(float(jobs.sum()), 1e-300)
    travel_cost = problem.trips_per_job * problem.cost_per_km * problem.travel_km * jobs[:, None]
    coverage = []
    for place in range(len(problem.reach)):
        weight = _weight(problem, place)
        near = float((weight[:, None] * share * _near(problem, place)).sum())
        coverage.append(near / max(float(weight.sum()), 1e-300))
    return SitingPlan(
        status=status,
        open_stations=tuple(np.flatnonzero(is_open).tolist()),
        territory=np.where(share.sum(axis=1) > 0, share.argmax(axis=1), -1),
        share=share,
        technicians=level,
        load=load,
        utilisation=np.divide(load, level, out=np.zeros(len(level)), where=is_open),
        travel_minutes=float((jobs[:, None] * share * problem.travel_minutes).sum() / total),
        coverage=tuple(coverage),
        station_cost=float(problem.station_cost_per_day[is_open].sum()) + closing,
        technician_cost=problem.technician_cost_per_day * float(level.sum()),
        travel_cost=float((travel_cost * share).sum()),
        bound=bound,
        work=work,
        solver=solver,
    )


def _nothing(problem: SitingProblem, unserved: tuple[UnservedCustomer, ...]) -> SitingPlan:
    share = np.zeros(problem.travel_km.shape)
    level = np.zeros(problem.stations, np.int64)
    plan = _described(problem, level, share, SolveStatus.INFEASIBLE, np.inf, 0, _SOLVER)
    return replace(plan, station_cost=np.inf, unserved=unserved)


def _obstacles(problem: SitingProblem) -> tuple[UnservedCustomer, ...]:
    """Points that no plan can serve as promised."""
    found = []
    if not problem.may_split:
        load = _loads(problem)
        largest = problem.largest_utilisation * problem.most_technicians
        for point in np.flatnonzero(load.min(axis=1) > largest).tolist():
            reason = f"its jobs keep {load[point].min():.3g} technicians busy, more than a station may hold"
            found.append(
                UnservedCustomer(point, reason, "more technicians per station, or shared territories")
            )
    for place, promise in enumerate(problem.reach):
        weight, near = _weight(problem, place), _near(problem, place).any(axis=1)
        possible = float(weight[near].sum()) / max(float(weight.sum()), 1e-300)
        if weight.sum() > 0 and possible < promise.least_share - _CLOSE:
            for point in np.flatnonzero(~near & (weight > 0)).tolist():
                reason = f"no candidate is near: {promise.name} reaches {possible:.1%}, not {promise.least_share:.1%}"
                kilometres = float(problem.travel_km[point].min())
                minutes = float(problem.travel_minutes[point].min())
                wider = (
                    f"a candidate nearer than {kilometres:.4g} km and {minutes:.4g} minutes, or that radius"
                )
                found.append(UnservedCustomer(point, reason, wider))
    return tuple(sorted(found, key=lambda entry: entry.customer))


__all__ = ["NODE_LIMIT", "site_stations", "stations_curve"]
