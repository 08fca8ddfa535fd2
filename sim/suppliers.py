"""The suppliers: how long a purchase order takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.goods import LONGEST_LEAD_TIME_DAYS, whole_day_thresholds
from sim.kernels.tables import table_draw
from sim.streams import Purpose, entity_key, stream_key, uniform_array
from sim.world import World

IntArray = npt.NDArray[np.int64]
_RANDOM = -1


class Suppliers:
    """Lead times of purchase order lines, keyed by supplier, centre, SKU and date."""

    def __init__(self, world: World) -> None:
        axes, suppliers = world.axes, world.scenario.network.suppliers
        self._supplier_of_sku = axes.supplier_of_sku
        self._key = stream_key(world.seed, world.replication, Purpose.SUPPLIER_LEAD_TIME)
        self._thresholds = [whole_day_thresholds(s.lead_time_days, LONGEST_LEAD_TIME_DAYS) for s in suppliers]
        self._constant_days = np.array(
            [
                int(table_draw(np.uint32(0), table)) if s.lead_time_days.variance() == 0 else _RANDOM
                for s, table in zip(suppliers, self._thresholds, strict=True)
            ]
        )
        self._random = np.flatnonzero(self._constant_days == _RANDOM)
        # Names are hashed once: a line of the run costs a draw, not a hash.
        self._entity = np.zeros((len(axes.centre_ids), axes.skus), np.uint64)
        for sku in np.flatnonzero(self._constant_days[axes.supplier_of_sku] == _RANDOM):
            supplier_id = axes.supplier_ids[int(axes.supplier_of_sku[sku])]
            for centre, centre_id in enumerate(axes.centre_ids):
                self._entity[centre, sku] = entity_key(supplier_id, centre_id, axes.sku_ids[int(sku)])

    def lead_time_days(self, centre: IntArray, sku: IntArray, ordinal: int) -> IntArray:
        """Whole days from order to receipt of each line.

        Args:
            centre: (lines,) ordering centre.
            sku: (lines,) SKU ordered.
            ordinal: ordinal of the date of the order.
        """
        supplier = self._supplier_of_sku[sku]
        days: IntArray = self._constant_days[supplier]
        for index in self._random:
            lines = np.flatnonzero(supplier == index)
            if not lines.size:
                continue
            draws = uniform_array(self._key, self._entity[centre[lines], sku[lines]], ordinal)
            days[lines] = np.searchsorted(self._thresholds[index], draws.astype(np.uint64), side="right")
        return days
