"""Whatever suppliers do and buyers choose: the books balance, nothing ordered is lost, and equal runs are equal."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import optimize
import sim
from sim import RunResult
from tests.factory import merged
from tests.property.rich_scenarios import Content, build, contents

_chance = st.booleans()
_days = st.sampled_from(({"kind": "constant", "value": 1}, {"kind": "gamma", "mean": 3, "cv": 0.7}))


def _supplier(draw: st.DrawFn, name: str) -> Content:
    terms: Content = {
        "id": name,
        "lead_time_days": {"kind": "gamma", "mean": draw(st.sampled_from((2.5, 6))), "cv": 0.5},
    }
    optional: dict[str, Any] = {
        "price": {"volatility_per_year": 0.6, "mean_reversion_per_year": 3.0, "trend_per_year": 0.2},
        "minimum_order": {
            "units": draw(st.sampled_from((7, 40))),
            "value": draw(st.sampled_from((0.0, 99.9))),
        },
        "capacity_units_per_day": draw(st.sampled_from((1, 5, 30))),
        "disruptions": {"per_year": 20, "length_days": draw(_days)},
        "express": {"lead_time_days": {"kind": "constant", "value": 1}, "surcharge_share": 0.137},
        "quality": {
            "defects_per_million": draw(st.sampled_from((1_000, 200_000, 1_000_000))),
            "lot_variation": draw(st.sampled_from((0.0, 1.5))),
        },
    }
    return terms | {name: values for name, values in optional.items() if draw(_chance)}


@st.composite
def supplied(draw: st.DrawFn) -> Content:
    """A scenario whose centres buy in every way there is."""
    content = draw(contents())
    suppliers = [_supplier(draw, name) for name in ("SUP", "FAR", "NEW")]
    offers = [
        {
            "sku_id": sku["sku_id"],
            "supplier_id": name,
            "purchase_cost": draw(st.sampled_from((0.0, 1.11, 8.0))),
        }
        for sku in content["assortment"]["skus"]
        for name in ("SUP", "FAR", "NEW")
        if name != (sku["supplier_id"] or "SUP") and draw(_chance)
    ]
    shares = [{"supplier": name, "share": draw(st.sampled_from((1, 5)))} for name in ("SUP", "FAR")]
    mode = draw(
        st.sampled_from(({"kind": "single"}, {"kind": "split", "shares": shares}, {"kind": "scorecard"}))
    )
    steps = draw(st.permutations(("expedite", "ask_others", "steer")))
    sourcing = {
        "rules": [{"mode": mode}] if draw(_chance) else [],
        "scorecard": {
            "review_days": draw(st.sampled_from((1, 4))),
            "disqualify_below": draw(st.sampled_from((0, 85))),
        },
        "small_orders": draw(st.sampled_from(("wait", "top_up"))),
        "express": [{"trigger_days_of_cover": 2}] if draw(_chance) else [],
        "inspection": [{"sample_units": draw(st.sampled_from((1, 9))), "accept_at_most": 0}]
        if draw(_chance)
        else [],
        "quality_feedback": draw(_chance),
        "complaint_feedback": draw(_chance),
        "shortage_response": steps[: draw(st.integers(0, 3))],
        "shared_sales": draw(_chance),
        "consignment": draw(st.sampled_from(([], [{}], [{"scope": {"classes": ["DRY", "FRESH"]}}]))),
    }
    network: Content = {"suppliers": suppliers, "supply": offers or None}
    costs = {"quality": {"per_inspected_unit": 0.37, "per_rejected_lot": 12.5}}
    if _has_second_owner(content):
        sourcing["consignment"] = []
    content = merged(content, {"network": network, "costs": costs, "policy": {"sourcing": sourcing}})
    if draw(_chance):
        return content
    slow = {"put_away_seconds_per_line": 5_000.0, "inspection_seconds_per_unit": 600.0}
    receivers = [{"people": 1, "start_hour": draw(st.sampled_from((8.0, 20.0))), "hours": 3.0}]
    worked = {"depot": {"goods_in": slow}, "policy": {"depot": {"receivers": receivers}}}
    return merged(content, worked)


def _has_second_owner(content: Content) -> bool:
    """Whether something happens to goods in the centre that consigned ones must not suffer."""
    policy = content["policy"]
    return bool(
        content["network"].get("record_error")
        or policy.get("gifts")
        or policy.get("returns") == "to_centre"
        or any(sku.get("total_shelf_life_days") for sku in content["assortment"]["skus"])
    )


def run(content: Content) -> RunResult:
    """One run; its books are checked at the end."""
    scenario = build(content)
    return sim.simulate(scenario, optimize.plan(scenario), seed=2, replication=4)


@given(supplied())
def test_books_balance_and_every_line_bought_comes_or_is_owed(content: Content) -> None:
    result = run(content)
    bought, came = result.tables["purchase_orders"], result.tables["receipts"]
    for column in ("lines", "units", "value_minor"):
        suppliers = len(result.labels.suppliers)
        np.testing.assert_array_equal(
            np.bincount(bought["supplier"], weights=bought[column], minlength=suppliers),
            np.bincount(came["supplier"], weights=came[column], minlength=suppliers),
        )
    assert (result.closing.centre_units >= 0).all()
    assert result.digest() == run(content).digest()


@given(supplied())
def test_another_supplier_leaves_everything_as_it_was(content: Content) -> None:
    before = run(content)
    stranger = {"id": "STRANGER", "disruptions": {"per_year": 50}, "price": {"volatility_per_year": 2.0}}
    suppliers = [*content["network"]["suppliers"], stranger]
    after = run(merged(content, {"network": {"suppliers": suppliers}}))
    for name in ("purchase_orders", "receipts", "supplier_lots", "charges", "deliveries"):
        for column, values in before.tables[name].columns.items():
            np.testing.assert_array_equal(after.tables[name][column], values)
