"""The ledger against the records: day by day where goods are counted, and as a trial balance at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from sim.books.accounts import Account
from sim.books.audit import Audit, Axis
from sim.books.events import OrderKind, counted
from sim.books.terms import DAYS_PER_YEAR, MICRO, MINOR_PER_MAJOR, Terms, by_class
from sim.records import Centre, Closing, Day, IntArray, Panels, Table
from sim.result import Labels

FloatArray = npt.NDArray[np.float64]


def check_ledger_of_days(
    audit: Audit,
    page: IntArray,
    balances: IntArray,
    day: IntArray,
    centre: IntArray,
    axes: tuple[Axis, Axis, Axis, Axis],
) -> None:
    """Check some days of the ledger, which follow those checked before.

    Args:
        audit: collects what fails.
        page: (len(Account), days, stores then centres, classes and one more).
        balances: (2, stores then centres, classes and one more) balances of store and centre inventory before
            these days; moved on to their last day.
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
    audit.equal("debits = credits", page.sum(axis=0), np.zeros(1), (of_day, of_place, of_class_or_none))
    audit.equal(
        "what a centre hands over its stores take in",
        page[Account.CLEARING].sum(axis=1),
        np.zeros(1),
        (of_day, of_class_or_none),
    )
    for row, (account, places, level, of) in enumerate(
        (
            (Account.STORE_INVENTORY, slice(None, stores), day[Day.STOCK_VALUE], of_store),
            (Account.CENTRE_INVENTORY, slice(stores, None), centre[Centre.STOCK_VALUE], of_centre),
        )
    ):
        balance = np.cumsum(page[account], axis=0) + balances[row]
        audit.equal(
            f"balance of {account.name} = stock at cost",
            balance[:, places, :-1],
            level,
            (of_day, of, of_class),
        )
        balances[row] = balance[-1]


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
        ledger_totals: (stores then centres, classes and one more, accounts) the ledger added up over all days.
        panels: `cell` and `cell_revenue` are read.
        tables: `store_orders` and `purchase_orders` are read.
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
    at_stores[..., Account.CLEARING] = -day_totals[..., Day.RECEIVED_VALUE]
    at_centres[..., Account.CLEARING] = terms.over_stores(day_totals[..., Day.RECEIVED_VALUE])
    at_stores[..., Account.REVENUE] = -valued(panels.cell_revenue.sum(axis=0))
    at_stores[..., Account.REFUNDS] = day_totals[..., Day.REFUND]
    at_stores[..., Account.MARK_DOWN] = day_totals[..., Day.MARK_DOWN]
    at_stores[..., Account.COST_OF_GOODS] = (
        day_totals[..., Day.COST_OF_GOODS] - day_totals[..., Day.RETURNED_VALUE]
    )
    at_stores[..., Account.COMMUNICATION] = day_totals[..., Day.INCENTIVE]
    at_stores[..., Account.WASTE] = day_totals[..., Day.WASTE_VALUE]
    for at, account, amount in _costs_at_rates(tables, days, day_totals, centre_totals, terms):
        expected[(*at, account)] += amount
        slack[(*at, account)] += 0.5 * days * (amount != 0)

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
) -> Iterator[tuple[tuple[slice, slice | int], Account, FloatArray]]:
    """Yield (places and classes, account, minor units) of each cost that is a total quantity times a rate."""
    stores, classes, _ = day_totals.shape
    at_stores, at_centres = (slice(None, stores), slice(classes)), (slice(stores, None), slice(classes))
    each_store, each_centre = (slice(None, stores), -1), (slice(stores, None), -1)
    ordering, holding, costs = terms.costs.ordering, terms.costs.holding, terms.costs
    orders = tables["store_orders"]
    kinds = counted((stores, len(OrderKind)), (orders["store"], orders["kind"]))
    emergency, pushed = kinds[:, OrderKind.EMERGENCY], kinds[:, OrderKind.PUSHED]
    called_in = kinds.sum(axis=1) - pushed
    purchases = counted((len(centre_totals),), (tables["purchase_orders"]["centre"],))
    lines = day_totals[..., Day.ORDER_LINES] + day_totals[..., Day.EMERGENCY_LINES]

    yield at_stores, Account.DISPOSAL, _minor(day_totals[..., Day.WASTED], costs.disposal_per_wasted_unit)
    yield at_stores, Account.ORDERING, _minor(lines, ordering.per_store_order_line)
    yield (
        each_store,
        Account.ORDERING,
        (
            _minor(kinds.sum(axis=1) - emergency, ordering.per_store_order)
            + _minor(emergency, ordering.per_emergency_order)
        ),
    )
    yield (
        at_centres,
        Account.ORDERING,
        _minor(centre_totals[..., Centre.PURCHASE_LINES], ordering.per_purchase_order_line),
    )
    yield each_centre, Account.ORDERING, _minor(purchases, ordering.per_purchase_order)
    yield (
        at_stores,
        Account.HOLDING,
        day_totals[..., Day.STOCK_VALUE] * (holding.store_rate_per_year / DAYS_PER_YEAR),
    )
    yield at_stores, Account.HOLDING, day_totals[..., Day.HOLDING_BY_UNIT] / MICRO
    yield (
        at_centres,
        Account.HOLDING,
        centre_totals[..., Centre.STOCK_VALUE] * (holding.dc_rate_per_year / DAYS_PER_YEAR),
    )
    yield (
        at_centres,
        Account.HOLDING,
        _minor(centre_totals[..., Centre.ON_HAND], holding.dc_cost_per_unit_day),
    )
    yield each_store, Account.COMMUNICATION, _minor(called_in, costs.communication.per_order_contact)
    if terms.featured is not None:
        announced = terms.featured.sum(axis=0, dtype=np.int64)
        yield (
            at_stores,
            Account.COMMUNICATION,
            _minor(announced, costs.communication.per_featured_sku_store_day),
        )
    yield each_store, Account.FACILITIES, days * MINOR_PER_MAJOR * terms.store_facility_cost_per_day
    yield each_centre, Account.FACILITIES, days * MINOR_PER_MAJOR * terms.centre_facility_cost_per_day


def _minor(count: IntArray, rate: float) -> FloatArray:
    return count * (rate * MINOR_PER_MAJOR)
