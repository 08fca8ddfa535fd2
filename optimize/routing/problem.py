"""What has to be delivered with which vehicles, and the plan that answers it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

_PER_STOP = (
    "weight_grams",
    "volume_millilitres",
    "service_seconds",
    "opens_second",
    "closes_second",
    "pause_starts_second",
    "pause_ends_second",
)
_PER_TYPE = (
    "vehicle_count",
    "capacity_grams",
    "capacity_millilitres",
    "shift_start_second",
    "shift_end_second",
    "cost_per_trip",
    "cost_per_km",
    "cost_per_hour",
)
_MAY_BE_NEGATIVE = {
    "opens_second",
    "closes_second",
    "pause_starts_second",
    "pause_ends_second",
    "shift_start_second",
    "shift_end_second",
}


class RouteStatus(Enum):
    """How far a plan gets."""

    NOTHING_TO_DO = "nothing to do"
    ON_TIME = "all stops on time"
    LATE = "all stops, some late"
    PARTIAL = "some stops unserved"


class UnservedReason(Enum):
    """Why a stop is in no trip: the first of these that is true of it, in this order."""

    CAPACITY = "larger than any vehicle"
    SHIFT = "no vehicle is back within its shift"
    TIME_WINDOW = "no vehicle is there in its window"
    FLEET = "all vehicles that could are taken"


@dataclass(frozen=True, eq=False)
class RoutingProblem:
    """One day's deliveries from one depot. n stops, k vehicle types; all seconds on one planning clock.

    Attributes:
        travel_seconds: (n + 1, n + 1), from row to column; 0 is the depot, 1..n are the stops.
        distance_metres: (n + 1, n + 1), as above.
        weight_grams: (n,) load of each stop; a stop is served by one vehicle in one visit.
        volume_millilitres: (n,) the same load by volume.
        service_seconds: (n,) unloading.
        opens_second: (n,) start of the time window; who comes earlier waits.
        closes_second: (n,) latest arrival.
        pause_starts_second: (n,) latest arrival before a pause within the window, that is the end of a first window.
        pause_ends_second: (n,) who comes later than that and before this second waits until it; without a pause both
            seconds are the same.
        vehicle_count: (k,) vehicles of each type.
        capacity_grams: (k,) of one vehicle.
        capacity_millilitres: (k,) of one vehicle.
        shift_start_second: (k,) earliest departure from the depot.
        shift_end_second: (k,) latest return to the depot.
        cost_per_trip: (k,) money for each departure.
        cost_per_km: (k,) money.
        cost_per_hour: (k,) money, from departure to return, waiting included.
        turnaround_seconds: At the depot between two trips of one vehicle.
        serves_everyone: A stop that no vehicle can reach in its window is served late instead of not at all; shifts
            and capacities still hold.
    """

    travel_seconds: IntArray
    distance_metres: IntArray
    weight_grams: IntArray
    volume_millilitres: IntArray
    service_seconds: IntArray
    opens_second: IntArray
    closes_second: IntArray
    pause_starts_second: IntArray
    pause_ends_second: IntArray
    vehicle_count: IntArray
    capacity_grams: IntArray
    capacity_millilitres: IntArray
    shift_start_second: IntArray
    shift_end_second: IntArray
    cost_per_trip: FloatArray
    cost_per_km: FloatArray
    cost_per_hour: FloatArray
    turnaround_seconds: int
    serves_everyone: bool

    def __post_init__(self) -> None:
        """Check shapes, kinds and signs.

        Raises:
            ValueError: with everything that is wrong.
        """
        wrong = [*self._wrong_shapes(), *self._wrong_values()]
        if not wrong and (self.opens_second > self.closes_second).any():
            wrong.append("a window closes before it opens")
        if not wrong and self._has_misplaced_pause():
            wrong.append("a pause does not lie within its window")
        if wrong:
            raise ValueError("; ".join(wrong))

    @property
    def stop_count(self) -> int:
        """Stops to deliver to, n."""
        return len(self.weight_grams)

    @property
    def type_count(self) -> int:
        """Types of vehicle, k."""
        return len(self.vehicle_count)

    def of_stops(self, stops: IntArray) -> RoutingProblem:
        """The same day with some of its stops, in the order given.

        Args:
            stops: 0-based.
        """
        nodes = np.concatenate(([0], stops + 1))
        square = np.ix_(nodes, nodes)
        return replace(
            self,
            travel_seconds=self.travel_seconds[square],
            distance_metres=self.distance_metres[square],
            **{name: getattr(self, name)[stops] for name in _PER_STOP},
        )

    def _has_misplaced_pause(self) -> bool:
        starts, ends = self.pause_starts_second, self.pause_ends_second
        inside = (starts >= self.opens_second) & (ends <= self.closes_second)
        return bool(((starts > ends) | ((starts < ends) & ~inside)).any())

    def _wrong_shapes(self) -> list[str]:
        nodes = self.stop_count + 1
        expected: dict[str, tuple[int, ...]] = {
            "travel_seconds": (nodes, nodes),
            "distance_metres": (nodes, nodes),
        }
        expected |= dict.fromkeys(_PER_STOP, (self.stop_count,)) | dict.fromkeys(
            _PER_TYPE, (self.type_count,)
        )
        return [
            f"{name} has shape {getattr(self, name).shape}, not {shape}"
            for name, shape in expected.items()
            if getattr(self, name).shape != shape
        ]

    def _wrong_values(self) -> list[str]:
        wrong = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                money = field.name.startswith("cost_")
                if value.dtype.kind not in ("iuf" if money else "iu"):
                    wrong.append(
                        f"{field.name} holds {value.dtype}, not {'numbers' if money else 'integers'}"
                    )
                elif money and not np.isfinite(value).all():
                    wrong.append(f"{field.name} is not finite")
                elif field.name not in _MAY_BE_NEGATIVE and (value < 0).any():
                    wrong.append(f"{field.name} is negative")
        if self.turnaround_seconds < 0:
            wrong.append("turnaround_seconds is negative")
        return wrong


@dataclass(frozen=True)
class Trip:
    """One tour of one vehicle from the depot and back.

    Attributes:
        vehicle_type: Row of the fleet.
        vehicle: Number of the vehicle within its type, from 0.
        depart_second: Leaves the depot.
        stops: 0-based stops in the order of the visits.
        arrival_seconds: At each stop; unloading starts then or when the window opens.
        return_second: Back at the depot.
    """

    vehicle_type: int
    vehicle: int
    depart_second: int
    stops: tuple[int, ...]
    arrival_seconds: tuple[int, ...]
    return_second: int


@dataclass(frozen=True)
class RoutePlan:
    """Trips of a day and what they leave out.

    Attributes:
        trips: Sorted by vehicle type, vehicle, departure.
        unserved: 0-based stop and why, sorted by stop.
        status: How far the plan gets.
        method: What made these trips: ``savings``, ``ortools``, ``ruin_recreate`` or ``fixed``.
        cost: Money for the trips; nothing is charged for stops left out or served late.
        distance_metres: Of all trips.
        used_fallback: The trips are those of the savings method because the one asked for found none or worse ones.
    """

    trips: tuple[Trip, ...]
    unserved: tuple[tuple[int, UnservedReason], ...]
    status: RouteStatus
    method: str
    cost: float
    distance_metres: int
    used_fallback: bool


class RoutingError(Exception):
    """A plan breaks a rule: a fault of the solver, never of the input."""
