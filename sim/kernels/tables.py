"""Draws from tables: empirical distributions and the hour of the day, by inversion of a 32-bit draw."""

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import kernel

_WORDS = 2.0**32
_SECONDS_PER_HOUR = 3600
_HOURS_PER_DAY = 24


@kernel
def discretise(cumulative: npt.NDArray[np.float64], out: npt.NDArray[np.uint64]) -> None:
    """Write cumulative probabilities times 2^32, rounded to nearest, for comparison with 32-bit draws.

    ``u < out[i]`` then happens with probability cumulative[i], exact to 2^-33; 0 never, 1 always.

    Args:
        cumulative: Probabilities in [0, 1], any shape (n,).
        out: Receives the thresholds, 0 ... 2^32, shape (n,).
    """
    for i in range(cumulative.size):
        out[i] = np.uint64(np.floor(cumulative[i] * _WORDS + 0.5))


@kernel
def table_draw(u: np.uint32, thresholds: npt.NDArray[np.uint64]) -> int:
    """Return the number of thresholds at or below the draw: the index of the drawn value of a table.

    Args:
        u: 32 random bits.
        thresholds: Rising, from `discretise`, shape (values,) with 2^32 last or (values - 1,) without it.
    """
    low, high = 0, thresholds.size
    while low < high:
        middle = (low + high) // 2
        if np.uint64(u) < thresholds[middle]:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def hour_table(weights: npt.NDArray[np.float64], out: npt.NDArray[np.uint64]) -> None:
    """Write the cumulative profile of a day, from the weight of each of its 24 hours.

    Args:
        weights: Non-negative, with a positive sum, shape (24,).
        out: Receives 0 = out[0] <= ... <= out[24] = 2^32, shape (25,).
    """
    total = 0.0
    for hour in range(_HOURS_PER_DAY):
        total += weights[hour]
    cumulative = 0.0
    out[0] = 0
    for hour in range(_HOURS_PER_DAY):
        cumulative += weights[hour]
        out[hour + 1] = np.uint64(np.floor(min(cumulative / total, 1.0) * _WORDS + 0.5))


@kernel
def hour_second(u: np.uint32, table: npt.NDArray[np.uint64]) -> int:
    """Return a second of the day, 0 ... 86,399; never in an hour without weight, uniform within an hour.

    Args:
        u: 32 random bits.
        table: From `hour_table`, shape (25,).
    """
    drawn = np.uint64(u)
    hour = 0
    for later in range(1, _HOURS_PER_DAY):
        hour += int(drawn >= table[later])
    start = table[hour]
    into_hour = (drawn - start) * np.uint64(_SECONDS_PER_HOUR) // (table[hour + 1] - start)
    return hour * _SECONDS_PER_HOUR + int(into_hour)
