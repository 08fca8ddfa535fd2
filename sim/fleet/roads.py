"""Roads: distances between places, and how long a leg takes at some hour of some day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize import road_metres
from sim.clock import SECONDS_PER_HOUR
from sim.durations import spread_table
from sim.kernels.compilation import bound
from sim.kernels.driving import Roads, StopColumn, drive_trip, leg_seconds
from sim.streams import CELL_MULTIPLIER, Purpose, entity_keys, stream_key
from sim.world import World

IntArray = npt.NDArray[np.int64]
_METRES_PER_KM = 1_000.0
_SECONDS_PER_MINUTE = 60


class RoadMap:
    """The roads of one centre: place 0 is the centre, the others are stores by their index plus 1."""

    def __init__(self, world: World, centre: int) -> None:
        facts = world.scenario.network.distribution_centres[centre]
        stores, fleet = world.scenario.network.stores, world.scenario.fleet
        self.stores = np.flatnonzero(world.axes.centre_of_store == centre)
        """(n,) stores that the centre feeds."""
        latitude, longitude = (
            np.concatenate([[getattr(facts, name)], stores[name][self.stores]])
            for name in ("latitude", "longitude")
        )
        self.metres = road_metres(latitude, longitude, fleet.roads.detour_factor)
        """(n + 1, n + 1)."""
        base_seconds = self.metres / (fleet.roads.speed_km_per_hour * _METRES_PER_KM / SECONDS_PER_HOUR)
        factors = np.array(fleet.roads.hour_factors, np.float64)
        self.planned_seconds = np.rint(base_seconds * factors.mean()).astype(np.int64)
        """(n + 1, n + 1) with the mean time-of-day factor."""
        ids = (world.axes.centre_ids[centre], *(world.axes.store_ids[store] for store in self.stores))
        keys = entity_keys(ids)
        stream = stream_key(world.seed, world.replication, Purpose.TRAVEL)
        self._roads = Roads(
            metres=self.metres,
            base_seconds=base_seconds,
            keys_from=keys,
            keys_to=keys * np.uint64(CELL_MULTIPLIER),
            hour_factors=factors,
            spread=spread_table(fleet.roads.coefficient_of_variation),
            key_low=stream[0],
            key_high=stream[1],
            first_ordinal=world.process.first_ordinal,
        )
        self._break_after_seconds = round(fleet.drivers.driving_hours_before_break * SECONDS_PER_HOUR)
        self._break_seconds = round(fleet.drivers.break_minutes * _SECONDS_PER_MINUTE)
        self.place = np.zeros(world.axes.stores, np.int64)
        """(stores,) place on this map of the stores that the centre feeds."""
        self.place[self.stores] = np.arange(1, self.stores.size + 1)
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
