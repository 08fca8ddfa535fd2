"""Spare parts of a run: vans, stations and centres, and the evening on which they fill up from each other."""

from __future__ import annotations

import numpy as np

from scenarios import PartsSupply
from sim.aftersales.context import Context
from sim.aftersales.requests import Echelon, Request
from sim.aftersales.rooms import Parts, Rooms
from sim.clock import SECONDS_PER_DAY, Turn, at, second_of_day
from sim.parts.at_hand import EverythingAtHand
from sim.parts.buying import Buying
from sim.parts.centres import Centres
from sim.parts.exchange import Exchange
from sim.parts.facts import IntArray, build_part_facts
from sim.parts.other_demand import OtherDemand
from sim.parts.planning import Planning
from sim.parts.records import Records
from sim.parts.sources import Sources
from sim.parts.stations import Stations
from sim.parts.stock import Stock
from sim.parts.transport import Transport
from sim.parts.vans import Vans
from sim.recorder import TABLES


class SpareParts(Parts):
    """Vans are filled from their station, stations order from their centre, centres from suppliers.

    Stations and centres follow (s, S) rules on the inventory position: every evening in this order, or at the moment of
    every demand under `policy.service.parts.continuous_review`, where the level S - 1, S is one-for-one replenishment.
    """

    def __init__(self, context: Context, supply: PartsSupply) -> None:
        self._context = context
        facts = build_part_facts(context.facts, context.world.axes, supply)
        self._facts = facts
        self._order_second = second_of_day(facts.policy.order_hour)
        self._is_continuous = facts.policy.continuous_review
        self._planning = Planning(context, facts)
        self._stock = stock = Stock(context, facts)
        self._transport = Transport(context, stock)
        self._centres = Centres(context, facts, stock, self._transport)
        self._stations = Stations(context, facts, stock, self._centres, self._transport)
        self._vans = Vans(context, facts, stock, self._stations)
        self.buying = Buying(context, facts, stock, self._centres)
        self._exchange = Exchange(context, facts, stock, self._centres)
        self._sources = Sources(context, facts, stock, self._centres, self._stations, self._transport)
        self._records = Records(context, facts, stock, self._stations)
        self._other = OtherDemand(context, facts, self._hand_over)
        self._level_rows = self._blank_levels()
        self._defective: set[int] = set()
        """Requests into whose appliance a defective unit was put last."""

    def connect(self, rooms: Rooms) -> None:
        """Say who waits for parts."""
        self._stations.connect(rooms)
        self._context.register.listen(self._closed)
        if self._is_continuous:
            self._centres.connect(self.buying.review)

    def open(self) -> None:
        """See `Parts.open`."""
        self._stock.open()
        self._other.open()
        self._schedule(0)

    def _closed(self, request: Request) -> None:
        self._defective.discard(request.number)
        self._stations.forget(request)

    def _schedule(self, day: int) -> None:
        start = day * SECONDS_PER_DAY
        at(self._context.environment, start + self._order_second, Turn.PARTS_ORDER, self._order)
        at(
            self._context.environment,
            start + SECONDS_PER_DAY - 1,
            Turn.CENTRE_COUNT,
            lambda: self._end_day(day),
        )

    def _order(self) -> None:
        """The evening: parts for tomorrow are put out, then everybody orders."""
        self._sources.look_elsewhere()
        self._vans.fill_all()
        if not self._is_continuous:
            self._stations.order_all()
            self.buying.order_all()

    def _end_day(self, day: int) -> None:
        """Count what is to be counted, and write the day down."""
        self._records.end_day(day)
        self._planning.end_day(day)
        self._write_levels()
        self._stock.accounts.write(self._context.now)
        self._stock.accounts.hold(self._context.now)
        if day + 1 < self._context.world.days:
            self._schedule(day + 1)

    def take_from_van(self, technician: int, part: int, request: Request) -> bool:
        """See `Parts.take_from_van`."""
        bad = self._vans.take(technician, part, request)
        if bad < 0:
            return False
        self._put_in(request, part, bad)
        return True

    def _put_in(self, request: Request, part: int, bad: int) -> None:
        if bad:
            self._defective.add(request.number)
            self.buying.complain(part)
        else:
            self._defective.discard(request.number)

    def is_defective(self, request: Request) -> bool:
        """See `Parts.is_defective`."""
        return request.number in self._defective

    def ask(self, request: Request, part: int) -> None:
        """See `Parts.ask`."""
        self._sources.ask(request, part)

    def take_set_aside(self, technician: int, request: Request) -> int:
        """See `Parts.take_set_aside`."""
        part, source, bad = self._stations.take_set_aside(technician, request)
        self._vans.put_in(technician, part, request)
        self._put_in(request, part, bad)
        return int(source)

    def take_back(self, request: Request, part: int) -> None:
        """See `Parts.take_back`."""
        self._exchange.take_back(request, part)

    def _hand_over(self, station: int, part: int) -> None:
        self._exchange.take_in_exchange(station, part)
        self._stations.hand_over(station, part)

    def _write_levels(self) -> None:
        """A row per centre, station, and the vans and repair shop of each."""
        stock, facts = self._stock, self._facts
        stations, centres = len(stock.stations.units), len(stock.centres.units)
        units = np.concatenate((stock.stations.units, stock.centres.units, stock.shop.units))
        rows = self._level_rows.copy()
        rows[:, 0] = self._context.now
        np.add.at(rows[:, 3], facts.station_of_van, stock.vans.units.sum(axis=1))
        np.add.at(rows[:, 4], facts.station_of_van, stock.vans.units @ facts.cost_minor)
        rows[stations:, 3], rows[stations:, 4] = units.sum(axis=1), units @ facts.cost_minor
        rows[stations : 2 * stations, 5] = self._stations.owed.sum(axis=1)
        rows[2 * stations : 2 * stations + centres, 5] = self._centres.owed.sum(axis=1)
        self._context.recorder.add("part_levels", rows)

    def _blank_levels(self) -> IntArray:
        """Rows of an evening's levels: echelon and place, and zeros."""
        stations, centres = len(self._facts.station_keys), len(self._facts.centre_keys)
        counts = (stations, stations, centres, centres)
        rows = np.zeros((sum(counts), len(TABLES["part_levels"])), np.int64)
        rows[:, 1] = np.repeat((Echelon.VAN, Echelon.STATION, Echelon.CENTRE, Echelon.SHOP), counts)
        rows[:, 2] = np.concatenate([np.arange(count) for count in counts])
        return rows

    def close(self) -> None:
        """See `Parts.close`."""
        self._transport.close()
        self._vans.close()
        self._stations.close()
        self._stock.close()
        self._stock.accounts.write(self._context.end_second - 1)


def build_parts(context: Context) -> SpareParts | EverythingAtHand:
    """The supply of spare parts of a run."""
    supply = context.facts.service.parts
    return EverythingAtHand() if supply is None else SpareParts(context, supply)
