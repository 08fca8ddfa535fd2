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

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import allocating_kernel, inline_kernel, kernel
from sim.kernels.elementary import exp, log

_ROW_STEPS = 3
BLOCK = 256
# Cells of a block are worth stepping together when more than 1 in 3 need it, and as long as 1 in 8 do.
MANY, _FEW = 3, 8
_STEP = 2.0**-32
_HALF_STEP = 2.0**-33
SMALLEST_START = 1e-200
_NEGLIGIBLE = 2.0**-44
NEGLIGIBLE_STEP = _NEGLIGIBLE * _STEP
RECIPROCALS = 1.0 / np.maximum(np.arange(1024.0), 1.0)


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
def reciprocal(k: int) -> float:
    """1 / k, from a table as far as it goes."""
    return RECIPROCALS[k] if k < RECIPROCALS.size else 1.0 / k


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
        probability *= (a + b * k) * reciprocal(k + 1)
        cumulative += probability
        k += 1
        if probability < NEGLIGIBLE_STEP and cumulative > 0.5:  # rounding kept the sum below the target
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
    if zero_probability < SMALLEST_START:
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
    scratch = np.empty((5, BLOCK))
    for start in range(0, out.size, BLOCK):
        stop = min(start + BLOCK, out.size)
        count_block(
            uniforms[start:stop],
            zero_probability[start:stop],
            mean[start:stop],
            per_dispersion[start:stop],
            scratch,
            out[start:stop],
        )


@kernel
def count_block(
    uniforms: npt.NDArray[np.uint32],
    zero_probability: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    per_dispersion: npt.NDArray[np.float64],
    scratch: npt.NDArray[np.float64],
    out: npt.NDArray[np.int32],
) -> None:
    """Write the counts of at most `BLOCK` cells, see `count_row`; `scratch` is (5, `BLOCK`) room."""
    unfinished = np.int32(0)
    for i in range(out.size):
        target = _fraction(uniforms[i])
        a = mean[i] * per_dispersion[i]
        b = 1.0 - per_dispersion[i]
        probability = zero_probability[i]
        cumulative = probability
        number = np.int32(target >= cumulative)
        for k in range(_ROW_STEPS - 1):
            probability *= (a + b * k) * RECIPROCALS[k + 1]
            cumulative += probability
            number += np.int32(target >= cumulative)
        out[i] = number
        unfinished += np.int32(number == _ROW_STEPS)
    if unfinished * MANY > out.size:
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
        wanted = wanted if start >= SMALLEST_START else -1.0
        target[i] = wanted
        out[i] = np.int32(wanted >= start)
        unfinished += np.int32(wanted >= start)
    k = 0
    while unfinished * _FEW > out.size and k < RECIPROCALS.size - 1:
        unfinished = np.int32(0)
        reciprocal = RECIPROCALS[k + 1]
        for i in range(out.size):
            probability[i] *= (a[i] + b[i] * k) * reciprocal
            cumulative[i] += probability[i]
            is_above = target[i] >= cumulative[i]
            out[i] += np.int32(is_above)
            unfinished += np.int32(is_above)
        k += 1
    for i in range(out.size):
        if zero_probability[i] < SMALLEST_START:
            out[i] = count(uniforms[i], zero_probability[i], a[i], b[i])
        elif out[i] > k:
            out[i] = _walk_on(target[i], probability[i], cumulative[i], k, a[i], b[i])
