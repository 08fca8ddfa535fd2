"""Where a job that waits gets its part from: own station, another station, courier from the centre, or an order."""

from __future__ import annotations

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import Echelon, MoveReason, PartSource, Request
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_HOUR
from sim.durations import Durations
from sim.parts.centres import Centres
from sim.parts.facts import PartFacts
from sim.parts.stations import Stations
from sim.parts.stock import Stock
from sim.parts.transport import Transport
from sim.streams import Purpose, uniform


class Sources:
    """Gets parts for requests, from the first source that is allowed and has one.

    A station whose record promises a part in vain notices in the evening, when parts for the next day are put out; the
    part is then asked for elsewhere.
    """

    def __init__(
        self, context: Context, facts: PartFacts, stock: Stock, centres: Centres, stations: Stations,
        transport: Transport,
    ) -> None:  # fmt: skip
        self._context = context
        self._policy = facts.policy
        self._facts = facts
        self._stock = stock
        self._centres = centres
        self._stations = stations
        self._transport = transport
        supply = facts.supply
        self._transfer = Durations(supply.transfer_hours, SECONDS_PER_HOUR)
        self._courier = Durations(supply.courier_hours, SECONDS_PER_HOUR)
        self._key = context.stream(Purpose.PART_TRANSPORT)
        self._neighbours = _neighbours(context)
        self._to_be_fetched: dict[int, tuple[Request, int, int]] = {}
        """By request: request, part, second at which it asked."""

    def ask(self, request: Request, part: int) -> None:
        """Get a part for a request to its station; nothing happens while one is under way to it."""
        if self._stations.is_waiting(request) or request.number in self._to_be_fetched:
            return
        now, station = self._context.now, request.station
        if request.part_asked_second < 0:
            request.part_asked_second = now
        if self._policy.fetches_from_station:
            is_promised = self._stations.has_on_record(station, part)
            is_there = self._stations.finds(station, part)
            self._stations.demand(station, part, is_filled=is_there, request=request.number)
            if is_there:
                self._stations.set_aside_for(request, part, now)
                return
            if is_promised:
                self._to_be_fetched[request.number] = (request, part, now)
                return
        self._get(request, part, now)

    def look_elsewhere(self) -> None:
        """Ask elsewhere for what was not found at the own station today."""
        disappointed = list(self._to_be_fetched.values())
        self._to_be_fetched.clear()
        for request, part, asked in disappointed:
            if request.closed_second < 0:
                self._get(request, part, asked)

    def _get(self, request: Request, part: int, asked: int) -> None:
        station = request.station
        if self._policy.lateral_transfers and self._transfer_from_another(request, part, asked):
            return
        centre = int(self._facts.centre_of_station[station])
        if self._policy.courier and self._centres.spare(centre, part) > 0:
            self._stations.wait_for(request, part, PartSource.COURIER, asked)
            bad = self._centres.take_for(station, part, request.number)
            seconds = self._courier.seconds(uniform(self._key, request.key, request.visits, 1))
            source = (int(Echelon.CENTRE), centre)
            self._transport.send_for(
                source, station, part, bad, seconds, int(MoveReason.COURIER), request.number
            )
            self._stock.accounts.work(centre, Charge.PART_COURIERS, 1)
            return
        self._stations.wait_for(request, part, PartSource.ORDER, asked)
        self._centres.order(station, part, 1, request.number)

    def _transfer_from_another(self, request: Request, part: int, asked: int) -> bool:
        """Whether another station of the centre, the nearest first, has one and sends it."""
        for other in self._neighbours[request.station]:
            if self._stations.has_on_record(other, part) and self._stations.finds(other, part):
                self._stations.wait_for(request, part, PartSource.TRANSFER, asked)
                bad = self._stations.give_to(other, part)
                seconds = self._transfer.seconds(uniform(self._key, request.key, request.visits))
                source = (int(Echelon.STATION), other)
                self._transport.send_for(
                    source, request.station, part, bad, seconds, int(MoveReason.TRANSFER), request.number
                )
                centre = int(self._facts.centre_of_station[request.station])
                self._stock.accounts.work(centre, Charge.PART_TRANSFERS, 1)
                return True
        return False


def _neighbours(context: Context) -> list[list[int]]:
    """By station: the other stations of its centre, the nearest first, those equally near by name."""
    facts = context.facts
    centre, ids = np.array(facts.station_centre), facts.station_ids
    north, east = np.deg2rad(facts.station_latitude), np.deg2rad(facts.station_longitude)
    lists = []
    for station in range(len(ids)):
        width = (east - east[station]) * np.cos((north + north[station]) / 2)
        distance = np.round(np.hypot(north - north[station], width), 9)
        others = np.flatnonzero(centre == centre[station]).tolist()
        near = sorted((float(distance[other]), ids[other], other) for other in others if other != station)
        lists.append([other for _, _, other in near])
    return lists
