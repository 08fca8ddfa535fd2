"""The closed forms that the engine is held against, held against tables that others have computed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.reference import reference_path
from tests.theory.chains import Perishable, stationary_means
from tests.theory.closed_forms import (
    centre_backlog,
    expected_left,
    expected_short,
    lot_size_cost,
    min_max_cost,
    outstanding_at_store,
    poisson,
)


def _rows(name: str) -> list[dict[str, float]]:
    path: Path = reference_path(f"inventory/reference/{name}.csv")
    with path.open(encoding="utf-8") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def test_min_max_costs_of_zheng_and_federgruen() -> None:
    for row in _rows("sS_poisson_K64_h1_p9_L0"):
        levels = int(row["s_published"]), int(row["S_published"])
        cost = min_max_cost(poisson(row["mu"]), *levels, fixed=64.0, holding=1.0, backorder=9.0)
        assert cost == pytest.approx(row["cost_published"], abs=0.001)


def test_lot_size_costs() -> None:
    for row in _rows("rQ_poisson_backorder"):
        rate, lead_time = row["lambda"], row["L"]
        cost = lot_size_cost(
            poisson(rate * lead_time), rate, int(row["r"]), int(row["Q"]), row["K"], row["h"], row["p"]
        )
        assert cost == pytest.approx(row["cost_rate"], abs=1e-5)


def test_perishables_by_markov_chain() -> None:
    for row in _rows("perishable_fifo_basestock_L0_lostsales"):
        start = (0,) * (int(row["lifetime_m"]) - 1)
        means = stationary_means(start, poisson(row["mean_demand_poisson"]), Perishable(int(row["S"])))
        published = (row["avg_order"], row["avg_lost"], row["avg_waste"], row["avg_carryover"])
        computed = (means["ordered"], means["lost"], means["wasted"], means["on_hand"])
        assert computed == pytest.approx(published, abs=1e-6)


def test_one_warehouse_and_its_retailers() -> None:
    for row in _rows("one_warehouse_N_retailer_opt"):
        stores, level = int(row["N"]), int(row["S0_opt"])
        at_centre = expected_left(poisson(stores * row["lambda"] * row["L0"]), level)
        waited_for = outstanding_at_store(stores, row["lambda"], row["L0"], level, row["L"])
        on_hand = expected_left(waited_for, int(row["S_opt"]))
        owed = expected_short(waited_for, int(row["S_opt"]))
        cost = row["h0"] * at_centre + stores * (row["h"] * on_hand + row["b"] * owed)
        assert cost == pytest.approx(row["cost_rate"], abs=1e-5)


def test_two_echelon_backorders() -> None:
    for row in _rows("two_echelon_poisson_basestock"):
        stores, level = int(row["bases"]), int(row["S0"])
        lead_times = row["depot_lead_T0"], level, row["base_transport_tau"]
        waited_for = outstanding_at_store(stores, row["lambda_per_base"], *lead_times)
        backlog = centre_backlog(stores, row["lambda_per_base"], row["depot_lead_T0"], level)
        assert expected_short(waited_for, int(row["S"])) == pytest.approx(row["EBO_exact_per_base"], abs=1e-6)
        assert expected_left(waited_for, int(row["S"])) == pytest.approx(row["EOH_exact_per_base"], abs=1e-6)
        assert expected_short(backlog, 0) == pytest.approx(row["EBO_depot"], abs=1e-6)
