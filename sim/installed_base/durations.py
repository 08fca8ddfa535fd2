"""Minutes of work of many kinds of job at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import Distribution
from sim.durations import Durations

_SECONDS_PER_MINUTE: Final = 60.0
_TABLE_BITS: Final = 12
_SHIFT: Final = np.uint32(32 - _TABLE_BITS)

IntArray = npt.NDArray[np.int64]


class WorkTimes:
    """One distribution of minutes per kind of job, read from tables side by side; see `Durations`."""

    def __init__(self, distributions: Sequence[Distribution]) -> None:
        self._seconds = np.array([_table(item) for item in distributions], np.int64)

    def seconds(self, kind: IntArray, draws: npt.NDArray[np.uint32]) -> IntArray:
        """Whole seconds for (n,) jobs of some kinds."""
        if not kind.size:
            return np.zeros(0, np.int64)
        chosen: IntArray = self._seconds[kind, draws >> _SHIFT]
        return chosen


@lru_cache(maxsize=512)
def _table(distribution: Distribution) -> IntArray:
    draws = np.arange(1 << _TABLE_BITS, dtype=np.uint32) << _SHIFT
    return Durations(distribution, _SECONDS_PER_MINUTE).array(draws)
