"""Parts in service stations: whoever asks gets what is there, or waits for what comes; records may be wrong."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, NOT_YET, Echelon, MoveReason, PartSource, Request
from sim.aftersales.rooms import Rooms
from sim.parts.centres import Centres
from sim.parts.facts import IntArray, PartFacts
from sim.parts.stock import Stock
from sim.parts.transport import Transport

# Members of enumerations are looked up slowly, and these are needed at every step.
_STATION: Final = int(Echelon.STATION)
_VAN: Final = int(Echelon.VAN)
_SET_ASIDE: Final = int(MoveReason.SET_ASIDE)


class Wait:
    """Somebody who waits at a station for a part."""

    __slots__ = ("asked_second", "is_over", "part", "request", "source", "station")

    def __init__(
        self, station: int, part: int, request: Request | None, source: int, asked_second: int
    ) -> None:
        self.station, self.part, self.request, self.source = station, part, request, source
        self.asked_second = asked_second
        self.is_over = False


class Stations:
    """Stock of parts in stations. Those who wait are served in the order in which they came."""

    def __init__(
        self, context: Context, facts: PartFacts, stock: Stock, centres: Centres, transport: Transport
    ) -> None:
        self._context = context
        self._facts = facts
        self._stock = stock
        self._centres = centres
        self._transport = transport
        self._pile = stock.stations
        shape = self._pile.units.shape
        self.set_aside = np.zeros(shape, np.int64)
        """(stations, parts) units that lie there for a request."""
        self.on_order = np.zeros(shape, np.int64)
        """(stations, parts) on the way to it, or owed to it by its centre."""
        self.owed = np.zeros(shape, np.int64)
        """(stations, parts) units that somebody waits for."""
        self._waiting: dict[tuple[int, int], deque[Wait]] = {}
        self._wait_of: dict[int, Wait] = {}
        """Waits by request, until the part is put in."""
        self._is_continuous = facts.policy.continuous_review
        self._write_demand = context.recorder.writer("part_demands")
        self._write_request = context.recorder.writer("part_requests")
        self._write_count = context.recorder.writer("part_counts")

    def connect(self, rooms: Rooms) -> None:
        """Say who is told of parts that are ready."""
        self._field = rooms.field
        self._transport.connect(self.receive)

    @property
    def spare(self) -> IntArray:
        """(stations, parts) units that are there for nobody in particular."""
        return np.asarray(self._pile.units - self.set_aside)

    @property
    def position(self) -> IntArray:
        """(stations, parts) inventory position as the record has it."""
        return np.asarray(self.spare - self._stock.deviation + self.on_order - self.owed)

    def finds(self, station: int, part: int) -> bool:
        """Look for a unit on the shelf; a record that promises one in vain is put right."""
        if self._pile.units[station, part] > self.set_aside[station, part]:
            return True
        self.put_right(station, part)
        return False

    def put_right(self, station: int, part: int) -> None:
        """A unit on record was not found: what is there is written down."""
        deviation = int(self._stock.deviation[station, part])
        if deviation:
            self._write_count([self._context.now, station, part, deviation, 1])
            self._stock.deviation[station, part] = 0

    def has_on_record(self, station: int, part: int) -> bool:
        """Whether the record shows a unit for whoever comes."""
        cell = station, part
        return bool(self._pile.units[cell] - self._stock.deviation[cell] > self.set_aside[cell])

    def is_waiting(self, request: Request) -> bool:
        """Whether a request waits for a part here, or has one set aside."""
        return request.number in self._wait_of

    def demand(self, station: int, part: int, *, is_filled: bool, request: int) -> None:
        """Write down that one unit is asked of a station."""
        self._write_demand([self._context.now, _STATION, station, part, 1, int(is_filled), request])

    def hand_over(self, station: int, part: int) -> None:
        """Somebody wants a unit for something else than a request, and waits if there is none."""
        is_there = self.finds(station, part)
        self.demand(station, part, is_filled=is_there, request=NOBODY)
        if is_there:
            self._hand_out(station, part)
        else:
            self._wait(Wait(station, part, None, PartSource.NONE, self._context.now))
        self.review(station, part)

    def set_aside_for(self, request: Request, part: int, asked_second: int) -> None:
        """Keep a unit of the shelf for a request."""
        self._keep(Wait(request.station, part, request, PartSource.STATION, asked_second))
        self.review(request.station, part)

    def wait_for(self, request: Request, part: int, source: PartSource, asked_second: int) -> None:
        """A request waits for a unit that somebody will send."""
        self._wait(Wait(request.station, part, request, source, asked_second))
        self.on_order[request.station, part] += 1

    def give_to(self, station: int, part: int) -> int:
        """Take a spare unit from the shelf for another station; returns whether it is defective."""
        bad = self._stock.take(self._pile, station, part, 1)
        self.review(station, part)
        return bad

    def review(self, station: int, part: int) -> None:
        """Order from the centre at once where stock is reviewed continuously."""
        if not self._is_continuous:
            return
        cell = station, part
        position = int(
            self._pile.units[cell] - self.set_aside[cell] - self._stock.deviation[cell] + self.on_order[cell]
            - self.owed[cell]
        )  # fmt: skip
        units = self._facts.stations.missing(station, part, position)
        if units:
            self.on_order[cell] += units
            self._centres.order(station, part, units)

    def review_many(self, station: IntArray, part: IntArray) -> None:
        """Review (k,) parts, one after the other, where stock is reviewed continuously."""
        if self._is_continuous:
            for place, item in sorted({*zip(station.tolist(), part.tolist(), strict=True)}):
                self.review(place, item)

    def order_all(self) -> None:
        """All stations order from their centres."""
        station, part, units = self._facts.stations.wanted(self.position)
        self.on_order[station, part] += units
        self._centres.order_many(station, part, units)

    def receive(self, station: int, part: int, units: int, bad: int) -> None:
        """Units have come: those who wait get them first."""
        self.on_order[station, part] -= units
        self._stock.put(self._pile, station, part, units, bad)
        self._serve(station, part)

    def _serve(self, station: int, part: int) -> None:
        """Give spare units to those who wait."""
        waiting = self._waiting.get((station, part))
        while waiting and self._pile.units[station, part] > self.set_aside[station, part]:
            wait = waiting.popleft()
            if wait.is_over:
                continue
            self.owed[station, part] -= 1
            if wait.request is None:
                self._hand_out(station, part)
            else:
                self._keep(wait)

    def take_set_aside(self, technician: int, request: Request) -> tuple[int, int, int]:
        """A technician takes what was set aside; returns part, source, and whether it is defective."""
        wait = self._wait_of.pop(request.number)
        station, part, now = wait.station, wait.part, self._context.now
        self.set_aside[station, part] -= 1
        bad = self._stock.take(self._pile, station, part, 1)
        source, goal = (_STATION, station), (_VAN, technician)
        self._stock.move(part, 1, source, goal, now, now, _SET_ASIDE, request.number)
        return part, wait.source, bad

    def _wait(self, wait: Wait) -> None:
        self._waiting.setdefault((wait.station, wait.part), deque()).append(wait)
        self.owed[wait.station, wait.part] += 1
        if wait.request is not None:
            self._wait_of[wait.request.number] = wait

    def _keep(self, wait: Wait) -> None:
        """Set a unit aside for a request, and tell the field."""
        request, now = wait.request, self._context.now
        assert request is not None
        self.set_aside[wait.station, wait.part] += 1
        wait.is_over = True
        self._wait_of[request.number] = wait
        request.part_ready_second = now
        self._write_request([request.number, wait.part, wait.station, wait.asked_second, now, wait.source])
        self._field.part_ready(request)

    def _hand_out(self, station: int, part: int) -> None:
        self._stock.take(self._pile, station, part, 1)
        self._stock.use(self._pile, station, part, NOBODY, int(self._facts.centre_of_station[station]))

    def forget(self, request: Request) -> None:
        """A request that is closed needs its part no longer: whoever waits next gets it."""
        wait = self._wait_of.pop(request.number, None)
        if wait is None:
            return
        if not wait.is_over:
            wait.is_over = True
            self.owed[wait.station, wait.part] -= 1
            self._write_request(
                [request.number, wait.part, wait.station, wait.asked_second, NOT_YET, wait.source]
            )
            return
        self.set_aside[wait.station, wait.part] -= 1
        self._serve(wait.station, wait.part)

    def close(self) -> None:
        """Write down who still waits when the run ends."""
        for wait in self._wait_of.values():
            if not wait.is_over and wait.request is not None:
                self._write_request(
                    [wait.request.number, wait.part, wait.station, wait.asked_second, NOT_YET, wait.source]
                )
