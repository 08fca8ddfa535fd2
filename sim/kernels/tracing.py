"""Which lots a centre ships, first expired first out and with enough life left, and how many defective units."""

from __future__ import annotations

import numpy as np

from sim.kernels.allocation import ascending
from sim.kernels.compilation import allocating_kernel, inline_kernel, kernel
from sim.kernels.demand import unit_draw
from sim.kernels.layout import Ageing, Array, whole
from sim.kernels.selling import is_among

_SECONDS_PER_DAY = 86_400


@inline_kernel
def arrival_second(
    row: int, day: int, lead_time_days: int, now: int, days_until_open: Array, delivery_second: int
) -> int:
    """Second at which goods shipped on a day arrive at a store: some days later, on a day when it is open."""
    due = day + lead_time_days
    wait = days_until_open[min(due, days_until_open.shape[0] - 1), row]
    return max(whole((due + wait) * _SECONDS_PER_DAY + delivery_second), now)


@allocating_kernel
def choose_lots(
    lines: Array,
    day: int,
    now: int,
    is_unlimited: bool,
    ageing: Ageing,
    own_lead_time_days: Array,
    days_until_open: Array,
    delivery_second: int,
    closes_second: Array,
    lots: Array,
    shipped: Array,
    first_part: Array,
    parts: Array,
) -> None:
    """Choose the lots of the lines whose goods age in the centre; see `fill_orders`.

    Lots go out by last day of sale, the first to expire first, but none that would leave a store less than it demands.
    """
    chosen = np.empty(lines.shape[1], np.int64)
    number = 0
    for line in range(lines.shape[1]):
        if ageing.lot_index[lines[1, line]] >= 0:
            chosen[number] = line
            number += 1
    needed = np.empty(number, np.int64)
    for which in range(number):
        line = chosen[which]
        row = lines[0, line]
        lead_time_days = own_lead_time_days[row] if lines[4, line] < 0 else lines[4, line]
        arrives = arrival_second(row, day, lead_time_days, now, days_until_open, delivery_second)
        needed[which] = arrives // _SECONDS_PER_DAY + ageing.least_days[row] - 1
        needed[which] += whole(arrives % _SECONDS_PER_DAY >= closes_second[row])
    order = ascending(needed)
    if not is_unlimited:
        _take_lots(
            lines[1], lines[2], chosen[:number], needed, order, day, ageing.lot_index, lots, shipped, first_part, parts
        )  # fmt: skip
        return
    for which in range(number):
        line = chosen[which]
        last_day = day + ageing.life_days[lines[1, line]] - 1
        if last_day < needed[which]:
            shipped[line] = 0
        first_part[line] = which
        parts[0, which], parts[1, which], parts[2, which] = -1, shipped[line], last_day


@kernel
def _take_lots(
    line_sku: Array,
    line_units: Array,
    chosen: Array,
    needed: Array,
    order: Array,
    day: int,
    lot_index: Array,
    lots: Array,
    shipped: Array,
    first_part: Array,
    parts: Array,
) -> None:
    """Take units for order lines out of a centre's lots, those that expire first before the others.

    Every line gets what the sharing out has given it, as far as there are lots with enough days left for its store: the
    most demanding lines choose first, for they have the least choice. What they could not take is then offered to
    lines that are still short, the least demanding first.

    Args:
        line_sku: (k,) SKU.
        line_units: (k,) units asked.
        chosen: (l,) lines whose goods age in the centre.
        needed: (l,) last day of sale that a lot must have at least.
        order: (l,) positions in `chosen` by rising `needed`.
        day: day of the run.
        lot_index: (m,) row of `lots`.
        lots: (SKUs that age, ring) units by last day of sale modulo ring; changed.
        shipped: (k,) units given to each line; changed to what is taken.
        first_part: (k,) receives the first part of each line.
        parts: (3, at least lines and lots) receives the next part of the line or -1, units, and last day of sale.
    """
    number, free = chosen.size, whole(0)
    for turn in range(2 * number):
        which = order[number - 1 - turn] if turn < number else order[turn - number]
        line = chosen[which]
        wanted = whole(shipped[line]) if turn < number else line_units[line] - shipped[line]
        ring, left, last = lots[lot_index[line_sku[line]]], wanted, whole(-1)
        if turn >= number and first_part[line] >= 0:
            last = first_part[line]
            while parts[0, last] >= 0:
                last = parts[0, last]
        slot = max(day, needed[which])
        while left > 0 and slot < day + ring.size:
            taken = min(left, whole(ring[slot % ring.size]))
            if taken > 0:
                ring[slot % ring.size] -= taken
                left -= taken
                parts[0, free], parts[1, free], parts[2, free] = -1, taken, slot
                if last < 0:
                    first_part[line] = free
                else:
                    parts[0, last] = free
                last = free
                free += 1
            slot += 1
        if turn < number:
            shipped[line] = wanted - left
        else:
            shipped[line] += wanted - left


@kernel
def defective_among(
    units: int,
    on_hand: int,
    defective: int,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    first_unit: int,
    key: np.uint64,
) -> int:
    """How many of some units are defective: drawn without replacement from what is on hand."""
    bad = whole(0)
    for unit in range(units):
        draw = unit_draw(store_key, sku_key, ordinal, first_unit + unit, key)
        bad += whole(is_among(draw, defective - bad, on_hand - unit))
    return bad
