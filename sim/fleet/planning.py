"""A day's routes: which drops go on which trucks, when, and which have to wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optimize import RoutePlan, RoutingProblem, plan_fixed, plan_routes
from scenarios import WEEKDAYS, Docks, Transport
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.depot.orders import Drop
from sim.depot.stock import IntArray
from sim.fleet.roads import RoadMap
from sim.fleet.trucks import Truck
from sim.fleet.windows import Windows

_DROPS_OF_A_TRIP = 6
"""Of which the time between two trips of a truck is reckoned, as trips are not known before."""
_GRAMS_PER_KG = _MILLILITRES_PER_LITRE = 1_000


@dataclass(frozen=True, eq=False)
class PlannedTrip:
    """A trip on paper."""

    truck: Truck
    drops: list[Drop]
    planned_second: int
    planned_arrivals: list[int]
    returns_second: int
    shift_ends_second: int


@dataclass(frozen=True, eq=False)
class _Alike:
    """Trucks of one kind and with the same hours: seconds from which they are free, and when they must be back."""

    starts_second: int
    ends_second: int
    trucks: list[Truck]


class RoutePlanner:
    """Plans the routes of one centre."""

    def __init__(
        self,
        transport: Transport,
        road_map: RoadMap,
        windows: Windows,
        trucks: Sequence[Truck],
        docks: Docks | None,
        unloading_seconds: Callable[[Drop], int],
        driver_per_hour: float,
        store_ids: Sequence[str],
        start_weekday: int,
    ) -> None:
        """Make it.

        Args:
            transport: policy.
            road_map: roads of the centre.
            windows: when stores take goods.
            trucks: trucks of the centre.
            docks: facts of loading; None where it takes no time.
            unloading_seconds: time of a drop at its store's door.
            driver_per_hour: wage, for the cost of routes.
            store_ids: (stores,) ids, by which fixed rounds name stores.
            start_weekday: weekday of day 0, Monday = 0.
        """
        self._transport, self._routes = transport, transport.routes
        self._map = road_map
        self._windows = windows
        self._trucks = list(trucks)
        self.largest = (
            max((round(truck.kind.capacity_kg * _GRAMS_PER_KG) for truck in trucks), default=0),
            max((round(truck.kind.capacity_litres * _MILLILITRES_PER_LITRE) for truck in trucks), default=0),
        )
        """Grams and millilitres of the largest truck; zeros without trucks."""
        self._docks = docks
        self._unloading_seconds = unloading_seconds
        self._driver_per_hour = driver_per_hour
        self._start_weekday = start_weekday
        self._called_at: dict[str, frozenset[int]] = {}
        index = {name: number for number, name in enumerate(store_ids)}
        self._rounds = [
            ([index[name] for name in route.stores], frozenset(route.weekdays))
            for route in transport.routes.master
        ]

    def loading_seconds(self, drops: Sequence[Drop]) -> int:
        """Time at the door for some drops."""
        if self._docks is None:
            return 0
        cases = sum(drop.cases for drop in drops)
        return round(
            self._docks.seconds_per_truck
            + self._docks.seconds_per_drop * len(drops)
            + self._docks.seconds_per_case * cases
        )

    def day_of_service(self, now: int) -> int:
        """Day on which what is released now is driven: that of the first shift that still has time."""
        return min(
            (truck.shift_after(now, _least_seconds(truck))[0] // SECONDS_PER_DAY for truck in self._trucks),
            default=now // SECONDS_PER_DAY + 1,
        )

    def is_round_day(self, store: int, day: int) -> bool:
        """Whether fixed rounds call at a store on a day; always without fixed rounds."""
        if self._transport.planning != "given" or not self._rounds:
            return True
        weekday = WEEKDAYS[(self._start_weekday + day) % len(WEEKDAYS)]
        if weekday not in self._called_at:
            self._called_at[weekday] = frozenset(
                store for stores, weekdays in self._rounds if weekday in weekdays for store in stores
            )
        return store in self._called_at[weekday]

    def plan(self, now: int, drops: Sequence[Drop]) -> tuple[list[PlannedTrip], list[Drop]]:
        """Plan trips for drops that are released now.

        Returns:
            Trips by departure, and drops that fit on none.
        """
        if not drops or not self._trucks:
            return [], list(drops)
        day = self.day_of_service(now)
        groups = self._groups(now, day)
        if not groups:
            return [], list(drops)
        problem = self._problem(day, drops, groups)
        plan = self._solve(problem, drops, day)
        trips = [
            self._planned(day, drops, groups, plan, index)
            for index in sorted(range(len(plan.trips)), key=lambda i: (plan.trips[i].depart_second, i))
        ]
        for trip in trips:
            trip.truck.planned_free_second = max(trip.truck.planned_free_second, trip.returns_second)
        return trips, [drops[stop] for stop, _ in plan.unserved]

    def _groups(self, now: int, day: int) -> list[_Alike]:
        """Trucks that can leave on a day, those of one kind and with the same hours together."""
        alike: dict[tuple[int, int, int], list[Truck]] = {}
        for truck in self._trucks:
            starts, ends = truck.shift_after(now, _least_seconds(truck))
            if starts // SECONDS_PER_DAY == day:
                alike.setdefault((truck.type_index, starts, ends), []).append(truck)
        return [_Alike(starts, ends, trucks) for (_, starts, ends), trucks in sorted(alike.items())]

    def _problem(self, day: int, drops: Sequence[Drop], groups: Sequence[_Alike]) -> RoutingProblem:
        midnight = day * SECONDS_PER_DAY
        places = np.array([0, *(self._map.place_of(drop.store) for drop in drops)])
        stores = np.array([drop.store for drop in drops])
        a_trip = self.loading_seconds(drops) - self.loading_seconds([])
        turnaround = self.loading_seconds([]) + round(_DROPS_OF_A_TRIP * a_trip / len(drops))
        kinds = [group.trucks[0].kind for group in groups]

        def per_group(values: list[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
            return np.array([round(value) for value in values], np.int64)

        return RoutingProblem(
            travel_seconds=self._map.planned_seconds[np.ix_(places, places)],
            distance_metres=self._map.metres[np.ix_(places, places)],
            weight_grams=np.array([drop.weight_grams for drop in drops]),
            volume_millilitres=np.array([drop.volume_millilitres for drop in drops]),
            service_seconds=np.array([self._unloading_seconds(drop) for drop in drops]),
            opens_second=self._windows.opens_second[stores],
            closes_second=self._windows.closes_second[stores],
            pause_starts_second=self._windows.pause_starts_second[stores],
            pause_ends_second=self._windows.pause_ends_second[stores],
            vehicle_count=np.array([len(group.trucks) for group in groups]),
            capacity_grams=per_group([kind.capacity_kg * _GRAMS_PER_KG for kind in kinds]),
            capacity_millilitres=per_group([kind.capacity_litres * _MILLILITRES_PER_LITRE for kind in kinds]),
            shift_start_second=np.array([group.starts_second - midnight for group in groups]),
            shift_end_second=np.array([group.ends_second - midnight for group in groups]),
            cost_per_trip=np.zeros(len(groups)),
            cost_per_km=np.array([kind.cost_per_km for kind in kinds]),
            cost_per_hour=np.full(len(groups), self._driver_per_hour),
            turnaround_seconds=turnaround,
            serves_everyone=self._routes.serves_everyone,
        )

    def _solve(self, problem: RoutingProblem, drops: Sequence[Drop], day: int) -> RoutePlan:
        if self._transport.planning == "given":
            return plan_fixed(problem, self._sequences(drops, day))
        method = "savings" if self._transport.planning == "rule" else self._routes.engine
        return plan_routes(
            problem,
            method=method,
            iterations=self._routes.iterations,
            solution_limit=self._routes.solution_limit,
        )

    def _sequences(self, drops: Sequence[Drop], day: int) -> list[list[int]]:
        """Rounds of the day as stops of the problem, stores without goods left out."""
        weekday = WEEKDAYS[(self._start_weekday + day) % len(WEEKDAYS)]
        stop_of = {drop.store: stop for stop, drop in enumerate(drops)}
        rounds = [
            [stop_of.pop(store) for store in stores if store in stop_of]
            for stores, weekdays in self._rounds
            if weekday in weekdays
        ]
        return [stops for stops in rounds if stops]

    def fix_rounds(self, grams_per_day: IntArray, millilitres_per_day: IntArray) -> None:
        """Work fixed rounds out by savings, where none are given, as if every store got its mean demand daily.

        Args:
            grams_per_day: (stores,) mean demand of every store by weight.
            millilitres_per_day: (stores,) the same by volume.
        """
        if self._rounds or not self._trucks or not self._map.stores.size:
            return
        stores = [int(store) for store in self._map.stores]
        mean = [
            Drop(store, 0, False, np.zeros((6, 0), np.int64), [], 0, 0, int(grams_per_day[store]),
                 int(millilitres_per_day[store]))
            for store in stores
        ]  # fmt: skip
        midnight = SECONDS_PER_DAY
        groups = [
            _Alike(midnight + truck.start_second_of_day, midnight + truck.start_second_of_day + truck.shift_seconds,
                   [truck] * len(stores))
            for truck in self._trucks[:1]
        ]  # fmt: skip
        plan = plan_routes(self._problem(1, mean, groups), method="savings")
        left = [[stores[stop]] for stop, _ in plan.unserved]
        self._rounds = [
            (round_, frozenset(WEEKDAYS))
            for round_ in [*([stores[s] for s in t.stops] for t in plan.trips), *left]
        ]

    def _planned(
        self,
        day: int,
        drops: Sequence[Drop],
        groups: Sequence[_Alike],
        plan: RoutePlan,
        index: int,
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


def _least_seconds(truck: Truck) -> int:
    """What has to be left of a shift for a trip to be worth planning."""
    return min(2 * SECONDS_PER_HOUR, truck.shift_seconds)
