"""Fixed rounds from the solver: against those by savings, against what was promised, edited by hand, impossible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from scenarios import Plan, Scenario, ScenarioError, SolveStatus, load_plan
from study.plan_files import write_plan
from tests.behaviour.worlds import SEED, interval, kpis, surely_positive
from tests.delivery_worlds import SERVED_ON, delivered, planning

REPLICATIONS = 6
ROUTES = frozenset({"routes"})


def planned(scenario: Scenario) -> Plan:
    return optimize.plan(scenario, outlook=sim.outlook, families=ROUTES)


def simulated(scenario: Scenario, plan: Plan) -> list[sim.RunResult]:
    return [sim.simulate(scenario, plan, seed=SEED, replication=number) for number in range(REPLICATIONS)]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return delivered(planning("given"))


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    return planned(scenario)


@pytest.fixture(scope="module")
def results(scenario: Scenario, plan: Plan) -> list[sim.RunResult]:
    return simulated(scenario, plan)


def test_every_store_has_its_round_on_its_weekdays(plan: Plan) -> None:
    assert plan.decisions.rounds is not None
    for weekdays, stores in SERVED_ON.items():
        called = [
            store
            for round_ in plan.decisions.rounds
            if round_.weekdays == weekdays
            for store in round_.stores
        ]
        assert sorted(called) == sorted(store["store_id"] for store in stores)


def test_the_same_plan_is_made_again(scenario: Scenario, plan: Plan) -> None:
    assert planned(scenario).digest == plan.digest


def test_rounds_by_weekday_drive_less_than_rounds_by_savings_from_mean_demand(
    scenario: Scenario, results: list[sim.RunResult]
) -> None:
    """Rounds by savings know no weekdays: they mix stores of odd and even days, each going half empty."""
    by_savings = simulated(scenario, optimize.plan(scenario))
    assert surely_positive(kpis(by_savings, "km_per_day") - kpis(results, "km_per_day"))
    assert surely_positive(kpis(by_savings, "cost_per_drop") - kpis(results, "cost_per_drop"))
    assert (kpis(results, "on_time_share") > 0.99).all()


def test_promises_are_kept_where_their_premises_hold(plan: Plan, results: list[sim.RunResult]) -> None:
    """Here demand is steady, roads are certain, and nobody is ever short."""
    (part,) = [part for part in plan.parts if part.path == "policy.optimised.rounds"]
    assert {promise.measure for promise in part.promises} == {"km_per_day", "stops_per_hour", "on_time_share"}
    for promise in part.promises:
        mean, half_width = interval(kpis(results, promise.measure))
        assert promise.forecast == pytest.approx(mean, abs=half_width + 0.03 * mean), promise.measure


def test_room_on_trucks_means_more_rounds() -> None:
    def rounds(allowance: float) -> int:
        room = {"policy": {"optimised": {"rounds": {"allowance_share": allowance}}}}
        decided = optimize.plan(delivered(room), outlook=sim.outlook).decisions.rounds
        assert decided is not None
        return len(decided)

    assert rounds(1.0) > rounds(0.0)


def test_rounds_edited_by_hand_are_driven_as_edited(scenario: Scenario, plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    write_plan(plan.decisions, file)
    assert load_plan(file, scenario).rounds == plan.decisions.rounds
    lines = file.read_text()
    first = plan.decisions.rounds[0]  # type: ignore[index]
    turned = plan.decisions.model_copy(
        update={
            "rounds": (first.model_copy(update={"stores": first.stores[::-1]}), *plan.decisions.rounds[1:])
        }  # type: ignore[index]
    )
    write_plan(turned, file)
    assert file.read_text() != lines
    edited = optimize.plan(scenario, decisions=load_plan(file, scenario))
    (part,) = [part for part in edited.parts if part.path == "policy.optimised.rounds"]
    assert part.kind.endswith("edited by hand")
    assert not part.promises
    stops = sim.simulate(scenario, edited, seed=SEED, replication=0).tables["stops"]
    order = stops["store"][
        stops["trip"] == stops["trip"][np.flatnonzero(stops["store"] == _row(first.stores[0]))[0]]
    ]
    names = [f"S{store:02}" for store in order]
    assert names == [name for name in first.stores[::-1] if name in names]


def _row(store: str) -> int:
    return int(store[1:])


def test_a_mistake_in_a_round_is_told_at_its_place(scenario: Scenario, plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    write_plan(plan.decisions, file)
    store = plan.decisions.rounds[0].stores[0]  # type: ignore[index]
    text = file.read_text().replace(store, "S99", 1)
    file.write_text(text)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "S99" in row)
    column = text.splitlines()[line - 1].index("S99") + 1
    with pytest.raises(ScenarioError) as caught:
        load_plan(file, scenario)
    assert f"plan.yaml:{line}:{column}" in str(caught.value)
    assert "S99" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "reason", "relaxation"),
    [
        ({"count": 1, "hours": 2.5}, "all vehicles that could are taken", "more truck"),
        ({"count": 4, "hours": 0.5}, "no vehicle is back within its shift", "a shift of"),
    ],
)
def test_what_no_truck_takes_is_told_with_what_would_help(
    change: dict[str, Any], reason: str, relaxation: str
) -> None:
    trucks = [{"type_id": "van", "count": 4, "start_hour": 5.0, **change}]
    scenario = delivered(planning("given"), {"policy": {"transport": {"trucks": trucks}}})
    made = planned(scenario)
    (part,) = [part for part in made.parts if part.path == "policy.optimised.rounds"]
    assert part.report is not None
    found = [unserved for unserved in part.report.unserved if unserved.reason == reason]
    assert found
    assert all(relaxation in unserved.relaxation for unserved in found)
    # Their goods still leave, on a round of their own, with whoever has room on the day.
    called = {store for round_ in made.decisions.rounds or () for store in round_.stores}
    assert called == {f"S{number:02}" for number in range(12)}


def test_the_smallest_relaxation_suffices() -> None:
    def left_out(count: int) -> list[str]:
        trucks = [{"type_id": "van", "count": count, "start_hour": 5.0, "hours": 2.5}]
        made = planned(delivered(planning("given"), {"policy": {"transport": {"trucks": trucks}}}))
        (part,) = [part for part in made.parts if part.path == "policy.optimised.rounds"]
        assert part.report is not None
        return [
            unserved.relaxation
            for unserved in part.report.unserved
            if unserved.reason == "all vehicles that could are taken"
        ]

    more = max(int(relaxation.split()[0]) for relaxation in left_out(1))
    assert not left_out(1 + more)


def test_without_own_trucks_there_is_no_plan_and_a_reason() -> None:
    scenario = delivered({"policy": {"transport": {"trucks": [], "hire": {}}, "optimised": {"rounds": {}}}})
    (part,) = [p for p in optimize.plan(scenario, outlook=sim.outlook).parts if p.path.endswith("rounds")]
    assert part.report is not None
    assert part.report.status is SolveStatus.INFEASIBLE
