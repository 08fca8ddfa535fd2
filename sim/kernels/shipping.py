"""A distribution centre fills order lines: stock, books, what goes on its way and when it arrives."""

from __future__ import annotations

import numpy as np

from sim.kernels.allocation import allocate
from sim.kernels.compilation import allocating_kernel, kernel
from sim.kernels.layout import Ageing, Array, Chances, unsigned, whole
from sim.kernels.selling import cost_at
from sim.kernels.tracing import arrival_second, choose_lots, defective_among, find, line_number, miscount
from sim.records import Centre, Day

KINDS = 3
"""Of orders: regular, emergency, pushed."""

SENT_ROWS = 6
"""Of lines sent: store, SKU, units, cost, kind and second of arrival."""
TRACED_ROWS = 9
"""With the last day of sale (-1 = that of the store's shelf life), defective units, and whether it is a line: a line
that takes from several lots makes several rows, of which the first counts."""

_SECONDS_PER_DAY = 86_400
_FILLED, _SHIPPED, _CANCELLED, _UNITS, _LINES, _PLACED = range(6)
_UNITS_OF_LINE = 1 << 17


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
    defective: Array,
    deviation: Array,
    chances: Chances,
    ageing: Ageing,
    lots: Array,
    on_order: Array,
    asked: Array,
    is_noted: bool,
    placed_posted: Array,
    centre_posted: Array,
    store_on_order: Array,
    centre_short: Array,
    day_page: Array,
    closes_second: Array,
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
        is_unlimited: it buys, at that moment, what it ships and does not have.
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
        defective: (m,) units on hand that are defective; those shipped are taken off.
        deviation: (m,) units that are there less those on record; changed by miscounts. (0,) where records are true.
        chances: what goes wrong when lines are picked.
        ageing: how goods age in the centre.
        lots: (SKUs that age, ring) units on hand by last day of sale modulo ring; changed.
        on_order: (m,) ordered by the centre from suppliers.
        asked: (m,) units that stores asked the centre for today; added to unless noted.
        is_noted: what is asked was noted when the orders were placed, see `note_orders`.
        placed_posted: (c, len(Centre)) of the centre panel on the day when the new lines were placed; changed.
        centre_posted: (c, len(Centre)) of the centre panel today; changed.
        store_on_order: (n, m); cancelled units are taken off.
        centre_short: (n, m); told whether the line was filled, and if not, why.
        day_page: (n, c, len(Day)) of the day panel; changed.
        closes_second: (n,) second of the day at which the store's day is closed.
        own_lead_time_days: (n,) of the stores.
        days_until_open: (days, n), 0 when the store is open.
        delivery_second: second of the day at which goods arrive.
        first_order: number of the next order.
        shipped: (k,) receives the units shipped.
        sent: (SENT_ROWS, k) receives the lines that are shipped; (TRACED_ROWS, 2 k and one per lot) where goods age
            or are defective.
        order_rows: (3 n, 10) receives rows of the table of store orders: one per store and kind of order, so that
            all new lines of a store and kind have to be of one order.

    Returns:
        Rows sent, and orders written.
    """
    line_row, line_sku, line_units, line_kind, line_lead_time_days = (
        lines[0],
        lines[1],
        lines[2],
        lines[3],
        lines[4],
    )
    if is_unlimited:
        shipped[:] = line_units
    else:
        allocate(
            line_row, line_sku, line_units, lines[5], on_hand, rule, priority, store_key, sku_key, ordinal, ties_key,
            shipped,
        )  # fmt: skip
    # What a line gets at most, should others leave something to it.
    most = line_units.copy() if deviation.size > 0 else line_units
    if deviation.size > 0 and not is_unlimited:
        find(line_sku, on_hand, deviation, class_of, shipped, most, centre_posted)
    is_traced = sent.shape[0] > SENT_ROWS
    first_part = np.full(line_sku.size if lots.shape[0] > 0 else 0, -1, np.int64)
    parts = np.empty((3, sent.shape[1] if lots.shape[0] > 0 else 0), np.int64)
    if lots.shape[0] > 0:
        choose_lots(
            lines, most, day, now, is_unlimited, ageing, own_lead_time_days, days_until_open, delivery_second,
            closes_second, lots, shipped, first_part, parts,
        )  # fmt: skip
    orders = np.zeros((store_key.size, KINDS, 6), np.int64)
    _note_new(lines, is_new, shipped, class_of, keeps_backlog, is_noted, asked, placed_posted, orders)
    sent_row, sent_sku, sent_units, sent_cost = sent[0], sent[1], sent[2], sent[3]
    sent_kind, sent_arrives = sent[4], sent[5]
    number = 0
    store_before, days_before, arrives = whole(-1), whole(-1), whole(0)
    for line in range(line_sku.size):
        row, sku = unsigned(line_row[line]), unsigned(line_sku[line])
        units = shipped[line]
        index, missing = unsigned(class_of[sku]), line_units[line] - units
        if units > 0:
            if is_unlimited and units > on_hand[sku]:
                bought = units - whole(on_hand[sku])
                on_hand[sku] += bought
                value[sku] += bought * purchase_cost[sku]
                centre_posted[index, Centre.RECEIVED] += bought
                centre_posted[index, Centre.RECEIVED_VALUE] += bought * purchase_cost[sku]
            lead_time_days = (
                own_lead_time_days[row] if line_lead_time_days[line] < 0 else line_lead_time_days[line]
            )
            # Neighbours mostly go to one store.
            if line_row[line] != store_before or lead_time_days != days_before:
                store_before, days_before = line_row[line], lead_time_days
                arrives = arrival_second(
                    store_before, day, days_before, now, days_until_open, delivery_second
                )
            part = first_part[line] if lots.shape[0] > 0 else -1
            left = units
            while left > 0:
                taken = left if part < 0 else parts[1, part]
                cost = cost_at(taken, whole(on_hand[sku]), value[sku], purchase_cost[sku])
                centre_posted[index, Centre.SHIPPED] += taken
                centre_posted[index, Centre.SHIPPED_VALUE] += cost
                at = unsigned(number)
                sent_row[at], sent_sku[at], sent_units[at] = line_row[line], line_sku[line], taken
                sent_cost[at], sent_kind[at], sent_arrives[at] = cost, line_kind[line], arrives
                if is_traced:
                    bad = whole(0)
                    if defective[sku] > 0:
                        unit = (
                            line_number(line_kind[line], day, lines[5, line]) * _UNITS_OF_LINE + units - left
                        )
                        bad = defective_among(
                            taken, whole(on_hand[sku]), whole(defective[sku]), store_key[row], sku_key[sku], ordinal,
                            unit, chances.defects_key,
                        )  # fmt: skip
                        defective[sku] -= bad
                    sent[6, number] = -1 if part < 0 else parts[2, part]
                    sent[7, number], sent[8, number] = bad, whole(left == units)
                on_hand[sku] -= taken
                value[sku] -= cost
                left -= taken
                number += 1
                if part >= 0:
                    part = parts[0, part]
        if missing == 0:
            centre_short[row, sku] = 0
        else:
            centre_short[row, sku] = 2 if on_order[sku] > 0 else 1
            if not keeps_backlog:
                store_on_order[row, sku] -= missing
                day_page[row, index, Day.CANCELLED] += missing
                if now % _SECONDS_PER_DAY < closes_second[row]:
                    day_page[row, index, Day.CANCELLED_EARLY] += missing
    if deviation.size > 0 and not is_unlimited and chances.miscount_threshold > 0:
        miscount(
            lines,
            shipped,
            day,
            ordinal,
            store_key,
            sku_key,
            chances,
            class_of,
            on_hand,
            deviation,
            centre_posted,
        )
    return number, _write_orders(orders, first_order, centre, order_rows)


@kernel
def _note_new(
    lines: Array,
    is_new: Array,
    shipped: Array,
    class_of: Array,
    keeps_backlog: bool,
    is_noted: bool,
    asked: Array,
    placed_posted: Array,
    orders: Array,
) -> None:
    """Post new lines to the day on which they were placed, and add them up by order; see `fill_orders`.

    Lines of one order and class mostly stand together: they are summed on the way and posted when another one begins.

    Args:
        lines: (6, k).
        is_new: (k,).
        shipped: (k,) units.
        class_of: (m,).
        keeps_backlog: what is missing waits.
        is_noted: what is asked was noted before.
        asked: (m,) units that stores asked for today; added to.
        placed_posted: (c, len(Centre)); changed.
        orders: (n, KINDS, 6) zeros; changed.
    """
    line_row, line_sku, line_units, line_kind = lines[0], lines[1], lines[2], lines[3]
    line = whole(0)
    while line < line_sku.size:
        if not is_new[line]:
            line += 1
            continue
        row, kind, index = line_row[line], line_kind[line], class_of[line_sku[line]]
        order, posted = orders[row, kind], placed_posted[index]
        order[_PLACED] = lines[5, line]
        first, wanted, sent, filled = line, whole(0), whole(0), whole(0)
        while (
            line < line_sku.size
            and is_new[line]
            and line_row[line] == row
            and line_kind[line] == kind
            and class_of[unsigned(line_sku[line])] == index
        ):
            units = line_units[line]
            wanted += units
            sent += shipped[line]
            filled += whole(shipped[line] == units)
            if not is_noted:
                asked[unsigned(line_sku[line])] += units
            line += 1
        posted[Centre.LINES_IN_FULL] += filled
        if not is_noted:
            posted[Centre.ASKED] += wanted
            posted[Centre.LINES] += line - first
        order[_LINES] += line - first
        order[_UNITS] += wanted
        order[_SHIPPED] += sent
        order[_FILLED] += filled
        order[_CANCELLED] += 0 if keeps_backlog else wanted - sent


@kernel
def note_orders(
    lines: Array, centre_of: Array, class_of: Array, asked: Array, backlog: Array, centre_page: Array
) -> None:
    """Note what stores ask of their centres when it is looked at only later: it is asked for, and owed until then.

    Args:
        lines: (6, k) as in `fill_orders`.
        centre_of: (n,) centre that feeds each store.
        class_of: (m,) class of each SKU.
        asked: (centres, m) units asked for today; added to.
        backlog: (centres, m) units owed; added to.
        centre_page: (centres, c, len(Centre)) of the centre panel; changed.
    """
    for line in range(lines.shape[1]):
        centre, sku, units = centre_of[lines[0, line]], lines[1, line], lines[2, line]
        posted = centre_page[centre, class_of[sku]]
        posted[Centre.ASKED] += units
        posted[Centre.LINES] += 1
        asked[centre, sku] += units
        backlog[centre, sku] += units


@kernel
def number_arrivals(seconds: Array, number: int, found: Array, label: Array) -> int:
    """Number the distinct seconds of arrival; there are few, and neighbours mostly share one.

    Args:
        seconds: (k,) seconds.
        number: how many of them are looked at.
        found: (k,) receives the distinct ones, ascending.
        label: (k,) receives the place of each among them.

    Returns:
        How many distinct ones there are.
    """
    count = 0
    for line in range(number):
        if line > 0 and seconds[line] == seconds[line - 1]:
            continue
        place = 0
        while place < count and found[place] < seconds[line]:
            place += 1
        if place == count or found[place] != seconds[line]:
            for later in range(count, place, -1):
                found[later] = found[later - 1]
            found[place] = seconds[line]
            count += 1
    place = 0
    for line in range(number):
        if found[place] != seconds[line]:
            place = 0
            while found[place] < seconds[line]:
                place += 1
        label[line] = place
    return count


@kernel
def deal(lines: Array, label: Array, number: int, stops: Array, dealt: Array) -> None:
    """Deal the columns of lines into groups that lie one behind the other, each of them contiguous.

    Args:
        lines: (c, k or more) lines.
        label: (k,) group of each.
        number: how many lines are dealt.
        stops: (2, groups + 1) zeros; its first row receives 0 and the number of lines up to the end of each group.
        dealt: (c x number,) receives the groups: (c, lines of the group) each, in the order they stand in.
    """
    columns, until, free = lines.shape[0], stops[0], stops[1]
    for line in range(number):
        until[label[line] + 1] += 1
    for group in range(until.size - 1):
        until[group + 1] += until[group]
        free[group] = columns * until[group]
    for line in range(number):
        group = label[line]
        at, size = free[group], until[group + 1] - until[group]
        free[group] += 1
        for column in range(columns):
            dealt[at + column * size] = lines[column, line]


@kernel
def _write_orders(orders: Array, first_order: int, centre: int, rows: Array) -> int:
    """Write a row of the table of store orders per store and kind of order; return how many."""
    number = 0
    for row in range(orders.shape[0]):
        for kind in range(KINDS):
            order = orders[row, kind]
            if order[_LINES] > 0:
                rows[number, 0], rows[number, 1], rows[number, 2] = first_order + number, row, centre
                rows[number, 3], rows[number, 4] = order[_PLACED], kind
                rows[number, 5], rows[number, 6] = order[_LINES], order[_UNITS]
                rows[number, 7], rows[number, 8] = order[_FILLED], order[_SHIPPED]
                rows[number, 9] = order[_CANCELLED]
                number += 1
    return number
