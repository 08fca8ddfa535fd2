"""Levels of parts that follow forecasts of use: stations by what was taken there, centres by what stations ordered."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import DaysOfUse
from sim.aftersales.context import Context
from sim.aftersales.requests import Echelon
from sim.parts.facts import FloatArray, IntArray, Levels, PartFacts
from sim.parts.forecasting import UseForecast
from sim.recorder import TABLES

DAYS_BETWEEN_REVIEWS: Final = 7
_MILLI: Final = 1000.0
_NEARLY_NOTHING: Final = 1e-9


class PlannedLevels:
    """Levels of one echelon that follow forecasts, a forecast for each rule by days of use."""

    def __init__(
        self, rules: dict[int, DaysOfUse], levels: Levels, expected_per_day: FloatArray, days: FloatArray
    ) -> None:
        """Set the first levels, from what is expected.

        Args:
            rules: those by days of use, by index.
            levels: of all parts; those of these rules are set here.
            expected_per_day: (places, parts) use expected beforehand.
            days: (places, parts) lead time and review that every level covers.
        """
        self._levels = levels
        self._weeks = days / DAYS_BETWEEN_REVIEWS
        expected = expected_per_day * DAYS_BETWEEN_REVIEWS
        used = {number: rule for number, rule in rules.items() if np.any(levels.rule == number)}
        self._rules = {n: (rule, UseForecast(rule.method, rule.weight, expected)) for n, rule in used.items()}
        self._set()

    @property
    def per_week(self) -> FloatArray:
        """(places, parts) use forecast for the coming week; 0 where nothing is forecast."""
        forecast = np.zeros_like(self._weeks)
        for number, (_, use) in self._rules.items():
            forecast = np.where(self._levels.rule == number, use.per_period, forecast)
        return forecast

    @property
    def any(self) -> bool:
        """Whether any level here follows a forecast."""
        return bool(self._rules)

    def learn(self, used: IntArray) -> None:
        """Take in what was used in the week that ends, (places, parts) units, and set levels anew."""
        for _, forecast in self._rules.values():
            forecast.learn(used)
        self._set()

    def _set(self) -> None:
        """A part is ordered when its position is at or below what covers the time; at least one unit is kept of it."""
        for number, (rule, forecast) in self._rules.items():
            low, high = (
                forecast.cover(self._weeks + days / DAYS_BETWEEN_REVIEWS, rule.safety_factor)
                for days in (rule.reorder_point_days, rule.order_up_to_days)
            )
            is_used = high > _NEARLY_NOTHING
            least = np.where(is_used, np.floor(low), -1).astype(np.int64)
            most = np.where(is_used, np.maximum(least + 1, np.ceil(high)), 0).astype(np.int64)
            here = self._levels.rule == number
            self._levels.reorder_point[here], self._levels.order_up_to[here] = least[here], most[here]


class Planning:
    """Once a week forecasts learn what the records of the week say, and levels follow.

    A station's use is what left its shelf for vans and customers; whoever had to wait counts when the part has come.
    A centre's use is what its stations ordered, sent or not. Before anything is seen, use is what the installed base
    lets expect, shared over stations as technicians are. A station covers its `lead_time_days`; a centre the lead time
    that the supplier quotes, or for repairable units the time in the repair shop if that is longer, since most of them
    come from there.
    """

    def __init__(self, context: Context, facts: PartFacts) -> None:
        self._context = context
        self._facts = facts
        self._moves = context.recorder.follower("part_moves")
        self._demands = context.recorder.follower("part_demands")
        rules = {
            number: rule.days_of_use
            for number, rule in enumerate(facts.policy.rules)
            if rule.days_of_use is not None
        }
        review = 0.0 if facts.policy.continuous_review else 1.0
        at_stations = np.outer(_shares(facts), facts.expected_per_day)
        at_centres = np.zeros(facts.centres.rule.shape)
        np.add.at(at_centres, facts.centre_of_station, at_stations)
        days = np.repeat(_station_days(context)[:, None], facts.parts, axis=1)
        self._stations = PlannedLevels(rules, facts.stations, at_stations, days + review)
        supplied = np.tile(_supply_days(context, facts), (len(at_centres), 1))
        self._centres = PlannedLevels(rules, facts.centres, at_centres, supplied + review)

    def end_day(self, day: int) -> None:
        """At the end of every seventh day."""
        if (day + 1) % DAYS_BETWEEN_REVIEWS or not (self._stations.any or self._centres.any):
            return
        taken, ordered = _added(self._moves(), "part_moves"), _added(self._demands(), "part_demands")
        is_use = np.isin(taken["to_echelon"], (Echelon.VAN, Echelon.CUSTOMER))
        is_use &= taken["from_echelon"] == Echelon.STATION
        self._stations.learn(_total(taken, is_use, "from_place", self._facts.stations))
        used = _total(ordered, ordered["echelon"] == Echelon.CENTRE, "place", self._facts.centres)
        self._write(used)
        self._centres.learn(used)

    def _write(self, used: IntArray) -> None:
        """What had been forecast for the week that ends, and what came of it."""
        centre, part = np.nonzero(self._facts.centres.rule >= 0)
        rows = np.empty((centre.size, len(TABLES["part_forecasts"])), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2] = self._context.now, centre, part
        rows[:, 3] = np.rint(self._centres.per_week[centre, part] * _MILLI)
        rows[:, 4] = used[centre, part]
        self._context.recorder.add("part_forecasts", rows)


def _added(rows: IntArray, table: str) -> dict[str, IntArray]:
    return {name: rows[:, index] for index, name in enumerate(TABLES[table])}


def _total(rows: dict[str, IntArray], chosen: npt.NDArray[np.bool_], place: str, levels: Levels) -> IntArray:
    """(places, parts) units in the rows that are chosen."""
    units = np.zeros(levels.rule.shape, np.int64)
    np.add.at(units, (rows[place][chosen], rows["part"][chosen]), rows["units"][chosen])
    return units


def _shares(facts: PartFacts) -> FloatArray:
    """(stations,) share of all technicians; all alike where there are none."""
    people = np.bincount(facts.station_of_van, minlength=len(facts.station_keys)).astype(np.float64)
    people = people if people.any() else np.ones_like(people)
    return np.asarray(people / max(1.0, float(people.sum())))


def _station_days(context: Context) -> FloatArray:
    """(stations,) lead time that planners reckon with."""
    table = context.facts.service.stations
    assert table is not None
    at = {
        str(name): float(days)
        for name, days in zip(table["station_id"], table["lead_time_days"], strict=True)
    }
    return np.array([at[name] for name in context.facts.station_ids], np.float64)


def _supply_days(context: Context, facts: PartFacts) -> FloatArray:
    """(parts,) time from an order of a centre, or from a defective unit, to stock."""
    quoted = context.world.supply.quoted_days[facts.supplier].astype(np.float64)
    shop = math.ceil(facts.supply.repair_shop.turnaround_days.mean())
    return np.where(facts.is_repairable, np.maximum(quoted, shop), quoted)


__all__ = ["Planning"]
