"""A store's day: its demand is dealt with up to a moment.

Every unit of demand has its own keyed second of the day, but it is only looked up where it can matter: when stock may
run out before goods arrive, and to know for how long the shelf stood empty. What cannot go wrong, plain goods of
which more is on hand than is wanted, is handed over in loops that the compiler turns into vector instructions; the
rest is looked at SKU by SKU.
"""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.demand import demand_row
from sim.kernels.layout import (
    Array,
    Books,
    Goods,
    Handling,
    Keys,
    Market,
    Process,
    Scratch,
    Shelf,
    Till,
    unsigned,
    whole,
)
from sim.kernels.moments import empty_seconds, units_until
from sim.kernels.selling import open_till, sell
from sim.kernels.unmet import explain_unmet, settle_unmet
from sim.records import Cell, Day

NOT_OPEN_YET = -1
"""Stands for the moment reached, before a store opens."""

_STRETCH = 16


@inline_kernel
def advance(
    row: int,
    until_second: int,
    day: int,
    period: int,
    market: Market,
    process: Process,
    goods: Goods,
    handling: Handling,
    reorder_point: Array,
    shelf: Shelf,
    books: Books,
    keys: Keys,
    scratch: Scratch,
) -> None:
    """Deal with the demand of one open store, which has been drawn, up to a second of the day.

    Stock, lots, backorders and panels are true for that second, but for one thing: where stock covers all the demand
    that the day may still bring, the whole of it is handed over at once, as no later delivery can change it. Goods
    with a shelf life whose shoppers look for the freshest unit are left out of this, for a delivery changes what they
    find.

    Args:
        row: store.
        until_second: second of the day, 86,400 for its end; nothing happens when it is before the moment reached.
        day: day of the run.
        period: period of the cell panel.
        market: prices, opening times.
        process: demand.
        goods: constants.
        handling: constants.
        reorder_point: (n, m) units, to tell what a shortage comes from.
        shelf: changed.
        books: changed.
        keys: streams.
        scratch: room to work in.
    """
    opens, closes = market.opens_second[row], market.closes_second[row]
    is_first = shelf.advanced_second[row] == NOT_OPEN_YET
    start, stop = opens if is_first else shelf.advanced_second[row], min(until_second, closes)
    if stop > start:
        shelf.advanced_second[row] = stop
        till = open_till(row, day, period, market, shelf, books)
        today, on_hand, listed = demand_row(row, day, process), till.on_hand, market.listed[row]
        empty_cell = books.cell[period, Cell.OUT_OF_STOCK_SECONDS, row]
        demand_cell = books.cell[period, Cell.DEMAND, row]
        for index in range(goods.class_start.size - 1):
            begin, end = goods.class_start[index], goods.class_start[index + 1]
            posted = books.day[day, row, index]
            post_open_seconds(
                stop - start, listed[begin:end], till.on_sale[begin:end], on_hand[begin:end], empty_cell[begin:end],
                posted,
            )  # fmt: skip
            if is_first:
                serve_from_stock(
                    today[begin:end], on_hand[begin:end], till.value[begin:end], till.price[begin:end],
                    till.on_sale[begin:end], handling.is_plain[begin:end], handling.purchase_cost[begin:end],
                    scratch.taken[begin:end], demand_cell[begin:end], till.sold_cell[begin:end],
                    till.revenue_cell[begin:end], posted,
                )  # fmt: skip
                if till.sold_today.size > 0:
                    add(till.sold_today[begin:end], scratch.taken[begin:end])
            number = find_wanted(today[begin:end], begin, scratch.busy)
            unmet = serve_one_by_one(
                number, is_first, stop, opens, stop == closes, till, handling, keys, market.store_key[row],
                market.hour_table[market.profile[row]], day, process.first_ordinal + day, today, shelf.asked[row],
                shelf.short_cycle[row], reorder_point[row], shelf.on_order[row], shelf.centre_short[row], demand_cell,
                empty_cell, posted, scratch,
            )  # fmt: skip
            if unmet > 0:
                # Others of the category have served their own customers first.
                settle_unmet(
                    unmet, scratch.unmet_sku, scratch.unmet_units, scratch.unmet_first, till, handling, goods, keys,
                    market.store_key[row], day, process.first_ordinal + day, shelf.backorder[row],
                    books.cell[period, Cell.SUBSTITUTED, row], books.cell[period, Cell.BACKORDERED, row],
                    books.cell[period, Cell.LOST, row], posted,
                )  # fmt: skip


@kernel
def post_open_seconds(
    span: int, listed: Array, on_sale: Array, on_hand: Array, empty_cell: Array, posted: Array
) -> None:
    """Post opening time with and without stock of the SKUs of one class, as they stand now.

    Args:
        span: opening seconds of this stretch of the day.
        listed: (k,) cells that exist.
        on_sale: (k,) 1 = on sale.
        on_hand: (k,) units.
        empty_cell: (k,) seconds out of stock in the cell panel; changed.
        posted: (len(Day),) row of the day panel.
    """
    shown, empty = np.int32(0), np.int32(0)
    for i in range(on_hand.size):
        is_shown = np.int32(listed[i]) & np.int32(on_sale[i] == 1)
        # Without the casts numba reckons in 64 bits, half as many at once.
        shown = np.int32(shown + is_shown)
        empty = np.int32(empty + (is_shown & np.int32(on_hand[i] <= 0)))
    posted[Day.OPEN_SECONDS] += whole(shown) * span
    if empty > 0:
        posted[Day.OUT_OF_STOCK_SECONDS] += whole(empty) * span
        for i in range(on_hand.size):
            is_shown = np.int32(listed[i]) & np.int32(on_sale[i] == 1)
            empty_cell[i] += (is_shown & np.int32(on_hand[i] <= 0)) * np.int32(span)


@kernel
def serve_from_stock(
    today: Array,
    on_hand: Array,
    value: Array,
    price: Array,
    on_sale: Array,
    is_plain: Array,
    purchase_cost: Array,
    taken: Array,
    demand_cell: Array,
    sold_cell: Array,
    revenue_cell: Array,
    posted: Array,
) -> None:
    """Hand over the day's demand of one class where nothing can go wrong and every unit cost the same.

    The same as `sell` would do one by one. Each loop touches few arrays: the compiler gives a loop vector
    instructions only if it needs few checks that what it writes is not what it reads.

    Args:
        today: (k,) units of the day's demand; what is handed over is taken off.
        on_hand: (k,) units; changed.
        value: (k,) cost of what is on hand; changed.
        price: (k,).
        on_sale: (k,) 1 = on sale.
        is_plain: (k,) no shelf life, never brought back.
        purchase_cost: (k,) minor units.
        taken: (k,) receives the units handed over.
        demand_cell: (k,) of the cell panel; changed.
        sold_cell: (k,) of the cell panel; changed.
        revenue_cell: (k,) of the cell panel; changed.
        posted: (len(Day),) row of the day panel.
    """
    for i in range(taken.size):
        is_easy = np.int32(is_plain[i]) & np.int32(on_sale[i] == 1) & np.int32(today[i] < on_hand[i])
        taken[i] = today[i] * (is_easy & np.int32(value[i] == whole(on_hand[i]) * purchase_cost[i]))
    units, revenue, cost_of_goods = whole(0), whole(0), whole(0)
    for i in range(taken.size):
        worth = whole(taken[i]) * whole(price[i])
        revenue += worth
        revenue_cell[i] += worth
    for i in range(taken.size):
        cost = whole(taken[i]) * purchase_cost[i]
        cost_of_goods += cost
        value[i] -= cost
    for i in range(taken.size):
        units += whole(taken[i])
        today[i] -= taken[i]
        on_hand[i] -= taken[i]
    for i in range(taken.size):
        demand_cell[i] += taken[i]
        sold_cell[i] += taken[i]
    posted[Day.DEMAND] += units
    posted[Day.DEMAND_VALUE] += revenue
    posted[Day.SOLD_AS_ASKED] += units
    posted[Day.SOLD_AS_ASKED_VALUE] += revenue
    posted[Day.REVENUE] += revenue
    posted[Day.COST_OF_GOODS] += cost_of_goods


@kernel
def add(totals: Array, units: Array) -> None:
    """Add (k,) units to (k,) totals."""
    for i in range(units.size):
        totals[i] += units[i]


@kernel
def find_wanted(today: Array, first: int, busy: Array) -> int:
    """Write the numbers of the SKUs that somebody wants, counted from `first`, into `busy`; return how many.

    Stretches where nobody wants anything are passed over at once.
    """
    number = np.uint64(0)
    for start in range(0, today.size, _STRETCH):
        units = today[start : start + _STRETCH]
        wanted = np.int32(0)
        for i in range(units.size):
            wanted = np.int32(wanted | units[i])
        if wanted != 0:
            for i in range(units.size):
                busy[number] = first + start + i
                number += np.uint64(units[i] > 0)
    return whole(number)


@kernel
def serve_one_by_one(
    number: int,
    is_first: bool,
    stop: int,
    opens: int,
    is_last: bool,
    till: Till,
    handling: Handling,
    keys: Keys,
    store_key: np.uint64,
    hours: Array,
    day: int,
    ordinal: int,
    today: Array,
    asked_today: Array,
    short_cycle: Array,
    reorder_point: Array,
    on_order: Array,
    centre_short: Array,
    demand_cell: Array,
    empty_cell: Array,
    posted: Array,
    scratch: Scratch,
) -> int:
    """Serve the customers of some SKUs of one class up to a second of the day.

    Args:
        number: SKUs in `scratch.busy`.
        is_first: the first stretch of the day.
        stop: second of the day.
        opens: second at which the store opens.
        is_last: the store closes at `stop`.
        till: rows of the store; changed.
        handling: constants.
        keys: streams.
        store_key: key of the store.
        hours: (25,) cumulative distribution of the hour.
        day: day of the run.
        ordinal: ordinal of its date.
        today: (m,) units still wanted; changed.
        asked_today: (m,) units wanted in all; written in the first stretch.
        short_cycle: (m,) an unmet unit since the last receipt; written.
        reorder_point: (m,).
        on_order: (m,).
        centre_short: (m,).
        demand_cell: (m,) of the cell panel; changed.
        empty_cell: (m,) of the cell panel; changed.
        posted: (len(Day),) row of the day panel.
        scratch: the SKUs; receives what is unmet.

    Returns:
        Cells with unmet demand.
    """
    busy, unmet = scratch.busy, whole(0)
    on_hand, on_sale, price = till.on_hand, till.on_sale, till.price
    freshest_threshold, sku_key = handling.freshest_threshold, till.sku_key
    for which in range(number):
        sku = busy[which]
        at = unsigned(sku)
        left, stock = whole(today[at]), whole(on_hand[at])
        if is_first:
            if on_sale[at] == 2:
                # Nobody asks for a SKU that is being cleared unless it is still there.
                left = min(left, stock)
                today[at] = left
                if left == 0:
                    continue
            posted[Day.DEMAND] += left
            posted[Day.DEMAND_VALUE] += left * price[at]
            demand_cell[at] += left
            asked_today[at] = left
        asked, units = whole(asked_today[at]), left
        if not is_last and (stock <= left or freshest_threshold[at] > 0):
            units = units_until(left, asked, stop, opens, store_key, sku_key[at], ordinal, hours, keys.hour)
            if units == 0:
                continue
        today[at] = left - units
        sold = min(units, stock)
        if sold > 0:
            if sold == stock and on_sale[at] == 1:
                last = asked - left + sold - 1
                empty = empty_seconds(
                    last, asked, stop, opens, store_key, sku_key[at], ordinal, hours, keys.hour, scratch.draw
                )
                posted[Day.OUT_OF_STOCK_SECONDS] += empty
                empty_cell[at] += empty
            posted[Day.SOLD_AS_ASKED] += sold
            posted[Day.SOLD_AS_ASKED_VALUE] += sold * price[at]
            sell(
                till,
                handling,
                keys,
                store_key,
                sku,
                sold,
                day,
                ordinal,
                asked - left,
                freshest_threshold[at],
                posted,
            )
        if sold < units:
            short_cycle[at] = 1
            explain_unmet(
                units - sold,
                stock,
                whole(reorder_point[at]),
                whole(on_order[at]),
                whole(centre_short[at]),
                posted,
            )
            scratch.unmet_sku[unmet] = sku
            scratch.unmet_units[unmet] = units - sold
            scratch.unmet_first[unmet] = asked - left + sold
            unmet += 1
    return unmet
