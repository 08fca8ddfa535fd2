"""Prices of the past period as promotions, since managers set them and the model need not guess them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from scenarios import Promotion, Scope
from study.backtesting.actuals import Actuals
from study.backtesting.records import FloatArray

REGULAR_QUANTILE = 0.8
"""Where the file gives no regular price, a cell's is this quantile of its prices, as in fitting."""
SMALLEST_DISCOUNT = 0.005
"""Smaller price cuts are rounding."""
_DIGITS = 2
_Flags = npt.NDArray[np.bool_]


def known_promotions(actuals: Actuals) -> tuple[Promotion, ...] | None:
    """Promotions that bring about the prices and flags of the file; None when it has neither.

    A price above the cell's regular one counts as regular. Discounts are rounded to whole percents, so that
    stores on the same terms share one promotion.

    Args:
        actuals: prices, promotion and feature flags by period, store and SKU.
    """
    if actuals.price is None and actuals.promotion is None and actuals.feature is None:
        return None
    discount = _discounts(actuals)
    featured = np.zeros(discount.shape, dtype=np.bool_)
    flagged = featured.copy()
    if actuals.feature is not None:
        featured = np.nan_to_num(actuals.feature) >= 0.5
    if actuals.promotion is not None:
        flagged = np.nan_to_num(actuals.promotion) >= 0.5
    on = (discount > 0) | featured | flagged
    return tuple(
        promotion
        for sku in range(len(actuals.skus))
        for promotion in _of_sku(actuals, sku, on[..., sku], discount[..., sku], featured[..., sku])
    )


def _discounts(actuals: Actuals) -> FloatArray:
    if actuals.price is None:
        return np.zeros(actuals.record.sold.shape)
    regular = actuals.regular_price
    if regular is None:
        priced = np.where(np.isnan(actuals.price).all(axis=0), 1.0, actuals.price)
        regular = np.broadcast_to(np.nanquantile(priced, REGULAR_QUANTILE, axis=0), actuals.price.shape)
    cut = np.nan_to_num(1.0 - actuals.price / regular)
    return np.asarray(np.round(np.where(cut < SMALLEST_DISCOUNT, 0.0, cut), _DIGITS), dtype=np.float64)


def _of_sku(
    actuals: Actuals, sku: int, on: _Flags, discount: FloatArray, featured: _Flags
) -> list[Promotion]:
    """Runs of periods on the same terms, stores that share one together; arrays are (periods, stores)."""
    stores_of: dict[tuple[int, int, float, bool], list[str]] = {}
    for store, name in enumerate(actuals.stores):
        terms = np.stack([on[:, store], discount[:, store], featured[:, store]], axis=1)
        starts = [0, *(np.flatnonzero((terms[1:] != terms[:-1]).any(axis=1)) + 1).tolist(), len(terms)]
        for first, stop in pairwise(starts):
            if on[first, store]:
                key = first, stop, float(discount[first, store]), bool(featured[first, store])
                stores_of.setdefault(key, []).append(name)
    return [
        Promotion(
            name="as it was",
            scope=Scope(stores=tuple(names), skus=(actuals.skus[sku],)),
            start=actuals.day(first),
            days=(stop - first) * actuals.record.period_days,
            discount=cut,
            featured=is_featured,
        )
        for (first, stop, cut, is_featured), names in sorted(stores_of.items())
    ]
