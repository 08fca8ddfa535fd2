"""Where customers live: near a store of their region, in the territory of an open station."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import Columns, Store
from sim.aftersales.facts import ServiceFacts
from sim.durations import exponential, fractions
from sim.field.roads import EARTH_RADIUS_METRES
from sim.installed_base.arriving import Draws, Rows
from sim.kernels.installed_base import chords_between, place_customers, unit_vectors

_KM_PER_DEGREE: Final = 6371.0088 * np.pi / 180.0

NOWHERE: Final = -1
"""Column `station_metres` of requests where no station is open."""

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Places:
    """Stores by region, stations by store."""

    def __init__(self, facts: ServiceFacts, stores: Columns[Store]) -> None:
        self._metres_per_radian = EARTH_RADIUS_METRES * facts.service.roads.detour_factor
        self._spread_degrees = facts.service.repair.spread_km / _KM_PER_DEGREE
        # Copies: columns are read-only, places of stations are not, and a kernel is compiled for each of the two.
        self._latitude = np.array(stores["latitude"], np.float64)
        self._longitude = np.array(stores["longitude"], np.float64)
        self._vector = _on_sphere(self._latitude, self._longitude)
        self._station_vector = _on_sphere(facts.station_latitude, facts.station_longitude)
        chords = np.zeros((len(self._vector), len(self._station_vector)))
        chords_between(self._vector, self._station_vector, chords)
        self._order = np.argsort(chords, axis=1, kind="stable")
        self._chords = np.take_along_axis(chords, self._order, axis=1)
        self._keep_to_territories(facts, stores)
        self._regions = len(facts.region_ids)
        self._stores, self._reached = _by_region(
            np.array(facts.region_of_store, np.int64),
            len(facts.region_ids),
            stores["size"].astype(np.float64),
        )

    def _keep_to_territories(self, facts: ServiceFacts, stores: Columns[Store]) -> None:
        """Where the policy says whose a store's customers are, no other station is ever tried."""
        table = facts.policy.territories
        if table is None or not self._order.size:
            return
        station_at = {name: number for number, name in enumerate(facts.station_ids)}
        store_at = {name: number for number, name in enumerate(stores["store_id"])}
        for store_id, station_id in zip(table["store_id"], table["station_id"], strict=True):
            store, station = store_at[store_id], station_at[station_id]
            self._chords[store, 0] = 0.0
            self._chords[store, 1:] = np.inf
            self._order[store, 0] = station

    def shares(self) -> FloatArray:
        """(stores, regions) share of the customers of a region who live near a store."""
        shares = np.zeros((len(self._vector), self._regions))
        region = np.ceil(self._reached - 1e-12).astype(np.int64) - 1
        before = np.concatenate(([0.0], self._reached[:-1]))
        np.add.at(shares, (self._stores, region), self._reached - np.maximum(before, region))
        return shares

    def settle(self, rows: Rows, draws: Draws, store: IntArray | None = None) -> None:
        """Write place and station of requests.

        Args:
            rows: requests; their region is read.
            draws: (3 or more, n) store, distance, direction.
            store: (n,) stores, where they are known.
        """
        if store is None:
            at = np.searchsorted(self._reached, rows["region"] + fractions(draws[0]), side="right")
            store = self._stores[at]
        distance = np.zeros(store.size)
        if self._spread_degrees > 0.0:
            distance = exponential(draws[1]) * self._spread_degrees
        latitude, longitude = np.empty(store.size), np.empty(store.size)
        station, chord = np.empty(store.size, np.int64), np.empty(store.size)
        place_customers(
            store, distance, draws[2], self._latitude, self._longitude, self._vector, self._order, self._chords,
            self._station_vector, latitude, longitude, station, chord,
        )  # fmt: skip
        rows["latitude"], rows["longitude"], rows["station"] = latitude, longitude, station
        rows["station_metres"] = np.where(station >= 0, self._road_metres(chord), NOWHERE)

    def _road_metres(self, chord: FloatArray) -> IntArray:
        """Road metres of straight distances on the unit sphere, by the series of the arc: good for a country."""
        square = np.minimum(chord, 1.0) ** 2
        arc = np.minimum(chord, 1.0) * (
            1.0 + square * (1.0 / 24.0 + square * (3.0 / 640.0 + square * 5.0 / 7_168.0))
        )
        metres: IntArray = np.rint(arc * self._metres_per_radian).astype(np.int64)
        return metres


def _on_sphere(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    vectors = np.zeros((latitude.size, 3))
    unit_vectors(latitude, longitude, vectors)
    return vectors


def _by_region(region: IntArray, regions: int, size: FloatArray) -> tuple[IntArray, FloatArray]:
    """Stores region after region, and the number of the region plus the share of its size reached with each.

    Customers of a region without stores live near all of them.
    """
    stores, reached = [], []
    for number in range(regions):
        own = np.flatnonzero(region == number)
        own = own if own.size else np.arange(region.size)
        weight = size[own] if size[own].sum() > 0 else np.ones(own.size)
        upto = np.cumsum(weight) / weight.sum()
        upto[np.flatnonzero(weight)[-1] :] = 1.0
        stores.append(own)
        reached.append(number + upto)
    if not stores:
        return np.zeros(0, np.int64), np.zeros(0)
    return np.concatenate(stores), np.concatenate(reached)
