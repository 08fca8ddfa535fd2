"""Random variates by inversion of a 32-bit draw: demand counts, hours of the day, empirical tables.

**Counts** have a mean and a variance-to-mean ratio phi >= 1: Poisson at phi = 1, else negative binomial with
size mean / (phi - 1). Both are Panjer's class (a, b, 0) (Panjer, 1981, ASTIN Bulletin 12):

    p(0) = exp(-mean decay),  decay = ln(phi) / (phi - 1)  (1 at phi = 1)
    p(k + 1) = p(k) (a + b k) / (k + 1),  a = mean / phi,  b = 1 - 1 / phi

The count is the smallest k with F(k) > (u + 1/2) / 2^32, for every function here, bit for bit, and
never falls as u rises. Probabilities are therefore multiples of 2^-32 (2.3e-10), off by half of
that at most, and the tail beyond the last half step is cut off. Means are good from 0 to 10^6; one
far below 1e-9 is drawn as no demand.

Small means are inverted from zero upwards. Where p(0) gets near underflow the recursion starts at the mode
instead, with weight 1, is run down and up until the weights are negligible, and is divided by their sum: no
gamma function is needed.
"""

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.elementary import exp, log
from sim.kernels.philox import block_words, uniform_draw

FIXED_STEPS = 4
"""Thresholds kept per cell for fixed rates: counts below this number are found by comparing alone."""

_ROW_STEPS = 3
_STEP = 2.0**-32
_HALF_STEP = 2.0**-33
_WORDS = 2.0**32
_LAST_WORD = 2.0**32 - 1
_SMALLEST_START = 1e-200
_NEGLIGIBLE = 2.0**-44
_RECIPROCALS = 1.0 / np.maximum(np.arange(1024.0), 1.0)
_SECONDS_PER_HOUR = 3600
_HOURS_PER_DAY = 24


@kernel
def decay_row(dispersion: npt.NDArray[np.float64], out: npt.NDArray[np.float64]) -> None:
    """Write -ln p(0) per unit of mean, from the variance-to-mean ratios (>= 1); both of shape (n,)."""
    for i in range(dispersion.size):
        excess = dispersion[i] - 1.0
        out[i] = log(dispersion[i]) / excess if excess > 0.0 else 1.0


@kernel
def zero_probability_row(
    mean: npt.NDArray[np.float64], decay: npt.NDArray[np.float64], out: npt.NDArray[np.float64]
) -> None:
    """Write the probability of no demand, exp(-mean decay); all of shape (n,)."""
    for i in range(mean.size):
        out[i] = exp(-mean[i] * decay[i])


@inline_kernel
def _fraction(u: np.uint32) -> float:
    return np.float64(u) * _STEP + _HALF_STEP


@inline_kernel
def _reciprocal(k: int) -> float:
    return _RECIPROCALS[k] if k < _RECIPROCALS.size else 1.0 / k


@kernel
def _count_around_mode(target: float, a: float, b: float) -> int:
    """Invert a distribution whose p(0) is too small to start from; ``target`` is in (0, 1)."""
    mode = int((a - 1.0) / (1.0 - b)) + 1 if a > 1.0 else 0
    below, weight, k = 0.0, 1.0, mode
    while k > 0 and weight > _NEGLIGIBLE:
        weight *= k / (a + b * (k - 1))
        below += weight
        k -= 1
    above, weight, k = 1.0, 1.0, mode
    while weight > _NEGLIGIBLE:
        weight *= (a + b * k) / (k + 1)
        above += weight
        k += 1
    wanted = target * (below + above) - below
    weight, k = 1.0, mode
    if wanted < 0.0:
        while wanted < 0.0 and k > 0:
            weight *= k / (a + b * (k - 1))
            wanted += weight
            k -= 1
        return k
    wanted -= weight
    while wanted >= 0.0 and weight > _NEGLIGIBLE:
        weight *= (a + b * k) / (k + 1)
        wanted -= weight
        k += 1
    return k


@kernel
def count(u: np.uint32, zero_probability: float, a: float, b: float) -> int:
    """Return the demand count of one draw.

    Args:
        u: 32 random bits.
        zero_probability: Probability of no demand, from `zero_probability_row`.
        a: Mean divided by the variance-to-mean ratio.
        b: 1 minus the reciprocal of that ratio; 0 for Poisson.
    """
    target = _fraction(u)
    if target < zero_probability:
        return 0
    if zero_probability < _SMALLEST_START:
        return _count_around_mode(target, a, b)
    probability = zero_probability
    cumulative = zero_probability
    k = 0
    while cumulative <= target:
        probability *= (a + b * k) * _reciprocal(k + 1)
        cumulative += probability
        k += 1
        if probability < _NEGLIGIBLE * _STEP and cumulative > 0.5:  # rounding kept the sum below the target
            break
    return k


@kernel
def count_row(
    uniforms: npt.NDArray[np.uint32],
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    out: npt.NDArray[np.int32],
) -> None:
    """Write the demand counts of a row of cells; every array has shape (n,).

    Args:
        uniforms: 32 random bits per cell.
        zero_probability: From `zero_probability_row`, for the same means.
        mean: Mean demand.
        per_dispersion: Reciprocal of the variance-to-mean ratio, in (0, 1].
        out: Receives the counts.
    """
    for i in range(out.size):
        target = _fraction(uniforms[i])
        a = mean[i] * per_dispersion[i]
        b = 1.0 - per_dispersion[i]
        probability = zero_probability[i]
        cumulative = probability
        number = np.int32(target >= cumulative)
        for k in range(_ROW_STEPS - 1):
            probability *= (a + b * k) * _RECIPROCALS[k + 1]
            cumulative += probability
            number += np.int32(target >= cumulative)
        out[i] = number
    for i in range(out.size):
        if out[i] == _ROW_STEPS:
            a = mean[i] * per_dispersion[i]
            out[i] = count(uniforms[i], zero_probability[i], a, 1.0 - per_dispersion[i])


@kernel
def fixed_thresholds(
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    out: npt.NDArray[np.uint32],
) -> None:
    """Write, for cells whose mean never changes, the draws from which the count is more than 0, 1, 2 and 3.

    Args:
        zero_probability: From `zero_probability_row`, shape (n,).
        mean: Mean demand, shape (n,).
        per_dispersion: Reciprocal of the variance-to-mean ratio, shape (n,).
        out: Receives the thresholds, shape (`FIXED_STEPS`, n).
    """
    for i in range(mean.size):
        a = mean[i] * per_dispersion[i]
        b = 1.0 - per_dispersion[i]
        probability = zero_probability[i]
        cumulative = probability
        out[0, i] = threshold(cumulative)
        for k in range(FIXED_STEPS - 1):
            probability *= (a + b * k) * _RECIPROCALS[k + 1]
            cumulative += probability
            out[k + 1, i] = threshold(cumulative)


@kernel
def count_rows4_fixed(
    entity_low: npt.NDArray[np.uint32],
    entity_high: npt.NDArray[np.uint32],
    block: np.uint32,
    sub: np.uint32,
    k0: np.uint32,
    k1: np.uint32,
    thresholds: npt.NDArray[np.uint32],
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    out: npt.NDArray[np.int32],
) -> None:
    """Draw the demand counts of the indices 4 * block + (0 ... 3) for cells whose mean never changes.

    The same counts as `uniform_rows4` followed by `count_row`, several times as fast.

    Args:
        entity_low: Low halves of the cells' keys, shape (n,); so on as in `uniform_rows4`.
        entity_high: High halves.
        block: Number of the block: index // 4.
        sub: Second index.
        k0: Low half of the stream's key.
        k1: High half.
        thresholds: From `fixed_thresholds`, shape (`FIXED_STEPS`, n).
        zero_probability: As given to `fixed_thresholds`, shape (n,).
        mean: Likewise.
        per_dispersion: Likewise.
        out: Receives the counts, shape (4, n): row ``index % 4``.
    """
    block_64, second, key_0, key_1 = np.uint64(block), np.uint64(sub), np.uint64(k0), np.uint64(k1)
    row_0, row_1, row_2, row_3 = out[0], out[1], out[2], out[3]
    above_0, above_1, above_2, above_3 = thresholds[0], thresholds[1], thresholds[2], thresholds[3]
    for i in range(entity_low.size):
        w0, w1, w2, w3 = block_words(
            np.uint64(entity_low[i]), np.uint64(entity_high[i]), block_64, second, key_0, key_1
        )
        t0, t1, t2, t3 = above_0[i], above_1[i], above_2[i], above_3[i]
        row_0[i] = _passed(np.uint32(w0), t0, t1, t2, t3)
        row_1[i] = _passed(np.uint32(w1), t0, t1, t2, t3)
        row_2[i] = _passed(np.uint32(w2), t0, t1, t2, t3)
        row_3[i] = _passed(np.uint32(w3), t0, t1, t2, t3)
    for lane in range(4):
        row = out[lane]
        index = np.uint32(np.uint32(block << np.uint32(2)) | np.uint32(lane))
        for i in range(row.size):
            if row[i] == FIXED_STEPS:
                u = uniform_draw(entity_low[i], entity_high[i], index, sub, k0, k1)
                a = mean[i] * per_dispersion[i]
                row[i] = count(u, zero_probability[i], a, 1.0 - per_dispersion[i])


@inline_kernel
def _passed(u: np.uint32, t0: np.uint32, t1: np.uint32, t2: np.uint32, t3: np.uint32) -> np.int32:
    return np.int32(u >= t0) + np.int32(u >= t1) + np.int32(u >= t2) + np.int32(u >= t3)


@kernel
def threshold(cumulative: float) -> np.uint32:
    """Return the first draw that lies above a cumulative probability: its nearest multiple of 2^-32.

    A probability that rounds to 1 gives the last draw, one too few: a caller at FIXED_STEPS looks again.
    """
    return np.uint32(min(np.ceil(cumulative * _WORDS - 0.5), _LAST_WORD))


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
