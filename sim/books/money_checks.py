"""The ledger against the records: day by day where goods are counted, and as a trial balance at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from sim.books.accounts import Account
from sim.books.audit import Audit, Axis
from sim.books.charges import balances_of_charges
from sim.books.events import OrderKind, counted
from sim.books.returns_checks import TRIAGED, sent_back_by_class
from sim.books.terms import DAYS_PER_YEAR, MICRO, MINOR_PER_MAJOR, Terms, by_class
from sim.records import Centre, Closing, Day, IntArray, Panels, Table
from sim.result import Labels

FloatArray = npt.NDArray[np.float64]
Place = tuple[slice, slice | int]

INVENTORIES = (Account.STORE_INVENTORY, Account.CENTRE_INVENTORY)
"""Accounts whose balance the panels know day by day."""


def check_ledger_of_days(
    audit: Audit,
    pages: IntArray,
    balances: dict[Account, IntArray],
    day: IntArray,
    centre: IntArray,
    axes: tuple[Axis, Axis, Axis, Axis],
) -> None:
    """Check some days of the ledger, which follow those checked before.

    Args:
        audit: collects what fails.
        pages: (days, stores then centres, classes and one more, len(Account)).
        balances: of store and of centre inventory, by place and class, before these days; moved on to their
            last day.
        day: (len(Day), days, stores, classes) of the panel.
        centre: (len(Centre), days, centres, classes) of the panel.
        axes: day, store, centre, class.
    """
    of_day, of_store, of_centre, of_class = axes
    stores = day.shape[2]
    of_place = Axis(
        "place",
        [of_store.label(i) for i in range(stores)] + [of_centre.label(i) for i in range(centre.shape[2])],
    )
    of_class_or_none = Axis("class", [*of_class.names, "(none)"])
    audit.equal("debits = credits", pages.sum(axis=-1), np.zeros(1), (of_day, of_place, of_class_or_none))
    audit.equal(
        "what a centre hands over its stores take in",
        pages[..., Account.CLEARING].sum(axis=1),
        np.zeros(1),
        (of_day, of_class_or_none),
    )
    for account, places, level, of_places in (
        (Account.STORE_INVENTORY, slice(None, stores), day[Day.STOCK_VALUE], of_store),
        (Account.CENTRE_INVENTORY, slice(stores, None), centre[Centre.STOCK_VALUE], of_centre),
    ):
        balance = np.cumsum(pages[:, places, :-1, account], axis=0) + balances[account]
        audit.equal(
            f"balance of {account.name} = stock at cost", balance, level, (of_day, of_places, of_class)
        )
        balances[account] = balance[-1]


def check_trial_balance(
    audit: Audit,
    ledger_totals: IntArray,
    panels: Panels,
    tables: Mapping[str, Table],
    day_totals: IntArray,
    centre_totals: IntArray,
    opening: Closing,
    closing: Closing,
    labels: Labels,
    terms: Terms,
) -> None:
    """Check the closing balance of every account at every place and class.

    What each balance must be is worked out from the run as a whole: goods from what is counted at the end,
    revenue from the panel by SKU, costs from total quantities times their rates. The ledger rounds every day,
    so balances at rates agree within half a minor unit a day.

    Args:
        audit: collects what fails.
        ledger_totals: (stores then centres, classes and one more, accounts) the ledger, added up over days.
        panels: `cell` and `cell_revenue` are read.
        tables: `store_orders`, `purchase_orders`, `returns` and `charges` are read.
        day_totals: (stores, classes, len(Day)) the day panel added up over all days.
        centre_totals: (centres, classes, len(Centre)) the same of the centre panel.
        opening: the first morning.
        closing: the end, counted.
        labels: axes of the panels.
        terms: cost rates and who feeds whom.
    """
    days, stores, classes, _ = panels.day.shape
    expected = np.zeros(ledger_totals.shape)
    slack = np.zeros(ledger_totals.shape)
    at_stores, at_centres = expected[:stores, :classes], expected[stores:, :classes]

    def valued(value: IntArray) -> IntArray:
        return by_class(value, labels.sku_class, classes)

    at_stores[..., Account.STORE_INVENTORY] = valued(closing.store_value)
    at_centres[..., Account.CENTRE_INVENTORY] = valued(closing.centre_value)
    at_centres[..., Account.IN_TRANSIT] = terms.over_stores(valued(closing.transit_value))
    at_stores[..., Account.OPENING_CAPITAL] = -valued(opening.store_value)
    at_centres[..., Account.OPENING_CAPITAL] = -(
        valued(opening.centre_value) + terms.over_stores(valued(opening.transit_value))
    )
    handed_over = day_totals[..., Day.RECEIVED_VALUE] - sent_back_by_class(tables, labels, "value_minor")
    at_stores[..., Account.CLEARING] = -handed_over
    at_centres[..., Account.CLEARING] = terms.over_stores(handed_over)
    at_centres[..., Account.RETURNED_GOODS] = terms.over_stores(valued(closing.returning_value))
    at_stores[..., Account.REVENUE] = -valued(panels.cell_revenue.sum(axis=0))
    at_stores[..., Account.REFUNDS] = day_totals[..., Day.REFUND]
    at_stores[..., Account.MARK_DOWN] = day_totals[..., Day.MARK_DOWN]
    at_stores[..., Account.COST_OF_GOODS] = (
        day_totals[..., Day.COST_OF_GOODS] - day_totals[..., Day.RETURNED_VALUE]
    )
    at_stores[..., Account.COMMUNICATION] = day_totals[..., Day.INCENTIVE]
    at_stores[..., Account.WASTE] = day_totals[..., Day.WASTE_VALUE]
    at_centres[..., Account.WASTE] = (
        centre_totals[..., Centre.WASTED_VALUE] + centre_totals[..., Centre.SCRAPPED_VALUE]
    )
    at_centres[..., Account.COMMUNICATION] += centre_totals[..., Centre.GIFTED_VALUE]
    at_centres[..., Account.QUALITY] += (
        centre_totals[..., Centre.TO_VENDOR_VALUE] - centre_totals[..., Centre.VENDOR_CREDIT]
    )
    for account, at, amount in _costs_at_rates(tables, days, day_totals, centre_totals, terms):
        expected[(*at, account)] += amount
        slack[(*at, account)] += 0.5 * days * (amount != 0)

    for account, balance in balances_of_charges(tables, len(centre_totals)).items():
        expected[stores:, -1, account] += balance

    # Whatever is in no other account went through the till.
    others = expected.sum(axis=-1) - expected[..., Account.CASH]
    expected[..., Account.CASH] = -others
    slack[..., Account.CASH] = slack.sum(axis=-1)
    places = [f"store {name}" for name in labels.stores] + [f"centre {name}" for name in labels.centres]
    for account in Account:
        audit.equal(
            f"closing balance of {account.name}",
            ledger_totals[..., account],
            expected[..., account],
            (Axis("place", places), Axis("class", [*labels.classes, "(none)"])),
            slack[..., account],
        )


def _costs_at_rates(
    tables: Mapping[str, Table], days: int, day_totals: IntArray, centre_totals: IntArray, terms: Terms
) -> Iterator[tuple[Account, Place, FloatArray]]:
    """Yield (account, places and classes, minor units) of each cost that is a total quantity times a rate."""
    stores, classes, _ = day_totals.shape
    by_store, each_store = (slice(None, stores), slice(classes)), (slice(None, stores), -1)
    by_centre, each_centre = (slice(stores, None), slice(classes)), (slice(stores, None), -1)
    costs, ordering, holding = terms.costs, terms.costs.ordering, terms.costs.holding
    communication = costs.communication
    orders = tables["store_orders"]
    regular, emergency, pushed = counted((len(OrderKind), stores), (orders["kind"], orders["store"]))
    purchases = counted((len(centre_totals),), (tables["purchase_orders"]["centre"],))

    handled = _minor(regular + pushed, ordering.per_store_order)
    yield Account.ORDERING, each_store, handled + _minor(emergency, ordering.per_emergency_order)
    yield Account.ORDERING, each_centre, _minor(purchases, ordering.per_purchase_order)
    lines = day_totals[..., Day.ORDER_LINES] + day_totals[..., Day.EMERGENCY_LINES]
    yield Account.ORDERING, by_store, _minor(lines, ordering.per_store_order_line)
    lines = centre_totals[..., Centre.PURCHASE_LINES]
    yield Account.ORDERING, by_centre, _minor(lines, ordering.per_purchase_order_line)

    value, space = day_totals[..., Day.STOCK_VALUE], day_totals[..., Day.HOLDING_BY_UNIT]
    yield Account.HOLDING, by_store, value * np.float64(holding.store_rate_per_year / DAYS_PER_YEAR)
    yield Account.HOLDING, by_store, space / np.float64(MICRO)
    value, units = centre_totals[..., Centre.STOCK_VALUE], centre_totals[..., Centre.ON_HAND]
    yield Account.HOLDING, by_centre, value * np.float64(holding.dc_rate_per_year / DAYS_PER_YEAR)
    yield Account.HOLDING, by_centre, _minor(units, holding.dc_cost_per_unit_day)

    wasted = day_totals[..., Day.WASTED]
    yield Account.DISPOSAL, by_store, _minor(wasted, costs.disposal_per_wasted_unit)
    wasted = centre_totals[..., Centre.WASTED] + centre_totals[..., Centre.SCRAPPED]
    yield Account.DISPOSAL, by_centre, _minor(wasted, costs.disposal_per_wasted_unit)
    if terms.triage is not None:
        seen, repaired = centre_totals[..., TRIAGED].sum(axis=-1), centre_totals[..., Centre.REPAIRED]
        yield Account.QUALITY, by_centre, seen * (terms.triage.handling_micro / MICRO)
        yield Account.QUALITY, by_centre, repaired * (terms.triage.repair_micro / MICRO)
    called_in = regular + emergency
    yield Account.COMMUNICATION, each_store, _minor(called_in, communication.per_order_contact)
    if terms.featured is not None:
        announced = terms.featured.sum(axis=0, dtype=np.int64)
        yield Account.COMMUNICATION, by_store, _minor(announced, communication.per_featured_sku_store_day)
    yield Account.FACILITIES, each_store, days * MINOR_PER_MAJOR * terms.store_facility_cost_per_day
    yield Account.FACILITIES, each_centre, days * MINOR_PER_MAJOR * terms.centre_facility_cost_per_day


def _minor(count: IntArray, rate: float) -> FloatArray:
    return count * np.float64(rate * MINOR_PER_MAJOR)
