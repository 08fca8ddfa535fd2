"""A store closes: late bargains, returns, expiry, clearance; then stock is counted and sales are remembered."""

from __future__ import annotations

from sim.kernels.compilation import kernel
from sim.kernels.draws import count
from sim.kernels.elementary import exp
from sim.kernels.layout import Array, Books, Forecasters, Goods, Handling, Keys, Market, Process, Shelf, whole
from sim.kernels.lots import expire, units_within
from sim.kernels.memory import remember
from sim.kernels.receiving import take_back
from sim.kernels.serving import cost_of, open_till, sell, unit_draw
from sim.records import Cell, Day

_BARGAIN_UNITS = whole(1 << 22)
_FIRST_UNIT = whole(0)


@kernel
def sell_bargains(
    row: int,
    day: int,
    first_ordinal: int,
    period: int,
    market: Market,
    process: Process,
    goods: Goods,
    handling: Handling,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """Extra demand for goods near expiry: it comes only as far as there are marked-down units left."""
    remembered = market.remembered_days[0]
    factor = market.rate_factor[market.group[row], remembered + day]
    scale = market.shock[remembered + day, row]
    for index in range(goods.class_start.size - 1):
        posted = books.day[day, row, index]
        for sku in range(goods.class_start[index], goods.class_start[index + 1]):
            if (
                goods.near_expiry_uplift[sku] <= 0.0
                or handling.lot_index[sku] < 0
                or handling.marked_days[sku] == 0
            ):
                continue
            lots = shelf.lots[row, handling.lot_index[sku]]
            marked = units_within(lots, day, handling.marked_days[sku])
            if marked == 0 or market.on_sale[day, sku] != 1:
                continue
            mean = market.base_rate[row, sku] * factor[sku] * scale * goods.near_expiry_uplift[sku]
            u = unit_draw(
                market.store_key[row], market.sku_key[sku], first_ordinal + day, _FIRST_UNIT, keys.mark_down
            )
            zero = exp(-mean * process.decay[sku])
            per_dispersion = process.per_dispersion[sku]
            units = min(marked, count(u, zero, mean * per_dispersion, 1.0 - per_dispersion))
            if units == 0:
                continue
            value = units * whole(market.price[market.group[row], day, sku])
            posted[Day.DEMAND] += units
            posted[Day.DEMAND_VALUE] += value
            posted[Day.SOLD_AS_ASKED] += units
            posted[Day.SOLD_AS_ASKED_VALUE] += value
            books.cell[period, Cell.DEMAND, row, sku] += units
            till = open_till(row, day, period, market, shelf, books)
            # Bargain hunters take the oldest units: the others are set aside while they choose.
            aside = lots.copy()
            left = units
            for ahead in range(handling.shelf_life_days[sku]):
                slot = (day + ahead) % lots.size
                kept = min(left, whole(lots[slot]))
                lots[slot] = kept
                aside[slot] -= kept
                left -= kept
            store_key = market.store_key[row]
            sell(
                till, handling, keys, store_key, sku, units, day, first_ordinal + day, _BARGAIN_UNITS, posted
            )
            for slot in range(lots.size):
                lots[slot] += aside[slot]


@kernel
def discard(row: int, sku: int, units: int, posted: Array, period: int, shelf: Shelf, books: Books) -> None:
    """Throw away units that are on the shelf."""
    cost = cost_of(units, whole(shelf.on_hand[row, sku]), shelf.value[row, sku])
    shelf.on_hand[row, sku] -= units
    shelf.value[row, sku] -= cost
    posted[Day.WASTED] += units
    posted[Day.WASTE_VALUE] += cost
    books.cell[period, Cell.WASTED, row, sku] += units


@kernel
def close_day(
    rows: Array,
    day: int,
    first_ordinal: int,
    period: int,
    market: Market,
    process: Process,
    goods: Goods,
    handling: Handling,
    forecasters: Forecasters,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """End the day of some stores, after the last customer and before anything is ordered.

    Args:
        rows: (k,) stores, advanced to the end of the day.
        day: day of the run.
        first_ordinal: ordinal of the date of day 0.
        period: period of the cell panel.
        market: prices, what is on sale.
        process: randomness of the extra demand for marked-down goods.
        goods: constants.
        handling: constants.
        forecasters: which forecaster watches which cell.
        shelf: changed.
        books: changed.
        keys: streams.
    """
    classes = goods.class_start.size - 1
    has_bargains = False
    for sku in range(goods.near_expiry_uplift.size):
        has_bargains = has_bargains or goods.near_expiry_uplift[sku] > 0.0
    has_endings = day > market.last_day_on_sale.min()
    for row in rows:
        if market.open_day[day, row]:
            if has_bargains:
                sell_bargains(
                    row, day, first_ordinal, period, market, process, goods, handling, shelf, books, keys
                )
            if shelf.due_returns.shape[2] > 0:
                take_back(row, day, first_ordinal, period, market, goods, handling, shelf, books, keys)
        elif shelf.due_returns.shape[2] > 0:
            # The store is shut: customers come back on the next day.
            ring = shelf.due_returns.shape[0]
            for which in range(shelf.due_returns.shape[2]):
                shelf.due_returns[(day + 1) % ring, row, which] += shelf.due_returns[day % ring, row, which]
                shelf.due_returns[day % ring, row, which] = 0
        on_hand, value = shelf.on_hand[row], shelf.value[row]
        backorder, on_order = shelf.backorder[row], shelf.on_order[row]
        stock_days = books.cell[period, Cell.STOCK_DAYS, row]
        for index in range(classes):
            begin, end = goods.class_start[index], goods.class_start[index + 1]
            posted = books.day[day, row, index]
            for sku in range(begin, end if has_endings or goods.has_lots[index] else begin):
                if handling.lot_index[sku] >= 0:
                    gone = expire(shelf.lots[row, handling.lot_index[sku]], day)
                    if gone > 0:
                        discard(row, sku, gone, posted, period, shelf, books)
                if market.on_sale[day, sku] == 0 and on_hand[sku] > 0 and is_over(day, sku, market):
                    if handling.lot_index[sku] >= 0:
                        shelf.lots[row, handling.lot_index[sku]][:] = 0
                    discard(row, sku, whole(on_hand[sku]), posted, period, shelf, books)
            units, worth, owed, coming, holding = 0, 0, 0, 0, 0
            for sku in range(begin, end):
                units += on_hand[sku]
                worth += value[sku]
                owed += backorder[sku]
                coming += on_order[sku]
                stock_days[sku] += on_hand[sku]
            if goods.has_unit_holding[index]:
                for sku in range(begin, end):
                    holding += whole(on_hand[sku]) * goods.holding_micro[sku]
            posted[Day.ON_HAND] = units
            posted[Day.STOCK_VALUE] = worth
            posted[Day.BACKORDERS] = owed
            posted[Day.ON_ORDER] = coming
            posted[Day.HOLDING_BY_UNIT] = holding
        if shelf.sold_today.size > 0:
            sold_today = shelf.sold_today[row]
            if market.open_day[day, row]:
                remember(row, day, sold_today, market.on_sale[day], forecasters, shelf.forecast)
            sold_today[:] = 0


@kernel
def is_over(day: int, sku: int, market: Market) -> bool:
    """Whether a SKU that is not on sale has been: its life is behind it, not ahead."""
    return bool(day > market.last_day_on_sale[sku])
