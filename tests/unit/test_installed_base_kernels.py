"""Compiled steps of the installed base against closed forms and against the plain way of computing them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from sim.kernels.installed_base import (
    chords_between,
    daily_hazards,
    draw_failures,
    draw_removals,
    place_customers,
    request_keys,
    unit_vectors,
)
from sim.streams import stream_key, uniform

FloatArray = npt.NDArray[np.float64]

CONSTANT = (0.002, 1.0, 0.0, 0.0, 0.0)
WEIBULL = (0.0, 2.5, 900.0, 0.0, 0.0)
BATHTUB = (0.001, 4.0, 1_500.0, 0.01, 60.0)


def hazards(*terms: tuple[float, ...], ages: int = 2_000) -> FloatArray:
    out = np.zeros((len(terms), ages))
    daily_hazards(np.array(terms), out)
    return out


class TestHazards:
    def test_they_add_up_to_the_cumulative_hazard(self) -> None:
        age = np.arange(1, 2_001)
        constant, weibull, bathtub = np.cumsum(hazards(CONSTANT, WEIBULL, BATHTUB), axis=1)
        assert constant == pytest.approx(0.002 * age, rel=1e-12)
        assert weibull == pytest.approx((age / 900.0) ** 2.5, rel=1e-12)
        truth = 0.001 * age + (age / 1_500.0) ** 4 + 0.01 * 60.0 * -np.expm1(-age / 60.0)
        assert bathtub == pytest.approx(truth, rel=1e-12)

    def test_every_draw_gives_the_count_of_its_probability(self) -> None:
        """Draws spread evenly over all there are fall as the Poisson law of the age says."""
        of_age, each = hazards(CONSTANT, WEIBULL), 10_001
        draws = np.linspace(0, 2**32 - 1, each).astype(np.uint32)
        for units, product, age in ((10, 0, 10), (20, 1, 30), (50_000, 1, 39), (4_000_000, 0, 0)):
            cells, born = np.full(2 * each, units), np.full(2 * each, 100.4 - age)
            counts = np.full(2 * each, -1, np.int32)
            draw_failures(cells, born, 100, of_age, each, np.tile(draws, 2), counts)
            truth = stats.poisson.ppf((draws + 0.5) / 2**32, units * of_age[product, age])
            own = counts[product * each :][:each]
            assert (own == truth).mean() > 0.999
            assert np.abs(own - truth).max() <= 1

    def test_a_cell_from_the_future_is_new_and_one_beyond_the_table_keeps_the_last_hazard(self) -> None:
        of_age = np.array([[0.0, 1.0, 2.0, 1e-9]])
        counts = np.zeros(2, np.int32)
        draws = np.full(2, 2**31, np.uint32)
        draw_failures(np.array([100, 100]), np.array([105.0, 0.0]), 100, of_age, 2, draws, counts)
        assert counts.tolist() == [0, 0]
        draw_failures(np.array([100, 100]), np.array([99.0, 98.0]), 100, of_age, 2, draws, counts)
        assert counts.tolist() == [100, 200]

    def test_empty_cells_have_nothing_to_fail(self) -> None:
        counts = np.ones(1, np.int32)
        draw_failures(
            np.zeros(1, np.int64), np.zeros(1), 0, np.ones((1, 1)), 1, np.ones(1, np.uint32), counts
        )
        assert counts.tolist() == [0]


class TestRemovals:
    @pytest.mark.parametrize(
        ("units", "hazard"), [(1, 0.3), (5, 0.001), (5, 2.0), (400, 0.01), (3_000, 0.7), (7, 29.0), (9, 80.0)]
    )
    def test_counts_are_binomial(self, units: int, hazard: float) -> None:
        draws = np.linspace(0, 2**32 - 1, 20_001).astype(np.uint32)
        counts = np.zeros(draws.size, np.int32)
        cells, born, of_age = np.full(draws.size, units), np.zeros(draws.size), np.array([[hazard]])
        draw_removals(cells, born, 0, of_age, draws.size, draws, counts)
        truth = stats.binom.ppf((draws + 0.5) / 2**32, units, -np.expm1(-hazard))
        assert (counts == truth).mean() > 0.9995
        assert np.abs(counts - truth).max() <= 1


class TestKeys:
    def test_halves_are_two_draws_of_the_stream(self) -> None:
        stream = stream_key(1, 2, "test")
        entities, numbers = np.array([5, 2**63 + 11, 5], np.uint64), np.array([0, 3, 1])
        for ordinal in (738_000, 738_001):
            keys = np.empty(3, np.uint64)
            request_keys(entities, numbers, ordinal, *stream, keys)
            for key, entity, number in zip(keys.tolist(), entities.tolist(), numbers.tolist(), strict=True):
                low, high = (uniform(stream, entity, 2 * ordinal + half, number) for half in (0, 1))
                assert key == low | high << 32


def haversine_km(latitude: FloatArray, longitude: FloatArray, places: FloatArray) -> FloatArray:
    """(n, places) great-circle distances."""
    north, east = np.radians(latitude)[:, None], np.radians(longitude)[:, None]
    half = np.sin((north - np.radians(places[:, 0])) / 2) ** 2
    half += (
        np.cos(north) * np.cos(np.radians(places[:, 0])) * np.sin((east - np.radians(places[:, 1])) / 2) ** 2
    )
    return np.asarray(2 * 6_371.0088 * np.arcsin(np.sqrt(half)))


def on_sphere(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    vectors = np.zeros((latitude.size, 3))
    unit_vectors(latitude, longitude, vectors)
    return vectors


class TestPlaces:
    def settle(
        self, stores: FloatArray, stations: FloatArray, store: npt.NDArray[np.int64], degrees: FloatArray
    ) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]:
        vectors, station_vectors = np.zeros((len(stores), 3)), np.zeros((len(stations), 3))
        unit_vectors(stores[:, 0].copy(), stores[:, 1].copy(), vectors)
        unit_vectors(stations[:, 0].copy(), stations[:, 1].copy(), station_vectors)
        chords = np.zeros((len(stores), len(stations)))
        chords_between(vectors, station_vectors, chords)
        order = np.argsort(chords, axis=1, kind="stable")
        direction = np.random.default_rng(3).integers(0, 2**32, store.size, dtype=np.uint32)
        latitude, longitude, station = (
            np.empty(store.size),
            np.empty(store.size),
            np.empty(store.size, np.int64),
        )
        chord = np.empty(store.size)
        place_customers(
            store, degrees, direction, stores[:, 0].copy(), stores[:, 1].copy(), vectors, order,
            np.take_along_axis(chords, order, axis=1), station_vectors, latitude, longitude, station, chord,
        )  # fmt: skip
        if len(stations):
            straight = station_vectors[station] - on_sphere(latitude, longitude)
            assert chord == pytest.approx(np.linalg.norm(straight, axis=1), abs=1e-12)
        return latitude, longitude, station

    def test_the_nearest_station_is_found(self) -> None:
        rng = np.random.default_rng(7)
        stores = np.stack([rng.uniform(25, 40, 12), rng.uniform(100, 122, 12)], axis=1)
        stations = np.stack([rng.uniform(25, 40, 40), rng.uniform(100, 122, 40)], axis=1)
        store = rng.integers(0, 12, 3_000)
        latitude, longitude, station = self.settle(stores, stations, store, rng.exponential(0.8, 3_000))
        assert (station == haversine_km(latitude, longitude, stations).argmin(axis=1)).all()

    def test_customers_live_at_their_distance_in_every_direction(self) -> None:
        stores, degrees = np.array([[60.0, 10.0]]), np.full(4_000, 0.09)
        latitude, longitude, _ = self.settle(stores, stores, np.zeros(4_000, np.int64), degrees)
        away = haversine_km(latitude, longitude, stores)[:, 0]
        assert away == pytest.approx(0.09 * np.pi / 180 * 6_371.0088, rel=0.01)
        quarters = (latitude > 60.0) * 2 + (longitude > 10.0)
        assert np.bincount(quarters) == pytest.approx([1_000] * 4, abs=100)

    def test_nobody_leaves_the_globe(self) -> None:
        stores = np.array([[89.9, 179.9], [-89.9, -179.9]])
        latitude, longitude, _ = self.settle(stores, stores, np.tile([0, 1], 500), np.full(1_000, 0.5))
        assert np.abs(latitude).max() <= 90.0
        assert np.abs(longitude).max() <= 180.0

    def test_no_distance_is_the_store_itself_and_no_station_is_nobody(self) -> None:
        stores = np.array([[31.25, 121.5]])
        latitude, longitude, station = self.settle(
            stores, np.zeros((0, 2)), np.zeros(5, np.int64), np.zeros(5)
        )
        assert latitude.tolist() == [31.25] * 5
        assert longitude.tolist() == [121.5] * 5
        assert station.tolist() == [-1] * 5
