"""The check at the end of every run: nothing comes from nowhere, nothing is lost without a name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books.accounts import Account
from sim.books.audit import Audit, Axis
from sim.books.base_checks import check_base_charges
from sim.books.cell_checks import check_cells
from sim.books.count_checks import check_counts
from sim.books.daily_checks import Levels, check_days
from sim.books.ledger import day_blocks
from sim.books.money_checks import INVENTORIES, check_ledger_of_days, check_trial_balance
from sim.books.parts_checks import check_parts
from sim.books.returns_checks import check_goods, check_returns, sent_back_by_cell, sent_back_by_day
from sim.books.service_charge_checks import check_service_charges
from sim.books.service_checks import check_service
from sim.books.service_terms import ServiceTerms
from sim.books.supply_checks import check_supply
from sim.books.table_checks import EventCounts, check_orders_of_days, check_tables
from sim.books.terms import Terms, by_class
from sim.books.work_checks import check_work
from sim.records import Centre, Closing, Day, IntArray, Panels, Table
from sim.result import Labels


def check_books(
    panels: Panels,
    tables: Mapping[str, Table],
    ledger: IntArray,
    opening: Closing,
    closing: Closing,
    labels: Labels,
    terms: Terms,
) -> None:
    """Hold the records of a run against each other.

    The day panel, the store x SKU panel, the event tables, the ledger and the stock counted at the end are
    kept apart during a run; here they have to agree, warm-up included. Checked are

    - units: every unit asked for is sold, substituted, owed or lost; stock, backorders and goods on order at
      stores and centres follow from their flows day by day and end at what is counted; every unmet unit has
      one cause;
    - records: panel by day against panel by SKU, event tables against both;
    - work: nobody does two things at once or is paid for less than done; trucks that are out drive, rest or stand;
      orders pass their stages in turn; every charge has its cause and its rate;
    - after-sales service: a request has one row and passes its stages in turn, visits and calls are those of its
      requests, nobody is at two places, people's minutes add up, every part is somewhere or was used, lost or scrapped,
      the installed base follows from sales and scrappage;
    - money: debits equal credits for every day, place and class; goods in the ledger are worth what they are
      worth in the panels, day by day, and what is counted at the end; every other account has the balance
      that follows from total quantities, rates and prices.

    A day of a store ends when its demand is over: what is ordered then still belongs to the day, and the
    level `ON_ORDER` is taken before; what arrives later belongs to the next day.

    Args:
        panels: what happened, by day and by SKU.
        tables: all event tables.
        ledger: what `post_ledger` made of them.
        opening: the first morning.
        closing: the end, counted.
        labels: axes of the panels.
        terms: cost rates and who feeds whom.

    Raises:
        BooksError: something does not balance; it names each identity with its worst cell.
    """
    audit = Audit()
    day_totals, centre_totals, ledger_totals = _check_days(
        audit, panels, tables, ledger, opening, labels, terms
    )
    _check_closing_levels(audit, panels, closing, labels, terms)
    check_cells(audit, panels, sent_back_by_cell(tables, labels), day_totals, opening, closing, labels, terms)
    check_returns(audit, tables, panels, day_totals, closing, labels, terms)
    check_goods(audit, tables, panels, centre_totals, labels, terms)
    check_counts(audit, tables, panels, centre_totals, closing, labels)
    check_tables(
        audit,
        tables,
        day_totals,
        centre_totals,
        panels.centre[-1, :, :, Centre.ON_ORDER],
        opening,
        closing,
        labels,
        terms,
    )
    check_supply(
        audit, tables, len(panels.day), day_totals, opening, closing, Axis("centre", labels.centres), terms
    )
    check_trial_balance(
        audit, ledger_totals, panels, tables, day_totals, centre_totals, opening, closing, labels, terms
    )
    if terms.work is not None:
        check_work(audit, tables, len(panels.day), labels, terms, terms.work)
    if terms.service is not None:
        _check_service(audit, panels, tables, ledger_totals, labels, terms, terms.service)
    audit.conclude()


def _check_service(
    audit: Audit,
    panels: Panels,
    tables: Mapping[str, Table],
    ledger_totals: IntArray,
    labels: Labels,
    terms: Terms,
    service: ServiceTerms,
) -> None:
    of_centre, names = Axis("centre", labels.centres), labels.service
    check_service(audit, tables, names, has_contact_centre=service.service.contact_centre is not None)
    check_service_charges(audit, tables, of_centre, terms, service)
    check_base_charges(audit, tables, len(panels.day), of_centre, service)
    if service.service.parts is not None:
        inventory = ledger_totals[len(labels.stores) :, -1, Account.PARTS_INVENTORY]
        check_parts(audit, tables, inventory, names, service, of_centre)


def _check_days(
    audit: Audit,
    panels: Panels,
    tables: Mapping[str, Table],
    ledger: IntArray,
    opening: Closing,
    labels: Labels,
    terms: Terms,
) -> tuple[IntArray, IntArray, IntArray]:
    """Check day by day; returns the day panel, the centre panel and the ledger added up over all days."""
    counts = EventCounts.of(tables, panels)
    levels = _first_levels(panels, opening, labels)
    sent_back = sent_back_by_day(tables, labels, panels.day.shape[:3], "units")
    balances = {account: np.zeros(1, dtype=np.int64) for account in INVENTORIES}
    day_totals = np.zeros(panels.day.shape[1:], dtype=np.int64)
    centre_totals = np.zeros(panels.centre.shape[1:], dtype=np.int64)
    ledger_totals = np.zeros(ledger.shape[1:], dtype=np.int64)
    for block in day_blocks(panels):
        day, centre, pages = _by_measure(panels.day[block]), _by_measure(panels.centre[block]), ledger[block]
        axes = (
            Axis("day", first=block.start),
            Axis("store", labels.stores),
            Axis("centre", labels.centres),
            Axis("class", labels.classes),
        )
        check_days(audit, day, centre, sent_back[block], levels, terms, axes)
        check_orders_of_days(audit, counts, block, day, centre, axes)
        check_ledger_of_days(audit, pages, balances, day, centre, axes)
        day_totals += panels.day[block].sum(axis=0)
        centre_totals += panels.centre[block].sum(axis=0)
        ledger_totals += pages.sum(axis=0)
    return day_totals, centre_totals, ledger_totals


def _by_measure(panel: IntArray) -> IntArray:
    """A panel with the measure first, so that each measure is one stretch of memory."""
    return np.ascontiguousarray(np.moveaxis(panel, -1, 0))


def _first_levels(panels: Panels, opening: Closing, labels: Labels) -> Levels:
    def by(values: IntArray) -> IntArray:
        return by_class(values, labels.sku_class, len(labels.classes))

    at_stores = np.zeros(panels.day.shape[1:3], dtype=np.int64)
    at_centres = np.zeros(panels.centre.shape[1:3], dtype=np.int64)
    return Levels(
        on_hand=by(opening.store_units),
        backorders=by(opening.store_backorders),
        on_order=by(opening.transit_units),
        ordered=at_stores,
        centre_on_hand=by(opening.centre_units),
        centre_backlog=at_centres,
        centre_on_order=at_centres,
    )


def _check_closing_levels(
    audit: Audit, panels: Panels, closing: Closing, labels: Labels, terms: Terms
) -> None:
    def by(values: IntArray) -> IntArray:
        return by_class(values, labels.sku_class, len(labels.classes))

    last, last_centre = panels.day[-1], panels.centre[-1]
    at_stores = (Axis("store", labels.stores), Axis("class", labels.classes))
    at_centres = (Axis("centre", labels.centres), at_stores[1])
    audit.equal("last ON_HAND = stock counted", last[..., Day.ON_HAND], by(closing.store_units), at_stores)
    audit.equal(
        "last BACKORDERS = backorders counted",
        last[..., Day.BACKORDERS],
        by(closing.store_backorders),
        at_stores,
    )
    audit.equal(
        "last centre ON_HAND = stock counted",
        last_centre[..., Centre.ON_HAND],
        by(closing.centre_units),
        at_centres,
    )
    on_order = last[..., Day.ON_ORDER] + last[..., Day.ORDERED] + last[..., Day.EMERGENCY_ORDERED]
    audit.equal(
        "goods on order at the end = in transit counted + centre backlog",
        terms.over_stores(on_order - (last[..., Day.CANCELLED] - last[..., Day.CANCELLED_EARLY])),
        terms.over_stores(by(closing.transit_units)) + last_centre[..., Centre.BACKLOG],
        at_centres,
    )
