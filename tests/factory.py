"""Small valid scenarios built in Python, for tests of everything behind the scenario reader.

    tiny_scenario()                               two stores x three SKUs, one centre, 14 days, flat demand
    tiny_scenario(horizon={"days": 70})           one value changed; nested dicts are merged key by key
    tiny_scenario(network={"stores": [{...}]})    lists replace what was there; tables are lists of row dicts

A mapping whose `kind` changes is replaced whole. Nothing is random and nothing is read from disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

import numpy as np

from scenarios.language.assortment import Listing, Sku
from scenarios.language.base import Model
from scenarios.language.columns import Columns
from scenarios.language.demand import DemandRate, KnownDemand, PriceChange
from scenarios.language.initial import CentreStock, StoreStock
from scenarios.language.network import Store
from scenarios.language.policy import LevelRow, PromotionRow
from scenarios.language.scenario import Scenario
from scenarios.language.suppliers import SupplyOffer

TABLES: dict[tuple[str, str], type[Model]] = {
    ("network", "stores"): Store,
    ("network", "supply"): SupplyOffer,
    ("assortment", "skus"): Sku,
    ("assortment", "listings"): Listing,
    ("demand", "rates"): DemandRate,
    ("demand", "known"): KnownDemand,
    ("demand", "price_changes"): PriceChange,
    ("initial", "store_stock"): StoreStock,
    ("initial", "dc_stock"): CentreStock,
    ("policy", "promotion_table"): PromotionRow,
}

STORES: tuple[dict[str, Any], ...] = (
    {"store_id": "S1", "region": "north", "size": 1.0},
    {"store_id": "S2", "region": "south", "size": 2.0},
)
SKUS: tuple[dict[str, Any], ...] = (
    {"sku_id": "A", "class_id": "FOOD", "category": "tea", "price": 10.0, "purchase_cost": 6.0},
    {"sku_id": "B", "class_id": "FOOD", "category": "tea", "price": 8.0, "purchase_cost": 5.0},
    {"sku_id": "C", "class_id": "HOME", "category": "pans", "price": 90.0, "purchase_cost": 60.0},
)


def _min_max(reorder_point_units: int, order_up_to_units: int) -> dict[str, Any]:
    reorder_point, order_up_to = {"units": reorder_point_units}, {"units": order_up_to_units}
    return {"kind": "min_max", "reorder_point": reorder_point, "order_up_to": order_up_to}


TINY: dict[str, Any] = {
    "format": 1,
    "name": "tiny",
    "horizon": {"start_date": date(2025, 1, 6), "days": 14},  # a Monday
    "network": {
        "suppliers": [{"id": "SUP"}],
        "distribution_centres": [{"id": "DC"}],
        "stores": list(STORES),
    },
    "assortment": {
        "classes": [{"id": "FOOD"}, {"id": "HOME"}],
        "skus": list(SKUS),
    },
    "demand": {"mean_units_per_day": 4.0},
    "policy": {
        "replenishment": [{"mode": _min_max(10, 20)}],
        "dc_replenishment": [{"mode": _min_max(100, 200)}],
    },
}


def tiny_scenario(**changes: Any) -> Scenario:
    """A small valid scenario.

    Args:
        changes: top-level blocks laid over the standard one, e.g. `demand={"shock": {...}}`; a value of None
            puts the field's default in its place.
    """
    content = merged(TINY, changes)
    for (block, name), row in TABLES.items():
        rows = content.get(block, {}).get(name)
        if isinstance(rows, Sequence):
            content[block] = {**content[block], name: table(row, rows)}
    content["policy"] = {
        **content["policy"],
        "replenishment": [_with_levels(rule) for rule in content["policy"]["replenishment"]],
    }
    return Scenario.model_validate(content)


def table(row: type[Model], rows: Sequence[Mapping[str, Any]]) -> Columns[Any]:
    """Checked columns from row dicts, as the scenario reader makes them; missing values take the defaults."""
    models = [row.model_validate(dict(values)) for values in rows]
    columns = {}
    for name, field in row.model_fields.items():
        column = np.array([getattr(model, name) for model in models], dtype=_column_type(field.annotation))
        column.setflags(write=False)
        columns[name] = column
    return Columns(row=row, columns=columns)


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` laid over `base`: mappings key by key, everything else replaced; neither is modified."""
    together = dict(base)
    for key, value in changes.items():
        old = together.get(key)
        if value is None:
            together.pop(key, None)
        elif isinstance(old, Mapping) and isinstance(value, Mapping) and _same_kind(old, value):
            together[key] = merged(old, value)
        else:
            together[key] = value
    return together


def _same_kind(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return "kind" not in new or old.get("kind") == new["kind"]


def _with_levels(rule: Mapping[str, Any]) -> dict[str, Any]:
    mode = rule["mode"]
    if mode["kind"] == "table" and isinstance(mode["levels"], Sequence):
        mode = {**mode, "levels": table(LevelRow, mode["levels"])}
    return {**rule, "mode": mode}


def _column_type(annotation: Any) -> Any:
    known = {int: np.int64, float: np.float64, bool: np.bool_}
    return object if get_args(annotation) else known.get(annotation, object)
