"""From policy and outlook to a plan: what is solved, what is taken as given, and what that leaves of the rules."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimize
from optimize import Outlook, PlanInterrupted, PlanningError
from optimize.asking import asked, to_be_solved
from scenarios import NO_DECISIONS, Basis, Decisions, LevelRow, Plan, Scenario, columns_of
from tests.factory import tiny_scenario
from tests.planned_worlds import flat_outlook, optimised, part, stand_in

LEVELS: dict[str, list[Any]] = {
    "store_id": ["S2", "S1"],
    "sku_id": ["A", "C"],
    "reorder_point_units": [7, 3],
    "order_up_to_units": [9, 0],
    "order_quantity_units": [0, 4],
}


def decided(**changes: Any) -> Decisions:
    return Decisions(format=1, store_levels=columns_of(LevelRow, LEVELS), **changes)


def solved(scenario: Scenario, monkeypatch: pytest.MonkeyPatch, **arguments: Any) -> Plan:
    stand_in(monkeypatch, LEVELS)
    return optimize.plan(scenario, outlook=flat_outlook(scenario), **arguments)


def test_nothing_to_solve_needs_no_outlook() -> None:
    plan = optimize.plan(tiny_scenario())
    assert plan.decisions is NO_DECISIONS
    assert plan.promises == ()


def test_something_to_solve_needs_an_outlook_and_says_how_to_get_one() -> None:
    with pytest.raises(PlanningError, match=r"policy\.optimised\.stores.*sim\.outlook"):
        optimize.plan(optimised())


def test_an_outlook_is_made_only_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Outlook] = []

    def expected() -> Outlook:
        made.append(flat_outlook(tiny_scenario()))
        return made[-1]

    optimize.plan(tiny_scenario(), outlook=expected)
    assert not made
    stand_in(monkeypatch, LEVELS)
    optimize.plan(optimised(), outlook=expected)
    assert len(made) == 1


def test_solved_levels_are_laid_over_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = optimised()
    before = optimize.plan(tiny_scenario()).stores
    plan = solved(scenario, monkeypatch)
    levels = plan.stores
    assert levels.rule.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert levels.reorder_point_units.tolist() == [[10, 10, 3], [7, 10, 10]]
    assert levels.order_up_to_units.tolist() == [[20, 20, 0], [9, 20, 20]]
    assert levels.order_quantity_units.tolist() == [[0, 0, 4], [0, 0, 0]]
    assert levels.may_order[1].tolist() == before.may_order[0].tolist()
    assert not levels.is_dynamic.any()
    assert [(p.path, p.basis, p.cells) for p in plan.parts] == [
        ("policy.replenishment[0]", Basis.GIVEN, 4),
        ("policy.dc_replenishment[0]", Basis.GIVEN, 3),
        ("policy.optimised.stores", Basis.OPTIMISED, 2),
    ]


def test_a_copied_rule_keeps_its_calendar_and_whole_cases_and_loses_forecast_and_push(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = [
        {
            "scope": {"skus": ["A"]},
            "mode": {"kind": "vendor_managed", "cover_days": 3, "safety_factor": 1},
            "order_weekdays": ["tue"],
            "case_rounding": "nearest",
        },
        {"mode": {"kind": "days_of_cover", "cover_days": 2}, "order_weekdays": ["mon", "fri"]},
    ]
    levels = optimize.plan(tiny_scenario(policy={"replenishment": rules}), decisions=decided()).stores
    assert levels.rule.tolist() == [[0, 1, 3], [2, 1, 1]]
    assert levels.is_dynamic.tolist() == [True, True, False, False]
    assert levels.is_pushed.tolist() == [True, False, False, False]
    assert levels.is_always_below.tolist() == [True, True, False, False]
    assert levels.rounding.tolist() == [2, 1, 1, 1], "whole cases, rounded up as solvers reckon"
    assert np.flatnonzero(levels.may_order[2]).tolist() == [1]
    assert np.flatnonzero(levels.may_order[3]).tolist() == [0, 4]
    assert levels.order_up_to_safety[2:].tolist() == [0.0, 0.0]
    for array in vars(levels).values():
        assert not array.flags.writeable


def test_the_order_of_a_table_is_irrelevant() -> None:
    backwards = {name: column[::-1] for name, column in LEVELS.items()}
    scenario = tiny_scenario()
    plans = [
        optimize.plan(scenario, decisions=Decisions(format=1, store_levels=columns_of(LevelRow, table)))
        for table in (LEVELS, backwards)
    ]
    assert plans[0].digest == plans[1].digest
    assert plans[0].digest != optimize.plan(scenario).digest


def test_decisions_are_taken_as_they_are_and_not_solved_again() -> None:
    plan = optimize.plan(optimised(), decisions=decided())
    assert plan.stores.order_up_to_units[1, 0] == 9
    (given,) = (p for p in plan.parts if p.path == "policy.optimised.stores")
    assert (given.basis, given.kind, given.cells, given.promises) == (Basis.GIVEN, "plan file", 2, ())


def test_a_plan_given_back_is_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = solved(optimised(), monkeypatch)
    again = optimize.plan(optimised(), decisions=plan.decisions)
    assert again.digest == plan.digest
    assert again.parts == plan.parts
    assert again.promises[0].measure == "fill_rate"


def test_edited_numbers_promise_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = solved(optimised(), monkeypatch)
    table = columns_of(LevelRow, {**LEVELS, "reorder_point_units": [8, 3]})
    edited = plan.decisions.model_copy(update={"store_levels": table})
    again = optimize.plan(optimised(), decisions=edited)
    (changed,) = (p for p in again.parts if p.path == "policy.optimised.stores")
    assert (changed.basis, changed.kind) == (Basis.GIVEN, "min_max, edited by hand")
    assert changed.promises == () and changed.report is None
    assert again.promises == ()
    once_more = optimize.plan(optimised(), decisions=again.decisions)
    assert once_more.parts == again.parts


class TestFamilies:
    def test_stock_is_solved_where_the_policy_names_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        unlimited = tiny_scenario(network={"distribution_centres": [{"id": "DC", "stock": "unlimited"}]})
        plan = solved(unlimited, monkeypatch, families=frozenset({"stock"}))
        assert plan.stores.order_up_to_units[1, 0] == 9

    def test_what_is_not_asked_for_stays_as_it_is(self) -> None:
        wanted = asked(optimised(), frozenset({"staff"}))
        assert to_be_solved(wanted, NO_DECISIONS) == ()
        assert wanted.facts_digest == optimised().facts_digest

    def test_named_targets_are_kept(self) -> None:
        scenario = tiny_scenario(policy={"optimised": {"stores": [{"form": "base_stock"}]}})
        wanted = asked(scenario, frozenset({"stock", "staff"})).policy.optimised
        assert wanted.stores[0].form == "base_stock"
        assert len(wanted.centres) == 1
        assert wanted.parts is wanted.agents is wanted.technicians is wanted.pickers is None

    def test_a_family_that_there_is_not(self) -> None:
        with pytest.raises(PlanningError, match="stock, staff, sources, not fleet"):
            optimize.plan(tiny_scenario(), families=frozenset({"fleet"}))


def test_an_interrupt_keeps_what_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, LEVELS)

    def stop(*_: Any) -> Any:
        raise KeyboardInterrupt

    sys.modules["optimize.stock.planning"].plan_centres = stop  # type: ignore[attr-defined]
    scenario = optimised(policy={"optimised": {"stores": [{}], "centres": [{}]}})
    with pytest.raises(PlanInterrupted) as interrupt:
        optimize.plan(scenario, outlook=flat_outlook(scenario))
    assert interrupt.value.unfinished == ("centres",)
    assert interrupt.value.plan.stores.order_up_to_units[1, 0] == 9
    assert interrupt.value.plan.decisions.centre_levels is None


def test_progress_is_told_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int, int]] = []
    solved(optimised(), monkeypatch, progress=lambda *state: told.append(state))
    assert told == [("stores", 0, 1), ("done", 1, 1)]


def test_a_faulty_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = optimised()
    stand_in(monkeypatch, {**LEVELS, "order_up_to_units": [7, 0]})
    with pytest.raises(optimize.FaultyPlanError, match="above the reorder point"):
        optimize.plan(scenario, outlook=flat_outlook(scenario))


def test_figures_have_the_digits_that_a_file_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = solved(optimised(), monkeypatch)
    assert plan.promises[0].forecast == 0.951234568
    assert part(1).promises[0].forecast != 0.951234568


def test_people_are_decided_in_the_run_but_stock_is_not_touched() -> None:
    scenario = tiny_scenario(depot={"picking": {}}, policy={"depot": {"pickers": [_shift(3)]}})
    plan = optimize.plan(scenario, decisions=Decisions.model_validate({"format": 1, "pickers": [_shift(5)]}))
    assert plan.decided(scenario).policy.depot.pickers[0].people == 5
    assert plan.digest != optimize.plan(scenario).digest
    assert (
        replace(plan, decisions=NO_DECISIONS, parts=()).digest
        == replace(optimize.plan(scenario), parts=()).digest
    )


def _shift(people: int) -> dict[str, Any]:
    return {"people": people, "start_hour": 0.0, "hours": 8.0}
