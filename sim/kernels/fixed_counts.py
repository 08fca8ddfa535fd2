"""Demand counts at rates that never change: thresholds are worked out once, and draws are compared with them.

The counts are those of `sim.kernels.draws.count`, bit for bit. Most cells want few units: for these the draw is
compared with the first `FIXED_STEPS` thresholds, all cells of a row side by side on vectors, and the few counts beyond
are inverted one by one. Cells that go beyond more often than once in 256 draws are *wide*: each has all its thresholds
and a guide table (Chen and Asau, 1974, AIIE Transactions 6) that says, by the first four bits of the draw, at which of
them to begin; a few comparisons are left.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import allocating_kernel, inline_kernel, kernel
from sim.kernels.draws import BLOCK, MANY, NEGLIGIBLE_STEP, RECIPROCALS, count, count_block, reciprocal
from sim.kernels.layout import Array, WideCounts, unsigned, whole
from sim.kernels.philox import block_words

FIXED_STEPS = 8
"""Thresholds kept per cell for fixed rates: counts below this number are found by comparing alone."""
WIDE_FROM = 0xFF000000
"""A cell is wide if its last threshold lies below this draw: one in 256 is beyond."""
NEVER = 0xFFFFFFFF
"""As threshold of all counts of a wide cell: only the last draw of all reaches it."""
GUIDE_BITS = 4

_STRETCH = 16
_WORDS = 2.0**32
_GUIDE_SHIFT = np.uint32(32 - GUIDE_BITS)


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
            probability *= (a + b * k) * RECIPROCALS[k + 1]
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
    uniforms = np.empty((4, BLOCK), dtype=np.uint32)
    scratch = np.empty((5, BLOCK))
    for start in range(0, entity_low.size, BLOCK):
        stop = min(start + BLOCK, entity_low.size)
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
            if unfinished * MANY > number.size:
                count_block(
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


@kernel
def all_thresholds(zero_probability: float, a: float, b: float, out: Array) -> int:
    """Write the first draw at which one cell's count exceeds 0, 1, 2 ..., as long as there is one.

    Args:
        zero_probability: see `count`, as for the next two.
        a: mean divided by the variance-to-mean ratio.
        b: 1 minus the reciprocal of that ratio.
        out: (k,) uint32 receives the thresholds.

    Returns:
        How many there are, -1 if there is not room for all.
    """
    probability = zero_probability
    cumulative = probability
    for k in range(out.size):
        threshold = np.ceil(cumulative * _WORDS - 0.5)
        if threshold > _WORDS - 1.0:
            return k
        out[k] = np.uint32(threshold)
        probability *= (a + b * k) * reciprocal(k + 1)
        cumulative += probability
        if probability < NEGLIGIBLE_STEP and cumulative > 0.5:  # `count` stops here, too
            return k + 1
    return -1


@kernel
def count_wide4(
    store: int,
    entity_low: Array,
    entity_high: Array,
    block: np.uint32,
    sub: np.uint32,
    k0: np.uint32,
    k1: np.uint32,
    wide: WideCounts,
    out: Array,
) -> None:
    """Draw the counts of one store's wide cells; arguments as in `count_rows4_fixed`.

    Args:
        store: the store.
        entity_low: (m,) low halves of its cells' keys.
        entity_high: (m,) high halves.
        block: number of the block.
        sub: second index.
        k0: low half of the stream's key.
        k1: high half.
        wide: tables.
        out: (4, m) receives the counts.
    """
    block_64, second, key_0, key_1 = np.uint64(block), np.uint64(sub), np.uint64(k0), np.uint64(k1)
    for cell in range(wide.start[store], wide.start[store + 1]):
        sku = unsigned(wide.sku[cell])
        w0, w1, w2, w3 = block_words(
            np.uint64(entity_low[sku]), np.uint64(entity_high[sku]), block_64, second, key_0, key_1
        )
        out[0, sku] = _of_wide(np.uint32(w0), cell, wide)
        out[1, sku] = _of_wide(np.uint32(w1), cell, wide)
        out[2, sku] = _of_wide(np.uint32(w2), cell, wide)
        out[3, sku] = _of_wide(np.uint32(w3), cell, wide)


@inline_kernel
def _of_wide(u: np.uint32, cell: int, wide: WideCounts) -> int:
    """The count of one draw of a wide cell: the number of thresholds that it reaches."""
    at, stop = wide.guide[cell, u >> _GUIDE_SHIFT], wide.first[cell + 1]
    while at < stop and u >= wide.threshold[unsigned(at)]:
        at += 1
    return whole(at - wide.first[cell])
