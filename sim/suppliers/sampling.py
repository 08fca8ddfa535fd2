"""Defective units of lots, and how many of them a sample holds: exact draws, keyed by lot."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import kernel
from sim.kernels.elementary import log, power
from sim.kernels.philox import uniform_draw

Array = npt.NDArray[Any]

SUBS_PER_LOT = 4_096
"""Second indices of draws that belong to one lot."""

_CERTAIN = 1.0 - 1e-9
_LOG_SMALLEST = 200.0


@kernel
def draw_defects(
    low: Array, high: Array, index: Array, sub: Array, units: Array, share: Array, supplier: Array,
    factors: Array, k0: np.uint32, k1: np.uint32, out: Array,
) -> None:  # fmt: skip
    """Draw the number of defective units of each lot: binomial, by inversion of a 53-bit draw.

    Args:
        low: (k,) low words of the entities.
        high: (k,) high words.
        index: (k,) first index of the draws.
        sub: (k,) second index of the draw of the lot's quality; those of its units follow.
        units: (k,) lot sizes.
        share: (k,) mean probability that a unit is defective.
        supplier: (k,) row of `factors`.
        factors: (suppliers, 2^12) equally likely multiples of the probability from lot to lot.
        k0: key.
        k1: key.
        out: (k,) receives the numbers.
    """
    for lot in range(units.size):
        quality = uniform_draw(low[lot], high[lot], np.uint32(index[lot]), np.uint32(sub[lot]), k0, k1)
        p = share[lot] * factors[supplier[lot], quality >> np.uint32(20)]
        left, found, step = units[lot], 0, 1
        if p >= _CERTAIN:
            found, left = left, 0
        elif p <= 0.0:
            left = 0
        while left > 0:
            # A binomial is the sum of smaller ones, each so small that the chance of no defect is a normal number.
            size = min(left, max(1, int(-_LOG_SMALLEST / log(1.0 - p))))
            a = uniform_draw(low[lot], high[lot], np.uint32(index[lot]), np.uint32(sub[lot] + step), k0, k1)
            b = uniform_draw(
                low[lot], high[lot], np.uint32(index[lot]), np.uint32(sub[lot] + step + 1), k0, k1
            )
            u = (np.float64(a) * 2.0**21 + np.float64(b >> np.uint32(11)) + 0.5) * 2.0**-53
            number, chance = 0, power(1.0 - p, np.float64(size))
            reached = chance
            while u > reached and number < size:
                chance *= p / (1.0 - p) * (size - number) / (number + 1)
                number += 1
                reached += chance
            found += number
            left -= size
            step += 2
        out[lot] = found


@kernel
def draw_samples(
    low: Array, high: Array, index: Array, sub: Array, units: Array, defects: Array, sampled: Array, k0: np.uint32,
    k1: np.uint32, out: Array,
) -> None:  # fmt: skip
    """Draw units one by one, without replacement, and count the defective ones: hypergeometric.

    Args:
        low: (k,) low words of the entities.
        high: (k,) high words.
        index: (k,) first index of the draws.
        sub: (k,) second index of the first unit.
        units: (k,) lot sizes.
        defects: (k,) defective units in the lots.
        sampled: (k,) sample sizes, at most the lot sizes.
        k0: key.
        k1: key.
        out: (k,) receives the numbers found.
    """
    for lot in range(units.size):
        left, bad, found = units[lot], defects[lot], 0
        for unit in range(sampled[lot]):
            if bad == 0:
                break
            u = uniform_draw(low[lot], high[lot], np.uint32(index[lot]), np.uint32(sub[lot] + unit), k0, k1)
            if (np.float64(u) + 0.5) * 2.0**-32 * left < bad:
                bad -= 1
                found += 1
            left -= 1
        out[lot] = found
