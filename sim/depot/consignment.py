"""Goods that lie in a centre and still belong to the supplier: title passes when they are shipped (mechanism L6)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.axes import sku_mask
from sim.books.events import TITLE_PASSED
from sim.clock import day_of
from sim.depot.incoming import by_order
from sim.depot.stock import CentreStock, IntArray
from sim.recorder import Recorder
from sim.records import Centre
from sim.suppliers import Line
from sim.world import World

_DELIVERED: Final = 0


class Consignment:
    """Ownership of consigned goods.

    The stock of a centre values all that lies there, whoever owns it, so that what is shipped has its cost. Here the
    postings are put right: what the supplier owns is neither received value nor stock value of the centre, and it is
    bought in the second in which it is shipped, at the moving average of what was agreed on delivery.
    """

    def __init__(self, world: World, recorder: Recorder, stock: CentreStock) -> None:
        self._world = world
        self._recorder = recorder
        self._stock = stock
        self._is_consigned = consigned_skus(world)
        self._skus = np.flatnonzero(self._is_consigned)
        limited = [c.stock != "unlimited" for c in world.scenario.network.distribution_centres]
        self._is_limited = np.array(limited)

    def deliver(self, lines: IntArray, seconds: IntArray) -> None:
        """Take back from received value what suppliers keep of (len(Line), k) lines taken in at (k,) seconds."""
        if not self._skus.size:
            return
        is_mine = self._is_consigned[lines[Line.SKU]]
        for second in np.unique(seconds[is_mine]).tolist():
            mine = lines[:, is_mine & (seconds == second)]
            self._post_value(day_of(second), mine[Line.CENTRE], mine[Line.SKU], -mine[Line.COST])
            self._write(mine, second, _DELIVERED)

    def pass_title(self, centre: int, sent: IntArray, second: int) -> None:
        """Buy what is shipped: (4 or more, k) lines of store, SKU, units and cost."""
        if not self._is_limited[centre] or not self._skus.size:
            return
        mine = sent[:, self._is_consigned[sent[1]]]
        if mine.shape[1]:
            lines = np.zeros((len(Line), mine.shape[1]), np.int64)
            lines[Line.CENTRE] = centre
            lines[Line.SKU], lines[Line.UNITS], lines[Line.COST] = mine[1:4]
            lines[Line.SUPPLIER] = self._world.axes.supplier_of_sku[mine[1]]
            self._post_value(day_of(second), lines[Line.CENTRE], lines[Line.SKU], lines[Line.COST])
            self._write(lines, second, TITLE_PASSED)

    def count(self, day: int, second: int) -> None:
        """Take what suppliers own out of the stock value posted at the end of a day, and write it down."""
        if not self._skus.size:
            return
        units, value = (
            array[:, self._skus] * self._is_limited[:, None]
            for array in (self._stock.on_hand.astype(np.int64), self._stock.value)
        )
        posted = self._world.centre_panel[day, :, :, Centre.STOCK_VALUE]
        for column, sku in enumerate(self._skus.tolist()):
            posted[:, self._world.axes.class_of_sku[sku]] -= value[:, column]
        centres = np.flatnonzero(self._is_limited)
        rows = np.stack(
            (np.full(centres.size, second), centres, units.sum(axis=1)[centres], value.sum(axis=1)[centres])
        )
        self._recorder.add("consigned_stock", np.ascontiguousarray(rows.T))

    def _post_value(self, day: int, centre: IntArray, sku: IntArray, value: IntArray) -> None:
        posted = self._world.centre_panel[day, :, :, Centre.RECEIVED_VALUE]
        np.add.at(posted, (centre, self._world.axes.class_of_sku[sku]), value)

    def _write(self, lines: IntArray, second: int, kind: int) -> None:
        rows = by_order(lines, np.stack((lines[Line.UNITS], lines[Line.COST])))
        self._recorder.add("title_transfers", np.insert(rows, (0, 2), (second, kind), axis=1))


def consigned_skus(world: World) -> npt.NDArray[np.bool_]:
    """(SKUs,) what suppliers own until it is shipped."""
    consigned = np.zeros(world.axes.skus, np.bool_)
    for rule in world.scenario.policy.sourcing.consignment:
        consigned |= sku_mask(rule.scope, world.axes)
    return consigned


def owned_value(world: World, value: IntArray) -> IntArray:
    """(centres, SKUs) the value of what the centres own, of the value of all that lies there."""
    limited = [c.stock != "unlimited" for c in world.scenario.network.distribution_centres]
    is_owned = ~np.logical_and.outer(np.array(limited), consigned_skus(world))
    return np.asarray(value * is_owned)
