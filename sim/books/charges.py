"""Charges: what the rooms of a run cost as they work, one row per occasion, each with the quantity it is for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sim.books.accounts import Account
from sim.books.audit import Audit, Axis
from sim.books.events import counted, event_days
from sim.books.terms import MICRO
from sim.records import IntArray, Table

FloatArray = npt.NDArray[np.float64]


class Charge(IntEnum):
    """Column `reason` of charges; the quantity's unit is said here."""

    DESK_SHIFT = 0
    """Seconds of people at the order desk on their shifts."""
    DESK_OVERTIME = 1
    """Seconds of work after the end of a shift."""
    PICKER_SHIFT = 2
    """Seconds of pickers on their shifts."""
    PICKER_OVERTIME = 3
    """Seconds of work after the end of a shift."""
    RECEIVER_SHIFT = 4
    """Seconds of people in goods in on their shifts."""
    RECEIVER_OVERTIME = 5
    """Seconds of work after the end of a shift."""
    DRIVER_SHIFT = 6
    """Seconds of drivers on their shifts."""
    DRIVER_OVERTIME = 7
    """Seconds on the road after the end of a shift."""
    TRUCK_DAYS = 8
    """Days of trucks that are kept."""
    TRUCK_DISTANCE = 9
    """Metres driven by own trucks."""
    PACKAGING = 10
    """Cases, and units that do not fill one taken together as one, packed for stores."""
    CARRIER = 11
    """Drops brought by outside carriers."""
    COURIER = 12
    """Metres driven by couriers, there and back."""
    EXPRESS_SURCHARGE = 13
    """Purchase value that suppliers sent express, minor units."""
    INSPECTION = 14
    """Units inspected on receipt."""
    REJECTED_LOT = 15
    """Lots sent back."""
    TECHNICIAN_SHIFT = 16
    """Seconds of technicians on their shifts, training and paid absence included."""
    TECHNICIAN_OVERTIME = 17
    """Seconds of work after the end of a shift."""
    INCENTIVES = 18
    """Technician days for which an incentive is paid."""
    AGENT_SHIFT = 19
    """Seconds of agents on their shifts."""
    AGENT_OVERTIME = 20
    """Seconds of calls after the end of a shift."""
    VAN_DAYS = 21
    """Days on which a van is used."""
    VAN_DISTANCE = 22
    """Metres driven by technicians."""
    CONSUMABLES = 23
    """Visits at which work was done."""
    CONTACTS = 24
    """Contacts with customers, in and out."""
    POST_REPAIR_INSPECTION = 25
    """Repairs inspected."""
    TRAINING = 26
    """Days of training."""
    HIRING = 27
    """People hired."""
    PARTNERS = 28
    """Jobs done by partners."""
    PARTNER_MINIMUM = 29
    """Jobs paid for but not given to partners."""
    PART_TRANSFERS = 30
    """Parts sent from station to station."""
    PART_COURIERS = 31
    """Parts sent by courier."""
    PART_REPAIRS = 32
    """Parts made good by the repair shop."""
    PARTS_INSPECTED = 33
    """Parts inspected on receipt."""
    PARTS_USED = 34
    """Parts handed to customers, at purchase cost."""
    PARTS_SCRAPPED = 35
    """Parts thrown away or lost, at purchase cost."""
    PARTS_HELD = 36
    """Value of parts in the evening, minor units."""
    PARTS_BOUGHT = 37
    """Parts bought, at purchase cost; repairable ones taken back are not bought."""
    STATIONS = 38
    """Days of open stations."""
    REPAIRS_SOLD = 39
    """Repairs outside warranty that customers paid for."""
    PARTS_SOLD = 40
    """Parts that customers paid for."""
    VISIT_FEES = 41
    """Visits paid for although the quote was declined."""
    CONTRACTS_SOLD = 42
    """Unit days under a maintenance contract."""
    PARTS_RETURNED = 43
    """Defective units taken back for repair, at the purchase cost they are carried at."""
    PARTS_OPENING = 44
    """Parts that are there on the first morning."""
    VOLUME_DISCOUNT = 45
    """Purchase value on which a supplier pays back, minor units; the amount is negative."""


SERVICE_CHARGES: tuple[Charge, ...] = tuple(
    reason for reason in Charge if Charge.TECHNICIAN_SHIFT <= reason <= Charge.PARTS_OPENING
)
"""What after-sales service costs and earns."""

ACCOUNT_OF: Mapping[Charge, Account] = {
    Charge.DESK_SHIFT: Account.LABOUR,
    Charge.DESK_OVERTIME: Account.LABOUR,
    Charge.PICKER_SHIFT: Account.LABOUR,
    Charge.PICKER_OVERTIME: Account.LABOUR,
    Charge.RECEIVER_SHIFT: Account.LABOUR,
    Charge.RECEIVER_OVERTIME: Account.LABOUR,
    Charge.DRIVER_SHIFT: Account.TRANSPORT,
    Charge.DRIVER_OVERTIME: Account.TRANSPORT,
    Charge.TRUCK_DAYS: Account.TRANSPORT,
    Charge.TRUCK_DISTANCE: Account.TRANSPORT,
    Charge.PACKAGING: Account.MATERIAL,
    Charge.CARRIER: Account.OUTSOURCING,
    Charge.COURIER: Account.OUTSOURCING,
    Charge.EXPRESS_SURCHARGE: Account.OUTSOURCING,
    Charge.INSPECTION: Account.QUALITY,
    Charge.REJECTED_LOT: Account.QUALITY,
    Charge.TECHNICIAN_SHIFT: Account.LABOUR,
    Charge.TECHNICIAN_OVERTIME: Account.LABOUR,
    Charge.INCENTIVES: Account.LABOUR,
    Charge.AGENT_SHIFT: Account.LABOUR,
    Charge.AGENT_OVERTIME: Account.LABOUR,
    Charge.VAN_DAYS: Account.TRANSPORT,
    Charge.VAN_DISTANCE: Account.TRANSPORT,
    Charge.CONSUMABLES: Account.MATERIAL,
    Charge.CONTACTS: Account.COMMUNICATION,
    Charge.POST_REPAIR_INSPECTION: Account.QUALITY,
    Charge.TRAINING: Account.LABOUR,
    Charge.HIRING: Account.LABOUR,
    Charge.PARTNERS: Account.OUTSOURCING,
    Charge.PARTNER_MINIMUM: Account.OUTSOURCING,
    Charge.PART_TRANSFERS: Account.TRANSPORT,
    Charge.PART_COURIERS: Account.TRANSPORT,
    Charge.PART_REPAIRS: Account.MATERIAL,
    Charge.PARTS_INSPECTED: Account.QUALITY,
    Charge.PARTS_USED: Account.MATERIAL,
    Charge.PARTS_SCRAPPED: Account.WASTE,
    Charge.PARTS_HELD: Account.HOLDING,
    Charge.PARTS_BOUGHT: Account.PARTS_INVENTORY,
    Charge.STATIONS: Account.FACILITIES,
    Charge.REPAIRS_SOLD: Account.CASH,
    Charge.PARTS_SOLD: Account.CASH,
    Charge.VISIT_FEES: Account.CASH,
    Charge.CONTRACTS_SOLD: Account.CASH,
    Charge.PARTS_RETURNED: Account.PARTS_INVENTORY,
    Charge.PARTS_OPENING: Account.PARTS_INVENTORY,
    Charge.VOLUME_DISCOUNT: Account.VOLUME_DISCOUNTS,
}
"""The account that each reason debits."""

CREDIT_OF: Mapping[Charge, Account] = {
    Charge.PARTS_USED: Account.PARTS_INVENTORY,
    Charge.PARTS_SCRAPPED: Account.PARTS_INVENTORY,
    Charge.REPAIRS_SOLD: Account.SERVICE_REVENUE,
    Charge.PARTS_SOLD: Account.SERVICE_REVENUE,
    Charge.VISIT_FEES: Account.SERVICE_REVENUE,
    Charge.CONTRACTS_SOLD: Account.SERVICE_REVENUE,
    Charge.PARTS_RETURNED: Account.MATERIAL,
    Charge.PARTS_OPENING: Account.OPENING_CAPITAL,
}
"""The account that a reason credits, where it is not cash."""


def charges_by_day(tables: Mapping[str, Table], days: int, centres: int) -> IntArray:
    """Charges added up: (reasons, days, centres) in minor units."""
    charges = tables["charges"]
    index = (charges["reason"], event_days(charges["charged_second"]), charges["centre"])
    return counted((len(Charge), days, centres), index, charges["amount_minor"])


def balances_of_charges(tables: Mapping[str, Table], centres: int) -> dict[Account, IntArray]:
    """What the charges make of each account, (centres,) in minor units."""
    charges = tables["charges"]
    totals = counted((len(Charge), centres), (charges["reason"], charges["centre"]), charges["amount_minor"])
    balances: dict[Account, IntArray] = {}
    for reason, account in ACCOUNT_OF.items():
        balances[account] = balances.get(account, np.zeros(centres, np.int64)) + totals[reason]
    for reason, account in CREDIT_OF.items():
        balances[account] = balances.get(account, np.zeros(centres, np.int64)) - totals[reason]
    return balances


def charged(quantity: int, rate_micro: float) -> int:
    """A quantity at a rate in millionths of a minor unit, in whole minor units, rounded half to even."""
    return round(quantity * rate_micro / MICRO)


def all_charged(quantities: IntArray, rate_micro: float) -> IntArray:
    """`charged` for (k,) quantities at one rate."""
    return np.rint(quantities * rate_micro / MICRO).astype(np.int64)


def check_charges(
    audit: Audit,
    charges: Table,
    quantities: Mapping[Charge, IntArray],
    rates_micro: Mapping[Charge, FloatArray],
    of_centre: Axis,
) -> None:
    """Compare charges with what they are for.

    Args:
        audit: collects what fails.
        charges: the table.
        quantities: (centres,) total quantity of a reason as another record has it.
        rates_micro: (centres,) millionths of a minor unit per unit of quantity, where the rate is fixed.
        of_centre: axis of centres.
    """
    centres = len(of_centre.names)
    order = np.argsort(charges["reason"].astype(np.int16), kind="stable")  # so narrow, it is sorted by digits
    edges = np.searchsorted(charges["reason"][order], np.arange(len(Charge) + 1))
    for reason in sorted({*quantities, *rates_micro}):
        rows = order[edges[reason] : edges[reason + 1]]
        centre, quantity, amount = (charges[name][rows] for name in ("centre", "quantity", "amount_minor"))
        if reason in quantities:
            audit.equal(
                f"{reason.name} is charged for what was done",
                counted((centres,), (centre,), quantity),
                quantities[reason],
                (of_centre,),
            )
        if reason in rates_micro:
            audit.equal(
                f"{reason.name} is charged at its rate",
                amount,
                np.rint(quantity * rates_micro[reason][centre] / MICRO).astype(np.int64),
                (Axis("charge"),),
            )
