"""Parts on their way from centres to stations: with the next delivery of a store, or by parcel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, NOT_YET, Echelon, MoveReason
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.parts.facts import IntArray
from sim.parts.stock import Stock
from sim.recorder import TABLES

Receive = Callable[[int, int, int, int], None]
"""Takes station, part, units and defective units that have come."""


class Shipment:
    """Parts that were sent to a station together."""

    __slots__ = ("bad", "left_second", "number", "part", "reason", "request", "source", "station", "units")

    def __init__(
        self, number: int, source: tuple[int, int], station: int, part: list[int], units: list[int], bad: list[int],
        left_second: int, reason: int, request: int,
    ) -> None:  # fmt: skip
        self.number, self.source, self.station, self.part = number, source, station, part
        self.units, self.bad, self.left_second, self.reason = units, bad, left_second, reason
        self.request = request


class Transport:
    """Everything that is on its way to a station.

    What a centre sends to a station with a store goes along with the first goods that leave for the store after it was
    handed over, if they get there sooner than a parcel; else it comes by parcel, after the station's lead time.
    """

    def __init__(self, context: Context, stock: Stock) -> None:
        self._context = context
        self._environment = context.environment
        self._stock = stock
        facts = context.facts
        self._lead_seconds = [days * SECONDS_PER_DAY for days in facts.station_lead_time_days]
        self._store = facts.station_store
        self._waiting: dict[int, dict[int, Shipment]] = {
            store: {} for store in facts.station_store if store >= 0
        }
        """By store: what goes with its next goods, by number."""
        self._under_way: dict[int, Shipment] = {}
        self._number = 0

    def connect(self, receive: Receive) -> None:
        """Say who takes what has come."""
        self._receive = receive
        if self._waiting:
            self._context.stores.listen(self._goods_leave)

    def send(
        self,
        centre: int,
        station: int,
        part: list[int],
        units: list[int],
        bad: list[int],
        request: int = NOBODY,
    ) -> None:
        """Send parts from a centre in the ordinary way."""
        now, lead = self._context.now, self._lead_seconds[station]
        source = (int(Echelon.CENTRE), centre)
        shipment = self._made(source, station, part, units, bad, int(MoveReason.REPLENISHMENT), request)
        if lead == 0:
            self._arrive(shipment)
            return
        if self._store[station] >= 0:
            self._waiting[self._store[station]][shipment.number] = shipment
        self._arrives_at(shipment, now + lead)

    def send_for(
        self,
        source: tuple[int, int],
        station: int,
        part: int,
        bad: int,
        seconds: int,
        reason: int,
        request: int,
    ) -> None:
        """Send one part for a request by a way of its own, which takes some time."""
        shipment = self._made(source, station, [part], [1], [bad], reason, request)
        self._arrives_at(shipment, self._context.now + seconds)

    def _made(
        self, source: tuple[int, int], station: int, part: list[int], units: list[int], bad: list[int], reason: int,
        request: int,
    ) -> Shipment:  # fmt: skip
        shipment = Shipment(
            self._number, source, station, part, units, bad, self._context.now, reason, request
        )
        self._number += 1
        self._under_way[shipment.number] = shipment
        return shipment

    def _arrives_at(self, shipment: Shipment, second: int) -> None:
        def arrive() -> None:
            if shipment.number in self._under_way:
                self._arrive(shipment)

        at(self._environment, second, Turn.PARTS_DELIVERY, arrive)

    def _goods_leave(self, stores: IntArray, left_second: int, arrival_second: int) -> None:
        """Goods for some stores have left the centre at a second, with what was waiting for them."""
        if not self._under_way:
            return
        for store in sorted({*stores.tolist()}):
            waiting = self._waiting.get(store)
            if not waiting:
                continue
            for shipment in [parts for parts in waiting.values() if parts.left_second <= left_second]:
                del waiting[shipment.number]
                if arrival_second < shipment.left_second + self._lead_seconds[shipment.station]:
                    self._arrives_at(shipment, arrival_second)

    def _arrive(self, shipment: Shipment) -> None:
        now, station = self._context.now, shipment.station
        del self._under_way[shipment.number]
        if self._store[station] >= 0:
            self._waiting[self._store[station]].pop(shipment.number, None)
        self._write(shipment, now)
        for part, units, bad in zip(shipment.part, shipment.units, shipment.bad, strict=True):
            self._receive(station, part, units, bad)

    def _write(self, shipment: Shipment, arrived: int) -> None:
        goal = (int(Echelon.STATION), shipment.station)
        if len(shipment.part) == 1:
            self._stock.move(
                shipment.part[0], shipment.units[0], shipment.source, goal, shipment.left_second, arrived,
                shipment.reason, shipment.request,
            )  # fmt: skip
            return
        rows = np.empty((len(shipment.part), len(TABLES["part_moves"])), np.int64)
        rows[:, 0], rows[:, 1] = shipment.part, shipment.units
        rows[:, 2:9] = (*shipment.source, *goal, shipment.left_second, arrived, shipment.reason)
        rows[:, 9], rows[:, 10] = self._stock.cost_of(rows[:, 0]) * rows[:, 1], shipment.request
        self._context.recorder.add("part_moves", rows)

    def close(self) -> None:
        """Write down what is still on its way when the run ends."""
        for shipment in self._under_way.values():
            self._write(shipment, NOT_YET)
            for part, units in zip(shipment.part, shipment.units, strict=True):
                self._stock.stations.under_way[shipment.station, part] += units
