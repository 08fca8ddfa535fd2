"""Repairable parts: defective units go to the repair shop and come back into the stock of their centre."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, Echelon, MoveReason, Request
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.durations import Durations
from sim.parts.centres import Centres
from sim.parts.facts import PartFacts, key_of
from sim.parts.stock import Stock
from sim.streams import Purpose, uniform

_WORDS = 1 << 32


class Exchange:
    """The repair shop: as many benches as there are units, each unit with a turnaround of its own."""

    def __init__(self, context: Context, facts: PartFacts, stock: Stock, centres: Centres) -> None:
        self._context = context
        self._facts = facts
        self._stock = stock
        self._centres = centres
        shop = facts.supply.repair_shop
        self._turnaround = Durations(shop.turnaround_days, SECONDS_PER_DAY)
        self._is_drawn = shop.turnaround_days.variance() > 0
        self._success = round(shop.success_share * _WORDS)
        self._key = context.stream(Purpose.REPAIR_SHOP)
        self._is_repairable = facts.is_repairable.tolist()
        self._others: dict[tuple[int, int], int] = {}

    def take_back(self, request: Request, part: int) -> None:
        """Send the old unit of a repair to the shop; one that cannot be repaired is waste and nobody's stock."""
        if self._is_repairable[part]:
            self._send(request.station, part, request.key, request.visits, request.number)

    def take_in_exchange(self, station: int, part: int) -> None:
        """Somebody who asks a station for a part brings the old unit."""
        if self._is_repairable[part]:
            entity = key_of(self._stock.stations.keys[station], int(self._facts.part_keys[part]))
            cell = station, part
            self._others[cell] = self._others.get(cell, 0) + 1
            self._send(station, part, entity, self._others[cell], NOBODY)

    def _send(self, station: int, part: int, entity: int, number: int, request: int) -> None:
        now, stock = self._context.now, self._stock
        centre = int(self._facts.centre_of_station[station])
        goal = (int(Echelon.SHOP), centre)
        stock.move(part, 1, (int(Echelon.CUSTOMER), 0), goal, now, now, int(MoveReason.RETURN), request)
        stock.accounts.value(centre, Charge.PARTS_RETURNED, 1, int(self._facts.cost_minor[part]))
        stock.put(stock.shop, centre, part, 1, 0)
        is_mended = self._success == _WORDS or uniform(self._key, entity, number, 1) < self._success
        draw = uniform(self._key, entity, number) if self._is_drawn else 0
        ends = now + self._turnaround.seconds(draw)
        at(
            self._context.environment,
            ends,
            Turn.SUPPLIER_DELIVERY,
            lambda: self._come_back(centre, part, now, is_mended),
        )

    def _come_back(self, centre: int, part: int, left: int, is_mended: bool) -> None:
        stock = self._stock
        stock.take(stock.shop, centre, part, 1)
        if not is_mended:
            stock.write_off(stock.shop, centre, part, 1, Echelon.SCRAP)
            self._centres.look_at(centre, part)
            return
        source, goal = (int(Echelon.SHOP), centre), (int(Echelon.CENTRE), centre)
        stock.move(part, 1, source, goal, left, self._context.now, int(MoveReason.REPAIR))
        stock.accounts.work(centre, Charge.PART_REPAIRS, 1)
        self._centres.receive(centre, part, 1, 0)
