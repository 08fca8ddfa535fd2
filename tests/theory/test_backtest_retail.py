"""A real past: orange juice at ten stores, demand fitted to half a year, the next eight weeks forecast.

There is no stock in the data, so the scenario has ample stock and sales are demand. Prices and features of
the eight weeks are taken as they were. Weeks are numbered from 14 September 1989, a Thursday.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

import scenarios
from study.backtesting import Backtest, Outcome, backtest, read_actuals
from study.fitting import fit_demand, write_fit
from tests.reference import reference_path

FIRST_DAY = date(1989, 9, 14)
OUNCES = 64
STORES, FITTED_WEEKS, HELD_WEEKS = 10, 26, 8
SCENARIO = """format: 1
name: orange_juice
horizon: {{start_date: {start}, days: {days}}}
network:
  suppliers: [{{id: any}}]
  distribution_centres: [{{id: DC, stock: unlimited}}]
  stores: {{table: stores.csv}}
assortment:
  classes: [{{id: juice}}]
  skus: {{table: goods.csv}}
initial: {{store_days_of_demand: 60}}
policy:
  replenishment:
    - mode: {{kind: min_max, reorder_point: {{units: 20000}}, order_up_to: {{units: 40000}}}}
  dc_replenishment:
    - mode: {{kind: min_max, reorder_point: {{units: 0}}, order_up_to: {{units: 1}}}}
"""


def sales() -> pd.DataFrame:
    frame = pd.read_csv(reference_path("demand/retail/dominicks_oj.csv.gz"))
    frame = frame[frame["store"].isin(sorted(frame["store"].unique())[:STORES])]
    frame["date"] = [FIRST_DAY + timedelta(days=7 * (int(week) - 1)) for week in frame["week"]]
    columns = {"units_oz": "units sold", "deal": "promotion", "feat": "feature", "brand": "sku"}
    frame = frame.rename(columns=columns).drop(columns=["profit"])
    return frame.assign(promotion=(frame["promotion"] > 0).astype(int))


def split(folder: Path) -> Path:
    """Write the history, its fit and the scenario; returns the file of the weeks held back."""
    frame = sales()
    last = int(frame["week"].max())
    held = frame[frame["week"] > last - HELD_WEEKS].drop(columns="week")
    week = frame["week"] - (last - HELD_WEEKS - FITTED_WEEKS)
    history = frame[(week > 0) & (week <= FITTED_WEEKS)].drop(columns="week")
    history.to_csv(folder / "history.csv", index=False)
    fit = fit_demand(folder / "history.csv", unit_size=OUNCES)
    write_fit(fit, folder)
    stores = pd.DataFrame({"store_id": sorted(fit.rates["store_id"].unique())})
    stores.to_csv(folder / "stores.csv", index=False)
    goods = fit.sku_table
    price = (goods["regular_price"] * OUNCES).round(2)
    pd.DataFrame(
        {
            "sku_id": goods["sku_id"],
            "class_id": "juice",
            "price": price,
            "purchase_cost": (0.7 * price).round(2),
            "variance_to_mean": goods["variance_to_mean"].clip(lower=1).round(4),
        }
    ).to_csv(folder / "goods.csv", index=False)
    block = (folder / "demand.yaml").read_text(encoding="utf-8")
    text = SCENARIO.format(start=held["date"].min(), days=7 * HELD_WEEKS) + block
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    regular = history.groupby(["store", "sku"])["price"].quantile(0.8).rename("regular price").reset_index()
    held = held.merge(regular, on=["store", "sku"])
    for column in ("price", "regular price"):
        held[column] *= OUNCES
    held.assign(**{"units sold": held["units sold"] / OUNCES}).to_csv(folder / "held.csv", index=False)
    return folder / "held.csv"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    folder = tmp_path_factory.mktemp("juice")
    held = split(folder)
    scenario = scenarios.load(folder / "scenario.yaml")
    return backtest(scenario, read_actuals(held, scenario), replications=59, seed=1, jobs=1)


@pytest.mark.slow
def test_cells_of_store_and_brand_are_covered_about_as_often_as_said(found: Backtest) -> None:
    (cells,) = (item for item in found.calibrations if item.grain == "cell")
    assert cells.cells > 0.95 * STORES * 11 * HELD_WEEKS
    assert 0.85 < cells.share < 0.98


@pytest.mark.slow
def test_what_juice_data_cannot_tell_is_not_told(found: Backtest) -> None:
    outcomes = {item.kpi: item.outcome for item in found.findings}
    assert outcomes["fill_rate"] is outcomes["store_stock_units"] is Outcome.UNKNOWN
    assert outcomes["sold_units"] is not Outcome.UNKNOWN
    assert found.replay.reason
