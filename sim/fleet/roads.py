"""Roads: distances between places, and how long a leg takes at some hour of some day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from optimize import road_metres
from scenarios import Scenario
from sim.axes import Axes
from sim.clock import SECONDS_PER_HOUR
from sim.durations import spread_table
from sim.kernels.compilation import bound
from sim.kernels.driving import Roads, StopColumn, drive_trip, leg_seconds
from sim.streams import CELL_MULTIPLIER, Purpose, entity_keys, stream_key, uniform_array
from sim.world import World

IntArray = npt.NDArray[np.int64]
_METRES_PER_KM: Final = 1_000.0
_SECONDS_PER_MINUTE: Final = 60


@dataclass(frozen=True, eq=False)
class PlannedRoads:
    """The roads of one centre as planners know them: place 0 is the centre, the others are its stores."""

    stores: IntArray
    """(n,) stores that the centre feeds."""
    place: IntArray
    """(stores,) place of these."""
    metres: IntArray
    """(n + 1, n + 1)."""
    base_seconds: npt.NDArray[np.float64]
    """(n + 1, n + 1) at the mean speed."""
    seconds: IntArray
    """(n + 1, n + 1) with the mean time-of-day factor."""


def planned_roads(scenario: Scenario, axes: Axes, centre: int) -> PlannedRoads:
    """Work the roads of a centre out."""
    facts = scenario.network.distribution_centres[centre]
    table, roads = scenario.network.stores, scenario.fleet.roads
    stores = np.flatnonzero(axes.centre_of_store == centre)
    latitude, longitude = (
        np.concatenate([[getattr(facts, name)], table[name][stores]]) for name in ("latitude", "longitude")
    )
    metres = road_metres(latitude, longitude, roads.detour_factor)
    base_seconds = metres / (roads.speed_km_per_hour * _METRES_PER_KM / SECONDS_PER_HOUR)
    place = np.zeros(axes.stores, np.int64)
    place[stores] = np.arange(1, stores.size + 1)
    return PlannedRoads(
        stores=stores,
        place=place,
        metres=metres,
        base_seconds=base_seconds,
        seconds=np.rint(base_seconds * np.array(roads.hour_factors, np.float64).mean()).astype(np.int64),
    )


class RoadMap:
    """The roads of one centre: place 0 is the centre, the others are stores by their index plus 1."""

    def __init__(self, world: World, centre: int) -> None:
        fleet = world.scenario.fleet
        self.planned = planned = planned_roads(world.scenario, world.axes, centre)
        """The same roads without chance and hours of the day."""
        self.stores, self.metres, self.place = planned.stores, planned.metres, planned.place
        ids = (world.axes.centre_ids[centre], *(world.axes.store_ids[store] for store in self.stores))
        keys = entity_keys(ids)
        stream = stream_key(world.seed, world.replication, Purpose.TRAVEL)
        self._roads = Roads(
            metres=self.metres,
            base_seconds=planned.base_seconds,
            keys_from=keys,
            keys_to=keys * np.uint64(CELL_MULTIPLIER),
            hour_factors=np.array(fleet.roads.hour_factors, np.float64),
            spread=spread_table(fleet.roads.coefficient_of_variation),
            key_low=stream[0],
            key_high=stream[1],
            first_ordinal=world.process.first_ordinal,
        )
        self._break_after_seconds = round(fleet.drivers.driving_hours_before_break * SECONDS_PER_HOUR)
        self._break_seconds = round(fleet.drivers.break_minutes * _SECONDS_PER_MINUTE)
        self._stream = stream
        some = np.zeros(1, np.int64)
        self._drive_trip = bound(
            drive_trip, some, np.zeros((3, 1), np.int64), some, 0, 0, 0, self._roads,
            np.zeros((1, len(StopColumn)), np.int64),
        )  # fmt: skip

    def place_of(self, store: int) -> int:
        """Place of a store on this map."""
        return int(self.place[store])

    def drive(self, start: int, end: int, departs_second: int) -> int:
        """Seconds of a leg that begins at a second, see `sim.kernels.driving.leg_seconds`."""
        return int(leg_seconds(start, end, departs_second, self._roads))

    def drawn_seconds(self, day: int, hours: Sequence[int]) -> IntArray:
        """What legs will take on a day, chance included, at the mean factor of some hours of the day.

        Nobody knows this beforehand; it is the yardstick for plans that are made without it.

        Args:
            day: of the run.
            hours: clock hours that count.

        Returns:
            (n + 1, n + 1).
        """
        roads = self._roads
        factor = roads.hour_factors[np.array(hours, np.int64)].mean()
        seconds = roads.base_seconds * factor
        if roads.spread.size:
            keys = roads.keys_from[:, np.newaxis] + roads.keys_to
            draws = uniform_array(self._stream, keys.ravel(), roads.first_ordinal + day).astype(np.int64)
            seconds = seconds * roads.spread[draws * roads.spread.size >> 32].reshape(seconds.shape)
        return np.asarray(np.rint(seconds), np.int64)

    def tour(
        self, places: IntArray, windows: IntArray, unloading_seconds: IntArray, departs_second: int
    ) -> IntArray:
        """What happens on a trip, see `sim.kernels.driving.drive_trip`.

        Args:
            places: (k,) called at.
            windows: (3, k) of these.
            unloading_seconds: (k,) at each.
            departs_second: when the truck leaves.

        Returns:
            (k + 1, len(StopColumn)), the last row for the return.
        """
        stops = np.empty((len(places) + 1, len(StopColumn)), np.int64)
        self._drive_trip(
            places, windows, unloading_seconds, departs_second, self._break_after_seconds, self._break_seconds,
            self._roads, stops,
        )  # fmt: skip
        return stops
