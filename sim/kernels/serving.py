"""A store's day: demand is dealt with up to a moment, and what is missing is explained.

A row (one store) is advanced to the moment something arrives and, at closing time, to the end of the day. Every unit
of demand has its own keyed second of the day, but it is only looked up where it can matter: when stock may run out
before goods arrive, and to know for how long the shelf stood empty.
"""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.demand import draw_day
from sim.kernels.layout import Array, Books, Goods, Handling, Keys, Market, Process, Shelf, Till, whole
from sim.kernels.lots import take_freshest, take_oldest, units_within
from sim.kernels.philox import uniform_draw
from sim.kernels.tables import hour_second, table_draw
from sim.records import Cell, Day

_PPM = 1_000_000
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
# Typed, because a kernel is compiled once more for every plain constant it is handed.
_LENT_UNITS = whole(1 << 20)
_ONE = whole(1)
_CERTAIN = np.uint64(1 << 32)


@kernel
def unit_draw(store_key: np.uint64, sku_key: np.uint64, ordinal: int, unit: int, key: Array) -> np.uint32:
    """32 random bits of one unit of one store, SKU and date, in the stream of `key`."""
    cell = store_key + sku_key
    return uniform_draw(
        np.uint32(cell & _LOW_WORD),
        np.uint32(cell >> _WORD_BITS),
        np.uint32(ordinal),
        np.uint32(unit),
        key[0],
        key[1],
    )


@kernel
def cost_of(units: int, on_hand: int, value: int) -> int:
    """Moving-average cost of `units` out of `on_hand` worth `value`; the last unit takes what is left."""
    return value if units == on_hand else value * units // on_hand


@inline_kernel
def cost_at(units: int, on_hand: int, value: int, usual_cost: int) -> int:
    """The same as `cost_of`, without its division where every unit cost the same."""
    return units * usual_cost if value == on_hand * usual_cost else cost_of(units, on_hand, value)


@kernel
def open_till(row: int, day: int, period: int, market: Market, shelf: Shelf, books: Books) -> Till:
    """The rows of one store on one day that sales touch."""
    return Till(
        shelf.on_hand[row],
        shelf.value[row],
        market.price[market.group[row], day],
        market.on_sale[day],
        shelf.sold_today[row if shelf.sold_today.size > 0 else 0],
        books.cell[period, Cell.SOLD, row],
        books.cell_revenue[period, row],
        shelf.lots[row],
        shelf.due_returns[:, row],
        market.sku_key,
    )


@kernel
def sell(
    till: Till,
    handling: Handling,
    keys: Keys,
    store_key: np.uint64,
    sku: int,
    units: int,
    day: int,
    ordinal: int,
    first_unit: int,
    posted: Array,
) -> None:
    """Hand over units that are on the shelf: stock, lots, cost, revenue, mark-down, and returns to come.

    Args:
        till: rows of the store; changed.
        handling: constants.
        keys: streams.
        store_key: key of the store.
        sku: SKU.
        units: units sold, at least 1 and at most what is on hand.
        day: day of the run.
        ordinal: ordinal of its date.
        first_unit: number of the first unit among the day's units of the cell, for keyed draws.
        posted: (len(Day),) the row of the day panel that is posted to.
    """
    on_hand = whole(till.on_hand[sku])
    cost = cost_of(units, on_hand, till.value[sku])
    till.on_hand[sku] = on_hand - units
    till.value[sku] -= cost
    price = whole(till.price[sku])
    revenue = price * units
    posted[Day.REVENUE] += revenue
    posted[Day.COST_OF_GOODS] += cost
    till.sold_cell[sku] += units
    till.revenue_cell[sku] += revenue
    if till.sold_today.size > 0:
        till.sold_today[sku] += units
    is_cleared = till.on_sale[sku] == 2
    if is_cleared:
        posted[Day.MARKED_DOWN_UNITS] += units
        posted[Day.MARK_DOWN] += revenue * handling.clearance_ppm[sku] // _PPM
    if handling.is_plain[sku]:
        return
    if handling.lot_index[sku] >= 0:
        life = handling.shelf_life_days[sku]
        lots = till.lots[handling.lot_index[sku]]
        if handling.freshest_threshold[sku] == 0:
            age_days, marked = take_oldest(lots, day, life, units, handling.marked_days[sku])
        else:
            age_days, marked = pick(
                lots, units, day, life, handling.marked_days[sku], handling.freshest_threshold[sku],
                handling.preferred_threshold[sku], store_key, till.sku_key[sku], ordinal, first_unit, keys.pick,
            )  # fmt: skip
        posted[Day.AGE_AT_SALE_DAYS] += age_days
        posted[Day.LIFE_AT_SALE_DAYS] += life * units
        if marked > 0 and not is_cleared:
            posted[Day.MARKED_DOWN_UNITS] += marked
            posted[Day.MARK_DOWN] += price * marked * handling.mark_down_ppm[sku] // _PPM
    if handling.return_index[sku] >= 0:
        plan_returns(
            till.due_returns[:, handling.return_index[sku]], units, day, handling.return_threshold[sku],
            handling.return_delay_thresholds[sku], store_key, till.sku_key[sku], ordinal, first_unit, keys.returns,
        )  # fmt: skip


@kernel
def pick(
    lots: Array,
    units: int,
    day: int,
    life_days: int,
    marked_days: int,
    freshest_threshold: np.uint64,
    preferred_threshold: np.uint64,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    first_unit: int,
    key: Array,
) -> tuple[int, int]:
    """Take units of a perishable as shoppers do: some look for the freshest, fewer when there is a bargain.

    See `take_oldest` for the result.
    """
    age_days, marked = 0, 0
    for unit in range(units):
        u = np.uint64(unit_draw(store_key, sku_key, ordinal, first_unit + unit, key))
        threshold = freshest_threshold
        if marked_days > 0 and units_within(lots, day, marked_days) > 0:
            # Those whom the lower price does not sway pick as they always do.
            threshold = (freshest_threshold * (_CERTAIN - preferred_threshold)) >> _WORD_BITS
        if u < threshold:
            age, was_marked = take_freshest(lots, day, life_days, _ONE, marked_days)
        else:
            age, was_marked = take_oldest(lots, day, life_days, _ONE, marked_days)
        age_days += age
        marked += was_marked
    return age_days, marked


@kernel
def plan_returns(
    due: Array,
    units: int,
    day: int,
    threshold: np.uint64,
    delay_thresholds: Array,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    first_unit: int,
    key: Array,
) -> None:
    """Decide, unit by unit, which units sold today come back, and on which day; (ring,) `due` is changed."""
    for unit in range(first_unit, first_unit + units):
        u = np.uint64(unit_draw(store_key, sku_key, ordinal, 2 * unit, key))
        if u < threshold:
            v = unit_draw(store_key, sku_key, ordinal, 2 * unit + 1, key)
            due[(day + max(1, table_draw(v, delay_thresholds))) % due.size] += 1


@kernel
def unit_seconds(
    asked: int, opens: int, store_key: np.uint64, sku_key: np.uint64, ordinal: int, table: Array, key: Array
) -> Array:
    """Seconds of the day at which the units of a cell's demand are asked for, ascending, never before opening."""
    seconds = np.empty(asked, np.int64)
    for unit in range(asked):
        seconds[unit] = max(opens, hour_second(unit_draw(store_key, sku_key, ordinal, unit, key), table))
    seconds.sort()
    return seconds


@kernel
def explain_unmet(
    units: int, stock: int, reorder_point: int, on_order: int, centre_short: int, posted: Array
) -> None:
    """Post units that were not there under their first upstream cause.

    Precedence: the centre's last shipment was short while it waited for a supplier; it was short with nothing under
    way; goods are under way; stock had fallen to the reorder point and the store could not order yet; stock was above
    the reorder point and still not enough.
    """
    if centre_short == 2:
        posted[Day.UNMET_SUPPLIER] += units
    elif centre_short == 1:
        posted[Day.UNMET_CENTRE] += units
    elif on_order > 0:
        posted[Day.UNMET_IN_TRANSIT] += units
    elif stock <= reorder_point:
        posted[Day.UNMET_CALENDAR] += units
    else:
        posted[Day.UNMET_LEVEL] += units


@kernel
def find_substitute(till: Till, sku: int, first: int, stop: int, start: int) -> int:
    """The first SKU of the category, from `start` on and around, that is on the shelf; -1 if none is."""
    size = stop - first
    for step in range(size):
        other = first + (start + step) % size
        if other != sku and till.on_hand[other] > 0 and till.on_sale[other] > 0:
            return other
    return -1


@kernel
def settle_unmet(
    till: Till,
    handling: Handling,
    keys: Keys,
    store_key: np.uint64,
    sku: int,
    units: int,
    day: int,
    ordinal: int,
    first_unit: int,
    posted: Array,
    goods: Goods,
    backorder: Array,
    substituted_cell: Array,
    backordered_cell: Array,
    lost_cell: Array,
) -> None:
    """Unit by unit: the customer takes another SKU of the category, waits, or is lost.

    Args:
        till: rows of the store; changed.
        handling: constants.
        keys: streams.
        store_key: key of the store.
        sku: SKU asked for.
        units: unmet units.
        day: day of the run.
        ordinal: ordinal of its date.
        first_unit: number of the first unmet unit among the day's units of the cell.
        posted: (len(Day),) row of the day panel.
        goods: constants.
        backorder: (m,) units owed; changed.
        substituted_cell: (m,) of the cell panel; changed.
        backordered_cell: (m,) of the cell panel; changed.
        lost_cell: (m,) of the cell panel; changed.
    """
    left = units
    threshold = goods.acceptance_threshold[sku]
    if threshold > 0:
        first, stop = goods.category_start[sku], goods.category_stop[sku]
        size = np.uint64(stop - first)
        for unit in range(first_unit, first_unit + units):
            u = np.uint64(unit_draw(store_key, till.sku_key[sku], ordinal, 2 * unit, keys.substitution))
            if u >= threshold:
                continue
            v = np.uint64(unit_draw(store_key, till.sku_key[sku], ordinal, 2 * unit + 1, keys.substitution))
            other = find_substitute(till, sku, first, stop, whole((v * size) >> _WORD_BITS))
            if other < 0:
                continue
            # Stock on hand tells apart the units that one SKU lends to others in a day.
            number = _LENT_UNITS + whole(till.on_hand[other])
            sell(till, handling, keys, store_key, other, _ONE, day, ordinal, number, posted)
            left -= 1
            posted[Day.SUBSTITUTED] += 1
            posted[Day.SOLD_AS_SUBSTITUTE] += 1
            posted[Day.INCENTIVE] += goods.incentive[sku]
            substituted_cell[sku] += 1
    if left == 0:
        return
    if goods.is_backordered[sku]:
        backorder[sku] += left
        posted[Day.BACKORDERED] += left
        backordered_cell[sku] += left
    else:
        posted[Day.LOST] += left
        lost_cell[sku] += left


@kernel
def units_until(
    left: int,
    asked: int,
    stop: int,
    opens: int,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    table: Array,
    key: Array,
) -> int:
    """Of the last `left` of the day's `asked` units, how many are asked for before the second `stop`."""
    seconds = unit_seconds(asked, opens, store_key, sku_key, ordinal, table, key)
    return min(left, whole(np.searchsorted(seconds[asked - left :], stop)))


@kernel
def empty_seconds(
    number: int,
    asked: int,
    stop: int,
    opens: int,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    table: Array,
    key: Array,
) -> int:
    """Seconds from the moment at which unit `number` of the day's `asked` units is asked for until `stop`."""
    seconds = unit_seconds(asked, opens, store_key, sku_key, ordinal, table, key)
    return whole(max(0, stop - seconds[number]))


@kernel
def look_at_shelf(
    begin: int,
    end: int,
    span: int,
    today: Array,
    listed: Array,
    till: Till,
    empty_cell: Array,
    busy: Array,
    posted: Array,
) -> int:
    """Post opening time with and without stock from here on, and find the SKUs somebody wants.

    Args:
        begin: first SKU of a class.
        end: one past its last SKU.
        span: opening seconds of this stretch of the day.
        today: (m,) units still to come.
        listed: (m,) cells that exist.
        till: rows of the store.
        empty_cell: (m,) of the cell panel; changed.
        busy: (m,) receives the SKUs.
        posted: (len(Day),) row of the day panel.

    Returns:
        Number of SKUs with demand.
    """
    on_hand, on_sale = till.on_hand, till.on_sale
    open_cells, empty_cells, number = 0, 0, whole(0)
    for sku in range(begin, end):
        is_shown = np.int32(listed[sku]) & np.int32(on_sale[sku] == 1)
        is_empty = is_shown & np.int32(on_hand[sku] <= 0)
        open_cells += int(is_shown)
        empty_cells += int(is_empty)
        empty_cell[sku] += is_empty * np.int32(span)
    for sku in range(begin, end):
        busy[number] = sku
        number += whole(today[sku] > 0)
    posted[Day.OPEN_SECONDS] += open_cells * span
    posted[Day.OUT_OF_STOCK_SECONDS] += empty_cells * span
    return number


@kernel
def serve_from_stock(
    busy: Array,
    number: int,
    today: Array,
    till: Till,
    is_plain: Array,
    purchase_cost: Array,
    demand_cell: Array,
    posted: Array,
) -> int:
    """Hand over the day's demand where nothing can go wrong: plain goods of which more is on hand than is wanted.

    The common case of `sell` in one tight loop, without a call and without an array made on the way. Only for the
    first stretch of a day.

    Args:
        busy: (m,) SKUs with demand; those left to others are moved to the front.
        number: how many they are.
        today: (m,) units of the day's demand; set to 0 where handed over.
        till: rows of the store; changed.
        is_plain: (m,) no shelf life, never brought back.
        purchase_cost: (m,) minor units.
        demand_cell: (m,) of the cell panel; changed.
        posted: (len(Day),) row of the day panel.

    Returns:
        Number of SKUs left to others.
    """
    on_hand, value, price, on_sale = till.on_hand, till.value, till.price, till.on_sale
    sold_cell, revenue_cell, sold_today = till.sold_cell, till.revenue_cell, till.sold_today
    is_recorded = sold_today.size > 0
    units, revenue, cost_of_goods, kept = 0, 0, 0, whole(0)
    for which in range(number):
        sku = busy[which]
        wanted, stock = whole(today[sku]), whole(on_hand[sku])
        if wanted >= stock or not is_plain[sku] or on_sale[sku] != 1:
            busy[kept] = sku
            kept += 1
            continue
        worth = wanted * whole(price[sku])
        cost = cost_at(wanted, stock, value[sku], purchase_cost[sku])
        today[sku] = 0
        on_hand[sku] = stock - wanted
        value[sku] -= cost
        demand_cell[sku] += wanted
        sold_cell[sku] += wanted
        revenue_cell[sku] += worth
        if is_recorded:
            sold_today[sku] += wanted
        units += wanted
        revenue += worth
        cost_of_goods += cost
    posted[Day.DEMAND] += units
    posted[Day.DEMAND_VALUE] += revenue
    posted[Day.SOLD_AS_ASKED] += units
    posted[Day.SOLD_AS_ASKED_VALUE] += revenue
    posted[Day.REVENUE] += revenue
    posted[Day.COST_OF_GOODS] += cost_of_goods
    return kept


@kernel
def advance(
    rows: Array,
    until_second: int,
    day: int,
    first_ordinal: int,
    period: int,
    market: Market,
    process: Process,
    goods: Goods,
    handling: Handling,
    reorder_point: Array,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """Deal with the demand of some stores up to a second of the day.

    Stock, lots, backorders and panels are true for that second, but for one thing: where stock covers all the demand
    that the day may still bring, the whole of it is handed over at once, as no later delivery can change it. Goods
    with a shelf life whose shoppers look for the freshest unit are left out of this, for a delivery changes what they
    find.

    Args:
        rows: (k,) stores.
        until_second: second of the day, 86,400 for its end; nothing happens when it is before the moment reached.
        day: day of the run.
        first_ordinal: ordinal of the date of day 0.
        period: period of the cell panel.
        market: rates, prices, opening times.
        process: randomness of demand.
        goods: constants.
        handling: constants.
        reorder_point: (n, m) units, to tell what a shortage comes from.
        shelf: changed.
        books: changed.
        keys: streams.
    """
    ordinal = first_ordinal + day
    skus = goods.purchase_cost.size
    unmet_sku, unmet_units = np.empty(skus, np.int64), np.empty(skus, np.int64)
    unmet_first, busy = np.empty(skus, np.int64), np.empty(skus, np.int64)
    for row in rows:
        if not market.open_day[day, row]:
            continue
        opens, closes = market.opens_second[row], market.closes_second[row]
        is_first = shelf.drawn_day[row] != day
        if is_first:
            if until_second <= opens:
                continue
            draw_day(row, day, first_ordinal, market, process, shelf)
            shelf.drawn_day[row] = day
            shelf.advanced_second[row] = opens
        start = shelf.advanced_second[row]
        stop = min(until_second, closes)
        if stop <= start:
            continue
        shelf.advanced_second[row] = stop
        is_last = stop == closes
        span = stop - start
        till = open_till(row, day, period, market, shelf, books)
        store_key, hours = market.store_key[row], market.hour_table[market.profile[row]]
        today, asked_row, listed = shelf.today[row], shelf.asked[row], market.listed[row]
        on_hand, on_sale, price = till.on_hand, till.on_sale, till.price
        empty_cell = books.cell[period, Cell.OUT_OF_STOCK_SECONDS, row]
        demand_cell = books.cell[period, Cell.DEMAND, row]
        substituted_cell = books.cell[period, Cell.SUBSTITUTED, row]
        backordered_cell, lost_cell = (
            books.cell[period, Cell.BACKORDERED, row],
            books.cell[period, Cell.LOST, row],
        )
        owed, short_cycle = shelf.backorder[row], shelf.short_cycle[row]
        levels, coming, centre_short = reorder_point[row], shelf.on_order[row], shelf.centre_short[row]
        for index in range(goods.class_start.size - 1):
            begin, end = goods.class_start[index], goods.class_start[index + 1]
            posted = books.day[day, row, index]
            number = look_at_shelf(begin, end, span, today, listed, till, empty_cell, busy, posted)
            if is_first:
                number = serve_from_stock(
                    busy, number, today, till, handling.is_plain, goods.purchase_cost, demand_cell, posted
                )
            unmet_count = 0
            for which in range(number):
                sku = busy[which]
                left, stock = whole(today[sku]), whole(on_hand[sku])
                if is_first:
                    if on_sale[sku] == 2:
                        # Nobody asks for a SKU that is being cleared unless it is still there.
                        left = min(left, stock)
                        today[sku] = left
                        if left == 0:
                            continue
                    posted[Day.DEMAND] += left
                    posted[Day.DEMAND_VALUE] += left * price[sku]
                    demand_cell[sku] += left
                    asked_row[sku] = left
                asked, units = whole(asked_row[sku]), left
                if not is_last and (stock <= left or handling.freshest_threshold[sku] > 0):
                    units = units_until(
                        left, asked, stop, opens, store_key, till.sku_key[sku], ordinal, hours, keys.hour
                    )
                    if units == 0:
                        continue
                today[sku] = left - units
                sold = min(units, stock)
                if sold > 0:
                    if sold == stock and on_sale[sku] == 1:
                        last = asked - left + sold - 1
                        empty = empty_seconds(
                            last, asked, stop, opens, store_key, till.sku_key[sku], ordinal, hours, keys.hour
                        )
                        posted[Day.OUT_OF_STOCK_SECONDS] += empty
                        empty_cell[sku] += empty
                    posted[Day.SOLD_AS_ASKED] += sold
                    posted[Day.SOLD_AS_ASKED_VALUE] += sold * price[sku]
                    sell(till, handling, keys, store_key, sku, sold, day, ordinal, left - units, posted)
                if sold < units:
                    short_cycle[sku] = 1
                    explain_unmet(
                        units - sold, stock, whole(levels[sku]), whole(coming[sku]),
                        whole(centre_short[sku]), posted,
                    )  # fmt: skip
                    unmet_sku[unmet_count] = sku
                    unmet_units[unmet_count] = units - sold
                    unmet_first[unmet_count] = left - units + sold
                    unmet_count += 1
            # Others of the category serve their own customers first.
            for which in range(unmet_count):
                settle_unmet(
                    till, handling, keys, store_key, unmet_sku[which], unmet_units[which], day, ordinal,
                    unmet_first[which], posted, goods, owed, substituted_cell, backordered_cell, lost_cell,
                )  # fmt: skip
