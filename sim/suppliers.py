"""The suppliers: how long a purchase order takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.goods import LONGEST_LEAD_TIME_DAYS, whole_day_thresholds
from sim.kernels.tables import table_draw
from sim.streams import Purpose, entity_key, stream_key, uniform
from sim.world import World

IntArray = npt.NDArray[np.int64]


class Suppliers:
    """Lead times of purchase order lines, keyed by supplier, centre, SKU and date."""

    def __init__(self, world: World) -> None:
        self._axes = world.axes
        self._key = stream_key(world.seed, world.replication, Purpose.SUPPLIER_LEAD_TIME)
        suppliers = world.scenario.network.suppliers
        self._thresholds = [whole_day_thresholds(s.lead_time_days, LONGEST_LEAD_TIME_DAYS) for s in suppliers]
        self._constant_days = np.array(
            [
                int(table_draw(np.uint32(0), table)) if s.lead_time_days.variance() == 0 else -1
                for s, table in zip(suppliers, self._thresholds, strict=True)
            ]
        )

    def lead_time_days(self, centre: IntArray, sku: IntArray, ordinal: int) -> IntArray:
        """Whole days from order to receipt of each line.

        Args:
            centre: (lines,) ordering centre.
            sku: (lines,) SKU ordered.
            ordinal: ordinal of the date of the order.
        """
        supplier = self._axes.supplier_of_sku[sku]
        days: IntArray = self._constant_days[supplier]
        for line in np.flatnonzero(days < 0):
            index = int(supplier[line])
            entity = entity_key(
                self._axes.supplier_ids[index],
                self._axes.centre_ids[int(centre[line])],
                self._axes.sku_ids[int(sku[line])],
            )
            days[line] = table_draw(np.uint32(uniform(self._key, entity, ordinal)), self._thresholds[index])
        return days
