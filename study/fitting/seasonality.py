"""Week, year and trend, as factors of the scenario language, with what cannot be told from the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from study.fitting.design import MIN_YEARS_FOR_CERTAIN_SEASON, MIN_YEARS_FOR_SEASON, seasonal_columns
from study.fitting.effects import METHOD, EffectsFit
from study.fitting.estimate import Estimate, unidentified
from study.fitting.periods import PERIODS_PER_YEAR

Numbers = npt.NDArray[np.float64]

WEEKDAYS = 7
MONTHS = 12


@dataclass(frozen=True)
class SeasonFit:
    """Factors of mean 1; empty where the history cannot tell them."""

    weekday_factors: tuple[Estimate, ...]
    """Monday to Sunday."""
    month_factors: tuple[Estimate, ...]
    """January to December."""
    trend_per_year: Estimate
    notes: tuple[str, ...]


def fit_season(effects: EffectsFit) -> SeasonFit:
    """Read the time patterns off a fitted regression.

    The annual pattern comes from two harmonics, averaged over the days of each month; standard errors by the
    delta method. It needs a year of history, and is called indicative below two: a single cycle cannot be
    told from a trend or from one-off events.
    """
    calendar = effects.history.calendar
    years = len(np.unique(effects.history.frame["period"])) / PERIODS_PER_YEAR[calendar.frequency]
    notes = []
    weekdays: tuple[Estimate, ...] = ()
    months: tuple[Estimate, ...] = ()
    trend = unidentified(f"needs {MIN_YEARS_FOR_SEASON:g} year of history, has {years:.1f}", "share per year")
    if calendar.frequency == "day":
        weekdays = _factors(effects, "weekday_", _weekday_factors)
    else:
        notes.append(f"weekday factors are not identifiable from {calendar.frequency}ly sales")
    seasonal = "annual_cos_1" in effects.design.names
    if not seasonal:
        notes.append(
            f"annual pattern and trend are not identifiable: {years:.1f} years of history, 1 needed, 2 better"
        )
    elif calendar.first_day is None:
        notes.append("the annual pattern is allowed for but not reported: the periods carry no dates")
    else:
        months = _factors(effects, "annual_", _month_factors)
    if seasonal and "trend" in effects.design.names:
        j = effects.design.names.index("trend")
        slope = float(effects.regression.coefficients[j])
        error = float(effects.regression.standard_errors[j])
        n = len(effects.regression.mean)
        trend = Estimate(float(np.expm1(slope)), float(np.exp(slope)) * error, n, METHOD, "share per year")
        if years < MIN_YEARS_FOR_CERTAIN_SEASON * 0.98:
            notes.append(
                f"annual pattern and trend are indicative only: {years:.1f} years of history, below 2"
            )
    return SeasonFit(weekdays, months, trend, tuple(notes))


def _factors(effects: EffectsFit, prefix: str, shape: Callable[[Numbers], Numbers]) -> tuple[Estimate, ...]:
    """Factors as a function of the coefficients named `prefix...`, with delta-method errors."""
    chosen = [j for j, name in enumerate(effects.design.names) if name.startswith(prefix)]
    expected = WEEKDAYS - 1 if prefix == "weekday_" else 4
    if len(chosen) != expected:
        return ()
    coefficients = effects.regression.coefficients[chosen]
    covariance = effects.regression.covariance[np.ix_(chosen, chosen)]
    values = shape(coefficients)
    step = 1e-5
    jacobian = np.column_stack(
        [
            (shape(coefficients + step * unit) - shape(coefficients - step * unit)) / (2 * step)
            for unit in np.eye(len(chosen))
        ]
    )
    errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian), 0.0))
    n = len(effects.regression.mean)
    return tuple(Estimate(float(v), float(e), n, METHOD) for v, e in zip(values, errors, strict=True))


def _weekday_factors(coefficients: Numbers) -> Numbers:
    factors = np.exp(np.concatenate([[0.0], coefficients]))
    return np.asarray(factors / factors.mean(), dtype=np.float64)


def _month_factors(coefficients: Numbers) -> Numbers:
    days = [date(2023, 1, 1) + timedelta(days=i) for i in range(365)]
    fourier = np.column_stack(list(seasonal_columns(np.arange(0.5, 365.0) / 365.0).values()))
    daily = np.exp(fourier @ coefficients)
    month = np.array([day.month - 1 for day in days])
    factors = np.bincount(month, daily) / np.bincount(month)
    return np.asarray(factors / factors.mean(), dtype=np.float64)
