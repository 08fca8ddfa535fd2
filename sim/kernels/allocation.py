"""Rationing: who gets what when a distribution centre cannot fill all lines at once."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array, whole
from sim.kernels.serving import cost_of, unit_draw
from sim.records import Centre, Day

FAIR_SHARE, PRIORITY, FIRST_COME = 0, 1, 2
_RANK_BITS = 40
"""Seconds of any run fit below a rank shifted so far."""


@kernel
def allocate(
    line_row: Array,
    line_sku: Array,
    line_units: Array,
    line_placed: Array,
    available: Array,
    rule: int,
    priority: Array,
    store_key: Array,
    sku_key: Array,
    ordinal: int,
    ties_key: Array,
    shipped: Array,
) -> None:
    """Decide how many units of each line are shipped.

    Where a centre holds enough of an SKU every line is filled. Otherwise, by rule: *fair share* gives every line the
    same share of what it asks, remainders to the largest fractions (ties to the earlier line); *priority* fills stores
    by rank, then by time; *first come* fills by time, and among orders of the same second draws the units that go
    without, each unit asked being equally likely.

    Args:
        line_row: (k,) store.
        line_sku: (k,) SKU.
        line_units: (k,) units asked.
        line_placed: (k,) second of the order.
        available: (m,) units on hand.
        rule: FAIR_SHARE, PRIORITY or FIRST_COME.
        priority: (n,) rank of stores, 1 first.
        store_key: (n,) for the draws of ties.
        sku_key: (m,) likewise.
        ordinal: ordinal of today's date.
        ties_key: stream of ties.
        shipped: (k,) receives the units shipped.
    """
    skus = available.size
    asked = np.zeros(skus, np.int64)
    for line in range(line_row.size):
        asked[line_sku[line]] += line_units[line]
    # Lines of short SKUs are chained so that each SKU's are found without looking at the others.
    head = np.full(skus, -1, np.int64)
    chain = np.full(line_row.size, -1, np.int64)
    for back in range(line_row.size):
        line = line_row.size - 1 - back
        sku = line_sku[line]
        if asked[sku] <= available[sku]:
            shipped[line] = line_units[line]
        else:
            chain[line] = head[sku]
            head[sku] = line
            shipped[line] = 0
    for sku in range(skus):
        if head[sku] < 0 or available[sku] <= 0:
            continue
        count = 0
        line = head[sku]
        while line >= 0:
            count += 1
            line = chain[line]
        members = np.empty(count, np.int64)
        line = head[sku]
        for which in range(count):
            members[which] = line
            line = chain[line]
        if rule == FAIR_SHARE:
            _share(members, line_units, whole(available[sku]), asked[sku], shipped)
        else:
            rank = np.empty(count, np.int64)
            for which in range(count):
                line = members[which]
                rank[which] = line_placed[line]
                if rule == PRIORITY:
                    rank[which] += priority[line_row[line]] << _RANK_BITS
            _queue(
                members, rank, line_row, line_units, whole(available[sku]), store_key, sku_key[sku], ordinal,
                ties_key, shipped,
            )  # fmt: skip


@kernel
def _share(members: Array, line_units: Array, available: int, asked: int, shipped: Array) -> None:
    remainder = np.empty(members.size, np.int64)
    given = 0
    for which in range(members.size):
        line = members[which]
        product = available * line_units[line]
        shipped[line] = product // asked
        given += product // asked
        remainder[which] = -(product % asked)
    order = np.argsort(remainder, kind="mergesort")
    for which in range(available - given):
        shipped[members[order[which]]] += 1


@kernel
def _queue(
    members: Array,
    rank: Array,
    line_row: Array,
    line_units: Array,
    available: int,
    store_key: Array,
    sku_key: np.uint64,
    ordinal: int,
    ties_key: Array,
    shipped: Array,
) -> None:
    order = np.argsort(rank, kind="mergesort")
    left = available
    start = 0
    while start < members.size and left > 0:
        stop = start
        together = 0
        while stop < members.size and rank[order[stop]] == rank[order[start]]:
            together += line_units[members[order[stop]]]
            stop += 1
        if together <= left:
            for which in range(start, stop):
                line = members[order[which]]
                shipped[line] = line_units[line]
            left -= together
        else:
            draws = np.empty(together, np.int64)
            owner = np.empty(together, np.int64)
            unit = 0
            for which in range(start, stop):
                line = members[order[which]]
                for number in range(line_units[line]):
                    draws[unit] = unit_draw(store_key[line_row[line]], sku_key, ordinal, number, ties_key)
                    owner[unit] = line
                    unit += 1
            lucky = np.argsort(draws, kind="mergesort")
            for which in range(left):
                shipped[owner[lucky[which]]] += 1
            left = 0
        start = stop


@kernel
def ship(
    line_row: Array,
    line_sku: Array,
    line_units: Array,
    line_kind: Array,
    is_new: Array,
    shipped: Array,
    is_unlimited: bool,
    keeps_backlog: bool,
    class_of: Array,
    purchase_cost: Array,
    on_hand: Array,
    value: Array,
    on_order: Array,
    store_on_order: Array,
    centre_short: Array,
    centre_posted: Array,
    day: int,
    day_panel: Array,
    line_value: Array,
    orders: Array,
    asked: Array,
) -> None:
    """Take shipped units out of a centre's stock at moving-average cost and tell the stores what will not come.

    Args:
        line_row: (k,) store.
        line_sku: (k,) SKU.
        line_units: (k,) units asked.
        line_kind: (k,) 0 regular, 1 emergency, 2 pushed.
        is_new: (k,) bool: ordered just now, not waiting since earlier.
        shipped: (k,) units to ship.
        is_unlimited: the centre buys what it ships at that moment.
        keeps_backlog: what is missing waits instead of being cancelled.
        class_of: (m,) class of each SKU.
        purchase_cost: (m,) minor units.
        on_hand: (m,) of the centre; changed.
        value: (m,) of the centre; changed.
        on_order: (m,) ordered by the centre from suppliers.
        store_on_order: (n, m); cancelled units are taken off.
        centre_short: (n, m); told whether the line was filled, and if not, why.
        centre_posted: (c, len(Centre)) row of the centre panel; changed.
        day: day of the run.
        day_panel: (days, n, c, len(Day)); changed.
        line_value: (k,) receives the cost of what is shipped.
        orders: (n, 3, 5) receives by kind, of new lines: lines filled at once, units shipped at once, units
            cancelled, units asked, lines asked. Must be zero.
        asked: (m,) units that stores asked the centre for today; added to.
    """
    for line in range(line_sku.size):
        row, sku, units = line_row[line], line_sku[line], whole(shipped[line])
        index = class_of[sku]
        missing = line_units[line] - units
        line_value[line] = 0
        if units > 0:
            if is_unlimited:
                cost = units * purchase_cost[sku]
                centre_posted[index, Centre.RECEIVED] += units
                centre_posted[index, Centre.RECEIVED_VALUE] += cost
            else:
                cost = cost_of(units, whole(on_hand[sku]), value[sku])
                on_hand[sku] -= units
                value[sku] -= cost
            line_value[line] = cost
            centre_posted[index, Centre.SHIPPED] += units
            centre_posted[index, Centre.SHIPPED_VALUE] += cost
        if is_new[line]:
            kind = line_kind[line]
            centre_posted[index, Centre.ASKED] += line_units[line]
            centre_posted[index, Centre.LINES] += 1
            orders[row, kind, 1] += units
            orders[row, kind, 3] += line_units[line]
            orders[row, kind, 4] += 1
            asked[sku] += line_units[line]
            if missing == 0:
                centre_posted[index, Centre.LINES_IN_FULL] += 1
                orders[row, kind, 0] += 1
            elif not keeps_backlog:
                orders[row, kind, 2] += missing
        if missing == 0:
            centre_short[row, sku] = 0
        else:
            centre_short[row, sku] = 2 if on_order[sku] > 0 else 1
            if not keeps_backlog:
                store_on_order[row, sku] -= missing
                day_panel[day, row, index, Day.CANCELLED] += missing
