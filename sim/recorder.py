"""Event tables while they are written: blocks of rows, joined at the end."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.records import Table

Column = npt.NDArray[np.int64] | int

TABLES: dict[str, tuple[str, ...]] = {
    "store_orders": (
        "order", "store", "centre", "placed_second", "kind", "lines", "units", "lines_in_full", "units_shipped",
        "units_cancelled",
    ),
    "deliveries": ("store", "centre", "kind", "shipped_second", "arrived_second", "lines", "units", "value_minor"),
    "purchase_orders": ("centre", "supplier", "placed_second", "lines", "units", "value_minor"),
    "receipts": ("centre", "supplier", "placed_second", "received_second", "lines", "units", "value_minor"),
}  # fmt: skip
"""Columns of each event table; an `arrived_second` or `received_second` of -1 is still to come."""


class Recorder:
    """Collects rows of event tables."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[Mapping[str, Column]]] = {name: [] for name in TABLES}
        self._orders = 0

    def add(self, table: str, **columns: Column) -> None:
        """Add rows: arrays of one length, single numbers repeated; every column of the table must be there."""
        self._blocks[table].append(columns)

    def number_orders(self, count: int) -> npt.NDArray[np.int64]:
        """Numbers for the next orders, counted from 0."""
        first = self._orders
        self._orders += count
        return np.arange(first, self._orders)

    def tables(self) -> dict[str, Table]:
        """All tables, read-only."""
        return {name: Table(name, self._joined(name)) for name in TABLES}

    def _joined(self, table: str) -> dict[str, npt.NDArray[np.int64]]:
        blocks = self._blocks[table]
        lengths = [max(np.size(value) for value in block.values()) for block in blocks]
        joined = {}
        for column in TABLES[table]:
            values = [block[column] for block in blocks]
            if all(isinstance(value, int) for value in values):
                array = np.repeat(np.array(values, np.int64), lengths)
            else:
                array = np.concatenate([np.asarray(value, np.int64) for value in values])
            array.setflags(write=False)
            joined[column] = array
        return joined
