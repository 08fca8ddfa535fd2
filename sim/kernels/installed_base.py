"""The installed base, cell by cell, and the customers behind its failures: where they live and who is nearest.

A hazard is the sum of up to three: a constant one, a Weibull one, and early failures that die out:

    H(a) = c a + (a / s)^k + e t (1 - exp(-a / t))
"""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.draws import count
from sim.kernels.elementary import cosine, exp, power, sine
from sim.kernels.layout import Array
from sim.kernels.philox import block_words

_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_RADIANS_PER_DEGREE = 0.017453292519943295
_TURN = 6.283185307179586
_STEP = 2.0**-32
_MOST_PER_DAY = 30.0
_LEAST_COSINE = 0.01


@inline_kernel
def _cumulative(terms: Array, age_days: float) -> float:
    rate, shape, scale, early, decay = terms[0], terms[1], terms[2], terms[3], terms[4]
    total: float = rate * age_days
    if scale > 0.0 and age_days > 0.0:
        total += power(age_days / scale, shape)
    if decay > 0.0:
        total += early * decay * (1.0 - exp(-age_days / decay))
    return total


@kernel
def daily_hazards(terms: Array, out: Array) -> None:
    """Write the cumulative hazard of each day of age.

    Args:
        terms: (n, 5) c, k, s, e and t of each hazard, in days; parts with s or t of 0 are left out.
        out: receives (n, ages) H(a + 1) - H(a).
    """
    for row in range(terms.shape[0]):
        before = 0.0
        for age in range(out.shape[1]):
            after = _cumulative(terms[row], age + 1.0)
            out[row, age] = max(after - before, 0.0)
            before = after


@inline_kernel
def _age(ordinal: int, born: float, ages: int) -> int:
    """Whole days, within a table of so many."""
    return min(max(int(ordinal - born + 0.5), 0), ages - 1)


@kernel
def draw_failures(
    units: Array, born: Array, ordinal: int, hazards: Array, of_product: int, draws: Array, out: Array
) -> None:
    """Draw the number of failures of each cell on one day, a Poisson number.

    Args:
        units: (cells,) in use; cells of a product stand together.
        born: (cells,) float64 mean ordinal of the first day in use.
        ordinal: of the day.
        hazards: (products, ages) from `daily_hazards`.
        of_product: cells of each product.
        draws: (cells,) 32 random bits each.
        out: receives (cells,).
    """
    for i in range(units.size):
        out[i] = 0
        if units[i] > 0:
            mean = units[i] * hazards[i // of_product, _age(ordinal, born[i], hazards.shape[1])]
            # 1 - x <= exp(-x): most cells need no exponential to know that nothing happens.
            if (np.float64(draws[i]) + 0.5) * _STEP >= 1.0 - mean:
                out[i] = count(draws[i], exp(-mean), mean, 0.0)


@kernel
def draw_removals(
    units: Array, born: Array, ordinal: int, hazards: Array, of_product: int, draws: Array, out: Array
) -> None:
    """Draw how many units of each cell are taken out of use on one day, a binomial number.

    It is of Panjer's class, too, see `sim.kernels.draws`: with odds r of leaving, a = n r and b = -r. Arguments as in
    `draw_failures`.
    """
    for i in range(units.size):
        out[i] = 0
        if units[i] > 0:
            hazard = hazards[i // of_product, _age(ordinal, born[i], hazards.shape[1])]
            hazard = min(hazard, _MOST_PER_DAY)
            if (np.float64(draws[i]) + 0.5) * _STEP >= 1.0 - units[i] * hazard:
                stays = exp(-hazard)
                odds = (1.0 - stays) / stays
                number = count(draws[i], exp(-units[i] * hazard), units[i] * odds, -odds)
                out[i] = min(number, units[i])


@kernel
def request_keys(
    entity: Array, number: Array, ordinal: int, k0: np.uint32, k1: np.uint32, out: Array
) -> None:
    """Write a 64-bit key for each request of one day.

    Its halves are the draws of indices 2 * ordinal and 2 * ordinal + 1.

    Args:
        entity: (n,) uint64 key of what the request arises from.
        number: (n,) int64 number among the day's requests of it, 0 and up.
        ordinal: of the date.
        k0: low half of the stream's key.
        k1: high half.
        out: receives (n,) uint64.
    """
    block, key_0, key_1 = np.uint64(ordinal >> 1), np.uint64(k0), np.uint64(k1)
    is_odd = (ordinal & 1) == 1
    for i in range(entity.size):
        w0, w1, w2, w3 = block_words(
            entity[i] & _LOW_WORD, entity[i] >> _WORD_BITS, block, np.uint64(number[i]), key_0, key_1
        )
        low, high = (w2, w3) if is_odd else (w0, w1)
        out[i] = (low & _LOW_WORD) | ((high & _LOW_WORD) << _WORD_BITS)


@kernel
def unit_vectors(latitude: Array, longitude: Array, out: Array) -> None:
    """Write places on the unit sphere: (n,) degrees each, out (n, 3)."""
    for i in range(latitude.size):
        north, east = latitude[i] * _RADIANS_PER_DEGREE, longitude[i] * _RADIANS_PER_DEGREE
        out[i, 0], out[i, 1], out[i, 2] = (
            cosine(north) * cosine(east),
            cosine(north) * sine(east),
            sine(north),
        )


@inline_kernel
def _chord(x: float, y: float, z: float, place: Array) -> float:
    x, y, z = x - place[0], y - place[1], z - place[2]
    chord: float = np.sqrt(x * x + y * y + z * z)
    return chord


@kernel
def chords_between(stores: Array, stations: Array, chords: Array) -> None:
    """Write (stores, stations) straight distances between places on the unit sphere, (n, 3) each."""
    for i in range(stores.shape[0]):
        for j in range(stations.shape[0]):
            chords[i, j] = _chord(stores[i, 0], stores[i, 1], stores[i, 2], stations[j])


@kernel
def place_customers(
    store: Array,
    distance: Array,
    direction: Array,
    store_latitude: Array,
    store_longitude: Array,
    store_vector: Array,
    order: Array,
    chords: Array,
    station_vector: Array,
    latitude: Array,
    longitude: Array,
    station: Array,
    shortest_chord: Array,
) -> None:
    """Write where customers live and which station is nearest along a great circle.

    Offsets from the store are laid on the plane that touches the globe there. Stations are tried in the order of
    their distance from the store, until the triangle inequality leaves no nearer one.

    Args:
        store: (n,) near which the customer lives.
        distance: (n,) from it, degrees of a great circle.
        direction: (n,) uint32 draws.
        store_latitude: (stores,) degrees.
        store_longitude: (stores,) degrees.
        store_vector: (stores, 3) from `unit_vectors`.
        order: (stores, stations) stations, the nearest to the store first.
        chords: (stores, stations) from `chords_between`, in that order.
        station_vector: (stations, 3).
        latitude: receives (n,) degrees.
        longitude: receives (n,) degrees.
        station: receives (n,); -1 without any station.
        shortest_chord: receives (n,) straight distance to it on the unit sphere; infinite without any.
    """
    for i in range(store.size):
        s = store[i]
        angle = (np.float64(direction[i]) + 0.5) * _STEP * _TURN
        north = min(max(store_latitude[s] + distance[i] * cosine(angle), -90.0), 90.0)
        width = max(cosine(store_latitude[s] * _RADIANS_PER_DEGREE), _LEAST_COSINE)
        east = store_longitude[s] + distance[i] * sine(angle) / width
        if east > 180.0:
            east -= 360.0
        elif east < -180.0:
            east += 360.0
        latitude[i], longitude[i] = north, east
        north, east = north * _RADIANS_PER_DEGREE, east * _RADIANS_PER_DEGREE
        x, y, z = cosine(north) * cosine(east), cosine(north) * sine(east), sine(north)
        away = _chord(x, y, z, store_vector[s])
        best, shortest = -1, np.inf
        for k in range(order.shape[1]):
            if chords[s, k] > shortest + away:
                break
            chord = _chord(x, y, z, station_vector[order[s, k]])
            if chord < shortest:
                best, shortest = order[s, k], chord
        station[i], shortest_chord[i] = best, shortest
