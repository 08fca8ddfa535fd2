"""Fixed rounds: the same stores on the same weekdays, in the same order."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios import WEEKDAYS, Routes


class FixedRounds:
    """The rounds of one centre."""

    def __init__(self, routes: Routes, store_ids: Sequence[str], start_weekday: int) -> None:
        """Take those of the policy.

        Args:
            routes: policy.
            store_ids: (stores,) ids, by which it names stores.
            start_weekday: weekday of day 0, Monday = 0.
        """
        index = {name: number for number, name in enumerate(store_ids)}
        self._start_weekday = start_weekday
        self._called_at: dict[str, frozenset[int]] = {}
        self._rounds = [
            ([index[name] for name in route.stores], frozenset(route.weekdays)) for route in routes.master
        ]

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._rounds)

    def take(self, stores: Sequence[list[int]]) -> None:
        """Take the stores of each round, driven every day, in the place of all there are."""
        self._rounds = [(list(round_), frozenset(WEEKDAYS)) for round_ in stores]
        self._called_at = {}

    def calls_at(self, store: int, day: int) -> bool:
        """Whether a round calls at a store on a day; always without rounds."""
        if not self._rounds:
            return True
        weekday = self._weekday(day)
        if weekday not in self._called_at:
            self._called_at[weekday] = frozenset(
                store for stores, weekdays in self._rounds if weekday in weekdays for store in stores
            )
        return store in self._called_at[weekday]

    def sequences(self, stores: Sequence[int], day: int) -> list[list[int]]:
        """Rounds of a day as numbers of stops.

        Args:
            stores: (n,) store of each stop; rounds leave out those that are not among them.
            day: of the run.
        """
        weekday = self._weekday(day)
        stop_of = {store: stop for stop, store in enumerate(stores)}
        rounds = [
            [stop_of.pop(store) for store in called if store in stop_of]
            for called, weekdays in self._rounds
            if weekday in weekdays
        ]
        return [stops for stops in rounds if stops]

    def _weekday(self, day: int) -> str:
        return WEEKDAYS[(self._start_weekday + day) % len(WEEKDAYS)]


__all__ = ["FixedRounds"]
