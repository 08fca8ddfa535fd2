"""The installed base, and what contracts bring in and stations cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.charges import Charge, check_charges
from sim.books.events import counted
from sim.books.service_terms import ServiceTerms
from sim.books.terms import DAYS_PER_YEAR, MICRO, in_micro
from sim.records import IntArray, Table
from sim.result import ServiceLabels


def check_base(audit: Audit, base: Table, names: ServiceLabels) -> None:
    """Units of today are those of yesterday, more by sales, less by returns and scrappage."""
    if not len(base):
        return
    days = 1 + int(base["day"].max())
    shape = (days, len(names.products), len(names.regions))
    index = (base["day"], base["product"], base["region"])
    axes = (Axis("day"), Axis("product", names.products), Axis("region", names.regions))
    audit.equal("the installed base has a row a day", counted(shape, index), np.ones(1), axes)
    units, sold, returned, scrapped = (
        counted(shape, index, base[name]) for name in ("units", "sold", "returned", "scrapped")
    )
    audit.equal(
        "installed units = those of the day before + sold - returned - scrapped",
        units[1:],
        units[:-1] + (sold - returned - scrapped)[1:],
        axes,
    )
    audit.not_negative("no installed base is below zero", units, axes)


def check_base_charges(
    audit: Audit, tables: Mapping[str, Table], days: int, of_centre: Axis, terms: ServiceTerms
) -> None:
    """Compare charges for stations and contracts with what is open and under contract.

    Args:
        audit: collects what fails.
        tables: all event tables.
        days: length of the run.
        of_centre: axis of centres.
        terms: what a day of a station costs, and a year of a contract.
    """
    charges, base, shape = tables["charges"], tables["installed_base"], (len(of_centre.names),)
    stations = counted(shape, (terms.station_centre,))
    cost = counted(shape, (terms.station_centre,), terms.station_minor_per_day)
    check_charges(audit, charges, {Charge.STATIONS: days * np.where(cost > 0, stations, 0)}, {}, of_centre)
    audit.equal(
        "stations cost what they cost", _amount(charges, Charge.STATIONS, shape), days * cost, (of_centre,)
    )
    rates = [
        0 if product.maintenance is None else in_micro(product.maintenance.price_per_year / DAYS_PER_YEAR)
        for product in terms.service.products
    ]
    if not terms.policy.maintenance or not any(rates):
        return
    # A charge does not tell the product, so all are compared together; each row is rounded once.
    under = counted((len(rates),), (base["product"],), base["under_contract"])
    sold, nobody = charges["reason"] == Charge.CONTRACTS_SOLD, (Axis("all"),)
    audit.equal(
        "contracts are charged for units under contract",
        np.array([charges["quantity"][sold].sum()]),
        np.array([under[np.array(rates) > 0].sum()]),
        nobody,
    )
    audit.equal(
        "contracts are charged at their price",
        np.array([charges["amount_minor"][sold].sum()]),
        np.array([(under * np.array(rates)).sum() / MICRO]),
        nobody,
        0.5 * sold.sum() + 1e-6,
    )


def _amount(charges: Table, reason: Charge, shape: tuple[int]) -> IntArray:
    kept = charges["reason"] == reason
    return counted(shape, (charges["centre"][kept],), charges["amount_minor"][kept])
