"""Conditional moments of demand behind a stock-out, against sums over the distribution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from study.fitting.censoring import censored_moments, expected_sales


def distribution(mean: float, ratio: float) -> np.ndarray:
    grid = np.arange(0, 4000)
    if ratio == 1.0:
        return np.asarray(stats.poisson.pmf(grid, mean))
    return np.asarray(stats.nbinom.pmf(grid, mean / (ratio - 1), 1 / ratio))


@pytest.mark.parametrize("ratio", [1.0, 1.5, 4.0])
@pytest.mark.parametrize(("mean", "sold"), [(0.3, 1), (5.0, 0), (5.0, 3), (5.0, 12), (40.0, 20), (40.0, 60)])
def test_moments_given_at_least_what_was_sold(mean: float, ratio: float, sold: int) -> None:
    weights = distribution(mean, ratio)[sold:]
    grid = np.arange(sold, 4000)
    expected = (grid * weights).sum() / weights.sum()
    variance = (grid**2 * weights).sum() / weights.sum() - expected**2
    found = censored_moments(np.array([float(sold)]), np.array([True]), np.array([mean]), ratio)
    assert found.mean[0] == pytest.approx(expected, rel=1e-8)
    assert found.variance[0] == pytest.approx(variance, rel=1e-6)
    assert 0 <= found.lost_information[0] < 1


def test_open_shelves_are_taken_as_seen() -> None:
    found = censored_moments(np.array([3.0, 7.0]), np.array([False, False]), np.array([5.0, 5.0]), 2.0)
    assert found.mean.tolist() == [3.0, 7.0]
    assert not found.variance.any()
    assert not found.lost_information.any()


def test_far_in_the_tail_demand_is_what_was_sold() -> None:
    found = censored_moments(np.array([5000.0]), np.array([True]), np.array([1.0]), 1.0)
    assert np.isfinite(found.mean[0])
    assert found.mean[0] == pytest.approx(5000.0, rel=1e-3)


@pytest.mark.parametrize("ratio", [1.0, 3.0])
@pytest.mark.parametrize("limit", [0, 1, 4, 30])
def test_expected_sales_of_a_limited_shelf(ratio: float, limit: int) -> None:
    weights = distribution(6.0, ratio)
    expected = (np.minimum(np.arange(4000), limit) * weights).sum()
    found = expected_sales(np.array([6.0]), np.array([ratio]), np.array([float(limit)]))
    assert found[0] == pytest.approx(expected, rel=1e-5, abs=1e-12)


def test_expected_sales_of_a_full_shelf_is_demand() -> None:
    assert expected_sales(np.array([6.0]), np.array([2.0]), np.array([np.inf]))[0] == 6.0
