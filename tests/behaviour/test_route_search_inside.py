"""Routes searched anew in the course of a run: what is written down, what it is worth, and that nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest

import optimize
import sim
from scenarios import Scenario
from sim.fleet.roads import RoadMap
from sim.replans import Planned
from sim.world import build_world
from tests.behaviour.worlds import SEED, kpis, run, runs, surely_positive
from tests.delivery_worlds import delivered, planning, traffic

ROUGH = traffic(0.5, hour_factors=[1.0] * 7 + [2.0, 2.5, 2.0] + [1.0] * 14)
REPLICATIONS = 6


def without_regret(result: sim.RunResult) -> dict[str, list[list[int]]]:
    return {
        name: [column.tolist() for column in table.columns.values()]
        for name, table in result.tables.items()
        if name != "regrets"
    }


def daily(how: str, *changes: dict[str, object], **routes: object) -> Scenario:
    """All stores order every day, so that there is something to combine; nobody drives long enough for a break."""
    return delivered(
        {"horizon": {"days": 28}, "fleet": {"drivers": {"driving_hours_before_break": 24.0}}},
        {"policy": {"replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 120}}}]}},
        planning(how, **routes),
        *changes,
    )


def test_every_plan_of_the_search_is_written_down_with_what_the_rule_would_have_cost() -> None:
    result = run(daily("optimised"))
    rows = result.tables["replans"]
    assert (np.diff(rows["second"]) == 86_400).all()
    assert len(rows) == result.panels.day.shape[0]
    assert (rows["kind"] == Planned.TRUCKS).all()
    assert (rows["items"][1:] == 12).all()
    assert (rows["left_out"] == 0).all()
    assert (rows["planned_minor"] <= rows["rule_minor"]).all()
    same = rows["is_fallback"] == 1
    assert (rows["planned_minor"] == rows["rule_minor"])[same].all()
    assert (rows["planned_minor"] < rows["rule_minor"]).any()


def test_plans_by_a_rule_are_no_plans_of_a_solver() -> None:
    for how in ("rule", "given"):
        result = run(daily(how))
        assert not len(result.tables["replans"])
        assert np.isnan(result.kpis["truck_replans"])


def test_the_search_saves_what_it_says() -> None:
    """On roads without chance the expected saving is that of the books: kilometres and hours."""
    rule, search = runs(daily("rule"), REPLICATIONS), runs(daily("optimised"), REPLICATIONS)
    assert surely_positive(kpis(rule, "km_per_day") - kpis(search, "km_per_day"))
    for one, other in zip(rule, search, strict=True):
        first = one.labels.warm_up_days * 86_400

        def cost(result: sim.RunResult, first: int = first) -> float:
            trips = result.tables["trips"]
            counted = trips["planned_second"] >= first
            out = trips["returned_second"] - trips["departed_second"]
            done = counted & (trips["returned_second"] >= 0)
            return float(1.5 * trips["metres"][done].sum() / 1_000 + 30.0 * out[done].sum() / 3_600)

        rows = other.tables["replans"]
        counted = (rows["second"] >= first - 86_400) & (rows["second"] < 27 * 86_400)
        promised = (rows["rule_minor"] - rows["planned_minor"])[counted].sum() / 100
        assert cost(one) - cost(other) == pytest.approx(promised, rel=0.01)


@pytest.mark.parametrize("engine", ["ruin_recreate", "ortools"])
def test_the_same_seed_makes_the_same_plans(engine: str) -> None:
    scenario = daily("optimised", ROUGH, regret=True, engine=engine)
    first = run(scenario)
    assert first.digest() == run(scenario).digest()
    assert first.kpis["truck_replan_saving_on_rule"] >= 0.0


class TestRegret:
    def test_looking_back_changes_nothing_else(self) -> None:
        for how in ("rule", "optimised", "given"):
            asked, plain = run(daily(how, ROUGH, regret=True)), run(daily(how, ROUGH))
            assert without_regret(asked) == without_regret(plain)
            assert not len(plain.tables["regrets"])
            assert len(asked.tables["regrets"])
            assert np.isnan(plain.kpis["truck_regret_share"])

    def test_on_certain_roads_plans_come_as_planned(self) -> None:
        rows = run(daily("optimised", regret=True)).tables["regrets"]
        assert np.abs(rows["realised_minor"] - rows["planned_minor"]).max() <= 1
        assert (rows["realised_late_seconds"] == 0).all()

    def test_nobody_does_better_than_with_perfect_information(self) -> None:
        rows = run(daily("optimised", ROUGH, regret=True)).tables["regrets"]
        on_time = rows["realised_late_seconds"] == 0
        assert (rows["perfect_minor"] <= rows["realised_minor"])[on_time].all()
        assert (rows["perfect_late_seconds"] <= rows["realised_late_seconds"]).all()
        assert (rows["perfect_minor"] < rows["realised_minor"]).any()

    def test_a_search_leaves_less_to_be_regretted_than_the_rule(self) -> None:
        rule = runs(daily("rule", regret=True), REPLICATIONS)
        search = runs(daily("optimised", regret=True), REPLICATIONS)
        assert surely_positive(kpis(rule, "truck_regret_share") - kpis(search, "truck_regret_share"))
        assert (kpis(search, "truck_regret_share") < 0.02).all()

    def test_more_chance_on_the_roads_leaves_more_to_be_regretted(self) -> None:
        rough = runs(daily("optimised", traffic(0.6), regret=True), REPLICATIONS)
        smooth = runs(daily("optimised", traffic(0.1), regret=True), REPLICATIONS)
        assert surely_positive(kpis(rough, "truck_regret") - kpis(smooth, "truck_regret"))


def test_what_legs_will_take_is_what_they_take() -> None:
    scenario = daily("rule", traffic(0.4))
    road_map = RoadMap(build_world(scenario, optimize.plan(scenario), SEED, 0), 0)
    known = road_map.drawn_seconds(3, range(24))
    for start in range(13):
        for end in range(13):
            assert known[start, end] == road_map.drive(start, end, 3 * 86_400 + 12 * 3_600)
    assert (known != road_map.drawn_seconds(4, range(24))).any()
