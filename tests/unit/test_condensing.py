import numpy as np
import pytest

from sim import Cell, Day
from study.condensing import condense, read_condensed, read_labels, write_condensed, write_labels
from study.evidence import DAILY, SKU, STORE, STORE_CLASS
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate


@pytest.fixture(scope="module")
def result():
    scenario = tiny_scenario(horizon={"days": 70, "warm_up_days": 10})
    return fake_simulate(scenario, FakePlan(), seed=1, replication=3)


@pytest.fixture(scope="module")
def condensed(result):
    return condense(result)


def test_arrays_have_the_documented_names_and_shapes(condensed):
    assert {name: array.shape for name, array in condensed.daily.items()} == dict.fromkeys(DAILY, (70,))
    assert {name: array.shape for name, array in condensed.store_class.items()} == dict.fromkeys(
        STORE_CLASS, (2, 2)
    )
    assert {name: array.shape for name, array in condensed.store.items()} == dict.fromkeys(STORE, (2,))
    assert {name: array.shape for name, array in condensed.sku.items()} == dict.fromkeys(SKU, (3,))


def test_daily_series_sum_the_whole_network_warm_up_included(result, condensed):
    day = result.panels.day
    assert condensed.daily["demand_units"][4] == day[4, :, :, Day.DEMAND].sum()
    expected = day[4, :, :, Day.SOLD_AS_ASKED].sum() / day[4, :, :, Day.DEMAND].sum()
    assert condensed.daily["fill_rate"][4] == pytest.approx(expected)
    assert condensed.daily["revenue"][4] == pytest.approx(day[4, :, :, Day.REVENUE].sum() / 100)


def test_tables_cut_the_warm_up(result, condensed):
    day = result.panels.day[10:]
    assert condensed.store_class["demand_units"][1, 0] == pytest.approx(day[:, 1, 0, Day.DEMAND].mean())
    expected = day[:, 1, :, Day.SOLD_AS_ASKED].sum() / day[:, 1, :, Day.DEMAND].sum()
    assert condensed.store["fill_rate"][1] == pytest.approx(expected)
    assert condensed.store["stock_out_share"] == pytest.approx([0.01, 0.01])


def test_skus_count_the_periods_that_lie_wholly_after_the_warm_up(result, condensed):
    # Periods of 28 days start on days 0, 28 and 56; the warm-up ends within the first.
    kept = result.panels.cell[1:, :, 2]
    assert condensed.sku["demand_units"][2] == pytest.approx(kept[..., Cell.DEMAND].sum() / 42)
    expected = 1 - kept[..., Cell.LOST].sum() / kept[..., Cell.DEMAND].sum()
    assert condensed.sku["fill_rate"][2] == pytest.approx(expected)


def test_skus_count_everything_when_no_period_lies_after_the_warm_up():
    scenario = tiny_scenario(horizon={"days": 20, "warm_up_days": 10})
    run = fake_simulate(scenario, FakePlan(), seed=1, replication=0)
    expected = run.panels.cell[..., Cell.DEMAND].sum(axis=(0, 1)) / 20
    assert condense(run).sku["demand_units"] == pytest.approx(expected)


def test_a_day_without_demand_has_no_fill_rate(result):
    result.panels.day[5, ..., Day.DEMAND] = 0
    assert np.isnan(condense(result).daily["fill_rate"][5])


def test_arrays_are_read_only(condensed):
    with pytest.raises(ValueError):
        condensed.daily["demand_units"][0] = 1


def test_file_round_trip_is_exact(condensed, tmp_path):
    write_condensed(condensed, tmp_path / "run.npz")
    back = read_condensed(tmp_path / "run.npz")
    assert (back.replication, back.digest) == (3, condensed.digest)
    np.testing.assert_equal(dict(back.kpis), dict(condensed.kpis))
    for group in ("daily", "store_class", "store", "sku"):
        for name, array in getattr(condensed, group).items():
            np.testing.assert_array_equal(getattr(back, group)[name], array)
    assert back.cost_by_head == condensed.cost_by_head


def test_labels_round_trip(result, tmp_path):
    write_labels(result.labels, tmp_path / "labels.npz")
    back = read_labels(tmp_path / "labels.npz")
    assert (back.stores, back.classes, back.start_date) == (
        result.labels.stores,
        result.labels.classes,
        result.labels.start_date,
    )
    assert type(back.warm_up_days) is int
    np.testing.assert_array_equal(back.sku_class, result.labels.sku_class)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 torn off"])
def test_a_damaged_file_is_no_replication(tmp_path, damage):
    (tmp_path / "run.npz").write_bytes(damage)
    with pytest.raises(ValueError, match="cannot be read"):
        read_condensed(tmp_path / "run.npz")


def test_a_file_of_something_else_is_no_replication(tmp_path):
    np.savez(tmp_path / "run.npz", x=np.arange(3))
    with pytest.raises(ValueError, match="lacks"):
        read_condensed(tmp_path / "run.npz")
