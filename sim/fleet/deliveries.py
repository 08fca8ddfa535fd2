"""A centre's deliveries of one day as a routing problem: who is called at, with how much, by which trucks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from optimize import RoutingProblem
from scenarios import Docks, Scenario, TruckType
from sim.axes import Axes
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, second_of_day
from sim.fleet.roads import PlannedRoads
from sim.fleet.trucks import Truck, all_unloading_seconds
from sim.fleet.windows import ReceivingHours
from sim.working_days import Calendar

IntArray = npt.NDArray[np.int64]

_DROPS_OF_A_TRIP: Final = 6
"""Of which the time between two trips of a truck is reckoned, as trips are not known before."""
_GRAMS_PER_KG = _MILLILITRES_PER_LITRE = 1_000


@dataclass(frozen=True, eq=False)
class Loads:
    """What is to be brought, a row per stop."""

    store: IntArray
    """(n,)"""
    cases: IntArray
    """(n,)"""
    weight_grams: IntArray
    """(n,)"""
    volume_millilitres: IntArray
    """(n,)"""


@dataclass(frozen=True, eq=False)
class Alike:
    """Trucks of one kind and with the same hours: seconds from which they are free, and when they must be back."""

    starts_second: int
    ends_second: int
    trucks: list[Truck]


class Deliveries:
    """Makes the routing problems of one centre."""

    def __init__(
        self, scenario: Scenario, roads: PlannedRoads, hours: ReceivingHours, docks: Docks | None
    ) -> None:
        """Make it.

        Args:
            scenario: costs, and what is done about those who cannot be reached in time.
            roads: of the centre.
            hours: when stores take goods.
            docks: facts of loading; None where it takes no time.
        """
        self._roads, self._hours, self._docks = roads, hours, docks
        self._unloading = scenario.fleet.unloading
        self._driver_per_hour = scenario.costs.labour.driver_per_hour
        self._serves_everyone = scenario.policy.transport.routes.serves_everyone

    def loading_seconds(self, drops: int, cases: int) -> int:
        """Time at the door of the centre for some drops."""
        if self._docks is None:
            return 0
        return round(
            self._docks.seconds_per_truck
            + self._docks.seconds_per_drop * drops
            + self._docks.seconds_per_case * cases
        )

    def problem(self, day: int, loads: Loads, groups: Sequence[Alike]) -> RoutingProblem:
        """The problem of a day, its clock beginning at midnight.

        Args:
            day: of the run.
            loads: a row or more.
            groups: trucks, as from `alike`.
        """
        midnight = day * SECONDS_PER_DAY
        places, stores = np.concatenate(([0], self._roads.place[loads.store])), loads.store
        stops, nothing = len(stores), self.loading_seconds(0, 0)
        a_trip = self.loading_seconds(stops, int(loads.cases.sum())) - nothing
        kinds = [group.trucks[0].kind for group in groups]
        square = np.ix_(places, places)

        def per_group(values: list[float]) -> IntArray:
            return np.array([round(value) for value in values], np.int64)

        return RoutingProblem(
            travel_seconds=self._roads.seconds[square],
            distance_metres=self._roads.metres[square],
            weight_grams=loads.weight_grams,
            volume_millilitres=loads.volume_millilitres,
            service_seconds=all_unloading_seconds(self._unloading, loads.cases),
            opens_second=self._hours.opens_second[stores],
            closes_second=self._hours.closes_second[stores],
            pause_starts_second=self._hours.pause_starts_second[stores],
            pause_ends_second=self._hours.pause_ends_second[stores],
            vehicle_count=np.array([len(group.trucks) for group in groups]),
            capacity_grams=per_group([kind.capacity_kg * _GRAMS_PER_KG for kind in kinds]),
            capacity_millilitres=per_group([kind.capacity_litres * _MILLILITRES_PER_LITRE for kind in kinds]),
            shift_start_second=np.array([group.starts_second - midnight for group in groups]),
            shift_end_second=np.array([group.ends_second - midnight for group in groups]),
            cost_per_trip=np.zeros(len(groups)),
            cost_per_km=np.array([kind.cost_per_km for kind in kinds]),
            cost_per_hour=np.full(len(groups), self._driver_per_hour),
            turnaround_seconds=nothing + round(_DROPS_OF_A_TRIP * a_trip / stops),
            serves_everyone=self._serves_everyone,
        )


def trucks_of(scenario: Scenario, axes: Axes) -> list[Truck]:
    """All trucks, by centre, then by rule."""
    kinds = {kind.id: (index, kind) for index, kind in enumerate(scenario.fleet.truck_types)}
    trucks: list[Truck] = []
    for centre, centre_id in enumerate(axes.centre_ids):
        for rule in scenario.policy.transport.trucks:
            if rule.dc_id not in ("", centre_id):
                continue
            index, kind = kinds[rule.type_id]
            calendar = Calendar(scenario, rule)
            trucks += [
                Truck(
                    centre, len(trucks) + number, kind, index, second_of_day(rule.start_hour),
                    round(rule.hours * SECONDS_PER_HOUR), calendar,
                )
                for number in range(rule.count)
            ]  # fmt: skip
    return trucks


def day_of_service(trucks: Sequence[Truck], now: int) -> int:
    """Day on which what is released now is driven: that of the first shift that still has time."""
    return min(
        (truck.shift_after(now, _least_seconds(truck))[0] // SECONDS_PER_DAY for truck in trucks),
        default=now // SECONDS_PER_DAY + 1,
    )


def alike(trucks: Sequence[Truck], now: int, day: int) -> list[Alike]:
    """Trucks that can leave on a day, those of one kind and with the same hours together."""
    found: dict[tuple[int, int, int], list[Truck]] = {}
    for truck in trucks:
        starts, ends = truck.shift_after(now, _least_seconds(truck))
        if starts // SECONDS_PER_DAY == day:
            found.setdefault((truck.type_index, starts, ends), []).append(truck)
    return [Alike(starts, ends, together) for (_, starts, ends), together in sorted(found.items())]


def largest_load(kinds: Sequence[TruckType]) -> tuple[int, int]:
    """Grams and millilitres of the largest truck; zeros without trucks."""
    return (
        max((round(kind.capacity_kg * _GRAMS_PER_KG) for kind in kinds), default=0),
        max((round(kind.capacity_litres * _MILLILITRES_PER_LITRE) for kind in kinds), default=0),
    )


def _least_seconds(truck: Truck) -> int:
    """What has to be left of a shift for a trip to be worth planning."""
    return min(2 * SECONDS_PER_HOUR, truck.shift_seconds)


__all__ = ["Alike", "Deliveries", "Loads", "alike", "day_of_service", "largest_load", "trucks_of"]
