import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios import OptimisedStock
from study.backtesting import (
    Actuals,
    OrderSource,
    Outcome,
    backtest,
    export_actuals,
    read_actuals,
    write_backtest,
)
from study.backtesting.period import over_period, with_known_demand, with_known_supply
from study.errors import RequestError
from tests.pasts import little_chain, past, run

CHAIN = little_chain()


@pytest.fixture(scope="module")
def actuals(tmp_path_factory: pytest.TempPathFactory) -> Actuals:
    return past(CHAIN, 5, tmp_path_factory.mktemp("past"))


@pytest.fixture(scope="module")
def found(actuals: Actuals):
    return backtest(CHAIN, actuals, replications=19, seed=1, jobs=1)


def test_a_replay_is_exact_to_the_unit(found) -> None:
    assert found.replay.is_exact
    assert found.replay.cells == 42 * 9
    assert {item.difference for item in found.replay.differences} == {0.0}
    assert {"fill_rate", "store_stock_units", "revenue"} <= {item.kpi for item in found.replay.differences}


def test_a_replay_does_not_depend_on_the_seed(actuals: Actuals) -> None:
    assert backtest(CHAIN, actuals, replications=2, seed=77, jobs=1).replay.is_exact


def test_one_unit_booked_wrongly_is_found(actuals: Actuals) -> None:
    received = np.array(actuals.record.received)
    day, store, sku = next(zip(*np.nonzero(received[2:30] > 2), strict=True))
    received[day + 2, store, sku] += 1
    wrong = replace(actuals, record=replace(actuals.record, received=received))
    replay = backtest(CHAIN, wrong, replications=2, jobs=1).replay
    assert not replay.is_exact
    assert replay.stock_differs


def test_demand_that_was_lost_is_replayed_as_lost(found) -> None:
    (fill,) = (item for item in found.replay.differences if item.kpi == "fill_rate")
    assert fill.actual == fill.replayed < 1


def test_what_cannot_be_known_is_said(actuals: Actuals) -> None:
    bare = replace(
        actuals,
        opening_stock=None,
        record=replace(actuals.record, demand=None, closing_stock=None, received=None, wasted=None),
    )
    found = backtest(CHAIN, bare, replications=4, jobs=1)
    by_name = {item.kpi: item for item in found.findings}
    assert by_name["fill_rate"].outcome is Outcome.UNKNOWN
    assert by_name["fill_rate"].note == "needs a column of demand"
    assert "waste and units received" in by_name["waste_share"].note
    assert by_name["sold_units"].outcome is not Outcome.UNKNOWN
    assert "units received or ordered" in found.replay.reason
    assert any("opening stock is not known" in note for note in found.notes)
    with pytest.raises(RequestError, match="cannot be replayed"):
        backtest(CHAIN, bare, orders=OrderSource.KNOWN, replications=4, jobs=1)


def test_the_model_takes_the_place_of_the_period(actuals: Actuals) -> None:
    moved = over_period(CHAIN, actuals)
    assert (moved.horizon.start_date, moved.horizon.days, moved.horizon.warm_up_days) == (
        date(2025, 1, 6),
        42,
        0,
    )
    stock = moved.initial.store_stock
    assert stock is not None
    opening = run(CHAIN, 5).opening.store_units
    assert stock["units"].reshape(3, 3).tolist() == opening.tolist()
    paths = [change.path for change in moved.provenance.applied]
    assert paths == ["horizon", "initial.store_stock"]


def test_orders_are_placed_the_evening_before(actuals: Actuals) -> None:
    supplied = with_known_supply(over_period(CHAIN, actuals), actuals)
    orders = supplied.policy.replenishment[0].mode.orders
    received = np.array(actuals.record.received)
    assert orders["units"].sum() == received[1:].sum()
    assert max(orders["date"]) < actuals.end_date
    assert supplied.initial.store_stock is not None
    assert supplied.initial.store_stock["on_order_units"].sum() == received[0].sum()
    assert all(centre.stock == "unlimited" for centre in supplied.network.distribution_centres)


def test_what_is_replayed_is_not_optimised(actuals: Actuals) -> None:
    wishes = CHAIN.policy.optimised.model_copy(update={"stores": (OptimisedStock(),)})
    policy = CHAIN.policy.model_copy(update={"optimised": wishes})
    wishing = CHAIN.model_copy(update={"policy": policy}).with_provenance(CHAIN.provenance)
    supplied = with_known_supply(over_period(wishing, actuals), actuals)
    assert supplied.policy.optimised.stores == ()
    assert "policy.optimised" in [change.path for change in supplied.provenance.applied]


def test_sales_stand_for_demand_that_nobody_wrote_down(actuals: Actuals) -> None:
    unknown = replace(actuals, record=replace(actuals.record, demand=None))
    known = with_known_demand(over_period(CHAIN, unknown), unknown).demand.known
    assert known is not None
    assert known["units"].sum() == actuals.record.sold.sum()


def test_a_past_may_begin_after_a_warm_up(tmp_path: Path) -> None:
    found = backtest(CHAIN, past(CHAIN, 6, tmp_path, first_day=14), replications=3, jobs=1)
    assert found.days == 28
    assert found.start_date == date(2025, 1, 20)
    assert found.replay.is_exact


def test_weeks_are_forecast_and_not_replayed(tmp_path: Path) -> None:
    path = export_actuals(run(CHAIN, 5), tmp_path / "days.csv")
    frame = pd.read_csv(path, parse_dates=["date"])
    frame["date"] -= pd.to_timedelta(frame["date"].dt.day_of_week, unit="D")
    weeks = frame.groupby(["store", "sku", "date"], as_index=False)[["units sold", "demand"]].sum()
    weeks.to_csv(tmp_path / "weeks.csv", index=False)
    by_week = backtest(CHAIN, read_actuals(tmp_path / "weeks.csv", CHAIN), replications=9, jobs=1)
    by_day = backtest(CHAIN, read_actuals(path, CHAIN), replications=9, jobs=1)
    assert by_week.period_days == 7
    assert by_week.replay.reason
    assert by_week.weekly.actual.tolist() == by_day.weekly.actual.tolist()


def test_parallel_is_serial(actuals: Actuals, found) -> None:
    parallel = backtest(CHAIN, actuals, replications=19, seed=1, jobs=2)
    pd.testing.assert_frame_equal(parallel.table(), found.table())
    assert parallel.calibrations == found.calibrations


def test_prices_of_the_period_become_promotions(actuals: Actuals, tmp_path: Path) -> None:
    price = np.full(actuals.record.sold.shape, 10.0)
    price[7:14, :, 0] = 8.0
    price[20:22, 0, 1] = 11.0
    promotions = over_period(CHAIN, replace(actuals, price=price)).policy.promotions
    assert [(item.start, item.days, item.discount) for item in promotions] == [(date(2025, 1, 13), 7, 0.2)]
    assert promotions[0].scope.skus == (actuals.skus[0],)
    assert promotions[0].scope.stores == actuals.stores
    feature = np.zeros(price.shape)
    feature[7:10, 1, 0] = 1
    featured = over_period(CHAIN, replace(actuals, price=price, feature=feature)).policy.promotions
    assert sum(item.days * len(item.scope.stores) for item in featured) == 21
    assert [(item.days, item.scope.stores) for item in featured if item.featured] == [
        (3, (actuals.stores[1],))
    ]


def test_files(found, tmp_path: Path) -> None:
    folder = tmp_path / "answer"
    written = write_backtest(
        found, folder, command=["backtest", "x.yaml", "--actuals", "/somewhere/past.csv"]
    )
    assert {str(path.relative_to(folder)) for path in written} == {
        "backtest.csv",
        "weekly.csv",
        "calibration.csv",
        "backtest.json",
        "charts/weekly_sales.png",
        "charts/weekly_sales.svg",
        "backtest.html",
    }
    table = pd.read_csv(folder / "backtest.csv").set_index("kpi")
    assert table.loc["sold_units", "actual"] == pytest.approx(found.findings[4].actual)
    record = json.loads((folder / "backtest.json").read_text())
    assert record["replay"]["exact"] is True
    assert record["command"][-1] == "past.csv"
    assert [change["path"] for change in record["changes"]] == ["horizon", "initial.store_stock"]
    page = (folder / "backtest.html").read_text()
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page
    assert found.multiplicity in page
    (folder / "backtest.json").unlink()
    with pytest.raises(RequestError, match="not a back test's"):
        write_backtest(found, folder)


def test_summary_names_kpis_verdicts_and_replay(found) -> None:
    text = found.summary()
    assert "Fill rate (units)" in text and "covered" in text
    assert "exactly as they were in all 378 cells" in text
    assert "19 replications are too few to judge all together" in text


def test_a_past_by_day_needs_panels_by_day(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="panel_period_days"):
        export_actuals(run(little_chain(horizon={"panel_period_days": 7}), 1), tmp_path / "past.csv")
