"""Fitting recovers the parameters that invented histories were drawn with.

Each check pools several independent histories: the mean estimate must lie within 3.29 of its own standard
errors of the truth (a 99.9% interval), and the reported errors must match the spread between histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.fitting import ClassFit, fit_demand
from study.fitting.effects import fit_effects
from study.fitting.history import read_history
from study.fitting.uplift import fit_promotions
from tests.reference import reference_path
from tests.sales_histories import Truth, draw_history, write_history

Z_999 = 3.29
WEEKLY = Truth()
SHORT_OF_STOCK = Truth(stock_factor=2.5)
WITH_STOCK = ("store", "sku", "date", "units", "price", "promotion", "feature", "stock")


@dataclass(frozen=True)
class Pooled:
    """Estimates of one parameter from several histories."""

    values: np.ndarray
    errors: np.ndarray

    def covers(self, truth: float) -> bool:
        """Whether the 99.9% interval of the mean, from the reported errors, holds the truth."""
        error = np.sqrt((self.errors**2).mean() / len(self.values))
        return bool(abs(self.values.mean() - truth) < Z_999 * error)


def pooled(
    truth: Truth, names: list[str], seeds: range, folder: Path, *, use_stock: bool = True
) -> dict[str, Pooled]:
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    columns = WITH_STOCK if truth.stock_factor else ()
    for seed in seeds:
        path = write_history(draw_history(truth, seed), folder / f"{seed}.csv", *columns)
        effects = fit_effects(read_history(path), use_stock=use_stock)
        for name in names:
            estimate = getattr(effects, name)
            found[name].append((estimate.value, estimate.standard_error))
    return {name: Pooled(*np.array(pairs).T) for name, pairs in found.items()}


EFFECTS = ["price_elasticity", "promotion_multiplier", "feature_multiplier"]


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pooled]:
    return pooled(WEEKLY, EFFECTS, range(30), tmp_path_factory.mktemp("weekly"))


@pytest.mark.parametrize("name", EFFECTS)
def test_weekly_effects(weekly: dict[str, Pooled], name: str) -> None:
    truth = getattr(WEEKLY, name)
    assert weekly[name].covers(truth)
    # Planted error: log prices (so elasticities) or multipliers off by a twentieth must not pass.
    assert not weekly[name].covers(1.05 * truth)
    assert not weekly[name].covers(0.95 * truth)


@pytest.mark.parametrize("name", EFFECTS)
def test_reported_errors_match_the_spread_between_histories(weekly: dict[str, Pooled], name: str) -> None:
    ratio = weekly[name].values.std(ddof=1) / weekly[name].errors.mean()
    # The standard deviation of 30 draws lies within 45% of its truth with probability 99.9%.
    assert 0.55 < ratio < 1.45


def test_a_two_percent_error_in_prices_is_noticed(tmp_path: Path) -> None:
    found = pooled(Truth(stores=40, skus=8, mean_log_level=4.0), EFFECTS[:1], range(6), tmp_path)[
        "price_elasticity"
    ]
    assert found.covers(-2.2)
    planted = Pooled(found.values * 1.02, found.errors)
    assert not planted.covers(-2.2)


@pytest.fixture(scope="module")
def short_of_stock(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Pooled], dict[str, Pooled]]:
    folder = tmp_path_factory.mktemp("short")
    ours = pooled(SHORT_OF_STOCK, EFFECTS, range(8), folder)
    return ours, pooled(SHORT_OF_STOCK, EFFECTS, range(8), folder, use_stock=False)


@pytest.mark.parametrize("name", EFFECTS)
def test_sales_censored_by_empty_shelves(
    short_of_stock: tuple[dict[str, Pooled], dict[str, Pooled]], name: str
) -> None:
    ours, naive = short_of_stock
    truth = getattr(SHORT_OF_STOCK, name)
    assert ours[name].covers(truth)
    assert not naive[name].covers(truth)


def test_variance_and_rates_behind_empty_shelves(tmp_path: Path) -> None:
    frame = draw_history(SHORT_OF_STOCK, 3)
    path = write_history(frame, tmp_path / "s.csv", *WITH_STOCK)
    ours, naive = (fit_demand(path, use_stock=use_stock) for use_stock in (True, False))
    low, high = ours.classes[0].dispersion.variance_to_mean.interval(Z_999)
    assert low < SHORT_OF_STOCK.variance_to_mean < high
    regular = frame[(frame["price"] == 10) & (frame["promotion"] == 0)]
    truth = regular.groupby(["store", "sku"])["rate"].mean().to_numpy() / 7
    error = ours.rates["units_per_day"].to_numpy() / truth - 1
    assert abs(error.mean()) < 0.02
    assert (naive.rates["units_per_day"].to_numpy() / truth - 1).mean() < -0.04
    scaled = (ours.rates["units_per_day"] - truth) / ours.rates["standard_error"]
    assert 0.6 < scaled.std() < 1.5


@pytest.mark.parametrize("ratio", [1.0, 1.5, 4.0])
def test_variance_to_mean(tmp_path: Path, ratio: float) -> None:
    path = write_history(draw_history(Truth(variance_to_mean=ratio), 11), tmp_path / "s.csv")
    fit = fit_demand(path).classes[0]
    low, high = fit.dispersion.variance_to_mean.interval(Z_999)
    assert low < ratio < high
    assert fit.goodness.pit_p_value > 0.001
    assert fit.accuracy is not None
    assert 0.88 < fit.accuracy.coverage < 0.98
    assert fit.accuracy.wape < fit.accuracy.naive_wape


def test_daily_sales_with_a_week_pattern(tmp_path: Path) -> None:
    factors = (0.8, 0.8, 0.9, 0.9, 1.1, 1.4, 1.1)
    truth = Truth(stores=8, skus=4, periods=200, step_days=1, mean_log_level=1.0, weekday_factors=factors)
    fit = fit_demand(write_history(draw_history(truth, 2), tmp_path / "s.csv")).classes[0]
    for estimate, factor in zip(fit.season.weekday_factors, factors, strict=True):
        low, high = estimate.interval(Z_999)
        assert low < factor < high
        assert high - low < 0.25
    low, high = fit.price_elasticity.interval(Z_999)
    assert low < truth.price_elasticity < high


def test_annual_pattern_from_three_years(tmp_path: Path) -> None:
    truth = Truth(periods=157, annual_amplitude=0.3)
    season = fit_demand(write_history(draw_history(truth, 4), tmp_path / "s.csv")).classes[0].season
    days = pd.date_range("2022-01-01", "2022-12-31")
    daily = np.exp(0.3 * np.cos(2 * np.pi * (np.arange(365) - 2) / 365.25))
    months = pd.Series(daily, days).groupby(days.month).mean()
    for estimate, factor in zip(season.month_factors, months / months.mean(), strict=True):
        assert estimate.value == pytest.approx(factor, abs=max(Z_999 * (estimate.standard_error or 0), 0.03))
    low, high = season.trend_per_year.interval(Z_999)
    assert low < 0 < high


def test_where_the_uplift_comes_from(tmp_path: Path) -> None:
    truth = Truth(pulled_forward_share=0.2, switched_share=0.25)
    found: dict[str, list[tuple[float, float]]] = {}
    for seed in range(8):
        path = write_history(draw_history(truth, seed), tmp_path / f"{seed}.csv")
        effects, uplift = fit_promotions(read_history(path))
        for name, estimate in (
            ("pulled_forward_share", uplift.pulled_forward_share),
            ("switched_share", uplift.switched_share),
            ("price_elasticity", effects.price_elasticity),
            ("feature_multiplier", effects.feature_multiplier),
        ):
            found.setdefault(name, []).append((estimate.value or 0.0, estimate.standard_error or 0.0))
    for name, pairs in found.items():
        estimates = Pooled(*np.array(pairs).T)
        assert estimates.covers(getattr(truth, name)), name
        assert not estimates.covers(1.2 * getattr(truth, name)), name


def test_nothing_is_taken_where_nothing_is(tmp_path: Path) -> None:
    _, uplift = fit_promotions(read_history(write_history(draw_history(WEEKLY, 9), tmp_path / "s.csv")))
    for estimate in (uplift.pulled_forward_share, uplift.switched_share):
        low, high = estimate.interval(Z_999)
        assert low < 0 < high
        assert high - low < 0.2


def test_shocks_by_who_shares_them(tmp_path: Path) -> None:
    truth = Truth(
        stores=15, skus=12, mean_log_level=4.0, network_shock_sd=0.1, store_shock_sd=0.15, sku_shock_sd=0.2
    )
    shocks = fit_demand(write_history(draw_history(truth, 5), tmp_path / "s.csv")).classes[0].shocks
    # A store's and a SKU's shock hold the network's; trend and season take a little of all three.
    assert shocks.network.value == pytest.approx(0.1, abs=0.03)
    assert shocks.store.value == pytest.approx(np.hypot(0.1, 0.15), abs=0.03)
    assert shocks.sku.value == pytest.approx(np.hypot(0.1, 0.2), abs=0.03)


def test_no_shocks_where_there_are_none(tmp_path: Path) -> None:
    shocks = fit_demand(write_history(draw_history(WEEKLY, 1), tmp_path / "s.csv")).classes[0].shocks
    for estimate in (shocks.network, shocks.store, shocks.sku):
        assert estimate.value is not None
        assert estimate.value < 0.06


def orange_juice() -> ClassFit:
    path = reference_path("demand/retail/dominicks_oj.csv.gz")
    return fit_demand(path, unit_size=64).classes[0]


def test_orange_juice_lies_where_the_literature_puts_it() -> None:
    fit = orange_juice()
    low, high = fit.price_elasticity.interval(Z_999)
    assert -4 < low < high < -2
    assert fit.feature_multiplier.interval(Z_999)[0] > 1.3
    assert fit.accuracy is not None
    assert fit.accuracy.wape < 0.75 * fit.accuracy.naive_wape
    assert 0.85 < fit.accuracy.coverage < 0.96
    assert fit.goodness.deviance_explained > 0.6
    assert abs(fit.uplift.calibration.value - 1) < Z_999 * fit.uplift.calibration.standard_error
