"""What plans of routes are worth: against the rule when they are made, and against perfect information.

Costs are those that plans weigh: kilometres, and hours of drivers from departure to return. The regret of a plan takes
its drops and trucks for granted. *Realised* is what its trips take when they leave as planned, with the traffic as it
is drawn, breaks of drivers included, a trip after the truck is back from the one before; waiting for goods and doors
is no matter of routes and left out. *Perfect information* is the better of that and of a plan that the search of the
policy makes for the same drops, with the same work, from the legs of that very day at the mean pace of the hours of
the first plan; it is driven through the same traffic. The search is no proof: true regret can be larger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimize import RoutePlan, RoutingProblem, plan_routes
from scenarios import Routes
from sim.books import MINOR_PER_MAJOR
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.depot.orders import Drop
from sim.depot.stock import IntArray
from sim.fleet.roads import RoadMap
from sim.fleet.windows import Windows
from sim.kernels.driving import StopColumn
from sim.recorder import Recorder
from sim.replans import NOT_KNOWN, Planned, Regret, Replan, write_regret, write_replan

_METRES_PER_KM: Final = 1_000.0
_HOURS_PER_DAY: Final = 24


@dataclass(frozen=True, order=True)
class _Driven:
    """What trips come to on the road."""

    late_seconds: int
    """After stores' last window, over all stops."""
    cost: float


class PlanWorth:
    """Writes down what the plans of one centre are worth."""

    def __init__(
        self,
        recorder: Recorder,
        centre: int,
        routes: Routes,
        road_map: RoadMap,
        windows: Windows,
        price_elsewhere: Callable[[Drop], int | None],
    ) -> None:
        """Make it.

        Args:
            recorder: takes the rows.
            centre: index.
            routes: policy: which search, and how much work.
            road_map: roads of the centre, with their traffic.
            windows: when stores take goods.
            price_elsewhere: minor units for a drop that no own truck takes; None where it has to wait.
        """
        self._recorder, self._centre, self._routes = recorder, centre, routes
        self._map, self._windows = road_map, windows
        self._price_elsewhere = price_elsewhere

    def searched(self, now: int, drops: Sequence[Drop], rule: RoutePlan, plan: RoutePlan) -> None:
        """Take a plan of the search, and what the rule would have planned for the same."""
        is_by_work = self._routes.engine == "ruin_recreate"
        write_replan(
            self._recorder,
            Replan(
                second=now,
                kind=Planned.TRUCKS,
                place=self._centre,
                items=len(drops),
                left_out=len(plan.unserved),
                rule_minor=self._expected_minor(rule, drops),
                repaired_minor=NOT_KNOWN,
                planned_minor=self._expected_minor(plan, drops),
                iterations=self._routes.iterations if is_by_work else self._routes.solution_limit,
                is_fallback=plan.used_fallback,
            ),
        )

    def driven(
        self, now: int, day: int, problem: RoutingProblem, drops: Sequence[Drop], plan: RoutePlan
    ) -> None:
        """Take any plan, and weigh it against what could have been had."""
        if not plan.trips:
            return
        stores = np.array([drop.store for drop in drops], np.int64)
        realised = self._drive(day, problem, stores, plan)
        served = np.array(sorted(stop for trip in plan.trips for stop in trip.stops), np.int64)
        hours = range(
            min(trip.depart_second for trip in plan.trips) // SECONDS_PER_HOUR,
            max(trip.return_second for trip in plan.trips) // SECONDS_PER_HOUR + 1,
        )
        known = self._with_known_legs(
            day, problem, stores[served], served, [hour % _HOURS_PER_DAY for hour in hours]
        )
        better = plan_routes(
            known,
            method=self._routes.engine,
            iterations=self._routes.iterations,
            solution_limit=self._routes.solution_limit,
        )
        perfect = realised
        if not better.unserved:
            perfect = min(realised, self._drive(day, known, stores[served], better))
        write_regret(
            self._recorder,
            Regret(
                second=now,
                kind=Planned.TRUCKS,
                place=self._centre,
                planned_minor=round(plan.cost * MINOR_PER_MAJOR),
                realised_minor=round(realised.cost * MINOR_PER_MAJOR),
                realised_late_seconds=realised.late_seconds,
                perfect_minor=round(perfect.cost * MINOR_PER_MAJOR),
                perfect_late_seconds=perfect.late_seconds,
            ),
        )

    def _expected_minor(self, plan: RoutePlan, drops: Sequence[Drop]) -> int:
        """Cost of a plan, what is left out at the price of carriers; not known where there are none."""
        elsewhere = [self._price_elsewhere(drops[stop]) for stop, _ in plan.unserved]
        prices = [price for price in elsewhere if price is not None]
        if len(prices) < len(elsewhere):
            return NOT_KNOWN
        return round(plan.cost * MINOR_PER_MAJOR) + sum(prices)

    def _with_known_legs(
        self, day: int, problem: RoutingProblem, stores: IntArray, served: IntArray, hours: Sequence[int]
    ) -> RoutingProblem:
        """The problem of some stops, with legs as they will be."""
        places = np.concatenate(([0], self._map.place[stores]))
        legs = self._map.drawn_seconds(day, hours)[np.ix_(places, places)]
        return replace(problem.of_stops(served), travel_seconds=legs)

    def _drive(self, day: int, problem: RoutingProblem, stores: IntArray, plan: RoutePlan) -> _Driven:
        """Trips through the traffic of the day, each leaving as planned or when its truck is back."""
        midnight = day * SECONDS_PER_DAY
        free: dict[tuple[int, int], int] = {}
        late, cost = 0, 0.0
        for trip in sorted(
            plan.trips, key=lambda trip: (trip.vehicle_type, trip.vehicle, trip.depart_second)
        ):
            stops, truck = np.array(trip.stops, np.int64), (trip.vehicle_type, trip.vehicle)
            departs = max(midnight + trip.depart_second, free.get(truck, 0))
            at = stores[stops]
            happened = self._map.tour(
                self._map.place[at],
                np.take(self._windows.of_day, at, axis=1),
                problem.service_seconds[stops],
                departs,
            )
            arrived, returned = happened[:-1, StopColumn.ARRIVED], int(happened[-1, StopColumn.ARRIVED])
            late += int(np.maximum(arrived - midnight - problem.closes_second[stops], 0).sum())
            cost += float(
                problem.cost_per_trip[trip.vehicle_type]
                + problem.cost_per_km[trip.vehicle_type]
                * happened[:, StopColumn.METRES].sum()
                / _METRES_PER_KM
                + problem.cost_per_hour[trip.vehicle_type] * (returned - departs) / SECONDS_PER_HOUR
            )
            free[truck] = returned + problem.turnaround_seconds
        return _Driven(late, cost)


__all__ = ["PlanWorth"]
