"""The day's demand of some stores, drawn at its first use."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.draws import count_row, count_rows4_fixed, zero_probability_row
from sim.kernels.layout import Array, Market, Process, Shelf
from sim.kernels.philox import uniform_rows4

_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_NO_SUB = np.uint32(0)


@kernel
def cell_keys(store_key: np.uint64, sku_key: Array, low: Array, high: Array) -> None:
    """Write the two halves of the keys of one store's cells, shape (m,) each."""
    for j in range(sku_key.size):
        key = store_key + sku_key[j]
        low[j] = np.uint32(key & _LOW_WORD)
        high[j] = np.uint32(key >> _WORD_BITS)


@kernel
def draw_day(row: int, day: int, first_ordinal: int, market: Market, process: Process, shelf: Shelf) -> None:
    """Write the demand of one store for one day into `shelf.today`.

    Args:
        row: store.
        day: day of the run; negative days are the remembered past.
        first_ordinal: ordinal of the date of day 0: draws are keyed by date, so a longer or later run
            sees the same demand on the same date.
        market: rates.
        process: kind and dispersion of demand, stream key, scratch rows.
        shelf: `today`, `block` and `demand_carry` of the row are written.
    """
    today = shelf.today[row]
    if market.known.size > 0:
        if day < 0:
            today[:] = 0
        else:
            today[:] = market.known[day, row]
        return
    ordinal = first_ordinal + day
    lane = ordinal & 3
    k0, k1 = process.key[0], process.key[1]
    if process.is_constant[0]:
        group = market.group[row]
        factor = market.rate_factor[group, market.remembered_days[0] + day]
        scale = market.shock[market.remembered_days[0] + day, row]
        carry = shelf.demand_carry[row]
        for j in range(today.size):
            # The epsilon keeps a sum such as ten times 0.1 from stopping short of 1.
            carry[j] += market.base_rate[row, j] * factor[j] * scale
            units = np.int32(np.floor(carry[j] + 1e-9))
            carry[j] -= units
            today[j] = units
        return
    block_number = np.uint32(ordinal >> 2)
    if shelf.block_number[row] != block_number:
        shelf.block_number[row] = block_number
        cell_keys(market.store_key[row], market.sku_key, process.low, process.high)
        if process.is_fixed[0]:
            count_rows4_fixed(
                process.low,
                process.high,
                block_number,
                _NO_SUB,
                k0,
                k1,
                process.thresholds[row],
                process.zero_probability[row],
                market.base_rate[row],
                process.per_dispersion,
                shelf.block_counts[row],
            )
        else:
            uniform_rows4(process.low, process.high, block_number, _NO_SUB, k0, k1, shelf.block_uniforms[row])
    if process.is_fixed[0]:
        today[:] = shelf.block_counts[row, lane]
        return
    group = market.group[row]
    factor = market.rate_factor[group, market.remembered_days[0] + day]
    scale = market.shock[market.remembered_days[0] + day, row]
    base = market.base_rate[row]
    mean = process.mean
    for j in range(mean.size):
        mean[j] = base[j] * factor[j] * scale
    zero = process.zero_probability[0]
    zero_probability_row(mean, process.decay, zero)
    count_row(shelf.block_uniforms[row, lane], zero, mean, process.per_dispersion, today)
