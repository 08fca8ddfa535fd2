"""The order desk: orders are received and assigned before anybody looks at them, and followed up afterwards."""

from __future__ import annotations

from collections.abc import Callable

import simpy

from scenarios import Depot as DepotFacts
from sim.depot.crews import Done
from sim.depot.orders import Order
from sim.durations import spread_of
from sim.stations import Station, Work
from sim.streams import Purpose, StreamKey, stream_key, uniform
from sim.world import World

_URGENT, _USUAL, _LATER = 1, 5, 7
_KINDS_OF_WORK = 4


class OrderDesk:
    """The desks of all centres, each with its queue; without one, orders are assigned the moment they are placed."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        facts: DepotFacts | None,
        stations: list[Station] | None,
        assigned: Callable[[Order], None],
    ) -> None:
        self._environment = environment
        self._world = world
        self._facts = facts.order_desk if facts is not None else None
        self._stations = stations
        self._assigned = assigned
        self._key: StreamKey = stream_key(world.seed, world.replication, Purpose.DESK_TIME)
        self.waiting: dict[int, Order] = {}
        """Orders that have not been assigned, by the number under which they came in."""
        self._number = 0

    def receive(self, orders: list[Order]) -> None:
        """Take orders in, emergency orders first."""
        for order in sorted(orders, key=lambda order: not order.is_emergency):
            if self._facts is None or self._stations is None:
                self._assign(order)
                continue
            number = self._number
            self._number += 1
            self.waiting[number] = order
            self._stations[order.centre].submit(
                self._seconds(order, self._facts.receive_seconds + self._facts.assign_seconds, 0),
                Work.DESK,
                order.store,
                lines=order.line_count,
                priority=_URGENT if order.is_emergency else _USUAL,
                done=self._ends(number),
            )

    def follow_up(self, order: Order, *, has_arrived: bool, done: Done | None = None) -> None:
        """Look after an order that has left (monitor), or tell the store that it has arrived (feed back)."""
        if self._facts is None or self._stations is None:
            if done is not None:
                done()
            return
        seconds = self._facts.feed_back_seconds if has_arrived else self._facts.monitor_seconds
        self._stations[order.centre].submit(
            self._seconds(order, seconds, 1 + has_arrived),
            Work.FOLLOW_UP,
            order.store,
            priority=_LATER,
            done=done,
        )

    def _ends(self, number: int) -> Done:
        return lambda: self._assign(self.waiting.pop(number))

    def _assign(self, order: Order) -> None:
        order.assigned_second = int(self._environment.now)
        self._assigned(order)

    def _seconds(self, order: Order, mean_seconds: float, kind_of_work: int) -> int:
        assert self._facts is not None
        deviation = self._facts.coefficient_of_variation
        if deviation == 0.0:
            return round(mean_seconds)
        ordinal = self._world.process.first_ordinal + order.placed_second // 86_400
        entity = int(self._world.market.store_key[order.store])
        draw = uniform(self._key, entity, ordinal, order.kind * _KINDS_OF_WORK + kind_of_work)
        return round(mean_seconds * spread_of(deviation, draw))
