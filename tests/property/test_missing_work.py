"""Take any one row out of the records of work, or one unit out of a row, and the books no longer balance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from scenarios import Scenario
from sim import BooksError, RunResult, Table
from sim.books import Terms, check_books, post_ledger
from sim.settlement import terms_of
from sim.stations import Work
from sim.world import build_world
from tests.factory import tiny_scenario

ROWS_TRIED = 6

WORLD: dict[str, Any] = {
    "horizon": {"days": 12},
    "network": {
        "distribution_centres": [{"id": "DC", "stock": "unlimited"}],
        "stores": [
            {"store_id": f"S{n}", "latitude": 0.0, "longitude": 0.2 * (n + 1), "lead_time_days": 1}
            for n in range(4)
        ],
    },
    "depot": {
        "order_desk": {"coefficient_of_variation": 0.4},
        "picking": {"seconds_per_list": 3_000.0, "coefficient_of_variation": 0.4},
        "docks": {"doors": 1},
        "staging": {"capacity": 40.0, "unit": "cases"},
        "order_streams": [
            {
                "id": "web",
                "between_minutes": {"kind": "exponential", "mean": 120.0},
                "work_minutes": {"kind": "exponential", "mean": 60.0},
            }
        ],
    },
    "fleet": {
        "truck_types": [
            {
                "id": "van",
                "capacity_kg": 900.0,
                "capacity_litres": 4_000.0,
                "cost_per_day": 90.0,
                "cost_per_km": 1.1,
            }
        ],
        "roads": {"coefficient_of_variation": 0.3, "speed_km_per_hour": 20.0},
        "carriers": [{"id": "swift", "cost_per_drop": 30.0, "cost_per_km": 0.4}],
        "courier_cost_per_km": 2.5,
    },
    "costs": {
        "labour": {
            "desk_per_hour": 21.0,
            "picker_per_hour": 23.0,
            "driver_per_hour": 31.0,
            "packaging_per_case": 0.37,
        }
    },
    "policy": {
        "replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 12}}}],
        "emergency_orders": [{"trigger": {"units": 2}, "cover": {"units": 8}, "lead_time_days": 1}],
        "depot": {
            "desk": [{"people": 1, "start_hour": 21, "hours": 3}],
            "pickers": [{"people": 2, "start_hour": 22, "hours": 7, "break_minutes": 30}],
        },
        "transport": {
            "mode": "fleet",
            "trucks": [{"type_id": "van", "count": 1, "start_hour": 5.0, "hours": 3.0}],
            "hire": {"carriers": [{"carrier_id": "swift"}], "share_of_drops": 0.3},
        },
    },
}


def built() -> Scenario:
    return tiny_scenario(**WORLD)


@pytest.fixture(scope="module")
def result() -> RunResult:
    scenario = built()
    return sim.simulate(scenario, optimize.plan(scenario), seed=3, replication=0)


@pytest.fixture(scope="module")
def terms() -> Terms:
    scenario = built()
    return terms_of(build_world(scenario, optimize.plan(scenario), seed=3, replication=0))


def check(result: RunResult, terms: Terms, changed: Table | None = None) -> None:
    """Post and check a run, one table replaced."""
    tables = {**result.tables, **({changed.name: changed} if changed is not None else {})}
    ledger = post_ledger(result.panels, tables, result.opening, result.labels, terms)
    check_books(result.panels, tables, ledger, result.opening, result.closing, result.labels, terms)


def some(rows: np.ndarray) -> list[int]:
    """A few rows, spread over the run."""
    assert len(rows), "this never happens in the world of this test"
    return [int(row) for row in rows[:: max(1, len(rows) // ROWS_TRIED)]]


def test_everything_happens_and_balances(result: RunResult, terms: Terms) -> None:
    for name in (
        "tasks",
        "shifts",
        "drops",
        "staging",
        "trips",
        "stops",
        "carrier_drops",
        "charges",
        "order_stages",
    ):
        assert len(result.tables[name]), name
    check(result, terms)
    check(result, replace(terms, work=None))


@pytest.mark.parametrize("name", ["shifts", "drops", "staging", "trips", "stops", "carrier_drops", "charges"])
def test_a_missing_row_is_found(result: RunResult, terms: Terms, name: str) -> None:
    table = result.tables[name]
    rows = np.arange(len(table))
    if name == "staging":  # what is still there when the run ends is in no other record
        rows = np.flatnonzero(np.isin(table["trip"], result.tables["trips"]["trip"]))
    if name == "stops":  # those of trips that are not over are only bounded
        rows = np.flatnonzero(np.isin(table["trip"], result.tables["trips"]["trip"]))
    for row in some(rows):
        left = {column: np.delete(values, row) for column, values in table.columns.items()}
        with pytest.raises(BooksError):
            check(result, terms, Table(name, left))


@pytest.mark.parametrize("work", [Work.DESK, Work.PICKING, Work.LOADING], ids=lambda work: work.name)
def test_a_missing_task_is_found(result: RunResult, terms: Terms, work: Work) -> None:
    tasks = result.tables["tasks"]
    mine = (tasks["work"] == work) & (tasks["finished_second"] >= 0)
    if work is Work.LOADING:
        mine &= np.isin(tasks["reference"], result.tables["trips"]["trip"])
    for row in some(np.flatnonzero(mine)):
        left = {column: np.delete(values, row) for column, values in tasks.columns.items()}
        with pytest.raises(BooksError):
            check(result, terms, Table("tasks", left))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("shifts", "people"),
        ("shifts", "ends_second"),
        ("tasks", "overtime_seconds"),
        ("drops", "cases"),
        ("trips", "metres"),
        ("staging", "drops"),
        ("staging", "left_second"),
        ("trips", "drops"),
        ("trips", "driving_seconds"),
        ("trips", "overtime_seconds"),
        ("carrier_drops", "amount_minor"),
        ("charges", "quantity"),
        ("charges", "amount_minor"),
    ],
)
def test_a_unit_missing_from_a_row_is_found(result: RunResult, terms: Terms, name: str, column: str) -> None:
    table = result.tables[name]
    for row in some(np.flatnonzero(table[column] > 0)):
        values = table[column].copy()
        values[row] -= 1
        with pytest.raises(BooksError):
            check(result, terms, Table(name, {**table.columns, column: values}))


@pytest.mark.parametrize(
    "column",
    [
        "received_second",
        "released_second",
        "picked_second",
        "monitored_second",
        "departed_second",
        "unloaded_second",
    ],
)
def test_a_stage_before_the_one_before_it_is_found(result: RunResult, terms: Terms, column: str) -> None:
    stages = result.tables["order_stages"]
    for row in some(np.flatnonzero(stages[column] > 0)):
        values = stages[column].copy()
        values[row] = 0
        with pytest.raises(BooksError, match="an order is"):
            check(result, terms, Table("order_stages", {**stages.columns, column: values}))


def test_a_server_that_does_two_tasks_at_once_is_found(result: RunResult, terms: Terms) -> None:
    tasks = result.tables["tasks"]
    begun = np.flatnonzero(
        (tasks["work"] == Work.PICKING) & (tasks["finished_second"] > 0) & (tasks["server"] == 0)
    )
    row = int(begun[np.argsort(tasks["started_second"][begun])][1])
    before = int(begun[np.argsort(tasks["started_second"][begun])][0])
    columns = {name: values.copy() for name, values in tasks.columns.items()}
    columns["queued_second"][row] = columns["started_second"][row] = columns["finished_second"][before] - 1
    with pytest.raises(BooksError, match="two tasks at once"):
        check(result, terms, Table("tasks", columns))
