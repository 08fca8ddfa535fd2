"""Turn tours in the making into a plan with times, money by head, and reasons for what is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from optimize.routing.tours.arrays import (
    BALANCE,
    DEPART,
    END,
    ENDS,
    FIXED,
    KIND,
    NEVER,
    OVERTIME,
    PER_HOUR,
    PER_KM,
    PER_RELOAD,
    REGULAR_END,
    RELOADING,
    START,
)
from optimize.routing.tours.loading import Orders, Work, agreed_starts
from optimize.routing.tours.plan import (
    BREAK,
    BREAK_ON_ARRIVAL,
    RELOAD,
    Tour,
    TourMoney,
    ToursError,
    ToursPlan,
    ToursStatus,
    Unserved,
    UnservedReason,
)
from optimize.routing.tours.reasons import who_could
from optimize.routing.tours.scheduling import ARRIVAL, BEFORE, ON_THE_SPOT, STARTS, schedule

_NEEDS_ASKING = 60
"""Of so many visits left out it is found out what each would cost; of more, only whether somebody could."""


def decode(
    work: Work, *, iterations: int, is_interrupted: bool = False, used_fallback: bool = False
) -> ToursPlan:
    """The tours in the making as a plan.

    Args:
        work: The problem and its tours; their order is kept.
        iterations: Told on.
        is_interrupted: Told on.
        used_fallback: Told on.

    Raises:
        ToursError: a tour cannot be.
    """
    orders = work.orders
    tours = tuple(tour_of(work, vehicle, orders[vehicle]) for vehicle in sorted(orders))
    served = {visit for tour in tours for visit in tour.visits}
    left_out = [visit for visit in range(work.problem.visit_count) if visit not in served]
    plan = ToursPlan(
        tours=tours,
        unserved=(),
        must_unserved=sum(math.isinf(work.facts.penalty[visit]) for visit in left_out),
        money=_money(work, tours, left_out),
        status=ToursStatus.SERVED,
        iterations=iterations,
        is_interrupted=is_interrupted,
        used_fallback=used_fallback,
    )
    return _with_reasons(work, plan, left_out)


def tour_of(work: Work, vehicle: int, order: tuple[int, ...]) -> Tour:
    """One tour with its times; the visits of crews start when `work` says.

    Raises:
        ToursError: it cannot be.
    """
    facts, visits = work.facts, work.problem.visit_count
    items = np.array([visits if item == RELOAD else item for item in order], np.int64)
    times = np.zeros((len(items) + 1, 5), np.int64)
    if schedule(facts, work.routes, vehicle, items, times) == math.inf:
        raise ToursError(f"the tour of vehicle {vehicle} cannot be: {order}")
    stops: list[tuple[int, int, int]] = []
    ready = depart = int(work.routes.scratch[DEPART])
    for item, row in zip((*order, None), times.tolist(), strict=True):
        if row[BEFORE] < NEVER:
            stops.append((BREAK, ready, row[BEFORE]))
        if row[ON_THE_SPOT] < NEVER:
            stops.append((BREAK_ON_ARRIVAL, row[ARRIVAL], row[ON_THE_SPOT]))
        if item is not None:
            stops.append((item, row[ARRIVAL], row[STARTS]))
            stay = work.problem.vehicles.reload_seconds[vehicle]
            if item >= 0:
                stay = facts.service[facts.vehicle[vehicle, KIND], item]
            ready = row[STARTS] + int(stay)
    nodes = [facts.vehicle[vehicle, START]]
    nodes += [facts.vehicle[vehicle, RELOADING] if item == RELOAD else item for item in order]
    nodes.append(facts.vehicle[vehicle, END])
    return Tour(
        vehicle=vehicle,
        depart_second=depart,
        stops=tuple(stop for stop, _, _ in stops),
        arrival_seconds=tuple(arrival for _, arrival, _ in stops),
        start_seconds=tuple(start for _, _, start in stops),
        end_second=int(work.routes.scratch[ENDS]),
        distance_metres=int(facts.roads[1, nodes[:-1], nodes[1:]].sum()),
    )


def _money(work: Work, tours: tuple[Tour, ...], left_out: list[int]) -> TourMoney:
    problem, facts = work.problem, work.facts
    rows = np.array([tour.vehicle for tour in tours], np.int64)
    rate = facts.rate[rows]
    ends = np.array([tour.end_second for tour in tours], np.int64)
    hours = (ends - np.array([tour.depart_second for tour in tours], np.int64)) / 3600.0
    over = (ends - facts.vehicle[rows, REGULAR_END]).clip(0) / 3600.0
    km = np.array([tour.distance_metres for tour in tours], np.int64) / 1000.0
    reloads = np.array([tour.stops.count(RELOAD) for tour in tours], np.int64)
    late = extra = 0.0
    for tour in tours:
        row = facts.vehicle[tour.vehicle, KIND]
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True):
            if stop >= 0:
                extra += float(facts.extra[row, stop])
                late += _lateness(work, stop, start)
    return TourMoney(
        fixed=float(rate[:, FIXED].sum() + (rate[:, PER_RELOAD] * reloads).sum()),
        distance=float((rate[:, PER_KM] * km).sum()),
        hours=float((rate[:, PER_HOUR] * hours).sum()),
        overtime=float((rate[:, OVERTIME] * over).sum()),
        lateness=late,
        extra=extra,
        balance=float((rate[:, BALANCE] * hours * hours).sum()),
        unserved=float(
            sum(c for c in problem.visits.unserved_cost[np.array(left_out, np.int64)] if math.isfinite(c))
        ),
    )


def _lateness(work: Work, visit: int, start: int) -> float:
    problem = work.problem
    row, late = int(problem.visits.lateness_class[visit]), start - int(problem.visits.due_second[visit])
    if row < 0 or late <= 0:
        return 0.0
    seconds, cost = problem.lateness.seconds[row], problem.lateness.cost[row]
    piece = min(int(np.searchsorted(seconds, late)) - 1, len(seconds) - 2)
    slope = (cost[piece + 1] - cost[piece]) / (seconds[piece + 1] - seconds[piece])
    return float(cost[piece] + slope * (late - seconds[piece]))


def _with_reasons(work: Work, plan: ToursPlan, left_out: list[int]) -> ToursPlan:
    problem, must = work.problem, work.problem.visits.unserved_cost
    unserved, is_proven, orders, starts = [], False, work.orders, agreed_starts(problem, plan)
    for visit in left_out:
        reason, relaxation = who_could(problem, work.facts, visit)
        if reason is not None:
            is_proven |= math.isinf(must[visit])
        else:
            asked = len(left_out) <= _NEEDS_ASKING and math.isfinite(must[visit])
            price = _price(work, orders, starts, visit) if asked else None
            reason = UnservedReason.FLEET if price is None else UnservedReason.COST
            relaxation = "one more vehicle" if price is None else f"it would cost {price:.2f}"
        unserved.append(Unserved(visit, reason, relaxation, bool(problem.visits.is_outsourced[visit])))
    status = ToursStatus.SERVED
    if not problem.visit_count:
        status = ToursStatus.NOTHING_TO_DO
    elif plan.must_unserved:
        status = ToursStatus.INFEASIBLE if is_proven else ToursStatus.PARTIAL
    return replace(plan, unserved=tuple(unserved), status=status)


def _price(work: Work, orders: Orders, starts: Mapping[int, int], visit: int) -> float | None:
    """Money more with a visit, and the other one of its crew, where it costs least; None: it fits nowhere."""
    twin = int(work.problem.visits.twin[visit])
    work.load(orders, starts)
    return work.insert_only([visit] if twin < 0 else [visit, twin])
