"""Orders and drops: what a store has asked for, and what is on its way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.depot.stock import IntArray, dealt
from sim.kernels.ordering import EMERGENCY
from sim.kernels.shipping import KINDS, SENT_ROWS
from sim.stores import Lines

NOT_YET = -1
_LAST_DAY, _DEFECTIVE, _IS_LINE = 6, 7, 8
"""Rows of lines whose lots and defects are traced."""


@dataclass(eq=False, slots=True)
class Order:
    """One order of a store and the seconds at which its stages were reached."""

    store: int
    centre: int
    kind: int
    lines: Lines | None
    """What was asked for, until it is looked at."""
    placed_second: int
    received_second: int = NOT_YET
    assigned_second: int = NOT_YET
    released_second: int = NOT_YET
    picked_second: int = NOT_YET
    monitored_second: int = NOT_YET
    departed_second: int = NOT_YET
    arrived_second: int = NOT_YET
    unloaded_second: int = NOT_YET
    fed_back_second: int = NOT_YET
    settled_second: int = NOT_YET
    desk_seconds: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Work at the desk: receiving, assigning, monitoring, feeding back."""
    number: int = NOT_YET
    """Of the table of store orders, once it has been looked at."""
    units_shipped: int = 0
    units: int = 0
    line_count: int = 0
    is_complete: bool = False
    value_minor: int = 0

    @property
    def is_emergency(self) -> bool:
        """Whether it goes ahead of the others."""
        return self.kind == EMERGENCY


@dataclass(eq=False, slots=True)
class Drop:
    """Goods for one store that travel together."""

    store: int
    centre: int
    is_emergency: bool
    block: IntArray
    """(SENT_ROWS or TRACED_ROWS, lines) as from `fill_orders`."""
    orders: list[Order]
    units: int
    cases: int
    """Full cases, and one for every case's worth of single units begun."""
    weight_grams: int
    volume_millilitres: int
    released_second: int = NOT_YET
    ready_second: int = NOT_YET
    waits_for: int = field(default=0)
    """Pick lists still to be finished."""


def orders_in(lines: Lines, centre_of_store: IntArray) -> list[Order]:
    """Split lines that were placed together into orders, by store and kind in their order."""
    groups = len(centre_of_store) * KINDS
    label = lines.store * KINDS + lines.block[3]
    units = np.bincount(label, weights=lines.units, minlength=groups).astype(np.int64).tolist()
    orders = []
    for group, block in enumerate(dealt(lines.block, label, len(lines), groups)):
        if units[group]:
            store, kind = divmod(group, KINDS)
            orders.append(
                Order(
                    store, int(centre_of_store[store]), kind, Lines(block), int(block[5, 0]), units=units[group],
                    line_count=block.shape[1],
                )
            )  # fmt: skip
    return orders


@dataclass(frozen=True, eq=False)
class Packing:
    """How much room goods take, by SKU."""

    case_pack: IntArray
    """(SKUs,) units."""
    weight_grams: IntArray
    """(SKUs,) per unit."""
    volume_millilitres: IntArray
    """(SKUs,) per unit."""

    def figures(self, lines: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Units, cases (one for every case begun), grams and millilitres of each of (3 or more, k) lines."""
        sku, units = lines[1], lines[2]
        cases = -(-units // self.case_pack[sku])
        return units, cases, units * self.weight_grams[sku], units * self.volume_millilitres[sku]

    def cases_and_eaches(self, sku: IntArray, units: IntArray) -> tuple[IntArray, IntArray]:
        """Full cases and single units of each line."""
        pack = self.case_pack[sku]
        return units // pack, units % pack


def drops_of(sent: Sequence[IntArray], centre: int, stores: int, packing: Packing) -> list[Drop]:
    """Put lines that are sent together into drops, by store in their order, emergency orders apart.

    Args:
        sent: blocks (rows, lines) as from `fill_orders`.
        centre: where they leave.
        stores: how many stores there are.
        packing: room that goods take.
    """
    lines = _together(sent)
    groups = stores * 2
    label = lines[0] * 2 + (lines[4] == EMERGENCY)
    figures = [
        np.bincount(label, weights=weights, minlength=groups).astype(np.int64).tolist()
        for weights in packing.figures(lines)
    ]
    return [
        Drop(group // 2, centre, bool(group % 2), block, [], *(figure[group] for figure in figures))
        for group, block in enumerate(dealt(lines, label, lines.shape[1], groups))
        if block.shape[1]
    ]


def merged(drop: Drop, later: Drop, packing: Packing) -> Drop:
    """Two drops for one store in one."""
    block = _together((drop.block, later.block))
    together = _drop(drop.store, drop.centre, drop.is_emergency, block, packing)
    together.orders = [*drop.orders, *later.orders]
    together.released_second = later.released_second
    return together


def split_to_fit(drop: Drop, largest: tuple[int, int], packing: Packing) -> list[Drop]:
    """Cut a drop into parts of at most so many grams and millilitres, line by line and unit by unit.

    The orders stay with the last part: they have arrived when all has. A unit that is larger than that is a part of
    its own.
    """
    parts: list[list[IntArray]] = [[]]
    grams_left, millilitres_left = largest
    for line in drop.block.T:
        rest = line.copy()
        grams, millilitres = int(packing.weight_grams[rest[1]]), int(packing.volume_millilitres[rest[1]])
        while rest[2] > 0:
            units = int(rest[2])
            room = min(
                grams_left // grams if grams else units,
                millilitres_left // millilitres if millilitres else units,
            )
            if room <= 0 and parts[-1]:
                parts.append([])
                grams_left, millilitres_left = largest
                continue
            taken = min(units, max(room, 1))
            grams_left -= taken * grams
            millilitres_left -= taken * millilitres
            parts[-1].append(_taken_off(rest, taken))
    cut = [
        _drop(
            drop.store, drop.centre, drop.is_emergency, np.ascontiguousarray(np.stack(part, axis=1)), packing
        )
        for part in parts
    ]
    cut[-1].orders = drop.orders
    for part in cut:
        part.released_second = drop.released_second
    return cut


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


def _taken_off(rest: IntArray, units: int) -> IntArray:
    """Take some units off a line, which is changed, with their share of its cost and defects; returns them."""
    piece = rest.copy()
    piece[2], piece[3] = units, rest[3] * units // rest[2]
    if len(rest) > SENT_ROWS:
        piece[_DEFECTIVE] = rest[_DEFECTIVE] * units // rest[2]
        rest[_DEFECTIVE] -= piece[_DEFECTIVE]
        rest[_IS_LINE] = 0
    rest[2] -= units
    rest[3] -= piece[3]
    return piece


def _drop(store: int, centre: int, is_emergency: bool, block: IntArray, packing: Packing) -> Drop:
    figures = (int(figure.sum()) for figure in packing.figures(block))
    return Drop(store, centre, is_emergency, block, [], *figures)
