"""Promises held against deliveries: arithmetic of the split, verdicts, premises made true, files."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import optimize
import scenarios
import sim
from scenarios import Basis, Plan, PlanPart, Premise, Promise, Scenario
from study.auditing import CANNOT_BE_MADE_TRUE, Audit, Kept, audit, made_true
from study.auditing.chart import PROMISES_PER_SLIDE, slides
from study.auditing.wording import PREMISE_WORDS, interval_text
from study.auditing.writing import write_audit
from study.cli.shipped import shipped_folder
from study.errors import RequestError
from tests.siting_worlds import siting_world

QUICKSTART = scenarios.load(
    shipped_folder() / "quickstart.yaml", settings=["horizon.days=35", "horizon.warm_up_days=7"]
)
STORES, SKUS = len(QUICKSTART.network.stores), len(QUICKSTART.assortment.skus)
OUTLOOK = optimize.Outlook(
    np.full((STORES, SKUS), 2.0), np.full((STORES, SKUS), 5.0), np.full((STORES, SKUS), 4.0)
)
ALL = tuple(premise for premise in Premise if premise not in CANNOT_BE_MADE_TRUE)


def promising(*promises: Promise) -> Plan:
    part = PlanPart(
        path="policy.optimised.stores", kind="min_max", basis=Basis.OPTIMISED, cells=1, promises=promises
    )
    return replace(optimize.plan(QUICKSTART), parts=(part,))


class Worlds:
    """A stand-in for the runs: the KPI rises by a known step whenever the scenario changes."""

    def __init__(self, first: float, steps: list[float], noise: float = 0.001) -> None:
        self.values = np.cumsum([first, *steps])
        self.noise = noise * np.array([-1.0, 0.0, 1.0, 0.5, -0.5])
        self.seen: list[str] = []
        self.scenarios: list[Scenario] = []

    def __call__(self, step: str, scenario: Scenario, plan: Plan) -> Mapping[str, np.ndarray]:
        value = self.values[len(self.seen)]
        self.seen.append(step)
        self.scenarios.append(scenario)
        return {"fill_rate": value + self.noise, "stock_value": 1e6 * (value + self.noise)}


def found_with(forecast: float, worlds: Worlds, *premises: Premise, measure: str = "fill_rate") -> Audit:
    plan = promising(Promise(measure=measure, forecast=forecast, premises=premises))
    return audit(QUICKSTART, plan, OUTLOOK, worlds, seed=7)


def test_the_gap_is_the_sum_of_what_premises_cost_and_what_is_left() -> None:
    worlds = Worlds(0.90, [0.03, 0.02])
    item = found_with(0.96, worlds, Premise.NO_SUBSTITUTION, Premise.STEADY_DEMAND).promises[0]
    assert worlds.seen == ["as it is", "steady_demand", "no_substitution"]
    assert [part.premise for part in item.contributions] == [Premise.STEADY_DEMAND, Premise.NO_SUBSTITUTION]
    assert [part.change for part in item.contributions] == pytest.approx([0.03, 0.02])
    assert item.remainder == pytest.approx(0.96 - 0.95 - 0.0001, abs=2e-4)
    explained = sum(part.change for part in item.contributions)
    assert item.promise.forecast - item.delivered == pytest.approx(explained + item.remainder)


def test_each_world_builds_on_the_one_before() -> None:
    worlds = Worlds(0.90, [0.03, 0.02])
    found_with(0.96, worlds, Premise.STEADY_DEMAND, Premise.NO_SUBSTITUTION)
    assert worlds.scenarios[1].demand.patterns == worlds.scenarios[2].demand.patterns == ()
    assert worlds.scenarios[1].assortment.classes == QUICKSTART.assortment.classes
    assert all(group.substitution.acceptance == 0 for group in worlds.scenarios[2].assortment.classes)


def test_a_premise_that_holds_already_costs_nothing_and_is_not_run_again() -> None:
    worlds = Worlds(0.90, [])
    still = made_true(Premise.NO_EMERGENCY_ORDERS, QUICKSTART, OUTLOOK)
    assert still is QUICKSTART
    item = found_with(0.90, worlds, Premise.NO_EMERGENCY_ORDERS).promises[0]
    assert worlds.seen == ["as it is"] and item.contributions[0].change == 0.0


@pytest.mark.parametrize(
    ("forecast", "measure", "kept"),
    [
        (0.9000, "fill_rate", Kept.KEPT),
        (0.9100, "fill_rate", Kept.BROKEN),
        (0.8900, "fill_rate", Kept.BETTERED),
        (0.95e6, "stock_value", Kept.BETTERED),
    ],
)
def test_verdicts_know_which_way_is_better(forecast: float, measure: str, kept: Kept) -> None:
    item = found_with(forecast, Worlds(0.90, []), measure=measure).promises[0]
    if measure == "stock_value":  # less stock is not by itself better
        assert item.kept in (Kept.BETTERED, Kept.DIFFERENT)
    else:
        assert item.kept is kept


def test_a_promise_is_explained_when_it_holds_in_its_own_world() -> None:
    assert found_with(0.95, Worlds(0.90, [0.05]), Premise.STEADY_DEMAND).promises[0].is_explained
    assert not found_with(0.97, Worlds(0.90, [0.05]), Premise.STEADY_DEMAND).promises[0].is_explained


def test_shares_are_shown_within_what_a_share_can_be() -> None:
    audit = found_with(0.99, Worlds(0.99, [], noise=0.02))
    (item,) = audit.promises
    assert item.high > 1.0
    assert interval_text(item).endswith(" to 100.00%")


def test_what_cannot_be_made_true_is_named_and_not_run() -> None:
    worlds = Worlds(0.90, [])
    found = found_with(0.95, worlds, *CANNOT_BE_MADE_TRUE)
    assert found.not_made_true == CANNOT_BE_MADE_TRUE and worlds.seen == ["as it is"]
    assert PREMISE_WORDS[CANNOT_BE_MADE_TRUE[0]] in found.summary()


def test_a_plan_without_promises_cannot_be_audited() -> None:
    with pytest.raises(RequestError, match="promises nothing"):
        audit(QUICKSTART, optimize.plan(QUICKSTART), OUTLOOK, Worlds(0.9, []), seed=7)


@pytest.mark.parametrize("premise", ALL)
def test_every_premise_can_be_made_true_once_and_the_world_still_runs(premise: Premise) -> None:
    changed = made_true(premise, QUICKSTART, OUTLOOK)
    assert changed is not None
    assert made_true(premise, changed, OUTLOOK) is changed, "what is true stays as it is"
    if changed is not QUICKSTART:
        result = sim.simulate(changed, optimize.plan(changed), seed=3, replication=0)
        assert 0 < result.kpis["fill_rate"] <= 1


def test_steady_demand_keeps_the_expected_means_and_nothing_else_moves_it() -> None:
    changed = made_true(Premise.STEADY_DEMAND, QUICKSTART, OUTLOOK)
    assert changed is not None and changed.demand.rates is not None
    assert set(changed.demand.rates["units_per_day"]) == {2.0}
    assert np.allclose(changed.assortment.skus["variance_to_mean"], 2.0)
    assert QUICKSTART.demand.rates is None, "the scenario given stays as it was"


def test_steady_hours_leave_those_closed_in_which_nobody_calls() -> None:
    changed = made_true(Premise.STEADY_HOURS, QUICKSTART, OUTLOOK)
    assert changed is not None and changed.service is not None and QUICKSTART.service is not None
    before, after = (world.service.reporting for world in (QUICKSTART, changed))  # type: ignore[union-attr]
    assert [value > 0 for value in after.hourly_profile] == [value > 0 for value in before.hourly_profile]
    assert len(set(after.hourly_profile) - {0.0}) == 1, "one rate in all hours that are open"
    assert len(set(after.weekday_factors)) == 1


def test_files_say_what_the_audit_found(tmp_path: Path) -> None:
    found = found_with(0.96, Worlds(0.90, [0.03, 0.02]), Premise.STEADY_DEMAND, Premise.NO_SUBSTITUTION)
    written = write_audit(found, tmp_path / "audit")
    assert {path.suffix for path in written} == {".csv", ".json", ".png", ".svg", ".html"}
    rows = list(csv.DictReader((tmp_path / "audit" / "audit.csv").open()))
    assert [row["step"] for row in rows] == [
        "promised",
        "steady_demand",
        "no_substitution",
        "left",
        "delivered",
    ]
    assert sum(float(row["value"]) for row in rows[:-1]) == pytest.approx(float(rows[-1]["value"]))
    record = json.loads((tmp_path / "audit" / "audit.json").read_text())
    assert record["broken"] is True and record["promises"][0]["promised"] == 0.96
    page = written[-1].read_text()
    assert "demand does not keep one mean" in page and "96.00%" in page


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(RequestError, match="not an audit's"):
        write_audit(found_with(0.9, Worlds(0.90, [])), tmp_path)


def test_every_promise_is_drawn_once() -> None:
    plan = promising(*(Promise(measure="fill_rate", forecast=0.9 + n / 100) for n in range(5)))
    found = audit(QUICKSTART, plan, OUTLOOK, Worlds(0.90, []), seed=7)
    pages = slides(found)
    assert [item for page in pages for item in page] == list(found.promises)
    assert max(map(len, pages)) == PROMISES_PER_SLIDE


def test_every_premise_has_words() -> None:
    assert set(PREMISE_WORDS) == set(Premise)


def test_certain_roads_take_their_mean_at_every_hour_for_trucks_and_technicians() -> None:
    factors = tuple(0.7 + 0.1 * (hour % 7) for hour in range(24))
    uncertain = {"roads": {"hour_factors": factors, "coefficient_of_variation": 0.4}}
    world = siting_world(fleet=uncertain, service=uncertain)
    changed = made_true(Premise.CERTAIN_ROADS, world, OUTLOOK)
    assert changed is not None and changed is not world and changed.service is not None
    for roads in (changed.fleet.roads, changed.service.roads):
        assert roads.coefficient_of_variation == 0.0
        assert roads.hour_factors == (pytest.approx(sum(factors) / 24),) * 24
    assert changed.service.roads.speed_km_per_hour == 40.0
    assert made_true(Premise.CERTAIN_ROADS, changed, OUTLOOK) is changed
