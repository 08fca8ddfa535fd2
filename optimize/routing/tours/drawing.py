"""Random numbers of compiled steps."""

from __future__ import annotations

import numpy as np

from optimize.compilation import compiled_inside
from optimize.routing.tours.arrays import Routes


@compiled_inside
def random_below(routes: Routes, most: int) -> int:
    """The next random number from 0 to most - 1.

    xorshift64*; Vigna 2016, An experimental exploration of Marsaglia's xorshift generators, scrambled.
    """
    state = routes.bits[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    routes.bits[0] = state
    high = (state * np.uint64(2685821657736338717)) >> np.uint64(33)
    return int((np.int64(high) * most) >> 31)


__all__ = ["random_below"]
