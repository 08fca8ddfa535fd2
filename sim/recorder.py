"""Event tables while they are written: blocks of rows, joined at the end."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from sim.aftersales.tables import SERVICE_TABLES
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


class Recorder:
    """Collects rows of event tables: blocks of rows come before those that were added one by one."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[npt.NDArray[np.int64]]] = {name: [] for name in TABLES}
        self._orders = 0
        self._rows = {name: array("q") for name in TABLES}
        self._write_charge = self._rows["charges"].fromlist

    def add(self, table: str, rows: npt.NDArray[np.int64]) -> None:
        """Add rows, (k, columns of the table), which are not copied."""
        self._blocks[table].append(rows)

    def add_orders(self, rows: npt.NDArray[np.int64]) -> None:
        """Add rows of store orders, numbered from `next_order` on."""
        self.add("store_orders", rows)
        self._orders += len(rows)

    def add_row(self, table: str, row: Sequence[int]) -> None:
        """Add one row."""
        self._rows[table].extend(row)

    def writer(self, table: str) -> Callable[[list[int]], None]:
        """What adds a row to a table, for those who add many: a list is taken over several times as fast as a tuple."""
        return self._rows[table].fromlist

    def packed_writer(self, table: str) -> Callable[[bytes], None]:
        """What adds a row that is packed as native 64-bit integers: of long rows, twice as fast as a list."""
        return self._rows[table].frombytes

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
        blocks, single, width = self._blocks[table], self._rows[table], len(TABLES[table])
        seen = [0, 0]

        def added() -> npt.NDArray[np.int64]:
            rows = np.array(single[seen[1] :], np.int64).reshape(-1, width)
            new = np.concatenate([*blocks[seen[0] :], rows])
            seen[:] = len(blocks), len(single)
            return new

        return added

    @property
    def next_order(self) -> int:
        """Number of the next store order, counted from 0."""
        return self._orders

    def tables(self) -> dict[str, Table]:
        """All tables, read-only; the rows are given up, as they take as much room again."""
        return {name: Table(name, self._joined(name)) for name in TABLES}

    def _joined(self, table: str) -> dict[str, npt.NDArray[np.int64]]:
        names, blocks = TABLES[table], self._blocks.pop(table)
        single = np.frombuffer(self._rows.pop(table), np.int64).reshape(-1, len(names))
        rows = np.concatenate([*blocks, single]) if blocks else single
        columns = np.array(rows.T, order="C")
        columns.setflags(write=False)
        return dict(zip(names, columns, strict=True))
