"""What becomes of a customer who finds the shelf empty, and what is to blame (mechanisms L5, T2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import Cell, Day
from tests.behaviour.worlds import (
    base_stock,
    by_cell,
    chain,
    kpis,
    run,
    runs,
    shelf,
    surely_more,
    surely_positive,
    total,
)
from tests.factory import tiny_scenario

START = date(2025, 1, 6)
CAUSES = (Day.UNMET_SUPPLIER, Day.UNMET_CENTRE, Day.UNMET_IN_TRANSIT, Day.UNMET_CALENDAR, Day.UNMET_LEVEL)
SCARCE = {"policy": base_stock(5), "initial": shelf(5)}


def accepting(share: float, with_incentive: float = 0.0) -> dict[str, Any]:
    substitution = {"acceptance": share, "acceptance_with_incentive": max(share, with_incentive)}
    return {"assortment": {"classes": [{"id": "FOOD", "substitution": substitution}]}}


def test_substitution_serves_more_and_loses_less() -> None:
    stubborn, flexible = (runs(chain(SCARCE, accepting(share))) for share in (0.0, 0.8))
    served = [1 - kpis(results, "lost_share") for results in (flexible, stubborn)]
    assert surely_positive(served[0] - served[1])
    assert surely_positive(kpis(flexible, "substituted_share"))
    assert surely_positive(kpis(stubborn, "lost_share") - kpis(flexible, "lost_share"))
    assert (kpis(stubborn, "substituted_share") == 0).all()


def test_a_substitute_belongs_to_the_same_category() -> None:
    """Only A is missing: B of its category is taken instead, C and D sell what they would have sold."""
    opening = [
        {"store_id": f"S{number}", "sku_id": name, "units": 0 if name == "A" else 900}
        for number in range(6)
        for name in "ABCD"
    ]
    never = {"policy": base_stock(0), "initial": {"store_stock": opening}}
    result = run(chain(never, accepting(1.0)))
    demand, sold = by_cell(result, Cell.DEMAND), by_cell(result, Cell.SOLD)
    a, b, c, d = (result.labels.skus.index(name) for name in "ABCD")
    np.testing.assert_array_equal(sold[..., b], demand[..., a] + demand[..., b])
    np.testing.assert_array_equal(sold[..., [c, d]], demand[..., [c, d]])
    assert result.kpis["lost_share"] == 0.0
    assert 0 < result.kpis["fill_rate"] < 1


def test_the_accepted_share_is_the_one_asked_for() -> None:
    opening = [
        {"store_id": f"S{number}", "sku_id": name, "units": 0 if name == "A" else 5_000}
        for number in range(6)
        for name in "ABCD"
    ]
    world = chain({"policy": base_stock(0), "initial": {"store_stock": opening}}, accepting(0.3))
    result = run(world)
    taken, unmet = total(result, Day.SUBSTITUTED), total(result, Day.SUBSTITUTED, Day.LOST)
    assert abs(taken / unmet - 0.3) < 4 * np.sqrt(0.3 * 0.7 / unmet)


def test_an_incentive_steers_more_customers_and_is_paid() -> None:
    incentive = {"policy": {"substitution_incentives": [{"cost_per_unit": 1.5}]}}
    plain, paid = chain(SCARCE, accepting(0.2, 0.7)), chain(SCARCE, accepting(0.2, 0.7), incentive)
    assert surely_more("substituted_share", paid, plain)
    assert surely_more("lost_share", plain, paid)
    assert surely_more("cost_communication", paid, plain)
    result = run(paid)
    assert result.kpis["cost_communication"] * 56 == pytest.approx(1.5 * total(result, Day.SUBSTITUTED))


def test_an_incentive_puts_nobody_off() -> None:
    """The share it wins is left at its default of zero: those who would have accepted anyway still do."""
    plain = {"assortment": {"classes": [{"id": "FOOD", "substitution": {"acceptance": 0.5}}]}}
    incentive = {"policy": {"substitution_incentives": [{"cost_per_unit": 1.0}]}}
    without, paid = run(chain(SCARCE, plain)), run(chain(SCARCE, plain, incentive))
    np.testing.assert_array_equal(by_cell(without, Cell.SUBSTITUTED), by_cell(paid, Cell.SUBSTITUTED))


def test_those_who_wait_are_served_later_and_nobody_is_lost() -> None:
    waiting = {"assortment": {"classes": [{"id": "FOOD", "unmet_demand": "backorder"}]}}
    result = run(chain(SCARCE, waiting))
    assert total(result, Day.LOST) == 0
    owed, handed_over = total(result, Day.BACKORDERED), total(result, Day.BACKORDER_FILLED)
    assert owed > 0
    assert owed - handed_over == int(result.closing.store_backorders.sum())
    assert result.kpis["fill_rate"] < 1.0
    assert surely_more("sold_units", chain(SCARCE, waiting), chain(SCARCE))


def one_shelf(units_asked: list[int], stock: int, dc_units: int = 1_000, **policy: Any) -> Scenario:
    """One store with one SKU and known demand, a day after the other."""
    known = [
        {"store_id": "S1", "sku_id": "A", "date": START + timedelta(days=day), "units": units}
        for day, units in enumerate(units_asked)
    ]
    mode = {"kind": "min_max", "reorder_point": {"units": 2}, "order_up_to": {"units": 10}}
    never = {"kind": "min_max", "reorder_point": {"units": -1}, "order_up_to": {"units": 0}}
    return tiny_scenario(
        horizon={"days": len(units_asked), "panel_period_days": 1},
        network={
            "suppliers": [{"id": "SUP", "lead_time_days": {"kind": "constant", "value": 60}}],
            "stores": [{"store_id": "S1", "lead_time_days": 3}],
        },
        assortment={
            "classes": [{"id": "FOOD"}],
            "skus": [{"sku_id": "A", "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0}],
        },
        demand={"mean_units_per_day": None, "known": known},
        initial={
            "store_stock": [{"store_id": "S1", "sku_id": "A", "units": stock}],
            "dc_stock": [{"dc_id": "DC", "sku_id": "A", "units": dc_units}],
        },
        policy={"replenishment": [{"mode": mode}], "dc_replenishment": [{"mode": never}], **policy},
    )


ORDERING_CENTRE = {"dc_replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 5}}}]}
ON_SUNDAYS = {
    "replenishment": [
        {
            "mode": {"kind": "min_max", "reorder_point": {"units": 2}, "order_up_to": {"units": 10}},
            "order_weekdays": ["sun"],
        }
    ]
}


@pytest.mark.parametrize(
    ("scenario", "cause", "units"),
    [
        pytest.param(one_shelf([9], stock=5), Day.UNMET_LEVEL, 4, id="stock was above the reorder point"),
        pytest.param(one_shelf([3, 3, 3], stock=3), Day.UNMET_IN_TRANSIT, 6, id="goods are under way"),
        pytest.param(
            one_shelf([3, 3, 3], stock=3, **ON_SUNDAYS), Day.UNMET_CALENDAR, 6, id="the order day is far"
        ),
        pytest.param(
            one_shelf([3, 3, 3], stock=3, minimum_order={"units": 11}),
            Day.UNMET_CALENDAR,
            6,
            id="the minimum order is not reached",
        ),
        pytest.param(
            one_shelf([3, 3, 3], stock=3, dc_units=0), Day.UNMET_CENTRE, 6, id="the centre is empty"
        ),
    ],
)
def test_a_missing_unit_is_put_down_to_its_cause(scenario: Scenario, cause: Day, units: int) -> None:
    result = run(scenario)
    found = {name: total(result, name) for name in CAUSES}
    assert found == {name: units if name is cause else 0 for name in CAUSES}


def test_a_centre_that_waits_for_its_supplier_blames_the_supplier() -> None:
    """On the first evening nothing is under way to the centre, from the second on something is."""
    result = run(one_shelf([3, 3, 3, 3], stock=3, dc_units=0, **ORDERING_CENTRE))
    by_day = {cause: result.panels.day[..., cause].sum(axis=(1, 2)).tolist() for cause in CAUSES}
    assert by_day[Day.UNMET_CENTRE] == [0, 3, 0, 0]
    assert by_day[Day.UNMET_SUPPLIER] == [0, 0, 3, 3]


def test_the_farthest_cause_upstream_is_named() -> None:
    """Part of the order is under way and part could not be shipped: the centre comes before the truck."""
    result = run(one_shelf([3, 3, 3], stock=3, dc_units=4))
    assert total(result, Day.UNMET_CENTRE) == 6
    assert total(result, Day.UNMET_IN_TRANSIT) == 0
