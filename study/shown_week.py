"""One week of one station in full, kept of the first replication, for charts that follow technicians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from study.shown_day import KEPT_REPLICATION

if TYPE_CHECKING:
    from sim import RunResult, Table
    from study.evidence import Study

IntArray = npt.NDArray[np.int64]

_DAY, _WEEK = 86_400, 7
_TABLES = ("visits", "technician_days")
_OF_REQUESTS = ("kind", "urgency", "mode")


@dataclass(frozen=True, eq=False)
class ShownWeek:
    """The week, Monday to Sunday, with most visits of the station with most visits after the warm-up.

    Tables hold the visits for which somebody of the station set out in the week, with kind, urgency and failure mode
    of their requests, and the rows of `technician_days`.
    """

    station: int
    first_day: int
    tables: Mapping[str, Mapping[str, IntArray]]
    """Event table -> column -> (rows,)."""

    @property
    def busiest_day(self) -> int:
        """The day of the week with most visits."""
        days = self.tables["visits"]["departed_second"] // _DAY - self.first_day
        return self.first_day + int(np.argmax(np.bincount(days, minlength=_WEEK)))

    @property
    def technicians(self) -> list[int]:
        """Everybody who has a row in the week, in the order of their numbers."""
        return sorted(set(self.tables["technician_days"]["technician"].tolist()))

    def date(self, study: Study, day: int) -> date:
        """Calendar date of a day."""
        return study.labels.start_date + timedelta(days=day)

    @staticmethod
    def of(study: Study) -> ShownWeek | None:
        """The shown week of a study, None when nobody visits customers."""
        for run in study.condensed:
            if run.shown_week:
                return _unpacked(run.shown_week)
        return None


def shown_week(result: RunResult) -> dict[str, IntArray]:
    """The shown week of a run as arrays by name, such as `visits.technician`; empty when there is none.

    Args:
        result: replications other than the first keep nothing.
    """
    if result.identity.replication != KEPT_REPLICATION or "visits" not in result.tables:
        return {}
    visits = result.tables["visits"]
    if not len(visits):
        return {}
    departed = visits["departed_second"]
    counted = departed >= result.labels.warm_up_days * _DAY
    if not counted.any():
        counted[:] = True
    station = int(np.argmax(np.bincount(visits["station"][counted])))
    days = departed[counted & (visits["station"] == station)] // _DAY
    first = _busiest_week(days, result.labels.start_date.weekday(), len(result.panels.day))
    rows = (visits["station"] == station) & (departed // _DAY >= first) & (departed // _DAY < first + _WEEK)
    people = result.tables["technician_days"]
    of_week = (people["station"] == station) & (people["day"] >= first) & (people["day"] < first + _WEEK)
    packed = {"station": np.array(station), "first_day": np.array(first)}
    for table, chosen in ((visits, rows), (people, of_week)):
        packed |= {f"{table.name}.{name}": values[chosen] for name, values in table.columns.items()}
    return packed | _requests(result.tables["requests"], visits["request"][rows])


def _busiest_week(days: IntArray, start_weekday: int, horizon: int) -> int:
    """First day of the week with most visits: a Monday, or the first day of a run shorter than that."""
    monday = (days + start_weekday) // _WEEK
    busiest = int(np.argmax(np.bincount(monday)))
    return min(max(busiest * _WEEK - start_weekday, 0), max(horizon - _WEEK, 0))


def _requests(requests: Table, wanted: IntArray) -> dict[str, IntArray]:
    order = np.argsort(requests["request"], kind="stable")
    at = order[np.searchsorted(requests["request"][order], wanted)]
    return {f"visits.{name}": requests[name][at] for name in _OF_REQUESTS}


def _unpacked(arrays: Mapping[str, IntArray]) -> ShownWeek:
    tables: dict[str, dict[str, IntArray]] = {name: {} for name in _TABLES}
    for key, values in arrays.items():
        name, _, column = key.partition(".")
        if column:
            tables[name][column] = values
    return ShownWeek(int(arrays["station"]), int(arrays["first_day"]), tables)
