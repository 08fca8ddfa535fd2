"""What suppliers are paid beside the goods, against the records of what they did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.charges import Charge, check_charges
from sim.books.events import counted
from sim.books.terms import Terms
from sim.records import IntArray, Table


def check_supply(audit: Audit, tables: Mapping[str, Table], of_centre: Axis, terms: Terms) -> None:
    """Compare charges of suppliers with the tables of their work.

    Args:
        audit: collects what fails.
        tables: `charges` and `express_orders` are read.
        of_centre: axis of centres.
        terms: surcharges.
    """
    if terms.express_surcharge_share is None:
        return
    express = tables["express_orders"]

    def per_centre(table: Table, amounts: IntArray) -> IntArray:
        return counted((len(of_centre.names),), (table["centre"],), amounts)

    check_charges(
        audit,
        tables["charges"],
        {Charge.EXPRESS_SURCHARGE: per_centre(express, express["value_minor"])},
        {},
        of_centre,
    )
    charges = tables["charges"]
    paid = np.where(charges["reason"] == Charge.EXPRESS_SURCHARGE, charges["amount_minor"], 0)
    due = np.rint(express["value_minor"] * terms.express_surcharge_share[express["supplier"]])
    audit.equal(
        "EXPRESS_SURCHARGE is what each supplier asks for express",
        per_centre(charges, paid),
        per_centre(express, due.astype(np.int64)),
        (of_centre,),
    )
