"""The engine's front door: small worlds with a known answer."""

from __future__ import annotations

import pickle

import optimize
import sim
from tests.factory import SKUS, tiny_scenario


def test_a_store_with_a_single_sku_learns_from_its_sales() -> None:
    scenario = tiny_scenario(
        horizon={"days": 60, "warm_up_days": 50},
        assortment={"skus": list(SKUS[:1])},
        network={"distribution_centres": [{"id": "DC", "stock": "unlimited"}]},
        demand={"mean_units_per_day": 40.0},
        policy={
            "replenishment": [
                {
                    "mode": {"kind": "days_of_cover", "cover_days": 3.0},
                    "forecaster": {"kind": "moving_average", "days": 7},
                }
            ]
        },
    )
    result = sim.simulate(scenario, optimize.plan(scenario), seed=1, replication=0)
    assert result.kpis["fill_rate"] > 0.9


def test_a_result_travels_between_processes_and_says_what_it_is() -> None:
    scenario = tiny_scenario()
    result = sim.simulate(scenario, optimize.plan(scenario), seed=3, replication=2)
    copy = pickle.loads(pickle.dumps(result))
    assert copy.digest() == result.digest()
    assert copy.identity == result.identity
    assert "seed 3 replication 2" in copy.summary()
