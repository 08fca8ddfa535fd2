"""Take a plan over to a problem that has changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from optimize.routing.tours.arrays import FREE, PINNED
from optimize.routing.tours.loading import Orders, Work, without
from optimize.routing.tours.plan import RELOAD
from optimize.routing.tours.scheduling import schedule


def keep_what_fits(work: Work, orders: Orders, starts: Mapping[int, int]) -> None:
    """Load orders without the visits that the problem does not know or that cannot be made there any more.

    Tours that still keep all rules stay as they are. From any other the visits are taken over one after the other, as
    long as the tour stays possible. The visits of a crew keep their agreed start or are both dropped.

    Args:
        work: Gets the tours.
        orders: Vehicle -> visits and reloads; vehicles that the problem does not know are passed over.
        starts: Agreed starts of crews.
    """
    problem = work.problem
    kept: dict[int, tuple[int, ...]] = {}
    named: set[int] = set()
    work.routes.state[:, PINNED] = FREE
    for visit, start in starts.items():
        work.routes.state[visit, PINNED] = start
    for vehicle, order in sorted(orders.items()):
        if not 0 <= vehicle < problem.vehicle_count:
            continue
        known = [item for item in order if item == RELOAD or 0 <= item < problem.visit_count]
        known = [item for item in known if item == RELOAD or item not in named]
        if not is_possible(work, vehicle, known):
            taken: list[int] = []
            for item in known:
                if is_possible(work, vehicle, [*taken, item]):
                    taken.append(item)
            known = taken
        while known and known[-1] == RELOAD:
            known.pop()
        named.update(item for item in known if item >= 0)
        kept[vehicle] = tuple(known)
    twin = problem.visits.twin
    alone = [
        visit for visit in named if twin[visit] >= 0 and (twin[visit] not in named or visit not in starts)
    ]
    alone += [
        visit for visit in named if twin[visit] in named and starts.get(visit) != starts.get(int(twin[visit]))
    ]
    kept = without(kept, alone)
    named.difference_update(alone)
    work.load(kept, {visit: start for visit, start in starts.items() if visit in named})


def is_possible(work: Work, vehicle: int, order: Sequence[int]) -> bool:
    """Whether one vehicle may make a tour of these visits and reloads; its times may be free."""
    return tour_money(work, vehicle, order) < math.inf


def tour_money(work: Work, vehicle: int, order: Sequence[int]) -> float:
    """Money for a tour of one vehicle with these visits and reloads, its times free; infinite where it cannot be."""
    problem, facts = work.problem, work.facts
    visits = [item for item in order if item >= 0]
    if not visits and not order:
        return 0.0
    if len(set(visits)) < len(visits) or len(order) > work.routes.stops.shape[1]:
        return math.inf
    kind = problem.vehicles.kind[vehicle]
    reloads = len(order) - len(visits)
    if reloads > problem.vehicles.most_reloads[vehicle] or not problem.allowed[kind, visits].all():
        return math.inf
    if not _goods_fit(work, vehicle, order):
        return math.inf
    items = np.array([problem.visit_count if item == RELOAD else item for item in order], np.int64)
    return float(schedule(facts, work.routes, vehicle, items, np.zeros((len(items) + 1, 5), np.int64)))


def _goods_fit(work: Work, vehicle: int, order: Sequence[int]) -> bool:
    visits = work.problem.visits
    trips: list[list[int]] = [[]]
    for item in order:
        if item == RELOAD:
            trips.append([])
        else:
            trips[-1].append(item)
    for trip in trips:
        load, collected = visits.load[trip], visits.collected[trip]
        # Aboard after each visit: what is still to be brought, and what has been taken back.
        aboard = load.sum(axis=0) + np.cumsum(collected - load, axis=0)
        most = np.maximum(load.sum(axis=0), aboard.max(axis=0, initial=0))
        if (most > work.problem.vehicles.capacity[vehicle]).any():
            return False
    first = visits.parts[trips[0]]
    needed = np.where(visits.is_tool, first.max(axis=0, initial=0), first.sum(axis=0))
    return bool((needed <= work.problem.vehicles.on_board[vehicle]).all())


__all__ = ["is_possible", "keep_what_fits", "tour_money"]
