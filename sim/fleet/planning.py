"""A day's routes: which drops go on which trucks, when, and which have to wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize import RankedRoads, RoutePlan, RoutingProblem, plan_fixed, plan_routes
from scenarios import Transport
from sim.clock import SECONDS_PER_DAY
from sim.depot.orders import Drop
from sim.depot.stock import IntArray
from sim.fleet.deliveries import Alike, Deliveries, Loads, alike, day_of_service, largest_load
from sim.fleet.roads import PlannedRoads
from sim.fleet.rounds import FixedRounds
from sim.fleet.trucks import Truck
from sim.fleet.worth import PlanWorth


@dataclass(frozen=True, eq=False)
class PlannedTrip:
    """A trip on paper."""

    truck: Truck
    drops: list[Drop]
    planned_second: int
    planned_arrivals: list[int]
    returns_second: int
    shift_ends_second: int


class RoutePlanner:
    """Plans the routes of one centre, from what is known when drops are released: never how traffic will be."""

    def __init__(
        self,
        transport: Transport,
        roads: PlannedRoads,
        deliveries: Deliveries,
        trucks: Sequence[Truck],
        rounds: FixedRounds,
        worth: PlanWorth,
    ) -> None:
        """Make it.

        Args:
            transport: policy.
            roads: of the centre.
            deliveries: makes the problem of a day.
            trucks: of the centre.
            rounds: fixed rounds, for `planning: given`.
            worth: told of every plan.
        """
        self._routes = transport.routes
        self._planning = transport.planning
        self._roads, self._deliveries = roads, deliveries
        self._ranked_roads = RankedRoads(roads.seconds, roads.metres)
        self._trucks = list(trucks)
        self.largest = largest_load([truck.kind for truck in trucks])
        """Grams and millilitres of the largest truck; zeros without trucks."""
        self._rounds = rounds
        self._worth = worth

    def loading_seconds(self, drops: Sequence[Drop]) -> int:
        """Time at the door for some drops."""
        return self._deliveries.loading_seconds(len(drops), sum(drop.cases for drop in drops))

    def day_of_service(self, now: int) -> int:
        """Day on which what is released now is driven: that of the first shift that still has time."""
        return day_of_service(self._trucks, now)

    def is_round_day(self, store: int, day: int) -> bool:
        """Whether fixed rounds call at a store on a day; always without fixed rounds."""
        return self._planning != "given" or self._rounds.calls_at(store, day)

    def plan(self, now: int, day: int, drops: Sequence[Drop]) -> tuple[list[PlannedTrip], list[Drop]]:
        """Plan trips for drops that are released now.

        Args:
            now: second of the run.
            day: of service, see `day_of_service`.
            drops: those to be brought.

        Returns:
            Trips by departure, and drops that fit on none.
        """
        if not drops or not self._trucks:
            return [], list(drops)
        groups = alike(self._trucks, now, day)
        if not groups:
            return [], list(drops)
        problem = self._deliveries.problem(day, loads_of(drops), groups)
        plan = self._solve(now, day, problem, drops)
        trips = [
            _planned(day, drops, groups, plan, index)
            for index in sorted(range(len(plan.trips)), key=lambda i: (plan.trips[i].depart_second, i))
        ]
        for trip in trips:
            trip.truck.planned_free_second = max(trip.truck.planned_free_second, trip.returns_second)
        return trips, [drops[stop] for stop, _ in plan.unserved]

    def _solve(self, now: int, day: int, problem: RoutingProblem, drops: Sequence[Drop]) -> RoutePlan:
        if self._planning == "given":
            plan = plan_fixed(problem, self._rounds.sequences([drop.store for drop in drops], day))
        elif self._planning == "rule":
            places = self._roads.place[[drop.store for drop in drops]]
            plan = plan_routes(problem, method="savings", roads=self._ranked_roads, places=places)
        else:
            rule = plan_routes(problem, method="savings")
            plan = plan_routes(
                problem,
                method=self._routes.engine,
                iterations=self._routes.iterations,
                solution_limit=self._routes.solution_limit,
                built=rule,
            )
            self._worth.searched(now, drops, rule, plan)
        if self._routes.regret:
            self._worth.driven(now, day, problem, drops, plan)
        return plan

    def fix_rounds(self, grams_per_day: IntArray, millilitres_per_day: IntArray) -> None:
        """Work fixed rounds out by savings, where none are given, as if every store got its mean demand daily.

        Args:
            grams_per_day: (stores,) mean demand of every store by weight.
            millilitres_per_day: (stores,) the same by volume.
        """
        stores = self._roads.stores
        if self._rounds or not self._trucks or not stores.size:
            return
        midnight = SECONDS_PER_DAY
        groups = [
            Alike(midnight + truck.start_second_of_day, midnight + truck.start_second_of_day + truck.shift_seconds,
                  [truck] * stores.size)
            for truck in self._trucks[:1]
        ]  # fmt: skip
        mean = Loads(stores, np.zeros_like(stores), grams_per_day[stores], millilitres_per_day[stores])
        plan = plan_routes(self._deliveries.problem(1, mean, groups), method="savings")
        stops = [*(trip.stops for trip in plan.trips), *((stop,) for stop, _ in plan.unserved)]
        self._rounds.take([stores[list(round_)].tolist() for round_ in stops])


def loads_of(drops: Sequence[Drop]) -> Loads:
    """Drops as the stops of a problem."""
    rows = [(drop.store, drop.cases, drop.weight_grams, drop.volume_millilitres) for drop in drops]
    return Loads(*np.array(rows, np.int64).reshape(-1, 4).T.copy())


def _planned(
    day: int, drops: Sequence[Drop], groups: Sequence[Alike], plan: RoutePlan, index: int
) -> PlannedTrip:
    trip, midnight = plan.trips[index], day * SECONDS_PER_DAY
    group = groups[trip.vehicle_type]
    return PlannedTrip(
        truck=group.trucks[trip.vehicle],
        drops=[drops[stop] for stop in trip.stops],
        planned_second=midnight + trip.depart_second,
        planned_arrivals=[midnight + second for second in trip.arrival_seconds],
        returns_second=midnight + trip.return_second,
        shift_ends_second=group.ends_second,
    )


__all__ = ["PlannedTrip", "RoutePlanner", "loads_of"]
