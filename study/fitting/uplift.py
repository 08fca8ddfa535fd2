"""Where a promotion's extra units come from: other weeks, other SKUs, or nobody else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from study.fitting.design import MAX_SKUS_FOR_CROSS_EFFECTS
from study.fitting.effects import OWN_EFFECTS, EffectsFit
from study.fitting.estimate import Estimate, unidentified
from study.fitting.periods import DAYS_PER_PERIOD, Frequency
from study.fitting.regression import clustered_covariance, within

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LAG_WINDOWS: dict[Frequency, tuple[range, ...]] = {
    "day": (range(1, 8), range(8, 15)),
    "week": (range(1, 2), range(2, 3)),
    "month": (range(1, 2),),
}
"""Windows of past periods after a promotion in which the dip is looked for: two weeks, or one month."""

MIN_ROWS_SHARE = 0.3
MIN_SIGNAL = 3.0
UNIT = "share of uplift"
METHOD = "unit-sales decomposition (van Heerde, Leeflang and Wittink 2004), clustered errors"
TIME_PREFIXES = ("trend", "annual", "weekday")


@dataclass(frozen=True)
class UpliftFit:
    """Shares of the units a promotion adds."""

    pulled_forward_share: Estimate
    """Missing in the periods after."""
    switched_share: Estimate
    """Missing at the other SKUs of the category in the same store and period."""
    dip_days: int
    """Days after a promotion that were searched for missing units."""
    calibration: Estimate
    """Units really gained per unit of uplift the multiplicative model predicts; 1 if the model is right."""


def fit_uplift(effects: EffectsFit) -> UpliftFit:
    """Split the promotion bump by regressions in units.

    With U the uplift that the fitted multipliers predict for a SKU, store and period, both the SKU's own
    units and the units of the other SKUs there are regressed on U, on U of the periods before and on the
    others' uplift, with levels per series and common trend and season in proportion to the base. The
    switched share is minus the effect on the others over the effect on the own; the pulled-forward share is
    minus the sum of the lagged own effects over the own effect. Standard errors by the delta method.
    """
    frame, design = effects.history.frame, effects.design
    frequency = effects.history.calendar.frequency
    windows = LAG_WINDOWS[frequency]
    dip_days = round(windows[-1][-1] * DAYS_PER_PERIOD[frequency])

    def nothing(reason: str) -> UpliftFit:
        return UpliftFit(
            unidentified(reason, UNIT), unidentified(reason, UNIT), dip_days, unidentified(reason)
        )

    if not set(OWN_EFFECTS) & set(design.names):
        return nothing("no price or promotion moves in the history")
    stores, periods = frame["store"].to_numpy(), frame["period"].to_numpy()
    series = np.unique(frame["series"].to_numpy(), return_inverse=True)[1]
    uplift = _predicted_uplift(effects)
    past = _past_sums(series, periods, uplift, windows)
    known = ~np.isnan(past).any(axis=1)
    if known.mean() < MIN_ROWS_SHARE:
        return nothing("too few runs of consecutive periods")
    place = np.unique(stores * (int(periods.max()) + 1) + periods, return_inverse=True)[1]
    units, base = effects.regression.moments.mean, effects.regression.mean - uplift
    category_level = _group_means(stores, base + _of_others(place, base))
    times = design.matrix[:, [j for j, name in enumerate(design.names) if name.startswith(TIME_PREFIXES)]]
    alone = not 2 <= frame["sku"].nunique() <= MAX_SKUS_FOR_CROSS_EFFECTS
    pushed = [uplift[:, None], past] + ([] if alone else [_of_others(place, uplift)[:, None]])
    sample = _Sample(series[known], periods[known], 1.0 / np.maximum(category_level[known], 1e-9))

    own_design = np.hstack([*pushed, times * _group_means(series, base)[:, None]])[known]
    gained, covariance = sample.regress(units[known], own_design)
    if gained[0] < MIN_SIGNAL * np.sqrt(covariance[0, 0]):
        return nothing("the uplift is too small to split")
    n = int(known.sum())
    calibration = Estimate(float(gained[0]), float(np.sqrt(covariance[0, 0])), n, METHOD)
    pulled = _pulled_forward(gained, covariance, windows, n)
    if alone:
        switched = unidentified(f"needs 2 to {MAX_SKUS_FOR_CROSS_EFFECTS} SKUs in a category", UNIT)
        return UpliftFit(pulled, switched, dip_days, calibration)
    rival_design = np.hstack([*pushed, times * category_level[:, None]])[known]
    rival_units = _of_others(place, units)[known]
    lost, _ = sample.regress(rival_units, rival_design)
    ratio = -float(lost[0] / gained[0])
    # At the estimated ratio this combination has a zero effect; its error is the ratio's, times the gain.
    _, ratio_covariance = sample.regress(rival_units + ratio * units[known], rival_design)
    error = float(np.sqrt(ratio_covariance[0, 0]) / gained[0])
    return UpliftFit(pulled, Estimate(ratio, error, n, METHOD, UNIT), dip_days, calibration)


def _predicted_uplift(effects: EffectsFit) -> Numbers:
    """Units that price cut, promotion and feature add, by the fitted multipliers."""
    effect = np.zeros(len(effects.history.frame))
    for name in OWN_EFFECTS:
        column = effects.design.column(name)
        if column is not None:
            # A price above the regular one is no promotion.
            effect += effects.coefficient(name) * (np.minimum(column, 0.0) if name == "log_price" else column)
    return np.asarray(effects.regression.mean * -np.expm1(-effect), dtype=np.float64)


def _pulled_forward(gained: Numbers, covariance: Numbers, windows: tuple[range, ...], n: int) -> Estimate:
    lengths = np.array([len(window) for window in windows], dtype=np.float64)
    k = 1 + len(lengths)
    share = -float(lengths @ gained[1:k]) / gained[0]
    gradient = np.concatenate([[-share / gained[0]], -lengths / gained[0]])
    error = float(np.sqrt(gradient @ covariance[:k, :k] @ gradient))
    return Estimate(float(share), error, n, METHOD, UNIT)


def _past_sums(series: Codes, periods: Codes, values: Numbers, windows: tuple[range, ...]) -> Numbers:
    """Sums of past values per window, shape (n, windows); NaN where a period of it has no row."""
    # Series are spaced wider than any lag, so that no lag reaches into the series before.
    keys = series * (int(periods.max()) + 1 + windows[-1][-1] + 1) + periods
    rows = np.arange(len(keys))
    sums = np.zeros((len(values), len(windows)))
    for column, window in enumerate(windows):
        for lag in window:
            at = np.maximum(rows - lag, 0)
            gap = np.flatnonzero(keys[at] != keys - lag)
            at[gap] = np.minimum(np.searchsorted(keys, keys[gap] - lag), len(keys) - 1)
            sums[:, column] += np.where(keys[at] == keys - lag, values[at], np.nan)
    return sums


def _of_others(place: Codes, values: Numbers) -> Numbers:
    """Sum over the other SKUs at the same store and period."""
    return np.asarray(np.bincount(place, values)[place] - values, dtype=np.float64)


def _group_means(groups: Codes, values: Numbers) -> Numbers:
    means = np.bincount(groups, values) / np.maximum(np.bincount(groups), 1)
    return np.asarray(means[groups], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Sample:
    """Rows of the unit regressions; weights are one over the category's base sales at the store."""

    series: Codes
    periods: Codes
    weights: Numbers

    def regress(self, target: Numbers, regressors: Numbers) -> tuple[Numbers, Numbers]:
        """Weighted least squares with levels per series: coefficients and clustered covariance."""
        starts = np.flatnonzero(np.diff(self.series, prepend=-1))
        sizes = np.diff(np.append(starts, len(self.series)))
        moved, _ = within(np.column_stack([target, regressors]), self.weights, starts, sizes)
        y, x = moved[:, 0], moved[:, 1:]
        weighted = x * self.weights[:, None]
        solution = np.linalg.lstsq(weighted.T @ x, weighted.T @ y, rcond=None)[0]
        scores = weighted * (y - x @ solution)[:, None]
        covariance = clustered_covariance(scores, weighted.T @ x, self.series, self.periods)
        return np.asarray(solution, dtype=np.float64), covariance
