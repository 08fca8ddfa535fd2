"""Carry orders of visits into the arrays of the search and out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimize.routing.tours.annealing import IMPROVE, START_FROM, advance
from optimize.routing.tours.arrays import (
    ABSENT,
    ABSENT_COUNT,
    BEST_LENGTH,
    BEST_MONEY,
    BEST_MUST,
    BEST_PINNED,
    COST,
    FREE,
    LENGTH,
    PINNED,
    VEHICLE_OF,
    Facts,
    Routes,
    empty_routes,
    facts_of,
)
from optimize.routing.tours.plan import RELOAD, ToursPlan
from optimize.routing.tours.problem import BoolArray, Tours

Orders = Mapping[int, Sequence[int]]
"""Vehicle -> visits and `RELOAD` in order."""

BY_WINDOW, BY_SIZE, AS_DRAWN = 4, 0, -1
"""Rows of `Facts.order` by which visits left out are inserted."""


@dataclass(frozen=True)
class Work:
    """A problem, its arrays, and tours in the making.

    Attributes:
        problem: What is planned.
        facts: It as arrays.
        routes: Tours; changed by every step.
        is_open: (m,) vehicles whose tours may change.
    """

    problem: Tours
    facts: Facts
    routes: Routes
    is_open: BoolArray

    @classmethod
    def on(cls, problem: Tours, seed: int = 1) -> Work:
        """Arrays for a problem, without tours."""
        facts = facts_of(problem)
        work = cls(
            problem, facts, empty_routes(problem, facts, seed), np.ones(problem.vehicle_count, np.bool_)
        )
        work.time_all()
        return work

    def load(self, orders: Orders, starts: Mapping[int, int]) -> None:
        """Take orders as they are.

        Args:
            orders: Of vehicles; those not named stay empty.
            starts: Start that the visits of a crew have agreed on.

        Raises:
            ValueError: a tour holds more items than any could that keeps the rules.
        """
        routes, visits = self.routes, self.problem.visit_count
        routes.tour[:, LENGTH] = 0
        routes.state[:, PINNED] = FREE
        for visit, start in starts.items():
            routes.state[visit, PINNED] = start
        for vehicle, order in orders.items():
            if len(order) > routes.stops.shape[1]:
                raise ValueError(
                    f"the tour of vehicle {vehicle} has {len(order)} items, too many to be possible"
                )
            routes.tour[vehicle, LENGTH] = len(order)
            routes.stops[vehicle, : len(order)] = [visits if item == RELOAD else item for item in order]
        self.time_all()

    def load_best(self) -> None:
        """Go back to the best tours so far."""
        routes = self.routes
        routes.stops[:] = routes.copies[1]
        routes.tour[:, LENGTH] = routes.tour[:, BEST_LENGTH]
        routes.state[:, PINNED] = routes.state[:, BEST_PINNED]
        self.time_all()

    def time_all(self) -> None:
        """Time all tours anew; they count as the best so far."""
        if self.problem.vehicle_count and self.problem.visit_count:
            advance(self.facts, self.routes, START_FROM, 0, 1.0, AS_DRAWN, self.is_open)

    def fill(self, row: int) -> None:
        """Insert what is left out, by a row of keys, each visit where it costs least."""
        if self.problem.vehicle_count and self.problem.visit_count:
            advance(self.facts, self.routes, IMPROVE, 1, 1.0, row, self.is_open)

    def insert_only(self, visits: Sequence[int]) -> float | None:
        """Insert some visits left out, whatever it costs, and no others.

        Args:
            visits: Both of a crew.

        Returns:
            Money that the tours cost more; None if not all of them fit in anywhere.
        """
        routes, penalty = self.routes, self.facts.penalty
        before, usual = float(routes.money[:, COST].sum()), penalty[list(visits)].copy()
        routes.state[: len(visits), ABSENT] = visits
        routes.scratch[ABSENT_COUNT] = len(visits)
        penalty[list(visits)] = np.inf
        self.fill(AS_DRAWN)
        penalty[list(visits)] = usual
        are_in = bool((routes.state[list(visits), VEHICLE_OF] >= 0).all())
        return float(routes.money[:, COST].sum()) - before if are_in else None

    @property
    def rank(self) -> tuple[int, float]:
        """Of the best tours so far: visits left out that must be served, and money."""
        return int(self.routes.value[BEST_MUST]), float(self.routes.value[BEST_MONEY])

    @property
    def money_on_time(self) -> float:
        """Of the tours in the making, without lateness."""
        routes, lengths = self.routes, self.routes.tour[:, LENGTH]
        late = routes.late[np.arange(len(lengths)), lengths, 0]
        return float((routes.money[:, COST] - late)[lengths > 0].sum())

    @property
    def orders(self) -> dict[int, tuple[int, ...]]:
        """Of the tours in the making."""
        visits = self.problem.visit_count
        lengths = self.routes.tour[:, LENGTH]
        return {
            int(vehicle): tuple(
                RELOAD if item == visits else item
                for item in self.routes.stops[vehicle, : lengths[vehicle]].tolist()
            )
            for vehicle in np.flatnonzero(lengths)
        }


def agreed_starts(problem: Tours, plan: ToursPlan) -> dict[int, int]:
    """When the visits of crews start in a plan."""
    return {
        stop: start
        for tour in plan.tours
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True)
        if 0 <= stop < problem.visit_count and problem.visits.twin[stop] >= 0
    }


def without(orders: Orders, visits: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Orders that skip some visits."""
    gone = set(visits)
    kept = {vehicle: tuple(item for item in order if item not in gone) for vehicle, order in orders.items()}
    return {vehicle: order for vehicle, order in kept.items() if any(item >= 0 for item in order)}


__all__ = ["AS_DRAWN", "BY_SIZE", "BY_WINDOW", "Orders", "Work", "agreed_starts", "without"]
