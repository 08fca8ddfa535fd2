"""Published technician instances: read as they are meant, and solved to what is known of them."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from bench.technician_instances import SCALE, read_gurobi_demo, read_kovacs, read_pillac, shortest_duration
from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.searching import search_tours
from tests.reference import reference_path

_PILLAC = "vrp/trsp_pillac"


def _best_routes(name: str) -> list[dict[str, str]]:
    with reference_path(f"{_PILLAC}/bks_routes.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["instance"] == name]


def test_published_durations_come_out_again() -> None:
    """Of the published tours that need nothing from the depot; where they do, the visit there is not listed."""
    published = read_pillac(reference_path(f"{_PILLAC}/crew25/R102.100_25-5-5-5.txt"))
    visits, vehicles = published.problem.visits, published.problem.vehicles
    compared = 0
    for row in _best_routes("R102"):
        vehicle = int(row["technician_index0"])
        order = [int(place) - 26 for place in row["visit_sequence"].split()]
        needs = np.where(visits.is_tool, visits.parts[order].max(axis=0), visits.parts[order].sum(axis=0))
        assert published.problem.allowed[vehicle, order].all()
        if (needs <= vehicles.on_board[vehicle]).all():
            compared += 1
            assert shortest_duration(published, vehicle, order) == pytest.approx(
                float(row["duration"]), abs=2e-3
            )
    assert compared > 5


def test_a_search_comes_near_the_best_known_and_its_tours_hold_in_the_reals() -> None:
    published = read_pillac(reference_path(f"{_PILLAC}/crew25/C109.100_25-5-5-5.txt"))
    plan = search_tours(published.problem, iterations=4000)
    assert not check_tours(published.problem, plan)
    assert plan.must_unserved == 0
    durations = [shortest_duration(published, vehicle, order) for vehicle, order in plan.orders.items()]
    real = sum(duration for duration in durations if duration is not None)
    assert None not in durations
    assert real == pytest.approx(plan.cost, rel=1e-4)
    assert real < 1.03 * 10_107.331


def test_release_times_are_read() -> None:
    release = reference_path(f"{_PILLAC}/dyn_release/C101_rd_10.txt")
    published = read_pillac(reference_path(f"{_PILLAC}/crew25/C101.100_25-5-5-5.txt"), release)
    seconds = published.problem.visits.release_second
    assert (seconds > 0).sum() == 10
    assert seconds[38 - 26] == 11 * SCALE


def test_all_are_served_on_time_in_the_demonstration() -> None:
    published = read_gurobi_demo(reference_path("vrp/trsp_gurobi_demo"))
    plan = search_tours(published.problem, iterations=300)
    assert not check_tours(published.problem, plan)
    assert plan.cost == 0.0
    assert plan.unserved == ()


def test_levels_are_kept_and_partners_paid_as_published() -> None:
    folder = reference_path("vrp/strsp_kovacs")
    name = "R101_5x4_noTeam.txt"
    published = read_kovacs(
        folder / "tasks_noTeam" / name, folder / "technicians_noTeam" / f"technicians_{name}"
    )
    problem = published.problem
    plan = search_tours(problem, iterations=1000)
    assert not check_tours(problem, plan)
    served = sum(len(tour.visits) for tour in plan.tours)
    assert served + len(plan.unserved) == problem.visit_count == 100
    assert all(one.is_outsourced for one in plan.unserved)
    paid = sum(float(problem.visits.unserved_cost[one.visit]) for one in plan.unserved)
    assert plan.cost == pytest.approx(plan.money.distance + paid)
    assert paid >= 201.0 * len(plan.unserved)
