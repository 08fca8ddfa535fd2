"""What lies in the distribution centres: the state that shipping and purchasing share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sim.kernels.shipping import deal, number_arrivals
from sim.world import World

IntArray = npt.NDArray[np.int64]
CountArray = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class CentreStock:
    """Stock of all centres by SKU, (centres, SKUs); written to by whoever ships, orders and receives."""

    on_hand: CountArray
    value: IntArray
    """Cost of what is on hand in minor units, kept as a pool (moving average)."""
    on_order: CountArray
    """Ordered from suppliers and not yet received."""
    backlog: CountArray
    """Owed to stores."""
    asked_today: CountArray
    """Units that stores asked for since the last review."""
    defective: CountArray
    """Of what is on hand, units taken in with a defect that nobody found."""

    @classmethod
    def of(cls, world: World) -> CentreStock:
        """The stock of the first morning."""
        units = world.opening.centre_units
        on_order, backlog, asked_today, defective = np.zeros((4, *units.shape), np.int32)
        return cls(
            units.astype(np.int32),
            units * world.axes.purchase_cost_minor,
            on_order,
            backlog,
            asked_today,
            defective,
        )


def by_arrival(lines: IntArray, number: int) -> list[tuple[int, IntArray]]:
    """Some of (6, number or more) lines for each second of arrival, which stands in the last row, ascending."""
    found, label = np.empty((2, number), np.int64)
    count = number_arrivals(lines[5], number, found, label)
    return list(zip(found[:count].tolist(), dealt(lines, label, number, count), strict=True))


def dealt(lines: IntArray, label: IntArray, number: int, groups: int) -> list[IntArray]:
    """The first (columns, number) lines by group, each of them contiguous; label (number,) says which."""
    stops, room = np.zeros((2, groups + 1), np.int64), np.empty(lines.shape[0] * number, np.int64)
    deal(lines, label, number, stops, room)
    columns = lines.shape[0]
    return [
        room[columns * start : columns * stop].reshape(columns, stop - start)
        for start, stop in pairwise(stops[0].tolist())
    ]
