"""One warehouse and its retailers: every row of both reference tables, and brute force where retailers differ."""

from __future__ import annotations

import csv
from itertools import product
from typing import Any

import pytest
from scipy import stats

from optimize.stock.one_warehouse import (
    OneWarehouse,
    best_one_warehouse,
    evaluate_one_warehouse,
)
from tests.reference import reference_path


def rows(name: str) -> list[dict[str, float]]:
    path = reference_path(f"inventory/reference/{name}")
    with path.open(encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def alike(row: dict[str, float]) -> OneWarehouse:
    count = int(row["N"])
    return OneWarehouse(
        [row["lambda"]] * count, [row["L"]] * count, row["L0"], [row["h"]] * count, [row["b"]] * count, row["h0"]
    )  # fmt: skip


def test_best_levels_of_every_row() -> None:
    table = rows("one_warehouse_N_retailer_opt.csv")
    assert len(table) == 14
    for row in table:
        best = best_one_warehouse(alike(row))
        assert (best.warehouse, set(best.retailers.tolist())) == (row["S0_opt"], {int(row["S_opt"])}), row
        assert best.cost == pytest.approx(row["cost_rate"], abs=5.1e-7), row


def test_performance_of_every_row() -> None:
    table = rows("two_echelon_poisson_basestock.csv")
    assert len(table) > 60
    for row in table:
        count = int(row["bases"])
        system = OneWarehouse(
            [row["lambda_per_base"]] * count, [row["base_transport_tau"]] * count, row["depot_lead_T0"],
            [1.0] * count, [9.0] * count, 1.0,
        )  # fmt: skip
        found = evaluate_one_warehouse(system, int(row["S0"]), [int(row["S"])] * count)
        figures = {
            "EBO_exact_per_base": found.backorders[0],
            "EOH_exact_per_base": found.on_hand[-1],
            "ready_rate_exact": found.ready_rate[0],
            "EOH_depot": found.warehouse_on_hand,
            "EBO_depot": found.warehouse_backorders,
        }
        for name, value in figures.items():
            assert value == pytest.approx(row[name], abs=5.1e-9), (name, row)


UNLIKE = OneWarehouse([0.2, 0.9, 0.5], [1.0, 0.5, 2.0], 1.5, [1.0, 1.2, 0.9], [6.0, 15.0, 9.0], 0.6)


def test_retailers_that_differ_by_brute_force() -> None:
    best = best_one_warehouse(UNLIKE)
    reach = [range(int(level) + 3) for level in (best.warehouse, *best.retailers)]
    costs = {
        (first, *others): evaluate_one_warehouse(UNLIKE, first, others).cost
        for first, *others in product(*reach)
    }
    least = min(costs, key=costs.__getitem__)
    assert least == (best.warehouse, *best.retailers.tolist())
    assert best.cost == pytest.approx(costs[least], rel=1e-12)


def test_order_of_retailers_does_not_matter() -> None:
    order = [2, 0, 1]
    columns: dict[str, Any] = {
        name: [getattr(UNLIKE, name)[i] for i in order]
        for name in ("demand_rate", "lead_time", "holding_cost", "backorder_cost")
    }
    turned = OneWarehouse(
        **columns,
        warehouse_lead_time=UNLIKE.warehouse_lead_time,
        warehouse_holding_cost=UNLIKE.warehouse_holding_cost,
    )
    best, other = best_one_warehouse(UNLIKE), best_one_warehouse(turned)
    assert best.retailers[order].tolist() == other.retailers.tolist()
    assert best.cost == pytest.approx(other.cost, rel=1e-12)


def test_scaling_money_and_time_changes_no_level() -> None:
    best = best_one_warehouse(UNLIKE)
    hours = OneWarehouse(
        [rate / 24 for rate in UNLIKE.demand_rate], [time * 24 for time in UNLIKE.lead_time],
        UNLIKE.warehouse_lead_time * 24, [3 * cost for cost in UNLIKE.holding_cost],
        [3 * cost for cost in UNLIKE.backorder_cost], 3 * UNLIKE.warehouse_holding_cost,
    )  # fmt: skip
    other = best_one_warehouse(hours)
    assert (best.warehouse, best.retailers.tolist()) == (other.warehouse, other.retailers.tolist())
    assert other.cost == pytest.approx(3 * best.cost, rel=1e-12)


def test_a_warehouse_that_costs_nothing_to_fill_never_delays() -> None:
    free = OneWarehouse([0.5, 0.5], [1.0, 1.0], 2.0, [1.0, 1.0], [9.0, 9.0], 0.0)
    best = best_one_warehouse(free)
    assert best.retailers.tolist() == [stats.poisson.ppf(0.9, 0.5)] * 2
    assert evaluate_one_warehouse(free, best.warehouse, best.retailers.tolist()).warehouse_backorders < 1e-9


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("demand_rate", [0.0, 1.0]),
        ("lead_time", [1.0, float("nan")]),
        ("holding_cost", [1.0]),
        ("backorder_cost", [1.0, float("inf")]),
        ("warehouse_lead_time", -1.0),
    ],
)
def test_impossible_systems_are_refused(field: str, value: Any) -> None:
    fields: dict[str, Any] = {
        "demand_rate": [1.0, 1.0], "lead_time": [1.0, 1.0], "warehouse_lead_time": 1.0,
        "holding_cost": [1.0, 1.0], "backorder_cost": [9.0, 9.0], "warehouse_holding_cost": 1.0,
    }  # fmt: skip
    with pytest.raises(ValueError, match=field):
        OneWarehouse(**fields | {field: value})
    with pytest.raises(ValueError, match="levels"):
        evaluate_one_warehouse(OneWarehouse(**fields), -1, [0, 0])
