"""When goods leave a supplier: at once, after a disruption, or when its capacity comes to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scenarios import Supplier
from sim.goods import LONGEST_LEAD_TIME_DAYS, whole_day_thresholds
from sim.kernels.elementary import exp
from sim.streams import Purpose, entity_key, stream_key, uniform, uniform_array
from sim.suppliers.lines import Line
from sim.suppliers.supply import Supply

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_DAYS_PER_YEAR = 365.0
_WORDS = 2.0**32


def disrupted_days(
    suppliers: Sequence[Supplier], days: int, first_ordinal: int, seed: int, replication: int
) -> BoolArray:
    """Days on which nothing leaves, (days, suppliers).

    A disruption begins on a day with probability 1 - exp(-rate); those that begin before the first day count as far
    as they reach into the run. Draws are keyed by supplier and date.
    """
    disrupted = np.zeros((days, len(suppliers)), np.bool_)
    key = stream_key(seed, replication, Purpose.SUPPLIER_DISRUPTION)
    for index, supplier in enumerate(suppliers):
        if supplier.disruptions is None:
            continue
        begins = round((1.0 - exp(-supplier.disruptions.per_year / _DAYS_PER_YEAR)) * _WORDS)
        lengths = whole_day_thresholds(supplier.disruptions.length_days, LONGEST_LEAD_TIME_DAYS)
        entity = entity_key(supplier.id)
        for day in range(-LONGEST_LEAD_TIME_DAYS, days):
            if uniform(key, entity, first_ordinal + day) < begins:
                draw = np.uint64(uniform(key, entity, first_ordinal + day, 1))
                length = int(np.searchsorted(lengths, draw, side="right"))
                disrupted[max(0, day) : max(0, day + length), index] = True
    return disrupted


class Shipping:
    """The gates of all suppliers: who leaves on which day, first come, first served."""

    def __init__(self, supply: Supply, disrupted: BoolArray, seed: int, replication: int) -> None:
        self._supply = supply
        self._days = len(disrupted)
        self._queue_key = stream_key(seed, replication, Purpose.SUPPLIER_QUEUE)
        self._is_limited = supply.capacity > 0
        self._left = np.where(disrupted, 0, supply.capacity)
        """(days, suppliers) units that can still leave; only where capacity is limited."""
        self._next_open = _next_open(disrupted)
        self._is_plain = not (disrupted.any() or self._is_limited.any())

    def leave(self, lines: IntArray, day: int, ordinal: int) -> IntArray:
        """Give each line the day on which it leaves; lines that capacity tears apart come back in parts.

        Lines that reach a limited supplier on one day queue in random order, those of earlier days before them.

        Args:
            lines: (len(Line), k) ready on a day.
            day: day of the run.
            ordinal: ordinal of its date.

        Returns:
            (len(Line), k or more) with `Line.SHIPPED` filled in.
        """
        lines[Line.SHIPPED] = day
        if self._is_plain:
            return lines
        supplier = lines[Line.SUPPLIER]
        lines[Line.SHIPPED] = self._next_open[day, supplier]
        limited = self._is_limited[supplier]
        if not limited.any():
            return lines
        parts = [lines[:, ~limited]]
        parts += [
            self._queued(lines[:, supplier == index], index, day, ordinal)
            for index in np.unique(supplier[limited]).tolist()
        ]
        return np.concatenate(parts, axis=1)

    def _queued(self, lines: IntArray, supplier: int, day: int, ordinal: int) -> IntArray:
        entity = self._supply.entity[supplier, lines[Line.CENTRE], lines[Line.SKU]]
        draw = uniform_array(self._queue_key, entity, ordinal)
        left, parts = self._left[:, supplier], []
        for column in np.argsort(draw, kind="stable").tolist():
            units = int(lines[Line.UNITS, column])
            gone, worth, total = 0, 0, int(lines[Line.COST, column])
            while gone < units:
                while day < self._days and left[day] == 0:
                    day += 1
                now = units - gone if day == self._days else min(units - gone, int(left[day]))
                if day < self._days:
                    left[day] -= now
                gone += now
                part = lines[:, column].copy()
                part[Line.UNITS], part[Line.SHIPPED] = now, day
                part[Line.COST] = total * gone // units - worth
                part[Line.IS_SPLIT] |= now < units
                part[Line.IS_FOLLOW_UP] |= gone > now
                worth += int(part[Line.COST])
                parts.append(part)
        return np.stack(parts, axis=1)


def _next_open(disrupted: BoolArray) -> IntArray:
    """(days, suppliers) the first day, not before a day, on which the supplier ships; the end of the run if none."""
    days = len(disrupted)
    following = np.full(disrupted.shape[1], days, np.int64)
    open_day = np.empty(disrupted.shape, np.int64)
    for day in range(days - 1, -1, -1):
        following = np.where(disrupted[day], following, day)
        open_day[day] = following
    return open_day
