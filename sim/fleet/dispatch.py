"""The dispatcher: what of a wave goes on own trucks, what by carrier, and what has to wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import simpy

from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY
from sim.depot.arrivals import Arrivals
from sim.depot.carriage import Carriage
from sim.depot.crews import Payroll
from sim.depot.orders import Drop, Packing, merged, split_to_fit
from sim.depot.returns import Returns
from sim.depot.staging import Staging
from sim.depot.stock import IntArray
from sim.fleet.carriers import Carriers
from sim.fleet.deliveries import Deliveries, trucks_of
from sim.fleet.planning import PlannedTrip, RoutePlanner
from sim.fleet.roads import RoadMap
from sim.fleet.rounds import FixedRounds
from sim.fleet.trucks import Drivers, Trip
from sim.fleet.windows import Windows
from sim.fleet.worth import PlanWorth
from sim.recorder import Recorder
from sim.stations import Station
from sim.stores import Stores
from sim.world import World

_GRAMS_PER_KG: Final = 1_000


class Fleet(Carriage):
    """Own trucks and hired carriers of all centres; emergency orders go by courier."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        payroll: Payroll,
        packing: Packing,
        doors: list[Station] | None,
        arrivals: Arrivals,
        returns: Returns,
        staging: Staging | None,
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._payroll = payroll
        self._packing = packing
        self._doors = doors
        self._arrivals = arrivals
        self._returns = returns
        self._staging = staging
        centres = range(len(world.axes.centre_ids))
        self._maps = [RoadMap(world, centre) for centre in centres]
        self._trucks = trucks_of(world.scenario, world.axes)
        self._held: list[dict[int, Drop]] = [{} for _ in centres]
        self._trip_of: dict[Drop, Trip] = {}
        self._trips = 0
        self._carriers = Carriers(environment, world, recorder, arrivals)
        self._planners: list[RoutePlanner] = []
        self._drivers: list[Drivers] = []
        self._windows: Windows | None = None

    def connect(self, stores: Stores | None) -> None:
        """See `Carriage`."""
        if stores is None:
            return
        world, policy = self._world, self._world.scenario.policy.transport
        self._windows = Windows(world, stores.days_until_open)
        self._carriers.connect(self._maps, self._windows)
        facts = world.scenario.depot
        for centre, road_map in enumerate(self._maps):
            doors = self._doors[centre] if self._doors is not None else None
            drivers = Drivers(
                self._environment, world, self._recorder, self._payroll, road_map, self._windows, doors,
                self._arrivals, self._returns, self._staging,
            )  # fmt: skip
            self._drivers.append(drivers)
            docks = facts.docks if facts is not None else None
            planner = RoutePlanner(
                policy,
                road_map.planned,
                Deliveries(world.scenario, road_map.planned, self._windows, docks),
                [truck for truck in self._trucks if truck.centre == centre],
                FixedRounds(policy.routes, world.axes.store_ids, world.scenario.horizon.start_date.weekday()),
                PlanWorth(
                    self._recorder, centre, policy.routes, road_map, self._windows, self._carriers.price
                ),
            )
            if policy.planning == "given":
                planner.fix_rounds(*_mean_loads(world, self._packing))
            self._planners.append(planner)

    def open(self) -> None:
        """See `Carriage`; trucks cost something every day, whether they drive or not."""
        self._carriers.open()
        trucks = np.zeros(len(self._maps), np.int64)
        rates = np.zeros(len(self._maps))
        for truck in self._trucks:
            trucks[truck.centre] += 1
            rates[truck.centre] += in_micro(truck.kind.cost_per_day)
        for day in range(self._world.days):
            for centre in np.flatnonzero(trucks).tolist():
                amount = charged(1, float(rates[centre]))
                self._recorder.charge(
                    day * SECONDS_PER_DAY, centre, Charge.TRUCK_DAYS, int(trucks[centre]), amount
                )

    def plan(self, centre: int, drops: list[Drop]) -> list[Drop]:
        """See `Carriage`: urgent drops first, then those of carriers, then trip by trip in order of departure."""
        urgent = [drop for drop in drops if drop.is_emergency]
        others = [drop for drop in drops if not drop.is_emergency]
        if not others and urgent:
            return urgent
        now, planner = int(self._environment.now), self._planners[centre]
        day = planner.day_of_service(now)
        wanted = self._wanted(centre, others, day)
        by_carrier = [
            drop for drop in wanted if self._carriers.wants(drop, day) and self._carriers.give(drop, day)
        ]
        own = [
            part for drop in wanted if not self._carriers.has(drop) for part in self._fitting(drop, planner)
        ]
        trips, left = planner.plan(now, day, own)
        for drop in left:
            if self._carriers.give(drop, day):
                by_carrier.append(drop)
            else:
                self._hold(drop)
        for planned in trips:
            self._schedule(planned, planner)
        return [*urgent, *by_carrier, *(drop for planned in trips for drop in planned.drops)]

    def trip_of(self, drop: Drop) -> int | None:
        """See `Carriage`."""
        trip = self._trip_of.get(drop)
        return None if trip is None else trip.number

    def ready(self, drops: Sequence[Drop]) -> None:
        """See `Carriage`."""
        drop = drops[0]
        if drop.is_emergency:
            self._carriers.send_courier(drop)
        elif self._carriers.has(drop):
            self._carriers.send(drop)
        else:
            trip = self._trip_of[drop]
            for part in drops:
                del self._trip_of[part]
            self._drivers[drop.centre].goods_ready(trip)

    def _wanted(self, centre: int, drops: list[Drop], day: int) -> list[Drop]:
        """Drops to be brought on a day, those held so far included; others are held: store closed, too small."""
        assert self._windows is not None
        planner, held = self._planners[centre], self._held[centre]
        least_grams = self._world.scenario.policy.transport.routes.minimum_drop_kg * _GRAMS_PER_KG
        for drop in drops:
            self._hold(drop)
        wanted = [
            drop
            for drop in held.values()
            if self._windows.is_open(drop.store, day)
            and drop.weight_grams >= least_grams
            and planner.is_round_day(drop.store, day)
        ]
        for drop in wanted:
            del held[drop.store]
        return sorted(wanted, key=lambda drop: drop.store)

    def _hold(self, drop: Drop) -> None:
        """Keep a drop for a later day; what is held for one store travels together."""
        held = self._held[drop.centre]
        earlier = held.get(drop.store)
        if earlier is not None:
            together = merged(earlier, drop, self._packing)
            self._arrivals.on_the_way(together, instead_of=(earlier, drop))
            drop = together
        held[drop.store] = drop

    def _fitting(self, drop: Drop, planner: RoutePlanner) -> list[Drop]:
        """A drop in parts that fit on the largest truck."""
        if not any(planner.largest):
            return [drop]
        grams, millilitres = planner.largest
        if drop.weight_grams <= grams and drop.volume_millilitres <= millilitres:
            return [drop]
        parts = split_to_fit(drop, planner.largest, self._packing)
        self._arrivals.on_the_way(*parts, instead_of=(drop,))
        return parts

    def _schedule(self, planned: PlannedTrip, planner: RoutePlanner) -> None:
        trip = Trip(
            number=self._trips,
            truck=planned.truck,
            drops=planned.drops,
            planned_second=planned.planned_second,
            planned_arrivals=planned.planned_arrivals,
            shift_ends_second=planned.shift_ends_second,
            loading_seconds=planner.loading_seconds(planned.drops),
        )
        self._trips += 1
        for drop in planned.drops:
            self._trip_of[drop] = trip
        self._drivers[planned.truck.centre].schedule(trip)


def _mean_loads(world: World, packing: Packing) -> tuple[IntArray, IntArray]:
    """(stores,) grams and millilitres of a day's mean demand; in whole numbers, so that every machine agrees."""
    thousandths = np.rint(world.process.base_rate * 1_000).astype(np.int64)
    return thousandths @ packing.weight_grams // 1_000, thousandths @ packing.volume_millilitres // 1_000
