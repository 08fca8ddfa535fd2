from datetime import date
from pathlib import Path

import numpy as np
import pytest

from scenarios import ScenarioError
from study.backtesting import read_actuals
from tests.factory import tiny_scenario

SCENARIO = tiny_scenario()


def written(folder: Path, *lines: str) -> Path:
    path = folder / "past.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def codes(error: pytest.ExceptionInfo[ScenarioError]) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in error.value.problems]


def test_english_headers(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Store,SKU,Date,Units Sold,Demand,Received,Waste,Closing Stock,Unit price",
        "S1,B,2025-01-06,3,4,5,1,7,8.5",
        "S1,B,2025-01-07,2,2,0,0,5,",
    )
    found = read_actuals(path, SCENARIO)
    assert (found.stores, found.skus) == (("S1",), ("B",))
    assert (found.start_date, found.record.period_days, found.record.days) == (date(2025, 1, 6), 1, 2)
    record = found.record
    assert record.sold.ravel().tolist() == [3, 2]
    for values, expected in (
        (record.demand, [4, 2]),
        (record.received, [5, 0]),
        (record.wasted, [1, 0]),
        (record.closing_stock, [7, 5]),
        (record.revenue, [25.5, 17.0]),
    ):
        assert values is not None and values.ravel().tolist() == expected


def test_chinese_headers_and_weeks(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "门店,商品,日期,销量,需求量,到货量,报损,期末库存,期初库存,售价",
        "S2,A,2025-01-06,30,31,20,2,5,17,9.9",
        "S2,A,2025-01-13,12,12,20,0,13,5,9.9",
    )
    found = read_actuals(path, SCENARIO)
    assert found.record.period_days == 7
    assert found.record.days == 14
    assert found.record.demand is not None and found.record.demand.ravel().tolist() == [31, 12]
    assert found.record.wasted is not None and found.record.received is not None
    assert found.opening_stock is not None and found.opening_stock.tolist() == [[17.0]]


def test_opening_stock_is_worked_out(tmp_path: Path) -> None:
    lines = ["store,sku,date,sold,received,waste,stock", "S1,A,2025-01-06,3,5,1,7", "S1,B,2025-01-06,0,9,0,2"]
    found = read_actuals(written(tmp_path, *lines), SCENARIO)
    assert found.opening_stock is not None
    assert found.opening_stock.tolist() == [[6.0, 0.0]]
    assert any("1 cells would be negative" in note for note in found.notes)


def test_prices_are_carried_over_blanks_and_nothing_sold_earns_nothing(tmp_path: Path) -> None:
    lines = ["store,sku,date,sold,price", "S1,A,2025-01-06,0,", "S1,A,2025-01-07,1,9", "S1,A,2025-01-08,2,"]
    found = read_actuals(written(tmp_path, *lines), SCENARIO)
    assert found.price is not None and found.price.ravel().tolist() == [9, 9, 9]
    assert found.record.revenue is not None and found.record.revenue.ravel().tolist() == [0, 9, 18]


def test_revenue_may_be_given(tmp_path: Path) -> None:
    lines = ["store,sku,date,sold,revenue", "S1,A,2025-01-06,2,19.9", "S1,A,2025-01-07,1,"]
    found = read_actuals(written(tmp_path, *lines), SCENARIO)
    assert found.price is None
    assert found.record.revenue is not None
    assert found.record.revenue.ravel()[0] == 19.9 and np.isnan(found.record.revenue.ravel()[1])


@pytest.mark.parametrize("absent_rows", ["missing", "zero"])
def test_absent_rows(tmp_path: Path, absent_rows) -> None:
    lines = ["store,sku,date,sold,stock", "S1,A,2025-01-06,2,5", "S2,A,2025-01-07,3,4"]
    found = read_actuals(written(tmp_path, *lines), SCENARIO, absent_rows=absent_rows)
    absent = found.record.sold[1, 0, 0]
    assert absent == 0 if absent_rows == "zero" else np.isnan(absent)
    assert found.record.closing_stock is not None and np.isnan(found.record.closing_stock[1, 0, 0])
    assert "50.0%" in found.notes[0]


def test_unit_size(tmp_path: Path) -> None:
    lines = ["store,sku,week,sold,stock", "S1,A,3,128,640", "S1,A,4,64,0"]
    found = read_actuals(written(tmp_path, *lines), SCENARIO, unit_size=64, first_day=date(2025, 1, 6))
    assert found.record.sold.ravel().tolist() == [2, 1]
    assert found.start_date == date(2025, 1, 20)


def test_what_is_wrong_is_said_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path, "store,sku,date,sold", "S1,A,2025-01-06,1", "S9,A,2025-01-06,x", "S1,Q,2025-01-07,-1"
    )
    with pytest.raises(ScenarioError) as error:
        read_actuals(path, SCENARIO)
    assert sorted(codes(error)) == [("E407", 3), ("E408", 4), ("E501", 3), ("E501", 4)]


def test_a_cell_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="same store, SKU and period as line 2") as error:
        read_actuals(written(tmp_path, "store,sku,date,sold", *["S1,A,2025-01-06,1"] * 2), SCENARIO)
    assert codes(error) == [("E410", 3)]


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("sku,date,sold", "A,2025-01-06,1", "no column is recognised as store"),
        ("store,sku,date,stock", "S1,A,2025-01-06,1", "no column is recognised as units"),
        ("store,sku,week,sold", "S1,A,17,1", "numbered, not dated"),
    ],
)
def test_files_that_say_too_little(tmp_path: Path, header: str, row: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        read_actuals(written(tmp_path, header, row), SCENARIO)


def test_months_say_too_little(tmp_path: Path) -> None:
    lines = ["store,sku,date,sold", *(f"S1,A,2025-{month:02d}-01,5" for month in range(1, 5))]
    with pytest.raises(ScenarioError, match="a month says too little"):
        read_actuals(written(tmp_path, *lines), SCENARIO)
