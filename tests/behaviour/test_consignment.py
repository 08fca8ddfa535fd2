"""Consignment: the supplier owns what lies in the centre until it is shipped, and nothing else changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios import Scenario
from sim import RunResult
from sim.books import Account
from sim.records import Centre
from tests.behaviour.supply_worlds import FAR, NEAR, supplied
from tests.behaviour.worlds import run, surely_more

BAND = {"kind": "min_max", "reorder_point": {"units": 60}, "order_up_to": {"units": 120}}


def hub(*scopes: dict[str, Any], **near: Any) -> Scenario:
    """The supplier keeps between 60 and 120 units of each SKU at the centre."""
    return supplied(
        {
            "network": {"suppliers": [{**NEAR, **near}, FAR]},
            "costs": {"holding": {"store_rate_per_year": 0.2, "dc_rate_per_year": 0.3}},
            "policy": {"dc_replenishment": [{"mode": BAND}]},
        },
        consignment=[{"scope": scope} for scope in scopes],
    )


def paid_for_goods(result: RunResult) -> int:
    return int(result.panels.centre[..., Centre.RECEIVED_VALUE].sum())


def test_goods_flow_as_before_and_their_capital_cost_moves_to_the_supplier() -> None:
    own, consigned = run(hub()), run(hub({}))
    for name in ("store_orders", "deliveries", "purchase_orders", "receipts"):
        for column, values in own.tables[name].columns.items():
            np.testing.assert_array_equal(values, consigned.tables[name][column])
    assert (consigned.closing.centre_units == own.closing.centre_units).all()
    assert surely_more("cost_holding", hub(), hub({}))
    assert consigned.kpis["cost_purchase"] == own.kpis["cost_purchase"]
    assert consigned.kpis["consigned_stock_units"] == own.kpis["dc_stock_units"]
    assert np.isnan(own.kpis["consigned_stock_units"])


def test_nothing_of_it_stands_in_the_books_of_the_centre() -> None:
    result = run(hub({}))
    assert not result.opening.centre_value.any() and not result.closing.centre_value.any()
    assert not result.panels.centre[..., Centre.STOCK_VALUE].any()
    stores = len(result.labels.stores)
    assert not result.ledger[:, stores:, :, Account.CENTRE_INVENTORY].any()


def test_title_passes_at_the_line_for_what_was_agreed_on_delivery() -> None:
    result = run(hub({}, price={"volatility_per_year": 0.0, "trend_per_year": 1.0}))
    shipped = result.panels.centre[..., Centre.SHIPPED_VALUE]
    np.testing.assert_array_equal(result.panels.centre[..., Centre.RECEIVED_VALUE], shipped)
    transfers = result.tables["title_transfers"]
    passed = transfers["kind"] == 1
    assert transfers["value_minor"][passed].sum() == paid_for_goods(result)
    received = result.tables["receipts"]
    came = received["received_second"] >= 0
    assert transfers["value_minor"][~passed].sum() == received["value_minor"][came].sum()
    units = result.tables["consigned_stock"]["units"]
    assert units.min() > 0 and units.max() <= 4 * 120


def test_a_part_of_the_goods_may_be_consigned() -> None:
    result = run(hub({"skus": ["A", "C"]}))
    columns = [result.labels.skus.index(name) for name in ("A", "C")]
    assert not result.closing.centre_value[:, columns].any()
    assert result.closing.centre_value.sum() > 0
    units = result.tables["consigned_stock"]["units"]
    assert units[-1] == result.closing.centre_units[:, columns].sum()
