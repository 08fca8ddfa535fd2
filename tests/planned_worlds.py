"""Small scenarios with something to decide, what to expect of them, and stand-ins for solvers."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from optimize import Outlook, Progress
from scenarios import (
    Basis,
    LevelRow,
    PlanPart,
    Premise,
    Promise,
    Scenario,
    SolveReport,
    SolveStatus,
    columns_of,
)
from tests.factory import tiny_scenario

COSTS = {
    "ordering": {"per_store_order_line": 0.5, "per_purchase_order_line": 2.0},
    "holding": {"store_rate_per_year": 0.3, "dc_rate_per_year": 0.2},
    "shortage": {"lost_per_unit": 1.0},
}


def flat_outlook(scenario: Scenario, variance_to_mean: float = 1.0) -> Outlook:
    """The outlook of a scenario with a rate per store and SKU of `size x popularity x mean` and no seasons."""
    stores, skus = scenario.network.stores, scenario.assortment.skus
    mean = np.multiply.outer(stores["size"], skus["popularity"]) * (scenario.demand.mean_units_per_day or 0.0)
    return Outlook(mean, mean * variance_to_mean, mean * variance_to_mean)


def optimised(**changes: Any) -> Scenario:
    """The tiny scenario with costs and levels of stores to be worked out."""
    policy = {"optimised": {"stores": [{}]}, **changes.pop("policy", {})}
    return tiny_scenario(costs=COSTS, policy=policy, **changes)


def stand_in(
    monkeypatch: pytest.MonkeyPatch, levels: Mapping[str, Any], *, module: str = "optimize.stock.planning"
) -> None:
    """Let a solver of levels of stores answer with a table instead of solving anything."""

    def plan_stores(
        scenario: Scenario, outlook: Outlook, progress: Progress
    ) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
        del scenario, outlook, progress
        table = columns_of(LevelRow, levels)
        return {"store_levels": table}, (part(len(table)),)

    made = ModuleType(module)
    made.plan_stores = plan_stores  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module, made)


def part(cells: int, **changes: Any) -> PlanPart:
    """A part as a solver reports it."""
    report = SolveReport(
        solver="table",
        status=SolveStatus.OPTIMAL,
        objective=1 / 3,
        bound=1 / 3,
        unit="money per day",
        items=cells,
    )
    promise = Promise(
        measure="fill_rate", forecast=0.95123456789123, premises=(Premise.STEADY_DEMAND,), method="exact"
    )
    fields = {
        "path": "policy.optimised.stores",
        "kind": "min_max",
        "basis": Basis.OPTIMISED,
        "cells": cells,
        "report": report,
        "promises": (promise,),
    }
    return PlanPart.model_validate({**fields, **changes})
