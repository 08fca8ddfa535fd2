"""What suppliers are paid beside the goods, against the records of what they did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.charges import Charge, check_charges
from sim.books.events import NOT_YET, TITLE_PASSED, counted, event_days
from sim.books.terms import Terms, in_micro
from sim.records import Closing, Day, IntArray, Table

_DISCOUNT_PERIOD_DAYS = 28


def check_supply(
    audit: Audit,
    tables: Mapping[str, Table],
    days: int,
    day_totals: IntArray,
    opening: Closing,
    closing: Closing,
    of_centre: Axis,
    terms: Terms,
) -> None:
    """Compare charges of suppliers, and what they heard of customers, with the tables of their work.

    Args:
        audit: collects what fails.
        tables: `charges`, `purchase_orders`, `express_orders`, `supplier_lots`, `receipts` and `title_transfers` are
            read.
        days: length of the run.
        day_totals: (stores, classes, len(Day)) the day panel added up over the run.
        opening: the first morning.
        closing: the end, counted.
        of_centre: axis of centres.
        terms: surcharges and costs of inspection.
    """
    if terms.express_surcharge_share is None:
        return
    express = tables["express_orders"]

    def per_centre(table: Table, amounts: IntArray) -> IntArray:
        return counted((len(of_centre.names),), (table["centre"],), amounts)

    lots, everywhere = tables["supplier_lots"], np.ones(len(of_centre.names))
    costs = terms.costs.quality
    check_charges(
        audit,
        tables["charges"],
        {
            Charge.EXPRESS_SURCHARGE: per_centre(express, express["value_minor"]),
            Charge.INSPECTION: per_centre(lots, lots["inspected_units"]),
            Charge.REJECTED_LOT: per_centre(lots, lots["rejected_lots"]),
        },
        {
            Charge.INSPECTION: everywhere * in_micro(costs.per_inspected_unit),
            Charge.REJECTED_LOT: everywhere * in_micro(costs.per_rejected_lot),
        },
        of_centre,
    )
    if terms.is_consigned is not None:
        transfers, limited = tables["title_transfers"], ~terms.centre_unlimited
        passed = transfers["kind"] == TITLE_PASSED

        def consigned(units: IntArray) -> IntArray:
            return np.asarray(units[:, terms.is_consigned].sum(axis=1) * limited)

        audit.equal(
            "goods on consignment at the end = at the start + delivered - shipped",
            consigned(closing.centre_units),
            consigned(opening.centre_units)
            + per_centre(transfers, np.where(passed, -1, 1) * transfers["units"]),
            (of_centre,),
        )
    if len(lots):
        receipts = tables["receipts"]
        came = receipts["received_second"] != NOT_YET
        taken_in = per_centre(receipts, receipts["units"] * came)
        passed = per_centre(lots, lots["accepted_units"])
        if terms.work is not None and terms.work.has_goods_in:
            # What is being put away when the run ends has passed, but is not in stock.
            audit.at_most("centres took in no more than passed at the gate", taken_in, passed, (of_centre,))
        else:
            audit.equal("centres took in what passed at the gate", taken_in, passed, (of_centre,))
    _check_discounts(audit, tables, days, of_centre, terms)
    _check_complaints(audit, tables["complaints"], day_totals, of_centre, terms)
    charges = tables["charges"]
    paid = np.where(charges["reason"] == Charge.EXPRESS_SURCHARGE, charges["amount_minor"], 0)
    due = np.rint(express["value_minor"] * terms.express_surcharge_share[express["supplier"]])
    audit.equal(
        "EXPRESS_SURCHARGE is what each supplier asks for express",
        per_centre(charges, paid),
        per_centre(express, due.astype(np.int64)),
        (of_centre,),
    )


def _check_discounts(
    audit: Audit, tables: Mapping[str, Table], days: int, of_centre: Axis, terms: Terms
) -> None:
    """Suppliers pay back what their price breaks say of the purchase orders of every whole period."""
    purchases, charges = tables["purchase_orders"], tables["charges"]
    centres = len(of_centre.names)
    period = event_days(purchases["placed_second"]) // _DISCOUNT_PERIOD_DAYS
    due = np.zeros(centres, np.int64)
    for number in range(days // _DISCOUNT_PERIOD_DAYS):
        for supplier, steps in enumerate(terms.volume_discounts):
            rows = (period == number) & (purchases["supplier"] == supplier)
            reached = [share for least, share in steps if purchases["units"][rows].sum() >= least]
            if reached:
                value = counted((centres,), (purchases["centre"][rows],), purchases["value_minor"][rows])
                due += np.rint(value * max(reached)).astype(np.int64)
    paid = np.where(charges["reason"] == Charge.VOLUME_DISCOUNT, -charges["amount_minor"], 0)
    audit.equal(
        "suppliers pay back what their volume discounts say",
        counted((centres,), (charges["centre"],), paid),
        due,
        (of_centre,),
    )


def _check_complaints(
    audit: Audit, complaints: Table, day_totals: IntArray, of_centre: Axis, terms: Terms
) -> None:
    """Suppliers hear of no more defective units than customers brought back, and of all but parts of units."""
    if not len(complaints):
        return
    centres = len(of_centre.names)
    returned = counted((centres,), (terms.store_centre,), day_totals[..., Day.DEFECTIVE_RETURNED].sum(axis=1))
    told = counted((centres,), (complaints["centre"],), complaints["units"])
    audit.at_most("suppliers hear of units that customers brought back", told, returned, (of_centre,))
    audit.at_most(
        "a report tells of a unit", complaints["reports"], complaints["units"], (Axis("complaint"),)
    )
