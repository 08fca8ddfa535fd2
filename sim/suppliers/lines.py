"""Purchase order lines under way: blocks of shape (len(Line), lines), a row per property."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


class Line(IntEnum):
    """Rows of a block of lines. The first six are those that the kernels of a centre read."""

    CENTRE = 0
    SKU = 1
    UNITS = 2
    COST = 3
    """Purchase value of these units in minor units, surcharges aside."""
    SUPPLIER = 4
    ARRIVAL = 5
    """Second of receipt; may lie after the end of the run."""
    PLACED = 6
    """Second of the order."""
    SHIPPED = 7
    """Day on which it leaves the supplier."""
    NUMBER = 8
    """Of the order line, unique in a run; parts of one line share it."""
    IS_EXPRESS = 9
    IS_SPLIT = 10
    """The line comes in several parts."""
    IS_FOLLOW_UP = 11
    """Not the first delivery of its line: the rest of it, or sent for units that failed inspection."""


def part_of(lines: IntArray, units: IntArray) -> tuple[IntArray, IntArray]:
    """Split lines into a first part of some units and the rest, the value with them, to the last minor unit.

    Args:
        lines: (len(Line), k).
        units: (k,) units of the first part.

    Returns:
        Both parts, (len(Line), k) each; parts may be empty.
    """
    first, rest = lines.copy(), lines.copy()
    first[Line.UNITS] = units
    first[Line.COST] = lines[Line.COST] * units // np.maximum(lines[Line.UNITS], 1)
    rest[Line.UNITS] -= first[Line.UNITS]
    rest[Line.COST] -= first[Line.COST]
    return first, rest
