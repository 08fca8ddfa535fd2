"""The remembered days before a run: what customers wanted then, drawn or known, taken to have been fully served."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sim.axes import frozen
from sim.kernels.demand import draw_stores
from sim.world import World

IntArray = npt.NDArray[np.int64]
_NEVER = np.iinfo(np.int64).min


def remembered_days(world: World, rows: IntArray) -> Iterator[tuple[int, int]]:
    """Bring back the remembered days of some stores, one after the other.

    Args:
        world: its demand process holds what was wanted.
        rows: (k,) stores.

    Yields:
        Day, negative, and the lane of `world.process.demand` that holds its units until the next one.
    """
    process, past = world.process, world.facts.known_past
    if process.known.size:
        for day in range(-len(past), 0):
            process.demand[rows, 0] = past[day, rows]
            yield day, 0
        return
    is_open = frozen(np.ones(world.axes.stores, np.bool_))
    drawn_day = np.full(world.axes.stores, _NEVER)
    for day in range(-process.remembered_days, 0):
        draw_stores(rows, day, is_open, drawn_day, world.market, process)
        yield day, (process.first_ordinal + day) & 3 if process.is_fixed else 0
    if process.is_constant:
        # As if nobody had looked at the past: fractions of constant demand start from nothing.
        process.carry[rows] = 0.0
