"""People's and trucks' minutes, and what they cost: tasks, shifts, drops and trips against each other and the charges.

No second record holds the orders of a stream: a missing one is not found.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.charges import Charge, check_charges
from sim.books.events import NOT_YET, counted
from sim.books.staging_checks import check_staging
from sim.books.terms import MICRO, Terms, WorkTerms, in_micro
from sim.clock import SECONDS_PER_HOUR
from sim.records import IntArray, Table
from sim.result import Labels
from sim.stations import CREW_OF, DOORS, Crew, Work

_METRES_PER_KM = 1_000

PAID: Mapping[Crew, tuple[Charge, Charge]] = {
    Crew.DESK: (Charge.DESK_SHIFT, Charge.DESK_OVERTIME),
    Crew.PICKERS: (Charge.PICKER_SHIFT, Charge.PICKER_OVERTIME),
    Crew.RECEIVERS: (Charge.RECEIVER_SHIFT, Charge.RECEIVER_OVERTIME),
    Crew.DRIVERS: (Charge.DRIVER_SHIFT, Charge.DRIVER_OVERTIME),
}
"""What a crew is charged as, on its shifts and after them."""

_STAGES = (
    "placed",
    "received",
    "assigned",
    "released",
    "picked",
    "departed",
    "arrived",
    "unloaded",
    "fed_back",
)


def check_work(
    audit: Audit, tables: Mapping[str, Table], days: int, labels: Labels, terms: Terms, work: WorkTerms
) -> None:
    """Hold the records of work against each other.

    Args:
        audit: collects what fails.
        tables: all event tables.
        days: length of the run.
        labels: axes of the panels.
        terms: wages.
        work: how the work is organised.
    """
    of_store, of_centre = Axis("store", labels.stores), Axis("centre", labels.centres)
    _check_tasks(audit, tables, of_centre)
    _check_stages(audit, tables["order_stages"])
    if work.has_outbound:
        _check_drops(audit, tables, work, of_store)
    _check_trips(audit, tables, work, of_centre)
    if work.has_staging:
        check_staging(audit, tables, len(labels.centres))
    check_charges(
        audit,
        tables["charges"],
        _quantities(tables, days, len(labels.centres), work),
        _rates(terms, work, len(labels.centres)),
        of_centre,
    )
    _check_transport_costs(audit, tables, days, work, of_centre)


def _crew_of(works: IntArray) -> IntArray:
    crew = np.array([CREW_OF.get(work, DOORS) for work in Work], np.int64)
    return np.asarray(crew[works])


def _check_tasks(audit: Audit, tables: Mapping[str, Table], of_centre: Axis) -> None:
    """Nobody does two things at once, and a crew works as long as it is paid, overtime included, or less."""
    tasks, shifts = tables["tasks"], tables["shifts"]
    of_task = Axis("task")
    begun = tasks["started_second"] != NOT_YET
    done = tasks["finished_second"] != NOT_YET
    queued, started, finished, overtime = (
        tasks[name] for name in ("queued_second", "started_second", "finished_second", "overtime_seconds")
    )
    audit.at_most("tasks are queued before they begin", queued[begun], started[begun], (of_task,))
    audit.at_most("tasks begin before they end", started[done], finished[done], (of_task,))
    audit.at_most("overtime is part of a task", overtime[done], (finished - started)[done], (of_task,))
    crew = _crew_of(tasks["work"])
    columns = (
        crew,
        tasks["centre"],
        tasks["server"],
        started,
        np.where(done, finished, np.iinfo(np.int64).max),
    )
    by_server = np.stack(columns)[:, begun]
    by_server = by_server[:, np.lexsort(by_server[::-1])]
    same = (by_server[:3, 1:] == by_server[:3, :-1]).all(axis=0)
    audit.at_most(
        "nobody does two tasks at once", by_server[4, :-1][same], by_server[3, 1:][same], (of_task,)
    )
    shape = (len(Crew), len(of_centre.names))
    people = done & (crew != DOORS)
    at_work = counted(shape, (crew[people], tasks["centre"][people]), (finished - started - overtime)[people])
    seconds = shifts["people"] * (shifts["ends_second"] - shifts["starts_second"])
    paid = counted(shape, (shifts["crew"], shifts["centre"]), seconds)
    audit.at_most(
        "work on shifts is paid", at_work, paid, (Axis("crew", [crew.name for crew in Crew]), of_centre)
    )


def _check_stages(audit: Audit, orders: Table) -> None:
    """An order passes its stages one after the other, as far as it has got."""
    of_order = Axis("order")
    # Monitoring goes on beside loading and the road.
    for before, after in (*pairwise(_STAGES), ("picked", "monitored")):
        earlier, later = orders[f"{before}_second"], orders[f"{after}_second"]
        reached = later != NOT_YET
        audit.at_most(
            f"an order is {before} before it is {after}", earlier[reached], later[reached], (of_order,)
        )
        audit.none_without(
            f"no order is {after} that was not {before}", reached, earlier != NOT_YET, (of_order,)
        )


def _check_drops(audit: Audit, tables: Mapping[str, Table], work: WorkTerms, of_store: Axis) -> None:
    """What stores receive has been made ready, what is ready was shipped, and every order and line has its task."""
    drops, deliveries, tasks = tables["drops"], tables["deliveries"], tables["tasks"]
    shape = (len(of_store.names),)
    came = deliveries["arrived_second"] != NOT_YET
    ready = counted(shape, (drops["store"],), drops["units"])
    sent = counted(shape, (deliveries["store"],), deliveries["units"])
    arrived = counted(shape, (deliveries["store"][came],), deliveries["units"][came])
    audit.at_most("units that arrive have been made ready", arrived, ready, (of_store,))
    audit.at_most("units made ready have been shipped", ready, sent, (of_store,))

    def of_tasks(kind: Work, column: str | None, chosen: np.ndarray) -> IntArray:
        kept = (tasks["work"] == kind) & chosen
        return counted(shape, (tasks["reference"][kept],), None if column is None else tasks[column][kept])

    if work.has_desk:
        orders = tables["order_stages"]
        every = np.ones(len(tasks), np.bool_)
        at_desk = of_tasks(Work.DESK, None, every), of_tasks(Work.DESK, "lines", every)
        placed = counted(shape, (orders["store"],)), counted(shape, (orders["store"],), orders["lines"])
        for what, found, expected in zip(("orders", "lines"), at_desk, placed, strict=True):
            audit.equal(f"every order passes the desk ({what})", found, expected, (of_store,))
    if work.is_picked or work.is_sorted:
        kind = Work.SORTING if work.is_sorted else Work.PICKING
        # Emergency orders are picked by order even where the others are sorted.
        mine = drops["is_emergency"] == 0 if work.is_sorted else np.ones(len(drops), np.bool_)
        handled = of_tasks(kind, "lines", tasks["finished_second"] != NOT_YET)
        lines = counted(shape, (drops["store"][mine],), drops["lines"][mine])
        audit.at_most("lines made ready have been picked or sorted", lines, handled, (of_store,))


def _check_trips(audit: Audit, tables: Mapping[str, Table], work: WorkTerms, of_centre: Axis) -> None:
    """A truck that is out drives, rests or stands at a store, and calls where it has goods for."""
    trips, stops, tasks = tables["trips"], tables["stops"], tables["tasks"]
    number = 1 + max((int(column.max(initial=-1)) for column in (trips["trip"], stops["trip"])), default=-1)
    of_trip = Axis("trip")
    row = trips["trip"]

    def at_stops(values: IntArray | None) -> IntArray:
        return np.asarray(counted((number,), (stops["trip"],), values)[row])

    audit.equal("a trip stops once for each drop", at_stops(None), trips["drops"], (of_trip,))
    standing = at_stops(stops["left_second"] - stops["arrived_second"])
    audit.equal(
        "a truck that is out drives, rests or stands at a store",
        trips["returned_second"] - trips["departed_second"],
        trips["driving_seconds"] + trips["break_seconds"] + standing,
        (of_trip,),
    )
    driven = at_stops(stops["metres"])
    audit.at_most("the way to the stops is part of the trip", driven, trips["metres"], (of_trip,))
    if work.doors:
        loaded = tasks["reference"][(tasks["work"] == Work.LOADING) & (tasks["finished_second"] != NOT_YET)]
        times = counted((max(number, 1 + int(loaded.max(initial=-1))),), (loaded,))[row]
        audit.equal("a truck is loaded once for each trip", times, np.ones(1, np.int64), (of_trip,))
    used = tasks["server"][_crew_of(tasks["work"]) == DOORS]
    audit.at_most("trucks stand at doors that there are", used, np.full(1, work.doors - 1), (Axis("task"),))
    del of_centre


def _quantities(
    tables: Mapping[str, Table], days: int, centres: int, work: WorkTerms
) -> dict[Charge, IntArray]:
    """What each reason is charged for, (centres,), from records other than the charges."""
    tasks, shifts, trips = tables["tasks"], tables["shifts"], tables["trips"]

    def by_centre(table: Table, values: IntArray | None, chosen: np.ndarray | None = None) -> IntArray:
        kept = np.ones(len(table), np.bool_) if chosen is None else chosen
        return counted((centres,), (table["centre"][kept],), None if values is None else values[kept])

    seconds = shifts["people"] * (shifts["ends_second"] - shifts["starts_second"])
    found = {}
    for crew, (regular, overtime) in PAID.items():
        found[regular] = by_centre(shifts, seconds, shifts["crew"] == crew)
        found[overtime] = by_centre(tasks, tasks["overtime_seconds"], _crew_of(tasks["work"]) == crew)
    found[Charge.DRIVER_OVERTIME] = by_centre(trips, trips["overtime_seconds"])
    found[Charge.TRUCK_DISTANCE] = by_centre(trips, trips["metres"])
    found[Charge.PACKAGING] = by_centre(tables["drops"], tables["drops"]["cases"])
    carried = tables["carrier_drops"]
    is_courier = carried["is_courier"] != 0
    found[Charge.CARRIER] = by_centre(carried, None, ~is_courier)
    found[Charge.COURIER] = 2 * by_centre(carried, carried["metres"], is_courier)
    if work.trucks is not None:
        found[Charge.TRUCK_DAYS] = days * work.trucks
    return found


def _rates(terms: Terms, work: WorkTerms, centres: int) -> dict[Charge, np.ndarray]:
    """Millionths of a minor unit per unit of quantity, (centres,), where they are the same for all of a reason."""
    labour = terms.costs.labour
    wages = (labour.desk_per_hour, labour.picker_per_hour, labour.receiver_per_hour, labour.driver_per_hour)
    rates = {}
    for (regular, overtime), wage in zip(PAID.values(), wages, strict=True):
        rates[regular] = in_micro(wage) / SECONDS_PER_HOUR
        rates[overtime] = rates[regular] * labour.overtime_factor
    rates[Charge.PACKAGING] = float(in_micro(labour.packaging_per_case))
    rates[Charge.COURIER] = in_micro(work.courier_cost_per_km) / _METRES_PER_KM
    return {reason: np.full(centres, rate) for reason, rate in rates.items()}


def _check_transport_costs(
    audit: Audit, tables: Mapping[str, Table], days: int, work: WorkTerms, of_centre: Axis
) -> None:
    """Trucks are charged at the rates of their kinds, carriers and couriers what stands beside their drops."""
    charges, carried, trips = tables["charges"], tables["carrier_drops"], tables["trips"]
    shape = (len(of_centre.names),)

    def amount(*reasons: Charge) -> IntArray:
        kept = np.isin(charges["reason"], reasons)
        return counted(shape, (charges["centre"][kept],), charges["amount_minor"][kept])

    audit.equal(
        "carriers and couriers are charged for their drops",
        amount(Charge.CARRIER, Charge.COURIER),
        counted(shape, (carried["centre"],), carried["amount_minor"]),
        (of_centre,),
    )
    if len(trips):
        per_metre = np.array([in_micro(cost) / _METRES_PER_KM for cost in work.type_cost_per_km])[
            trips["type"]
        ]
        driven = np.rint(trips["metres"] * per_metre / MICRO).astype(np.int64)
        audit.equal(
            "kilometres are charged at the rate of the kind of truck",
            amount(Charge.TRUCK_DISTANCE),
            counted(shape, (trips["centre"],), driven),
            (of_centre,),
        )
    if work.trucks_micro_per_day is not None:
        audit.equal(
            "trucks are charged for every day",
            amount(Charge.TRUCK_DAYS),
            days * np.rint(work.trucks_micro_per_day / MICRO).astype(np.int64),
            (of_centre,),
        )
