"""Distributions against scipy.stats, and the rules their parameters obey."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from scenarios.language.distribution_model import DistributionModel
from scenarios.language.distributions import Distribution, Empirical

ADAPTER: TypeAdapter[Any] = TypeAdapter(Distribution)
PROBABILITIES = np.array([0.0, 1e-6, 0.01, 0.2, 0.5, 0.77, 0.99, 1 - 1e-9])


def build(**block: Any) -> DistributionModel:
    return ADAPTER.validate_python(block)


def name_of(value: Any) -> str:
    return str(getattr(value, "kind", ""))


def lognormal(mean: float, cv: float) -> Any:
    sigma = np.sqrt(np.log(1 + cv**2))
    return stats.lognorm(s=sigma, scale=mean * np.exp(-(sigma**2) / 2))


CONTINUOUS = [
    (build(kind="uniform", low=-1, high=4), stats.uniform(-1, 5)),
    (build(kind="triangular", low=1, mode=2, high=5), stats.triang(0.25, 1, 4)),
    (build(kind="triangular", low=1, mode=1, high=5), stats.triang(0.0, 1, 4)),
    (build(kind="triangular", low=1, mode=5, high=5), stats.triang(1.0, 1, 4)),
    (build(kind="exponential", mean=3.5), stats.expon(scale=3.5)),
    (build(kind="gamma", mean=3, cv=0.4), stats.gamma(1 / 0.16, scale=3 * 0.16)),
    (build(kind="gamma", mean=3, cv=1.7), stats.gamma(1 / 2.89, scale=3 * 2.89)),
    (build(kind="lognormal", mean=40, cv=0.9), lognormal(40, 0.9)),
    (build(kind="weibull", shape=1.8, scale=7), stats.weibull_min(1.8, scale=7)),
    (build(kind="weibull", shape=0.7, scale=7), stats.weibull_min(0.7, scale=7)),
]
DISCRETE = [
    (build(kind="poisson", mean=0.3), stats.poisson(0.3)),
    (build(kind="poisson", mean=250), stats.poisson(250)),
    (build(kind="negative_binomial", mean=0.5, variance_to_mean=4), stats.nbinom(0.5 / 3, 0.25)),
    (build(kind="negative_binomial", mean=60, variance_to_mean=1.2), stats.nbinom(300, 1 / 1.2)),
]


@pytest.mark.parametrize(
    ("ours", "theirs"), CONTINUOUS + DISCRETE, ids=lambda value: getattr(value, "kind", "")
)
def test_moments_agree_with_scipy(ours: DistributionModel, theirs: Any) -> None:
    assert ours.mean() == pytest.approx(theirs.mean(), rel=1e-12)
    assert ours.variance() == pytest.approx(theirs.var(), rel=1e-9)


@pytest.mark.parametrize(("ours", "theirs"), CONTINUOUS, ids=name_of)
def test_continuous_quantile_and_cdf_agree_with_scipy(ours: DistributionModel, theirs: Any) -> None:
    np.testing.assert_allclose(ours.quantile(PROBABILITIES), theirs.ppf(PROBABILITIES), rtol=1e-9, atol=1e-12)
    x = np.linspace(-2, 30, 101)
    np.testing.assert_allclose(ours.cdf(x), theirs.cdf(x), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("ours", "theirs"), DISCRETE, ids=name_of)
def test_discrete_quantile_is_the_smallest_count_that_reaches_p(ours: DistributionModel, theirs: Any) -> None:
    counts = ours.quantile(PROBABILITIES[1:])
    np.testing.assert_array_equal(counts, theirs.ppf(PROBABILITIES[1:]))
    assert np.all(ours.cdf(counts) >= PROBABILITIES[1:])
    assert np.all((counts == 0) | (ours.cdf(counts - 1) < PROBABILITIES[1:]))
    np.testing.assert_allclose(
        ours.cdf(np.arange(-1, 40)), theirs.cdf(np.arange(-1, 40)), rtol=1e-9, atol=1e-14
    )
    assert float(ours.quantile(0.0)) == 0.0
    assert np.isinf(ours.quantile(1.0))


@pytest.mark.parametrize("ours", [pair[0] for pair in CONTINUOUS + DISCRETE])
def test_the_mean_is_the_integral_of_the_quantile(ours: DistributionModel) -> None:
    u = (np.arange(200_000) + 0.5) / 200_000
    assert ours.quantile(u).mean() == pytest.approx(ours.mean(), rel=2e-3)


def test_poisson_of_nothing_is_zero() -> None:
    nothing = build(kind="poisson", mean=0)
    np.testing.assert_array_equal(nothing.quantile([0.0, 0.5, 0.999999]), [0, 0, 0])
    assert float(nothing.cdf(0)) == 1.0


def test_constant() -> None:
    two = build(kind="constant", value=2)
    assert (two.mean(), two.variance()) == (2.0, 0.0)
    np.testing.assert_array_equal(two.quantile([0.0, 0.3, 1.0]), [2, 2, 2])
    np.testing.assert_array_equal(two.cdf([1.9, 2.0]), [0, 1])


def test_empirical_weights_and_ties() -> None:
    observed = Empirical(values=(4.0, 1.0, 4.0, 9.0), weights=(1.0, 2.0, 0.5, 0.0))
    assert observed.mean() == pytest.approx((2 * 1 + 1.5 * 4) / 3.5)
    assert observed.variance() == pytest.approx(stats.rv_discrete(values=([1, 4], [4 / 7, 3 / 7])).var())
    np.testing.assert_array_equal(observed.quantile([0.0, 4 / 7, 0.58, 1.0]), [1, 1, 4, 4])
    np.testing.assert_allclose(observed.cdf([0, 1, 3.9, 4, 100]), [0, 4 / 7, 4 / 7, 1, 1])


@pytest.mark.parametrize(
    "block",
    [
        {"kind": "triangular", "low": 1, "mode": 0, "high": 5},
        {"kind": "triangular", "low": 1, "mode": 1, "high": 1},
        {"kind": "uniform", "low": 2, "high": 2},
        {"kind": "exponential", "mean": 0},
        {"kind": "gamma", "mean": 1, "cv": 0},
        {"kind": "negative_binomial", "mean": 1, "variance_to_mean": 1},
        {"kind": "poisson", "mean": -1},
        {"kind": "poisson", "mean": float("nan")},
        {"kind": "empirical", "values": []},
        {"kind": "empirical", "values": [1, 2], "weights": [1]},
        {"kind": "empirical", "values": [1, 2], "weights": [0, 0]},
        {"kind": "empirical", "values": [1, 2], "weights": [2, -1]},
        {"kind": "empirical", "table": "x.csv", "column": "y"},
        {"kind": "normal", "mean": 1},
        {"kind": "constant", "value": 1, "mean": 1},
    ],
)
def test_impossible_parameters_are_refused(block: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        build(**block)


def test_probabilities_outside_the_unit_interval_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        build(kind="exponential", mean=1).quantile([0.5, 1.5])
