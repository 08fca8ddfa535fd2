"""Synthetic pasts: runs of small scenarios written as files of actuals, for tests of back tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optimize
import sim
from scenarios import Scenario
from sim import RunResult
from study.backtesting import Actuals, export_actuals, read_actuals
from tests.factory import merged, tiny_scenario

LITTLE_CHAIN: dict[str, Any] = {
    "horizon": {"days": 42, "panel_period_days": 1},
    "network": {
        "stores": [{"store_id": f"S{i}", "region": "all", "size": 0.5 + 0.5 * i} for i in range(3)],
    },
    "demand": {"process": {"kind": "negative_binomial", "variance_to_mean": 1.5}},
    "policy": {"replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 0, "safety_factor": 0.8}}]},
}


def little_chain(**changes: Any) -> Scenario:
    """Three stores, three SKUs, six weeks, panels by day; changes as in `tiny_scenario`."""
    return tiny_scenario(**merged(LITTLE_CHAIN, changes))


def run(scenario: Scenario, seed: int, replication: int = 0) -> RunResult:
    """One run of a scenario under its own policy."""
    return sim.simulate(scenario, optimize.plan(scenario), seed=seed, replication=replication)


def past(scenario: Scenario, seed: int, folder: Path, first_day: int = 0) -> Actuals:
    """What happened in one run of the scenario."""
    path = export_actuals(run(scenario, seed), folder / "past.csv", first_day=first_day)
    return read_actuals(path, scenario)
