"""Independent check of siting plans: plain Python on the problem's numbers, no code shared with the solver."""

from __future__ import annotations

from math import inf

from optimize.network.station_problem import SitingPlan, SitingProblem
from optimize.staffing.queues import mgc
from scenarios import SolveStatus

_CLOSE = 1e-6


def check_siting_plan(problem: SitingProblem, plan: SitingPlan) -> tuple[str, ...]:
    """All that is wrong with a plan, one line each; empty where nothing is.

    Args:
        problem: points, candidates, prices, promises.
        plan: to be checked.
    """
    if not plan.open_stations:
        if plan.cost_per_day != inf or plan.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE):
            return (f"nothing is open at a cost of {plan.cost_per_day:g}, status {plan.status.value}",)
        return ()
    wrong = [*_stations(problem, plan), *_territories(problem, plan), *_crews(problem, plan)]
    return (*wrong, *_promises(problem, plan), *_money(problem, plan))


def _stations(problem: SitingProblem, plan: SitingPlan) -> list[str]:
    wrong = [f"required station {i} is closed" for i in problem.required if i not in plan.open_stations]
    number = len(plan.open_stations)
    if number < problem.fewest_stations:
        wrong.append(f"{number} stations are open, fewer than {problem.fewest_stations}")
    if problem.most_stations is not None and number > problem.most_stations:
        wrong.append(f"{number} stations are open, more than {problem.most_stations}")
    for station, crew in enumerate(plan.technicians.tolist()):
        if (crew > 0) != (station in plan.open_stations):
            wrong.append(f"station {station} has {crew} technicians and is listed otherwise")
        if crew > problem.most_technicians:
            wrong.append(f"station {station} has {crew} technicians, more than {problem.most_technicians}")
    return wrong


def _territories(problem: SitingProblem, plan: SitingPlan) -> list[str]:
    wrong = []
    for point, row in enumerate(plan.share.tolist()):
        if abs(sum(row) - 1.0) > _CLOSE or min(row) < 0.0:
            wrong.append(f"point {point} is served {sum(row):.9g} times")
        if not problem.may_split and max(row) != 1.0:
            wrong.append(f"point {point} is split")
        wrong += [
            f"point {point} is served from station {station}, which is closed"
            for station, part in enumerate(row)
            if part > 0.0 and station not in plan.open_stations
        ]
    return wrong


def _crews(problem: SitingProblem, plan: SitingPlan) -> list[str]:
    wrong = []
    for station in plan.open_stations:
        jobs = busy = 0.0
        for point in range(problem.points):
            count = float(problem.jobs_per_day[point]) * float(plan.share[point, station])
            travel = problem.trips_per_job * float(problem.travel_minutes[point, station])
            jobs += count
            busy += count * (float(problem.work_minutes[point]) + travel)
        crew = int(plan.technicians[station])
        load = busy / problem.on_duty_minutes
        if abs(load - float(plan.load[station])) > _CLOSE * max(load, 1.0):
            wrong.append(f"load of station {station} is {load:.9g}, not {float(plan.load[station]):.9g}")
        if load > problem.largest_utilisation * crew * (1.0 + _CLOSE):
            wrong.append(f"station {station}: {crew} technicians are {load / max(crew, 1):.6g} busy")
        elif problem.promised_wait_minutes is not None and load > 0.0:
            queue = mgc(jobs / problem.on_duty_minutes, busy / jobs, problem.job_scv, crew)
            kept = queue.answered_within(problem.promised_wait_minutes)
            if kept < problem.waited_share - _CLOSE:
                wrong.append(f"station {station}: {kept:.6g} of jobs are begun in time")
    return wrong


def _promises(problem: SitingProblem, plan: SitingPlan) -> list[str]:
    wrong = []
    if len(plan.coverage) != len(problem.reach):
        return [f"{len(plan.coverage)} coverages for {len(problem.reach)} reach promises"]
    for promise, told in zip(problem.reach, plan.coverage, strict=True):
        near = total = 0.0
        for point in range(problem.points) if promise.points is None else promise.points:
            jobs = float(problem.jobs_per_day[point])
            total += jobs
            for station in plan.open_stations:
                is_far = (
                    promise.radius_km is not None
                    and float(problem.travel_km[point, station]) > promise.radius_km
                ) or (
                    promise.travel_minutes is not None
                    and float(problem.travel_minutes[point, station]) > promise.travel_minutes
                )
                near += 0.0 if is_far else jobs * float(plan.share[point, station])
        reached = near / total if total else 1.0
        if total and abs(reached - told) > _CLOSE:
            wrong.append(f"{promise.name}: {reached:.6g} is near, not {told:.6g}")
        if reached < promise.least_share - _CLOSE:
            wrong.append(f"{promise.name}: {reached:.6g} is near, less than {promise.least_share:g}")
    return wrong


def _money(problem: SitingProblem, plan: SitingPlan) -> list[str]:
    stations = sum(float(problem.station_cost_per_day[i]) for i in plan.open_stations)
    given_up = [i for i in set(problem.existing) if i not in plan.open_stations]
    stations += sum(float(problem.closing_cost_per_day[i]) for i in given_up)
    people = problem.technician_cost_per_day * sum(plan.technicians.tolist())
    travel = minutes = 0.0
    for point in range(problem.points):
        for station in plan.open_stations:
            jobs = float(problem.jobs_per_day[point]) * float(plan.share[point, station])
            ways = jobs * problem.trips_per_job
            travel += ways * float(problem.travel_km[point, station]) * problem.cost_per_km
            minutes += jobs * float(problem.travel_minutes[point, station])
    size = max(stations + people + travel, 1e-300)
    mean = minutes / max(sum(problem.jobs_per_day.tolist()), 1e-300)
    wrong = [
        f"{name} is {true:.12g}, not {told:.12g}"
        for name, told, true, scale in (
            ("station cost", plan.station_cost, stations, size),
            ("technician cost", plan.technician_cost, people, size),
            ("travel cost", plan.travel_cost, travel, size),
            ("mean travel", plan.travel_minutes, mean, max(mean, 1.0)),
        )
        if not abs(told - true) <= 1e-9 * scale
    ]
    if plan.bound > plan.cost_per_day + 1e-9 * size:
        wrong.append(f"bound {plan.bound:.12g} is above the cost {plan.cost_per_day:.12g}")
    if plan.status is SolveStatus.OPTIMAL and plan.cost_per_day - plan.bound > 1e-9 * size:
        wrong.append(f"status is optimal with a gap of {plan.gap:.3g}")
    return wrong


__all__ = ["check_siting_plan"]
