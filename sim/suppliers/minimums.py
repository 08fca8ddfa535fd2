"""Orders below a supplier's minimum: topped up, or left for the next review."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.suppliers.lines import Line
from sim.suppliers.supply import Supply

IntArray = npt.NDArray[np.int64]


def meet_minimums(lines: IntArray, supply: Supply, case_pack: IntArray, *, is_topped_up: bool) -> IntArray:
    """Bring every order of one centre at one supplier up to the supplier's minimum, or take it off the list.

    Args:
        lines: (len(Line), k) with units and cost; not changed.
        supply: minimums.
        case_pack: (SKUs,) units per case.
        is_topped_up: the largest line of a small order grows by whole cases; else the order waits.

    Returns:
        (len(Line), k or fewer).
    """
    least_units, least_minor = supply.minimum_units, supply.minimum_minor
    if not (least_units.any() or least_minor.any()) or not lines.size:
        return lines
    order = lines[Line.CENTRE] * len(least_units) + lines[Line.SUPPLIER]
    size = int(order.max()) + 1
    units, cost = (
        np.bincount(order, weights=lines[row], minlength=size).astype(np.int64)
        for row in (Line.UNITS, Line.COST)
    )
    orders = np.arange(size)
    missing_units = np.maximum(least_units[orders % len(least_units)] - units, 0)
    missing_minor = np.maximum(least_minor[orders % len(least_units)] - cost, 0)
    is_small = (missing_units > 0) | (missing_minor > 0)
    if not is_topped_up:
        return lines[:, ~is_small[order]]
    grown = lines.copy()
    for number in np.unique(order[is_small[order]]).tolist():
        mine = np.flatnonzero(order == number)
        largest = mine[np.argmax(lines[Line.UNITS, mine])]
        unit_cost = lines[Line.COST, largest] / lines[Line.UNITS, largest]
        more = int(missing_units[number])
        if missing_minor[number] > 0 and unit_cost > 0:
            more = max(more, int(np.ceil(missing_minor[number] / unit_cost)))
        pack = int(case_pack[lines[Line.SKU, largest]])
        grown[Line.UNITS, largest] += -(-more // pack) * pack
    return grown
