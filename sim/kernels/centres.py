"""What a distribution centre does beside shipping: reviews, purchase lines, receipts, levels."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.demand import unit_draw
from sim.kernels.draws import count
from sim.kernels.elementary import exp
from sim.kernels.layout import (
    Array,
    EmergencyRules,
    Forecasters,
    OrderLines,
    OrderRules,
    Scratch,
    unsigned,
    whole,
)
from sim.kernels.memory import remember
from sim.kernels.ordering import review
from sim.kernels.selling import cost_at
from sim.records import Centre

_ONE_DRAW = whole(0)


@kernel
def review_centres(
    day: int,
    weekday: int,
    on_sale: Array,
    orderable: Array,
    day_page: Array,
    rows: Array,
    is_watched: bool,
    asked_today: Array,
    listed: Array,
    on_hand: Array,
    on_order: Array,
    backlog: Array,
    forecast: Array,
    case_pack: Array,
    purchase_cost: Array,
    class_of: Array,
    forecasters: Forecasters,
    rules: OrderRules,
    emergency: EmergencyRules,
    lines: OrderLines,
    scratch: Scratch,
) -> int:
    """Let some centres learn from what was asked of them today, order, and post their purchase lines.

    Args:
        day: day of the run.
        weekday: Monday = 0.
        on_sale: (m,) today.
        orderable: (m,) today.
        day_page: (n, c, len(Centre)) of the centre panel; changed.
        rows: (k,) centres.
        is_watched: some level follows a forecast.
        asked_today: (n, m) units; set to 0.
        listed: (m,) all true.
        on_hand: (n, m).
        on_order: (n, m); what is ordered is added.
        backlog: (n, m).
        forecast: (n, m) units per day; changed.
        case_pack: (m,).
        purchase_cost: (m,).
        class_of: (m,).
        forecasters: who watches what.
        rules: levels; dynamic ones are written into it.
        emergency: no rules.
        lines: receives the lines.
        scratch: room to work in.

    Returns:
        Number of lines written.
    """
    number = whole(0)
    for row in rows:
        if is_watched:
            remember(day, asked_today[row], on_sale, row, forecasters, forecast[row])
        number = review(
            row, weekday, orderable, listed, on_hand[row], on_order[row], backlog[row], forecast[row], case_pack,
            purchase_cost, rules, emergency, lines, number, scratch,
        )  # fmt: skip
    for line in range(number):
        index = class_of[lines.sku[line]]
        day_page[lines.row[line], index, Centre.PURCHASED] += lines.units[line]
        day_page[lines.row[line], index, Centre.PURCHASE_LINES] += 1
    asked_today[:, :] = 0
    return number


@kernel
def take_in(
    lines: Array, class_of: Array, on_hand: Array, value: Array, on_order: Array, day_page: Array
) -> None:
    """Put what suppliers deliver into stock.

    Args:
        lines: (6, k) centre, SKU, units, cost, and others not looked at.
        class_of: (m,).
        on_hand: (n, m); changed.
        value: (n, m); changed.
        on_order: (n, m); changed.
        day_page: (n, c, len(Centre)) of the centre panel; changed.
    """
    for line in range(lines.shape[1]):
        row, sku, units, worth = (
            unsigned(lines[0, line]),
            unsigned(lines[1, line]),
            lines[2, line],
            lines[3, line],
        )
        on_hand[row, sku] += units
        value[row, sku] += worth
        on_order[row, sku] -= units
        posted = day_page[row, unsigned(class_of[sku])]
        posted[Centre.RECEIVED] += units
        posted[Centre.RECEIVED_VALUE] += worth


@kernel
def post_centre_levels(
    class_start: Array, on_hand: Array, value: Array, on_order: Array, backlog: Array, day_page: Array
) -> None:
    """Post the levels of all centres at the end of the day; (n, m) arrays and the (n, c, len(Centre)) page."""
    for row in range(on_hand.shape[0]):
        for index in range(class_start.size - 1):
            posted = day_page[row, index]
            begin, end = class_start[index], class_start[index + 1]
            units, worth, coming, owed = whole(0), whole(0), whole(0), whole(0)
            for sku in range(begin, end):
                units += whole(on_hand[row, sku])
                worth += value[row, sku]
                coming += whole(on_order[row, sku])
                owed += whole(backlog[row, sku])
            posted[Centre.ON_HAND] += units
            posted[Centre.STOCK_VALUE] += worth
            posted[Centre.ON_ORDER] += coming
            posted[Centre.BACKLOG] += owed


@kernel
def discard_expired(
    day: int,
    lot_index: Array,
    class_of: Array,
    purchase_cost: Array,
    lots: Array,
    on_hand: Array,
    value: Array,
    defective: Array,
    deviation: Array,
    centre_page: Array,
) -> None:
    """Throw away what has its last day of sale today and is still in a centre.

    Args:
        day: day of the run.
        lot_index: (m,) row of `lots`, -1 for SKUs that do not age in the centre.
        class_of: (m,) class of each SKU.
        purchase_cost: (m,) minor units.
        lots: (centres, SKUs that age, ring) units; changed.
        on_hand: (centres, m) units; changed.
        value: (centres, m) cost; changed.
        defective: (centres, m) units; those thrown away in proportion are taken off.
        deviation: (centres, m) units that are there less those on record, (centres, 0) where records are true: what is
            not there to be thrown away has shrunk.
        centre_page: (centres, c, len(Centre)) of the centre panel; changed.
    """
    slot = day % lots.shape[2]
    for row in range(lots.shape[0]):
        for sku in range(lot_index.size):
            if lot_index[sku] < 0 or lots[row, lot_index[sku], slot] == 0:
                continue
            gone, stock = whole(lots[row, lot_index[sku], slot]), whole(on_hand[row, sku])
            cost = cost_at(gone, stock, value[row, sku], purchase_cost[sku])
            lots[row, lot_index[sku], slot] = 0
            defective[row, sku] -= whole(defective[row, sku]) * gone // stock
            on_hand[row, sku] -= gone
            value[row, sku] -= cost
            posted = centre_page[row, class_of[sku]]
            absent = whole(0)
            if deviation.shape[1] > 0:
                absent = max(absent, -whole(deviation[row, sku]) - whole(on_hand[row, sku]))
                deviation[row, sku] += absent
            worth = cost * absent // gone
            posted[Centre.SHRUNK] += absent
            posted[Centre.SHRUNK_VALUE] += worth
            posted[Centre.WASTED] += gone - absent
            posted[Centre.WASTED_VALUE] += cost - worth


@kernel
def shrink(
    ordinal: int,
    share_per_day: float,
    centre_key: np.uint64,
    sku_key: Array,
    key: np.uint64,
    class_of: Array,
    on_hand: Array,
    deviation: Array,
    centre_posted: Array,
) -> None:
    """Let units of one centre vanish overnight: a Poisson number of each SKU, as far as there are any.

    Args:
        ordinal: ordinal of the date.
        share_per_day: mean share of what is there.
        centre_key: key of the centre.
        sku_key: (m,).
        key: stream.
        class_of: (m,) class of each SKU.
        on_hand: (m,) units on record.
        deviation: (m,) units that are there less those on record; changed.
        centre_posted: (c, len(Centre)) of the centre panel; changed.
    """
    for sku in range(on_hand.size):
        there = whole(on_hand[sku]) + deviation[sku]
        if there <= 0:
            continue
        mean = there * share_per_day
        u = np.uint32(unit_draw(centre_key, sku_key[sku], ordinal, _ONE_DRAW, key))
        lost = min(there, whole(count(u, exp(-mean), mean, 0.0)))
        deviation[sku] -= lost
        centre_posted[class_of[sku], Centre.VANISHED] += lost
