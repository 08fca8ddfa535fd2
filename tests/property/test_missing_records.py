"""Take any one unit out of the records of a run in which everything happens, and the books no longer balance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import optimize
import sim
from sim import BooksError, Cell, Centre, Day, Panels, RunResult, Table
from sim.books import POSTINGS, Posting, Terms, check_books, post_ledger
from sim.settlement import terms_of
from sim.world import build_world
from tests.bounded import BOUNDED, BOUNDED_AT_CENTRES
from tests.defects import with_defects
from tests.factory import merged
from tests.property.rich_scenarios import build, everything

CELLS_TRIED = 5


@pytest.fixture(scope="module")
def result() -> RunResult:
    scenario = build(everything())
    with with_defects(0.5):
        return sim.simulate(scenario, optimize.plan(scenario), seed=1, replication=0)


@pytest.fixture(scope="module")
def terms() -> Terms:
    scenario = build(everything())
    return terms_of(build_world(scenario, optimize.plan(scenario), seed=1, replication=0))


@pytest.fixture(scope="module")
def waiting() -> RunResult:
    """The same with orders that wait at the centre for what it cannot ship."""
    scenario = build(merged(everything(), {"policy": {"allocation": {"unfilled": "backorder"}}}))
    return sim.simulate(scenario, optimize.plan(scenario), seed=1, replication=0)


WORK = {
    "tasks", "shifts", "order_stages", "drops", "staging", "trips", "stops", "carrier_drops", "carrier_reviews",
    "charges",
}  # fmt: skip
"""Tables of work in centres and on roads, which this scenario has not."""


def check(
    result: RunResult,
    terms: Terms,
    panels: Panels | None = None,
    tables: dict[str, Table] | None = None,
    postings: tuple[Posting, ...] = POSTINGS,
) -> None:
    """Post and check the records of a run, some of them replaced."""
    panels, tables = panels or result.panels, {**result.tables, **(tables or {})}
    ledger = post_ledger(panels, tables, result.opening, result.labels, terms, postings)
    check_books(panels, tables, ledger, result.opening, result.closing, result.labels, terms)


def taken_out(panel: np.ndarray, measure: int) -> list[np.ndarray]:
    """Copies of a panel with one unit less in one cell of a measure, for a few cells spread over the run."""
    found = np.argwhere(panel[..., measure])
    copies = []
    for index in found[:: max(1, len(found) // CELLS_TRIED)]:
        copy = panel.copy()
        copy[(*index, measure)] -= 1
        copies.append(copy)
    assert copies, "the scenario in which everything happens never does this"
    return copies


def test_everything_happens_and_balances(result: RunResult, terms: Terms) -> None:
    totals = result.panels.day.sum(axis=(0, 1, 2))
    assert [measure.name for measure in Day if totals[measure] == 0] == ["CANCELLED_EARLY"]
    records = ("store_orders", "deliveries", "purchase_orders", "receipts")
    assert all(len(result.tables[name]) for name in records)
    check(result, terms)


@pytest.mark.parametrize(
    "measure", [measure for measure in Day if measure not in {*BOUNDED, Day.CANCELLED_EARLY}]
)
def test_a_unit_missing_from_the_day_panel_is_found(result: RunResult, terms: Terms, measure: Day) -> None:
    for day in taken_out(result.panels.day, measure):
        with pytest.raises(BooksError):
            check(result, terms, replace(result.panels, day=day))


@pytest.mark.parametrize("measure", list(Cell))
def test_a_unit_missing_from_the_cell_panel_is_found(result: RunResult, terms: Terms, measure: Cell) -> None:
    for cell in taken_out(result.panels.cell, measure):
        with pytest.raises(BooksError):
            check(result, terms, replace(result.panels, cell=cell))


@pytest.mark.parametrize("measure", [m for m in Centre if m not in BOUNDED_AT_CENTRES])
def test_a_unit_missing_from_the_centre_panel_is_found(
    result: RunResult, waiting: RunResult, terms: Terms, measure: Centre
) -> None:
    result = waiting if measure is Centre.BACKLOG else result
    for centre in taken_out(result.panels.centre, measure):
        with pytest.raises(BooksError):
            check(result, terms, replace(result.panels, centre=centre))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("store_orders", "store"),
        ("store_orders", "lines"),
        ("store_orders", "units"),
        ("store_orders", "lines_in_full"),
        ("store_orders", "units_cancelled"),
        ("deliveries", "lines"),
        ("deliveries", "units"),
        ("deliveries", "value_minor"),
        ("purchase_orders", "lines"),
        ("purchase_orders", "units"),
        ("purchase_orders", "value_minor"),
        ("returns", "store"),
        ("returns", "units"),
        ("returns", "value_minor"),
        ("cycle_counts", "deviation"),
        ("gifts", "units"),
        ("gifts", "value_minor"),
        ("receipts", "lines"),
        ("receipts", "units"),
        ("receipts", "value_minor"),
    ],
)
def test_a_unit_missing_from_an_event_table_is_found(
    result: RunResult, terms: Terms, name: str, column: str
) -> None:
    table = result.tables[name]
    seen = table[column] > 0
    if (name, column) == ("deliveries", "lines"):
        seen &= table["arrived_second"] >= 0  # lines are counted when they arrive
    rows = np.flatnonzero(seen)
    for row in rows[:: max(1, len(rows) // CELLS_TRIED)]:
        changed = table[column].copy()
        changed[row] -= 1
        with pytest.raises(BooksError):
            check(result, terms, tables={name: Table(name, {**table.columns, column: changed})})


@pytest.mark.parametrize(
    "name", ["store_orders", "deliveries", "purchase_orders", "receipts", "returns", "gifts", "cycle_counts"]
)
def test_a_missing_event_is_found(result: RunResult, terms: Terms, name: str) -> None:
    table = result.tables[name]
    for row in range(0, len(table), max(1, len(table) // CELLS_TRIED)):
        left = {column: np.delete(values, row) for column, values in table.columns.items()}
        with pytest.raises(BooksError):
            check(result, terms, tables={name: Table(name, left)})


@pytest.mark.parametrize(
    "posting", [p for p in POSTINGS if not p.name.startswith("charge_")], ids=lambda posting: posting.name
)
def test_a_missing_posting_is_found(result: RunResult, terms: Terms, posting: Posting) -> None:
    with pytest.raises(BooksError):
        check(result, terms, postings=tuple(other for other in POSTINGS if other is not posting))
