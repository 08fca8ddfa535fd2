"""Every rule by which an amount enters the ledger: what it is, which account it debits, which it credits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from sim.books.accounts import Account
from sim.books.charges import ACCOUNT_OF, CREDIT_OF, Charge
from sim.books.events import OrderKind
from sim.books.returns_checks import TRIAGED
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
    charges: IntArray
    """(reasons, days, centres) of the table of charges, minor units."""
    sent_back: IntArray
    """(days, stores, classes) cost of customer returns that stores handed over to go back to the centre."""
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


Amount = Callable[[Source], IntArray]


@dataclass(frozen=True)
class Posting:
    """A named pair of equal amounts in minor units."""

    name: str
    where: Where
    debit: Account
    credit: Account
    amount: Amount
    """Gives (days, places, classes), or (days, places) where nothing belongs to a class."""
    is_opening: bool = False
    """Posted once, on the first day."""


def _of_day(measure: Day) -> Callable[[Source], IntArray]:
    return lambda source: source.day[measure]


def _charged(reason: Charge) -> Callable[[Source], IntArray]:
    return lambda source: source.charges[reason]


def _of_centre(measure: Centre) -> Callable[[Source], IntArray]:
    return lambda source: source.centre[measure]


def rated(count: IntArray, rate: float) -> IntArray:
    """Counts times a cost rate in money, to minor units, rounded half to even once per cell."""
    return in_minor(count * in_micro(rate))


def in_minor(micro: IntArray) -> IntArray:
    """Millionths of a minor unit as whole minor units, rounded half to even."""
    return np.asarray(np.rint(micro / MICRO), dtype=np.int64)


def _interest(value: IntArray, rate_per_year: float) -> IntArray:
    # One product of doubles and one rounding to integers: the same bits on every machine.
    return np.asarray(np.rint(value * (rate_per_year / DAYS_PER_YEAR)), dtype=np.int64)


def _handed_over(source: Source) -> IntArray:
    return source.terms.over_stores(source.day[Day.RECEIVED_VALUE])


def _collected(source: Source) -> IntArray:
    return source.terms.over_stores(source.sent_back)


def _vendor_shortfall(source: Source) -> IntArray:
    return np.asarray(source.centre[Centre.TO_VENDOR_VALUE] - source.centre[Centre.VENDOR_CREDIT])


def _triage(source: Source) -> IntArray:
    """Looking at what came back, at the rate of its class."""
    seen = sum(source.centre[measure] for measure in TRIAGED)
    return in_minor(seen * (source.terms.triage.handling_micro if source.terms.triage else 0))


def _repairs(source: Source) -> IntArray:
    repaired = source.centre[Centre.REPAIRED]
    return in_minor(repaired * (source.terms.triage.repair_micro if source.terms.triage else 0))


def _counts(source: Source) -> IntArray:
    return rated(source.centre[Centre.COUNTED_LINES], source.terms.count_cost_per_line)


def _centre_disposal(source: Source) -> IntArray:
    gone = source.centre[Centre.WASTED] + source.centre[Centre.SCRAPPED]
    return rated(gone, source.terms.costs.disposal_per_wasted_unit)


def _disposal(source: Source) -> IntArray:
    return rated(source.day[Day.WASTED], source.terms.costs.disposal_per_wasted_unit)


def _store_orders(source: Source) -> IntArray:
    """Pushed orders are handled like regular ones; only nobody calls."""
    ordering = source.terms.costs.ordering
    emergency = source.orders[..., OrderKind.EMERGENCY]
    others = source.orders.sum(axis=-1) - emergency
    return in_minor(
        others * in_micro(ordering.per_store_order) + emergency * in_micro(ordering.per_emergency_order)
    )


def _store_lines(source: Source) -> IntArray:
    lines = source.day[Day.ORDER_LINES] + source.day[Day.EMERGENCY_LINES]
    return rated(lines, source.terms.costs.ordering.per_store_order_line)


def _purchase_orders(source: Source) -> IntArray:
    return rated(source.purchase_orders, source.terms.costs.ordering.per_purchase_order)


def _purchase_lines(source: Source) -> IntArray:
    return rated(source.centre[Centre.PURCHASE_LINES], source.terms.costs.ordering.per_purchase_order_line)


def _store_interest(source: Source) -> IntArray:
    return _interest(source.day[Day.STOCK_VALUE], source.terms.costs.holding.store_rate_per_year)


def _store_space(source: Source) -> IntArray:
    return in_minor(source.day[Day.HOLDING_BY_UNIT])


def _centre_interest(source: Source) -> IntArray:
    return _interest(source.centre[Centre.STOCK_VALUE], source.terms.costs.holding.dc_rate_per_year)


def _centre_space(source: Source) -> IntArray:
    return rated(source.centre[Centre.ON_HAND], source.terms.costs.holding.dc_cost_per_unit_day)


def _contacts(source: Source) -> IntArray:
    called_in = source.orders[..., OrderKind.REGULAR] + source.orders[..., OrderKind.EMERGENCY]
    return rated(called_in, source.terms.costs.communication.per_order_contact)


def _announcements(source: Source) -> IntArray:
    return rated(source.featured, source.terms.costs.communication.per_featured_sku_store_day)


def _store_facilities(source: Source) -> IntArray:
    return _facilities(source.terms.store_facility_cost_per_day, len(source.orders))


def _centre_facilities(source: Source) -> IntArray:
    return _facilities(source.terms.centre_facility_cost_per_day, len(source.orders))


def _facilities(cost_per_day: npt.NDArray[np.float64], days: int) -> IntArray:
    rate = np.array([in_micro(cost) for cost in cost_per_day.tolist()], dtype=np.int64)
    return np.broadcast_to(in_minor(rate), (days, len(rate)))


def _all(
    where: Where, *rows: tuple[str, Account, Account, Amount], is_opening: bool = False
) -> tuple[Posting, ...]:
    return tuple(
        Posting(name, where, debit, credit, amount, is_opening) for name, debit, credit, amount in rows
    )


POSTINGS: tuple[Posting, ...] = (
    *_all(
        Where.STORE_CLASS,
        ("opening_store_stock", Account.STORE_INVENTORY, Account.OPENING_CAPITAL, lambda s: s.store_stock),
        is_opening=True,
    ),
    *_all(
        Where.CENTRE_CLASS,
        ("opening_centre_stock", Account.CENTRE_INVENTORY, Account.OPENING_CAPITAL, lambda s: s.centre_stock),
        ("opening_transit", Account.IN_TRANSIT, Account.OPENING_CAPITAL, lambda s: s.transit),
        is_opening=True,
    ),
    *_all(
        Where.CENTRE_CLASS,
        ("purchase", Account.CENTRE_INVENTORY, Account.CASH, _of_centre(Centre.RECEIVED_VALUE)),
        ("shipment", Account.IN_TRANSIT, Account.CENTRE_INVENTORY, _of_centre(Centre.SHIPPED_VALUE)),
        ("hand_over", Account.CLEARING, Account.IN_TRANSIT, _handed_over),
        ("purchase_order_lines", Account.ORDERING, Account.CASH, _purchase_lines),
        ("returns_collected", Account.RETURNED_GOODS, Account.CLEARING, _collected),
        (
            "returns_restocked",
            Account.CENTRE_INVENTORY,
            Account.RETURNED_GOODS,
            _of_centre(Centre.RESTOCKED_VALUE),
        ),
        ("returns_scrapped", Account.WASTE, Account.RETURNED_GOODS, _of_centre(Centre.SCRAPPED_VALUE)),
        ("vendor_credit", Account.CASH, Account.RETURNED_GOODS, _of_centre(Centre.VENDOR_CREDIT)),
        ("vendor_shortfall", Account.QUALITY, Account.RETURNED_GOODS, _vendor_shortfall),
        ("returns_triage", Account.QUALITY, Account.CASH, _triage),
        ("repairs", Account.QUALITY, Account.CASH, _repairs),
        ("centre_waste", Account.WASTE, Account.CENTRE_INVENTORY, _of_centre(Centre.WASTED_VALUE)),
        ("shrinkage", Account.WASTE, Account.CENTRE_INVENTORY, _of_centre(Centre.SHRUNK_VALUE)),
        ("found_stock", Account.CENTRE_INVENTORY, Account.WASTE, _of_centre(Centre.FOUND_VALUE)),
        ("cycle_counts", Account.LABOUR, Account.CASH, _counts),
        ("centre_disposal", Account.DISPOSAL, Account.CASH, _centre_disposal),
        ("gifts", Account.COMMUNICATION, Account.CENTRE_INVENTORY, _of_centre(Centre.GIFTED_VALUE)),
        ("centre_stock_interest", Account.HOLDING, Account.CASH, _centre_interest),
        ("centre_stock_space", Account.HOLDING, Account.CASH, _centre_space),
    ),
    *_all(
        Where.CENTRE,
        ("purchase_orders", Account.ORDERING, Account.CASH, _purchase_orders),
        ("centre_facilities", Account.FACILITIES, Account.CASH, _centre_facilities),
        *(
            (
                f"charge_{reason.name.lower()}",
                ACCOUNT_OF[reason],
                CREDIT_OF.get(reason, Account.CASH),
                _charged(reason),
            )
            for reason in Charge
        ),
    ),
    *_all(
        Where.STORE_CLASS,
        ("store_receipt", Account.STORE_INVENTORY, Account.CLEARING, _of_day(Day.RECEIVED_VALUE)),
        ("sale", Account.CASH, Account.REVENUE, _of_day(Day.REVENUE)),
        ("mark_down", Account.MARK_DOWN, Account.CASH, _of_day(Day.MARK_DOWN)),
        ("refund", Account.REFUNDS, Account.CASH, _of_day(Day.REFUND)),
        ("cost_of_goods", Account.COST_OF_GOODS, Account.STORE_INVENTORY, _of_day(Day.COST_OF_GOODS)),
        ("customer_return", Account.STORE_INVENTORY, Account.COST_OF_GOODS, _of_day(Day.RETURNED_VALUE)),
        ("waste", Account.WASTE, Account.STORE_INVENTORY, _of_day(Day.WASTE_VALUE)),
        ("returns_sent_back", Account.CLEARING, Account.STORE_INVENTORY, lambda s: s.sent_back),
        ("disposal", Account.DISPOSAL, Account.CASH, _disposal),
        ("store_order_lines", Account.ORDERING, Account.CASH, _store_lines),
        ("store_stock_interest", Account.HOLDING, Account.CASH, _store_interest),
        ("store_stock_space", Account.HOLDING, Account.CASH, _store_space),
        ("announcements", Account.COMMUNICATION, Account.CASH, _announcements),
        ("incentives", Account.COMMUNICATION, Account.CASH, _of_day(Day.INCENTIVE)),
    ),
    *_all(
        Where.STORE,
        ("store_orders", Account.ORDERING, Account.CASH, _store_orders),
        ("order_contacts", Account.COMMUNICATION, Account.CASH, _contacts),
        ("store_facilities", Account.FACILITIES, Account.CASH, _store_facilities),
    ),
)
"""All rules of the ledger."""
