"""Goods in: what suppliers bring is unloaded at a door, inspected and put away before it can be shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import simpy

from scenarios import GoodsIn as GoodsInFacts
from sim.clock import SECONDS_PER_DAY, Turn, at, second_of_day
from sim.depot.stock import IntArray, dealt
from sim.station_arrays import NO_ROWS, task_rows
from sim.stations import Station, Work
from sim.suppliers import Line
from sim.world import World

PutAway = Callable[[IntArray, IntArray], None]
"""Takes (len(Line), k) lines that can be shipped, and (k,) the second from which on."""

_NOTHING: Final = np.zeros(0, np.int64)
_FEW: Final = 64
_AT_THE_GATE: Final = 1
"""Turn, among the tasks that come in one second, of suppliers' trucks: before those that are to be loaded."""


@dataclass(eq=False)
class _Trucks:
    """Suppliers' trucks of one centre at one stage of their work: numbers and tasks."""

    numbers: IntArray
    tasks: IntArray

    def add(self, numbers: IntArray, first_task: int) -> None:
        """Take trucks whose tasks have numbers that follow each other."""
        self.numbers = np.concatenate((self.numbers, numbers))
        self.tasks = np.concatenate((self.tasks, np.arange(first_task, first_task + numbers.size)))

    def finished(self, station: Station) -> tuple[IntArray, IntArray]:
        """Trucks that a station has finished, which are given up, and when, ascending."""
        seconds = station.finished_seconds(self.tasks)
        is_done = seconds >= 0
        if not is_done.any():
            return _NOTHING, _NOTHING
        numbers, seconds = self.numbers[is_done], seconds[is_done]
        self.numbers, self.tasks = self.numbers[~is_done], self.tasks[~is_done]
        order = np.argsort(seconds, kind="stable")
        return numbers[order], seconds[order]


class GoodsIn:
    """The gates of all centres. One supplier's delivery of a morning is one truck at a door, then one round of work.

    Nothing happens in the second in which it is done: it is worked out when somebody looks at the stock.
    """

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
        self._docks = world.scenario.depot.docks if world.scenario.depot is not None else None
        self._doors = doors if self._docks is not None else None
        self._receivers = receivers
        self._put_away: PutAway | None = None
        self._at_the_gate: dict[int, IntArray] = {}
        self._number = 0
        self._seconds = np.zeros(_FEW, np.int64)
        centres = range(len(world.axes.centre_ids))
        self._unloaded = [_Trucks(_NOTHING, _NOTHING) for _ in centres]
        self._received = [_Trucks(_NOTHING, _NOTHING) for _ in centres]
        if self._doors is not None:
            for centre, station in enumerate(receivers):
                station.hand_over = self._hands_over(centre, self._doors[centre])

    def connect(self, put_away: PutAway) -> None:
        """Say who is told of lines that can be shipped."""
        self._put_away = put_away

    def open(self) -> None:
        """Look every evening at what has been put away, before anybody else looks at the stock."""
        for day in range(self._world.days):
            second = (day + 1) * SECONDS_PER_DAY - 1
            at(self._environment, second, Turn.GOODS_IN, self.catch_up)

    def accept(self, lines: IntArray, sampled_units: IntArray) -> None:
        """Take what suppliers deliver today, at the hour at which they come.

        Args:
            lines: (len(Line), k) lines that are taken in; what is rejected goes back without being put away.
            sampled_units: (centres x suppliers,) units that are inspected, those of rejected lots included.
        """
        facts, suppliers = self._facts, len(self._world.axes.supplier_ids)
        groups = sampled_units.size
        label = lines[Line.CENTRE] * suppliers + lines[Line.SUPPLIER]
        counts = np.bincount(label, minlength=groups)
        packs = -(-lines[Line.UNITS] // self._world.axes.case_pack[lines[Line.SKU]])
        cases = np.bincount(label, weights=packs, minlength=groups)
        inspection = np.rint(facts.inspection_seconds_per_unit * sampled_units)
        put_away = np.rint(facts.put_away_seconds_per_line * counts + facts.put_away_seconds_per_case * cases)
        come = np.flatnonzero((counts > 0) | (inspection > 0))
        numbers = np.arange(self._number, self._number + come.size)
        self._number += come.size
        blocks = dealt(lines, label, lines.shape[1], groups)
        for number, group in zip(numbers.tolist(), come.tolist(), strict=True):
            self._at_the_gate[number] = blocks[group]
        self._note(numbers, (inspection + put_away)[come].astype(np.int64))
        centre_of = come // suppliers
        for centre in range(len(self._receivers)):
            mine = centre_of == centre
            if mine.any():
                self._arrive(centre, numbers[mine], counts[come[mine]], cases[come[mine]])

    def _note(self, numbers: IntArray, seconds: IntArray) -> None:
        """Note how long receivers will work on some trucks."""
        if self._number > self._seconds.size:
            more = np.zeros(2 * self._number - self._seconds.size, np.int64)
            self._seconds = np.concatenate((self._seconds, more))
        self._seconds[numbers] = seconds

    def _arrive(
        self,
        centre: int,
        numbers: IntArray,
        lines: IntArray,
        cases: np.ndarray[tuple[int], np.dtype[np.float64]],
    ) -> None:
        now = int(self._environment.now)
        arrives = max(now, now - now % SECONDS_PER_DAY + second_of_day(self._facts.arrival_hour))
        if self._doors is None or self._docks is None:
            rows = self._rounds(numbers, arrives)
            self._received[centre].add(numbers, self._receivers[centre].submit_rows(rows))
            return
        seconds = np.rint(self._docks.seconds_per_truck + self._docks.seconds_per_case * cases)
        rows = task_rows(
            numbers.size, Work.UNLOADING, numbers, seconds=seconds.astype(np.int64), lines=lines, comes_second=arrives,
            turn=_AT_THE_GATE,
        )  # fmt: skip
        self._unloaded[centre].add(numbers, self._doors[centre].submit_rows(rows))

    def _rounds(self, numbers: IntArray, seconds: IntArray | int) -> IntArray:
        """Rows of the receivers' work on some trucks that come to them at some seconds."""
        lines = np.array([self._at_the_gate[number].shape[1] for number in numbers.tolist()], np.int64)
        return task_rows(
            numbers.size, Work.PUT_AWAY, numbers, seconds=self._seconds[numbers], lines=lines, comes_second=seconds,
            turn=_AT_THE_GATE,
        )  # fmt: skip

    def _hands_over(self, centre: int, doors: Station) -> Callable[[int], IntArray]:
        """What the receivers of a centre ask for before they are brought up to date."""

        def rows(first: int) -> IntArray:
            doors.catch_up()
            numbers, seconds = self._unloaded[centre].finished(doors)
            if not numbers.size:
                return NO_ROWS
            self._received[centre].add(numbers, first)
            return self._rounds(numbers, seconds)

        return rows

    def catch_up(self) -> None:
        """Put into stock what has been put away by now."""
        assert self._put_away is not None
        for centre, station in enumerate(self._receivers):
            station.catch_up()
            numbers, seconds = self._received[centre].finished(station)
            if not numbers.size:
                continue
            blocks = [self._at_the_gate.pop(number) for number in numbers.tolist()]
            lines = np.concatenate(blocks, axis=1)
            if lines.shape[1]:
                self._put_away(lines, np.repeat(seconds, [block.shape[1] for block in blocks]))

    def left(self) -> list[IntArray]:
        """Lines that have come and are not put away when the run ends; from now on they count as still to come."""
        self.catch_up()
        end = np.int64(self._world.days * SECONDS_PER_DAY)
        left = list(self._at_the_gate.values())
        for lines in left:
            lines[Line.ARRIVAL] = end
        return left
