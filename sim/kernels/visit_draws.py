"""All that hangs on chance in a visit, in one call: a call for each draw takes longer than the draws."""

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import kernel
from sim.kernels.philox import block_words

_LOW_WORD, _WORD_BITS = np.uint64(0xFFFFFFFF), np.uint64(32)
_FIRST, _LANES, _LANE_BITS = np.uint64(0), np.uint64(3), np.uint64(2)

Drawn = tuple[float, float, float, float, np.uint64, np.uint64]


@kernel
def visit_draws(entity: np.uint64, visit: np.uint64, streams: npt.NDArray[np.uint64]) -> Drawn:
    """Draw for a visit; each draw is that of `uniform_draw` for the same stream, entity, index and sub.

    Args:
        entity: Key of the request.
        visit: Number of the visit.
        streams: Keys (k0, k1) of the streams of appointments, visits, quotes and travel, shape (4, 2).

    Returns:
        Appointments at index `visit`; visits at 0 and 1, with sub `visit`; quotes at 0: all these as fractions strictly
        between 0 and 1. Then travel at 0 and 1, with sub `visit`, as 32 bits.
    """
    low, high = entity & _LOW_WORD, entity >> _WORD_BITS
    promised = block_words(low, high, visit >> _LANE_BITS, _FIRST, streams[0, 0], streams[0, 1])
    visited = block_words(low, high, _FIRST, visit, streams[1, 0], streams[1, 1])
    quoted = block_words(low, high, _FIRST, _FIRST, streams[2, 0], streams[2, 1])
    driven = block_words(low, high, _FIRST, visit, streams[3, 0], streams[3, 1])
    return (
        _fraction(promised[visit & _LANES]),
        _fraction(visited[0]),
        _fraction(visited[1]),
        _fraction(quoted[0]),
        driven[0] & _LOW_WORD,
        driven[1] & _LOW_WORD,
    )


@kernel
def _fraction(word: np.uint64) -> float:
    return (float(word & _LOW_WORD) + 0.5) * 2.0**-32
