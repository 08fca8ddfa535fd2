"""Tours finished: the best set of all tours that a search met, and how far from the best plan there is.

Vehicles of one kind are equal, so a tour of one may be made by any other. Tours with a visit of a crew stay as they
are, for their times hang together. Tours of the choice may overlap: a visit that several of them make stays in one, and
leaves those first where that saves most. What comes out is timed and checked like any plan, and taken where it is
better.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimize.routing.partitioning import PoolChoice, best_of_pool
from optimize.routing.tours.bounding import bound_tours
from optimize.routing.tours.decoding import decode
from optimize.routing.tours.loading import Work, agreed_starts
from optimize.routing.tours.plan import RELOAD, ToursPlan, ToursStatus
from optimize.routing.tours.problem import Tours
from optimize.routing.tours.repairing import tour_money
from optimize.routing.tours.searching import checked
from optimize.solving import Progress, no_progress

_GAP = 1e-9
_DEAR = 10.0
"""Times all money of a plan: what leaving out a visit that must be made costs where the plan leaves some out."""

Order = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ToursFinish:
    """A plan, and what is known about the best one."""

    plan: ToursPlan
    """Never worse than the one that was to be finished; with a bound where one was asked for and holds."""
    gain: float
    """Money by which it is cheaper; 0 where it leaves out fewer visits that must be made."""
    pool_bound: float | None
    """No choice among the tours of the pool and of the bound costs less; None where visits that must be made are left
    out."""
    is_best_of_pool: bool
    """Whether no choice among them is better than the plan."""


def finish_tours(
    problem: Tours,
    plan: ToursPlan,
    pool: Mapping[tuple[int, Order], float],
    *,
    frozen: Collection[int] = (),
    work_limit: int = 400_000_000,
    nodes: int = 200,
    seed: int = 1,
    progress: Progress = no_progress,
) -> ToursFinish:
    """Choose the best set of the tours in a pool, and bound the money of any plan.

    Args:
        problem: What was to be planned.
        plan: A plan that keeps all rules.
        pool: (Vehicle, its visits and reloads) -> money, as `search_tours` fills it.
        frozen: Vehicles whose tours stay as they are.
        work_limit: Most steps for the bound: about 100 to 200 million a second; 0 = no bound.
        nodes: Most nodes of branch and bound for the choice.
        seed: Of the choice.
        progress: Told about both.

    Returns:
        The finished plan, which passed `check_tours`. Its bound holds for all plans that make every visit that must be
        made, whatever is frozen; where this one leaves some out, it has none.

    Raises:
        ValueError: A limit or the seed is out of range.
        ToursError: The plan breaks a rule.
    """
    choice = _Choice(problem, plan, frozen)
    for (vehicle, order), money in pool.items():
        choice.add(vehicle, order, money)
    bound, is_bounded = 0.0, work_limit > 0 and plan.must_unserved == 0 and problem.vehicle_count > 0
    if is_bounded:
        found = bound_tours(problem, [*plan.orders.items(), *pool], work_limit=work_limit, progress=progress)
        bound = found.bound
        for vehicle, order in found.tours:
            choice.add(vehicle, order)
    chosen = choice.solve(nodes, seed, progress)
    finished = plan
    if chosen is not None:
        finished = min(plan, choice.plan_of(chosen), key=lambda either: either.rank)
    is_best = chosen is None
    pool_bound = plan.cost if plan.must_unserved == 0 else None
    if chosen is not None and plan.must_unserved == 0:
        pool_bound = min(chosen.bound + choice.fixed_money, finished.cost)
        is_best = finished.cost <= pool_bound * (1 + _GAP)
    return ToursFinish(
        plan=checked(problem, _with_bound(finished, bound) if is_bounded else finished),
        gain=plan.cost - finished.cost if finished.must_unserved == plan.must_unserved else 0.0,
        pool_bound=pool_bound,
        is_best_of_pool=is_best,
    )


def _with_bound(plan: ToursPlan, bound: float) -> ToursPlan:
    bound = min(bound, plan.cost)
    is_proven = plan.status is ToursStatus.SERVED and bound >= plan.cost * (1 - _GAP)
    return replace(plan, bound=bound, status=ToursStatus.OPTIMAL if is_proven else plan.status)


class _Choice:
    """Tours among which to choose, and those that stay as they are."""

    def __init__(self, problem: Tours, plan: ToursPlan, frozen: Collection[int]) -> None:
        self._problem, self._plan = problem, plan
        self._work = Work.on(problem)
        self._starts = agreed_starts(problem, plan)
        self._fixed = {
            vehicle: order
            for vehicle, order in plan.orders.items()
            if vehicle in frozen or not self._starts.keys().isdisjoint(order)
        }
        self._kind = problem.vehicles.kind
        closed = {*frozen, *self._fixed}
        self._free = [vehicle for vehicle in range(problem.vehicle_count) if vehicle not in closed]
        taken = {stop for order in self._fixed.values() for stop in order}
        single = np.flatnonzero(problem.visits.twin < 0).tolist()
        self._visits = [visit for visit in single if visit not in taken]
        self._row = {visit: row for row, visit in enumerate(self._visits)}
        self._tours: dict[tuple[int, Order], float] = {}
        for vehicle, order in plan.orders.items():
            self.add(vehicle, order)
        self._incumbent = len(self._tours)

    @property
    def fixed_money(self) -> float:
        """Money of the tours that stay, and of the visits that stay left out with them."""
        made = {stop for order in self._plan.orders.values() for stop in order}
        costs = self._problem.visits.unserved_cost
        left_out = [
            float(costs[visit])
            for visit in range(self._problem.visit_count)
            if visit not in made and visit not in self._row
        ]
        tours = [self._money(vehicle, order) for vehicle, order in self._fixed.items()]
        return math.fsum([*tours, *left_out])

    def _money(self, vehicle: int, order: Order) -> float:
        """With the starts that crews have agreed on."""
        self._work.load({vehicle: order}, {stop: at for stop, at in self._starts.items() if stop in order})
        return tour_money(self._work, vehicle, order)

    def add(self, vehicle: int, order: Order, money: float | None = None) -> None:
        """Let a tour join, unless it is known, cannot be, or holds visits that stay where they are.

        Args:
            vehicle: Whose.
            order: Its visits and reloads.
            money: What it costs, where that is known.
        """
        key = (int(self._kind[vehicle]), order)
        if key in self._tours or not all(stop in self._row or stop == RELOAD for stop in order):
            return
        cost = tour_money(self._work, vehicle, order) if money is None else money
        if cost < math.inf:
            self._tours[key] = cost

    def solve(self, nodes: int, seed: int, progress: Progress) -> PoolChoice | None:
        """The best set of tours; None where there is nothing to choose."""
        if not self._tours or not self._visits:
            return None
        problem, plan = self._problem, self._plan
        kinds = sorted({kind for kind, _ in self._tours})
        limits = [sum(int(self._kind[vehicle]) == kind for vehicle in self._free) for kind in kinds]
        penalty = problem.visits.unserved_cost[self._visits].astype(np.float64)
        if plan.must_unserved:
            optional = math.fsum(penalty[np.isfinite(penalty)])
            penalty[np.isinf(penalty)] = _DEAR * (1.0 + plan.cost + optional)
        return best_of_pool(
            list(self._tours.values()),
            [[self._row[stop] for stop in order if stop >= 0] for _, order in self._tours],
            len(self._visits),
            group=[kinds.index(kind) for kind, _ in self._tours],
            group_limits=limits,
            unserved_penalty=penalty,
            start=tuple(range(self._incumbent)),
            is_covering=True,
            work_limit=nodes,
            seed=seed,
            progress=progress,
        )

    def plan_of(self, chosen: PoolChoice) -> ToursPlan:
        """The chosen tours without overlaps, each on a vehicle of its kind: its own where it has it already."""
        tours = list(self._tours)
        orders: dict[int, Order] = {}
        free = list(self._free)
        waiting: list[tuple[int, Order]] = []
        for kind, order in (tours[row] for row in chosen.chosen):
            owner = [
                vehicle
                for vehicle in free
                if self._kind[vehicle] == kind and self._plan.orders.get(vehicle) == order
            ]
            if owner:
                orders[owner[0]] = order
                free.remove(owner[0])
            else:
                waiting.append((kind, order))
        for kind, order in waiting:
            vehicle = next(vehicle for vehicle in free if self._kind[vehicle] == kind)
            orders[vehicle] = order
            free.remove(vehicle)
        self._work.load({**self._without_overlaps(orders), **self._fixed}, self._starts)
        plan = self._plan
        return decode(
            self._work,
            iterations=plan.iterations,
            is_interrupted=plan.is_interrupted,
            used_fallback=plan.used_fallback,
        )

    def _without_overlaps(self, orders: dict[int, Order]) -> dict[int, Order]:
        """Take each visit that several tours make out of all but one, the greatest saving first."""
        kept = dict(orders)
        times = Counter(stop for order in kept.values() for stop in order if stop >= 0)
        while True:
            savings = [
                (
                    tour_money(self._work, vehicle, order) - tour_money(self._work, vehicle, less),
                    -vehicle,
                    stop,
                )
                for vehicle, order in kept.items()
                for stop in order
                if stop >= 0 and times[stop] > 1
                for less in (_less(order, stop),)
            ]
            if not savings:
                return {vehicle: order for vehicle, order in kept.items() if order}
            _, vehicle, stop = max(savings)
            kept[-vehicle] = _less(kept[-vehicle], stop)
            times[stop] -= 1


def _less(order: Order, visit: int) -> Order:
    """The order without a visit; without reloads too where nothing else is left."""
    left = tuple(item for item in order if item != visit)
    return left if any(item >= 0 for item in left) else ()


__all__ = ["ToursFinish", "finish_tours"]
