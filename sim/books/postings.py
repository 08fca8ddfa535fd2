"""Every rule by which an amount enters the ledger: what it is, which account it debits, which it credits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from sim.books.accounts import Account
from sim.books.events import OrderKind
from sim.books.terms import DAYS_PER_YEAR, MICRO, Terms, in_micro
from sim.records import Centre, Day, IntArray


@dataclass(frozen=True, eq=False)
class Source:
    """Some days of the records, measure by measure, as postings read them."""

    day: IntArray
    """(len(Day), days, stores, classes)."""
    centre: IntArray
    """(len(Centre), days, centres, classes)."""
    orders: IntArray
    """(days, stores, order kinds) store orders placed."""
    purchase_orders: IntArray
    """(days, centres) orders placed at suppliers."""
    featured: IntArray
    """(days, stores, classes) announcements."""
    store_stock: IntArray
    """(stores, classes) value of the first morning."""
    centre_stock: IntArray
    """(centres, classes) value of the first morning."""
    transit: IntArray
    """(centres, classes) value under way to the centre's stores on the first morning."""
    terms: Terms


class Where(Enum):
    """At which places and classes a posting is made; the value is (at stores, by class)."""

    STORE_CLASS = (True, True)
    STORE = (True, False)
    CENTRE_CLASS = (False, True)
    CENTRE = (False, False)


@dataclass(frozen=True)
class Posting:
    """A named pair of equal amounts. `amount` gives minor units, (days, places) or (days, places, classes)."""

    name: str
    where: Where
    debit: Account
    credit: Account
    amount: Callable[[Source], IntArray]


def _of_day(measure: Day) -> Callable[[Source], IntArray]:
    return lambda source: source.day[measure]


def _of_centre(measure: Centre) -> Callable[[Source], IntArray]:
    return lambda source: source.centre[measure]


def rated(count: IntArray, rate: float) -> IntArray:
    """Counts times a cost rate in money, to minor units, rounded half to even once per cell."""
    return in_minor(count * in_micro(rate))


def in_minor(micro: IntArray) -> IntArray:
    """Millionths of a minor unit as whole minor units, rounded half to even."""
    return np.rint(micro / MICRO).astype(np.int64)


def _interest(value: IntArray, rate_per_year: float) -> IntArray:
    # One product of doubles and one rounding to integers: the same bits on every machine.
    return np.rint(value * (rate_per_year / DAYS_PER_YEAR)).astype(np.int64)


def _store_lines(source: Source) -> IntArray:
    lines = source.day[Day.ORDER_LINES] + source.day[Day.EMERGENCY_LINES]
    return rated(lines, source.terms.costs.ordering.per_store_order_line)


def _store_orders(source: Source) -> IntArray:
    ordering = source.terms.costs.ordering
    emergency = source.orders[..., OrderKind.EMERGENCY]
    others = source.orders.sum(axis=-1) - emergency
    return in_minor(
        others * in_micro(ordering.per_store_order) + emergency * in_micro(ordering.per_emergency_order)
    )


def _contacts(source: Source) -> IntArray:
    called_in = source.orders[..., OrderKind.REGULAR] + source.orders[..., OrderKind.EMERGENCY]
    return rated(called_in, source.terms.costs.communication.per_order_contact)


def _facilities(cost_per_day: np.ndarray, days: int) -> IntArray:
    rate = np.array([in_micro(cost) for cost in cost_per_day.tolist()], dtype=np.int64)
    return np.broadcast_to(in_minor(rate), (days, len(rate)))


OPENING_POSTINGS: tuple[Posting, ...] = (
    Posting(
        "opening_store_stock",
        Where.STORE_CLASS,
        Account.STORE_INVENTORY,
        Account.OPENING_CAPITAL,
        lambda s: s.store_stock[np.newaxis],
    ),
    Posting(
        "opening_centre_stock",
        Where.CENTRE_CLASS,
        Account.CENTRE_INVENTORY,
        Account.OPENING_CAPITAL,
        lambda s: s.centre_stock[np.newaxis],
    ),
    Posting(
        "opening_transit",
        Where.CENTRE_CLASS,
        Account.IN_TRANSIT,
        Account.OPENING_CAPITAL,
        lambda s: s.transit[np.newaxis],
    ),
)
"""Posted once, on the first day."""

DAILY_POSTINGS: tuple[Posting, ...] = (
    Posting(
        "purchase",
        Where.CENTRE_CLASS,
        Account.CENTRE_INVENTORY,
        Account.CASH,
        _of_centre(Centre.RECEIVED_VALUE),
    ),
    Posting(
        "shipment",
        Where.CENTRE_CLASS,
        Account.IN_TRANSIT,
        Account.CENTRE_INVENTORY,
        _of_centre(Centre.SHIPPED_VALUE),
    ),
    Posting(
        "hand_over",
        Where.CENTRE_CLASS,
        Account.CLEARING,
        Account.IN_TRANSIT,
        lambda s: s.terms.over_stores(s.day[Day.RECEIVED_VALUE]),
    ),
    Posting(
        "store_receipt",
        Where.STORE_CLASS,
        Account.STORE_INVENTORY,
        Account.CLEARING,
        _of_day(Day.RECEIVED_VALUE),
    ),
    Posting("sale", Where.STORE_CLASS, Account.CASH, Account.REVENUE, _of_day(Day.REVENUE)),
    Posting("mark_down", Where.STORE_CLASS, Account.MARK_DOWN, Account.CASH, _of_day(Day.MARK_DOWN)),
    Posting("refund", Where.STORE_CLASS, Account.REFUNDS, Account.CASH, _of_day(Day.REFUND)),
    Posting(
        "cost_of_goods",
        Where.STORE_CLASS,
        Account.COST_OF_GOODS,
        Account.STORE_INVENTORY,
        _of_day(Day.COST_OF_GOODS),
    ),
    Posting(
        "customer_return",
        Where.STORE_CLASS,
        Account.STORE_INVENTORY,
        Account.COST_OF_GOODS,
        _of_day(Day.RETURNED_VALUE),
    ),
    Posting("waste", Where.STORE_CLASS, Account.WASTE, Account.STORE_INVENTORY, _of_day(Day.WASTE_VALUE)),
    Posting(
        "disposal",
        Where.STORE_CLASS,
        Account.DISPOSAL,
        Account.CASH,
        lambda s: rated(s.day[Day.WASTED], s.terms.costs.disposal_per_wasted_unit),
    ),
    Posting("store_orders", Where.STORE, Account.ORDERING, Account.CASH, _store_orders),
    Posting("store_order_lines", Where.STORE_CLASS, Account.ORDERING, Account.CASH, _store_lines),
    Posting(
        "purchase_orders",
        Where.CENTRE,
        Account.ORDERING,
        Account.CASH,
        lambda s: rated(s.purchase_orders, s.terms.costs.ordering.per_purchase_order),
    ),
    Posting(
        "purchase_order_lines",
        Where.CENTRE_CLASS,
        Account.ORDERING,
        Account.CASH,
        lambda s: rated(s.centre[Centre.PURCHASE_LINES], s.terms.costs.ordering.per_purchase_order_line),
    ),
    Posting(
        "store_stock_interest",
        Where.STORE_CLASS,
        Account.HOLDING,
        Account.CASH,
        lambda s: _interest(s.day[Day.STOCK_VALUE], s.terms.costs.holding.store_rate_per_year),
    ),
    Posting(
        "store_stock_space",
        Where.STORE_CLASS,
        Account.HOLDING,
        Account.CASH,
        lambda s: in_minor(s.day[Day.HOLDING_BY_UNIT]),
    ),
    Posting(
        "centre_stock_interest",
        Where.CENTRE_CLASS,
        Account.HOLDING,
        Account.CASH,
        lambda s: _interest(s.centre[Centre.STOCK_VALUE], s.terms.costs.holding.dc_rate_per_year),
    ),
    Posting(
        "centre_stock_space",
        Where.CENTRE_CLASS,
        Account.HOLDING,
        Account.CASH,
        lambda s: rated(s.centre[Centre.ON_HAND], s.terms.costs.holding.dc_cost_per_unit_day),
    ),
    Posting("order_contacts", Where.STORE, Account.COMMUNICATION, Account.CASH, _contacts),
    Posting(
        "announcements",
        Where.STORE_CLASS,
        Account.COMMUNICATION,
        Account.CASH,
        lambda s: rated(s.featured, s.terms.costs.communication.per_featured_sku_store_day),
    ),
    Posting("incentives", Where.STORE_CLASS, Account.COMMUNICATION, Account.CASH, _of_day(Day.INCENTIVE)),
    Posting(
        "store_facilities",
        Where.STORE,
        Account.FACILITIES,
        Account.CASH,
        lambda s: _facilities(s.terms.store_facility_cost_per_day, len(s.orders)),
    ),
    Posting(
        "centre_facilities",
        Where.CENTRE,
        Account.FACILITIES,
        Account.CASH,
        lambda s: _facilities(s.terms.centre_facility_cost_per_day, len(s.orders)),
    ),
)
"""Posted every day."""

POSTINGS: tuple[Posting, ...] = OPENING_POSTINGS + DAILY_POSTINGS
"""All rules of the ledger."""
