"""Textbook worlds: scenarios so plain that a closed form describes them, through the engine that runs all others.

Many SKUs of one kind stand side by side. They never meet: no substitution, no common shock, no common limit; so each is
an independent copy of the textbook's one product, and each class of them one independent observation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optimize
import sim
from scenarios import Scenario
from tests.factory import merged, tiny_scenario
from tests.theory.evidence import Observed

SEED = 20250106
CLASSES = 50
BUG = 1.02
"""The planted bug: an input 2% too high."""

NO_STOCK = {"store_days_of_demand": 0.0, "dc_days_of_demand": 0.0}


def base_stock(units: int) -> dict[str, Any]:
    """The mode that orders one for one."""
    return {"kind": "base_stock", "order_up_to": {"units": units}}


def world(
    *,
    mode: Mapping[str, Any],
    units_per_day: float,
    days: int,
    skus: int,
    unmet: str = "backorder",
    lead_time_days: int = 1,
    stores: int = 1,
    classes: int = CLASSES,
    warm_up_days: int = 50,
    class_terms: Mapping[str, Any] | None = None,
    sku_terms: Mapping[str, Any] | None = None,
    **blocks: Any,
) -> Scenario:
    """Stores fed by a centre that never runs out, empty on the first morning.

    Args:
        mode: replenishment mode of the stores.
        units_per_day: mean demand of every SKU at every store.
        days: days observed.
        skus: number of SKUs, a multiple of `classes`.
        unmet: what becomes of an unmet unit.
        lead_time_days: of every store.
        stores: number of stores.
        classes: number of classes.
        warm_up_days: days before those observed.
        class_terms: further fields of every class.
        sku_terms: further fields of every SKU; price and cost are 1 unless given.
        blocks: top-level blocks of the scenario laid over the result.
    """
    class_ids = [f"class {number:03}" for number in range(classes)]
    terms = {"price": 1.0, "purchase_cost": 1.0, **(sku_terms or {})}
    plain = {
        "horizon": {
            "days": warm_up_days + days,
            "warm_up_days": warm_up_days,
            "panel_period_days": warm_up_days + days,
        },
        "network": {
            "distribution_centres": [{"id": "DC", "stock": "unlimited"}],
            "stores": [{"store_id": f"store {n}", "lead_time_days": lead_time_days} for n in range(stores)],
        },
        "assortment": {
            "classes": [{"id": name, "unmet_demand": unmet, **(class_terms or {})} for name in class_ids],
            "skus": [
                {"sku_id": f"SKU {n}", "class_id": class_ids[n % classes], **terms} for n in range(skus)
            ],
        },
        "demand": {"mean_units_per_day": units_per_day},
        "initial": NO_STOCK,
        "policy": {"replenishment": [{"mode": mode}]},
    }
    return tiny_scenario(**merged(plain, blocks))


def observe(scenario: Scenario) -> Observed:
    """Run a scenario once."""
    return Observed(sim.simulate(scenario, optimize.plan(scenario), seed=SEED, replication=0))
