"""The absorbed Poisson regression against statsmodels with explicit dummies."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from study.fitting.regression import MissingExtraError, fit_levels_and_effects

SERIES, PERIODS = 15, 40


def sample(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    series, periods = (axis.ravel() for axis in np.indices((SERIES, PERIODS)))
    design = np.column_stack([rng.normal(0, 0.3, len(series)), rng.random(len(series)) < 0.2]).astype(float)
    shock = rng.normal(0, 0.2, PERIODS)[periods]
    mean = np.exp(rng.normal(1.5, 0.5, SERIES)[series] + design @ [-2.0, 0.4] + shock)
    return rng.poisson(mean).astype(float), design, series, periods


def test_coefficients_and_errors_equal_dummy_regression() -> None:
    sm = pytest.importorskip("statsmodels.api")
    units, design, series, periods = sample(3)
    fit = fit_levels_and_effects(units, design, series, periods)
    dummies = (series[:, None] == np.arange(SERIES)).astype(float)
    model = sm.GLM(units, np.column_stack([design, dummies]), family=sm.families.Poisson())
    assert fit.coefficients == pytest.approx(model.fit().params[:2], rel=1e-6)
    assert fit.levels == pytest.approx(model.fit().params[2:], rel=1e-6)

    def clustered(groups: np.ndarray) -> np.ndarray:
        options = {"groups": groups, "use_correction": False}
        return np.asarray(model.fit(cov_type="cluster", cov_kwds=options).cov_params())[:2, :2]

    expected = clustered(series) * SERIES / (SERIES - 1) + clustered(periods) * PERIODS / (PERIODS - 1)
    expected -= np.asarray(model.fit(cov_type="HC0").cov_params())[:2, :2]
    assert fit.covariance == pytest.approx(expected, rel=1e-4)


def test_series_of_unequal_length() -> None:
    sm = pytest.importorskip("statsmodels.api")
    units, design, series, periods = sample(4)
    keep = np.random.default_rng(1).random(len(units)) < 0.7
    units, design, series, periods = units[keep], design[keep], series[keep], periods[keep]
    fit = fit_levels_and_effects(units, design, series, periods, with_errors=False)
    dummies = (series[:, None] == np.arange(SERIES)).astype(float)
    reference = sm.GLM(units, np.column_stack([design, dummies]), family=sm.families.Poisson()).fit()
    assert fit.coefficients == pytest.approx(reference.params[:2], rel=1e-6)


def test_without_statsmodels_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.stats.sandwich_covariance", None)
    with pytest.raises(MissingExtraError, match=r"dualedge\[fit\]"):
        fit_levels_and_effects(*sample(5))


def test_levels_alone_are_the_series_means() -> None:
    units, design, series, periods = sample(6)
    fit = fit_levels_and_effects(units, design[:, :0], series, periods)
    means = np.bincount(series, units) / np.bincount(series)
    assert np.exp(fit.levels) == pytest.approx(means, rel=1e-6)
