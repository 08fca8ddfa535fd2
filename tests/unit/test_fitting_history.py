"""Reading a planner's sales history: layouts, header names, dates, stock, and errors by place."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios import ScenarioError
from study.fitting import read_history
from study.fitting.periods import parse_periods
from tests.sales_histories import Truth, draw_history, write_history

LONG = """store,sku,date,units,price,promotion
A,x,2024-01-01,3,9.5,0
A,x,2024-01-08,0,9.5,0
A,x,2024-01-15,7,8.0,1
B,x,2024-01-01,1,9.5,no
B,x,2024-01-08,2,9.5,
B,x,2024-01-15,4,8.0,yes
"""


def save(folder: Path, text: str, name: str = "history.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def problems_of(path: Path, **options: object) -> list[tuple[str, int, int]]:
    with pytest.raises(ScenarioError) as caught:
        read_history(path, **options)  # type: ignore[arg-type]
    return [(problem.code, problem.line, problem.column) for problem in caught.value.problems]


def test_long_file_becomes_sorted_series(tmp_path: Path) -> None:
    shuffled = LONG.splitlines()
    text = "\n".join([shuffled[0], *reversed(shuffled[1:])])
    history = read_history(save(tmp_path, text))
    assert history.stores == ("A", "B")
    assert history.calendar.frequency == "week"
    assert history.calendar.first_day == date(2024, 1, 1)
    assert history.frame["period"].tolist() == [0, 1, 2, 0, 1, 2]
    assert history.frame["units"].tolist() == [3, 0, 7, 1, 2, 4]
    assert history.frame["promotion"].tolist() == [0, 0, 1, 0, 0, 1]
    assert (history.has_price, history.has_promotion, history.has_feature) == (True, True, False)


def test_chinese_headers_and_byte_order_mark(tmp_path: Path) -> None:
    header = "门店,商品,日期,销量,价格,促销,库存"
    text = f"{header}\n一店,苹果,2024年1月1日,5,3.2,是,9\n一店,苹果,2024年1月2日,9,3.5,否,9\n"
    history = read_history(save(tmp_path, text, encoding="utf-8-sig"))
    assert history.stores == ("一店",)
    assert history.calendar.frequency == "day"
    assert history.frame["promotion"].tolist() == [1, 0]
    assert history.frame["censored"].tolist() == [False, True]


@pytest.mark.parametrize(
    "header",
    [
        "store_id,SKU,Date,UnitsSold,UnitPrice,Promo",
        "Shop,item,week start,qty,price_per_unit,on promotion",
        "branch,product,period,sales volume,selling price,deal",
    ],
)
def test_header_names_planners_use(tmp_path: Path, header: str) -> None:
    text = "\n".join([header, *LONG.splitlines()[1:]])
    assert read_history(save(tmp_path, text)).frame.equals(read_history(save(tmp_path, LONG, "b.csv")).frame)


def test_money_columns_are_not_taken_for_units(tmp_path: Path) -> None:
    text = "sku,date,sales value,qty\nx,2024-01-01,99.5,3\nx,2024-01-02,50,1\n"
    assert read_history(save(tmp_path, text)).frame["units"].tolist() == [3, 1]


def test_wide_equals_long(tmp_path: Path) -> None:
    frame = draw_history(Truth(stores=3, skus=2, periods=30), seed=1)
    long = read_history(write_history(frame, tmp_path / "long.csv", "store", "sku", "date", "units"))
    table = frame.pivot_table(index=["store", "sku"], columns="date", values="units").reset_index()
    table.to_csv(tmp_path / "wide.csv", index=False)
    wide = read_history(tmp_path / "wide.csv")
    assert wide.calendar == long.calendar
    pd.testing.assert_frame_equal(wide.frame, long.frame)


def test_gzip_and_excel_equal_csv(tmp_path: Path) -> None:
    plain = read_history(save(tmp_path, LONG))
    (tmp_path / "history.csv.gz").write_bytes(gzip.compress(LONG.encode()))
    zipped = read_history(tmp_path / "history.csv.gz")
    pytest.importorskip("openpyxl")
    sheet = pd.read_csv(tmp_path / "history.csv")
    sheet["date"] = pd.to_datetime(sheet["date"])
    sheet.to_excel(tmp_path / "history.xlsx", index=False)
    excel = read_history(tmp_path / "history.xlsx")
    pd.testing.assert_frame_equal(zipped.frame, plain.frame)
    pd.testing.assert_frame_equal(excel.frame, plain.frame)
    assert zipped.digest != plain.digest


def test_gbk_is_named(tmp_path: Path) -> None:
    path = save(tmp_path, "门店,商品,日期,销量\n一店,苹果,2024-01-01,5\n", encoding="gbk")
    with pytest.raises(ScenarioError, match="GBK") as caught:
        read_history(path)
    assert caught.value.problems[0].code == "E102"


def test_every_bad_cell_is_reported_at_once(tmp_path: Path) -> None:
    text = """store,sku,date,units,price,promotion
A,x,2024-01-01,three,9.5,0
A,,2024-01-08,-1,9.5,0
A,x,2024-13-15,7,0,maybe
A,x,2024-01-22,,nan,1
A,x,2024-01-29,inf,9.5,1
A,x,2024-02-05,1,9.5,1
"""
    found = problems_of(save(tmp_path, text))
    assert found == [
        ("E407", 2, 4),
        ("E406", 3, 2),
        ("E408", 3, 4),
        ("E407", 4, 3),
        ("E408", 4, 5),
        ("E409", 4, 6),
        ("E406", 5, 4),
        ("E407", 5, 5),
        ("E408", 6, 4),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("store,sku,date,units\nA,x,2024-01-01,1\nA,x,2024-01-01,2\n", [("E410", 3, 2)]),
        ("store,sku,date,units\nA,x,2024-01-01,1,5\nA,x,2024-01-02\n", [("E405", 2, 0), ("E405", 3, 0)]),
        ("store,sku,date,units\n", [("E512", 0, 0)]),
        ("\nstore,sku\n", [("E512", 0, 0)]),
        ("store,sku,date,colour\nA,x,2024-01-01,1\n", [("E403", 1, 0)]),
        ("store,sku,date,units,quantity\nA,x,2024-01-01,1,1\n", [("E404", 1, 5)]),
        ("store,sku,date,units\nA,,2024-01-01,1\n", [("E406", 2, 2)]),
        ("sku,2024-01-01,2024-01-02,2024-01-02\nx,1,2,3\n", [("E404", 1, 4)]),
    ],
)
def test_broken_files(tmp_path: Path, text: str, expected: list[tuple[str, int, int]]) -> None:
    assert problems_of(save(tmp_path, text)) == expected


def test_missing_file_and_wrong_explicit_column(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "absent.csv") == [("E101", 0, 0)]
    with pytest.raises(ScenarioError, match="did you mean `units`"):
        read_history(save(tmp_path, LONG), columns={"units": "unit"})


def test_explicit_column_wins(tmp_path: Path) -> None:
    text = "sku,date,units,quantity\nx,2024-01-01,1,5\nx,2024-01-02,2,6\n"
    history = read_history(save(tmp_path, text), columns={"units": "quantity"})
    assert history.frame["units"].tolist() == [5, 6]


def test_blank_lines_do_not_shift_line_numbers(tmp_path: Path) -> None:
    text = "store,sku,date,units\nA,x,2024-01-01,1\n,,,\nA,x,2024-01-02,bad\n"
    assert problems_of(save(tmp_path, text)) == [("E407", 4, 4)]


def test_thousands_separators_and_currency(tmp_path: Path) -> None:
    text = 'sku,date,units,price\nx,2024-01-01,"1,250",¥9.50\nx,2024-01-02,3,$8\n'
    frame = read_history(save(tmp_path, text)).frame
    assert frame["units"].tolist() == [1250, 3]
    assert frame["price"].tolist() == [9.5, 8.0]
    decimal_comma = "sku;date;units\nx;2024-01-01;1,5\n"
    assert problems_of(save(tmp_path, decimal_comma)) == [("E407", 2, 3)]


@pytest.mark.parametrize(
    ("labels", "frequency", "periods"),
    [
        (["2024-01-01", "2024-01-03", "2024-01-02"], "day", [0, 2, 1]),
        (["20240101", "20240115", "20240108"], "week", [0, 2, 1]),
        (["2023/12/1", "2024/2/1", "2024/1/1"], "month", [0, 2, 1]),
        (["2023-W52", "2024-W01", "2024-W03"], "week", [0, 1, 3]),
        (["2023-11", "2024-02"], "month", [0, 3]),
        (["t1", "t2", "t10"], "week", [0, 1, 9]),
    ],
)
def test_periods(labels: list[str], frequency: str, periods: list[int]) -> None:
    parsed = parse_periods(labels)
    assert parsed.calendar.frequency == frequency
    assert parsed.periods.tolist() == periods
    assert parsed.calendar.count == max(periods) + 1


def test_numbered_weeks_are_dated_by_the_first(tmp_path: Path) -> None:
    text = "sku,week,units\nx,40,1\nx,41,2\n"
    history = read_history(save(tmp_path, text), first_day=date(1989, 9, 14))
    assert history.calendar.first_day == date(1990, 6, 14)
    undated = read_history(save(tmp_path, text))
    assert undated.calendar.first_day is None
    assert any("numbered" in note for note in undated.notes)


@pytest.mark.parametrize(
    ("header", "stock", "censored", "limit"),
    [
        ("stock", [9, 5, 4], [False, True, False], [9, 5, 4]),
        ("stock", [1, 0, 7], [False, True, False], [4, 5, 8]),
        ("closing stock", [9, 0, 4], [False, True, False], [12, 5, 5]),
        ("opening stock", [9, 5, 4], [False, True, False], [9, 5, 4]),
        ("in_stock", [1, 0.5, 1], [False, True, False], [np.inf, np.inf, np.inf]),
    ],
)
def test_stock_marks_empty_shelves(
    tmp_path: Path, header: str, stock: list[float], censored: list[bool], limit: list[float]
) -> None:
    rows = zip(range(1, 4), [3, 5, 1], stock, strict=True)
    text = f"sku,date,units,{header}\n" + "".join(f"x,2024-01-0{d},{u},{s}\n" for d, u, s in rows)
    history = read_history(save(tmp_path, text))
    assert history.frame["censored"].tolist() == censored
    assert history.frame["limit"].tolist() == limit
    assert history.has_stock
    assert history.has_limit == (header != "in_stock")


def test_absent_rows_are_missing_or_zero(tmp_path: Path) -> None:
    text = "sku,date,units\nx,2024-01-01,1\nx,2024-01-02,1\nx,2024-01-05,2\n"
    missing = read_history(save(tmp_path, text))
    assert len(missing.frame) == 3
    assert any("absent_rows" in note for note in missing.notes)
    zero = read_history(save(tmp_path, text), absent_rows="zero")
    assert zero.frame["units"].tolist() == [1, 1, 0, 0, 2]


def test_unit_size_divides(tmp_path: Path) -> None:
    history = read_history(save(tmp_path, LONG), unit_size=2.0)
    assert history.frame["units"].tolist() == [1.5, 0, 3.5, 0.5, 1, 2]
