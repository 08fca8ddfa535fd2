"""A distribution centre fills order lines: stock, books, what goes on its way and when it arrives."""

from __future__ import annotations

import numpy as np

from sim.kernels.allocation import allocate
from sim.kernels.compilation import allocating_kernel, inline_kernel, kernel
from sim.kernels.layout import Array, whole
from sim.kernels.selling import cost_at
from sim.records import Centre, Day

KINDS = 3
"""Of orders: regular, emergency, pushed."""

_SECONDS_PER_DAY = 86_400
_FILLED, _SHIPPED, _CANCELLED, _UNITS, _LINES = range(5)


@allocating_kernel
def fill_orders(
    lines: Array,
    is_new: Array,
    day: int,
    now: int,
    centre: int,
    is_unlimited: bool,
    keeps_backlog: bool,
    rule: int,
    priority: Array,
    store_key: Array,
    sku_key: Array,
    ordinal: int,
    ties_key: np.uint64,
    class_of: Array,
    purchase_cost: Array,
    on_hand: Array,
    value: Array,
    on_order: Array,
    asked: Array,
    centre_posted: Array,
    store_on_order: Array,
    centre_short: Array,
    day_page: Array,
    own_lead_time_days: Array,
    days_until_open: Array,
    delivery_second: int,
    first_order: int,
    shipped: Array,
    sent: Array,
    order_rows: Array,
) -> tuple[int, int]:
    """Decide what is shipped of some lines, take it out of stock, tell the stores what will not come.

    Args:
        lines: (6, k) store, SKU, units, kind, lead time in days or -1, second of the order.
        is_new: (k,) bool: ordered just now, not waiting since earlier.
        day: day of the run.
        now: second of the run.
        centre: the centre.
        is_unlimited: it buys what it ships at that moment.
        keeps_backlog: what is missing waits instead of being cancelled.
        rule: see `allocate`, as for the next five.
        priority: (n,).
        store_key: (n,).
        sku_key: (m,).
        ordinal: ordinal of today's date.
        ties_key: stream of ties.
        class_of: (m,) class of each SKU.
        purchase_cost: (m,) minor units.
        on_hand: (m,) of the centre; changed.
        value: (m,) of the centre; changed.
        on_order: (m,) ordered by the centre from suppliers.
        asked: (m,) units that stores asked the centre for today; added to.
        centre_posted: (c, len(Centre)) of the centre panel; changed.
        store_on_order: (n, m); cancelled units are taken off.
        centre_short: (n, m); told whether the line was filled, and if not, why.
        day_page: (n, c, len(Day)) of the day panel; changed.
        own_lead_time_days: (n,) of the stores.
        days_until_open: (days, n), 0 when the store is open.
        delivery_second: second of the day at which goods arrive.
        first_order: number of the next order.
        shipped: (k,) receives the units shipped.
        sent: (6, k) receives store, SKU, units, cost, kind and second of arrival of lines that are shipped.
        order_rows: (3 n, 10) receives rows of the table of store orders.

    Returns:
        Lines sent, and orders written.
    """
    line_row, line_sku, line_units, line_kind = lines[0], lines[1], lines[2], lines[3]
    if is_unlimited:
        shipped[:] = line_units
    else:
        allocate(
            line_row, line_sku, line_units, lines[5], on_hand, rule, priority, store_key, sku_key, ordinal, ties_key,
            shipped,
        )  # fmt: skip
    orders = np.zeros((store_key.size, KINDS, 5), np.int64)
    worth = sent[3]
    for line in range(line_sku.size):
        worth[line] = 0
        units, index = shipped[line], class_of[line_sku[line]]
        if units > 0:
            sku = line_sku[line]
            if is_unlimited:
                cost = units * purchase_cost[sku]
                centre_posted[index, Centre.RECEIVED] += units
                centre_posted[index, Centre.RECEIVED_VALUE] += cost
            else:
                cost = cost_at(units, whole(on_hand[sku]), value[sku], purchase_cost[sku])
                on_hand[sku] -= units
                value[sku] -= cost
            worth[line] = cost
            centre_posted[index, Centre.SHIPPED] += units
            centre_posted[index, Centre.SHIPPED_VALUE] += cost
    for line in range(line_sku.size):
        row, sku, wanted = line_row[line], line_sku[line], line_units[line]
        index, missing = class_of[sku], wanted - shipped[line]
        if is_new[line]:
            kind = line_kind[line]
            centre_posted[index, Centre.ASKED] += wanted
            centre_posted[index, Centre.LINES] += 1
            orders[row, kind, _SHIPPED] += shipped[line]
            orders[row, kind, _UNITS] += wanted
            orders[row, kind, _LINES] += 1
            asked[sku] += wanted
            if missing == 0:
                centre_posted[index, Centre.LINES_IN_FULL] += 1
                orders[row, kind, _FILLED] += 1
            elif not keeps_backlog:
                orders[row, kind, _CANCELLED] += missing
        if missing == 0:
            centre_short[row, sku] = 0
        else:
            centre_short[row, sku] = 2 if on_order[sku] > 0 else 1
            if not keeps_backlog:
                store_on_order[row, sku] -= missing
                day_page[row, index, Day.CANCELLED] += missing
    _write_arrivals(lines, day, now, own_lead_time_days, days_until_open, delivery_second, sent[5])
    return _keep_sent(lines, shipped, sent), _write_orders(orders, first_order, centre, now, order_rows)


@kernel
def _write_arrivals(
    lines: Array,
    day: int,
    now: int,
    own_lead_time_days: Array,
    days_until_open: Array,
    delivery_second: int,
    arrival: Array,
) -> None:
    """Write when goods shipped now arrive: at the delivery hour of a day on which the store is open."""  # fmt: skip
    line_row, line_lead_time_days = lines[0], lines[4]
    for line in range(arrival.size):
        row, lead_time_days = line_row[line], line_lead_time_days[line]
        arrival[line] = arrival_second(
            row, day, own_lead_time_days[row] if lead_time_days < 0 else lead_time_days, now, days_until_open,
            delivery_second,
        )  # fmt: skip


@inline_kernel
def arrival_second(
    row: int, day: int, lead_time_days: int, now: int, days_until_open: Array, delivery_second: int
) -> int:
    """Second at which goods shipped on a day arrive at a store: some days later, on a day when it is open."""
    due = day + lead_time_days
    wait = days_until_open[min(due, days_until_open.shape[0] - 1), row]
    return max(whole((due + wait) * _SECONDS_PER_DAY + delivery_second), now)


@kernel
def _keep_sent(lines: Array, shipped: Array, sent: Array) -> int:
    """Move the lines of which something is shipped to the front of `sent`, whose cost and arrival are filled in."""
    number = 0
    for line in range(shipped.size):
        if shipped[line] > 0:
            sent[0, number], sent[1, number], sent[2, number] = lines[0, line], lines[1, line], shipped[line]
            sent[3, number], sent[4, number], sent[5, number] = sent[3, line], lines[3, line], sent[5, line]
            number += 1
    return number


@kernel
def _write_orders(orders: Array, first_order: int, centre: int, now: int, rows: Array) -> int:
    """Write a row of the table of store orders per store and kind of order; return how many."""
    number = 0
    for row in range(orders.shape[0]):
        for kind in range(KINDS):
            order = orders[row, kind]
            if order[_LINES] > 0:
                rows[number, 0], rows[number, 1], rows[number, 2] = first_order + number, row, centre
                rows[number, 3], rows[number, 4] = now, kind
                rows[number, 5], rows[number, 6] = order[_LINES], order[_UNITS]
                rows[number, 7], rows[number, 8] = order[_FILLED], order[_SHIPPED]
                rows[number, 9] = order[_CANCELLED]
                number += 1
    return number


@allocating_kernel
def write_deliveries(
    sent: Array, arrived: int, now: int, centre: int, closes_second: Array, days: int, rows: Array
) -> int:
    """Write a row of the table of deliveries per store and kind of order.

    Args:
        sent: (6, k) lines that arrive together, see `fill_orders`.
        arrived: second of the run at which they do.
        now: second at which they leave.
        centre: the centre.
        closes_second: (n,) last second of the day at which a store is open; what comes later belongs to the next day.
        days: length of the run.
        rows: (3 n, 8) receives the rows.

    Returns:
        Number of rows.
    """
    totals = np.zeros((closes_second.size, KINDS, 3), np.int64)
    for line in range(sent.shape[1]):
        total = totals[sent[0, line], sent[4, line]]
        total[0] += 1
        total[1] += sent[2, line]
        total[2] += sent[3, line]
    number = 0
    for row in range(totals.shape[0]):
        on_shelf = arrived // _SECONDS_PER_DAY + whole(arrived % _SECONDS_PER_DAY >= closes_second[row])
        for kind in range(KINDS):
            total = totals[row, kind]
            if total[0] > 0:
                rows[number, 0], rows[number, 1], rows[number, 2], rows[number, 3] = row, centre, kind, now
                rows[number, 4] = arrived if on_shelf < days else -1
                rows[number, 5], rows[number, 6], rows[number, 7] = total[0], total[1], total[2]
                number += 1
    return number
