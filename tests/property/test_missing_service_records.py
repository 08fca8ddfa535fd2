"""Take a row out of the records of after-sales service, or a unit out of a row, and the books do not balance."""

from __future__ import annotations

import numpy as np
import pytest

import optimize
from sim import BooksError, RunResult, Table
from sim.aftersales.requests import Cause, Kind, MoveReason, Outcome, PartSource, WorkforceEvent
from sim.books import Terms, check_books, post_ledger
from sim.books.charges import SERVICE_CHARGES, Charge
from sim.settlement import terms_of
from sim.world import build_world
from tests.rich_service import rich_service
from tests.service_worlds import SEED, run

ROWS_TRIED = 4


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(rich_service())


@pytest.fixture(scope="module")
def terms() -> Terms:
    scenario = rich_service()
    return terms_of(build_world(scenario, optimize.plan(scenario), seed=SEED, replication=0))


def check(result: RunResult, terms: Terms, changed: Table | None = None) -> None:
    """Post and check a run, one table replaced."""
    tables = {**result.tables, **({changed.name: changed} if changed is not None else {})}
    ledger = post_ledger(result.panels, tables, result.opening, result.labels, terms)
    check_books(result.panels, tables, ledger, result.opening, result.closing, result.labels, terms)


def some(rows: np.ndarray) -> list[int]:
    """A few rows, spread over the run."""
    assert len(rows), "this never happens in the world of this test"
    return [int(row) for row in rows[:: max(1, len(rows) // ROWS_TRIED)]]


def without(table: Table, row: int) -> Table:
    return Table(table.name, {column: np.delete(values, row) for column, values in table.columns.items()})


def changed(table: Table, row: int, by: int = -1, **columns: int) -> Table:
    """The table with one cell changed by an amount, or set."""
    values = {name: column.copy() for name, column in table.columns.items()}
    for name, value in columns.items():
        values[name][row] = values[name][row] + by if value is None else value
    return Table(table.name, values)


def test_everything_happens_and_balances(result: RunResult, terms: Terms) -> None:
    check(result, terms)
    tables = result.tables
    for name, column, kinds in (
        ("requests", "kind", Kind),
        ("requests", "outcome", set(Outcome)),
        ("visits", "cause", Cause),
        ("visits", "part_source", set(PartSource)),
        ("part_moves", "reason", set(MoveReason) - {MoveReason.SET_ASIDE}),
        ("workforce_events", "event", WorkforceEvent),
    ):
        missing = set(kinds) - {kinds_of for kinds_of in kinds if (tables[name][column] == kinds_of).any()}
        assert not missing, (name, column, missing)
    for name in ("calls", "agent_shifts", "inspections", "partner_jobs", "part_counts", "installed_base"):
        assert len(tables[name]), name
    assert (tables["visits"]["helper"] >= 0).any()
    reasons = set(SERVICE_CHARGES) - set(np.unique(tables["charges"]["reason"]).tolist())
    assert not reasons


ROWS = (
    "requests", "calls", "agent_shifts", "visits", "technician_days", "inspections", "part_moves", "part_stock",
    "partner_jobs", "charges", "installed_base",
)  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_missing_row_is_found(result: RunResult, terms: Terms, name: str) -> None:
    table = result.tables[name]
    rows = np.arange(len(table))
    if name == "calls":  # no second record holds the abandoned calls of a stream
        rows = np.flatnonzero((table["request"] >= 0) | (table["answered_second"] >= 0))
    elif name == "requests":
        rows = rows[:-1]
    elif name == "installed_base":
        rows = np.flatnonzero(table["day"] > 0)
    elif name == "charges":
        rows = np.flatnonzero(~np.isin(table["reason"], UNCHECKED["quantity"]))
    for row in some(rows):
        with pytest.raises(BooksError):
            check(result, terms, without(table, row))


HEADS = ("shift", "break", "driving", "work", "waiting", "idle", "overtime")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("technician_days", f"{head}_seconds") for head in HEADS),
        *(("technician_days", column) for column in ("visits", "fixed", "failed", "metres", "is_training")),
        *(("visits", f"{stage}_second") for stage in ("arrived", "began", "ended")),
        ("visits", "driving_seconds"),
        ("visits", "part_source"),
        ("requests", "visits"),
        ("requests", "first_cause"),
        ("requests", "paid_minor"),
        ("requests", "driving_seconds"),
        ("requests", "work_seconds"),
        ("requests", "tries"),
        ("requests", "outcome"),
        ("agent_shifts", "people"),
        ("agent_shifts", "ends_second"),
        ("part_moves", "units"),
        ("part_moves", "value_minor"),
        ("part_stock", "opening_units"),
        ("part_stock", "closing_units"),
        ("part_stock", "value_minor"),
        ("part_lots", "inspected_units"),
        ("partner_jobs", "amount_minor"),
        ("partner_jobs", "visits"),
        ("partner_jobs", "is_done"),
        ("charges", "quantity"),
        ("charges", "amount_minor"),
        ("installed_base", "units"),
        ("installed_base", "sold"),
        ("installed_base", "scrapped"),
    ],
)  # fmt: skip
def test_a_unit_missing_from_a_row_is_found(result: RunResult, terms: Terms, name: str, column: str) -> None:
    table = result.tables[name]
    rows = table[column] > 0
    if name == "charges":
        rows &= np.isin(
            table["reason"], [reason for reason in SERVICE_CHARGES if reason not in UNCHECKED[column]]
        )
    if name == "installed_base":
        rows &= table["day"] > 0
    if column == "part_source":
        rows &= table[column] == PartSource.VAN
    if name == "visits":  # how long somebody waited at a closed door stands nowhere else
        rows &= table["cause"] != Cause.ABSENT
    if column == "arrived_second":  # of two, the record holds the way of the one who leads
        rows &= (table["helper"] < 0) & (table["ended_second"] >= 0)
    if column == "first_cause":  # what went wrong at a partner's visit stands nowhere else
        rows &= ~np.isin(table["request"], result.tables["partner_jobs"]["request"])
    for row in some(np.flatnonzero(rows)):
        values = table[column].copy()
        values[row] -= 1
        with pytest.raises(BooksError):
            check(result, terms, Table(name, {**table.columns, column: values}))


UNCHECKED: dict[str, tuple[Charge, ...]] = {
    "quantity": (
        Charge.AGENT_OVERTIME, Charge.PARTNER_MINIMUM, Charge.REPAIRS_SOLD, Charge.PARTS_SOLD, Charge.PARTS_OPENING,
    ),
    "amount_minor": (Charge.PARTNER_MINIMUM, Charge.INCENTIVES, Charge.CONTRACTS_SOLD),
}  # fmt: skip
"""What no second record holds, or holds only as a sum that is rounded otherwise."""


@pytest.mark.parametrize("reason", list(SERVICE_CHARGES), ids=lambda reason: reason.name)
def test_a_missing_charge_is_found(result: RunResult, terms: Terms, reason: Charge) -> None:
    charges = result.tables["charges"]
    unchecked = reason in UNCHECKED["quantity"] and reason in UNCHECKED["amount_minor"]
    if unchecked or reason is Charge.AGENT_OVERTIME:
        pytest.skip("no second record holds it")
    for row in some(np.flatnonzero(charges["reason"] == reason))[:2]:
        with pytest.raises(BooksError, match=NAMED.get(reason, reason.name)):
            check(result, terms, without(charges, row))


NAMED = {
    Charge.REPAIRS_SOLD: "customers pay",
    Charge.PARTS_SOLD: "customers pay",
    Charge.VISIT_FEES: "customers pay",
    Charge.CONTRACTS_SOLD: "contracts are charged",
}
"""Where the identity does not bear the name of the reason."""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("reported", "answered"),
        ("answered", "taken"),
        ("first_departed", "first_arrived"),
        ("completed", "closed"),
    ],
)
def test_a_stage_before_the_one_before_it_is_found(
    result: RunResult, terms: Terms, before: str, after: str
) -> None:
    requests = result.tables["requests"]
    rows = (requests[f"{before}_second"] > 0) & (requests[f"{after}_second"] > 0) & (requests["partner"] < 0)
    for row in some(np.flatnonzero(rows)):
        with pytest.raises(BooksError, match=f"a request is {before} before it is {after}"):
            check(
                result,
                terms,
                changed(requests, row, **{f"{after}_second": int(requests[f"{before}_second"][row]) - 1}),
            )


def test_nobody_is_at_two_places(result: RunResult, terms: Terms) -> None:
    for name, server, begins, words in (
        ("visits", "technician", "departed_second", "no technician is in two visits at once"),
        ("calls", "agent", "answered_second", "no agent is in two calls at once"),
    ):
        table = result.tables[name]
        mine = np.flatnonzero((table[server] == 0) & (table["ended_second"] > 0))
        first, second = mine[np.argsort(table[begins][mine])][:2]
        early = int(table["ended_second"][first]) - 1
        with pytest.raises(BooksError, match=words):
            check(result, terms, changed(table, int(second), **{begins: early}))
