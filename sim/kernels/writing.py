"""What goes from place to place as rows of event tables."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import allocating_kernel, kernel
from sim.kernels.layout import Array, whole
from sim.kernels.shipping import KINDS, SENT_ROWS

_SECONDS_PER_DAY = 86_400


@allocating_kernel
def write_purchases(lines: Array, centres: int, suppliers: int, now: int, received: int, rows: Array) -> int:
    """Write a row of the table of receipts per centre and supplier, or one of purchase orders.

    Args:
        lines: (6, k) centre, SKU, units, cost, supplier, second of arrival.
        centres: how many there are.
        suppliers: how many there are.
        now: second at which they are ordered.
        received: second at which these lines arrive together, -1 after the end of the run; -2 for purchase orders.
        rows: (centres x suppliers, 7 or 6) receives the rows.

    Returns:
        Number of rows.
    """
    totals = np.zeros((centres, suppliers, 3), np.int64)
    for line in range(lines.shape[1]):
        total = totals[lines[0, line], lines[4, line]]
        total[0] += 1
        total[1] += lines[2, line]
        total[2] += lines[3, line]
    number = 0
    for centre in range(centres):
        for supplier in range(suppliers):
            if totals[centre, supplier, 0] == 0:
                continue
            row = rows[number]
            row[0], row[1], row[2] = centre, supplier, now
            column = 3
            if received > -2:
                row[column] = received
                column += 1
            for index in range(3):
                row[column + index] = totals[centre, supplier, index]
            number += 1
    return number


@kernel
def group_receipts(
    supplier: Array,
    centre: Array,
    placed: Array,
    units: Array,
    value: Array,
    counts: Array,
    received: Array,
    planned: Array,
    rows: Array,
) -> int:
    """Write a row of the table of receipts, and the second planned, per order and planned second.

    Args:
        supplier: (k,) of lines, as for the next four.
        centre: (k,).
        placed: (k,) second of the order.
        units: (k,).
        value: (k,) minor units.
        counts: (k,) 1 where a line counts as one, 0 where a part of it still comes.
        received: (k,) second, the same for all lines of a row.
        planned: (k,) second.
        rows: (k, 8) receives the rows, in the order in which their first lines stand.

    Returns:
        Number of rows.
    """
    number, which = 0, 0
    for line in range(supplier.size):
        # Neighbours mostly are of one order.
        for step in range(number + 1):
            if step > 0:
                which = step - 1
            row = rows[which]
            if (
                which < number and row[0] == centre[line] and row[1] == supplier[line]
                and row[2] == placed[line] and row[7] == planned[line]
            ):  # fmt: skip
                break
        else:
            which = number
            number += 1
            row = rows[which]
            row[0], row[1], row[2], row[3] = centre[line], supplier[line], placed[line], received[line]
            row[4], row[5], row[6], row[7] = 0, 0, 0, planned[line]
        row = rows[which]
        row[4] += counts[line]
        row[5] += units[line]
        row[6] += value[line]
    return number


@kernel
def tally_kinds(lines: Array, label: Array, number: int, totals: Array) -> None:
    """Count lines, units and cost of lines sent, by group and kind of order.

    Args:
        lines: (SENT_ROWS or TRACED_ROWS, number or more) see `sim.kernels.shipping.fill_orders`.
        label: (number,) group of each.
        number: how many there are.
        totals: (groups, KINDS, 3) lines, units and cost are added to it.
    """
    for line in range(number):
        total = totals[label[line], lines[4, line]]
        total[0] += 1 if lines.shape[0] == SENT_ROWS else lines[8, line]
        total[1] += lines[2, line]
        total[2] += lines[3, line]


@allocating_kernel
def write_deliveries(
    sent: Array, arrived: int, now: int, centre: int, closes_second: Array, days: int, rows: Array
) -> int:
    """Write a row of the table of deliveries per store and kind of order.

    Args:
        sent: lines that arrive together, see `fill_orders`.
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
        total[0] += 1 if sent.shape[0] == SENT_ROWS else sent[8, line]
        total[1] += sent[2, line]
        total[2] += sent[3, line]
    number = 0
    for row in range(totals.shape[0]):
        on_shelf = arrived // _SECONDS_PER_DAY + whole(arrived % _SECONDS_PER_DAY >= closes_second[row])
        for kind in range(KINDS):
            total = totals[row, kind]
            if total[1] > 0:
                rows[number, 0], rows[number, 1], rows[number, 2], rows[number, 3] = row, centre, kind, now
                rows[number, 4] = arrived if on_shelf < days else -1
                rows[number, 5], rows[number, 6], rows[number, 7] = total[0], total[1], total[2]
                number += 1
    return number
