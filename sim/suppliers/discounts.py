"""What suppliers pay back at the end of a period to who has bought much in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import Supplier
from sim.suppliers.lines import Line

IntArray = npt.NDArray[np.int64]

PERIOD_DAYS = 28


class VolumeDiscounts:
    """Units and value ordered in the running period, by centre and supplier. An unfinished period pays nothing."""

    def __init__(self, suppliers: tuple[Supplier, ...], centres: int) -> None:
        self._steps = [
            [(step.units, step.discount_share) for step in supplier.volume_discounts]
            for supplier in suppliers
        ]
        self.is_offered = any(self._steps)
        """Whether some supplier pays anything back."""
        self._units = np.zeros((centres, len(suppliers)), np.int64)
        self._value = np.zeros((centres, len(suppliers)), np.int64)

    def note(self, lines: IntArray) -> None:
        """Take note of (len(Line), k) lines that are ordered."""
        if not self.is_offered:
            return
        place = (lines[Line.CENTRE], lines[Line.SUPPLIER])
        np.add.at(self._units, place, lines[Line.UNITS])
        np.add.at(self._value, place, lines[Line.COST])

    def is_due(self, day: int) -> bool:
        """Whether a period ends with this day."""
        return self.is_offered and (day + 1) % PERIOD_DAYS == 0

    def settle(self) -> list[tuple[int, int, int]]:
        """Close the period: centre, purchase value and what is paid back on it, both in minor units."""
        paid = []
        for supplier, steps in enumerate(self._steps):
            units = int(self._units[:, supplier].sum())
            share = max((share for least, share in steps if units >= least), default=0.0)
            for centre, value in enumerate(self._value[:, supplier].tolist()):
                if share > 0 and value > 0:
                    paid.append((centre, value, round(value * share)))
        self._units[:] = self._value[:] = 0
        return paid
