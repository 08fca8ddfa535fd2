"""What happened: a planner's file of sales, stock and receipts of a past period, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scenarios import ScenarioError, did_you_mean
from study.backtesting.columns import ACTUAL_ROLES
from study.backtesting.records import FloatArray, Record
from study.fitting.cells import CellReader
from study.fitting.headers import assign_roles
from study.fitting.history import AbsentRows
from study.fitting.periods import DAYS_PER_PERIOD, Calendar, parse_periods
from study.fitting.reading import RawTable, read_table

if TYPE_CHECKING:
    from scenarios import Scenario

IntArray = npt.NDArray[np.int64]
_COUNTS = ("units", "demand", "received", "ordered", "wasted", "opening_stock", "closing_stock")
_FLOWS = ("sold", "demand", "received", "ordered", "wasted")


@dataclass(frozen=True, eq=False)
class Actuals:
    """A past period, cell by cell; arrays as in `Record`."""

    record: Record
    stores: tuple[str, ...]
    skus: tuple[str, ...]
    """Both in the scenario's order; only those in the file."""
    start_date: date
    ordered: FloatArray | None
    opening_stock: FloatArray | None
    """(stores, SKUs) on the first morning, given or worked out; NaN where unknown."""
    price: FloatArray | None
    regular_price: FloatArray | None
    """Before any promotion; of the same unit as `price`."""
    promotion: FloatArray | None
    """1 on promotion, 0 not; shares where a promotion held for part of a period."""
    feature: FloatArray | None
    source: str
    digest: str
    """SHA-256 of the file."""
    rows: int
    notes: tuple[str, ...]

    @property
    def end_date(self) -> date:
        """Last day."""
        return self.start_date + timedelta(days=self.record.days - 1)

    def day(self, period: int) -> date:
        """First day of a period."""
        return self.start_date + timedelta(days=period * self.record.period_days)


def read_actuals(
    path: Path,
    scenario: Scenario,
    *,
    columns: Mapping[str, str] | None = None,
    first_day: date | None = None,
    unit_size: float = 1.0,
    absent_rows: AbsentRows = "missing",
) -> Actuals:
    """Read what happened at the stores of a scenario, by day or by week.

    Args:
        path: CSV (UTF-8) or xlsx, one row per store, SKU and period.
        scenario: its stores and SKUs are the ones the file may name.
        columns: role -> header where names are not recognised; see `columns.ACTUAL_ROLES`.
        first_day: first day of period number 1, where the file numbers its periods.
        unit_size: what the file counts per unit sold.
        absent_rows: whether a store, SKU and period without a row was not recorded or saw nothing.

    Raises:
        ScenarioError: everything that is wrong with the file, by file:row:column.
    """
    table = read_table(path)
    roles = assign_roles(table, columns, ACTUAL_ROLES)
    _require(table, roles, scenario)
    reader = CellReader(table)
    calendar, period = _periods(table, roles, reader, first_day)
    stores, store = _places(table, roles, "store", scenario.network.stores["store_id"], reader)
    skus, sku = _places(table, roles, "sku", scenario.assortment.skus["sku_id"], reader)
    values = {
        role: reader.numbers(roles[role], minimum=0.0, blank=role != "units")
        for role in _COUNTS
        if role in roles
    }
    if "revenue" in roles:
        values["revenue"] = reader.numbers(roles["revenue"], minimum=0.0, blank=True)
    for role in ("price", "regular_price"):
        if role in roles:
            values[role] = reader.numbers(roles[role], above=0.0, blank=True)
    for role in ("promotion", "feature"):
        if role in roles:
            values[role] = reader.shares(roles[role], blank=0.0)
    if reader.problems:
        raise ScenarioError(reader.problems)
    _refuse_duplicates(table, roles, store, sku, period)
    shape = (calendar.count, len(stores), len(skus))

    def cells(role: str) -> FloatArray | None:
        if role not in values:
            return None
        array = np.full(shape, np.nan)
        array[period, store, sku] = values[role]
        return array

    counts = {role: None if (array := cells(role)) is None else array / unit_size for role in _COUNTS}
    counts["sold"] = counts.pop("units")
    notes = _settle_absent(counts, absent_rows)
    sold = counts["sold"]
    assert sold is not None and calendar.first_day is not None
    price = _carried(cells("price"))
    record = Record(
        period_days=int(DAYS_PER_PERIOD[calendar.frequency]),
        sold=sold,
        demand=counts["demand"],
        received=counts["received"],
        wasted=counts["wasted"],
        closing_stock=counts["closing_stock"],
        revenue=_revenue(cells("revenue"), price, sold),
    )
    return Actuals(
        record=record,
        stores=stores,
        skus=skus,
        start_date=calendar.first_day,
        ordered=counts["ordered"],
        opening_stock=_opening_stock(record, counts["opening_stock"], notes),
        price=price,
        regular_price=_carried(cells("regular_price")),
        promotion=cells("promotion"),
        feature=cells("feature"),
        source=table.file,
        digest=table.digest,
        rows=len(table),
        notes=tuple(notes),
    )


def _require(table: RawTable, roles: Mapping[str, int], scenario: Scenario) -> None:
    needed = ["sku", "date", "units", *(["store"] if len(scenario.network.stores) > 1 else [])]
    found, problems = ", ".join(table.header[:12]), []
    for role in needed:
        if role not in roles:
            rule = f"no column is recognised as {role}"
            problems.append(
                table.problem("E403", -1, -1, found, rule, f"rename it, or say --column {role}=HEADER")
            )
    if problems:
        raise ScenarioError(problems)


def _periods(
    table: RawTable, roles: Mapping[str, int], reader: CellReader, first_day: date | None
) -> tuple[Calendar, IntArray]:
    column = roles["date"]
    encoded = table.columns[column].combine_chunks().dictionary_encode()
    labels = encoded.dictionary.to_pylist()
    parsed = parse_periods(labels, header=table.header[column], first_day=first_day)
    codes = encoded.indices.to_numpy()
    period = parsed.periods[codes]
    for row in np.flatnonzero(period < 0):
        reader.add("E407", int(row), column, labels[codes[row]], "must be a date, an ISO week or a number")
    if parsed.calendar.frequency == "month":
        reader.add("E409", -1, column, labels[0], "must be days or weeks: a month says too little")
    elif parsed.calendar.first_day is None:
        hint = "write dates, or say --first-day"
        reader.add("E407", -1, column, labels[0], "periods are numbered, not dated", hint)
    return parsed.calendar, period


def _places(
    table: RawTable, roles: Mapping[str, int], role: str, known: npt.NDArray[np.object_], reader: CellReader
) -> tuple[tuple[str, ...], IntArray]:
    """Names in the scenario's order, and the position among them of every row."""
    if role not in roles:
        return (str(known[0]),), np.zeros(len(table), dtype=np.int64)
    encoded = table.columns[roles[role]].combine_chunks().dictionary_encode()
    words, codes = encoded.dictionary.to_pylist(), encoded.indices.to_numpy()
    there = set(words)
    names = tuple(str(name) for name in known if name in there)
    position = {name: index for index, name in enumerate(names)}
    for code, word in enumerate(words):
        if word not in position:
            row = int(np.flatnonzero(codes == code)[0])
            rule, hint = f"must be a {role} of the scenario", did_you_mean(word, list(known))
            reader.add("E501", row, roles[role], word, rule, hint)
    rows = np.array([position.get(word, 0) for word in words], dtype=np.int64)[codes]
    return names, np.asarray(rows, dtype=np.int64)


def _refuse_duplicates(
    table: RawTable, roles: Mapping[str, int], store: IntArray, sku: IntArray, period: IntArray
) -> None:
    key = (period * (int(store.max()) + 1) + store) * (int(sku.max()) + 1) + sku
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if again.size:
        problems = []
        for position in again[:20]:
            first, second = int(order[position]), int(order[position + 1])
            cell = table.columns[roles["sku"]][second].as_py()
            rule = f"same store, SKU and period as line {table.lines[first]}"
            problems.append(
                table.problem("E410", second, roles["sku"], cell, rule, "add them up, or remove one")
            )
        raise ScenarioError(problems)


def _settle_absent(counts: dict[str, FloatArray | None], absent_rows: AbsentRows) -> list[str]:
    sold = counts["sold"]
    assert sold is not None
    absent = np.isnan(sold)
    share = float(absent.mean())
    if share == 0:
        return []
    if absent_rows == "missing":
        return [f"{share:.1%} of stores x SKUs x periods have no row: not compared; {_ZERO_HINT}"]
    for name in _FLOWS:
        array = counts[name]
        if array is not None:
            array[absent] = 0.0
    return [f"{share:.1%} of stores x SKUs x periods have no row: taken as nothing sold and nothing received"]


_ZERO_HINT = "if they mean that nothing happened, say --zero-when-absent"


def _carried(price: FloatArray | None) -> FloatArray | None:
    """Prices with blanks filled: the last known price of the cell, before the first known one that one."""
    if price is None:
        return None
    filled = price.copy()
    for row, beside in [(row, row - 1) for row in range(1, len(price))] + [
        (row, row + 1) for row in range(len(price) - 2, -1, -1)
    ]:
        filled[row] = np.where(np.isnan(filled[row]), filled[beside], filled[row])
    return filled


def _revenue(given: FloatArray | None, price: FloatArray | None, sold: FloatArray) -> FloatArray | None:
    """Revenue as given, or price times units; without a sale it is 0 whatever the price."""
    if given is None and price is None:
        return None
    revenue = np.asarray(price) * sold if given is None else given
    return np.where(sold == 0, 0.0, revenue)


def _opening_stock(record: Record, given: FloatArray | None, notes: list[str]) -> FloatArray | None:
    """Stock on the first morning: as given, or from the first period's closing stock and flows."""
    if given is not None:
        return np.asarray(given[0], dtype=np.float64)
    if record.closing_stock is None or record.received is None:
        return None
    wasted = 0.0 if record.wasted is None else record.wasted[0]
    opening = record.closing_stock[0] + record.sold[0] + wasted - record.received[0]
    notes.append(
        "opening stock is worked out from the first period: closing stock + sold + wasted - received"
    )
    if (opening < 0).any():
        notes.append(f"opening stock of {int((opening < 0).sum()):,} cells would be negative: taken as 0")
    return np.asarray(np.where(opening < 0, 0.0, opening), dtype=np.float64)
