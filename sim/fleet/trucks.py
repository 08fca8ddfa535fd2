"""Trucks on their trips: loaded at a door, driven from stop to stop, unloaded, back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np
import simpy

from scenarios import TruckType, Unloading
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, Turn, at
from sim.depot.arrivals import Arrivals
from sim.depot.crews import Payroll
from sim.depot.orders import NOT_YET, Drop
from sim.depot.returns import Returns
from sim.depot.staging import Staging
from sim.depot.stock import IntArray
from sim.fleet.roads import RoadMap
from sim.fleet.windows import Windows
from sim.kernels.driving import StopColumn
from sim.recorder import Recorder
from sim.stations import Crew, Station, Work
from sim.working_days import Calendar
from sim.world import World

_METRES_PER_KM: Final = 1_000


class LateCause(IntEnum):
    """Column `late_cause` of stops: what first made a stop late, in this order."""

    ON_TIME = 0
    PLAN = 1
    """The plan already came after the window."""
    GOODS = 2
    """The truck waited for goods to be picked."""
    TRUCK = 3
    """The truck was late from an earlier trip."""
    DOOR = 4
    """It waited for a door, or loading took longer than planned."""
    ROAD = 5
    """Traffic, breaks and unloading on the way."""


@dataclass(eq=False, slots=True)
class Truck:
    """One truck with its driver."""

    centre: int
    number: int
    """Among all trucks."""
    kind: TruckType
    type_index: int
    start_second_of_day: int
    shift_seconds: int
    calendar: Calendar
    planned_free_second: int = 0
    """When its last planned trip is over."""
    paid_from_second: int = NOT_YET
    """Start of the last shift that has been paid."""
    trips: list[Trip] = field(default_factory=list)
    """Trips to come, the current one first."""

    def shift_after(self, second: int, least_seconds: int) -> tuple[int, int]:
        """The first shift with so much time left after a second: when it can leave, and when it must be back.

        A night shift belongs to the day on which it begins.
        """
        day_seconds = 24 * SECONDS_PER_HOUR
        second = max(second, self.planned_free_second)
        day = second // day_seconds - 1
        starts = day * day_seconds + self.start_second_of_day
        needed = min(least_seconds, self.shift_seconds)
        while starts + self.shift_seconds - max(second, starts) < needed or not self.calendar.works(day):
            day, starts = day + 1, starts + day_seconds
        return max(second, starts), starts + self.shift_seconds


@dataclass(eq=False, slots=True)
class Trip:
    """One tour of a truck."""

    number: int
    truck: Truck
    drops: list[Drop]
    planned_second: int
    planned_arrivals: list[int]
    shift_ends_second: int
    loading_seconds: int
    waits: int = 0
    """What keeps it from being loaded: the hour, the truck, drops that are not ready."""
    ready_second: int = NOT_YET
    loaded_second: int = NOT_YET
    departed_second: int = NOT_YET
    truck_free_second: int = NOT_YET
    goods_ready_second: int = NOT_YET
    stops: IntArray | None = None
    """(drops + 1, len(StopColumn)) what happens on the way, known when it leaves."""
    returns: list[int] = field(default_factory=list)
    """Batches of returned goods on board."""


def unloading_seconds(facts: Unloading, cases: int) -> int:
    """Time at a store's door."""
    return round(facts.seconds_per_stop + facts.seconds_per_case * cases)


def all_unloading_seconds(facts: Unloading, cases: IntArray) -> IntArray:
    """`unloading_seconds` for (k,) stops."""
    seconds = facts.seconds_per_stop + facts.seconds_per_case * cases
    return np.asarray(np.rint(seconds), np.int64)


class Drivers:
    """Runs the trips of one centre."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        payroll: Payroll,
        road_map: RoadMap,
        windows: Windows,
        doors: Station | None,
        arrivals: Arrivals,
        returns: Returns,
        staging: Staging | None,
    ) -> None:
        """Make them.

        Args:
            environment: the clock.
            world: facts.
            recorder: takes trips, stops and charges.
            payroll: pays drivers.
            road_map: roads of the centre.
            windows: when stores take goods.
            doors: where trucks are loaded; None where that takes no time.
            arrivals: takes goods that have been unloaded.
            returns: goods that stores send back.
            staging: where goods wait for their truck; None where they wait anywhere.
        """
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._payroll = payroll
        self._map = road_map
        self._windows = windows
        self._doors = doors
        self._arrivals = arrivals
        self._returns = returns
        self._staging = staging
        self._unloading = world.scenario.fleet.unloading
        self._end_second = world.days * SECONDS_PER_DAY
        self._write_stop, self._write_trip = recorder.writer("stops"), recorder.writer("trips")

    def schedule(self, trip: Trip) -> None:
        """Take a planned trip."""
        now = int(self._environment.now)
        truck = trip.truck
        trip.waits = 1 + (1 if truck.trips else 0)
        if not truck.trips:
            trip.truck_free_second = now
        truck.trips.append(trip)

    def goods_ready(self, trip: Trip) -> None:
        """All of the trip's drops have been picked."""
        trip.goods_ready_second = int(self._environment.now)
        self._one_less(trip)

    def _one_less(self, trip: Trip) -> None:
        """The goods or the truck are there: once both are, it is loaded, as soon as its hour has come."""
        trip.waits -= 1
        if trip.waits:
            return
        second = trip.planned_second - trip.loading_seconds
        if second < self._environment.now:
            self._load(trip)
        else:
            at(self._environment, second, Turn.ROAD, lambda: self._load(trip))

    def _load(self, trip: Trip) -> None:
        truck = trip.truck
        trip.ready_second = int(self._environment.now)
        shift_starts = trip.shift_ends_second - truck.shift_seconds
        if truck.paid_from_second != shift_starts:
            truck.paid_from_second = shift_starts
            self._payroll.pay_shift(Crew.DRIVERS, truck.centre, 1, shift_starts, trip.shift_ends_second)
        if self._doors is None:
            self._loaded(trip)
        else:
            self._doors.submit(
                trip.loading_seconds,
                Work.LOADING,
                trip.number,
                lines=len(trip.drops),
                done=lambda: self._loaded(trip),
            )

    def _loaded(self, trip: Trip) -> None:
        now = int(self._environment.now)
        trip.loaded_second = now
        if self._staging is not None:
            self._staging.leave(trip.number)
        at(self._environment, max(now, trip.planned_second), Turn.ROAD, lambda: self._depart(trip))

    def _depart(self, trip: Trip) -> None:
        """The truck leaves: nothing can change what happens on its way, so that all of it is known now."""
        departs = trip.departed_second = int(self._environment.now)
        stores = np.array([drop.store for drop in trip.drops])
        unloading = np.array([unloading_seconds(self._unloading, drop.cases) for drop in trip.drops])
        stops = trip.stops = self._map.tour(
            self._map.place[stores], np.take(self._windows.of_day, stores, axis=1), unloading, departs
        )
        self._write_stops(trip, stops)
        arrived, left = stops[:-1, StopColumn.ARRIVED].tolist(), stops[:-1, StopColumn.LEFT].tolist()
        collects = self._collecting(trip) if self._returns.is_used else None
        self._arrivals.travel(trip.drops, arrived, left, collects)
        at(self._environment, int(stops[-1, StopColumn.ARRIVED]), Turn.ROAD, lambda: self._return(trip))

    def _collecting(self, trip: Trip) -> Callable[[Drop, int], Callable[[], None]]:
        """What waits at a store for the centre comes along."""

        def at_store(drop: Drop, second: int) -> Callable[[], None]:
            def collect() -> None:
                batch = self._returns.collect(drop.store, second)
                if batch >= 0:
                    trip.returns.append(batch)

            return collect

        return at_store

    def _write_stops(self, trip: Trip, stops: IntArray) -> None:
        """Write down the stops that are over before the run is."""
        facts = zip(trip.drops, trip.planned_arrivals, stops[:-1].tolist(), strict=True)
        for position, (drop, planned, stop) in enumerate(facts):
            arrived, began, left, metres, leg_seconds, _ = stop
            if left >= self._end_second:
                break
            window_ends = self._windows.window_ends(drop.store, planned)
            self._write_stop([
                trip.number, position, drop.centre, drop.store, planned, arrived, began, left, window_ends,
                drop.block.shape[1], drop.units, drop.weight_grams, metres, leg_seconds,
                self._cause(trip, planned, arrived, window_ends),
            ])  # fmt: skip

    def _cause(self, trip: Trip, planned: int, arrived: int, window_ends: int) -> LateCause:
        if arrived <= window_ends:
            return LateCause.ON_TIME
        if planned > window_ends:
            return LateCause.PLAN
        if trip.departed_second <= trip.planned_second:
            return LateCause.ROAD
        due = trip.planned_second - trip.loading_seconds
        if trip.goods_ready_second > due and trip.goods_ready_second >= trip.truck_free_second:
            return LateCause.GOODS
        return LateCause.TRUCK if trip.truck_free_second > due else LateCause.DOOR

    def _return(self, trip: Trip) -> None:
        truck, now = trip.truck, int(self._environment.now)
        overtime = max(0, now - max(trip.shift_ends_second, trip.departed_second))
        if overtime:
            self._payroll.pay_overtime(Crew.DRIVERS, truck.centre, now, overtime)
        self._write_down(trip, now, overtime)
        if self._returns.is_used:
            self._arrivals.catch_up()
        for batch in trip.returns:
            self._returns.bring(batch)
        truck.trips.remove(trip)
        if truck.trips:
            following = truck.trips[0]
            following.truck_free_second = now
            self._one_less(following)

    def _write_down(self, trip: Trip, returned: int, overtime: int) -> None:
        assert trip.stops is not None
        truck = trip.truck
        *_, metres, driving, paused = map(sum, zip(*trip.stops.tolist(), strict=True))
        rate = in_micro(truck.kind.cost_per_km) / _METRES_PER_KM
        self._recorder.charge(returned, truck.centre, Charge.TRUCK_DISTANCE, metres, charged(metres, rate))
        self._write_trip([
            trip.number, truck.centre, truck.number, truck.type_index, trip.planned_second,
            trip.ready_second, trip.loaded_second, trip.departed_second, returned, metres, len(trip.drops),
            sum(drop.cases for drop in trip.drops), sum(drop.weight_grams for drop in trip.drops),
            sum(drop.volume_millilitres for drop in trip.drops), round(truck.kind.capacity_kg * 1_000),
            round(truck.kind.capacity_litres * 1_000), driving, paused, overtime,
            round(metres * truck.kind.co2_grams_per_km / _METRES_PER_KM),
        ])  # fmt: skip
