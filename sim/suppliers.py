"""The suppliers: how long a purchase order takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.axes import Axes
from sim.goods import LONGEST_LEAD_TIME_DAYS, whole_day_thresholds
from sim.kernels.tables import table_draw
from sim.streams import Purpose, entity_key, stream_key, uniform_array

IntArray = npt.NDArray[np.int64]
_RANDOM = -1


@dataclass(frozen=True, eq=False)
class LeadTimes:
    """How lead times are drawn: what no replication changes."""

    supplier_of_sku: IntArray
    """(SKUs,)."""
    thresholds: tuple[npt.NDArray[np.uint64], ...]
    """By supplier: cumulative distribution of whole days."""
    constant_days: IntArray
    """(suppliers,) -1 where it is random."""
    entity: npt.NDArray[np.uint64]
    """(centres, SKUs) keys: names are hashed once, so that a line of a run costs a draw and no hash."""


def build_lead_times(scenario: Scenario, axes: Axes) -> LeadTimes:
    """Work out the tables from which lead times are drawn."""
    suppliers = scenario.network.suppliers
    thresholds = tuple(whole_day_thresholds(s.lead_time_days, LONGEST_LEAD_TIME_DAYS) for s in suppliers)
    constant_days = np.array(
        [
            int(table_draw(np.uint32(0), table)) if s.lead_time_days.variance() == 0 else _RANDOM
            for s, table in zip(suppliers, thresholds, strict=True)
        ]
    )
    entity = np.zeros((len(axes.centre_ids), axes.skus), np.uint64)
    for sku in np.flatnonzero(constant_days[axes.supplier_of_sku] == _RANDOM):
        supplier_id = axes.supplier_ids[int(axes.supplier_of_sku[sku])]
        for centre, centre_id in enumerate(axes.centre_ids):
            entity[centre, sku] = entity_key(supplier_id, centre_id, axes.sku_ids[int(sku)])
    return LeadTimes(axes.supplier_of_sku, thresholds, constant_days, entity)


class Suppliers:
    """Lead times of purchase order lines, keyed by supplier, centre, SKU and date."""

    def __init__(self, lead_times: LeadTimes, seed: int, replication: int) -> None:
        self._lead_times = lead_times
        self._random = np.flatnonzero(lead_times.constant_days == _RANDOM)
        self._key = stream_key(seed, replication, Purpose.SUPPLIER_LEAD_TIME)

    def lead_time_days(self, centre: IntArray, sku: IntArray, ordinal: int) -> IntArray:
        """Whole days from order to receipt of each line.

        Args:
            centre: (lines,) ordering centre.
            sku: (lines,) SKU ordered.
            ordinal: ordinal of the date of the order.
        """
        tables = self._lead_times
        supplier = tables.supplier_of_sku[sku]
        days: IntArray = tables.constant_days[supplier]
        for index in self._random:
            lines = np.flatnonzero(supplier == index)
            if lines.size:
                draws = uniform_array(self._key, tables.entity[centre[lines], sku[lines]], ordinal)
                days[lines] = np.searchsorted(tables.thresholds[index], draws.astype(np.uint64), side="right")
        return days
