"""Deliveries of some time in one call: each store is brought to the second in which goods come, then takes them in."""

from __future__ import annotations

from sim.kernels.compilation import kernel
from sim.kernels.day import run_stores
from sim.kernels.demand import draw_day
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
from sim.kernels.receiving import receive

_SECONDS_PER_DAY = 86_400


@kernel
def take_deliveries(
    seconds: Array,
    stops: Array,
    lines: Array,
    traces: Array,
    class_of: Array,
    closes_second: Array,
    first_open: int,
    period_days: int,
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
    order_lines: OrderLines,
    scratch: Scratch,
) -> None:
    """Take in deliveries.

    No store's day touches another's, so that only the order of the deliveries of each store matters.

    Args:
        seconds: (k,) second of the run at which each delivery comes, ascending.
        stops: (k,) where its lines end.
        lines: (4, lines) store, SKU, units and cost; quickest when the lines of a store are next to each other.
        traces: (3, lines) see `receive`; (3, 0) where nothing is traced.
        class_of: (m,) class of each SKU.
        closes_second: (n,) second of the day from which on what comes belongs to the next day.
        first_open: second of the day at which the first store opens.
        period_days: days of a period of the cell panel.
        market: prices, opening times.
        process: demand; drawn where it is needed.
        goods: constants.
        handling: constants.
        rules: their reorder points tell what a shortage comes from.
        emergency: see `run_stores`, as for the next, and for the order lines, none of which are written.
        forecasters: likewise.
        shelf: changed.
        books: changed.
        keys: streams.
        order_lines: see above.
        scratch: room to work in.
    """
    start = 0
    for delivery in range(seconds.size):
        while start < stops[delivery]:
            row, stop = lines[0, start], start + 1
            while stop < stops[delivery] and lines[0, stop] == row:
                stop += 1
            day, second = seconds[delivery] // _SECONDS_PER_DAY, seconds[delivery] % _SECONDS_PER_DAY
            if second >= closes_second[row]:
                day, second = day + 1, 0
            period = day // period_days
            if second > first_open and market.open_day[day, row]:
                if shelf.drawn_day[row] != day:
                    shelf.drawn_day[row] = day
                    draw_day(row, day, market.group[row], market.store_key[row], market.sku_key, process)
                # A plain 0 is a type of its own, for which the whole day would be compiled once more.
                run_stores(
                    lines[0, start : start + 1], second, day, period, whole(0), market, process, goods, handling, rules,
                    emergency, forecasters, shelf, books, keys, order_lines, scratch,
                )  # fmt: skip
            receive(
                lines[0, start:stop], lines[1, start:stop], lines[2, start:stop], lines[3, start:stop],
                traces[:, start:stop], class_of, day, process.first_ordinal + day, period, market, handling, shelf,
                books, keys,
            )  # fmt: skip
            start = stop
