"""How long a purchase order line takes from the supplier to the centre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scenarios import Distribution
from sim.goods import LONGEST_LEAD_TIME_DAYS, whole_day_thresholds
from sim.kernels.tables import table_draw
from sim.streams import StreamKey, uniform_array

IntArray = npt.NDArray[np.int64]
_RANDOM = -1


@dataclass(frozen=True, eq=False)
class LeadTimes:
    """How lead times of one mode of delivery are drawn: what no replication changes."""

    thresholds: tuple[npt.NDArray[np.uint64], ...]
    """By supplier: cumulative distribution of whole days."""
    constant_days: IntArray
    """(suppliers,) -1 where it is random."""

    @classmethod
    def of(cls, distributions: Sequence[Distribution]) -> LeadTimes:
        """Work out the tables from which lead times are drawn, one distribution per supplier."""
        tables = tuple(whole_day_thresholds(days, LONGEST_LEAD_TIME_DAYS) for days in distributions)
        constant_days = [
            int(table_draw(np.uint32(0), table)) if days.variance() == 0 else _RANDOM
            for days, table in zip(distributions, tables, strict=True)
        ]
        return cls(tables, np.array(constant_days))

    @cached_property
    def is_random(self) -> npt.NDArray[np.bool_]:
        """(suppliers,) whether draws are needed."""
        return np.asarray(self.constant_days == _RANDOM)

    @cached_property
    def _drawn(self) -> list[int]:
        """Suppliers for which draws are needed."""
        return np.flatnonzero(self.is_random).tolist()

    def draw(
        self, key: StreamKey, supplier: IntArray, entity: npt.NDArray[np.uint64], ordinal: int
    ) -> IntArray:
        """Whole days of some lines.

        Args:
            key: stream.
            supplier: (lines,).
            entity: (lines,) keys of supplier, centre and SKU.
            ordinal: ordinal of the date on which the lines leave.
        """
        days: IntArray = self.constant_days[supplier]
        for index in self._drawn:
            lines = np.flatnonzero(supplier == index)
            if lines.size:
                draws = uniform_array(key, entity[lines], ordinal)
                days[lines] = np.searchsorted(self.thresholds[index], draws.astype(np.uint64), side="right")
        return days
