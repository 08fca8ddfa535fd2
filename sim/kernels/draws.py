"""Demand counts by inversion of a 32-bit draw.

Counts have a mean and a variance-to-mean ratio phi >= 1: Poisson at phi = 1, else negative binomial with
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

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import allocating_kernel, inline_kernel, kernel
from sim.kernels.elementary import exp, log
from sim.kernels.philox import block_words

FIXED_STEPS = 8
"""Thresholds kept per cell for fixed rates: counts below this number are found by comparing alone."""

_ROW_STEPS = 3
_BLOCK = 256
_STRETCH = 16
# Cells of a block are worth stepping together when more than 1 in 3 need it, and as long as 1 in 8 do.
_MANY, _FEW = 3, 8
_STEP = 2.0**-32
_HALF_STEP = 2.0**-33
_WORDS = 2.0**32
_SMALLEST_START = 1e-200
_NEGLIGIBLE = 2.0**-44
_RECIPROCALS = 1.0 / np.maximum(np.arange(1024.0), 1.0)


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


@inline_kernel
def _walk_on(target: float, probability: float, cumulative: float, k: int, a: float, b: float) -> int:
    """Go up from k until the cumulative probability is above the target."""
    while cumulative <= target:
        probability *= (a + b * k) * _reciprocal(k + 1)
        cumulative += probability
        k += 1
        if probability < _NEGLIGIBLE * _STEP and cumulative > 0.5:  # rounding kept the sum below the target
            break
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
    return _walk_on(target, zero_probability, zero_probability, 0, a, b)


@allocating_kernel
def count_row(
    uniforms: npt.NDArray[np.uint32],
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    out: npt.NDArray[np.int32],
) -> None:
    """Write the demand counts of a row of cells; every array has shape (n,) and is contiguous.

    Args:
        uniforms: 32 random bits per cell.
        zero_probability: From `zero_probability_row`, for the same means.
        mean: Mean demand.
        per_dispersion: Reciprocal of the variance-to-mean ratio, in (0, 1].
        out: Receives the counts.
    """
    scratch = np.empty((5, _BLOCK))
    for start in range(0, out.size, _BLOCK):
        stop = min(start + _BLOCK, out.size)
        _count_block(
            uniforms[start:stop],
            zero_probability[start:stop],
            mean[start:stop],
            per_dispersion[start:stop],
            scratch,
            out[start:stop],
        )


@kernel
def _count_block(
    uniforms: npt.NDArray[np.uint32],
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    scratch: npt.NDArray[np.float64],
    out: npt.NDArray[np.int32],
) -> None:
    unfinished = np.int32(0)
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
        unfinished += np.int32(number == _ROW_STEPS)
    if unfinished * _MANY > out.size:
        _walk_together(uniforms, zero_probability, mean, per_dispersion, scratch, out)
    elif unfinished > 0:
        for i in range(out.size):
            if out[i] == _ROW_STEPS:
                a = mean[i] * per_dispersion[i]
                out[i] = count(uniforms[i], zero_probability[i], a, 1.0 - per_dispersion[i])


@kernel
def _walk_together(
    uniforms: npt.NDArray[np.uint32],
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    scratch: npt.NDArray[np.float64],
    out: npt.NDArray[np.int32],
) -> None:
    """Count in step for all cells of a block, on vectors, until few are left; these go on alone."""
    target, a, b, probability, cumulative = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
    unfinished = np.int32(0)
    for i in range(out.size):
        start = zero_probability[i]
        a[i] = mean[i] * per_dispersion[i]
        b[i] = 1.0 - per_dispersion[i]
        probability[i] = start
        cumulative[i] = start
        wanted = _fraction(uniforms[i])
        wanted = wanted if start >= _SMALLEST_START else -1.0
        target[i] = wanted
        out[i] = np.int32(wanted >= start)
        unfinished += np.int32(wanted >= start)
    k = 0
    while unfinished * _FEW > out.size and k < _RECIPROCALS.size - 1:
        unfinished = np.int32(0)
        reciprocal = _RECIPROCALS[k + 1]
        for i in range(out.size):
            probability[i] *= (a[i] + b[i] * k) * reciprocal
            cumulative[i] += probability[i]
            is_above = target[i] >= cumulative[i]
            out[i] += np.int32(is_above)
            unfinished += np.int32(is_above)
        k += 1
    for i in range(out.size):
        if zero_probability[i] < _SMALLEST_START:
            out[i] = count(uniforms[i], zero_probability[i], a[i], b[i])
        elif out[i] > k:
            out[i] = _walk_on(target[i], probability[i], cumulative[i], k, a[i], b[i])


@kernel
def fixed_thresholds(
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    out: npt.NDArray[np.uint32],
) -> None:
    """Write, for cells whose mean never changes, the first draw at which the count exceeds 0, 1, 2 ...

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
        for k in range(FIXED_STEPS):
            # At a probability that rounds to 1 the last draw passes wrongly, and is counted afresh later.
            out[k, i] = np.uint32(min(np.ceil(cumulative * _WORDS - 0.5), _WORDS - 1.0))
            probability *= (a + b * k) * _RECIPROCALS[k + 1]
            cumulative += probability


@allocating_kernel
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

    The same counts as `uniform_rows4` and `count_row`, without their floating point.

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
    uniforms = np.empty((4, _BLOCK), dtype=np.uint32)
    scratch = np.empty((5, _BLOCK))
    for start in range(0, entity_low.size, _BLOCK):
        stop = min(start + _BLOCK, entity_low.size)
        low, high = entity_low[start:stop], entity_high[start:stop]
        t0, t1, t2, t3 = _four(thresholds, 0, start, stop)
        u0, u1, u2, u3 = _four(uniforms, 0, 0, stop - start)
        n0, n1, n2, n3 = _four(out, 0, start, stop)
        for i in range(low.size):
            w0, w1, w2, w3 = block_words(
                np.uint64(low[i]), np.uint64(high[i]), block_64, second, key_0, key_1
            )
            u0[i], u1[i], u2[i], u3[i] = np.uint32(w0), np.uint32(w1), np.uint32(w2), np.uint32(w3)
            n0[i] = _passed(np.uint32(w0), t0[i], t1[i], t2[i], t3[i])
            n1[i] = _passed(np.uint32(w1), t0[i], t1[i], t2[i], t3[i])
            n2[i] = _passed(np.uint32(w2), t0[i], t1[i], t2[i], t3[i])
            n3[i] = _passed(np.uint32(w3), t0[i], t1[i], t2[i], t3[i])
        for lane in range(4):
            u, number = uniforms[lane][: stop - start], out[lane][start:stop]
            unfinished = np.int32(0)
            for i in range(number.size):
                unfinished += np.int32(number[i] == 4)
            if unfinished > 0:
                t0, t1, t2, t3 = _four(thresholds, 4, start, stop)
                unfinished = np.int32(0)
                for i in range(number.size):
                    number[i] += _passed(u[i], t0[i], t1[i], t2[i], t3[i])
                    unfinished += np.int32(number[i] == FIXED_STEPS)
            if unfinished * _MANY > number.size:
                _count_block(
                    u,
                    zero_probability[start:stop],
                    mean[start:stop],
                    per_dispersion[start:stop],
                    scratch,
                    number,
                )
            elif unfinished > 0:
                _walk_apart(
                    u, zero_probability[start:stop], mean[start:stop], per_dispersion[start:stop], number
                )


@kernel
def _walk_apart(
    uniforms: npt.NDArray[np.uint32],
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    out: npt.NDArray[np.int32],
) -> None:
    """Count the few cells afresh that stand at `FIXED_STEPS`; stretches without any are passed over at once."""
    for start in range(0, out.size, _STRETCH):
        some = out[start : start + _STRETCH]
        highest = np.int32(0)
        for i in range(some.size):
            highest = max(highest, some[i])
        if highest == FIXED_STEPS:
            for i in range(some.size):
                if some[i] == FIXED_STEPS:
                    j = start + i
                    a = mean[j] * per_dispersion[j]
                    some[i] = count(uniforms[j], zero_probability[j], a, 1.0 - per_dispersion[j])


@inline_kernel
def _four(rows: Any, first: int, start: int, stop: int) -> tuple[Any, Any, Any, Any]:
    # Row by row: a slice across rows would not be known to be contiguous, and not be vectorised.
    return (
        rows[first][start:stop],
        rows[first + 1][start:stop],
        rows[first + 2][start:stop],
        rows[first + 3][start:stop],
    )


@inline_kernel
def _passed(u: np.uint32, t0: np.uint32, t1: np.uint32, t2: np.uint32, t3: np.uint32) -> np.int32:
    return np.int32(u >= t0) + np.int32(u >= t1) + np.int32(u >= t2) + np.int32(u >= t3)
