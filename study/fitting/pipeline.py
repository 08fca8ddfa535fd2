"""From a sales history to a fitted demand block: the steps in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios import Problem, ScenarioError
from study.fitting.accuracy import goodness_of_fit, holdout_accuracy
from study.fitting.classification import classify_series
from study.fitting.design import regular_prices, seasonal_columns
from study.fitting.dispersion import fit_dispersion, fit_size_spread, sku_ratios
from study.fitting.effects import EffectsFit
from study.fitting.history import AbsentRows, History, read_history
from study.fitting.periods import DAYS_PER_PERIOD, PERIODS_PER_YEAR, Frequency
from study.fitting.result import ClassFit, FittedDemand
from study.fitting.seasonality import fit_season
from study.fitting.shocks import fit_shocks
from study.fitting.uplift import fit_promotions

MIN_PERIODS = 4


def fit_demand(
    path: Path | str,
    *,
    seed: int = 1,
    holdout_periods: int | None = None,
    columns: Mapping[str, str] | None = None,
    frequency: Frequency | None = None,
    first_day: date | None = None,
    unit_size: float = 1.0,
    absent_rows: AbsentRows = "missing",
    use_stock: bool = True,
    source: str = "",
) -> FittedDemand:
    """Fit the demand block of a scenario to a planner's sales history.

    Args:
        path: CSV (UTF-8) or xlsx, gzipped or not, long or wide; see `history.read_history`.
        seed: of the probability integral transform and of samples; no estimate depends on it.
        holdout_periods: periods held back to measure accuracy; 28 days, 8 weeks or 3 months by default.
        columns: role -> header where names are not recognised.
        frequency: day, week or month where the file cannot tell.
        first_day: first day of period number 1 where periods are numbered.
        unit_size: what the file counts per unit sold.
        absent_rows: whether periods without a row were not recorded or saw no sale.
        use_stock: whether stock-outs count as censored demand.
        source: name of the history in the provenance; the file's name by default.

    Raises:
        ScenarioError: everything wrong with the file, by file:row:column.
        MissingExtraError: statsmodels is not installed.
    """
    history = read_history(
        Path(path),
        columns=columns,
        frequency=frequency,
        first_day=first_day,
        unit_size=unit_size,
        absent_rows=absent_rows,
    )
    return fit_history(
        replace(history, source=source or history.source),
        seed=seed,
        holdout_periods=holdout_periods,
        use_stock=use_stock,
    )


def fit_history(
    history: History, *, seed: int = 1, holdout_periods: int | None = None, use_stock: bool = True
) -> FittedDemand:
    """Fit a history that was already read; arguments as in `fit_demand`."""
    _refuse_hopeless(history)
    frame = history.frame
    codes = frame["series"].to_numpy()
    series = _series_table(history)
    class_of_row = series["demand_class"].to_numpy()[codes]
    fits, rates, ratios = [], [], []
    for category in np.unique(frame["category"].to_numpy()):
        part = history.of_category(int(category))
        if part.frame["units"].sum() <= 0:
            continue
        effects, uplift = fit_promotions(part, use_stock=use_stock)
        of_part = class_of_row[(frame["category"] == category).to_numpy()]
        kept = dict(zip(part.frame["series"].to_numpy(), of_part, strict=True))
        demand_class = effects.history.frame["series"].map(kept).to_numpy(dtype=object)
        dispersion = fit_dispersion(effects, demand_class, seed)
        season = fit_season(effects)
        fits.append(
            ClassFit(
                category=history.categories[int(category)],
                price_elasticity=effects.price_elasticity,
                promotion_multiplier=effects.promotion_multiplier,
                feature_multiplier=effects.feature_multiplier,
                cross_price_elasticity=effects.cross_price_elasticity,
                uplift=uplift,
                season=season,
                dispersion=dispersion,
                spread=fit_size_spread(effects),
                shocks=fit_shocks(effects),
                goodness=goodness_of_fit(effects, dispersion, seed),
                accuracy=holdout_accuracy(part, holdout_periods, seed, use_stock=use_stock),
                notes=effects.notes + season.notes,
            )
        )
        rates.append(_rates(effects))
        ratios.append(sku_ratios(effects))
    all_rates = _all_rates(history, pd.concat(rates, ignore_index=True))
    return FittedDemand(
        source=history.source,
        digest=history.digest,
        rows=history.rows,
        calendar=history.calendar,
        stores=len(history.stores),
        skus=len(history.skus),
        censored_share=float(frame["censored"].mean()),
        classes=tuple(fits),
        series=series,
        sku_table=_sku_table(history, all_rates, pd.concat(ratios, ignore_index=True)),
        rates=all_rates,
        notes=history.notes,
    )


def _refuse_hopeless(history: History) -> None:
    frame = history.frame
    rule = ""
    if frame["units"].sum() <= 0:
        rule = "the history must hold at least one sale"
    elif frame["period"].nunique() < MIN_PERIODS:
        rule = f"the history must span at least {MIN_PERIODS} periods"
    elif frame["censored"].all():
        rule = "some periods must have stock left: with the shelf always empty, demand is unknown"
    if rule:
        raise ScenarioError([Problem(code="E512", file=history.source, rule=rule)])


def _series_table(history: History) -> pd.DataFrame:
    frame = history.frame
    known = frame.drop_duplicates("series")
    names = pd.DataFrame(
        {
            "store_id": np.array(history.stores, dtype=object)[known["store"]],
            "sku_id": np.array(history.skus, dtype=object)[known["sku"]],
            "category": np.array(history.categories, dtype=object)[known["category"]],
        }
    )
    # A period without stock and without a sale says nothing about how often the item is asked for.
    told = ~(frame["censored"] & (frame["units"] <= 0)).to_numpy()
    classes = classify_series(frame["series"].to_numpy()[told], frame["units"].to_numpy()[told])
    return pd.concat([names, classes.reindex(range(len(names))).reset_index(drop=True)], axis=1)


def _rates(effects: EffectsFit) -> pd.DataFrame:
    """Base rate per series: the fitted level at the end of the history, patterns at their mean."""
    regression, design = effects.regression, effects.design
    calendar = effects.history.calendar
    pattern = 1.0
    if "weekday_1" in design.names:
        weekdays = [0.0] + [effects.coefficient(f"weekday_{day}") for day in range(1, 7)]
        pattern *= float(np.exp(weekdays).mean())
    annual = [effects.coefficient(name) for name in design.names if name.startswith("annual_")]
    if annual:
        terms = np.column_stack(list(seasonal_columns(np.arange(365) / 365.0).values()))
        pattern *= float(np.exp(terms @ annual).mean())
    short = calendar.count < PERIODS_PER_YEAR[calendar.frequency] * 0.98
    slope = effects.coefficient("trend")
    series = np.unique(effects.history.frame["series"].to_numpy(), return_inverse=True)[1]
    level = regression.levels
    if short and slope:
        # Below a year a trend may be a season: the rate is then that of the middle of the history.
        years = calendar.years(effects.history.frame["period"].to_numpy()) - design.origin_years
        level = level + slope * float(years.mean())
    daily = np.exp(level) * pattern / DAYS_PER_PERIOD[calendar.frequency]
    information = np.bincount(series, regression.mean * (1.0 - regression.moments.lost_information))
    error = np.sqrt(max(regression.variance_to_mean, 1.0) / np.maximum(information, 1e-12))
    first = effects.history.frame.drop_duplicates("series")
    return pd.DataFrame({"series": first["series"], "units_per_day": daily, "standard_error": daily * error})


def _all_rates(history: History, fitted: pd.DataFrame) -> pd.DataFrame:
    known = history.frame.drop_duplicates("series")[["series", "store", "sku"]]
    rates = known.merge(fitted, on="series", how="left")
    return pd.DataFrame(
        {
            "store_id": np.array(history.stores, dtype=object)[rates["store"]],
            "sku_id": np.array(history.skus, dtype=object)[rates["sku"]],
            "units_per_day": rates["units_per_day"].fillna(0.0).round(6),
            "standard_error": rates["standard_error"].round(6),
        }
    )


def _sku_table(history: History, rates: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """One row per SKU, for the scenario's SKU table."""
    frame = history.frame
    prices = pd.Series(regular_prices(frame)).groupby(frame["sku"]).median()
    category = frame.groupby("sku")["category"].first()
    daily = rates.groupby("sku_id", sort=False)["units_per_day"].mean()
    names = np.array(history.skus, dtype=object)[prices.index]
    return pd.DataFrame(
        {
            "sku_id": names,
            "category": np.array(history.categories, dtype=object)[category],
            "regular_price": prices.to_numpy(),
            "units_per_day": daily.reindex(names).to_numpy(),
            "variance_to_mean": ratios.set_index("sku")["variance_to_mean"].reindex(prices.index).to_numpy(),
        }
    )
