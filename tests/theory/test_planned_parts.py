"""Planned parts: what simulation delivers of the promise, and how the planner reads a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import optimize
import sim
from optimize.outlook import FieldOutlook, Outlook
from optimize.solving import PlanningError, no_progress
from optimize.stock.part_network import parts_network
from optimize.stock.part_planning import plan_parts
from scenarios import Decisions, PlanPart, Scenario, SolveStatus
from study.statistics import mean_interval
from tests.service_worlds import SEED, STATION, constant, installed, mode, product, service_world

FloatArray = npt.NDArray[np.float64]

WEIGHTS = {"board": 40.0, "pump": 15.0, "seal": 4.0}
UNITS, PER_YEAR = 1000, 1.2


def washers(
    asked: Mapping[str, Any], technicians: int = 1, supplier_days: int = 0, **blocks: Any
) -> Scenario:
    """A thousand washers that fail for one of three parts, and technicians who work from eight to five."""
    service = blocks.pop("service", {})
    return service_world(
        days=blocks.pop("days", 400),
        warm_up_days=40,
        products=[product("washer", PER_YEAR)],
        modes=[mode(name, part_id=name, weight=weight) for name, weight in WEIGHTS.items()],
        base=[installed(UNITS)],
        technicians=technicians,
        shift={"start_hour": 8, "hours": 9},
        network={"suppliers": [{"id": "SUP", "lead_time_days": constant(supplier_days)}]},
        service={
            "stations": [{"station_id": STATION, "lead_time_days": 2}],
            "parts": {"parts": [{"part_id": name, "purchase_cost": 20.0} for name in WEIGHTS]},
        }
        | service,
        policy={"optimised": {"parts": asked}, **blocks.pop("policy", {})},
        **blocks,
    )


def outlook(use_per_day: FloatArray | None = None) -> Outlook:
    """Expected use of the parts of the washers; what parts do not look at is left at nothing."""
    if use_per_day is None:
        shares = np.array([list(WEIGHTS.values())]) / sum(WEIGHTS.values())
        use_per_day = UNITS * PER_YEAR / 365 * shares
    nothing: dict[str, Any] = {entry.name: np.zeros(1) for entry in fields(FieldOutlook)}
    none = np.zeros((1, 1))
    return Outlook(none, none, none, field=FieldOutlook(**nothing | {"part_use_per_day": use_per_day}))


def planned(scenario: Scenario, use_per_day: FloatArray | None = None) -> tuple[dict[str, Any], PlanPart]:
    decided, parts = plan_parts(scenario, outlook(use_per_day), no_progress)
    return decided, parts[0]


def levels_of(decided: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    table = decided["part_levels"]
    assert (table["order_up_to_units"] == table["reorder_point_units"] + 1).all()
    return {
        (place, part): int(level)
        for place, part, level in zip(
            table["place_id"], table["part_id"], table["order_up_to_units"], strict=True
        )
    }


@pytest.mark.slow
@pytest.mark.parametrize(("technicians", "supplier_days", "target"), [(1, 0, 0.9), (1, 6, 0.9), (2, 6, 0.97)])
def test_vans_find_what_was_promised(technicians: int, supplier_days: int, target: float) -> None:
    scenario = washers({"first_time_fix_share": target}, technicians, supplier_days)
    decided, part = planned(scenario)
    plan = optimize.plan(scenario, decisions=Decisions(format=1, **decided))
    runs = [sim.simulate(scenario, plan, seed=SEED, replication=number).kpis for number in range(8)]
    for promise in part.promises:
        delivered = np.array([kpis[promise.measure] for kpis in runs])
        interval = mean_interval(delivered, 0.99)
        assert interval.low <= promise.forecast <= interval.high, (
            promise.measure,
            promise.forecast,
            interval,
        )
    van = np.array([kpis["part_fill_van"] for kpis in runs])
    assert mean_interval(van, 0.99).half_width < 0.03
    assert [promise.measure for promise in part.promises] == ["part_fill_van", "part_fill_station"]


def test_a_budget_is_kept_and_more_never_promises_less() -> None:
    forecasts = []
    for budget in (100.0, 400.0, 800.0, 1600.0):
        decided, part = planned(washers({"budget": budget}))
        table = decided["part_levels"]
        assert 20.0 * table["order_up_to_units"].sum() <= budget
        assert part.report is not None and part.report.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)
        assert part.report.objective is not None and part.report.bound is not None
        assert part.report.objective <= part.report.bound + 1e-6
        forecasts.append(part.promises[0].forecast)
    assert forecasts == sorted(forecasts) and forecasts[-1] > 0.95


def test_same_question_same_answer() -> None:
    first, second = (planned(washers({"first_time_fix_share": 0.95}))[1] for _ in range(2))
    assert first.digest == second.digest and first == second
    assert first.digest != planned(washers({"first_time_fix_share": 0.8}))[1].digest


def test_what_is_kept_nowhere_is_said() -> None:
    decided, part = planned(washers({"budget": 200.0}))
    assert {name for _, name in levels_of(decided)} == {"board"}
    assert part.report is not None
    said = part.report.unserved[0]
    assert "pump, seal" in said.item and "budget of" in said.relaxation


def test_a_target_beyond_reach_says_what_can_be_had() -> None:
    scenario = washers({"first_time_fix_share": 0.999999})
    decided, part = planned(scenario)
    assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
    assert part.report.bound is None and part.report.shadow_prices == ()
    said = part.report.unserved[0]
    assert said.item == "first-time fix of 0.999999"
    reach = float(said.relaxation.split()[-1])
    assert 0.999 < reach < 0.999999
    again, relaxed = planned(washers({"first_time_fix_share": reach}))
    assert relaxed.report is not None and relaxed.report.status is not SolveStatus.INFEASIBLE
    assert levels_of(decided) == levels_of(again), "no money for steps that bring it no nearer"
    assert part.promises == relaxed.promises and reach <= part.promises[0].forecast < 0.999999


def test_a_station_without_technicians_is_named() -> None:
    _, part = planned(washers({"first_time_fix_share": 0.9}, technicians=0))
    assert part.report is not None
    assert f"station {STATION}" in [entry.item for entry in part.report.unserved]
    assert part.promises == ()


def test_how_a_scenario_is_read() -> None:
    """Days off, work after vans are filled, the repair shop, free parts, other demand, closed stations."""
    parts = [
        {"part_id": "board", "purchase_cost": 0.0, "is_repairable": True, "mean_per_day": 0.3},
        {"part_id": "pump", "purchase_cost": 20.0},
        {"part_id": "seal", "purchase_cost": 20.0},
    ]
    late = {"id": "late", "start_hour": 12, "hours": 8, "weekdays": ["mon", "tue", "wed", "thu", "fri"]}
    scenario = service_world(
        days=10,
        products=[product("washer", 1.0)],
        modes=[mode("pump", part_id="pump")],
        shift=late,
        technicians=3,
        network={"suppliers": [{"id": "SUP", "lead_time_days": constant(7)}]},
        service={
            "stations": [{"station_id": STATION, "lead_time_days": 0}, {"station_id": "shut"}],
            "parts": {
                "parts": parts,
                "repair_shop": {"turnaround_days": constant(12), "success_share": 0.8},
            },
        },
        policy={"service": {"open_stations": [STATION]}},
    )
    read = parts_network(scenario, np.ones((2, 3)))
    assert read.vans.tolist() == [3, 0]
    assert read.duty_share[0] == pytest.approx(5 / 7)
    assert read.evening_share[0] == pytest.approx(2 / 8)
    assert read.station_days.tolist() == [1.0, 1.0]
    assert read.centre_days[0] == pytest.approx([0.8 * 12 + 0.2 * 7, 7, 7])
    assert read.use_per_day.tolist() == [[1.0] * 3, [0.0] * 3]
    assert read.counter_per_day.tolist() == [[0.3, 0, 0], [0, 0, 0]]
    assert 0 < read.unit_cost[0] < 0.01


def test_scenarios_without_parts_are_refused() -> None:
    asked = {"optimised": {"parts": {"first_time_fix_share": 0.9}}}
    without = service_world(days=5, policy=asked)
    with pytest.raises(PlanningError, match=r"policy\.optimised\.parts.*no spare parts"):
        planned(without)
    none = np.zeros((1, 1))
    with pytest.raises(PlanningError, match="outlook"):
        plan_parts(washers({"budget": 1.0}), Outlook(none, none, none), no_progress)
    with pytest.raises(PlanningError, match="give first_time_fix_share or budget"):
        planned(washers({}))
    assert plan_parts(service_world(days=5), Outlook(none, none, none), no_progress) == ({}, ())
