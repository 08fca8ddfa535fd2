"""Every shipped scenario loads clean; pairs of policies share their facts; fitted figures are the fitted ones."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import optimize
import scenarios
import sim
from scenarios import AssumptionStatus, Scenario, assumptions, check, load, schema_line, schema_text

FOLDER = Path(scenarios.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
EDGES = [
    ("quickstart", "quickstart_cost_first", "quickstart_service_first"),
    ("delta", "delta_cost_first", "delta_service_first"),
]
FITTED = ("price_elasticity", "feature_multiplier", "pulled_forward_share", "switched_share")
CARRIED = {"dry": 0.8, "household": 0.7, "fresh": 0.6, "appliances": 0.5}
"""Share of the fitted effects that other classes than drinks take; stated in the blocks' `source`."""
ROUNDED_TO_NONE = {"delta", "delta_cost_first", "national"}
"""Scenarios in which small stores drop what they sell by less than half a case; stated beside the rule."""


@cache
def shipped(name: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml")


@cache
def figures() -> dict[str, dict[str, str]]:
    with (FOLDER / "data" / "fitted_retail_figures.csv").open(encoding="utf-8", newline="") as file:
        return {row["parameter"]: row for row in csv.DictReader(file)}


def test_the_promised_scenarios_are_there() -> None:
    assert {name for names in EDGES for name in names} | {"national"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_without_a_word_of_warning_but_what_it_says_itself(name: str) -> None:
    scenario = shipped(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.description
    expected = ["policy.replenishment[0].case_rounding"] if name in ROUNDED_TO_NONE else []
    assert [problem.path for problem in check(scenario)] == expected


@pytest.mark.parametrize("name", NAMES)
def test_editors_find_the_schema(name: str) -> None:
    first_line = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first_line == schema_line("./schema.json")


def test_the_shipped_schema_is_that_of_the_types() -> None:
    shown = (FOLDER / "schema.json").read_text(encoding="utf-8")
    assert shown == schema_text(Scenario), "write it again: dualedge schema --out scenarios/schema.json"


@pytest.mark.parametrize("names", EDGES)
def test_two_edges_of_one_blade_share_their_facts(names: tuple[str, str, str]) -> None:
    assert len({shipped(name).facts_digest for name in names}) == 1
    assert len({shipped(name).policy_digest for name in names}) == 3


@pytest.mark.parametrize(
    ("name", "stores", "skus", "counted_days"),
    [("quickstart", 5, 30, 77), ("delta", 120, 600, 365), ("national", 1000, 2000, 365)],
)
def test_sizes(name: str, stores: int, skus: int, counted_days: int) -> None:
    scenario = shipped(name)
    assert (len(scenario.network.stores), len(scenario.assortment.skus)) == (stores, skus)
    assert scenario.horizon.days - scenario.horizon.warm_up_days == counted_days


def test_drinks_of_the_delta_respond_as_fitted() -> None:
    (drinks,) = (block for block in shipped("delta").demand.responses if block.classes == ("drinks",))
    for name in FITTED:
        assert getattr(drinks, name) == float(figures()[name]["value"]), name
    multiplier, error = (
        float(figures()["promotion_multiplier"][column]) for column in ("value", "standard_error")
    )
    assert drinks.promotion_multiplier == max(1.0, multiplier) == 1.0
    assert abs(multiplier - 1) < 2 * error


@pytest.mark.parametrize(("class_id", "share"), CARRIED.items())
def test_other_classes_take_the_share_they_say(class_id: str, share: float) -> None:
    (block,) = (block for block in shipped("delta").demand.responses if block.classes == (class_id,))
    elasticity, feature = (
        float(figures()[name]["value"]) for name in ("price_elasticity", "feature_multiplier")
    )
    assert block.price_elasticity == pytest.approx(share * elasticity, abs=0.0006)
    assert block.feature_multiplier == pytest.approx(1 + share * (feature - 1), abs=0.0006)
    assert block.source.startswith(f"assumption: {share:g} of the figures fitted to drinks")


def test_the_list_of_assumptions_tells_fitted_from_assumed() -> None:
    listed = {item.path: item for item in assumptions(shipped("delta_cost_first"))}
    for name in (*FITTED, "promotion_multiplier"):
        item = listed[f"demand.responses[0].{name}"]
        assert item.status is AssumptionStatus.FITTED
        assert item.standard_error == float(figures()[name]["standard_error"])
    assert listed["demand.responses[1].price_elasticity"].status is AssumptionStatus.GIVEN
    for path in ("demand.patterns[0].weekday_factors", "demand.patterns[0].month_factors"):
        assert listed[path].source.startswith("assumption")


def test_spreads_of_the_delta_are_those_fitted() -> None:
    scenario = shipped("delta")
    sizes = scenario.network.stores["size"]
    assert np.log(sizes).std() == pytest.approx(
        float(figures()["store_log_standard_deviation"]["value"]), rel=0.03
    )
    assert sizes.mean() == pytest.approx(1, rel=0.01)
    skus = scenario.assortment.skus
    rate = scenario.demand.mean_units_per_day * skus["popularity"]
    relative = float(figures()["relative_variance"]["value"])
    assert skus["variance_to_mean"] == pytest.approx(1 + relative * rate, abs=0.001)


def test_the_year_of_the_delta_is_the_year_of_its_pattern() -> None:
    """Months in proportion to sales per day of 2023, in 100 million yuan (National Bureau of Statistics of China)."""
    sales = [77_067 / 59] * 2 + [
        total / days
        for total, days in zip(
            (37_855, 34_910, 37_803, 39_951, 36_761, 37_933, 39_826, 43_333, 42_505, 43_550),
            (31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
            strict=True,
        )
    ]
    factors = np.array(shipped("delta").demand.patterns[0].month_factors)
    assert factors / factors.mean() == pytest.approx(np.array(sales) / np.mean(sales), abs=0.002)


def kpis(name: str, replications: int, *settings: str) -> dict[str, float]:
    scenario = load(FOLDER / f"{name}.yaml", settings=settings)
    plan = optimize.plan(scenario)
    runs = [sim.simulate(scenario, plan, seed=1, replication=number).kpis for number in range(replications)]
    return {kpi: float(np.mean([run[kpi] for run in runs])) for kpi in runs[0]}


def assert_edges(cost: dict[str, float], service: dict[str, float]) -> None:
    """What must hold for any sensible pair: service buys availability with handling, stock life and money."""
    for kpi in (
        "fill_rate",
        "on_shelf_availability",
        "cycle_service_level",
        "revenue",
        "cost_ordering",
        "cost_waste",
    ):
        assert service[kpi] > cost[kpi], kpi
    for kpi in ("lost_share", "small_store_fill_gap", "bullwhip_ratio"):
        assert service[kpi] < cost[kpi], kpi
    assert service["total_cost"] > cost["total_cost"]
    assert cost["emergency_share"] == 0 < service["emergency_share"]


def test_quickstart_shows_both_edges() -> None:
    base, cost, service = (kpis(name, 4) for name in EDGES[0])
    assert 0.93 < base["fill_rate"] < 0.99
    assert 0.002 < base["waste_share"] < 0.06
    assert cost["fill_rate"] < base["fill_rate"] < service["fill_rate"]
    assert_edges(cost, service)
    assert base["revenue"] > base["cost_purchase"] > 0


@pytest.mark.slow
def test_two_months_of_the_delta_show_both_edges() -> None:
    shorter = ("horizon.days=70", "horizon.warm_up_days=28")
    cost, service = (kpis(name, 1, *shorter) for name in EDGES[1][1:])
    assert 0.85 < cost["fill_rate"] < 0.96 < service["fill_rate"] < 1
    assert_edges(cost, service)
