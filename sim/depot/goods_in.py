"""Goods in: what suppliers bring is unloaded at a door, inspected and put away before it can be shipped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import simpy

from scenarios import GoodsIn as GoodsInFacts
from sim.clock import SECONDS_PER_DAY, Turn, at, second_of_day
from sim.depot.stock import IntArray, dealt
from sim.stations import Station, Work
from sim.suppliers import Line
from sim.world import World

PutAway = Callable[[IntArray], None]
"""Takes (len(Line), k) lines that can be shipped from now on."""


class GoodsIn:
    """The gates of all centres. One supplier's delivery of a morning is one truck at a door, then one round of work."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        facts: GoodsInFacts,
        doors: list[Station] | None,
        receivers: list[Station],
    ) -> None:
        self._environment = environment
        self._world = world
        self._facts = facts
        self._doors = doors
        self._receivers = receivers
        self._docks = world.scenario.depot.docks if world.scenario.depot is not None else None
        self._at_the_gate: dict[int, IntArray] = {}
        self._number = 0

    def accept(self, lines: IntArray, sampled_units: IntArray, put_away: PutAway) -> None:
        """Take what suppliers deliver today, at the hour at which they come.

        Args:
            lines: (len(Line), k) lines that are taken in; what is rejected goes back without being put away.
            sampled_units: (centres x suppliers,) units that are inspected, those of rejected lots included.
            put_away: told of lines when they can be shipped.
        """
        suppliers = len(self._world.axes.supplier_ids)
        label = lines[Line.CENTRE] * suppliers + lines[Line.SUPPLIER]
        now = int(self._environment.now)
        arrives = now - now % SECONDS_PER_DAY + second_of_day(self._facts.arrival_hour)
        groups = len(self._world.axes.centre_ids) * suppliers
        for group, mine in enumerate(dealt(lines, label, lines.shape[1], groups)):
            inspection = round(self._facts.inspection_seconds_per_unit * int(sampled_units[group]))
            if mine.shape[1] or inspection:
                number = self._number
                self._number += 1
                self._at_the_gate[number] = mine
                centre = group // suppliers
                at(
                    self._environment, max(now, arrives), Turn.ROAD,
                    self._unload_later(number, centre, inspection, put_away),
                )  # fmt: skip

    def _unload_later(
        self, number: int, centre: int, inspection_seconds: int, put_away: PutAway
    ) -> Callable[[], None]:
        lines = self._at_the_gate[number]
        cases = int((-(-lines[Line.UNITS] // self._world.axes.case_pack[lines[Line.SKU]])).sum())

        def put() -> None:
            facts = self._facts
            seconds = (
                facts.put_away_seconds_per_line * lines.shape[1] + facts.put_away_seconds_per_case * cases
            )
            self._receivers[centre].submit(
                inspection_seconds + round(seconds), Work.PUT_AWAY, number, lines=lines.shape[1],
                done=done,
            )  # fmt: skip

        def done() -> None:
            taken_in = self._at_the_gate.pop(number)
            if taken_in.shape[1]:
                put_away(taken_in)

        def unload() -> None:
            if self._doors is None or self._docks is None:
                put()
                return
            seconds = self._docks.seconds_per_truck + self._docks.seconds_per_case * cases
            self._doors[centre].submit(round(seconds), Work.UNLOADING, number, lines=lines.shape[1], done=put)

        return unload

    def left(self) -> list[IntArray]:
        """Lines that have come and are not put away when the run ends; from now on they count as still to come."""
        end = np.int64(self._world.days * SECONDS_PER_DAY)
        left = list(self._at_the_gate.values())
        for lines in left:
            lines[Line.ARRIVAL] = end
        return left
