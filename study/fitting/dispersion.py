"""How far demand strays from its mean, per class and volume, and how stores differ in size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.fitting.censoring import censored_moments
from study.fitting.effects import EffectsFit
from study.fitting.estimate import Estimate, unidentified

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
VarianceForm = Literal["linear", "quadratic"]

VOLUME_BANDS = 4
MAX_SELF_REFERENCE = 0.9
LIKELIHOOD_SAMPLE = 50_000
MIN_STORES_FOR_SPREAD = 3


@dataclass(frozen=True)
class DispersionFit:
    """Variance of demand per period around the fitted mean."""

    variance_to_mean: Estimate
    """Pooled over all series: variance = ratio * mean."""
    relative_variance: Estimate
    """Variance = mean + ratio * mean^2: the part that does not average out with volume."""
    form: VarianceForm
    """Which of the two the history finds likelier (negative binomial likelihood)."""
    by_class: tuple[tuple[str, Estimate], ...]
    """(demand class, variance-to-mean ratio)."""
    by_volume: tuple[tuple[float, Estimate], ...]
    """(mean units per period, variance-to-mean ratio) of series grouped by volume, smallest first."""

    def variance(self, mean: Numbers) -> Numbers:
        """Variance at given means, in the likelier form."""
        if self.form == "quadratic" and self.relative_variance.value is not None:
            return np.asarray(mean + max(self.relative_variance.value, 0.0) * mean**2, dtype=np.float64)
        return np.asarray(mean * max(self.variance_to_mean.value or 1.0, 1.0), dtype=np.float64)


def fit_dispersion(effects: EffectsFit, demand_class: npt.NDArray[np.object_], seed: int) -> DispersionFit:
    """Moment estimates from Pearson residuals, with errors from the spread between series.

    The variance-to-mean ratio of a sum of independent periods is that of one period, so a ratio from weekly
    sales makes daily demand whose weekly totals vary as observed. Shelf-censored rows enter by their
    conditional moments.

    Args:
        effects: the fitted regression.
        demand_class: class of each observation's series.
        seed: of the sample on which the two forms are compared.
    """
    mean = effects.mean
    squares = (effects.demand - mean) ** 2 + effects.regression.moments.variance
    series = np.unique(effects.history.frame["series"].to_numpy(), return_inverse=True)[1]
    groups = int(series[-1]) + 1
    inflation = len(mean) / max(len(mean) - groups - len(effects.design.names), 1)
    linear = _widened(_ratio(squares / mean, np.ones_like(mean), series, inflation), effects)
    quadratic = _ratio(squares * inflation - mean, mean**2, series, 1.0, "ratio of variance to squared mean")
    by_class = tuple(
        (str(name), _ratio((squares / mean)[rows], np.ones(int(rows.sum())), series[rows], inflation))
        for name in sorted(set(demand_class))
        for rows in [demand_class == name]
    )
    volume = np.bincount(series, mean) / np.bincount(series)
    edges = np.quantile(volume, np.linspace(0, 1, VOLUME_BANDS + 1)[1:-1])
    band = np.searchsorted(edges, volume)[series]
    by_volume = tuple(
        (
            float(mean[rows].mean()),
            _ratio((squares / mean)[rows], np.ones(int(rows.sum())), series[rows], inflation),
        )
        for b in range(VOLUME_BANDS)
        for rows in [band == b]
        if rows.any()
    )
    form = _likelier_form(effects, linear, quadratic, seed)
    return DispersionFit(linear, quadratic, form, by_class, by_volume)


def _widened(estimate: Estimate, effects: EffectsFit) -> Estimate:
    """The error of a ratio that partly rests on itself: hidden squares were put in by their expectation.

    The estimate solves ratio = f(ratio), so an error in f counts 1 / (1 - f') times.
    """
    censored = effects.history.frame["censored"].to_numpy()
    if (
        estimate.value is None
        or estimate.standard_error is None
        or not effects.regression.moments.variance.any()
    ):
        return estimate
    units, gross = effects.history.frame["units"].to_numpy() + effects.lost, effects.regression.mean
    ratio = max(estimate.value, 1.0)

    def squares(at: float) -> float:
        moments = censored_moments(units, censored, gross, at)
        return float((((moments.mean - gross) ** 2 + moments.variance) / effects.mean).mean())

    step = 0.02 * ratio
    slope = min(max((squares(ratio + step) - squares(ratio)) / step, 0.0), MAX_SELF_REFERENCE)
    return replace(estimate, standard_error=estimate.standard_error / (1.0 - slope))


def sku_ratios(effects: EffectsFit) -> pd.DataFrame:
    """Variance-to-mean ratio per SKU code, pooled over its stores: columns `sku`, `variance_to_mean`."""
    mean = effects.mean
    squares = ((effects.demand - mean) ** 2 + effects.regression.moments.variance) / mean
    frame = effects.history.frame
    rows = frame.groupby("sku")["series"].agg(["size", "nunique"])
    totals = pd.Series(squares).groupby(frame["sku"]).sum()
    ratios = totals / (rows["size"] - rows["nunique"]).clip(lower=1)
    return pd.DataFrame({"sku": ratios.index.to_numpy(), "variance_to_mean": ratios.to_numpy()})


def _ratio(top: Numbers, bottom: Numbers, series: Codes, inflation: float, unit: str = "ratio") -> Estimate:
    """Ratio of sums with a linearised error, series being the independent units."""
    codes = np.unique(series, return_inverse=True)[1]
    tops, bottoms = np.bincount(codes, top), np.bincount(codes, bottom)
    value = float(tops.sum() / bottoms.sum())
    count = len(tops)
    error = None
    if count > 1:
        deviations = tops - value * bottoms
        error = float(np.sqrt(count / (count - 1) * (deviations**2).sum()) / bottoms.sum()) * inflation
    return Estimate(value * inflation, error, len(top), "Pearson moments, errors between series", unit)


def _likelier_form(effects: EffectsFit, linear: Estimate, quadratic: Estimate, seed: int) -> VarianceForm:
    if (linear.value or 1.0) <= 1.0 or (quadratic.value or 0.0) <= 0.0:
        return "linear"
    from scipy import stats

    rows = np.arange(len(effects.mean))
    if len(rows) > LIKELIHOOD_SAMPLE:
        rows = np.random.default_rng(seed).choice(rows, LIKELIHOOD_SAMPLE, replace=False)
    frame = effects.history.frame
    units, hidden = np.rint(frame["units"].to_numpy()[rows]), frame["censored"].to_numpy()[rows]
    mean = effects.mean[rows]

    def likelihood(size: Numbers, success: Numbers) -> float:
        seen = stats.nbinom.logpmf(units, size, success)
        return float(np.where(hidden, stats.nbinom.logsf(units - 1.0, size, success), seen).sum())

    ratio, relative = linear.value or 1.0, quadratic.value or 0.0
    first = likelihood(mean / (ratio - 1.0), np.full_like(mean, 1.0 / ratio))
    second = likelihood(np.full_like(mean, 1.0 / relative), 1.0 / (1.0 + relative * mean))
    return "quadratic" if second > first else "linear"


@dataclass(frozen=True)
class SizeSpread:
    """Standard deviations of log demand between stores, between SKUs, and of what is left per cell."""

    store: Estimate
    sku: Estimate
    cell: Estimate


def fit_size_spread(effects: EffectsFit) -> SizeSpread:
    """Split the fitted log levels into store + SKU + rest and measure each part's spread.

    A method-of-moments two-way random effects model; the rest's share in the store and SKU means is taken
    off. Errors take the effects as normal: sigma / sqrt(2 (count - 1)).
    """
    first = effects.history.frame.drop_duplicates("series")
    levels = pd.DataFrame(
        {
            "store": first["store"].to_numpy(),
            "sku": first["sku"].to_numpy(),
            "level": effects.regression.levels,
        }
    )
    store_codes = np.unique(levels["store"], return_inverse=True)[1]
    sku_codes = np.unique(levels["sku"], return_inverse=True)[1]
    stores, skus = int(store_codes.max()) + 1, int(sku_codes.max()) + 1
    value = levels["level"].to_numpy() - levels["level"].mean()
    store_effect, sku_effect = np.zeros(stores), np.zeros(skus)
    per_store, per_sku = np.bincount(store_codes), np.bincount(sku_codes)
    for _ in range(200):
        previous = store_effect
        store_effect = np.bincount(store_codes, value - sku_effect[sku_codes]) / per_store
        sku_effect = np.bincount(sku_codes, value - store_effect[store_codes]) / per_sku
        if np.abs(store_effect - previous).max() < 1e-9:
            break
    rest = value - store_effect[store_codes] - sku_effect[sku_codes]
    freedom = len(value) - stores - skus + 1
    rest_variance = float((rest**2).sum() / freedom) if freedom > 0 else 0.0

    def spread(effect: Numbers, sizes: Codes, noun: str) -> Estimate:
        if len(effect) < MIN_STORES_FOR_SPREAD:
            return unidentified(f"needs {MIN_STORES_FOR_SPREAD} {noun}", "log units")
        variance = float(effect.var(ddof=1)) - rest_variance * float((1.0 / sizes).mean())
        sigma = float(np.sqrt(max(variance, 0.0)))
        return Estimate(
            sigma, sigma / np.sqrt(2 * (len(effect) - 1)), len(effect), "two-way random effects", "log units"
        )

    cell = unidentified("needs several stores and SKUs", "log units")
    if freedom > 0:
        sigma = float(np.sqrt(rest_variance))
        cell = Estimate(
            sigma, sigma / np.sqrt(2 * freedom), len(value), "two-way random effects", "log units"
        )
    return SizeSpread(spread(store_effect, per_store, "stores"), spread(sku_effect, per_sku, "SKUs"), cell)
