"""Records of suppliers that lose something: the check of the books always finds out."""

from __future__ import annotations

import numpy as np
import pytest

import optimize
import sim
from sim import RunResult
from sim.books import BooksError, Terms, check_books, post_ledger
from sim.books.charges import Charge
from sim.records import Table
from sim.settlement import terms_of
from sim.world import build_world
from tests.behaviour.supply_worlds import FAR, NEAR, SECOND_SOURCE, supplied

ROWS_TRIED = 6
FAST = {"lead_time_days": {"kind": "constant", "value": 1}, "surcharge_share": 0.2}


@pytest.fixture(scope="module")
def run() -> tuple[RunResult, Terms]:
    """Express, inspected and consigned goods all together."""
    scenario = supplied(
        {
            "horizon": {"days": 84},
            "network": {
                "suppliers": [{**NEAR, "express": FAST, "quality": {"defects_per_million": 50_000}}, FAR],
                "supply": SECOND_SOURCE,
            },
            "costs": {"quality": {"per_inspected_unit": 0.5, "per_rejected_lot": 40.0}},
        },
        express=[{"trigger_days_of_cover": 3}],
        inspection=[{"sample_units": 8}],
        consignment=[{"scope": {"skus": ["A"]}}],
    )
    plan = optimize.plan(scenario)
    result = sim.simulate(scenario, plan, seed=1, replication=0)
    return result, terms_of(build_world(scenario, plan, seed=1, replication=0))


def check(run: tuple[RunResult, Terms], table: Table) -> None:
    """Post and check the records with one table replaced."""
    result, terms = run
    tables = {**result.tables, table.name: table}
    ledger = post_ledger(result.panels, tables, result.opening, result.labels, terms)
    check_books(result.panels, tables, ledger, result.opening, result.closing, result.labels, terms)


def spread(rows: np.ndarray) -> np.ndarray:
    """Some of the rows, over the whole run."""
    assert len(rows)
    return rows[:: max(1, len(rows) // ROWS_TRIED)]


def test_the_sound_records_balance(run: tuple[RunResult, Terms]) -> None:
    check(run, run[0].tables["charges"])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("express_orders", "value_minor"),
        ("supplier_lots", "accepted_units"),
        ("supplier_lots", "inspected_units"),
        ("supplier_lots", "rejected_lots"),
        ("title_transfers", "units"),
        ("title_transfers", "value_minor"),
    ],
)
def test_a_unit_missing_is_found(run: tuple[RunResult, Terms], name: str, column: str) -> None:
    table = run[0].tables[name]
    for row in spread(np.flatnonzero(table[column] > 0)):
        changed = table[column].copy()
        changed[row] -= 1
        with pytest.raises(BooksError):
            check(run, Table(name, {**table.columns, column: changed}))


@pytest.mark.parametrize("name", ["express_orders", "supplier_lots", "title_transfers"])
def test_a_missing_event_is_found(run: tuple[RunResult, Terms], name: str) -> None:
    table = run[0].tables[name]
    for row in spread(np.arange(len(table))):
        left = {column: np.delete(values, row) for column, values in table.columns.items()}
        with pytest.raises(BooksError):
            check(run, Table(name, left))


@pytest.mark.parametrize("reason", [Charge.EXPRESS_SURCHARGE, Charge.INSPECTION, Charge.REJECTED_LOT])
@pytest.mark.parametrize("column", ["quantity", "amount_minor"])
def test_a_charge_that_is_off_is_found(run: tuple[RunResult, Terms], reason: Charge, column: str) -> None:
    table = run[0].tables["charges"]
    for row in spread(np.flatnonzero(table["reason"] == reason)):
        changed = table[column].copy()
        changed[row] += 2
        with pytest.raises(BooksError):
            check(run, Table("charges", {**table.columns, column: changed}))
