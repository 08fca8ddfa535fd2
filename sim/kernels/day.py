"""What stores do in one call: their demand up to a moment and, at the end of the day, closing and ordering."""

from __future__ import annotations

from sim.kernels.closing import close
from sim.kernels.compilation import kernel
from sim.kernels.layout import (
    Array,
    Books,
    EmergencyRules,
    Forecasters,
    Goods,
    Handling,
    Keys,
    Market,
    OrderLines,
    OrderRules,
    Process,
    Scratch,
    Shelf,
    whole,
)
from sim.kernels.ordering import post_lines, review
from sim.kernels.serving import advance

_END_OF_DAY = 86_400


@kernel
def run_stores(
    rows: Array,
    until_second: int,
    day: int,
    period: int,
    weekday: int,
    market: Market,
    process: Process,
    goods: Goods,
    handling: Handling,
    rules: OrderRules,
    emergency: EmergencyRules,
    forecasters: Forecasters,
    shelf: Shelf,
    books: Books,
    keys: Keys,
    lines: OrderLines,
    scratch: Scratch,
) -> int:
    """Let the day of some stores go on up to a second; 86,400 ends it: they close, count and order.

    Store by store, so that its rows stay in the cache from the first customer to the last order line.

    Args:
        rows: (k,) stores.
        until_second: second of the day.
        day: day of the run.
        period: period of the cell panel.
        weekday: Monday = 0.
        market: prices, opening times.
        process: demand.
        goods: constants.
        handling: constants.
        rules: replenishment levels; dynamic ones are written into it.
        emergency: rules of emergency orders.
        forecasters: which forecaster watches which cell.
        shelf: changed.
        books: changed.
        keys: streams.
        lines: receives the order lines.
        scratch: room to work in.

    Returns:
        Number of order lines written.
    """
    number = whole(0)
    for row in rows:
        is_open = market.open_day[day, row]
        if is_open:
            advance(
                row, until_second, day, period, market, process, goods, handling, rules.reorder_point, shelf, books,
                keys, scratch,
            )  # fmt: skip
        if until_second < _END_OF_DAY:
            continue
        close(row, day, period, market, process, goods, handling, forecasters, shelf, books, keys)
        if is_open:
            first = number
            number = review(
                row, weekday, market.orderable[day], market.listed[row], shelf.on_hand[row], shelf.on_order[row],
                shelf.backorder[row], shelf.forecast[row if shelf.forecast.size > 0 else 0], goods.case_pack,
                handling.purchase_cost, rules, emergency, lines, first, scratch,
            )  # fmt: skip
            post_lines(first, number, lines, goods.class_of, books.day[day])
    return number
