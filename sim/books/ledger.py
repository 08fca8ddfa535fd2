"""The ledger: double entry, by day, place and class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sim.books.accounts import Account
from sim.books.charges import charges_by_day
from sim.books.events import orders_by_day, purchase_orders_by_day
from sim.books.postings import POSTINGS, Posting, Source, Where
from sim.books.returns_checks import sent_back_by_day
from sim.books.terms import Terms, by_class
from sim.records import Closing, IntArray, Panels, Table
from sim.result import Labels

# Rows (day, store, class) worked on together: many hide the cost of a call, few need little memory.
_ROWS_PER_BLOCK = 30_000


def day_blocks(panels: Panels) -> Iterator[slice]:
    """The days of a run in blocks of about equal size, whatever the number of stores and classes."""
    days, stores, classes, _ = panels.day.shape
    step = max(1, _ROWS_PER_BLOCK // max(1, stores * classes))
    for start in range(0, days, step):
        yield slice(start, min(start + step, days))


def post_ledger(
    panels: Panels,
    tables: Mapping[str, Table],
    opening: Closing,
    labels: Labels,
    terms: Terms,
    postings: Sequence[Posting] = POSTINGS,
) -> IntArray:
    """Post a run.

    Args:
        panels: what happened, by day.
        tables: `store_orders`, `purchase_orders`, `returns` and `charges` are read.
        opening: stock of the first morning, posted on the first day.
        labels: axes of the panels.
        terms: cost rates and who feeds whom.
        postings: rules to post by; fewer than all only to show that the check finds what is missing.

    Returns:
        (days, stores then centres, classes and one more, accounts) in minor units, debits positive. The last
        class holds what belongs to no class: cost per order, contacts, facilities.
    """
    days, stores, classes, _ = panels.day.shape
    centres = panels.centre.shape[1]
    ledger = np.zeros((days, stores + centres, classes + 1, len(Account)), dtype=np.int64)
    orders = orders_by_day(tables, days, stores)
    purchase_orders = purchase_orders_by_day(tables, days, centres)
    charges = charges_by_day(tables, days, centres)
    sent_back = sent_back_by_day(tables, labels, panels.day.shape[:3], "value_minor")
    featured = np.zeros((1, 1, 1), dtype=np.int64) if terms.featured is None else terms.featured
    featured = np.broadcast_to(featured, (days, stores, classes))
    store_stock = by_class(opening.store_value, labels.sku_class, classes)
    centre_stock = by_class(opening.centre_value, labels.sku_class, classes)
    transit = terms.over_stores(by_class(opening.transit_value, labels.sku_class, classes))
    for block in day_blocks(panels):
        source = Source(
            day=np.moveaxis(panels.day[block], -1, 0),
            centre=np.moveaxis(panels.centre[block], -1, 0),
            orders=orders[block],
            purchase_orders=purchase_orders[block],
            charges=charges[:, block],
            sent_back=sent_back[block],
            featured=featured[block].astype(np.int64),
            store_stock=store_stock,
            centre_stock=centre_stock,
            transit=transit,
            terms=terms,
        )
        # Each account of each kind of place is one stretch of memory, turned into the ledger in one go.
        pages = {
            where: np.zeros((len(Account), *shape), dtype=np.int64)
            for where, shape in (
                (Where.STORE_CLASS, source.day.shape[1:]),
                (Where.STORE, source.orders.shape[:-1]),
                (Where.CENTRE_CLASS, source.centre.shape[1:]),
                (Where.CENTRE, source.purchase_orders.shape),
            )
        }
        for posting in postings:
            if not posting.is_opening:
                _post(pages[posting.where], posting, source)
            elif block.start == 0:
                _post(pages[posting.where][:, :1], posting, source)
        for where, page in pages.items():
            at_stores, has_class = where.value
            places = slice(None, stores) if at_stores else slice(stores, None)
            ledger[block, places, slice(None, -1) if has_class else -1] = np.moveaxis(page, 0, -1)
    return ledger


def _post(page: IntArray, posting: Posting, source: Source) -> None:
    amount = np.ascontiguousarray(posting.amount(source))
    if amount.any():
        page[posting.debit] += amount
        page[posting.credit] -= amount
