"""The price process: exact moments, one draw per supplier and date, prices that stand between reviews."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from scenarios import PriceProcess, Supplier
from sim.suppliers import price_factors

ORDINAL = 739_000


def factors(days: int, name: str = "S", replication: int = 0, **values: float) -> npt.NDArray[np.float64]:
    """(days,) of one supplier."""
    found = price_factors(
        [Supplier(id=name, price=PriceProcess(**values))], days, ORDINAL, seed=4, replication=replication
    )
    assert found is not None
    return np.asarray(found[:, 0])


def test_without_a_process_there_is_nothing_to_work_out() -> None:
    assert price_factors([Supplier(id="S")], 10, ORDINAL, 1, 0) is None


def test_the_first_list_stands_until_the_first_review() -> None:
    path = factors(30, volatility_per_year=0.5, review_days=10)
    assert (path[:10] == 1.0).all()
    assert len(set(path.tolist())) == 3


@pytest.mark.parametrize("reversion", [0.0, 3.0])
def test_the_log_price_has_the_moments_of_the_process(reversion: float) -> None:
    deviation, days = 0.3, 366
    ends = np.array(
        [
            factors(days, replication=n, volatility_per_year=deviation, mean_reversion_per_year=reversion)[-1]
            for n in range(1_500)
        ]
    )
    years = 364 / 365  # the last of 52 reviews
    variance = deviation**2 * (
        years if reversion == 0 else (1 - np.exp(-2 * reversion * years)) / (2 * reversion)
    )
    logs = np.log(ends)
    error = np.sqrt(variance / ends.size)
    assert abs(logs.mean() + variance / 2) < 4 * error
    assert abs(logs.var() / variance - 1) < 4 * np.sqrt(2 / ends.size)


def test_a_path_is_a_matter_of_names_and_dates() -> None:
    long = factors(100, volatility_per_year=0.5)
    assert (factors(50, volatility_per_year=0.5) == long[:50]).all()
    both = price_factors(
        [
            Supplier(id="T", price=PriceProcess(volatility_per_year=1.0)),
            Supplier(id="S", price=PriceProcess(volatility_per_year=0.5)),
        ],
        100,
        ORDINAL,
        4,
        0,
    )
    assert both is not None
    assert (both[:, 1] == long).all()
    assert (both[:, 0] != long).any()
