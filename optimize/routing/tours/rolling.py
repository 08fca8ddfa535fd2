"""Plans while the day goes on: what is left of a problem at some moment, and a new plan that leaves the near be.

A dispatcher calls `rest_of_day` when something has happened, then `replan` for what it gives: everything that begins
within the frozen window stays where and when it is, the rest is searched anew, and the outcome is never worse than the
plan followed so far, repaired to fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimize.arguments import count
from optimize.routing.tours.plan import BREAK, BREAK_ON_ARRIVAL, RELOAD, Tour, ToursPlan
from optimize.routing.tours.problem import LATEST_SECOND, BoolArray, IntArray, Tours, Vehicles
from optimize.routing.tours.searching import repair, search_tours


@dataclass(frozen=True, eq=False)
class Restarted:
    """What is left of a problem at some moment.

    Attributes:
        problem: Visits that are known and that nobody has set out for; vehicles where and when they are next free.
        visits: (n,) row of the first problem of each visit.
        begun: By vehicle, visits and reloads of the first problem that have been made or are under way.
        plan: What is still ahead by the plan followed so far, in the rows of `problem`; to be repaired before use, as
            its money is that of the first problem.
    """

    problem: Tours
    visits: IntArray
    begun: dict[int, tuple[int, ...]]
    plan: ToursPlan


def replan(
    problem: Tours, incumbent: ToursPlan, now: int, frozen_seconds: int, iterations: int, seed: int = 1
) -> ToursPlan:
    """Plan anew, but leave be what begins soon.

    Args:
        problem: As it is now: vehicles start from where they are next free, no earlier than `now`; visits that have
            come up since are at the end.
        incumbent: The plan followed so far, in the rows of `problem`.
        now: Present second.
        frozen_seconds: Visits that the repaired incumbent starts up to so much later keep vehicle and second.
        iterations: Of the search.
        seed: Of its random numbers.

    Returns:
        A plan of `pinned(problem, repaired incumbent, now + frozen_seconds)`, so no start of a frozen visit differs;
        never worse than the repaired incumbent.

    Raises:
        ValueError: a vehicle could leave before `now`, or a number is no whole number of 0 or more.
    """
    count("now", now, most=LATEST_SECOND)
    count("frozen_seconds", frozen_seconds, most=LATEST_SECOND)
    early = np.flatnonzero(problem.vehicles.shift_start_second < now)
    if len(early):
        second = int(problem.vehicles.shift_start_second[early[0]])
        raise ValueError(f"shift_start_second[{early[0]}] is {second}, before now, which is {now}")
    repaired = repair(problem, incumbent)
    held = pinned(problem, repaired, now + frozen_seconds)
    return search_tours(held, iterations=iterations, seed=seed, start=repair(held, repaired))


def pinned(problem: Tours, plan: ToursPlan, until_second: int) -> Tours:
    """The problem in which what a plan starts up to a second keeps its vehicle and its second.

    Args:
        problem: What was planned.
        plan: Its plan.
        until_second: Later starts are free.
    """
    vehicles, visits = problem.vehicles, problem.visits
    rows = vehicles.kind
    allowed = problem.allowed[rows].copy()
    opens, closes = visits.window_opens.copy(), visits.window_closes.copy()
    for tour in plan.tours:
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True):
            if stop >= 0 and start <= until_second:
                allowed[:, stop] = np.arange(len(rows)) == tour.vehicle
                opens[stop], closes[stop] = start, start
    return replace(
        problem,
        visits=replace(visits, window_opens=opens, window_closes=closes),
        vehicles=replace(vehicles, kind=np.arange(len(rows))),
        allowed=allowed,
        service_seconds=problem.service_seconds[rows],
        extra_cost=problem.extra_cost[rows],
    )


def rest_of_day(problem: Tours, plan: ToursPlan, now: int, known: BoolArray | None = None) -> Restarted:
    """Take a problem on to a moment: what has been set out for is done, everybody is where it leaves him.

    A leg that has begun is driven to its end. Time that a started tour spends from now on is paid as overtime is, by
    its hourly rate, so that it counts from now and not from when somebody next leaves.

    Args:
        problem: Of people with parts and tools; goods (load dimensions) and driver rules are not taken on.
        plan: Followed so far.
        now: Present second.
        known: (n,) visits that are known by now; all unless given.

    Raises:
        ValueError: there are goods or driver rules, or a vehicle with balance or overtime cost beside its hourly cost.
    """
    _check_technicians(problem)
    known = np.ones(problem.visit_count, np.bool_) if known is None else known
    states = {tour.vehicle: _State.of(problem, tour, now) for tour in plan.tours if tour.depart_second < now}
    begun = {vehicle: state.begun for vehicle, state in states.items()}
    is_ahead = known.copy()
    for order in begun.values():
        is_ahead[[stop for stop in order if stop >= 0]] = False
    ahead = np.flatnonzero(is_ahead)
    row_of = np.full(problem.visit_count, -1)
    row_of[ahead] = np.arange(len(ahead))
    ahead_tours = tuple(
        rest
        for tour in plan.tours
        if (rest := _ahead(tour, len(begun.get(tour.vehicle, ())), row_of)) is not None
    )
    return Restarted(
        _restarted(problem, states, ahead, row_of, now),
        ahead,
        begun,
        replace(plan, tours=ahead_tours, unserved=(), bound=None),
    )


def _ahead(tour: Tour, begun: int, row_of: IntArray) -> Tour | None:
    """The stops of a tour after those that have begun, breaks aside; None without any visit."""
    items = [number for number, stop in enumerate(tour.stops) if stop >= RELOAD][begun:]
    items = [number for number in items if tour.stops[number] == RELOAD or row_of[tour.stops[number]] >= 0]
    if all(tour.stops[number] == RELOAD for number in items):
        return None
    stops = [tour.stops[number] for number in items]
    return replace(
        tour,
        stops=tuple(stop if stop == RELOAD else int(row_of[stop]) for stop in stops),
        arrival_seconds=tuple(tour.arrival_seconds[number] for number in items),
        start_seconds=tuple(tour.start_seconds[number] for number in items),
    )


@dataclass(frozen=True)
class _State:
    """Somebody who has set out."""

    begun: tuple[int, ...]
    place: int
    second: int
    has_paused: bool
    parts: IntArray
    reloads: int

    @classmethod
    def of(cls, problem: Tours, tour: Tour, now: int) -> _State:
        """Follow a tour up to the stop that it is on the way to, or at, at a second."""
        vehicles, visits, vehicle = problem.vehicles, problem.visits, tour.vehicle
        row = int(vehicles.kind[vehicle])
        place, second = int(vehicles.start_place[vehicle]), tour.depart_second
        begun, has_paused, is_driving, reloads = list[int](), False, True, 0
        aboard = vehicles.on_board[vehicle].copy()
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True):
            if stop == BREAK:
                if start >= now:
                    break
                second, has_paused = start + int(vehicles.break_seconds[vehicle]), True
                continue
            if second >= now and not is_driving:
                break
            # the first leg has begun, and one that ends in a break goes on to the stop after it
            is_driving = stop == BREAK_ON_ARRIVAL
            if is_driving:
                has_paused = True
                continue
            begun.append(stop)
            if stop == RELOAD:
                place, second = (
                    int(vehicles.reload_place[vehicle]),
                    start + int(vehicles.reload_seconds[vehicle]),
                )
                reloads, aboard = reloads + 1, visits.parts.sum(axis=0)
            else:
                place, second = int(visits.place[stop]), start + int(problem.service_seconds[row, stop])
                aboard = aboard - np.where(visits.is_tool, 0, visits.parts[stop])
        return cls(tuple(begun), place, max(second, now), has_paused, aboard, reloads)


def _restarted(
    problem: Tours, states: dict[int, _State], ahead: IntArray, row_of: IntArray, now: int
) -> Tours:
    vehicles, visits = problem.vehicles, problem.visits
    of = {name: getattr(vehicles, name).copy() for name in Vehicles.spec}
    of["shift_start_second"] = np.maximum(of["shift_start_second"], now)
    for vehicle, state in states.items():
        of["start_place"][vehicle], of["shift_start_second"][vehicle] = state.place, state.second
        of["cost_fixed"][vehicle] = 0.0
        of["most_reloads"][vehicle] -= state.reloads
        of["on_board"][vehicle] = state.parts
        of["break_latest_second"][vehicle] = max(int(of["break_latest_second"][vehicle]), state.second)
        if state.has_paused:
            of["break_seconds"][vehicle] = 0
        if of["cost_per_hour"][vehicle]:
            of["overtime_cost_per_hour"][vehicle] = of["cost_per_hour"][vehicle]
            of["cost_per_hour"][vehicle], of["regular_end_second"][vehicle] = 0.0, now
    of["kind"] = np.arange(len(vehicles.kind))
    kept = {name: getattr(visits, name) for name in visits.spec}
    per_visit = {name: array[ahead] if name != "is_tool" else array for name, array in kept.items()}
    per_visit["twin"] = np.where(per_visit["twin"] >= 0, row_of[per_visit["twin"]], -1)
    rows = np.ix_(vehicles.kind, ahead)
    return replace(
        problem,
        visits=type(visits)(**per_visit),
        vehicles=Vehicles(**of),
        allowed=problem.allowed[rows],
        service_seconds=problem.service_seconds[rows],
        extra_cost=problem.extra_cost[rows],
    )


def _check_technicians(problem: Tours) -> None:
    vehicles = problem.vehicles
    if problem.sizes["d"]:
        raise ValueError(
            f"the problem has {problem.sizes['d']} load dimensions; goods aboard are not taken on"
        )
    if vehicles.longest_driving_seconds.any():
        raise ValueError("longest_driving_seconds is given; time at the wheel is not taken on")
    doubled = (vehicles.cost_per_hour > 0) & (vehicles.overtime_cost_per_hour > 0)
    if doubled.any() or vehicles.balance_cost.any():
        raise ValueError(
            "a vehicle has overtime or balance cost beside its hourly cost; a started tour cannot"
        )


__all__ = ["Restarted", "pinned", "replan", "rest_of_day"]
