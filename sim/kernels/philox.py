"""Philox4x32-10: counter-based random numbers (Salmon, Moraes, Dror and Shaw, SC 2011).

A draw is a function of its key and of its counter; nothing is remembered. Everywhere in the simulator

* the key (k0, k1) stands for seed, replication and purpose,
* the counter is (entity low, entity high, index >> 2, sub),
* and the draw is word ``index & 3`` of the block,

so four consecutive indices of an entity (four days, say) cost one block. The functions below differ only in
how many entities and indices they fill at once; the draw of (key, entity, index, sub) is the same whichever
computes it.

Words travel as the low halves of uint64, with rubbish in the high halves: that is the form in which CPUs
multiply 32 x 32 -> 64 bits on vectors (vpmuludq), and it saves all masking.
"""

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import inline_kernel, kernel

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_ZERO = np.uint64(0)

Words64 = tuple[np.uint64, np.uint64, np.uint64, np.uint64]
_Words32 = tuple[np.uint32, np.uint32, np.uint32, np.uint32]


@inline_kernel
def block_words(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> Words64:
    """Return one block, for use inside kernels: the words are the low halves, the high ones mean nothing."""
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * (c0 & _LOW_WORD)
        product_1 = _MULTIPLIER_1 * (c2 & _LOW_WORD)
        c0, c1 = (product_1 >> _WORD_BITS) ^ c1 ^ k0, product_1
        c2, c3 = (product_0 >> _WORD_BITS) ^ c3 ^ k1, product_0
        k0 += _WEYL_0
        k1 += _WEYL_1
    return c0, c1, c2, c3


@kernel
def philox4x32(
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> _Words32:
    """Return the four 32-bit words of one block, from its counter (c0, c1, c2, c3) and key (k0, k1)."""
    w0, w1, w2, w3 = block_words(
        np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3), np.uint64(k0), np.uint64(k1)
    )
    return np.uint32(w0), np.uint32(w1), np.uint32(w2), np.uint32(w3)


@inline_kernel
def _word(words: Words64, lane: np.uint32) -> np.uint32:
    # By masks and not by branches, which would keep the calling loop from being vectorised.
    mask_0, mask_1 = _ZERO - np.uint64(lane == 0), _ZERO - np.uint64(lane == 1)
    mask_2, mask_3 = _ZERO - np.uint64(lane == 2), _ZERO - np.uint64(lane == 3)
    return np.uint32(words[0] & mask_0 | words[1] & mask_1 | words[2] & mask_2 | words[3] & mask_3)


@kernel
def uniform_draw(
    entity_low: np.uint32,
    entity_high: np.uint32,
    index: np.uint32,
    sub: np.uint32,
    k0: np.uint32,
    k1: np.uint32,
) -> np.uint32:
    """Return the draw of one entity at one index: 32 equally likely bits. Arguments as in `uniform_row`."""
    low, high, block = np.uint64(entity_low), np.uint64(entity_high), np.uint64(index >> np.uint32(2))
    return _word(
        block_words(low, high, block, np.uint64(sub), np.uint64(k0), np.uint64(k1)), index & np.uint32(3)
    )


@kernel
def uniform_row(
    entity_low: npt.NDArray[np.uint32],
    entity_high: npt.NDArray[np.uint32],
    index: np.uint32,
    sub: np.uint32,
    k0: np.uint32,
    k1: np.uint32,
    out: npt.NDArray[np.uint32],
) -> None:
    """Draw for many entities at one index.

    Args:
        entity_low: Low halves of the entities' keys, shape (n,), contiguous.
        entity_high: High halves, shape (n,).
        index: Index of the draw (a day, a stop, a unit ...).
        sub: Second index, 0 where there is none.
        k0: Low half of the stream's key.
        k1: High half of the stream's key.
        out: Receives the draws, shape (n,).
    """
    block = np.uint64(index >> np.uint32(2))
    lane = index & np.uint32(3)
    second, key_0, key_1 = np.uint64(sub), np.uint64(k0), np.uint64(k1)
    for i in range(out.size):
        low, high = np.uint64(entity_low[i]), np.uint64(entity_high[i])
        out[i] = _word(block_words(low, high, block, second, key_0, key_1), lane)


@kernel
def uniform_rows4(
    entity_low: npt.NDArray[np.uint32],
    entity_high: npt.NDArray[np.uint32],
    block: np.uint32,
    sub: np.uint32,
    k0: np.uint32,
    k1: np.uint32,
    out: npt.NDArray[np.uint32],
) -> None:
    """Draw for many entities at the four indices 4 * block + (0 ... 3), at a third of the cost per draw.

    Args:
        entity_low: Low halves of the entities' keys, shape (n,), contiguous.
        entity_high: High halves, shape (n,).
        block: Number of the block: index // 4.
        sub: Second index, 0 where there is none.
        k0: Low half of the stream's key.
        k1: High half of the stream's key.
        out: Receives the draws, shape (4, n): row ``index % 4``.
    """
    block_64, second, key_0, key_1 = np.uint64(block), np.uint64(sub), np.uint64(k0), np.uint64(k1)
    row_0, row_1, row_2, row_3 = out[0], out[1], out[2], out[3]
    for i in range(entity_low.size):
        w0, w1, w2, w3 = block_words(
            np.uint64(entity_low[i]), np.uint64(entity_high[i]), block_64, second, key_0, key_1
        )
        row_0[i] = np.uint32(w0)
        row_1[i] = np.uint32(w1)
        row_2[i] = np.uint32(w2)
        row_3[i] = np.uint32(w3)
