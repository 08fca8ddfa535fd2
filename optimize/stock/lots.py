"""Cells that sell hundreds of units between order and delivery, counted in lots so that exact sums stay short.

Demand of m units a day with variance v becomes m / k lots with variance v / k^2. That keeps mean and variance as long
as k is at most v / m, because a count cannot vary less than Poisson; levels come out in steps of k units, less than two
per cent of what is sold meanwhile.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimize.stock.cells import Cells, IntArray, Levels, Performance

_FINE = 50
"""Lots sold between order and delivery, at least: steps of levels stay below two per cent."""


def lot_units(cells: Cells) -> IntArray:
    """(n,) units that are counted as one; 1 where single units are few enough, where goods perish, or vary too little.

    A lot divides a case, or is a number of whole cases.
    """
    mean = cells.mean_per_day
    flow = mean * (cells.lead_time_days + cells.review_days)
    ratio = np.divide(cells.variance_per_day, mean, out=np.ones_like(mean), where=mean > 0)
    most = np.floor(np.minimum(ratio, flow / _FINE)).astype(np.int64)
    most[cells.shelf_life_days > 0] = 1
    return np.array(
        [_lot(int(size), int(case)) for size, case in zip(most, cells.case_units, strict=True)], np.int64
    )


def _lot(most: int, case: int) -> int:
    if most <= 1:
        return 1
    if most >= case:
        return most // case * case
    return max(size for size in range(1, most + 1) if case % size == 0)


def in_lots(cells: Cells, lot: IntArray) -> Cells:
    """The same cells with lots as units.

    Args:
        cells: in single units.
        lot: (n,) from `lot_units`.
    """
    return replace(
        cells,
        mean_per_day=cells.mean_per_day / lot,
        variance_per_day=cells.variance_per_day / lot**2,
        holding_cost=cells.holding_cost * lot,
        shortage_cost=cells.shortage_cost * lot,
        waste_cost=cells.waste_cost * lot,
        case_units=np.maximum(cells.case_units // lot, 1),
        minimum_order_units=-(-cells.minimum_order_units // lot),
    )


def levels_in_units(levels: Levels, lot: IntArray) -> Levels:
    """Levels counted in lots, in single units."""
    return Levels(levels.reorder_point * lot, levels.order_up_to * lot, levels.order_quantity * lot)


def levels_in_lots(levels: Levels, lot: IntArray) -> Levels:
    """Levels in single units, counted in lots: the nearest that keeps the order of the levels."""
    point = np.floor_divide(levels.reorder_point, lot)
    up_to = np.where(levels.order_up_to > 0, np.maximum(np.rint(levels.order_up_to / lot), point + 1), 0)
    quantity = np.where(levels.order_quantity > 0, np.maximum(np.rint(levels.order_quantity / lot), 1), 0)
    return Levels(point, up_to.astype(np.int64), quantity.astype(np.int64))


def performance_in_units(found: Performance, lot: IntArray) -> Performance:
    """What levels lead to, in single units; orders and costs are the same."""
    return replace(
        found,
        mean_on_hand=found.mean_on_hand * lot,
        mean_short=found.mean_short * lot,
        mean_waste=found.mean_waste * lot,
    )
