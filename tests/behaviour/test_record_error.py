"""Records of the centre that are not true: shrinkage, miscounts, short picks and cycle counts (mechanism H2)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import Centre, RunResult
from sim.books import Account
from tests.behaviour.worlds import SKUS, base_stock, chain, kpis, run, runs, surely_more

DAYS = 112
LIMITED: dict[str, Any] = {
    "horizon": {"days": DAYS},
    "network": {"distribution_centres": [{"id": "DC"}]},
    "policy": {
        **base_stock(10),
        "dc_replenishment": [
            {"mode": {"kind": "min_max", "reorder_point": {"units": 60}, "order_up_to": {"units": 160}}}
        ],
    },
}


def erring(**error: float) -> dict[str, Any]:
    return {"network": {"record_error": error}}


def counting(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"policy": {"cycle_counts": list(rules)}}


def total(result: RunResult, measure: Centre) -> int:
    return int(result.panels.centre[..., measure].sum())


def still(*changes: dict[str, Any], **error: float) -> Scenario:
    """A centre from which nobody orders: 5,000 units of each SKU."""
    held = [{"dc_id": "DC", "sku_id": sku["sku_id"], "units": 5_000} for sku in SKUS]
    nobody = [{"store_id": "S0", "size": 0.0, "lead_time_days": 1}]
    return chain(
        LIMITED,
        {"network": {"stores": nobody}, "initial": {"dc_stock": held}, "demand": {"mean_units_per_day": 0.0}},
        erring(**error),
        *changes,
    )


def test_so_many_units_vanish_in_a_year() -> None:
    """Each unit is gone after D days with probability 1 - (1 - s / 365) ** D; nobody notices."""
    result = run(still(shrinkage_per_year=0.5))
    gone = 1 - (1 - 0.5 / 365) ** DAYS
    units = 4 * (5_000 - 10)
    assert abs(total(result, Centre.VANISHED) - units * gone) < 4 * np.sqrt(units * gone * (1 - gone))
    assert total(result, Centre.SHRUNK) == result.kpis["cost_waste"] == 0
    assert (result.closing.centre_units == 5_000 - 10).all()  # the store has filled its shelf
    assert -result.closing.centre_deviation.sum() == total(result, Centre.VANISHED)


def test_a_count_puts_the_record_right_and_costs() -> None:
    result = run(still(counting({"every_days": 7}), shrinkage_per_year=0.5, count_cost_per_line=0.4))
    lost = total(result, Centre.VANISHED) + int(result.closing.centre_deviation.sum())
    assert total(result, Centre.SHRUNK) == lost > 0
    assert result.kpis["cost_waste"] * DAYS == pytest.approx(6.0 * lost)
    lines = len(result.tables["cycle_counts"])
    assert lines == total(result, Centre.COUNTED_LINES) == 4 * DAYS // 7
    assert result.ledger[..., Account.LABOUR].sum() == 40 * lines


def test_every_sku_is_counted_in_its_turn() -> None:
    """A is what makes up the first half of the value: SKU 'D' sells most by far."""
    skus = [{**sku, "popularity": 5.0 if sku["sku_id"] == "D" else 1.0} for sku in SKUS]
    rules = ({"value_share": 0.5, "every_days": 4}, {"every_days": 14})
    result = run(
        chain(LIMITED, {"assortment": {"skus": skus}}, erring(shrinkage_per_year=0.1), counting(*rules))
    )
    counts = result.tables["cycle_counts"]
    for name, gap in (("A", 14), ("B", 14), ("C", 14), ("D", 4)):
        days = counts["counted_second"][counts["sku"] == result.labels.skus.index(name)] // 86_400
        assert set(np.diff(days)) == {gap}


def test_the_oftener_centres_count_the_truer_their_records() -> None:
    wrong = erring(shrinkage_per_year=0.3, miscount_probability=0.02)
    worlds = [
        chain(LIMITED, wrong, *([counting({"every_days": days})] if days else [])) for days in (0, 28, 3)
    ]
    for less, more in pairwise(worlds):
        assert surely_more("record_accuracy", more, less)
    assert (kpis(runs(worlds[0], 3), "shrinkage_share") == 0).all()
    assert surely_more("shrinkage_share", worlds[2], worlds[0])


def test_stock_that_is_on_record_only_is_promised_and_not_found() -> None:
    """What the record shows and nobody finds is never reordered: counts make goods available."""
    wrong = erring(shrinkage_per_year=2.0)
    never, often = chain(LIMITED, wrong), chain(LIMITED, wrong, counting({"every_days": 2}))
    assert surely_more("short_pick_share", never, often)
    assert surely_more("fill_rate", often, never)
    assert surely_more("line_fill_rate", often, never)


def test_true_records_need_no_count() -> None:
    result = run(chain(LIMITED, erring(), counting({"every_days": 3})))
    assert result.kpis["record_accuracy"] == 1
    assert result.kpis["short_pick_share"] == result.kpis["shrinkage_share"] == 0
    assert np.isnan(run(chain(LIMITED)).kpis["record_accuracy"])
