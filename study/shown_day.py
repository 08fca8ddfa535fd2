"""One day of one centre in full, kept of the first replication, for charts that follow trucks and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim import Work

if TYPE_CHECKING:
    from sim import RunResult, Table
    from study.evidence import Study

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

KEPT_REPLICATION = 0
_DAY, _HOUR, _WEEK, _SATURDAY = 86_400, 3_600, 7, 5
_TABLES = ("trips", "stops", "tasks", "shifts", "drops")


@dataclass(frozen=True, eq=False)
class ShownDay:
    """The busiest weekday, by trips and then drops, of the centre with most trips; without trucks, by work begun.

    Tables hold the trips that left on the day with their stops, and the work, shifts and released drops of the 24
    hours in which they were made ready.
    """

    day: int
    centre: int
    starts_second: int
    """Begin of the 24 hours of work in the centre."""
    tables: Mapping[str, Mapping[str, IntArray]]
    """Event table -> column -> (rows,)."""

    @property
    def ends_second(self) -> int:
        """End of the 24 hours of work in the centre."""
        return self.starts_second + _DAY

    def date(self, study: Study) -> date:
        """Calendar date of the day."""
        return study.labels.start_date + timedelta(days=self.day)

    @staticmethod
    def of(study: Study) -> ShownDay | None:
        """The shown day of a study, None when it has no trucks and no work in centres."""
        for run in study.condensed:
            if run.shown_day:
                return _unpacked(run.shown_day)
        return None


def shown_day(result: RunResult) -> dict[str, IntArray]:
    """The shown day of a run as arrays by name, such as `trips.truck`; empty when there is none.

    Args:
        result: replications other than the first keep nothing.
    """
    tables = result.tables
    if result.identity.replication != KEPT_REPLICATION or "tasks" not in tables or "trips" not in tables:
        return {}
    trips, tasks = tables["trips"], tables["tasks"]
    second = trips["departed_second"] if len(trips) else tasks["started_second"]
    centre = trips["centre"] if len(trips) else tasks["centre"]
    drops = trips["drops"] if len(trips) else np.zeros(len(tasks), np.int64)
    if not len(second):
        return {}
    counted = second >= result.labels.warm_up_days * _DAY
    if not counted.any():
        counted[:] = True
    shown = int(np.argmax(np.bincount(centre[counted])))
    mine = counted & (centre == shown)
    day = _busiest_weekday(second[mine] // _DAY, drops[mine], result.labels.start_date.weekday())
    starts = _starts_second(day, second[mine], has_trips=len(trips) > 0)
    chosen = _chosen(tables, shown, day, starts)
    packed = {"day": np.array(day), "centre": np.array(shown), "starts_second": np.array(starts)}
    for name, rows in chosen.items():
        packed |= {f"{name}.{column}": values[rows] for column, values in tables[name].columns.items()}
    return packed


def _busiest_weekday(days: IntArray, drops: IntArray, start_weekday: int) -> int:
    """The first of the days from Monday to Friday with most events, of these with most drops.

    Without an event from Monday to Friday, of all days.
    """
    found, which = np.unique(days, return_inverse=True)
    is_weekend = (start_weekday + found) % _WEEK >= _SATURDAY
    loads = np.bincount(which, weights=drops)
    return int(found[np.lexsort((found, -loads, -np.bincount(which), is_weekend))[0]])


def _starts_second(day: int, seconds: IntArray, *, has_trips: bool) -> int:
    """24 hours up to the hour in which the last truck left; without trucks, from the quietest hour of days on."""
    if has_trips:
        last = int(seconds[seconds // _DAY == day].max())
        return (last // _HOUR + 1) * _HOUR - _DAY
    per_hour = np.bincount(seconds % _DAY // _HOUR, minlength=24)
    return day * _DAY + int(np.argmin(per_hour)) * _HOUR


def _chosen(tables: Mapping[str, Table], centre: int, day: int, starts: int) -> dict[str, BoolArray]:
    """Event table -> which of its rows belong to the shown day."""
    trips, stops, tasks, shifts, drops = (tables[name] for name in _TABLES)
    ends = starts + _DAY
    of_day = (trips["centre"] == centre) & (trips["departed_second"] // _DAY == day)
    numbers = trips["trip"][of_day]
    in_window = (tasks["finished_second"] > starts) & (tasks["started_second"] < ends)
    loads = (tasks["work"] == Work.LOADING) & np.isin(tasks["reference"], numbers)
    released = drops["released_second"]
    return {
        "trips": of_day,
        "stops": np.isin(stops["trip"], numbers),
        "tasks": (tasks["centre"] == centre) & (in_window | loads),
        "shifts": (shifts["centre"] == centre)
        & (shifts["ends_second"] > starts)
        & (shifts["starts_second"] < ends),
        "drops": (drops["centre"] == centre) & (released >= starts) & (released < ends),
    }


def _unpacked(arrays: Mapping[str, IntArray]) -> ShownDay:
    tables: dict[str, dict[str, IntArray]] = {name: {} for name in _TABLES}
    for key, values in arrays.items():
        name, _, column = key.partition(".")
        if column:
            tables[name][column] = values
    return ShownDay(int(arrays["day"]), int(arrays["centre"]), int(arrays["starts_second"]), tables)
