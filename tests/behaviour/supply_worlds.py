"""A chain whose centre buys from suppliers that a test describes: two stores, four SKUs, little stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim import RunResult
from tests.behaviour.worlds import chain

NEAR: dict[str, Any] = {"id": "NEAR", "lead_time_days": {"kind": "constant", "value": 2}}
FAR: dict[str, Any] = {"id": "FAR", "lead_time_days": {"kind": "gamma", "mean": 5, "cv": 0.4}}

SKUS = [
    {
        "sku_id": name,
        "class_id": "FOOD",
        "price": 10.0,
        "purchase_cost": 6.0,
        "case_pack": 6,
        "supplier_id": "NEAR",
    }
    for name in ("A", "B", "C", "D")
]
SECOND_SOURCE = [{"sku_id": sku["sku_id"], "supplier_id": "FAR", "purchase_cost": 5.0} for sku in SKUS]


def supplied(*changes: Mapping[str, Any], **sourcing: Any) -> Scenario:
    """The chain behind a centre with suppliers NEAR, the own one of all SKUs, and FAR, who sells nothing yet.

    Args:
        changes: laid over it.
        sourcing: `policy.sourcing`.
    """
    base: dict[str, Any] = {
        "horizon": {"days": 168, "warm_up_days": 28, "panel_period_days": 28},
        "network": {
            "suppliers": [NEAR, FAR],
            "distribution_centres": [{"id": "DC"}],
            "stores": [{"store_id": f"S{number}", "lead_time_days": 1} for number in range(2)],
        },
        "assortment": {"skus": SKUS},
        "policy": {
            "replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 14}}}],
            "dc_replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 1, "safety_factor": 1}}],
            "sourcing": sourcing,
        },
    }
    return chain(base, *changes)


def second_source(near: Mapping[str, Any] = NEAR, far: Mapping[str, Any] = FAR) -> dict[str, Any]:
    """FAR sells every SKU, too, at 5 instead of 6; both suppliers may be described anew."""
    return {"network": {"suppliers": [near, far], "supply": SECOND_SOURCE}}


def bought_from(result: RunResult, column: str = "units") -> npt.NDArray[np.int64]:
    """(suppliers,) what was ordered from each."""
    table = result.tables["purchase_orders"]
    weights = np.bincount(table["supplier"], weights=table[column], minlength=len(result.labels.suppliers))
    return weights.astype(np.int64)
