"""A first scenario to fill in: commented YAML and tables, generated from the types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.language.assortment import Sku
from scenarios.language.base import Model
from scenarios.language.columns import Columns
from scenarios.language.describing import FieldText, fields_of, kind_of
from scenarios.language.loading import load
from scenarios.language.network import Store
from scenarios.language.planner_tables import ColumnMatch, read_planner_tables
from scenarios.language.scenario import Scenario
from scenarios.language.schema import FILE_NAME, schema_line, schema_text
from scenarios.language.tables import TableReader, write_table

FIRST_DAY = date(2026, 1, 5)

_STORES: tuple[dict[str, Any], ...] = (
    {
        "store_id": "north",
        "name": "North",
        "region": "city",
        "latitude": 31.25,
        "longitude": 121.48,
        "size": 1.5,
    },
    {
        "store_id": "centre",
        "name": "Centre",
        "region": "city",
        "latitude": 31.23,
        "longitude": 121.47,
        "size": 1.0,
    },
    {
        "store_id": "east",
        "name": "East",
        "region": "suburb",
        "latitude": 31.20,
        "longitude": 121.60,
        "size": 0.6,
    },
)
_SKUS: tuple[dict[str, Any], ...] = (
    {"sku_id": "milk", "class_id": "fresh", "category": "dairy", "price": 12.5, "purchase_cost": 8.5,
     "case_pack": 6, "shelf_life_days": 9},
    {"sku_id": "yoghurt", "class_id": "fresh", "category": "dairy", "price": 9.0, "purchase_cost": 5.5,
     "case_pack": 12, "shelf_life_days": 18},
    {"sku_id": "green-tea", "class_id": "dry", "category": "tea", "price": 36.0, "purchase_cost": 22.0,
     "case_pack": 10},
    {"sku_id": "black-tea", "class_id": "dry", "category": "tea", "price": 32.0, "purchase_cost": 20.0,
     "case_pack": 10},
)  # fmt: skip


@dataclass(frozen=True)
class Templates:
    """Files written for a planner, and how the planner's own columns were understood."""

    files: tuple[Path, ...]
    matches: tuple[ColumnMatch, ...]
    notes: tuple[str, ...]
    """What had to be assumed about the planner's tables."""

    def summary(self) -> str:
        """Files, then columns, then assumptions, one a line."""
        written = [f"wrote {path}" for path in self.files]
        return "\n".join([*written, *map(str, self.matches), *self.notes])


def write_templates(folder: Path, tables: Sequence[Path] = ()) -> Templates:
    """Write a scenario that loads, with every key explained, and its tables.

    Args:
        folder: where to write; made when absent.
        tables: the planner's own tables of stores and SKUs, CSV or workbook; examples are written for
            those not given.

    Raises:
        FileExistsError: the folder already holds a scenario.
        ScenarioError: a table of the planner cannot be used.
    """
    own = read_planner_tables(tables)
    paths = [folder / name for name in ("scenario.yaml", "stores.csv", "skus.csv", FILE_NAME)]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} exists already")
    folder.mkdir(parents=True, exist_ok=True)
    stores = own["stores"].table if "stores" in own else TableReader(None).columns(Store, list(_STORES))
    skus = own["skus"].table if "skus" in own else TableReader(None).columns(Sku, list(_SKUS))
    skus, notes = _one_class_per_category(skus)
    paths[0].write_text(scenario_yaml(_slug(folder.resolve().name), stores, skus), encoding="utf-8")
    write_table(stores, paths[1])
    write_table(skus, paths[2])
    paths[3].write_text(schema_text(Scenario), encoding="utf-8")
    load(paths[0])
    return Templates(
        tuple(paths),
        tuple(match for item in own.values() for match in item.matches),
        (*(note for item in own.values() for note in item.notes), *notes),
    )


def scenario_yaml(name: str, stores: Columns[Any], skus: Columns[Any]) -> str:
    """The commented scenario file.

    Args:
        name: name of the scenario.
        stores: its store table.
        skus: its SKU table.
    """
    centres = _distinct(stores["dc_id"]) or ["DC"]
    suppliers = _distinct(skus["supplier_id"]) or ["SUPPLIER"]
    values = {
        "format": 1,
        "name": name,
        "horizon": {"start_date": FIRST_DAY, "days": 91, "warm_up_days": 14},
        "network": {
            "suppliers": [{"id": supplier} for supplier in suppliers],
            "distribution_centres": [{"id": centre} for centre in centres],
            "stores": {"table": "stores.csv"},
        },
        "assortment": {
            "classes": [{"id": item} for item in _distinct(skus["class_id"])],
            "skus": {"table": "skus.csv"},
        },
        "demand": {"mean_units_per_day": 2.0},
        "policy": {
            "replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 3}}],
            "dc_replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 7}}],
        },
    }
    lines = [
        schema_line(),
        "# A scenario to fill in. Lines that start with # state defaults: take the sign away to change one.",
        *_block(Scenario, values, ""),
    ]
    return "\n".join(lines) + "\n"


def _block(
    model: type[Model], values: Mapping[str, Any], indent: str, *, explained: bool = True
) -> Iterator[str]:
    """The lines of one block: stated keys, and the others as comments with their defaults."""
    for field in fields_of(model):
        if field.key not in values:
            if explained and field.default_yaml:
                yield f"{indent}# {field.key}: {field.default_yaml}{_comment(field)}"
            continue
        value = values[field.key]
        if field.is_table:
            yield f"{indent}{field.key}: {{table: {value['table']}}}{_comment(field)}"
            yield from _columns(field.blocks[0], indent + "  ")
        elif isinstance(value, Mapping):
            yield f"{indent}{field.key}:{_comment(field)}"
            yield from _block(_chosen(field, value), value, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{field.key}:{_comment(field)}"
            for index, item in enumerate(value):
                yield from _item(_chosen(field, item), item, indent + "  ", explained=index == 0)
        else:
            yield f"{indent}{field.key}: {_scalar(value)}{_comment(field)}"


def _item(model: type[Model], values: Mapping[str, Any], indent: str, *, explained: bool) -> Iterator[str]:
    """One item of a list: its stated keys, then the others as comments."""
    stated = list(_block(model, values, indent + "  ", explained=False))
    yield f"{indent}- {stated[0].lstrip()}"
    yield from stated[1:]
    if explained:
        for line in _block(model, {}, indent + "  "):
            key = line.lstrip(" #").partition(":")[0]
            if key not in values:
                yield line


def _chosen(field: FieldText, value: Mapping[str, Any]) -> type[Model]:
    """The block type a value is of, among those that may stand below a key."""
    kind = value.get("kind", "")
    return next((block for block in field.blocks if kind_of(block) == kind), field.blocks[0])


def _columns(row: type[Model], indent: str) -> Iterator[str]:
    """The columns of a table as comments."""
    for field in fields_of(row):
        yield f"{indent}# {field.key} ({field.kind}){_comment(field).replace('  #', ':', 1)}"


def _comment(field: FieldText) -> str:
    """Meaning and unit of a key, and where its default comes from."""
    unit = f" [{field.unit}]" if field.unit else ""
    source = f" Default: {field.source}." if field.source else ""
    return f"  # {' '.join(field.meaning.split())}{unit}{source}"


def _scalar(value: Any) -> str:
    """A value as YAML; text in quotes unless it is a plain word."""
    if isinstance(value, str):
        return (
            value if re.fullmatch(r"[A-Za-z][A-Za-z_\-]*", value) else json.dumps(value, ensure_ascii=False)
        )
    return str(value)


def _distinct(names: Any) -> list[str]:
    """Names in order of appearance, without the empty one."""
    return [name for name in dict.fromkeys(names) if name]


def _one_class_per_category(skus: Columns[Any]) -> tuple[Columns[Any], list[str]]:
    """The SKU table with categories that lie in one class each: others are told apart by the class's id."""
    owners: dict[str, set[str]] = {}
    for category, item in zip(skus["category"], skus["class_id"], strict=True):
        owners.setdefault(category, set()).add(item)
    split = {category for category, classes in owners.items() if category and len(classes) > 1}
    if not split:
        return skus, []
    names = [
        f"{item}/{category}" if category in split else category
        for category, item in zip(skus["category"], skus["class_id"], strict=True)
    ]
    columns = {**skus.columns, "category": np.array(names, dtype=object)}
    note = "skus.category: told apart by class, because customers switch within one class: " + ", ".join(
        sorted(split)
    )
    return Columns(skus.row, columns, skus.source, skus.line_numbers), [note]


def _slug(name: str) -> str:
    """A name that may stand in file names."""
    return re.sub(r"[^A-Za-z0-9_\-]+", "-", name).strip("-") or "scenario"
