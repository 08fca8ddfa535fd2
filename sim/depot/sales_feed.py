"""What stores sold today, for planners at the centre who are told (mechanism L11)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.records import Cell
from sim.world import World

IntArray = npt.NDArray[np.int64]


class SalesFeed:
    """Recorded sales of the stores of each centre, day by day, read off the panel of cells."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stores = [
            np.flatnonzero(world.axes.centre_of_store == c) for c in range(len(world.axes.centre_ids))
        ]
        self._told: dict[int, IntArray] = {}

    def units(self, day: int) -> IntArray:
        """(centres, SKUs) units sold since the last call.

        A store that closes at midnight books the evening of a period's last day after the first call of the next
        period, so the period before is looked at as well.
        """
        period = self._world.period_of(day)
        news = np.zeros((len(self._stores), self._world.axes.skus), np.int64)
        for looked_at in (period - 1, period):
            if looked_at >= 0:
                sold = self._sold_in(looked_at)
                news += sold - self._told.get(looked_at, 0)
                self._told[looked_at] = sold
        self._told.pop(period - 2, None)
        return news

    def _sold_in(self, period: int) -> IntArray:
        cells = self._world.books.cell[period, Cell.SOLD]
        return np.stack([cells[stores].sum(axis=0, dtype=np.int64) for stores in self._stores])
