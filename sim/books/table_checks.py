"""Agreement of the event tables with the panels and with the stock counted at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.events import NOT_YET, TITLE_PASSED, OrderKind, counted, event_days
from sim.books.terms import Terms
from sim.records import Centre, Closing, Day, IntArray, Panels, Table
from sim.result import Labels


@dataclass(frozen=True, eq=False)
class EventCounts:
    """Orders added up by the day they were placed on; the last axis is (lines, units)."""

    called: IntArray
    """(days, stores, 2) of regular and pushed orders."""
    emergency: IntArray
    """(days, stores, 2) of emergency orders."""
    in_full: IntArray
    """(days, centres) lines shipped in full at once."""
    purchased: IntArray
    """(days, centres, 2) of purchase orders."""

    @classmethod
    def of(cls, tables: Mapping[str, Table], panels: Panels) -> EventCounts:
        """Count the tables of a run."""
        days, stores = panels.day.shape[:2]
        centres = panels.centre.shape[1]
        orders, purchases = tables["store_orders"], tables["purchase_orders"]
        day, is_emergency = event_days(orders["placed_second"]), orders["kind"] == OrderKind.EMERGENCY

        def at_stores(chosen: np.ndarray) -> IntArray:
            index = (day[chosen], orders["store"][chosen])
            columns = [counted((days, stores), index, orders[name][chosen]) for name in ("lines", "units")]
            return np.stack(columns, axis=-1)

        purchased = (event_days(purchases["placed_second"]), purchases["centre"])
        return cls(
            called=at_stores(~is_emergency),
            emergency=at_stores(is_emergency),
            in_full=counted((days, centres), (day, orders["centre"]), orders["lines_in_full"]),
            purchased=np.stack(
                [counted((days, centres), purchased, purchases[name]) for name in ("lines", "units")], axis=-1
            ),
        )


def check_orders_of_days(
    audit: Audit,
    counts: EventCounts,
    block: slice,
    day: IntArray,
    centre: IntArray,
    axes: tuple[Axis, Axis, Axis, Axis],
) -> None:
    """Compare orders placed on some days with the panels, given with the measure first.

    Args:
        audit: collects what fails.
        counts: the tables, counted.
        block: the days.
        day: (len(Day), days, stores, classes).
        centre: (len(Centre), days, centres, classes).
        axes: day, store, centre, class.
    """
    at_stores, at_centres = axes[:2], (axes[0], axes[2])
    for title, table, measures in (
        ("regular and pushed", counts.called, (Day.ORDER_LINES, Day.ORDERED)),
        ("emergency", counts.emergency, (Day.EMERGENCY_LINES, Day.EMERGENCY_ORDERED)),
    ):
        for column, measure in enumerate(measures):
            audit.equal(
                f"{measure.name} = those of {title} orders placed",
                day[measure].sum(axis=-1),
                table[block, :, column],
                at_stores,
            )
    audit.equal(
        "centre LINES_IN_FULL = those of store orders",
        centre[Centre.LINES_IN_FULL].sum(axis=-1),
        counts.in_full[block],
        at_centres,
    )
    for column, bought in enumerate((Centre.PURCHASE_LINES, Centre.PURCHASED)):
        audit.equal(
            f"centre {bought.name} = those of purchase orders placed",
            centre[bought].sum(axis=-1),
            counts.purchased[block, :, column],
            at_centres,
        )


def check_tables(
    audit: Audit,
    tables: Mapping[str, Table],
    day_totals: IntArray,
    centre_totals: IntArray,
    centre_on_order: IntArray,
    opening: Closing,
    closing: Closing,
    labels: Labels,
    terms: Terms,
) -> None:
    """Compare the event tables with the run as a whole.

    Args:
        audit: collects what fails.
        tables: all event tables, of what was sent and ordered in the run and not before.
        day_totals: (stores, classes, len(Day)) the day panel added up over all days.
        centre_totals: (centres, classes, len(Centre)) the same of the centre panel.
        centre_on_order: (centres, classes) units on order at suppliers at the end.
        opening: the first morning.
        closing: the end, counted.
        labels: axes of the panels.
        terms: who feeds whom.
    """
    of_store, of_centre = Axis("store", labels.stores), Axis("centre", labels.centres)
    _check_store_orders(audit, tables["store_orders"], day_totals, terms, of_store)
    _check_deliveries(
        audit, tables["deliveries"], day_totals, centre_totals, opening, closing, of_store, of_centre
    )
    _check_receipts(audit, tables, centre_totals, centre_on_order, terms, of_centre)


def _check_deliveries(
    audit: Audit,
    deliveries: Table,
    day_totals: IntArray,
    centre_totals: IntArray,
    opening: Closing,
    closing: Closing,
    of_store: Axis,
    of_centre: Axis,
) -> None:
    stores, centres = len(day_totals), len(centre_totals)
    store, centre, came = deliveries["store"], deliveries["centre"], deliveries["arrived_second"] != NOT_YET

    def to_stores(column: str) -> IntArray:
        return counted((stores,), (store,), deliveries[column])

    def arrived(column: str) -> IntArray:
        return counted((stores,), (store[came],), deliveries[column][came])

    for column, received, shipped, first, last in (
        ("units", Day.RECEIVED, Centre.SHIPPED, opening.transit_units, closing.transit_units),
        (
            "value_minor",
            Day.RECEIVED_VALUE,
            Centre.SHIPPED_VALUE,
            opening.transit_value,
            closing.transit_value,
        ),
    ):
        taken_in = day_totals[..., received].sum(axis=-1)
        audit.equal(
            f"centres shipped what was sent off ({column})",
            centre_totals[..., shipped].sum(axis=-1),
            counted((centres,), (centre,), deliveries[column]),
            (of_centre,),
        )
        audit.equal(
            f"stores received or await what was under way or sent off ({column})",
            taken_in + last.sum(axis=-1),
            first.sum(axis=-1) + to_stores(column),
            (of_store,),
        )
        # What was under way on the first morning stands in no row.
        early = taken_in - arrived(column)
        audit.not_negative(f"stores received all that arrived ({column})", early, (of_store,))
        audit.at_most(
            f"stores received no more than arrived or was under way ({column})",
            early,
            first.sum(axis=-1),
            (of_store,),
        )
    early = day_totals[..., Day.CYCLES].sum(axis=-1) - arrived("lines")
    audit.not_negative("every line that arrives ends a replenishment cycle", early, (of_store,))
    audit.at_most(
        "replenishment cycles end with lines that arrive",
        early,
        np.count_nonzero(opening.transit_units, axis=-1),
        (of_store,),
    )


def _check_store_orders(
    audit: Audit, orders: Table, day_totals: IntArray, terms: Terms, of_store: Axis
) -> None:
    of_order = Axis("order", [str(order) for order in orders["order"]] if len(orders) < 1_000 else ())
    audit.equal(
        "a store orders from the centre that feeds it",
        orders["centre"],
        terms.store_centre[orders["store"]],
        (of_order,),
    )
    audit.at_most(
        "units shipped at once and struck off are part of the order",
        orders["units_shipped"] + orders["units_cancelled"],
        orders["units"],
        (of_order,),
    )
    audit.at_most(
        "lines shipped in full are part of the order", orders["lines_in_full"], orders["lines"], (of_order,)
    )
    audit.equal(
        "CANCELLED = units struck off store orders",
        day_totals[..., Day.CANCELLED].sum(axis=-1),
        counted((len(day_totals),), (orders["store"],), orders["units_cancelled"]),
        (of_store,),
    )


def _check_receipts(
    audit: Audit,
    tables: Mapping[str, Table],
    centre_totals: IntArray,
    centre_on_order: IntArray,
    terms: Terms,
    of_centre: Axis,
) -> None:
    limited = ~terms.centre_unlimited
    centres = len(limited)
    receipts, purchases = tables["receipts"], tables["purchase_orders"]
    centre, came = receipts["centre"], receipts["received_second"] != NOT_YET
    transfers = tables["title_transfers"]
    # What is delivered on consignment is bought when it is shipped.
    signed = np.where(transfers["kind"] == TITLE_PASSED, 1, -1) * transfers["value_minor"]
    bought_later = {
        "units": np.zeros(centres, np.int64),
        "value_minor": counted((centres,), (transfers["centre"],), signed),
    }
    # An unlimited centre buys as it ships and writes no receipts.
    for column, measure in (("units", Centre.RECEIVED), ("value_minor", Centre.RECEIVED_VALUE)):
        audit.equal(
            f"centres received what suppliers delivered ({column})",
            centre_totals[..., measure].sum(axis=-1) * limited,
            counted((centres,), (centre[came],), receipts[column][came]) + bought_later[column],
            (of_centre,),
        )
    audit.equal(
        "units on order at suppliers at the end = purchased and not received",
        centre_on_order.sum(axis=-1),
        counted((centres,), (centre[~came],), receipts["units"][~came]),
        (of_centre,),
    )
    for column in ("lines", "units", "value_minor"):
        audit.equal(
            f"suppliers deliver or owe what was purchased ({column})",
            counted((centres,), (centre,), receipts[column]),
            counted((centres,), (purchases["centre"],), purchases[column]),
            (of_centre,),
        )
