"""Orders and drops: what a store has asked for, and what is on its way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.depot.stock import IntArray, dealt
from sim.kernels.ordering import EMERGENCY
from sim.kernels.parcels import cut_to_fit, number_drops, number_orders
from sim.kernels.shipping import KINDS, SENT_ROWS
from sim.station_arrays import longer
from sim.stores import Lines

NOT_YET: Final = -1
DESK_STEPS: Final = 4
"""Kinds of work that the desk does for an order."""
_FEW: Final = 64
_LAST_DAY: Final = 6
_DEFECTIVE: Final = 7
_IS_LINE: Final = 8
"""Rows of lines whose lots and defects are traced."""


class OrderColumn(IntEnum):
    """Columns of the table of order stages, and of the orders while they are worked on."""

    NUMBER = 0
    """Of the table of store orders, once it has been looked at."""
    STORE = 1
    CENTRE = 2
    KIND = 3
    PLACED = 4
    RECEIVED = 5
    ASSIGNED = 6
    RELEASED = 7
    PICKED = 8
    MONITORED = 9
    DEPARTED = 10
    ARRIVED = 11
    UNLOADED = 12
    FED_BACK = 13
    SETTLED = 14
    LINES = 15
    UNITS = 16
    UNITS_SHIPPED = 17
    VALUE_MINOR = 18
    PROMISED = 19
    IS_COMPLETE = 20


class OrderBook:
    """All orders of stores, a row each, and the seconds at which their stages were reached."""

    def __init__(self) -> None:
        self.rows = np.zeros((_FEW, len(OrderColumn)), np.int64)
        """(orders or more, len(OrderColumn)); a stage whose second lies after the end of the run is not reached."""
        self.desk_seconds = np.zeros((_FEW, DESK_STEPS), np.int64)
        """(orders or more, DESK_STEPS) work at the desk: receiving, assigning, monitoring, feeding back."""
        self._lines: list[Lines | None] = []

    def __len__(self) -> int:
        return len(self._lines)

    def take(self, lines: Lines, centre_of_store: IntArray) -> IntArray:
        """Split lines that were placed together into orders, by store and kind in their order; returns their rows."""
        groups, label = len(centre_of_store) * KINDS, np.empty(len(lines), np.int64)
        found, totals = np.zeros((2, groups), np.int64), np.zeros((groups, 2), np.int64)
        count = number_orders(lines.block, found, label, totals)
        orders = np.arange(len(self), len(self) + count)
        self._make_room(len(self) + count)
        rows = self.rows[orders[0] : orders[-1] + 1]
        rows[:] = NOT_YET
        rows[:, OrderColumn.STORE], rows[:, OrderColumn.KIND] = np.divmod(found[0, :count], KINDS)
        rows[:, OrderColumn.CENTRE] = centre_of_store[rows[:, OrderColumn.STORE]]
        rows[:, OrderColumn.PLACED] = lines.block[5, 0]
        rows[:, OrderColumn.LINES : OrderColumn.UNITS + 1] = totals[:count]
        rows[:, OrderColumn.UNITS_SHIPPED :] = 0
        self._lines += _split(lines.block, label, totals[:count, 0])
        return orders

    def is_emergency(self, orders: IntArray) -> npt.NDArray[np.bool_]:
        """Whether each of some orders goes ahead of the others."""
        return np.asarray(self.rows[orders, OrderColumn.KIND] == EMERGENCY)

    def lines_of(self, orders: IntArray) -> list[Lines]:
        """What was asked for by some orders that have not been looked at; they give it up."""
        found = []
        for order in orders.tolist():
            lines, self._lines[order] = self._lines[order], None
            assert lines is not None
            found.append(lines)
        return found

    def _make_room(self, orders: int) -> None:
        if orders > len(self.rows):
            size = max(orders, 2 * len(self.rows))
            self.rows = longer(self.rows, (size, len(OrderColumn)))
            self.desk_seconds = longer(self.desk_seconds, (size, DESK_STEPS))


@dataclass(eq=False, slots=True)
class Drop:
    """Goods for one store that travel together."""

    store: int
    centre: int
    is_emergency: bool
    block: IntArray
    """(SENT_ROWS or TRACED_ROWS, lines) as from `fill_orders`."""
    orders: list[int]
    """Rows of the order book."""
    units: int
    cases: int
    """Full cases, and one for every case's worth of single units begun."""
    weight_grams: int
    volume_millilitres: int
    released_second: int = NOT_YET
    kinds: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Kind of order, lines, units and cost of the goods by kind."""


@dataclass(frozen=True, eq=False)
class Packing:
    """How much room goods take, by SKU."""

    case_pack: IntArray
    """(SKUs,) units."""
    weight_grams: IntArray
    """(SKUs,) per unit."""
    volume_millilitres: IntArray
    """(SKUs,) per unit."""

    def cases_and_eaches(self, sku: IntArray, units: IntArray) -> tuple[IntArray, IntArray]:
        """Full cases and single units of each line."""
        pack = self.case_pack[sku]
        return units // pack, units % pack


def drops_of(sent: Sequence[IntArray], centre: int, stores: range, packing: Packing) -> list[Drop]:
    """Put lines that are sent together into drops, by store in their order, emergency orders apart.

    Args:
        sent: blocks (rows, lines) as from `fill_orders`.
        centre: where they leave.
        stores: those among which the receivers are.
        packing: room that goods take.
    """
    lines = np.ascontiguousarray(_together(sent))
    places, label = 2 * len(stores), np.empty(lines.shape[1], np.int64)
    found, figures = np.zeros((2, places), np.int64), np.zeros((places, 4), np.int64)
    kinds = np.zeros((places, KINDS, 3), np.int64)
    count = number_drops(
        lines, stores.start, packing.case_pack, packing.weight_grams, packing.volume_millilitres, found, label,
        figures, kinds,
    )  # fmt: skip
    drops = []
    for place, (units, cases, grams, millilitres), by_kind, block in zip(
        found[0, :count].tolist(), figures[:count].tolist(), kinds[:count].tolist(),
        dealt(lines, label, lines.shape[1], count), strict=True,
    ):  # fmt: skip
        sent_of = [(kind, of[0], of[1], of[2]) for kind, of in enumerate(by_kind) if of[1]]
        drops.append(
            Drop(
                stores[place // 2], centre, bool(place % 2), block, [], units, cases, grams, millilitres, kinds=sent_of,
            )
        )  # fmt: skip
    return drops


def _split(block: IntArray, label: IntArray, sizes: IntArray) -> list[Lines]:
    """Lines of (c, k) by order, which (k,) labels say, and how many each has; stores mostly write order by order."""
    if (label[1:] < label[:-1]).any():
        return [Lines(part) for part in dealt(block, label, label.size, sizes.size)]
    return [Lines(block[:, start:stop]) for start, stop in pairwise([0, *np.cumsum(sizes).tolist()])]


def merged(drop: Drop, later: Drop, packing: Packing) -> Drop:
    """Two drops for one store in one."""
    block = _together((drop.block, later.block))
    (together,) = drops_of([block], drop.centre, _only(drop.store), packing)
    together.orders = [*drop.orders, *later.orders]
    together.released_second = later.released_second
    return together


def split_to_fit(drop: Drop, largest: tuple[int, int], packing: Packing) -> list[Drop]:
    """Cut a drop into parts of at most so many grams and millilitres, line by line and unit by unit.

    The orders stay with the last part: they have arrived when all has. A unit that is larger than that is a part of
    its own.
    """
    pieces = np.empty((6, drop.block.shape[1] + drop.units), np.int64)
    count = cut_to_fit(drop.block, packing.weight_grams, packing.volume_millilitres, *largest, pieces)
    parts = np.split(pieces[:, :count], np.flatnonzero(np.diff(pieces[0, :count])) + 1, axis=1)
    cut = [
        part
        for own in parts
        for part in drops_of([_cut_out(drop.block, own)], drop.centre, _only(drop.store), packing)
    ]
    cut[-1].orders = drop.orders
    for part in cut:
        part.released_second = drop.released_second
    return cut


def _only(store: int) -> range:
    return range(store, store + 1)


def _together(blocks: Sequence[IntArray]) -> IntArray:
    """Several blocks of lines in one; where lots and defects of some are traced, the others are fresh and sound."""
    if len(blocks) == 1:
        return blocks[0]
    height = max(len(block) for block in blocks)
    alike = []
    for block in blocks:
        if len(block) < height:
            traces = np.zeros((height - len(block), block.shape[1]), np.int64)
            traces[_LAST_DAY - SENT_ROWS], traces[_IS_LINE - SENT_ROWS] = -1, 1
            block = np.concatenate((block, traces))
        alike.append(block)
    return np.concatenate(alike, axis=1)


def _cut_out(block: IntArray, pieces: IntArray) -> IntArray:
    """Pieces of lines, as from `cut_to_fit`, as lines of their own."""
    _, line, units, cost, defective, is_line = pieces
    part: IntArray = np.take(block, line, axis=1)
    part[2], part[3] = units, cost
    if len(block) > SENT_ROWS:
        part[_DEFECTIVE] = defective
        part[_IS_LINE] *= is_line
    return part
