"""Goods between supplier, centre, store and back: life left, defects, returns, gifts (mechanisms T4, T6, H4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import Cell, Centre, Day
from sim.books import Account
from tests.behaviour.worlds import (
    STORES,
    all_skus,
    base_stock,
    chain,
    kpis,
    run,
    runs,
    shelf,
    surely_more,
    total,
)
from tests.defects import with_defects

WEEKLY: dict[str, Any] = {
    "network": {"distribution_centres": [{"id": "DC"}]},
    "policy": {
        **base_stock(10),
        "dc_replenishment": [
            {"mode": {"kind": "days_of_cover", "cover_days": 3.0}, "order_weekdays": ["mon"]}
        ],
    },
}
AGEING = (WEEKLY, {"assortment": all_skus(shelf_life_days=6, total_shelf_life_days=9)})
RETURNING = (
    {
        "network": {"distribution_centres": [{"id": "DC"}]},
        "policy": {**base_stock(20), "returns": "to_centre"},
    },
    {
        "assortment": {
            "classes": [{"id": "FOOD", "customer_returns": {"probability": 0.2, "resalable_share": 0.0}}],
            "returns_triage": [{"handling_cost_per_unit": 0.5, "repair_cost_per_unit": 2.0}],
        }
    },
)


def demanding(days: int) -> dict[str, Any]:
    return {"network": {"stores": [{**store, "minimum_remaining_life_days": days} for store in STORES]}}


def triaged(**shares: float) -> dict[str, Any]:
    return {"assortment": {"returns_triage": [{"repair_cost_per_unit": 2.0, **shares}]}}


def at_centres(result: Any, *measures: Centre) -> int:
    return int(result.panels.centre[..., list(measures)].sum())


def test_who_demands_more_life_gets_it_and_the_centre_wastes_more() -> None:
    worlds = [chain(*AGEING, demanding(days)) for days in (0, 4, 6)]
    for name in ("centre_waste_share", "life_at_receipt_days"):
        assert surely_more(name, worlds[1], worlds[0])
        assert surely_more(name, worlds[2], worlds[1])
    assert all(result.kpis["life_at_receipt_days"] >= 4 for result in runs(worlds[1], 3))


def test_what_one_store_will_not_take_another_does() -> None:
    """With half of the stores undemanding the centre wastes less than with none, and the demanding still get fresh."""
    mixed = [
        {**store, "minimum_remaining_life_days": 6 * (number % 2)} for number, store in enumerate(STORES)
    ]
    some = chain(*AGEING, {"network": {"stores": mixed}})
    assert surely_more("centre_waste_share", chain(*AGEING, demanding(6)), some)


def test_ageing_in_the_centre_costs_life_on_the_shelf() -> None:
    ageless = chain(WEEKLY, {"assortment": all_skus(shelf_life_days=6)})
    assert surely_more("waste_share", chain(*AGEING), ageless)
    assert np.isnan(run(ageless).kpis["life_at_receipt_days"])
    assert run(ageless).kpis["centre_waste_share"] == 0


def test_defects_cost_nothing_until_customers_find_them() -> None:
    """All that is sold is returned; of a stock that is sold out every defective unit comes back, no more, no less."""
    world = chain(
        {
            "network": {"distribution_centres": [{"id": "DC"}]},
            "assortment": {"classes": [{"id": "FOOD", "customer_returns": {"probability": 0.0}}]},
            "initial": {
                **shelf(0),
                "dc_stock": [{"dc_id": "DC", "sku_id": name, "units": 120} for name in "ABCD"],
            },
            "policy": {
                **base_stock(12),
                "dc_replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 0}}}],
            },
        }
    )
    with with_defects(0.25):
        result = run(world)
    assert total(result, Day.SOLD_AS_ASKED) == 4 * 120
    assert total(result, Day.DEFECTIVE_RETURNED) == total(result, Day.RETURNED) == 4 * 30
    assert total(result, Day.WASTED) == 4 * 30
    assert result.kpis["escaped_defect_share"] == pytest.approx(0.25)


def test_the_more_is_restocked_the_more_is_recovered() -> None:
    none, some, all_of_it = (chain(*RETURNING, triaged(restock_share=share)) for share in (0.0, 0.4, 1.0))
    assert surely_more("recovery_value", some, none)
    assert surely_more("recovery_value", all_of_it, some)
    assert (kpis(runs(all_of_it, 3), "recovered_share") == 1).all()
    assert surely_more("cost_waste", none, some)


def test_units_are_sorted_in_the_stated_shares() -> None:
    shares = {"restock_share": 0.2, "repair_share": 0.3, "return_to_vendor_share": 0.4}
    result = run(chain(*RETURNING, triaged(vendor_credit_share=0.5, handling_cost_per_unit=0.25, **shares)))
    outcomes = (Centre.RESTOCKED, Centre.REPAIRED, Centre.TO_VENDOR, Centre.SCRAPPED)
    seen = at_centres(result, *outcomes)
    for measure, share in zip(outcomes, (*shares.values(), 0.1), strict=True):
        assert abs(at_centres(result, measure) - seen * share) < 4 * np.sqrt(seen * share * (1 - share))
    # At 6.00 a unit: half of what went to the vendor is lost, repairs and looking at goods are paid for.
    lost = at_centres(result, Centre.TO_VENDOR) * 300
    paid = at_centres(result, Centre.REPAIRED) * 200 + seen * 25
    assert result.ledger[..., Account.QUALITY].sum() == lost + paid


def test_nothing_comes_back_to_the_centre_unless_asked_for() -> None:
    scrapped = chain(*RETURNING, {"policy": {"returns": "scrap_at_store"}})
    result = run(scrapped)
    assert len(result.tables["returns"]) == 0
    assert total(result, Day.WASTED) == total(result, Day.RETURNED) > 0
    assert surely_more("cost_waste", scrapped, chain(*RETURNING, triaged(restock_share=0.5)))


def test_returns_wait_for_the_next_delivery() -> None:
    """A store that is visited on one day of the week keeps what came back until then."""
    weekly = {
        "policy": {
            "replenishment": [
                {
                    "mode": {"kind": "periodic_review", "order_up_to": {"units": 60}},
                    "order_weekdays": ["wed"],
                }
            ]
        }
    }
    result = run(chain(*RETURNING, weekly))
    handed = result.tables["returns"]["handed_second"] // 86_400
    start = result.labels.start_date.weekday()
    assert set((handed + start) % 7) == {3}
    assert result.closing.waiting_units.sum() > 0
    np.testing.assert_array_equal(handed, result.tables["returns"]["arrived_second"] // 86_400)


def test_gifts_are_counted_to_the_unit() -> None:
    gifts = {"policy": {"gifts": [{"scope": {"skus": ["A"]}, "gift_sku_id": "D", "per_units": 7}]}}
    plain, generous = run(chain(base := {"policy": base_stock(20)})), run(chain(base, gifts))
    given = np.bincount(generous.tables["gifts"]["store"], generous.tables["gifts"]["units"], minlength=6)
    received = generous.panels.cell.sum(axis=0)[:, generous.labels.skus.index("A"), Cell.RECEIVED]
    under_way = generous.closing.transit_units[:, generous.labels.skus.index("A")]
    np.testing.assert_array_equal(given, (received + under_way) // 7)
    assert generous.kpis["gift_units"] * 56 == given.sum() > 0
    assert generous.kpis["cost_communication"] * 56 == pytest.approx(6.0 * given.sum())
    assert plain.kpis["sold_units"] == generous.kpis["sold_units"]


def test_a_centre_gives_no_gifts_that_it_does_not_have() -> None:
    gifts = {"policy": {**base_stock(20), "gifts": [{"gift_sku_id": "D", "per_units": 1, "days": 3}]}}
    stock = {"network": {"distribution_centres": [{"id": "DC"}]}}
    held = {"initial": {"dc_stock": [{"dc_id": "DC", "sku_id": "A", "units": 500}]}}
    result = run(chain(stock, gifts, held))
    assert result.kpis["gift_units"] == 0
