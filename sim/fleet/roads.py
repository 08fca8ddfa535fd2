"""Roads: distances between places, and how long a leg takes at some hour of some day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize import road_metres
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.durations import spread_of
from sim.streams import Purpose, cell_key, entity_key, stream_key, uniform
from sim.world import World

IntArray = npt.NDArray[np.int64]
_METRES_PER_KM = 1_000.0
_HOURS_PER_DAY = 24


class RoadMap:
    """The roads of one centre: place 0 is the centre, the others are stores by their index plus 1."""

    def __init__(self, world: World, centre: int) -> None:
        facts = world.scenario.network.distribution_centres[centre]
        stores = world.scenario.network.stores
        self._roads = world.scenario.fleet.roads
        self.stores = np.flatnonzero(world.axes.centre_of_store == centre)
        """(n,) stores that the centre feeds."""
        latitude, longitude = (
            np.concatenate([[getattr(facts, name)], stores[name][self.stores]])
            for name in ("latitude", "longitude")
        )
        self.metres = road_metres(latitude, longitude, self._roads.detour_factor)
        """(n + 1, n + 1)."""
        self._base_seconds = self.metres / (self._roads.speed_km_per_hour * _METRES_PER_KM / SECONDS_PER_HOUR)
        factors = np.array(self._roads.hour_factors)
        self.planned_seconds = np.rint(self._base_seconds * factors.mean()).astype(np.int64)
        """(n + 1, n + 1) with the mean time-of-day factor."""
        self._factors: list[float] = factors.tolist()
        ids = (world.axes.centre_ids[centre], *(world.axes.store_ids[store] for store in self.stores))
        self._keys = [entity_key(name) for name in ids]
        self._stream = stream_key(world.seed, world.replication, Purpose.TRAVEL)
        self._first_ordinal = world.process.first_ordinal
        self._place = {int(store): place + 1 for place, store in enumerate(self.stores)}

    def place_of(self, store: int) -> int:
        """Place of a store on this map."""
        return self._place[store]

    def drive(self, start: int, end: int, departs_second: int) -> int:
        """Seconds of a leg that begins at a second.

        The draw belongs to the two places and the date: all who drive there that day meet the same traffic, and one
        truck more changes nobody's. Hours differ in speed; the leg is driven through them, so nobody arrives earlier
        by leaving later.
        """
        left = float(self._base_seconds[start, end])
        if self._roads.coefficient_of_variation > 0.0:
            entity = cell_key(self._keys[start], self._keys[end])
            draw = uniform(self._stream, entity, self._first_ordinal + departs_second // SECONDS_PER_DAY)
            left *= spread_of(self._roads.coefficient_of_variation, draw)
        hour, into_hour = divmod(departs_second, SECONDS_PER_HOUR)
        driven = 0.0
        room = float(SECONDS_PER_HOUR - into_hour)
        while True:
            factor = self._factors[hour % _HOURS_PER_DAY]
            if left * factor <= room:
                return round(driven + left * factor)
            driven += room
            left -= room / factor
            hour, room = hour + 1, float(SECONDS_PER_HOUR)
