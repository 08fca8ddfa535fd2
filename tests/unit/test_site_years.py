"""Stations over years and proposals of new ones, as the planner sees them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from optimize import Outlook, check_plan
from optimize.network.expansion import ExpansionPlan, expand
from optimize.network.expansion_checking import check_expansion_plan
from optimize.network.expansion_planning import expansion_problem, plan_years, year_by_year
from optimize.network.expansion_problem import Expansion, NearShare
from optimize.network.greenfield_planning import Customers, Plane, propose_stations
from optimize.network.planning import siting_problem
from optimize.network.station_problem import SitingProblem
from optimize.network.station_siting import site_stations
from scenarios import (
    Decisions,
    Plan,
    PlanPart,
    Scenario,
    ScenarioError,
    SiteExpansion,
    SiteGreenfield,
    SolveStatus,
    load_plan,
)
from study.plan_files import write_plan
from study.plan_page import write_plan_page
from study.plan_page.years import proposals_table, years_of, years_table
from tests.siting_worlds import STATIONS, planned, siting_world

GROWS = {"years": 3, "growth_per_year": 0.5, "opening_cost": 1_000.0, "discount_per_year": 0.1}


@pytest.fixture(scope="module")
def world() -> Scenario:
    return siting_world(sites={"expansion": GROWS, "greenfield": {"count": 2}})


@pytest.fixture(scope="module")
def plan(world: Scenario) -> Plan:
    return planned(world)[0]


@pytest.fixture(scope="module")
def siting() -> SitingProblem:
    scenario = siting_world()
    outlook: Outlook = sim.outlook(scenario)
    wanted, service = scenario.policy.optimised.sites, scenario.service
    assert wanted and service and outlook.siting and outlook.field
    return siting_problem(scenario, service, outlook.siting, outlook.field, wanted)


def part_of(plan: Plan, name: str) -> PlanPart:
    return next(part for part in plan.parts if part.path == f"policy.optimised.sites.{name}")


def over_years(siting: SitingProblem, growth: float = 0.0, **wanted: Any) -> tuple[Expansion, ExpansionPlan]:
    terms = SiteExpansion.model_validate({"years": 1, **wanted})
    rates = np.full(siting.points, growth)
    problem = expansion_problem(siting, terms, rates, np.full(siting.stations, 3.0))
    found = expand(problem)
    assert check_expansion_plan(problem, found) == ()
    return problem, found


class TestYears:
    def test_one_year_costs_what_the_siting_of_a_day_says(self, siting: SitingProblem) -> None:
        """Shared customers can only be cheaper than whole ones, and here by less than a technician."""
        _, found = over_years(siting)
        day = site_stations(siting, with_curve=False)
        assert found.status is SolveStatus.OPTIMAL
        assert tuple(np.flatnonzero(found.is_open[0])) == day.open_stations
        assert found.objective <= day.cost_per_day * 365 * (1 + 1e-9)
        assert found.objective > (day.cost_per_day - siting.technician_cost_per_day) * 365

    def test_growth_adds_technicians_and_never_makes_it_cheaper(self, siting: SitingProblem) -> None:
        costs = []
        for growth in (-0.2, 0.0, 0.3, 0.8):
            _, found = over_years(siting, growth, years=3)
            crews = (found.steps + found.is_open).sum(axis=1)
            costs.append(found.objective)
            assert (np.diff(crews) >= 0).all() if growth > 0 else (np.diff(crews) <= 0).all()
        assert costs == sorted(costs) and costs[0] < costs[-1]

    def test_money_of_later_years_is_discounted(self, siting: SitingProblem) -> None:
        _, plain = over_years(siting, years=2, discount_per_year=0.0)
        _, half = over_years(siting, years=2, discount_per_year=1.0)
        assert half.objective == pytest.approx(plain.objective * 0.75, rel=1e-9)

    def test_a_station_is_opened_only_where_its_price_comes_back(self, siting: SitingProblem) -> None:
        north = replace(siting, station_cost_per_day=np.array([160.0, 150.0, 160.0, 0.0]), existing=(0, 1, 2))
        free = over_years(north, 1.0, years=3, opening_cost=0.0)[1]
        dear = over_years(north, 1.0, years=3, opening_cost=1e9)[1]
        assert free.is_open[:, 3].any() or free.objective <= dear.objective
        assert not dear.is_open[:, 3].any()

    def test_closing_is_paid_once(self, siting: SitingProblem) -> None:
        assert siting.existing == (0, 1, 2)
        _, kept = over_years(siting, years=2, closing_cost=1e9)
        assert kept.is_open[:, [0, 1, 2]].all()

    def test_technicians_who_are_there_need_no_hiring(self, siting: SitingProblem) -> None:
        _, found = over_years(siting, cost_per_added_technician=1e6)
        assert found.yearly_parts[0, 3] + found.yearly_parts[0, 1] < 1e6 * siting.stations

    def test_coverage_is_kept_in_every_year(self, siting: SitingProblem) -> None:
        base = expansion_problem(
            siting, SiteExpansion(years=2), np.full(siting.points, 0.2), np.zeros(siting.stations)
        )
        near = np.zeros((siting.points, siting.stations), np.bool_)
        near[:, 3] = True
        asked = replace(base, near=(NearShare(near, tuple(range(siting.points)), 0.5),))
        found = expand(asked)
        assert check_expansion_plan(asked, found) == ()
        north = np.einsum("tp,tp->t", asked.demand, found.share[:, :, 3]) / asked.demand.sum(axis=1)
        assert (north >= 0.5 - 1e-9).all() and found.objective > expand(base).objective
        assert any("near" in wrong for wrong in check_expansion_plan(asked, expand(base)))

    def test_required_stations_stay_open(self, siting: SitingProblem) -> None:
        problem, found = over_years(replace(siting, required=(3,)), years=2)
        assert found.is_open[:, 3].all()
        loose = replace(problem, is_required=np.zeros(siting.stations, np.bool_))
        assert not expand(loose).is_open[:, 3].any()
        assert any("required" in wrong for wrong in check_expansion_plan(problem, expand(loose)))

    def test_load_depends_on_where_it_is_served_from(self, siting: SitingProblem) -> None:
        problem, found = over_years(siting)
        longer = replace(problem, unit_load=problem.unit_load * 2.0)
        assert expand(longer).objective > found.objective
        assert any("serves" in wrong for wrong in check_expansion_plan(longer, found))

    def test_the_constructive_rule_keeps_every_rule_and_costs_no_less(self, siting: SitingProblem) -> None:
        problem, best = over_years(siting, 0.4, years=3)
        rule = year_by_year(siting, problem, best.bound)
        assert rule.status is SolveStatus.FALLBACK
        assert check_expansion_plan(problem, rule) == ()
        assert rule.objective >= best.objective * (1 - 1e-9)

    def test_what_no_stations_can_do_is_told(self, siting: SitingProblem) -> None:
        small = replace(siting, most_technicians=1)
        made = plan_years(
            small, SiteExpansion(years=3), np.full(siting.points, 3.0), np.zeros(siting.stations), STATIONS
        )
        assert made.first_open == () and made.numbers == {}
        assert made.part.report is not None and made.part.report.status is SolveStatus.INFEASIBLE
        assert made.part.report.unserved[0].reason


class TestYearsOfAPlan:
    def test_the_first_year_is_that_of_the_run(self, plan: Plan) -> None:
        table = plan.decisions.expansion
        assert table is not None and plan.decisions.open_stations is not None
        assert set(table["station_id"][table["year"] == 1]) == set(plan.decisions.open_stations)
        assert set(table["year"]) == {1, 2, 3}
        people = [int(table["technicians"][table["year"] == year].sum()) for year in (1, 2, 3)]
        assert people == sorted(people) and people[0] < people[2]

    def test_it_says_what_each_year_costs(self, plan: Plan) -> None:
        part = part_of(plan, "expansion")
        assert part.report is not None and part.report.objective is not None
        cost = dict(part.curves[0].points)
        discounted = sum(value / 1.1 ** (year - 1) for year, value in cost.items())
        assert part.report.objective == pytest.approx(discounted, rel=1e-6)
        assert part.report.status is SolveStatus.OPTIMAL

    def test_it_is_the_same_every_time_and_passes_the_check(self, world: Scenario, plan: Plan) -> None:
        assert planned(world)[0].digest == plan.digest
        assert check_plan(world, plan, None) == []

    def test_files_read_back_and_unknown_stations_are_told(
        self, world: Scenario, plan: Plan, tmp_path: Path
    ) -> None:
        written = {path.name for path in write_plan(plan.decisions, tmp_path / "plan.yaml")}
        assert {"plan_expansion.csv", "plan_greenfield.csv", "plan_new_stations.csv"} <= written
        read = load_plan(tmp_path / "plan.yaml", world)
        assert optimize.plan(world, decisions=read).digest == plan.digest
        file = tmp_path / "plan_expansion.csv"
        lines = file.read_text().splitlines()
        lines[1] = lines[1].replace(lines[1].split(",")[1], "ATLANTIS")
        file.write_text("\n".join([*lines, ""]))
        with pytest.raises(ScenarioError) as told:
            load_plan(tmp_path / "plan.yaml", world)
        assert "plan_expansion.csv:2:2" in str(told.value) and "ATLANTIS" in str(told.value)

    def test_the_page_shows_years_and_proposals(self, world: Scenario, plan: Plan, tmp_path: Path) -> None:
        years = years_of(world, plan)
        assert years is not None
        table = years_table(years)
        assert (
            table.header == ("Station", "Year 1", "Year 2", "Year 3") and len(table.rows) == len(STATIONS) + 1
        )
        assert [int(total) for total in table.rows[-1][1:]] == years.technicians.sum(axis=1).tolist()
        proposed = proposals_table(plan)
        assert proposed is not None and len(proposed.rows) == 2
        write_plan_page(world, plan, tmp_path / "page")
        page = (tmp_path / "page" / "plan.html").read_text()
        assert table.title in page and proposed.title in page
        assert {"years.png", "proposals.png"} <= {path.name for path in (tmp_path / "page/charts").iterdir()}

    def test_edits_of_the_run_leave_the_years_alone(self, world: Scenario, plan: Plan) -> None:
        edited = plan.decisions.model_copy(update={"open_stations": STATIONS[:3], "territories": None})
        again = optimize.plan(world, decisions=edited)
        kinds = {part.path: part.kind for part in again.parts}
        assert kinds["policy.optimised.sites"].endswith("edited by hand")
        assert not kinds["policy.optimised.sites.expansion"].endswith("edited by hand")


def customers(
    *places: tuple[float, float, float], standing: tuple[tuple[float, float], ...] = ()
) -> Customers:
    """Latitude, longitude, visits."""
    north, east, visits = np.array(places, np.float64).T
    stations = np.array(standing, np.float64).reshape(-1, 2)
    return Customers(north, east, visits, stations[:, 0], stations[:, 1])


TOWNS = customers((0.0, 0.0, 6.0), (0.0, 0.1, 1.0), (0.0, 2.0, 4.0))


def proposed(where: Customers, seed: int = 1, **wanted: Any) -> tuple[dict[str, np.ndarray], PlanPart]:
    numbers, part = propose_stations(where, SiteGreenfield.model_validate(wanted), 20.0, seed)
    return ({} if not numbers else dict(numbers["greenfield"].columns)), part


class TestProposals:
    def test_as_many_stations_as_towns_stand_in_them(self) -> None:
        table, part = proposed(TOWNS, count=3)
        assert sorted(table["longitude"].tolist()) == pytest.approx([0.0, 0.1, 2.0], abs=1e-6)
        assert part.report is not None and part.report.objective == pytest.approx(0.0, abs=1e-6)

    def test_one_stands_where_most_is_to_do(self) -> None:
        """More than half of all visits pull to one place: the median (Weiszfeld) is there."""
        table, part = proposed(TOWNS, count=1)
        assert table["longitude"][0] == pytest.approx(0.0, abs=1e-4)
        assert table["visits_per_day"][0] == pytest.approx(11.0)
        assert table["covered_share"][0] == pytest.approx(7 / 11), "the far town is beyond 20 km"
        assert part.curves[0].chosen == 1.0
        values = [value for _, value in part.curves[0].points]
        assert values == sorted(values, reverse=True)

    def test_as_few_as_bring_one_near_everybody(self) -> None:
        for distance, number in ((3.0, 3), (10.0, 2), (200.0, 1)):
            table, part = proposed(TOWNS, service_distance_km=distance)
            assert len(table["station_id"]) == number == part.cells
            assert part.report is not None and part.report.status is SolveStatus.OPTIMAL

    def test_stations_that_stand_count_where_they_are_to(self) -> None:
        beside = replace(TOWNS, station_latitude=np.array([0.0]), station_longitude=np.array([2.0]))
        table, _ = proposed(beside, service_distance_km=10.0)
        assert table["longitude"].tolist() == pytest.approx([0.05], abs=0.05)
        table, _ = proposed(beside, count=1)
        assert table["visits_per_day"][0] == pytest.approx(7.0)
        numbers, part = proposed(
            replace(beside, station_longitude=np.array([0.5])), service_distance_km=400.0
        )
        assert numbers == {} and part.report is not None
        assert "within the distance of everybody" in part.report.unserved[0].reason

    def test_it_says_that_no_run_follows(self, plan: Plan) -> None:
        report = part_of(plan, "greenfield").report
        assert report is not None and report.unserved[0].item == "run"
        without = plan.decisions.model_copy(update={"greenfield": None, "expansion": None})
        scenario = siting_world()
        assert (
            Plan(plan.stores, plan.centres, (), without).decided(scenario).digest
            == Plan(plan.stores, plan.centres, (), plan.decisions).decided(scenario).digest
        )

    def test_nobody_to_visit_and_a_flat_map_that_is_too_wide(self) -> None:
        for where in (customers((0.0, 0.0, 0.0)), customers((0.0, 0.0, 1.0), (0.0, 90.0, 1.0))):
            numbers, part = proposed(where, count=1)
            assert numbers == {} and part.report is not None
            assert part.report.status is SolveStatus.INFEASIBLE

    def test_a_flat_map_and_back(self) -> None:
        plane = Plane(31.0, 121.0)
        north, east = np.array([31.2, 30.7]), np.array([121.5, 120.9])
        again = plane.degrees(plane.flat(north, east))
        np.testing.assert_allclose(again, (north, east), rtol=1e-12)
        assert np.hypot(*plane.flat(np.array([32.0]), np.array([121.0]))[0]) == pytest.approx(
            111.19, abs=0.01
        )


@pytest.mark.parametrize("numbers", [{"expansion": None, "greenfield": None}])
def test_nothing_asked_nothing_shown(numbers: dict[str, Any]) -> None:
    decided = Decisions(format=1, **numbers)
    assert decided.expansion is None and decided.greenfield is None
    made, _ = planned(siting_world())
    assert made.decisions.expansion is None and made.decisions.greenfield is None
