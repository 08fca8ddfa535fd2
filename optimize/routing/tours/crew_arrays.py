"""Arrays of a district's problem, made directly: many are solved in a run, and a checked tours problem takes longer.

What comes out is what `facts_of(tours_of_crew(problem))` gives, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from optimize.routing.tours.annealing import IMPROVE, NO_ROW, START_FROM, advance
from optimize.routing.tours.arrays import (
    BEST_LENGTH,
    BEST_MONEY,
    BEST_PINNED,
    BREAK,
    COST,
    FREE,
    LENGTH,
    MUST_WEIGHT,
    NEAR,
    PINNED,
    SHIFT_END,
    TEMPERATURE,
    Facts,
    routes_for,
)
from optimize.routing.tours.crew_problem import CrewProblem, Visited
from optimize.routing.tours.loading import AS_DRAWN, BY_WINDOW
from optimize.routing.tours.problem import LATEST_SECOND, IntArray

_RATES = 6
_COLUMNS = 15


class CrewWork:
    """A district's problem and tours in the making."""

    def __init__(self, problem: CrewProblem, seed: int) -> None:
        """Start without tours.

        Args:
            problem: at least one technician and one job.
            seed: of the random numbers.
        """
        self._problem, self._visited = problem, Visited.of(problem)
        self._facts = crew_facts(problem, self._visited)
        people, visits = len(problem.day.starts), len(self._visited.job)
        self._routes = routes_for(visits, people, 0, 0, visits + 1, seed)
        self._is_open = np.ones(people, np.bool_)

    def load(self, sequences: Sequence[Sequence[int]]) -> float:
        """Take over sequences of jobs, without what does not fit at their ends; money of that.

        Jobs of two are put in where they cost least, as sequences do not say who helps.
        """
        single = self._problem.people == 1
        orders = {
            technician: [job for job in sequence if single[job]]
            for technician, sequence in enumerate(sequences)
        }
        self._set(orders, {})
        costs = self._routes.money[:, COST]
        while not np.isfinite(costs).all():
            for technician in np.flatnonzero(~np.isfinite(costs)).tolist():
                orders[technician].pop()
            self._set(orders, {})
        if not single.all():
            # nobody takes anything else in: leaving it out is made to cost nothing
            penalty = self._facts.penalty.copy()
            penalty[: len(single)][single] = 0.0
            facts = self._facts._replace(penalty=penalty)
            advance(facts, self._routes, IMPROVE, 1, 1.0, BY_WINDOW, self._is_open)
            advance(self._facts, self._routes, START_FROM, 0, 1.0, AS_DRAWN, self._is_open)
        return self.cost

    def take(self, sequences: Sequence[Sequence[int]], starts: Mapping[int, int]) -> float:
        """Take over tours that have been driven, whatever the rules say; money of that.

        Args:
            sequences: visits of each technician in order, second ones included.
            starts: second at which the two visits of a crew began; those not named start one by one.
        """
        orders = dict(enumerate(sequences))
        self._set(orders, starts)
        longer = np.flatnonzero(~np.isfinite(self._routes.money[:, COST]))
        if len(longer):  # longer than anybody would be sent out for: it was done, so it can be done
            self._facts.vehicle[longer, BREAK], self._facts.vehicle[longer, SHIFT_END] = 0, LATEST_SECOND
            self._set(orders, starts)
        return self.cost

    def late_seconds(self) -> int:
        """Of the tours in the making: what they would cost if nothing but lateness did, one a second."""
        facts, late = self._facts, np.array([[0.0, LATEST_SECOND]] * len(self._facts.curves[0]))
        only_late = facts._replace(rate=np.zeros_like(facts.rate), curves=np.stack([late, late]))
        advance(only_late, self._routes, START_FROM, 0, 1.0, AS_DRAWN, self._is_open)
        seconds = self._routes.money[:, COST].sum()
        advance(facts, self._routes, START_FROM, 0, 1.0, AS_DRAWN, self._is_open)
        return round(float(seconds))

    def search(self, iterations: int, warm: float, cooled: float) -> None:
        """Ruin and recreate, and end with the best.

        Args:
            iterations: 1 or more.
            warm: temperature at the start, in money.
            cooled: the share of it at the end.
        """
        value, routes = self._routes.value, self._routes
        value[TEMPERATURE], value[MUST_WEIGHT] = warm, 1.0
        advance(self._facts, routes, IMPROVE, iterations, cooled ** (1.0 / iterations), NO_ROW, self._is_open)
        routes.stops[:] = routes.copies[1]
        routes.tour[:, LENGTH] = routes.tour[:, BEST_LENGTH]
        routes.state[:, PINNED] = routes.state[:, BEST_PINNED]

    @property
    def cost(self) -> float:
        """Money of the best tours."""
        return float(self._routes.value[BEST_MONEY])

    def tours(self) -> tuple[dict[int, list[int]], dict[int, int]]:
        """Visits of each technician in order, and starts that the two of a crew have agreed on."""
        lengths, agreed = self._routes.tour[:, LENGTH].tolist(), self._routes.state[:, PINNED]
        stops = self._routes.stops
        return (
            {technician: stops[technician, :length].tolist() for technician, length in enumerate(lengths)},
            {int(visit): int(agreed[visit]) for visit in np.flatnonzero(agreed != FREE)},
        )

    def _set(self, orders: Mapping[int, Sequence[int]], starts: Mapping[int, int]) -> None:
        routes = self._routes
        routes.state[:, PINNED] = FREE
        for visit, second in starts.items():
            routes.state[visit, PINNED] = second
        for technician, order in orders.items():
            routes.tour[technician, LENGTH] = len(order)
            routes.stops[technician, : len(order)] = order
        advance(self._facts, routes, START_FROM, 0, 1.0, AS_DRAWN, self._is_open)


def crew_facts(problem: CrewProblem, visited: Visited) -> Facts:
    """The problem as compiled steps take it; see the head of the module."""
    day, job = problem.day, visited.job
    people, jobs, visits = len(day.starts), len(day.work), len(job)
    places = np.concatenate([people + job, np.arange(people), people + jobs + np.arange(people)])
    nowhere = len(places)
    roads = np.zeros((2, nowhere + 1, nowhere + 1), np.int64)
    roads[:, :-1, :-1] = day.drive[places[:, None], places]
    vehicle = np.zeros((people, _COLUMNS), np.int64)
    vehicle[:, 0], vehicle[:, 1] = visits + np.arange(people), visits + people + np.arange(people)
    vehicle[:, 2] = nowhere
    vehicle[:, 3], vehicle[:, 4], vehicle[:, 5] = day.starts, problem.regular_end, visited.shift_end
    vehicle[:, 6] = 2 * LATEST_SECOND
    vehicle[:, 7], vehicle[:, 8], vehicle[:, 9] = day.pause, day.pause_from, visited.break_latest
    vehicle[:, 13], vehicle[:, 14] = np.arange(people), -1
    rate = np.zeros((people, _RATES))
    rate[:, 1], rate[:, 3] = problem.driving_cost_per_kilosecond, problem.overtime_cost_per_hour
    windows = np.empty((visits, 1, 2), np.int64)
    windows[:, 0, 0], windows[:, 0, 1] = visited.opens, LATEST_SECOND
    visit = np.stack([problem.due[job], visited.lateness_class, visited.twin], axis=1)
    return Facts(
        roads=roads,
        factors=np.zeros(0),
        windows=windows,
        visit=visit,
        goods=np.zeros((2, visits, 0), np.int64),
        parts=np.zeros((visits, 0), np.int64),
        is_tool=np.zeros(0, np.bool_),
        penalty=visited.unserved_cost,
        vehicle=vehicle,
        rate=rate,
        capacity=np.zeros((people, 0), np.int64),
        on_board=np.zeros((people, 0), np.int64),
        service=np.where(visited.allowed, day.work[job], -1),
        extra=np.zeros((people, visits)),
        curves=problem.curves,
        near=_near(roads[0, :visits, :visits]),
        order=_orders(problem, visited, roads[0]),
        is_rich=1,
    )


def _near(ways: IntArray) -> IntArray:
    both_ways = ways + ways.T
    np.fill_diagonal(both_ways, -1)
    return np.ascontiguousarray(np.argsort(both_ways, axis=1, kind="stable")[:, :NEAR])


def _orders(
    problem: CrewProblem, visited: Visited, ways: IntArray
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    people, visits = len(problem.day.starts), len(visited.job)
    order = np.zeros((8, visits))
    order[2] = ways[visits : visits + people, :visits].mean(axis=0)
    order[1] = -order[2]
    order[3], order[4], order[5] = LATEST_SECOND - visited.opens, visited.opens, -LATEST_SECOND
    order[6], order[7] = visited.allowed.sum(axis=0), -visited.unserved_cost
    return order


__all__ = ["CrewWork", "crew_facts"]
