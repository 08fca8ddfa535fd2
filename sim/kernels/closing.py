"""A store closes: late bargains, returns, expiry, clearance; then stock is counted and sales are remembered."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.demand import unit_draw
from sim.kernels.draws import count
from sim.kernels.elementary import exp
from sim.kernels.layout import (
    Array,
    Books,
    Forecasters,
    Goods,
    Handling,
    Keys,
    Market,
    Process,
    Shelf,
    Till,
    whole,
)
from sim.kernels.lots import units_within
from sim.kernels.memory import remember
from sim.kernels.receiving import take_back
from sim.kernels.selling import cost_at, open_till, sell
from sim.kernels.serving import NOT_OPEN_YET
from sim.records import Cell, Day

_BARGAIN_UNITS = whole(1 << 22)
_NOBODY_LOOKS = np.uint64(0)
_FIRST_UNIT = whole(0)


@inline_kernel
def close(
    row: int,
    day: int,
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
    """End the day of one store, after the last customer and before anything is ordered.

    Args:
        row: store, advanced to the end of the day.
        day: day of the run.
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
    ordinal = process.first_ordinal + day
    is_open = market.open_day[day, row]
    till = open_till(row, day, period, market, shelf, books)
    posted_by_class, wasted_cell = books.day[day, row], books.cell[period, Cell.WASTED, row]
    if is_open and goods.has_bargains:
        at = process.remembered_days + day
        sell_bargains(
            till, handling, goods.class_of, goods.near_expiry_uplift, process.base_rate[row],
            process.rate_factor[market.group[row], at], np.float64(process.shock[at, row]), process.decay,
            process.per_dispersion, keys, market.store_key[row], day, ordinal, books.cell[period, Cell.DEMAND, row],
            posted_by_class,
        )  # fmt: skip
    if is_open and shelf.due_returns.shape[2] > 0:
        take_back(
            till, handling, goods.class_of, goods.resalable_threshold, market.store_key[row], keys.returns, day,
            ordinal, shelf.waiting[row], shelf.waiting_value[row], books.cell[period, Cell.RETURNED, row], wasted_cell,
            posted_by_class,
        )  # fmt: skip
    elif shelf.due_returns.shape[2] > 0:
        put_off_returns(till.due_returns, day)
    for index in range(goods.class_start.size - 1):
        begin, end = goods.class_start[index], goods.class_start[index + 1]
        posted = posted_by_class[index]
        if goods.has_lots[index] or day > market.first_end:
            discard(
                begin, end, day, till.on_hand, till.value, till.on_sale, market.last_day_on_sale, till.lots,
                handling.lot_index, handling.purchase_cost, wasted_cell, posted,
            )  # fmt: skip
        count_stock(
            till.on_hand[begin:end], till.value[begin:end], shelf.backorder[row][begin:end],
            shelf.on_order[row][begin:end], books.cell[period, Cell.STOCK_DAYS, row][begin:end], posted,
        )  # fmt: skip
        if goods.has_unit_holding[index]:
            holding = whole(0)
            for sku in range(begin, end):
                holding += whole(till.on_hand[sku]) * goods.holding_micro[sku]
            posted[Day.HOLDING_BY_UNIT] = holding
        if shelf.waiting.shape[1] > 0:
            count_waiting(
                begin, end, shelf.waiting[row], shelf.waiting_value[row], goods.holding_micro,
                books.cell[period, Cell.STOCK_DAYS, row], posted,
            )  # fmt: skip
    if shelf.due_returns.shape[2] > 0:
        bound_defective(till.due_returns[till.due_returns.shape[0] - 1], handling.return_index, till.on_hand)
    shelf.advanced_second[row] = NOT_OPEN_YET
    if shelf.sold_today.size > 0:
        if is_open:
            remember(day, till.sold_today, till.on_sale, row, forecasters, shelf.forecast[row])
        till.sold_today[:] = 0


@kernel
def count_stock(
    on_hand: Array, value: Array, backorder: Array, on_order: Array, stock_days: Array, posted: Array
) -> None:
    """Post the levels of one class; (k,) arrays of its SKUs. `stock_days` of the cell panel and `posted` change."""
    units, worth, owed, coming = whole(0), whole(0), whole(0), whole(0)
    for i in range(on_hand.size):
        units += whole(on_hand[i])
        stock_days[i] += on_hand[i]
    for i in range(value.size):
        worth += value[i]
    for i in range(backorder.size):
        owed += whole(backorder[i])
        coming += whole(on_order[i])
    posted[Day.ON_HAND] = units
    posted[Day.STOCK_VALUE] = worth
    posted[Day.BACKORDERS] = owed
    posted[Day.ON_ORDER] = coming


@kernel
def count_waiting(
    begin: int, end: int, waiting: Array, value: Array, holding_micro: Array, stock_days: Array, posted: Array
) -> None:
    """Add what waits for a truck to the levels of one class, the SKUs from `begin` to `end`; (m,) arrays."""
    units, worth, holding = whole(0), whole(0), whole(0)
    for sku in range(begin, end):
        units += whole(waiting[sku])
        worth += value[sku]
        holding += whole(waiting[sku]) * holding_micro[sku]
        stock_days[sku] += waiting[sku]
    posted[Day.ON_HAND] += units
    posted[Day.STOCK_VALUE] += worth
    posted[Day.HOLDING_BY_UNIT] += holding


@kernel
def bound_defective(defective: Array, return_index: Array, on_hand: Array) -> None:
    """Forget defective units that went with what was thrown away; (SKUs brought back,) `defective` is changed."""
    for sku in range(return_index.size):
        which = return_index[sku]
        if which >= 0 and defective[which] > on_hand[sku]:
            defective[which] = on_hand[sku]


@kernel
def discard(
    begin: int,
    end: int,
    day: int,
    on_hand: Array,
    value: Array,
    on_sale: Array,
    last_day_on_sale: Array,
    lots: Array,
    lot_index: Array,
    purchase_cost: Array,
    wasted_cell: Array,
    posted: Array,
) -> None:
    """Throw away what expires today, and what is left of SKUs whose time on sale is behind them.

    Args:
        begin: first SKU of a class.
        end: one past its last.
        day: day of the run.
        on_hand: (m,) units; changed.
        value: (m,) cost; changed.
        on_sale: (m,) 0 = not on sale.
        last_day_on_sale: (m,).
        lots: (SKUs with lots, ring) units; changed.
        lot_index: (m,) -1 without a shelf life.
        purchase_cost: (m,).
        wasted_cell: (m,) of the cell panel; changed.
        posted: (len(Day),) row of the day panel.
    """
    slot = day % lots.shape[1]
    for sku in range(begin, end):
        lot, gone = lot_index[sku], whole(0)
        if lot >= 0:
            gone = whole(lots[lot, slot])
            lots[lot, slot] = 0
        if on_sale[sku] == 0 and day > last_day_on_sale[sku]:
            gone = whole(on_hand[sku])
            if lot >= 0 and gone > 0:
                lots[lot, :] = 0
        if gone > 0:
            cost = cost_at(gone, whole(on_hand[sku]), value[sku], purchase_cost[sku])
            on_hand[sku] -= gone
            value[sku] -= cost
            wasted_cell[sku] += gone
            posted[Day.WASTED] += gone
            posted[Day.WASTE_VALUE] += cost


@kernel
def put_off_returns(due_returns: Array, day: int) -> None:
    """The store is shut: customers come back on the next day. (2 R + 1, SKUs brought back) units are changed."""
    ring = due_returns.shape[0] // 2
    for first in range(0, 2 * ring, ring):
        today, tomorrow = due_returns[first + day % ring], due_returns[first + (day + 1) % ring]
        for which in range(due_returns.shape[1]):
            if today[which] > 0:
                tomorrow[which] += today[which]
                today[which] = 0


@kernel
def sell_bargains(
    till: Till,
    handling: Handling,
    class_of: Array,
    near_expiry_uplift: Array,
    base_rate: Array,
    factor: Array,
    scale: float,
    decay: Array,
    per_dispersion: Array,
    keys: Keys,
    store_key: np.uint64,
    day: int,
    ordinal: int,
    demand_cell: Array,
    posted_by_class: Array,
) -> None:
    """Extra demand for goods near expiry: it comes only as far as there are marked-down units left.

    Args:
        till: rows of the store; changed.
        handling: constants.
        class_of: (m,) class of each SKU.
        near_expiry_uplift: (m,) extra demand as a share of the rate.
        base_rate: (m,) units per day.
        factor: (m,) of the day.
        scale: of the day.
        decay: (m,) -ln p(0) per unit of mean.
        per_dispersion: (m,) mean over variance.
        keys: streams.
        store_key: key of the store.
        day: day of the run.
        ordinal: ordinal of its date.
        demand_cell: (m,) of the cell panel; changed.
        posted_by_class: (c, len(Day)) rows of the day panel; changed.
    """
    for sku in range(class_of.size):
        marked_days, lot = handling.marked_days[sku], handling.lot_index[sku]
        if near_expiry_uplift[sku] <= 0.0 or lot < 0 or marked_days == 0 or till.on_sale[sku] != 1:
            continue
        marked = units_within(till.lots[lot], till.today_slot, marked_days)
        if marked == 0:
            continue
        mean = base_rate[sku] * factor[sku] * scale * near_expiry_uplift[sku]
        u = np.uint32(unit_draw(store_key, till.sku_key[sku], ordinal, _FIRST_UNIT, keys.mark_down))
        share = per_dispersion[sku]
        units = min(marked, count(u, exp(-mean * decay[sku]), mean * share, 1.0 - share))
        if units == 0:
            continue
        value = units * whole(till.price[sku])
        posted = posted_by_class[class_of[sku]]
        posted[Day.DEMAND] += units
        posted[Day.DEMAND_VALUE] += value
        posted[Day.SOLD_AS_ASKED] += units
        posted[Day.SOLD_AS_ASKED_VALUE] += value
        demand_cell[sku] += units
        sell(till, handling, keys, store_key, sku, units, day, ordinal, _BARGAIN_UNITS, _NOBODY_LOOKS, posted)
