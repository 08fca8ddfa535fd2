"""Event tables while they are written: rows as they come, made narrow when many have come."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sim.aftersales.tables import SERVICE_TABLES
from sim.columns import NarrowArray, NarrowColumns, narrowed, widened
from sim.records import Table
from sim.stations import WorkLog

TABLES: dict[str, tuple[str, ...]] = {
    "store_orders": (
        "order", "store", "centre", "placed_second", "kind", "lines", "units", "lines_in_full", "units_shipped",
        "units_cancelled",
    ),
    "deliveries": ("store", "centre", "kind", "shipped_second", "arrived_second", "lines", "units", "value_minor"),
    "purchase_orders": ("centre", "supplier", "placed_second", "lines", "units", "value_minor"),
    "receipts": ("centre", "supplier", "placed_second", "received_second", "lines", "units", "value_minor"),
    "tasks": WorkLog.COLUMNS,
    "shifts": ("crew", "centre", "people", "starts_second", "ends_second"),
    "order_stages": (
        "order", "store", "centre", "kind", "placed_second", "received_second", "assigned_second", "released_second",
        "picked_second", "monitored_second", "departed_second", "arrived_second", "unloaded_second", "fed_back_second",
        "settled_second", "lines", "units", "units_shipped", "value_minor", "promised_second", "is_complete",
    ),
    "drops": (
        "centre", "store", "is_emergency", "released_second", "ready_second", "lines", "units", "cases",
        "weight_grams", "volume_millilitres",
    ),
    "staging": (
        "trip", "centre", "wanted_second", "taken_second", "left_second", "drops", "cases", "volume_millilitres",
        "room", "capacity",
    ),
    "trips": (
        "trip", "centre", "truck", "type", "planned_second", "ready_second", "loaded_second",
        "departed_second", "returned_second", "metres", "drops", "cases", "weight_grams", "volume_millilitres",
        "capacity_grams", "capacity_millilitres", "driving_seconds", "break_seconds", "overtime_seconds", "co2_grams",
    ),
    "stops": (
        "trip", "position", "centre", "store", "planned_second", "arrived_second", "began_second", "left_second",
        "window_ends_second", "lines", "units", "weight_grams", "metres", "driving_seconds", "late_cause",
    ),
    "carrier_drops": (
        "carrier", "centre", "store", "is_courier", "handed_second", "quoted_second", "delivered_second", "units",
        "weight_grams", "metres", "co2_grams", "amount_minor",
    ),
    "carrier_reviews": (
        "reviewed_second", "carrier", "drops", "on_time_ppm", "speed_points", "score_points", "share_before_ppm",
        "share_after_ppm",
    ),
    "returns": ("store", "centre", "sku", "handed_second", "arrived_second", "units", "value_minor"),
    "cycle_counts": ("counted_second", "centre", "sku", "deviation"),
    "gifts": ("shipped_second", "store", "centre", "sku", "units", "value_minor"),
    "price_differences": ("placed_second", "centre", "supplier", "difference_minor"),
    "express_orders": (
        "decided_second", "centre", "supplier", "is_shortage", "lines", "units", "value_minor",
    ),
    "disruptions": ("supplier", "start_second", "end_second"),
    "supplier_lots": (
        "received_second", "centre", "supplier", "lots", "units", "accepted_units", "first_units", "defective_units",
        "inspected_lots", "inspected_units", "defects_found", "rejected_lots", "escaped_units",
    ),
    "complaints": ("reported_second", "centre", "supplier", "reports", "units"),
    "supplier_reviews": (
        "reviewed_second", "rule", "supplier", "cost", "technology", "delivery", "service", "continuity",
        "global_support", "quality", "score", "defects_per_million", "share_before", "share_after", "is_disqualified",
    ),
    "shortage_responses": ("second", "centre", "supplier", "step", "cells", "units"),
    "steering": ("second", "sku", "is_on"),
    "title_transfers": ("second", "centre", "supplier", "kind", "units", "value_minor"),
    "consigned_stock": ("counted_second", "centre", "units", "value_minor"),
    "replans": (
        "second", "kind", "place", "items", "left_out", "rule_minor", "repaired_minor", "planned_minor",
        "iterations", "is_fallback",
    ),
    "regrets": (
        "second", "kind", "place", "planned_minor", "realised_minor", "realised_late_seconds", "perfect_minor",
        "perfect_late_seconds",
    ),
    "rota_visits": ("second", "request", "technician", "rank"),
    "charges": ("charged_second", "centre", "reason", "quantity", "amount_minor"),
    **SERVICE_TABLES,
}  # fmt: skip
"""Columns of each event table; a second of -1 is still to come, or never.

`price_differences` holds what an order cost above the list prices of the SKU table; `express_orders` what goes express
from the start or from a shortage on; `disruptions` times in which nothing left a supplier.

`room` and `capacity` of `staging` are millilitres, cases or drops as the scenario says; a capacity of -1 is no limit.

`supplier_lots` tells of what came to the gate, where lots can fail or be split: units that were taken in, those among
them that came with the first delivery of their line, defective ones, and those that inspection let through.
`complaints` tells what suppliers heard of defective units that customers brought back, as far as it was put down to
them.
`replans` holds a row for every plan that a solver made in the course of the run (`sim.replans`): `kind` of
`sim.replans.Planned`, `place` a centre or a district, what `items` it had to place and how many it `left_out`; then
what the plan is expected to cost, what is left out included: by the rule it stands in for, of the plan before it mended
to fit, and as planned. A cost of -1 is not known. `regrets` holds a row for every plan that was weighed against one
that knew beforehand what would come: what was expected, what came, and what could have been had.
`rota_visits` holds a row for every visit that was set out for under a rota: the technician's place among those whom it
names for the area and the day, from 0, or a negative number of `sim.rotas`.
`supplier_reviews` holds scores and shares in hundredths (of a point, of a per cent), a row per
sourcing rule (-1 without any) and supplier. `step` of `shortage_responses` counts as in `scenarios.SHORTAGE_STEPS`.
"""

_MANY_VALUES = 250_000
"""From so many 64-bit integers on, the rows of a table are made narrow: 2 MB."""


class _Pile:
    """Rows in the order they came: the latest as 64-bit integers, one row after the other, older ones narrow."""

    def __init__(self, width: int) -> None:
        self.latest = array("q")
        self._width = width
        self._older: list[list[NarrowArray]] = []
        self._older_rows = 0

    def __len__(self) -> int:
        return self._older_rows + len(self.latest) // self._width

    def add(self, rows: npt.NDArray[np.int64]) -> None:
        """Add (k, width) rows."""
        if rows.size < _MANY_VALUES:
            self.latest.frombytes(rows.tobytes())
        else:
            self.make_narrow()
            self._keep_narrow(rows)

    def make_narrow(self) -> None:
        """Make the latest rows narrow, if there are any."""
        if self.latest:
            self._keep_narrow(self._latest_rows())
            del self.latest[:]  # it stays the same array, for those who write to it

    def _keep_narrow(self, rows: npt.NDArray[np.int64]) -> None:
        self._older.append(narrowed(rows))
        self._older_rows += len(rows)

    def rows_from(self, first: int) -> npt.NDArray[np.int64]:
        """A copy of the rows from the `first` on, (k, width)."""
        parts, start = [self._latest_rows()], self._older_rows
        for columns in reversed(self._older):
            if start <= first:
                break
            parts.insert(0, widened(columns))
            start -= len(columns[0])
        return np.concatenate(parts)[first - start :]

    def narrow_blocks(self) -> list[list[NarrowArray]]:
        """All rows, narrow: a list of columns for each of some blocks."""
        self.make_narrow()
        return self._older

    def _latest_rows(self) -> npt.NDArray[np.int64]:
        return np.frombuffer(self.latest, np.int64).reshape(-1, self._width)


class Recorder:
    """Collects rows of event tables: blocks of rows come before those that were added one by one."""

    def __init__(self) -> None:
        self._blocks = {name: _Pile(len(columns)) for name, columns in TABLES.items()}
        self._rows = {name: _Pile(len(columns)) for name, columns in TABLES.items()}
        self._orders = 0
        self._write_charge = self.writer("charges")

    def add(self, table: str, rows: npt.NDArray[np.int64]) -> None:
        """Add rows, (k, columns of the table)."""
        self._blocks[table].add(np.asarray(rows, np.int64))

    def add_orders(self, rows: npt.NDArray[np.int64]) -> None:
        """Add rows of store orders, numbered from `next_order` on."""
        self.add("store_orders", rows)
        self._orders += len(rows)

    def add_row(self, table: str, row: Sequence[int]) -> None:
        """Add one row."""
        self._rows[table].latest.extend(row)

    def writer(self, table: str) -> Callable[[list[int]], None]:
        """What adds a row to a table, for those who add many: a list is taken over several times as fast as a tuple."""
        return self._rows[table].latest.fromlist

    def packed_writer(self, table: str) -> Callable[[bytes], None]:
        """What adds a row that is packed as native 64-bit integers: of long rows, twice as fast as a list."""
        return self._rows[table].latest.frombytes

    def charge(self, second: int, centre: int, reason: int, quantity: int, amount_minor: int) -> None:
        """Write down what something costs; see `sim.books.charges.Charge` for reasons and their quantities."""
        self._write_charge([second, centre, reason, quantity, amount_minor])

    def add_charges(
        self,
        seconds: npt.NDArray[np.int64],
        centre: int,
        reason: int,
        quantities: npt.NDArray[np.int64],
        amounts_minor: npt.NDArray[np.int64],
    ) -> None:
        """Write down (k,) charges of one centre for one reason, see `charge`."""
        rows = np.empty((len(seconds), len(TABLES["charges"])), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4] = (
            seconds, centre, reason, quantities, amounts_minor,
        )  # fmt: skip
        self.add("charges", rows)

    def follower(self, table: str) -> Callable[[], npt.NDArray[np.int64]]:
        """What gives the rows, (k, columns), that were added to a table since it was last called."""
        piles, seen = (self._blocks[table], self._rows[table]), [0, 0]

        def added() -> npt.NDArray[np.int64]:
            new = [pile.rows_from(first) for pile, first in zip(piles, seen, strict=True)]
            seen[:] = map(len, piles)
            return np.concatenate(new)

        return added

    @property
    def next_order(self) -> int:
        """Number of the next store order, counted from 0."""
        return self._orders

    def make_narrow(self) -> None:
        """Keep what has come so far in less room, where it is much: for whoever runs the clock to call once a day."""
        for pile in (*self._blocks.values(), *self._rows.values()):
            if len(pile.latest) >= _MANY_VALUES:
                pile.make_narrow()

    def tables(self) -> dict[str, Table]:
        """All tables, read-only; nothing can be added any more."""
        return {name: Table(name, self._joined(name)) for name in TABLES}

    def _joined(self, table: str) -> Mapping[str, npt.NDArray[np.int64]]:
        names, piles = TABLES[table], (self._blocks.pop(table), self._rows.pop(table))
        if sum(map(len, piles)) * len(names) >= _MANY_VALUES:
            return NarrowColumns(names, [block for pile in piles for block in pile.narrow_blocks()])
        columns = np.array(np.concatenate([pile.rows_from(0) for pile in piles]).T, order="C")
        columns.setflags(write=False)
        return dict(zip(names, columns, strict=True))
