"""Event tables while they are written: blocks of rows, joined at the end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.records import Table

TABLES: dict[str, tuple[str, ...]] = {
    "store_orders": (
        "order", "store", "centre", "placed_second", "kind", "lines", "units", "lines_in_full", "units_shipped",
        "units_cancelled",
    ),
    "deliveries": ("store", "centre", "kind", "shipped_second", "arrived_second", "lines", "units", "value_minor"),
    "purchase_orders": ("centre", "supplier", "placed_second", "lines", "units", "value_minor"),
    "receipts": ("centre", "supplier", "placed_second", "received_second", "lines", "units", "value_minor"),
    "price_differences": ("placed_second", "centre", "supplier", "difference_minor"),
    "express_orders": (
        "decided_second", "centre", "supplier", "is_shortage", "lines", "units", "value_minor",
    ),
    "disruptions": ("supplier", "start_second", "end_second"),
    "supplier_lots": (
        "received_second", "centre", "supplier", "lots", "units", "accepted_units", "first_units", "defective_units",
        "inspected_lots", "inspected_units", "defects_found", "rejected_lots", "escaped_units",
    ),
    "supplier_reviews": (
        "reviewed_second", "rule", "supplier", "cost", "technology", "delivery", "service", "continuity",
        "global_support", "quality", "score", "defects_per_million", "share_before", "share_after", "is_disqualified",
    ),
    "shortage_responses": ("second", "centre", "supplier", "step", "cells", "units"),
    "steering": ("second", "sku", "is_on"),
    "title_transfers": ("second", "centre", "supplier", "kind", "units", "value_minor"),
    "consigned_stock": ("counted_second", "centre", "units", "value_minor"),
    "charges": ("charged_second", "centre", "reason", "quantity", "amount_minor"),
}  # fmt: skip
"""Columns of each event table; an `arrived_second` or `received_second` of -1 is still to come.

`price_differences` holds what an order cost above the list prices of the SKU table; `express_orders` what goes express
from the start or from a shortage on; `disruptions` times in which nothing left a supplier.

`supplier_lots` tells of what came to the gate, where lots can fail or be split: units that were taken in, those among
them that came with the first delivery of their line, defective ones, and those that inspection let through.
`supplier_reviews` holds scores and shares in hundredths (of a point, of a per cent), a row per
sourcing rule (-1 without any) and supplier. `step` of `shortage_responses` counts as in `scenarios.SHORTAGE_STEPS`.
"""


class Recorder:
    """Collects rows of event tables."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[npt.NDArray[np.int64]]] = {name: [] for name in TABLES}
        self._orders = 0
        self._charges: list[tuple[int, int, int, int, int]] = []

    def add(self, table: str, rows: npt.NDArray[np.int64]) -> None:
        """Add rows, (k, columns of the table), which are not copied."""
        self._blocks[table].append(rows)

    def add_orders(self, rows: npt.NDArray[np.int64]) -> None:
        """Add rows of store orders, numbered from `next_order` on."""
        self.add("store_orders", rows)
        self._orders += len(rows)

    def charge(self, second: int, centre: int, reason: int, quantity: int, amount_minor: int) -> None:
        """Write down what something costs; see `sim.books.charges.Charge` for reasons and their quantities."""
        self._charges.append((second, centre, reason, quantity, amount_minor))

    @property
    def next_order(self) -> int:
        """Number of the next store order, counted from 0."""
        return self._orders

    def tables(self) -> dict[str, Table]:
        """All tables, read-only."""
        if self._charges:
            self.add("charges", np.array(self._charges, np.int64))
            self._charges = []
        return {name: Table(name, self._joined(name)) for name in TABLES}

    def _joined(self, table: str) -> dict[str, npt.NDArray[np.int64]]:
        names = TABLES[table]
        rows = np.concatenate([np.zeros((0, len(names)), np.int64), *self._blocks[table]])
        joined = {}
        for index, name in enumerate(names):
            joined[name] = rows[:, index].copy()
            joined[name].setflags(write=False)
        return joined
