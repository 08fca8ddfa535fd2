"""Pricing of the routes of one depot: the cheapest ones at given duals, and what no route can be below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimize.arguments import FloatArray, IntArray
from optimize.routing.bounds.kernels import (
    FINISHED,
    FULL,
    IS_LOOSE,
    NUMBERS,
    WORK,
    Completions,
    Labels,
    LinkArray,
    Search,
    begin,
    complete,
    extend,
    least_unfinished,
)  # fmt: skip
from optimize.routing.bounds.network import Memory, Network

_BUCKETS = 512
_FIRST_ROOM = 1 << 15
MOST_LABELS = 1 << 21
_CHUNK = 5_000_000
"""Comparisons of labels between two looks at the keyboard: about 0.05 s."""
_STEPS_PER_COMPARISON = 4
"""A comparison takes as long as so many steps of the completion bounds."""


@dataclass(frozen=True, eq=False)
class Priced:
    """Routes found at given duals."""

    routes: tuple[IntArray, ...]
    """Stops of routes of negative reduced cost, cheapest first; one may name a stop twice."""
    least: float
    """No route has a smaller reduced cost; minus infinity where that is not known."""
    work: int
    """Steps."""


class Pricer:
    """Prices the routes of one depot again and again."""

    def __init__(self, network: Network, memory: Memory) -> None:
        """Make room for the completion bounds and for some labels."""
        self.network = network
        self._memory = memory
        stops, cells = len(network.load), network.cells
        self._completions = Completions(
            best=np.full((stops, cells), np.inf),
            following=np.full((stops, cells), -1, dtype=np.int32),
            second=np.full((stops, cells), np.inf),
        )
        steps = np.broadcast_to(network.load, (stops, stops)) if network.is_cut_by_load else network.step
        self._jump = np.ones((stops, stops), dtype=np.int32)
        opens = np.zeros(stops) if network.is_cut_by_load else network.opens
        self._open_cell = (opens / network.cell_size).astype(np.int32)
        is_leg = network.cost < np.inf
        self._jump[is_leg] = np.minimum(steps[is_leg] / network.cell_size, cells).astype(np.int32)
        self._labels = _room(_FIRST_ROOM)
        self._reduced = network.cost
        self._leave = network.leave_cost

    @property
    def steps_of_relaxation(self) -> int:
        """Work of `relax`."""
        return len(self._leave) ** 2 * self.network.cells

    def price_at(
        self, stop_duals: FloatArray, depot_dual: float, leg_prices: FloatArray, leave_prices: FloatArray
    ) -> None:
        """Set the duals of stops and the depot, and the prices of legs and first legs; work out completion bounds."""
        self._reduced = self.network.cost - stop_duals[None, :] - leg_prices
        self._leave = self.network.leave_cost - stop_duals - depot_dual - leave_prices
        complete(self.network, self._reduced, self._jump, self._open_cell, self._memory, self._completions)

    def relaxed_least(self) -> float:
        """No route has a smaller reduced cost than this, by the completion bounds alone."""
        network = self.network
        at = network.load if network.is_cut_by_load else network.arrival
        cell = np.minimum((at / network.cell_size).astype(np.int64), network.cells - 1)
        is_served = self._leave < np.inf
        whole = self._leave[is_served] + self._completions.best[is_served, cell[is_served]]
        return float(whole.min(initial=np.inf))

    def routes(self, cutoff: float, work_limit: int, *, is_loose: bool) -> Priced:
        """Find routes cheaper than a reduced cost.

        Args:
            cutoff: That reduced cost.
            work_limit: Most steps.
            is_loose: Whether a label may be dropped for one with more load that remembers more: quick, proves nothing.
        """
        network, memory, completions = self.network, self._memory, self._completions
        search = self._empty_search(is_loose)
        numbers, most = search.numbers, work_limit // _STEPS_PER_COMPARISON + 1
        begin(network, memory, completions, self._leave, self._labels, search, cutoff)
        while True:
            left = most - int(numbers[WORK])
            state = extend(
                network, memory, completions, self._reduced, self._labels, search, cutoff, min(_CHUNK, left)
            )
            if state == FULL and len(self._labels.node) < MOST_LABELS:
                self._labels = _doubled(self._labels)
            elif state in (FINISHED, FULL) or numbers[WORK] >= most:
                break
        found = [
            node for node in np.argsort(search.end_cost, kind="stable") if search.end_cost[node] < cutoff
        ]
        least = min(cutoff, float(search.end_cost.min()))
        if is_loose:
            least = -np.inf
        elif state != FINISHED:
            least = min(least, least_unfinished(network, memory, completions, self._labels, search))
        routes = tuple(self._stops_to(int(search.end[node])) for node in found)
        return Priced(routes, least, int(numbers[WORK]) * _STEPS_PER_COMPARISON)

    def _empty_search(self, is_loose: bool) -> Search:
        stops = len(self._leave)
        search = Search(
            at_node=np.full(stops, -1, dtype=np.int32),
            in_bucket=np.full(_BUCKETS, -1, dtype=np.int32),
            bucket_size=np.array([max(float(self.network.closes.max()), 1e-9) / _BUCKETS]),
            end=np.full(stops, -1, dtype=np.int32),
            end_cost=np.full(stops, np.inf),
            numbers=np.zeros(NUMBERS, dtype=np.int64),
        )
        search.numbers[IS_LOOSE] = is_loose
        return search

    def _stops_to(self, label: int) -> IntArray:
        stops = []
        while label >= 0:
            stops.append(int(self._labels.node[label]))
            label = int(self._labels.parent[label])
        return np.array(stops[::-1], dtype=np.int64)


def _room(size: int) -> Labels:
    def links() -> LinkArray:
        return np.zeros(size, dtype=np.int32)

    return Labels(
        node=links(),
        parent=links(),
        next_at_node=links(),
        next_in_bucket=links(),
        cost=np.zeros(size),
        first=np.zeros(size),
        load=np.zeros(size),
        remembered=np.zeros(size, dtype=np.int64),
    )


def _doubled(labels: Labels) -> Labels:
    columns: Any = (np.concatenate([column, np.zeros_like(column)]) for column in labels)
    return Labels(*columns)


__all__ = ["MOST_LABELS", "Priced", "Pricer"]
