"""What holds of every plan: the same again, whatever order tables have, whatever money is called; more never hurts."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import optimize
import scenarios
import sim
from optimize.staffing.varying import performance_by_hour
from scenarios import Plan, Scenario, SolveReport, SolveStatus
from tests.contact_worlds import call_centre, calls
from tests.factory import SKUS, STORES, tiny_scenario
from tests.planned_worlds import COSTS
from tests.service_worlds import STATION, installed, job_stream, mode, product, service_world

FloatArray = npt.NDArray[np.float64]
Cell = tuple[str, str]

ROOT = Path(__file__).parents[2]
STOCK, STAFF = frozenset({"stock"}), frozenset({"staff"})
TIMES = 20
PART_COST = 20.0
SHORTENED = ("horizon.days=35", "horizon.warm_up_days=7")
OWED = {"classes": [{"id": "FOOD", "unmet_demand": "backorder"}, {"id": "HOME"}]}


def shops(**changes: Any) -> Scenario:
    """Two stores and three SKUs, some owed and some lost, fed by a centre; levels of all are worked out."""
    optimised = {"stores": [{}], "centres": [{}], **changes.pop("optimised", {})}
    policy = {"optimised": optimised, **changes.pop("policy", {})}
    blocks = {"costs": COSTS, "assortment": OWED, **changes}
    return tiny_scenario(policy=policy, **blocks)


def washers(**asked: float) -> Scenario:
    """Machines that fail for one of three parts."""
    weights = {"board": 40.0, "pump": 15.0, "seal": 4.0}
    return service_world(
        days=30,
        products=[product("washer", 1.2)],
        modes=[mode(name, part_id=name, weight=weight) for name, weight in weights.items()],
        base=[installed(1_000)],
        shift={"start_hour": 8, "hours": 9},
        service={
            "stations": [{"station_id": STATION, "lead_time_days": 2}],
            "parts": {"parts": [{"part_id": name, "purchase_cost": PART_COST} for name in weights]},
        },
        policy={"optimised": {"parts": asked or {"first_time_fix_share": 0.9}}},
    )


def centre(rate: float = 0.5, **asked: Any) -> Scenario:
    """Calls by day that nobody waits for long to be answered."""
    profile = [0.0] * 8 + [1.0] * 6 + [2.0] * 6 + [0.0] * 4
    wanted = {"opens_hour": 8.0, "closes_hour": 20.0, **asked}
    streams = [calls("all", rate, 4.0, 5.0, hourly_profile=profile)]
    return call_centre(streams, 1, 7, policy={"optimised": {"agents": wanted}})


@cache
def quickstart() -> Scenario:
    return scenarios.load(Path(scenarios.__file__).parent / "quickstart.yaml", settings=SHORTENED)


def planned(scenario: Scenario, families: frozenset[str] | None = None) -> Plan:
    return optimize.plan(scenario, outlook=sim.outlook(scenario), families=families)


def questions() -> dict[str, tuple[Scenario, frozenset[str] | None]]:
    """What plans are asked for here."""
    return {
        "shops": (shops(), None),
        "quickstart": (quickstart(), STOCK),
        "parts": (washers(), None),
        "agents": (centre(), None),
        "staff": (washers(), STAFF),
    }


def digests(names: Sequence[str] | None = None) -> dict[str, str]:
    """Name of a question -> digest of its plan, asked in the order of the names."""
    asked = questions()
    return {name: planned(*asked[name]).digest for name in names or asked}


def levels(plan: Plan) -> dict[Cell, tuple[int, int, int]]:
    """Place and SKU -> reorder point, level and lot."""
    found: dict[Cell, tuple[int, int, int]] = {}
    for table, place in ((plan.decisions.store_levels, "store_id"), (plan.decisions.centre_levels, "dc_id")):
        if table is not None:
            units = ("reorder_point_units", "order_up_to_units", "order_quantity_units")
            numbers = zip(*(table[name].tolist() for name in units), strict=True)
            found |= dict(
                zip(zip(map(str, table[place]), map(str, table["sku_id"]), strict=True), numbers, strict=True)
            )
    return found


def promised(plan: Plan) -> dict[str, float]:
    return {promise.measure: promise.forecast for promise in plan.promises}


def report(plan: Plan, path: str) -> SolveReport:
    found = next(part.report for part in plan.parts if part.path == f"policy.optimised.{path}")
    assert found is not None
    return found


class TestSameAgain:
    def test_twenty_times_in_any_order(self) -> None:
        """The quickstart, which takes a second, comes every sixth time."""
        first = digests()
        assert len(set(first.values())) == len(first)
        for number in range(1, TIMES):
            names = [name for name in first if name != "quickstart" or number % 6 == 0]
            random.Random(number).shuffle(names)
            assert digests(names).items() <= first.items()

    @pytest.mark.skipif(
        not hasattr(os, "sched_setaffinity"), reason="processes cannot be bound to cores here"
    )
    def test_on_one_core_and_on_two(self) -> None:
        """Each in a process of its own, with another seed of Python's hashes."""
        cores = sorted(os.sched_getaffinity(0))
        here = digests()
        for count in (1, 2):
            assert self._elsewhere(cores[:count]) == here

    @staticmethod
    def _elsewhere(cores: Sequence[int]) -> dict[str, str]:
        program = (
            f"import os, json; os.sched_setaffinity(0, {list(cores)}); "
            "from tests.property.test_plans import digests; print(json.dumps(digests()))"
        )
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        told = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": str(len(cores))},
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found: dict[str, str] = json.loads(told.stdout)
        return found


@pytest.mark.parametrize("limits", [{}, {"budget": 150.0}])
def test_the_order_of_tables_is_irrelevant(limits: dict[str, float]) -> None:
    plans = [
        planned(
            shops(
                optimised={"limits": limits},
                network={"stores": list(stores)},
                assortment={**OWED, "skus": list(skus)},
            )
        )
        for stores, skus in (
            (STORES, SKUS),
            (STORES[::-1], SKUS),
            (STORES, (SKUS[2], SKUS[0], SKUS[1])),
            (STORES[::-1], SKUS[::-1]),
        )
    ]
    first = plans[0]
    assert len(levels(first)) == 9
    for plan in plans[1:]:
        assert levels(plan) == levels(first)
        assert promised(plan) == pytest.approx(promised(first), rel=1e-8)


def _in_other_money(value: Any, names: frozenset[str], factor: float) -> Any:
    """Numbers of some names times a factor, anywhere."""
    if isinstance(value, Mapping):
        return {
            name: inner * factor
            if name in names and isinstance(inner, float)
            else _in_other_money(inner, names, factor)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_in_other_money(inner, names, factor) for inner in value]
    return value


MONEY = frozenset(
    {"price", "purchase_cost", "per_store_order_line", "per_purchase_order_line", "lost_per_unit", "budget"}
)


@pytest.mark.parametrize(
    "optimised",
    [
        {"stores": [{"form": "reorder_quantity"}]},
        {"stores": [{"target": {"share": 0.93}}]},
        {"limits": {"budget": 150.0}},
    ],
)
def test_what_money_is_called_changes_no_level(optimised: dict[str, Any]) -> None:
    content = {"optimised": optimised, "costs": COSTS, "assortment": {**OWED, "skus": list(SKUS)}}
    before, after = (planned(shops(**_in_other_money(content, MONEY, factor))) for factor in (1.0, 8.0))
    assert levels(before) == levels(after)
    one, eight = report(before, "stores").objective, report(after, "stores").objective
    assert one is not None and eight == pytest.approx(8 * one, rel=1e-6)


class TestMoreNeverHurts:
    def test_a_larger_budget_of_stores(self) -> None:
        """From the least that is feasible to one that does not bind; prices are alike, as cost is what is minimised."""
        alike = [{**sku, "price": 10.0, "purchase_cost": 6.0} for sku in SKUS]

        def within(budget: float) -> Plan:
            return planned(
                shops(optimised={"limits": {"budget": budget}}, assortment={**OWED, "skus": alike})
            )

        relaxation = report(within(1.0), "stores").unserved[0].relaxation
        least = float(relaxation.split()[0])
        plans = [within(least * factor) for factor in (1.001, 1.1, 1.3, 1.6, 3.0, 10.0)]
        assert all(report(plan, "stores").status is not SolveStatus.INFEASIBLE for plan in plans)
        fills = [promised(plan)["fill_rate"] for plan in plans]
        costs = [report(plan, "stores").objective or 0.0 for plan in plans]
        assert fills == sorted(fills) and fills[0] < fills[-1]
        assert costs == sorted(costs, reverse=True)

    def test_a_larger_budget_of_parts(self) -> None:
        fills = [
            promised(planned(washers(budget=20.0 * units)))["part_fill_van"] for units in range(1, 40, 3)
        ]
        assert fills == sorted(fills) and fills[0] < 0.6 < 0.95 < fills[-1]

    @pytest.mark.parametrize("measure", ["fill_rate", "cycle_service_level", "ready_rate"])
    def test_a_higher_target_of_a_level_at_every_review(self, measure: str) -> None:
        before: dict[Cell, tuple[int, int, int]] = {}
        for plan in self._targets("periodic_review", measure):
            found = levels(plan)
            assert all(found[cell][1] >= level[1] for cell, level in before.items())
            before = found

    def test_a_higher_target_where_orders_are_sized_too(self) -> None:
        """Smaller orders may come with a higher reorder point: single levels may fall, cost and service never."""
        plans = self._targets("min_max", "fill_rate")
        costs = [report(plan, "stores").objective or 0.0 for plan in plans]
        fills = [promised(plan)["fill_rate"] for plan in plans]
        assert costs == sorted(costs) and fills == sorted(fills) and fills[0] < 0.9 < 0.99 <= fills[-1]

    @staticmethod
    def _targets(form: str, measure: str) -> list[Plan]:
        entries = [
            {"form": form, "target": {"measure": measure, "share": share}}
            for share in (0.5, 0.7, 0.85, 0.95, 0.99)
        ]
        return [planned(shops(optimised={"stores": [entry]})) for entry in entries]

    def test_one_more_agent_in_any_hour(self) -> None:
        """The fluid flow answers no smaller share of all calls when an hour gets one more agent."""
        calls_per_hour = np.array([0.0] * 8 + [30.0, 60.0, 90.0, 80.0, 60.0, 40.0, 30.0, 20.0] + [0.0] * 8)
        people = np.where(calls_per_hour > 0, np.ceil(calls_per_hour * 4.0 / 60.0).astype(np.int64), 1)
        few = performance_by_hour(calls_per_hour, people, 4.0, 5.0, 1 / 3).overall_answered_share
        for hour in range(24):
            more = people.copy()
            more[hour] += 1
            found = performance_by_hour(calls_per_hour, more, 4.0, 5.0, 1 / 3)
            assert found.overall_answered_share >= few - 1e-9

    def test_a_stricter_answer_target(self) -> None:
        hours = [
            float(report(planned(centre(answered_share=share)), "agents").objective or 0.0)
            for share in (0.3, 0.6, 0.8, 0.9, 0.97)
        ]
        assert hours == sorted(hours) and hours[0] < hours[-1]


class TestExtremes:
    """Every answer is a plan that says what it cannot do and what would help, or a clear refusal."""

    def test_nobody_buys(self) -> None:
        plan = planned(shops(demand={"mean_units_per_day": 0.0}))
        assert all(level[0] <= 0 for level in levels(plan).values())
        assert plan.promises == ()

    def test_a_single_sku(self) -> None:
        plan = planned(shops(assortment={**OWED, "skus": [SKUS[0]]}, network={"stores": [STORES[0]]}))
        assert set(levels(plan)) == {("S1", "A"), ("DC", "A")}
        assert 0.5 < promised(plan)["fill_rate"] <= 1.0

    def test_a_million_a_day(self) -> None:
        plan = planned(shops(demand={"mean_units_per_day": 1e6}))
        said = [told for part in plan.parts if part.report for told in part.report.unserved]
        decided = levels(plan)
        assert all(level[1] > 1e6 or level[0] > 1e6 for level in decided.values())
        assert len(decided) == 9 or (all(told.reason and told.relaxation for told in said) and said)

    def test_two_months_of_lead_time(self) -> None:
        slow = [{**store, "lead_time_days": 60} for store in STORES]
        found, near = (planned(shops(network={"stores": stores})) for stores in (slow, list(STORES)))
        stores = [cell for cell in levels(found) if cell[0] != "DC"]
        assert len(stores) == 6
        assert all(levels(found)[cell][1] > levels(near)[cell][1] for cell in stores)

    def test_a_budget_of_a_cent(self) -> None:
        plan = planned(shops(optimised={"limits": {"budget": 0.01}}))
        told = report(plan, "stores")
        assert told.status is SolveStatus.INFEASIBLE or promised(plan)["store_stock_units"] * 5.0 <= 0.01
        if told.status is SolveStatus.INFEASIBLE:
            assert told.unserved and all(entry.reason and entry.relaxation for entry in told.unserved)
        parts = planned(washers(budget=0.01))
        assert promised(parts)["part_fill_van"] == 0.0
        assert "a budget of" in report(parts, "parts").unserved[0].relaxation

    def test_a_centre_that_closes_before_it_opens(self) -> None:
        plan = planned(centre(opens_hour=20.0, closes_hour=8.0))
        told = report(plan, "agents")
        assert told.status is SolveStatus.INFEASIBLE and plan.decisions.agents is None
        assert "before it opens" in told.unserved[0].reason and told.unserved[0].relaxation

    def test_a_skill_that_nobody_has(self) -> None:
        scenario = service_world(
            days=7,
            streams=[job_stream("jobs", 60.0, 30.0, skill_id="gas")],
            technicians=2,
            policy={"optimised": {"technicians": {}}},
        )
        plan = planned(scenario)
        told = report(plan, "technicians")
        skills = plan.decisions.skills
        has_it = skills is not None and "gas" in set(map(str, skills["skill_id"]))
        assert has_it or (told.unserved and told.unserved[0].reason and told.unserved[0].relaxation)
