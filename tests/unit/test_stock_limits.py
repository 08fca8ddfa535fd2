"""Levels of stores within a budget, shelf space and order lines: kept, priced, and never cheaper than without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimize
from optimize.stock import together
from optimize.stock.together_search import Search, search
from scenarios import Plan, Scenario, SolveReport, SolveStatus
from tests.factory import tiny_scenario
from tests.planned_worlds import COSTS, flat_outlook

CLASSES = [{"id": name, "unmet_demand": "backorder"} for name in ("FOOD", "HOME")]


def world(target: bool = False, **limits: float) -> Scenario:
    entry = {"target": {"share": 0.9}} if target else {}
    return tiny_scenario(
        costs={**COSTS, "ordering": {"per_store_order_line": 0.05}},
        network={"distribution_centres": [{"id": "DC", "stock": "unlimited"}]},
        assortment={"classes": CLASSES},
        policy={"optimised": {"stores": [entry], "limits": limits}},
    )


def planned(scenario: Scenario) -> Plan:
    return optimize.plan(scenario, outlook=flat_outlook(scenario))


def report_of(plan: Plan) -> SolveReport:
    (report,) = (part.report for part in plan.parts if part.report is not None)
    return report


def promised(plan: Plan) -> dict[str, float]:
    return {promise.measure: promise.forecast for promise in plan.promises}


FREE = promised(planned(world()))


def test_a_limit_that_does_not_bind_changes_nothing() -> None:
    plan = planned(world(budget=1e9))
    assert promised(plan) == pytest.approx(FREE)
    assert report_of(plan).status is SolveStatus.OPTIMAL
    assert report_of(plan).shadow_prices == ()


def test_a_budget_is_kept_and_has_a_price() -> None:
    budget = 0.7 * FREE["stock_value"]
    plan = planned(world(budget=budget))
    report = report_of(plan)
    assert promised(plan)["stock_value"] <= budget * (1 + 1e-6)
    assert promised(plan)["fill_rate"] < FREE["fill_rate"]
    assert report.bound is not None and report.objective is not None
    assert report.bound <= report.objective * (1 + 1e-9)
    (price,) = report.shadow_prices
    assert price.limit == "policy.optimised.limits.budget" and price.price > 0


def test_more_budget_never_lowers_the_fill_rate_or_raises_the_cost() -> None:
    plans = [planned(world(budget=part * FREE["stock_value"])) for part in (0.4, 0.6, 0.8, 1.0)]
    costs = [report_of(plan).objective or 0.0 for plan in plans]
    assert costs == sorted(costs, reverse=True)


def test_fewer_order_lines_take_larger_orders() -> None:
    limit = 0.6 * FREE["order_lines"]
    plan = planned(world(lines_per_day=limit))
    assert promised(plan)["order_lines"] <= limit * (1 + 1e-6)
    assert promised(plan)["store_stock_units"] > FREE["store_stock_units"]


def test_shelves_hold_what_levels_allow() -> None:
    free = planned(world()).stores.order_up_to_units.sum(axis=1)
    litres = 0.8 * float(free.max())
    plan = planned(world(shelf_litres_per_store=litres))
    assert (plan.stores.order_up_to_units.sum(axis=1) <= litres).all(), "every unit takes a litre"


def test_limits_that_no_target_can_keep_say_what_would_do() -> None:
    plan = planned(world(target=True, budget=1.0))
    report = report_of(plan)
    assert report.status is SolveStatus.INFEASIBLE
    assert report.unserved[0].item == "policy.optimised.limits.budget"
    enough = float(report.unserved[0].relaxation.split()[0])
    again = report_of(planned(world(target=True, budget=enough * 1.000001)))
    assert again.status is SolveStatus.OPTIMAL


def test_a_plan_that_cannot_keep_its_limits_promises_what_the_relaxed_ones_do() -> None:
    limits = {"shelf_litres_per_store": 1.0, "budget": 1.0, "lines_per_day": 0.01}
    plan = planned(world(target=True, **limits))
    said = report_of(plan)
    assert said.status is SolveStatus.INFEASIBLE
    names = [item.item.removeprefix("policy.optimised.limits.") for item in said.unserved]
    assert [name.split("[")[0] for name in names] == [
        "budget",
        "lines_per_day",
        "shelf_litres_per_store",
        "shelf_litres_per_store",
    ]
    enough = dict.fromkeys(limits, 0.0)
    for name, item in zip(names, said.unserved, strict=True):
        least = float(item.relaxation.split()[0])
        assert limits[name.split("[")[0]] < least < np.inf
        enough[name.split("[")[0]] = max(enough[name.split("[")[0]], least * 1.000001)
    relaxed = planned(world(target=True, **enough))
    assert report_of(relaxed).status is SolveStatus.OPTIMAL
    assert promised(plan) == pytest.approx(promised(relaxed))


def test_levels_that_keep_not_even_relaxed_limits_promise_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_choice(*given: Any, **named: Any) -> Search:
        return replace(search(*given, **named), choice=None)

    monkeypatch.setattr(together, "search", without_choice)
    plan = planned(world(budget=0.7 * FREE["stock_value"]))
    assert report_of(plan).status is SolveStatus.INFEASIBLE
    assert report_of(plan).unserved
    assert plan.promises == ()


def test_the_check_finds_limits_that_are_broken() -> None:
    scenario = world(budget=0.7 * FREE["stock_value"])
    outlook = flat_outlook(scenario)
    plan = planned(scenario)
    assert optimize.check_plan(scenario, plan, outlook) == []
    tighter: dict[str, Any] = {"budget": 0.5, "lines_per_day": 0.1, "shelf_litres_per_store": 1.0}
    for name, value in tighter.items():
        findings = optimize.check_plan(world(**{name: value}), plan, outlook)
        assert findings and all(name in finding.rule for finding in findings)
    assert len(np.unique(plan.stores.rule)) == 1
