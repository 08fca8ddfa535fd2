"""Goods that expire: who picks what, what is marked down, what is thrown away (mechanism T6)."""

from __future__ import annotations

import numpy as np

from sim import Cell, Day
from tests.behaviour.worlds import (
    all_skus,
    base_stock,
    by_cell,
    chain,
    kpis,
    run,
    runs,
    shelf,
    surely_more,
    total,
)

LIFE = {"assortment": all_skus(shelf_life_days=4), "policy": base_stock(22), "initial": shelf(22)}


def freshest(share: float) -> dict[str, object]:
    return {"assortment": {"classes": [{"id": "FOOD", "last_in_first_out_share": share}]}}


def marked(days: int, discount: float = 0.3) -> dict[str, object]:
    return {"policy": {"mark_downs": [{"remaining_days": days, "discount": discount}]}}


def test_shoppers_who_look_for_the_freshest_cause_waste() -> None:
    worlds = [chain(LIFE, freshest(share)) for share in (1.0, 0.5, 0.0)]
    assert surely_more("waste_share", worlds[0], worlds[1])
    assert surely_more("waste_share", worlds[1], worlds[2])
    assert surely_more("age_at_sale_share", worlds[2], worlds[0])


def test_a_longer_life_wastes_less() -> None:
    lives = [chain(LIFE, {"assortment": all_skus(shelf_life_days=days)}) for days in (2, 4, 8)]
    assert surely_more("waste_share", lives[0], lives[1])
    assert surely_more("waste_share", lives[1], lives[2])
    assert run(chain(LIFE, {"assortment": all_skus(shelf_life_days=0)})).kpis["waste_share"] == 0.0


def test_mark_downs_sway_shoppers_towards_what_is_old() -> None:
    plain, cheap = chain(LIFE, freshest(1.0)), chain(LIFE, freshest(1.0), marked(2))
    assert surely_more("waste_share", plain, cheap)
    assert (kpis(runs(cheap, 3), "cost_mark_down") > 0).all()
    assert (kpis(runs(plain, 3), "cost_mark_down") == 0).all()


def test_bargains_bring_customers_who_save_food() -> None:
    uplift = {"demand": {"responses": [{"near_expiry_uplift": 2.0}]}}
    plain, bargains = chain(LIFE, marked(1)), chain(LIFE, marked(1), uplift)
    assert surely_more("waste_share", plain, bargains)
    assert surely_more("demand_units", bargains, plain)


def test_first_in_first_out_sells_the_oldest() -> None:
    """Four units of each age, one customer after the other: expiry takes only what nobody had asked for."""
    opening = [
        {"store_id": "S0", "sku_id": name, "units": 4, "age_days": age} for name in "ABCD" for age in range(4)
    ]
    world = chain(
        {
            "assortment": all_skus(shelf_life_days=4),
            "initial": {"store_stock": opening},
            "horizon": {"days": 1},
        },
        {"policy": base_stock(0), "demand": {"mean_units_per_day": 6.0}},
    )
    result = run(world)
    sold, wasted = by_cell(result, Cell.SOLD)[0, 0], by_cell(result, Cell.WASTED)[0, 0]
    np.testing.assert_array_equal(wasted, np.maximum(0, 4 - sold))
    ages = sum(int(np.repeat([3, 2, 1, 0], 4)[:units].sum()) for units in sold)
    assert total(result, Day.AGE_AT_SALE_DAYS) == ages


def test_disposal_is_paid_by_the_unit() -> None:
    result = run(chain(LIFE, {"costs": {"disposal_per_wasted_unit": 0.5}}))
    wasted = total(result, Day.WASTED)
    assert wasted > 0
    assert result.kpis["cost_waste"] * 56 == round(wasted * (6.0 + 0.5), 2)
