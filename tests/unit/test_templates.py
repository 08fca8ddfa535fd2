"""Templates load as written, and a planner's own tables find their columns."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from scenarios import ScenarioError, load
from scenarios.language.checks import check
from scenarios.language.templates import write_templates


def matched(templates: Any) -> dict[str, str]:
    return {match.header: match.column for match in templates.matches}


def test_the_template_loads_without_a_warning(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "My chain")
    scenario = load(written.files[0])
    assert check(scenario) == []
    assert scenario.name == "My-chain"
    assert (len(scenario.network.stores), len(scenario.assortment.skus)) == (3, 4)
    assert written.files[0].read_text().splitlines()[0] == (
        "# yaml-language-server: $schema=scenario.schema.json"
    )
    assert all(path.is_file() for path in written.files)


def test_the_defaults_it_shows_are_the_defaults(tmp_path: Path) -> None:
    path = write_templates(tmp_path).files[0]
    before = load(path)
    text, count = re.subn(r"^( *)# (\w+: )", r"\1\2", path.read_text(), flags=re.MULTILINE)
    assert count > 40
    path.write_text(text)
    after = load(path)
    assert after.digest == before.digest
    assert "policy.allocation" in after.provenance.given_paths - before.provenance.given_paths


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_templates(tmp_path)
    with pytest.raises(FileExistsError, match=re.escape("scenario.yaml exists")):
        write_templates(tmp_path)


def test_tables_of_a_planner_are_recognised_by_english_headers(tmp_path: Path) -> None:
    stores, skus = tmp_path / "shops.csv", tmp_path / "items.csv"
    stores.write_text("Shop,Store Name,Lat,Lng,Remark\n001,Main,31.2,121.5,x\n002,Side,31.3,121.4,\n")
    skus.write_text(
        "Item Code,Class,Retail Price (CNY),Unit-Cost,Pack size\nK1,tea,30,20,6\nK2,milk,12,8,12\n"
    )
    written = write_templates(tmp_path / "out", [skus, stores])
    assert matched(written) == {
        "Shop": "stores.store_id",
        "Store Name": "stores.name",
        "Lat": "stores.latitude",
        "Lng": "stores.longitude",
        "Remark": "",
        "Item Code": "skus.sku_id",
        "Class": "skus.class_id",
        "Retail Price (CNY)": "skus.price",
        "Unit-Cost": "skus.purchase_cost",
        "Pack size": "skus.case_pack",
    }
    assert written.notes == ()
    assert "shops.csv: Remark -> not used" in written.summary()
    scenario = load(written.files[0])
    assert scenario.network.stores["store_id"].tolist() == ["001", "002"]
    assert scenario.assortment.skus["purchase_cost"].tolist() == [20.0, 8.0]
    assert [item.id for item in scenario.assortment.classes] == ["tea", "milk"]


def test_chinese_headers_in_a_workbook_with_two_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    shops, goods = book.active, book.create_sheet("商品")
    for row in (["门店编号", "门店", "地区"], ["S01", "南京路店", "上海"], ["S02", "西湖店", "杭州"]):
        shops.append(row)
    rows: list[list[Any]] = [
        ["商品编码", "品名", "大类", "小类", "零售价", "保质期（天）", "上市日期"],
        ["A1", "鲜奶", "生鲜", "饮品", 12.5, 7, None],
        ["A2", "绿茶", "干货", "饮品", 36, None, date(2026, 2, 1)],
    ]
    for row in rows:
        goods.append(row)
    book.save(tmp_path / "主数据.xlsx")
    written = write_templates(tmp_path / "out", [tmp_path / "主数据.xlsx"])
    assert matched(written) == {
        "门店编号": "stores.store_id",
        "门店": "stores.name",
        "地区": "stores.region",
        "商品编码": "skus.sku_id",
        "品名": "skus.name",
        "大类": "skus.class_id",
        "小类": "skus.category",
        "零售价": "skus.price",
        "保质期（天）": "skus.shelf_life_days",
        "上市日期": "skus.launch_date",
    }
    scenario = load(written.files[0])
    assert scenario.network.stores["name"].tolist() == ["南京路店", "西湖店"]
    assert scenario.assortment.skus["launch_date"].tolist() == [None, date(2026, 2, 1)]
    assert scenario.assortment.skus["purchase_cost"].tolist() == [8.75, 25.2]
    assert scenario.assortment.skus["category"].tolist() == ["生鲜/饮品", "干货/饮品"]
    assert any("assumed to be 70% of the price" in note for note in written.notes)
    assert any("told apart by class" in note for note in written.notes)


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("code,price\n1,2\n", "t.csv:1", "E403"),
        ("sku,remark,price\nA,x,cheap\n", "t.csv:2:3", "E407"),
        ("sku,remark,price\nA,x,3\nA,y,4\n", "t.csv:3:1", "E410"),
        ("", "t.csv", "E401"),
    ],
)
def test_a_broken_table_of_a_planner_is_told_in_its_own_places(
    text: str, place: str, code: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        write_templates(tmp_path / "out", [tmp_path / "t.csv"])
    assert [(problem.place, problem.code) for problem in caught.value.problems] == [(place, code)]
    assert not (tmp_path / "out").exists()


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=re.escape("none.csv: E101")):
        write_templates(tmp_path / "out", [tmp_path / "none.csv"])
