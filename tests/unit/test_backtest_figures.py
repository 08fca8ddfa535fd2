import numpy as np
import pytest

from study.backtesting.figures import FIGURES, compute_figures, missing_columns
from study.backtesting.records import Record

COST = np.array([2.0, 5.0])


def column(*rows: tuple[float, float]) -> np.ndarray:
    """One store, two SKUs, a row per day."""
    return np.array(rows, dtype=float)[:, np.newaxis, :]


RECORD = Record(
    period_days=1,
    sold=column((4, 1), (2, 0)),
    demand=column((5, 1), (2, 2)),
    received=column((0, 3), (6, 1)),
    wasted=column((0, 1), (0, 0)),
    closing_stock=column((0, 3), (4, 0)),
    revenue=column((40, 9), (20, 0)),
)


def test_figures_by_hand() -> None:
    found = compute_figures(RECORD, COST)
    assert found["sold_units"] == 3.5
    assert found["demand_units"] == 5.0
    assert found["fill_rate"] == pytest.approx(7 / 10)
    assert found["on_shelf_availability"] == 0.5
    assert found["stock_out_days"] == pytest.approx(182.5)
    assert found["store_stock_units"] == 3.5
    assert found["inventory_days"] == pytest.approx(((0 + 15 + 8 + 0) / 2) / ((8 + 5 + 4 + 0) / 2))
    assert found["waste_share"] == pytest.approx(0.1)
    assert found["revenue"] == 34.5
    assert found["received_units"] == 5.0
    assert np.isnan(found["sold_units_weekly_deviation"])


def test_what_is_sold_beyond_a_cells_demand_fills_no_other() -> None:
    record = Record(1, sold=column((9, 0)), demand=column((1, 9)))
    assert compute_figures(record, COST)["fill_rate"] == pytest.approx(0.1)


def test_weekly_deviation() -> None:
    sold = np.ones((30, 2, 2))
    sold[7:14] = 3
    assert compute_figures(Record(1, sold), COST)["sold_units_weekly_deviation"] == pytest.approx(
        np.std([28, 84, 28, 28], ddof=1)
    )


def test_weeks_and_days_measure_alike() -> None:
    days = np.random.default_rng(1).poisson(5, size=(28, 2, 3)).astype(float)
    weeks = days.reshape(4, 7, 2, 3).sum(axis=1)
    cost = np.ones(3)
    assert compute_figures(Record(1, days), cost) == pytest.approx(compute_figures(Record(7, weeks), cost))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_says_what_it_lacks(figure) -> None:
    bare = Record(1, sold=RECORD.sold)
    told = figure.needs == ("sold",)
    assert bool(missing_columns(figure, bare)) != told
    assert (figure.name in compute_figures(bare, COST)) == told
    assert missing_columns(figure, RECORD) == ""


def test_a_record_seen_with_blind_spots() -> None:
    sold = RECORD.sold.copy()
    sold[0, 0, 0] = np.nan
    blind = Record(1, sold=sold, demand=RECORD.demand)
    seen = RECORD.seen_like(blind)
    assert seen.closing_stock is None
    assert np.isnan(seen.sold[0, 0, 0])
    assert compute_figures(seen, COST)["sold_units"] == 1.5
    assert compute_figures(seen, COST)["fill_rate"] == pytest.approx(3 / 5)


def test_a_week_without_any_record_is_unknown_not_zero() -> None:
    sold = np.ones((14, 1, 2))
    sold[7:, 0, 0] = np.nan
    weekly = Record(1, sold).weekly("sold")
    assert weekly[0].tolist() == [[7.0, 7.0]]
    assert np.isnan(weekly[1, 0, 0]) and weekly[1, 0, 1] == 7.0
