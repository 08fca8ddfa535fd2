"""Price breaks: what suppliers pay back for the volume of a period, and the books that say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.books import Account
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY
from tests.behaviour.supply_worlds import FAR, NEAR, second_source, supplied
from tests.behaviour.worlds import run

_PERIOD_DAYS = 28


def with_steps(*steps: tuple[int, float]) -> dict[str, Any]:
    """Both suppliers, NEAR with price breaks."""
    breaks = [{"units": units, "discount_share": share} for units, share in steps]
    return second_source(near={**NEAR, "volume_discounts": breaks})


def test_the_highest_step_that_a_period_reaches_applies_to_all_of_it() -> None:
    steps = ((1, 0.01), (900, 0.05), (1_200, 0.2))
    result = run(supplied(with_steps(*steps)))
    orders = result.tables["purchase_orders"]
    period = orders["placed_second"] // (SECONDS_PER_DAY * _PERIOD_DAYS)
    due = []
    for number in range(6):
        units, value = (int(orders[name][period == number].sum()) for name in ("units", "value_minor"))
        due.append(round(value * max(share for least, share in steps if units >= least)))
    charges = result.tables["charges"]
    mine = charges["reason"] == Charge.VOLUME_DISCOUNT
    assert (-charges["amount_minor"][mine]).tolist() == due
    assert (charges["charged_second"][mine] // SECONDS_PER_DAY).tolist() == [27, 55, 83, 111, 139, 167]
    # Periods differ, so that more than one step is used.
    assert (
        len({round(amount / value, 2) for amount, value in zip(due, charges["quantity"][mine], strict=True)})
        > 1
    )


def test_what_is_paid_back_lowers_the_cost_of_purchases_and_nothing_else() -> None:
    plain, cheaper = run(supplied(with_steps())), run(supplied(with_steps((1, 0.1))))
    difference = (cheaper.ledger - plain.ledger).sum(axis=(0, 1, 2))
    paid_back = round(0.1 * plain.tables["purchase_orders"]["value_minor"].sum())
    assert difference[Account.VOLUME_DISCOUNTS] == pytest.approx(-paid_back, abs=6)
    assert difference[Account.CASH] == -difference[Account.VOLUME_DISCOUNTS]
    assert np.count_nonzero(difference) == 2
    saved = plain.kpis["cost_purchase"] - cheaper.kpis["cost_purchase"]
    assert saved == pytest.approx(plain.kpis["total_cost"] - cheaper.kpis["total_cost"]) and saved > 0


def test_a_step_that_is_not_reached_pays_nothing_and_an_unfinished_period_neither() -> None:
    missed = run(supplied(with_steps((1_000_000, 0.5))))
    assert not (missed.tables["charges"]["reason"] == Charge.VOLUME_DISCOUNT).any()
    short = run(supplied(with_steps((1, 0.5)), {"horizon": {"days": 70, "warm_up_days": 0}}))
    assert (short.tables["charges"]["reason"] == Charge.VOLUME_DISCOUNT).sum() == 2


def test_only_the_supplier_that_offers_it_pays_back() -> None:
    split = {"rules": [{"mode": {"kind": "single", "supplier": FAR["id"]}}]}
    result = run(supplied(with_steps((1, 0.5)), sourcing_of(split)))
    assert not (result.tables["charges"]["reason"] == Charge.VOLUME_DISCOUNT).any()


def sourcing_of(block: dict[str, Any]) -> dict[str, Any]:
    """`policy.sourcing` as a change."""
    return {"policy": {"sourcing": block}}
