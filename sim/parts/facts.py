"""Facts of spare parts on axes: what they cost, who delivers them, their classes, and the levels of every place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from scenarios import PartsPolicy, PartsSupply
from sim.aftersales.facts import ServiceFacts
from sim.axes import Axes, frozen, positions, to_minor
from sim.parts.classes import classes_of, expected_use
from sim.streams import CELL_MULTIPLIER, entity_keys

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

CLASS_NAMES: tuple[Literal["A", "B", "C"], ...] = ("A", "B", "C")
VANS_OF_STATION: Final = "/van"
"""What is added to a station's id in the table of levels for the vans of its technicians."""
_DAYS_PER_YEAR: Final = 365.0


@dataclass(frozen=True, eq=False)
class Levels:
    """Levels of one echelon, (places, parts) each; those by days of use change in place."""

    reorder_point: IntArray
    order_up_to: IntArray
    rule: IntArray
    """Index of the rule by days of use that sets them, -1 where they are given in units."""

    def wanted(self, position: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Places, parts and units to be ordered at (places, parts) inventory positions, place by place."""
        cell = np.flatnonzero(position <= self.reorder_point)
        units = self.order_up_to.ravel()[cell] - position.ravel()[cell]
        some = units > 0
        place, part = np.unravel_index(cell[some], self.order_up_to.shape)
        return place, part, units[some]

    def missing(self, place: int, part: int, position: int) -> int:
        """Units to be ordered of one part at one place."""
        if position > self.reorder_point[place, part]:
            return 0
        return max(0, int(self.order_up_to[place, part]) - position)


@dataclass(frozen=True, eq=False)
class PartFacts:
    """What the room of spare parts looks up."""

    supply: PartsSupply
    policy: PartsPolicy
    part_ids: tuple[str, ...]
    cost_minor: IntArray
    """(parts,) purchase cost."""
    supplier: IntArray
    """(parts,)."""
    is_repairable: npt.NDArray[np.bool_]
    """(parts,)."""
    abc: IntArray
    """(parts,) 0 = A, 1 = B, 2 = C."""
    expected_per_day: FloatArray
    """(parts,) use that is expected before anything is seen."""
    centre_of_station: IntArray
    """(stations,)."""
    station_of_van: IntArray
    """(technicians,)."""
    centres: Levels
    stations: Levels
    vans: Levels
    part_keys: Keys
    """(parts,)."""
    station_keys: Keys
    """(stations,)."""
    van_keys: Keys
    """(technicians,)."""
    centre_keys: Keys
    """(centres,)."""

    @property
    def parts(self) -> int:
        """Number of parts."""
        return len(self.part_ids)


def key_of(place: int, part: int) -> int:
    """Key of a part at a place from the keys of both."""
    return (place + part * CELL_MULTIPLIER) & ((1 << 64) - 1)


def build_part_facts(facts: ServiceFacts, axes: Axes, supply: PartsSupply) -> PartFacts:
    """Work out classes and levels of all parts."""
    policy, table = facts.policy.parts, supply.parts
    part_ids, cost = facts.part_ids, to_minor(table["purchase_cost"])
    use = expected_use(facts, table["mean_per_day"].astype(np.float64) * len(facts.station_ids))
    abc = classes_of(use * cost, policy.abc_shares)
    supplier_at = {**positions(axes.supplier_ids), "": 0}
    van_ids = tuple(person.id for person in facts.technicians)
    station_of_van = np.array([person.station for person in facts.technicians], np.int64)
    levels = _Levels(policy, part_ids, abc)
    vans_of = [f"{facts.station_ids[station]}{VANS_OF_STATION}" for station in station_of_van]
    return PartFacts(
        supply=supply,
        policy=policy,
        part_ids=part_ids,
        cost_minor=frozen(cost),
        supplier=frozen(np.array([supplier_at[name] for name in table["supplier_id"]], np.int64)),
        is_repairable=frozen(table["is_repairable"].astype(np.bool_)),
        abc=frozen(abc),
        expected_per_day=frozen(use / _DAYS_PER_YEAR),
        centre_of_station=frozen(np.array(facts.station_centre, np.int64)),
        station_of_van=frozen(station_of_van),
        centres=levels.of("dc", axes.centre_ids),
        stations=levels.of("station", facts.station_ids),
        vans=levels.of("van", vans_of, van_ids),
        part_keys=frozen(entity_keys(part_ids)),
        station_keys=frozen(entity_keys(facts.station_ids)),
        van_keys=frozen(entity_keys(van_ids)),
        centre_keys=frozen(entity_keys(axes.centre_ids)),
    )


class _Levels:
    """Levels by rule, and those of the table over them."""

    def __init__(self, policy: PartsPolicy, part_ids: tuple[str, ...], abc: IntArray) -> None:
        self._policy = policy
        self._part_ids = part_ids
        self._abc = abc
        self._rows: dict[str, list[tuple[int, int, int]]] = {}
        if policy.levels is not None:
            part_at = positions(part_ids)
            columns = ("place_id", "part_id", "reorder_point_units", "order_up_to_units")
            for place, part, low, high in zip(*(policy.levels[name] for name in columns), strict=True):
                self._rows.setdefault(str(place), []).append((part_at[part], int(low), int(high)))

    def of(self, echelon: str, *names: Iterable[str]) -> Levels:
        """Levels of the places of an echelon; a later name of a place goes before an earlier one."""
        called = [tuple(place) for place in zip(*names, strict=True)]
        reorder_point, order_up_to, rule = (np.tile(row, (len(called), 1)) for row in self._by_rule(echelon))
        for index, place in enumerate(called):
            for name in place:
                for part, least, most in self._rows.get(name, ()):
                    reorder_point[index, part], order_up_to[index, part] = least, most
                    rule[index, part] = -1
        return Levels(reorder_point, order_up_to, frozen(rule))

    def _by_rule(self, echelon: str) -> tuple[IntArray, IntArray, IntArray]:
        """(parts,) levels in units, and the rule of those that are given in days of use."""
        low, high = np.full(len(self._part_ids), -1, np.int64), np.zeros(len(self._part_ids), np.int64)
        in_days = np.full(len(self._part_ids), -1, np.int64)
        ruled = np.zeros(len(self._part_ids), np.bool_)
        for number, rule in enumerate(self._policy.rules):
            if rule.echelon != echelon:
                continue
            fits = np.isin(self._part_ids, rule.part_ids) if rule.part_ids else np.ones_like(ruled)
            if rule.classes:
                fits &= np.isin(self._abc, [CLASS_NAMES.index(name) for name in rule.classes])
            fits &= ~ruled
            if rule.days_of_use is not None:
                in_days[fits] = number
            elif rule.reorder_point_units is not None and rule.order_up_to_units is not None:
                low[fits], high[fits] = rule.reorder_point_units, rule.order_up_to_units
            ruled |= fits
        return low, high, in_days
