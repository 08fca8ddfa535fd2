"""Planner steps of stock: which cells are decided, from which costs, lead times and calendars, and what is promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimize
from optimize import Outlook
from optimize.solving import no_progress
from optimize.stock.cell_solving import levels_of, shares
from optimize.stock.cells import Form
from optimize.stock.goods import centre_goods, review_gaps_days, store_goods
from optimize.stock.planning import plan_centres, plan_stores
from optimize.stock.promising import store_premises
from scenarios import OptimisedStock, Plan, Premise, Scenario, ServiceTarget, SolveStatus
from tests.factory import tiny_scenario
from tests.planned_worlds import COSTS, flat_outlook

UNLIMITED = {"distribution_centres": [{"id": "DC", "stock": "unlimited"}]}
BACKORDERS = {
    "classes": [{"id": "FOOD", "unmet_demand": "backorder"}, {"id": "HOME", "unmet_demand": "backorder"}]
}


def world(*entries: Mapping[str, Any], **changes: Any) -> Scenario:
    """The tiny scenario with costs; demand is owed, the centre never runs out."""
    policy = {"optimised": {"stores": list(entries or ({},))}, **changes.pop("policy", {})}
    blocks = {"network": UNLIMITED, "assortment": BACKORDERS, **changes}
    return tiny_scenario(costs=COSTS, policy=policy, **blocks)


def planned(scenario: Scenario, outlook: Outlook | None = None) -> Plan:
    return optimize.plan(scenario, outlook=outlook or flat_outlook(scenario))


def all_goods(scenario: Scenario, **outlook: float) -> Any:
    expected = flat_outlook(scenario, **outlook)
    place, sku = np.nonzero(expected.demand_per_day > 0)
    return store_goods(scenario, expected, place, sku, np.zeros(len(place), np.int64))


@pytest.mark.parametrize(
    ("weekdays", "gaps"),
    [
        (["mon", "tue", "wed", "thu", "fri", "sat", "sun"], (1,) * 7),
        (["thu", "mon"], (3, 4)),
        (["sun"], (7,)),
        (["tue", "wed", "sat"], (1, 3, 3)),
    ],
)
def test_gaps_of_a_calendar_fill_the_week(weekdays: list[str], gaps: tuple[int, ...]) -> None:
    assert review_gaps_days(weekdays) == gaps
    assert sum(review_gaps_days(weekdays)) == 7


class TestGoods:
    def test_costs_are_those_of_the_scenario(self) -> None:
        goods = all_goods(world())
        first = 0  # store S1, SKU A: price 10, cost 6
        assert goods.holding_cost[first] == pytest.approx(0.3 * 6 / 365)
        assert goods.order_cost[first] == 0.5
        assert goods.shortage_cost[first] == pytest.approx(10 - 6 + 1.0)
        assert goods.unit_cost[first] == 6.0

    def test_an_owed_unit_costs_what_the_facts_say_of_a_day(self) -> None:
        costs = {**COSTS, "shortage": {"backorder_per_unit_day": 0.25, "lost_per_unit": 1.0}}
        assert (all_goods(tiny_scenario(costs=costs)).shortage_cost != 0.25).all(), "lost sales"
        scenario = tiny_scenario(costs=costs, assortment=BACKORDERS)
        assert (all_goods(scenario).shortage_cost == 0.25).all()

    @pytest.mark.parametrize(
        ("lead_time_days", "transport", "expected"),
        [
            (0, {}, 0),
            (1, {}, 0),
            (3, {}, 2),
            (3, {"delivery_hour": 14.0}, 2),
            (3, {"delivery_hour": 16.0}, 3),
            (3, {"mode": "fleet", "promised_days": 2}, 1),
        ],
    )
    def test_lead_times_count_from_the_next_morning(
        self, lead_time_days: int, transport: dict[str, Any], expected: int
    ) -> None:
        stores = [{"store_id": "S1", "lead_time_days": lead_time_days}]
        goods = all_goods(tiny_scenario(network={"stores": stores}, policy={"transport": transport}))
        assert goods.lead_time_days.tolist() == [expected] * 3

    def test_rounding_of_the_rule_decides_about_cases(self) -> None:
        skus = [{"sku_id": "A", "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0, "case_pack": 6}]
        rule = tiny_scenario().policy.replenishment[0].model_dump()
        for rounding, units in (("up", 6), ("nearest", 6), ("none", 1)):
            policy = {"replenishment": [{**rule, "case_rounding": rounding}]}
            scenario = tiny_scenario(assortment={"skus": skus}, policy=policy)
            assert all_goods(scenario).case_units.tolist() == [units, units]

    def test_a_centre_sees_the_stores_it_feeds_and_the_time_its_supplier_takes(self) -> None:
        supplier = {"id": "SUP", "lead_time_days": {"kind": "gamma", "mean": 4.0, "cv": 0.5}}
        scenario = tiny_scenario(network={"suppliers": [supplier]}, costs=COSTS)
        outlook = flat_outlook(scenario)
        zero = np.zeros(1, np.int64)
        goods = centre_goods(scenario, outlook, zero, zero, zero)
        assert goods.mean.tolist() == [4.0 + 8.0]
        assert goods.lead_time_days.tolist() == [3]
        lead_time_part = 12.0**2 * 4.0 / (3 + 1)
        assert goods.variance[0] == pytest.approx(12.0 + lead_time_part), "single units, every day: no lots"
        assert goods.holding_cost[0] == pytest.approx(0.2 * 6 / 365)

    def test_lots_of_stores_raise_the_variance_of_what_a_centre_ships(self) -> None:
        skus = [{"sku_id": "A", "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0, "case_pack": 7}]
        scenario = tiny_scenario(assortment={"skus": skus}, costs=COSTS)
        zero = np.zeros(1, np.int64)
        goods = centre_goods(scenario, flat_outlook(scenario), zero, zero, zero)
        days = goods.lead_time_days[0] + 1
        assert goods.variance[0] * days == pytest.approx(12.0 * days + 2 * (7**2 - 1) / 6)

    @pytest.mark.parametrize(("case_pack", "sales"), [(1, 30.0), (2, 30.0), (500, 400.0), (12, 1.0)])
    def test_large_flows_are_counted_in_grains_that_change_little(self, case_pack: int, sales: float) -> None:
        skus = [
            {
                "sku_id": "A", "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0,
                "case_pack": case_pack, "popularity": sales,
            }
        ]  # fmt: skip
        supplier = {"id": "SUP", "lead_time_days": {"kind": "gamma", "mean": 4.0, "cv": 0.5}}
        scenario = tiny_scenario(assortment={"skus": skus}, network={"suppliers": [supplier]}, costs=COSTS)
        outlook, zero = flat_outlook(scenario), np.zeros(1, np.int64)
        goods = centre_goods(scenario, outlook, zero, zero, zero)
        grain = int(goods.grain[0])
        assert grain <= max(1.0, float(goods.steady_variance[0] / goods.mean[0]))
        assert grain % case_pack == 0 or case_pack % grain == 0
        assert (grain > 1) == (sales > 1)
        if sales > 100:
            return  # counted one by one, these take minutes
        entry = OptimisedStock(target=ServiceTarget(share=0.95))
        coarse, fine = (
            levels_of(some, entry, scenario, outlook, no_progress)
            for some in (goods, replace(goods, grain=np.ones(1, np.int64)))
        )
        assert coarse.order_up_to[0] == pytest.approx(fine.order_up_to[0], rel=0.02, abs=1)
        assert coarse.reorder_point[0] == pytest.approx(fine.reorder_point[0], rel=0.03, abs=1)


class TestCells:
    def test_the_first_entry_that_matches_decides(self) -> None:
        scenario = world(
            {"scope": {"stores": ["S1"]}, "form": "base_stock"},
            {"scope": {"skus": ["A"]}, "form": "reorder_quantity"},
        )
        plan = planned(scenario)
        assert plan.decisions.store_levels is not None
        lots = dict(
            zip(
                zip(
                    plan.decisions.store_levels["store_id"],
                    plan.decisions.store_levels["sku_id"],
                    strict=True,
                ),
                plan.decisions.store_levels["order_quantity_units"].tolist(),
                strict=True,
            )
        )
        assert set(lots) == {("S1", "A"), ("S1", "B"), ("S1", "C"), ("S2", "A")}
        assert [lots["S1", sku] for sku in "ABC"] == [0, 0, 0]
        assert lots["S2", "A"] > 0
        assert plan.stores.rule[1].tolist() == [1, 0, 0]

    def test_part_of_the_cells_promises_nothing_about_all(self) -> None:
        assert planned(world({"scope": {"stores": ["S1"]}})).promises == ()
        assert planned(world()).promises != ()

    def test_pushed_cells_stay_and_say_why(self) -> None:
        rules = [
            {"scope": {"skus": ["C"]}, "mode": {"kind": "vendor_managed", "cover_days": 2}},
            {"mode": {"kind": "periodic_review", "order_up_to": {"units": 20}}},
        ]
        scenario = world(policy={"replenishment": rules})
        plan = planned(scenario)
        assert plan.stores.is_pushed[plan.stores.rule[:, 2]].all()
        (item,) = _report(plan).unserved
        assert item.item == "2 cells, e.g. store S1, SKU C"
        assert "the centre decides" in item.reason
        assert plan.promises == ()

    def test_a_calendar_stays(self) -> None:
        rule = {"mode": {"kind": "days_of_cover", "cover_days": 2}, "order_weekdays": ["tue"]}
        daily, weekly = planned(world()), planned(world(policy={"replenishment": [rule]}))
        assert np.flatnonzero(weekly.stores.may_order[1]).tolist() == [1]
        assert (weekly.stores.reorder_point_units > daily.stores.reorder_point_units).all()

    def test_what_nobody_asks_for_is_not_kept(self) -> None:
        skus = [
            {"sku_id": "A", "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0},
            {"sku_id": "B", "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0, "popularity": 0.0},
        ]
        plan = planned(world(assortment={"skus": skus, **BACKORDERS}))
        assert plan.stores.order_up_to_units[:, 1].tolist() == [0, 0]
        assert plan.stores.reorder_point_units[:, 1].tolist() == [-1, -1]

    def test_free_stock_and_free_shortage_are_refused_with_a_way_out(self) -> None:
        free = tiny_scenario(policy={"optimised": {"stores": [{}]}})
        assert "costs.holding" in _report(planned(free)).unserved[0].relaxation
        assert _report(planned(free)).status is SolveStatus.INFEASIBLE
        no_margin = [{"sku_id": "A", "class_id": "FOOD", "price": 1.0, "purchase_cost": 1.0}]
        costs = {**COSTS, "shortage": {"lost_per_unit": 0.0}}
        scenario = tiny_scenario(
            costs=costs, assortment={"skus": no_margin}, policy={"optimised": {"stores": [{}]}}
        )
        (item,) = _report(planned(scenario)).unserved
        assert "a missing unit costs nothing" in item.reason and "target" in item.relaxation


def _report(plan: Plan) -> Any:
    (report,) = (part.report for part in plan.parts if part.report is not None)
    return report


class TestTargets:
    def test_a_target_is_reached_and_more_service_takes_more_stock(self) -> None:
        stock = []
        for share in (0.8, 0.9, 0.99):
            plan = planned(world({"target": {"share": share}}))
            promised = {promise.measure: promise.forecast for promise in plan.promises}
            assert promised["fill_rate"] >= share
            stock.append(promised["store_stock_units"])
        assert stock == sorted(stock)

    def test_classes_have_targets_of_their_own(self) -> None:
        """SKU C brings nine tenths of the value, the other two sell as much in pieces."""
        same = world({"target": {"share": 0.8}})
        target = {"share": 0.8, "share_by_class": {"A": 0.99, "CX": 0.6}}
        by_class = planned(world({"target": target})).stores.order_up_to_units
        for_all = planned(same).stores.order_up_to_units
        assert (by_class[:, 2] > for_all[:, 2]).all()
        wanted = shares(ServiceTarget.model_validate(target), np.arange(3), same, flat_outlook(same))
        assert wanted.tolist() == [0.8, 0.8, 0.99], "A and B make up more than 95 % only together with C"

    def test_a_weight_in_the_entry_takes_the_place_of_the_margin(self) -> None:
        cheap, dear = (planned(world({"shortage_cost_per_unit": weight})) for weight in (0.01, 50.0))
        promised = [
            {promise.measure: promise.forecast for promise in plan.promises}["fill_rate"]
            for plan in (cheap, dear)
        ]
        assert promised[0] < promised[1]

    @pytest.mark.parametrize("form", ["min_max", "reorder_quantity", "periodic_review", "base_stock"])
    def test_every_form_reaches_its_target(self, form: str) -> None:
        plan = planned(world({"form": form, "target": {"measure": "fill_rate", "share": 0.9}}))
        assert {promise.measure: promise.forecast for promise in plan.promises}["fill_rate"] >= 0.9
        assert _report(plan).status is SolveStatus.OPTIMAL
        assert _report(plan).gap == 0.0


class TestPremises:
    def premises(self, outlook: Outlook | None = None, **changes: Any) -> set[Premise]:
        scenario = world(**changes)
        return set(store_premises(scenario, outlook or flat_outlook(scenario)))

    def test_a_textbook_world_needs_none(self) -> None:
        assert self.premises() == set()

    def test_what_the_scenario_does_not_keep_is_named(self) -> None:
        assert self.premises(network={"distribution_centres": [{"id": "DC"}]}) == {Premise.UPSTREAM_IN_STOCK}
        assert self.premises(policy={"transport": {"delivery_hour": 10.0}}) == {Premise.STATED_LEAD_TIMES}
        assert self.premises(policy={"minimum_order": {"units": 5}}) == {Premise.STATED_LEAD_TIMES}
        classes = [{"id": "FOOD", "substitution": {"acceptance": 0.2}}, {"id": "HOME"}]
        assert self.premises(assortment={"classes": classes}) == {Premise.NO_SUBSTITUTION}
        emergency = [{"trigger": {"units": 1}, "cover": {"units": 5}}]
        assert self.premises(policy={"emergency_orders": emergency}) == {Premise.NO_EMERGENCY_ORDERS}

    def test_seasons_are_planned_for_but_not_promised(self) -> None:
        scenario = world({"target": {"share": 0.95}})
        flat = flat_outlook(scenario)
        wild = Outlook(flat.demand_per_day, flat.demand_variance_per_day * 3, flat.steady_variance_per_day)
        calm, stormy = planned(scenario, flat), planned(scenario, wild)
        assert (stormy.stores.reorder_point_units >= calm.stores.reorder_point_units).all()
        assert stormy.promises[0].forecast > calm.promises[0].forecast, "more stock, in the same steady world"
        assert Premise.STEADY_DEMAND in stormy.promises[0].premises
        assert Premise.STEADY_DEMAND not in calm.promises[0].premises


def test_scaling_money_changes_nothing() -> None:
    tenfold = {
        name: {key: 10 * value if not key.endswith("per_year") else value for key, value in block.items()}
        for name, block in COSTS.items()
    }
    skus = [
        {"sku_id": "A", "class_id": "FOOD", "price": 10.0 * scale, "purchase_cost": 6.0 * scale}
        for scale in (1, 10)
    ]
    plans = []
    for costs, sku in ((COSTS, skus[0]), (tenfold, skus[1])):
        scenario = tiny_scenario(
            costs=costs, assortment={"skus": [sku]}, policy={"optimised": {"stores": [{}]}}
        )
        plans.append(planned(scenario).stores)
    assert plans[0].order_up_to_units.tolist() == plans[1].order_up_to_units.tolist()


def test_the_order_of_stores_and_goods_is_irrelevant() -> None:
    forward = world()
    stores = [dict(zip(("store_id", "size"), row, strict=True)) for row in (("S2", 2.0), ("S1", 1.0))]
    skus = [
        {"sku_id": "C", "class_id": "HOME", "price": 90.0, "purchase_cost": 60.0},
        {"sku_id": "A", "class_id": "FOOD", "price": 10.0, "purchase_cost": 6.0},
        {"sku_id": "B", "class_id": "FOOD", "price": 8.0, "purchase_cost": 5.0},
    ]
    backward = world(network={**UNLIMITED, "stores": stores}, assortment={**BACKORDERS, "skus": skus})
    one, other = planned(forward).stores, planned(backward).stores
    assert one.order_up_to_units.tolist() == other.order_up_to_units[::-1][:, [1, 2, 0]].tolist()


def test_twenty_plans_are_one() -> None:
    optimised = {"stores": [{"target": {"share": 0.93}}], "centres": [{}]}
    digests = set()
    for _ in range(20):
        scenario = tiny_scenario(costs=COSTS, policy={"optimised": optimised})
        digests.add(planned(scenario).digest)
    assert len(digests) == 1


def test_centres_are_planned_with_what_they_hold() -> None:
    scenario = tiny_scenario(
        costs=COSTS, policy={"optimised": {"centres": [{"target": {"measure": "ready_rate", "share": 0.97}}]}}
    )
    numbers, (part,) = plan_centres(scenario, flat_outlook(scenario), no_progress)
    table = numbers["centre_levels"]
    assert set(table["sku_id"]) == {"A", "B", "C"}
    assert (table["order_up_to_units"] > table["reorder_point_units"]).all()
    (promise,) = part.promises
    assert promise.measure == "dc_stock_units" and promise.forecast > 0
    assert part.cells == 3


def test_the_steps_can_be_used_on_their_own() -> None:
    scenario = world()
    numbers, (part,) = plan_stores(scenario, flat_outlook(scenario), no_progress)
    assert len(numbers["store_levels"]) == part.cells == 6
    assert Form.MIN_MAX.value == part.kind
