"""Tables of the cells whose counts are spread widely; see `sim.kernels.fixed_counts`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.kernels.draws import SMALLEST_START
from sim.kernels.fixed_counts import GUIDE_BITS, NEVER, WIDE_FROM, all_thresholds
from sim.kernels.layout import WideCounts

_MOST_THRESHOLDS = 4_096
FloatArray = npt.NDArray[np.float64]


def wide_counts(
    thresholds: npt.NDArray[np.uint32],
    zero_probability: FloatArray,
    mean: FloatArray,
    per_dispersion: FloatArray,
) -> WideCounts:
    """Find the wide cells and give them tables of their own.

    Args:
        thresholds: (stores, steps, SKUs) at fixed rates, else (1, 1, 1) zeros; those of wide cells are made `NEVER`.
        zero_probability: (stores, SKUs) probability of no demand.
        mean: (stores, SKUs) units per day.
        per_dispersion: (SKUs,) mean over variance.

    Returns:
        The tables; none where rates move. A cell that needs thousands of thresholds is left out, as is one whose
        probability of no demand is too small to start from: they are inverted.
    """
    stores, guides, tables = [], [], []
    skus, first = [], [0]
    room = np.empty(_MOST_THRESHOLDS, np.uint32)
    buckets = np.arange(1 << GUIDE_BITS) << (32 - GUIDE_BITS)
    is_wide = (thresholds[:, -1] < WIDE_FROM) & (zero_probability >= SMALLEST_START)
    for store, sku in np.argwhere(is_wide).tolist():
        share = per_dispersion[sku]
        number = all_thresholds(zero_probability[store, sku], mean[store, sku] * share, 1.0 - share, room)
        if number < 0:
            continue
        thresholds[store, :, sku] = NEVER
        table = room[:number].copy()
        stores.append(store)
        skus.append(sku)
        tables.append(table)
        guides.append(first[-1] + np.searchsorted(table, buckets, side="right"))
        first.append(first[-1] + number)
    return WideCounts(
        start=np.searchsorted(np.array(stores, np.int64), np.arange(len(thresholds) + 1)),
        sku=np.array(skus, np.int64),
        first=np.array(first),
        threshold=np.concatenate([np.zeros(0, np.uint32), *tables]),
        guide=np.array(guides, np.int64).reshape(-1, buckets.size),
    )
