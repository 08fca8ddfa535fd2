"""The books balance on a world kept apart from the engine, and whatever is missing is found."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Costs
from sim.books import POSTINGS, Account, BooksError, check_books, post_ledger
from sim.books.charges import ACCOUNT_OF, CREDIT_OF
from sim.records import Cell, Centre, Day
from tests.all_tables import all_tables
from tests.bounded import BOUNDED, BOUNDED_AT_CENTRES
from tests.little_world import COSTS, World, little_world

CELLS_TRIED = 6


def post(world: World, **options: Any) -> np.ndarray:
    return post_ledger(world.panels, world.tables, world.opening, world.labels, world.terms, **options)


def check(world: World, ledger: np.ndarray | None = None) -> None:
    if ledger is None:
        ledger = post(world)
    check_books(world.panels, world.tables, ledger, world.opening, world.closing, world.labels, world.terms)


def some_cells(array: np.ndarray, measure: int) -> list[tuple[int, ...]]:
    """A few cells of one measure that are not zero, spread over the run."""
    found = [(*map(int, index), measure) for index in np.argwhere(array[..., measure])]
    return found[:: max(1, len(found) // CELLS_TRIED)]


@pytest.fixture(scope="module")
def world() -> World:
    return little_world(seed=1)


@pytest.mark.parametrize("seed", range(8))
def test_the_little_world_balances(seed: int) -> None:
    check(little_world(seed))


@pytest.mark.parametrize("days", [1, 2, 31])
def test_any_length_balances(days: int) -> None:
    check(little_world(seed=5, days=days, period_days=7))


def test_a_run_longer_than_a_block_of_days_balances(monkeypatch: pytest.MonkeyPatch) -> None:
    world = little_world(seed=2, days=23)
    whole = post(world)
    monkeypatch.setattr("sim.books.ledger._ROWS_PER_BLOCK", 3 * 2 * 4)
    in_blocks = post(world)
    np.testing.assert_array_equal(in_blocks, whole)
    check(world, in_blocks)


@pytest.mark.parametrize("posting", POSTINGS, ids=lambda posting: posting.name)
def test_a_posting_left_out_is_found(world: World, posting: Any) -> None:
    ledger = post(world, postings=[other for other in POSTINGS if other is not posting])
    with pytest.raises(BooksError) as caught:
        check(world, ledger)
    accounts = {posting.debit.name, posting.credit.name}
    named = {found.identity.removeprefix("closing balance of ") for found in caught.value.discrepancies}
    assert accounts & named


@pytest.mark.parametrize("posting", POSTINGS, ids=lambda posting: posting.name)
def test_a_posting_made_twice_is_found(world: World, posting: Any) -> None:
    with pytest.raises(BooksError):
        check(world, post(world, postings=[*POSTINGS, posting]))


def test_posting_names_are_unique() -> None:
    names = [posting.name for posting in POSTINGS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("measure", [measure for measure in Day if measure not in BOUNDED])
@pytest.mark.parametrize("change", ["dropped", "one too many"])
def test_a_wrong_cell_of_the_day_panel_is_found(world: World, measure: Day, change: str) -> None:
    cells = some_cells(world.panels.day, measure)
    assert cells, "the little world never does this"
    for cell in cells:
        day = world.panels.day.copy()
        day[cell] = 0 if change == "dropped" else day[cell] + 1
        with pytest.raises(BooksError):
            check(replace(world, panels=replace(world.panels, day=day)))


@pytest.mark.parametrize(
    ("measure", "owner"),
    [
        (Day.DEMAND_VALUE, Day.DEMAND),
        (Day.SOLD_AS_ASKED_VALUE, Day.SOLD_AS_ASKED),
        (Day.MARK_DOWN, Day.MARKED_DOWN_UNITS),
        (Day.REFUND, Day.RETURNED),
        (Day.RESTOCKED, Day.RETURNED),
        (Day.OUT_OF_STOCK_SECONDS, Day.OPEN_SECONDS),
        (Day.AGE_AT_SALE_DAYS, Day.LIFE_AT_SALE_DAYS),
        (Day.CYCLES, Day.RECEIVED),
        (Day.CYCLES_SHORT, Day.CYCLES),
    ],
)
def test_an_attribute_of_nothing_is_found(world: World, measure: Day, owner: Day) -> None:
    day = world.panels.day.copy()
    day[2, 1, 0, owner] = 0
    day[2, 1, 0, measure] = 1
    with pytest.raises(BooksError) as caught:
        check(replace(world, panels=replace(world.panels, day=day)))
    assert any(
        measure.name in found.identity and "day 2, store S2, class fresh" in found.where
        for found in caught.value.discrepancies
    )


@pytest.mark.parametrize("measure", sorted(BOUNDED - {Day.REFUND, Day.OPEN_SECONDS, Day.DEMAND_VALUE}))
def test_more_than_all_is_found(world: World, measure: Day) -> None:
    day = world.panels.day.copy()
    day[some_cells(day, measure)[0]] += 10**9
    with pytest.raises(BooksError, match=f"{measure.name} is part of"):
        check(replace(world, panels=replace(world.panels, day=day)))


@pytest.mark.parametrize("measure", list(Day))
def test_a_negative_record_is_found(world: World, measure: Day) -> None:
    day = world.panels.day.copy()
    day[0, 0, 0, measure] = -1
    with pytest.raises(BooksError, match=f"no record of a store is negative.*measure {measure.name}, day 0"):
        check(replace(world, panels=replace(world.panels, day=day)))


def test_goods_do_not_arrive_fresher_than_fresh(world: World) -> None:
    centre = world.panels.centre.copy()
    cell = some_cells(centre, Centre.LIFE_DELIVERED_DAYS)[0]
    centre[cell] = 1_000
    with pytest.raises(BooksError, match="days left at receipt"):
        check(replace(world, panels=replace(world.panels, centre=centre)))


@pytest.mark.parametrize("measure", [m for m in Centre if m not in BOUNDED_AT_CENTRES])
def test_a_wrong_cell_of_the_centre_panel_is_found(world: World, measure: Centre) -> None:
    cells = some_cells(world.panels.centre, measure)
    assert cells
    for cell in cells:
        centre = world.panels.centre.copy()
        centre[cell] = 0
        with pytest.raises(BooksError):
            check(replace(world, panels=replace(world.panels, centre=centre)))


@pytest.mark.parametrize("measure", list(Cell))
def test_a_wrong_cell_of_the_sku_panel_is_found(world: World, measure: Cell) -> None:
    cells = some_cells(world.panels.cell, measure)
    assert cells
    for cell in cells:
        panel = world.panels.cell.copy()
        panel[cell] = 0
        with pytest.raises(BooksError, match=r"SKU"):
            check(replace(world, panels=replace(world.panels, cell=panel)))


def test_sales_booked_on_the_wrong_sku_are_found(world: World) -> None:
    cell = world.panels.cell.copy()
    cell[1, 0, 0, Cell.SOLD] += 1
    cell[1, 0, 1, Cell.SOLD] -= 1
    with pytest.raises(BooksError, match="stock counted of a SKU"):
        check(replace(world, panels=replace(world.panels, cell=cell)))


def test_missing_revenue_by_sku_is_found(world: World) -> None:
    revenue = world.panels.cell_revenue.copy()
    revenue[0, 2, 3] -= 1
    with pytest.raises(BooksError, match="revenue by SKU") as caught:
        check(replace(world, panels=replace(world.panels, cell_revenue=revenue)))
    assert "store S3, class dry" in str(caught.value)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("store_orders", ("store", "centre", "placed_second", "kind", "lines", "units", "lines_in_full")),
        ("deliveries", ("store", "arrived_second", "lines", "units", "value_minor")),
        ("purchase_orders", ("placed_second", "lines", "units", "value_minor")),
        ("receipts", ("received_second", "lines", "units", "value_minor")),
    ],
)
def test_a_wrong_cell_of_an_event_table_is_found(world: World, table: str, columns: tuple[str, ...]) -> None:
    rows = world.tables[table]
    for name in columns:
        column = rows[name].copy()
        # A row in the middle; a second becomes "not yet", an emergency order a regular one.
        rich = np.flatnonzero(column == 1 if name == "kind" else column > 0)
        row = int(rich[len(rich) // 2])
        column[row] = -1 if name in ("arrived_second", "received_second") else 0
        tampered = replace(rows, columns={**rows.columns, name: column})
        with pytest.raises(BooksError):
            check(replace(world, tables={**world.tables, table: tampered}))


@pytest.mark.parametrize("table", ["store_orders", "deliveries", "purchase_orders", "receipts"])
def test_a_missing_event_is_found(world: World, table: str) -> None:
    rows = world.tables[table]
    for row in range(0, len(rows), 5):
        without = {name: np.delete(column, row) for name, column in rows.columns.items()}
        with pytest.raises(BooksError):
            check(replace(world, tables={**world.tables, table: replace(rows, columns=without)}))


@pytest.mark.parametrize("end", ["opening", "closing"])
@pytest.mark.parametrize(
    "count",
    ["store_units", "store_value", "store_backorders", "transit_units", "transit_value", "centre_units",
     "centre_value"],
)  # fmt: skip
def test_a_miscount_at_either_end_is_found(world: World, end: str, count: str) -> None:
    state = getattr(world, end)
    counted = getattr(state, count).copy()
    counted[0, 2] += 1
    with pytest.raises(BooksError):
        check(replace(world, **{end: replace(state, **{count: counted})}))


@pytest.mark.parametrize("account", list(Account))
def test_money_moved_to_another_account_is_found(world: World, account: Account) -> None:
    ledger = post(world)
    other = Account((account + 1) % len(Account))
    ledger[3, 1, 0, account] += 10**6
    ledger[3, 1, 0, other] -= 10**6
    with pytest.raises(BooksError, match=f"closing balance of {account.name}"):
        check(world, ledger)


def test_an_entry_with_one_leg_is_found(world: World) -> None:
    ledger = post(world)
    ledger[4, 2, 1, Account.CASH] += 1
    with pytest.raises(BooksError, match="debits = credits: found 1, expected 0") as caught:
        check(world, ledger)
    assert "day 4, place store S3, class dry" in str(caught.value)


def test_inventory_of_every_day_is_compared(world: World) -> None:
    ledger = post(world)
    for day, sign in ((3, 1), (4, -1)):
        ledger[day, 0, 0, Account.STORE_INVENTORY] += sign
        ledger[day, 0, 0, Account.CASH] -= sign
    with pytest.raises(BooksError, match="balance of STORE_INVENTORY = stock at cost") as caught:
        check(world, ledger)
    (found,) = caught.value.discrepancies
    assert (found.cells, found.where) == (1, "day 3, store S1, class fresh")


def test_the_error_names_places_and_survives_a_process_border(world: World) -> None:
    day = world.panels.day.copy()
    day[5, 1, 1, Day.LOST] += 3
    with pytest.raises(BooksError) as caught:
        check(replace(world, panels=replace(world.panels, day=day)))
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.discrepancies == caught.value.discrepancies
    assert "substituted + backordered + lost" in str(error)
    assert "off by 3 at day 5, store S2, class dry" in str(error)


def test_every_cell_of_the_ledger_sums_to_zero(world: World) -> None:
    ledger = post(world)
    assert ledger.shape == (10, 5, 3, len(Account))
    assert not ledger.sum(axis=-1).any()
    assert not ledger[..., Account.CLEARING].sum(axis=1).any()
    # What belongs to no class is only what orders, contacts, places and the work in them cost.
    used = {Account(int(index)) for index in np.flatnonzero(ledger[:, :, -1].any(axis=(0, 1)))}
    expected = {Account.CASH, Account.ORDERING, Account.COMMUNICATION, Account.FACILITIES}
    assert used == expected | set(ACCOUNT_OF.values()) | set(CREDIT_OF.values())


def test_rates_are_rounded_half_to_even_once_a_day() -> None:
    world = little_world(seed=3)
    lines = world.panels.day[..., Day.ORDER_LINES] + world.panels.day[..., Day.EMERGENCY_LINES]
    ordering = COSTS.ordering.model_copy(update={"per_store_order_line": 0.005})
    costs = Costs(ordering=ordering.model_copy(update={"per_store_order": 0.0, "per_emergency_order": 0.0}))
    ledger = post(replace(world, terms=replace(world.terms, costs=costs)))
    # Half a minor unit a line: 0, 0.5, 1, 1.5, 2 ... become 0, 0, 1, 2, 2 ...
    rounded = {0: 0, 1: 0, 2: 1, 3: 2, 4: 2, 5: 2, 6: 3, 7: 4, 8: 4}
    expected = np.vectorize(rounded.__getitem__)(lines)
    assert {1, 3} <= set(lines.ravel().tolist())
    np.testing.assert_array_equal(ledger[:, :3, :2, Account.ORDERING], expected)


def test_what_costs_nothing_is_not_posted() -> None:
    world = little_world(seed=3)
    nothing = np.zeros(3)
    terms = replace(
        world.terms,
        costs=Costs(),
        store_facility_cost_per_day=nothing,
        centre_facility_cost_per_day=nothing[:2],
        featured=None,
    )
    uncharged = all_tables({name: table for name, table in world.tables.items() if name != "charges"})
    free = replace(world, terms=terms, tables=uncharged)
    ledger = post(free)
    check(free, ledger)
    for account in (Account.ORDERING, Account.DISPOSAL, Account.FACILITIES):
        assert not ledger[..., account].any()
    # Incentives, gifts and unit holding cost come from the panels, not from the rates.
    given = world.panels.day[..., Day.INCENTIVE].sum() + world.panels.centre[..., Centre.GIFTED_VALUE].sum()
    assert ledger[..., Account.COMMUNICATION].sum() == given
    assert ledger[..., Account.HOLDING].any()


def test_a_world_in_which_nothing_happens_balances(world: World) -> None:
    still = little_world(seed=1)
    for array in (still.panels.day, still.panels.cell, still.panels.cell_revenue, still.panels.centre):
        array[:] = 0
    tables = {
        name: replace(table, columns={column: values[:0] for column, values in table.columns.items()})
        for name, table in still.tables.items()
    }
    empty = type(still.opening)(*(np.zeros_like(value) for value in vars(still.opening).values()))
    check(replace(still, tables=tables, opening=empty, closing=empty))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), days=st.integers(1, 12), where=st.integers(0, 10**9), delta=st.integers(1, 50)
)
def test_any_world_balances_and_no_single_slip_passes(seed: int, days: int, where: int, delta: int) -> None:
    world = little_world(seed, days=days)
    check(world)
    measures = [measure for measure in Day if measure not in BOUNDED]
    measure = measures[where % len(measures)]
    flat = where % world.panels.day[..., 0].size
    cell = (*np.unravel_index(flat, world.panels.day.shape[:3]), measure)
    world.panels.day[cell] += delta
    with pytest.raises(BooksError):
        check(world)
