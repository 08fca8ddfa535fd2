"""The way of an order through a centre: desk, wave, floor, and on to whoever carries it."""

from __future__ import annotations

from typing import Final

import numpy as np
import simpy

from sim.clock import SECONDS_PER_DAY
from sim.depot.allocation import Allocation
from sim.depot.arrivals import Arrivals
from sim.depot.carriage import Carriage, OnTheDay
from sim.depot.crews import Payroll, build_crew
from sim.depot.desk import OrderDesk
from sim.depot.floor import Floor
from sim.depot.goods_in import GoodsIn
from sim.depot.order_streams import submit_streams
from sim.depot.orders import Drop, OrderBook, OrderColumn, Packing
from sim.depot.returns import Returns
from sim.depot.stages import write_stages
from sim.depot.staging import Staging
from sim.depot.stock import IntArray
from sim.depot.waves import Waves
from sim.fleet import Fleet
from sim.recorder import Recorder
from sim.stations import Crew, Station, WorkLog
from sim.stores import Lines, Stores
from sim.world import World

_GRAMS_PER_KG: Final = 1_000
_MILLILITRES_PER_LITRE: Final = 1_000


class Outbound:
    """Work in the centres from an order's arrival at the desk to the moment when its goods reach the store."""

    def __init__(
        self, environment: simpy.Environment, world: World, recorder: Recorder, returns: Returns
    ) -> None:
        """Make it; `returns` are what trucks take along on their way back."""
        self._world = world
        self._recorder = recorder
        self._log = WorkLog()
        self._payroll = Payroll(world, recorder)
        facts, policy = world.scenario.depot, world.scenario.policy.depot
        centres = range(len(world.axes.centre_ids))

        def crew(kind: Crew, is_there: bool) -> list[Station] | None:
            shifts = {Crew.DESK: policy.desk, Crew.PICKERS: policy.pickers, Crew.RECEIVERS: policy.receivers}[
                kind
            ]
            if not is_there:
                return None
            return [
                build_crew(environment, world, self._log, self._payroll, kind, centre, shifts)
                for centre in centres
            ]

        has_pickers = facts is not None and (facts.picking is not None or bool(facts.order_streams))
        pickers = crew(Crew.PICKERS, has_pickers)
        desk = crew(Crew.DESK, facts is not None and facts.order_desk is not None)
        packing = _packing(world)
        self._book = OrderBook()
        self._waves = Waves(environment, world, packing, self._book, self._release)
        self._floor = Floor(environment, world, recorder, packing, pickers, self._book)
        self._desk = OrderDesk(
            environment, world, facts, desk, self._book, self._waves.take, self._floor.catch_up
        )
        self._arrivals = Arrivals(environment, world, recorder, self._book)
        doors = None
        if facts is not None and facts.docks is not None:
            doors = [
                Station(
                    environment,
                    self._log,
                    centre,
                    facts.docks.doors,
                    is_always_there=True,
                    end_second=world.days * SECONDS_PER_DAY,
                )
                for centre in centres
            ]
        self.goods_in: GoodsIn | None = None
        """Where suppliers' deliveries are worked on."""
        if facts is not None and facts.goods_in is not None:
            receivers = crew(Crew.RECEIVERS, True)
            assert receivers is not None
            self.goods_in = GoodsIn(environment, world, facts.goods_in, doors, receivers)
        self._staging: Staging | None = None
        if facts is not None and facts.staging is not None:
            self._staging = Staging(environment, recorder, facts.staging, len(centres), self._prepare)
        self._carriage: Carriage
        if world.scenario.policy.transport.mode == "fleet":
            self._carriage = Fleet(
                environment,
                world,
                recorder,
                self._payroll,
                packing,
                doors,
                self._arrivals,
                returns,
                self._staging,
            )
        else:
            self._carriage = OnTheDay(environment, world, self._arrivals)
        self._pickers = pickers
        self._allocation: Allocation | None = None

    def connect(self, stores: Stores | None, allocation: Allocation) -> None:
        """Say who the stores are, and who shares out."""
        self._allocation = allocation
        self._waves.connect(allocation, self._desk, self.goods_in)
        self._floor.connect(self._desk)
        self._arrivals.connect(stores, self._desk)
        self._carriage.connect(stores)

    def open(self) -> None:
        """Start the first day."""
        self._waves.open()
        self._carriage.open()
        submit_streams(self._world, self._pickers)
        if self.goods_in is not None:
            self.goods_in.open()

    def take_orders(self, lines: Lines) -> None:
        """Take store orders that were placed together."""
        self._desk.receive(self._book.take(lines, self._world.axes.centre_of_store))

    def send(self, sent: IntArray, number: int) -> None:
        """Take what `Allocation` ships."""
        self._waves.send(sent, number)

    def _release(self, centre: int, drops: list[Drop]) -> None:
        for drop in drops:
            self._arrivals.on_the_way(drop)
        wanted = self._carriage.plan(centre, drops)
        if self._staging is None:
            self._prepare(wanted)
        else:
            self._staging.take(centre, wanted, self._carriage.trip_of)

    def _prepare(self, drops: list[Drop]) -> None:
        self._floor.prepare(drops, self._carriage.trip_of, self._carriage.ready)

    def under_way(self) -> tuple[IntArray, IntArray]:
        """See `Arrivals.under_way`."""
        return self._arrivals.under_way()

    def close(self) -> None:
        """Write down orders, tasks and goods as they stand when the run ends."""
        assert self._allocation is not None
        self._floor.close()
        self._desk.close()
        unseen = np.concatenate((self._waves.unseen(), self._desk.waiting()))
        self._book.rows[unseen, OrderColumn.NUMBER] = self._recorder.next_order + np.arange(unseen.size)
        self._allocation.close(self._book.lines_of(unseen))
        self._arrivals.close()
        write_stages(self._recorder, self._world, self._book)
        if self._staging is not None:
            self._staging.close()
        tasks = self._log.rows()
        self._recorder.add("tasks", tasks)
        self._payroll.pay_overtime_of(tasks)


def _packing(world: World) -> Packing:
    skus, axes = world.scenario.assortment.skus, world.axes
    return Packing(
        axes.case_pack.astype(np.int64),
        np.rint(axes.ordered(skus["weight_kg"]) * _GRAMS_PER_KG).astype(np.int64),
        np.rint(axes.ordered(skus["volume_litres"]) * _MILLILITRES_PER_LITRE).astype(np.int64),
    )
