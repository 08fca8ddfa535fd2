"""The day's demand of stores."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.fixed_counts import count_rows4_fixed, count_wide4
from sim.kernels.layout import Array, Market, Process
from sim.kernels.moving_counts import count_moving_row
from sim.kernels.philox import Words64, block_words, uniform_rows4

_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_NO_SUB = np.uint32(0)


@kernel
def four_units(store_key: np.uint64, sku_key: np.uint64, ordinal: int, unit: int, key: np.uint64) -> Words64:
    """The draws, see `unit_draw`, of the four units from `unit` on, a multiple of 4."""
    cell = store_key + sku_key
    w0, w1, w2, w3 = block_words(
        cell & _LOW_WORD, cell >> _WORD_BITS, np.uint64(unit >> 2), np.uint64(ordinal), key & _LOW_WORD,
        key >> _WORD_BITS,
    )  # fmt: skip
    return w0 & _LOW_WORD, w1 & _LOW_WORD, w2 & _LOW_WORD, w3 & _LOW_WORD


@inline_kernel
def of_four(words: Words64, unit: int) -> np.uint64:
    """The draw of one of four units."""
    lane = unit & 3
    return (words[0] if lane == 0 else words[1]) if lane < 2 else (words[2] if lane == 2 else words[3])


@kernel
def unit_draw(store_key: np.uint64, sku_key: np.uint64, ordinal: int, unit: int, key: np.uint64) -> np.uint64:
    """32 random bits of one unit of one store, SKU and date, in the stream of `key`."""
    return of_four(four_units(store_key, sku_key, ordinal, unit, key), unit)


@kernel
def cell_keys(store_key: np.uint64, sku_key: Array, low: Array, high: Array) -> None:
    """Write the two halves of the keys of one store's cells, shape (m,) each."""
    for j in range(sku_key.size):
        key = store_key + sku_key[j]
        low[j] = np.uint32(key & _LOW_WORD)
        high[j] = np.uint32(key >> _WORD_BITS)


@inline_kernel
def demand_row(row: int, day: int, process: Process) -> Array:
    """(m,) int32 units that customers of one store still want on a day that has been drawn; may be changed."""
    wanted: Array = process.demand[row, (process.first_ordinal + day) & 3 if process.is_fixed else 0]
    return wanted


@kernel
def draw_stores(
    rows: Array, day: int, is_open: Array, drawn_day: Array, market: Market, process: Process
) -> None:
    """Draw the demand of some stores for one day, at its first use.

    Args:
        rows: (k,) stores.
        day: day of the run; negative days are the remembered past.
        is_open: (n,) nobody comes to a store that is closed.
        drawn_day: (n,) last day that was drawn; changed.
        market: groups and keys.
        process: means and randomness; what it holds of demand already drawn is changed.
    """
    for row in rows:
        if is_open[row] and drawn_day[row] != day:
            drawn_day[row] = day
            draw_day(row, day, market.group[row], market.store_key[row], market.sku_key, process)


@kernel
def draw_day(row: int, day: int, group: int, store_key: np.uint64, sku_key: Array, process: Process) -> None:
    """Write the demand of one store for one day, to be read by `demand_row`.

    Args:
        row: store.
        day: day of the run; negative days are the remembered past.
        group: group of the store.
        store_key: its key.
        sku_key: (m,) keys.
        process: means and randomness; what it holds of demand already drawn is changed.
    """
    ordinal = process.first_ordinal + day
    wanted = process.demand[row, ordinal & 3 if process.is_fixed else 0]
    if process.known.size > 0:
        for j in range(wanted.size):
            wanted[j] = process.known[day, row, j] if day >= 0 else 0
        return
    base = process.base_rate[row]
    if process.is_constant:
        factor = process.rate_factor[group, process.remembered_days + day]
        scale = process.shock[process.remembered_days + day, row]
        carry = process.carry[row]
        for j in range(wanted.size):
            # The epsilon keeps a sum such as ten times 0.1 from stopping short of 1.
            carry[j] += base[j] * factor[j] * scale
            units = np.int32(np.floor(carry[j] + 1e-9))
            carry[j] -= units
            wanted[j] = units
        return
    block_number = np.uint32(ordinal >> 2)
    k0, k1 = np.uint32(process.key & _LOW_WORD), np.uint32(process.key >> _WORD_BITS)
    low, high = process.low, process.high
    if process.block_number[row] != block_number:
        process.block_number[row] = block_number
        cell_keys(store_key, sku_key, low, high)
        if process.is_fixed:
            count_rows4_fixed(
                low, high, block_number, _NO_SUB, k0, k1, process.thresholds[row], process.zero_probability[row],
                base, process.per_dispersion, process.demand[row],
            )  # fmt: skip
            count_wide4(row, low, high, block_number, _NO_SUB, k0, k1, process.wide, process.demand[row])
        else:
            uniform_rows4(low, high, block_number, _NO_SUB, k0, k1, process.block_uniforms[row])
    if process.is_fixed:
        return
    factor = process.rate_factor[group, process.remembered_days + day]
    scale = process.shock[process.remembered_days + day, row]
    count_moving_row(
        base, factor, scale, process.decay, process.per_dispersion, process.block_uniforms[row, ordinal & 3],
        process.mean, wanted,
    )  # fmt: skip
