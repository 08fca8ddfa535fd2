"""A store's day: demand is dealt with up to a moment, and what is missing is explained.

A row (one store) is advanced to the moment something arrives and, at closing time, to the end of the day. Every unit
of demand has its own keyed second of the day, but it is only looked up where it can matter: when stock may run out
before goods arrive, and to know for how long the shelf stood empty.
"""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.demand import draw_day
from sim.kernels.layout import Array, Books, Goods, Keys, Market, Process, Shelf
from sim.kernels.lots import take_freshest, take_oldest, units_within
from sim.kernels.philox import uniform_draw
from sim.kernels.tables import hour_second, table_draw
from sim.records import Cell, Day

_PPM = 1_000_000
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_SECONDS_PER_DAY = 86_400
# Typed, because a kernel is compiled once more for every plain constant it is handed.
_LENT_UNITS = np.int64(1 << 20)
_ONE = np.int64(1)


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


@kernel
def unit_seconds(row: int, sku: int, ordinal: int, units: int, market: Market, keys: Keys) -> Array:
    """Seconds of the day at which the units of a cell's demand are asked for, ascending."""
    seconds = np.empty(units, np.int64)
    table = market.hour_table[market.profile[row]]
    for unit in range(units):
        u = unit_draw(market.store_key[row], market.sku_key[sku], ordinal, unit, keys.hour)
        seconds[unit] = hour_second(u, table)
    seconds.sort()
    return seconds


@kernel
def sell(
    row: int,
    sku: int,
    units: int,
    day: int,
    ordinal: int,
    first_unit: int,
    posted: Array,
    period: int,
    market: Market,
    goods: Goods,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """Hand over units that are on the shelf: stock, lots, cost, revenue, mark-down, and returns to come.

    Args:
        row: store.
        sku: SKU.
        units: units sold, at least 1 and at most what is on hand.
        day: day of the run.
        ordinal: ordinal of its date.
        first_unit: number of the first unit among the day's units of the cell, for keyed draws.
        posted: (len(Day),) the row of the day panel that is posted to.
        period: period of the cell panel.
        market: prices.
        goods: constants.
        shelf: changed.
        books: changed.
        keys: streams.
    """
    on_hand = shelf.on_hand[row, sku]
    cost = cost_of(units, on_hand, shelf.value[row, sku])
    shelf.on_hand[row, sku] = on_hand - units
    shelf.value[row, sku] -= cost
    price = np.int64(market.price[market.group[row], day, sku])
    revenue = price * units
    posted[Day.REVENUE] += revenue
    posted[Day.COST_OF_GOODS] += cost
    books.cell[period, Cell.SOLD, row, sku] += units
    books.cell_revenue[period, row, sku] += revenue
    if shelf.sold_today.size > 1:
        shelf.sold_today[row, sku] += units
    if market.on_sale[day, sku] == 2:
        posted[Day.MARKED_DOWN_UNITS] += units
        posted[Day.MARK_DOWN] += revenue * goods.clearance_ppm[sku] // _PPM
    if goods.lot_index[sku] >= 0:
        age_days, marked = pick(row, sku, units, day, ordinal, first_unit, market, goods, shelf, keys)
        posted[Day.AGE_AT_SALE_DAYS] += age_days
        posted[Day.LIFE_AT_SALE_DAYS] += goods.shelf_life_days[sku] * units
        if marked > 0 and market.on_sale[day, sku] != 2:
            posted[Day.MARKED_DOWN_UNITS] += marked
            posted[Day.MARK_DOWN] += price * marked * goods.mark_down_ppm[sku] // _PPM
    if goods.return_index[sku] >= 0:
        plan_returns(row, sku, units, day, ordinal, first_unit, market, goods, shelf, keys)


@kernel
def pick(
    row: int,
    sku: int,
    units: int,
    day: int,
    ordinal: int,
    first_unit: int,
    market: Market,
    goods: Goods,
    shelf: Shelf,
    keys: Keys,
) -> tuple[int, int]:
    """Take units of a perishable from its lots as shoppers do; see `take_oldest` for the result."""
    lots = shelf.lots[row, goods.lot_index[sku]]
    life, marked_days = goods.shelf_life_days[sku], goods.marked_days[sku]
    freshest = goods.freshest_threshold[sku]
    if freshest == 0:
        return take_oldest(lots, day, life, units, marked_days)
    age_days, marked = 0, 0
    for unit in range(units):
        u = np.uint64(
            unit_draw(market.store_key[row], market.sku_key[sku], ordinal, first_unit + unit, keys.pick)
        )
        threshold = freshest
        if marked_days > 0 and units_within(lots, day, marked_days) > 0:
            # Those whom the lower price does not sway pick as they always do.
            threshold = freshest * ((np.uint64(1) << _WORD_BITS) - goods.preferred_threshold[sku]) >> _WORD_BITS
        if u < threshold:
            age, was_marked = take_freshest(lots, day, life, _ONE, marked_days)
        else:
            age, was_marked = take_oldest(lots, day, life, _ONE, marked_days)
        age_days += age
        marked += was_marked
    return age_days, marked


@kernel
def plan_returns(
    row: int,
    sku: int,
    units: int,
    day: int,
    ordinal: int,
    first_unit: int,
    market: Market,
    goods: Goods,
    shelf: Shelf,
    keys: Keys,
) -> None:
    """Decide, unit by unit, which units sold today come back, and on which day."""
    index, ring = goods.return_index[sku], shelf.due_returns.shape[0]
    store_key, sku_key = market.store_key[row], market.sku_key[sku]
    for unit in range(first_unit, first_unit + units):
        u = np.uint64(unit_draw(store_key, sku_key, ordinal, 2 * unit, keys.returns))
        if u < goods.return_threshold[sku]:
            v = unit_draw(store_key, sku_key, ordinal, 2 * unit + 1, keys.returns)
            delay = max(1, table_draw(v, goods.return_delay_thresholds[sku]))
            shelf.due_returns[(day + delay) % ring, row, index] += 1


@kernel
def explain_unmet(
    row: int, sku: int, units: int, at_review: int, reorder_point: Array, posted: Array, shelf: Shelf
) -> None:
    """Post units that were not there under their first upstream cause.

    Precedence: the centre's last shipment was short while it waited for a supplier; it was short with nothing under
    way; goods are under way; stock had fallen to the reorder point and the store could not order yet; stock was above
    the reorder point and still not enough.
    """
    if shelf.centre_short[row, sku] == 2:
        posted[Day.UNMET_SUPPLIER] += units
    elif shelf.centre_short[row, sku] == 1:
        posted[Day.UNMET_CENTRE] += units
    elif shelf.on_order[row, sku] > 0:
        posted[Day.UNMET_IN_TRANSIT] += units
    elif at_review <= reorder_point[row, sku]:
        posted[Day.UNMET_CALENDAR] += units
    else:
        posted[Day.UNMET_LEVEL] += units


@kernel
def find_substitute(
    row: int, sku: int, day: int, start: int, market: Market, goods: Goods, shelf: Shelf
) -> int:
    """The first SKU of the category, from `start` on and around, that is on the shelf; -1 if none is."""
    first, stop = goods.category_start[sku], goods.category_stop[sku]
    size = stop - first
    for step in range(size):
        other = first + (start + step) % size
        if other != sku and shelf.on_hand[row, other] > 0 and market.on_sale[day, other] > 0:
            return int(other)
    return -1


@kernel
def settle_unmet(
    row: int,
    sku: int,
    units: int,
    day: int,
    ordinal: int,
    first_unit: int,
    posted: Array,
    period: int,
    market: Market,
    goods: Goods,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """Unit by unit: the customer takes another SKU of the category, waits, or is lost."""
    left = units
    if goods.acceptance_threshold[sku] > 0:
        size = goods.category_stop[sku] - goods.category_start[sku]
        store_key, sku_key = market.store_key[row], market.sku_key[sku]
        for unit in range(first_unit, first_unit + units):
            u = np.uint64(unit_draw(store_key, sku_key, ordinal, 2 * unit, keys.substitution))
            if u >= goods.acceptance_threshold[sku]:
                continue
            v = np.uint64(unit_draw(store_key, sku_key, ordinal, 2 * unit + 1, keys.substitution))
            start = np.int64((v * np.uint64(size)) >> _WORD_BITS)
            other = find_substitute(row, sku, day, start, market, goods, shelf)
            if other < 0:
                continue
            # Stock on hand tells apart the units that one SKU lends to others in a day.
            number = _LENT_UNITS + np.int64(shelf.on_hand[row, other])
            sell(row, other, _ONE, day, ordinal, number, posted, period, market, goods, shelf, books, keys)
            left -= 1
            posted[Day.SUBSTITUTED] += 1
            posted[Day.SOLD_AS_SUBSTITUTE] += 1
            posted[Day.INCENTIVE] += goods.incentive[sku]
            books.cell[period, Cell.SUBSTITUTED, row, sku] += 1
    if left == 0:
        return
    if goods.is_backordered[sku]:
        shelf.backorder[row, sku] += left
        posted[Day.BACKORDERED] += left
        books.cell[period, Cell.BACKORDERED, row, sku] += left
    else:
        posted[Day.LOST] += left
        books.cell[period, Cell.LOST, row, sku] += left


@kernel
def units_before(
    row: int, sku: int, ordinal: int, left: int, until_second: int, market: Market, keys: Keys, asked: int
) -> int:
    """Units of a cell's demand asked for from the moment reached up to `until_second`."""
    seconds = unit_seconds(row, sku, ordinal, asked, market, keys)
    already = asked - left
    count = 0
    for unit in range(already, asked):
        if seconds[unit] >= until_second:
            break
        count += 1
    return count


@kernel
def empty_seconds(
    row: int,
    sku: int,
    ordinal: int,
    asked: int,
    already: int,
    served: int,
    until_second: int,
    market: Market,
    keys: Keys,
) -> int:
    """Opening seconds from the sale of the last unit on hand until `until_second`."""
    seconds = unit_seconds(row, sku, ordinal, asked, market, keys)
    return max(0, until_second - int(seconds[already + served - 1]))


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
        reorder_point: (n, m) units, to tell what a shortage comes from.
        shelf: changed.
        books: changed.
        keys: streams.
    """
    ordinal = first_ordinal + day
    classes = goods.class_start.size - 1
    unmet_sku = np.empty(goods.purchase_cost.size, np.int64)
    unmet_units = np.empty(goods.purchase_cost.size, np.int64)
    unmet_first = np.empty(goods.purchase_cost.size, np.int64)
    busy = np.empty(goods.purchase_cost.size, np.int64)
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
        today, on_hand = shelf.today[row], shelf.on_hand[row]
        listed, on_sale = market.listed[row], market.on_sale[day]
        price = market.price[market.group[row], day]
        empty_cell = books.cell[period, Cell.OUT_OF_STOCK_SECONDS, row]
        demand_cell = books.cell[period, Cell.DEMAND, row]
        for index in range(classes):
            begin, end = goods.class_start[index], goods.class_start[index + 1]
            posted = books.day[day, row, index]
            open_cells, empty_cells, number = 0, 0, 0
            for sku in range(begin, end):
                is_shown = np.int64(listed[sku]) & np.int64(on_sale[sku] == 1)
                is_empty = is_shown & np.int64(on_hand[sku] <= 0)
                open_cells += is_shown
                empty_cells += is_empty
                empty_cell[sku] += np.int32(is_empty * span)
                busy[number] = sku
                number += np.int64(today[sku] > 0)
            posted[Day.OPEN_SECONDS] += open_cells * span
            posted[Day.OUT_OF_STOCK_SECONDS] += empty_cells * span
            unmet_count = 0
            for which in range(number):
                sku = busy[which]
                left = np.int64(today[sku])
                stock = np.int64(on_hand[sku])
                if is_first:
                    if on_sale[sku] == 2:
                        # Nobody asks for a SKU that is being cleared unless it is still there.
                        left = min(left, stock)
                        today[sku] = left
                        if left == 0:
                            continue
                    posted[Day.DEMAND] += left
                    posted[Day.DEMAND_VALUE] += left * price[sku]
                    demand_cell[sku] += np.int32(left)
                    shelf.asked[row, sku] = left
                units = left
                if not is_last and (stock <= left or goods.freshest_threshold[sku] > 0):
                    units = units_before(
                        row, sku, ordinal, left, stop, market, keys, np.int64(shelf.asked[row, sku])
                    )
                    if units == 0:
                        continue
                today[sku] = left - units
                sold = min(units, stock)
                if sold > 0:
                    if sold == stock and on_sale[sku] == 1:
                        asked = np.int64(shelf.asked[row, sku])
                        empty = empty_seconds(
                            row, sku, ordinal, asked, asked - left, sold, stop, market, keys
                        )
                        posted[Day.OUT_OF_STOCK_SECONDS] += empty
                        empty_cell[sku] += np.int32(empty)
                    posted[Day.SOLD_AS_ASKED] += sold
                    posted[Day.SOLD_AS_ASKED_VALUE] += sold * price[sku]
                    sell(
                        row, sku, sold, day, ordinal, left - units,
                        posted, period, market, goods, shelf, books, keys,
                    )  # fmt: skip
                if sold < units:
                    shelf.short_cycle[row, sku] = 1
                    explain_unmet(row, sku, units - sold, stock, reorder_point, posted, shelf)
                    unmet_sku[unmet_count] = sku
                    unmet_units[unmet_count] = units - sold
                    unmet_first[unmet_count] = left - units + sold
                    unmet_count += 1
            # Others of the category serve their own customers first.
            for which in range(unmet_count):
                settle_unmet(
                    row, unmet_sku[which], unmet_units[which], day, ordinal, unmet_first[which],
                    posted, period, market, goods, shelf, books, keys,
                )  # fmt: skip
