"""A back test covers the past as often as it says when the model is right, and not when it is wrong.

One set of replications is set against many pasts by other seeds. The share of pasts inside a KPI's interval
varies with the replications (a beta distribution) and with the pasts (binomial); the bounds are 3.29 such
standard deviations. The planted error is demand 15% above the model's.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from study.backtesting import OrderSource, Outcome, backtest
from study.backtesting.judging import calibrations, findings, joint_p
from study.backtesting.observing import Draw, observe, reduce_record
from tests.pasts import little_chain, past, run

REPLICATIONS, PASTS, LEVEL = 99, 60, 0.96
CHAIN = little_chain()
WRONG = little_chain(demand={"mean_units_per_day": 4.6})
SPREAD = np.sqrt(LEVEL * (1 - LEVEL) * (1 / (REPLICATIONS + 2) + 1 / PASTS))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Draw], list[Draw], list[Draw], object]:
    """Replications of the model, pasts of the same world, pasts of another world, and a file of actuals."""
    actuals = past(CHAIN, 1, tmp_path_factory.mktemp("past"))
    cost = np.array([6.0, 5.0, 60.0])

    def reduced(scenario, seed: int, replication: int = 0) -> Draw:
        return reduce_record(observe(run(scenario, seed, replication), actuals), cost)

    model = [reduced(CHAIN, 1, number) for number in range(REPLICATIONS)]
    right = [reduced(CHAIN, 1000 + number) for number in range(PASTS)]
    wrong = [reduced(WRONG, 1000 + number) for number in range(PASTS)]
    return model, right, wrong, actuals.record


def covered(worlds, pasts: list[Draw]) -> dict[str, float]:
    model, _, _, record = worlds
    found = [findings(record, one, model, LEVEL) for one in pasts]
    return {
        items[0].kpi: float(np.mean([item.outcome is Outcome.COVERED for item in items]))
        for items in zip(*found, strict=True)
        if items[0].outcome is not Outcome.UNKNOWN
    }


def test_a_right_model_covers_as_often_as_it_says(worlds) -> None:
    shares = covered(worlds, worlds[1])
    assert len(shares) >= 9
    for kpi, share in shares.items():
        assert share > LEVEL - 3.29 * SPREAD, kpi


def test_a_wrong_model_does_not(worlds) -> None:
    shares = covered(worlds, worlds[2])
    assert shares["demand_units"] < 0.2
    assert shares["sold_units"] < 0.2


def test_all_kpis_together_are_judged_at_the_level_said(worlds) -> None:
    model, right, wrong, _ = worlds
    refused = np.mean([joint_p(one, model) <= 0.05 for one in right])
    assert refused < 0.05 + 3.29 * np.sqrt(0.05 * 0.95 * (1 / REPLICATIONS + 1 / PASTS))
    assert np.mean([joint_p(one, model) <= 0.05 for one in wrong]) > 0.8


def test_weekly_cells_are_covered_as_expected(worlds) -> None:
    model, right, wrong, _ = worlds
    for pasts, is_right in ((right, True), (wrong, False)):
        found = [calibrations(one, model, 0.95) for one in pasts[:20]]
        for grain, items in zip(("store", "sku", "cell"), zip(*found, strict=True), strict=True):
            share, expected = (
                np.mean([getattr(item, name) for item in items]) for name in ("share", "expected")
            )
            assert expected >= 0.9
            assert (share > expected - 0.03) == is_right, grain


def test_a_past_by_another_seed(tmp_path: Path) -> None:
    right = backtest(CHAIN, past(CHAIN, 2026, tmp_path), replications=REPLICATIONS, seed=1, jobs=1)
    assert right.replay.is_exact
    assert not right.is_contradicted
    wrong = backtest(CHAIN, past(WRONG, 2026, tmp_path), replications=REPLICATIONS, seed=1, jobs=1)
    assert wrong.replay.is_exact
    assert wrong.is_contradicted
    assert {item.kpi: item.outcome for item in wrong.findings}["demand_units"] is Outcome.ABOVE


def test_orders_that_answered_demand_cannot_be_held_fixed(tmp_path: Path) -> None:
    """Orders follow sales; replications that redraw demand under fixed orders drift away from them."""
    actuals = past(CHAIN, 3, tmp_path)
    by_policy, as_were = (
        {item.kpi: item for item in backtest(CHAIN, actuals, orders=orders, replications=39, jobs=1).findings}
        for orders in OrderSource
    )
    assert as_were["received_units"].low == as_were["received_units"].high == as_were["received_units"].actual
    assert as_were["fill_rate"].mean < by_policy["fill_rate"].mean
    spread = {
        name: found["store_stock_units"].high - found["store_stock_units"].low
        for name, found in (("policy", by_policy), ("known", as_were))
    }
    assert spread["known"] > 2 * spread["policy"]
