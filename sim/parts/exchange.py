"""Repairable parts: defective units go to the repair shop and come back into the stock of their centre."""

from __future__ import annotations

from typing import Final

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, Echelon, MoveReason, Request
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.durations import Durations
from sim.parts.centres import Centres
from sim.parts.facts import PartFacts, key_of
from sim.parts.stock import Stock
from sim.streams import Purpose, uniform

_WORDS: Final = 1 << 32
# Members of enumerations are looked up slowly, and these are needed at every repair.
_SHOP: Final = int(Echelon.SHOP)
_CENTRE: Final = int(Echelon.CENTRE)
_CUSTOMER: Final = int(Echelon.CUSTOMER)
_RETURN: Final = int(MoveReason.RETURN)
_REPAIR: Final = int(MoveReason.REPAIR)
_PARTS_RETURNED: Final = Charge.PARTS_RETURNED
_PART_REPAIRS: Final = Charge.PART_REPAIRS


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
        self._centre = facts.centre_of_station.tolist()
        self._cost = facts.cost_minor.tolist()
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
        centre = self._centre[station]
        stock.move(part, 1, (_CUSTOMER, 0), (_SHOP, centre), now, now, _RETURN, request)
        stock.accounts.value(centre, _PARTS_RETURNED, 1, self._cost[part])
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
        stock.move(part, 1, (_SHOP, centre), (_CENTRE, centre), left, self._context.now, _REPAIR)
        stock.accounts.work(centre, _PART_REPAIRS, 1)
        self._centres.receive(centre, part, 1, 0)
