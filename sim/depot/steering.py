"""Steering demand to what is in stock: the incentive to take a substitute, paid only while a SKU is short."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import simpy

from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.recorder import Recorder
from sim.world import World


class Steering:
    """Switches incentives on and off, SKU by SKU; they are off on the first morning."""

    def __init__(self, environment: simpy.Environment, world: World, recorder: Recorder) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._is_on = np.zeros(world.axes.skus, np.bool_)

    def steer(self, is_short: npt.NDArray[np.bool_], day: int) -> None:
        """Offer the incentive from tomorrow on for what is short, and for nothing else.

        Args:
            is_short: (SKUs,) short at some centre.
            day: today. The change waits for midnight, when all stores have closed their day.
        """
        steered = self._world.steered
        if steered is None or day + 1 == self._world.days:
            return
        second = (day + 1) * SECONDS_PER_DAY

        def change() -> None:
            steered.switch(is_short)
            changed = np.flatnonzero(is_short != self._is_on)
            rows = np.stack((np.full(changed.size, second), changed, is_short[changed]), axis=1)
            self._recorder.add("steering", rows.astype(np.int64))
            self._is_on = is_short

        at(self._environment, second, Turn.CENTRE_COUNT, change)
