"""What goes from place to place as rows of event tables."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import allocating_kernel, kernel
from sim.kernels.layout import Array, whole
from sim.kernels.shipping import KINDS, SENT_ROWS

_SECONDS_PER_DAY = 86_400


@allocating_kernel
def write_purchases(lines: Array, centres: int, suppliers: int, now: int, rows: Array) -> int:
    """Write a row of the table of purchase orders per centre and supplier.

    Args:
        lines: (6, k) centre, SKU, units, cost, supplier, second of arrival.
        centres: how many there are.
        suppliers: how many there are.
        now: second at which they are ordered.
        rows: (centres x suppliers, 6) receives the rows.

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
            for index in range(3):
                row[3 + index] = totals[centre, supplier, index]
            number += 1
    return number


@kernel
def write_receipts(lines: Array, counts: Array, received: Array, planned: Array, rows: Array) -> int:
    """Write a row of the table of receipts per order, of one centre to one supplier, and second planned.

    Args:
        lines: (7, k) centre, SKU, units, cost, supplier, second of arrival and second of the order.
        counts: (k,) 1 for parts with which their line counts, else 0.
        received: (k,) second at which each has come in, -1 if never.
        planned: (k,) second at which that was to be.
        rows: (k, 8) receives the rows, in the order in which their first lines stand: the table's columns, and the
            second planned.

    Returns:
        Number of rows.
    """
    number, place = whole(0), whole(0)
    for line in range(lines.shape[1]):
        centre, supplier, placed, due = lines[0, line], lines[4, line], lines[6, line], planned[line]
        # Neighbours mostly are of one order.
        tried = whole(0)
        while tried < number and not (
            rows[place, 0] == centre
            and rows[place, 1] == supplier
            and rows[place, 2] == placed
            and rows[place, 7] == due
        ):
            place = place + 1 if place + 1 < number else whole(0)
            tried += 1
        if tried == number:
            place = number
            number += 1
            rows[place, 0], rows[place, 1], rows[place, 2] = centre, supplier, placed
            rows[place, 3], rows[place, 7] = received[line], due
            rows[place, 4], rows[place, 5], rows[place, 6] = 0, 0, 0
        rows[place, 4] += counts[line]
        rows[place, 5] += lines[2, line]
        rows[place, 6] += lines[3, line]
    return number


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
