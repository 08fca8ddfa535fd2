"""Demand that is not met: why, and what the customer does then."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.demand import unit_draw
from sim.kernels.layout import Array, Goods, Handling, Keys, Till, whole
from sim.kernels.selling import sell
from sim.records import Day

_WORD_BITS = np.uint64(32)
# Typed, because a kernel is compiled once more for every plain constant it is handed.
_LENT_UNITS = whole(1 << 20)
_ONE = whole(1)


@kernel
def explain_unmet(
    units: int, stock: int, reorder_point: int, on_order: int, centre_short: int, posted: Array
) -> None:
    """Post units that were not there under their first upstream cause.

    Precedence: the centre's last shipment was short while it waited for a supplier; it was short with nothing under
    way; goods are under way; stock had fallen to the reorder point and the store could not order yet; stock was above
    the reorder point and still not enough.
    """
    if centre_short == 2:
        posted[Day.UNMET_SUPPLIER] += units
    elif centre_short == 1:
        posted[Day.UNMET_CENTRE] += units
    elif on_order > 0:
        posted[Day.UNMET_IN_TRANSIT] += units
    elif stock <= reorder_point:
        posted[Day.UNMET_CALENDAR] += units
    else:
        posted[Day.UNMET_LEVEL] += units


@kernel
def settle_unmet(
    number: int,
    unmet_sku: Array,
    unmet_units: Array,
    unmet_first: Array,
    till: Till,
    handling: Handling,
    goods: Goods,
    keys: Keys,
    store_key: np.uint64,
    day: int,
    ordinal: int,
    backorder: Array,
    substituted_cell: Array,
    backordered_cell: Array,
    lost_cell: Array,
    posted: Array,
) -> None:
    """Customers of one class who found nothing, unit by unit: they take another SKU, wait, or are lost.

    Args:
        number: cells with unmet demand.
        unmet_sku: SKU of each.
        unmet_units: units of each.
        unmet_first: number of the first unmet unit among the day's units of each.
        till: rows of the store; changed.
        handling: constants.
        goods: constants.
        keys: streams.
        store_key: key of the store.
        day: day of the run.
        ordinal: ordinal of its date.
        backorder: (m,) units owed; changed.
        substituted_cell: (m,) of the cell panel; changed.
        backordered_cell: (m,) of the cell panel; changed.
        lost_cell: (m,) of the cell panel; changed.
        posted: (len(Day),) row of the day panel.
    """
    for which in range(number):
        sku, left = unmet_sku[which], unmet_units[which]
        threshold = goods.acceptance_threshold[sku]
        if threshold > 0:
            first, stop = goods.category_start[sku], goods.category_stop[sku]
            for unit in range(unmet_first[which], unmet_first[which] + unmet_units[which]):
                if unit_draw(store_key, till.sku_key[sku], ordinal, 2 * unit, keys.substitution) >= threshold:
                    continue
                v = unit_draw(store_key, till.sku_key[sku], ordinal, 2 * unit + 1, keys.substitution)
                start = whole((v * np.uint64(stop - first)) >> _WORD_BITS)
                other = _find_substitute(till.on_hand, till.on_sale, sku, first, stop, start)
                if other < 0:
                    continue
                # Stock on hand tells apart the units that one SKU lends to others in a day.
                lent = _LENT_UNITS + whole(till.on_hand[other])
                sell(
                    till,
                    handling,
                    keys,
                    store_key,
                    other,
                    _ONE,
                    day,
                    ordinal,
                    lent,
                    handling.freshest_threshold[other],
                    posted,
                )
                left -= 1
                posted[Day.SUBSTITUTED] += 1
                posted[Day.SOLD_AS_SUBSTITUTE] += 1
                posted[Day.INCENTIVE] += goods.incentive[sku]
                substituted_cell[sku] += 1
        if goods.is_backordered[sku]:
            backorder[sku] += left
            posted[Day.BACKORDERED] += left
            backordered_cell[sku] += left
        else:
            posted[Day.LOST] += left
            lost_cell[sku] += left


@kernel
def _find_substitute(on_hand: Array, on_sale: Array, sku: int, first: int, stop: int, start: int) -> int:
    """The first SKU of the category, from `start` on and around, that is on the shelf; -1 if none is."""
    other = first + start
    for _ in range(stop - first):
        if other != sku and on_hand[other] > 0 and on_sale[other] > 0:
            return int(other)
        other = other + 1 if other + 1 < stop else first
    return -1
