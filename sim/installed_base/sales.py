"""Appliances that stores sold and took back, read off the panel of cells day by day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.aftersales.facts import ServiceFacts
from sim.records import Cell
from sim.world import World

IntArray = npt.NDArray[np.int64]


class ApplianceSales:
    """Units sold and returned per store and product."""

    def __init__(self, world: World, facts: ServiceFacts) -> None:
        self._world = world
        self._shape = (world.axes.stores, len(facts.product_ids))
        product = np.full(world.axes.skus, -1, np.int64)
        for number, item in enumerate(facts.service.products):
            for sku, (name, category) in enumerate(
                zip(world.axes.sku_ids, world.axes.categories, strict=True)
            ):
                if name in item.sku_ids or category in item.categories:
                    product[sku] = number
        self._skus = np.flatnonzero(product >= 0)
        self._product = product[self._skus]
        self._period = 0
        self._told = {measure: self._counted(measure) for measure in (Cell.SOLD, Cell.RETURNED)}

    def of_day(self, day: int) -> tuple[IntArray, IntArray]:
        """(stores, products) units sold, and units returned, since the last call; called on every evening."""
        period = self._world.period_of(day)
        if period != self._period:
            self._period = period
            self._told = {measure: np.zeros_like(told) for measure, told in self._told.items()}
        return self._news(Cell.SOLD), self._news(Cell.RETURNED)

    def _counted(self, measure: Cell) -> IntArray:
        counted: IntArray = self._world.books.cell[self._period, measure][:, self._skus].astype(np.int64)
        return counted

    def _news(self, measure: Cell) -> IntArray:
        units = np.zeros(self._shape, np.int64)
        if self._skus.size:
            counted = self._counted(measure)
            store, column = np.nonzero(counted != self._told[measure])
            np.add.at(
                units,
                (store, self._product[column]),
                counted[store, column] - self._told[measure][store, column],
            )
            self._told[measure] = counted
        return units
