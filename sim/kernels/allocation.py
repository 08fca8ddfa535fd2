"""Rationing: who gets what when a distribution centre cannot fill all lines at once."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import allocating_kernel
from sim.kernels.demand import unit_draw
from sim.kernels.layout import Array, unsigned, whole

FAIR_SHARE, PRIORITY, FIRST_COME = 0, 1, 2
_RANK_BITS = 40
"""Seconds of any run fit below a rank shifted so far."""


@allocating_kernel
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
    ties_key: np.uint64,
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
        asked[unsigned(line_sku[line])] += line_units[line]
    # Lines of short SKUs are chained so that each SKU's are found without looking at the others.
    head = np.full(skus, -1, np.int64)
    chain = np.full(line_row.size, -1, np.int64)
    for line in range(line_row.size - 1, -1, -1):
        sku = unsigned(line_sku[line])
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


@allocating_kernel
def _share(members: Array, line_units: Array, available: int, asked: int, shipped: Array) -> None:
    remainder = np.empty(members.size, np.int64)
    given = 0
    for which in range(members.size):
        line = members[which]
        product = available * line_units[line]
        shipped[line] = product // asked
        given += product // asked
        remainder[which] = -(product % asked)
    order = ascending(remainder)
    for which in range(available - given):
        shipped[members[order[which]]] += 1


@allocating_kernel
def _queue(
    members: Array,
    rank: Array,
    line_row: Array,
    line_units: Array,
    available: int,
    store_key: Array,
    sku_key: np.uint64,
    ordinal: int,
    ties_key: np.uint64,
    shipped: Array,
) -> None:
    order = ascending(rank)
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
            lucky = ascending(draws)
            for which in range(left):
                shipped[owner[lucky[which]]] += 1
            left = 0
        start = stop


@allocating_kernel
def ascending(keys: Array) -> Array:
    """Positions of (k,) integer keys in ascending order, equal ones in the order they stand in: a merge sort.

    Much quicker to compile than numba's general `argsort`.
    """
    order, other = np.arange(keys.size), np.empty(keys.size, np.int64)
    width = 1
    while width < keys.size:
        for start in range(0, keys.size, 2 * width):
            middle, stop = min(start + width, keys.size), min(start + 2 * width, keys.size)
            left, right = start, middle
            for place in range(start, stop):
                if left < middle and (right >= stop or keys[order[left]] <= keys[order[right]]):
                    other[place] = order[left]
                    left += 1
                else:
                    other[place] = order[right]
                    right += 1
        order, other = other, order
        width *= 2
    return order
