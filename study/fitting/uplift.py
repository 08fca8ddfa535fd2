"""Where a promotion's extra units come from: later weeks, other SKUs, or nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.fitting.design import MAX_SKUS_FOR_CROSS_EFFECTS
from study.fitting.effects import OWN_EFFECTS, EffectsFit, fit_effects, poisson_deviance
from study.fitting.estimate import Estimate, unidentified
from study.fitting.history import History
from study.fitting.periods import DAYS_PER_PERIOD, Frequency
from study.fitting.regression import clustered_covariance, within

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

DIP_PERIODS: dict[Frequency, int] = {"day": 14, "week": 2, "month": 1}
"""Periods after a promotion in which the missing units are looked for."""

MIN_LIFT = 1.1
MIN_SIGNAL = 3.0
WORTH_ADDING_BACK = 2.0
MAX_ROUNDS = 6
MANY_ROWS = 400_000
FEW_ROUNDS = 2
SETTLED = 0.003
MAX_SHARE = 0.9
MAX_LOSS = 0.95
UNIT = "share of uplift"
METHOD = "unit-sales decomposition (van Heerde, Leeflang and Wittink 2004), clustered errors"
TIME_PREFIXES = ("trend", "annual", "weekday")


@dataclass(frozen=True)
class UpliftFit:
    """Shares of the units a promotion adds."""

    pulled_forward_share: Estimate
    """Missing in the periods after."""
    next_periods_share: Estimate
    """Missing in as many periods after, promoted again or not: what a repeated promotion loses too."""
    switched_share: Estimate
    """Missing at the other SKUs of the category in the same store and period."""
    dip_days: int
    """Days after a promotion that were searched for missing units."""
    calibration: Estimate
    """Units really gained per unit of uplift the multiplicative model predicts; 1 if the model is right."""

    @property
    def shares(self) -> tuple[float, float]:
        """Pulled-forward and switched share as used in forecasts: 0 where unknown, within 0..0.9."""
        found = (self.pulled_forward_share.value or 0.0, self.switched_share.value or 0.0)
        return min(max(found[0], 0.0), MAX_SHARE), min(max(found[1], 0.0), MAX_SHARE)

    @property
    def worth_adding_back(self) -> bool:
        """Whether a share is large beside its error."""
        return any(
            estimate.value is not None
            and estimate.standard_error is not None
            and estimate.value > WORTH_ADDING_BACK * estimate.standard_error
            for estimate in (self.pulled_forward_share, self.switched_share)
        )


def fit_promotions(history: History, *, use_stock: bool = True) -> tuple[EffectsFit, UpliftFit]:
    """Fit effects and the balance of the uplift together.

    Where promotions take units from other periods and SKUs, the sales of those understate their base and the
    multipliers come out too high. So the units taken are added back and the multipliers fitted again, until
    the shares settle; the other SKUs' prices then leave the regression, as the switched units stand for them.
    The result is kept only if it describes the history better than the plain regression, by its deviance.

    Args:
        history: one category.
        use_stock: whether stock-outs are treated as censoring.
    """
    plain = effects = fit_effects(history, use_stock=use_stock)
    plain_uplift = uplift = fit_uplift(effects)
    if not uplift.worth_adding_back:
        return plain, plain_uplift
    for _ in range(MAX_ROUNDS if len(history.frame) <= MANY_ROWS else FEW_ROUNDS):
        shares = uplift.shares
        lost = lost_units(effects.history, effects.regression.mean, effects.own_log_effect(), shares)
        effects = fit_effects(
            history, use_stock=use_stock, lost=lost, cross_price=plain.cross_price_elasticity
        )
        uplift = fit_uplift(effects)
        if max(abs(new - old) for new, old in zip(uplift.shares, shares, strict=True)) < SETTLED:
            break
    if poisson_deviance(effects.demand, effects.mean) < poisson_deviance(plain.demand, plain.mean):
        return effects, uplift
    return plain, plain_uplift


def fit_uplift(effects: EffectsFit) -> UpliftFit:
    """Split the promotion bump by a regression in units.

    With U the uplift that the fitted multipliers predict, a SKU's units are regressed on its own U, on the U
    of its last promotions spread over the periods after, and on the U of the category's other SKUs shared out
    in proportion to sales, with levels per series and common trend and season in proportion to the base. The
    shares are minus the second and third effect over the first, with delta-method errors.
    """
    frame, design = effects.history.frame, effects.design
    frequency = effects.history.calendar.frequency
    dip_days = round(DIP_PERIODS[frequency] * DAYS_PER_PERIOD[frequency])

    def nothing(reason: str) -> UpliftFit:
        share = unidentified(reason, UNIT)
        return UpliftFit(share, share, share, dip_days, unidentified(reason))

    if not set(OWN_EFFECTS) & set(design.names):
        return nothing("no price or promotion moves in the history")
    gross, effect = effects.regression.mean, effects.own_log_effect()
    uplift = gross * -np.expm1(-effect)
    series = np.unique(frame["series"].to_numpy(), return_inverse=True)[1]
    dip_periods = DIP_PERIODS[frequency]
    dip = _dips(series, uplift, _promoted(frame, effect), dip_periods)
    place = _places(frame)
    alone = not 2 <= frame["sku"].nunique() <= MAX_SKUS_FOR_CROSS_EFFECTS
    rivals = [] if alone else [_rivalry(place, uplift, effects.mean)]
    base = gross - uplift
    times = design.matrix[:, [j for j, name in enumerate(design.names) if name.startswith(TIME_PREFIXES)]]
    moving = times * _group_means(series, base)[:, None]
    # The first periods of a series may stand in the dip of a promotion that the history does not show.
    known = _position(series) >= dip_periods
    if not known.any():
        return nothing("series are too short")
    category_level = _group_means(frame["store"].to_numpy(), base + _of_others(place, base))
    weights = 1.0 / np.maximum(category_level[known], 1e-9)
    periods = frame["period"].to_numpy()[known]

    def shares_of(after: Numbers) -> tuple[list[Estimate], Estimate]:
        regressors = np.column_stack([uplift, after, *rivals, moving])[known]
        found, covariance = _regress(effects.demand[known], regressors, weights, series[known], periods)
        n = len(periods)
        ratios = [_minus_ratio(found, covariance, j, n) for j in range(1, 2 + len(rivals))]
        return ratios, Estimate(float(found[0]), float(covariance[0, 0]) ** 0.5, n, METHOD)

    shares, calibration = shares_of(dip)
    if calibration.value is None or calibration.value < MIN_SIGNAL * (calibration.standard_error or 0.0):
        return nothing("the uplift is too small to split")
    reason = f"needs 2 to {MAX_SKUS_FOR_CROSS_EFFECTS} SKUs in a category"
    return UpliftFit(
        pulled_forward_share=shares[0],
        next_periods_share=shares_of(_lagged_mean(series, uplift, dip_periods))[0][0],
        switched_share=unidentified(reason, UNIT) if alone else shares[1],
        dip_days=dip_days,
        calibration=calibration,
    )


def _minus_ratio(found: Numbers, covariance: Numbers, j: int, n: int) -> Estimate:
    """Minus the ratio of coefficient j to the first, with its delta-method error."""
    value = -float(found[j] / found[0])
    gradient = np.array([-value, -1.0]) / found[0]
    variance = float(gradient @ covariance[np.ix_([0, j], [0, j])] @ gradient)
    return Estimate(value, variance**0.5, n, METHOD, UNIT)


def lost_units(history: History, gross: Numbers, effect: Numbers, shares: tuple[float, float]) -> Numbers:
    """Units that promotions take from each observation: by earlier ones of the SKU, then by other SKUs.

    Args:
        history: observations, one category.
        gross: mean demand with the own promotion, before anything is taken, shape (n,).
        effect: log multiplier of the own promotion, shape (n,).
        shares: pulled-forward and switched share of the uplift.
    """
    frame = history.frame
    uplift = gross * -np.expm1(-effect)
    series = np.unique(frame["series"].to_numpy(), return_inverse=True)[1]
    dips = _dips(series, uplift, _promoted(frame, effect), DIP_PERIODS[history.calendar.frequency])
    dip = np.minimum(shares[0] * dips, MAX_LOSS * gross)
    switched = shares[1] * _rivalry(_places(frame), uplift, gross - dip) if shares[1] else 0.0
    return np.asarray(dip + np.minimum(switched, MAX_LOSS * (gross - dip)), dtype=np.float64)


def _promoted(frame: pd.DataFrame, effect: Numbers) -> npt.NDArray[np.bool_]:
    """Rows on promotion: flagged ones; without any flag, those whose price lifts demand by a tenth."""
    flagged = (frame["promotion"].to_numpy() > 0) | (frame["feature"].to_numpy() > 0)
    promoted: npt.NDArray[np.bool_] = flagged if flagged.any() else effect > np.log(MIN_LIFT)
    return promoted


def _dips(series: Codes, uplift: Numbers, promoted: npt.NDArray[np.bool_], periods: int) -> Numbers:
    """The uplift of each run of promoted periods, spread evenly over the next unpromoted ones of its series.

    Args:
        series: sorted series codes, shape (n,).
        uplift: units gained per observation.
        promoted: whether each observation is on promotion.
        periods: unpromoted periods over which a run's uplift is spread.
    """
    spread = np.zeros(len(uplift))
    calm = np.flatnonzero(~promoted)
    if not promoted.any() or not calm.size:
        return spread
    start = promoted & np.concatenate([[True], ~promoted[:-1] | (np.diff(series) != 0)])
    run = np.cumsum(start)[promoted] - 1
    gained = np.bincount(run, uplift[promoted])
    run_start = np.flatnonzero(start)
    # Unpromoted rows in order: those after a run begin where its first row would be sorted in.
    first = np.searchsorted(calm, run_start)
    series_end = np.searchsorted(series[calm], series[run_start], side="right")
    last = np.minimum(first + periods, series_end)
    per_period = gained / periods
    steps = np.bincount(first, per_period, minlength=calm.size + 1) - np.bincount(
        last, per_period, minlength=calm.size + 1
    )
    spread[calm] = np.maximum(np.cumsum(steps)[:-1], 0.0)
    return spread


def _rivalry(place: Codes, uplift: Numbers, demand: Numbers) -> Numbers:
    """The uplift of the other SKUs of a store and period, shared out in proportion to demand."""
    others = _of_others(place, demand)
    pressure = np.divide(uplift, others, out=np.zeros_like(uplift), where=others > 1e-9)
    return np.asarray(demand * _of_others(place, pressure), dtype=np.float64)


def _of_others(place: Codes, values: Numbers) -> Numbers:
    """Sum over the other SKUs at the same store and period."""
    return np.asarray(np.bincount(place, values)[place] - values, dtype=np.float64)


def _lagged_mean(series: Codes, values: Numbers, periods: int) -> Numbers:
    """Mean over the observations 1 .. periods before, within the series; what lies before it counts as 0."""
    total = np.zeros(len(values))
    for lag in range(1, min(periods, len(values) - 1) + 1):
        total[lag:] += np.where(series[lag:] == series[:-lag], values[:-lag], 0.0)
    return total / periods


def _places(frame: pd.DataFrame) -> Codes:
    """One code per store and period."""
    periods = frame["period"].to_numpy()
    return np.unique(frame["store"].to_numpy() * (int(periods.max()) + 1) + periods, return_inverse=True)[1]


def _position(series: Codes) -> Codes:
    """Rank of each row within its series, from 0."""
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    return np.arange(len(series)) - np.repeat(starts, np.diff(np.append(starts, len(series))))


def _group_means(groups: Codes, values: Numbers) -> Numbers:
    means = np.bincount(groups, values) / np.maximum(np.bincount(groups), 1)
    return np.asarray(means[groups], dtype=np.float64)


def _regress(
    target: Numbers, regressors: Numbers, weights: Numbers, series: Codes, periods: Codes
) -> tuple[Numbers, Numbers]:
    """Weighted least squares with levels per series: coefficients and clustered covariance."""
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    sizes = np.diff(np.append(starts, len(series)))
    moved, _ = within(np.column_stack([target, regressors]), weights, starts, sizes)
    y, x = moved[:, 0], moved[:, 1:]
    weighted = x * weights[:, None]
    solution = np.asarray(np.linalg.lstsq(weighted.T @ x, weighted.T @ y, rcond=None)[0], dtype=np.float64)
    scores = weighted * (y - x @ solution)[:, None]
    return solution, clustered_covariance(scores, weighted.T @ x, series, periods)
