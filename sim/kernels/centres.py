"""What a distribution centre posts beside its shipping: purchase lines, receipts, levels."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array
from sim.records import Centre


@kernel
def post_lines_of_centres(centre: Array, class_of_line: Array, units: Array, posted: Array) -> None:
    """Post purchase lines; (lines,) arrays and the day's (centres, c, len(Centre)) page."""
    for line in range(centre.size):
        row = posted[centre[line], class_of_line[line]]
        row[Centre.PURCHASED] += units[line]
        row[Centre.PURCHASE_LINES] += 1


@kernel
def take_in(
    line_sku: Array,
    units: Array,
    worth: Array,
    class_of: Array,
    on_hand: Array,
    value: Array,
    on_order: Array,
    centre_posted: Array,
) -> None:
    """Put a supplier's delivery into the stock of one centre; (lines,) arrays, (m,) stock, (c, len(Centre)) row."""
    for line in range(line_sku.size):
        sku = line_sku[line]
        on_hand[sku] += units[line]
        value[sku] += worth[line]
        on_order[sku] -= np.int32(units[line])
        posted = centre_posted[class_of[sku]]
        posted[Centre.RECEIVED] += units[line]
        posted[Centre.RECEIVED_VALUE] += worth[line]


@kernel
def post_centre_levels(
    class_of: Array, on_hand: Array, value: Array, on_order: Array, backlog: Array, centre_posted: Array
) -> None:
    """Post the levels of one centre at the end of its day; (m,) arrays and its (c, len(Centre)) row."""
    for sku in range(class_of.size):
        posted = centre_posted[class_of[sku]]
        posted[Centre.ON_HAND] += on_hand[sku]
        posted[Centre.STOCK_VALUE] += value[sku]
        posted[Centre.ON_ORDER] += on_order[sku]
        posted[Centre.BACKLOG] += backlog[sku]
