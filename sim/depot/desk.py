"""The order desk: orders are received and assigned before anybody looks at them, and followed up afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import simpy

from scenarios import Depot as DepotFacts
from sim.clock import day_of
from sim.depot.orders import OrderBook, OrderColumn
from sim.depot.stock import IntArray
from sim.durations import spread, whole_seconds
from sim.kernels.shipping import KINDS
from sim.station_arrays import NO_ROWS, task_rows
from sim.stations import Station, Work
from sim.streams import Purpose, StreamKey, stream_key, uniform_array
from sim.world import World

_URGENT: Final = 1
_USUAL: Final = 5
_LATER: Final = 7
_KINDS_OF_WORK: Final = 4
_RECEIVE, _ASSIGN, _MONITOR, _FEED_BACK = range(4)
_NOBODY: Final = np.zeros(0, np.int64)


@dataclass(eq=False)
class _FollowUps:
    """Orders of one centre to be looked after, from some second on."""

    orders: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)

    def taken(self) -> tuple[IntArray, IntArray]:
        """Orders and seconds; nothing is left."""
        taken = np.array(self.orders, np.int64), np.array(self.seconds, np.int64)
        self.orders, self.seconds = [], []
        return taken


class OrderDesk:
    """The desks of all centres, each with its queue; without one, orders are assigned the moment they are placed.

    Only an emergency order makes something happen in the second in which it is assigned. All else at a desk is worked
    out when a wave, or such an order, looks at it.
    """

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        facts: DepotFacts | None,
        stations: list[Station] | None,
        book: OrderBook,
        assigned: Callable[[IntArray], None],
        look_at_floor: Callable[[int], None],
    ) -> None:
        """Make them.

        Args:
            environment: the clock.
            world: facts.
            facts: of the centres.
            stations: the desk of each centre; None without any.
            book: the orders.
            assigned: told at once of emergency orders that are assigned, and of all orders where there is no desk.
            look_at_floor: asked to tell of orders of a centre that have been picked, before the desk is looked at.
        """
        self._environment = environment
        self._world = world
        self._facts = facts.order_desk if facts is not None else None
        self._stations = stations if self._facts is not None else None
        self._book = book
        self._assigned = assigned
        self._look_at_floor = look_at_floor
        self._key: StreamKey = stream_key(world.seed, world.replication, Purpose.DESK_TIME)
        centres = range(len(world.axes.centre_ids))
        self._in_work = [(_NOBODY, _NOBODY) for _ in centres]
        self._to_come = {step: [_FollowUps() for _ in centres] for step in (_MONITOR, _FEED_BACK)}
        self._followed: list[tuple[int, int, IntArray, int]] = []
        for centre, station in enumerate(self._stations or ()):
            station.hand_over = self._hands_over(centre)

    def receive(self, orders: IntArray) -> None:
        """Take in orders that were placed together, emergency orders first."""
        is_emergency = self._book.is_emergency(orders)
        if is_emergency.any():
            orders = np.concatenate((orders[is_emergency], orders[~is_emergency]))
        if self._stations is None:
            self._stamp(orders, np.full(orders.size, int(self._environment.now)))
            self._assigned(orders)
            return
        self._draw_work(orders)
        centre_of = self._book.rows[orders, OrderColumn.CENTRE]
        for centre, station in enumerate(self._stations):
            mine = orders[centre_of == centre]
            if mine.size:
                self._queue(centre, station, mine)

    def _queue(self, centre: int, station: Station, orders: IntArray) -> None:
        book, is_emergency = self._book, self._book.is_emergency(orders)
        groups = np.full(orders.size, -1)
        for place in np.flatnonzero(is_emergency).tolist():
            groups[place] = station.group(1, then=self._hurries(int(orders[place])), is_awaited=True)
        submit = station.submit_rows if is_emergency.any() else station.submit_later
        first = submit(
            task_rows(
                orders.size, Work.DESK, book.rows[orders, OrderColumn.STORE],
                seconds=book.desk_seconds[orders, _RECEIVE] + book.desk_seconds[orders, _ASSIGN],
                lines=book.rows[orders, OrderColumn.LINES], priority=np.where(is_emergency, _URGENT, _USUAL),
                group=groups, comes_second=int(self._environment.now),
            )
        )  # fmt: skip
        earlier, tasks = self._in_work[centre]
        new = np.arange(first, first + orders.size)
        self._in_work[centre] = np.concatenate((earlier, orders)), np.concatenate((tasks, new))

    def _hurries(self, order: int) -> Callable[[int], None]:
        def assign(second: int) -> None:
            self._stamp(np.array([order]), np.array([second]))
            self._assigned(np.array([order]))

        return assign

    def _stamp(self, orders: IntArray, seconds: IntArray) -> None:
        """Note when orders were assigned; nobody leaves the desk between receiving an order and assigning it."""
        self._book.rows[orders, OrderColumn.ASSIGNED] = seconds
        self._book.rows[orders, OrderColumn.RECEIVED] = seconds - self._book.desk_seconds[orders, _ASSIGN]

    def newly_assigned(self, centre: int) -> IntArray:
        """Orders of a centre that have been assigned since the last call, emergency orders left out."""
        if self._stations is None:
            return _NOBODY
        self._stations[centre].catch_up()
        orders, tasks = self._in_work[centre]
        seconds = self._stations[centre].finished_seconds(tasks)
        is_done = seconds >= 0
        self._in_work[centre] = orders[~is_done], tasks[~is_done]
        done, seconds = orders[is_done], seconds[is_done]
        self._stamp(done, seconds)
        done = done[np.argsort(seconds, kind="stable")]
        return done[~self._book.is_emergency(done)]

    def monitor(self, centre: int, orders: list[int], seconds: list[int]) -> None:
        """Watch that orders leave whose goods have been picked at some seconds."""
        self._follow_up(_MONITOR, OrderColumn.MONITORED, centre, orders, seconds)

    def feed_back(self, centre: int, orders: list[int], seconds: list[int]) -> None:
        """Tell stores that orders have arrived at some seconds, which may be still to come."""
        self._follow_up(_FEED_BACK, OrderColumn.FED_BACK, centre, orders, seconds)

    def _follow_up(
        self, step: int, column: OrderColumn, centre: int, orders: list[int], seconds: list[int]
    ) -> None:
        if not orders:
            return
        if self._stations is None:
            self._book.rows[orders, column] = seconds
            return
        self._to_come[step][centre].orders += orders
        self._to_come[step][centre].seconds += seconds

    def _hands_over(self, centre: int) -> Callable[[int], IntArray]:
        """What a station asks for before it is brought up to date."""

        def rows(first: int) -> IntArray:
            self._look_at_floor(centre)
            parts = []
            for turn, (step, column) in enumerate(
                ((_MONITOR, OrderColumn.MONITORED), (_FEED_BACK, OrderColumn.FED_BACK))
            ):
                orders, seconds = self._to_come[step][centre].taken()
                if not orders.size:
                    continue
                self._followed.append((centre, column, orders, first))
                first += orders.size
                parts.append(
                    task_rows(
                        orders.size, Work.FOLLOW_UP, self._book.rows[orders, OrderColumn.STORE],
                        seconds=self._book.desk_seconds[orders, step], priority=_LATER, comes_second=seconds, turn=turn,
                    )
                )  # fmt: skip
            return np.concatenate(parts) if parts else NO_ROWS

        return rows

    def close(self) -> None:
        """Work out what the desks have done by the end of the run."""
        for station in self._stations or ():
            station.close()
        for centre, column, orders, first in self._followed:
            assert self._stations is not None
            tasks = np.arange(first, first + orders.size)
            self._book.rows[orders, column] = self._stations[centre].finished_seconds(tasks)

    def waiting(self) -> IntArray:
        """Orders that have not been assigned, as they came in."""
        return np.sort(np.concatenate([orders for orders, _ in self._in_work]))

    def _draw_work(self, orders: IntArray) -> None:
        """Draw how long the desk works on each of some orders of one day; keyed by store, date and kind of order."""
        assert self._facts is not None
        facts, book = self._facts, self._book
        steps = (facts.receive_seconds + facts.assign_seconds, facts.monitor_seconds, facts.feed_back_seconds)
        if facts.coefficient_of_variation == 0.0:
            received = round(facts.receive_seconds)
            book.desk_seconds[orders] = (
                received,
                round(steps[0]) - received,
                round(steps[1]),
                round(steps[2]),
            )
            return
        ordinal = self._world.process.first_ordinal + day_of(int(self._environment.now))
        for kind in range(KINDS):
            mine = orders[book.rows[orders, OrderColumn.KIND] == kind]
            if not mine.size:
                continue
            keys = self._world.market.store_key[book.rows[mine, OrderColumn.STORE]]
            draws = [
                uniform_array(self._key, keys, ordinal, kind * _KINDS_OF_WORK + step)
                for step in range(len(steps))
            ]
            factors = spread(facts.coefficient_of_variation, np.stack(draws))
            # Receiving is a part of the first step, drawn with it.
            means, factors = np.array((facts.receive_seconds, *steps)), factors[[0, 0, 1, 2]]
            work = whole_seconds(means[:, np.newaxis] * factors)
            work[1] -= work[0]
            book.desk_seconds[mine] = work.T
