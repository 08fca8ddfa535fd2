"""Tables: types, bounds, blanks, places of errors, workbooks, and writing them back."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import openpyxl
import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.faults import Fault
from scenarios.language.tables import TableReader, write_table


class Offer(Model):
    """One row of a table with a column of every type."""

    __unique__: ClassVar[tuple[str, ...]] = ("shop", "day")

    shop: str = given(min_length=1)
    day: date
    units: int = assumed(3, "three")
    price: float = given(gt=0)
    discount: float | None = assumed(None, "none", ge=0, lt=1)
    featured: bool = assumed(False, "no")
    tier: Literal["gold", "plain"] = assumed("plain", "plain")
    until: date | None = assumed(None, "open")
    code: str = assumed("", "none", pattern="^([A-Z]{2})?$")


HEADER = "shop,day,units,price,discount,featured,tier,until,code\n"


def read(folder: Path, text: str | bytes, name: str = "t.csv") -> Columns[Offer]:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return TableReader(folder).columns(Offer, {"table": name})


def faults(folder: Path, text: str, name: str = "t.csv") -> list[Fault]:
    with pytest.raises(PydanticCustomError) as caught:
        read(folder, text, name)
    assert caught.value.context is not None
    return list(caught.value.context["faults"])


def test_every_type_and_every_default(tmp_path: Path) -> None:
    table = read(
        tmp_path, HEADER + "a,2026-01-05, 4 ,2.5,0.25,yes,gold,2026/2/1,AB\nb,2026-01-05,,1e1,,,,,\n"
    )
    assert table["shop"].tolist() == ["a", "b"]
    assert table["day"].tolist() == [date(2026, 1, 5)] * 2
    assert (table["units"].tolist(), table["units"].dtype) == ([4, 3], np.int64)
    assert (table["price"].tolist(), table["price"].dtype) == ([2.5, 10.0], np.float64)
    assert table["discount"][0] == 0.25
    assert np.isnan(table["discount"][1])
    assert (table["featured"].tolist(), table["featured"].dtype) == ([True, False], np.bool_)
    assert table["tier"].tolist() == ["gold", "plain"]
    assert table["until"].tolist() == [date(2026, 2, 1), None]
    assert table["code"].tolist() == ["AB", ""]
    assert table.line_numbers.tolist() == [2, 3]
    with pytest.raises(ValueError, match="read-only"):
        table["units"][0] = 1


def test_absent_columns_take_their_defaults(tmp_path: Path) -> None:
    table = read(tmp_path, "price,shop,day\n1,a,2026-01-05\n")
    assert table["units"].tolist() == [3]
    assert table["until"].tolist() == [None]
    assert list(table.columns)[:3] == ["price", "shop", "day"]


def test_a_listed_table_equals_the_same_table_from_a_file(tmp_path: Path) -> None:
    rows = [
        {"shop": "a", "day": "2026-01-05", "units": 4, "price": 2.5, "discount": 0.25, "until": "2026-02-01"},
        {"shop": "b", "day": "2026-01-05", "price": 10, "featured": True, "code": "AB"},
    ]
    listed = TableReader(None).columns(Offer, rows)
    text = HEADER + "a,2026-01-05,4,2.5,0.25,,,2026-02-01,\nb,2026-01-05,3,10,,true,plain,,AB\n"
    assert listed.digest() == read(tmp_path, text).digest()
    assert listed.digest() != read(tmp_path, text.replace("2.5", "2.51")).digest()


def test_a_listed_table_is_strict() -> None:
    with pytest.raises(ValidationError) as caught:
        TableReader(None).columns(Offer, [{"shop": "a", "day": "2026-01-05", "price": "2.5"}])
    assert caught.value.errors()[0]["loc"] == (0, "price")


@pytest.mark.parametrize(
    ("row", "code", "column", "rule"),
    [
        ("a,2026-01-05,x,1,,,,,", "E407", "units", "whole number"),
        ("a,2026-01-05,1.5,1,,,,,", "E407", "units", "whole number"),
        ("a,2026-01-05,1,nan,,,,,", "E407", "price", "a number"),
        ("a,2026-01-05,1,,,,,,", "E406", "price", "blank"),
        ("a,2026-01-05,1,0,,,,,", "E408", "price", "more than 0"),
        ("a,2026-01-05,1,1,1,,,,", "E408", "discount", "less than 1"),
        ("a,2026-01-05,1,1,,maybe,,,", "E407", "featured", "true or false"),
        ("a,2026-01-05,1,1,,,silver,,", "E409", "tier", "must be one of"),
        ("a,2026-01-05,1,1,,,,soon,", "E407", "until", "date"),
        ("a,2026-01-05,1,1,,,,,abc", "E409", "code", "must match"),
        ("a,05.01.2026,1,1,,,,,", "E407", "day", "date"),
    ],
)
def test_bad_cells(row: str, code: str, column: str, rule: str, tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, f"{HEADER}ok,2026-01-05,1,1,,,,,\n{row}\n")
    assert (fault.code, fault.line, fault.name) == (code, 3, column)
    assert fault.column == HEADER.strip().split(",").index(column) + 1
    assert rule in fault.rule


def test_lines_are_right_after_blank_lines_and_quoted_line_breaks(tmp_path: Path) -> None:
    text = HEADER + 'a,2026-01-05,1,1,,,,,\n\n"b\nc",2026-01-05,1,1,,,,,\n,,,,,,,,\nd,2026-01-05,1,bad,,,,,\n'
    (fault,) = faults(tmp_path, text)
    assert (fault.line, fault.name) == (7, "price")
    table = read(tmp_path, text.replace("bad", "2"))
    assert table["shop"].tolist() == ["a", "b\nc", "d"]
    assert table.line_numbers.tolist() == [2, 4, 7]


def test_ragged_rows_are_told_beside_other_errors(tmp_path: Path) -> None:
    found = faults(tmp_path, HEADER + "a,2026-01-05,1,1\nb,2026-01-05,1,-1,,,,,\nc,2026-01-05,1,1,,,,,,,\n")
    assert [(fault.code, fault.line) for fault in found] == [("E405", 2), ("E408", 3), ("E405", 4)]


def test_repeated_rows_are_found_by_all_their_keys(tmp_path: Path) -> None:
    body = "a,2026-01-05,1,1,,,,,\nb,2026-01-05,1,1,,,,,\na,2026-01-06,1,1,,,,,\n"
    assert len(read(tmp_path, HEADER + body)) == 3
    found = faults(tmp_path, HEADER + body + "b,2026/1/5,1,1,,,,,\nb,2026-01-05,9,1,,,,,\n")
    assert [(fault.code, fault.line) for fault in found] == [("E410", 5), ("E410", 6)]
    assert "already stands on line 3" in found[1].rule


def test_an_empty_table_is_allowed_but_an_empty_file_is_not(tmp_path: Path) -> None:
    assert len(read(tmp_path, HEADER)) == 0
    assert len(read(tmp_path, HEADER.strip())) == 0
    assert faults(tmp_path, "")[0].code == "E401"


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_line_endings(ending: str, tmp_path: Path) -> None:
    text = (HEADER + "a,2026-01-05,1,1,,,,,\nb,2026-01-05,1,1,,,,,\n").replace("\n", ending)
    table = read(tmp_path, text)
    assert table["shop"].tolist() == ["a", "b"]
    assert table.line_numbers.tolist() == [2, 3]


def test_a_written_table_reads_back_the_same(tmp_path: Path) -> None:
    text = (
        HEADER
        + 'a,2026-01-05,4,2.5,0.1,yes,gold,2026-02-01,AB\n"b,""c",2026-01-05,,0.30000000000000004,,,,,\n'
    )
    table = read(tmp_path, text)
    write_table(table, tmp_path / "out.csv")
    again = TableReader(tmp_path).columns(Offer, {"table": "out.csv"})
    assert again.digest() == table.digest()
    write_table(read(tmp_path, HEADER + "a,2026-01-05,4,2.5,,,,,\n"), tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_text() == HEADER + "a,2026-01-05,4,2.5,,false,plain,,\n"


def workbook(path: Path, rows: list[list[Any]], sheet: str = "Offers") -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Notes"
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)


def test_a_sheet_of_a_workbook(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["shop", "day", "price", "units", "featured"],
        ["001", date(2026, 1, 5), 2.5, 4, True],
        [],
        ["b", "2026-01-06", 3, None, None],
    ]
    workbook(tmp_path / "book.xlsx", rows)
    table = TableReader(tmp_path).columns(Offer, {"table": "book.xlsx", "sheet": "Offers"})
    assert table["shop"].tolist() == ["001", "b"]
    assert table["day"].tolist() == [date(2026, 1, 5), date(2026, 1, 6)]
    assert table["units"].tolist() == [4, 3]
    assert table.line_numbers.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("content", "sheet", "says"),
    [
        (None, "Offrs", "no sheet"),
        (None, None, "empty"),
        (b"no workbook", None, "not a readable .xlsx workbook"),
    ],
)
def test_broken_workbooks(content: bytes | None, sheet: str | None, says: str, tmp_path: Path) -> None:
    workbook(tmp_path / "book.xlsx", [["shop", "day", "price"]])
    if content is not None:
        (tmp_path / "book.xlsx").write_bytes(content)
    with pytest.raises(PydanticCustomError) as caught:
        TableReader(tmp_path).columns(Offer, {"table": "book.xlsx", "sheet": sheet})
    assert caught.value.context is not None
    (fault,) = caught.value.context["faults"]
    assert fault.code == "E401"
    assert says in fault.rule


def test_without_openpyxl_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(tmp_path / "book.xlsx", [["shop"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(PydanticCustomError) as caught:
        TableReader(tmp_path).columns(Offer, {"table": "book.xlsx"})
    assert caught.value.context is not None
    assert "dualedge[excel]" in caught.value.context["faults"][0].hint


def test_numbers_for_a_distribution_come_from_one_column(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("who,minutes\nx,3\ny,4.5\n")
    assert TableReader(tmp_path).read_numbers("t.csv", "minutes") == [3.0, 4.5]
    with pytest.raises(PydanticCustomError) as caught:
        TableReader(tmp_path).read_numbers("t.csv", "minuts")
    assert caught.value.context is not None
    assert "did you mean `minutes`?" in caught.value.context["faults"][0].hint


def test_a_large_table_costs_no_object_per_row(tmp_path: Path) -> None:
    rows = "".join(f"s{i % 50},2026-01-{i // 50 % 28 + 1:02d},{i},1.5,,,,,\n" for i in range(1400))
    table = read(tmp_path, HEADER + rows)
    assert table["units"].tolist() == list(range(1400))
    assert len({id(name) for name in table["shop"]}) == 50
