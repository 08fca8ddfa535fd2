"""When stores take goods."""

from __future__ import annotations

import numpy as np

from scenarios import Columns, Store
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.depot.stock import IntArray
from sim.world import World


class ReceivingHours:
    """Time windows of all stores: one a day, or two with a pause between them."""

    def __init__(self, stores: Columns[Store]) -> None:
        """Work them out.

        Args:
            stores: the table.
        """
        self.opens_second = _seconds(stores["receives_from_hour"])
        """(stores,) second of the day."""
        first_ends = _seconds(stores["receives_until_hour"])
        has_two = stores["receives_again_until_hour"] > 0
        self.closes_second = np.where(has_two, _seconds(stores["receives_again_until_hour"]), first_ends)
        """(stores,) second of the day, 86,400 for midnight: end of the last window."""
        self.pause_starts_second = first_ends
        """(stores,) second of the day: end of the first window."""
        self.pause_ends_second = np.where(has_two, _seconds(stores["receives_again_from_hour"]), first_ends)
        """(stores,) second of the day: start of the second window; the end of the first one where there is no other."""


class Windows(ReceivingHours):
    """The same, and on which days stores are open."""

    def __init__(self, world: World, days_until_open: IntArray) -> None:
        """Work the windows out.

        Args:
            world: the stores.
            days_until_open: (days, stores), 0 when the store is open.
        """
        super().__init__(world.scenario.network.stores)
        self.of_day = np.stack((self.opens_second, self.pause_starts_second, self.pause_ends_second))
        """(3, stores): opens, and begins and ends its pause."""
        # Of lists single numbers are read several times faster than of arrays.
        self._opens: list[int] = self.opens_second.tolist()
        self._pauses: list[int] = self.pause_starts_second.tolist()
        self._resumes: list[int] = self.pause_ends_second.tolist()
        self._closes: list[int] = self.closes_second.tolist()
        self._days_until_open = days_until_open

    def is_open(self, store: int, day: int) -> bool:
        """Whether a store takes goods on a day; days after the run are taken as open."""
        return day >= len(self._days_until_open) or int(self._days_until_open[day, store]) == 0

    def next_second(self, store: int, second: int) -> int:
        """The first second from the given one on at which a store takes goods."""
        day, rest = divmod(second, SECONDS_PER_DAY)
        if rest > self._closes[store]:
            day, rest = day + 1, 0
        while not self.is_open(store, day):
            day, rest = day + 1, 0
        return self.unloading_begins(store, day * SECONDS_PER_DAY + rest)

    def unloading_begins(self, store: int, second: int) -> int:
        """The second at which a truck that has come is unloaded: at once, or when a window opens that day."""
        midnight = second - second % SECONDS_PER_DAY
        begins = max(second - midnight, self._opens[store])
        if self._pauses[store] < begins < self._resumes[store]:
            begins = self._resumes[store]
        return midnight + begins

    def window_ends(self, store: int, second: int) -> int:
        """The end of the window for which something is planned, by its second of arrival."""
        midnight = second - second % SECONDS_PER_DAY
        is_first = second - midnight <= self._pauses[store]
        return midnight + (self._pauses if is_first else self._closes)[store]


def _seconds(hours: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> IntArray:
    return np.rint(hours * SECONDS_PER_HOUR).astype(np.int64)
