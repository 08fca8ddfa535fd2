"""What a run writes down: event tables and panels. These cells are the only accumulators."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


class Day(IntEnum):
    """Measures of the panel day x store x class. Units unless the name says otherwise; money in minor units."""

    DEMAND = 0
    """Asked for by customers."""
    SOLD_AS_ASKED = 1
    """Sold from stock at once, of the SKU asked for."""
    SUBSTITUTED = 2
    """Asked for, not there, and met by another SKU of the category."""
    BACKORDERED = 3
    """Asked for, not there, and owed."""
    LOST = 4
    """Asked for, not there, and gone."""
    BACKORDER_FILLED = 5
    """Owed units handed over (sold later)."""
    SOLD_AS_SUBSTITUTE = 6
    """Sold to a customer who had asked for another SKU."""
    DEMAND_VALUE = 7
    """Demand at the price of the day."""
    SOLD_AS_ASKED_VALUE = 8
    """Sold as asked at the price of the day, mark-down not deducted."""
    REVENUE = 9
    """All units sold at the price of the day, mark-down not deducted."""
    MARK_DOWN = 10
    """Given away by near-expiry and delisting mark-downs."""
    MARKED_DOWN_UNITS = 11
    """Units sold at a mark-down."""
    COST_OF_GOODS = 12
    """Moving-average cost of units sold."""
    WASTED = 13
    """Units expired, scrapped at clearance or scrapped after return."""
    WASTE_VALUE = 14
    """Their moving-average cost."""
    RETURNED = 15
    """Units brought back by customers."""
    REFUND = 16
    """Money given back for them."""
    RETURNED_VALUE = 17
    """Cost at which returned units re-enter the books."""
    RESTOCKED = 18
    """Returned units back on the shelf."""
    RECEIVED = 19
    """Units received from the centre."""
    RECEIVED_VALUE = 20
    """Their cost."""
    ON_HAND = 21
    """Level after the day's demand, expiry done, before new orders; customer returns that wait for a truck included."""
    STOCK_VALUE = 22
    """Level at cost at the same moment."""
    BACKORDERS = 23
    """Level of units owed at the same moment."""
    ON_ORDER = 24
    """Level of units ordered and not yet received at the same moment."""
    OPEN_SECONDS = 25
    """Opening seconds summed over SKUs on sale."""
    OUT_OF_STOCK_SECONDS = 26
    """Opening seconds without stock summed over SKUs on sale."""
    HOLDING_BY_UNIT = 27
    """Per-unit holding cost of the day, in millionths of a minor unit."""
    AGE_AT_SALE_DAYS = 28
    """Days of shelf life used up, summed over perishable units sold: days since receipt for what came fresh."""
    LIFE_AT_SALE_DAYS = 29
    """Shelf life in days summed over perishable units sold."""
    CYCLES = 30
    """Replenishment cycles ended by a receipt."""
    CYCLES_SHORT = 31
    """Of these, cycles with at least one unmet unit."""
    UNMET_SUPPLIER = 32
    """Unmet because the centre waited for a supplier."""
    UNMET_CENTRE = 33
    """Unmet because the centre was short and had nothing under way."""
    UNMET_IN_TRANSIT = 34
    """Unmet while goods were under way to the store."""
    UNMET_CALENDAR = 35
    """Unmet while the store waited for an order day or for its minimum order."""
    UNMET_LEVEL = 36
    """Unmet because stock was above the reorder point and still not enough."""
    INCENTIVE = 37
    """Paid to customers for taking a substitute."""
    ORDERED = 38
    """Units on regular and pushed orders."""
    ORDER_LINES = 39
    """Lines on regular and pushed orders."""
    EMERGENCY_ORDERED = 40
    """Units on emergency orders."""
    EMERGENCY_LINES = 41
    """Lines on emergency orders."""
    CANCELLED = 42
    """Ordered units struck off by the centre."""
    CANCELLED_EARLY = 43
    """Of these, struck off before the store's day was closed, of orders of the days before."""
    DEFECTIVE_RETURNED = 44
    """Units brought back because they were defective, among those RETURNED."""


class Cell(IntEnum):
    """Measures of the panel period x store x SKU, kept independently of the day panel."""

    DEMAND = 0
    SOLD = 1
    """All units sold: as asked, as substitute, backorders filled."""
    SUBSTITUTED = 2
    BACKORDERED = 3
    LOST = 4
    WASTED = 5
    RETURNED = 6
    RECEIVED = 7
    STOCK_DAYS = 8
    """Sum over days of units on hand after demand."""
    OUT_OF_STOCK_SECONDS = 9


class Centre(IntEnum):
    """Measures of the panel day x centre x class. Money in minor units."""

    RECEIVED = 0
    RECEIVED_VALUE = 1
    SHIPPED = 2
    SHIPPED_VALUE = 3
    ON_HAND = 4
    STOCK_VALUE = 5
    BACKLOG = 6
    """Units owed to stores after the day's shipping."""
    ASKED = 7
    """Units asked for by stores."""
    LINES = 8
    """Store order lines asked for, emergency lines included."""
    LINES_IN_FULL = 9
    """Of these, shipped in full at once."""
    PURCHASED = 10
    """Units ordered from suppliers."""
    PURCHASE_LINES = 11
    ON_ORDER = 12
    """Level of units ordered from suppliers and not yet received, after the day's review."""
    WASTED = 13
    """Units thrown away because no day of sale was left of them."""
    WASTED_VALUE = 14
    RESTOCKED = 15
    """Units that came back from stores and were put into stock as they were."""
    REPAIRED = 16
    """Units that came back, were repaired and put into stock."""
    RESTOCKED_VALUE = 17
    """Cost of what came back into stock, repaired or not."""
    SCRAPPED = 18
    """Units that came back and were scrapped."""
    SCRAPPED_VALUE = 19
    TO_VENDOR = 20
    """Units that came back and were returned to the vendor."""
    TO_VENDOR_VALUE = 21
    VENDOR_CREDIT = 22
    """Money that vendors give for them."""
    GIFTED = 23
    """Units added to shipments as gifts."""
    GIFTED_VALUE = 24
    DATED_DELIVERED = 25
    """Units of goods that age in the centre, taken in by the centre's stores."""
    LIFE_DELIVERED_DAYS = 26
    """Days of sale left when they were taken in, that day included, summed over them."""


@dataclass(frozen=True, eq=False)
class Table:
    """One event table: equally long, read-only columns."""

    name: str
    columns: Mapping[str, npt.NDArray[Any]]

    def __getitem__(self, column: str) -> npt.NDArray[Any]:
        """One column."""
        return self.columns[column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True, eq=False)
class Panels:
    """All accumulators of a run, read-only."""

    day: IntArray
    """(days, stores, classes, len(Day)), the warm-up included."""
    cell: npt.NDArray[np.int32]
    """(periods, stores, SKUs, len(Cell)), the warm-up included."""
    cell_revenue: IntArray
    """(periods, stores, SKUs): revenue in minor units, mark-down not deducted."""
    centre: IntArray
    """(days, centres, classes, len(Centre))."""


@dataclass(frozen=True, eq=False)
class Closing:
    """The physical state at an end of the run, counted, not computed from flows. Units and minor units."""

    store_units: IntArray
    """(stores, SKUs) on hand, customer returns that wait for a truck included."""
    store_value: IntArray
    """(stores, SKUs) at moving-average cost."""
    store_backorders: IntArray
    """(stores, SKUs) owed to customers."""
    transit_units: IntArray
    """(stores, SKUs) shipped and not yet received."""
    transit_value: IntArray
    """(stores, SKUs) cost of these."""
    centre_units: IntArray
    """(centres, SKUs) on hand."""
    centre_value: IntArray
    """(centres, SKUs) at moving-average cost."""
    waiting_units: IntArray
    """(stores, SKUs) of `store_units`: brought back by customers and waiting for a truck."""
    returning_units: IntArray
    """(stores, SKUs) on their way back to the centre."""
    returning_value: IntArray
    """(stores, SKUs) cost of these."""


def digest_of(arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """A canonical digest of named arrays: same names, shapes, types and values, same digest."""
    state = hashlib.blake2b(digest_size=16)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        state.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
        if array.dtype.kind in "OU":
            state.update("\x1f".join(map(str, array.tolist())).encode())
        else:
            state.update(array.reshape(-1).view(np.uint8).data)  # no copy: panels can take gigabytes
    return state.hexdigest()
