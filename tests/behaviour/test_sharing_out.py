"""Who goes short when the distribution centre does (mechanism T10)."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios import Scenario
from sim import Cell, Day
from tests.behaviour.worlds import (
    SKUS,
    STORES,
    by_cell,
    chain,
    kpis,
    run,
    runs,
    surely_more,
    surely_positive,
    total,
)

SMALL_LAST = [{**store, "priority": 6 - number} for number, store in enumerate(STORES)]
"""The largest store has rank 1."""


def scarce(rule: str, stores: list[dict[str, Any]] = SMALL_LAST, unfilled: str = "cancel") -> Scenario:
    """A centre that orders once a week and too little; stores hold days of cover according to their size."""
    mode = {"kind": "days_of_cover", "cover_days": 0.5}
    week = {"kind": "periodic_review", "order_up_to": {"units": 140}}
    return chain(
        {"network": {"stores": stores, "distribution_centres": [{"id": "DC"}]}},
        {"horizon": {"days": 84}},
        {
            "policy": {
                "replenishment": [{"mode": mode}],
                "dc_replenishment": [{"mode": week, "order_weekdays": ["mon"]}],
                "allocation": {"rule": rule, "unfilled": unfilled},
                "knowledge": "perfect",
            }
        },
    )


def test_priority_leaves_the_small_stores_out_and_fair_share_does_not() -> None:
    fair, ranked = runs(scarce("fair_share")), runs(scarce("priority"))
    for name in ("small_store_fill_gap", "service_gini"):
        assert surely_positive(kpis(ranked, name) - kpis(fair, name))
    assert (kpis(fair, "line_fill_rate") < 1).all()


def test_under_priority_the_best_rank_is_never_served_worse() -> None:
    first = [{**store, "priority": 1 if store["store_id"] == "S0" else 2} for store in STORES]

    def fill(scenario: Scenario) -> np.ndarray:
        days = [result.panels.day[:, 0].sum(axis=(0, 1)) for result in runs(scenario)]
        return np.array([day[Day.SOLD_AS_ASKED] / day[Day.DEMAND] for day in days])

    assert surely_positive(fill(scarce("priority", first)) - fill(scarce("fair_share", first)))


def test_first_come_serves_those_who_close_early() -> None:
    """Orders leave at closing time: under first come the stores that close late find the centre empty."""
    early = [{**store, "closes_hour": 20.0 if number % 2 else 22.0} for number, store in enumerate(STORES)]

    def advantage(rule: str) -> np.ndarray:
        shares = []
        for result in runs(scarce(rule, early)):
            day = result.panels.day.sum(axis=(0, 2))
            sold, asked = day[:, Day.SOLD_AS_ASKED], day[:, Day.DEMAND]
            shares.append(sold[1::2].sum() / asked[1::2].sum() - sold[::2].sum() / asked[::2].sum())
        return np.array(shares)

    assert surely_positive(advantage("first_come"))


def test_what_waits_at_the_centre_is_shipped_when_goods_come_in() -> None:
    waiting, struck_off = run(scarce("fair_share", unfilled="backorder")), run(scarce("fair_share"))
    assert total(waiting, Day.CANCELLED) == 0
    assert total(struck_off, Day.CANCELLED) > 0
    assert total(waiting, Day.ORDER_LINES) < total(struck_off, Day.ORDER_LINES)  # nothing is asked for twice


def test_the_rule_does_not_matter_where_there_is_enough() -> None:
    plenty = {
        "initial": {"dc_stock": [{"dc_id": "DC", "sku_id": sku["sku_id"], "units": 99_999} for sku in SKUS]}
    }
    worlds = [
        chain(
            {"network": {"stores": SMALL_LAST, "distribution_centres": [{"id": "DC"}]}},
            plenty,
            {"policy": {"allocation": {"rule": rule}}},
        )
        for rule in ("fair_share", "priority", "first_come")
    ]
    first, *others = (by_cell(run(world), Cell.SOLD) for world in worlds)
    for other in others:
        np.testing.assert_array_equal(first, other)


def test_an_endless_centre_serves_better_than_a_short_one() -> None:
    short = scarce("fair_share")
    endless = chain({"policy": {"replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 0.5}}]}})
    assert surely_more("fill_rate", endless, short)
    assert run(endless).kpis["line_fill_rate"] == 1.0
