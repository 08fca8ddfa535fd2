"""A planner's own tables of stores and SKUs, recognised by their headers whatever these are called."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from scenarios.language.assortment import Sku
from scenarios.language.base import Model
from scenarios.language.cells import specs
from scenarios.language.columns import Columns
from scenarios.language.errors import Problem, ScenarioError
from scenarios.language.faults import Fault
from scenarios.language.network import Store
from scenarios.language.reading import read_bytes
from scenarios.language.table_files import TextTable, read_csv, read_workbook, sheet_names
from scenarios.language.tables import identifiers, typed_columns

SIMILAR = 0.82
"""Least likeness of two headers, 1 = equal, for taking them to mean the same."""
ASSUMED_COST_SHARE = 0.7
"""Purchase cost over price where a planner's table has no cost; said in the report."""

_COMMON = {
    "name": ("name", "description", "名称"),
    "region": ("region", "area", "province", "district", "区域", "地区", "大区", "省份"),
}
_STORE_WORDS: Mapping[str, Sequence[str]] = {
    "store_id": ("store code", "store number", "store", "shop", "outlet", "branch", "site",
                 "门店编号", "门店编码", "门店代码", "店号", "店铺编号", "门店", "店铺"),
    "name": ("store name", "shop name", "门店名称", "店名", "店铺名称", *_COMMON["name"], "门店"),
    "region": _COMMON["region"],
    "latitude": ("lat", "纬度"),
    "longitude": ("lon", "lng", "long", "经度"),
    "size": ("store size", "relative size", "weight", "规模", "权重"),
    "dc_id": ("dc", "distribution centre", "distribution center", "warehouse", "depot", "配送中心", "仓库"),
    "opens_hour": ("opens", "opening hour", "开门时间"),
    "closes_hour": ("closes", "closing hour", "关门时间"),
    "lead_time_days": ("lead time", "delivery days", "提前期", "到货天数", "配送天数"),
    "facility_cost_per_day": ("rent per day", "日租金"),
}  # fmt: skip
_SKU_WORDS: Mapping[str, Sequence[str]] = {
    "sku_id": ("sku", "sku code", "item code", "item number", "item", "product code", "product", "article",
               "barcode", "商品编号", "商品编码", "商品代码", "货号", "条码", "商品"),
    "name": ("product name", "item name", "商品名称", "品名", *_COMMON["name"], "商品"),
    "class_id": ("class", "department", "division", "大类", "品类", "类别", "部门"),
    "category": ("subcategory", "group", "family", "中类", "小类", "分类"),
    "supplier_id": ("supplier", "vendor", "供应商", "供应商编号"),
    "popularity": ("sales weight", "畅销度"),
    "price": ("retail price", "selling price", "unit price", "list price", "零售价", "售价", "单价", "价格"),
    "purchase_cost": ("cost", "unit cost", "cost price", "buying price", "采购价", "进价", "成本价", "成本"),
    "case_pack": ("pack size", "units per case", "case size", "case", "箱规", "装箱数", "件装数"),
    "shelf_life_days": ("shelf life", "life days", "保质期", "保质期天数"),
    "launch_date": ("launch", "introduced", "上市日期"),
    "delist_date": ("delisted", "end of sale", "退市日期"),
}  # fmt: skip


@dataclass(frozen=True)
class ColumnMatch:
    """What became of one column of a planner's table."""

    file: str
    header: str
    """Header as the planner wrote it."""
    column: str
    """Column of the scenario's table, e.g. "skus.price"; empty when it was not used."""

    def __str__(self) -> str:
        return f"{self.file}: {self.header} -> {self.column or 'not used'}"


@dataclass(frozen=True)
class PlannerTable:
    """A planner's table, turned into a table of the scenario."""

    table: Columns[Any]
    matches: tuple[ColumnMatch, ...]
    notes: tuple[str, ...]
    """What had to be assumed."""


def read_planner_tables(paths: Sequence[Path]) -> dict[str, PlannerTable]:
    """Read the planner's tables and find out which is which.

    Args:
        paths: CSV files and workbooks; every sheet of a workbook is looked at.

    Returns:
        "stores" and "skus" -> table, for those found.

    Raises:
        ScenarioError: a file cannot be read, is no table of stores or SKUs, or has bad cells.
    """
    found: dict[str, PlannerTable] = {}
    for path in paths:
        used = False
        for text in _texts(path):
            for name, row, words in (("stores", Store, _STORE_WORDS), ("skus", Sku, _SKU_WORDS)):
                matches = _match(text.names, row, words)
                if name not in found and _is_table_of(matches, row, name):
                    found[name] = _converted(name, row, text, matches, path.name)
                    used = True
                    break
        if not used:
            rule = "has no columns that look like stores (id) or SKUs (id and price)"
            hint = "name them store_id, or sku_id and price"
            raise ScenarioError([Problem("E403", path.name, 1, 0, rule=rule, hint=hint)])
    return found


def _texts(path: Path) -> Iterator[TextTable]:
    """The tables of a file as text."""
    data, problem = read_bytes(path, path.name)
    if problem is not None:
        raise ScenarioError([problem])
    try:
        if path.suffix.lower() == ".xlsx":
            for sheet in sheet_names(data, path.name):
                yield read_workbook(data, path.name, sheet)
        else:
            yield read_csv(data, path.name)
    except PydanticCustomError as error:
        raise ScenarioError(_problems(error, {})) from None


def _is_table_of(matches: Mapping[str, str], row: type[Model], name: str) -> bool:
    """Whether the matched columns tell that the rows are stores or SKUs."""
    return identifiers(row)[0] in matches and (name == "stores" or "price" in matches)


def _match(headers: Sequence[str], row: type[Model], words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Column of the scenario -> header of the planner, the likeliest pairs first, each used once."""
    pairs: list[tuple[float, str, str]] = []
    for header in headers:
        for column in specs(row):
            likeness = max(
                _likeness(header, word, rank) for rank, word in enumerate((column, *words.get(column, ())))
            )
            if likeness >= SIMILAR:
                pairs.append((likeness, column, header))
    matches: dict[str, str] = {}
    for _, column, header in sorted(pairs, key=lambda pair: (-pair[0], headers.index(pair[2]))):
        if column not in matches and header not in matches.values():
            matches[column] = header
    return matches


def _likeness(header: str, word: str, rank: int) -> float:
    """How alike two headers are; among equal ones the earlier word of a list wins."""
    plain, wanted = _plain(header), _plain(word)
    if plain == wanted:
        return 2.0 - rank / 1000
    return difflib.SequenceMatcher(None, plain, wanted).ratio() if min(len(plain), len(wanted)) > 3 else 0.0


def _plain(header: str) -> str:
    """A header without units in brackets, case and separators."""
    return re.sub(r"[\s_\-./]+", "", re.sub(r"[(（\[].*?[)）\]]", "", header)).casefold()


def _converted(
    name: str, row: type[Model], text: TextTable, matches: dict[str, str], file: str
) -> PlannerTable:
    """The planner's rows as a table of the scenario, required columns filled where they can be."""
    import pyarrow as pa
    from pyarrow import compute

    columns = {column: text.columns[text.names.index(header)] for column, header in matches.items()}
    notes: list[str] = []
    if name == "skus" and "class_id" not in columns:
        columns["class_id"] = columns.get("category", pa.array(["general"] * len(text.lines), pa.string()))
        notes.append(
            "skus.class_id: not found, taken from " + ("the category" if "category" in columns else "nowhere")
        )
    if name == "skus" and "purchase_cost" not in columns:
        try:
            prices = compute.cast(columns["price"], pa.float64())
            costs = compute.round(compute.multiply(prices, ASSUMED_COST_SHARE), 2)
            columns["purchase_cost"] = compute.cast(costs, pa.string())
        except pa.ArrowInvalid:
            # the bad price is told when it is read
            columns["purchase_cost"] = pa.array(["0"] * len(text.lines), pa.string())
        notes.append(f"skus.purchase_cost: not found, assumed to be {ASSUMED_COST_SHARE:.0%} of the price")
    renamed = TextTable(tuple(columns), tuple(columns.values()), text.lines, text.header_line, text.faults)
    position = {column: text.names.index(header) + 1 for column, header in matches.items()}
    try:
        table = typed_columns(row, renamed, file)
    except PydanticCustomError as error:
        raise ScenarioError(_problems(error, position)) from None
    used = {header: f"{name}.{column}" for column, header in matches.items()}
    told = tuple(ColumnMatch(file, header, used.get(header, "")) for header in text.names)
    return PlannerTable(table, told, tuple(notes))


def _problems(error: PydanticCustomError, position: Mapping[str, int]) -> Iterator[Problem]:
    """The faults of a table as problems in the planner's own file and columns."""
    faults: Sequence[Fault] = (error.context or {})["faults"]
    for fault in faults:
        placed = replace(fault, column=position.get(fault.name, fault.column))
        yield Problem(
            placed.code,
            placed.file,
            placed.line,
            placed.column,
            placed.name,
            placed.value,
            placed.rule,
            placed.hint,
        )
