"""Operations: how well centres and transport work, read off the event tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.books import MINOR_PER_MAJOR, Account
from sim.books.charges import ACCOUNT_OF, SERVICE_CHARGES, Charge
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.columns import SomeRows
from sim.kpis import staging
from sim.kpis.replans import replan_kpis
from sim.records import IntArray, Table
from sim.replans import Planned
from sim.stations import CREW_OF, Crew, Work

PUNCTUAL_SECONDS = 300
"""A trip that leaves no later than this after the planned second is punctual."""

_SECONDS_PER_MINUTE = 60
_METRES_PER_KM = 1_000
_NAN = float("nan")
_NOT_OF_DROPS = tuple(
    reason for reason in SERVICE_CHARGES if ACCOUNT_OF[reason] in (Account.TRANSPORT, Account.OUTSOURCING)
)
"""Technicians' vans, transfers of parts and service partners."""

Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Operations:
    """The records of a run that say how its work went; days before `first_second` are warm-up."""

    tables: Mapping[str, Table]
    """A table that is missing counts as empty."""
    ledger: IntArray
    """(days, places, classes, accounts) in minor units."""
    first_second: int
    end_second: int
    doors: int
    """In all centres."""

    @property
    def days(self) -> float:
        """Days that count."""
        return (self.end_second - self.first_second) / SECONDS_PER_DAY

    def rows(self, table: str, second: str, chosen: Callable[[Table], Chosen] | None = None) -> Rows:
        """Rows of a table whose `second` falls on a day that counts, and that are chosen."""
        return self.all_rows(
            table,
            lambda t: (t[second] >= self.first_second) & (True if chosen is None else chosen(t)),
        )

    def all_rows(self, table: str, chosen: Callable[[Table], Chosen]) -> Rows:
        """Rows of a table that are chosen, whatever the day."""
        if table not in self.tables:
            return Rows({}, 0)
        whole = self.tables[table]
        kept = np.flatnonzero(chosen(whole))
        return Rows(SomeRows(whole.columns, kept), len(kept))

    def within(self, began: IntArray, ended: IntArray) -> IntArray:
        """Seconds of each stretch of time that fall on days that count; an end of -1 is still to come."""
        ended = np.where(ended < 0, self.end_second, np.minimum(ended, self.end_second))
        return np.asarray((ended - np.maximum(began, self.first_second)).clip(0))


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a table; an empty column where there is no table."""

    columns: Mapping[str, npt.NDArray[np.int64]]
    count: int

    def __getitem__(self, column: str) -> IntArray:
        return self.columns.get(column, np.zeros(0, np.int64))


def operation_kpis(
    tables: Mapping[str, Table], ledger: IntArray, warm_up_days: int, doors: int
) -> dict[str, float]:
    """Work out the KPIs of centres and transport.

    Orders count by the day they were placed on, tasks by the day they were queued on, trips by the day they left on;
    time at work and time paid count second by second.

    Args:
        tables: event tables of a run; missing ones count as empty.
        ledger: (days, places, classes, accounts) in minor units.
        warm_up_days: days that do not count.
        doors: doors of all centres.

    Returns:
        KPI name -> value; NaN where there is nothing to count.
    """
    ends = len(ledger) * SECONDS_PER_DAY
    records = Operations(tables, ledger, warm_up_days * SECONDS_PER_DAY, ends, doors)
    values = {name: formula(records) for name, formula in OPERATIONS.items()}
    return values | replan_kpis(tables, Planned.TRUCKS, records.first_second, ends)


def _over(numerator: float, denominator: float) -> float:
    return float(numerator / denominator) if denominator > 0 else _NAN


def _mean(values: npt.NDArray[np.floating] | IntArray | Chosen) -> float:
    return _over(float(values.sum()), values.size)


def _promised(o: Operations) -> Rows:
    return o.rows("order_stages", "placed_second", lambda t: t["promised_second"] < o.end_second)


def _in_time(orders: Rows) -> Chosen:
    unloaded = orders["unloaded_second"]
    return np.asarray((unloaded >= 0) & (unloaded <= orders["promised_second"]))


def _otif(o: Operations) -> float:
    orders = _promised(o)
    return _mean(_in_time(orders) & (orders["is_complete"] != 0))


def _on_time(o: Operations) -> float:
    return _mean(_in_time(_promised(o)))


def _hours(start: str, stop: str) -> Callable[[Operations], float]:
    """Mean hours between two stages of the orders that have reached both."""

    def formula(o: Operations) -> float:
        orders = o.rows("order_stages", "placed_second", lambda t: (t[start] >= 0) & (t[stop] >= 0))
        return _mean((orders[stop] - orders[start]) / SECONDS_PER_HOUR)

    return formula


def _outstanding(o: Operations) -> float:
    """Weighted by value, or by units shipped where no order has one."""
    orders = o.rows(
        "order_stages", "placed_second", lambda t: (t["unloaded_second"] >= 0) & (t["settled_second"] >= 0)
    )
    weight = orders["value_minor"] if orders["value_minor"].any() else orders["units_shipped"]
    days = (orders["settled_second"] - orders["unloaded_second"]) / SECONDS_PER_DAY
    return _over(float((days * weight).sum()), float(weight.sum()))


def _picking_cost(o: Operations) -> float:
    is_wage = (Charge.PICKER_SHIFT, Charge.PICKER_OVERTIME)
    wages = o.rows("charges", "charged_second", lambda t: np.isin(t["reason"], is_wage))
    streams = o.rows("tasks", "finished_second", lambda t: t["work"] == Work.STREAM)
    lines = o.rows("drops", "ready_second")["lines"].sum() + streams["lines"].sum()
    if not wages.count:
        return _NAN
    return _over(wages["amount_minor"].sum() / MINOR_PER_MAJOR, lines)


def _paid_seconds(o: Operations, crew: Crew | None = None) -> int:
    """Seconds of shifts, of one crew or of all."""
    shifts = o.all_rows("shifts", lambda t: (t["crew"] == crew) | (crew is None))
    return int((shifts["people"] * o.within(shifts["starts_second"], shifts["ends_second"])).sum())


def _busy_seconds(o: Operations, works: tuple[Work, ...]) -> int:
    """Seconds of work, overtime left out."""
    tasks = o.all_rows("tasks", lambda t: np.isin(t["work"], works) & (t["started_second"] >= 0))
    finished = tasks["finished_second"]
    ended = np.where(finished < 0, finished, finished - tasks["overtime_seconds"])
    return int(o.within(tasks["started_second"], ended).sum())


def _utilisation(crew: Crew) -> Callable[[Operations], float]:
    works = tuple(work for work in CREW_OF if CREW_OF[work] is crew)
    return lambda o: _over(_busy_seconds(o, works), _paid_seconds(o, crew))


def _dock_utilisation(o: Operations) -> float:
    busy = _busy_seconds(o, (Work.LOADING, Work.UNLOADING))
    return _over(busy, o.doors * (o.end_second - o.first_second))


def _overtime(o: Operations) -> float:
    tasks, trips = o.rows("tasks", "finished_second"), o.rows("trips", "returned_second")
    overtime = int(tasks["overtime_seconds"].sum() + trips["overtime_seconds"].sum())
    return _over(overtime, _paid_seconds(o) + overtime)


def _stream_tasks(o: Operations) -> Rows:
    return o.rows("tasks", "queued_second", lambda t: t["work"] == Work.STREAM)


def _stream_wait(o: Operations) -> float:
    tasks = _stream_tasks(o)
    begun = tasks["started_second"] >= 0
    return _mean((tasks["started_second"] - tasks["queued_second"])[begun] / _SECONDS_PER_MINUTE)


def _punctuality(o: Operations) -> float:
    trips = o.rows("trips", "planned_second", lambda t: t["planned_second"] + PUNCTUAL_SECONDS < o.end_second)
    departed = trips["departed_second"]
    return _mean((departed >= 0) & (departed <= trips["planned_second"] + PUNCTUAL_SECONDS))


def _trips(o: Operations) -> Rows:
    return o.rows("trips", "departed_second")


def _fill(o: Operations) -> float:
    trips = _trips(o)
    by_weight = trips["weight_grams"] / trips["capacity_grams"]
    return _mean(np.maximum(by_weight, trips["volume_millilitres"] / trips["capacity_millilitres"]))


def _distance(o: Operations) -> float:
    trips = _trips(o)
    return float(trips["metres"].sum() / _METRES_PER_KM / o.days) if trips.count else _NAN


def _stops_per_hour(o: Operations) -> float:
    """Of trips that are back."""
    trips = o.rows("trips", "departed_second", lambda t: t["returned_second"] >= 0)
    stops = o.all_rows("stops", lambda t: np.isin(t["trip"], trips["trip"]))
    out = (trips["returned_second"] - trips["departed_second"]).sum()
    return _over(stops.count * SECONDS_PER_HOUR, out)


def _carried(o: Operations) -> Rows:
    return o.rows("carrier_drops", "handed_second")


def _cost_per_drop(o: Operations) -> float:
    after = o.ledger[o.first_second // SECONDS_PER_DAY :]
    others = o.rows("charges", "charged_second", lambda t: np.isin(t["reason"], _NOT_OF_DROPS))
    paid = after[..., [Account.TRANSPORT, Account.OUTSOURCING]].sum() - others["amount_minor"].sum()
    cost = paid / MINOR_PER_MAJOR
    return _over(cost, o.rows("stops", "arrived_second").count + _carried(o).count)


def _co2(o: Operations) -> float:
    carried = _carried(o)
    units = o.rows("stops", "arrived_second")["units"].sum() + carried["units"].sum()
    return _over(_trips(o)["co2_grams"].sum() + carried["co2_grams"].sum(), units)


def _carriers_on_time(o: Operations) -> float:
    def due(drops: Table) -> Chosen:
        return np.asarray((drops["is_courier"] == 0) & (drops["quoted_second"] < o.end_second))

    drops = o.rows("carrier_drops", "handed_second", due)
    delivered = drops["delivered_second"]
    return _mean((delivered >= 0) & (delivered <= drops["quoted_second"]))


def _carriers_share(o: Operations) -> float:
    carried = _carried(o)
    drops = o.rows("stops", "arrived_second").count + carried.count
    return _over(int((carried["is_courier"] == 0).sum()), drops)


OPERATIONS: dict[str, Callable[[Operations], float]] = {
    "otif": _otif,
    "on_time_share": _on_time,
    "order_lead_time_hours": _hours("placed_second", "unloaded_second"),
    "desk_hours": _hours("placed_second", "assigned_second"),
    "receiving_hours": _hours("placed_second", "received_second"),
    "assigning_hours": _hours("received_second", "assigned_second"),
    "wave_wait_hours": _hours("assigned_second", "released_second"),
    "picking_hours": _hours("released_second", "picked_second"),
    "monitoring_hours": _hours("picked_second", "monitored_second"),
    "loading_hours": _hours("picked_second", "departed_second"),
    "road_hours": _hours("departed_second", "arrived_second"),
    "unloading_hours": _hours("arrived_second", "unloaded_second"),
    "feed_back_hours": _hours("unloaded_second", "fed_back_second"),
    "pick_cost_per_line": _picking_cost,
    "picker_utilisation": _utilisation(Crew.PICKERS),
    "desk_utilisation": _utilisation(Crew.DESK),
    "dock_utilisation": _dock_utilisation,
    "staging_utilisation": staging.utilisation,
    "staging_peak_utilisation": staging.peak_utilisation,
    "staging_peak_litres": staging.peak_litres,
    "staging_wait_hours": staging.wait_hours,
    "overtime_share": _overtime,
    "stream_orders": lambda o: _stream_tasks(o).count / o.days if _stream_tasks(o).count else _NAN,
    "stream_wait_minutes": _stream_wait,
    "days_sales_outstanding": _outstanding,
    "dispatch_punctuality": _punctuality,
    "truck_fill": _fill,
    "km_per_day": _distance,
    "stops_per_hour": _stops_per_hour,
    "cost_per_drop": _cost_per_drop,
    "co2_per_unit": _co2,
    "carrier_on_time_share": _carriers_on_time,
    "carrier_share_of_drops": _carriers_share,
}
"""KPIs of the network as a whole, in the order of `scenarios.MEASURES`."""
