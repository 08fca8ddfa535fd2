"""A sale: what leaves the shelf, what it earns and costs, and what follows from it."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.demand import four_units, of_four, unit_draw
from sim.kernels.layout import Array, Books, Handling, Keys, Market, Shelf, Till, unsigned, whole
from sim.kernels.lots import take_freshest, take_oldest, units_within
from sim.kernels.tables import table_draw
from sim.records import Cell, Day

_PPM = 1_000_000
_WORD_BITS = np.uint64(32)
_CERTAIN = np.uint64(1 << 32)


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
        day % shelf.lots.shape[2],
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
    freshest_threshold: np.uint64,
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
        freshest_threshold: shoppers who look for the freshest unit; the others take the oldest.
        posted: (len(Day),) the row of the day panel that is posted to.
    """
    at = unsigned(sku)
    on_hand = whole(till.on_hand[at])
    cost = cost_at(units, on_hand, till.value[at], handling.purchase_cost[at])
    till.on_hand[at] = on_hand - units
    till.value[at] -= cost
    price = whole(till.price[at])
    revenue = price * units
    posted[Day.REVENUE] += revenue
    posted[Day.COST_OF_GOODS] += cost
    till.sold_cell[at] += units
    till.revenue_cell[at] += revenue
    if till.sold_today.size > 0:
        till.sold_today[at] += units
    is_cleared = till.on_sale[at] == 2
    if is_cleared:
        posted[Day.MARKED_DOWN_UNITS] += units
        posted[Day.MARK_DOWN] += revenue * handling.clearance_ppm[at] // _PPM
    if handling.is_plain[at]:
        return
    if handling.lot_index[sku] >= 0:
        life = handling.shelf_life_days[sku]
        age_days, marked = _take(
            till.lots, handling.lot_index[sku], units, on_hand, till.today_slot, life, handling.marked_days[sku],
            freshest_threshold, handling.preferred_threshold[sku], store_key, till.sku_key[sku],
            ordinal, first_unit, keys.pick,
        )  # fmt: skip
        posted[Day.AGE_AT_SALE_DAYS] += age_days
        posted[Day.LIFE_AT_SALE_DAYS] += life * units
        if marked > 0 and not is_cleared:
            posted[Day.MARKED_DOWN_UNITS] += marked
            posted[Day.MARK_DOWN] += price * marked * handling.mark_down_ppm[sku] // _PPM
    if handling.return_index[sku] >= 0:
        _plan_returns(
            till.due_returns[:, handling.return_index[sku]], units, on_hand, day, handling.return_threshold[sku],
            handling.return_delay_thresholds[sku], store_key, till.sku_key[sku], ordinal, first_unit, keys.returns,
            keys.defects,
        )  # fmt: skip


@kernel
def _take(
    all_lots: Array,
    lot: int,
    units: int,
    stock: int,
    today: int,
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

    One after the other they take from the two ends of the row of ages, so what is left does not depend on who comes
    first, only on how many look for the freshest.

    Args:
        all_lots: (SKUs with lots, ring) of the store; changed.
        lot: index of the SKU among them.
        units: units taken; at most what is there.
        stock: units there.
        today: slot of today.
        life_days: shelf life.
        marked_days: units with at most this many days left are marked down; 0 = none.
        freshest_threshold: shoppers who take the freshest unit.
        preferred_threshold: shoppers who take a marked-down unit when there is one.
        store_key: key of the store.
        sku_key: key of the SKU.
        ordinal: ordinal of the date.
        first_unit: number of the first unit.
        key: stream.

    Returns:
        See `take_oldest`.
    """
    lots = all_lots[lot]
    if freshest_threshold == 0:
        return take_oldest(lots, today, life_days, units, marked_days)
    marked = units_within(lots, today, marked_days) if marked_days > 0 else whole(0)
    unmarked, freshest = stock - marked, whole(0)
    # Those whom the lower price does not sway pick as they always do.
    unswayed_threshold = (freshest_threshold * (_CERTAIN - preferred_threshold)) >> _WORD_BITS
    words = four_units(store_key, sku_key, ordinal, first_unit & ~3, key)
    for unit in range(first_unit, first_unit + units):
        if unit & 3 == 0 and unit > first_unit:
            words = four_units(store_key, sku_key, ordinal, unit, key)
        is_freshest = of_four(words, unit) < (unswayed_threshold if marked > 0 else freshest_threshold)
        freshest += whole(is_freshest)
        if marked == 0 or (is_freshest and unmarked > 0):
            unmarked -= 1
        else:
            marked -= 1
    age_days, marked_sold = take_oldest(lots, today, life_days, units - freshest, marked_days)
    fresh_age_days, fresh_marked_sold = take_freshest(lots, today, life_days, freshest, marked_days)
    return age_days + fresh_age_days, marked_sold + fresh_marked_sold


@kernel
def _plan_returns(
    due: Array,
    units: int,
    on_hand: int,
    day: int,
    threshold: np.uint64,
    delay_thresholds: Array,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    first_unit: int,
    key: np.uint64,
    defects_key: np.uint64,
) -> None:
    """Decide, unit by unit, which units sold today come back, and on which day; (2 R + 1,) `due` is changed."""
    ring = due.size // 2
    if due[2 * ring] > 0:
        bad = _plan_defects(
            due[ring : 2 * ring], units, on_hand, whole(due[2 * ring]), day, delay_thresholds, store_key, sku_key,
            ordinal, first_unit, defects_key,
        )  # fmt: skip
        due[2 * ring] -= bad
        units -= bad
    words = four_units(store_key, sku_key, ordinal, 2 * first_unit & ~3, key)
    for unit in range(first_unit, first_unit + units):
        if unit & 1 == 0 and unit > first_unit:
            words = four_units(store_key, sku_key, ordinal, 2 * unit, key)
        if of_four(words, 2 * unit) < threshold:
            delay = table_draw(np.uint32(of_four(words, 2 * unit + 1)), delay_thresholds)
            due[(day + max(1, delay)) % ring] += 1


@kernel
def _plan_defects(
    due: Array,
    units: int,
    on_hand: int,
    defective: int,
    day: int,
    delay_thresholds: Array,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    first_unit: int,
    key: np.uint64,
) -> int:
    """Decide which of the units sold are defective, and when they come back; (ring,) `due` is changed.

    Each unit on the shelf is equally likely to be one of the defective ones: sampling without replacement.

    Returns:
        Defective units sold.
    """
    bad = whole(0)
    for unit in range(units):
        number = 2 * (first_unit + unit)
        if is_among(unit_draw(store_key, sku_key, ordinal, number, key), defective - bad, on_hand - unit):
            u = np.uint32(unit_draw(store_key, sku_key, ordinal, number + 1, key))
            due[(day + max(1, table_draw(u, delay_thresholds))) % due.size] += 1
            bad += 1
    return bad


@inline_kernel
def is_among(draw: np.uint64, chosen: int, all_units: int) -> bool:
    """Whether 32 random bits pick one of `chosen` among `all_units` units, fewer than 2**31."""
    return bool(draw * np.uint64(all_units) < (np.uint64(chosen) << _WORD_BITS))
