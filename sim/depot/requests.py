"""What stores ask a centre for per day, as buyers reckon it when no forecast is kept."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_MEMORY_DAYS: Final = 28


class Requests:
    """Mean units per day that stores asked each centre for: of all days at first, then smoothed over four weeks."""

    def __init__(self, centres: int, skus: int) -> None:
        self.units_per_day = np.zeros((centres, skus))
        """(centres, SKUs)."""
        self._days = 0

    def learn(self, asked: npt.NDArray[np.int32]) -> None:
        """Add a day; (centres, SKUs) units."""
        self._days = min(self._days + 1, _MEMORY_DAYS)
        self.units_per_day += (asked - self.units_per_day) / self._days
