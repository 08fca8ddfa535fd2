"""Invented sales histories with known truth, for tests of fitting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Truth:
    """The world a history is drawn from."""

    stores: int = 12
    skus: int = 5
    periods: int = 110
    step_days: int = 7
    mean_log_level: float = 2.3
    store_log_sd: float = 0.5
    price_elasticity: float = -2.2
    promotion_multiplier: float = 1.4
    feature_multiplier: float = 1.8
    variance_to_mean: float = 2.0
    promotion_share: float = 0.15
    weekday_factors: tuple[float, ...] = (1.0,) * 7
    annual_amplitude: float = 0.0
    pulled_forward_share: float = 0.0
    switched_share: float = 0.0
    network_shock_sd: float = 0.0
    store_shock_sd: float = 0.0
    sku_shock_sd: float = 0.0
    stock_factor: float | None = None
    """Stock per period over mean base demand, drawn uniformly up to this; None = never short."""


FIRST_DAY = date(2022, 1, 3)


def draw_history(truth: Truth, seed: int) -> pd.DataFrame:
    """Rows of `store, sku, date, units, price, promotion, feature, stock`; hidden: `demand`, `rate`."""
    rng = np.random.default_rng(seed)
    shape = (truth.stores, truth.skus, truth.periods)
    days = [FIRST_DAY + timedelta(days=truth.step_days * t) for t in range(truth.periods)]
    level = (
        truth.mean_log_level
        + rng.normal(0, truth.store_log_sd, truth.stores)[:, None, None]
        + rng.normal(0, 0.4, truth.skus)[None, :, None]
    )
    promoted = rng.random(shape) < truth.promotion_share
    cut = np.where(rng.random(shape) < 0.7 * promoted + 0.05, rng.choice([0.1, 0.2, 0.3], shape), 0.0)
    featured = promoted & (rng.random(shape) < 0.5)
    pattern = (
        np.array([truth.weekday_factors[day.weekday()] for day in days]) if truth.step_days == 1 else 1.0
    )
    year = np.array([(day - FIRST_DAY).days / 365.25 for day in days])
    pattern = pattern * np.exp(truth.annual_amplitude * np.cos(2 * np.pi * year))
    base = np.exp(level) * pattern * np.ones(shape)
    lift = (1 - cut) ** truth.price_elasticity
    lift = lift * truth.promotion_multiplier**promoted * truth.feature_multiplier**featured
    uplift = base * (lift - 1)
    rate = base + uplift
    if truth.pulled_forward_share:
        rate = _take_from_later_periods(rate, uplift * promoted, promoted, truth)
    others = rate.sum(axis=1, keepdims=True) - rate
    pressure = truth.switched_share * uplift / others
    rate = rate * (1 - (pressure.sum(axis=1, keepdims=True) - pressure))
    for sd, shared in (
        (truth.network_shock_sd, (1, 1, truth.periods)),
        (truth.store_shock_sd, (truth.stores, 1, truth.periods)),
        (truth.sku_shock_sd, (1, truth.skus, truth.periods)),
    ):
        rate = rate * (1 + sd * rng.standard_normal(shared))
    rate = np.maximum(rate, 0.02)
    excess = truth.variance_to_mean - 1
    demand = (
        rng.poisson(rate) if excess <= 0 else rng.negative_binomial(rate / excess, 1 / truth.variance_to_mean)
    )
    stock = np.full(shape, 10**6)
    if truth.stock_factor is not None:
        stock = np.ceil(base * rng.uniform(0.6, truth.stock_factor, shape)).astype(int)
    store, sku, period = (axis.ravel() for axis in np.indices(shape))
    return pd.DataFrame(
        {
            "store": [f"S{i:02d}" for i in store],
            "sku": [f"K{i:02d}" for i in sku],
            "date": [days[t].isoformat() for t in period],
            "units": np.minimum(demand, stock).ravel(),
            "price": (10 * (1 - cut)).ravel().round(2),
            "promotion": promoted.ravel().astype(int),
            "feature": featured.ravel().astype(int),
            "stock": stock.ravel(),
            "demand": demand.ravel(),
            "rate": rate.ravel(),
        }
    )


def _take_from_later_periods(
    rate: np.ndarray, uplift: np.ndarray, promoted: np.ndarray, truth: Truth
) -> np.ndarray:
    """Take each promotion's pulled-forward units from the unpromoted periods of two weeks after it."""
    rate, dip = rate.copy(), max(14 // truth.step_days, 1)
    for store, sku in np.ndindex(truth.stores, truth.skus):
        gained = 0.0
        for t in range(truth.periods):
            if promoted[store, sku, t]:
                gained += uplift[store, sku, t]
            elif gained:
                calm = [u for u in range(t, truth.periods) if not promoted[store, sku, u]][:dip]
                rate[store, sku, calm] -= truth.pulled_forward_share * gained / dip
                gained = 0.0
    return rate


def write_history(frame: pd.DataFrame, path: Path, *columns: str) -> Path:
    """Write the named columns (all visible ones by default) as CSV."""
    chosen = list(columns) or ["store", "sku", "date", "units", "price", "promotion", "feature"]
    frame[chosen].to_csv(path, index=False)
    return path
