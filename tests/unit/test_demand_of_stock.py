"""Probabilities of demand: against SciPy, and compound demand against sums of customers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from optimize.stock.demand import compound_poisson, demand_probabilities


@pytest.mark.parametrize("mean", [0.0, 1e-6, 0.3, 7.0, 599.0, 601.0, 20_000.0])
def test_poisson(mean: float) -> None:
    found = demand_probabilities(mean)
    assert found == pytest.approx(stats.poisson.pmf(np.arange(found.size), mean), abs=1e-13, rel=1e-9)
    assert found.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("ratio", [1.0 + 1e-7, 1.2, 3.0, 40.0])
@pytest.mark.parametrize("mean", [1e-6, 0.3, 7.0, 900.0, 20_000.0])
def test_negative_binomial(mean: float, ratio: float) -> None:
    found = demand_probabilities(mean, ratio)
    known = stats.nbinom.pmf(np.arange(found.size), mean / (ratio - 1.0), 1.0 / ratio)
    assert found == pytest.approx(known, abs=1e-9 if ratio < 1.1 else 1e-12)
    units = np.arange(found.size)
    assert found @ units == pytest.approx(mean, rel=1e-9)
    assert found @ (units - mean) ** 2 == pytest.approx(mean * ratio, rel=1e-8)


def test_compound_poisson() -> None:
    sizes = np.array([0.2, 0.5, 0.0, 0.3])
    found = compound_poisson(3.0, sizes)
    known, of_some = np.zeros(found.size), np.ones(1)
    for number in range(60):
        width = min(of_some.size, known.size)
        known[:width] += stats.poisson.pmf(number, 3.0) * of_some[:width]
        of_some = np.convolve(of_some, np.concatenate([[0.0], sizes]))
    assert found == pytest.approx(known, abs=1e-14)


def test_logarithmic_sizes_make_a_negative_binomial() -> None:
    """Quenouille (1949): the same demand by either recursion."""
    ratio, mean, units = 2.5, 4.0, np.arange(1, 400)
    later = 1.0 - 1.0 / ratio
    sizes = -(later**units) / (units * np.log1p(-later))
    customers = mean / (ratio - 1.0) * np.log(ratio)
    found = compound_poisson(customers, sizes / sizes.sum(), 60)
    assert found == pytest.approx(demand_probabilities(mean, ratio, 60), abs=1e-14)


def test_bad_demand() -> None:
    with pytest.raises(ValueError, match=r"mean is -1\.0: must be between 0 and 50,000"):
        demand_probabilities(-1.0)
    with pytest.raises(ValueError, match=r"mean is nan"):
        demand_probabilities(float("nan"))
    with pytest.raises(ValueError, match=r"variance_to_mean is inf"):
        demand_probabilities(1.0, float("inf"))
    with pytest.raises(ValueError, match=r"size is 0: must be at least 1"):
        demand_probabilities(1.0, size=0)
    with pytest.raises(ValueError, match=r"customers is 601\.0: must be between 0 and 600"):
        compound_poisson(601.0, np.ones(1))
    with pytest.raises(ValueError, match="must be probabilities"):
        compound_poisson(1.0, np.array([0.5]))
