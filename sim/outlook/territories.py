"""Where customers live, which station is theirs, and how far technicians drive from one to the next."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from scenarios import Columns, DispatchRule, Roads, Store
from sim.aftersales.facts import ServiceFacts
from sim.aftersales.requests import Kind
from sim.field.roads import EARTH_RADIUS_METRES
from sim.installed_base.arriving import blank_rows
from sim.installed_base.places import Places

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_POINTS_OF_REGION, _POINTS_OF_STORE, _POINTS_OF_STATION = 2_048, 64, 192
_WORD = 2.0**32
_METRES_PER_KM = 1_000.0
# Roots of the generalised golden ratio: steps of a sequence that fills the unit cube evenly (Roberts 2018).
_STEPS = np.array([0.8191725133961645, 0.6710436067037893, 0.5497004779019703])


class Territories:
    """Customers spread evenly over the world's own distribution of places, in place of customers drawn from it.

    Who lives so far from the nearest station that nobody can be there and do a piece of work in one shift is never
    visited, and belongs to no territory.
    """

    def __init__(self, facts: ServiceFacts, stores: Columns[Store]) -> None:
        self._facts = facts
        self._places = Places(facts, stores)
        self._stores = len(stores)
        self._reach_metres = _reach_metres(facts)
        regions = np.repeat(np.arange(len(facts.region_ids)), _POINTS_OF_REGION)
        self._of_region = self._settle(regions, None)
        self._of_store: tuple[FloatArray, FloatArray, IntArray] | None = None

    def of_region(self) -> FloatArray:
        """(regions, stations) share of the customers of a region who live in the territory of a station."""
        return self._shares(self._of_region[2], _POINTS_OF_REGION)

    def of_store(self) -> FloatArray:
        """(stores, stations) share of the customers of a store."""
        return self._shares(self._customers_of_stores()[2], _POINTS_OF_STORE)

    def away(self, latitude: FloatArray, longitude: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far customers live from places.

        Returns:
            (stores, places) mean drive in minutes to the customers near each store, in a mean hour, and the share of
            them within the service radius.
        """
        north, east, _ = self._customers_of_stores()
        away = _metres(north, east, latitude, longitude).reshape(self._stores, _POINTS_OF_STORE, -1)
        minutes = away.mean(axis=1) * _minutes_per_metre(self._facts.service.roads)
        is_covered = away <= self._facts.policy.radius_km * _METRES_PER_KM
        return np.asarray(minutes), np.asarray(is_covered.mean(axis=1))

    def requests_near_stores(
        self, requests_of_region: FloatArray, requests_of_store: FloatArray
    ) -> FloatArray:
        """(stores,) requests per day of customers who live near each store.

        Args:
            requests_of_region: (regions,) that arise near the stores of a region, by their sizes.
            requests_of_store: (stores,) that arise from the sales of a store.
        """
        return requests_of_store + self._places.shares() @ requests_of_region

    def round_minutes(
        self,
        requests_of_region: FloatArray,
        requests_of_store: FloatArray,
        choices: FloatArray,
        roads: Roads,
        hours: FloatArray,
    ) -> tuple[FloatArray, FloatArray]:
        """Roads of a round from where technicians start to some customers and back.

        The customers of a round are taken as independent; the next one is the nearest of so many that could be.

        Args:
            requests_of_region: (regions,) that arise per day near the stores of a region.
            requests_of_store: (stores,) that arise per day from the sales of a store.
            choices: (stations,) customers from whom the next is chosen, at least 1.
            roads: detour, speed, hours.
            hours: (24,) share of the driving in each clock hour.

        Returns:
            (stations,) mean minutes to the first customer and home from the last, and from one customer to the next.
        """
        home, between = (np.zeros(len(self._facts.station_ids)) for _ in range(2))
        north, east, station, weight = self._weighted(requests_of_region, requests_of_store)
        factors = np.array(roads.hour_factors)
        pace = _minutes_per_metre(roads) * float(factors @ hours) / float(factors.mean())
        for number in range(home.size):
            mine = np.flatnonzero((station == number) & (weight > 0.0))
            if not mine.size:
                continue
            chosen = _sampled(mine, weight[mine])
            apart = _metres(north[chosen], east[chosen], north[chosen], east[chosen])
            homes = self._homes(number)
            home[number] = 2.0 * float(_metres(*homes, north[chosen], east[chosen]).mean()) * pace
            between[number] = _nearest(apart, choices[number]) * pace
        return home, between

    def _weighted(
        self, of_region: FloatArray, of_store: FloatArray
    ) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
        """Latitude, longitude, station and requests per day of all points, job streams at their places included."""
        facts = self._facts
        places, weights = [self._of_region], [np.repeat(of_region / _POINTS_OF_REGION, _POINTS_OF_REGION)]
        if of_store.any():
            places.append(self._customers_of_stores())
            weights.append(np.repeat(of_store / _POINTS_OF_STORE, _POINTS_OF_STORE))
        for stream in facts.service.job_streams:
            if stream.station_id not in facts.station_ids:
                continue
            at = facts.station_ids.index(stream.station_id)
            north = facts.station_latitude[at] if stream.latitude is None else stream.latitude
            east = facts.station_longitude[at] if stream.longitude is None else stream.longitude
            places.append((np.array([north]), np.array([east]), np.array([at])))
            weights.append(np.array([24.0 * 60.0 / max(stream.between_minutes.mean(), 1e-9)]))
        north, east, station = (np.concatenate(columns) for columns in zip(*places, strict=True))
        return north, east, station, np.concatenate(weights)

    def _customers_of_stores(self) -> tuple[FloatArray, FloatArray, IntArray]:
        if self._of_store is None:
            stores = np.repeat(np.arange(self._stores), _POINTS_OF_STORE)
            regions = np.array(self._facts.region_of_store, np.int64)[stores]
            self._of_store = self._settle(regions, stores)
        return self._of_store

    def _settle(self, regions: IntArray, stores: IntArray | None) -> tuple[FloatArray, FloatArray, IntArray]:
        rows = blank_rows(regions.size, Kind.REPAIR)
        rows["region"] = regions
        index = np.arange(regions.size) + 1.0
        even = np.mod(0.5 + index[np.newaxis] * _STEPS[:, np.newaxis], 1.0)
        self._places.settle(rows, (even * _WORD).astype(np.uint32), stores)
        north, east, station = rows["latitude"].copy(), rows["longitude"].copy(), rows["station"].copy()
        there = np.flatnonzero(station >= 0)
        home_north, home_east = self._facts.station_latitude, self._facts.station_longitude
        away = _metres_apart(north[there], east[there], home_north[station[there]], home_east[station[there]])
        station[there[away > self._reach_metres]] = -1
        return north, east, station

    def _shares(self, station: IntArray, points: int) -> FloatArray:
        stations = len(self._facts.station_ids)
        places = station.size // points
        label = np.repeat(np.arange(places), points) * (stations + 1) + station + 1
        counts = np.bincount(label, minlength=places * (stations + 1)).reshape(places, stations + 1)
        return np.asarray(counts[:, 1:] / points)

    def _homes(self, station: int) -> tuple[FloatArray, FloatArray]:
        """Where the technicians of a station start; the station itself where it has none."""
        people = [self._facts.technicians[number] for number in self._facts.technicians_of_station[station]]
        if not people:
            return self._facts.station_latitude[[station]], self._facts.station_longitude[[station]]
        return np.array([person.latitude for person in people]), np.array([p.longitude for p in people])


def choices_of(rule: DispatchRule, waiting: FloatArray) -> FloatArray:
    """Customers from whom a technician takes the next: with `nearest` those who wait, else the one who is first."""
    return np.maximum(waiting, 1.0) if rule == "nearest" else np.ones_like(waiting)


def _sampled(points: IntArray, weight: FloatArray) -> IntArray:
    """At most so many points, in proportion to their weights (systematic sampling)."""
    upto = np.cumsum(weight) / weight.sum()
    wanted = (np.arange(_POINTS_OF_STATION) + 0.5) / _POINTS_OF_STATION
    return np.asarray(points[np.minimum(np.searchsorted(upto, wanted), points.size - 1)])


def _reach_metres(facts: ServiceFacts) -> float:
    """Straight distance that can be driven in the longest shift, overtime included and a short job left out."""
    shifts = facts.policy.workforce.shifts
    if not shifts:
        return math.inf
    jobs = [
        mode.diagnosis_minutes.mean() + mode.repair_minutes.mean() for mode in facts.service.failure_modes
    ]
    minutes = 60.0 * max(shift.hours for shift in shifts) + facts.policy.dispatch.overtime_minutes
    return max(minutes - min(jobs, default=0.0), 0.0) / _minutes_per_metre(facts.service.roads)


def _minutes_per_metre(roads: Roads) -> float:
    """Of straight distance, in a mean hour."""
    pace = 60.0 * roads.detour_factor / (roads.speed_km_per_hour * 1_000.0)
    return pace * sum(roads.hour_factors) / len(roads.hour_factors)


def _metres(north: FloatArray, east: FloatArray, to_north: FloatArray, to_east: FloatArray) -> FloatArray:
    """(n, m) great-circle distances between all of some places and all of others."""
    return _metres_apart(north[:, np.newaxis], east[:, np.newaxis], to_north, to_east)


def _metres_apart(
    north: FloatArray, east: FloatArray, to_north: FloatArray, to_east: FloatArray
) -> FloatArray:
    """Great-circle distances of places in degrees, by the haversine, element by element."""
    north, east, to_north, to_east = (np.deg2rad(values) for values in (north, east, to_north, to_east))
    up, along = np.sin((north - to_north) / 2.0) ** 2, np.sin((east - to_east) / 2.0) ** 2
    chord = up + np.cos(north) * np.cos(to_north) * along
    return np.asarray(2.0 * EARTH_RADIUS_METRES * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def _nearest(between: FloatArray, choices: float) -> float:
    """Mean distance to the nearest of so many points drawn from the others, for any number from 1 up."""
    others = len(between) - 1
    if others < 1:
        return 0.0
    ordered = np.sort(between, axis=1)[:, 1:]
    left = (1.0 - np.arange(others + 1) / others) ** choices
    return float((ordered @ (left[:-1] - left[1:])).mean())


__all__ = ["Territories", "choices_of"]
