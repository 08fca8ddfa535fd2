"""Records of after-sales service on the days that count, and arithmetic that its KPIs share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import Kind, Outcome
from sim.books.charges import SERVICE_CHARGES
from sim.clock import SECONDS_PER_DAY
from sim.columns import SomeRows
from sim.kpis.operations import Rows
from sim.records import IntArray, Table
from sim.result import Labels, ServiceLabels

NAN = float("nan")
COMPLETED = (Outcome.DONE, Outcome.RESOLVED_REMOTELY, Outcome.DONE_BY_PARTNER)
"""Outcomes with which a customer got what was needed."""

REPAIRS = (Kind.REPAIR, Kind.REWORK)

Chosen = npt.NDArray[np.bool_]
_NOTHING = Rows({}, 0)


@dataclass(frozen=True, eq=False)
class ServiceRecords:
    """Event tables of a run; days before `first_second` are warm-up."""

    tables: Mapping[str, Table]
    """A table that is missing counts as empty."""
    labels: Labels
    end_second: int

    @property
    def names(self) -> ServiceLabels:
        """Axes of after-sales service."""
        return self.labels.service

    @property
    def first_second(self) -> int:
        """Begin of the days that count."""
        return self.labels.warm_up_days * SECONDS_PER_DAY

    @property
    def days(self) -> float:
        """Days that count."""
        return (self.end_second - self.first_second) / SECONDS_PER_DAY

    @property
    def is_there(self) -> bool:
        """Whether anything was done or paid at all."""
        names = ("requests", "calls", "technician_days", "part_stock", "installed_base")
        return any(self.all_rows(name).count for name in names) or bool(
            self._rows("charges", lambda t: np.isin(t["reason"], SERVICE_CHARGES)).count
        )

    def rows(self, table: str, second: str, chosen: Callable[[Table], Chosen] | None = None) -> Rows:
        """Rows of a table whose `second` falls on a day that counts, and that are chosen."""
        return self._rows(
            table, lambda t: (t[second] >= self.first_second) & (True if chosen is None else chosen(t))
        )

    def rows_of_days(self, table: str) -> Rows:
        """Rows of a table with a column `day` that counts."""
        return self._rows(table, lambda t: t["day"] >= self.labels.warm_up_days)

    def all_rows(self, table: str) -> Rows:
        """Every row of a table."""
        return Rows(self.tables[table].columns, len(self.tables[table])) if table in self.tables else _NOTHING

    def _rows(self, table: str, chosen: Callable[[Table], Chosen]) -> Rows:
        if table not in self.tables:
            return _NOTHING
        return part_of(self.all_rows(table), chosen(self.tables[table]))

    @cached_property
    def requests(self) -> Rows:
        """Requests opened on days that count, all kinds."""
        return self.rows("requests", "reported_second")

    def requests_where(self, chosen: Callable[[Rows], Chosen]) -> Rows:
        """Some of `requests`."""
        return part_of(self.requests, chosen(self.requests))

    @cached_property
    def repairs(self) -> Rows:
        """Repairs and rework opened on days that count."""
        return self.requests_where(lambda r: np.isin(r["kind"], REPAIRS))

    @cached_property
    def visits(self) -> Rows:
        """Visits for which somebody set out on days that count."""
        return self.rows("visits", "departed_second")

    @cached_property
    def worked_days(self) -> Rows:
        """Days that count on which technicians worked."""
        days = self.rows_of_days("technician_days")
        return part_of(
            days, (days["is_absent"] == 0) & (days["is_training"] == 0) & (days["shift_seconds"] > 0)
        )


def part_of(rows: Rows, chosen: Chosen) -> Rows:
    """Some of some rows."""
    found = np.flatnonzero(chosen)
    columns = rows.columns
    some = columns.some(found) if isinstance(columns, SomeRows) else SomeRows(columns, found)
    return Rows(some, len(found))


def over(numerator: float, denominator: float) -> float:
    """A ratio; NaN where there is nothing to divide by."""
    return float(numerator) / float(denominator) if denominator > 0 else NAN


def mean(values: npt.NDArray[np.floating] | IntArray | Chosen) -> float:
    """A mean; NaN of nothing."""
    return over(float(values.sum()), values.size)
