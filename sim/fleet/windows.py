"""When stores take goods."""

from __future__ import annotations

import numpy as np

from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.depot.stock import IntArray
from sim.world import World


class Windows:
    """Time windows of all stores, on open days."""

    def __init__(self, world: World, days_until_open: IntArray) -> None:
        """Work the windows out.

        Args:
            world: the stores.
            days_until_open: (days, stores), 0 when the store is open.
        """
        stores = world.scenario.network.stores
        self.opens_second = _seconds(stores["receives_from_hour"])
        """(stores,) second of the day."""
        self.closes_second = _seconds(stores["receives_until_hour"])
        """(stores,) second of the day, 86,400 for midnight."""
        self._days_until_open = days_until_open

    def is_open(self, store: int, day: int) -> bool:
        """Whether a store takes goods on a day; days after the run are taken as open."""
        return day >= len(self._days_until_open) or int(self._days_until_open[day, store]) == 0

    def next_second(self, store: int, second: int) -> int:
        """The first second from the given one on at which a store takes goods."""
        day, rest = divmod(second, SECONDS_PER_DAY)
        if rest > self.closes_second[store]:
            day, rest = day + 1, 0
        while not self.is_open(store, day):
            day, rest = day + 1, 0
        return day * SECONDS_PER_DAY + max(rest, int(self.opens_second[store]))


def _seconds(hours: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> IntArray:
    return np.rint(hours * SECONDS_PER_HOUR).astype(np.int64)
