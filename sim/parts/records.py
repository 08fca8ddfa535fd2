"""Records of stations that are not true: units vanish unseen, and cycle counts put the record right."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import Echelon
from sim.kernels.draws import count
from sim.kernels.elementary import exp
from sim.parts.facts import IntArray, Keys, PartFacts
from sim.parts.stations import Stations
from sim.parts.stock import Stock
from sim.recorder import TABLES
from sim.streams import CELL_MULTIPLIER, Purpose, uniform_array

_DAYS_PER_YEAR: Final = 365.0


class Records:
    """Every evening units vanish in stations, and some parts are counted."""

    def __init__(self, context: Context, facts: PartFacts, stock: Stock, stations: Stations) -> None:
        self._context = context
        self._stock = stock
        self._stations = stations
        self._share_per_day = facts.supply.shrinkage_per_year / _DAYS_PER_YEAR
        self._key = context.stream(Purpose.PART_LOSSES)
        self._entity: Keys = facts.station_keys[:, None] + facts.part_keys[None, :] * np.uint64(
            CELL_MULTIPLIER
        )
        self._every_days = np.array(facts.policy.count_every_days, np.int64)[facts.abc]
        self._turn = (facts.part_keys % np.maximum(self._every_days, 1).astype(np.uint64)).astype(np.int64)
        self._levels = facts.stations

    def end_day(self, day: int) -> None:
        """Let units vanish, then count."""
        ordinal = self._context.first_ordinal + day
        if self._share_per_day > 0:
            self._lose(ordinal)
        if self._every_days.any():
            self._count(ordinal)

    def _lose(self, ordinal: int) -> None:
        """A Poisson number of the units of each part, as far as there are any that are not set aside."""
        spare = self._stations.spare
        cells = np.flatnonzero(spare > 0)
        draws = uniform_array(self._key, self._entity.ravel()[cells], ordinal)
        mean = spare.ravel()[cells] * self._share_per_day
        # exp(-mean) is above 1 - mean: who draws less than that loses nothing.
        unlucky = np.flatnonzero(draws >= (1.0 - mean) * 2.0**32 - 1.0)
        for index in unlucky.tolist():
            rate = float(mean[index])
            station, part = divmod(int(cells[index]), spare.shape[1])
            lost = min(int(count(draws[index], exp(-rate), rate, 0.0)), int(spare[station, part]))
            if lost:
                self._stock.take(self._stock.stations, station, part, lost)
                self._stock.deviation[station, part] -= lost
                self._stock.write_off(self._stock.stations, station, part, lost, Echelon.LOST)

    def _count(self, ordinal: int) -> None:
        """Count the parts whose turn it is, where they are kept or said to be."""
        is_due = (self._every_days > 0) & (ordinal % np.maximum(self._every_days, 1) == self._turn)
        parts = np.flatnonzero(is_due)
        deviation: IntArray = self._stock.deviation[:, parts]
        known = self._stock.stations.units[:, parts] - deviation
        station, column = np.nonzero((self._levels.order_up_to[:, parts] > 0) | (known > 0))
        rows = np.zeros((station.size, len(TABLES["part_counts"])), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2] = self._context.now, station, parts[column]
        rows[:, 3] = deviation[station, column]
        self._context.recorder.add("part_counts", rows)
        self._stock.deviation[station, parts[column]] = 0
