"""How well the fit describes the past and forecasts the periods held back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.fitting.censoring import expected_sales
from study.fitting.classification import classify_series
from study.fitting.design import MIN_YEARS_FOR_CERTAIN_SEASON, build_design
from study.fitting.dispersion import DispersionFit, fit_dispersion
from study.fitting.effects import EffectsFit, own_log_effect, poisson_deviance
from study.fitting.history import History
from study.fitting.periods import PERIODS_PER_YEAR, Frequency
from study.fitting.uplift import fit_promotions, lost_units

Numbers = npt.NDArray[np.float64]

COVERAGE = 0.90
PIT_BINS = 10
SEASON_LAG: dict[Frequency, int] = {"day": 7, "week": 52, "month": 12}
DEFAULT_HOLDOUT: dict[Frequency, int] = {"day": 28, "week": 8, "month": 3}
MAX_HOLDOUT_SHARE = 0.25
MAX_TESTED = 200_000
MAX_FORECAST_ROWS = 400_000


@dataclass(frozen=True)
class GoodnessOfFit:
    """How the fitted model describes the history it was fitted to."""

    deviance_explained: float
    """Share of the Poisson deviance around the series means that effects and patterns explain."""
    pit_chi_square: float
    """Chi-square of the randomised probability integral transform over ten bins (Czado et al. 2009)."""
    pit_p_value: float
    """Its p-value, taking observations as independent; tiny for any large history."""
    pit_largest_gap: float
    """Largest difference between a bin's share and a tenth: the size of the misfit."""


@dataclass(frozen=True)
class HoldoutAccuracy:
    """Forecast errors on the last periods, prices and promotions known."""

    periods: int
    observations: int
    wape: float
    """Sum of absolute errors over sum of sales."""
    bias: float
    """Sum of (forecast - sales) over sum of sales."""
    mase: float
    """Mean over series of the absolute error over that of the one-step naive forecast in the past
    (Hyndman and Koehler 2006)."""
    coverage: float
    """Share of observations inside the central 90% interval of the fitted negative binomial."""
    naive_wape: float
    """The same error when the last value is repeated."""
    seasonal_naive_wape: float | None
    """The same error when the value of a season ago is repeated; None without a season of history."""


def goodness_of_fit(effects: EffectsFit, dispersion: DispersionFit, seed: int) -> GoodnessOfFit:
    """Deviance explained and randomised probability integral transform.

    Demand behind an empty shelf enters the deviance by its expectation; its transform is drawn between the
    probability of less than was sold and one.
    """
    from scipy import stats

    frame, mean, demand = effects.history.frame, effects.mean, effects.demand
    series = np.unique(frame["series"].to_numpy(), return_inverse=True)[1]
    average = (np.bincount(series, demand) / np.bincount(series))[series]
    null = poisson_deviance(demand, np.maximum(average, 1e-12))
    explained = 1.0 - poisson_deviance(demand, mean) / null if null > 0 else 0.0
    rng = np.random.default_rng(seed)
    rows = np.arange(len(mean))
    if len(rows) > MAX_TESTED:
        rows = rng.choice(len(rows), MAX_TESTED, replace=False)
    units, hidden = np.rint(frame["units"].to_numpy()[rows]), frame["censored"].to_numpy()[rows]
    below = _distribution(units - 1, mean[rows], dispersion)
    upto = np.where(hidden, 1.0, _distribution(units, mean[rows], dispersion))
    transform = below + rng.random(len(rows)) * (upto - below)
    counts = np.bincount(
        np.minimum((transform * PIT_BINS).astype(np.int64), PIT_BINS - 1), minlength=PIT_BINS
    )
    expected = len(rows) / PIT_BINS
    statistic = float(((counts - expected) ** 2 / expected).sum())
    gap = float(np.abs(counts / len(rows) - 1 / PIT_BINS).max())
    return GoodnessOfFit(float(explained), statistic, float(stats.chi2.sf(statistic, PIT_BINS - 1)), gap)


def holdout_accuracy(
    history: History, periods: int | None, seed: int, *, use_stock: bool = True
) -> HoldoutAccuracy | None:
    """Refit without the last periods and forecast them.

    Levels are those of the training period's end; a trend from less than two years is not carried on. What is
    forecast is sales: expected demand cut off at the stock that was there, where the file tells it. Where it
    only tells that the shelf ran empty, such observations are not scored. Of a large history a sample of
    stores is scored.

    Args:
        history: one category.
        periods: periods to hold back; by default 28 days, 8 weeks or 3 months, at most a quarter.
        seed: of the sample that chooses the variance form.
        use_stock: whether stock-outs are treated as censoring.

    Returns:
        None when the history is too short to hold anything back.
    """
    history = history.sample(MAX_FORECAST_ROWS, seed)
    frequency = history.calendar.frequency
    last = int(history.frame["period"].max())
    span = last - int(history.frame["period"].min()) + 1
    held = min(periods or DEFAULT_HOLDOUT[frequency], int(span * MAX_HOLDOUT_SHARE))
    if held < 1:
        return None
    split = last - held + 1
    past = history.before(split)
    if past.frame["units"].sum() <= 0:
        return None
    train, uplift = fit_promotions(past, use_stock=use_stock)
    classes = classify_series(
        train.history.frame["series"].to_numpy(), train.history.frame["units"].to_numpy()
    )
    dispersion = fit_dispersion(
        train, classes["demand_class"].to_numpy()[train.history.frame["series"]], seed
    )
    known = np.unique(train.history.frame["series"].to_numpy())
    target = history.where(np.isin(history.frame["series"].to_numpy(), known))
    design = build_design(target, origin_years=train.design.origin_years)
    frame = target.frame
    log_mean = train.regression.levels[np.searchsorted(known, frame["series"].to_numpy())]
    short = span - held < MIN_YEARS_FOR_CERTAIN_SEASON * 0.98 * PERIODS_PER_YEAR[frequency]
    for name, coefficient in zip(train.design.names, train.regression.coefficients, strict=True):
        column = design.column(name)
        if column is not None:
            log_mean = log_mean + coefficient * (
                np.minimum(column, 0.0) if name == "trend" and short else column
            )
    gross = np.exp(np.clip(log_mean, -30.0, 30.0))
    mean = gross
    if train.lost.any():
        effect = own_log_effect(design, train.coefficient)
        mean = np.maximum(gross - lost_units(target, gross, effect, uplift.shares), 0.02 * gross)
    scored = history.has_limit | ~frame["censored"].to_numpy()
    test = scored & (frame["period"].to_numpy() >= split)
    if not test.any() or frame.loc[test, "units"].sum() <= 0:
        return None
    return _score(frame, mean, test, split, held, SEASON_LAG[frequency], dispersion)


def _score(
    frame: pd.DataFrame,
    mean: Numbers,
    test: npt.NDArray[np.bool_],
    split: int,
    held: int,
    season: int,
    dispersion: DispersionFit,
) -> HoldoutAccuracy:
    units, series, periods = (frame[name].to_numpy() for name in ("units", "series", "period"))
    actual, limit = units[test], frame["limit"].to_numpy()[test]
    ratio = np.maximum(dispersion.variance(mean[test]) / mean[test], 1.0)
    forecast = expected_sales(mean[test], ratio, limit)
    low, high = (np.minimum(bound, limit) for bound in _interval(mean[test], dispersion))
    sold = float(actual.sum())
    past = periods < split
    last_row = np.full(int(series.max()) + 1, -1)
    last_row[series[past]] = np.flatnonzero(past)
    naive = units[last_row[series[test]]]
    keys = series * (int(periods.max()) + 2 + season) + periods
    # A season ago must itself lie in the training period: step back whole seasons.
    back = keys[test] - season * -(-held // season)
    at = np.minimum(np.searchsorted(keys, back), len(keys) - 1)
    found = keys[at] == back
    seasonal = None
    if found.mean() > 0.8:
        seasonal = float(np.abs(units[at] - actual)[found].sum() / actual[found].sum())
    step = (np.diff(series) == 0) & (periods[1:] < split)
    moves = np.bincount(series[1:][step], np.abs(np.diff(units))[step], minlength=len(last_row))
    steps = np.bincount(series[1:][step], minlength=len(last_row))
    misses = np.bincount(series[test], np.abs(forecast - actual), minlength=len(last_row))
    tests = np.bincount(series[test], minlength=len(last_row))
    usable = (moves > 0) & (tests > 0)
    mase = float(np.mean((misses / np.maximum(tests, 1))[usable] / (moves / np.maximum(steps, 1))[usable]))
    return HoldoutAccuracy(
        periods=held,
        observations=int(test.sum()),
        wape=float(np.abs(forecast - actual).sum() / sold),
        bias=float((forecast - actual).sum() / sold),
        mase=mase,
        coverage=float(((actual >= low) & (actual <= high)).mean()),
        naive_wape=float(np.abs(naive - actual).sum() / sold),
        seasonal_naive_wape=seasonal,
    )


def _shape(mean: Numbers, dispersion: DispersionFit) -> tuple[Numbers, Numbers]:
    """Size and success probability of the negative binomial with the fitted variance."""
    ratio = np.maximum(dispersion.variance(mean) / mean, 1.0 + 1e-9)
    return mean / (ratio - 1.0), 1.0 / ratio


def _distribution(units: Numbers, mean: Numbers, dispersion: DispersionFit) -> Numbers:
    from scipy import stats

    size, success = _shape(mean, dispersion)
    return np.asarray(stats.nbinom.cdf(units, size, success), dtype=np.float64)


def _interval(mean: Numbers, dispersion: DispersionFit) -> tuple[Numbers, Numbers]:
    from scipy import stats

    size, success = _shape(mean, dispersion)
    tail = (1.0 - COVERAGE) / 2.0
    return stats.nbinom.ppf(tail, size, success), stats.nbinom.ppf(1.0 - tail, size, success)
