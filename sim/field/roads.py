"""Roads between customers: distances from coordinates, and how long a drive takes at some hour."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import Roads
from sim.clock import SECONDS_PER_HOUR

EARTH_RADIUS_METRES: Final = 6_371_008.8
"""Mean radius of the Earth (IUGG, R1)."""
_METRES_PER_KM: Final = 1_000.0
_HOURS_PER_DAY: Final = 24

IntArray = npt.NDArray[np.int64]
Place = tuple[float, float, float]
"""Latitude and longitude in radians, and the cosine of the latitude."""


def place_at(latitude: float, longitude: float) -> Place:
    """A place from degrees."""
    north = radians(latitude)
    return north, radians(longitude), cos(north)


class ServiceRoads:
    """Great-circle distances times a detour (haversine, Sinnott 1984) at a speed that differs by hour of day."""

    def __init__(self, roads: Roads) -> None:
        self.coefficient_of_variation = roads.coefficient_of_variation
        self._diameter = 2.0 * EARTH_RADIUS_METRES * roads.detour_factor
        self._pace = SECONDS_PER_HOUR / (roads.speed_km_per_hour * _METRES_PER_KM)
        self._factors = [float(factor) for factor in roads.hour_factors]
        self._is_even = len(set(self._factors)) == 1
        self._mean_pace = self._pace * sum(self._factors) / _HOURS_PER_DAY
        self._longest_pace = 0.5 * self._diameter * self._mean_pace

    def metres(self, start: Place, end: Place) -> int:
        """Road metres between two places, rounded to nearest."""
        if start == end:
            return 0
        up, along = sin((start[0] - end[0]) * 0.5), sin((start[1] - end[1]) * 0.5)
        half_chord_squared = up * up + start[2] * end[2] * along * along
        if half_chord_squared > 1.0:  # by rounding
            half_chord_squared = 1.0
        return round(self._diameter * asin(sqrt(half_chord_squared)))

    def is_near(self, start: Place, end: Place, seconds: int) -> bool:
        """Whether a drive is planned to take no longer than some time.

        What lies north and what lies east, at the equator, together are never less, and soon worked out.
        """
        if (abs(start[0] - end[0]) + abs(start[1] - end[1])) * self._longest_pace < seconds:
            return True
        return self.expected_seconds(self.metres(start, end)) <= seconds

    def expected_seconds(self, metres: int) -> int:
        """Seconds that a drive is planned to take, whatever the hour."""
        return round(metres * self._mean_pace)

    def plane_seconds(self, places: Sequence[Place]) -> IntArray:
        """Expected seconds between all places of a district, (n, n), measured on a plane, which is good enough to plan.

        Sums, products and square roots are the same to the last bit on all processors, as plans hang on them.
        """
        north = np.array([place[0] for place in places])
        east = np.array([place[1] for place in places]) * places[0][2]
        chord = np.sqrt((north[:, None] - north) ** 2 + (east[:, None] - east) ** 2)
        seconds: IntArray = np.rint(chord * (0.5 * self._diameter * self._mean_pace)).astype(np.int64)
        return seconds

    def seconds(self, metres: int, departs_second: int, spread: float) -> int:
        """Seconds that a drive takes.

        It is driven through the hours with their different speeds, so nobody arrives earlier by leaving later.

        Args:
            metres: distance.
            departs_second: when it begins.
            spread: this drive's time over the usual.
        """
        left = metres * self._pace * spread
        if self._is_even:
            return round(left * self._factors[0])
        hour, into_hour = divmod(departs_second, SECONDS_PER_HOUR)
        driven, room = 0.0, float(SECONDS_PER_HOUR - into_hour)
        while True:
            factor = self._factors[hour % _HOURS_PER_DAY]
            if left * factor <= room:
                return round(driven + left * factor)
            driven += room
            left -= room / factor
            hour, room = hour + 1, float(SECONDS_PER_HOUR)
