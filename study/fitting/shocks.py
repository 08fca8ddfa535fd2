"""Shocks that move all SKUs of a store, or all stores, in the same period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from study.fitting.effects import EffectsFit
from study.fitting.estimate import Estimate, unidentified

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

METHOD = "pair moments of residuals, errors by jackknife over blocks of periods"
JACKKNIFE_BLOCKS = 10
MIN_PERIODS = 10


@dataclass(frozen=True)
class ShockFit:
    """Common factor max(0, 1 + x) of demand: standard deviation of x per period, by who shares it."""

    network: Estimate
    """Shared by all stores and SKUs."""
    store: Estimate
    """Shared by the SKUs of one store, the network's shock included."""
    sku: Estimate
    """Shared by the stores for one SKU, the network's shock included."""


def fit_shocks(effects: EffectsFit) -> ShockFit:
    """Moment estimates from products of residuals of different cells.

    With y = mean * (1 + x) + noise and noise independent between cells, E[e_i e_j] = mean_i mean_j Var(x)
    for two cells that share x, so Var(x) is a ratio of sums over pairs of cells of one period: pairs in one
    store but of two SKUs, of one SKU in two stores, or of neither in common (the network's shock alone).
    """
    frame, mean = effects.history.frame, effects.mean
    periods = np.unique(frame["period"].to_numpy(), return_inverse=True)[1]
    length = int(periods.max()) + 1
    if length < MIN_PERIODS:
        nothing = unidentified(f"needs {MIN_PERIODS} periods", "share")
        return ShockFit(nothing, nothing, nothing)
    residual = effects.demand - mean
    stores, skus = frame["store"].to_numpy(), frame["sku"].to_numpy()
    sums = [
        [_squared_sums(values, codes, periods, length) for codes in (None, stores, skus)]
        + [_cells(values, periods)]
        for values in (residual, mean)
    ]
    blocks = np.arange(length) * JACKKNIFE_BLOCKS // length
    n = len(mean)

    def share(pairs: list[Numbers], otherwise: str) -> Estimate:
        return _root(pairs[0], pairs[1], blocks, n, otherwise)

    return ShockFit(
        network=share(
            [every - store - sku + cell for every, store, sku, cell in sums], "needs stores and SKUs"
        ),
        store=share([store - cell for _, store, _, cell in sums], "needs several SKUs per store"),
        sku=share([sku - cell for _, _, sku, cell in sums], "needs several stores"),
    )


def _squared_sums(values: Numbers, codes: Codes | None, periods: Codes, length: int) -> Numbers:
    """Per period: the sum over groups of the squared sum of the group's values; one group without codes."""
    if codes is None:
        return np.asarray(np.bincount(periods, values, minlength=length) ** 2, dtype=np.float64)
    groups, group_of = np.unique(codes * length + periods, return_inverse=True)
    totals = np.bincount(group_of, values)
    return np.bincount(groups % length, totals**2, minlength=length).astype(np.float64)


def _cells(values: Numbers, periods: Codes) -> Numbers:
    return np.bincount(periods, values**2).astype(np.float64)


def _root(pairs: Numbers, weights: Numbers, blocks: Codes, n: int, otherwise: str) -> Estimate:
    """Square root of a ratio of sums, 0 when the ratio is negative, with a block jackknife."""
    if weights.sum() <= 1e-9:
        return unidentified(otherwise, "share")
    if pairs.sum() <= 0:
        return Estimate(0.0, None, n, f"{METHOD}; at its bound, no common shock found", "share")
    tops = np.bincount(blocks, pairs, minlength=JACKKNIFE_BLOCKS)
    bottoms = np.bincount(blocks, weights, minlength=JACKKNIFE_BLOCKS)
    ratios = (tops.sum() - tops) / np.maximum(bottoms.sum() - bottoms, 1e-12)
    sigmas = np.sqrt(np.maximum(ratios, 0.0))
    spread = (JACKKNIFE_BLOCKS - 1) / JACKKNIFE_BLOCKS * ((sigmas - sigmas.mean()) ** 2).sum()
    sigma = float(np.sqrt(max(tops.sum() / bottoms.sum(), 0.0)))
    return Estimate(sigma, float(np.sqrt(spread)), n, METHOD, "share")
