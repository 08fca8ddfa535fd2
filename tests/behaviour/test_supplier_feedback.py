"""Feedback between centres and suppliers: each is switched off and on in the same world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import Day
from sim.books import Account
from tests.behaviour.supply_worlds import FAR, NEAR, SKUS, bought_from, second_source, supplied
from tests.behaviour.worlds import kpis, run, runs, surely_more, surely_positive, total

INSPECTION = [{"sample_units": 10, "accept_at_most": 0}]
POOR = {"defects_per_million": 40_000, "learning_factor": 0.8, "floor_per_million": 2_000}


def poor(**sourcing: Any) -> Scenario:
    """NEAR sends four defective units in a hundred."""
    suppliers = {"network": {"suppliers": [{**NEAR, "quality": POOR}, FAR]}}
    costs = {"costs": {"quality": {"per_inspected_unit": 0.5, "per_rejected_lot": 40.0}}}
    return supplied(suppliers, costs, **sourcing)


def test_without_inspection_every_defect_escapes() -> None:
    result = run(poor())
    assert result.kpis["escaped_defects_ppm"] == result.kpis["supplier_defects_ppm"]
    assert result.kpis["supplier_defects_ppm"] == pytest.approx(40_000, rel=0.2)
    assert np.isnan(result.kpis["inspection_rejected_share"])


def test_inspection_lets_fewer_defects_through_and_is_paid_for() -> None:
    inspected = poor(inspection=INSPECTION)
    assert surely_more("escaped_defects_ppm", poor(), inspected)
    assert surely_more("cost_quality", inspected, poor())
    assert surely_more("supplier_fill_share", poor(), inspected)
    result = run(inspected)
    lots = result.tables["supplier_lots"]
    paid = 50 * lots["inspected_units"].sum() + 4_000 * lots["rejected_lots"].sum()
    assert result.ledger[..., Account.QUALITY].sum() == paid > 0


def test_what_inspection_sends_back_comes_again() -> None:
    result = run(poor(inspection=INSPECTION))
    bought, came = result.tables["purchase_orders"], result.tables["receipts"]
    for column in ("lines", "units", "value_minor"):
        assert came[column].sum() == bought[column].sum()
    lots = result.tables["supplier_lots"]
    assert lots["rejected_lots"].sum() > 10
    assert lots["units"].sum() > lots["accepted_units"].sum()
    received = came["units"][came["received_second"] >= 0].sum()
    assert lots["accepted_units"].sum() == received


def test_a_whole_inspection_lets_nothing_through() -> None:
    thorough = poor(inspection=[{"sample_units": 4_000, "accept_at_most": 3_999}])
    result = run(thorough)
    assert result.kpis["escaped_defects_ppm"] == 0.0
    assert result.kpis["inspection_rejected_share"] == 0.0


def test_reports_lower_the_defects_of_a_supplier_that_learns() -> None:
    told, untold = poor(inspection=INSPECTION, quality_feedback=True), poor(inspection=INSPECTION)
    for name in ("supplier_defects_ppm", "escaped_defects_ppm", "inspection_rejected_share", "cost_quality"):
        assert surely_more(name, untold, told, 10)
    defects = kpis(runs(told), "supplier_defects_ppm")
    assert (defects < 10_000).all()


def complained_of(*, feedback: bool, **changes: Any) -> Scenario:
    """Nothing is inspected; customers bring back what is defective after three days."""
    delay = {"kind": "constant", "value": 3}
    classes = [{"id": "FOOD", "customer_returns": {"probability": 0.0, "delay_days": delay}}]
    suppliers = [{**NEAR, "quality": POOR}, {**FAR, "lead_time_days": NEAR["lead_time_days"]}]
    world = {"network": {"suppliers": suppliers}, "assortment": {"classes": classes}}
    return supplied(world, changes, complaint_feedback=feedback)


def test_complaints_of_customers_lower_the_defects_of_a_supplier_that_learns() -> None:
    told, untold = complained_of(feedback=True), complained_of(feedback=False)
    for name in ("supplier_defects_ppm", "escaped_defects_ppm", "escaped_defect_share"):
        assert surely_more(name, untold, told, 10)
    assert (kpis(runs(told), "supplier_defects_ppm") < 20_000).all()
    assert not len(run(untold).tables["complaints"])


def test_with_one_supplier_it_hears_of_every_defective_unit_that_came_back() -> None:
    result = run(complained_of(feedback=True))
    complaints = result.tables["complaints"]
    assert complaints["units"].sum() == total(result, Day.DEFECTIVE_RETURNED) > 0
    assert set(complaints["supplier"].tolist()) == {0}
    assert (complaints["reports"] <= 4).all()  # SKUs


def test_complaints_are_put_down_to_suppliers_as_goods_came_from_them() -> None:
    """NEAR sends three quarters of all goods, so it hears of three quarters, though only FAR is at fault."""
    network = {
        "suppliers": [NEAR, {**NEAR, "id": "FAR", "quality": {**POOR, "learning_factor": 1.0}}],
        "supply": [{"sku_id": sku["sku_id"], "supplier_id": "FAR", "purchase_cost": 6.0} for sku in SKUS],
    }
    shares = [{"supplier": "NEAR", "share": 3}, {"supplier": "FAR", "share": 1}]
    rules = {"policy": {"sourcing": {"rules": [{"mode": {"kind": "split", "shares": shares}}]}}}
    result = run(complained_of(feedback=True, network=network, **rules))
    heard = np.bincount(result.tables["complaints"]["supplier"], result.tables["complaints"]["units"])
    assert heard[0] / heard.sum() == pytest.approx(0.75, abs=0.08)
    assert 0 <= total(result, Day.DEFECTIVE_RETURNED) - heard.sum() < 2 * len(SKUS)


def scored(bad: Mapping[str, Any], *, follows: bool, **scorecard: Any) -> Scenario:
    """Two suppliers of every SKU at one price, of which FAR is like NEAR but for something bad."""
    shares = [{"supplier": "NEAR", "share": 1}, {"supplier": "FAR", "share": 1}]
    mode = {"kind": "scorecard"} if follows else {"kind": "split", "shares": shares}
    offers = [{"sku_id": s["sku_id"], "supplier_id": "FAR", "purchase_cost": 6.0} for s in SKUS]
    network = {"suppliers": [NEAR, {**NEAR, "id": "FAR", **bad}], "supply": offers}
    return supplied(
        {"network": network},
        rules=[{"mode": mode}],
        scorecard={"review_days": 14, **scorecard},
        inspection=[{"sample_units": 12, "accept_at_most": 1}],
    )


LATE = {"lead_time_days": {"kind": "uniform", "low": 2, "high": 8}, "quoted_lead_time_days": 2}


def test_the_scorecard_moves_orders_to_whoever_delivers_on_time() -> None:
    weights = {"weights": {"delivery": 3}}
    follows, fixed = scored(LATE, follows=True, **weights), scored(LATE, follows=False, **weights)
    assert surely_more("supplier_on_time_share", follows, fixed)
    result = run(follows)
    reviews = result.tables["supplier_reviews"]
    far = reviews["supplier"] == 1
    assert reviews["share_before"][far][0] == 5_000
    assert 1_000 <= reviews["share_after"][far][-1] < 2_500
    # Nothing that the first period ordered was late when it ended.
    assert (reviews["delivery"][far] < reviews["delivery"][~far])[1:].all()
    assert bought_from(result)[1] < 0.35 * bought_from(result).sum()
    assert (bought_from(run(fixed))[1] / bought_from(run(fixed)).sum()) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("dimension", "bad"),
    [
        ("technology", {"technology_score": 10}),
        ("global_support", {"global_support_score": 10}),
        ("continuity", {"disruptions": {"per_year": 30, "length_days": {"kind": "constant", "value": 4}}}),
        ("cost", {"price": {"volatility_per_year": 0.0, "trend_per_year": 4.0}}),
        ("service", {"capacity_units_per_day": 12}),
        ("quality", {"quality": {"defects_per_million": 20_000}}),
    ],
)
def test_every_dimension_is_judged_by_what_happened(dimension: str, bad: dict[str, Any]) -> None:
    reviews = run(scored(bad, follows=True)).tables["supplier_reviews"]
    far = reviews["supplier"] == 1
    assert reviews[dimension][far].mean() < reviews[dimension][~far].mean()
    assert reviews["share_after"][far][-1] < 5_000


def test_a_disqualified_supplier_gets_nothing_until_it_is_taken_back() -> None:
    scenario = scored(LATE, follows=True, disqualify_below=80, disqualified_reviews=2)
    result = run(scenario)
    reviews = result.tables["supplier_reviews"]
    far = reviews["supplier"] == 1
    barred = reviews["is_disqualified"][far]
    assert set(barred.tolist()) == {0, 1}
    orders = result.tables["purchase_orders"]
    for review, out in zip(reviews["reviewed_second"][far], barred, strict=True):
        soon = (orders["placed_second"] > review) & (orders["placed_second"] < review + 14 * 86_400 - 1)
        ordered = orders["units"][soon & (orders["supplier"] == 1)].sum()
        assert (ordered == 0) == bool(out) or review > 150 * 86_400  # the last period is cut off


def test_the_last_supplier_is_never_disqualified() -> None:
    result = run(supplied(scorecard={"review_days": 14, "disqualify_below": 100}))
    assert not result.tables["supplier_reviews"]["is_disqualified"][
        result.tables["supplier_reviews"]["supplier"] == 0
    ].any()
    assert bought_from(result)[0] > 0


def short_of(*, response: tuple[str, ...]) -> Scenario:
    """FAR is the usual supplier, slow and unsure, and has an express mode; NEAR sells the same, dearer."""
    express = {"lead_time_days": {"kind": "constant", "value": 1}}
    slow = {"id": "FAR", "lead_time_days": {"kind": "gamma", "mean": 8, "cv": 0.6}, "express": express}
    offers = [{"sku_id": s["sku_id"], "supplier_id": "NEAR", "purchase_cost": 8.0} for s in SKUS]
    return supplied(
        {
            "network": {"suppliers": [slow, NEAR], "supply": offers},
            "assortment": {"skus": [{**sku, "supplier_id": "FAR"} for sku in SKUS]},
            "policy": {
                "dc_replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 0, "safety_factor": 0}}]
            },
        },
        shortage_response=list(response),
    )


@pytest.mark.parametrize("response", [("expedite",), ("ask_others",), ("expedite", "ask_others")])
def test_answers_to_shortages_save_sales(response: tuple[str, ...]) -> None:
    answered, waiting = short_of(response=response), short_of(response=())
    assert surely_more("lost_share", waiting, answered)
    assert surely_more("line_fill_rate", answered, waiting)
    table = run(answered).tables["shortage_responses"]
    # What is hastened comes in time, so that nobody else is asked.
    assert set(table["step"].tolist()) == {("expedite", "ask_others").index(response[0])}
    assert (run(answered).kpis["express_share"] > 0) == ("expedite" in response)


def test_the_first_step_comes_first() -> None:
    alone, second = short_of(response=("ask_others",)), short_of(response=("expedite", "ask_others"))
    asked = [
        np.array([bought_from(result)[1] for result in runs(scenario)]).astype(float)
        for scenario in (alone, second)
    ]
    assert surely_positive(asked[0] - asked[1])


def steered(response: tuple[str, ...], *, has_incentive: bool = True) -> Scenario:
    """A and B are tea that often does not arrive; customers take C or D of the same category, more so if paid."""
    far = {**FAR, "disruptions": {"per_year": 8, "length_days": {"kind": "constant", "value": 14}}}
    skus = [
        {**sku, "category": "tea", "supplier_id": "FAR" if sku["sku_id"] in "AB" else "NEAR"} for sku in SKUS
    ]
    classes = [{"id": "FOOD", "substitution": {"acceptance": 0.1, "acceptance_with_incentive": 0.8}}]
    return supplied(
        {
            "network": {"suppliers": [NEAR, far]},
            "assortment": {"classes": classes, "skus": skus},
            "policy": {
                "dc_replenishment": [
                    {"scope": {"skus": ["A", "B"]}, "mode": {"kind": "days_of_cover", "cover_days": 0}},
                    {"mode": {"kind": "days_of_cover", "cover_days": 7}},
                ],
                "substitution_incentives": [{"cost_per_unit": 0.5}] if has_incentive else [],
            },
        },
        shortage_response=list(response),
    )


def test_demand_is_steered_to_what_is_in_stock_while_something_is_short() -> None:
    on, without = steered(("steer",)), steered((), has_incentive=False)
    assert surely_more("lost_share", without, on, 10)
    assert surely_more("substituted_share", on, without, 10)
    assert surely_more("cost_communication", steered(()), on, 10)
    result = run(on)
    switched = result.tables["steering"]
    assert {result.labels.skus[sku] for sku in switched["sku"]} >= {"A", "B"}
    assert set(switched["is_on"].tolist()) == {0, 1}


def bullwhip(*, shared: bool) -> Scenario:
    """Stores order in big lots; the centre forecasts orders, or is told of sales."""
    lots = {"kind": "min_max", "reorder_point": {"units": 12}, "order_up_to": {"units": 36}}
    cover = {"kind": "days_of_cover", "cover_days": 4, "safety_factor": 1}
    return supplied(
        {
            "policy": {
                "replenishment": [{"mode": lots}],
                "dc_replenishment": [
                    {"mode": cover, "forecaster": {"kind": "exponential_smoothing", "weight": 0.3}}
                ],
                "allocation": {"unfilled": "backorder"},
            }
        },
        shared_sales=shared,
    )


def test_shared_sales_calm_the_orders_of_the_centre() -> None:
    assert surely_more("bullwhip_ratio_dc", bullwhip(shared=False), bullwhip(shared=True), 12)
    assert surely_more("dc_stock_units", bullwhip(shared=False), bullwhip(shared=True))


def test_a_second_source_that_nobody_uses_changes_nothing() -> None:
    assert run(supplied(second_source())).kpis["revenue"] == run(supplied()).kpis["revenue"]
