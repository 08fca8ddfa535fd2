"""What customers brought back goes to the centre: it is restocked, repaired, scrapped or returned to the vendor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.depot.stock import CentreStock, IntArray
from sim.kernels.tables import discretise
from sim.recorder import Recorder
from sim.records import Centre
from sim.stores import Stores
from sim.streams import Purpose, stream_key, uniform_array
from sim.triage import TriageTerms
from sim.world import World

_RESTOCK, _REPAIR, _TO_VENDOR, _SCRAP = range(4)


@dataclass(frozen=True, eq=False)
class _Batch:
    """What one store has handed over at one moment."""

    store: int
    second: int
    sku: IntArray
    units: IntArray
    value: IntArray


class Returns:
    """The way back of all returned goods; `restocked` is called with (3, k) centre, SKU and units back in stock.

    Whoever calls at a store collects what waits there, and brings it to the centre that feeds the store:

        batch = returns.collect(store, second)      # at the stop; -1 when nothing waits
        returns.bring(batch)                # when the truck is back
    """

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        stock: CentreStock,
        restocked: Callable[[IntArray], None],
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stock = stock
        self._restocked = restocked
        self._stores: Stores | None = None
        self._under_way: dict[int, _Batch] = {}
        self._batches = 0
        self.is_used = world.shelf.waiting.size > 0 and world.shelf.waiting.shape[1] > 0
        self._key = stream_key(world.seed, world.replication, Purpose.RETURNS_TRIAGE)
        self._terms = TriageTerms.of(world.scenario)
        self._bounds = np.empty(self._terms.shares.shape, np.uint64)
        discretise(np.cumsum(self._terms.shares, axis=1).ravel(), self._bounds.ravel())

    def connect(self, stores: Stores | None) -> None:
        """Say where goods are collected; None when the run is over."""
        self._stores = stores

    def collect(self, store: int, second: int) -> int:
        """Take what waits at a store along at a second; the number of the batch, -1 when nothing waits."""
        assert self._stores is not None
        if not self.is_used:
            return -1
        second = max(second, self._stores.day_on_shelf(store, second) * SECONDS_PER_DAY)
        if second >= self._world.days * SECONDS_PER_DAY:
            return -1
        sku, units, value = self._stores.hand_over_returns(store)
        if not sku.size:
            return -1
        self._under_way[self._batches] = _Batch(store, second, sku, units, value)
        self._batches += 1
        return self._batches - 1

    def bring(self, batch: int) -> None:
        """A batch has come to the centre: it is looked at, unit by unit, and leaves the books of returned goods."""
        goods = self._under_way.pop(batch)
        self._record(goods, int(self._environment.now))
        self._look_at(goods)

    def collect_and_bring_tonight(self, stores: IntArray, second: int, day: int) -> None:
        """Take along what waits at stores where goods come at a second of a day; it is in the centre in the evening."""
        batches = [batch for store in stores.tolist() if (batch := self.collect(store, second)) >= 0]
        if batches:
            evening = (day + 1) * SECONDS_PER_DAY - 1
            at(self._environment, evening, Turn.CENTRE_TRIAGE, lambda: self._bring_all(batches))

    def _bring_all(self, batches: list[int]) -> None:
        for batch in batches:
            self.bring(batch)

    def under_way(self) -> tuple[IntArray, IntArray]:
        """Units and value (stores, SKUs) of what has been collected and not brought."""
        shape = (self._world.axes.stores, self._world.axes.skus)
        units, value = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for goods in self._under_way.values():
            units[goods.store, goods.sku] += goods.units
            value[goods.store, goods.sku] += goods.value
        return units, value

    def close(self) -> None:
        """Write down what is still under way when the run ends."""
        for goods in self._under_way.values():
            self._record(goods, -1)

    def _record(self, goods: _Batch, arrived: int) -> None:
        rows = np.empty((goods.sku.size, 7), np.int64)
        centre = self._world.axes.centre_of_store[goods.store]
        rows[:, 0], rows[:, 1], rows[:, 2] = goods.store, centre, goods.sku
        rows[:, 3], rows[:, 4], rows[:, 5], rows[:, 6] = goods.second, arrived, goods.units, goods.value
        self._recorder.add("returns", rows)

    def _look_at(self, goods: _Batch) -> None:
        """Decide what becomes of each unit, and post it."""
        world, stock = self._world, self._stock
        day = day_of(int(self._environment.now))
        centre = int(world.axes.centre_of_store[goods.store])
        units = self._outcomes(goods, world.process.first_ordinal + day)
        # Shares of a whole amount that add up to it: differences of rounded running totals.
        running = np.cumsum(units, axis=0) * goods.value // goods.units
        value = np.diff(running, axis=0, prepend=0)
        back = units[_RESTOCK] + units[_REPAIR]
        stock.on_hand[centre, goods.sku] += back.astype(np.int32)
        stock.value[centre, goods.sku] += value[_RESTOCK] + value[_REPAIR]
        page, index = world.centre_panel[day, centre], world.axes.class_of_sku[goods.sku]
        for measure, amount in (
            (Centre.RESTOCKED, units[_RESTOCK]),
            (Centre.REPAIRED, units[_REPAIR]),
            (Centre.RESTOCKED_VALUE, value[_RESTOCK] + value[_REPAIR]),
            (Centre.SCRAPPED, units[_SCRAP]),
            (Centre.SCRAPPED_VALUE, value[_SCRAP]),
            (Centre.TO_VENDOR, units[_TO_VENDOR]),
            (Centre.TO_VENDOR_VALUE, value[_TO_VENDOR]),
        ):
            np.add.at(page[:, measure], index, amount)
        page[:, Centre.VENDOR_CREDIT] = self._terms.credit_of(page[:, Centre.TO_VENDOR_VALUE])
        if back.any():
            self._restocked(np.stack([np.full(goods.sku.size, centre), goods.sku, back])[:, back > 0])

    def _outcomes(self, goods: _Batch, ordinal: int) -> IntArray:
        """(4, lines) units by outcome; each unit has a draw of its own."""
        market = self._world.market
        entities = market.store_key[goods.store] + market.sku_key[goods.sku]
        bounds = self._bounds[self._world.axes.class_of_sku[goods.sku]]
        outcomes = np.zeros((4, goods.sku.size), np.int64)
        for unit in range(int(goods.units.max())):
            line = np.flatnonzero(goods.units > unit)
            draw = uniform_array(self._key, entities[line], ordinal, unit).astype(np.uint64)
            outcomes[(draw[:, np.newaxis] >= bounds[line]).sum(axis=1), line] += 1
        return outcomes
