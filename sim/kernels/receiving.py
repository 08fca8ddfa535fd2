"""Goods come in at a store: from the centre, and back from customers."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.demand import unit_draw
from sim.kernels.layout import Array, Books, Handling, Keys, Market, Shelf, Till, unsigned, whole
from sim.kernels.selling import cost_at, open_till, sell
from sim.records import Cell, Day

_OWED_UNITS = whole(1 << 21)


@kernel
def receive(
    line_row: Array,
    line_sku: Array,
    line_units: Array,
    line_value: Array,
    line_traces: Array,
    class_of: Array,
    day: int,
    ordinal: int,
    period: int,
    market: Market,
    handling: Handling,
    shelf: Shelf,
    books: Books,
    keys: Keys,
) -> None:
    """Put delivered lines on the shelf and hand over what is owed to customers.

    Args:
        line_row: (lines,) store of each line, advanced to this moment; quickest when they are in order.
        line_sku: (lines,) SKU.
        line_units: (lines,) units, at least 1.
        line_value: (lines,) cost.
        line_traces: (3, lines) last day of sale or -1, defective units, and 1 for each row but those that go on with
            the line of another; (3, 0) where nothing is traced.
        class_of: (m,) class of each SKU.
        day: day of the run, also the first day of sale from which shelf life counts.
        ordinal: ordinal of its date.
        period: period of the cell panel.
        market: prices.
        handling: constants.
        shelf: changed.
        books: changed.
        keys: streams.
    """
    start = 0
    while start < line_row.size:
        row, stop = line_row[start], start + 1
        while stop < line_row.size and line_row[stop] == row:
            stop += 1
        _receive_at(
            line_sku[start:stop], line_units[start:stop], line_value[start:stop], line_traces[0, start:stop],
            line_traces[1, start:stop], line_traces[2, start:stop], class_of, day, ordinal,
            open_till(row, day, period, market, shelf, books), handling, keys, market.store_key[row],
            shelf.on_order[row], shelf.backorder[row], shelf.short_cycle[row], books.cell[period, Cell.RECEIVED, row],
            books.cell[period, Cell.WASTED, row], books.day[day, row],
        )  # fmt: skip
        start = stop


@kernel
def _receive_at(
    line_sku: Array,
    line_units: Array,
    line_value: Array,
    last_day: Array,
    defective: Array,
    counts: Array,
    class_of: Array,
    day: int,
    ordinal: int,
    till: Till,
    handling: Handling,
    keys: Keys,
    store_key: np.uint64,
    on_order: Array,
    backorder: Array,
    short_cycle: Array,
    received_cell: Array,
    wasted_cell: Array,
    posted_by_class: Array,
) -> None:
    """Receive the lines of one store; see `receive`.

    Lines of one class mostly stand together: they are summed on the way and posted when another one begins.
    """
    on_hand, value, lots, lot_index = till.on_hand, till.value, till.lots, handling.lot_index
    is_traced = last_day.size > 0
    line = whole(0)
    while line < line_sku.size:
        index = class_of[line_sku[line]]
        posted = posted_by_class[index]
        received, worth, cycles, short = whole(0), whole(0), whole(0), whole(0)
        while line < line_sku.size and class_of[unsigned(line_sku[line])] == index:
            sku, units = line_sku[line], line_units[line]
            at = unsigned(sku)
            on_hand[at] += units
            value[at] += line_value[line]
            on_order[at] -= units
            received_cell[at] += units
            received += units
            worth += line_value[line]
            if not is_traced or counts[line] > 0:
                cycles += 1
                short += short_cycle[at]
                short_cycle[at] = 0
            if lot_index[at] >= 0:
                ahead = handling.shelf_life_days[at] - 1
                if is_traced and last_day[line] >= 0:
                    ahead = min(ahead, last_day[line] - day)
                if ahead >= 0:
                    slot = till.today_slot + ahead
                    lots[lot_index[at], slot if slot < lots.shape[1] else slot - lots.shape[1]] += units
                else:
                    # Expired on the way: never offered for sale.
                    cost = cost_at(units, whole(on_hand[at]), value[at], handling.purchase_cost[at])
                    on_hand[at] -= units
                    value[at] -= cost
                    wasted_cell[at] += units
                    posted[Day.WASTED] += units
                    posted[Day.WASTE_VALUE] += cost
            if is_traced and defective[line] > 0 and handling.return_index[at] >= 0:
                till.due_returns[till.due_returns.shape[0] - 1, handling.return_index[at]] += defective[line]
            owed = min(whole(backorder[at]), whole(on_hand[at]))
            if owed > 0:
                backorder[at] -= owed
                posted[Day.BACKORDER_FILLED] += owed
                sell(
                    till,
                    handling,
                    keys,
                    store_key,
                    sku,
                    owed,
                    day,
                    ordinal,
                    _OWED_UNITS,
                    handling.freshest_threshold[at],
                    posted,
                )
            line += 1
        posted[Day.RECEIVED] += received
        posted[Day.RECEIVED_VALUE] += worth
        posted[Day.CYCLES] += cycles
        posted[Day.CYCLES_SHORT] += short


@kernel
def take_back(
    till: Till,
    handling: Handling,
    class_of: Array,
    resalable_threshold: Array,
    store_key: np.uint64,
    key: np.uint64,
    day: int,
    ordinal: int,
    waiting: Array,
    waiting_value: Array,
    returned_cell: Array,
    wasted_cell: Array,
    posted_by_class: Array,
) -> None:
    """Take back the units that customers of one store return today: refund, then shelf, scrap or the truck.

    A returned unit re-enters the books at the moving-average cost of the shelf, or at purchase cost when the shelf is
    empty. Perishables are always scrapped; defective units, and what is no longer on sale, never go back on the shelf.

    Args:
        till: rows of the store; changed.
        handling: constants.
        class_of: (m,) class of each SKU.
        resalable_threshold: (m,) returned units that go back on the shelf.
        store_key: key of the store.
        key: stream of returns.
        day: day of the run.
        ordinal: ordinal of its date.
        waiting: (m,) units set aside for the truck; changed. (0,) where the store scraps them.
        waiting_value: (m,) cost of these; changed. (0,) likewise.
        returned_cell: (m,) of the cell panel; changed.
        wasted_cell: (m,) of the cell panel; changed.
        posted_by_class: (c, len(Day)) rows of the day panel; changed.
    """
    ring = till.due_returns.shape[0] // 2
    due, due_defects = till.due_returns[day % ring], till.due_returns[ring + day % ring]
    for sku in range(class_of.size):
        which = handling.return_index[sku]
        if which < 0:
            continue
        sound, bad = whole(due[which]), whole(due_defects[which])
        units = sound + bad
        if units == 0:
            continue
        due[which] = 0
        if bad > 0:
            due_defects[which] = 0
        posted = posted_by_class[class_of[sku]]
        on_hand, value = whole(till.on_hand[sku]), till.value[sku]
        unit_cost = value // on_hand if on_hand > 0 else handling.purchase_cost[sku]
        kept = 0
        if handling.lot_index[sku] < 0 and till.on_sale[sku] > 0:
            for unit in range(sound):
                u = unit_draw(store_key, till.sku_key[sku], ordinal, _OWED_UNITS + unit, key)
                kept += whole(u < resalable_threshold[sku])
        gone = units - kept
        if waiting.size > 0 and handling.lot_index[sku] < 0:
            waiting[sku] += gone
            waiting_value[sku] += gone * unit_cost
            gone = 0
        posted[Day.RETURNED] += units
        posted[Day.REFUND] += units * whole(till.price[sku])
        posted[Day.RETURNED_VALUE] += units * unit_cost
        posted[Day.DEFECTIVE_RETURNED] += bad
        posted[Day.RESTOCKED] += kept
        posted[Day.WASTED] += gone
        posted[Day.WASTE_VALUE] += gone * unit_cost
        till.on_hand[sku] += kept
        till.value[sku] += kept * unit_cost
        returned_cell[sku] += units
        wasted_cell[sku] += gone
