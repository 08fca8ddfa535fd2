"""Defective goods that customers bring back: from whom they came, as far as buyers know, and reports to suppliers."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.depot.stock import IntArray
from sim.recorder import Recorder
from sim.suppliers import Line, Quality
from sim.world import World

_NEARLY: Final = 1e-9
"""Shares add up to whole units but for this."""


class Complaints:
    """What customers complained of, by centre and SKU, and the suppliers it is put down to.

    Nobody sees which supplier a unit came from: the units that come back of a SKU are put down to its suppliers in
    the shares in which the centre has received it so far, and what is less than a unit waits. A supplier hears once
    an evening of each SKU and centre, as it hears once of a lot.
    """

    def __init__(self, world: World, recorder: Recorder, quality: Quality) -> None:
        self._world = world
        self._recorder = recorder
        self._quality = quality
        axes = world.axes
        shape = (len(axes.centre_ids), axes.skus)
        self._sku = np.flatnonzero(world.handling.return_index >= 0)
        self._brought_back = np.zeros(shape, np.int64)
        self._received = np.zeros((*shape, len(axes.supplier_ids)), np.int64)
        self._owed = np.zeros(self._received.shape)

    def note_received(self, lines: IntArray) -> None:
        """Remember who sent (len(Line), k) lines that are taken in."""
        place = lines[Line.CENTRE], lines[Line.SKU], lines[Line.SUPPLIER]
        np.add.at(self._received, place, lines[Line.UNITS])

    def note_brought_back(self, stores: IntArray, day: int) -> None:
        """Count what customers bring back to (k,) stores on a day because it is defective, before the day is closed."""
        world = self._world
        due_returns = world.shelf.due_returns
        ring = due_returns.shape[0] // 2
        open_stores = stores[world.market.open_day[day, stores]]
        due = due_returns[ring + day % ring, open_stores]
        centre = world.axes.centre_of_store[open_stores]
        np.add.at(self._brought_back, (centre[:, None], self._sku[None, :]), due)

    def report(self, day: int, second: int) -> None:
        """Report what has come back since the last report."""
        centre, sku = np.nonzero(self._brought_back)
        if not centre.size:
            return
        units = self._brought_back[centre, sku].astype(np.float64)
        self._brought_back[:] = 0
        self._owed[centre, sku] += units[:, None] * self._shares(centre, sku)
        whole = np.floor(self._owed[centre, sku] + _NEARLY).astype(np.int64)
        self._owed[centre, sku] -= whole
        row, supplier = np.nonzero(whole)
        self._quality.report(supplier, day)
        suppliers = self._received.shape[2]
        told, index = np.unique(centre[row] * suppliers + supplier, return_inverse=True)
        rows = np.zeros((told.size, 5), np.int64)
        rows[:, 0] = second
        rows[:, 1], rows[:, 2] = np.divmod(told, suppliers)
        np.add.at(rows[:, 3], index, 1)
        np.add.at(rows[:, 4], index, whole[row, supplier])
        self._recorder.add("complaints", rows)

    def _shares(self, centre: IntArray, sku: IntArray) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """(k, suppliers) shares in what a centre has received of a SKU; all its own supplier's before anything came."""
        received = self._received[centre, sku].astype(np.float64)
        nothing = np.flatnonzero(received.sum(axis=1) == 0)
        received[nothing, self._world.supply.own[sku[nothing]]] = 1.0
        return np.asarray(received / received.sum(axis=1, keepdims=True))
