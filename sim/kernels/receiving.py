"""Goods come in at a store: from the centre, and back from customers."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array, Books, Goods, Handling, Keys, Market, Shelf, whole
from sim.kernels.serving import open_till, sell, unit_draw
from sim.records import Cell, Day

_OWED_UNITS = whole(1 << 21)


@kernel
def receive(
    line_row: Array,
    line_sku: Array,
    line_units: Array,
    line_value: Array,
    class_of: Array,
    day: int,
    first_day_of_sale: int,
    first_ordinal: int,
    period: int,
    market: Market,
    handling: Handling,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """Put delivered lines on the shelf and hand over what is owed to customers.

    Args:
        line_row: (lines,) store of each line; it has been advanced to this moment.
        line_sku: (lines,) SKU.
        line_units: (lines,) units, at least 1.
        line_value: (lines,) cost.
        class_of: (m,) class of each SKU.
        day: day of the run.
        first_day_of_sale: today, or tomorrow when the store has closed; shelf life counts from it.
        first_ordinal: ordinal of the date of day 0.
        period: period of the cell panel.
        market: prices.
        handling: constants.
        shelf: changed.
        books: changed.
        keys: streams.
    """
    for line in range(line_row.size):
        row, sku, units = line_row[line], line_sku[line], whole(line_units[line])
        posted = books.day[day, row, class_of[sku]]
        shelf.on_hand[row, sku] += units
        shelf.value[row, sku] += line_value[line]
        shelf.on_order[row, sku] -= units
        posted[Day.RECEIVED] += units
        posted[Day.RECEIVED_VALUE] += line_value[line]
        books.cell[period, Cell.RECEIVED, row, sku] += units
        if handling.lot_index[sku] >= 0:
            lots = shelf.lots[row, handling.lot_index[sku]]
            lots[(first_day_of_sale + handling.shelf_life_days[sku] - 1) % lots.size] += units
        posted[Day.CYCLES] += 1
        posted[Day.CYCLES_SHORT] += shelf.short_cycle[row, sku]
        shelf.short_cycle[row, sku] = 0
        owed = min(whole(shelf.backorder[row, sku]), whole(shelf.on_hand[row, sku]))
        if owed > 0:
            shelf.backorder[row, sku] -= owed
            posted[Day.BACKORDER_FILLED] += owed
            till = open_till(row, day, period, market, shelf, books)
            sell(
                till,
                handling,
                keys,
                market.store_key[row],
                sku,
                owed,
                day,
                first_ordinal + day,
                _OWED_UNITS,
                posted,
            )


@kernel
def take_back(
    row: int,
    day: int,
    first_ordinal: int,
    period: int,
    market: Market,
    goods: Goods,
    handling: Handling,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """Take back the units that customers of one store return today: refund, then shelf or scrap.

    A returned unit re-enters the books at the moving-average cost of the shelf, or at purchase cost when the shelf is
    empty. Perishables, and what is no longer on sale, are always scrapped.
    """
    slot = day % shelf.due_returns.shape[0]
    store_key = market.store_key[row]
    group = market.group[row]
    for index in range(goods.class_start.size - 1):
        posted = books.day[day, row, index]
        for sku in range(goods.class_start[index], goods.class_start[index + 1]):
            which = handling.return_index[sku]
            if which < 0:
                continue
            units = whole(shelf.due_returns[slot, row, which])
            if units == 0:
                continue
            shelf.due_returns[slot, row, which] = 0
            on_hand, value = whole(shelf.on_hand[row, sku]), shelf.value[row, sku]
            unit_cost = value // on_hand if on_hand > 0 else goods.purchase_cost[sku]
            kept = 0
            if handling.lot_index[sku] < 0 and market.on_sale[day, sku] > 0:
                for unit in range(units):
                    u = np.uint64(
                        unit_draw(
                            store_key,
                            market.sku_key[sku],
                            first_ordinal + day,
                            _OWED_UNITS + unit,
                            keys.returns,
                        )
                    )
                    kept += whole(u < goods.resalable_threshold[sku])
            posted[Day.RETURNED] += units
            posted[Day.REFUND] += units * whole(market.price[group, day, sku])
            posted[Day.RETURNED_VALUE] += units * unit_cost
            posted[Day.RESTOCKED] += kept
            posted[Day.WASTED] += units - kept
            posted[Day.WASTE_VALUE] += (units - kept) * unit_cost
            shelf.on_hand[row, sku] += kept
            shelf.value[row, sku] += kept * unit_cost
            books.cell[period, Cell.RETURNED, row, sku] += units
            books.cell[period, Cell.WASTED, row, sku] += units - kept
