"""A sale: what leaves the shelf, what it earns and costs, and what follows from it."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.demand import unit_draw
from sim.kernels.layout import Array, Books, Handling, Keys, Market, Shelf, Till, whole
from sim.kernels.lots import take_freshest, take_oldest, units_within
from sim.kernels.tables import table_draw
from sim.records import Cell, Day

_PPM = 1_000_000
_WORD_BITS = np.uint64(32)
_CERTAIN = np.uint64(1 << 32)
_ONE = whole(1)


@inline_kernel
def cost_of(units: int, on_hand: int, value: int) -> int:
    """Moving-average cost of `units` out of `on_hand` worth `value`; the last unit takes what is left."""
    return value if units == on_hand else value * units // on_hand


@inline_kernel
def cost_at(units: int, on_hand: int, value: int, usual_cost: int) -> int:
    """The same as `cost_of`, without its division where every unit cost the same."""
    return units * usual_cost if value == on_hand * usual_cost else cost_of(units, on_hand, value)


@inline_kernel
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
    cost = cost_at(units, on_hand, till.value[sku], handling.purchase_cost[sku])
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
        age_days, marked = _take(
            till.lots, handling.lot_index[sku], units, day, life, handling.marked_days[sku],
            handling.freshest_threshold[sku], handling.preferred_threshold[sku], store_key, till.sku_key[sku],
            ordinal, first_unit, keys.pick,
        )  # fmt: skip
        posted[Day.AGE_AT_SALE_DAYS] += age_days
        posted[Day.LIFE_AT_SALE_DAYS] += life * units
        if marked > 0 and not is_cleared:
            posted[Day.MARKED_DOWN_UNITS] += marked
            posted[Day.MARK_DOWN] += price * marked * handling.mark_down_ppm[sku] // _PPM
    if handling.return_index[sku] >= 0:
        _plan_returns(
            till.due_returns[:, handling.return_index[sku]], units, day, handling.return_threshold[sku],
            handling.return_delay_thresholds[sku], store_key, till.sku_key[sku], ordinal, first_unit, keys.returns,
        )  # fmt: skip


@kernel
def _take(
    all_lots: Array,
    lot: int,
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
    key: np.uint64,
) -> tuple[int, int]:
    """Take units of a perishable as shoppers do: some look for the freshest, fewer when there is a bargain.

    See `take_oldest` for the result.
    """
    lots = all_lots[lot]
    today = day % lots.size
    if freshest_threshold == 0:
        return take_oldest(lots, today, life_days, units, marked_days)
    age_days, marked = whole(0), whole(0)
    for unit in range(units):
        threshold = freshest_threshold
        if marked_days > 0 and units_within(lots, today, marked_days) > 0:
            # Those whom the lower price does not sway pick as they always do.
            threshold = (freshest_threshold * (_CERTAIN - preferred_threshold)) >> _WORD_BITS
        if unit_draw(store_key, sku_key, ordinal, first_unit + unit, key) < threshold:
            age, was_marked = take_freshest(lots, today, life_days, _ONE, marked_days)
        else:
            age, was_marked = take_oldest(lots, today, life_days, _ONE, marked_days)
        age_days += age
        marked += was_marked
    return age_days, marked


@kernel
def _plan_returns(
    due: Array,
    units: int,
    day: int,
    threshold: np.uint64,
    delay_thresholds: Array,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    first_unit: int,
    key: np.uint64,
) -> None:
    """Decide, unit by unit, which units sold today come back, and on which day; (ring,) `due` is changed."""
    for unit in range(first_unit, first_unit + units):
        if unit_draw(store_key, sku_key, ordinal, 2 * unit, key) < threshold:
            delay = table_draw(
                np.uint32(unit_draw(store_key, sku_key, ordinal, 2 * unit + 1, key)), delay_thresholds
            )
            due[(day + max(1, delay)) % due.size] += 1
