"""The outlook says before a run what replications then show: exactly where it claims so, else within stated bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import optimize
import sim
from scenarios import Scenario
from study.statistics import mean_interval
from tests.factory import tiny_scenario

FloatArray = npt.NDArray[np.float64]
CONFIDENCE = 0.99
DAYS = {"days": 56, "warm_up_days": 14}
RESTLESS: dict[str, Any] = {
    "horizon": DAYS,
    "network": {"closures": [{"stores": ["S2"], "weekdays": ["sun"]}]},
    "assortment": {
        "classes": [{"id": "HOME"}, {"id": "FOOD"}],  # the world orders SKUs by class, the table does not
    },
    "demand": {
        "process": {"kind": "negative_binomial", "variance_to_mean": 2.0},
        "patterns": [{"weekday_factors": [1.0, 1.0, 1.0, 1.0, 1.5, 2.0, 0.5], "trend_per_year": 0.5}],
        "shock": {"level": "region", "standard_deviation": 0.6, "persistence": 0.3},
    },
}


def observed_demand(scenario: Scenario, replications: int) -> FloatArray:
    """(replications, days, stores, classes) units that customers asked for on the counted days."""
    plan = optimize.plan(scenario)
    runs = (sim.simulate(scenario, plan, seed=11, replication=number) for number in range(replications))
    return np.stack(
        [
            run.panels.day[scenario.horizon.warm_up_days :, ..., sim.Day.DEMAND].astype(np.float64)
            for run in runs
        ]
    )


def test_mean_demand_of_every_store_and_class_is_covered() -> None:
    scenario = tiny_scenario(**RESTLESS)
    expected = sim.outlook(scenario).demand_per_day
    observed = observed_demand(scenario, 60).mean(axis=1)
    for store in range(2):
        for number, skus in enumerate(([2], [0, 1])):
            interval = mean_interval(observed[:, store, number], CONFIDENCE)
            assert interval.low <= expected[store, skus].sum() <= interval.high


def test_variance_adds_up_chance_weekdays_closing_days_and_shocks() -> None:
    scenario = tiny_scenario(**RESTLESS)
    outlook = sim.outlook(scenario)
    observed = observed_demand(scenario, 60)[:, :, :, 0]
    # One SKU of the class HOME: the panel of the class is that of the SKU.
    mean = outlook.demand_per_day[:, 2]
    spread = np.square(observed - mean).mean(axis=1)
    for store in range(2):
        interval = mean_interval(spread[:, store], CONFIDENCE)
        assert interval.low <= outlook.demand_variance_per_day[store, 2] <= interval.high
    np.testing.assert_allclose(outlook.steady_variance_per_day, 2.0 * outlook.demand_per_day)


def test_flat_demand_is_its_rate_and_its_variance_chance_alone() -> None:
    outlook = sim.outlook(tiny_scenario())
    np.testing.assert_allclose(outlook.demand_per_day, [[4.0, 4.0, 4.0], [8.0, 8.0, 8.0]])
    np.testing.assert_allclose(outlook.demand_variance_per_day, outlook.demand_per_day, rtol=1e-12)


def test_replayed_demand_has_the_moments_of_its_table() -> None:
    rows = [
        {"store_id": "S1", "sku_id": "C", "date": f"2025-01-{6 + day:02}", "units": units}
        for day, units in enumerate((5, 0, 3, 4))
    ]
    scenario = tiny_scenario(
        horizon={"days": 4, "warm_up_days": 1}, demand={"mean_units_per_day": None, "known": rows}
    )
    outlook = sim.outlook(scenario)
    assert outlook.demand_per_day[0, 2] == np.mean([0, 3, 4])
    assert np.isclose(outlook.demand_variance_per_day[0, 2], np.var([0, 3, 4]))
    assert outlook.demand_per_day.sum() == outlook.demand_per_day[0, 2]
