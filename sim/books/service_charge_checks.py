"""What after-sales service costs and earns, against the records of what it is for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import Kind, MoveReason, WorkforceEvent
from sim.books.audit import Audit, Axis
from sim.books.charges import Charge, check_charges
from sim.books.events import NOT_YET, counted, event_days
from sim.books.service_terms import ServiceTerms
from sim.books.terms import DAYS_PER_YEAR, MICRO, Terms, in_micro
from sim.clock import SECONDS_PER_HOUR
from sim.records import IntArray, Table

_METRES_PER_KM = 1_000
_AGENTS = 0
"""Centre in whose books the contact centre stands."""

_SOLD = (Charge.REPAIRS_SOLD, Charge.PARTS_SOLD, Charge.VISIT_FEES)
_INTO_STOCK = {
    Charge.PARTS_BOUGHT: MoveReason.PURCHASE,
    Charge.PARTS_RETURNED: MoveReason.RETURN,
}
_OUT_OF_STOCK = {
    Charge.PARTS_USED: (MoveReason.USE,),
    Charge.PARTS_SCRAPPED: (MoveReason.SCRAP, MoveReason.LOSS),
}

_SENT = {Charge.PART_TRANSFERS: MoveReason.TRANSFER, Charge.PART_COURIERS: MoveReason.COURIER}

Chosen = npt.NDArray[np.bool_]


def check_service_charges(
    audit: Audit, tables: Mapping[str, Table], of_centre: Axis, terms: Terms, service: ServiceTerms
) -> None:
    """Compare charges with the tables of work, parts and partners.

    Quantities that cost nothing need not be charged, so they are compared only where they have a rate.

    Args:
        audit: collects what fails.
        tables: all event tables.
        of_centre: axis of centres.
        terms: wages and prices.
        service: policy of after-sales service, and in whose books places stand.
    """
    centres = len(of_centre.names)
    rates = {reason: np.full(centres, rate) for reason, rate in _rates(terms, service).items()}
    quantities = {
        reason: quantity
        for reason, quantity in _quantities(tables, service, centres).items()
        if reason not in rates or rates[reason].any()
    }
    check_charges(audit, tables["charges"], quantities, rates, of_centre)
    _check_amounts(audit, tables, of_centre, service)
    _check_incentives(audit, tables, of_centre, rates, service)


def _rates(terms: Terms, service: ServiceTerms) -> dict[Charge, float]:
    """Millionths of a minor unit per unit of quantity."""
    costs, overtime = terms.costs.service, terms.costs.labour.overtime_factor
    technician = in_micro(costs.technician_per_hour * service.policy.workforce.pay_factor) / SECONDS_PER_HOUR
    agent = in_micro(costs.agent_per_hour) / SECONDS_PER_HOUR
    rates = {
        Charge.TECHNICIAN_SHIFT: technician,
        Charge.TECHNICIAN_OVERTIME: technician * overtime,
        Charge.AGENT_SHIFT: agent,
        Charge.AGENT_OVERTIME: agent * overtime,
        Charge.VAN_DAYS: in_micro(costs.van_per_day),
        Charge.VAN_DISTANCE: in_micro(costs.van_per_km) / _METRES_PER_KM,
        Charge.CONSUMABLES: in_micro(costs.consumables_per_job),
        Charge.CONTACTS: in_micro(costs.per_contact),
        Charge.POST_REPAIR_INSPECTION: in_micro(costs.per_inspection),
        Charge.TRAINING: in_micro(costs.per_training_day),
        Charge.HIRING: in_micro(service.service.people.attrition.cost_per_hire),
        Charge.VISIT_FEES: in_micro(costs.visit_fee),
        Charge.PARTS_HELD: costs.parts_holding_rate_per_year / DAYS_PER_YEAR * MICRO,
    }
    supply = service.service.parts
    if supply is not None:
        rates |= {
            Charge.PART_TRANSFERS: in_micro(supply.transfer_cost),
            Charge.PART_COURIERS: in_micro(supply.courier_cost),
            Charge.PART_REPAIRS: in_micro(supply.repair_shop.cost_per_unit),
            Charge.PARTS_INSPECTED: in_micro(terms.costs.quality.per_inspected_unit),
        }
    return rates


def _quantities(tables: Mapping[str, Table], service: ServiceTerms, centres: int) -> dict[Charge, IntArray]:
    """What each reason is charged for, (centres,), from records other than the charges."""
    days, visits, events = tables["technician_days"], tables["visits"], tables["workforce_events"]
    moves, lots = tables["part_moves"], tables["part_lots"]
    inspections, jobs, shifts = tables["inspections"], tables["partner_jobs"], tables["agent_shifts"]
    of_station = service.station_centre

    def at_stations(station: IntArray, chosen: Chosen, quantity: IntArray | None = None) -> IntArray:
        weights = None if quantity is None else quantity[chosen]
        return counted((centres,), (of_station[station[chosen]],), weights)

    every_day = np.ones(len(days), np.bool_)
    requests = tables["requests"]
    station_of = np.zeros(1 + int(requests["request"].max(initial=0)), np.int64)
    station_of[requests["request"]] = requests["station"]
    hired = events["event"] == WorkforceEvent.HIRED
    seen_to = visits["diagnosed_second"] != NOT_YET
    seen_to &= visits["ended_second"] != NOT_YET
    at_agents = np.arange(centres) == _AGENTS
    found = {
        Charge.TECHNICIAN_SHIFT: at_stations(days["station"], every_day, days["shift_seconds"]),
        Charge.TECHNICIAN_OVERTIME: at_stations(days["station"], every_day, days["overtime_seconds"]),
        Charge.VAN_DAYS: at_stations(days["station"], days["visits"] > 0),
        Charge.VAN_DISTANCE: at_stations(days["station"], every_day, days["metres"]),
        Charge.TRAINING: at_stations(days["station"], days["is_training"] != 0),
        Charge.HIRING: at_stations(service.technician_station[events["technician"]], hired),
        Charge.CONSUMABLES: at_stations(visits["station"], seen_to),
        Charge.POST_REPAIR_INSPECTION: at_stations(
            station_of[inspections["request"]], np.ones(len(inspections), np.bool_)
        ),
        Charge.PARTNERS: at_stations(jobs["station"], jobs["is_done"] != 0),
        Charge.AGENT_SHIFT: at_agents
        * (shifts["people"] * (shifts["ends_second"] - shifts["starts_second"])).sum(),
        Charge.CONTACTS: at_agents * _contacts(tables, has_calls=service.service.contact_centre is not None),
        Charge.PARTS_INSPECTED: counted((centres,), (lots["centre"],), lots["inspected_units"]),
    }
    if service.service.parts is None:
        return found
    found |= {reason: _moved(moves, service, centres, (why,), to=True) for reason, why in _INTO_STOCK.items()}
    found |= {reason: _moved(moves, service, centres, why, to=False) for reason, why in _OUT_OF_STOCK.items()}
    mended = (moves["reason"] == MoveReason.REPAIR) & (moves["arrived_second"] != NOT_YET)
    found[Charge.PART_REPAIRS] = counted((centres,), (moves["to_place"][mended],), moves["units"][mended])
    for reason, why in _SENT.items():
        found[reason] = _moved(moves, service, centres, (why,), to=True)
    return found


def _contacts(tables: Mapping[str, Table], *, has_calls: bool) -> int:
    """Calls that were answered; without a contact centre, reports, news and follow-ups."""
    if has_calls:
        return int((tables["calls"]["answered_second"] != NOT_YET).sum())
    requests = tables["requests"]
    reports = int(np.isin(requests["kind"], (Kind.REPAIR, Kind.REWORK)).sum())
    return reports + int(requests["informed"].sum() + (requests["followed_up_second"] != NOT_YET).sum())


def _moved(
    moves: Table,
    service: ServiceTerms,
    centres: int,
    reasons: tuple[MoveReason, ...],
    *,
    to: bool,
    value: bool = False,
) -> IntArray:
    """(centres,) units, or their value, that moved for some reasons, in the books of where they went or came from."""
    end = "to" if to else "from"
    centre = service.centre_of_place(moves[f"{end}_echelon"], moves[f"{end}_place"])
    kept = np.isin(moves["reason"], reasons) & (centre >= 0)
    return counted((centres,), (centre[kept],), moves["value_minor" if value else "units"][kept])


def _check_amounts(audit: Audit, tables: Mapping[str, Table], of_centre: Axis, service: ServiceTerms) -> None:
    """Amounts that have no rate stand in other records, too."""
    charges, jobs, requests = tables["charges"], tables["partner_jobs"], tables["requests"]
    moves, stock = tables["part_moves"], tables["part_stock"]
    centres = len(of_centre.names)

    def amount(*reasons: Charge) -> IntArray:
        kept = np.isin(charges["reason"], reasons)
        return counted((centres,), (charges["centre"][kept],), charges["amount_minor"][kept])

    audit.equal(
        "partners are paid for their jobs",
        amount(Charge.PARTNERS),
        counted((centres,), (service.station_centre[jobs["station"]],), jobs["amount_minor"]),
        (of_centre,),
    )
    audit.equal(
        "customers pay for repairs, parts and visits",
        np.array([amount(*_SOLD).sum()]),
        np.array([requests["paid_minor"].sum()]),
        (Axis("all"),),
    )
    if service.service.parts is None:
        return
    for reason, why in _INTO_STOCK.items():
        audit.equal(
            f"{reason.name} is charged at cost",
            amount(reason),
            _moved(moves, service, centres, (why,), to=True, value=True),
            (of_centre,),
        )
    for reason, reasons in _OUT_OF_STOCK.items():
        audit.equal(
            f"{reason.name} is charged at cost",
            amount(reason),
            _moved(moves, service, centres, reasons, to=False, value=True),
            (of_centre,),
        )
    centre = service.centre_of_place(stock["echelon"], stock["place"])
    audit.equal(
        "PARTS_OPENING is charged at cost",
        amount(Charge.PARTS_OPENING),
        counted((centres,), (centre,), stock["opening_units"] * service.part_cost_minor[stock["part"]]),
        (of_centre,),
    )
    _check_holding(audit, charges, of_centre)


def _check_holding(audit: Audit, charges: Table, of_centre: Axis) -> None:
    """Every evening is charged for what has come into stock by then and not gone out of it."""
    held = charges["reason"] == Charge.PARTS_HELD
    if not held.any():
        return
    day = event_days(charges["charged_second"])
    shape = (1 + int(day.max()), len(of_centre.names))

    def by_day(column: str, *reasons: Charge) -> IntArray:
        kept = np.isin(charges["reason"], reasons)
        return counted(shape, (day[kept], charges["centre"][kept]), charges[column][kept])

    into = by_day("amount_minor", Charge.PARTS_OPENING, *_INTO_STOCK)
    value = np.cumsum(into - by_day("amount_minor", *_OUT_OF_STOCK), axis=0)
    # What is booked in the last second of the run comes after its evening.
    audit.equal(
        "PARTS_HELD is charged on what is there",
        by_day("quantity", Charge.PARTS_HELD)[:-1],
        value[:-1],
        (Axis("day"), of_centre),
    )


def _check_incentives(
    audit: Audit,
    tables: Mapping[str, Table],
    of_centre: Axis,
    rates: Mapping[Charge, npt.NDArray[np.float64]],
    service: ServiceTerms,
) -> None:
    """Incentives are a share of the wage of days on which no visit failed; one rounding a centre and day."""
    share = service.policy.workforce.incentive_share
    if not share:
        return
    days, charges = tables["technician_days"], tables["charges"]
    earned = (days["visits"] > 0) & (days["failed"] == 0)
    shape = (len(of_centre.names),)
    centre = service.station_centre[days["station"]]
    paid = charges["reason"] == Charge.INCENTIVES
    rows = counted(shape, (charges["centre"][paid],))
    audit.equal(
        "INCENTIVES is charged for what was done",
        counted(shape, (charges["centre"][paid],), charges["quantity"][paid]),
        counted(shape, (centre[earned],)),
        (of_centre,),
    )
    seconds = counted(shape, (centre[earned],), days["shift_seconds"][earned])
    audit.equal(
        "INCENTIVES is charged at its rate",
        counted(shape, (charges["centre"][paid],), charges["amount_minor"][paid]),
        seconds * share * rates[Charge.TECHNICIAN_SHIFT] / MICRO,
        (of_centre,),
        0.5 * rows + 1e-6,
    )
