"""Road distances estimated from coordinates."""

from __future__ import annotations

import math

import numpy as np

from optimize.routing.problem import FloatArray, IntArray

EARTH_RADIUS_METRES = 6_371_008.8
"""Mean radius of the Earth (IUGG, R1)."""


def road_metres(latitude: FloatArray, longitude: FloatArray, detour_factor: float) -> IntArray:
    """Great-circle distances times a detour factor, by the haversine formula (Sinnott 1984).

    Distances decide routes, so the functions come from the C library, whose last bit does not hang on the
    vector units of the processor as NumPy's may; coordinates of a network are few.

    Args:
        latitude: (n + 1,) degrees north, depot first.
        longitude: (n + 1,) degrees east, depot first.
        detour_factor: Road kilometres per kilometre as the crow flies, at least 1.

    Returns:
        (n + 1, n + 1) metres, rounded to nearest; symmetric, zero on the diagonal.

    Raises:
        ValueError: arrays of different lengths, or a factor below 1.
    """
    if len(latitude) != len(longitude):
        raise ValueError(f"{len(latitude)} latitudes, {len(longitude)} longitudes")
    if not detour_factor >= 1.0:
        raise ValueError(f"detour_factor is {detour_factor}, below 1")
    phi = [math.radians(float(degrees)) for degrees in latitude]
    lam = [math.radians(float(degrees)) for degrees in longitude]
    cosine = [math.cos(angle) for angle in phi]
    metres = np.zeros((len(phi), len(phi)), dtype=np.int64)
    diameter = 2.0 * EARTH_RADIUS_METRES * detour_factor
    for i in range(len(phi)):
        for j in range(i):
            across = math.sin((phi[i] - phi[j]) / 2.0) ** 2
            along = math.sin((lam[i] - lam[j]) / 2.0) ** 2
            half_chord = math.sqrt(min(1.0, across + cosine[i] * cosine[j] * along))
            metres[i, j] = metres[j, i] = round(diameter * math.asin(half_chord))
    return metres
