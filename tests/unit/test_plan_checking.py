"""The independent check passes sound plans and finds every fault that is planted in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimize
from optimize import check_plan
from scenarios import (
    Basis,
    CentreLevelRow,
    Decisions,
    LevelRow,
    PartLevelRow,
    Plan,
    PlanPart,
    Scenario,
    ServiceShift,
    SolveStatus,
    TechnicianRow,
    columns_of,
)
from tests.factory import tiny_scenario
from tests.planned_worlds import part
from tests.service_worlds import service_world

STORES: dict[str, list[Any]] = {
    "store_id": ["S1", "S2"],
    "sku_id": ["A", "B"],
    "reorder_point_units": [7, 3],
    "order_up_to_units": [9, 0],
    "order_quantity_units": [0, 12],
}
CENTRES: dict[str, list[Any]] = {
    "dc_id": ["DC"],
    "sku_id": ["B"],
    "reorder_point_units": [60],
    "order_quantity_units": [24],
}


def world() -> Scenario:
    skus = [
        {"sku_id": name, "class_id": "FOOD", "price": 8.0, "purchase_cost": 5.0, "case_pack": pack}
        for name, pack in (("A", 1), ("B", 6), ("C", 1))
    ]
    pushed = {"kind": "vendor_managed", "cover_days": 2}
    rules = [
        {"scope": {"skus": ["C"]}, "mode": pushed},
        {"mode": {"kind": "periodic_review", "order_up_to": {"units": 20}}},
    ]
    return tiny_scenario(
        assortment={"classes": [{"id": "FOOD"}], "skus": skus}, policy={"replenishment": rules}
    )


def planned(
    stores: dict[str, list[Any]] = STORES,
    centres: dict[str, list[Any]] = CENTRES,
    parts: tuple[PlanPart, ...] = (part(2), part(1, path="policy.optimised.centres")),
) -> Plan:
    """A plan as solvers would have left it, whatever they wrote."""
    made = Decisions(
        format=1,
        parts=parts,
        store_levels=columns_of(LevelRow, stores),
        centre_levels=columns_of(CentreLevelRow, centres),
    )
    return optimize.plan(world(), decisions=made)


def test_a_sound_plan_passes() -> None:
    assert check_plan(world(), planned()) == []


def changed(table: dict[str, list[Any]], **columns: list[Any]) -> dict[str, list[Any]]:
    return {**table, **columns}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (changed(STORES, order_up_to_units=[7, 0]), "above the reorder point"),
        (changed(STORES, order_up_to_units=[0, 0]), "needs either"),
        (changed(STORES, order_up_to_units=[9, 9]), "needs either"),
        (changed(STORES, order_quantity_units=[0, 13]), "whole cases of 6"),
        (changed(STORES, sku_id=["C", "B"]), "not reviewed by the store"),
    ],
)
def test_levels_that_no_store_could_work_with(table: dict[str, list[Any]], says: str) -> None:
    (finding,) = check_plan(world(), planned(stores=table))
    assert says in str(finding)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (changed(CENTRES, order_quantity_units=[25]), "whole cases of 6"),
        (changed(CENTRES, order_quantity_units=[0]), "needs either"),
    ],
)
def test_levels_that_no_centre_could_work_with(table: dict[str, list[Any]], says: str) -> None:
    (finding,) = check_plan(world(), planned(centres=table))
    assert says in str(finding) and "centre" in str(finding)


@pytest.mark.parametrize(
    "name",
    [
        "reorder_point_units", "order_up_to_units", "order_quantity_units",
        "is_always_below", "is_pushed", "order_up_to_days", "rule",
    ],
)  # fmt: skip
def test_arrays_that_say_something_else_than_the_table(name: str) -> None:
    plan = planned()
    array = getattr(plan.stores, name).copy()
    if name == "rule":
        array[0, 0] = 1
    elif array.ndim == 2 and name != "order_up_to_days":
        array[0, 0] += 1
    else:
        array[plan.stores.rule[0, 0]] = 1
    findings = check_plan(world(), replace(plan, stores=replace(plan.stores, **{name: array})))
    assert findings and all("other levels than were decided" in finding.rule for finding in findings)


def _report(**changes: Any) -> PlanPart:
    sound = part(2)
    assert sound.report is not None
    return sound.model_copy(update={"report": sound.report.model_copy(update=changes)})


@pytest.mark.parametrize(
    ("claimed", "says"),
    [
        (_report(bound=0.3), "optimal with a gap"),
        (_report(fallbacks=3), "more fallbacks"),
        (part(2, basis=Basis.GIVEN), "only what is optimised"),
    ],
)
def test_reports_that_contradict_themselves(claimed: PlanPart, says: str) -> None:
    (finding,) = check_plan(world(), planned(parts=(claimed, part(1, path="policy.optimised.centres"))))
    assert says in finding.rule


def test_a_gap_is_allowed_where_no_proof_is_claimed() -> None:
    feasible = _report(bound=0.3, status=SolveStatus.FEASIBLE)
    assert check_plan(world(), planned(parts=(feasible, part(1, path="policy.optimised.centres")))) == []


PUMP = {"part_id": "pump", "purchase_cost": 80.0}


def service(budget: float = 0.0) -> Scenario:
    aims = {"parts": {"budget": budget}} if budget else {}
    return service_world(
        days=30,
        technicians=3,
        service={"parts": {"parts": [PUMP]}},
        policy={"optimised": aims},
    )


def with_parts(scenario: Scenario, levels: dict[str, list[Any]]) -> Plan:
    solved = part(1, path="policy.optimised.parts", promises=())
    return optimize.plan(
        scenario,
        decisions=Decisions(format=1, parts=(solved,), part_levels=columns_of(PartLevelRow, levels)),
    )


PARTS: dict[str, list[Any]] = {
    "place_id": ["ST/van", "ST"],
    "part_id": ["pump", "pump"],
    "reorder_point_units": [0, 1],
    "order_up_to_units": [1, 2],
}


def test_parts_on_every_van_count_against_the_budget() -> None:
    enough, scarce = service(5 * 80), service(5 * 80 - 1)
    assert check_plan(enough, with_parts(enough, PARTS)) == []
    (finding,) = check_plan(scarce, with_parts(scarce, PARTS))
    assert "more than the budget" in finding.rule


def test_parts_of_no_place() -> None:
    scenario = service(1e9)
    findings = check_plan(scenario, with_parts(scenario, {**PARTS, "place_id": ["ST/van", "STX"]}))
    assert any("E501" in finding.rule for finding in findings)


def crew(shift: str = "day", station: str = "ST") -> Decisions:
    return Decisions(
        format=1,
        technician_shifts=(ServiceShift(id="day", start_hour=8, hours=8),),
        technicians=columns_of(
            TechnicianRow, {"technician_id": ["t"], "station_id": [station], "shift_id": [shift]}
        ),
    )


@pytest.mark.parametrize("fault", [lambda: crew(shift="night"), lambda: crew(station="nowhere")])
def test_technicians_of_no_shift_or_station(fault: Callable[[], Decisions]) -> None:
    scenario = service()
    assert check_plan(scenario, optimize.plan(scenario, decisions=crew())) == []
    assert check_plan(scenario, optimize.plan(scenario, decisions=fault()))


def test_ids_that_there_are_not() -> None:
    sound = planned()
    wrong = columns_of(LevelRow, {**STORES, "sku_id": ["A", "Z"]})
    plan = replace(sound, decisions=sound.decisions.model_copy(update={"store_levels": wrong}))
    assert any("E501" in finding.rule for finding in check_plan(world(), plan))
    assert np.array_equal(sound.stores.rule, planned().stores.rule)
