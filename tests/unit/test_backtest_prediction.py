import numpy as np
import pytest

from study.backtesting.prediction import covered_shares, prediction_interval, two_sided_p


def test_interval_lies_on_order_statistics() -> None:
    values = np.random.default_rng(1).permutation(np.arange(1.0, 200.0))
    found = prediction_interval(values, 0.95)
    assert (found.low, found.high) == (5.0, 195.0)
    assert found.level == pytest.approx(0.95)
    assert found.mean == 100.0


def test_few_replications_reach_less_than_asked() -> None:
    found = prediction_interval(np.arange(19.0), 0.95)
    assert (found.low, found.high) == (0.0, 18.0)
    assert found.level == pytest.approx(18 / 20)


def test_between_ranks_the_interval_is_the_wider_one() -> None:
    found = prediction_interval(np.arange(1.0, 100.0), 0.95)
    assert (found.low, found.high) == (2.0, 98.0)
    assert found.level == pytest.approx(0.96)


def test_undefined_replications_are_left_out() -> None:
    found = prediction_interval(np.array([np.nan, 1.0, 3.0]), 0.95)
    assert (found.count, found.mean, found.low, found.high) == (2, 2.0, 1.0, 3.0)
    assert np.isnan(prediction_interval(np.array([np.nan, 1.0]), 0.95).low)


@pytest.mark.parametrize("scale", [1.0, 1.2])
def test_one_more_draw_falls_inside_as_often_as_said(scale: float) -> None:
    generator = np.random.default_rng(2)
    tries = 4000
    draws = generator.exponential(size=(tries, 40))
    inside = 0
    for row in draws:
        found = prediction_interval(row[1:], 0.95)
        inside += found.low <= scale * row[0] <= found.high
    error = 3.29 * np.sqrt(0.95 * 0.05 / tries)
    assert (abs(inside / tries - 0.95) < error) == (scale == 1.0)


def test_p_value_is_a_rank_and_never_zero() -> None:
    values = np.arange(1.0, 100.0)
    assert two_sided_p(1000.0, values) == pytest.approx(0.02)
    assert two_sided_p(50.0, values) == 1.0
    assert two_sided_p(2.5, values) == pytest.approx(2 * 3 / 100)
    assert np.isnan(two_sided_p(float("nan"), values))


def test_shares_of_cells_are_exchangeable_under_a_right_model() -> None:
    generator = np.random.default_rng(3)
    common = generator.normal(size=(61, 1))
    counts = generator.poisson(np.exp(0.5 + 0.3 * common), size=(61, 300))
    shares = covered_shares(counts[0].astype(float), counts[1:].astype(float), 0.9)
    assert shares.shape == (61,)
    assert shares.mean() >= 0.9
    # Moving the past by its own position among the others changes nothing.
    swapped = covered_shares(counts[5].astype(float), np.delete(counts, 5, axis=0).astype(float), 0.9)
    assert swapped[0] == shares[5]


@pytest.mark.parametrize("replications", [19, 99, 199])
def test_of_continuous_values_the_share_named_is_covered(replications: int) -> None:
    values = np.random.default_rng(5).normal(size=(replications + 1, 50))
    shares = covered_shares(values[0], values[1:], 0.9)
    assert shares.mean() == pytest.approx(0.9)


def test_a_past_from_elsewhere_is_covered_less() -> None:
    generator = np.random.default_rng(4)
    model = generator.poisson(10, size=(60, 400)).astype(float)
    other = generator.poisson(14, size=400).astype(float)
    shares = covered_shares(other, model, 0.9)
    assert shares[0] < shares[1:].min()
