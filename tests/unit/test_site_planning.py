"""Sites as the planner sees them: optimum, limits, plan file, technicians after it, and what runs deliver."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from optimize import Outlook, PlanningError
from optimize.network.planning import siting_problem
from optimize.network.station_neighbours import neighbouring_points
from optimize.network.station_problem import SitingProblem
from optimize.network.station_siting import site_stations
from scenarios import (
    Basis,
    Decisions,
    Plan,
    PlanPart,
    Scenario,
    ScenarioError,
    SolveStatus,
    TerritoryRow,
    columns_of,
    load_plan,
)
from study.plan_files import write_plan
from tests.siting_worlds import STATIONS, open_sets, planned, siting_world

_T_999_OF_4 = 8.61
"""Two-sided 99.9 % point of Student's t with 4 degrees of freedom."""
_RUNS = 5


@pytest.fixture(scope="module")
def world() -> Scenario:
    return siting_world()


@pytest.fixture(scope="module")
def before(world: Scenario) -> Outlook:
    return sim.outlook(world)


@pytest.fixture(scope="module")
def plan(world: Scenario) -> Plan:
    return planned(world)[0]


def problem_of(scenario: Scenario, outlook: Outlook) -> SitingProblem:
    wanted, service = scenario.policy.optimised.sites, scenario.service
    assert (
        wanted is not None
        and service is not None
        and outlook.siting is not None
        and outlook.field is not None
    )
    return siting_problem(scenario, service, outlook.siting, outlook.field, wanted)


def sites_part(plan: Plan) -> PlanPart:
    return next(part for part in plan.parts if part.path == "policy.optimised.sites")


def opened(before: Outlook, **sites: Any) -> tuple[str, ...]:
    """Stations that the planner step opens; what is expected is that of the standard world."""
    from optimize.network.planning import plan_sites
    from optimize.solving import no_progress

    numbers, _ = plan_sites(siting_world(sites=sites), before, no_progress)
    return tuple(numbers.get("open_stations", ()))


def least_cost(problem: SitingProblem, is_open: tuple[int, ...]) -> float:
    """Of the best assignment of points to some open stations, by trying all of them."""
    points, chosen = problem.points, np.array(is_open)
    digits = np.indices((len(chosen),) * points).reshape(points, -1)
    served = chosen[digits]
    rows = np.arange(points)[:, np.newaxis]
    jobs = problem.jobs_per_day[:, np.newaxis]
    minutes = jobs * (
        problem.work_minutes[:, np.newaxis] + problem.trips_per_job * problem.travel_minutes[rows, served]
    )
    road = problem.trips_per_job * problem.cost_per_km * (jobs * problem.travel_km[rows, served]).sum(axis=0)
    people = np.zeros(served.shape[1])
    for station in is_open:
        load = (minutes * (served == station)).sum(axis=0) / problem.on_duty_minutes
        people += np.ceil(load / problem.largest_utilisation - 1e-9)
    closed = [station for station in problem.existing if station not in is_open]
    fixed = problem.station_cost_per_day[list(is_open)].sum() + problem.closing_cost_per_day[closed].sum()
    return float((fixed + problem.technician_cost_per_day * people + road).min())


class TestOptimum:
    @pytest.mark.parametrize(
        "prices",
        [
            {},
            {"station_cost_per_day": np.array([600.0, 300.0, 600.0, 90.0])},
            {"station_cost_per_day": np.array([900.0, 900.0, 900.0, 10.0])},
            {"station_cost_per_day": np.zeros(4), "technician_cost_per_day": 50.0},
            {"closing_cost_per_day": np.array([0.0, 500.0, 0.0, 0.0]), "cost_per_km": 0.0},
        ],
    )
    def test_no_open_set_is_cheaper(
        self, world: Scenario, before: Outlook, prices: Mapping[str, Any]
    ) -> None:
        problem = replace(problem_of(world, before), **prices)
        found = site_stations(problem, with_curve=False)
        costs = {is_open: least_cost(problem, is_open) for is_open in open_sets((), problem.stations)}
        assert found.status is SolveStatus.OPTIMAL
        assert found.cost_per_day == pytest.approx(min(costs.values()), rel=1e-9)
        assert costs[found.open_stations] == pytest.approx(found.cost_per_day, rel=1e-9)

    def test_the_plan_is_that_optimum(self, world: Scenario, before: Outlook, plan: Plan) -> None:
        problem, part = problem_of(world, before), sites_part(plan)
        costs = {is_open: least_cost(problem, is_open) for is_open in open_sets((), problem.stations)}
        best = min(costs, key=lambda is_open: costs[is_open])
        assert plan.decisions.open_stations == tuple(STATIONS[station] for station in best)
        assert part.report is not None and part.report.status is SolveStatus.OPTIMAL
        assert part.report.objective == pytest.approx(costs[best], rel=1e-8)
        assert part.report.gap == pytest.approx(0.0, abs=1e-9)

    def test_every_store_has_a_territory_of_an_open_station(self, world: Scenario, plan: Plan) -> None:
        table, stations = plan.decisions.territories, plan.decisions.open_stations
        assert table is not None and stations is not None
        assert list(table["store_id"]) == list(world.network.stores["store_id"])
        assert set(table["station_id"]) == set(stations)


class TestLimits:
    def test_a_station_that_is_kept(self, before: Outlook) -> None:
        assert "N" not in opened(before)
        assert "N" in opened(before, keeps=("N",))
        assert opened(before, keeps=("M",)) == opened(before)

    def test_fewest_stations(self, before: Outlook) -> None:
        assert len(opened(before, least_stations=4)) == 4
        assert opened(before, least_stations=2) == opened(before)

    def test_most_stations(self, before: Outlook) -> None:
        assert opened(before, most_stations=1) == ("M",)
        assert opened(before, most_stations=4) == opened(before)

    def test_a_coverage_asked_for(self, before: Outlook) -> None:
        assert len(opened(before, most_stations=3, covered_share=0.99)) == 3
        assert opened(before, most_stations=1, covered_share=0.5) == ("M",)
        assert opened(before, most_stations=1, covered_share=0.6) == ()

    def test_a_coverage_by_region(self, before: Outlook) -> None:
        assert opened(before, most_stations=1, covered_share_by_region={"west": 1.0}) == ("W",)
        assert opened(before, most_stations=1, covered_share_by_region={"centre": 1.0}) == ("M",)

    def test_a_coverage_that_nothing_reaches_is_said_with_a_reason(self, before: Outlook) -> None:
        from optimize.network.planning import plan_sites
        from optimize.solving import no_progress

        scenario = siting_world(sites={"most_stations": 1, "covered_share": 0.9})
        numbers, (part,) = plan_sites(scenario, before, no_progress)
        assert numbers == {} and part.report is not None
        assert part.report.status is SolveStatus.INFEASIBLE and part.promises == ()

    def test_closing_costs_keep_what_is_open(self, before: Outlook) -> None:
        assert opened(before, most_stations=2, closing_cost_per_day=0.0) != ()
        problem = problem_of(siting_world(sites={"closing_cost_per_day": 700.0}), before)
        assert problem.existing == (0, 1, 2)
        assert problem.closing_cost_per_day.tolist() == [700.0] * 4


class TestOutlook:
    def test_what_is_expected_has_to_be_made_again(self, world: Scenario, before: Outlook) -> None:
        with pytest.raises(PlanningError, match=r"policy\.optimised\.sites.*outlook=sim\.outlook"):
            optimize.plan(world, outlook=before)

    def test_it_is_made_for_the_stations_that_are_open_then(self) -> None:
        seen: list[tuple[str, ...]] = []

        def expected(scenario: Scenario) -> Outlook:
            seen.append(scenario.policy.service.open_stations)
            return sim.outlook(scenario)

        optimize.plan(siting_world(sites={"most_stations": 2}), outlook=expected)
        assert seen[0] == ("W", "M", "E") and len(seen) == 2
        assert len(seen[1]) == 2

    def test_technicians_are_planned_for_open_stations_alone(self) -> None:
        found = optimize.plan(siting_world(sites={"most_stations": 1}), outlook=sim.outlook)
        people = found.decisions.technicians
        assert found.decisions.open_stations == ("M",) and people is not None
        assert set(people["station_id"]) == {"M"}

    def test_technicians_follow_stations_that_a_file_decides(self, world: Scenario) -> None:
        decided = Decisions(format=1, open_stations=("W", "M"))
        found = optimize.plan(world, decisions=decided, outlook=sim.outlook)
        people = found.decisions.technicians
        assert found.decisions.open_stations == ("W", "M") and people is not None
        assert set(people["station_id"]) == {"W", "M"}

    def test_a_station_more_never_lengthens_the_way_to_the_nearest(self, before: Outlook) -> None:
        siting = before.siting
        assert siting is not None
        drives = {
            is_open: float(siting.visits_per_day @ siting.drive_minutes[:, list(is_open)].min(axis=1))
            for is_open in open_sets((), len(STATIONS))
        }
        for is_open, drive in drives.items():
            for other in drives:
                assert not set(is_open) < set(other) or drives[other] <= drive + 1e-9


class TestCurve:
    def test_the_plans_own_point_is_the_plan(self, world: Scenario, before: Outlook) -> None:
        problem = problem_of(world, before)
        found = site_stations(problem, with_curve=False)
        own = next(
            point
            for point in neighbouring_points(problem, found, 3, 3)
            if point.stations == len(found.open_stations)
        )
        assert own.cost_per_day == found.cost_per_day
        assert (own.travel_minutes, own.technicians) == (found.travel_minutes, found.technicians.sum())

    def test_points_are_plans_that_exist_and_more_stations_never_mean_longer_drives(
        self, world: Scenario, before: Outlook
    ) -> None:
        problem = problem_of(world, before)
        points = neighbouring_points(problem, site_stations(problem, with_curve=False), 3, 3)
        assert [point.stations for point in points] == [1, 2, 3, 4]
        drives = [point.travel_minutes for point in points]
        assert all(later <= earlier + 1e-9 for earlier, later in pairwise(drives))
        for point in points:
            sets = [found for found in open_sets((), problem.stations) if len(found) == point.stations]
            assert point.cost_per_day >= min(least_cost(problem, found) for found in sets) - 1e-6

    def test_a_station_that_has_to_stay_is_never_closed(self, world: Scenario, before: Outlook) -> None:
        problem = replace(problem_of(world, before), required=(0, 1, 2))
        points = neighbouring_points(problem, site_stations(problem, with_curve=False), 3, 0)
        assert [point.stations for point in points] == [3]

    def test_curves_of_the_part_name_the_plan(self, plan: Plan) -> None:
        curves = sites_part(plan).curves
        assert len(curves) == 3 and {curve.chosen for curve in curves} == {3.0}
        cost = dict(curves[0].points)
        report = sites_part(plan).report
        assert report is not None and cost[3.0] == report.objective == min(cost.values())


class TestPlanFile:
    def written(self, plan: Plan, folder: Path) -> Path:
        write_plan(plan.decisions, folder / "plan.yaml")
        return folder / "plan.yaml"

    def edited(self, folder: Path, store: str, station: str) -> tuple[Path, int]:
        """The table of territories with a store moved, and the line of that store."""
        (file,) = folder.glob("*territories*.csv")
        rows = list(csv.DictReader(file.open()))
        at = next(number for number, row in enumerate(rows) if row["store_id"] == store)
        rows[at]["station_id"] = station
        with file.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return file, at + 2

    def test_it_reads_back_the_same(self, world: Scenario, plan: Plan, tmp_path: Path) -> None:
        back = optimize.plan(
            world, decisions=load_plan(self.written(plan, tmp_path), world), outlook=sim.outlook
        )
        assert back.digest == plan.digest
        assert sites_part(back) == sites_part(plan)

    def test_a_store_moved_to_another_station(self, world: Scenario, plan: Plan, tmp_path: Path) -> None:
        file = self.written(plan, tmp_path)
        self.edited(tmp_path, "west-1", "M")
        back = optimize.plan(world, decisions=load_plan(file, world), outlook=sim.outlook)
        part = sites_part(back)
        assert part.basis is Basis.GIVEN and "edited by hand" in part.kind
        assert part.promises == () and part.curves == ()
        outlook = sim.outlook(back.decided(world))
        moved, as_planned = outlook.field, sim.outlook(plan.decided(world)).field
        assert moved is not None and as_planned is not None
        assert moved.visits_per_day[1].sum() > as_planned.visits_per_day[1].sum() + 3.0
        assert moved.visits_per_day.sum() == pytest.approx(as_planned.visits_per_day.sum(), rel=0.05)

    def test_a_closed_station_is_no_territorys(self, world: Scenario, plan: Plan, tmp_path: Path) -> None:
        file = self.written(plan, tmp_path)
        table, line = self.edited(tmp_path, "east-0", "N")
        with pytest.raises(ScenarioError) as caught:
            load_plan(file, world)
        (problem,) = [item for item in caught.value.problems if item.code == "E511"]
        assert f"{table.name}:{line}" in str(problem)
        assert "this station is not open" in str(problem)

    def test_an_unknown_station_is_named(self, world: Scenario, plan: Plan, tmp_path: Path) -> None:
        file = self.written(plan, tmp_path)
        table, line = self.edited(tmp_path, "east-0", "MM")
        with pytest.raises(ScenarioError, match=rf"{table.name}:{line}"):
            load_plan(file, world)


@pytest.fixture(scope="module")
def delivered(world: Scenario, plan: Plan) -> Mapping[str, np.ndarray]:
    """KPIs of some runs, of each so many values."""
    runs = [sim.simulate(world, plan, seed=7, replication=number) for number in range(_RUNS)]
    names = ("covered_share", "drive_minutes_per_visit")
    return {name: np.array([run.kpis[name] for run in runs]) for name in names}


class TestPromises:
    def promised(self, plan: Plan, measure: str) -> float:
        return next(promise.forecast for promise in plan.promises if promise.measure == measure)

    def test_coverage(self, plan: Plan, delivered: Mapping[str, np.ndarray]) -> None:
        found = delivered["covered_share"]
        half = _T_999_OF_4 * found.std(ddof=1) / np.sqrt(_RUNS)
        assert half < 0.05, "the interval can tell"
        assert abs(found.mean() - self.promised(plan, "covered_share")) <= half

    def test_drives(self, plan: Plan, delivered: Mapping[str, np.ndarray]) -> None:
        found = delivered["drive_minutes_per_visit"]
        assert found.mean() == pytest.approx(self.promised(plan, "drive_minutes_per_visit"), rel=0.25)

    def test_territories_hold_in_the_run(self) -> None:
        """Everybody is served from the middle when the plan says so, although nearer stations are open."""
        world = siting_world(days=7)
        stores = list(world.network.stores["store_id"])
        table = columns_of(TerritoryRow, {"store_id": stores, "station_id": ["M"] * len(stores)})
        decided = optimize.plan(
            siting_world(days=7, policy={"optimised": None}),
            decisions=Decisions(format=1, open_stations=("W", "M", "E"), territories=table),
        )
        run = sim.simulate(world, decided, seed=7, replication=0)
        requests = run.tables["requests"]
        assert len(requests["station"]) > 50
        assert len(np.unique(requests["station"])) == 1
