"""Parts in the vans of technicians, filled up from their stations overnight."""

from __future__ import annotations

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, NOT_YET, Echelon, MoveReason, Request
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.parts.facts import IntArray, PartFacts
from sim.parts.stations import Stations
from sim.parts.stock import Stock, dealt_out
from sim.recorder import TABLES

# Members of enumerations are looked up slowly, and these are needed at every step.
_VAN = int(Echelon.VAN)


class Vans:
    """Stock of parts in vans. What a station cannot give tonight is asked for again tomorrow."""

    def __init__(self, context: Context, facts: PartFacts, stock: Stock, stations: Stations) -> None:
        self._context = context
        self._facts = facts
        self._stock = stock
        self._stations = stations
        self._pile = stock.vans
        self._centre = facts.centre_of_station[facts.station_of_van].tolist()
        self._coming: list[tuple[IntArray, ...]] = []
        self._write_demand = context.recorder.writer("part_demands")

    def take(self, technician: int, part: int, request: Request) -> int:
        """Take a part out of a van for a repair; returns whether it is defective, -1 if there is none."""
        is_there = self._pile.units[technician, part] > 0
        self._write_demand([self._context.now, _VAN, technician, part, 1, int(is_there), request.number])
        if not is_there:
            return -1
        bad = self._stock.take(self._pile, technician, part, 1)
        self.put_in(technician, part, request)
        return bad

    def put_in(self, technician: int, part: int, request: Request) -> None:
        """Write down that a technician puts a part in."""
        self._stock.use(self._pile, technician, part, request.number, self._centre[technician])

    def fill_all(self) -> None:
        """Fill all vans up for tomorrow, as far as stations have what is missing; by number of the technician."""
        van, part, units = self._facts.vans.wanted(self._pile.units)
        if not van.size:
            return
        station = self._facts.station_of_van[van]
        self._look(station, part, units)
        cell = station * self._facts.parts + part
        given = dealt_out(cell, units, self._stations.spare.ravel())
        now = self._context.now
        rows = np.empty((van.size, len(TABLES["part_demands"])), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = now, Echelon.STATION, station, part
        rows[:, 4], rows[:, 5], rows[:, 6] = units, given, NOBODY
        self._context.recorder.add("part_demands", rows)
        some = given > 0
        van, part, station, given = van[some], part[some], station[some], given[some]
        bad = self._stock.take_many(self._stock.stations, station, part, given)
        self._coming.append((van, part, given, bad, station, np.full(van.size, now)))
        for place, item in sorted({*zip(station.tolist(), part.tolist(), strict=True)}):
            self._stations.review(place, item)
        morning = now - now % SECONDS_PER_DAY + SECONDS_PER_DAY
        if morning < self._context.end_second:
            at(self._context.environment, morning, Turn.PARTS_DELIVERY, self._arrive)

    def _look(self, station: IntArray, part: IntArray, units: IntArray) -> None:
        """Records that promise more than is found when vans are filled are put right."""
        total = np.zeros_like(self._stock.deviation)
        np.add.at(total, (station, part), units)
        missed = (total > self._stations.spare) & (self._stock.deviation != 0)
        for place, item in zip(*(index.tolist() for index in np.nonzero(missed)), strict=True):
            self._stations.put_right(place, item)

    def _arrive(self) -> None:
        for van, part, given, bad, station, left in self._coming:
            np.add.at(self._pile.units, (van, part), given)
            np.add.at(self._pile.defective, (van, part), bad)
            self._write(van, part, given, station, left, self._context.now)
        self._coming.clear()

    def _write(
        self, van: IntArray, part: IntArray, given: IntArray, station: IntArray, left: IntArray, arrived: int
    ) -> None:
        rows = np.empty((van.size, len(TABLES["part_moves"])), np.int64)
        rows[:, 0], rows[:, 1] = part, given
        rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 5] = Echelon.STATION, station, _VAN, van
        rows[:, 6], rows[:, 7], rows[:, 8] = left, arrived, MoveReason.REPLENISHMENT
        rows[:, 9], rows[:, 10] = given * self._facts.cost_minor[part], NOBODY
        self._context.recorder.add("part_moves", rows)

    def close(self) -> None:
        """Write down what is on its way to vans when the run ends."""
        for van, part, given, _bad, station, left in self._coming:
            self._write(van, part, given, station, left, NOT_YET)
            np.add.at(self._pile.under_way, (van, part), given)
