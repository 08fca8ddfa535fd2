"""Parts in the vans of technicians, filled up from their stations overnight."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, NOT_YET, Echelon, MoveReason, Request
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.parts.facts import IntArray, PartFacts
from sim.parts.stations import Stations
from sim.parts.stock import Stock, dealt_out
from sim.recorder import TABLES

# Members of enumerations are looked up slowly, and these are needed at every step.
_VAN: Final = int(Echelon.VAN)


class Vans:
    """Stock of parts in vans. What a station cannot give tonight is asked for again tomorrow."""

    def __init__(self, context: Context, facts: PartFacts, stock: Stock, stations: Stations) -> None:
        self._context = context
        self._facts = facts
        self._stock = stock
        self._stations = stations
        self._pile = stock.vans
        self._centre = facts.centre_of_station[facts.station_of_van].tolist()
        self._coming: list[tuple[int, IntArray, IntArray, IntArray, IntArray, IntArray]] = []
        """Second at which they left; vans, parts, units, defective ones among them, stations."""
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
        given = dealt_out(station * self._facts.parts + part, units, self._stations.spare.ravel())
        short = given < units
        self._put_right(station[short], part[short])
        now = self._context.now
        rows = np.empty((van.size, len(TABLES["part_demands"])), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = now, Echelon.STATION, station, part
        rows[:, 4], rows[:, 5], rows[:, 6] = units, given, NOBODY
        self._context.recorder.add("part_demands", rows)
        some = given > 0
        van, part, station, given = van[some], part[some], station[some], given[some]
        bad = self._stock.take_many(self._stock.stations, station, part, given)
        self._coming.append((now, van, part, given, bad, station))
        self._stations.review_many(station, part)
        morning = now - now % SECONDS_PER_DAY + SECONDS_PER_DAY
        if morning < self._context.end_second:
            at(self._context.environment, morning, Turn.PARTS_DELIVERY, self._arrive)

    def _put_right(self, station: IntArray, part: IntArray) -> None:
        """Records of (k,) parts of which there were too few are put right where they promise more than there is."""
        wrong = self._stock.deviation[station, part] != 0
        for place, item in sorted({*zip(station[wrong].tolist(), part[wrong].tolist(), strict=True)}):
            self._stations.put_right(place, item)

    def _arrive(self) -> None:
        for left, van, part, given, bad, station in self._coming:
            self._pile.units[van, part] += given  # a part once per van and evening
            self._pile.defective[van, part] += bad
            self._write(van, part, given, station, left, self._context.now)
        self._coming.clear()

    def _write(
        self, van: IntArray, part: IntArray, given: IntArray, station: IntArray, left: int, arrived: int
    ) -> None:
        rows = np.empty((van.size, len(TABLES["part_moves"])), np.int64)
        rows[:, 0], rows[:, 1] = part, given
        rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 5] = Echelon.STATION, station, _VAN, van
        rows[:, 6], rows[:, 7], rows[:, 8] = left, arrived, MoveReason.REPLENISHMENT
        rows[:, 9], rows[:, 10] = given * self._facts.cost_minor[part], NOBODY
        self._context.recorder.add("part_moves", rows)

    def close(self) -> None:
        """Write down what is on its way to vans when the run ends."""
        for left, van, part, given, _, station in self._coming:
            self._write(van, part, given, station, left, NOT_YET)
            self._pile.under_way[van, part] += given
