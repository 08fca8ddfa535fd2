"""Regressors of the demand regression: price, promotion, feature, other SKUs, trend, season, weekdays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.fitting.history import History
from study.fitting.regression import within

Numbers = npt.NDArray[np.float64]

ANNUAL_HARMONICS = 2
MIN_YEARS_FOR_SEASON = 1.0
MIN_YEARS_FOR_CERTAIN_SEASON = 2.0
MAX_SKUS_FOR_CROSS_EFFECTS = 40
COLLINEAR = 1e-6

LABELS = {
    "log_price": "price",
    "promotion": "promotion flag",
    "feature": "feature flag",
    "other_log_price": "price of the other SKUs",
    "other_promotion": "promotion of the other SKUs",
    "other_feature": "feature of the other SKUs",
}


@dataclass(frozen=True, eq=False)
class Design:
    """Named regressors, rows aligned with the history's frame."""

    names: tuple[str, ...]
    matrix: Numbers
    """Shape (n, k)."""
    origin_years: float
    """Time at which the trend column is zero: the end of the history."""
    dropped: dict[str, str]
    """Effect -> why it cannot be told from this history."""

    def column(self, name: str) -> Numbers | None:
        """One regressor, or None when the design lacks it."""
        return self.matrix[:, self.names.index(name)] if name in self.names else None


def regular_prices(frame: pd.DataFrame) -> Numbers:
    """Regular price of each row's series: the median price outside promotions, NaN where unknown.

    Without a promotion column it is the 80th percentile, so that up to four fifths of the history may be
    at a reduced price.
    """
    if frame["promotion"].any():
        normal = frame["price"].where((frame["promotion"] == 0) & (frame["feature"] == 0))
        median = normal.groupby(frame["series"]).transform("median")
        highest = frame.groupby("series")["price"].transform("max")
        return np.asarray(median.fillna(highest), dtype=np.float64)
    quantile = frame.groupby("series")["price"].quantile(0.8)
    return np.asarray(frame["series"].map(quantile), dtype=np.float64)


def seasonal_columns(years: Numbers) -> dict[str, Numbers]:
    """Fourier terms of the annual pattern at given times in years, without the mean."""
    columns = {}
    for k in range(1, ANNUAL_HARMONICS + 1):
        columns[f"annual_cos_{k}"] = np.cos(2 * np.pi * k * years)
        columns[f"annual_sin_{k}"] = np.sin(2 * np.pi * k * years)
    return columns


def build_design(history: History, origin_years: float | None = None, *, cross: bool = True) -> Design:
    """Assemble the regressors a history can identify.

    Args:
        history: one category of a history.
        origin_years: time at which the trend is zero; the end of the history by default.
        cross: whether prices and promotions of the category's other SKUs take part.
    """
    frame, calendar = history.frame, history.calendar
    dropped: dict[str, str] = {}
    candidates: dict[str, Numbers] = {}
    if frame["price"].notna().all():
        candidates["log_price"] = np.log(frame["price"].to_numpy() / regular_prices(frame))
    else:
        dropped["log_price"] = (
            "no price is given" if frame["price"].isna().all() else "some SKUs have no price"
        )
    candidates["promotion"] = frame["promotion"].to_numpy()
    candidates["feature"] = frame["feature"].to_numpy()
    for name, column in list(candidates.items()):
        if not _moves(column, frame):
            del candidates[name]
            dropped[name] = "it never changes within a store and SKU"
    sku_count = frame["sku"].nunique()
    if cross and 2 <= sku_count <= MAX_SKUS_FOR_CROSS_EFFECTS:
        for name, column in list(candidates.items()):
            candidates[f"other_{name}"] = _others(column, frame)
    periods = frame["period"].to_numpy()
    years = calendar.years(periods)
    first, last = float(years.min()), float(years.max())
    origin = last if origin_years is None else origin_years
    candidates["trend"] = years - origin
    if last - first >= MIN_YEARS_FOR_SEASON * 0.98:
        candidates |= seasonal_columns(years)
    if calendar.frequency == "day":
        weekdays = calendar.weekdays(periods)
        for day in range(1, 7):
            candidates[f"weekday_{day}"] = (weekdays == day).astype(np.float64)
    return _independent(candidates, frame, origin, dropped)


def _moves(column: Numbers, frame: pd.DataFrame) -> bool:
    same_series = np.diff(frame["series"].to_numpy()) == 0
    return bool((np.abs(np.diff(column)) > 1e-9)[same_series].any())


def _others(column: Numbers, frame: pd.DataFrame) -> Numbers:
    """Sales-weighted mean of a regressor over the other SKUs at the same store and period; 0 if alone."""
    sku_volume = frame.groupby("sku")["units"].mean()
    weight = frame["sku"].map(sku_volume).to_numpy()
    place = frame["store"].to_numpy() * (int(frame["period"].max()) + 1) + frame["period"].to_numpy()
    place = np.unique(place, return_inverse=True)[1]
    total = np.bincount(place, weight * column)[place] - weight * column
    rest = np.bincount(place, weight)[place] - weight
    return np.asarray(np.divide(total, rest, out=np.zeros_like(total), where=rest > 1e-12), dtype=np.float64)


def _independent(
    candidates: dict[str, Numbers], frame: pd.DataFrame, origin: float, dropped: dict[str, str]
) -> Design:
    """Keep the columns that say something the columns before them do not, by pivot-free Gram-Schmidt."""
    names = list(candidates)
    matrix = np.column_stack([candidates[name] for name in names]) if names else np.zeros((len(frame), 0))
    series = frame["series"].to_numpy()
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    sizes = np.diff(np.append(starts, len(series)))
    moved, _ = within(matrix, np.ones(len(frame)), starts, sizes)
    gram = moved.T @ moved
    kept: list[int] = []
    for j, name in enumerate(names):
        if gram[j, j] < 1e-9 * max(len(frame), 1):
            dropped[name] = "it never changes within a store and SKU"
            continue
        rest = gram[j, j]
        if kept:
            solution = np.linalg.lstsq(gram[np.ix_(kept, kept)], gram[kept, j], rcond=None)[0]
            rest -= gram[kept, j] @ solution
        if rest < COLLINEAR * gram[j, j]:
            tied = max(kept, key=lambda i: abs(gram[i, j]) / np.sqrt(gram[i, i] * gram[j, j]))
            other = LABELS.get(names[tied], names[tied])
            dropped[name] = f"it always moves together with the {other}"
        else:
            kept.append(j)
    return Design(tuple(names[j] for j in kept), matrix[:, kept], origin, dropped)


def overlaps(
    design: Design, frame: pd.DataFrame, effects: tuple[str, ...], limit: float = 0.95
) -> dict[str, float]:
    """Effects that the other regressors explain almost entirely, with that share (R squared)."""
    series = frame["series"].to_numpy()
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    sizes = np.diff(np.append(starts, len(series)))
    moved, _ = within(design.matrix, np.ones(len(frame)), starts, sizes)
    inverse = np.linalg.pinv(moved.T @ moved)
    spread = (moved**2).sum(axis=0)
    shares = {
        name: 1.0 - 1.0 / (inverse[j, j] * spread[j])
        for j, name in enumerate(design.names)
        if name in effects
    }
    return {name: share for name, share in shares.items() if share > limit}
