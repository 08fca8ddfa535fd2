"""Goods that come back, goods that age in the centre, gifts: their tables against the panels and the stock counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.events import NOT_YET, counted, event_days
from sim.books.terms import Terms, by_class
from sim.records import Cell, Centre, Closing, Day, IntArray, Panels, Table
from sim.result import Labels

TRIAGED = (Centre.RESTOCKED, Centre.REPAIRED, Centre.SCRAPPED, Centre.TO_VENDOR)
"""What may become of a unit that comes back to the centre."""

_TRIAGED_VALUE = (Centre.RESTOCKED_VALUE, Centre.SCRAPPED_VALUE, Centre.TO_VENDOR_VALUE)


def sent_back_by_day(
    tables: Mapping[str, Table], labels: Labels, shape: tuple[int, ...], column: str
) -> IntArray:
    """A column of the table of returns by the day of handing over: (days, stores, classes), which is `shape`."""
    returns = tables["returns"]
    if not len(returns):
        return np.broadcast_to(np.zeros(1, np.int64), shape)
    index = (event_days(returns["handed_second"]), returns["store"], labels.sku_class[returns["sku"]])
    return counted(shape, index, returns[column])


def sent_back_by_cell(tables: Mapping[str, Table], labels: Labels, column: str = "units") -> IntArray:
    """A column of the table of returns: (stores, SKUs)."""
    returns, shape = tables["returns"], (len(labels.stores), len(labels.skus))
    if not len(returns):
        return np.broadcast_to(np.zeros(1, np.int64), shape)
    return counted(shape, (returns["store"], returns["sku"]), returns[column])


def sent_back_by_class(tables: Mapping[str, Table], labels: Labels, column: str) -> IntArray:
    """A column of the table of returns: (stores, classes)."""
    return by_class(sent_back_by_cell(tables, labels, column), labels.sku_class, len(labels.classes))


def check_returns(
    audit: Audit,
    tables: Mapping[str, Table],
    panels: Panels,
    day_totals: IntArray,
    closing: Closing,
    labels: Labels,
    terms: Terms,
) -> None:
    """Follow every unit that customers brought back.

    Args:
        audit: collects what fails.
        tables: `returns` is read.
        panels: `centre` is read.
        day_totals: (stores, classes, len(Day)) the day panel added up over all days.
        closing: the end, counted.
        labels: axes of the panels.
        terms: who feeds whom, vendor credit.
    """
    returns, classes = tables["returns"], len(labels.classes)
    of_store, of_centre = Axis("store", labels.stores), Axis("centre", labels.centres)
    of_class, of_sku = Axis("class", labels.classes), Axis("SKU", labels.skus)
    back = day_totals[..., Day.RETURNED] - day_totals[..., Day.RESTOCKED]
    waiting = by_class(closing.waiting_units, labels.sku_class, classes)
    scrapped = back - waiting - sent_back_by_class(tables, labels, "units")
    audit.not_negative(
        "returned = restocked + scrapped + waiting + sent back", scrapped, (of_store, of_class)
    )
    audit.at_most(
        "returned units that are nowhere else were scrapped",
        scrapped,
        day_totals[..., Day.WASTED],
        (of_store, of_class),
    )
    audit.at_most(
        "what waits for a truck is in the store",
        closing.waiting_units,
        closing.store_units,
        (of_store, of_sku),
    )
    came = returns["arrived_second"] != NOT_YET
    for column, left in (("units", closing.returning_units), ("value_minor", closing.returning_value)):
        travelling = counted(
            left.shape, (returns["store"][~came], returns["sku"][~came]), returns[column][~came]
        )
        audit.equal(
            f"returned goods on their way = sent back, not arrived ({column})",
            left,
            travelling,
            (of_store, of_sku),
        )
    shape = panels.centre.shape[:3]
    index = (
        event_days(returns["arrived_second"][came]),
        returns["centre"][came],
        labels.sku_class[returns["sku"][came]],
    )
    axes = (Axis("day"), of_centre, of_class)
    for column, outcomes in (("units", TRIAGED), ("value_minor", _TRIAGED_VALUE)):
        audit.equal(
            f"what comes back is restocked, repaired, scrapped or returned to the vendor ({column})",
            panels.centre[..., outcomes].sum(axis=-1),
            counted(shape, index, returns[column][came]),
            axes,
        )
    if terms.triage is not None:
        audit.equal(
            "vendors give their share of the cost",
            panels.centre[..., Centre.VENDOR_CREDIT],
            terms.triage.credit_of(panels.centre[..., Centre.TO_VENDOR_VALUE]),
            axes,
        )
    audit.equal(
        "a store sends back to the centre that feeds it",
        returns["centre"],
        terms.store_centre[returns["store"]],
        (Axis("return"),),
    )


def check_goods(
    audit: Audit,
    tables: Mapping[str, Table],
    panels: Panels,
    centre_totals: IntArray,
    labels: Labels,
    terms: Terms,
) -> None:
    """Check gifts against their table, and deliveries of goods that age in the centre against the store x SKU panel.

    Args:
        audit: collects what fails.
        tables: `gifts` is read.
        panels: `cell` and `centre` are read.
        centre_totals: (centres, classes, len(Centre)) the centre panel added up over all days.
        labels: axes of the panels.
        terms: who feeds whom, which goods age.
    """
    gifts, classes = tables["gifts"], len(labels.classes)
    of_centre, of_class = Axis("centre", labels.centres), Axis("class", labels.classes)
    index = (event_days(gifts["shipped_second"]), gifts["centre"], labels.sku_class[gifts["sku"]])
    for column, measure in (("units", Centre.GIFTED), ("value_minor", Centre.GIFTED_VALUE)):
        audit.equal(
            f"{measure.name} = that of gifts added to shipments",
            panels.centre[..., measure],
            counted(panels.centre.shape[:3], index, gifts[column]),
            (Axis("day"), of_centre, of_class),
        )
    if terms.ages_in_centre is not None and terms.ages_in_centre.any():
        ages = terms.ages_in_centre
        received = panels.cell[..., Cell.RECEIVED].sum(axis=0, dtype=np.int64) * ages
        audit.equal(
            "DATED_DELIVERED = RECEIVED by SKU of goods that age in the centre",
            centre_totals[..., Centre.DATED_DELIVERED],
            terms.over_stores(by_class(received, labels.sku_class, classes)),
            (of_centre, of_class),
        )
        if terms.shelf_life_days is not None:
            audit.at_most(
                "days left at receipt are part of the shelf life",
                centre_totals[..., Centre.LIFE_DELIVERED_DAYS],
                terms.over_stores(by_class(received * terms.shelf_life_days, labels.sku_class, classes)),
                (of_centre, of_class),
            )
