"""Stock of spare parts: what lies where, which of it is defective, and every way it takes."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, Echelon, MoveReason
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY
from sim.parts.accounts import PartsAccounts
from sim.parts.facts import IntArray, Keys, PartFacts, key_of
from sim.streams import Purpose, uniform

_UNITS_TOGETHER: Final = 32
_WORDS: Final = 2.0**32
# Members of enumerations are looked up slowly, and these are needed at every step.
_CUSTOMER: Final = int(Echelon.CUSTOMER)
_USE: Final = int(MoveReason.USE)
_PARTS_USED: Final = Charge.PARTS_USED


class Pile:
    """Units of one echelon, (places, parts)."""

    def __init__(self, echelon: Echelon, units: IntArray, keys: Keys) -> None:
        self.echelon = echelon
        self.units = units.copy()
        """What is really there."""
        self.defective = np.zeros(units.shape, np.int64)
        """Defective ones among them, unknown to everybody."""
        self.opening = units.copy()
        self.under_way = np.zeros(units.shape, np.int64)
        """On their way to it when the run ends."""
        self.keys = keys.tolist()

    @property
    def closing(self) -> IntArray:
        """(places, parts) what is there or on its way, when the run ends."""
        return np.asarray(self.units + self.under_way)


class Stock:
    """All spare parts in places of ours."""

    def __init__(self, context: Context, facts: PartFacts) -> None:
        self._context = context
        self._facts = facts
        centres = len(context.world.axes.centre_ids)
        self.accounts = PartsAccounts(context.recorder, context.world.scenario, centres)
        self.centres = Pile(Echelon.CENTRE, facts.centres.order_up_to, facts.centre_keys)
        self.stations = Pile(Echelon.STATION, facts.stations.order_up_to, facts.station_keys)
        self.vans = Pile(Echelon.VAN, facts.vans.order_up_to, facts.van_keys)
        self.shop = Pile(Echelon.SHOP, np.zeros_like(self.centres.units), facts.centre_keys)
        self.deviation = np.zeros_like(self.stations.units)
        """(stations, parts) units that are there less those on record."""
        self._write_move = context.recorder.writer("part_moves")
        self._cost = facts.cost_minor.tolist()
        self._part_keys = facts.part_keys.tolist()
        self._key = context.stream(Purpose.PART_QUALITY)
        self._centre_of_van = facts.centre_of_station[facts.station_of_van].tolist()
        self._centre_of_station = facts.centre_of_station.tolist()

    def open(self) -> None:
        """Enter the opening stock in the books."""
        for pile in (self.centres, self.stations, self.vans):
            for place in range(len(pile.units)):
                units = int(pile.units[place].sum())
                if units:
                    value = int(pile.units[place] @ self._facts.cost_minor)
                    self.accounts.value(self.centre_of(pile, place), Charge.PARTS_OPENING, units, value)
        self.accounts.write(0)

    def centre_of(self, pile: Pile, place: int) -> int:
        """In whose books a place stands."""
        if pile is self.centres or pile is self.shop:
            return place
        centres: list[int] = self._centre_of_van if pile is self.vans else self._centre_of_station
        return centres[place]

    def take(self, pile: Pile, place: int, part: int, units: int) -> int:
        """Take units out of a pile; returns how many of them are defective, each as likely as any other there."""
        there, bad = int(pile.units[place, part]), int(pile.defective[place, part])
        pile.units[place, part] = there - units
        if bad == 0:
            return 0
        taken = bad if units >= there else self._defective_among(pile, place, part, units, there, bad)
        pile.defective[place, part] = bad - taken
        return taken

    def take_many(self, pile: Pile, place: IntArray, part: IntArray, units: IntArray) -> IntArray:
        """Take units out of a pile at (k,) places; returns how many of each are defective."""
        bad = np.zeros(place.size, np.int64)
        cell = place * pile.units.shape[1] + part
        mixed = np.flatnonzero(pile.defective.ravel()[cell])
        if mixed.size:
            for index in mixed.tolist():
                bad[index] = self.take(pile, int(place[index]), int(part[index]), int(units[index]))
            cell, units = np.delete(cell, mixed), np.delete(units, mixed)
        np.subtract.at(pile.units.ravel(), cell, units)
        return bad

    def _defective_among(self, pile: Pile, place: int, part: int, units: int, there: int, bad: int) -> int:
        day, second = divmod(self._context.now, SECONDS_PER_DAY)
        entity, ordinal = key_of(pile.keys[place], self._part_keys[part]), self._context.first_ordinal + day
        left = bad
        for unit in range(units):
            draw = uniform(
                self._key, entity, ordinal, second * _UNITS_TOGETHER + min(unit, _UNITS_TOGETHER - 1)
            )
            left -= draw * (there - unit) < left * _WORDS
        return bad - left

    def cost_of(self, part: IntArray) -> IntArray:
        """(k,) purchase cost of parts."""
        return np.asarray(self._facts.cost_minor[part])

    def put(self, pile: Pile, place: int, part: int, units: int, bad: int) -> None:
        """Put units on a pile."""
        pile.units[place, part] += units
        if bad:
            pile.defective[place, part] += bad

    def move(
        self, part: int, units: int, source: tuple[int, int], goal: tuple[int, int], left: int, arrived: int,
        reason: int, request: int = NOBODY,
    ) -> None:  # fmt: skip
        """Write a move down; places are echelon and index."""
        self._write_move(
            [part, units, *source, *goal, left, arrived, reason, units * self._cost[part], request]
        )

    def use(self, pile: Pile, place: int, part: int, request: int, centre: int) -> None:
        """Write down that a unit of a pile is put into an appliance now, or handed to whoever asked for it."""
        now, cost = self._context.now, self._cost[part]
        self._write_move(
            [part, 1, int(pile.echelon), place, _CUSTOMER, 0, now, now, _USE, cost, request]
        )  # fmt: skip
        self.accounts.value(centre, _PARTS_USED, 1, cost)

    def write_off(self, pile: Pile, place: int, part: int, units: int, goal: Echelon) -> None:
        """Write down that units are scrapped or lost now."""
        now, reason = self._context.now, MoveReason.LOSS if goal is Echelon.LOST else MoveReason.SCRAP
        self.move(part, units, (pile.echelon, place), (goal, 0), now, now, reason)
        centre = self.centre_of(pile, place)
        self.accounts.value(centre, Charge.PARTS_SCRAPPED, units, units * self._cost[part])

    def close(self) -> None:
        """Write down what lay where on the first morning and what lies there, or is on its way there, at the end."""
        for pile in (self.centres, self.stations, self.vans, self.shop):
            deviation = self.deviation if pile is self.stations else np.zeros_like(pile.units)
            closing = pile.closing
            place, part = np.nonzero((pile.opening != 0) | (closing != 0) | (deviation != 0))
            rows = np.empty((place.size, 7), np.int64)
            rows[:, 0], rows[:, 1], rows[:, 2] = pile.echelon, place, part
            rows[:, 3], rows[:, 4] = pile.opening[place, part], closing[place, part]
            rows[:, 5] = deviation[place, part]
            rows[:, 6] = closing[place, part] * self._facts.cost_minor[part]
            self._context.recorder.add("part_stock", rows)


def dealt_out(cell: IntArray, units: IntArray, there: IntArray) -> npt.NDArray[np.int64]:
    """Deal scarce units out to those who want them, in their order.

    Args:
        cell: (k,) index of the stock that each asks.
        units: (k,) units wanted.
        there: (cells,) units that can be had.

    Returns:
        (k,) units that each gets.
    """
    given = units.copy()
    if not cell.size:
        return given
    scarce = np.flatnonzero(np.bincount(cell, units)[cell] > there[cell])
    if scarce.size:
        given[scarce] = _in_turn(cell[scarce], units[scarce], there)
    return given


def _in_turn(cell: IntArray, units: IntArray, there: IntArray) -> IntArray:
    """What each of (k,) gets of its cell, (cells,) units, when those before have got theirs."""
    order = np.argsort(cell, kind="stable")
    wanted, asked = units[order], cell[order]
    before = np.cumsum(wanted) - wanted
    is_first = np.concatenate(([True], asked[1:] != asked[:-1]))
    before -= np.maximum.accumulate(np.where(is_first, before, 0))
    given = np.empty_like(units)
    given[order] = np.clip(there[asked] - before, 0, wanted)
    return given
