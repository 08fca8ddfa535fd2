"""The order desk: orders are received and assigned before anybody looks at them, and followed up afterwards."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import simpy

from scenarios import Depot as DepotFacts
from sim.clock import day_of
from sim.depot.crews import Done
from sim.depot.orders import Order
from sim.durations import spread, whole_seconds
from sim.kernels.shipping import KINDS
from sim.stations import Station, Work
from sim.streams import Purpose, StreamKey, stream_key, uniform_array
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
        """Take in orders that were placed together, emergency orders first."""
        if self._facts is not None:
            self._draw_work(orders)
        for order in sorted(orders, key=lambda order: not order.is_emergency):
            if self._facts is None or self._stations is None:
                self._assign(order)
                continue
            number = self._number
            self._number += 1
            self.waiting[number] = order
            self._stations[order.centre].submit(
                order.desk_seconds[0] + order.desk_seconds[1],
                Work.DESK,
                order.store,
                lines=order.line_count,
                priority=_URGENT if order.is_emergency else _USUAL,
                done=self._ends(number),
            )

    def monitor(self, order: Order) -> None:
        """Watch that an order leaves whose goods have been picked."""

        def seen_off() -> None:
            order.monitored_second = int(self._environment.now)

        self.follow_up(order, has_arrived=False, done=seen_off)

    def follow_up(self, order: Order, *, has_arrived: bool, done: Done | None = None) -> None:
        """Look after an order whose goods leave (monitor), or tell the store that they have arrived (feed back)."""
        if self._facts is None or self._stations is None:
            if done is not None:
                done()
            return
        self._stations[order.centre].submit(
            order.desk_seconds[2 + has_arrived], Work.FOLLOW_UP, order.store, priority=_LATER, done=done
        )

    def _ends(self, number: int) -> Done:
        return lambda: self._assign(self.waiting.pop(number))

    def _assign(self, order: Order) -> None:
        order.assigned_second = int(self._environment.now)
        # Nobody leaves the desk between receiving an order and assigning it.
        order.received_second = order.assigned_second - order.desk_seconds[1]
        self._assigned(order)

    def _draw_work(self, orders: list[Order]) -> None:
        """Draw how long the desk works on each of some orders of one day; keyed by store, date and kind of order."""
        assert self._facts is not None
        facts = self._facts
        steps = (facts.receive_seconds + facts.assign_seconds, facts.monitor_seconds, facts.feed_back_seconds)
        if facts.coefficient_of_variation == 0.0:
            received = round(facts.receive_seconds)
            usual = (received, round(steps[0]) - received, round(steps[1]), round(steps[2]))
            for order in orders:
                order.desk_seconds = usual
            return
        ordinal = self._world.process.first_ordinal + day_of(int(self._environment.now))
        for kind in range(KINDS):
            mine = [order for order in orders if order.kind == kind]
            if not mine:
                continue
            keys = self._world.market.store_key[[order.store for order in mine]]
            factors = [
                spread(
                    facts.coefficient_of_variation,
                    uniform_array(self._key, keys, ordinal, kind * _KINDS_OF_WORK + step),
                )
                for step in range(len(steps))
            ]
            parts = np.stack(
                [mean_seconds * factor for mean_seconds, factor in zip(steps, factors, strict=True)]
            )
            taken_in, monitored, fed_back = whole_seconds(parts)
            taken_down = whole_seconds(facts.receive_seconds * factors[0])
            columns = np.stack((taken_down, taken_in - taken_down, monitored, fed_back))
            for order, (receive, assign, monitor, tell) in zip(mine, columns.T.tolist(), strict=True):
                order.desk_seconds = (receive, assign, monitor, tell)
