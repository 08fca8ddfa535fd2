"""Forecasts of intermittent use against what their authors derived."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios import ForecastMethod
from sim.parts.forecasting import UseForecast

PERIODS = 20_000


def learned(
    method: ForecastMethod, used: np.ndarray, weight: float = 0.1, expected: float = 0.0
) -> UseForecast:
    forecast = UseForecast(method, weight, np.full((1, 1), expected))
    for units in used:
        forecast.learn(np.full((1, 1), units))
    return forecast


def bernoulli(probability: float, size: int, seed: int = 1) -> np.ndarray:
    return size * (np.random.default_rng(seed).random(PERIODS) < probability).astype(np.int64)


def mean_forecast(method: ForecastMethod, used: np.ndarray, weight: float = 0.1) -> float:
    """Mean of the forecast right after each use, as the papers look at it."""
    forecast = UseForecast(method, weight, np.full((1, 1), float(used.mean())))
    seen = []
    for units in used:
        forecast.learn(np.full((1, 1), units))
        if units:
            seen.append(float(forecast.per_period[0, 0]))
    return float(np.mean(seen))


@pytest.mark.parametrize("method", ["croston", "teunter_syntetos_babai", "exponential_smoothing"])
def test_steady_use_is_forecast_exactly(method: ForecastMethod) -> None:
    assert learned(method, np.full(400, 3)).per_period[0, 0] == pytest.approx(3.0)


def test_use_every_fourth_day_is_size_over_interval() -> None:
    used = np.tile([0, 0, 0, 8], 300)
    assert learned("croston", used).per_period[0, 0] == pytest.approx(2.0)
    assert learned("syntetos_boylan", used).per_period[0, 0] == pytest.approx(2.0 * 0.95)


def test_croston_is_biased_upwards_and_the_correction_takes_it_off() -> None:
    """Syntetos and Boylan 2001: with weight a and interval p the bias of the ratio is about a / (2 - a) (p - 1) / p."""
    used = bernoulli(0.2, 5)
    truth, weight, interval = used.mean(), 0.15, 5.0
    expected_bias = weight / (2 - weight) * (interval - 1) / interval
    assert mean_forecast("croston", used, weight) / truth - 1 == pytest.approx(expected_bias, rel=0.25)
    assert abs(mean_forecast("syntetos_boylan", used, weight) / truth - 1) < expected_bias / 3


def test_what_is_no_longer_used_is_forgotten_only_by_the_third() -> None:
    used = np.concatenate([np.tile([0, 2], 100), np.zeros(200, np.int64)])
    assert learned("teunter_syntetos_babai", used).per_period[0, 0] < 1e-6
    assert learned("croston", used).per_period[0, 0] == pytest.approx(1.0, rel=0.05)


def test_stock_covers_periods_and_errors() -> None:
    forecast = learned("exponential_smoothing", bernoulli(0.5, 2), weight=0.02)
    mean, deviation = forecast.per_period[0, 0], forecast.deviation[0, 0]
    assert deviation == pytest.approx(1.0, abs=0.1)
    assert forecast.cover(9.0, 0.0)[0, 0] == pytest.approx(9 * mean)
    assert forecast.cover(9.0, 2.0)[0, 0] == pytest.approx(9 * mean + 6 * deviation)


def test_what_was_never_expected_is_learned_from_its_first_use() -> None:
    forecast = learned("croston", np.array([0, 0, 0, 0, 5]))
    # The size moves from 1 towards 5, the interval is the five days it took.
    assert forecast.per_period[0, 0] == pytest.approx((1 + 0.1 * 4) / 5)
