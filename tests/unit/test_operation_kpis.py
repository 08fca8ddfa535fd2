"""KPIs of centres and transport by hand: tables of a few rows, one day of warm-up, two days that count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np
import pytest

from scenarios import MEASURES, Group
from sim.books import Account
from sim.books.charges import Charge
from sim.kpis.operations import OPERATIONS, operation_kpis
from sim.recorder import TABLES
from sim.records import Table
from sim.stations import Crew, Work

DAY, HOUR, MINUTE = 86_400, 3_600, 60
DAYS, WARM_UP = 3, 1
END = DAYS * DAY
AT = DAY
"""The first second that counts; every table has a row before it, too, that must not show."""

NEVER = -1


def table(name: str, *rows: Mapping[str, int]) -> dict[str, Table]:
    """A table with the given rows; what a row leaves out is 0."""
    unknown = {column for row in rows for column in row} - set(TABLES[name])
    assert not unknown, unknown
    columns = {column: np.array([row.get(column, 0) for row in rows], np.int64) for column in TABLES[name]}
    return {name: Table(name, columns)}


def kpi(name: str, *tables: Mapping[str, Table], ledger: np.ndarray | None = None, doors: int = 0) -> float:
    """One KPI of a run of three days."""
    if ledger is None:
        ledger = np.zeros((DAYS, 2, 2, len(Account)), np.int64)
    together = {key: value for part in tables for key, value in part.items()}
    return operation_kpis(together, ledger, WARM_UP, doors)[name]


def order(placed: int, *, promised: int = END - 1, complete: bool = True, **stages: int) -> dict[str, int]:
    """An order; stages that are not named were not reached."""
    names = (
        "received", "assigned", "released", "picked", "monitored", "departed", "arrived", "unloaded", "fed_back",
        "settled",
    )  # fmt: skip
    seconds = {f"{name}_second": stages.pop(name, NEVER) for name in names}
    return {
        "placed_second": placed,
        "promised_second": promised,
        "is_complete": complete,
        **seconds,
        **stages,
    }


LATE_BEFORE_IT_COUNTS = order(AT - 1, promised=AT, unloaded=AT + HOUR, complete=False)


def of_orders(name: str, *orders: Mapping[str, int]) -> float:
    return kpi(name, table("order_stages", LATE_BEFORE_IT_COUNTS, *orders))


PROMISES = (
    order(AT, promised=AT + 5 * HOUR, unloaded=AT + 5 * HOUR),
    order(AT, promised=AT + 5 * HOUR, unloaded=AT + 4 * HOUR, complete=False),
    order(AT, promised=AT + 5 * HOUR, unloaded=AT + 5 * HOUR + 1),
    order(AT, promised=AT + 5 * HOUR),
    order(AT, promised=END),  # not yet due
)


def test_on_time_in_full() -> None:
    assert of_orders("otif", *PROMISES) == 1 / 4
    assert of_orders("on_time_share", *PROMISES) == 2 / 4


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("order_lead_time_hours", 1 + 2 + 3 + 4 + 5 + 6),
        ("desk_hours", 1),
        ("wave_wait_hours", 2),
        ("picking_hours", 3),
        ("loading_hours", 4),
        ("road_hours", 5),
        ("unloading_hours", 6),
        ("feed_back_hours", 7),
    ],
)
def test_the_stages_of_an_order(name: str, hours: int) -> None:
    stages = ("assigned", "released", "picked", "departed", "arrived", "unloaded", "fed_back")
    reached = {stage: AT + HOUR * sum(range(1, place + 2)) for place, stage in enumerate(stages)}
    halfway = {stage: AT + (second - AT) // 2 for stage, second in reached.items()}
    waiting = order(AT, assigned=NEVER)
    both = of_orders(name, order(AT, **reached), order(AT, **halfway), waiting)
    assert both == pytest.approx(0.75 * hours)


def staged(taken: int, left: int, room: int, **values: int) -> dict[str, int]:
    """A load of a trip in an area for ten cases."""
    return {
        "wanted_second": taken,
        "taken_second": taken,
        "left_second": left,
        "room": room,
        "capacity": 10,
        **values,
    }


LOADS = (
    staged(AT - HOUR, AT - 1, 10),
    staged(AT - HOUR, AT + HOUR, 4, volume_millilitres=70_000),
    staged(AT + HOUR, AT + 3 * HOUR, 6, volume_millilitres=50_000),  # takes the place of the one before
    staged(AT + 2 * HOUR, AT + 3 * HOUR, 3, wanted_second=AT + HOUR, volume_millilitres=40_000),
    staged(AT + 2 * HOUR, NEVER, 8, centre=1),
    staged(NEVER, NEVER, 9, wanted_second=AT),
)


def test_the_staging_area() -> None:
    def of(name: str) -> float:
        return kpi(name, table("staging", *LOADS))

    length = END - AT
    room = 4 * HOUR + 6 * 2 * HOUR + 3 * HOUR + 8 * (length - 2 * HOUR)
    assert of("staging_utilisation") == pytest.approx(room / (10 * 2 * length))
    assert of("staging_peak_utilisation") == 9 / 10
    assert of("staging_peak_litres") == 90
    assert of("staging_wait_hours") == pytest.approx(1 / 3)
    assert np.isnan(kpi("staging_utilisation", table("staging", staged(AT, END, 5, capacity=NEVER))))


@pytest.mark.parametrize(
    ("name", "hours"), [("receiving_hours", 2), ("assigning_hours", 1), ("monitoring_hours", 4)]
)
def test_the_steps_of_the_desk(name: str, hours: int) -> None:
    reached = {"received": AT + 2 * HOUR, "assigned": AT + 3 * HOUR, "picked": AT + 9 * HOUR}
    assert of_orders(name, order(AT, **reached, monitored=AT + 13 * HOUR), order(AT)) == hours


def test_days_sales_outstanding_weighs_by_value_or_else_by_units() -> None:
    rows = [
        order(AT, unloaded=AT, settled=AT + 30 * DAY, value_minor=100, units_shipped=1),
        order(AT, unloaded=AT, settled=AT + 10 * DAY, value_minor=300, units_shipped=4),
        order(AT, unloaded=AT, value_minor=10_000, units_shipped=99),
    ]
    assert of_orders("days_sales_outstanding", *rows) == (30 * 100 + 10 * 300) / 400
    assert of_orders("days_sales_outstanding", *({**row, "value_minor": 0} for row in rows)) == (30 + 40) / 5


def task(work: Work, queued: int, started: int, finished: int, **fields: int) -> dict[str, int]:
    return {
        "work": work,
        "queued_second": queued,
        "started_second": started,
        "finished_second": finished,
        **fields,
    }


def shift(crew: Crew, people: int, starts: int, ends: int) -> dict[str, int]:
    return {"crew": crew, "people": people, "starts_second": starts, "ends_second": ends}


def test_picking_cost_per_line() -> None:
    charges = table(
        "charges",
        {"charged_second": AT - 1, "reason": Charge.PICKER_SHIFT, "amount_minor": 999},
        {"charged_second": AT, "reason": Charge.PICKER_SHIFT, "amount_minor": 8_000},
        {"charged_second": AT, "reason": Charge.PICKER_OVERTIME, "amount_minor": 2_000},
        {"charged_second": AT, "reason": Charge.DESK_SHIFT, "amount_minor": 777},
    )
    drops = table("drops", {"ready_second": AT - 1, "lines": 50}, {"ready_second": AT + 1, "lines": 30})
    tasks = table(
        "tasks",
        task(Work.STREAM, AT, AT, AT + 1, lines=10),
        task(Work.STREAM, AT, AT, NEVER, lines=10),
        task(Work.PICKING, AT, AT, AT + 1, lines=30),  # the lines of the drop, once more
    )
    assert kpi("pick_cost_per_line", charges, drops, tasks) == 100 / 40
    assert isnan(kpi("pick_cost_per_line", drops, tasks))


def test_utilisation_counts_seconds_of_the_days_that_count() -> None:
    shifts = table(
        "shifts",
        shift(Crew.PICKERS, 5, 0, 8 * HOUR),
        shift(Crew.PICKERS, 2, AT - 4 * HOUR, AT + 4 * HOUR),  # half of it counts
        shift(Crew.PICKERS, 1, END - 2 * HOUR, END + 6 * HOUR),  # a quarter of it falls into the run
        shift(Crew.DESK, 1, AT, AT + 10 * HOUR),
    )
    tasks = table(
        "tasks",
        task(Work.PICKING, 0, 0, HOUR),
        task(Work.PICKING, 0, AT - HOUR, AT + HOUR),
        task(Work.SORTING, AT, AT + 3 * HOUR, AT + 5 * HOUR, overtime_seconds=HOUR),
        task(Work.STREAM, AT, END - HOUR, NEVER),
        task(Work.STREAM, AT, NEVER, NEVER),
        task(Work.DESK, AT, AT, AT + 2 * HOUR),
        task(Work.FOLLOW_UP, AT, AT + 2 * HOUR, AT + 3 * HOUR),
        task(Work.LOADING, AT, AT, AT + 6 * HOUR),
        task(Work.UNLOADING, AT, AT, AT + 6 * HOUR),
    )
    assert kpi("picker_utilisation", shifts, tasks) == (1 + 1 + 1) / (2 * 4 + 2)
    assert kpi("desk_utilisation", shifts, tasks) == 3 / 10
    assert kpi("dock_utilisation", shifts, tasks, doors=3) == 12 / (3 * 48)


def test_overtime_of_all_crews_and_drivers() -> None:
    shifts = table("shifts", shift(Crew.DESK, 1, AT, AT + HOUR), shift(Crew.DRIVERS, 2, AT, AT + HOUR))
    tasks = table(
        "tasks",
        task(Work.DESK, 0, 0, AT - 1, overtime_seconds=HOUR),
        task(Work.DESK, AT, AT, AT + 2 * HOUR, overtime_seconds=HOUR),
    )
    trips = table("trips", {"returned_second": AT + 3 * HOUR, "overtime_seconds": HOUR})
    assert kpi("overtime_share", shifts, tasks, trips) == 2 / 5


def test_streams() -> None:
    tasks = table(
        "tasks",
        task(Work.STREAM, AT - 1, AT + 500, AT + 600),
        task(Work.STREAM, AT, AT + 2 * MINUTE, AT + 3 * MINUTE),
        task(Work.STREAM, AT, AT + 4 * MINUTE, NEVER),
        task(Work.STREAM, AT, NEVER, NEVER),
        task(Work.PICKING, AT, AT + 40 * MINUTE, AT + 41 * MINUTE),
    )
    assert kpi("stream_orders", tasks) == 3 / 2
    assert kpi("stream_wait_minutes", tasks) == 3


def trip(number: int, planned: int, departed: int, returned: int, **fields: int) -> dict[str, int]:
    """A trip with room for 10 kg and 100 litres."""
    return {
        "trip": number,
        "planned_second": planned,
        "departed_second": departed,
        "returned_second": returned,
        "capacity_grams": 10_000,
        "capacity_millilitres": 100_000,
        **fields,
    }


TRIPS = table(
    "trips",
    trip(0, AT - 600, AT - 600, AT + HOUR, metres=9_000, weight_grams=10_000, co2_grams=99),
    trip(1, AT, AT + 300, AT + 2 * HOUR + 300, metres=30_000, weight_grams=9_000, co2_grams=500),
    trip(2, AT, AT + 301, AT + 2 * HOUR + 301, metres=10_000, volume_millilitres=70_000, co2_grams=100),
    trip(3, AT, END - HOUR, NEVER, weight_grams=5_000, volume_millilitres=20_000),
    trip(4, END - 300, NEVER, NEVER),  # still in time when the run ends
)
STOPS = table(
    "stops",
    {"trip": 0, "arrived_second": AT - 60, "units": 1_000},
    *({"trip": number, "arrived_second": AT + HOUR, "units": 50} for number in (1, 1, 1, 2, 2)),
    {"trip": 3, "arrived_second": NEVER, "units": 50},
)


def carried(handed: int, quoted: int, delivered: int, courier: bool = False) -> dict[str, int]:
    return {
        "handed_second": handed,
        "quoted_second": quoted,
        "delivered_second": delivered,
        "is_courier": courier,
        "units": 10,
        "co2_grams": 40,
    }


CARRIED = table(
    "carrier_drops",
    carried(AT - 1, AT + 9, AT + 10),
    carried(AT, AT + 9, AT + 9),
    carried(AT, AT + 9, AT + 10),
    carried(AT, AT + 9, NEVER),
    carried(AT, END, NEVER),
    carried(AT, AT + 1, AT + 5, courier=True),
)


def test_trips() -> None:
    assert kpi("dispatch_punctuality", TRIPS) == 1 / 3
    assert kpi("truck_fill", TRIPS) == pytest.approx((0.9 + 0.7 + 0.5) / 3)
    assert kpi("km_per_day", TRIPS) == 40 / 2
    assert kpi("stops_per_hour", TRIPS, STOPS) == 5 / 4


def test_drops_of_trucks_and_carriers() -> None:
    ledger = np.zeros((DAYS, 2, 2, len(Account)), np.int64)
    ledger[0, 0, 0, Account.TRANSPORT] = 12_345
    ledger[1, 0, 0, Account.TRANSPORT], ledger[2, 1, 1, Account.OUTSOURCING] = 3_000, 4_000
    ledger[1, 0, 0, Account.LABOUR] = 6_789
    tables = TRIPS, STOPS, CARRIED
    assert kpi("cost_per_drop", *tables, ledger=ledger) == 70 / (5 + 5)
    assert kpi("co2_per_unit", *tables) == (600 + 5 * 40) / (5 * 50 + 5 * 10)
    assert kpi("carrier_on_time_share", *tables) == 1 / 3
    assert kpi("carrier_share_of_drops", *tables) == 4 / 10


@pytest.mark.parametrize("tables", [(), tuple(table(name) for name in TABLES)], ids=["missing", "empty"])
def test_without_records_nothing_is_defined(tables: Sequence[Mapping[str, Table]]) -> None:
    assert all(isnan(kpi(name, *tables)) for name in OPERATIONS)


def test_the_measures_name_them_in_that_order() -> None:
    assert list(OPERATIONS) == [name for name in MEASURES if name in OPERATIONS]
    assert {MEASURES[name].group for name in OPERATIONS} == {Group.OPERATIONS, Group.TRANSPORT}
