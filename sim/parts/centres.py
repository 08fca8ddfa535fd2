"""Parts in distribution centres: stations order from them, and wait where there is too little."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, Echelon
from sim.parts.facts import IntArray, PartFacts
from sim.parts.stock import Stock, dealt_out
from sim.parts.transport import Transport
from sim.recorder import TABLES
from sim.streams import Purpose, uniform_array

Backorder = list[int]
"""Station, units still owed, request."""


class Centres:
    """Stock of parts in centres, what they owe to stations, and what is to come.

    First come, first served, but jobs that wait for a part go before the filling up of stations. What a centre cannot
    send at once it owes, and sends as soon as it comes in.
    """

    def __init__(self, context: Context, facts: PartFacts, stock: Stock, transport: Transport) -> None:
        self._context = context
        self._facts = facts
        self._stock = stock
        self._transport = transport
        self._pile = stock.centres
        shape = self._pile.units.shape
        self.on_order = np.zeros(shape, np.int64)
        """(centres, parts) ordered from suppliers and not taken in."""
        self.owed = np.zeros(shape, np.int64)
        """(centres, parts) ordered by stations and not sent."""
        self._backorders: dict[tuple[int, int], tuple[deque[Backorder], deque[Backorder]]] = {}
        self._write_demand = context.recorder.writer("part_demands")
        self._ties_key = context.stream(Purpose.ALLOCATION_TIES)
        self._changed: Callable[[int, int], None] = _nothing

    def connect(self, changed: Callable[[int, int], None]) -> None:
        """Say who is told at once, with centre and part, of lower inventory positions."""
        self._changed = changed

    @property
    def position(self) -> IntArray:
        """(centres, parts) on hand, on order and in the repair shop, less what is owed."""
        return np.asarray(self._pile.units + self.on_order + self._stock.shop.units - self.owed)

    def position_of(self, centre: int, part: int) -> int:
        """Inventory position of one part."""
        cell = centre, part
        return int(
            self._pile.units[cell] + self.on_order[cell] + self._stock.shop.units[cell] - self.owed[cell]
        )

    def spare(self, centre: int, part: int) -> int:
        """Units that nobody waits for."""
        return int(self._pile.units[centre, part])

    def order(self, station: int, part: int, units: int, request: int = NOBODY) -> None:
        """Take an order of a station; one for a request goes before others."""
        centre = int(self._facts.centre_of_station[station])
        sent = min(units, self.spare(centre, part))
        self._write_demand([self._context.now, Echelon.CENTRE, centre, part, units, sent, request])
        if sent:
            bad = self._stock.take(self._pile, centre, part, sent)
            self._transport.send(centre, station, [part], [sent], [bad], request)
        if sent < units:
            self._owe(centre, station, part, units - sent, request)
        self._changed(centre, part)

    def take_for(self, station: int, part: int, request: int) -> int:
        """Take a unit that goes to a request by courier; returns whether it is defective."""
        centre = int(self._facts.centre_of_station[station])
        self._write_demand([self._context.now, Echelon.CENTRE, centre, part, 1, 1, request])
        bad = self._stock.take(self._pile, centre, part, 1)
        self._changed(centre, part)
        return bad

    def order_many(self, station: IntArray, part: IntArray, units: IntArray) -> None:
        """Take the orders of an evening, (k,) lines each; who comes first among stations is drawn every day."""
        if not station.size:
            return
        now, ordinal = self._context.now, self._context.first_ordinal + self._context.now // 86_400
        rank = uniform_array(self._ties_key, self._facts.station_keys, ordinal)[station]
        order = np.lexsort((part, station, rank))
        station, part, units = station[order], part[order], units[order]
        centre = self._facts.centre_of_station[station]
        sent = dealt_out(centre * self._facts.parts + part, units, self._pile.units.ravel())
        rows = np.empty((station.size, len(TABLES["part_demands"])), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = now, Echelon.CENTRE, centre, part
        rows[:, 4], rows[:, 5], rows[:, 6] = units, sent, NOBODY
        self._context.recorder.add("part_demands", rows)
        some = np.flatnonzero(sent)
        bad = self._stock.take_many(self._pile, centre[some], part[some], sent[some])
        self._send_lots(centre[some], station[some], part[some], sent[some], bad)
        for line in np.flatnonzero(sent < units).tolist():
            missing = int(units[line] - sent[line])
            self._owe(int(centre[line]), int(station[line]), int(part[line]), missing, NOBODY)

    def _send_lots(
        self, centre: IntArray, station: IntArray, part: IntArray, units: IntArray, bad: IntArray
    ) -> None:
        """Send lines, those of a station together."""
        edges = np.flatnonzero(np.diff(station)) + 1
        starts = [0, *edges.tolist(), station.size] if station.size else [0]
        for first, last in pairwise(starts):
            self._transport.send(
                int(centre[first]), int(station[first]), part[first:last].tolist(), units[first:last].tolist(),
                bad[first:last].tolist(),
            )  # fmt: skip

    def _owe(self, centre: int, station: int, part: int, units: int, request: int) -> None:
        urgent, others = self._backorders.setdefault((centre, part), (deque(), deque()))
        (others if request == NOBODY else urgent).append([station, units, request])
        self.owed[centre, part] += units

    def look_at(self, centre: int, part: int) -> None:
        """A unit that was counted on will not come."""
        self._changed(centre, part)

    def receive(self, centre: int, part: int, units: int, bad: int) -> None:
        """Take units into stock, and send on what is owed."""
        self._stock.put(self._pile, centre, part, units, bad)
        if self.owed[centre, part]:
            for queue in self._backorders[centre, part]:
                while queue and self._pile.units[centre, part]:
                    self._send_owed(centre, part, queue)

    def _send_owed(self, centre: int, part: int, queue: deque[Backorder]) -> None:
        station, units, request = queue[0]
        sent = min(units, self.spare(centre, part))
        bad = self._stock.take(self._pile, centre, part, sent)
        self.owed[centre, part] -= sent
        if sent == units:
            queue.popleft()
        else:
            queue[0][1] -= sent
        self._transport.send(centre, station, [part], [sent], [bad], request)


def _nothing(centre: int, part: int) -> None:
    """Nobody reviews stock between evenings."""
