"""Demand counts at rates that move from day to day: screened in single precision, settled in double where it matters.

The counts are those of `sim.kernels.draws.count`, bit for bit. Which of the first `_STEPS` steps of the distribution a
draw passes is first worked out in single precision: twice as many cells fit a vector, and the exponential is shorter.
What is left of the draw above each step is then off by less than 2e-6: p(0) by 4e-7 of it (the exponent is rounded to
24 bits, e**-x x is at most 0.37, and the polynomial ends with r**6 / 720 on |r| <= 0.35), and each further term by a
few roundings of 6e-8 of it. A draw within `_GUARD`, eight times as much, of one of these steps, or beyond the last of
them, is counted afresh in double precision; the former happens to 2 in 10,000.
"""

import numpy as np

from sim.kernels.compilation import allocating_kernel, inline_kernel, kernel
from sim.kernels.draws import BLOCK, MANY, count, count_block, zero_probability_row
from sim.kernels.elementary import exp
from sim.kernels.layout import Array, whole

_single = np.float32
_ZERO, _ONE = _single(0.0), _single(1.0)
_GUARD = _single(2.0**-16)
_STEPS = 6
_UNSURE = np.int32(_STEPS)
"""Stands for a count that is to be settled; those below it are sure."""
_RECIPROCALS = (1.0 / np.arange(1, _STEPS)).astype(np.float32)

_DROPPED_BITS = np.uint32(8)
"""The bits of a draw beyond the 24 of single precision."""
_STEP, _HALF_STEP = _single(2.0**-24), _single(2.0**-25)

_PER_LN2, _LN2 = _single(1.4426950408889634), _single(0.6931471805599453)
_ROUNDER = _single(1.5 * 2.0**23)
"""Adding it rounds to the nearest whole number, which then stands in the lowest bits; as in `elementary`."""
_EXPONENT_SHIFT = np.int32(23)
_SMALLEST = _single(-80.0)
_TO_2, _TO_3, _TO_4 = _single(1 / 2), _single(1 / 6), _single(1 / 24)
_TO_5, _TO_6 = _single(1 / 120), _single(1 / 720)


@inline_kernel
def exp_single(x: np.float32) -> np.float32:
    """Return e**x in single precision, off by at most 4e-7, for x of at most 0; below -80 it is that of -80."""
    x = x if x > _SMALLEST else _SMALLEST
    shifted = _single(x * _PER_LN2 + _ROUNDER)
    r = x - (shifted - _ROUNDER) * _LN2
    r2 = r * r
    fraction = _single(_ONE + (r + r2 * ((_TO_2 + r * _TO_3) + r2 * ((_TO_4 + r * _TO_5) + r2 * _TO_6))))
    bits = np.int32(fraction.view(np.int32) + (shifted.view(np.int32) << _EXPONENT_SHIFT))
    return bits.view(np.float32)


@kernel
def _prepare(
    base: Array,
    factor: Array,
    scale: float,
    decay: Array,
    per_dispersion: Array,
    mean: Array,
    exponent: Array,
    a: Array,
    share: Array,
) -> None:
    """Write the means of some cells; and in single precision ln p(0), mean times share, and the shares."""
    for i in range(mean.size):
        rate = base[i] * factor[i] * scale
        mean[i] = rate
        exponent[i] = _single(-(rate * decay[i]))
        a[i] = _single(rate * per_dispersion[i])
        share[i] = _single(per_dispersion[i])


@kernel
def _screen(exponent: Array, all_a: Array, share: Array, uniforms: Array, out: Array) -> int:
    """Write counts or `_UNSURE` of some cells; return how many are unsure.

    A loop of its own, for numbers of 32 bits alone: the widest type in a loop decides how many fit a vector.
    """
    unsure = np.int32(0)
    for i in range(out.size):
        a, b = all_a[i], _ONE - share[i]
        target = _single(np.int32(uniforms[i] >> _DROPPED_BITS)) * _STEP + _HALF_STEP
        probability = exp_single(exponent[i])
        above = target - probability
        number, nearest = np.int32(above >= _ZERO), abs(above)
        for step in range(_STEPS - 1):
            probability = probability * (a + b * _single(step)) * _RECIPROCALS[step]
            above = above - probability
            number, distance = np.int32(number + np.int32(above >= _ZERO)), abs(above)
            nearest = distance if distance < nearest else nearest
        is_unsure = np.int32(nearest < _GUARD) | np.int32(number == _UNSURE)
        out[i] = _UNSURE if is_unsure != 0 else number
        unsure = np.int32(unsure + is_unsure)
    return whole(unsure)


@allocating_kernel
def count_moving_row(
    base: Array,
    factor: Array,
    scale: float,
    decay: Array,
    per_dispersion: Array,
    uniforms: Array,
    mean: Array,
    out: Array,
) -> None:
    """Write the demand counts of a row of cells whose means are products; all arrays of shape (n,), contiguous.

    Args:
        base: float64 means on an ordinary day.
        factor: float32 factors of the day.
        scale: factor of the whole row.
        decay: float64 -ln p(0) per unit of mean.
        per_dispersion: float64 reciprocal of the variance-to-mean ratio.
        uniforms: 32 random bits per cell.
        mean: float64, receives the means.
        out: int32, receives the counts.
    """
    scratch, zero, single = np.empty((5, BLOCK)), np.empty(BLOCK), np.empty((3, BLOCK), np.float32)
    for start in range(0, out.size, BLOCK):
        stop = min(start + BLOCK, out.size)
        means, shares, decays = mean[start:stop], per_dispersion[start:stop], decay[start:stop]
        draws, counts = uniforms[start:stop], out[start:stop]
        exponent, a, share = single[0][: counts.size], single[1][: counts.size], single[2][: counts.size]
        _prepare(base[start:stop], factor[start:stop], scale, decays, shares, means, exponent, a, share)
        unsure = _screen(exponent, a, share, draws, counts)
        if unsure * MANY > counts.size:
            zero_probability_row(means, decays, zero[: counts.size])
            count_block(draws, zero[: counts.size], means, shares, scratch, counts)
        elif unsure > 0:
            for i in range(counts.size):
                if counts[i] == _UNSURE:
                    zero_probability = exp(-means[i] * decays[i])
                    counts[i] = count(draws[i], zero_probability, means[i] * shares[i], 1.0 - shares[i])
