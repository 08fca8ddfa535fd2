"""Market shocks: their distribution against the autoregression's closed forms, and their keys."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.axes import build_axes
from sim.market.calendar import Window
from sim.market.shocks import shock_factors
from tests.factory import STORES, tiny_scenario

START = date(2025, 1, 6)
MANY = [{"store_id": f"store {number}"} for number in range(400)]


def factors(
    window: Window, stores: Any = STORES, seed: int = 1, replication: int = 0, **shock: Any
) -> np.ndarray:
    scenario = tiny_scenario(demand={"shock": shock}, network={"stores": list(stores)})
    return shock_factors(scenario, build_axes(scenario), window, seed, replication)


def test_without_a_shock_the_factor_is_exactly_one() -> None:
    assert (factors(Window(START, -28, 42)) == 1.0).all()


@pytest.mark.parametrize("persistence", [0.0, 0.6, 0.95])
def test_mean_deviation_and_autocorrelation_are_those_of_the_process(persistence: float) -> None:
    sample = factors(Window(START, 0, 200), MANY, standard_deviation=0.1, persistence=persistence) - 1.0
    # Stores are independent, so each store's mean (or mean square, or mean product) is one observation.
    lagged = (sample[1:] * sample[:-1]).mean(axis=0)
    for observed, expected in (
        (sample.mean(axis=0), 0.0),
        ((sample**2).mean(axis=0), 0.01),
        (lagged, 0.01 * persistence),
    ):
        error = observed.std(ddof=1) / np.sqrt(len(MANY))
        assert abs(observed.mean() - expected) < 3.3 * error


def test_the_first_day_of_the_past_is_already_stationary() -> None:
    first = factors(Window(START, -365, 1), MANY, standard_deviation=0.1, persistence=0.999)[0] - 1.0
    assert abs((first**2).mean() - 0.01) < 3.3 * 0.01 * np.sqrt(2 / len(MANY))


def test_demand_never_turns_negative() -> None:
    sample = factors(Window(START, 0, 500), MANY[:20], standard_deviation=1.0)
    assert sample.min() == 0.0
    assert (sample == 0.0).mean() == pytest.approx(0.1587, abs=0.015)  # P(Z < -1)


def test_level_says_who_shares_a_shock() -> None:
    stores = [*STORES, {"store_id": "S3", "region": "north"}]
    window = Window(START, 0, 30)

    def sample(level: str) -> np.ndarray:
        return factors(window, stores, level=level, standard_deviation=0.2)

    network, region, store = sample("network"), sample("region"), sample("store")
    assert (network[:, 0] == network[:, 1]).all()
    assert (region[:, 0] == region[:, 2]).all()
    assert (region[:, 0] != region[:, 1]).all()
    assert len({column.tobytes() for column in store.T}) == 3


def test_a_region_named_like_a_store_has_its_own_shock() -> None:
    stores = [{"store_id": "north", "region": "north"}]
    window = Window(START, 0, 30)
    by_store = factors(window, stores, level="store", standard_deviation=0.2)
    by_region = factors(window, stores, level="region", standard_deviation=0.2)
    assert (by_store != by_region).all()


def test_added_stores_and_other_windows_leave_every_shock_as_it_was() -> None:
    shock = {"standard_deviation": 0.2, "persistence": 0.7}
    short = factors(Window(START, -7, 21), **shock)
    more = factors(Window(START, -300, 1000), [{"store_id": "S0"}, *STORES, {"store_id": "S9"}], **shock)
    assert more[293:314, 1:3].tobytes() == short.tobytes()


def test_a_later_start_sees_the_same_shocks_on_the_same_dates() -> None:
    shock = {"standard_deviation": 0.2, "persistence": 0.7}
    early = factors(Window(START, 0, 100), **shock)
    late = factors(Window(date(2025, 2, 5), 0, 70), **shock)
    assert late.tobytes() == early[30:].tobytes()


def test_seeds_and_replications_are_different_worlds() -> None:
    window = Window(START, 0, 50)
    worlds = {
        factors(window, seed=seed, replication=replication, standard_deviation=0.2).tobytes()
        for seed, replication in ((1, 0), (1, 1), (2, 0), (1, 0))
    }
    assert len(worlds) == 3
