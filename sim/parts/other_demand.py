"""Other demand for parts at stations: a Poisson stream for every part, for models of parts alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.aftersales.context import Context
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.kernels.draws import count_row, decay_row, zero_probability_row
from sim.parts.facts import Keys, PartFacts
from sim.streams import CELL_MULTIPLIER, Purpose, uniform_array

Demand = Callable[[int, int], None]
"""Takes station and part of a unit that is asked for now."""


class OtherDemand:
    """Draws the units of a day, and the second at which each is asked for, in the morning."""

    def __init__(self, context: Context, facts: PartFacts, demand: Demand) -> None:
        self._context = context
        self._demand = demand
        mean = facts.supply.parts["mean_per_day"].astype(np.float64)
        self._parts = np.flatnonzero(mean > 0)
        stations = len(facts.station_keys)
        keys: Keys = facts.station_keys[:, None] + facts.part_keys[None, self._parts] * np.uint64(
            CELL_MULTIPLIER
        )
        self._entity = np.ascontiguousarray(keys.ravel())
        self._mean = np.tile(mean[self._parts], stations)
        self._per_dispersion = np.ones(self._mean.size)
        decay = np.empty(self._mean.size)
        decay_row(self._per_dispersion, decay)
        self._none = np.empty(self._mean.size)
        zero_probability_row(self._mean, decay, self._none)
        self._key = context.stream(Purpose.PART_DEMAND)

    def open(self) -> None:
        """Start the first day."""
        if self._entity.size:
            self._begin_day(0)

    def _begin_day(self, day: int) -> None:
        units = np.zeros(self._entity.size, np.int32)
        ordinal = self._context.first_ordinal + day
        draws = uniform_array(self._key, self._entity, ordinal)
        count_row(draws, self._none, self._mean, self._per_dispersion, units)
        start = day * SECONDS_PER_DAY
        for unit in range(int(units.max())):
            cells = np.flatnonzero(units > unit)
            seconds = uniform_array(self._key, self._entity[cells], ordinal, unit + 1)
            station, column = np.divmod(cells, self._parts.size)
            rows = (start + (seconds.astype(np.int64) * SECONDS_PER_DAY >> 32), station, self._parts[column])
            for second, place, part in zip(*(column.tolist() for column in rows), strict=True):
                at(self._context.environment, second, Turn.REPORT, self._asked(place, part))
        if start + SECONDS_PER_DAY < self._context.end_second:
            at(
                self._context.environment,
                start + SECONDS_PER_DAY,
                Turn.PEOPLE,
                lambda: self._begin_day(day + 1),
            )

    def _asked(self, station: int, part: int) -> Callable[[], None]:
        return lambda: self._demand(station, part)
