"""All suppliers of a run: prices of the day, and when what is ordered arrives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.clock import SECONDS_PER_DAY
from sim.streams import Purpose, stream_key
from sim.suppliers.lines import Line
from sim.suppliers.prices import price_factors
from sim.suppliers.shipping import Shipping, disrupted_days
from sim.suppliers.supply import Supply

IntArray = npt.NDArray[np.int64]


class Suppliers:
    """What suppliers do in one replication. Draws are keyed by supplier, centre, SKU and date."""

    def __init__(self, scenario: Scenario, supply: Supply, seed: int, replication: int) -> None:
        suppliers, days = scenario.network.suppliers, scenario.horizon.days
        self._first_ordinal = first_ordinal = scenario.horizon.start_date.toordinal()
        self._supply = supply
        self.disrupted = disrupted_days(suppliers, days, first_ordinal, seed, replication)
        """(days, suppliers) whether nothing leaves."""
        self.price_factors = price_factors(suppliers, days, first_ordinal, seed, replication)
        """(days, suppliers) price over list price; None where list prices stand."""
        self._shipping = Shipping(supply, self.disrupted, seed, replication)
        self._regular_key = stream_key(seed, replication, Purpose.SUPPLIER_LEAD_TIME)
        self._express_key = stream_key(seed, replication, Purpose.SUPPLIER_EXPRESS_LEAD_TIME)

    def cost_minor(self, supplier: IntArray, sku: IntArray, units: IntArray, day: int) -> IntArray:
        """Purchase value of some lines at the prices of a day, (k,) minor units."""
        cost: IntArray = units * self._supply.cost_minor[supplier, sku]
        if self.price_factors is None:
            return cost
        return np.asarray(np.rint(cost * self.price_factors[day, supplier]), dtype=np.int64)

    def has_list_prices(self, list_minor: IntArray) -> bool:
        """Whether everything costs what the (SKUs,) list says, from every supplier and on every day."""
        is_listed = self._supply.cost_minor == list_minor
        return self.price_factors is None and bool((is_listed | ~self._supply.is_sold).all())

    def lead_time_days(
        self, supplier: IntArray, centre: IntArray, sku: IntArray, day: int, is_express: IntArray
    ) -> IntArray:
        """Whole days on the way of lines ordered on a day of the run, (k,) each."""
        supply, ordinal = self._supply, self._first_ordinal + day
        entity = supply.entity[supplier, centre, sku]
        days = supply.regular.draw(self._regular_key, supplier, entity, ordinal)
        if is_express.any():
            express = np.flatnonzero(is_express)
            days[express] = supply.express.draw(
                self._express_key, supplier[express], entity[express], ordinal
            )
        return days

    def send(self, lines: IntArray, day: int, now: int) -> IntArray:
        """Say when lines that are asked for now leave and arrive; some come back in several parts.

        Suppliers deliver in the first second of a day, before any store wants anything.

        Args:
            lines: (len(Line), k); changed.
            day: today.
            now: second of the run.

        Returns:
            (len(Line), k or more) with days of shipping and seconds of arrival.
        """
        days = self.lead_time_days(
            lines[Line.SUPPLIER], lines[Line.CENTRE], lines[Line.SKU], day, lines[Line.IS_EXPRESS]
        )
        # What replaces rejected goods is not there in the same moment.
        lines[Line.ARRIVAL] = np.maximum(days, lines[Line.IS_FOLLOW_UP])
        lines = self._shipping.leave(lines, day, self._first_ordinal + day)
        arrival_day = lines[Line.SHIPPED] + lines[Line.ARRIVAL]
        lines[Line.ARRIVAL] = np.maximum(arrival_day * SECONDS_PER_DAY, now)
        return lines

    def hasten(self, lines: IntArray, day: int, now: int) -> IntArray:
        """Seconds at which lines under way would arrive if they went express from now on, (k,)."""
        everything = np.ones(lines.shape[1], np.int64)
        days = self.lead_time_days(lines[Line.SUPPLIER], lines[Line.CENTRE], lines[Line.SKU], day, everything)
        leaves = np.maximum(lines[Line.SHIPPED], day)
        return np.asarray(np.maximum((leaves + days) * SECONDS_PER_DAY, now))
